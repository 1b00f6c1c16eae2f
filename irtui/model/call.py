"""One AWS API call, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from irtui.canonical import plain


@dataclass(frozen=True, slots=True)
class Call:
    """One operation with its parameters. Nothing happens by making one."""

    service: str
    """botocore's service name: `iam`, `cloudtrail`."""
    operation: str
    """As boto3's models and CloudTrail spell it: `PutUserPolicy`."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """Parameters by name. JSON documents (policies) are kept as mappings until the door sends them."""
    region: str | None = None
    """None: the session's own Region."""
    session: str = "caller"
    """A session named by the runbook; `caller` is the operator's own."""

    @property
    def name(self) -> str:
        return f"{self.service}.{self.operation}"

    def as_data(self) -> dict[str, Any]:
        """For the journal and for digests. Not masked."""
        data: dict[str, Any] = {"call": self.name, "params": plain(self.params)}
        if self.region:
            data["region"] = self.region
        if self.session != "caller":
            data["session"] = self.session
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Call":
        service, _, operation = str(data["call"]).partition(".")
        return cls(service, operation, dict(data["params"]), data.get("region"), data.get("session", "caller"))


@dataclass(frozen=True, slots=True)
class Subject:
    """A principal or thing that a call acts on."""

    kind: str
    """user, role, group, access_key, policy, bucket, trail …"""
    id: str


_SUBJECT_MEMBERS = {
    "UserName": "user",
    "RoleName": "role",
    "GroupName": "group",
    "AccessKeyId": "access_key",
    "PolicyArn": "policy",
    "SerialNumber": "mfa_device",
    "InstanceProfileName": "instance_profile",
    "Bucket": "bucket",
    "TrailName": "trail",
    "KeyId": "kms_key",
}


def subjects(call: Call) -> tuple[Subject, ...]:
    """What the call names as acted on, read from its parameters."""
    return tuple(
        Subject(kind, str(call.params[member])) for member, kind in _SUBJECT_MEMBERS.items() if call.params.get(member)
    )

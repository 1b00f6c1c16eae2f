"""Reading places of an account outside IAM, Region by Region, for what somebody may have left there.

Rules: what a place lacks an answer for is told in the place's own words; a service that one Region cannot ask at all
(not simulated, denied) is still asked in the others, and each refusal is a gap.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from irtui.actions.event_history import event_of
from irtui.actions.interface import Reader
from irtui.actions.observe import words
from irtui.aws.paging import truncated
from irtui.canonical import plain
from irtui.errors import AwsFault, SimulatorGap
from irtui.model.call import Call
from irtui.trail.family import moment
from irtui.trail.search.query import mapping, string

PAGES = 20
EACH = 100
"""Buckets, keys and functions that are asked one by one, in a Region."""
_READS = ("GetSecretValue", "BatchGetSecretValue", "GetParameter", "GetParameters", "GetParametersByPath")
_SHARES = (
    "ModifyImageAttribute", "ModifySnapshotAttribute", "ModifyDBSnapshotAttribute", "ModifyDBClusterSnapshotAttribute",
    "ModifyDocumentPermission",
)  # fmt: skip
"""How images, snapshots of EC2 and RDS, and documents are given to other accounts; all are management events."""
_RULES = {"PutRule": "name", "PutTargets": "rule", "EnableRule": "name"}
"""What makes, changes or opens a rule of EventBridge → the member of the event that names it."""


class Places:
    """Reads on behalf of one look."""

    def __init__(self, reader: Reader, since: datetime, regions: Sequence[str], account: str, caller: str = "") -> None:
        """`caller`: ARN of the operator, whose own work is nobody's foothold."""
        self._reader, self._since, self._regions, self._account = reader, since, regions, account
        self._caller = caller
        self.gaps: list[str] = []
        self.new_rules: list[dict[str, str]] = []
        """Of `rules`, those that somebody else made or changed since then: name, region, by."""

    def anchors(self) -> Iterator[str]:
        """Roles Anywhere: whoever holds a certificate of a trust anchor's may become roles."""
        for region, one in self._everywhere("rolesanywhere", "ListTrustAnchors", "trustAnchors"):
            if one.get("enabled") and self._new(one.get("createdAt"), one.get("updatedAt")):
                yield f"trust anchor {one.get('trustAnchorArn')} in {region}"
        for region, one in self._everywhere("rolesanywhere", "ListProfiles", "profiles"):
            if one.get("enabled") and self._new(one.get("createdAt"), one.get("updatedAt")):
                yield f"profile {one.get('profileArn')} in {region}"

    def functions(self) -> Iterator[str]:
        """Functions whose code or configuration is new; of every function a new URL (anybody may call one of type
        NONE), and whom its policy lets in, which Lambda does not date."""
        for region in self._regions:
            listed = (self._read("lambda", "ListFunctions", region) or {}).get("Functions") or ()
            if len(listed) > EACH:
                self.gaps.append(f"URLs and policies of {len(listed) - EACH} more functions in {region} were not read")
            for index, one in enumerate(listed):
                name, new = str(one.get("FunctionName")), self._new(one.get("LastModified"))
                if new:
                    yield f"function {name} in {region}"
                if index >= EACH:
                    continue
                urls = self._read("lambda", "ListFunctionUrlConfigs", region, FunctionName=name) or {}
                for url in urls.get("FunctionUrlConfigs") or ():
                    if new or self._new(url.get("CreationTime"), url.get("LastModifiedTime")):
                        yield f"URL {url.get('FunctionUrl')} of {name} ({url.get('AuthType')}) in {region}"
                policy = (self._read("lambda", "GetPolicy", region, FunctionName=name) or {}).get("Policy")
                if who := sorted(set(_outsiders(policy, self._account))):
                    yield f"function {name} in {region} lets in {', '.join(who)}"

    def machines(self) -> Iterator[str]:
        """Key pairs and instances."""
        for region, one in self._everywhere("ec2", "DescribeKeyPairs", "KeyPairs"):
            if self._new(one.get("CreateTime")):
                yield f"key pair {one.get('KeyName')} in {region}"
        for region, group in self._everywhere("ec2", "DescribeInstances", "Reservations"):
            for one in group.get("Instances") or ():
                state = (one.get("State") or {}).get("Name")
                if self._new(one.get("LaunchTime")) and state not in ("terminated", "shutting-down"):
                    yield f"instance {one.get('InstanceId')} in {region}"

    def shared(self) -> Iterator[str]:
        """Images and snapshots that everybody may use, and what was given to others since then, by CloudTrail."""
        for region in self._regions:
            public = {"Owners": ["self"], "ExecutableUsers": ["all"]}
            for one in (self._read("ec2", "DescribeImages", region, **public) or {}).get("Images") or ():
                yield f"image {one.get('ImageId')} in {region} is public"
            public = {"OwnerIds": ["self"], "RestorableByUserIds": ["all"]}
            for one in (self._read("ec2", "DescribeSnapshots", region, **public) or {}).get("Snapshots") or ():
                yield f"snapshot {one.get('SnapshotId')} in {region} is public"
        yield from self._done(_SHARES)

    def managed(self) -> Iterator[str]:
        """Systems Manager: the account's own documents, and activations, by which any machine may join."""
        own = [{"Key": "Owner", "Values": ["Self"]}]
        for region, one in self._everywhere("ssm", "ListDocuments", "DocumentIdentifiers", Filters=own):
            if self._new(one.get("CreatedDate")):
                yield f"document {one.get('Name')} in {region}"
        for region, one in self._everywhere("ssm", "DescribeActivations", "ActivationList"):
            if not one.get("Expired") and self._new(one.get("CreatedDate")):
                yield f"activation {one.get('ActivationId')} ({one.get('IamRole')}) in {region}"

    def rules(self) -> Iterator[str]:
        """EventBridge gives no date: every rule that is on, but those that AWS's own services keep; by CloudTrail, who
        changed it since then."""
        changed: dict[tuple[str, str], set[str]] = {}
        for region, name, row in self._events(tuple(_RULES)):
            event = event_of(row)
            rule = string(mapping(event, "requestParameters"), _RULES[name])
            who = string(mapping(event, "userIdentity"), "arn") or "somebody"
            changed.setdefault((region, rule), set()).update({who} - {self._caller})
        for region, one in self._everywhere("events", "ListRules", "Rules"):
            if one.get("State") == "DISABLED" or one.get("ManagedBy"):
                continue
            name = str(one.get("Name"))
            by = ", ".join(sorted(changed.get((region, name), ())))
            if by:
                self.new_rules.append({"name": name, "region": region, "by": by})
            yield f"rule {name} in {region}" + (f" (changed by {by})" if by else "")

    def buckets(self) -> Iterator[str]:
        """Buckets whose policy lets in everybody or another account; S3 does not date policies."""
        listed = (self._read("s3", "ListBuckets", None) or {}).get("Buckets") or ()
        if len(listed) > EACH:
            self.gaps.append(f"the policies of {len(listed) - EACH} more buckets were not read")
        for one in listed[:EACH]:
            said = self._read("s3", "GetBucketPolicy", None, Bucket=str(one["Name"])) or {}
            if who := sorted(set(_outsiders(said.get("Policy"), self._account))):
                yield f"bucket {one['Name']} lets in {', '.join(who)}"

    def grants(self) -> Iterator[str]:
        """Grants of KMS keys, which no key policy shows."""
        for region in self._regions:
            listed = (self._read("kms", "ListKeys", region) or {}).get("Keys") or ()
            if len(listed) > EACH:
                self.gaps.append(f"the grants of {len(listed) - EACH} more KMS keys in {region} were not read")
            for key in listed[:EACH]:
                said = self._read("kms", "ListGrants", region, KeyId=str(key["KeyId"])) or {}
                for one in said.get("Grants") or ():
                    if self._new(one.get("CreationDate")):
                        yield f"grant {one.get('GrantId')} of key {key['KeyId']} to {one.get('GranteePrincipal')}"

    def secrets(self) -> Iterator[str]:
        """Secrets and parameters that were read, each with who read it, by CloudTrail."""
        yield from self._done(_READS)

    def told(self, look: Callable[["Places"], Iterator[str]]) -> tuple[list[str], list[str]]:
        """What one place holds, each once, and what could not be read of it."""
        before = len(self.gaps)
        found = list(dict.fromkeys(look(self)))
        self.gaps[before:] = dict.fromkeys(self.gaps[before:])
        return found, self.gaps[before:]

    def _done(self, names: Sequence[str]) -> Iterator[str]:
        """Who did that since then, and to what."""
        for region, name, one in self._events(names):
            of = [str(thing.get("ResourceName")) for thing in one.get("Resources") or ()]
            yield f"{name} of {', '.join(of) or 'something'} by {one.get('Username')} in {region}"

    def _events(self, names: Sequence[str]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """(Region, name, row of Event history) since then; what AWS refused was not done."""
        for region in self._regions:
            for name in names:
                asked = [{"AttributeKey": "EventName", "AttributeValue": name}]
                call = {"LookupAttributes": asked, "StartTime": self._since, "MaxResults": 50}
                for one in (self._read("cloudtrail", "LookupEvents", region, **call) or {}).get("Events") or ():
                    if not event_of(one).get("errorCode"):
                        yield region, name, one

    def _everywhere(
        self, service: str, operation: str, member: str, **params: Any
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for region in self._regions:
            for one in (self._read(service, operation, region, **params) or {}).get(member) or ():
                yield region, one

    def _read(self, service: str, operation: str, region: str | None, **params: Any) -> Mapping[str, Any] | None:
        where = f"{service}.{operation}" + (f" in {region}" if region else "")
        try:
            data: Mapping[str, Any] = self._reader.read(Call(service, operation, params, region), pages=PAGES).data
        except (AwsFault, SimulatorGap) as error:
            if isinstance(error, AwsFault) and error.kind == "expired":
                raise
            if not (isinstance(error, AwsFault) and error.kind == "absent"):
                self.gaps.append(words(error) + (f" in {region}" if region else ""))
            return None
        if truncated(data):
            self.gaps.append(f"{where} has more entries than were read")
        return data

    def _new(self, made: Any, changed: Any = "") -> bool:
        """Made or changed since then; a date of making that is missing counts as new."""
        first, last = moment(str(plain(made))), moment(str(plain(changed)))
        return first is None or first >= self._since or (last is not None and last >= self._since)


def _outsiders(policy: Any, account: str) -> Iterator[str]:
    """Whom an Allow of a bucket's policy lets in besides this account and AWS's services."""
    statements = policy.get("Statement") if isinstance(policy, Mapping) else None
    for one in statements if isinstance(statements, list) else [statements]:
        if not isinstance(one, Mapping) or one.get("Effect") != "Allow":
            continue
        principal = one.get("Principal", "everybody but some" if "NotPrincipal" in one else "")
        given = principal.get("AWS", ()) if isinstance(principal, Mapping) else principal
        for who in [given] if isinstance(given, str) else given:
            if who and f":{account}:" not in f":{who}:":
                yield "everybody" if who == "*" else str(who)

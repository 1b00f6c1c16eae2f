"""Groups, managed policies, instance profiles and certificates are moto's, but for their unique ids."""

from collections.abc import Mapping
from typing import Any

from irtui.simulator import state
from irtui.simulator.answers import Refusal
from irtui.simulator.gaps.iam.found import group, unique_id, user
from irtui.simulator.gaps.iam.quotas import MANAGED, limited, size
from irtui.simulator.world import Asked, Gap


def create_group(asked: Asked) -> Mapping[str, Any]:
    account, name = asked.caller.account, str(asked.params["GroupName"])
    _free(account, name)
    made = state.iam(account).create_group(name, str(asked.params.get("Path", "/")))
    made.id = unique_id(account, "AGPA")
    return {"Group": {"Path": made.path, "GroupName": made.name, "GroupId": made.id, "Arn": made.arn,
                      "CreateDate": made.create_date}}  # fmt: skip


def update_group(asked: Asked) -> Mapping[str, Any]:
    """Members and policies stay; moto forgets a new path that comes without a new name."""
    changed, backend = group(asked), state.iam(asked.caller.account)
    name = str(asked.params.get("NewGroupName") or changed.name)
    if name != changed.name:
        _free(asked.caller.account, name)
    del backend.groups[changed.name]
    changed.name, changed.path = name, str(asked.params.get("NewPath") or changed.path)
    backend.groups[name] = changed
    return {}


def _free(account: str, name: str) -> None:
    if name.lower() in {taken.lower() for taken in state.iam(account).groups}:
        raise Refusal("EntityAlreadyExists", f"Group with name {name} already exists.", 409)


def create_policy(asked: Asked) -> Mapping[str, Any]:
    params, backend = asked.params, state.iam(asked.caller.account)
    name, path = str(params["PolicyName"]), str(params.get("Path") or "/")
    if any(
        held.name.lower() == name.lower() for arn, held in backend.managed_policies.items() if ":aws:" not in arn[8:]
    ):
        raise Refusal(
            "EntityAlreadyExists", f"A policy called {name} already exists. Duplicate names are not allowed.", 409
        )
    limited("PolicySize", size(str(params["PolicyDocument"])), MANAGED)
    made = backend.create_policy(
        str(params.get("Description", "")), path, str(params["PolicyDocument"]), name, params.get("Tags") or []
    )
    made.id = unique_id(asked.caller.account, "ANPA")
    return {"Policy": {
        "PolicyName": name, "PolicyId": made.id, "Arn": made.arn, "Path": path, "CreateDate": made.create_date,
        "UpdateDate": made.update_date, "DefaultVersionId": made.default_version_id, "AttachmentCount": 0,
        "PermissionsBoundaryUsageCount": 0, "IsAttachable": True,
    } | ({"Tags": made.get_tags()} if made.tags else {})}  # fmt: skip


def create_instance_profile(asked: Asked) -> Mapping[str, Any]:
    params = asked.params
    made = state.iam(asked.caller.account).create_instance_profile(
        str(params["InstanceProfileName"]), str(params.get("Path") or "/"), [], params.get("Tags") or []
    )
    made.id = unique_id(asked.caller.account, "AIPA")
    return {"InstanceProfile": {
        "Path": made.path, "InstanceProfileName": made.name, "InstanceProfileId": made.id, "Arn": made.arn,
        "CreateDate": made.create_date, "Roles": [],
    } | ({"Tags": made.tags} if made.tags else {})}  # fmt: skip


def upload_signing_certificate(asked: Asked) -> Mapping[str, Any]:
    holder = user(asked)
    made = state.iam(asked.caller.account).upload_signing_certificate(holder.name, str(asked.params["CertificateBody"]))
    del holder.signing_certificates[made.id]
    made.id = made.id.upper()
    holder.signing_certificates[made.id] = made
    return {"Certificate": {"UserName": holder.name, "CertificateId": made.id, "CertificateBody": made.body,
                            "Status": made.status, "UploadDate": made.upload_date}}  # fmt: skip


OPERATIONS: Mapping[str, Gap] = {
    "CreateGroup": create_group,
    "UpdateGroup": update_group,
    "CreatePolicy": create_policy,
    "CreateInstanceProfile": create_instance_profile,
    "UploadSigningCertificate": upload_signing_certificate,
}

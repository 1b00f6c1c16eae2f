"""What the actions on a role share: whose it is."""

from irtui.actions.interface import Reader
from irtui.actions.observe import reply_of
from irtui.errors import AwsFault, Denied
from irtui.model.call import Call


def refuse_what_aws_owns(reader: Reader, role: str) -> None:
    """Raises AwsFault when there is no such role, Denied when AWS does not let it be changed."""
    seen = reply_of(reader, Call("iam", "GetRole", {"RoleName": role}))
    if seen.state == "absent":
        advice = "Somebody may have deleted it; a role of another account must be contained there."
        raise AwsFault("absent", "NoSuchEntity", f"There is no role {role}", call="iam.GetRole", advice=advice)
    path = seen.value["Role"]["Path"] if seen.state == "present" else ""
    if path.startswith("/aws-service-role/"):
        raise Denied(
            f"{role} is a service-linked role; AWS does not let its policies be changed", advice="Contain the service."
        )
    if path.startswith("/aws-reserved/"):
        raise Denied(
            f"{role} belongs to IAM Identity Center", advice="Revoke the session there, in the management account."
        )

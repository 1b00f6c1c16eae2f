"""Whose a service credential (ACCA…: Git, Keyspaces, API keys) is: IAM lists those of all users at once.

Nothing that is done to access keys stops one. A deny on its user does, as long as it stands.
"""

from irtui.actions.interface import Reader
from irtui.aws.paging import truncated
from irtui.model.call import Call

PAGES = 100


def whose_service_credential(reader: Reader, credential: str) -> tuple[str, str]:
    """(`service`, whose it is) or (`unclear`, why nobody can tell). Raises AwsFault when AWS would not say."""
    data = reader.read(Call("iam", "ListServiceSpecificCredentials", {"AllUsers": True}), pages=PAGES).data
    listed = data.get("ServiceSpecificCredentials") or ()
    held = next((each for each in listed if each["ServiceSpecificCredentialId"] == credential), None)
    if held is not None:
        user = held["UserName"]
        what = f"a credential of {user} for {held['ServiceName']}, {str(held['Status']).lower()}"
        return "service", f"it is {what}: take suspicious-user-removal with {user}"
    if truncated(data):
        return "unclear", "there are more service credentials than were read, and it is none of those"
    return "unclear", f"it is none of the {len(listed)} service credentials here: deleted, or of another account"

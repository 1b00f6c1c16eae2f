"""What the snapshots of a user and of a role share: reading on, whatever is refused, and writing that down."""

from typing import Any

from irtui.actions.interface import Reader
from irtui.actions.observe import words
from irtui.aws.paging import truncated
from irtui.canonical import plain
from irtui.errors import AwsFault, SimulatorGap
from irtui.model.call import Call

PAGES = 10


class Notes:
    """Reads on behalf of one snapshot and writes down what could not be read."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.gaps: list[str] = []

    def get(self, operation: str, member: str, **params: str) -> Any:
        """The member of the reply; None when it is not there or could not be read."""
        call = Call("iam", operation, params)
        try:
            data = self._reader.read(call, pages=PAGES).data
        except (AwsFault, SimulatorGap) as error:
            if isinstance(error, AwsFault) and error.kind == "absent":
                return None
            if isinstance(error, AwsFault) and error.kind == "expired":
                raise
            of = ", ".join(params.values())
            self.gaps.append(f"{operation} of {of} could not be read: {words(error)}")
            return None
        if truncated(data):
            self.gaps.append(f"{operation} of {', '.join(params.values())} has more entries than were read")
        return plain(data.get(member))


def documents(notes: Notes, arn: str) -> dict[str, Any]:
    """Version → document."""
    listed = notes.get("ListPolicyVersions", "Versions", PolicyArn=arn) or ()
    kept = [each for each in listed if each["IsDefaultVersion"] or ":iam::aws:policy/" not in arn]
    found: dict[str, Any] = {"default": next((each["VersionId"] for each in listed if each["IsDefaultVersion"]), "")}
    for each in kept:
        version = notes.get("GetPolicyVersion", "PolicyVersion", PolicyArn=arn, VersionId=each["VersionId"])
        found[each["VersionId"]] = (version or {}).get("Document")
    return found

"""The user that is meant, by its unique id: a name may be another user's by now."""

import re

from irtui.actions.interface import Reader
from irtui.actions.observe import reply_of
from irtui.errors import AwsFault, Denied, RunbookError
from irtui.model.call import Call
from irtui.model.outcome import Observed

WATCH = ("User.UserId",)
"""What of GetUser must not drift until the call is sent."""


def get_user(user: str) -> Call:
    return Call("iam", "GetUser", {"UserName": user})


def the_user(reader: Reader, user: str, user_id: str) -> Observed:
    """GetUser's reply. Raises AwsFault when there is no such user, Denied unless the one with that id is seen."""
    if not re.fullmatch(r"[A-Z0-9]{16,128}", user_id):
        raise RunbookError(f"{user_id!r} is no id of a user", advice="It begins with AIDA; GetUser tells it.")
    seen = reply_of(reader, get_user(user))
    if seen.state == "absent":
        advice = "Somebody was faster, or renamed it: look for its id among all users."
        raise AwsFault("absent", "NoSuchEntity", f"There is no user {user}", call="iam.GetUser", advice=advice)
    if seen.state == "unknown":
        raise Denied(f"Nobody could see whose the name {user} is: {seen.why}", advice="Nothing was changed. Try again.")
    found = str(seen.value["User"]["UserId"])
    if found != user_id:
        raise Denied(
            f"{user} is another user now: {found}, not {user_id}",
            advice="Somebody deleted or renamed the one that was meant, and made this one. Find out who, and why.",
        )
    return seen

"""What the three actions on one access key share: its inputs, its state, and the call that sets it."""

import re
from collections.abc import Mapping
from typing import Any

from irtui.actions.interface import InputField, Reader, text
from irtui.actions.observe import before, reply_of
from irtui.aws.effects import effect
from irtui.errors import AwsFault, RunbookError
from irtui.model.call import Call
from irtui.model.outcome import Observed
from irtui.model.plan import Look, PlannedCall
from irtui.runbook.expressions import search

INPUTS = {
    "user": InputField("user", help="Name of the IAM user that owns the key."),
    "access_key_id": InputField("access_key_id", help="The AKIA… id; never the secret."),
}
PERMISSIONS = ("iam:ListAccessKeys", "iam:UpdateAccessKey")


def named(inputs: Mapping[str, Any]) -> dict[str, str]:
    """UserName and AccessKeyId of the inputs. Raises RunbookError when one cannot be used."""
    key = text(inputs, "access_key_id")
    if not re.fullmatch(r"[A-Z0-9]{16,128}", key):
        raise RunbookError(
            f"{key!r} is no access key id", advice="It looks like AKIA and sixteen more letters and digits."
        )
    return {"UserName": text(inputs, "user"), "AccessKeyId": key}


def statuses(key: str) -> str:
    """JMESPath to the list with the status of `key`; an empty list when the user has no such key."""
    return f"AccessKeyMetadata[?AccessKeyId == '{key}'].Status"


def look_for(who: Mapping[str, str], until: str, again_after: float | None) -> Look:
    return Look(Call("iam", "ListAccessKeys", {"UserName": who["UserName"]}), until, again_after=again_after)


def status(reply: Observed, who: Mapping[str, str]) -> str:
    """Active, Inactive, or empty when it could not be read. Raises AwsFault when there is no such key."""
    if reply.state == "unknown":
        return ""
    found = search(statuses(who["AccessKeyId"]), reply.value) or []
    if not found:
        message = f"{who['UserName']} has no access key {who['AccessKeyId']}"
        advice = "Somebody may have deleted it, or it belongs to another user. Ask GetAccessKeyLastUsed whose it is."
        raise AwsFault("absent", "NoSuchEntity", message, call="iam.ListAccessKeys", advice=advice)
    return str(found[0])


def set_status(reader: Reader, inputs: Mapping[str, Any], wanted: str, note: str) -> PlannedCall:
    """The call that makes the key `wanted` (Active or Inactive), and takes it back to what it was."""
    who = named(inputs)
    look = look_for(who, f"contains({statuses(who['AccessKeyId'])}, '{wanted}')", again_after=15)
    seen = reply_of(reader, look.call)
    other = "Active" if wanted == "Inactive" else "Inactive"
    was = status(seen, who)
    return PlannedCall(
        Call("iam", "UpdateAccessKey", {**who, "Status": wanted}),
        effect("iam", "UpdateAccessKey"),
        target=who["AccessKeyId"],
        before=before(seen, look),
        after={statuses(who["AccessKeyId"]): [wanted]},
        look=look,
        undo=Call("iam", "UpdateAccessKey", {**who, "Status": was or other}),
        note=f"It is {was.lower()} already. {note}" if was == wanted else note,
    )

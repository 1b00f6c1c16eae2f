"""A deny on a user or role that fits: an inline policy, or AWSDenyAll as the boundary where inline policies are full.

Which one is decided from what stands there, before the plan: the plan shows the call that will run. Whoever fills the
inline policies of what they hold (IAM user guide, "IAM and AWS STS quotas") gets the boundary: a principal has one,
and there is always room for it. An explicit deny in it holds as one in a policy does.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from irtui.actions.interface import Reader
from irtui.actions.observe import before, reply_of
from irtui.aws.effects import effect
from irtui.aws.paging import truncated
from irtui.canonical import plain
from irtui.errors import AwsFault
from irtui.model.call import Call
from irtui.model.outcome import Observed
from irtui.model.plan import Look, PlannedCall

DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
Kind = Literal["User", "Role"]
INLINE = {"User": 2048, "Role": 10240}
"""Characters of all inline policies together, white space left out. AWS does not raise them."""
PAGES = 10


@dataclass(frozen=True, slots=True)
class Room:
    state: Literal["fits", "full", "unknown"]
    why: str = ""
    """What could not be read; empty when it fits or is full."""


def room(reader: Reader, kind: Kind, name: str, policy: str, document: Mapping[str, Any]) -> Room:
    """Whether `document` fits as the inline policy `policy`, in place of what has that name now.

    A document counts as it is read: one written with \\u escapes is larger in IAM, and then AWS refuses the call.
    """
    whose, taken, unread = {f"{kind}Name": name}, _size(document), ""
    listed = reply_of(reader, Call("iam", f"List{kind}Policies", whose), pages=PAGES)
    if listed.state == "unknown":
        return Room("unknown", listed.why)
    found = listed.value if listed.state == "present" else {}
    for each in found.get("PolicyNames") or ():
        if each != policy and taken <= INLINE[kind]:
            held = reply_of(reader, Call("iam", f"Get{kind}Policy", {**whose, "PolicyName": str(each)}))
            taken += _size(held.value["PolicyDocument"]) if held.state == "present" else 0
            unread = unread or held.why
    if taken > INLINE[kind]:
        return Room("full")
    unread = unread or ("there are more than were read" if truncated(found) else "")
    return Room("unknown", unread) if unread else Room("fits")


def denied(
    reader: Reader, kind: Kind, name: str, policy: str, document: Mapping[str, Any], note: str, instead: str
) -> PlannedCall:
    """`document` as an inline policy, or everything by the boundary. `instead`: what the boundary does that is more.

    Raises AwsFault when inline policies are full and there is no such principal any more.
    """
    left = room(reader, kind, name, policy, document)
    if left.state == "full":
        return _by_boundary(reader, kind, name, instead)
    named = {f"{kind}Name": name, "PolicyName": policy}
    look = Look(Call("iam", f"Get{kind}Policy", named), f"PolicyDocument == `{json.dumps(document)}`", again_after=15)
    earlier = reply_of(reader, look.call)
    undo = Call("iam", f"Delete{kind}Policy", named)
    if earlier.state == "present":
        undo = Call("iam", f"Put{kind}Policy", {**named, "PolicyDocument": earlier.value["PolicyDocument"]})
    elif earlier.state == "unknown":
        note += f" Whether {policy} stood there before is not known; undo deletes it."
    if left.state == "unknown":
        note += f" Whether there is room for it is not known ({left.why}): if AWS says LimitExceeded, there is "
        note += "none: set AWSDenyAll as its boundary by hand."
    return PlannedCall(
        Call("iam", f"Put{kind}Policy", {**named, "PolicyDocument": document}),
        effect("iam", f"Put{kind}Policy"),
        target=name,
        before=before(earlier, look),
        after={"PolicyDocument": document},
        look=look,
        undo=undo,
        note=note,
    )


def _by_boundary(reader: Reader, kind: Kind, name: str, instead: str) -> PlannedCall:
    seen = reply_of(reader, Call("iam", f"Get{kind}", {f"{kind}Name": name}))
    if seen.state == "absent":
        raise AwsFault("absent", "NoSuchEntity", f"There is no {kind.lower()} {name}", call=f"iam.Get{kind}")
    partition = str(seen.value[kind]["Arn"]).split(":")[1] if seen.state == "present" else "aws"
    put, undo = boundary(kind, name, partition, seen)
    member = boundary_member(kind)
    arn = put.params["PermissionsBoundary"]
    look = Look(Call("iam", f"Get{kind}", {f"{kind}Name": name}), f"{member} == '{arn}'", again_after=15)
    lost = "" if seen.state == "present" else f"The boundary that it had could not be read: {seen.why}"
    earlier = undo.params.get("PermissionsBoundary")
    kept = f" Its boundary {earlier} goes; undo puts it back." if earlier else ""
    return PlannedCall(
        put,
        effect("iam", put.operation),
        target=name,
        before=before(seen, look),
        after={member: arn},
        look=look,
        undo=None if lost else undo,
        irreversible=lost,
        note=f"NO ROOM for an inline policy: others fill the {INLINE[kind]:,} characters that AWS allows. AWSDenyAll "
        f"becomes its permissions boundary instead. {instead}{kept}",
    )


def boundary(kind: Kind, name: str, partition: str, seen: Observed) -> tuple[Call, Call]:
    """AWSDenyAll as the boundary, and what takes it back: the earlier one, or none. `seen`: the reply of Get`kind`."""
    whose = {f"{kind}Name": name}
    arn = f"arn:{partition}:iam::aws:policy/AWSDenyAll"
    held = (seen.value[kind].get("PermissionsBoundary") or {}) if seen.state == "present" else {}
    undo = Call("iam", f"Delete{kind}PermissionsBoundary", whose)
    if earlier := held.get("PermissionsBoundaryArn"):
        undo = Call("iam", f"Put{kind}PermissionsBoundary", {**whose, "PermissionsBoundary": str(earlier)})
    return Call("iam", f"Put{kind}PermissionsBoundary", {**whose, "PermissionsBoundary": arn}), undo


def boundary_member(kind: Kind) -> str:
    """JMESPath to the boundary's ARN in the reply of Get`kind`."""
    return f"{kind}.PermissionsBoundary.PermissionsBoundaryArn"


def permissions(kind: Kind) -> tuple[str, ...]:
    """IAM actions that `denied` needs, its undo included."""
    reads = (f"Get{kind}", f"Get{kind}Policy", f"List{kind}Policies")
    return tuple(f"iam:{name}" for name in (*reads, *(each.partition(".")[2] for each in changes(kind))))


def changes(kind: Kind) -> tuple[str, ...]:
    """Operations that `denied` may plan, undo included."""
    limits = f"{kind}PermissionsBoundary"
    return (f"iam.Put{kind}Policy", f"iam.Delete{kind}Policy", f"iam.Put{limits}", f"iam.Delete{limits}")


def _size(document: Any) -> int:
    return len(json.dumps(plain(document), separators=(",", ":")))

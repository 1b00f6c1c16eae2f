"""Values for a briefing's inputs, as the account shows them: a bounded look, never a condition to go on."""

from collections.abc import Iterator

from irtui.aws.door import Door
from irtui.clock import Clock
from irtui.desk.nouns import Offer
from irtui.errors import IrtuiError
from irtui.model.call import Call

PATIENCE = 6.0
"""Seconds after which the look for offers ends with what it has."""
MOST = 200


def offers(door: Door, clock: Clock, kind: str) -> tuple[tuple[Offer, ...], str]:
    """Values for an input of that type, and why there are none or not all."""
    looks = {"access_key_id": _access_keys, "user": _users, "role": _roles, "bucket": _buckets}
    if kind not in looks:
        return (), ""
    deadline = clock.monotonic() + PATIENCE
    found: list[Offer] = []
    try:
        for offer in looks[kind](door):
            found.append(offer)
            if len(found) >= MOST or clock.monotonic() > deadline:
                return tuple(found), "there are more"
    except IrtuiError as error:
        return tuple(found), str(error)
    return tuple(found), "" if found else "the account shows none"


def _access_keys(door: Door) -> Iterator[Offer]:
    for user in _names(door, "ListUsers", "Users", "UserName"):
        reply = door.read(Call("iam", "ListAccessKeys", {"UserName": user}))
        for key in reply.data.get("AccessKeyMetadata", ()):
            made = str(key.get("CreateDate", ""))[:10]
            yield Offer(str(key["AccessKeyId"]), f"{user} · {key.get('Status', '?')} · created {made}")


def _users(door: Door) -> Iterator[Offer]:
    for name in _names(door, "ListUsers", "Users", "UserName"):
        yield Offer(name, name)


def _roles(door: Door) -> Iterator[Offer]:
    for name in _names(door, "ListRoles", "Roles", "RoleName"):
        yield Offer(name, name)


def _buckets(door: Door) -> Iterator[Offer]:
    for bucket in door.read(Call("s3", "ListBuckets"), pages=5).data.get("Buckets", ()):
        yield Offer(str(bucket["Name"]), f"created {str(bucket.get('CreationDate', '?'))[:10]}")


def _names(door: Door, operation: str, listed: str, member: str) -> list[str]:
    reply = door.read(Call("iam", operation), pages=5)
    return [str(item[member]) for item in reply.data.get(listed, ())]

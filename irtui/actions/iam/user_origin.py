"""Who a user is: its unique id, who made it when and from where, what speaks for it, and whether the name is reused.

Stops and breaks: nothing, it only reads. A name is not a user: one that was renamed is followed to its name of today,
and who held the name before is told. `opener` is who gave it its latest key or password, or made it, and is not the
user itself. Users that were made and deleted again are named too: that is how one hides. Tags and user agents are
written by whoever made the user; only tags that begin with aws: are AWS's.
Limits: Event history has 90 days, and is minutes late.
CloudTrail: LookupEvents, GetUser, ListUserTags and GetAccountAuthorizationDetails events of the operator.

```yaml
use: iam.user_origin
with: {user: "${{ inputs.user }}", caller: "${{ aws.caller.arn }}"}
evidence: true
```
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.actions.observe import reply_of
from irtui.actions.user_events import UserEvent, UserEvents, former_names, pairs
from irtui.canonical import canonical, plain
from irtui.model.call import Call
from irtui.trail.family import moment

NAMED = 8
"""Things that a sentence names; more are counted."""


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for an empty name, AwsFault when the session has ended."""
    asked = text(inputs, "user")
    asking = UserEvents(reader, now, str(inputs.get("caller") or ""))
    made, deleted, renamed = (asking.by_operation(name) for name in ("CreateUser", "DeleteUser", "UpdateUser"))
    name, details, state = _today(reader, asking, asked, renamed)
    former = former_names(name, renamed) if details else []
    first = former[-1] if former else name
    mine = [event for event in made if event.user == first]
    user_id = str(details.get("UserId") or (mine[-1].id if mine else ""))
    maker = next((event for event in reversed(mine) if not details or event.id in ("", user_id)), None)
    arn = str(details.get("Arn") or "")
    openers = asking.openers({name, *former})
    latest = {event.by: event for event in openers}
    ended = [pair for pair in pairs(made, deleted) if pair["user"] != name or details]
    found: dict[str, Any] = {
        "state": state,
        "name": name,
        "names": [name, *former],
        "user_id": user_id,
        "arn": arn,
        "partition": arn.split(":")[1] if arn.count(":") >= 5 else "aws",
        "made_at": _minute(str(details.get("CreateDate") or (maker.at if maker else ""))),
        "made_by": maker.by if maker else "",
        "made_from": maker.source_ip if maker else "",
        "agent": maker.agent if maker else "",
        "tags": _tags(asking, name) if details else {},
        "trusting": _trusting(asking, arn, user_id),
        "earlier": _earlier(asked, name, user_id, mine, renamed),
        "deleted_by": next((event.by for event in reversed(deleted) if event.user == name), "") if not details else "",
        "pairs": ended,
        "opener": openers[-1].by if openers else "",
        "opener_key": openers[-1].key if openers else "",
        "openers": [plain(asdict(event)) for event in openers],
    }
    phrases = {
        "words": _words(asked, found),
        "made_words": _made(found),
        "tags_words": _in_words([f"{key}={value}" for key, value in found["tags"].items()]),
        "opener_words": f"{_opening(openers[-1])} with {openers[-1].key or 'no key'}" if openers else "nobody else",
        "openers_words": _in_words(
            [_opening(event) for event in sorted(latest.values(), key=lambda event: event.at, reverse=True)]
        ),
        "pairs_words": _in_words([f"{pair['user']} (by {_short(pair['by']) or 'nobody known'})" for pair in ended]),
    }
    return Facts({**found, **phrases, "gaps": list(asking.gaps)}, tuple(asking.gaps))


def _today(
    reader: Reader, asking: UserEvents, asked: str, renamed: list[UserEvent]
) -> tuple[str, Mapping[str, Any], str]:
    """The user under the name that was asked for, or under the one that it has by now; and there, gone or unknown."""
    name, seen = asked, {asked}
    while True:
        found = reply_of(reader, Call("iam", "GetUser", {"UserName": name}))
        if found.state == "present":
            details: Mapping[str, Any] = plain(found.value["User"])
            return name, details, "there"
        if found.state == "unknown":
            asking.gaps.append(f"the user {name} could not be read: {found.why}")
            return name, {}, "unknown"
        step = next((event for event in reversed(renamed) if event.user == name), None)
        if step is None or step.renamed in seen:
            return asked, {}, "gone"
        name = step.renamed
        seen.add(name)


def _earlier(
    asked: str, name: str, user_id: str, mine: list[UserEvent], renamed: list[UserEvent]
) -> list[dict[str, str]]:
    """Other users that had the name: by id, and by the name that they were given since."""
    moved = {event.at: event for event in renamed if name == asked == event.user}
    found = []
    for event in mine:
        later = next((at for at in sorted(moved) if at >= event.at), "")
        if event.id != user_id:
            since = moved.pop(later, None)
            found.append(_other(event.id, since))
    return [*(_other("", event) for event in moved.values()), *found]


def _other(user_id: str, since: UserEvent | None) -> dict[str, str]:
    return {"id": user_id, "now": since.renamed if since else "", "since": _minute(since.at) if since else ""}


def _tags(asking: UserEvents, name: str) -> dict[str, str]:
    listed = asking.reply(Call("iam", "ListUserTags", {"UserName": name})).get("Tags") or ()
    return {str(tag["Key"]): str(tag["Value"]) for tag in listed}


def _trusting(asking: UserEvents, arn: str, user_id: str) -> list[str]:
    """Roles whose trust names the user, by ARN or by the id that a deleted user leaves there."""
    call = Call("iam", "GetAccountAuthorizationDetails", {"Filter": ["Role"], "MaxItems": 1000})
    found = []
    for role in asking.reply(call).get("RoleDetailList") or ():
        trust = canonical(plain(role.get("AssumeRolePolicyDocument") or {})).decode()
        if any(f'"{name}"' in trust for name in (arn, user_id) if name):
            found.append(str(role["RoleName"]))
    return found


def _words(asked: str, found: Mapping[str, Any]) -> str:
    state = {"there": "", "gone": ", is gone", "unknown": ", could not be read"}[str(found["state"])]
    said = [f"{found['name']} ({found['user_id'] or 'no id known'}){state}"]
    if found["name"] != asked:
        said.append(f"it was called {asked}")
    if found["deleted_by"]:
        said.append(f"deleted by {_short(found['deleted_by'])}")
    for other in found["earlier"]:
        since = f", is called {other['now']} since {other['since']}" if other["now"] else ""
        said.append(f"ANOTHER USER had that name before{since}")
    if str(found["name"]).startswith("BedrockAPIKey-"):
        said.append("AWS makes such a user for a Bedrock key")
    return "; ".join(said)


def _made(found: Mapping[str, Any]) -> str:
    at = found["made_at"] or "at some time"
    if not found["made_by"]:
        return f"{at}, by whom is not known"
    return (
        f"{at} by {_short(found['made_by'])} from {found['made_from']}, with {str(found['agent'])[:40] or 'no agent'}"
    )


def _opening(event: UserEvent) -> str:
    return f"{_short(event.by) or 'nobody known'} ({event.what} {_minute(event.at)} from {event.source_ip})"


def _short(arn: str) -> str:
    """`user/NAME` of an ARN in IAM; another ARN as it is."""
    return arn.split(":", 5)[5] if arn.count(":") >= 5 else arn


def _minute(at: str) -> str:
    read = moment(at)
    return f"{read:%Y-%m-%d %H:%MZ}" if read else at


def _in_words(said: list[str]) -> str:
    rest = f" and {len(said) - NAMED} more" if len(said) > NAMED else ""
    return ", ".join(said[:NAMED]) + rest or "none"


ACTION = Action(
    id="iam.user_origin",
    title="Who a user is, and who made it",
    inputs={
        "user": InputField("user", help="Name of the IAM user."),
        "caller": InputField("string", required=False, help="ARN of whoever runs this: its own changes are left out."),
    },
    permissions=(
        "cloudtrail:LookupEvents", "iam:GetAccountAuthorizationDetails", "iam:GetUser", "iam:ListUserTags",
    ),
    keeps=(
        "state", "name", "names", "user_id", "partition", "made_by", "made_at", "opener", "opener_key", "trusting",
        "pairs", "words", "made_words", "tags_words", "opener_words", "openers_words", "pairs_words", "gaps",
    ),
    observe=observe,
)  # fmt: skip

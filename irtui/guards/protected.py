"""Not what the settings protect. Never asks: a list that can be talked over in the night protects nothing.

Patterns: `user/break-glass`, `role/Audit*`, `break-glass` (of any kind), full ARNs; `*` and `?` as in shells, upper and
lower case alike. An ARN of a principal is compared by account, kind and name, because calls name no path.
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from irtui.guards.ruling import allow, deny
from irtui.guards.situation import Situation
from irtui.model.call import Subject, subjects
from irtui.model.verdict import Verdict

GUARD = "protected"


def judge(situation: Situation) -> Verdict:
    if not situation.plans:
        return deny(GUARD, "Nothing is planned, so nobody can say whom it hits.")
    account = situation.identity.account if situation.identity else situation.pinned_account
    for plan in situation.plans:
        for planned in plan.calls:
            for pattern in situation.protected:
                for subject in subjects(planned.call):
                    if _names(pattern, subject, account):
                        return _refused(f"{subject.kind.replace('_', ' ')} {subject.id}", pattern)
                for arn in _arns(planned.call.params):
                    if fnmatchcase(arn.casefold(), pattern.casefold()):
                        return _refused(arn, pattern)
    return allow(GUARD, "Nothing of it is protected." if situation.protected else "The settings protect nothing.")


def _refused(what: str, pattern: str) -> Verdict:
    return deny(GUARD, f"The {what} is protected by the settings ({pattern}). Whoever owns it must do this by hand.")


def _names(pattern: str, subject: Subject, account: str) -> bool:
    pattern, name = pattern.casefold(), subject.id.casefold()
    kind = "*"
    if pattern.startswith("arn:"):
        if name.startswith("arn:"):
            return fnmatchcase(name, pattern)
        parts = pattern.split(":", 5)
        if len(parts) < 6 or not fnmatchcase(account, parts[4] or "*"):
            return False
        pattern = parts[5]
    if "/" in pattern and not name.startswith("arn:"):
        kind, _, rest = pattern.partition("/")
        pattern = rest.rsplit("/", 1)[-1]
    last = name.rsplit("/", 1)[-1] if name.startswith("arn:") else name
    return fnmatchcase(subject.kind, kind) and fnmatchcase(last, pattern.rsplit("/", 1)[-1])


def _arns(value: Any) -> Iterator[str]:
    """ARNs given as parameters; those inside policy documents are what the policy is about, not what is changed."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if "document" not in str(key).casefold():
                yield from _arns(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _arns(item)
    elif isinstance(value, str) and value.startswith("arn:"):
        yield value

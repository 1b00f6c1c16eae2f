"""A call as the same `aws` command, for people who want to see or repeat it by hand."""

import re
import shlex
from collections.abc import Iterable

from irtui.model.call import Call
from irtui.report.difference import compact
from irtui.text import inert

# The aws command line's own rule for CamelCase, plural acronyms included.
_PLURAL = re.compile(r"[A-Z]{2,}s$")
_WORD = re.compile(r"(.)([A-Z][a-z]+)")
_EDGE = re.compile(r"([a-z0-9])([A-Z])")


def kebab(name: str) -> str:
    """`GetAccessKeyLastUsed` → `get-access-key-last-used`."""
    plural = _PLURAL.search(name)
    if plural and len(name) > len(plural[0]):
        name = name[: -len(plural[0])] + "-" + plural[0].lower()
    return _EDGE.sub(r"\1-\2", _WORD.sub(r"\1-\2", name)).replace("--", "-").lower()


def aws_command(call: Call) -> str:
    """One line for a shell, everything quoted and inert."""
    words = ["aws", kebab(call.service), kebab(call.operation)]
    for name, value in call.params.items():
        words += [f"--{kebab(name)}", shlex.quote(inert(compact(value), 16384))]
    if call.region:
        words += ["--region", shlex.quote(inert(call.region))]
    return " ".join(words)


def aws_commands(calls: Iterable[Call]) -> str:
    return "\n".join(aws_command(call) for call in calls)

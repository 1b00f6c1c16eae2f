"""The form of an enquiry about CloudTrail and what is said of its answer, in words."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from irtui.desk.enquiries import COVERAGE, SEARCH, VALIDATE, Blank, Enquiry
from irtui.errors import UsageError
from irtui.tui.present.lines import Line, say

if TYPE_CHECKING:
    from irtui.desk.answers import Answer

KINDS = (COVERAGE, VALIDATE, SEARCH)
"""In the order of the tabs of the trail screen."""
TITLES = {
    COVERAGE: "Which time can CloudTrail show?",
    VALIDATE: "Are a trail's files as CloudTrail wrote them?",
    SEARCH: "Which events does CloudTrail know of?",
}
_SHORT = {"arn": "ARN", "url": "URL", "ip": "IP"}
_SEVERAL = " · several: separated by spaces"


def title_of(blank: Blank) -> str:
    """`Start time` of `start-time`."""
    words = [_SHORT.get(word, word) for word in blank.name.split("-")]
    return " ".join((words[0][:1].upper() + words[0][1:], *words[1:]))


def hint_lines(blank: Blank) -> tuple[Line, ...]:
    """What the line that has the focus is for."""
    return (((f" --{blank.name} ", "key"), (_SEVERAL if blank.many else "", "dim")), say(f" {blank.help}"))


def command_line(enquiry: Enquiry) -> str:
    """The same for a shell; empty while it cannot be read."""
    try:
        return shlex.join(enquiry.command())
    except UsageError:
        return ""


def nothing_asked(kind: str) -> tuple[Line, ...]:
    return (((" Nothing was asked yet: ", "warn"), ("r", "key"), (f" asks. {TITLES[kind]}", "")),)


def busy_line(words: str, seconds: int, stopping: bool) -> Line:
    if stopping:
        return (
            (" stopping ", "warn"),
            (f"what is under way ends first · {seconds} s", ""),
            (" · esc leaves at once", "dim"),
        )
    return ((" asking ", "warn"), (f"{seconds} s · x stops · {words or 'CloudTrail is asked'}", ""))


def done_line(answer: Answer, seconds: int) -> Line:
    if not answer.stopped:
        return ((" answered ", "good"), (f"in {seconds} s · w saves the report", ""))
    if not answer.data:
        return ((" STOPPED ", "warn"), (f"after {seconds} s: nothing is known", ""))
    more = " · c goes on" if answer.go_on else ""
    return ((" STOPPED ", "warn"), (f"after {seconds} s: not all of it{more} · w saves", ""))


def cannot_go_on(enquiry: Enquiry) -> str:
    """Why what was stopped has no place to go on from."""
    if enquiry.kind != SEARCH:
        return "Only a search can be gone on with. Ask again with r."
    if enquiry.yes("follow"):
        return "What was read already may lead to keys that are found later: with follow it begins anew."
    return "Only a search of one place can, once something of it was read. Ask again with r."

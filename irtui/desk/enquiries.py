"""What can be asked of CloudTrail outside any incident, as forms: one line for each option of the three commands.

Rules: a line is named as its option, so that what a form refuses and what a command refuses read the same, and a
filled form can be shown as the command it is.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from irtui.desk.written import at_home
from irtui.errors import UsageError

COVERAGE, VALIDATE, SEARCH = "coverage", "validate", "search"


@dataclass(frozen=True, slots=True)
class Blank:
    """One line of a form."""

    name: str
    """The command's option, without its dashes."""
    help: str
    many: bool = False
    """Several values, separated by spaces."""
    yes: bool = False
    """Yes or no; `yes` is yes."""
    path: bool = False
    """On this machine; `~` is home, as a shell would have it."""


_PROFILE = Blank("profile", "AWS profile; empty: AWS_PROFILE, or the default one. Only reads are sent.")
_ENDPOINT = Blank("endpoint-url", "An emulator of AWS on this machine, instead of AWS.")
_KEYS = Blank("public-keys", "With a folder: the file that aws cloudtrail list-public-keys printed.", path=True)

FORMS: Mapping[str, tuple[Blank, ...]] = {
    COVERAGE: (
        Blank("start-time", "RFC 3339, UTC without an offset. Empty: 7 days before the end."),
        Blank("end-time", "Up to this moment. Empty: now."),
        Blank("region", "Only these Regions. Empty: every enabled one.", many=True),
        Blank("trail-arn", "Only these trails. Empty: all, deleted ones too.", many=True),
        Blank("no-validate", "Read no digest and no log file: a trail's time is then unknown.", yes=True),
        Blank("folder", "One trail's downloaded bucket; no AWS is asked.", path=True),
        _KEYS, _PROFILE, _ENDPOINT,
    ),
    VALIDATE: (
        Blank("trail-arn", "The trail: arn:aws:cloudtrail:<Region>:<account>:trail/<name>."),
        Blank("start-time", "RFC 3339, UTC without an offset: 2026-03-01T08:00:00Z."),
        Blank("end-time", "Up to this moment. Empty: now."),
        Blank("region", "Of these Regions' events. Empty: the home Region.", many=True),
        Blank("all-regions", "Of every Region that the trail has files of.", yes=True),
        Blank("account-id", "Of an organization trail, only these accounts.", many=True),
        Blank("folder", "A downloaded bucket (aws s3 sync) instead of AWS.", path=True),
        _KEYS,
        Blank("bucket", "Where the files are, for a trail that is gone or has moved."),
        Blank("prefix", "What stands before AWSLogs/ in that bucket, or in the folder."),
        _PROFILE, _ENDPOINT,
        Blank("report", "A new file for every single verdict, one JSON object a line.", path=True),
    ),
    SEARCH: (
        Blank("access-key", "Made with this key or session (AKIA…, ASIA…).", many=True),
        Blank("principal", "Made by this user or role: ARN, name or unique id.", many=True),
        Blank("session", "Made in this role session: its name, or the assumed role's ARN.", many=True),
        Blank("event-name", "CreateUser, or iam.CreateUser.", many=True),
        Blank("source-ip", "From this address or network (203.0.113.0/24).", many=True),
        Blank("resource", "On this: an ARN, a name, an id.", many=True),
        Blank("error-code", "That failed with this code; * is any.", many=True),
        Blank("since", "RFC 3339, UTC without an offset: 2026-03-01T08:00:00Z."),
        Blank("until", "Up to this moment, which does not count."),
        Blank("follow", "Also what was done with the keys and sessions that were handed out.", yes=True),
        Blank("history", "In Event history; also when no other place is named.", yes=True),
        Blank("region", "Of Event history. Empty: every enabled Region.", many=True),
        Blank("trail-arn", "In the bucket of this trail."),
        Blank("s3", "In a bucket: s3://BUCKET/PREFIX.", many=True),
        Blank("folder", "In downloaded logs.", many=True, path=True),
        Blank("athena-query", "Id of a query that a runbook started: in what it found."),
        Blank("after", "Go on where a search of the same was stopped: what it said."),
        Blank("events", "A new file for every event as it is found, one a line.", path=True),
        _PROFILE, _ENDPOINT,
    ),
}  # fmt: skip
_PATHS = {blank.name for blanks in FORMS.values() for blank in blanks if blank.path}


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A filled form."""

    kind: str
    """One of FORMS."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Name of a line → what stands in it."""

    def one(self, name: str) -> str:
        return self._found(name, self.values.get(name, "").strip())

    def yes(self, name: str) -> bool:
        return self.one(name) == "yes"

    def many(self, name: str) -> tuple[str, ...]:
        """Raises UsageError for a quotation without an end."""
        try:
            return tuple(self._found(name, each) for each in shlex.split(self.values.get(name, "")))
        except ValueError:
            raise UsageError(
                f"--{name}: a quotation mark has no partner",
                advice="Several values are separated by spaces; quote one that holds a space.",
            ) from None

    def _found(self, name: str, value: str) -> str:
        return at_home(value) if name in _PATHS else value

    def command(self) -> tuple[str, ...]:
        """The same as a command. Raises UsageError."""
        words = ["irtui", "trail", self.kind]
        for blank in FORMS[self.kind]:
            if blank.yes:
                words += [f"--{blank.name}"] if self.yes(blank.name) else []
            else:
                one = (self.one(blank.name),) if self.one(blank.name) else ()
                for value in self.many(blank.name) if blank.many else one:
                    words += [f"--{blank.name}", value]
        return tuple(words)

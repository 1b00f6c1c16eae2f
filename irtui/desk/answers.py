"""Answers an enquiry about CloudTrail: the same as the three commands do, watched, and stopped when asked.

Rules: what was stopped is an answer too, and never looks whole: a search keeps the place where it can go on, a
validation what it has judged, a coverage nothing.
"""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from irtui.clock import Clock
from irtui.desk.coverage import coverage_of, coverage_of_folder
from irtui.desk.enquiries import COVERAGE, SEARCH, VALIDATE, Enquiry
from irtui.desk.searches import Places, joined, kept, progress_words, query_of, searched
from irtui.desk.trails import Source, as_lines, asked, validate_trail
from irtui.desk.watch import Stopped, Watch
from irtui.desk.written import as_object, lines_in
from irtui.errors import UsageError
from irtui.redact import masked
from irtui.trail.search.report import data_of
from irtui.trail.search.searching import Event, Found
from irtui.trail.validate.trail import Report, Request
from irtui.trail.validate.verdict import Finding, Tally, Verdict

AskSecret = Callable[[str], str | None]
UNFINISHED = "it was stopped before its end: what is not told here was not looked at"


@dataclass(frozen=True, slots=True)
class Answer:
    enquiry: Enquiry
    data: Mapping[str, Any]
    """The report, as `-o json` has it and as evidence holds it; empty when nothing is known."""
    good: bool
    """Everything was read and nothing is amiss: the command would end with 0."""
    stopped: bool = False
    found: Found | None = None
    """Of a search."""

    @property
    def go_on(self) -> str:
        """The place where a stopped search can be gone on with; empty when there is none."""
        sources: Sequence[Mapping[str, Any]] = self.data.get("sources") or ()
        return str(sources[0]["go_on_after"]) if self.stopped and len(sources) == 1 else ""

    def text(self, path: str) -> str:
        """What a file of that name gets: for `.jsonl` the events one a line, else the report. Raises UsageError."""
        if not path.endswith(".jsonl"):
            return as_object(self.good, self.data, None)
        if self.found is None:
            raise UsageError("Only events are written one a line.", advice="Name a file that ends with .json.")
        return "\n".join(json.dumps(masked(event.value)) for event in self.found.in_order())


def answered(
    enquiry: Enquiry, watch: Watch, *, environ: Mapping[str, str], clock: Clock, ask_secret: AskSecret,
    before: Answer | None = None,
) -> Answer:  # fmt: skip
    """`before`: the stopped search that this one goes on with; the answer is then of both.

    Raises UsageError, SettingsError, CredentialsError and AwsFault for what keeps it from beginning, or ends it.
    """
    asking = _Asking(enquiry, watch, environ, clock, ask_secret, before.found if before else None)
    way = {COVERAGE: _covered, VALIDATE: _validated, SEARCH: _searched}[enquiry.kind]
    try:
        return watch.over(lambda: way(asking))
    except Stopped:
        return asking.so_far()


@dataclass(slots=True)
class _Asking:
    enquiry: Enquiry
    watch: Watch
    environ: Mapping[str, str]
    clock: Clock
    ask_secret: AskSecret
    before: Found | None
    found: Found | None = None
    """Of a search, growing."""
    heard: "_Verdicts | None" = None
    """Of a validation."""

    def so_far(self) -> Answer:
        """What a stop leaves."""
        if self.found is not None:
            return self.searched(kept(self.found))
        data = self.heard.report() if self.heard is not None else {}
        return Answer(self.enquiry, data, False, stopped=True)

    def searched(self, found: Found) -> Answer:
        found = joined(self.before, found) if self.before else found
        good = not (found.findings_count or found.stopped)
        return Answer(self.enquiry, data_of(found), good, found.stopped, found)


def _covered(asking: _Asking) -> Answer:
    form, watch = asking.enquiry, asking.watch
    arns, folder, public_keys = form.many("trail-arn"), form.one("folder"), form.one("public-keys")
    start, end = form.one("start-time"), form.one("end-time")
    heard = _Verdicts(watch)
    if folder:
        if len(arns) != 1 or not start:
            raise UsageError("--folder needs one --trail-arn and --start-time.", advice="Its ARN names its files.")
        found = coverage_of_folder(
            folder=folder, public_keys=public_keys, start=start, end=end, arn=arns[0], clock=asking.clock,
            told=watch.tell, listener=heard,
        )  # fmt: skip
    else:
        found = coverage_of(
            start=start, end=end, regions=form.many("region"), arns=arns, validated=not form.yes("no-validate"),
            profile=form.one("profile"), endpoint_url=form.one("endpoint-url"), environ=asking.environ,
            clock=asking.clock, ask_secret=asking.ask_secret, told=watch.tell, listener=heard, check=watch.check,
        )  # fmt: skip
    return Answer(form, found.data(), found.whole)


def _validated(asking: _Asking) -> Answer:
    form, watch = asking.enquiry, asking.watch
    request = asked(
        form.one("trail-arn"), form.one("start-time"), form.one("end-time"), regions=form.many("region"),
        all_regions=form.yes("all-regions"), accounts=form.many("account-id"), clock=asking.clock,
    )  # fmt: skip
    source = Source(
        form.one("folder"), form.one("public-keys"), form.one("endpoint-url"), form.one("profile"), form.one("bucket"),
        form.one("prefix").strip("/"),
    )  # fmt: skip
    with lines_in(form.one("report")) as lines:
        asking.heard = _Verdicts(watch, request, "folder" if source.folder else "s3", as_lines(lines))
        report = validate_trail(
            request, source, environ=asking.environ, clock=asking.clock, ask_secret=asking.ask_secret,
            listener=asking.heard, check=watch.check,
        )  # fmt: skip
    return Answer(form, report.data(), report.sound)


def _searched(asking: _Asking) -> Answer:
    form, watch = asking.enquiry, asking.watch
    query = query_of(
        access_keys=form.many("access-key"), principals=form.many("principal"), sessions=form.many("session"),
        event_names=form.many("event-name"), source_ips=form.many("source-ip"), resources=form.many("resource"),
        error_codes=form.many("error-code"), since=form.one("since"), until=form.one("until"),
    )  # fmt: skip
    places = Places(
        form.many("folder"), form.many("s3"), form.one("trail-arn"), form.yes("history"), form.many("region"),
        form.one("athena-query"), form.one("after"), form.one("profile"), form.one("endpoint-url"),
    )  # fmt: skip
    events = form.one("events")

    def progress(found: Found) -> None:
        asking.found = found
        watch.check()
        watch.now_and_then(lambda: progress_words(found), lambda: asking.searched(found).data)

    with lines_in(events) as lines:

        def take(event: Event) -> None:
            watch.check()
            lines.add(lambda: event.value)

        found = searched(
            query, places, environ=asking.environ, clock=asking.clock, ask_secret=asking.ask_secret,
            follow=form.yes("follow"), take=take, progress=progress, check=watch.check,
        )  # fmt: skip
    answer = asking.searched(found)
    if not events:
        return answer
    return replace(answer, data={**answer.data, "events_file": {"path": events, "sha256": lines.digest}})


@dataclass
class _Verdicts:
    """Hears every verdict on a file: progress, and the report of what is stopped. Called under the tally's lock."""

    watch: Watch
    request: Request | None = None
    source: str = ""
    also: Callable[[str, Verdict, str, str], None] = lambda *_: None
    tally: Tally = field(default_factory=Tally)
    thread: int = field(default_factory=threading.get_ident)

    def __call__(self, subject: str, verdict: Verdict, where: str, reason: str) -> None:
        mine = threading.get_ident() == self.thread
        if self.watch.stopped and not mine:
            return  # the report of what was stopped is made meanwhile
        self.also(subject, verdict, where, reason)
        if verdict is Verdict.VALID:
            self.tally.valid(subject, where)
        else:
            self.tally.found(Finding(subject, verdict, reason, reason, where))
        if mine:  # whoever hashes must go on, or nobody would take what is left
            self.watch.check()
        self.watch.now_and_then(self.words, self.report if self.request else None)

    def words(self) -> str:
        told = [
            f"{subject}s {', '.join(f'{count} {verdict.value}' for verdict, count in sorted(counts.items()))}"
            for subject, counts in self.tally.counts.items()
        ]
        return "; ".join(told)

    def report(self) -> Mapping[str, Any]:
        """Until now. It says that it is not the whole, and is never valid."""
        assert self.request is not None
        data = Report(self.request, self.source, self.tally, (), 0).data()
        cut = Finding("trail", Verdict.UNCHECKED, "stopped", UNFINISHED).data()
        data["findings"] = [cut, *data["findings"]]
        return data | ({"verdict": Verdict.UNCHECKED.value} if self.tally.worst is Verdict.VALID else {})

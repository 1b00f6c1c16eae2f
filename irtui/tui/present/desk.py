"""The desk's list and its details: runbooks, incidents to continue, game days."""

from dataclasses import dataclass

from irtui.desk.nouns import IncidentEntry, RunbookEntry, ScenarioEntry
from irtui.tui.present.lines import EMPTY, Line, counted, labelled, paragraphs, reflowed, say, section
from irtui.tui.present.steps import containment_words

Entry = RunbookEntry | IncidentEntry | ScenarioEntry

_SEVERITY_ROLE = {"critical": "bad", "high": "bad", "medium": "warn"}


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything the desk can open."""

    incidents: tuple[IncidentEntry, ...] = ()
    runbooks: tuple[RunbookEntry, ...] = ()
    scenarios: tuple[ScenarioEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One row; headings have no entry."""

    line: Line
    entry: Entry | None = None


_ENDED = ("closed", "handed over")


def desk_rows(shelf: Shelf, words: str = "") -> tuple[DeskRow, ...]:
    """Open incidents come first: somebody is waiting for them."""
    rows: list[DeskRow] = []
    for heading, entries in (
        ("INCIDENTS TO CONTINUE", [entry for entry in shelf.incidents if entry.status not in _ENDED]),
        ("RUNBOOKS", list(shelf.runbooks)),
        ("GAME DAYS", list(shelf.scenarios)),
        ("CLOSED OR HANDED OVER", [entry for entry in shelf.incidents if entry.status in _ENDED]),
    ):
        kept = [entry for entry in entries if _matches(entry, words)]
        if kept:
            rows.append(DeskRow(say(heading, "head")))
            rows += [DeskRow(_line(entry), entry) for entry in kept]
    return tuple(rows)


def _line(entry: Entry) -> Line:
    match entry:
        case RunbookEntry():
            mark = " !" if entry.problems else ""
            role = _SEVERITY_ROLE.get(entry.severity, "dim")
            return ((f" {entry.severity:<10}", role), (entry.title or entry.name, ""), (mark, "bad"))
        case IncidentEntry():
            return (
                (f" {entry.mode:<10}", entry_role(entry)),
                (f"{entry.id} ", "name"),
                (_standing(entry), "warn"),
                (entry.title or entry.why, ""),
            )
        case ScenarioEntry():
            return ((" rehearsal ", "good"), (entry.title, ""))


def _standing(entry: IncidentEntry) -> str:
    """What somebody must know before opening it."""
    if entry.writer:
        return "in use · "
    return f"for {entry.waits_for} · " if entry.waits_for else ""


def _hands(entry: IncidentEntry) -> tuple[Line, ...]:
    """Who writes it or for whom it waits, and what can be done then."""
    if entry.writer:
        return EMPTY, labelled("in use by", entry.writer, "warn"), say("enter asks whether you take it over.", "dim")
    if not entry.waits_for:
        return ()
    if entry.status == "open":
        how = "enter signs on, with your own key and AWS identity."
        return EMPTY, labelled("waits for", entry.waits_for, "warn"), say(how, "dim")
    return (
        EMPTY,
        labelled("went to", entry.waits_for, "warn"),
        say("It goes on where they receive it. If it comes back: r.", "dim"),
        say(f"The file again: irtui incidents handover {entry.id} --bundle FILE", "dim"),
    )


def entry_role(entry: IncidentEntry) -> str:
    return "bad" if entry.status == "unreadable" else "warn" if entry.mode == "real" else "good"


def _matches(entry: Entry, words: str) -> bool:
    match entry:
        case RunbookEntry():
            text = f"{entry.name} {entry.title} {entry.severity} {entry.use_when} {entry.touches}"
        case IncidentEntry():
            who = f"{entry.operator} {entry.hands}"
            text = f"{entry.id} {entry.mode} {entry.title} {entry.runbook} {entry.account} {who}"
        case ScenarioEntry():
            text = f"{entry.name} {entry.title} {entry.story}"
    return all(word in text.lower() for word in words.lower().split())


def detail_lines(entry: Entry | None) -> tuple[Line, ...]:
    match entry:
        case RunbookEntry():
            return _runbook(entry)
        case IncidentEntry():
            return (
                say(entry.title, "name"),
                EMPTY,
                labelled("incident", entry.id),
                labelled("mode", entry.mode, entry_role(entry)),
                labelled("runbook", entry.runbook),
                labelled("account", entry.account),
                labelled("opened", entry.opened),
                labelled("operator", entry.operator),
                labelled(
                    "state",
                    ", ".join((entry.status, containment_words(entry.contained))),
                    "warn" if entry.status == "open" else "",
                ),
                labelled("journal", counted(entry.records, "record")),
                labelled("folder", str(entry.path), "dim"),
                *((labelled("why", entry.why, "bad"),) if entry.why else ()),
                *_hands(entry),
            )
        case ScenarioEntry():
            return (
                say(entry.title, "name"),
                EMPTY,
                *reflowed(entry.story),
                EMPTY,
                labelled("runbook", entry.runbook),
                labelled("world", "simulated AWS on this machine; nothing leaves it", "good"),
            )
        case None:
            return ()


def _runbook(entry: RunbookEntry) -> tuple[Line, ...]:
    origin = "came with irtui" if entry.shipped else "yours, trusted" if entry.trusted else "foreign, not trusted yet"
    return (
        say(entry.title or entry.name, "name"),
        EMPTY,
        *section("Use it when", reflowed(entry.use_when)),
        *section("It touches", paragraphs(entry.touches)),
        labelled("severity", entry.severity, _SEVERITY_ROLE.get(entry.severity, "")),
        labelled("name", f"{entry.name} {entry.version}"),
        labelled("steps", str(entry.steps)),
        labelled("origin", origin, "" if entry.shipped or entry.trusted else "warn"),
        labelled("digest", entry.digest[:16], "dim"),
        EMPTY,
        *section(
            "Problems",
            (
                ((f"{problem.line}:{problem.column} ", "dim"), (problem.message, "bad"), (f" {problem.hint}", "dim"))
                for problem in entry.problems
            ),
        ),
    )

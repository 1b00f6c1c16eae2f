"""A typed text on the page, and the typed word that removes it for good."""

from irtui.cli import sitting
from irtui.cli.interruption import interruptible
from irtui.cli.lines import Lines
from irtui.cli.opening import Session, open_desk
from irtui.cli.output import Result
from irtui.desk.redacting import Removable, Removed
from irtui.errors import Declined
from irtui.text import inert, inert_lines


def redact(session: Session, incident: str, number: int, because: str, *, key: str, ascii_only: bool) -> Result:
    """Raises Declined when the record's number is not typed, and what `desk.redacting` does."""
    desk, page, lines = open_desk(), sitting.page_of(session, ascii_only), Lines(0)
    with interruptible(lines):
        person = sitting.asking_on(page, lines)
        what = desk.removable(incident, number)
        page.lines(*_shown(what, because))
        if person.line(f"Type {number} to remove it for good (empty: no): ") != str(number):
            raise Declined("not removed")
        done = desk.redact(what, because, key=key, ask_secret=person.secret)
    return Result(_data(incident, done), "\n".join(_told(done)))


def _shown(what: Removable, because: str) -> list[str]:
    record = what.record
    lines = [
        f"{inert(record.incident)} #{record.seq}  {inert(record.type)} of {inert(record.op)}, {inert(record.t[:19])}Z",
        f"  {what.field}, which goes with its salt:",
        *(f"    {line}" for line in (inert_lines(what.text) or "(no longer the text)").split("\n")),
    ]
    if what.said:
        lines.append(f"  Its removal was signed on {what.said.t[:10]} as #{what.said.seq} and not finished.")
    else:
        lines += [f"  because, which stays: {inert(because)}"]
    return lines


def _told(done: Removed) -> list[str]:
    said = done.removal
    lines = [
        f"removed    the {inert(said.field)} of #{said.record}",
        f"  recorded   as #{said.seq}, after the close; signed with key {done.key[:16]}",
    ]
    if done.strays:
        lines.append(f"  and        {done.strays} that no record names: a crash had left it")
    if not done.vouched:
        lines += [
            "  No long-term key vouches for this incident: verify needs --signer with its key, and with this one:",
            f"    {done.key}",
        ]
    lines.append("  Not reached: bundles, reports and backups that were made before, and old blocks of a disk.")
    return lines


def _data(incident: str, done: Removed) -> dict[str, object]:
    said = done.removal
    return {
        "incident": incident, "record": said.record, "field": said.field, "commit": said.commit, "seq": said.seq,
        "because": said.because, "by": said.op, "at": said.t, "key": done.key, "vouched": done.vouched,
        "strays": done.strays,
    }  # fmt: skip

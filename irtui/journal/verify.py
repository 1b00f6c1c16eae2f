"""Is this journal whole, unchanged and signed? One verdict, the worst that holds, in words.

Rules: reads only public keys and files; needs no secret. Any bytes give a verdict, never an exception. The
chain cannot see a tail cut by somebody who also cut HEAD: `not closed` says so, and `complete` means closed
and signed by the incident's key, not that nobody who had that key rewrote it. What is not proven is said with it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from irtui.journal import handing, telling, typed
from irtui.journal.after import Removal, read_after, removed_by
from irtui.journal.anchor import Anchor, anchor
from irtui.journal.chain import Key
from irtui.journal.evidence import EVIDENCE, load, open_regular
from irtui.journal.handle import JOURNAL
from irtui.journal.head import Head, read_head
from irtui.journal.note import disagree
from irtui.journal.record import MAX_LINE, Record, parse
from irtui.journal.unproven import unproven
from irtui.journal.verify_after import judge_after, judge_texts
from irtui.journal.walk import VERDICTS, Walk
from irtui.text import inert

NOT_A_JOURNAL, WRONG_KEY, ALTERED, TRUNCATED, NOT_CLOSED, COMPLETE = VERDICTS


@dataclass(frozen=True, slots=True)
class Verification:
    verdict: str
    """One of: not a journal, wrong key, altered, truncated, not closed, complete."""
    mode: str
    """real or rehearsal; empty when nothing could be read."""
    records: int
    """How many records hold: all before the first finding."""
    at: int | None
    """The record that the verdict is about."""
    why: str
    notes: tuple[str, ...]
    """What a reader should know besides: resumes, torn lines, intents without an outcome, keys nobody endorsed."""
    signer: str
    """Public key, hex: the operator's who endorsed the incident's key, else the incident's own."""
    pinned: bool
    """The signer is one of the keys that were given."""
    closed: bool
    head: str = ""
    """SHA-256 of the last record that holds, hex."""
    incident: str = ""
    anchored: int = 0
    """The last record that one of the given anchors names, rightly; 0: none."""
    unproven: tuple[str, ...] = ()
    """What it does not prove, the gravest first."""
    removed: tuple[Removal, ...] = ()
    """Typed texts that were removed after the close, as signed there."""
    around: tuple[str, ...] = ()
    """What the bundle around it holds that is not made of it. Empty for a folder."""

    @property
    def words(self) -> str:
        """`altered at #17: the signature does not fit`."""
        place = f" at #{self.at}" if self.at is not None else ""
        return f"{self.verdict}{place}: {self.why}" if self.why else f"{self.verdict}{place}"


def verify(
    path: Path, *, incident: str = "", signers: Collection[str] | None = None, known: Collection[str] = (),
    anchors: Iterable[Anchor] = (),
) -> Verification:  # fmt: skip
    """Verifies an incident's folder, or a journal file with what stands beside it. `signers` are public keys in
    hex; when given, each key of the journal must be one of them or endorsed by one; without them those that are
    `known` pin it, and a key that is not is no finding. Each of `anchors` must fit, and so must the `incident` that
    it should be of."""
    folder, file = (path, path / JOURNAL) if path.is_dir() else (path.parent, path)
    walk = Walk(anchors=tuple(anchors))
    head = read_head(folder)  # before the journal: a writer at work writes it after
    whole = path.is_dir()
    try:
        with open_regular(file) as stream:
            _walk_lines(walk, stream, head, folder, whole or (folder / EVIDENCE).is_dir())
    except OSError as fault:
        walk.findings.append((NOT_A_JOURNAL, None, f"it cannot be read: {fault.strerror}"))
    _judge_head(walk, head)
    _judge_notes(walk)
    _judge_anchors(walk, incident)
    judge_after(walk, folder, signers or (), own=whole)
    judge_texts(walk, folder, whole or (folder / typed.TEXTS).is_dir())
    return concluded(walk, signers, known)


def concluded(walk: Walk, signers: Collection[str] | None, known: Collection[str]) -> Verification:
    """The verdict on a journal that was walked to its end, or to a finding."""
    _judge_end(walk)
    pinned = _judge_keys(walk, signers, known)
    return _verification(walk, pinned)


def _walk_lines(walk: Walk, stream: BufferedReader, head: Head | str, folder: Path, beside: bool) -> None:
    unchecked, removed = 0, removed_by(read_after(folder))
    while data := stream.readline(MAX_LINE + 1):
        number = walk.chain.count + 1
        if not data.endswith(b"\n") and len(data) <= MAX_LINE and walk.chain.count and not walk.chain.closed:
            walk.notes.append(f"after #{walk.chain.count} a torn line of {len(data)} bytes: a crash, or a cut")
            break
        try:
            record = walk.chain.take(data)
        except ValueError as flaw:
            walk.broken = True
            alien = not walk.chain.count and not _any_record(stream)
            walk.findings.append((NOT_A_JOURNAL, None, str(flaw)) if alien else (ALTERED, number, str(flaw)))
            break
        if isinstance(head, Head) and head.seq == record.seq and head.incident == record.incident:
            walk.head_fits = head.sha256 == walk.chain.head
        walk.hashes += bytes.fromhex(walk.chain.head)
        _check_anchors(walk)
        if record.type == "evidence":
            if beside:
                _check_evidence(walk, record, folder)
            else:
                unchecked += 1
        try:
            if commit := typed.commitment(record):
                walk.texts[record.seq] = (typed.TYPED[record.type], commit)
        except ValueError as flaw:
            walk.findings.append((ALTERED, record.seq, str(flaw)))
        _note(walk, typed.opened(record, folder, removed) if record.type == "anchor" else record)
        walk.last = record
    if unchecked:
        walk.notes.append(f"{unchecked} evidence files are not beside the journal and were not checked")


def _check_anchors(walk: Walk) -> None:
    chain = walk.chain
    for given in walk.anchors:
        if given.seq == chain.count and given.incident.upper() == chain.incident.upper():
            if flaw := _unsigned(walk, given, chain.keys[-1:]):
                walk.findings.append((WRONG_KEY, given.seq, flaw))
            elif given.letters != anchor(chain.incident, chain.count, chain.head).letters:
                who = inert(given.beside, 100) or ("the signed checkpoint" if given.note else "the anchor")
                walk.findings.append((ALTERED, given.seq, f"{who} has another fingerprint for this record"))
            elif not given.beside:
                walk.anchored = chain.count


def _unsigned(walk: Walk, given: Anchor, keys: Iterable[Key]) -> str:
    """Why a signed note does not speak of this journal; empty where it does, and for an anchor that is no note."""
    if given.note is None:
        return ""
    if given.note.mode != walk.chain.mode:
        return f"the checkpoint is of a {given.note.mode} incident, and this journal is not"
    if any(given.note.signed_by(bytes.fromhex(key.public)) for key in keys):
        return ""
    return "the checkpoint is not signed by the key of this record: it was forged, or the journal was written anew"


def _judge_notes(walk: Walk) -> None:
    notes = tuple(given.note for given in walk.anchors if given.note)
    for key in walk.chain.keys if len(notes) > 1 else ():
        if seq := disagree(notes, bytes.fromhex(key.public)):
            why = "two checkpoints, both signed by its key, have other fingerprints: whoever held it told two histories"
            walk.findings.insert(0, (ALTERED, seq, why))  # before what else is found of that record


def _any_record(stream: BufferedReader) -> bool:
    """Whether any later line is a record: then the first line was changed, and this is a journal."""
    while data := stream.readline(MAX_LINE + 1):
        try:
            parse(data)
        except ValueError:
            continue
        return True
    return False


def _check_evidence(walk: Walk, record: Record, folder: Path) -> None:
    try:
        if len(load(folder, record.body.get("sha256"))) != record.body.get("size"):
            raise ValueError("the evidence has not the recorded size")
    except ValueError as flaw:
        walk.findings.append((ALTERED, record.seq, str(flaw)))


def _note(walk: Walk, record: Record) -> None:
    body, seq, notes = record.body, record.seq, walk.notes
    if walk.last and walk.last.run == record.run and record.m < walk.last.m:
        notes.append(f"#{seq}: the monotonic clock went back within one sitting")
    if walk.last and record.t < walk.last.t:
        notes.append(f"#{seq}: the clock went back from {walk.last.t} to {record.t}")
    if said := handing.words(walk.last, record, walk.chain.keys):
        notes.append(said)
    if record.type == "open":
        _note_key(walk, walk.chain.keys[-1], None)
    elif record.type == "join":
        notes.append(f"#{seq}: resumed by {inert(record.op, 80)}")
        _note_key(walk, walk.chain.keys[-1], walk.chain.keys[-2])
    elif record.type == "recovered":
        notes.append(f"#{seq}: a torn line of {inert(body.get('bytes'), 20)} bytes was cut off after a crash")
    elif record.type == "approve" and body.get("kind") == "break-glass":
        notes.append(f"#{seq}: break-glass: {inert(record.op, 80)} went on without the approval that was wanted")
    elif record.type == "anchor":
        seq = telling.named(record)
        notes.append(telling.words(record, walk.hashes[32 * (seq - 1) : 32 * seq].hex() if seq else ""))
    notes.extend(walk.doubts.take(record))


def _note_key(walk: Walk, key: Key, before: Key | None) -> None:
    if before and before.public == key.public:
        return
    if before:
        walk.notes.append(f"#{key.seq}: a new {inert(key.kind, 40)} key joined")
    if not key.endorsed_by and walk.chain.mode == "real":
        walk.notes.append(f"#{key.seq}: nobody endorsed this {inert(key.kind, 40)} key")
    if before and key.endorsed_by != before.endorsed_by and not (walk.last and walk.last.type == "handover"):
        walk.notes.append(f"#{key.seq}: not endorsed by the operator key that endorsed the one before")


def _judge_head(walk: Walk, head: Head | str) -> None:
    chain = walk.chain
    if not chain.count or any(verdict == ALTERED for verdict, _, _ in walk.findings):
        return
    if isinstance(head, str):
        if chain.closed:
            return
        walk.notes.append(f"{head}: a cut tail would not show here")
    elif head.incident != chain.incident:
        walk.notes.append("HEAD is of another incident")
    elif head.seq > chain.count:
        walk.findings.append((TRUNCATED, chain.count, f"HEAD names #{head.seq}, the file ends here"))
    elif walk.head_fits is not True:
        walk.findings.append((ALTERED, head.seq, "HEAD has another hash for this record"))


def _judge_anchors(walk: Walk, incident: str) -> None:
    chain = walk.chain
    if not chain.count or any(verdict == ALTERED for verdict, _, _ in walk.findings):
        return
    wanted = [incident, *(given.incident for given in walk.anchors)]
    for other in {name for name in wanted if name and name.upper() != chain.incident.upper()}:
        walk.findings.append((ALTERED, 1, f"it is the journal of {inert(chain.incident, 100)}, not of {other}"))
    for given in walk.anchors:
        if given.seq > chain.count and (flaw := _unsigned(walk, given, chain.keys)):
            walk.findings.append((WRONG_KEY, chain.count, f"{flaw}; it names #{given.seq}, the file ends here"))
        elif given.seq > chain.count:
            who = inert(given.beside, 100) or "an anchor"
            walk.findings.append((TRUNCATED, chain.count, f"{who} names #{given.seq}, the file ends here"))


def _judge_end(walk: Walk) -> None:
    chain = walk.chain
    walk.notes.extend(f"#{seq}: the intent: {what}" for seq, what in walk.doubts.intents.items())
    if chain.count and not chain.closed:
        walk.findings.append((NOT_CLOSED, chain.count, "still running, left, crashed or cut: nobody can tell from it"))


def _judge_keys(walk: Walk, signers: Collection[str] | None, known: Collection[str]) -> bool:
    """Whether each key of it is among those given, or vouched for by one; nobody's word is an empty name's."""
    given = {signer.lower() for signer in signers or known} - {""}
    strange = [key for key in walk.chain.keys if key.public not in given and key.endorsed_by not in given]
    if signers:
        walk.findings += [(WRONG_KEY, key.seq, "none of the given keys signed or endorsed it") for key in strange]
    wrong = any(verdict == WRONG_KEY for verdict, _, _ in walk.findings)
    return bool(walk.chain.keys) and not strange and not wrong


def _verification(walk: Walk, pinned: bool) -> Verification:
    chain = walk.chain
    if not chain.count and not walk.findings:
        walk.findings.append((NOT_A_JOURNAL, None, "it is empty"))
    findings = sorted(walk.findings, key=lambda finding: (VERDICTS.index(finding[0]), finding[1] or 0))
    verdict, at, why = findings[0] if findings else (COMPLETE, None, "")
    first: Key | None = chain.keys[0] if chain.keys else None
    return Verification(
        verdict,
        chain.mode,
        chain.count,
        at,
        why,
        tuple(walk.notes),
        (first.endorsed_by or first.public) if first else "",
        pinned,
        chain.closed,
        chain.head if chain.count else "",
        chain.incident,
        walk.anchored,
        unproven(chain, walk.anchored, pinned, after=walk.after > 0, removed=bool(walk.removed)),
        tuple(walk.removed),
    )

"""Judging the texts that people typed, which can be removed, and what was recorded after the close.

Rules: a text that is not there is an alteration of its record, unless a record after the close says that it was
removed, signed with a key that vouches for a sitting of this journal or was given. A removal that its text outlived is
a note: whoever removed it was stopped, and can finish. Nothing is judged after a line that is no record: where the
journal ends is not known then.
"""

from collections.abc import Collection
from pathlib import Path

from irtui.journal import telling, typed
from irtui.journal.after import AFTER, After, removal
from irtui.journal.evidence import open_regular
from irtui.journal.record import MAX_LINE, Record, parse
from irtui.journal.walk import VERDICTS, Walk

_, WRONG_KEY, ALTERED, TRUNCATED, _, _ = VERDICTS


def judge_after(walk: Walk, folder: Path, signers: Collection[str], *, texts: bool = True, own: bool = True) -> None:
    """Adds what `after.jsonl` holds to the walk. Without `texts` what it removes is not held against the journal; not
    `own`: the folder is not the incident's, and what lies there may be another's."""
    path, chain = folder / AFTER, walk.chain
    if walk.broken or not chain.count:
        return
    known = ({key.endorsed_by for key in chain.keys} | {signer.lower() for signer in signers}) - {""}
    after = After(chain.count, chain.head, chain.incident)
    try:
        with open_regular(path) as stream:
            while data := stream.readline(MAX_LINE + 1):
                if not data.endswith(b"\n") and len(data) <= MAX_LINE:
                    walk.notes.append(f"{AFTER} ends in a torn line of {len(data)} bytes: a crash, or a cut")
                    break
                if not own and parse(data).incident != chain.incident:
                    walk.notes.append(f"{AFTER} is of another incident")
                    break
                if not chain.closed:
                    walk.findings.append(
                        (TRUNCATED, chain.count, f"{AFTER} follows a close, and the file ends before it")
                    )
                    walk.broken = True  # which texts were removed is not known then
                    break
                record, public = after.take(data)
                _take(walk, record, texts)
                if public not in known:
                    why = f"a key signed it that vouches for no sitting of this journal, and was not given: {public}"
                    walk.findings.append((WRONG_KEY, record.seq, why))
    except FileNotFoundError:
        return
    except OSError as fault:
        walk.findings.append((ALTERED, after.count + 1, f"after the close: it cannot be read: {fault.strerror}"))
    except ValueError as flaw:
        walk.findings.append((ALTERED, after.count + 1, f"after the close: {flaw}"))


def judge_texts(walk: Walk, folder: Path, beside: bool) -> None:
    """Holds each text that people typed against its commitment, and against what was removed."""
    if walk.broken:
        return
    removed = {each.commit: each for each in walk.removed}
    unchecked, salts = 0, dict[str, int]()
    for seq, (_, commit) in walk.texts.items():
        try:
            salt = typed.load(folder, commit)[1]
        except ValueError as flaw:
            there = not isinstance(flaw, typed.Missing)
            if commit not in removed and (beside or there):
                walk.findings.append((ALTERED, seq, str(flaw)))
            unchecked += commit not in removed and not beside and not there
        else:
            there = True
            if salts.setdefault(salt, seq) != seq:
                walk.notes.append(f"#{seq}: its text has the salt of #{salts[salt]}: if one goes, it can be guessed")
        if there and commit in removed:
            walk.notes.append(f"#{seq}: its text was removed, and is still there: `irtui audit redact` finishes that")
    if unchecked:
        walk.notes.append(f"{unchecked} texts are not beside the journal and were not checked")


def _take(walk: Walk, record: Record, texts: bool) -> None:
    """Raises ValueError for what does not fit the journal."""
    if record.type == "anchor":
        seq = telling.named(record)
        if walk.hashes:
            walk.notes.append(telling.words(record, walk.hashes[32 * (seq - 1) : 32 * seq].hex() if seq else ""))
    else:
        said = removal(record)
        if said is None or (texts and walk.texts.get(said.record) != (said.field, said.commit)):
            raise ValueError("it removes what this journal does not have")
        walk.removed.append(said)
        walk.notes.append(said.words)
    walk.after += 1

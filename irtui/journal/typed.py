"""What people type: kept beside the journal and committed to in it, so that it can be removed and the chain holds.

Rules: in the text's place a record holds `{"commit": …}`, the SHA-256 of the file `texts/<commitment>`: canonical JSON
of the text and of 32 random bytes of salt, ended by a line feed. The salt keeps anybody from trying what a removed text
may have been, so both go together. The file is durable before its record is written. Journals from before hold the text
itself.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from irtui.canonical import canonical
from irtui.journal.disk import Disk, write_file
from irtui.journal.evidence import open_regular
from irtui.journal.record import MAX_LINE, Record

TEXTS = "texts"
FORM = "irtui-text-v1"
SALT_BYTES = 32
TYPED: Mapping[str, str] = {
    "note": "text", "skip": "reason", "decide": "reason", "attest": "statement", "approve": "reason", "anchor": "where",
    "handover": "reason", "takeover": "why", "close": "reason",
}  # fmt: skip
"""Type of record → the member of its body that a person types freely. Names, inputs and what AWS says are none."""
MISSING = "[text missing, and nothing says that it was removed: see irtui audit verify]"
SPOILT = "[text not as it was recorded: see irtui audit verify]"

_HASH = re.compile(r"[0-9a-f]{64}")
_SALT = re.compile(r"[0-9a-f]{64}")


class Missing(ValueError):
    """There is no such file."""


def committed(
    type: str, body: Mapping[str, Any], randomness: Callable[[int], bytes]
) -> tuple[Mapping[str, Any], bytes]:
    """The body as the line holds it, and the file of its text; no bytes when nobody typed anything in it.

    Raises ValueError for a text that is too long.
    """
    name = TYPED.get(type, "")
    text = body.get(name)
    if not isinstance(text, str) or not text or own_words(type, body):
        return body, b""
    data = canonical({"form": FORM, "salt": randomness(SALT_BYTES).hex(), "text": text}) + b"\n"
    if len(data) > MAX_LINE:
        raise ValueError(f"its {name} has {len(data)} bytes, more than {MAX_LINE}")
    return {**body, name: {"commit": hashlib.sha256(data).hexdigest()}}, data


def commitment(record: Record) -> str:
    """The commitment that the line of a record holds; empty when it holds none. Raises ValueError for a senseless one,
    in words that follow `altered at #17: `."""
    value = (record.body if record.held is None else record.held).get(TYPED.get(record.type, ""))
    if not isinstance(value, Mapping):
        return ""
    commit = value.get("commit")
    if len(value) != 1 or not isinstance(commit, str) or not _HASH.fullmatch(commit):
        raise ValueError("it names no text")
    return commit


def keep(disk: Disk, folder: Path, data: bytes) -> None:
    """Writes a text durably. Raises OSError."""
    write_file(disk, folder / TEXTS / hashlib.sha256(data).hexdigest(), data)


def load(folder: Path, commit: str) -> tuple[str, str]:
    """The text that was committed to, and its salt. Raises Missing, and ValueError, in words."""
    try:
        with open_regular(folder / TEXTS / commit) as file:
            data = file.read(MAX_LINE + 1)
    except FileNotFoundError:
        raise Missing(f"its text {commit[:12]} is missing, and nothing says that it was removed") from None
    except OSError as fault:
        raise ValueError(f"its text {commit[:12]} cannot be read: {fault.strerror}") from fault
    if hashlib.sha256(data).hexdigest() != commit:
        raise ValueError(f"its text {commit[:12]} is not what was recorded")
    try:
        members: Any = json.loads(data.decode("ascii"))
        text, salt = members["text"], members["salt"]
        sound = canonical({"form": FORM, "salt": salt, "text": text}) + b"\n" == data and _SALT.fullmatch(salt)
    except (ValueError, LookupError, TypeError, RecursionError):
        sound = None
    if not sound or not isinstance(text, str):
        raise ValueError(f"its text {commit[:12]} is no salted text")
    return text, salt


def opened(record: Record, folder: Path, removed: Mapping[str, str]) -> Record:
    """The record with its text in place: as it lies beside the journal, or what is to be shown instead. `removed`: the
    commitments of texts that were removed, with what is to be shown."""
    try:
        commit = commitment(record)
    except ValueError:
        return record
    if not commit:
        return record
    words = removed.get(commit, "")
    if not words:
        try:
            words, _ = load(folder, commit)
        except Missing:
            words = MISSING
        except ValueError:
            words = SPOILT
    return replace(record, body={**record.body, TYPED[record.type]: words}, held=record.held or record.body)


def own_words(type: str, body: Mapping[str, Any]) -> bool:
    """What irtui itself writes in such a place: an inject, why a plan was declined, where it put a checkpoint."""
    if type == "anchor":
        return str(body.get("where", "")).startswith("s3://")
    people = (("decide", "confirm"), ("approve", "break-glass"))
    return "kind" in body and ((type, body["kind"]) not in people or "by" in body)

"""The journal held against CloudTrail's events from a file, for `irtui audit verify`."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from irtui.errors import UsageError
from irtui.journal.read import read_records
from irtui.journal.witness import Witness, witnessed
from irtui.text import inert


def witness(folder: Path, events: str) -> Witness:
    """Raises UsageError for a file that holds anything but events, one a line."""
    return witnessed(read_records(folder), _events(Path(events)))


def witness_data(found: Witness) -> dict[str, Any]:
    return {"agrees": found.agrees, **asdict(found)}


def witness_lines(found: Witness) -> list[str]:
    """What it says, for people."""
    said = "agrees" if found.agrees else "DOES NOT AGREE"
    head = f"; AWS recorded this journal's hash at #{found.head}" if found.head else ""
    newest = f", the newest of {inert(found.newest, 40)}" if found.newest else ""
    return [
        f"  cloudtrail  {said}: {len(found.seen)} calls have their event{head}",
        f"    of {found.events} events{newest}; whether they are all that there are, irtui trail validate says",
        *(f"    changed outside this journal  {inert(each, 400)}" for each in found.unrecorded),
        *(f"    not the call it says  {inert(each, 400)}" for each in found.contradicted),
        *(f"    changed by another session of the role  {inert(each, 400)}" for each in found.beside),
        *(f"    said to be sent  {inert(each, 400)}" for each in found.unseen),
    ]


def _events(path: Path) -> Iterator[dict[str, Any]]:
    number = 0
    try:
        with path.open("rb") as file:
            for text in file:
                number += 1
                event = json.loads(text)
                if not isinstance(event, dict):
                    raise ValueError("no object")
                yield event
    except (ValueError, RecursionError) as flaw:
        raise UsageError(
            f"Line {number} of {path} is no event.",
            advice="Give the file that `irtui trail search --events FILE` wrote: one event a line.",
        ) from flaw
    except OSError as fault:
        raise UsageError(f"{path} cannot be read: {fault.strerror}.") from fault

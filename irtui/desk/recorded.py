"""What an incident's folder alone gives: its runbooks as run, its state, its family tree. Loads no AWS and no lint."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from irtui.engine.fold import Fold
from irtui.errors import JournalError
from irtui.journal.read import read_evidence
from irtui.journal.record import Record
from irtui.model.incident import IncidentState
from irtui.model.runbook import Runbook
from irtui.report.family import kept_in
from irtui.runbook.parse import parse_runbook


def recorded_runbooks(folder: Path, records: tuple[Record, ...]) -> tuple[Runbook, dict[str, Runbook]]:
    """The runbook that an incident runs, and its children, from the text its journal keeps. Raises JournalError."""
    if not records:
        raise JournalError(f"{folder.name} holds no record.")
    opening = records[0].body
    said: Mapping[str, str] = {
        str(opening["runbook"]["name"]): str(opening["runbook"]["digest"]),
        **opening["children"],
    }
    texts = {name: read_evidence(folder, digest).decode("utf-8") for name, digest in said.items()}
    parsed = {name: parse_runbook(text, f"{name}.yaml") for name, text in texts.items()}
    return parsed.pop(str(opening["runbook"]["name"])), parsed


def folded(folder: Path, records: tuple[Record, ...]) -> IncidentState:
    """The state of an incident that nobody is working on now."""
    runbook, children = recorded_runbooks(folder, records)
    return Fold(runbook, children).take_all(records).state()


def family_in(folder: Path, records: Sequence[Record]) -> Mapping[str, Any] | None:
    """The newest family tree of an incident; None: there is none. Raises JournalError."""
    digest = kept_in(records)
    tree: Mapping[str, Any] | None = json.loads(read_evidence(folder, digest)) if digest else None
    return tree

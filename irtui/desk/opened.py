"""What the journal says of an opening: who sits down, with which code, on which runbook, after what."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import irtui
from irtui.canonical import digest
from irtui.clock import rfc3339
from irtui.desk.nouns import Briefing, IncidentEntry, Request
from irtui.desk.opening import Entrance
from irtui.journal.head import Head, read_head


def opening(
    entrance: Entrance, operator: str, briefing: Briefing, inputs: Mapping[str, str | None], previous: str
) -> dict[str, Any]:
    """The body of the `open` record, without mode and key, which the journal adds."""
    runbook, request = briefing.runbook, briefing.request
    return {
        **seat(entrance, operator, request),
        "tool": {"version": irtui.__version__, "code": code_digest()},
        "runbook": {
            "name": runbook.name,
            "title": runbook.title,
            "version": runbook.version,
            "digest": runbook.digest,
        },
        "inputs": inputs,
        "children": {name: child.digest for name, child in briefing.children.items()},
        "previous": previous,
        "read_only": request.read_only,
        "scenario": request.scenario,
        "seed": request.seed if request.scenario else 0,
        "elsewhere": entrance.world.elsewhere if entrance.world else "",
    }


def seat(entrance: Entrance, operator: str, request: Request) -> dict[str, Any]:
    """Who sits down, as the open and join records hold it."""
    identity = entrance.identity
    return {
        "account": identity.account,
        "alias": identity.alias,
        "caller": identity.arn,
        "caller_name": identity.name,
        "user_id": identity.user_id,
        "operator": operator,
        "profile": request.profile,
        "region": identity.region,
        "endpoints": list(entrance.door.endpoints),
        "expires": rfc3339(identity.expires) if identity.expires else "",
    }


def previous_head(incidents: tuple[IncidentEntry, ...], mode: str) -> str:
    """The head of this machine's last incident of the same mode: by it a whole missing incident is seen."""
    for entry in incidents:
        if entry.mode == mode:
            head = read_head(entry.path)
            return f"{entry.id}#{head.seq}:{head.sha256}" if isinstance(head, Head) else ""
    return ""


def code_digest() -> str:
    """SHA-256 over the sources of the irtui that runs: which code it was."""
    root = Path(sys.modules["irtui"].__file__ or "").parent
    sources = sorted(root.rglob("*.py"))
    return digest([[str(path.relative_to(root)), path.read_text("utf-8")] for path in sources])

"""What the engine works with, passed around instead of a dozen arguments."""

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from irtui.aws.door import Door
from irtui.clock import Clock
from irtui.engine.ledger import Ledger
from irtui.engine.operator import Operator
from irtui.errors import IrtuiError
from irtui.guards.situation import Limits
from irtui.model.checkpoint import CheckpointBucket
from irtui.model.runbook import Runbook

_log = logging.getLogger("irtui")


@dataclass(frozen=True, slots=True)
class Hands:
    ledger: Ledger
    door: Door
    clock: Clock
    operator: Operator
    runbook: Runbook
    children: Mapping[str, Runbook]
    protected: tuple[str, ...]
    limits: Limits
    read_only: bool
    """Nothing is changed in this sitting, whatever an earlier one allowed."""
    stopping: Callable[[], bool]
    closing: Callable[[], None] | None = None
    """Called right before the close record is written."""
    bucket: CheckpointBucket | None = None
    """Where signed checkpoints of the journal are put. None: nowhere."""
    approvers: Mapping[str, bytes] = field(default_factory=dict)
    """Name → long-term public key, 32 bytes: whose approvals count."""


def in_words(error: Exception) -> IrtuiError:
    """`error` as something to tell. A fault of irtui is named by its place: its own words may hold foreign text."""
    if isinstance(error, IrtuiError):
        return error
    frames = traceback.extract_tb(error.__traceback__)
    # places only: neither locals nor the error's own words, which may hold what the attacker wrote, or a secret
    _log.error("a fault in irtui: %s\n%s", type(error).__name__, "".join(traceback.format_list(frames)))
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "nowhere"
    return IrtuiError(
        f"{type(error).__name__} at {place}",
        title="A fault in irtui",
        advice="What was sent is in the journal. Try again, or skip the step; please report this.",
    )

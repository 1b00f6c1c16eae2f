"""What an action reads with: the reading half of the door, in the session and Region of one step.

Rules: when the operator leaves, every further request refuses at once, so that the longest reading ends at its next
one. A reading that was cut off like this, or by the end of the session, is no reading: `whole` raises, whatever the
action made of it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from irtui.aws.door import Door, Objects
from irtui.aws.found import Found
from irtui.errors import AwsFault, Declined, IrtuiError
from irtui.model.call import Call
from irtui.model.outcome import Reply
from irtui.model.runbook import Step
from irtui.runbook.expressions import fill

_Thing = TypeVar("_Thing")


class Placed:
    """Implements `irtui.actions.interface.Reader`. Safe to use from several threads."""

    def __init__(
        self, door: Door, step: Step, context: Mapping[str, Any], *,
        stopping: Callable[[], bool] = lambda: False, told: Callable[[str], None] = lambda words: None,
    ) -> None:  # fmt: skip
        self._door = door
        self._session = step.session
        self._region = fill(step.region, context) or None
        self._stopping = stopping
        self._cut: IrtuiError | None = None
        self.told = told

    @property
    def region(self) -> str:
        return self._region or self._door.region

    def read(self, call: Call, *, pages: int = 1) -> Reply:
        with self.asking():
            return self._door.read(self.placed(call), pages=pages)

    def objects(self) -> Objects:
        return _Objects(self._door.objects(self._session), self)

    def placed(self, call: Call) -> Call:
        return replace(
            call,
            region=call.region or self._region,
            session=self._session if call.session == "caller" else call.session,
        )

    def whole(self) -> None:
        """Raises what cut the reading off: Declined, or the AwsFault of a session that ended."""
        if self._cut is not None:
            raise self._cut

    def stay(self) -> None:
        """Raises Declined once the operator leaves."""
        if self._stopping():
            self._cut = self._cut or Declined("The operator left while this was read")
            raise self._cut

    @contextmanager
    def asking(self) -> Iterator[None]:
        self.stay()
        try:
            yield
        except AwsFault as fault:
            if fault.kind == "expired":
                self._cut = self._cut or fault
            raise


class _Objects:
    def __init__(self, inner: Objects, placed: Placed) -> None:
        self._inner, self._placed = inner, placed

    def keys(self, bucket: str, prefix: str, after: str = "") -> Iterator[str]:
        with self._placed.asking():
            yield from self._kept(self._inner.keys(bucket, prefix, after))

    def folders(self, bucket: str, prefix: str) -> list[str]:
        with self._placed.asking():
            return self._inner.folders(bucket, prefix)

    @contextmanager
    def get(self, bucket: str, key: str) -> Iterator[Found]:
        with self._placed.asking(), self._inner.get(bucket, key) as found:
            yield Found(self._kept(found.chunks), found.metadata)

    def plain(self, bucket: str) -> None:
        """Another process would not stop when the operator leaves."""

    def close(self) -> None:
        self._inner.close()

    def _kept(self, things: Iterator[_Thing]) -> Iterator[_Thing]:
        for thing in things:
            yield thing
            self._placed.stay()

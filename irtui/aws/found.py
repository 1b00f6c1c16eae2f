"""An object that is being read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Found:
    chunks: Iterator[bytes]
    metadata: Mapping[str, str]
    """Lower-case names without `x-amz-meta-`."""

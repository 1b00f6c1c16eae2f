"""Cuts JSON into its records without parsing it: for logs that are large, damaged or not in CloudTrail's usual form.

Rules: records are the elements of `Records` (of `Events`, as LookupEvents answers) of an object, the elements of a
list, or the objects that stand one after another. Memory is bounded by the largest record that is kept; a larger one
is passed over and said so. Brackets inside strings count for nothing. What stands between records and is no comma is
said too.
"""

import re
from collections.abc import Callable, Iterator

LARGEST = 2 * 1024 * 1024
"""Bytes of a record that is read: eight times what CloudTrail writes at most."""
_OUTSIDE = re.compile(rb'["{}\[\]]')
_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_LIST = re.compile(rb'"(?:Records|Events)"\s*+:\s*+$')
_NAME = 64
"""Bytes that are remembered: enough for the name of a member."""
_SEPARATORS = b" \t\r\n,"


class Splitter:
    """Takes pieces, gives records. `trouble` takes what is wrong, in words."""

    def __init__(self, trouble: Callable[[str, str], None]) -> None:
        self._trouble = trouble
        self._depth = 0
        self._floor: int | None = None
        """Depth of the list whose elements are records; None while an object of its own is read."""
        self._in_string = False
        self._escaped = False
        self._record: list[bytes] | None = None
        self._size = 0
        self._last = b""
        """The last bytes that were taken."""
        self._stray = False
        """Something that is no separator stands between two records."""
        self.count = 0
        """Records seen, the passed over included."""
        self.wrapped = False
        """Whether a list of records was seen."""

    def take(self, piece: bytes) -> Iterator[bytes]:
        at = kept = 0
        end = len(piece)
        while at < end:
            if self._in_string:
                at = self._through_string(piece, at)
                continue
            found = _OUTSIDE.search(piece, at)
            if found is None:
                break
            at = found.end()
            sign = found.group()
            if sign == b'"':
                self._in_string = True
            elif sign in b"{[":
                kept = self._open(piece, kept, found.start(), sign)
            else:
                if self._depth == 0:
                    kept = at
                    self._trouble("json", f"a bracket too many after record {self.count}")
                    continue
                self._depth -= 1
                if self._record is not None and self._depth == (self._floor or 0):
                    self._keep(piece[kept:at])
                    kept = at
                    yield from self._close()
                elif self._floor is not None and self._depth < self._floor:
                    self._keep(piece[kept : found.start()])
                    kept = at
                    self._gap()
                    self._floor = None
                elif self._record is None and self._depth == 0:
                    kept = at
        self._keep(piece[kept:])

    def end(self) -> None:
        """The last piece has been taken."""
        if self._in_string or self._depth:
            self._trouble("json", f"it ends in the middle, after record {self.count}")
        self._gap()

    def _through_string(self, piece: bytes, at: int) -> int:
        if self._escaped:
            self._escaped = False
            return at + 1
        found = _STRING.match(piece, at)
        at = found.end() if found else at
        if at < len(piece) and piece[at : at + 1] == b'"':
            self._in_string = False
            return at + 1
        if at < len(piece):  # a backslash that is the last byte of this piece
            self._escaped = True
            return at + 1
        return at

    def _open(self, piece: bytes, kept: int, at: int, sign: bytes) -> int:
        """A bracket opens; returns from where on the piece has not been kept yet."""
        self._depth += 1
        outermost = self._floor is None and self._record is not None
        if self._record is not None and not (outermost and self._depth == 2 and sign == b"["):
            return kept
        if self._floor is None and self._depth == 2 and sign == b"[":
            before = (self._last + piece[kept:at])[-_NAME:]
            return self._list_begins(at + 1) if _LIST.search(before) else kept
        self._keep(piece[kept:at])
        if self._floor is None and self._depth == 1 and sign == b"[":
            self._gap()
            return self._list_begins(at + 1)
        if self._floor is not None or self._depth == 1:
            self._gap()
            self._record, self._size = [], 0
        return at

    def _list_begins(self, kept: int) -> int:
        self._floor, self._record, self.wrapped = self._depth, None, True
        return kept

    def _keep(self, data: bytes) -> None:
        self._last = (self._last + data[-_NAME:])[-_NAME:]
        if self._record is None:
            listed = self._floor is not None or self._depth == 0
            self._stray = self._stray or (listed and bool(data.strip(_SEPARATORS)))
            return
        self._size += len(data)
        if self._size <= LARGEST:
            self._record.append(data)
        else:
            self._record = [b""]

    def _close(self) -> Iterator[bytes]:
        record, size = self._record or [], self._size
        self._record = None
        self.count += 1
        if size > LARGEST:
            self._trouble("record", f"record {self.count} has {size} bytes; it was passed over")
        else:
            yield b"".join(record)

    def _gap(self) -> None:
        """Between records stand separators only."""
        if self._stray:
            self._trouble("record", f"something that is no object stands after record {self.count}")
        self._stray = False

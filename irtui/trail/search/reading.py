"""One log, read for a query: its matching events, and a finding for everything in it that could not be read.

Rules: bytes decide only that a record need not be parsed: where one of the query's literals is missing. What passes is
parsed and its fields are compared. A log whose JSON may spell letters as escapes, or that is not UTF-8, is parsed
whole. Small whole logs take the short way; any other is read in pieces, and the result is the same. msgspec, isal and
stringzilla make it fast; without them it is slower.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from io import FileIO
from typing import Any, NamedTuple

from irtui.trail.search import inflate
from irtui.trail.search.findings import Finding
from irtui.trail.search.query import ASKED_OF, Query, event_time, literals, matches, string
from irtui.trail.search.records import holding
from irtui.trail.search.splitting import Splitter

try:
    import msgspec

    _value = msgspec.json.Decoder()
except ImportError:
    msgspec = None  # type: ignore[assignment]

SMALL = 1024 * 1024
"""Bytes of a log, as it is stored, that may take the short way."""
_FIRST = 64 * 1024
"""Bytes of a log that are read first: most have no more, and a larger buffer costs more than to fill it."""
SMALL_INFLATED = 8 * 1024 * 1024
LARGEST_LOG = 512 * 1024 * 1024
"""Inflated bytes of one log that are read; CloudTrail begins a new one long before."""
FINDINGS = 20
"""Findings of one log that are told one by one."""
_ESCAPED = re.compile(rb"\\u00(?:2[dDeE]|3[0-9aA]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aA])")
"""An escape that stands for a character a literal may hold."""
_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"


class Hit(NamedTuple):
    """An event that matched. One is made for each, in two processes: a tuple costs a third of a frozen dataclass."""

    id: str
    """Its eventID; the SHA-256 of its bytes when it has none."""
    time: str
    raw: bytes
    """Its JSON as it stood in the source."""


class Reader:
    """Reads logs for one query. `hit` takes each event as it is found, `finding` what could not be read."""

    def __init__(self, query: Query, hit: Callable[[Hit], None], finding: Callable[[Finding], None]) -> None:
        self._query = query
        self._literals = literals(query)
        self._asked = tuple(dict.fromkeys(member for field, member in ASKED_OF.items() if getattr(query, field)))
        self._hit, self._finding = hit, finding
        self._where, self._told = "", 0
        self.inflated = 0
        """Bytes of JSON seen so far."""

    def read(self, where: str, file: Any) -> None:
        """`file` is open for bytes and can be sought; `where` names it in findings."""
        self._read(where, file.read, lambda: file)

    def stored(self, where: str, handle: int) -> None:
        """The same for a descriptor of a file: most need no file object, which costs more than to read one."""
        self._read(where, partial(os.read, handle), lambda: FileIO(handle, closefd=False))

    def _read(self, where: str, read: Callable[[int], bytes], file: Callable[[], Any]) -> None:
        self._where, self._told = where, 0
        head = read(_FIRST)
        if len(head) == _FIRST:
            head += read(SMALL + 1 - _FIRST)
        if not head:
            self._trouble("empty", "0 bytes")
        elif len(head) > SMALL or not self._short(head):
            del head
            whole = file()
            whole.seek(0)
            self._long(whole)
        if self._told > FINDINGS:
            self._finding(Finding("json", where, f"{self._told - FINDINGS} more findings in it"))

    def record(self, where: str, raw: bytes) -> None:
        """One event that no log holds: the answer of an API."""
        self._where, self._told = where, 0
        self._judge(raw, partial(int, 1), not _escapes(raw))

    def _short(self, data: bytes) -> bool:
        """Reads a small whole log in CloudTrail's own form. False, and nothing told, when it is not that."""
        if data[:2] == inflate.MAGIC:
            found = inflate.whole(data, SMALL_INFLATED)
            if found is None:
                return False
            data = found
        # No log in UTF-16 or UTF-32 begins and ends like this.
        framed = data[:1] == b"{" and data[-1:] == b"}"
        if not framed or len(data) >= SMALL_INFLATED or _escapes(data):
            return False
        first, *others = self._literals or ((b"",),)
        if all(any(word in data for word in group) for group in others):
            records = holding(data, first)
            if records is None:
                return False
            for number, raw in records:
                self._judge(raw, number, exact=bool(others))  # of the first group each of them holds a word
        self.inflated += len(data)
        return True

    def _long(self, file: Any) -> None:
        splitter = Splitter(self._trouble)
        first = True
        for piece in inflate.pieces(file, LARGEST_LOG, self._trouble):
            self.inflated += len(piece)
            if first:
                first = False
                if _is_wide(piece):
                    self._wide(file)
                    return
                piece = piece.removeprefix(_BOM)
            self._records(splitter, splitter.take(piece))
        splitter.end()
        if splitter.count == 0 and not splitter.wrapped and not self._told:
            self._trouble("format", "no record is in it")

    def _wide(self, file: Any) -> None:
        """A log in UTF-16 or UTF-32, when it is small: turned into UTF-8."""
        file.seek(0)
        data = b"".join(inflate.pieces(file, SMALL_INFLATED, self._trouble))
        try:
            turned = data.decode(json.detect_encoding(data)).encode()
        except UnicodeError as error:
            self._trouble("encoding", f"it was not searched: {error}"[:200])
            return
        self._trouble("encoding", "UTF-16 or UTF-32; it was searched all the same")
        splitter = Splitter(self._trouble)
        self._records(splitter, splitter.take(turned))
        splitter.end()

    def _records(self, splitter: Splitter, found: Iterator[bytes]) -> None:
        for raw in found:
            self._judge(raw, partial(int, splitter.count), not _escapes(raw), listed=splitter.wrapped)

    def _judge(self, raw: bytes, number: Callable[[], int], exact: bool, listed: bool = True) -> None:
        if exact and not self._possible(raw):
            return
        try:
            event = _parsed(raw)
        except (ValueError, RecursionError) as error:
            self._trouble("record", f"record {number()}: {error or type(error).__name__}"[:200])
            return
        if not isinstance(event, dict):
            self._trouble("record", f"record {number()} is no object")
            return
        if isinstance(event.get("CloudTrailEvent"), str):  # as LookupEvents answers
            self._judge(event["CloudTrailEvent"].encode("utf-8", "surrogatepass"), number, False)
            return
        if not listed and "eventName" not in event and "eventID" not in event:
            if not ("digestStartTime" in event and isinstance(event.get("logFiles"), list)):
                self._trouble("format", f"object {number()} is neither an event nor a digest")
            return
        self._compare(raw, event, number)

    def _compare(self, raw: bytes, event: dict[str, Any], number: Callable[[], int]) -> None:
        query = self._query
        for member in self._asked:
            wanted = dict if member == "userIdentity" else str
            if event.get(member) is not None and not isinstance(event[member], wanted):
                self._trouble("shape", f"record {number()}: {member} is no {'object' if wanted is dict else 'text'}")
        if not matches(query, event):
            if self._literals and (name := _twice(raw)):
                self._trouble("twice", f"record {number()}: {name}")
            return
        if (query.since or query.until) and event_time(event) is None:
            self._trouble("shape", f"record {number()} has no readable eventTime; it is given all the same")
        named = string(event, "eventID")
        if not named:
            self._trouble("shape", f"record {number()} has no eventID")
        self._hit(Hit(named or _digest(raw), string(event, "eventTime"), raw))

    def _possible(self, data: bytes) -> bool:
        return all(any(word in data for word in group) for group in self._literals)

    def _trouble(self, kind: str, detail: str) -> None:
        self._told += 1
        if self._told <= FINDINGS:
            self._finding(Finding(kind, self._where, detail))


def _digest(raw: bytes) -> str:
    from hashlib import sha256  # few events have no id, and a process that reads logs is to stand soon

    return sha256(raw).hexdigest()


def _parsed(raw: bytes) -> Any:
    """Raises ValueError or RecursionError."""
    if msgspec is not None:
        try:
            return _value.decode(raw)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            pass  # json reads a little more, lone surrogates for one
    return json.loads(raw.decode("utf-8"), parse_constant=_no_constant)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _twice(raw: bytes) -> str:
    """The first member that some object of the record names twice; empty when none does."""
    found: list[str] = []

    def pairs(members: list[tuple[str, Any]]) -> None:
        names = [name for name, _ in members]
        if len(set(names)) < len(names):
            found.append(next(name for name in names if names.count(name) > 1))

    try:
        json.loads(raw.decode("utf-8"), object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        return ""
    return found[0] if found else ""


def _escapes(data: bytes) -> bool:
    return b"\\" in data and b"\\u00" in data and _ESCAPED.search(data) is not None


def _is_wide(piece: bytes) -> bool:
    return json.detect_encoding(piece[:4]) not in ("utf-8", "utf-8-sig") if len(piece) >= 4 else False

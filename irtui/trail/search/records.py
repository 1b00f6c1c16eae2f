"""The records of a log in CloudTrail's own form that hold a word, without parsing the whole of it.

Rules: a record counts only when it is proven to be an element of the outermost list: what stands before it, or what
stands after it, is read as JSON with it. An event that is written into another event's parameters is none. What no
word stands in is passed over. None is returned for any other form, which is to be read piece by piece.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate

try:
    import msgspec

    class _Log(msgspec.Struct):
        Records: list[msgspec.Raw]

    _log = msgspec.json.Decoder(_Log)
except ImportError:
    msgspec = None  # type: ignore[assignment]
try:
    from stringzilla import find as _find
except ImportError:
    _find = bytes.find

Record = tuple[Callable[[], int], bytes]
"""Which one of the log it is, from 1, and its JSON."""
_HEAD, _TAIL = b'{"Records":[', b"]}"
_FIRST = b'{"eventVersion":'
_NEXT = b"}," + _FIRST
_MANY = 16
"""Records that are looked for one by one; for more, all are read at once."""
_Span = tuple[int, int]


def holding(data: bytes, words: Sequence[bytes]) -> Iterable[Record] | None:
    """Every record that holds one of the words, in their order; every record when one word is empty."""
    spans: list[_Span] | None = None
    if b"" not in words:
        places = _places(data, words)
        if not places:
            return []
        spans = _around(data, places) if msgspec is not None and len(places) <= _MANY else None
    if spans is not None:
        return [(partial(_number, data, begin, end), data[begin:end]) for begin, end in spans]
    found = _all(data)
    if found is None:
        return None
    alone = bool(found) and _alone(data, found)
    # Not alone, there is at least no second list of that name, of which msgspec would have given the last.
    return _probable(data, found, alone, words) if alone or data.count(b'"Records"') == 1 else None


def _number(data: bytes, begin: int, end: int) -> int:
    """Counted where what stands before it is no JSON."""
    before = _all(data[:end] + _TAIL)
    return len(before) if before else data.count(_NEXT, 0, begin + len(_FIRST)) + 1


def _places(data: bytes, words: Iterable[bytes]) -> list[int]:
    """Where a word stands; not all of them when there are many."""
    places: list[int] = []
    for word in words:
        at = _find(data, word)
        while at >= 0 and len(places) <= _MANY:
            places.append(at)
            at = _find(data, word, at + 1)
    return sorted(places)


def _around(data: bytes, places: list[int]) -> list[_Span] | None:
    """The records around the places; None when they are not proven to be records."""
    if not data.startswith(_FIRST, len(_HEAD)) or not data.startswith(_HEAD) or not data.endswith(b"}" + _TAIL):
        return None
    spans: list[_Span] = []
    for at in places:
        if not spans or at >= spans[-1][1]:
            before, after = data.rfind(_NEXT, spans[-1][0] if spans else 0, at), data.find(_NEXT, at)
            begin = before + 2 if before >= 0 else len(_HEAD)
            spans.append((begin, after + 1 if after >= 0 else len(data) - len(_TAIL)))
    # The widest stretch without a word is not read: what is before it proves some records, what is after it the others.
    edges = [(0, len(_HEAD)), *spans, (len(data) - len(_TAIL), 0)]
    cut = max(range(len(spans) + 1), key=lambda index: edges[index + 1][0] - edges[index][1])
    first, others = spans[:cut], spans[cut:]
    if first and not _elements(b"".join((memoryview(data)[: first[-1][1]], _TAIL)), first, 0):
        return None
    if others and not _elements(b"".join((_HEAD, memoryview(data)[others[0][0] :])), others, others[0][0] - len(_HEAD)):
        return None
    return spans


def _elements(text: bytes, wanted: list[_Span], moved: int) -> bool:
    """Whether `text` is a log of which each of `wanted`, that stand `moved` further on in theirs, is a record."""
    found = _all(text)
    if not found or not _alone(text, found):
        return False
    begin, end = wanted[0]
    if len(wanted) == 1 and begin - moved == len(_HEAD):
        return len(found[0]) == end - begin
    if len(wanted) == 1 and end - moved == len(text) - len(_TAIL):
        return len(found[-1]) == end - begin
    ends = {end + moved + len(_HEAD) + index: size for index, (size, end) in enumerate(_sizes(found))}
    return all(ends.get(end) == end - begin for begin, end in wanted)


def _sizes(found: "list[msgspec.Raw]") -> Iterable[tuple[int, int]]:
    sizes = [len(raw) for raw in found]
    return zip(sizes, accumulate(sizes), strict=True)


def _all(data: bytes) -> "list[msgspec.Raw] | None":
    if msgspec is None:
        return None
    try:
        return _log.decode(data).Records
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _alone(data: bytes, found: "list[msgspec.Raw]") -> bool:
    """Nothing but these records is in it."""
    return sum(map(len, found)) + len(found) - 1 + len(_HEAD) + len(_TAIL) == len(data)


def _probable(data: bytes, found: "list[msgspec.Raw]", alone: bool, words: Sequence[bytes]) -> Iterator[Record]:
    """The same, all records being known."""
    if not alone or b"" in words:
        numbered = ((number, bytes(record)) for number, record in enumerate(found, 1))
        yield from ((partial(int, number), raw) for number, raw in numbered if any(word in raw for word in words))
        return
    # Nothing but the records and a comma after each is in it, so where a word stands tells the record.
    ends = [end + index for index, (_, end) in enumerate(_sizes(found))]
    hits: set[int] = set()
    for word in words:
        at = data.find(word)
        while at >= 0:
            record = bisect_right(ends, at - len(_HEAD), 0, len(ends) - 1)
            hits.add(record)
            at = data.find(word, max(len(_HEAD) + ends[record], at + 1))
    for record in sorted(hits):
        begin = ends[record - 1] + 1 if record else 0
        yield partial(int, record + 1), data[len(_HEAD) + begin : len(_HEAD) + ends[record]]

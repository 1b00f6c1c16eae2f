"""One line of the journal: exactly one way to write it."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtui.canonical import canonical
from irtui.journal.encoding import encoded, read
from irtui.journal.record import MAX_DEPTH, MAX_LINE, Record, line, parse, signed, unsigned

RECORD = Record(
    {"text": "hi"}, "INC-1", 12, "alice", "0" * 64, "run-1", 1, "a" * 128, "2026-11-23T16:40:12.123456Z", "note", 1
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4), st.text())
def test_a_record_comes_back_from_its_line(body: dict[str, object], operator: str) -> None:
    """Whatever text a record holds, its line is ASCII, one line, and parses to the same record."""
    record = replace(RECORD, body=body, op=operator)
    data = line(record)
    assert data.isascii() and data.count(b"\n") == 1
    assert parse(data) == record


@given(st.binary(max_size=200))
def test_any_bytes_parse_or_raise_value_error(data: bytes) -> None:
    """Bytes that are no record raise ValueError and nothing else."""
    with pytest.raises(ValueError):
        parse(data)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda d: d.replace(b'"seq":1', b'"seq": 1'), "canonical form"),
        (lambda d: d.replace(b'"seq":1', b'"seq":1,"seq":1'), "canonical form"),
        (lambda d: d.replace(b'"seq":1', b'"seq":1.0'), "canonical JSON"),
        (lambda d: d.replace(b'"seq":1', b'"seq":1e0'), "canonical JSON"),
        (lambda d: d.replace(b'"seq":1', b'"seq":NaN'), "canonical JSON"),
        (lambda d: d.replace(b'"seq":1', b'"seq":true'), "seq is not a number"),
        (lambda d: d.replace(b'"seq":1', b'"seq":-1'), "seq is not a number"),
        (lambda d: d.replace(b'"m":12', b'"m":9007199254740993'), "canonical form"),
        (lambda d: d.replace(b'"m":12', b'"m":' + b"9" * 5000), "canonical JSON"),
        (lambda d: d.replace(b"a" * 128, b"A" * 128), "lower-case hex"),
        (lambda d: d.replace(b"0" * 64, b"0" * 63 + b"A"), "lower-case hex"),
        (lambda d: d.replace(b'"text":"hi"', b'"text":"\\u0068i"'), "canonical form"),
        (lambda d: d.replace(b'"text":"hi"', '"text":"hé"'.encode()), "canonical JSON"),
        (lambda d: d.replace(b'"v":1', b'"v":2'), "unknown version"),
        (lambda d: d.replace(b'"v":1', b'"v":true'), "unknown version"),
        (lambda d: d.replace(b'"type":"note"', b'"type":"nope"'), "unknown type"),
        (lambda d: d.replace(b"2026-11-23", b"2026-13-23"), "not a time"),
        (lambda d: d.replace(b'"v":1', b'"v":1,"w":1'), "members of a record"),
        (lambda d: d.replace(b'{"text":"hi"}', b"[]"), "not a JSON object"),
        (lambda d: d.replace(b'"hi"', b"[" * 20000 + b"]" * 20000), "canonical JSON"),
        (lambda d: d.replace(b'"hi"', b'"' + b"x" * MAX_LINE + b'"'), "more than"),
        (lambda d: d[:-1], "no end"),
        (lambda d: d[:-1] + b"\r\n", "canonical form"),
        (lambda d: b"\xef\xbb\xbf" + d, "canonical JSON"),
        (lambda d: d.decode().encode("utf-16"), "no end|canonical JSON"),
        (lambda d: b"\n", "canonical JSON"),
        (lambda d: b"null\n", "JSON object"),
    ],
)
def test_another_way_to_write_it_is_refused(change, why) -> None:  # type: ignore[no-untyped-def]
    """A line that says the same in other bytes, or says something else, is refused with the reason."""
    with pytest.raises(ValueError, match=why):
        parse(change(line(RECORD)))


def test_depth_and_length_have_limits() -> None:
    """A body as deep as allowed is written; one deeper, or a longer line, is refused."""
    deep: object = 1
    for _ in range(MAX_DEPTH - 1):
        deep = [deep]
    line(replace(RECORD, body={"x": deep}))
    with pytest.raises(ValueError, match="deeper"):
        line(replace(RECORD, body={"x": [deep]}))
    with pytest.raises(ValueError, match="bytes"):
        line(replace(RECORD, body={"x": "y" * MAX_LINE}))


def test_the_unsigned_line_lacks_only_the_signature() -> None:
    """What the signature covers is the line without `sig`, also when the body has a member of that name."""
    record = replace(RECORD, body={"sig": "b" * 128, "x": ',"sig":"' + "c" * 128})
    members = json.loads(line(record))
    del members["sig"]
    assert json.loads(unsigned(line(record))) == members
    assert parse(signed(line(record), bytes(64))).sig == "0" * 128


def test_the_quick_way_writes_what_the_slow_way_does() -> None:
    """For every ASCII character, in names and in values, the bytes are those of the canonical form."""
    for code in range(128):
        for value in ({chr(code): chr(code) * 2, "a": [chr(code), 1]}, {"x" + chr(code): {chr(code): None}, "x": True}):
            assert encoded(value) == canonical(value), code
            assert read(canonical(value), 4) == (value if code != 127 else None), code


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_the_quick_way_agrees_on_any_value(body: dict[str, object]) -> None:
    """Whatever is plain is encoded alike, and read back the quick way only when it is the same."""
    assert encoded(body) == canonical(body)
    assert read(canonical(body), 20) in (body, None)


@pytest.mark.parametrize(
    "data", ['{"a":1.0}', '{"a":1e3}', '{"a":9007199254740992}', '{"a":18446744073709551616}', '{"b":1,"a":1}',
             '{"a":1,"a":1}', '{"a":"\\u0041"}', '{"a":"\\u00e9"}', '{"a":"\\/"}', '{"a":"\\u001F"}', '{"a": 1}', '[1]',
             '{"a":[[1]]}', '{"a":"\\ud800"}', '{"a":-0}', '{"a":01}', '{"a":1}\n', "", "1"],
)  # fmt: skip
def test_the_quick_way_takes_nothing_else(data: str) -> None:
    """Floats, large integers, other orders, spellings and depths are left to the slow way."""
    assert read(data.encode(), 2) is None

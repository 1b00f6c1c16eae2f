"""The records of a log that hold a word: the same as parsing the whole log would give, and never a forged one."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from irtui.trail.search.records import holding
from tests.support.search_logs import KEY, OTHER, event

WORD = KEY.encode()


def compact(*records: Any) -> bytes:
    return json.dumps({"Records": list(records)}, separators=(",", ":")).encode()


def told(data: bytes, *words: bytes) -> list[tuple[int, Any]] | None:
    found = holding(data, words or (WORD,))
    return None if found is None else [(number(), json.loads(raw)) for number, raw in found]


def test_the_records_around_a_word_are_cut_out() -> None:
    """First, middle, last and all: each with its number."""
    events = [event(number, KEY if number in (0, 3, 4, 9) else OTHER) for number in range(10)]
    for some in ([0], [3], [9], [0, 9], [3, 4], [0, 3, 4, 9], []):
        chosen = [event(number, KEY if number in some else OTHER) for number in range(10)]
        assert told(compact(*chosen)) == [(number + 1, chosen[number]) for number in some]
    assert told(compact(*events), b"") == list(enumerate(events, 1))
    assert told(compact(*events), WORD, OTHER.encode()) == list(enumerate(events, 1))


def test_an_event_inside_another_is_no_record() -> None:
    """Whoever writes whole events into a call's parameters does not make them happen, however many they write."""
    forged = [event(number, KEY, "DeleteTrail") for number in range(50, 55)]
    outer = event(2, OTHER, requestParameters={"entries": forged})
    assert told(compact(event(1, OTHER), outer, event(3, OTHER))) == [(2, outer)]


def test_a_word_that_is_part_of_the_frame_is_found() -> None:
    """`eventVersion` stands where records meet."""
    events = [event(number) for number in range(3)]
    assert told(compact(*events), b"eventVersion") == list(enumerate(events, 1))


def test_another_form_is_not_judged_here() -> None:
    """Not JSON around the word, spaces, two lists: None where it cannot be told, else the same records."""
    one = compact(event(1))
    assert told(one[:-2]) is None
    assert told(one + b"x") is None
    assert told(b'{"Records":[' + one[12:-2] + b'],"Records":[]}') is None
    assert told(json.dumps({"Records": [event(1)]}).encode()) == [(1, event(1))]


_KEYS = st.sampled_from([KEY, OTHER])
_SPLIT = st.just('},{"eventVersion":"1.11","x":"')
_NESTED = st.recursive(
    st.none() | st.text(max_size=8) | _KEYS | _SPLIT | st.builds(event, st.just(7), _KEYS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["eventVersion", "a"]), inner),
    max_leaves=6,
)
_EVENT = st.builds(
    lambda number, key, inner: event(number, key, requestParameters=inner), st.integers(0, 999), _KEYS, _NESTED
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_EVENT, max_size=30))
def test_it_agrees_with_parsing_everything(events: list[dict[str, Any]]) -> None:
    """Whatever stands in the events, the records that hold the word are those whose own JSON holds it."""
    expected = [(n, one) for n, one in enumerate(events, 1) if KEY in json.dumps(one)]
    assert told(compact(*events)) == expected

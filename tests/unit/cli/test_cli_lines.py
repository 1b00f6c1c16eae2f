"""Reading lines: ends, interrupts and time-outs are never mistaken for an answer."""

import os

import pytest

from irtui.cli.lines import Lines, Silence, _lines


def _pipe(data: bytes) -> int:
    reader, writer = os.pipe()
    os.write(writer, data)
    os.close(writer)
    return reader


def test_lines_come_in_order_and_then_the_end() -> None:
    """Each line is one answer; after the last one the end stays the end."""
    lines = Lines(_pipe("yes\r\n\nnäh\n".encode()))
    assert [lines.ask(5) for _ in range(5)] == ["yes", "", "näh", Silence.ENDED, Silence.ENDED]


def test_an_unfinished_line_is_no_answer() -> None:
    """What was typed without enter is dropped when the input ends."""
    assert Lines(_pipe(b"ci-deploy")).ask(5) is Silence.ENDED


def test_a_prompt_can_be_left_when_something_is_due() -> None:
    """Without a line in time the answer is DUE, and a later line is still read."""
    reader, writer = os.pipe()
    lines = Lines(reader)
    assert lines.ask(0.01) is Silence.DUE
    os.write(writer, b"r\n")
    assert lines.ask(5) == "r"
    os.close(writer)


def test_an_interrupt_ends_the_questions() -> None:
    """After ctrl-c every question is answered with the interrupt, also when lines wait."""
    lines = Lines(_pipe(b""))
    lines.interrupt()
    assert lines.ask(5) is Silence.INTERRUPTED
    assert lines.ask(5) is Silence.INTERRUPTED


@pytest.mark.parametrize("cut", range(1, 8))
def test_characters_survive_being_read_in_pieces(cut: int) -> None:
    """A character of several bytes may come in two reads."""
    data = "a✔ü\n".encode()
    pieces = iter([data[:cut], data[cut:], b""])
    assert list(_lines(lambda: next(pieces))) == ["a✔ü"]

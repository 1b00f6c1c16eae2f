"""The YAML loader: nothing is guessed, everything has a place, nothing can be large."""

import time

import pytest
import yaml

from irtui.errors import RunbookError
from irtui.runbook.load import _Loader, read_yaml


def test_plain_scalars_stay_what_was_written() -> None:
    """No YAML 1.1 surprise: account ids, dates, booleans, floats and null are the author's text."""
    written = ["no", "012345678901", "2012-10-17", "1e3", "12:30:45", "null", "~", "true", "0x1f", ".inf"]
    assert read_yaml("\n".join(f"- {text}" for text in written), "x").value == written


def test_every_value_and_key_has_its_place() -> None:
    """Marks are kept for keys, values and list items, counted from 1."""
    places = read_yaml("a:\n  - b: c\n  - d", "x.yaml").places
    assert (places.value(("a", 0, "b")).line, places.value(("a", 0, "b")).column) == (2, 8)
    assert (places.key(("a", 0, "b")).line, places.key(("a", 0, "b")).column) == (2, 5)
    assert (places.value(("a", 1)).line, places.value(("a", 1)).column) == (3, 5)
    assert places.value(("a", 7, "zz")) == places.value(("a",))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment",
        "a: &x b",
        "a: *x",
        "a: !!str b",
        "a: ! b",
        "<<: *a",
        "a: 1\na: 2",
        "[a]: b",
        "a: b\n---\nc: d",
        "a: b\x00",
        "\ufeffa: b",
        "a: \u200bb",
        'a: "\\x9b"',
        "a: \x85b",
        "a\tb: {",
        "- \ud800",
        "%YAML 9.9\n---\na: b",
        "[" * 60 + "]" * 60,
        "a: " + "x" * 300_000,
        "- a\n" * 21_000,
        "@a",
        "'unclosed",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_what_is_refused(text: str) -> None:
    """Aliases, anchors, tags, doubles, invisible characters, depth, size and count are RunbookErrors with a place."""
    with pytest.raises(RunbookError) as caught:
        read_yaml(text, "x.yaml")
    assert all(problem.line >= 1 and problem.column >= 1 for problem in caught.value.problems)


def test_hostile_yaml_is_refused_quickly() -> None:
    """Bombs of nesting, aliases and colons end in well under a second of CPU time each."""
    bombs = [
        "a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a,*a]\n" for n in range(50)),
        "[" * 200_000,
        "{a: " * 60_000,
        "? " * 100_000,
        "- " * 120_000,
        "a: " * 80_000,
        "!" * 250_000,
    ]
    for bomb in bombs:
        start = time.process_time()
        with pytest.raises(RunbookError):
            read_yaml(bomb, "x")
        assert time.process_time() - start < 5


def test_never_the_c_parser() -> None:
    """libyaml overflows the stack on deep input; the loader is built on the pure Python one."""
    assert issubclass(_Loader, yaml.SafeLoader)
    assert not any(kind.__name__ == "CParser" for kind in _Loader.__mro__)

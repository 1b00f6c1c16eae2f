"""Text → Runbook, against the example runbooks: a comment in each names what must be found, and where."""

import re
from pathlib import Path

import pytest

from irtui.errors import RunbookError
from irtui.model.runbook import AskBody, CallBody, ChildBody, ManualBody, Phase, Runbook, UseBody, WaitBody
from irtui.runbook.parse import parse_runbook

CORPUS = Path(__file__).parents[2] / "runbooks"
EXPECTATION = re.compile(r"# expect: (\d+):(\d+) ([^#\n]+)")


def parsed(name: str) -> Runbook:
    return parse_runbook((CORPUS / name).read_text("utf-8"), name)


def test_every_part_of_the_format_reaches_the_model() -> None:
    """A runbook with every kind and key becomes the frozen model, with durations in seconds and texts untouched."""
    runbook = parsed("good-all-kinds.yaml")
    assert [type(step.body) for step in runbook.steps] == [
        CallBody, CallBody, CallBody, UseBody, CallBody, AskBody, WaitBody, WaitBody, ManualBody, ChildBody,
    ]  # fmt: skip
    assert runbook.version == "2026.11"
    assert runbook.account == "optional"
    assert runbook.inputs[1].default == "012345678901"
    assert runbook.sessions[1].task == "IAMDeleteRootUserCredentials"
    off = runbook.step("off")
    assert off.phase is Phase.CONTAIN
    assert off.verify and off.undo
    assert (off.verify.within, off.verify.every, off.verify.again_after) == (120.0, 5.0, 15.0)
    assert (off.as_, off.skippable, off.needs) == ("key", True, ("look", "keys"))
    assert off.undo.params["Status"] == "Active"
    assert (off.mark.line, off.mark.column) == (34, 5)
    soak, report, look = runbook.step("soak").body, runbook.step("report").body, runbook.step("look").verify
    assert isinstance(soak, WaitBody) and soak.seconds == 86400.0
    assert isinstance(report, WaitBody) and report.check and report.check.within == 600.0
    assert look and look.call is None
    assert len(runbook.digest) == 64
    assert runbook.source.startswith("# Every kind")


def test_confirm_takes_away_skippable_unless_the_author_gives_it() -> None:
    """A step that asks for confirmation cannot be skipped by default; a step that only reads can."""
    text = (CORPUS / "good-all-kinds.yaml").read_text("utf-8").replace("    skippable: true\n", "")
    runbook = parse_runbook(text, "x.yaml")
    assert not runbook.step("off").skippable
    assert runbook.step("look").skippable


@pytest.mark.parametrize("path", sorted(CORPUS.glob("bad-*.yaml")), ids=lambda path: path.stem)
def test_every_error_is_found_at_its_place(path: Path) -> None:
    """All errors of a bad runbook come in one go, each at the line and column that its comment names."""
    text = path.read_text("utf-8")
    expected = [(int(line), int(column), words.strip()) for line, column, words in EXPECTATION.findall(text)]
    with pytest.raises(RunbookError) as caught:
        parse_runbook(text, path.name)
    found = [(problem.line, problem.column, problem.message) for problem in caught.value.problems]
    assert sorted((line, column) for line, column, _ in found) == sorted((line, column) for line, column, _ in expected)
    for line, column, words in expected:
        assert any((line, column) == at and words in message for *at_, message in found for at in [tuple(at_)]), words


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("with: {User: ${{ x }}}", "Quote it"),
        ("title: ${{ a: b }}", "Quote it"),
        ("when: `true`", "Quote the value"),
        ("when: !a", "Quote the value"),
        ("when: *a", "Quote the value"),
        ("when: &a x", "Write it out twice"),
        ("severty: high", "Did you mean severity?"),
        ("inputs: {title: {tipe: user}}", "Did you mean type?"),
        ("steps: [{verify: {untl: a}}]", "Did you mean until?"),
    ],
)
def test_common_slips_come_with_the_way_out(text: str, hint: str) -> None:
    """What authors get wrong most often is answered with what to write instead."""
    with pytest.raises(RunbookError) as caught:
        parse_runbook(text, "x.yaml")
    assert any(hint in problem.hint for problem in caught.value.problems)

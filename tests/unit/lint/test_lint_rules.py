"""Every lint rule, against example runbooks: a comment in each names rule, place and words of what must be found."""

import re
from pathlib import Path

import pytest

from irtui.lint.check import RULES, lint
from irtui.model.runbook import Phase, Runbook, Step, UseBody
from irtui.runbook.library import Library, shipped_folder
from irtui.runbook.parse import parse_runbook

CORPUS = Path(__file__).parents[2] / "runbooks"
EXPECTATION = re.compile(r"# expect: (\d+):(\d+) (\w+) ([^#\n]+)")


def of(path: Path) -> Runbook:
    return parse_runbook(path.read_text("utf-8"), path.name)


@pytest.mark.parametrize("path", sorted(CORPUS.glob("lint-*.yaml")), ids=lambda path: path.stem)
def test_every_problem_is_found_at_its_place(path: Path) -> None:
    """Each problem has its rule's id, the exact line and column, and words; nothing else is found."""
    runbook = of(path)
    expected = sorted(
        (int(line), int(column), rule, words.strip())
        for line, column, rule, words in EXPECTATION.findall(path.read_text("utf-8"))
    )
    found = lint(runbook, {"good-child": of(CORPUS / "good-child.yaml")})
    assert sorted((p.line, p.column, p.rule) for p in found) == [at[:3] for at in expected]
    for line, column, rule, words in expected:
        assert any((p.line, p.column, p.rule) == (line, column, rule) and words in p.message for p in found), words


def test_the_examples_break_every_rule() -> None:
    """No rule is without an example that breaks it."""
    broken = {match[2] for path in CORPUS.glob("lint-*.yaml") for match in EXPECTATION.findall(path.read_text("utf-8"))}
    assert broken == {rule.RULE for rule in RULES}


def test_every_rule_is_in_the_list_and_named_after_its_file() -> None:
    """A rule's id is the name of its file."""
    assert all(rule.__name__.rsplit(".", 1)[-1] == rule.RULE for rule in RULES)


def test_a_good_runbook_has_no_problem() -> None:
    """The example that uses everything lints clean."""
    assert lint(of(CORPUS / "good-all-kinds.yaml"), {"good-child": of(CORPUS / "good-child.yaml")}) == ()


@pytest.mark.parametrize("path", sorted(shipped_folder().glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_runbooks_lint_clean(path: Path) -> None:
    """What irtui ships has no problem, not even a warning."""
    library = Library(())
    runbook = library.find(path.stem)
    assert lint(runbook, library.children(runbook)) == ()


def test_a_cycle_through_children_is_found() -> None:
    """Runbooks that call each other in a circle are refused, and the way is named."""
    head = 'title: x\nversion: "1"\nseverity: low\nuse_when: x\n'
    head += "steps: [{id: a, phase: review, title: t, runbook: %s}]\n"
    one, two, three = (
        parse_runbook(f"runbook: {name}\n{head % child}", f"{name}.yaml")
        for name, child in (("one", "two"), ("two", "three"), ("three", "one"))
    )
    (problem,) = lint(one, {"two": two, "three": three})
    assert problem.rule == "nesting"
    assert "one → two → three → one" in problem.message


def test_a_runbook_without_text_is_linted_too() -> None:
    """Places fall back to the step's mark when there is no source to look them up in."""
    step = Step("a", Phase.ANALYZE, "t", UseBody("no.such_action"))
    (problem,) = lint(Runbook("x", "x", "1", "low", "x", (step,)), {})
    assert problem.rule == "actions"


def test_assume_root_sessions_may_leave_the_user_away() -> None:
    """In a root session, IAM calls without UserName act on the member's root, which is meant."""
    text = """
runbook: x
title: x
version: "1"
severity: low
use_when: x
sessions: {root: {assume_root: "111122223333", task: IAMAuditRootUserCredentials}}
steps:
  - {id: a, phase: analyze, title: t, call: iam.ListAccessKeys, session: %s}
"""
    assert lint(parse_runbook(text % "root", "x.yaml"), {}) == ()
    assert [p.rule for p in lint(parse_runbook(text % "caller", "x.yaml"), {})] == ["caller"]


def test_hints_name_what_to_write_here() -> None:
    """For this step and this service, not an example of another: what to read first, what was meant, what to add."""
    text = """
runbook: x
title: x
version: "1"
severity: low
use_when: x
steps:
  - {id: a, phase: analyze, title: t, ask: q, choices: {yes: y, no: n}, skippable: false}
  - id: b
    phase: contain
    title: t
    when: steps.a.choice != 'no' && !steps.a.gaps
    call: s3.PutBucketPolicy
    with: {Bucket: data, Policy: {Statement: []}}
    verify: {call: s3.GetBucketPolicy, with: {Bucket: data}, until: length(Policy.Statement) == `0`}
    undo: {call: s3.GetBucketPolicy, with: {Bucket: data}}
  - {id: c, phase: contain, title: t, call: s3.GetBucketPolicy, with: {Bucket: data}, verify: {until: Policy == `null`}}
  - {id: d, phase: review, title: t, use: iam.snapshot_everything}
"""
    hints = {problem.rule: problem.hint for problem in lint(parse_runbook(text, "x.yaml"), {})}
    assert (
        hints["evidence"] == "Put a reading step with evidence: true before it, for example call: s3.GetBucketPolicy."
    )
    assert hints["negation"] == "Write !(steps.a.gaps)."
    assert hints["reach"] == "Add a to needs."
    assert hints["reversal"].startswith("Name the call that brings back what s3.PutBucketPolicy changed")
    assert "irtui actions list" in hints["actions"] or "Did you mean" in hints["actions"]

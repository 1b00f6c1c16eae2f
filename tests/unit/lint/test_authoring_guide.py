"""The author's guide does not drift: what it shows lints, is refused or is played as printed; all keys are in it."""

import dataclasses
import re
from pathlib import Path

import click
import pytest

from irtui.cli.main import cli
from irtui.errors import Problem, RunbookError
from irtui.gameday.objectives import KINDS
from irtui.gameday.plays import Play
from irtui.gameday.scenario import Actor, Bucket, Inject, Reaction, Scenario, ScriptedAnswers, Seen, When, WorldPlan
from irtui.gameday.scenario.criteria import TAKES
from irtui.gameday.scenario.keys import keys_of
from irtui.gameday.scenario.parse import OURS
from irtui.gameday.scenario.plan import OtherAccount
from irtui.gameday.scenario.schema import sentences
from irtui.lint.check import RULES, lint
from irtui.runbook.format import StepFormat
from irtui.runbook.parse import parse_runbook
from tests.support.program import irtui

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "authoring.md").read_text("utf-8")
GOOD = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.M | re.S)
WRONG = re.findall(r"^```yaml wrong\n(.*?)^```\n+```text\n(.*?)^```$", GUIDE, re.M | re.S)
REFUSED = re.findall(r"^```yaml refused\n(.*?)^```$\n+```text\n(.*?)^```$", GUIDE, re.M | re.S)
(SCENARIO,) = re.findall(r"^```yaml scenario\n(.*?)^```$", GUIDE, re.M | re.S)
(PLAYED,) = [example for example in GOOD if example.startswith("runbook: stolen-user\n")]
(REPORT,) = re.findall(r"^```text\n(stolen-user: .*?)^```$", GUIDE, re.M | re.S)
HEAD = GOOD[0].split("steps:\n")[0]
CHILD = ROOT / "tests" / "runbooks" / "good-child.yaml"


UNSAID = (*OURS, "jitter")
"""Keys of a scenario that the guide leaves to the schema."""

ABOVE = f"{HEAD}steps:\n"


def whole(example: str) -> str:
    """A list of steps stands under the head of the first example."""
    return example if example.startswith("runbook:") else ABOVE + example


def said(example: str) -> list[str]:
    """What lint says of an example."""
    child = parse_runbook(CHILD.read_text("utf-8"), CHILD.name)
    name = re.match("runbook: (.+)", whole(example))
    assert name is not None
    found = lint(parse_runbook(whole(example), f"{name[1]}.yaml"), {"good-child": child})
    return [
        f"{problem.level}: {problem.message}" for problem in found if not problem.message.startswith("no step uses the")
    ]


def placed(problem: Problem) -> str:
    """As the guide prints it: lines counted in the example."""
    place = f"{problem.line - ABOVE.count(chr(10))}:{problem.column}: {problem.level}: {problem.message}"
    return f"{place}\n    {problem.hint}" if problem.hint else place


@pytest.mark.parametrize("example", GOOD, ids=range(len(GOOD)))
def test_an_example_of_the_guide_lints(example: str) -> None:
    """An author who copies it has no problem."""
    assert said(example) == []


@pytest.mark.parametrize(("example", "message"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_example_gives_the_message_under_it(example: str, message: str) -> None:
    """Word for word, and no other; that an example does not use the input of the shared head is left out."""
    assert said(example) == message.strip().split("\n")


@pytest.mark.parametrize(("example", "words"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_read_is_refused_as_printed(example: str, words: str) -> None:
    """Every error with its place, its words and its hint, in the order of the file."""
    with pytest.raises(RunbookError) as refused:
        parse_runbook(whole(example), "who-is-it.yaml")
    assert "\n".join(map(placed, refused.value.problems)) == words.strip("\n")


def folders(tmp_path: Path) -> tuple[str, ...]:
    """The guide's runbook and its scenario, each in a folder, as options."""
    for folder, name, text in (("runbooks", "stolen-user", PLAYED), ("scenarios", "stolen", SCENARIO)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.yaml").write_text(text)
    return "--runbooks", str(tmp_path / "runbooks"), "--scenarios", str(tmp_path / "scenarios")


def test_the_scenario_of_the_guide_lints(tmp_path: Path) -> None:
    """It can be played, with the runbook of the guide."""
    found = irtui(tmp_path, "scenarios", "lint", "stolen", *folders(tmp_path))
    assert (found.stdout, found.stderr, found.returncode) == ("1 checked, nothing found\n", "", 0)


def rows() -> list[str]:
    """The guide's table of objectives, by what the kinds take and what their docstrings say."""
    said = sentences()
    table = []
    for kind, takes in TAKES.items():
        params = []
        for field in dataclasses.fields(takes):
            optional = "" if field.default is dataclasses.MISSING else ", optional"
            sentence = said[takes.__name__].get(field.name, "").rstrip(".")
            params.append(f"`{field.name}`{optional}{f': {sentence}' if sentence else ''}")
        table.append(f"| `{kind}` | {'<br>'.join(params) or 'none'} | {' '.join((takes.__doc__ or '').split())} |")
    return table


def test_the_guide_has_every_kind_of_objective_with_what_it_takes() -> None:
    """One row for each that can be judged, word for word as the code has it."""
    assert sorted(TAKES) == sorted(KINDS)
    assert [line for line in GUIDE.splitlines() if line.startswith("| `")] == rows()


def test_every_key_of_a_scenario_is_in_the_guide() -> None:
    """What a scenario, its actors, reactions, injects, plays and answers may say."""
    for part in (Scenario, WorldPlan, OtherAccount, Bucket, Actor, Reaction, When, Seen, Inject, Play, ScriptedAnswers):
        for key in keys_of(part):
            assert key in UNSAID or re.search(rf"\b{key}\b", GUIDE[GUIDE.index("## A scenario") :]), (
                part.__name__,
                key,
            )


@pytest.mark.deep
def test_the_report_of_the_guide_is_what_the_test_says(tmp_path: Path) -> None:
    """`runbooks test` prints it word for word; the naive play loses, and is not called contained."""
    given = folders(tmp_path)
    found = irtui(tmp_path, "runbooks", "test", "stolen-user", *given)
    assert [line.rstrip() for line in found.stdout.splitlines()] == REPORT.splitlines()
    played = irtui(tmp_path, "rehearse", "stolen", "--play", "naive", *given)
    assert played.returncode == 1 and "containment: open" in played.stdout + played.stderr


def test_every_rule_and_every_key_is_in_the_guide() -> None:
    """Each rule has a section with a wrong example, and each key of a step is explained."""
    assert len(WRONG) == GUIDE.count("```yaml wrong\n") and len(REFUSED) == GUIDE.count("```yaml refused\n")
    sections = re.split(r"^### (\w+):", GUIDE, flags=re.M)
    assert {rule.RULE for rule in RULES} == {name for name, text in zip(sections[1::2], sections[2::2], strict=True)
                                             if "```yaml wrong\n" in text}  # fmt: skip
    for name, field in StepFormat.model_fields.items():
        assert f"`{field.alias or name}`" in GUIDE, name


def test_every_command_of_the_guide_exists() -> None:
    """Its verbs and its options, as the command line has them."""
    commands = re.findall(r"(?:^    |`)irtui ((?:[a-z]+ )+)([^`\n]*)", GUIDE, re.M)
    assert len(commands) >= 5
    for verbs, rest in commands:
        command: click.Command = cli
        for verb in verbs.split():
            assert isinstance(command, click.Group), verbs
            found = command.get_command(click.Context(command), verb)
            assert found is not None, verbs
            command = found
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest.split() if word.startswith("--")} <= known, verbs

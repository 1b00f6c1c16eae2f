"""The author's guide does not drift: its examples lint, its wrong ones give the message printed, all keys are in it."""

import re
from pathlib import Path

import click
import pytest

from irtui.cli.main import cli
from irtui.lint.check import RULES, lint
from irtui.runbook.format import StepFormat
from irtui.runbook.parse import parse_runbook

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "authoring.md").read_text("utf-8")
GOOD = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.M | re.S)
WRONG = re.findall(r"^```yaml wrong\n(.*?)^```\n+```text\n(.*?)^```$", GUIDE, re.M | re.S)
HEAD = GOOD[0].split("steps:\n")[0]
CHILD = ROOT / "tests" / "runbooks" / "good-child.yaml"


def said(example: str) -> list[str]:
    """What lint says of an example; a list of steps stands under the head of the first one."""
    whole = example if example.startswith("runbook:") else f"{HEAD}steps:\n{example}"
    child = parse_runbook(CHILD.read_text("utf-8"), CHILD.name)
    name = re.match("runbook: (.+)", whole)
    assert name is not None
    found = lint(parse_runbook(whole, f"{name[1]}.yaml"), {"good-child": child})
    return [
        f"{problem.level}: {problem.message}" for problem in found if not problem.message.startswith("no step uses the")
    ]


@pytest.mark.parametrize("example", GOOD, ids=range(len(GOOD)))
def test_an_example_of_the_guide_lints(example: str) -> None:
    """An author who copies it has no problem."""
    assert said(example) == []


@pytest.mark.parametrize(("example", "message"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_example_gives_the_message_under_it(example: str, message: str) -> None:
    """Word for word, and no other; that an example does not use the input of the shared head is left out."""
    assert said(example) == message.strip().split("\n")


def test_every_rule_and_every_key_is_in_the_guide() -> None:
    """Each rule has a section with a wrong example, and each key of a step is explained."""
    assert len(WRONG) == GUIDE.count("```yaml wrong\n") == len(RULES)
    assert {rule.RULE for rule in RULES} == set(re.findall(r"^### (\w+):", GUIDE, re.M))
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

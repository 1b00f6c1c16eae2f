"""The docs agree with the program: what README and CONTRIBUTING name exists, and what the program has is named."""

import re
from pathlib import Path

import click
import pytest

from irtui.cli.diagnostics import ExitCode
from irtui.cli.main import cli

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def _commands() -> dict[str, click.Command]:
    """Every command by its full name: `runbooks lint`."""
    found: dict[str, click.Command] = {}
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            found |= {f"{name} {inner}": child for inner, child in command.commands.items()}
        else:
            found[name] = command
    return found


def test_readme_names_every_command_and_no_other() -> None:
    """The table of commands is exactly what `irtui --help` offers."""
    named = set()
    for row in re.findall(r"^\| (`irtui.*?) \|", README, re.MULTILINE):
        first, *rest = re.findall(r"`([^`]+)`", row)
        words = first.split()[1:]
        if words:
            named |= {" ".join(words), *(f"{words[0]} {other}" for other in rest)}
    assert named == set(_commands())


def test_readme_names_every_exit_code() -> None:
    """The table of exit codes is the program's."""
    table = README.split("## Exit codes", 1)[1].split("\n## ", 1)[0]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == [code.value for code in ExitCode]


def test_readme_runbook_is_sound(tmp_path: Path) -> None:
    """The ten lines of YAML in the README lint clean."""
    from irtui.lint.check import lint
    from irtui.runbook.library import Library

    (text,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert len(text.splitlines()) == 10
    path = tmp_path / "who-is-this-key.yaml"
    path.write_text(text, "utf-8")
    runbook = Library(()).find(str(path))
    assert lint(runbook, {}) == ()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_every_link_and_path_leads_somewhere(page: str) -> None:
    """Each relative link, and each path in a code span that is no pattern, exists."""
    text = (ROOT / page).read_text("utf-8")
    targets = set(re.findall(r"\]\((?!https?:)([^)#]+)\)", text))
    targets |= set(re.findall(r"`((?:irtui|runbooks|schema|tests|docs)/[^`<>*]+)`", text))
    assert [target for target in sorted(targets) if not (ROOT / target).exists()] == []


def test_every_command_answers_help_and_speaks_json() -> None:
    """Each command has a help text and takes `-o json`."""
    for name, command in _commands().items():
        assert command.help, name
        assert any("-o" in parameter.opts for parameter in command.params), name

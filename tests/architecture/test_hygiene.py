"""What the house promises about itself, checked where a static graph cannot see it."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.journals import written

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "irtui").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
HEAVY = {"textual", "boto3", "keyring", "moto"}


def _loaded(*arguments: str) -> set[str]:
    """Modules that a command line has loaded at its end, top-level names, asked of a process of its own."""
    code = (
        "import json, sys; from irtui.__main__ import main; sys.argv = ['irtui', *json.loads(sys.argv[1])]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write('\\n' + json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, json.dumps(arguments)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(json.loads(ran.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["--help"],
        ["run", "--help"],
        ["completion", "bash"],
        ["runbooks", "lint", "key-revocation"],
        ["runbooks", "schema"],
        ["audit", "verify", "."],
        ["audit", "export", "."],
    ],
    ids=" ".join,
)
def test_light_commands_load_nothing_heavy(arguments: list[str]) -> None:
    """A command that needs no AWS, screen, keyring or simulator loads none of their libraries."""
    assert _loaded(*arguments) & HEAVY == set()


def test_an_incident_loads_no_simulator() -> None:
    """Everything that opens an incident, a rehearsal too, is loaded without the simulated AWS, another process."""
    code = "import json, sys, irtui.desk.desk; print(json.dumps([name.partition('.')[0] for name in sys.modules]))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(json.loads(ran.stdout)) & {"moto", "flask", "pytest", "time_machine"} == set()


def test_an_export_of_a_rehearsal_loads_nothing_heavy(tmp_path: Path) -> None:
    """Nor does a report with a score in it, a bundle, or the verdict on one."""
    folder = written(tmp_path / "INC-1", "rehearsal")
    bundle = str(tmp_path / "INC-1.zip")
    assert _loaded("audit", "export", str(folder), "--bundle", bundle) & HEAVY == set()
    assert _loaded("audit", "verify", bundle) & HEAVY == set()


def test_version_loads_neither_click_nor_pydantic() -> None:
    """`--version` is the floor of start-up: it does not even load the command line."""
    assert _loaded("--version") & {"click", "pydantic", "yaml", "cryptography", "platformdirs", "botocore"} == set()


def test_only_the_executor_sends_changes() -> None:
    """`change` of a door is called in the engine's executor and nowhere else."""
    callers = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "change":
                owner = ast.unparse(node.func.value)
                if owner.split(".")[-1].strip("_").endswith("door"):
                    callers.add(path.relative_to(ROOT).as_posix())
    assert callers == {"irtui/engine/executor.py"}


def test_every_test_says_what_it_shows() -> None:
    """Each test function has a docstring: its sentence is the requirement."""
    mute = [
        f"{path.relative_to(ROOT)}::{node.name}"
        for path in TESTS
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert mute == []


def test_the_lock_names_no_host_and_pins_every_hash() -> None:
    """requirements.lock has no address and a hash for every package."""
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)
    pinned = re.findall(r"^([a-z0-9._-]+)==.*\\$\n    --hash=sha256:", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[a-z0-9._-]+==", text, re.MULTILINE)) > 40


def test_the_lock_holds_every_requirement() -> None:
    """Each dependency of pyproject.toml, extras included, is in the lock."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(need for extra in project["optional-dependencies"].values() for need in extra),
    ]
    names = {re.match(r"[A-Za-z0-9._-]+", need).group().lower() for need in wanted}  # type: ignore[union-attr]
    locked = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE))
    assert names <= locked


def test_the_shipped_schema_is_the_generated_one() -> None:
    """schema/runbook.schema.json is what `irtui runbooks schema` prints."""
    from irtui.runbook.schema import schema

    assert json.loads((ROOT / "schema" / "runbook.schema.json").read_text("utf-8")) == schema()


def test_no_path_of_a_machine_is_in_the_tree() -> None:
    """No tracked text names the folder it was written in, or somebody's home."""
    strange = re.compile(rf"{re.escape(str(ROOT))}\b|(?<![\w.])/(?:home/[a-z]|Users/[a-z]|root[/])")
    named = [
        path.relative_to(ROOT).as_posix()
        for path in _tree()
        if path.suffix not in {".png", ".svg"} and strange.search(path.read_text("utf-8", "replace"))
    ]
    assert named == []


def test_no_unfinished_work_is_in_the_product() -> None:
    """The product holds no mark of work left undone."""
    marks = re.compile(r"#.*\b(TODO|FIXME|XXX)\b")
    named = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in SOURCES
        for line in path.read_text("utf-8").splitlines()
        if marks.search(line)
    ]
    assert named == []


def _tree() -> list[Path]:
    """Files of the project, as git would take them."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]

"""The TUI's own source: what would let foreign text act, or load heavy things too early, is not in it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import irtui.tui

ROOM = Path(irtui.tui.__file__).parent
SHOWING = {"Static", "Label", "Button", "Checkbox", "Option", "notify", "set_label", "add_leaf", "add_column", "Tab"}
INERT = {"safe", "painted", "painted_lines", "Text", "inert", "inert_lines"}


def _calls() -> Iterator[tuple[Path, ast.Call, str]]:
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                yield path, node, name


def _is_safe(argument: ast.expr) -> bool:
    if isinstance(argument, ast.Call):
        return (getattr(argument.func, "id", "") or getattr(argument.func, "attr", "")) in INERT
    return isinstance(argument, ast.Constant)


def test_text_is_shown_only_inert() -> None:
    """No markup=True, no from_markup, and whatever shows text gets a literal or painted text, never an f-string."""
    for path, call, name in _calls():
        where = f"{path.name}:{call.lineno}"
        assert name not in ("from_markup", "from_ansi"), where
        for keyword in call.keywords:
            if keyword.arg == "markup":
                assert isinstance(keyword.value, ast.Constant) and keyword.value.value is False, where
        if name in SHOWING and call.args:
            assert _is_safe(call.args[0]), where
        if name == "update" and len(call.args) == 1 and path.parent.name in ("screens", "widgets"):
            assert _is_safe(call.args[0]), where


def test_titles_are_inert() -> None:
    """Border titles are literals or painted."""
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Attribute) and target.attr in (
                        "border_title",
                        "border_subtitle",
                        "tooltip",
                    ):
                        assert _is_safe(node.value), f"{path.name}:{node.lineno}"


def test_present_is_pure_and_the_app_is_light() -> None:
    """`present` does not import Textual; importing the app loads neither boto3 nor moto, keyring, pydantic or yaml."""
    program = (
        "import sys, irtui.tui.app\n"
        "heavy = {'boto3', 'botocore', 'moto', 'keyring', 'pydantic', 'yaml', 'cryptography', 'jmespath'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOM.parent.parent, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    present = "import sys, irtui.tui.present.plan, irtui.tui.present.desk; sys.exit('textual' in sys.modules)"
    pure = subprocess.run([sys.executable, "-c", present], cwd=ROOM.parent.parent, timeout=60, check=False)
    assert pure.returncode == 0, "present imports Textual"

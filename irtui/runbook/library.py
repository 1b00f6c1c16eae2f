"""Where runbooks are found, and which of them are trusted.

Rules: a runbook is `<name>.yaml` in a folder of the search path; the first folder that has the name wins. The
shipped folder comes last and its names are taken: another folder's file of the same name is refused, unless its
folder was named on the command line or it is asked for by its path. Files that lead out of their folder through
a symlink, and anything but an ordinary file of bounded size, are refused.
"""

import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from irtui.errors import Problem, RunbookError, SettingsError, UsageError
from irtui.model.runbook import ChildBody, Runbook
from irtui.runbook.format import RUNBOOK_NAME
from irtui.runbook.load import MOST_BYTES
from irtui.runbook.parse import parse_runbook

SUFFIX = ".yaml"
_NAME = re.compile(RUNBOOK_NAME)
_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_folder() -> Path:
    """The runbooks that came with irtui: in the wheel beside the code, in a checkout at its top."""
    packaged = _PACKAGE / "_content" / "runbooks"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "runbooks"


class Library:
    """Runbooks by name, from folders in the order of the search; the shipped folder is added at the end."""

    def __init__(self, folders: Sequence[Path], shipped: Path | None = None, named: Sequence[Path] = ()) -> None:
        """`named` are searched first: a human named them just now, so they may hold a shipped name."""
        self._shipped = shipped or shipped_folder()
        self._named = tuple(named)
        others = (folder for folder in folders if folder.resolve() != self._shipped.resolve())
        self._folders = (*self._named, *others)

    def names(self) -> tuple[str, ...]:
        """Every name that some folder has, sorted. A folder that does not exist has none."""
        found = {name for folder in (*self._folders, self._shipped) for name in _names(folder)}
        return tuple(sorted(found))

    def find(self, name_or_path: str) -> Runbook:
        """By name, or by path where it has a slash or ends in .yaml. Raises UsageError, RunbookError."""
        if "/" in name_or_path or os.sep in name_or_path or name_or_path.endswith((SUFFIX, ".yml")):
            return self._read(Path(name_or_path))
        candidates = self._candidates(name_or_path)
        if not candidates:
            known = ", ".join(self.names()) or "none"
            raise UsageError(f"There is no runbook {name_or_path[:80]}", advice=f"There are: {known}.")
        shipped = [path for path in candidates if path.parent == self._shipped]
        if shipped and len(candidates) > 1 and candidates[0].parent not in self._named:
            raise RunbookError(
                f"{candidates[0]} has the name of a runbook that came with irtui",
                advice=f"Rename it, or ask for one of them by its path: {candidates[0]} or {shipped[0]}.",
            )
        runbook = self._read(candidates[0])
        if runbook.name != name_or_path:
            message = f"the runbook is called {runbook.name}, its file {candidates[0].name}"
            raise _refused(candidates[0], message, "Make them the same.")
        return runbook

    def children(self, runbook: Runbook) -> Mapping[str, Runbook]:
        """The runbooks that it calls, and those that they call. One that does not exist is left out: lint says so."""
        found: dict[str, Runbook] = {}
        waiting = [runbook]
        while waiting:
            for step in waiting.pop().steps:
                if not isinstance(step.body, ChildBody) or step.body.runbook in found:
                    continue
                if step.body.runbook != runbook.name and self._candidates(step.body.runbook):
                    found[step.body.runbook] = self.find(step.body.runbook)
                    waiting.append(found[step.body.runbook])
        return found

    def _candidates(self, name: str) -> list[Path]:
        if len(name) > 64 or not _NAME.fullmatch(name):
            return []
        paths = (folder / f"{name}{SUFFIX}" for folder in (*self._folders, self._shipped))
        return [path for path in paths if path.is_file() or path.is_symlink()]

    def _read(self, path: Path) -> Runbook:
        folder = path.parent.resolve()
        try:
            real = path.resolve(strict=True)
        except (OSError, RuntimeError):
            raise UsageError(f"There is no file {path}", advice="Check the path.") from None
        if real.parent != folder and not real.is_relative_to(folder):
            raise _refused(path, "the file leads out of its folder", "Copy it there.")
        if not real.is_file():
            raise _refused(path, "this is not an ordinary file")
        try:
            with real.open("rb") as file:
                data = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}", advice="Check who may read it.") from None
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            # a cut may split a character; the size is what is wrong then
            message = "the file is too large" if len(data) > MOST_BYTES else "the file is not UTF-8"
            raise _refused(path, message) from None
        return parse_runbook(text, str(path), shipped=folder == self._shipped.resolve())


class Trust:
    """Digests of runbooks that a human has trusted. One JSON file, only its owner's to write."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def trusted(self, runbook: Runbook) -> bool:
        """What came with irtui, and what was added before. Raises SettingsError when the file cannot be believed."""
        return runbook.shipped or (bool(runbook.digest) and runbook.digest in self._read())

    def add(self, runbook: Runbook) -> None:
        """From now on this exact text is trusted. Raises SettingsError when it cannot be kept."""
        trusted = {**self._read(), runbook.digest: runbook.name}
        text = json.dumps({"trusted": trusted, "v": 1}, indent=2, sort_keys=True) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")  # made 0600
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self._path)
        except OSError as error:
            raise SettingsError(f"{self._path} cannot be written: {error.strerror}") from None

    def _read(self) -> dict[str, str]:
        advice = "Look at who wrote it; then delete it and trust your runbooks again."
        try:
            if os.name == "posix" and self._path.stat().st_mode & 0o022:
                raise SettingsError(f"{self._path} can be written by others than its owner", advice=advice)
            data = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError):
            raise SettingsError(f"{self._path} cannot be read", advice=advice) from None
        trusted = data.get("trusted") if isinstance(data, dict) and data.get("v") == 1 else None
        if not isinstance(trusted, dict) or not all(isinstance(value, str) for value in trusted.values()):
            raise SettingsError(f"{self._path} is not a list of trusted runbooks", advice=advice)
        return trusted


def _names(folder: Path) -> list[str]:
    try:
        return [path.stem for path in folder.iterdir() if path.suffix == SUFFIX and _NAME.fullmatch(path.stem)]
    except OSError:
        return []


def _refused(path: Path, message: str, hint: str = "") -> RunbookError:
    problem = Problem(str(path), 1, 1, message, hint)
    return RunbookError(str(problem), (problem,))

"""The files of scenarios: `<name>.yaml` in a folder, those that came with irtui first."""

import re
from collections.abc import Sequence
from pathlib import Path

from irtui.errors import UsageError

FOLDER = Path(__file__).parent.parent / "scenarios"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def names(folders: Sequence[Path]) -> tuple[str, ...]:
    """Every name that some folder has, sorted. A folder that does not exist has none."""
    return tuple(sorted({path.stem for folder in folders for path in folder.glob("*.yaml")}))


def path_of(folders: Sequence[Path], name: str) -> Path:
    """The first folder that has the name wins; what is no name is a path."""
    if _NAME.fullmatch(name):
        for folder in folders:
            if (path := folder / f"{name}.yaml").is_file():
                return path
    return Path(name)


def text_of(folders: Sequence[Path], name: str) -> str:
    """Raises UsageError."""
    try:
        return path_of(folders, name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"no scenario {name!r}", advice=f"There are: {', '.join(names(folders))}.") from error


def shipped(name: str) -> str:
    """The text of a scenario that came with irtui. Raises UsageError."""
    return text_of((FOLDER,), name)

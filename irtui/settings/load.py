"""The operator's settings: `config.toml`, all of it optional.

```toml
operator = "Jo Doe"                       # as the audit trail names you; default: your login name
protected = ["user/break-glass", "role/Audit*"]
runbook_folders = ["~/runbooks"]          # relative ones start at this file's folder
scenario_folders = ["~/game-days"]
[limits]                                  # distinct things one incident may change before you are asked again
users = 5
[signers]                                 # whose journals verify as pinned: name = public key
jo = "ed25519:…"
[approvers]                               # whose approvals count: name = public key
mo = "ed25519:…"                          # or 64 hex digits, as `irtui keys show` prints them
[checkpoint]                              # where signed checkpoints of a journal go
bucket = "s3://evidence-444/irtui"        # with Object Lock, best in an account that nobody works in
account = "444455556666"                  # whose it is: S3 refuses when it is another's
days = 365                                # for how long nobody can delete one
region = "eu-west-1"                      # the bucket's; default: the incident's
automatic = true                          # also by itself: when all is contained, and before the close
[keymap]                                  # action = key
undo = "u"
```

Rules: no file means the defaults; an unknown key, a wrong type or unreadable TOML refuses, with its line.
"""

import base64
import binascii
import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from irtui.errors import SettingsError
from irtui.model.checkpoint import CheckpointBucket
from irtui.text import inert

MOST_BYTES = 64 * 1024
_DEFAULTS = "Write it anew; without the file the defaults hold."


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one incident may touch before somebody is asked again. Counts of distinct things changed."""

    users: int = 5
    roles: int = 10
    access_keys: int = 10
    other: int = 20


@dataclass(frozen=True, slots=True)
class Settings:
    operator: str = ""
    """How the audit trail names the human; empty: by the login name."""
    protected: tuple[str, ...] = ()
    """Principals that no step may touch: `user/break-glass`, `role/Audit*`, full ARNs; `*` and `?` as in shells."""
    limits: Limits = Limits()
    runbook_folders: tuple[Path, ...] = ()
    """Searched after `--runbooks` and the working folder, before the shipped ones."""
    scenario_folders: tuple[Path, ...] = ()
    """A team's own game days, searched after the shipped ones and `--scenarios`."""
    signers: Mapping[str, bytes] = field(default_factory=dict)
    """Name → Ed25519 public key, 32 bytes."""
    approvers: Mapping[str, bytes] = field(default_factory=dict)
    """Name → Ed25519 public key, 32 bytes, of people who may approve a step that wants approvers."""
    checkpoint: CheckpointBucket | None = None
    """Where signed checkpoints of a journal are put."""
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Action → key."""


class _Wrong(Exception):
    """A value that is not what its key takes; the message goes on after the key's name."""


def load_settings(path: Path) -> Settings:
    """Raises SettingsError, naming file and line."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}", advice="Check who may read it.") from None
    if len(data) > MOST_BYTES:
        raise SettingsError(f"{path} is larger than {MOST_BYTES} bytes", advice=_DEFAULTS)
    try:
        text = data.decode("utf-8")
        table = tomllib.loads(text)
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8", advice=_DEFAULTS) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", str(error))
        line = place[1] if place and place[1] else text.count("\n") + 1
        message = str(error)[: place.start()] if place else "nested too deep"
        raise SettingsError(f"{path}:{line}: not TOML: {inert(message, 200)}", advice="Mend that line.") from None
    readers: dict[str, Callable[[Any], Any]] = {
        "operator": _line,
        "protected": lambda value: tuple(_line(item) for item in _list(value)),
        "limits": _limits,
        "runbook_folders": lambda value: tuple(_folder(item, path.parent) for item in _list(value)),
        "scenario_folders": lambda value: tuple(_folder(item, path.parent) for item in _list(value)),
        "signers": lambda value: {name: _public_key(key) for name, key in _table(value).items()},
        "approvers": lambda value: {_line(name): _public_key(key) for name, key in _table(value).items()},
        "checkpoint": _checkpoint,
        "keymap": lambda value: {action: _line(key) for action, key in _table(value).items()},
    }
    read: dict[str, Any] = {}
    for key, value in table.items():
        if key not in readers:
            raise _refused(path, text, key, "is not a setting", _closest(key, list(readers)))
        try:
            read[key] = readers[key](value)
        except _Wrong as wrong:
            raise _refused(path, text, key, str(wrong), "Mend that line; without the file the defaults hold.") from None
    return Settings(**read)


def _limits(value: Any) -> Limits:
    known = [field.name for field in fields(Limits)]
    for name, number in _table(value).items():
        if name not in known:
            raise _Wrong(f"has no {name!r}. {_closest(name, known)}")
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= 100_000:
            raise _Wrong(f"{name} must be a whole number from 0 to 100000")
    return Limits(**value)


def _checkpoint(value: Any) -> CheckpointBucket:
    given, kinds = _table(value), {"bucket": str, "account": str, "days": int, "region": str, "automatic": bool}
    for name, one in given.items():
        if name not in kinds:
            raise _Wrong(f"has no {name!r}. {_closest(name, list(kinds))}")
        if type(one) is not kinds[name]:
            raise _Wrong(f"{name} has the wrong type")
    if missing := [name for name in ("bucket", "account") if name not in given]:
        raise _Wrong(f"lacks {' and '.join(missing)}")
    try:
        return CheckpointBucket(**given)
    except ValueError as flaw:
        raise _Wrong(str(flaw)) from None


def public_key(text: str) -> bytes:
    """A public key as people write it: 64 hex digits, or `ed25519:` and base64. Raises ValueError."""
    try:
        return _public_key(text)
    except _Wrong as wrong:
        raise ValueError(str(wrong)) from None


def _public_key(value: Any) -> bytes:
    if re.fullmatch(r"[0-9a-f]{64}", _line(value)):  # as `irtui keys show` and `irtui approve` print it
        return bytes.fromhex(value)
    kind, _, encoded = _line(value).partition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if kind != "ed25519" or len(key) != 32:
        raise _Wrong('takes public keys like "ed25519:" and 32 bytes in base64')
    return key


def _folder(value: Any, start: Path) -> Path:
    try:
        return start / Path(_line(value)).expanduser()
    except RuntimeError:
        raise _Wrong("names a home folder that cannot be found") from None


def _line(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or inert(value) != value:
        raise _Wrong("takes text of one line, at most 512 characters, none of them invisible")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _Wrong("takes a list: [ … ]")
    return value


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Wrong("takes a table")
    return value


def _refused(path: Path, text: str, key: str, message: str, advice: str) -> SettingsError:
    written = re.search(rf"^[ \t]*\[*[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*[=.\]]", text, re.MULTILINE)
    line = text.count("\n", 0, written.start()) + 1 if written else 1
    return SettingsError(f"{path}:{line}: {inert(key, 60)} {message}", advice=advice)


def _closest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, 1, 0.5)
    return f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known)}."

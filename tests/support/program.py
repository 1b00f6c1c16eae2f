"""The program as a person starts it: in a process of its own, with a home of its own, on a pipe or on a real terminal.

Every wait has a deadline and ends with what the program had written. Nothing of the test's environment is handed on.
"""

import contextlib
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyte

from irtui.gameday.world import World
from irtui.runbook.library import Library

ROOT = Path(__file__).parents[2]
ACCOUNT = "444455556666"
"""Of the leaked-key scenario."""
PATIENCE = 40.0
_PROMPT = re.compile(r"(?:^|\n)([^\n]*(?:: |> ))$")

# Queries and modes that pyte does not know; terminals do.
_UNKNOWN = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1bP[^\x1b]*\x1b\\\\")

Done = subprocess.CompletedProcess[str]


def number(step: str, runbook: str = "key-revocation") -> int:
    """Under which number the plain face lists a step: what comes before it in the runbook may change."""
    return [each.id for each in Library((ROOT / "runbooks",)).find(runbook).steps].index(step) + 1


def environ_of(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a person's shell would hand on, and no AWS configuration but the one below `home`."""
    return {
        "PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "TERM": "xterm-256color",
        "USER": "nadia", "PYTHONPATH": str(ROOT), "IRTUI_HOME": str(home),
        "AWS_EC2_METADATA_DISABLED": "true", **(extra or {}),
    }  # fmt: skip


def irtui(
    home: Path,
    *arguments: str,
    lines: tuple[str, ...] | None = None,
    extra: Mapping[str, str] | None = None,
    program: tuple[str, ...] = ("-m", "irtui"),
    cwd: Path | None = None,
) -> Done:
    """Runs it to its end. `lines` are its standard input, which then ends."""
    return subprocess.run(
        [sys.executable, *program, *arguments],
        env=environ_of(home, extra), input="".join(f"{line}\n" for line in lines or ()), capture_output=True, text=True,
        timeout=PATIENCE * 2, check=False, cwd=cwd,
    )  # fmt: skip


def until(what: Callable[[], Any], words: str = "it", within: float = PATIENCE) -> Any:
    """Polls until `what()` is true and returns it."""
    end = time.monotonic() + within
    while not (found := what()):
        assert time.monotonic() < end, f"{words} did not happen within {within} s"
        time.sleep(0.01)
    return found


def incident_folder(home: Path) -> Path:
    (folder,) = (home / "data" / "incidents").iterdir()
    return folder


def records(home: Path) -> list[dict[str, Any]]:
    """Whole records of the only incident, with what was typed in them; none yet when there is none."""
    found = [*(home / "data" / "incidents").glob("*/journal.jsonl")]
    told = [json.loads(line) for line in found[0].read_bytes().split(b"\n")[:-1]] if found else []
    for record in told:
        for name, value in record["body"].items():
            if isinstance(value, dict) and value.keys() == {"commit"}:
                text = (found[0].parent / "texts" / value["commit"]).read_bytes()
                record["body"][name] = json.loads(text)["text"]
    return told


def world_of(home: Path) -> World:
    """The only world below this home."""
    (folder,) = (home / "state" / "worlds").iterdir()
    return World.connect(folder)


def end_worlds(home: Path) -> None:
    """Ends every world below this home; those that have ended are passed over."""
    for folder in (home / "state" / "worlds").glob("*"):
        with contextlib.suppress(Exception):
            World.connect(folder).stop()


def changes(world: World) -> list[tuple[str, str]]:
    """(operation, tag) of each change that irtui sent and that reached the world, in order."""
    return [
        (request["operation"], request["user_agent"].partition("md/x#")[2].split(" ")[0])
        for request in world.requests()
        if "md/x#" in request["user_agent"]
    ]


class Walk:
    """One process. On a pipe stdout and stderr are apart; on a terminal both are `out`."""

    def __init__(
        self,
        home: Path,
        *arguments: str,
        terminal: bool = False,
        extra: Mapping[str, str] | None = None,
        program: tuple[str, ...] = ("-m", "irtui"),
        columns: int = 120,
        rows: int = 40,
    ) -> None:
        self.home = home
        self._columns, self._rows = columns, rows
        self.sent: list[str] = []
        """Lines that were typed."""
        self.reading = threading.Event()
        """Cleared, the terminal stops taking what is written."""
        self.reading.set()
        self._raw = {"out": b"", "err": b""}
        self._mark = 0
        self._master = -1
        command = [sys.executable, *program, *arguments]
        environ = environ_of(home, extra)
        if terminal:
            self._master, slave = pty.openpty()
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            self.process = subprocess.Popen(
                command, stdin=slave, stdout=slave, stderr=slave, env=environ, start_new_session=True,
                preexec_fn=_own_terminal,
            )  # fmt: skip
            os.close(slave)
            self._threads = [threading.Thread(target=self._drain, args=("out", self._master), daemon=True)]
        else:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ,
                start_new_session=True,
            )  # fmt: skip
            assert self.process.stdout and self.process.stderr
            self._threads = [
                threading.Thread(target=self._drain, args=(name, stream.fileno()), daemon=True)
                for name, stream in (("out", self.process.stdout), ("err", self.process.stderr))
            ]
        for thread in self._threads:
            thread.start()

    def _drain(self, name: str, descriptor: int) -> None:
        while True:
            self.reading.wait()
            try:
                ready, _, _ = select.select([descriptor], [], [], 0.1)
                if not ready or not self.reading.is_set():
                    continue
                block = os.read(descriptor, 65536)
            except (OSError, ValueError):  # a closed terminal
                return
            if not block:
                return
            self._raw[name] += block

    @property
    def out(self) -> str:
        return self._raw["out"].decode("utf-8", "replace").replace("\r\n", "\n")

    @property
    def screen(self) -> str:
        """What a terminal of that size would show now."""
        screen = pyte.Screen(self._columns, self._rows)
        pyte.ByteStream(screen).feed(_UNKNOWN.sub(b"", self._raw["out"]))
        return "\n".join(screen.display)

    def sees(self, words: str) -> None:
        """Waits until the screen shows `words`."""
        until(lambda: words in self.screen or self.process.poll() is not None, repr(words))
        assert words in self.screen, self.screen

    @property
    def err(self) -> str:
        return self._raw["err"].decode("utf-8", "replace")

    @property
    def bytes(self) -> bytes:
        return self._raw["out"] + self._raw["err"]

    def until(self, words: str, within: float = PATIENCE) -> None:
        """Waits for `words` after those that were waited for last."""

        def there() -> bool:
            return words in self.out[self._mark :] or self.process.poll() is not None

        end = time.monotonic() + within
        while not there():
            assert time.monotonic() < end, f"no {words!r} after {within} s in\n{self.out[-3000:]}{self.err}"
            time.sleep(0.005)
        if words not in self.out[self._mark :]:
            self._join()
        found = self.out.find(words, self._mark)
        assert found >= 0, f"it ended with {self.process.poll()} before {words!r}:\n{self.out[-3000:]}{self.err}"
        self._mark = found + len(words)

    def say(self, line: str) -> None:
        """Types a line and enter."""
        self.sent.append(line)
        self.press(f"{line}\n")

    def press(self, keys: str) -> None:
        descriptor = self._master if self._master >= 0 else self._stdin()
        os.write(descriptor, keys.encode())

    def _stdin(self) -> int:
        assert self.process.stdin is not None
        return self.process.stdin.fileno()

    def answer(self, prompt: str, line: str) -> None:
        self.until(prompt)
        self.say(line)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    def interrupted_again(self) -> bool:
        """Presses ctrl+c; True when it has ended."""
        if self.process.poll() is None:
            self.press("\x03")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(1.2)
        return self.process.poll() is not None

    def hang_up(self) -> None:
        """Closes the terminal, as a lost connection does."""
        self.reading.set()
        master, self._master = self._master, -1
        os.close(master)

    def ended(self, within: float = PATIENCE) -> int:
        """Its exit code; a signal that killed it is negative."""
        try:
            code = self.process.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {within} s:\n{self.out[-3000:]}{self.err}") from None
        self._join()
        return code

    def _join(self) -> None:
        for thread in self._threads:
            thread.join(2.0)

    def play(self, commands: tuple[str, ...] = (), last: str = "c", within: float = PATIENCE * 2) -> int:
        """Answers every prompt as a person who agrees would. At the walk's own prompt: the next of `commands`, then
        enter while something is open, then `last`. Returns the exit code.
        """
        left = list(commands)
        seen = self._mark
        end = time.monotonic() + within
        while self.process.poll() is None:
            assert time.monotonic() < end, f"not at its end after {within} s:\n{self.out[-3000:]}{self.err}"
            prompt = _PROMPT.search(self.out[seen:])
            if prompt is None:
                time.sleep(0.005)
                continue
            told, seen = self.out[seen:], len(self.out)
            answer = agreeing(prompt[1])
            if answer is None:
                answer = left.pop(0) if left else last if "Nothing is open." in told else ""
            with contextlib.suppress(BrokenPipeError):
                self.say(answer)
        self._mark = seen
        return self.ended()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reading.set()
        if self._master >= 0:
            with contextlib.suppress(OSError):
                os.close(self._master)
            self._master = -1
        self._join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


def agreeing(prompt: str) -> str | None:
    """The answer of somebody who goes through with it; None at the walk's own prompt."""
    if prompt.endswith("> "):
        return None
    for form, answer in _ANSWERS:
        if found := re.search(form, prompt):
            return found.expand(answer)
    raise AssertionError(f"nobody knows an answer to {prompt!r}")


_ANSWERS = (
    (r"Type close to end", "close"),
    (r"last four digits of account (?:\d{8})(\d{4})", r"\1"),
    (r"Type yes", "yes"),
    (r"Type (\S+) to ", r"\1"),
    (r"Reason", "the test goes through with it"),
    (r"Why skip", "the test skips it"),
    (r"What was done", "done as the instruction says"),
    (r"Number", "1"),
    (r"Note", "a note"),
)


def _own_terminal() -> None:
    """The pty becomes the process's controlling terminal: ctrl+c and a hang-up reach it as signals."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@contextlib.contextmanager
def walking(home: Path, *arguments: str, **how: Any) -> Iterator[Walk]:
    """A walk that is over when the block is, however that went."""
    walk = Walk(home, *arguments, **how)
    try:
        yield walk
    finally:
        walk.end()

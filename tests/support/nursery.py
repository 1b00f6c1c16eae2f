"""Worlds born of a process that has loaded everything and done nothing: each is a fork of it, in a session of its own.

A world's process spends most of its first second on imports, which is the same second for each of the suite's worlds.
What comes after is the product's own: `process.main` reads its standard input, in an environment and folder of its own.
Tests of how the process begins use the real one (`pytest.mark.real_process`).
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, TextIO

ROOT = Path(__file__).parents[2]
_SERVICES = ("iam", "sts", "s3", "cloudtrail", "organizations")


class Born:
    """Of `subprocess.Popen` what `World` uses. Nobody's child: it has ended when its end of the pipe is closed."""

    def __init__(self, pid: int, stdin: IO[str], stdout: IO[str], alive: int) -> None:
        self.pid, self.stdin, self.stdout, self._alive = pid, stdin, stdout, alive

    def wait(self, timeout: float | None = None) -> int:
        if self._alive >= 0:
            if not select.select([self._alive], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("a world", timeout or 0.0)
            os.close(self._alive)
            self._alive = -1
        return 0

    def kill(self) -> None:
        if self._alive >= 0:
            os.kill(self.pid, signal.SIGKILL)

    def __del__(self) -> None:
        if self._alive >= 0:
            os.close(self._alive)


class Nursery:
    """Starts its process when the first world is wanted."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket

    def process_of(self, home: Path, environ: Mapping[str, str], errors: TextIO) -> Any:
        """In place of `irtui.gameday.world.process_of`."""
        if self._process is None:
            self._line, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", __file__, str(theirs.fileno())],
                    env={"PATH": os.defpath, "LANG": "C.UTF-8", "TZ": "UTC", "HOME": os.devnull},
                    pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True,
                )  # fmt: skip
        ours, alive = os.pipe(), os.pipe()
        back = os.pipe()
        theirs_fds = [ours[0], back[1], errors.fileno(), alive[1]]
        told = json.dumps({"home": str(home), "environ": dict(environ)}).encode()
        socket.send_fds(self._line, [len(told).to_bytes(4, "big") + told], theirs_fds)
        for descriptor in (ours[0], back[1], alive[1]):
            os.close(descriptor)
        pid = int.from_bytes(self._line.recv(4, socket.MSG_WAITALL), "big")
        return Born(pid, os.fdopen(ours[1], "w"), os.fdopen(back[0]), alive[0])

    def close(self) -> None:
        if self._process is not None:
            self._line.close()
            self._process.wait(10)
            self._process = None


def main(line: socket.socket) -> int:
    """Forks for each request until nobody asks any more. No thread may run here."""
    sys.path.insert(0, str(ROOT))
    sys.modules["pytest"] = None  # type: ignore[assignment]  # as where a real one begins
    from irtui.gameday import process
    from irtui.simulator.resolve import service_model

    for service in _SERVICES:
        service_model(service)
    signal.signal(signal.SIGCHLD, _reap)
    while True:
        head, descriptors, _, _ = socket.recv_fds(line, 4, 4)
        if not head:
            return 0
        told = json.loads(line.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL))
        pid = os.fork()
        if pid == 0:
            line.close()
            return _world(process.main, told, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        line.sendall(pid.to_bytes(4, "big"))


def _reap(number: int, frame: Any) -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _world(begin: Any, told: Mapping[str, Any], descriptors: list[int]) -> int:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    for number, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, number)
        os.close(descriptor)  # the fourth stays open until this process ends
    os.environ.clear()
    os.environ.update(told["environ"])
    os.chdir(told["home"])
    return int(begin())


if __name__ == "__main__":
    raise SystemExit(main(socket.socket(fileno=int(sys.argv[1]))))

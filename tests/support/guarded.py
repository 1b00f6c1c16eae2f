"""An interpreter whose every process, and every Python process that one starts, tells what it opens, connects to and
starts. It needs nothing of the environment: the guard is in the interpreter's own folder, where `site` finds it.

Connections and look-ups that would leave loopback are refused as well as noted.
"""

import json
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

_GUARD = """
import json, os, sys

def _install(log, private, names):
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(event, *what):
        line = json.dumps({"pid": os.getpid(), "event": event, "what": [str(each) for each in what]})
        os.write(handle, line.encode() + b"\\n")

    def leaves(host):
        return host not in ("127.0.0.1", "::1", "localhost", "", None)

    def hook(event, args):
        if event in ("open", "os.listdir", "os.scandir"):
            path = os.fsdecode(args[0]) if isinstance(args[0], (str, bytes, os.PathLike)) else ""
            if path.startswith(private) or not names.isdisjoint(path.split(os.sep)):
                note("private", path)
        elif event in ("socket.connect", "socket.sendto", "socket.sendmsg") and isinstance(args[1], tuple):
            note("connect", *args[1][:2])
            if leaves(args[1][0]):
                raise OSError("the guard lets nobody leave loopback")
        elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
            host = args[0].decode() if isinstance(args[0], bytes) else args[0]
            if leaves(host):
                note("look-up", host)
                raise OSError("the guard lets nobody look names up")
        elif event == "socket.bind" and isinstance(args[1], tuple):
            note("bind", *args[1][:2])
        elif event in ("subprocess.Popen", "os.posix_spawn", "os.exec"):
            note("start", args[0])
        elif event == "os.system":
            note("start", args[0])

    note("process", *sys.orig_argv)
    note("environment", *os.environ)
    sys.addaudithook(hook)

_install({log!r}, {private!r}, frozenset({names!r}))
"""
_NAMES = (".aws", ".boto", "boto.cfg", ".netrc", "_netrc")


@dataclass(frozen=True, slots=True)
class Noted:
    pid: int
    event: str
    """process, environment (names), private (a file), connect, look-up, bind or start."""
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guarded:
    python: str
    _log: Path

    @classmethod
    def made(cls, folder: Path, private: Path) -> "Guarded":
        """An interpreter below `folder` with this one's packages; files below `private` are nobody's business."""
        venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
        log = folder / "guard.jsonl"
        (library,) = folder.glob("lib/python*/site-packages")
        text = _GUARD.replace("{log!r}", repr(str(log))).replace("{private!r}", repr(str(private)))
        (library / "loopback_guard.py").write_text(text.replace("{names!r}", repr(_NAMES)))
        here = sysconfig.get_path("purelib")
        (library / "a.pth").write_text(f"import loopback_guard\nimport site; site.addsitedir({here!r})\n")
        return cls(str(folder / "bin" / "python"), log)

    def noted(self, event: str) -> list[Noted]:
        lines = self._log.read_text("utf-8").splitlines() if self._log.exists() else []
        found = [Noted(note["pid"], note["event"], tuple(note["what"])) for note in map(json.loads, lines)]
        return [note for note in found if note.event == event]

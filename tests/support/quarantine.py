"""`python -m tests.support.quarantine REPORT FILES… -- COMMAND…`: runs a command on a network with nothing but
loopback, and reports as JSON what the kernel saw of the whole process tree, whoever was started with whatever
environment: packets to anywhere else, calls of the metadata services and proxies that lie in wait, and opened files.

Where the system gives no network of its own, only the trap on 127.0.0.1 and the files are watched.
"""

import ctypes
import fcntl
import json
import os
import select
import shutil
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TRAP = "@TRAP@"
"""Stands in values of the environment for the port of the trap."""
METADATA = ("169.254.169.254", "169.254.170.2", "169.254.170.23")
"""EC2 instance metadata, ECS and EKS credentials."""
_POISON = json.dumps({
    "AccessKeyId": "AKIAPOISONPOISONPOIS", "SecretAccessKey": "poison", "Token": "poison", "Code": "Success",
    "Expiration": "2099-01-01T00:00:00Z", "Type": "AWS-HMAC", "LastUpdated": "2026-01-01T00:00:00Z",
})  # fmt: skip
_IN_OPEN = 0x20
# Classic BPF: IPv4 to 127/8 is dropped; everything else is seen. (ldh 12; jeq 0x800; ldb 30; jeq 127; ret 0; ret all)
_FILTER = ((0x28, 0, 0, 12), (0x15, 0, 3, 0x800), (0x30, 0, 0, 30), (0x15, 0, 1, 127), (0x6, 0, 0, 0),
           (0x6, 0, 0, 0xFFFF))  # fmt: skip


def alone(command: Sequence[str]) -> list[str] | None:
    """`command` in a network of its own; None where the machine gives none."""
    unshare = shutil.which("unshare")
    for options in (["-n"], ["-rn"]) if unshare else ():
        probe = [str(unshare), *options, sys.executable, "-c", "import socket as s; s.socket(s.AF_PACKET, s.SOCK_RAW)"]
        if subprocess.run(probe, capture_output=True, timeout=20, check=False).returncode == 0:
            return [str(unshare), *options, *command]
    return None


def quarantined(command: Sequence[str], files: Sequence[Path], report: Path) -> list[str]:
    """The command line that runs `command` watched; `report` holds the findings once it has ended."""
    watched = [sys.executable, "-m", "tests.support.quarantine", str(report), *map(str, files), "--", *command]
    return alone([*watched[:3], "--alone", *watched[3:]]) or watched


class _Packets:
    """Everything on the network's only interface that is not for 127/8 or ::1."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        program = b"".join(struct.pack("HBBI", *line) for line in _FILTER)
        buffer = ctypes.create_string_buffer(program)
        pointer = struct.pack("HL", len(_FILTER), ctypes.addressof(buffer))
        self._socket.setsockopt(socket.SOL_SOCKET, 26, pointer)  # SO_ATTACH_FILTER
        self._socket.bind(("lo", 0))

    def seen(self) -> list[str]:
        found = []
        while select.select([self._socket], [], [], 0)[0]:
            frame = self._socket.recv(65536)
            kind = struct.unpack("!H", frame[12:14])[0]
            if kind == 0x800:
                found.append(f"{socket.inet_ntoa(frame[30:34])} protocol {frame[23]}")
            elif kind != 0x86DD or frame[38:54] != bytes(15) + b"\1":
                found.append(f"ethertype {kind:#x}: {frame[14:54].hex()}")
        return sorted(set(found))


class _Opened:
    """Which of some files and folders anybody opens, from now on."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd = self._libc.inotify_init1(os.O_NONBLOCK)
        self._names = {self._libc.inotify_add_watch(self._fd, os.fsencode(p), _IN_OPEN): p for p in paths}
        if self._fd < 0 or -1 in self._names:
            raise OSError(ctypes.get_errno(), "no watch on files")

    def seen(self) -> list[str]:
        found = set()
        while select.select([self._fd], [], [], 0)[0]:
            data = os.read(self._fd, 65536)
            while data:
                watch, _, _, length = struct.unpack_from("iIII", data)
                found.add(str(Path(self._names[watch], data[16 : 16 + length].rstrip(b"\0").decode())))
                data = data[16 + length :]
        return sorted(found)


def _own_network() -> None:
    """Loopback up, the metadata addresses on it, and a way for packets to everywhere: into the sniffer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for number, address in enumerate(("127.0.0.1", *METADATA)):
            name = b"lo" if number == 0 else f"lo:{number}".encode()
            where = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(address))
            if number:
                fcntl.ioctl(control, 0x8916, struct.pack("16s16s8x", name, where))  # SIOCSIFADDR
            fcntl.ioctl(control, 0x8914, struct.pack("16sH22x", name, 0x1 | 0x40))  # SIOCSIFFLAGS: up, running
        anywhere, device = struct.pack("HH4s8x", socket.AF_INET, 0, bytes(4)), ctypes.create_string_buffer(b"lo")
        route = struct.pack("L16s16s16sHhLPhPLLH", 0, anywhere, anywhere, anywhere, 1, 0, 0, 0, 0,
                            ctypes.addressof(device), 0, 0, 0)  # fmt: skip
        fcntl.ioctl(control, 0x890B, route)  # SIOCADDRT


def _lie_in_wait(address: str, port: int, caught: list[str]) -> int:
    """A listener that notes who calls, and hands out credentials to everybody. Returns its port."""
    listener = socket.create_server((address, port))

    def serve() -> None:
        while True:
            client, _ = listener.accept()
            with client:
                client.settimeout(2)
                caught.append(f"{address}: {client.recv(400)[:120]!r}")
                head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(_POISON)}\r\nConnection: close\r\n\r\n"
                client.sendall((head + _POISON).encode())

    threading.Thread(target=serve, daemon=True).start()
    return int(listener.getsockname()[1])


def main(arguments: list[str]) -> int:
    own = arguments[0] == "--alone"
    report, *files = arguments[own : arguments.index("--")]
    caught: list[str] = []
    if own:
        _own_network()
        for address in METADATA:
            _lie_in_wait(address, 80, caught)
    port = _lie_in_wait("127.0.0.1", 0, caught)
    packets = _Packets() if own else None
    opened = _Opened(files) if files and sys.platform == "linux" else None
    environ = {name: value.replace(TRAP, str(port)) for name, value in os.environ.items()}
    done = subprocess.run(arguments[arguments.index("--") + 1 :], env=environ, check=False)
    found: dict[str, Any] = {"own_network": own, "caught": caught, "packets": packets.seen() if packets else []}
    found["opened"] = opened.seen() if opened else []
    Path(report).write_text(json.dumps(found))
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""The bench's bucket on loopback, in a thread, with answers that a test may spoil."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar

from bench.bucket import Answers, Connection
from bench.trails import SignedTrail

Spoil = Callable[[str, str], tuple[int, dict[str, str], bytes] | None]
"""(path, user agent) → another answer; status 0 ends the connection in the middle of the body. None: the true one."""


class Spoiled(Answers):
    def __init__(self, trail: SignedTrail, hours: int, spoil: Spoil) -> None:
        super().__init__(trail, hours)
        self.asked: list[tuple[str, str]] = []
        self._spoil = spoil

    def to(self, method: str, target: str, headers: object) -> tuple[int, dict[str, str], bytes]:
        agent = dict(headers).get("user-agent", "")  # type: ignore[call-overload]
        self.asked.append((target, agent))
        told = super().to(method, target, headers)  # type: ignore[arg-type]
        return self._spoil(target, agent) or told


@contextmanager
def faulty_bucket(
    trail: SignedTrail, hours: int, spoil: Spoil, kind: type[Spoiled] = Spoiled
) -> Iterator[tuple[str, Spoiled]]:
    """(URL, what was asked). Ends with the context."""
    loop, answers = asyncio.new_event_loop(), kind(trail, hours, spoil)
    server = loop.run_until_complete(loop.create_server(lambda: _Ending(answers, 0.0), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", answers
    finally:
        loop.call_soon_threadsafe(server.close)
        for transport in _Ending.open:
            loop.call_soon_threadsafe(transport.abort)
        _Ending.open.clear()
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


class _Ending(Connection):
    open: ClassVar[list[asyncio.WriteTransport]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.open.append(transport)  # type: ignore[arg-type]
        super().connection_made(_Cutting(transport))  # type: ignore[arg-type]


class _Cutting:
    """Ends the connection where an answer has the status 0."""

    def __init__(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def write(self, data: bytes) -> None:
        transport: asyncio.Transport = self._transport  # type: ignore[assignment]
        if data.startswith(b"HTTP/1.1 0 "):
            transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nhalf")
            transport.close()
        else:
            transport.write(data)

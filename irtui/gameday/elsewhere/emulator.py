"""Another AWS emulator on this machine: its address, and requests carried to it byte for byte.

Rules: loopback only, plain HTTP. `localhost` is 127.0.0.1, whatever a name service says. What never left is told from
what may have arrived.
"""

import http.client
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from irtui.aws.hosts import only
from irtui.errors import UsageError

PATIENCE = 60.0
"""Seconds until an answer is given up."""


class NotThere(Exception):
    """Nobody took the connection: nothing was sent."""


class NoAnswer(Exception):
    """It was sent, and nobody knows what became of it."""


@dataclass(frozen=True, slots=True)
class Raw:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Emulator:
    url: str
    host: str
    port: int

    def send(self, method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes) -> Raw:
        """One request, sent once. Raises NotThere and NoAnswer."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        try:
            try:
                connection.connect()
            except OSError as error:
                raise NotThere(f"no emulator answers at {self.url}: {error.strerror or error}") from error
            try:
                connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
                for name, value in headers:
                    connection.putheader(name, value.encode("latin-1"))
                connection.endheaders(body or None)
                answer = connection.getresponse()
                read = answer.read()
            except (OSError, http.client.HTTPException) as error:
                raise NoAnswer(f"the emulator at {self.url} did not answer: {error}") from error
            together: dict[str, str] = {}
            for name, value in answer.getheaders():
                together[name] = f"{together[name]}, {value}" if name in together else value
            return Raw(answer.status, together, read)
        finally:
            connection.close()


def emulator_at(url: str) -> Emulator:
    """The emulator of that address, which need not run. Raises UsageError for an address that is none, or elsewhere."""
    malformed = UsageError(f"{url!r} is no address of an emulator", advice="Write it like this: http://127.0.0.1:4566")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or 80
    except ValueError:
        raise malformed from None
    if not host or not url.isascii() or not url.isprintable():
        raise malformed
    only(url)
    if parts.scheme != "http" or "@" in parts.netloc or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise malformed
    return Emulator(f"http://{parts.netloc}", "127.0.0.1" if host == "localhost" else host, port)

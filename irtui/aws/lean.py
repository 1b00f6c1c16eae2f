"""The quick way to an object: one GET over a connection that is kept, signed here, parsed no further than
needed.

Rules: only a plain 200 with a length is taken. Anything else (a redirect, a refusal, a connection that ended) is given
back unanswered, so that botocore asks again with all that it knows. Every URL passes the door's allow-list first.
"""

import hashlib
import hmac
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import SplitResult, quote, urlsplit

from irtui.aws.found import PIECE, Found

_EMPTY = hashlib.sha256(b"").hexdigest()
_SMALL = 1 << 20
"""Bodies up to this size are read at once."""
_HEAD_LIMIT = 1 << 16
_SIGNED = "host;x-amz-content-sha256;x-amz-date"


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """Frozen credentials."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Plain:
    """All that another process needs for the quick way to one bucket, which the allow-list has let pass."""

    endpoint: str
    path_style: bool
    region: str
    keys: SigningKeys
    ahead: float
    """Seconds that AWS's clock is ahead of this machine's."""
    cafile: str
    connect: float
    read: float


class LeanObjects:
    """Safe to use from several threads: a connection is one's own until it is given back."""

    def __init__(
        self, *, endpoint: Callable[[str], str], path_style: bool, credentials: Callable[[], SigningKeys],
        passes: Callable[[str], None], now: Callable[[], datetime], ahead: Callable[[], timedelta], cafile: str,
        connect: float, read: float,
    ) -> None:  # fmt: skip
        """`endpoint` is S3's URL in a Region; `passes` raises for a URL that may not be asked, and notes the others."""
        self._endpoint, self._path_style, self._credentials = endpoint, path_style, credentials
        self._passes, self._now, self._ahead, self._cafile = passes, now, ahead, cafile
        self._timeouts = connect, read
        self._tls = ssl.create_default_context(cafile=cafile or None)
        self._idle: dict[tuple[str, str], list[socket.socket]] = {}
        self._signing: tuple[tuple[str, str, str], bytes] = (("", "", ""), b"")

    @classmethod
    def of(cls, plain: Plain, now: Callable[[], datetime]) -> "LeanObjects":
        """For the bucket that `plain` was made for, and for no other: nothing is held against an allow-list here."""
        return cls(
            endpoint=lambda region: plain.endpoint, path_style=plain.path_style, credentials=lambda: plain.keys,
            passes=lambda url: None, now=now, ahead=lambda: timedelta(seconds=plain.ahead), cafile=plain.cafile,
            connect=plain.connect, read=plain.read,
        )  # fmt: skip

    def plain(self, bucket: str, region: str) -> Plain | None:
        """None: the quick way does not lead there."""
        place = self._place(bucket, "", region)
        if place is None:
            return None
        base, host, path = place
        self._passes(f"{base.scheme}://{host}{path}")
        ahead = self._ahead().total_seconds()
        return Plain(
            self._endpoint(region), self._path_style, region, self._credentials(), ahead, self._cafile, *self._timeouts
        )

    def get(self, bucket: str, key: str, region: str) -> tuple[Found, Callable[[], None]] | None:
        """The object, and what to call when done with it. None: ask botocore."""
        place = self._place(bucket, key, region)
        if place is None:
            return None
        base, host, path = place
        self._passes(f"{base.scheme}://{host}{path}")
        where = (base.scheme, host)
        connection = self._taken(where)
        try:
            if connection is None:
                connection = self._connected(*where)
            connection.sendall(self._request(host, path, region))
            return self._answer(where, connection)
        except OSError:
            if connection is not None:
                connection.close()
            return None

    def _place(self, bucket: str, key: str, region: str) -> tuple[SplitResult, str, str] | None:
        base = urlsplit(self._endpoint(region))
        path = "/" + quote(key, safe="-_.~/")
        if self._path_style:
            return base, base.netloc, f"/{quote(bucket, safe='-_.~')}{path}"
        if "." in bucket:  # no certificate has such a name
            return None
        return base, f"{bucket}.{base.netloc}", path

    # -- one exchange --------------------------------------------------------------------------------------------

    def _answer(self, where: tuple[str, str], connection: socket.socket) -> tuple[Found, Callable[[], None]] | None:
        held = b""
        while (end := held.find(b"\r\n\r\n")) < 0:
            piece = connection.recv(PIECE)
            if not piece or len(held) > _HEAD_LIMIT:
                connection.close()
                return None
            held += piece
        first, *lines = held[:end].decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = headers.get("content-length", "")
        plain = first.startswith("HTTP/1.1 200") and length.isdecimal() and "transfer-encoding" not in headers
        if not plain or ("content-encoding" in headers and headers["content-encoding"] not in ("gzip", "")):
            connection.close()
            return None
        metadata = {name[11:]: value for name, value in headers.items() if name.startswith("x-amz-meta-")}
        body = _Body(connection, held[end + 4 :], int(length))
        keeps = headers.get("connection", "").lower() != "close"

        def done() -> None:
            if body.left == 0 and keeps:
                self._idle.setdefault(where, []).append(connection)
            else:
                connection.close()

        if body.left > _SMALL:
            return Found(body.pieces(), metadata), done
        whole = b"".join(body.pieces())
        done()
        return Found(iter((whole,)), metadata), _nothing

    def close(self) -> None:
        """Ends the connections that nobody uses."""
        while self._idle:
            _, connections = self._idle.popitem()
            for connection in connections:
                connection.close()

    def _taken(self, where: tuple[str, str]) -> socket.socket | None:
        try:
            return self._idle[where].pop()
        except LookupError:
            return None

    def _connected(self, scheme: str, host: str) -> socket.socket:
        name, _, port = host.partition(":")
        connect, read = self._timeouts
        plain = socket.create_connection((name.strip("[]"), int(port or (443 if scheme == "https" else 80))), connect)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = self._tls.wrap_socket(plain, server_hostname=name) if scheme == "https" else plain
        connection.settimeout(read)
        return connection

    # -- signature version 4 -------------------------------------------------------------------------------------

    def _request(self, host: str, path: str, region: str) -> bytes:
        keys = self._credentials()
        at = f"{self._now() + self._ahead():%Y%m%dT%H%M%SZ}"
        scope = f"{at[:8]}/{region}/s3/aws4_request"
        signed, token = _SIGNED, ""
        if keys.token:
            signed, token = _SIGNED + ";x-amz-security-token", f"x-amz-security-token:{keys.token}\n"
        asked = (
            f"GET\n{path}\n\nhost:{host}\nx-amz-content-sha256:{_EMPTY}\nx-amz-date:{at}\n{token}\n{signed}\n{_EMPTY}"
        )
        text = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
        signature = hmac.digest(self._signing_key(keys, at[:8], region), text.encode(), "sha256").hex()
        credential = f"Credential={keys.access_key}/{scope}, SignedHeaders={signed}, Signature={signature}"
        head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nx-amz-content-sha256: {_EMPTY}\r\nx-amz-date: {at}\r\n"
        head += f"x-amz-security-token: {keys.token}\r\n" if keys.token else ""
        return f"{head}User-Agent: irtui\r\nAuthorization: AWS4-HMAC-SHA256 {credential}\r\n\r\n".encode("latin-1")

    def _signing_key(self, keys: SigningKeys, day: str, region: str) -> bytes:
        """The same all day; made anew when the credentials are renewed."""
        wanted = (keys.secret_key, day, region)
        known, made = self._signing
        if known != wanted:
            made = f"AWS4{keys.secret_key}".encode()
            for part in (day, region, "s3", "aws4_request"):
                made = hmac.digest(made, part.encode(), "sha256")
            self._signing = (wanted, made)
        return made


class _Body:
    """What follows the head: exactly `length` bytes."""

    def __init__(self, connection: socket.socket, begun: bytes, length: int) -> None:
        self._connection, self._begun, self.left = connection, begun, length

    def pieces(self) -> Iterator[bytes]:
        """Raises OSError, also when the connection ends too early or says more than it announced."""
        piece = self._begun
        while self.left:
            if not piece:
                piece = self._connection.recv(min(self.left, 4 * PIECE))
                if not piece:
                    raise ConnectionError("the connection ended in the middle of the object")
            if len(piece) > self.left:
                raise ConnectionError("more came than was announced")
            self.left -= len(piece)
            yield piece
            piece = b""
        if piece:
            raise ConnectionError("more came than was announced")


def _nothing() -> None:
    pass

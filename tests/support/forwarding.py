"""A transport that carries requests meant for AWS to a simulated world: the real door, tried without the network."""

import http.client
import io
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict


class Forwarding:
    """Sends each request to `url` with its own Host header, so that its signature stays good."""

    def __init__(self, url: str) -> None:
        self._port = urlsplit(url).port
        self.hosts: list[str] = []

    def __call__(self, request: AWSPreparedRequest) -> AWSResponse:
        target = urlsplit(request.url)
        self.hosts.append(target.netloc)
        headers = {
            name: value.decode() if isinstance(value, bytes) else str(value) for name, value in request.headers.items()
        }
        headers["Host"] = target.netloc
        path = target.path + (f"?{target.query}" if target.query else "")
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            body: Any = request.body
            connection.request(request.method or "GET", path or "/", body=body, headers=headers)
            answer = connection.getresponse()
            raw = _Raw(answer.read())
            return AWSResponse(request.url, answer.status, HeadersDict(answer.getheaders()), raw)  # type: ignore[arg-type]
        finally:
            connection.close()


class _Raw(io.BytesIO):
    """A body as urllib3 hands it out."""

    def stream(self, amt: int = 65536, decode_content: bool | None = None) -> "list[bytes]":
        return [self.read()]

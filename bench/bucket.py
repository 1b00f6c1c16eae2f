"""A bucket and CloudTrail on loopback that answer each request after a fixed delay: `python -m bench.bucket HOURS MS`.

Prints its port, then serves until it is ended. Only what validating a trail asks; signatures of requests are not looked
at. Everything is in memory, so what is measured is the client.
"""

import asyncio
import json
import re
import sys
from bisect import bisect_right
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from bench.trails import ARN, BEGIN, BUCKET, NAME, REGION, SignedTrail, generated

_PAGE = 1000


class Answers:
    """What a request is answered; pure, so that tests can serve any trail with it."""

    def __init__(self, trail: SignedTrail, hours: int) -> None:
        self._trail = trail
        self._keys = sorted(trail.objects)
        self._latest = BEGIN.timestamp() + hours * 3600

    def to(self, method: str, target: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        if operation := headers.get("x-amz-target", "").rpartition(".")[2]:
            return self._cloudtrail(operation)
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        if bucket != BUCKET:
            return 404, {}, _error("NoSuchBucket")
        if not key:
            if "location" in query:
                return 200, _XML, b'<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>'
            return 200, _XML, self._listed(query)
        found = self._trail.objects.get(key)
        if found is None:
            return 404, _XML, _error("NoSuchKey")
        body, metadata = found
        return 200, {f"x-amz-meta-{name}": value for name, value in metadata.items()}, body

    def _cloudtrail(self, operation: str) -> tuple[int, dict[str, str], bytes]:
        told = {
            "DescribeTrails": {"trailList": [{
                "Name": NAME, "TrailARN": ARN, "S3BucketName": BUCKET, "HomeRegion": REGION,
                "LogFileValidationEnabled": True, "IsOrganizationTrail": False, "IsMultiRegionTrail": False,
            }]},
            "GetTrailStatus": {
                "IsLogging": True, "StartLoggingTime": BEGIN.timestamp(), "LatestDigestDeliveryTime": self._latest,
            },
            "ListPublicKeys": self._trail.public_keys,
        }  # fmt: skip
        return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(told[operation]).encode()

    def _listed(self, query: Mapping[str, str]) -> bytes:
        """ListObjects of both versions; a continuation token is the last key told."""
        prefix, second = query.get("prefix", ""), query.get("list-type") == "2"
        after = query.get("continuation-token") or query.get("start-after") or query.get("marker") or ""
        rest = [key for key in self._keys[bisect_right(self._keys, after) :] if key.startswith(prefix)]
        if query.get("delimiter"):
            below = sorted({prefix + key[len(prefix) :].partition("/")[0] + "/" for key in rest})
            told = "".join(f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>" for one in below)
            return f"<ListBucketResult {_NAMESPACE}><IsTruncated>false</IsTruncated>{told}</ListBucketResult>".encode()
        page, more = rest[:_PAGE], len(rest) > _PAGE
        told = "".join(f"<Contents><Key>{escape(key)}</Key><Size>1</Size></Contents>" for key in page)
        token = ""
        if more:
            name = "NextContinuationToken" if second else "NextMarker"
            token = f"<{name}>{escape(page[-1])}</{name}>"
        return (
            f"<ListBucketResult {_NAMESPACE}>"
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{told}</ListBucketResult>"
        ).encode()


_NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
_XML = {"Content-Type": "application/xml"}


def _error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()


class Connection(asyncio.Protocol):
    """One request after another; the delay begins when the request is whole."""

    def __init__(self, answers: Answers, delay: float) -> None:
        self._answers, self._delay, self._held = answers, delay, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        head, end, rest = self._held.partition(b"\r\n\r\n")
        if not end:
            return
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return
        self._held = rest[length:]
        method, target = re.match(r"(\S+) (\S+)", first).groups()  # type: ignore[union-attr]
        status, more, body = self._answers.to(method, target, headers)
        said = [f"HTTP/1.1 {status} x", f"Content-Length: {len(body)}", "x-amzn-requestid: bench"]
        said += [f"{name}: {value}" for name, value in more.items()]
        whole = ("\r\n".join(said) + "\r\n\r\n").encode() + body
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._transport.write, whole)  # type: ignore[attr-defined]
        else:
            self._transport.write(whole)  # type: ignore[attr-defined]


async def serve(trail: SignedTrail, hours: int, delay: float) -> None:
    answers = Answers(trail, hours)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(answers, delay), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    wanted = int(sys.argv[1])
    asyncio.run(serve(generated(wanted), wanted, float(sys.argv[2]) / 1000))

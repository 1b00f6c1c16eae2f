"""CloudTrail logs in a folder, for the tests of the search."""

import gzip
import json
from pathlib import Path
from typing import Any

from irtui.trail.search.query import Query
from irtui.trail.search.searching import Folder, Found, search

KEY = "AKIAIOSFODNN7EXAMPLE"
OTHER = "AKIAI44QH8DHBEXAMPLE"


def event(number: int, key: str = KEY, name: str = "ListUsers", **more: Any) -> dict[str, Any]:
    """An event of `ci-deploy`, `number` seconds after noon, with other members from `more`."""
    minutes, seconds = divmod(number, 60)
    return {
        "eventVersion": "1.11", "eventID": f"00000000-0000-4000-8000-{number:012x}",
        "eventTime": f"2026-11-20T12:{minutes:02}:{seconds:02}Z", "eventSource": "iam.amazonaws.com",
        "eventName": name, "awsRegion": "us-east-1", "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli",
        "userIdentity": {
            "type": "IAMUser", "accessKeyId": key, "userName": "ci-deploy", "principalId": "AIDAEXAMPLE",
            "arn": "arn:aws:iam::111122223333:user/ci-deploy", "accountId": "111122223333",
        },
        "requestParameters": None, "responseElements": None, "recipientAccountId": "111122223333",
    } | more  # fmt: skip


def opened(number: int, key: str, session: str) -> dict[str, Any]:
    """The call by which `key` opened `session`."""
    answer = {"credentials": {"accessKeyId": session, "sessionToken": "FwoGZXIvYXdz" + "a" * 60}}
    return event(number, key, "AssumeRole", responseElements=answer)


def log(*events: Any) -> bytes:
    return gzip.compress(json.dumps({"Records": list(events)}).encode(), mtime=0)


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def searched(folder: Path, query: Query | None = None, **how: Any) -> Found:
    return search(query or Query(access_keys=(KEY,)), [Folder(folder, workers=1)], **how)


def numbers(found: Found) -> list[int]:
    """The numbers of the events that were found, in their order."""
    return [int(one.id[-12:], 16) for one in found.in_order()]


def kinds(found: Found) -> list[str]:
    return sorted(finding.kind for finding in found.findings)

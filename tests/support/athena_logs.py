"""A trail's logs in their folders, some of it hostile, and DuckDB's table of them in the types of Athena's."""

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import sqlglot

from irtui.trail.athena.rows import HEADER
from irtui.trail.athena.sql import Place
from irtui.trail.search.query import Query
from tests.support.search_logs import log, put

PLACE = Place("trail-logs", ("111122223333", "444455556666"), ("eu-central-1", "us-east-1"))
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOSTILE = (
    "o'brien",
    "a''b",
    "100%",
    "a_b",
    "x--y",
    "/* x */",
    "b\\c",
    "ü-ñ",
    'say "hi"',
    "\u202e\u2028",
    "'; DROP TABLE",
    "${x}",
    "a\nb",
)
NAMES = ("ci-deploy", "alice", "deploy", "build-1841", *HOSTILE)
KEYS = tuple(f"AKIAIOSFODNN7EXAMPL{letter}" for letter in "EFG")
IPS = (
    "203.0.113.7", "203.0.113.200", "203.0.11.3", "10.1.2.3", "2001:db8::1", "2001:DB8:0:0::2", "2001:db9::1",
    "fe80::1", "64:ff9b::1", "::ffff:203.0.113.7", "0:0:0:0:0:FFFF:cb00:7107", "cloudtrail.amazonaws.com",
    "AWS Internal", "203.0.113.07", "",
)  # fmt: skip
NETWORKS = (
    "203.0.113.0/24",
    "203.0.0.0/17",
    "0.0.0.0/0",
    "128.0.0.0/2",
    "2001:db8::/32",
    "::/0",
    "64:ff9b::/96",
    "fe80::/10",
)
CALLS = ("iam.CreateUser", "iam.ListUsers", "s3.GetObject", "sts.AssumeRole", "kms.Decrypt")
ERRORS = ("AccessDenied", "Client.UnauthorizedOperation", "o'brien")
ODD_TIMES = (
    "",
    "yesterday",
    "2026-02-30T12:00:00Z",
    "2026-99-20T12:00:00Z",
    "2026-11-20T12:00:00Z\n",
    "2026-11-20T12:00:00+02:00",
    "20261120T120000Z",
)


def events(chance: random.Random, count: int) -> list[dict[str, Any]]:
    """Well-formed events and ones with members missing, null, empty or of a wrong shape; over four days."""
    return [_event(chance, number) for number in range(count)]


def _event(chance: random.Random, number: int) -> dict[str, Any]:
    at = NOON + timedelta(seconds=chance.randrange(-100_000, 100_000))
    service, name = chance.choice(CALLS).split(".")
    account = chance.choice(PLACE.accounts)
    event: dict[str, Any] = {
        "eventVersion": "1.11", "eventID": f"00000000-0000-4000-8000-{number:012x}", "readOnly": chance.random() < 0.5,
        "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}" if chance.random() < 0.9 else chance.choice(ODD_TIMES),
        "eventSource": f"{service}.amazonaws.com", "eventName": name, "awsRegion": chance.choice(PLACE.regions),
        "sourceIPAddress": chance.choice(IPS), "userAgent": chance.choice(HOSTILE), "recipientAccountId": account,
        "userIdentity": _who(chance, account), "requestParameters": _document(chance),
        "responseElements": _document(chance),
        "_at": at,
    }  # fmt: skip
    if chance.random() < 0.4:
        event["errorCode"] = chance.choice((*ERRORS, "", None))
    if chance.random() < 0.3:
        shapes: tuple[Any, ...] = (
            [{"ARN": _arn(chance), "accountId": account, "type": "AWS::S3::Bucket"}],
            [],
            None,
            "x",
            [{"ARN": None}],
        )
        event["resources"] = chance.choice(shapes)
    for name in ("eventName", "eventSource", "sourceIPAddress", "eventTime", "userIdentity", "awsRegion"):
        if chance.random() < 0.02:
            del event[name]
    return event


def _who(chance: random.Random, account: str) -> Any:
    name, session = chance.choice(NAMES), chance.choice(NAMES)
    issuer = {
        "type": "Role",
        "arn": f"arn:aws:iam::{account}:role/{name}",
        "principalId": "AROAEXAMPLE",
        "userName": name,
    }
    assumed = {
        "type": "AssumedRole", "arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
        "accessKeyId": chance.choice(KEYS), "principalId": f"AROAEXAMPLE:{session}",
        "sessionContext": {"sessionIssuer": chance.choice((issuer, {}, None))},
    }  # fmt: skip
    user = {
        "type": "IAMUser",
        "arn": f"arn:aws:iam::{account}:user/{name}",
        "userName": name,
        "principalId": "AIDAEXAMPLE",
    }
    user["accessKeyId"] = chance.choice(KEYS)
    return chance.choice((user, user, assumed, assumed, {"type": "AWSService", "invokedBy": "s3.amazonaws.com"}, None))


def _arn(chance: random.Random) -> str:
    return f"arn:aws:s3:::{chance.choice(NAMES)}"


def _document(chance: random.Random) -> Any:
    deep = {"a": [{"b": chance.choice(NAMES)}, 5, None, True]}
    return chance.choice(
        (None, {}, {"userName": chance.choice(NAMES)}, deep, {"arn": _arn(chance)}, "text", [_arn(chance)])
    )


def written(folder: Path, found: Sequence[dict[str, Any]]) -> list[tuple[str, str, str, bytes]]:
    """The events as logs in their partitions: (account, region, day, what stands in the log)."""
    parts: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for event in found:
        where = (event["recipientAccountId"], event.get("awsRegion", PLACE.regions[0]), f"{event['_at']:%Y/%m/%d}")
        parts.setdefault(where, []).append({name: value for name, value in event.items() if name != "_at"})
    for (account, region, day), held in parts.items():
        put(folder, f"{PLACE.root}{account}/CloudTrail/{region}/{day}/log.json.gz", log(*held))
    return [(*where, json.dumps(event).encode()) for where, held in parts.items() for event in held]


_TABLE = """
CREATE TABLE cloudtrail AS SELECT
  account, region, "timestamp", {texts},
  struct_pack({who}, sessioncontext := struct_pack(
    attributes := struct_pack(mfaauthenticated := j->>'$.userIdentity.sessionContext.attributes.mfaAuthenticated',
      creationdate := j->>'$.userIdentity.sessionContext.attributes.creationDate'),
    sessionissuer := struct_pack({issuer}))) AS useridentity,
  CASE WHEN json_type(j, '$.resources') = 'ARRAY' THEN list_transform(json_extract(j, '$.resources[*]'),
    lambda r: struct_pack(arn := r->>'$.ARN', accountid := r->>'$.accountId', type := r->>'$.type')) END AS resources
FROM raw"""
_WHO = ("type", "principalId", "arn", "accountId", "invokedBy", "accessKeyId", "userName")
_TEXTS = (
    "eventVersion", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent", "errorCode",
    "errorMessage", "requestID", "eventID", "readOnly", "eventType", "apiVersion", "recipientAccountId",
    "sharedEventID", "vpcEndpointId", "eventCategory", "requestParameters", "responseElements", "additionalEventData",
    "serviceEventDetails",
)  # fmt: skip


def table(rows: Sequence[tuple[str, str, str, bytes]]) -> duckdb.DuckDBPyConnection:
    """An engine that holds those events, as JsonSerDe would give them."""
    engine = duckdb.connect()
    engine.execute("SET threads = 1")
    engine.execute(
        'CREATE SCHEMA irtui; USE irtui; CREATE TABLE raw (account TEXT, region TEXT, "timestamp" TEXT, j JSON)'
    )
    engine.executemany("INSERT INTO raw VALUES (?, ?, ?, ?)", [(*where, raw.decode()) for *where, raw in rows])

    def packed(path: str, names: Sequence[str]) -> str:
        return ", ".join(f"{name.lower()} := j->>'$.{path}.{name}'" for name in names)

    texts = ", ".join(f"j->>'$.{name}' AS {name.lower()}" for name in _TEXTS)
    issuer = packed(
        "userIdentity.sessionContext.sessionIssuer", ("type", "principalId", "arn", "accountId", "userName")
    )
    engine.execute(_TABLE.format(texts=texts, who=packed("userIdentity", _WHO), issuer=issuer))
    return engine


def answered(engine: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """What Athena's `Rows` would hold: the SQL, transpiled, run by DuckDB; the header first."""
    cursor = engine.execute(sqlglot.transpile(sql, read="athena", write="duckdb")[0])
    names = [{"VarCharValue": column[0]} for column in cursor.description or ()]
    cells = [[{} if value is None else {"VarCharValue": str(value)} for value in row] for row in cursor.fetchall()]
    assert len(names) == len(HEADER)
    return [{"Data": row} for row in [names, *cells]]


def queries(chance: random.Random, count: int) -> list[Query]:
    """Queries of one to three fields, with hostile values among them, all with a beginning."""
    pools: dict[str, Sequence[str]] = {
        "access_keys": KEYS, "principals": (*NAMES, "AROAEXAMPLE", "AIDAEXAMPLE"), "sessions": NAMES,
        "resources": (*NAMES, "arn:aws:s3:::deploy"), "source_ips": (*IPS[:-1], *NETWORKS),
        "event_names": (*CALLS, "CreateUser", "Decrypt", "kms."), "error_codes": (*ERRORS, "*"),
    }  # fmt: skip
    found = []
    for number in range(count):
        fields = chance.sample(sorted(pools), chance.choice((0, 1, 1, 1, 2, 3)))
        asked = {name: tuple(chance.sample(sorted(pools[name]), chance.randint(1, 2))) for name in fields}
        since = NOON - timedelta(hours=chance.choice((2, 12, 40)), microseconds=chance.choice((0, 1)))
        until = since + timedelta(hours=chance.choice((3, 30))) if number % 3 else None
        found.append(Query(since=since, until=until, **asked))
    return found

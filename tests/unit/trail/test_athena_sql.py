"""Athena's SQL, run on DuckDB over a generated trail: it finds what the local engine finds over the same logs."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from irtui.errors import UsageError
from irtui.model.call import Call
from irtui.model.outcome import Reply
from irtui.trail.athena.rows import AthenaQuery
from irtui.trail.athena.sql import LONGEST, days, literal, query_sql, table_ddl
from irtui.trail.search.query import Query
from irtui.trail.search.reading import Reader
from irtui.trail.search.searching import Folder, search
from tests.support import athena_logs
from tests.support.athena_logs import NOON, PLACE, answered
from tests.support.search_logs import event

Trail = tuple[list[dict[str, Any]], duckdb.DuckDBPyConnection, Path]


class _Door:
    """Answers GetQueryResults with the rows of a real engine, seven to a page."""

    region = "us-east-1"

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows

    def read(self, call: Call, *, pages: int = 1) -> Reply:
        if call.operation == "GetQueryExecution":
            return Reply({"QueryExecution": {"Status": {"State": "SUCCEEDED"}}})
        at = int(call.params.get("NextToken", 0))
        more = {"NextToken": str(at + 7)} if at + 7 < len(self._rows) else {}
        return Reply({"ResultSet": {"Rows": self._rows[at : at + 7]}} | more)

    def objects(self) -> Any:
        raise AssertionError("nothing is read from a bucket")


@pytest.fixture(scope="module")
def trail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trail]:
    folder = tmp_path_factory.mktemp("trail")
    found = athena_logs.events(random.Random(4), 600)
    engine = athena_logs.table(athena_logs.written(folder, found))
    yield found, engine, folder
    engine.close()


def _ids(engine: duckdb.DuckDBPyConnection, query: Query) -> set[str]:
    found = search(query, [AthenaQuery(_Door(answered(engine, query_sql(query, PLACE))), "q")])
    assert found.answered[0].whole and found.count == len(found.events)
    assert not [one for one in found.findings if one.kind in ("record", "format", "refused")]
    return {one.id for one in found.events}


def _expected(found: list[dict[str, Any]], query: Query) -> set[str]:
    """What the local engine finds, without the events of odd times whose log is of a day that was not asked."""
    ids: list[str] = []
    reader = Reader(query, lambda hit: ids.append(hit.id), lambda finding: None)
    first, last = days(query)
    for one in found:
        day = one["_at"].date()
        odd = one.get("eventTime") != f"{one['_at']:%Y-%m-%dT%H:%M:%SZ}"
        if odd and not (first <= day and (last is None or day <= last)):
            continue
        reader.record("", json.dumps({name: value for name, value in one.items() if name != "_at"}).encode())
    return set(ids)


def test_it_finds_what_the_local_engine_finds(trail: Trail) -> None:
    """Random queries with hostile values over hostile events: the same event ids, and many of them."""
    found, engine, _ = trail
    sizes = []
    for query in athena_logs.queries(random.Random(11), 60):
        ids = _ids(engine, query)
        assert ids == _expected(found, query), query
        sizes.append(len(ids))
    assert sum(size > 0 for size in sizes) > 30 and sum(size < 100 for size in sizes) > 30


@pytest.mark.parametrize(
    "asked",
    [
        {"access_keys": athena_logs.KEYS[:1]}, {"principals": ("o'brien", "deploy")}, {"sessions": ("b\\c",)},
        {"resources": ("100%", "arn:aws:s3:::deploy")}, {"source_ips": ("203.0.113.0/24",)},
        {"source_ips": ("203.0.0.0/17",)},
        {"source_ips": ("192.0.0.0/2",)}, {"source_ips": ("2001:db8::/32", "AWS Internal")},
        {"event_names": ("iam.CreateUser", "Decrypt")},
        {"error_codes": ("*",)}, {"error_codes": ("o'brien",)},
    ],
    ids=lambda asked: " ".join(asked),
)  # fmt: skip
def test_each_field_is_the_local_engine_s_over_the_folder(trail: Trail, asked: dict[str, Any]) -> None:
    """Every field by itself against a search of the same logs as files; some events match, not all."""
    found, engine, folder = trail
    query = Query(since=datetime(2026, 11, 18, tzinfo=UTC), **asked)
    local = {one.id for one in search(query, [Folder(folder, workers=1)]).events}
    assert _ids(engine, query) == local and 0 < len(local) < len(found)


def test_an_end_within_a_second_takes_that_second_in(trail: Trail) -> None:
    """An event of the second in which the asked time ends is before that end."""
    found, engine, _ = trail
    one = next(one for one in found if one.get("eventTime") == f"{one['_at']:%Y-%m-%dT%H:%M:%SZ}")
    query = Query(since=one["_at"] - timedelta(hours=1), until=one["_at"] + timedelta(milliseconds=500))
    assert one["eventID"] in _ids(engine, query) == _expected(found, query)


def test_a_beginning_before_the_year_1000_takes_all(trail: Trail) -> None:
    """Years have four digits in SQL too, or the comparison of texts would leave everything out."""
    found, engine, _ = trail
    query = Query(since=datetime(900, 1, 1, tzinfo=UTC))
    assert _ids(engine, query) == _expected(found, query)


def test_the_sql_itself_is_narrow(trail: Trail) -> None:
    """The rows that Athena would send are few more than those that match: it is no table scan to the desk."""
    found, engine, _ = trail
    query = Query(access_keys=athena_logs.KEYS[:1], event_names=("iam.CreateUser",), since=NOON)
    rows = answered(engine, query_sql(query, PLACE))
    assert len(rows) - 1 == len(_expected(found, query)) > 0


def test_partitions_bound_what_is_read(trail: Trail) -> None:
    """Days, accounts and Regions that were not asked for are in the SQL as predicates on partitions."""
    _, engine, _ = trail
    query = Query(since=datetime(2026, 11, 20, 0, 5, tzinfo=UTC), until=datetime(2026, 11, 20, 6, tzinfo=UTC))
    assert days(query) == (date(2026, 11, 19), date(2026, 11, 21))
    narrow = replace(PLACE, accounts=PLACE.accounts[:1], regions=("us-east-1",))
    tree = sqlglot.parse_one(query_sql(query, narrow), dialect="athena")
    where = tree.find(exp.Where)
    assert where is not None
    told = {column.name for column in where.find_all(exp.Column)}
    assert {"account", "region", "timestamp"} <= told
    tree.set("expressions", [exp.column(name) for name in ("account", "region", "timestamp")])
    read = {tuple(row) for row in engine.execute(tree.sql(dialect="duckdb")).fetchall()}
    assert read <= {(PLACE.accounts[0], "us-east-1", f"2026/11/{day}") for day in (19, 20, 21)} and len(read) > 1


_HOSTILE = st.text(
    alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1
) | st.sampled_from(
    [*athena_logs.HOSTILE, "'", "''", "\\'", "\\", "--", "*/", "%", "_", "';--", "x' OR '1'='1", "\u2019", "\x1f", "🔑"]
)


@given(values=st.lists(_HOSTILE.filter(str.strip), min_size=1, max_size=3, unique=True))
@settings(max_examples=60, deadline=None)
def test_values_are_exactly_those_literals(values: list[str]) -> None:
    """Whatever a value holds, Athena's parser reads it back as that text, in a statement of the same shape."""
    query = Query(access_keys=tuple(values), principals=tuple(values), since=NOON)
    tree = sqlglot.parse_one(query_sql(query, PLACE), dialect="athena")
    plain = sqlglot.parse_one(
        query_sql(
            Query(access_keys=tuple("abc"[: len(values)]), principals=tuple("abc"[: len(values)]), since=NOON), PLACE
        ),
        dialect="athena",
    )
    lists = [
        [item.this for item in one.expressions]
        for one in tree.find_all(exp.In)
        if one.this.name in ("accesskeyid", "arn", "username")
    ]
    assert lists and all(found == values for found in lists)
    assert [type(node) for node in tree.walk()] == [type(node) for node in plain.walk()]


def test_a_literal_is_read_back_by_an_engine() -> None:
    """The quote alone is escaped; DuckDB reads back what was written."""
    engine = duckdb.connect()
    for value in athena_logs.HOSTILE:
        found = engine.execute(
            sqlglot.transpile(f"SELECT {literal(value)}", read="athena", write="duckdb")[0]
        ).fetchone()
        assert found == (value,)


def test_the_table_is_projected_over_days_accounts_and_regions() -> None:
    """The DDL parses in Athena's dialect, and the template names each partition where CloudTrail puts it."""
    place = replace(PLACE, prefix="logs/", organization="o-exampleorgid")
    tree = sqlglot.parse_one(table_ddl(place, date(2026, 11, 19)), dialect="athena")
    told = {
        one.this.name: one.args["value"].name
        for one in tree.find_all(exp.Property)
        if isinstance(one.this, exp.Literal) and one.args.get("value")
    }
    assert told["storage.location.template"] == (
        "s3://trail-logs/logs/AWSLogs/o-exampleorgid/${account}/CloudTrail/${region}/${timestamp}"
    )
    assert told["projection.account.values"] == ",".join(PLACE.accounts)
    assert told["projection.timestamp.range"] == "2026/11/19,NOW"
    columns = [one.name for one in tree.this.expressions]
    assert "useridentity" in columns and "requestparameters" in columns


@pytest.mark.parametrize(
    "wrong",
    [
        {"bucket": "a'b"}, {"prefix": "x'/"}, {"prefix": "${region}/"}, {"accounts": ()}, {"accounts": ("1 OR 1",)},
        {"regions": ("us-east-1'",)}, {"database": "a.b"}, {"table": "a`b"}, {"organization": "o-"},
    ],
    ids=str,
)  # fmt: skip
def test_a_place_that_would_need_escapes_is_refused(wrong: dict[str, Any]) -> None:
    """Names of buckets, tables, accounts and Regions hold their own letters, or there is no SQL."""
    with pytest.raises(UsageError):
        replace(PLACE, **wrong)


@pytest.mark.parametrize(
    "query",
    [
        Query(access_keys=("AKIA",)),
        Query(access_keys=("a\0b",), since=NOON),
        Query(principals=("\ud800",), since=NOON),
        Query(resources=tuple(f"name-{number:09}" for number in range(LONGEST // 100)), since=NOON),
    ],
    ids=["no beginning", "nul", "surrogate", "too long"],
)
def test_what_athena_cannot_be_asked_is_refused(query: Query) -> None:
    """No beginning would read everything; some text no query can hold."""
    with pytest.raises(UsageError):
        query_sql(query, PLACE)


def test_wrong_kinds_are_more_never_less(tmp_path: Path) -> None:
    """Numbers and objects where text belongs: Athena's rows hold at least what the local engine finds."""
    shapes: tuple[dict[str, Any], ...] = (
        {"errorCode": 5}, {"eventTime": 5}, {"userIdentity": "x"}, {"userIdentity": {"arn": {"a": 1}}},
        {"resources": "x"}, {"sourceIPAddress": 7}, {"requestParameters": 5}, {"resources": [5, None, {"ARN": 5}]},
        {"eventName": None},
    )  # fmt: skip
    odd: list[dict[str, Any]] = [
        event(number, **more) | {"_at": NOON, "recipientAccountId": PLACE.accounts[0]}
        for number, more in enumerate(shapes)
    ]
    engine = athena_logs.table(athena_logs.written(tmp_path, odd))
    for query in (
        Query(since=NOON),
        Query(since=NOON, error_codes=("*",)),
        Query(since=NOON, source_ips=("0.0.0.0/0",)),
    ):
        assert _ids(engine, query) >= _expected(odd, query)
    assert len(_ids(engine, Query(since=NOON))) == len(odd)

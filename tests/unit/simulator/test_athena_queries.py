"""SQL asked of the simulated Athena is really run, over the objects in the simulated buckets."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from irtui.simulator.answers import Refusal
from irtui.simulator.gaps.athena import engine, statements
from tests.support.athena_lab import Athena
from tests.support.lab import Lab, Tell

EVENTS: tuple[dict[str, Any], ...] = (
    {"eventVersion": "1.11", "eventName": "CreateUser", "userIdentity": {"type": "IAMUser", "userName": 'o"brien, é'},
     "requestParameters": {"userName": "mallory"}, "resources": [{"ARN": "arn:x", "type": "t"}]},
    {"eventName": "ListUsers", "errorCode": None, "requestParameters": "text",
     "userIdentity": {"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"arn": "arn:role"}}}},
)  # fmt: skip


@pytest.fixture(scope="module")
def athena(lab: Lab) -> Athena:
    made = Athena(lab)
    maps = Path(f"/proc/{lab.world.pid}/maps")
    made.client.create_work_group(Name="idle")
    assert not maps.exists() or "duckdb" not in maps.read_text()  # DuckDB is loaded for the first query only
    made.prepared()
    made.put("111122223333", "us-east-1", "2026/11/20", *EVENTS)
    return made


def test_rows_are_what_the_logs_say(athena: Athena) -> None:
    """Members are found whatever their case, objects are JSON text, what is absent is null, structs have members."""
    columns = "eventname, eventversion, errorcode, useridentity.username AS who, requestparameters"
    sql = f"SELECT {columns}, useridentity.sessioncontext.sessionissuer.arn FROM logs.trail ORDER BY eventname"
    assert athena.rows(sql) == [
        ["CreateUser", "1.11", None, 'o"brien, é', '{"userName":"mallory"}', None],
        ["ListUsers", None, None, None, "text", "arn:role"],
    ]


def test_athenas_functions_are_understood(athena: Athena) -> None:
    """Counts, Trino's functions, UNNEST, WITH and unnamed columns give Athena's texts and names."""
    sql = (
        "WITH t AS (SELECT * FROM trail WHERE regexp_like(eventname, '^Create')) SELECT count(*), "
        "json_extract_scalar(requestparameters, '$.userName') AS made, json_format(CAST(resources AS JSON)) AS res, "
        "strpos(eventname, 'User') > 1 FROM t GROUP BY 2, 3, 4"
    )
    query = athena.start(sql, QueryExecutionContext={"Database": "logs"})
    athena.lab.world.advance(4)
    found = athena.client.get_query_results(QueryExecutionId=query)["ResultSet"]
    told = [[cell["VarCharValue"] for cell in row["Data"]] for row in found["Rows"]]
    assert told[0] == ["_col0", "made", "res", "_col3"]
    assert told[1][:2] == ["1", "mallory"] and '"arn:x"' in told[1][2] and told[1][3] == "true"
    kinds = [column["Type"] for column in found["ResultSetMetadata"]["ColumnInfo"]]
    assert (kinds[0], kinds[3]) == ("bigint", "boolean")
    unnested = "SELECT r.arn FROM logs.trail CROSS JOIN UNNEST(resources) AS u(r) WHERE region = 'us-east-1'"
    assert athena.rows(unnested) == [["arn:x"]]


def test_the_time_is_the_worlds(athena: Athena) -> None:
    """current_date in a query is the day in the world, not that of the machine."""
    assert athena.rows("SELECT CAST(current_date AS varchar)") == [[f"{athena.lab.world.now():%Y-%m-%d}"]]


def test_a_query_takes_its_time(athena: Athena) -> None:
    """Queued, running, succeeded by the world's clock; before that there are no results, and none in the bucket."""
    athena.lab.world.pause(True)
    try:
        query = athena.start("SELECT eventname FROM logs.trail")
        assert athena.told(query)["Status"]["State"] == "QUEUED"
        with pytest.raises(ClientError, match="has not yet finished"):
            athena.client.get_query_results(QueryExecutionId=query)
    finally:
        athena.lab.world.pause(False)
    athena.lab.world.advance(4)
    told = athena.told(query)
    assert (told["Status"]["State"], told["StatementType"]) == ("SUCCEEDED", "DML")
    assert told["Status"]["CompletionDateTime"] > told["Status"]["SubmissionDateTime"]
    assert told["Statistics"]["EngineExecutionTimeInMillis"] > 0


def test_results_are_written_as_csv(athena: Athena) -> None:
    """The file has everything in quotes and NULL as nothing; its metadata lie beside it."""
    told = athena.ended("SELECT useridentity.username AS who, errorcode FROM logs.trail ORDER BY who NULLS LAST")
    url = told["ResultConfiguration"]["OutputLocation"]
    assert url == f"s3://answers/found/{told['QueryExecutionId']}.csv"
    s3, key = athena.lab.client("s3"), url.removeprefix("s3://answers/")
    assert s3.get_object(Bucket="answers", Key=key)["Body"].read().decode() == '"who","errorcode"\n"o""brien, é",\n,\n'
    assert b'"who"' in s3.get_object(Bucket="answers", Key=f"{key}.metadata")["Body"].read()


def test_pages_have_one_header(athena: Athena) -> None:
    """A page has as many rows as asked; the header is a row, and on the first page only."""
    query = athena.ended("SELECT eventname FROM logs.trail ORDER BY 1")["QueryExecutionId"]
    client, pages = athena.client, []
    token: dict[str, str] = {}
    while True:
        page = client.get_query_results(QueryExecutionId=query, MaxResults=2, **token)
        pages.append([row["Data"][0]["VarCharValue"] for row in page["ResultSet"]["Rows"]])
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert pages == [["eventname", "CreateUser"], ["ListUsers"]]
    with pytest.raises(ClientError, match="NextToken"):
        client.get_query_results(QueryExecutionId=query, NextToken="nonsense")


def test_stopped_queries_leave_nothing(athena: Athena) -> None:
    """A query that is stopped is CANCELLED and writes no file; stopping what is over changes nothing."""
    athena.lab.world.pause(True)
    try:
        query = athena.start("SELECT 1")
        athena.client.stop_query_execution(QueryExecutionId=query)
    finally:
        athena.lab.world.pause(False)
    athena.lab.world.advance(4)
    told = athena.told(query)
    assert (told["Status"]["State"], told["Status"]["StateChangeReason"]) == ("CANCELLED", "Query cancelled by user")
    with pytest.raises(ClientError, match="Final query state: CANCELLED"):
        athena.client.get_query_results(QueryExecutionId=query)
    over = athena.ended("SELECT 1")["QueryExecutionId"]
    athena.client.stop_query_execution(QueryExecutionId=over)
    assert athena.told(over)["Status"]["State"] == "SUCCEEDED"
    assert athena.client.list_query_executions(MaxResults=2)["QueryExecutionIds"] == [over, query]
    batch = athena.client.batch_get_query_execution(QueryExecutionIds=[over, "nothing"])
    assert [len(batch[part]) for part in ("QueryExecutions", "UnprocessedQueryExecutionIds")] == [1, 1]


def test_the_same_token_is_the_same_query(athena: Athena) -> None:
    """Asked again with its token a query is not started twice; another one with that token is refused."""
    token = {"ClientRequestToken": "t" * 32}
    assert athena.start("SELECT 1", **token) == athena.start("SELECT 1", **token)
    with pytest.raises(ClientError, match="Idempotent parameters do not match"):
        athena.start("SELECT 2", **token)


def test_ddl_changes_the_catalogue_when_it_is_through(athena: Athena) -> None:
    """What is created twice or dropped while it holds something fails in the end, with words."""
    assert "AlreadyExists" in athena.ended("CREATE DATABASE logs")["Status"]["StateChangeReason"]
    assert "not empty" in athena.ended("DROP DATABASE logs")["Status"]["StateChangeReason"]
    assert athena.ended("CREATE SCHEMA IF NOT EXISTS other")["SubstatementType"] == "CREATE_DATABASE"
    assert athena.ended("DROP DATABASE other")["Status"]["State"] == "SUCCEEDED"
    assert "does not exist" in athena.ended("DROP DATABASE other")["Status"]["StateChangeReason"]
    assert athena.ended("DROP TABLE IF EXISTS logs.nothing")["Status"]["State"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT x FROM logs.nothing", "TABLE_NOT_FOUND"),
        ("SELECT nothing FROM logs.trail", "COLUMN_NOT_FOUND"),
        ("SELECT CAST(eventname AS bigint) FROM logs.trail", "INVALID_CAST_ARGUMENT"),
        ("SELECT * FROM information_schema.tables", "TABLE_NOT_FOUND"),
    ],
)
def test_wrong_queries_fail(athena: Athena, sql: str, words: str) -> None:
    """What Athena finds wrong only when it runs a query ends as FAILED, with its word for it."""
    told = athena.ended(sql)["Status"]
    assert told["State"] == "FAILED" and told["StateChangeReason"].startswith(words)


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT 1; SELECT 2", "InvalidRequestException"),
        ("PRAGMA database_list", "InvalidRequestException"),
        ("SELECT", "NotSimulated"),
        ("INSERT INTO logs.trail VALUES (1)", "NotSimulated"),
        ("MSCK REPAIR TABLE logs.trail", "NotSimulated"),
        ("SELECT * FROM read_csv('/etc/passwd')", "NotSimulated"),
        ("SELECT * FROM read_text('/etc/passwd')", "NotSimulated"),
        ("SELECT * FROM glob('/*')", "NotSimulated"),
        ("SELECT geohash(1)", "NotSimulated"),
        ("SELECT rand()", "NotSimulated"),
        ("COPY logs.trail TO '/tmp/x'", "InvalidRequestException"),
        ("CREATE TABLE a AS SELECT 1", "NotSimulated"),
        ("SELECT getenv('HOME')", "NotSimulated"),
    ],
)
def test_what_cannot_be_run_is_refused(athena: Athena, tell: Tell, sql: str, code: str) -> None:
    """Neither files nor other statements are reached, and no answer is made up."""
    where = {"OutputLocation": "s3://answers/"}
    assert tell(athena.client.start_query_execution, QueryString=sql, ResultConfiguration=where) == code


def test_the_sql_is_not_in_cloudtrail(athena: Athena) -> None:
    """A start is recorded with its workgroup and its query's id; CloudTrail leaves the SQL out."""
    query = athena.start("SELECT 'secret-in-sql'")
    athena.lab.world.advance(400)
    found = athena.lab.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "StartQueryExecution"}]
    )["Events"]
    record = next(each["CloudTrailEvent"] for each in found if query in each["CloudTrailEvent"])
    assert "***OMITTED***" in record and "secret-in-sql" not in record and "athena.amazonaws.com" in record


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('{}')",
        "COPY (SELECT 1) TO '{}'",
        "ATTACH '{}'",
        "LOAD httpfs",
        "SET enable_external_access = true",
    ],
)
def test_the_engine_is_shut_off(tmp_path: Path, sql: str) -> None:
    """Whatever SQL might get as far as DuckDB: it reaches no file, no extension, and no setting of its own."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(Refusal) as refused, engine.engine() as connection:
        connection.execute(sql.format(tmp_path / "file"))
    assert refused.value.status == 501


def test_without_duckdb_a_query_says_what_to_install() -> None:
    """A part that is not installed is told as not simulated, with the extra to install."""
    with pytest.raises(Refusal, match=r"install irtui\[sql\]") as refused:
        statements.needed("a_module_that_is_not_there")
    assert refused.value.status == 501


def test_the_tables_of_a_database_are_told(athena: Athena, tell: Tell) -> None:
    """By a name that the expression matches whole, with their columns, and only to who may read the catalogue."""
    listed, asked = athena.client.list_table_metadata, {"CatalogName": "AwsDataCatalog", "DatabaseName": "logs"}
    (table,) = listed(**asked, Expression="trail")["TableMetadataList"]
    assert table["Name"] == "trail" and {"Name": "eventname", "Type": "string"} in table["Columns"]
    assert [key["Name"] for key in table["PartitionKeys"]] == ["account", "region", "timestamp"]
    assert listed(**asked, Expression="tra")["TableMetadataList"] == []
    assert tell(listed, **asked | {"DatabaseName": "nowhere"}) == "MetadataException"
    key = athena.lab.user("blind", {"Effect": "Allow", "Action": "athena:*", "Resource": "*"})
    blind = athena.lab.client("athena", key)
    athena.lab.world.advance(10)
    assert tell(blind.list_table_metadata, **asked) == "MetadataException"

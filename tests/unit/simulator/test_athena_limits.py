"""What the simulated Athena does not do: scan more than its workgroup allows, or more than the caller may."""

import random
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.athena_lab import Athena
from tests.support.lab import Lab

ANY = "arn:aws:{}:us-east-1:111122223333:"
ATHENA = {"Effect": "Allow", "Action": "athena:*", "Resource": ANY.format("athena") + "workgroup/small"}
GLUE = {"Effect": "Allow", "Action": ["glue:GetTable"], "Resource": ANY.format("glue") + "*"}
READ = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]}  # fmt: skip
WRITE = {"Effect": "Allow", "Action": ["s3:GetBucketLocation", "s3:PutObject"],
         "Resource": ["arn:aws:s3:::answers", "arn:aws:s3:::answers/found/*"]}  # fmt: skip
FETCH = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::answers/found/*"}
NOT_HERE = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {
    "StringEquals": {"aws:CalledViaFirst": "athena.amazonaws.com"}}}  # fmt: skip
SELECT = "SELECT eventname FROM logs.trail WHERE \"timestamp\" = '2026/11/01'"


@pytest.fixture(scope="module")
def athena(lab: Lab) -> Athena:
    made = Athena(lab).prepared()
    made.put("111122223333", "us-east-1", "2026/11/01", {"eventName": "small"})
    big = random.Random(1).randbytes(10_000_001)
    s3 = lab.client("s3")
    s3.put_object(Bucket="data", Key="AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/02/x.json.gz", Body=big)
    limits = {"BytesScannedCutoffPerQuery": 10_000_000, "EnforceWorkGroupConfiguration": True}
    output = {"ResultConfiguration": {"OutputLocation": "s3://answers/found/"}}
    made.client.create_work_group(Name="small", Configuration=limits | output)
    return made


def asked(athena: Athena, name: str, *statements: dict[str, Any]) -> Athena:
    return Athena(athena.lab, athena.lab.user(name, *statements))


def test_a_query_that_scans_too_much_is_cancelled(athena: Athena) -> None:
    """Beyond the workgroup's cut-off a query ends with Athena's words and no result; a narrower one succeeds."""
    told = athena.ended("SELECT * FROM logs.trail", WorkGroup="small")
    assert told["Status"]["State"] == "CANCELLED"
    assert told["Status"]["StateChangeReason"] == "Bytes scanned limit was exceeded"
    assert told["Statistics"]["DataScannedInBytes"] == 10_000_000
    s3, key = athena.lab.client("s3"), told["ResultConfiguration"]["OutputLocation"].removeprefix("s3://answers/")
    assert s3.list_objects_v2(Bucket="answers", Prefix=key)["KeyCount"] == 0
    assert athena.rows(SELECT, WorkGroup="small") == [["small"]]


def test_the_workgroups_output_is_enforced(athena: Athena) -> None:
    """Where the workgroup's settings are enforced, nobody sends results elsewhere."""
    elsewhere = {"ResultConfiguration": {"OutputLocation": "s3://data/elsewhere/"}}
    told = athena.ended("SELECT 1", WorkGroup="small", **elsewhere)
    assert told["ResultConfiguration"]["OutputLocation"].startswith("s3://answers/found/")
    with pytest.raises(ClientError, match="No output location provided"):
        athena.client.start_query_execution(QueryString="SELECT 1")
    with pytest.raises(ClientError, match="Unable to verify/create output bucket nowhere"):
        athena.start("SELECT 1", ResultConfiguration={"OutputLocation": "s3://nowhere/"})


def test_a_workgroup_is_what_policies_allow(athena: Athena) -> None:
    """Whoever may use one workgroup may not use another, nor look at a query that ran there."""
    query = athena.start("SELECT 1")
    eve = asked(athena, "one-group", ATHENA, WRITE)
    with pytest.raises(ClientError, match=r"AccessDeniedException.*athena:StartQueryExecution.*workgroup/primary"):
        eve.start("SELECT 1")
    with pytest.raises(ClientError, match=r"AccessDeniedException.*athena:GetQueryExecution"):
        eve.told(query)
    assert eve.ended("SELECT 1", WorkGroup="small")["Status"]["State"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("name", "statements", "words"),
    [
        ("no-glue", (READ, WRITE), "not authorized to perform: glue:GetTable"),
        ("no-data", (GLUE, WRITE), "Access Denied (Service: Amazon S3"),
        ("no-output", (GLUE, READ, {**WRITE, "Action": "s3:GetBucketLocation"}), "Access denied when writing output"),
        ("not-by-athena", (GLUE, READ, {**WRITE, "Resource": "*"}), ""),
    ],
)
def test_the_data_are_read_as_the_caller(
    athena: Athena, name: str, statements: tuple[dict[str, Any], ...], words: str
) -> None:
    """Whoever may not read the table, its objects, or write results has no answer from Athena either."""
    told = asked(athena, name, ATHENA, *statements).ended(SELECT, WorkGroup="small")["Status"]
    assert told["State"] == ("FAILED" if words else "SUCCEEDED")
    assert words in told.get("StateChangeReason", "")


def test_s3_can_be_denied_by_way_of_athena(athena: Athena) -> None:
    """What Athena asks S3 for says that it comes from Athena."""
    with pytest.raises(ClientError, match="Unable to verify/create output bucket"):
        asked(athena, "denied-via", ATHENA, GLUE, READ, WRITE, NOT_HERE).start(SELECT, WorkGroup="small")


def test_results_need_the_right_to_read_them(athena: Athena) -> None:
    """Rows come only to those who may read the file; when it is deleted, to nobody."""
    blind, seeing = (asked(athena, n, ATHENA, GLUE, READ, WRITE, *more) for n, more in (("b", ()), ("s", (FETCH,))))
    told = blind.ended(SELECT, WorkGroup="small")
    query = told["QueryExecutionId"]
    with pytest.raises(ClientError, match="do not seem to have access to the S3 location"):
        blind.client.get_query_results(QueryExecutionId=query)
    assert len(seeing.client.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]) == 2
    url = told["ResultConfiguration"]["OutputLocation"]
    athena.lab.client("s3").delete_object(Bucket="answers", Key=url.removeprefix("s3://answers/"))
    with pytest.raises(ClientError, match="Could not find results"):
        seeing.client.get_query_results(QueryExecutionId=query)

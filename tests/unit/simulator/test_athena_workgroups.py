"""Athena's workgroups in the simulated world; nothing of SQL is needed for them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.lab import Lab, Tell

LIMITED = {
    "ResultConfiguration": {"OutputLocation": "s3://answers/found/"},
    "BytesScannedCutoffPerQuery": 10_000_000,
    "PublishCloudWatchMetricsEnabled": True,
}


@pytest.fixture(scope="module")
def athena(lab: Lab) -> Any:
    return lab.client("athena")


def test_the_primary_workgroup_is_there(athena: Any, tell: Tell) -> None:
    """It exists before anybody makes one, is enabled, enforces nothing and cannot be deleted."""
    told = athena.get_work_group(WorkGroup="primary")["WorkGroup"]
    assert (told["State"], told["Configuration"]["EnforceWorkGroupConfiguration"]) == ("ENABLED", False)
    assert "BytesScannedCutoffPerQuery" not in told["Configuration"]
    assert tell(athena.delete_work_group, WorkGroup="primary") == "InvalidRequestException"


def test_a_workgroup_is_made_changed_and_deleted(athena: Any, tell: Tell) -> None:
    """What is created is told again, enforced unless said otherwise; changes are kept; deleted it is gone."""
    athena.create_work_group(Name="hunt", Description="for logs", Configuration=LIMITED)
    assert tell(athena.create_work_group, Name="hunt") == "InvalidRequestException"
    told = athena.get_work_group(WorkGroup="hunt")["WorkGroup"]
    assert LIMITED.items() <= told["Configuration"].items() and told["Description"] == "for logs"
    assert told["Configuration"]["EnforceWorkGroupConfiguration"] is True and told["CreationTime"]
    updates = {"RemoveBytesScannedCutoffPerQuery": True, "EnforceWorkGroupConfiguration": False}
    athena.update_work_group(WorkGroup="hunt", ConfigurationUpdates=updates, State="DISABLED")
    told = athena.get_work_group(WorkGroup="hunt")["WorkGroup"]
    assert told["State"] == "DISABLED" and "BytesScannedCutoffPerQuery" not in told["Configuration"]
    assert told["Configuration"]["ResultConfiguration"] == LIMITED["ResultConfiguration"]
    with pytest.raises(ClientError, match="is disabled"):
        athena.start_query_execution(QueryString="SELECT 1", WorkGroup="hunt")
    athena.delete_work_group(WorkGroup="hunt")
    assert tell(athena.get_work_group, WorkGroup="hunt") == "InvalidRequestException"


def test_workgroups_are_listed_by_pages(athena: Any) -> None:
    """Every one is on exactly one page."""
    for number in range(3):
        athena.create_work_group(Name=f"page-{number}")
    names: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = athena.list_work_groups(MaxResults=2, **token)
        names += [group["Name"] for group in page["WorkGroups"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert sorted(set(names)) == sorted(names) and {"primary", "page-0", "page-1", "page-2"} <= set(names)


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"BytesScannedCutoffPerQuery": 9_999_999}, "InvalidRequestException"),
        ({"ResultConfiguration": {"OutputLocation": "answers"}}, "InvalidRequestException"),
        ({"ExecutionRole": "arn:aws:iam::111122223333:role/spark"}, "NotSimulated"),
        ({"ResultConfiguration": {"EncryptionConfiguration": {"EncryptionOption": "SSE_S3"}}}, "NotSimulated"),
    ],
)
def test_settings_are_checked(athena: Any, tell: Tell, settings: dict[str, Any], code: str) -> None:
    """What Athena refuses is refused as it does, also when the client does not look; what is not kept says so."""
    serializer = athena._serializer
    athena._serializer = serializer._serializer  # without the check of the parameters
    try:
        assert tell(athena.create_work_group, Name="wrong", Configuration=settings) == code
    finally:
        athena._serializer = serializer


def test_a_workgroup_with_queries_is_deleted_only_when_asked_so(lab: Lab, athena: Any, tell: Tell) -> None:
    """Without RecursiveDeleteOption a workgroup that has queries stays; with it they go too."""
    lab.client("s3").create_bucket(Bucket="answers")
    athena.create_work_group(Name="full", Configuration=LIMITED)
    query = athena.start_query_execution(QueryString="SELECT 1", WorkGroup="full")["QueryExecutionId"]
    assert tell(athena.delete_work_group, WorkGroup="full") == "InvalidRequestException"
    athena.delete_work_group(WorkGroup="full", RecursiveDeleteOption=True)
    assert tell(athena.get_query_execution, QueryExecutionId=query) == "InvalidRequestException"


def test_regions_and_callers_are_apart(lab: Lab, athena: Any, tell: Tell) -> None:
    """A workgroup is known in its Region only; who is allowed nothing learns nothing, and it is recorded."""
    athena.create_work_group(Name="here")
    assert tell(lab.client("athena", region="eu-west-1").get_work_group, WorkGroup="here") == "InvalidRequestException"
    nobody = lab.client("athena", lab.user("nobody"))
    assert tell(nobody.get_work_group, WorkGroup="here") == "AccessDeniedException"
    lab.world.advance(400)
    found = lab.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "Username", "AttributeValue": "nobody"}]
    )["Events"]
    assert '"AccessDenied"' in next(e["CloudTrailEvent"] for e in found if e["EventName"] == "GetWorkGroup")

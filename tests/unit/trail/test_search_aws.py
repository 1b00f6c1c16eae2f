"""The search over AWS: Event history in several Regions and a trail's bucket, over real HTTP."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

from irtui.errors import AwsFault
from irtui.model.call import Call
from irtui.model.outcome import Reply
from irtui.trail.search.history import History
from irtui.trail.search.query import Query
from irtui.trail.search.searching import search
from tests.support.memory_door import MemoryDoor
from tests.support.search_logs import KEY, event, numbers
from tests.support.trails import Trailed


def _search(trailed: Trailed, *arguments: str) -> tuple[int, dict[str, Any]]:
    made = trailed.key["AccessKey"]
    environ = {
        **os.environ, "AWS_ACCESS_KEY_ID": made["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
    }  # fmt: skip
    ran = subprocess.run(
        [
            sys.executable, "-m", "irtui", "trail", "search", "--endpoint-url", trailed.lab.world.url, *arguments,
            "-o", "json",
        ],
        env=environ, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return ran.returncode, json.loads(ran.stdout)


def _busy(trailed: Trailed, name: str) -> None:
    trailed.start()
    trailed.lab.client("iam", trailed.key).create_user(UserName=name)
    trailed.lab.world.advance(1200)


def test_history_and_bucket_together_count_an_event_once(trailed: Trailed) -> None:
    """The same call in Event history and in the trail's bucket is one event; each source says what it cannot show."""
    _busy(trailed, "both")
    code, said = _search(
        trailed, "--resource", "both", "--event-name", "iam.CreateUser", "--trail-arn", trailed.arn, "--history",
        "--region", "us-east-1",
    )  # fmt: skip
    data = said["data"]
    assert (code, data["count"], data["findings"]) == (0, 1, []), said
    assert [(one["events"], one["read_to_the_end"]) for one in data["sources"]] == [(1, True), (1, True)]
    assert all(one["cannot_contain"] for one in data["sources"])


def test_history_is_filtered_by_source_address_here(trailed: Trailed) -> None:
    """LookupEvents cannot filter by address; the search can, and an address nobody used finds nothing."""
    _busy(trailed, "addressed")
    since = (trailed.lab.world.now() - timedelta(minutes=25)).isoformat()
    where = ("--history", "--region", "us-east-1", "--since", since)
    _, said = _search(trailed, *where, "--resource", "addressed")
    (made,) = said["data"]["events"]
    network = made["event"]["sourceIPAddress"].rpartition(".")[0] + ".0/24"
    _, said = _search(trailed, *where, "--source-ip", network)
    assert made["id"] in [one["id"] for one in said["data"]["events"]]
    code, said = _search(trailed, *where, "--source-ip", "203.0.113.251")
    assert (code, said["data"]["count"]) == (0, 0)


def test_a_stopped_search_of_a_bucket_goes_on_after_a_key(trailed: Trailed) -> None:
    """--after leaves out the logs up to that key; digests are never read as logs."""
    trailed.start()
    trailed.busy(900, times=3)
    logs = trailed.keys()
    where = ("--s3", f"s3://{trailed.bucket}/AWSLogs/", "--event-name", "ListUsers")
    _, whole = _search(trailed, *where)
    _, rest = _search(trailed, *where, "--after", logs[0])
    (all_of_it,), (part,) = whole["data"]["sources"], rest["data"]["sources"]
    assert (all_of_it["read"], part["read"]) == (len(logs), len(logs) - 1)
    assert rest["data"]["count"] < whole["data"]["count"] and whole["data"]["findings"] == []


def test_a_bucket_that_is_not_there_says_so(trailed: Trailed) -> None:
    """Nothing was searched: an error, not an empty result."""
    code, said = _search(trailed, "--s3", "s3://no-such-bucket-anywhere", "--access-key", KEY)
    assert code == 1 and said["data"] is None and said["error"]


class _Regions(MemoryDoor):
    """Two Regions that answer, and one that does not."""

    def read(self, call: Call, *, pages: int = 1) -> Reply:
        if call.region == "eu-west-3":
            raise AwsFault("denied", "AccessDenied", "not here", call=call.name)
        texts = (json.dumps(event(1)), f"{{broken {KEY}")
        return Reply({"Events": [{"CloudTrailEvent": text} for text in texts]}, "r")


def test_a_region_that_refuses_is_a_finding_and_the_others_answer() -> None:
    """Regions are asked side by side; one that refuses is named, not left out silently."""
    regions = ("us-east-1", "eu-west-3", "eu-west-1")
    found = search(Query(access_keys=(KEY,)), [History(_Regions(), regions)])
    assert numbers(found) == [1]
    assert sorted((one.kind, one.where) for one in found.findings) == [
        ("record", "Event history in eu-west-1"),
        ("record", "Event history in us-east-1"),
        ("refused", "Event history in eu-west-3"),
    ]

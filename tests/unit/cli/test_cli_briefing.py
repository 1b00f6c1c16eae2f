"""The plain face's briefing: what an account has is offered, and a wrong value is asked for again, at once."""

import io
import os
from collections.abc import Iterator

import pytest

from irtui.aws.simulated import SignedIn, open_simulated
from irtui.cli.briefing import ask
from irtui.cli.lines import Lines
from irtui.cli.page import Page
from irtui.clock import ManualClock
from irtui.desk.nouns import Answers, Briefing, KeyOption, Request
from irtui.desk.opening import Entrance, asks, briefing_fields
from irtui.errors import Declined, UsageError
from irtui.gameday.scenario import parse_scenario
from irtui.gameday.world import World
from irtui.runbook.library import Library
from irtui.runbook.parse import parse_runbook
from irtui.tui.present.briefing import missing, refusal
from tests.support.lab import LAB, Lab

RUNBOOK = """
runbook: test
title: Test
version: "1"
severity: high
use_when: For tests.
inputs:
  bucket: {type: bucket, title: "Which bucket?"}
steps:
  - {id: a, phase: analyze, title: t, call: s3.GetBucketPolicy, with: {Bucket: "${{ inputs.bucket }}"}}
"""


@pytest.fixture(scope="module")
def entrance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entrance]:
    world = World.start(parse_scenario(LAB, "lab.yaml"), seed=7, folder=tmp_path_factory.mktemp("lab"), idle_seconds=99)
    lab, clock = Lab(world), ManualClock(world.now())
    for name in ("first-data", "second-data"):
        lab.client("s3").create_bucket(Bucket=name)
    door = open_simulated(
        endpoint_url=world.url, region="us-east-1", clock=clock, sign_in=lambda: SignedIn(*lab.operator)
    )
    yield Entrance(door, clock, door.identity())
    world.stop()


def briefed(entrance: Entrance, **given: str) -> Briefing:
    runbook, request = parse_runbook(RUNBOOK, "test.yaml"), Request("real", "test", inputs=given)
    fields = briefing_fields(runbook, request, entrance)
    keys = (KeyOption("keyring", True, ""),)
    return Briefing(request, runbook, entrance.identity, fields, keys, (), "", (), False)


def answered(briefing: Briefing, *typed: str) -> tuple[Answers, str]:
    reader, writer = os.pipe()
    os.write(writer, "".join(f"{line}\n" for line in typed).encode())
    os.close(writer)
    page = io.StringIO()
    try:
        return ask(briefing, Page(page), Lines(reader)), page.getvalue()
    finally:
        os.close(reader)


def test_the_buckets_of_the_account_are_offered(entrance: Entrance) -> None:
    """As keys, users and roles are: by number, with when each was made."""
    answers, page = answered(briefed(entrance), "2", "")
    assert answers.inputs == {"bucket": "second-data"}
    assert "1  first-data  created 20" in page


def test_a_wrong_value_is_said_and_asked_for_again_before_anything_else(entrance: Entrance) -> None:
    """A number that is not there, an address instead of a name, then the right one; the digits come after it."""
    answers, page = answered(briefed(entrance), "7", "s3://first-data", "first-data", "2333")
    assert (answers.inputs, answers.account_typed) == ({"bucket": "first-data"}, "2333")
    assert page.index("there is no number 7") < page.index("is not one: a bucket name has") < page.index("last four")
    with pytest.raises(Declined):
        answered(briefed(entrance), "Not A Bucket")


def test_a_wrong_value_that_was_given_beforehand_is_refused_before_anything_is_asked(entrance: Entrance) -> None:
    """`-i bucket=s3://…` ends the plain face with all flaws; the TUI asks for it, and its button waits."""
    briefing = briefed(entrance, bucket="s3://first-data", colour="red")
    with pytest.raises(UsageError, match=r"no input colour; bucket: 's3://first-data' is not one"):
        answered(briefing)
    assert missing(briefing, briefing.fields[0])
    wrong = Answers({"bucket": "s3://first-data"}, key="keyring")
    assert "is not one: a bucket name has" in refusal(briefing, wrong)
    assert refusal(briefing, Answers({"bucket": "first-data"}, key="keyring")) == ""


def test_what_a_child_asks_is_told_as_well() -> None:
    """The sweep that key-revocation runs asks for targets of its own; each is told once, and no circle is followed."""
    library = Library(())
    runbook = library.find("key-revocation")
    told = asks(runbook, library.children(runbook))
    own = asks(runbook, {})
    assert set(own) < set(told) and len(told) == len(set(told))

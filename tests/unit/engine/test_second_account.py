"""A step in an AssumeRoot session acts in a second account: named by the runbook, allowed by typing, known to be it."""

from dataclasses import replace
from pathlib import Path

import pytest

from irtui.engine.operator import Confirmation, Confirmed, RunStep, UndoStep
from irtui.model.identity import Identity
from tests.support.bench_of_one import Bench, Human

OWN, MEMBER, KEY = "111122223333", "444455556666", "AKIA1111111111111111"
RUNBOOK = """
runbook: test
title: A test
version: "1"
severity: high
use_when: Never.
inputs:
  member: {type: account_id, title: Member, optional: true}
sessions:
  delete: {assume_root: "${{ inputs.member }}", task: IAMDeleteRootUserCredentials}
steps:
  - id: read
    phase: analyze
    title: Read
    call: iam.ListAccessKeys
    session: delete
    evidence: true
  - id: off
    phase: contain
    title: Off
    call: iam.UpdateAccessKey
    with: {AccessKeyId: AKIA1111111111111111, Status: Inactive}
    session: delete
    needs: [read]
    verify:
      call: iam.ListAccessKeys
      until: AccessKeyMetadata[0].Status == 'Inactive'
      within: 10s
    undo:
      call: iam.UpdateAccessKey
      with: {AccessKeyId: AKIA1111111111111111, Status: Active}
  - id: again
    phase: contain
    title: Delete
    call: iam.DeleteAccessKey
    with: {AccessKeyId: AKIA1111111111111111}
    session: delete
    needs: [read]
    confirm: AKIA1111111111111111
    irreversible: It is gone.
    verify: {call: iam.ListAccessKeys, until: length(AccessKeyMetadata) == `0`, within: 10s}
"""


def bench(folder: Path, member: str = MEMBER, unlocked: bool = True, account: str = MEMBER, arn: str = "") -> Bench:
    """In the session the door is the root user of MEMBER, or who `account` and `arn` say."""
    made = Bench(folder, RUNBOOK, inputs={"member": member} if member else {}, unlocked=unlocked)
    caller: Identity = made.door.who
    who = replace(caller, account=account, arn=arn or f"arn:aws:iam::{MEMBER}:root")
    made.door.identity = lambda session="caller": made.door.who if session == "caller" else who
    return made


def typed(human: Human) -> list[str]:
    return [request.typed for request in human.confirmations]


def unlocked(made: Bench) -> list[str]:
    return [record.body["account"] for record in made.journal.records if record.type == "unlock"]


def test_the_second_account_is_typed_once_and_stands_in_the_journal(tmp_path: Path) -> None:
    """Its last four digits are asked for before its first change, once; then each step is confirmed as ever."""
    made = bench(tmp_path)
    human = made.walk(RunStep("off"), RunStep("again"))

    assert made.door.keys == {}
    assert typed(human) == ["6666", "", "1111"]
    assert human.confirmations[0].title == "A second account: Off"
    assert MEMBER in human.confirmations[0].verdicts[0].reason and OWN in human.confirmations[0].verdicts[0].reason
    assert unlocked(made) == [OWN, MEMBER]
    assert made.state.also == (MEMBER,)


def test_what_is_not_typed_is_not_allowed(tmp_path: Path) -> None:
    """Declined, the guard refuses, nothing is sent, and it is asked again the next time."""
    made = bench(tmp_path)
    human = Human([], made.clock)
    human.agrees = lambda request: None if request.typed == "6666" else Confirmed(request.typed, "because")
    made.walk(RunStep("off"), RunStep("off"), human=human)

    assert made.door.sent == []
    assert typed(human) == ["6666", "6666"]
    assert unlocked(made) == [OWN]
    assert any("were not allowed" in message.text for message in human.told)


def test_a_wrong_number_allows_nothing(tmp_path: Path) -> None:
    """The end of the incident's own account is not the end of the other."""
    made = bench(tmp_path)
    human = Human([], made.clock)
    human.agrees = lambda request: Confirmed("3333", "because")
    made.walk(RunStep("off"), human=human)

    assert made.door.sent == []
    assert unlocked(made) == [OWN]


def test_it_holds_for_the_undo_and_after_a_resume(tmp_path: Path) -> None:
    """Another sitting knows from the journal that it was allowed, and asks no more."""
    made = bench(tmp_path)
    made.walk(RunStep("off"))
    made.again()
    human = made.walk(UndoStep("off"))

    assert made.door.keys == {KEY: "Active"}
    assert typed(human) == ["1111"]
    assert made.door.sent[-1].session == "delete"


def test_accounts_whose_numbers_end_alike_are_typed_whole(tmp_path: Path) -> None:
    """Four digits that are those of both say nothing."""
    alike = "999900003333"
    made = bench(tmp_path, alike, account=alike, arn=f"arn:aws:iam::{alike}:root")
    human = made.walk(RunStep("off"))

    assert typed(human) == [alike, ""]


@pytest.mark.parametrize(
    ("member", "root"),
    [
        ("", {}),
        ("a name", {}),
        (OWN, {"account": OWN, "arn": f"arn:aws:iam::{OWN}:root"}),
        (MEMBER, {"account": "999999999999"}),
        (MEMBER, {"arn": f"arn:aws:sts::{MEMBER}:assumed-role/Admin/x"}),
    ],
    ids=["not-named", "no-number", "the-own-account", "another-account", "not-root"],
)
def test_whatever_is_not_known_to_be_that_account_is_refused(tmp_path: Path, member: str, root: dict[str, str]) -> None:
    """Not named, no number, the incident's own, another account than named, another principal: nothing is sent."""
    made = bench(tmp_path, member, account=root.get("account", MEMBER), arn=root.get("arn", ""))
    made.walk(RunStep("off"))

    assert made.door.sent == []


def test_a_locked_incident_does_not_even_ask(tmp_path: Path) -> None:
    """Where changes are not allowed at all, no second account is."""
    made = bench(tmp_path, unlocked=False)
    human = made.walk(RunStep("off"))

    assert human.confirmations == []
    assert unlocked(made) == []


def test_who_opened_the_session_must_be_in_the_incidents_account(tmp_path: Path) -> None:
    """The operator signed in to another account meanwhile: the session may be another organization's."""
    made = bench(tmp_path)
    asked: list[Confirmation] = []
    human = Human([], made.clock)

    def agrees(request: Confirmation) -> Confirmed:
        asked.append(request)
        made.door.who = replace(made.door.who, account="999999999999")
        return Confirmed(request.typed, "because")

    human.agrees = agrees
    made.walk(RunStep("off"), human=human)

    assert len(asked) == 1
    assert made.door.sent == []

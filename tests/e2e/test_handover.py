"""An incident changes hands: from one machine to another as a file, and from a process that hangs to a new one."""

import json
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from irtui.gameday.world import World
from tests.e2e.test_two_people import ACCOUNT, People
from tests.support.program import incident_folder, irtui, records
from tests.support.stage import over_small


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    scenario = over_small("propagation: {least: 0s, most: 0s}")
    started = World.start(scenario, seed=1, folder=tmp_path_factory.mktemp("world"))
    yield started
    started.stop()


def test_an_incident_moves_to_another_machine_and_both_signers_are_named(world: World, tmp_path: Path) -> None:
    """Signed off to mo's key alone: here nobody goes on, kim cannot, an altered file is refused; mo signs on with
    their own key and AWS identity, closes, and verify names both."""
    people = People(world, tmp_path)
    nadia, mo, kim = (people.joins(name) for name in ("nadia", "mo", "kim"))
    walk = people.opens("nadia", nadia)
    try:
        walk.answer("Number or name", "wait")
        walk.answer("> ", "n told the owner")
        walk.answer("> ", "q")
        assert walk.ended() == 0
    finally:
        walk.end()
    name = incident_folder(nadia).name
    file = tmp_path / "to-mo.zip"

    def at(who: str, home: Path, *arguments: str, typed: tuple[str, ...] = ()) -> tuple[int, str]:
        done = irtui(home, *arguments, program=people.program(), extra=people.environ(who), lines=typed)
        return done.returncode, done.stdout + done.stderr

    own = people.approves("mo", mo, next(incident_folder(nadia).glob("approvals/*.request.json")))
    to_key = json.loads(own.stdout)["data"]["key"]
    for path in (tmp_path / "nowhere" / "to-mo.zip", file):  # the first cannot be written; the sign-off stands
        code, said = at(
            "nadia", nadia, "incidents", "handover", name, "--to", "mo", "--to-key", to_key, "--bundle", str(path),
            "--key", "passphrase-file", typed=("nadia types a sentence",),
        )  # fmt: skip
        assert (code == 0) is (path == file), said
    assert [record["type"] for record in records(nadia)].count("handover") == 1
    assert "2 deny: todo" in said
    assert "0 of 1 approved" in said
    code, said = at("nadia", nadia, "resume", name, "--key", "ephemeral", "--plain")
    assert code == 2 and "was handed over to mo" in said
    assert "handed over" in irtui(nadia, "incidents", "list").stdout
    code, said = at("kim", kim, "incidents", "receive", str(file), "--key", "passphrase-file", typed=("kim's own",))
    assert code == 5 and "which is not yours" in said
    assert [*(kim / "data" / "incidents").iterdir()] == []
    code, said = at("mo", mo, "incidents", "receive", str(altered(file)), "--key", "ephemeral")
    assert code != 0 and "does not hold: altered" in said

    received = ("incidents", "receive", str(file), "--key", "passphrase-file")
    code, said = at("mo", mo, *received, typed=("mo types a sentence",))
    assert code == 0, said
    assert "2 deny: todo" in said
    code, said = at("mo", mo, *received, typed=("mo types a sentence",))
    assert code != 0 and "went another way" in said
    code, said = at(
        "mo", mo, "incidents", "close", name, "--reason", "a test ends", "--key", "passphrase-file",
        typed=(name, "mo types a sentence"),
    )  # fmt: skip
    assert code == 0, said
    verified = irtui(mo, "audit", "verify", name)
    assert verified.returncode == 0, verified.stdout
    assert "signs off and hands over to mo" in verified.stdout
    assert "until here nadia signed with key" in verified.stdout
    assert "from here mo (arn:aws:iam::111122223333:user/mo) signs with key" in verified.stdout
    assert {record["op"] for record in records(mo)} == {"nadia", "mo"}
    notes = [record["body"]["text"] for record in records(mo) if record["type"] == "note"]
    assert notes == ["told the owner"], "what was typed came along"
    code, said = at("nadia", nadia, "audit", "redact", name, "--record", "3", "--because", "a name")
    assert code == 2 and "goes on elsewhere" in said and str(incident_folder(nadia)) in said


def altered(file: Path) -> Path:
    """The same, but one digit of the journal's first line."""
    copy = file.with_name("altered.zip")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(copy, "w") as target:
        for member in source.namelist():
            data = source.read(member)
            if member.endswith("journal.jsonl"):
                data = data.replace(b'"operator":"nadia"', b'"operator":"nobody"', 1)
            target.writestr(member, data)
    return copy


def test_a_process_that_hangs_is_fenced_by_the_one_that_takes_over(world: World, tmp_path: Path) -> None:
    """The first process is stopped, not ended: the second goes on, and the first, woken, can write nothing more. Then
    it is handed over on this machine, to somebody with an AWS identity of their own."""
    people = People(world, tmp_path)
    ana = people.joins("ana")
    first = people.sits_down(
        "ana", ana, "run", str(tmp_path / "together.yaml"), "-i", "user=ci", "--key", "ephemeral", "--plain"
    )  # fmt: skip
    try:
        first.answer("Type trust", "trust")
        first.answer("last four digits", ACCOUNT[-4:])
        first.answer("Number or name", "wait")
        first.until("> ")
        name = incident_folder(ana).name
        first.signal(signal.SIGSTOP)
        second = people.sits_down("ana", ana, "incidents", "takeover", name, "--reason", "it hangs", "--plain")
        try:
            second.answer("Type INC", name)
            second.answer("Number or name", "")
            second.answer("> ", "n his note")
            second.answer("> ", "q")
            assert second.ended() == 0
        finally:
            second.end()
        first.signal(signal.SIGCONT)
        first.say("n her note")
        assert first.ended() != 0
        assert "taken over" in first.err
    finally:
        first.end()
    notes = [record["body"]["text"] for record in records(ana) if record["type"] == "note"]
    assert notes == ["his note"]
    assert [record["type"] for record in records(ana)].count("takeover") == 1
    verified = irtui(ana, "audit", "verify", name, "--allow-open")
    assert "taken over from process" in verified.stdout
    gone = irtui(
        ana, "incidents", "handover", name, "--to", "pia", "--reason", "mind the \u202ebots", program=people.program(),
        extra=people.environ("ana"),
    )  # fmt: skip
    assert gone.returncode == 0, gone.stderr
    people.joins("pia")
    third = people.sits_down("pia", ana, "resume", "--plain")
    try:
        third.until("they said mind the \\u{202e}bots")
        third.answer("Number or name", "")
        third.answer("> ", "q")
        assert third.ended() == 0
    finally:
        third.end()
    verified = irtui(ana, "audit", "verify", name, "--allow-open")
    assert "until here ana signed with key" in verified.stdout
    assert "from here pia (arn:aws:iam::111122223333:user/pia) signs with key" in verified.stdout

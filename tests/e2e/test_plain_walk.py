"""A person's walk through the leaked key in the plain face, line by line, over a pipe and over a real terminal."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import ACCOUNT, Walk, changes, incident_folder, irtui, number, records, walking, world_of

DENY, REVOKE = number("deny"), number("revoke_roles")
FEWEST = 5
"""At most so many inputs from launch to the first deny."""


def bodies(home: Path, type_: str) -> list[dict[str, Any]]:
    return [record["body"] for record in records(home) if record["type"] == type_]


def data_of(home: Path, *arguments: str) -> Any:
    done = irtui(home, *arguments, "-o", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)["data"]


def to_the_deny(walk: Walk) -> None:
    """Launch, key by number, digits, the typed name."""
    walk.answer("Number or value: ", "1")
    walk.answer("to allow changes (empty: read only): ", ACCOUNT[-4:])
    walk.answer("Type ci-deploy to run 1 change", "ci-deploy")
    walk.until(f"settling{DENY:>7}")


@pytest.mark.parametrize("terminal", [pytest.param(False, marks=pytest.mark.deep), True])
def test_a_whole_walk_with_leaving_undo_skip_and_notes(home: Path, terminal: bool) -> None:
    """Deny, leave in the middle, resume, take the deny back, run it again, skip with a reason, note, close; and the
    trail tells all of it and verifies.
    """
    with walking(home, "rehearse", "leaked-key", "--plain", terminal=terminal) as walk:
        to_the_deny(walk)
        walk.answer("Type yes (empty: no): ", "")  # deactivating the key: not now
        walk.answer("> ", "q")
        assert walk.ended() == 0, walk.out[-2000:] + walk.err
        assert "irtui resume INC-" in walk.out

    world = world_of(home)
    with walking(home, "resume", "--plain", terminal=terminal) as walk:
        walk.until(f"settling{DENY:>7}")  # what was done in the earlier sitting is listed
        walk.answer("Type yes (empty: no): ", "")
        walk.answer("> ", f"u {DENY}")
        walk.answer("Type ci-deploy to undo 1 change", "ci-deploy")
        walk.answer("> ", f"r {DENY}")
        walk.answer("Type ci-deploy to run 1 change", "ci-deploy")
        walk.answer("> ", "n spoke to the platform team")
        walk.answer("> ", f"s {REVOKE}")
        walk.answer(f"Why skip {REVOKE}", "the roles are rotated by hand")
        walk.answer("> ", f"s {REVOKE + 1}")
        walk.answer(f"Why skip {REVOKE + 1}", "the roles are open still")
        walk.answer("> ", "j")
        walk.until("skip")
        assert walk.play(last="q") == 0, walk.out[-3000:] + walk.err
    assert [operation for operation, _ in changes(world)] == [
        "PutUserPolicy", "DeleteUserPolicy", "PutUserPolicy", "UpdateAccessKey",
    ]  # fmt: skip

    with walking(home, "resume", "--plain", terminal=terminal) as walk:
        walk.answer("> ", "c")
        walk.answer("Type close to end", "close")
        walk.answer("Reason: ", "the test is over")
        assert walk.ended() == 1, walk.out[-2000:]  # the skipped roles leave the adversary a way in
        assert "NOT MET" in walk.out
    assert bodies(home, "skip") == [
        {"step": "revoke_roles", "reason": "the roles are rotated by hand"},
        {"step": "contained", "reason": "the roles are open still"},
    ]
    assert [body["text"] for body in bodies(home, "note")] == ["spoke to the platform team"]
    assert len(bodies(home, "undo")) == 1
    typed = ("spoke to the platform team", "rotated by hand", "are open still", "the test is over")
    places = [
        path for path in home.rglob("*") if path.is_file() and any(w.encode() in path.read_bytes() for w in typed)
    ]
    assert {path.parent.name for path in places} == {"texts"} and len(places) == 4, places

    name = incident_folder(home).name
    verified = data_of(home, "audit", "verify", name)
    assert (verified["verdict"], verified["mode"], verified["closed"]) == ("complete", "rehearsal", True)
    assert verified["records"] == len(records(home))


def test_what_the_trail_says_afterwards(home: Path) -> None:
    """`audit show`, both exports and `incidents list|show` tell the same incident."""
    played = irtui(home, "rehearse", "leaked-key", "--auto", "-o", "json")
    assert played.returncode == 0, played.stdout + played.stderr
    name = incident_folder(home).name
    count = len(records(home))

    shown = data_of(home, "audit", "show", name)
    assert [record["seq"] for record in shown["records"]] == list(range(1, count + 1))
    assert shown["stopped"] == ""
    (listed,) = data_of(home, "incidents", "list")
    assert (listed["id"], listed["status"], listed["mode"], listed["records"]) == (name, "closed", "rehearsal", count)
    state = data_of(home, "incidents", "show", name.lower())
    assert state["closed"] is True and state["account"] == ACCOUNT
    assert {step["status"] for step in state["steps"]} <= {"done", "not needed", "settling"}

    jsonl = irtui(home, "audit", "export", name, "--format", "jsonl")
    assert jsonl.stdout.encode() == (incident_folder(home) / "journal.jsonl").read_bytes()
    target = home / "report.md"
    wrote = irtui(home, "audit", "export", name, "--format", "markdown", "--output-file", str(target))
    assert wrote.returncode == 0, wrote.stderr
    report = target.read_text("utf-8")
    for words in ("PutUserPolicy", "ci-deploy", "AWSRevokeOlderSessions", ACCOUNT, name, "complete"):
        assert words in report
    again = irtui(home, "audit", "export", name, "--output-file", str(target))
    assert again.returncode == 2 and "exists already" in again.stderr
    assert target.read_text("utf-8") == report


SNAPSHOT = ("ListMFADevices", "ListSSHPublicKeys", "ListServiceSpecificCredentials", "ListSigningCertificates")
READ_FIRST = ("ListUserPolicies", "ListAttachedUserPolicies", "ListGroupsForUser", "GetUser")


@pytest.mark.parametrize("denied", [(), SNAPSHOT, READ_FIRST], ids=["nothing", "snapshot", "most of what is read"])
def test_from_launch_to_the_first_deny_in_five_inputs(home: Path, denied: tuple[str, ...]) -> None:
    """Also when the snapshot is partly refused, at most five lines are typed before the deny stands;
    what could not be read is kept as gaps, and a typed reason is asked for.
    """
    with walking(home, "rehearse", "leaked-key", "--plain") as walk:
        walk.until("Number or value: ")
        world = world_of(home)
        world.weather(*({"effect": "deny", "operation": operation} for operation in denied))
        walk.say(world.inputs["access_key_id"])
        walk.answer("to allow changes (empty: read only): ", ACCOUNT[-4:])
        walk.answer("Type ci-deploy to run 1 change", "ci-deploy")
        if denied:
            walk.answer("Reason (empty: no): ", "the key is public and in use")
        walk.until(f"settling{DENY:>7}")
        assert [operation for operation, _ in changes(world)] == ["PutUserPolicy"]
        assert len(walk.sent) <= FEWEST, walk.sent
    told = json.dumps([(body.get("gaps"), body.get("message")) for body in bodies(home, "observe")])
    assert all(operation in told for operation in denied), told
    reasons = [body["reason"] for body in bodies(home, "decide") if body["kind"] == "confirm"]
    assert reasons == ["the key is public and in use" if denied else ""]

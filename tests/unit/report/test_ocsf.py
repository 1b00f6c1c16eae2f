"""OCSF: every event is what the pinned schema asks for, and says nothing that the journal does not know."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from irtui.desk.exports import exported
from irtui.report.dossier import Dossier
from irtui.report.ocsf import SCHEMA, ocsf
from tests.unit.report.conftest import HOSTILE, SECRET

Incident = Callable[..., Path]
PINNED: Mapping[str, Any] = json.loads((Path(__file__).parent / "ocsf-1.5.0.json").read_text("utf-8"))
PYTHON = {"string_t": str, "integer_t": int, "long_t": int, "timestamp_t": int, "boolean_t": bool, "username_t": str,
          "resource_uid_t": str, "object": dict}  # fmt: skip


def flaws(value: Mapping[str, Any], shape: Mapping[str, Any], profiles: list[str], where: str) -> list[str]:
    """What the pinned schema has against a class or an object, down to its last member."""
    found = [f"{where}.{name} is unknown" for name in value if name not in shape["attributes"]]
    for rule, names in shape.get("constraints", {}).items():
        assert rule == "at_least_one"
        found += [] if any(name in value for name in names) else [f"{where}: none of {names}"]
    for name, attribute in shape["attributes"].items():
        wanted = attribute["requirement"] == "required" and attribute.get("profile") in (None, *profiles)
        if name not in value:
            found += [f"{where}.{name} is missing"] if wanted else []
            continue
        if attribute.get("profile") not in (None, *profiles):
            found.append(f"{where}.{name} needs the profile {attribute['profile']}")
        items = value[name] if attribute.get("is_array") else [value[name]]
        if not isinstance(items, list) or not items:
            found.append(f"{where}.{name} is no list, or an empty one")
            continue
        for item in items:
            found += _item(item, attribute, profiles, f"{where}.{name}")
    return found


def _item(item: Any, attribute: Mapping[str, Any], profiles: list[str], where: str) -> list[str]:
    kind = attribute["type"]
    if kind in PINNED["objects"]:
        return flaws(item, PINNED["objects"][kind], profiles, where)
    if type(item) is not PYTHON[kind]:
        return [f"{where} is no {kind}"]
    if attribute.get("enum") and str(item) not in attribute["enum"]:
        return [f"{where}: {item} is not one of its values"]
    return []


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("mode", ["real", "rehearsal"])
@pytest.mark.parametrize("text", ["ci-deploy", HOSTILE])
def test_every_event_is_valid(incident: Incident, text: str, mode: str) -> None:
    """All three classes, against every attribute of the pinned schema: required, known, typed, enumerated."""
    found = events(exported(incident(text, mode), "ocsf"))
    assert {event["class_uid"] for event in found} == {2005, 6003, 7001}
    for event in found:
        shape = PINNED["classes"][str(event["class_uid"])]
        assert flaws(event, shape, event["metadata"]["profiles"], shape["name"]) == []
        assert event["metadata"]["version"] == SCHEMA == PINNED["version"]
        assert event["class_name"] == shape["name"] and event["category_uid"] == shape["category_uid"]
        assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
        words = {"activity_id": "activity_name", "status_id": "status", "severity_id": "severity"}
        for number, word in words.items():
            caption = shape["attributes"][number]["enum"][str(event[number])]
            assert caption in (event[word], "Other")


def test_the_validator_finds_what_is_wrong(incident: Incident) -> None:
    """Each required attribute taken away, an odd type, an odd value and an unknown name are flaws."""
    for event in events(exported(incident(), "ocsf"))[:3]:
        shape, profiles = PINNED["classes"][str(event["class_uid"])], event["metadata"]["profiles"]
        required = [name for name, one in shape["attributes"].items()
                    if one["requirement"] == "required" and one.get("profile") in (None, *profiles)]  # fmt: skip
        assert len(required) > 5
        for name in required:
            less = {member: value for member, value in event.items() if member != name}
            assert f"{shape['name']}.{name} is missing" in flaws(less, shape, profiles, shape["name"])
        odd: list[dict[str, Any]] = [
            {"severity_id": 77},
            {"time": "now"},
            {"surprise": 1},
            {"cloud": {}},
            {"metadata": {}},
        ]
        for bent in odd:
            assert flaws({**event, **bent}, shape, profiles, shape["name"]), bent


def test_calls_changes_and_the_incident_are_told(incident: Incident) -> None:
    """Two changes with their answers, one without an answer, and the incident opened and closed, in order."""
    found = events(exported(incident(), "ocsf"))
    told = [
        (event["class_uid"], event["metadata"]["sequence"], event["activity_name"], event["status"]) for event in found
    ]
    assert told == [
        (2005, 1, "Create", "New"),
        (6003, 8, "Update", "Success"),
        (7001, 8, "Other", "Success"),
        (6003, 11, "Delete", "Success"),
        (7001, 11, "Restore", "Success"),
        (6003, 13, "Delete", "Unknown"),
        (7001, 13, "Other", "Unknown"),
        (2005, 19, "Close", "Closed"),
    ]
    deny = found[1]
    assert deny["api"] == {"operation": "PutUserPolicy", "service": {"name": "iam"}, "request": {"uid": "r-1"}}
    assert deny["actor"]["user"] == {"name": "alice", "uid": "arn:aws:iam::000000000012:user/alice"}
    assert (deny["time"], deny["status_detail"]) == (1795478370000, "taken back")
    assert found[-1]["unmapped"]["journal_verdict"] == "complete"
    assert found[-1]["unmapped"]["contained"] == "settling"


def test_a_rehearsal_is_no_alarm(incident: Incident) -> None:
    """Each event of a rehearsal says so in its message, its labels and its provider; a real one does not."""
    for event in events(exported(incident(mode="rehearsal"), "ocsf")):
        assert event["message"].startswith("REHEARSAL: ") and event["metadata"]["labels"] == ["mode:rehearsal"]
        assert event["cloud"]["provider"] == "simulated AWS"
    assert all(event["cloud"]["provider"] == "AWS" for event in events(exported(incident(), "ocsf")))


def test_a_planted_secret_never_appears(incident: Incident) -> None:
    """What was masked on the way in is in no event, and the lines are ASCII."""
    text = exported(incident(HOSTILE), "ocsf")
    assert SECRET not in text and text.isascii()


def test_nothing_to_tell_is_no_line(dossier_of_nothing: Dossier) -> None:
    """A journal of which no record can be read gives no event."""
    assert ocsf(dossier_of_nothing) == ""

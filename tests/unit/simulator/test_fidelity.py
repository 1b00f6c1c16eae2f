"""The labels of the simulator's operations agree with what it does, and cover what is shipped."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.model import Shape

from irtui.actions.registry import ACTIONS
from irtui.gameday.scenario import parse_scenario
from irtui.gameday.world import World
from irtui.simulator import fidelity
from irtui.simulator.gaps import GAPS
from irtui.simulator.resources import SERVICES
from tests.support.lab import LAB, Lab

RUNBOOKS = Path(__file__).parents[3] / "runbooks"
TABLE = fidelity.table()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A world to be spoiled: every operation is called in it."""
    world = World.start(parse_scenario(LAB, "lab.yaml"), seed=5, folder=tmp_path_factory.mktemp("fidelity"))
    yield Lab(world)
    world.stop()


def sample(shape: Shape, nested: bool = False) -> Any:
    """Something that botocore would send as this shape: required members only, inside of them at least one."""
    if shape.type_name == "structure":
        union, members = getattr(shape, "is_tagged_union", False), list(shape.members)  # type: ignore[attr-defined]
        required = members[:1] if union else shape.required_members
        names = required or (members[:1] if nested else [])
        return {name: sample(shape.members[name], True) for name in names}  # type: ignore[attr-defined]
    if shape.type_name == "list":
        return [sample(shape.member, True)]  # type: ignore[attr-defined]
    if shape.type_name == "map":
        return {"k": sample(shape.value, True)}  # type: ignore[attr-defined]
    least = int(shape.metadata.get("min", 1))
    plain: dict[str, Any] = {"integer": least, "long": least, "boolean": True, "blob": b"x", "timestamp": 1700000000}
    return plain.get(shape.type_name, (getattr(shape, "enum", None) or ["x" * max(1, least)])[0])


def refusal(lab: Lab, service: str, operation: str) -> str:
    """The message of a 501, or nothing."""
    client = lab.client(service)
    model = client.meta.service_model.operation_model(operation)
    shape = model.input_shape
    try:
        getattr(client, xform_name(operation))(**(sample(shape) if shape else {}))
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 501:
            return str(error.response["Error"]["Message"])
    return ""


def refused(said: str, name: str) -> bool:
    """Refused altogether, not for what was asked of it."""
    return said in (f"{name} is not simulated", "Not Implemented")  # the latter by an API with another signature


def reachable(lab: Lab, service: str, operation: str) -> bool:
    """Not those sent to hosts of their own, those sent unsigned, and old names of others."""
    model = lab.client(service).meta.service_model.operation_model(operation)
    return not (model.endpoint or model.auth_type == "none" or model.deprecated)


def test_labels_say_what_the_simulator_does(alone: Lab) -> None:
    """An operation is labelled as not simulated exactly when it is refused as such, whatever is asked of it."""
    wrong = [
        (service, operation, found.label)
        for service, operation, found in TABLE
        if reachable(alone, service, operation)
        and refused(refusal(alone, service, operation), f"{service}.{operation}") != (found.label == "not simulated")
    ]
    assert wrong == []


def test_every_operation_has_one_label_and_a_reason() -> None:
    """Exact needs no reason, everything else gives one sentence; all simulated services are in the table."""
    assert {service for service, _, _ in TABLE} == {*SERVICES, *(service for service, _ in GAPS)}
    assert len({(service, operation) for service, operation, _ in TABLE}) == len(TABLE)
    assert [row for row in TABLE if (row[2].label == "exact") != (row[2].why == "")] == []
    assert [why for _, _, (why) in ((s, o, f.why) for s, o, f in TABLE) if why and not why.endswith(".")] == []
    assert {found.label for _, _, found in TABLE} == {"exact", "approximate", "not simulated"}


def test_what_is_written_down_is_simulated() -> None:
    """No name in the lists of reasons and comparisons is a slip, or of an operation that has gone."""
    assert [row for row in fidelity.named() if not fidelity.simulated(*row)] == []
    assert len(set(fidelity.named())) == len(fidelity.named())


def test_what_nobody_knows_is_not_simulated() -> None:
    """Another service and an operation that does not exist are not simulated."""
    assert fidelity.of("ec2", "DescribeInstances") == fidelity.of("iam", "Nonsense") == fidelity.NOT_SIMULATED


def calls_of_runbooks() -> set[str]:
    """`iam.PutUserPolicy` of every `call:` in a shipped runbook, verifications and undos included."""
    lines = (line for path in RUNBOOKS.glob("*.yaml") for line in path.read_text().splitlines())
    return {line.split("call:", 1)[1].strip() for line in lines if line.strip().removeprefix("- ").startswith("call:")}


def test_what_is_shipped_is_labelled() -> None:
    """Everything that a shipped runbook calls, and an action changes or undoes, is exact or says why it is not."""
    used = calls_of_runbooks() | {change for action in ACTIONS.values() for change in action.changes}
    found = {name: fidelity.of(*name.split(".")) for name in used}
    assert len(used) > 8
    assert [name for name, label in found.items() if label.label == "not simulated"] == []
    assert [name for name, label in found.items() if label.why.startswith("It is kept and answered by moto")] == []

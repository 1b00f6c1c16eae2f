"""What rehearsals have shown of a runbook: its own steps and branches count, a child's count where it is tested."""

from irtui.gameday.coverage import branch_share, covered, share
from irtui.journal.record import Record
from irtui.model.incident import IncidentState, StepState, StepStatus
from irtui.model.runbook import AskBody, ManualBody, Phase, Step

ASK = AskBody("?", {"go": "Go.", "stay": "Stay."})


def record(named: str, /, **body: object) -> Record:
    return Record(body, "INC-1", 0, "nadia", "", "", 0, "", "", named, 1)


def step(key: str, body: AskBody | ManualBody, status: StepStatus = StepStatus.DONE) -> StepState:
    return StepState(key, "1", Step(key.rpartition("/")[2], Phase.REVIEW, "t", body), status)


def at_the_end(*steps: StepState) -> IncidentState:
    named = ("INC-1", "rehearsal", "r", "t", "1", "", "arn", "nadia", "us-east-1", "", "throw-away")
    return IncidentState(*named, steps)


def test_a_childs_branches_count_for_the_child() -> None:
    """What the child left unseen is shown, and lowers neither share of the runbook that began it."""
    child = step("sweep/which", ASK, StepStatus.TODO)
    state = at_the_end(step("way", ASK), child)
    records = [record("decide", kind="choice", step="way", choice=choice) for choice in ("go", "stay")]
    found = covered([(records, state)])
    assert [(each.key, each.of_child, each.branches) for each in found] == [
        ("way", False, (2, 2)), ("sweep/which", True, (0, 2)),
    ]  # fmt: skip
    assert (share(found), branch_share(found)) == (100, 100)
    assert branch_share(covered([(records[:1], state)])) == 50


def test_what_was_only_stated_counts_neither_way() -> None:
    """Manual work that no proof has shown is listed apart, and is not among the steps that could have run."""
    state = at_the_end(step("way", ASK), step("tell", ManualBody("m")))
    found = covered([([record("attest", step="tell", statement="told")], state)])
    assert [(each.key, each.ran, each.asserted_only) for each in found] == [("way", 1, False), ("tell", 0, True)]
    assert share(found) == 100

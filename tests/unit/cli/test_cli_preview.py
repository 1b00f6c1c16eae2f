"""What the plain face shows before a yes: the lines of a policy that change, and what an undo brings back, in words."""

from typing import Any

from irtui.cli.present import confirmation
from irtui.engine.operator import Confirmation
from irtui.model.call import Call
from irtui.model.effect import Effect
from irtui.model.outcome import Observed
from irtui.model.plan import Plan, PlannedCall
from irtui.tui.present.plan import diff_lines

READ = Call("s3", "GetBucketPolicy", {"Bucket": "data"})
PUT = Call("s3", "PutBucketPolicy", {"Bucket": "data", "Policy": {}})


def policy(*principals: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": who, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}
        for who in principals]}  # fmt: skip


def shown(before: Observed, after: Any, *, undoing: bool = False) -> list[str]:
    planned = PlannedCall(PUT, Effect.CHANGE, "data", before=before, after=after, observe=READ, undo=PUT)
    plan = Plan("a", (planned,), undoing=undoing)
    lines = [line.strip() for line in confirmation(Confirmation("a", "Close it", (plan,), (), "data", "Type data"))]
    marked = [line for line in lines if line[:2] in ("- ", "+ ")]
    tui = ["".join(span for span, _ in line) for line in diff_lines(planned)]
    assert not marked or marked == [line for line in tui if line[:2] in ("- ", "+ ")], "the TUI shows the same lines"
    return lines


def test_of_a_policy_the_lines_that_change_are_shown() -> None:
    """The statement that goes is seen, though it stands far behind the beginning, and what stays is only counted."""
    before = Observed("present", {"Policy": policy(*(f"arn:aws:iam::11112222{n:04}:root" for n in range(40)), "*")})
    after = {"Policy": policy(*(f"arn:aws:iam::11112222{n:04}:root" for n in range(40)))}
    lines = shown(before, after)
    cut = [line for line in lines if line.startswith("- ")]
    assert "-     Principal: *" in cut and len(cut) == 4 and not [line for line in lines if line.startswith("+ ")]
    assert any(line.startswith("… ") and line.endswith(" the same") for line in lines)


def test_one_word_stands_beside_the_other() -> None:
    """A state that changes is a line before and a line after."""
    lines = shown(Observed("present", {"Status": ["Active"]}), {"Status": ["Inactive"]})
    assert "before           Active" in lines and "after            Inactive" in lines


def test_an_undo_says_in_words_what_comes_back() -> None:
    """Nothing there, or the policy that was there: never the record of how it was looked for."""
    lines = shown(Observed("present", {"Policy": policy("*")}), Observed("absent").as_data(), undoing=True)
    assert "+ nothing there" in lines
    back = shown(Observed("absent"), Observed("present", {"Policy": policy("*")}).as_data(), undoing=True)
    assert "- nothing there" in back and "+     Principal: *" in back
    unknown = shown(Observed("present", {"Status": "on"}), Observed("unknown", why="denied").as_data(), undoing=True)
    assert "after            unknown: denied" in unknown
    assert not any("state" in line for line in (*lines, *back, *unknown))

"""What `present` makes of states, plans and records, without a screen."""

from dataclasses import replace
from datetime import timedelta

from irtui.desk.nouns import Used
from irtui.journal.record import Record
from irtui.model.call import Call
from irtui.model.effect import Effect
from irtui.model.outcome import Observed
from irtui.model.plan import PlannedCall
from irtui.model.runbook import Phase, Step, UseBody
from irtui.report.difference import outline
from irtui.tui.present.banner import banner
from irtui.tui.present.command import aws_command, kebab
from irtui.tui.present.evidence import branches, found_after
from irtui.tui.present.journal import matches, next_match
from irtui.tui.present.lines import Line
from irtui.tui.present.plan import diff_lines, plan_lines, written_lines
from irtui.tui.present.steps import current, step_rows
from irtui.tui.widgets.paint import painted
from tests.tui.fake_desk import ACCOUNT, NOW, FakeDesk, FakeVisit, plan
from tests.tui.payloads import PAYLOADS


def _text(lines: tuple[Line, ...]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


def test_banner_drops_in_order_and_never_what_matters() -> None:
    """Alias, region, caller, expiry go in this order; mode, account, incident, clock and a short expiry stay."""
    state = replace(FakeVisit(FakeDesk(mode="real"), False).state, records=412)
    order = ["acme-prod", "us-east-1", "role/IncidentResponder", "00:41 left"]
    gone_before = 0
    for width in range(200, 60, -1):
        text = _text((banner(state, "real", NOW, width),))
        gone = [word not in text for word in order]
        assert gone == sorted(gone, reverse=True), text
        assert sum(gone) >= gone_before
        gone_before = sum(gone)
        for word in ("REAL", "READ-ONLY", ACCOUNT, state.id, "02:31Z", "#412 signed"):
            assert word in text
    assert len(_text((banner(state, "real", NOW, 80),))) <= 80
    soon = replace(state, expires=NOW + timedelta(minutes=9))
    assert "00:09 left" in _text((banner(soon, "real", NOW, 80),))
    assert "SESSION EXPIRED" in _text((banner(soon, "real", NOW + timedelta(hours=1), 120),))


def test_steps_have_glyph_and_word() -> None:
    """Each step's row has a glyph and a word, also in ASCII, and the first open unblocked one is `now`."""
    state = FakeVisit(FakeDesk(), False).state
    assert current(state) == "owner"
    rows = _text(tuple(row.line for row in step_rows(state)))
    assert "▸ now" in rows and "· todo" in rows and "ANALYZE" in rows
    plain = _text(tuple(row.line for row in step_rows(state, ascii_only=True)))
    assert "[>] now" in plain and plain.isascii()


def test_an_action_says_what_it_gets_and_what_it_may_send_before_it_is_planned() -> None:
    """Its title, its inputs as far as they are known, the operations that change something; else as written."""
    body = UseBody("iam.deny_all", {"user": "${{ steps.owner.user }}"})
    step = Step("deny", Phase.CONTAIN, "Deny", body)
    used = Used("Deny everything to a user", {"user": "ci-deploy"}, True, ("iam.PutUserPolicy", "iam.DeleteUserPolicy"))
    text = _text(written_lines(step, used=used))
    for words in ("iam.deny_all   Deny everything", "user  ci-deploy", "may send  iam.PutUserPolicy · iam.Del", "now."):
        assert words in text
    text = _text(written_lines(step, used=replace(used, inputs=body.inputs, filled=False, may_send=())))
    assert "${{ steps.owner.user }}" in text and "As written in the runbook." in text and "may send" not in text


def test_plan_shows_calls_before_after_and_the_way_back() -> None:
    """The exact parameters, `-` and `+` lines, undo, check; an unknown before and a missing undo say so."""
    text = _text(plan_lines((plan("deny", str),)))
    for words in (
        "iam.PutUserPolicy",
        "ci-deploy",
        "- nothing there",
        "+ Statement:",
        "undo   iam.DeleteUserPolicy",
        "again after 15 s",
    ):
        assert words in text
    gone = _text(plan_lines((plan("delete", str),)))
    assert "no way back" in gone and "A deleted key never comes back." in gone and "+ nothing there" in gone
    call = PlannedCall(Call("iam", "TagUser"), Effect.CHANGE, "x", Observed("unknown", why="AccessDenied"))
    assert "- unknown: AccessDenied" in _text(diff_lines(call)) and "+ not foretold" in _text(diff_lines(call))
    assert "- not read" in _text(diff_lines(replace(call, before=None)))


def test_aws_command_is_quoted_and_inert() -> None:
    """A call becomes one shell-safe line; names follow the aws command line's rule."""
    assert kebab("GetAccessKeyLastUsed") == "get-access-key-last-used"
    assert kebab("ListSSHPublicKeys") == "list-ssh-public-keys"
    command = aws_command(Call("iam", "DeleteUser", {"UserName": "a'; rm -rf / #\x1b[2J"}))
    assert command.startswith("aws iam delete-user --user-name '") and "\x1b" not in command and "rm -rf" in command


def test_evidence_as_branches_and_search() -> None:
    """A reply becomes labelled branches; a search goes round and says when there is nothing."""
    assert branches({"a": {"b": 1}, "c": []}) == [("a  (1)", {"b": 1}), ("c  []", None)]
    assert found_after(["x", "y", "x"], "X", 0, 1) == 2 and found_after(["x", "y"], "x", 0, 1) == 0
    assert found_after(["x"], "q", 0, 1) is None and found_after([], "x", -1, 1) is None
    assert outline({"b": [{"x": 1, "y": "2"}], "a": {}}) == ["a: {}", "b:", "  - x: 1", "    y: 2"]


def test_painting_is_inert() -> None:
    """No payload survives painting, and none is read as markup."""
    for payload in PAYLOADS:
        content = painted(((payload, "bad"),))
        assert content.plain.replace("–", "-").isprintable() and len(content.spans) <= 1
        assert payload.isprintable() is (content.plain == payload)


def test_matches_go_round_the_journal_in_both_directions() -> None:
    """The next and the last match from any record, round the end; #1 is not #12; unknown words match nothing."""

    def record(number: int) -> Record:
        step = "deny" if number % 3 == 0 else "look"
        return Record({"step": step}, "INC-1", 0, "alice", "", "r", number, "", "t", "note", 1)

    journal = [record(number) for number in range(1, 13)]
    walk, here = [], "1"
    for back in (False, False, False, False, True, True):
        here = next_match(journal, "DENY", here, back)
        walk.append(here)
    assert walk == ["3", "6", "9", "12", "9", "6"]
    assert (next_match(journal, "deny", "12"), next_match(journal, "deny", "2", True)) == ("3", "12")
    assert [record.seq for record in journal if matches(record, "#1")] == [1]
    assert [next_match(journal, words, "5") for words in ("", "  ", "nobody", "deny look")] == [""] * 4

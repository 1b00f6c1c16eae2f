"""Hostile text on the real desk: in the runbook as far as its loader admits it, and in what AWS answers."""

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from irtui.errors import RunbookError
from irtui.gameday.scenario import load_scenario
from irtui.runbook.parse import parse_runbook
from tests.support.program import ACCOUNT, end_worlds, environ_of
from tests.tui.payloads import PAYLOADS
from tests.tui.terminal import Terminal

MARKUP = "".join(payload for payload in PAYLOADS if payload.isprintable())
STEERING = [payload for payload in PAYLOADS if not payload.isprintable()]
PATIENCE = 20.0
_POINTER = re.compile(r"\x1b\]22;(default|text|pointer)\x07")


def _runbook(foreign: str) -> str:
    """Foreign text in every place that an author writes for people."""
    words = json.dumps(foreign, ensure_ascii=False)
    return f"""
runbook: hostile
title: {words}
version: "1"
severity: high
use_when: {words}
inputs: {{key: {{type: access_key_id, title: {words}, help: {words}}}}}
steps:
  - {{id: owner, phase: analyze, title: {words}, text: {words}, call: iam.GetAccessKeyLastUsed,
     with: {{AccessKeyId: "${{{{ inputs.key }}}}"}}, keep: {{user: UserName}}}}
  - {{id: snapshot, phase: analyze, title: {words}, use: iam.snapshot_user, evidence: true,
     with: {{user: "${{{{ steps.owner.user }}}}"}}}}
  - {{id: way, phase: contain, title: {words}, ask: {words}, choices: {{now: {words}, later: {words}}}}}
  - {{id: hand, phase: recover, title: {words}, manual: {words}}}
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home whose worlds end with the test."""
    yield tmp_path
    end_worlds(tmp_path)


@pytest.mark.parametrize("payload", STEERING)
def test_steering_characters_are_refused_by_the_loader(payload: str) -> None:
    """A runbook with a character that steers a terminal, written or escaped, is no runbook."""
    for text in (_runbook("x" + payload), _runbook("MARK").replace('"MARK"', json.dumps("x" + payload))):
        with pytest.raises(RunbookError):
            parse_runbook(text, "hostile.yaml")


def test_markup_of_runbook_and_account_stays_text(home: Path) -> None:
    """A runbook and a policy full of markup, on the real desk: shown as it is, nothing fires, nothing steers."""
    runbook, scenario = home / "hostile.yaml", home / "scenario.yaml"
    runbook.write_text(_runbook(MARKUP), "utf-8")
    text = load_scenario("leaked-key").source
    text = text.replace(
        "title: An access key in a public repository", f"title: {json.dumps(MARKUP)}"
    ).replace(
        '{Effect: Allow, Action: "sts:GetFederationToken", Resource: "*"}',
        '{Effect: Allow, Action: "sts:GetFederationToken", Resource: "*", Condition: '
        '{StringNotEquals: {"aws:UserAgent": '
        + json.dumps(MARKUP) + "}}}",
    ).replace("access_key_id:", "key:")  # fmt: skip
    scenario.write_text(text, "utf-8")
    load_scenario(scenario)
    terminal = Terminal(
        "-m", "irtui", "rehearse", str(scenario), "--runbook", str(runbook), rows=40, environ=environ_of(home)
    )
    try:
        terminal.until("Start", PATIENCE)
        _click_on_all(terminal)
        for key in ("\t", "\r"):
            terminal.press(key)
            terminal.read(0.5)
        terminal.until("ready: read only", PATIENCE)
        terminal.press(ACCOUNT[-4:])
        terminal.until("ready: changes allowed", PATIENCE)
        terminal.press("\x12")
        terminal.until("Your turn: r answers 3", PATIENCE)
        _click_on_all(terminal)
        for number, asked in ((3, "esc leaves it open"), (4, "enter answers")):
            terminal.press("\x1b")
            terminal.read(0.3)
            terminal.press("g" + "j" * (number - 1))
            terminal.press("r")
            terminal.until(asked, PATIENCE)
            if asked != "esc leaves it open":  # a click on a choice chooses it
                _click_on_all(terminal)
            terminal.press("\x1b")
            terminal.until_gone(asked, PATIENCE)
        terminal.press("\x1b")
        terminal.read(0.3)
        terminal.press("gje")
        terminal.until("sha256", PATIENCE)
        terminal.press("/UserAgent\r")
        terminal.until("pay[/]", PATIENCE)
        _click_on_all(terminal)
        terminal.press("\x1b")
        terminal.read(0.3)
        terminal.press("\x1b")
        terminal.until("Your turn", PATIENCE)
        terminal.press("q")
        terminal.until("Leave this incident?", PATIENCE)
        terminal.press("q")
        assert terminal.ended(PATIENCE) == 0, "an action in the text ended the program"
    finally:
        terminal.close()
    output = _POINTER.sub("", terminal.output.decode("utf-8", "surrogateescape"))
    assert "pay[/]" in output and "\x07" not in output and "\x1b]" not in output
    steering = {c for c in output if c not in "\x1b\r\n\t\x0f" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")}
    assert steering == set()


def _click_on_all(terminal: Terminal) -> None:
    """Clicks each text on the screen that looks like an action."""
    terminal.read(0.3)
    for row, line in enumerate(terminal.lines):
        for mark in ("pay[/]", "see[/]", "more[/]", "ok[/]"):
            if (column := line.find(mark)) >= 0:
                terminal.click(column, row)
                terminal.read(0.05)

"""A team's own folders with a small runbook and a small scenario of the laboratory, for what an author tries."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from irtui.cli.main import run
from irtui.cli.opening import open_desk
from irtui.desk.nouns import Answers, Request
from irtui.desk.visit import Visit
from tests.support.lab import QUIET

RUNBOOK = """
runbook: shut-out
title: Shut eve out
version: "1"
severity: low
use_when: In a test.
inputs: {}
steps:
  - {id: look, phase: analyze, title: Look, call: iam.GetUser, with: {UserName: eve}, evidence: true}
  - id: extra
    phase: analyze
    title: Its rights
    call: iam.GetUserPolicy
    with: {UserName: eve, PolicyName: none}
    on_failure: continue
  - id: tag
    phase: contain
    title: Say so on the user
    call: iam.TagUser
    with: {UserName: eve, Tags: [{Key: incident, Value: "yes"}]}
    needs: [look]
    verify: {call: iam.ListUserTags, with: {UserName: eve}, until: "Tags[?Key == 'incident'].Value | [0] == 'yes'"}
    undo: {call: iam.UntagUser, with: {UserName: eve, TagKeys: [incident]}}
"""
SCENARIO = (
    QUIET.replace("scenario: lab", "scenario: own")
    .replace("runbook: none", "runbook: shut-out")
    .replace(
        "objectives: []",
        "objectives:\n  - {id: tagged, text: It is said., kind: called, params: {calls: [iam.TagUser]}}",
    )
)


class Folders:
    """Runbooks and scenarios of one's own, and irtui run over them in this process."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._root, self._capsys = root, capsys
        self.write("runbooks/shut-out.yaml", RUNBOOK)
        self.write("scenarios/own.yaml", SCENARIO)

    def write(self, name: str, text: str, changes: Mapping[str, str] | None = None) -> None:
        """A file below the root, with `changes` made in it, each of which must be possible."""
        for old, new in (changes or {}).items():
            assert old in text, old
            text = text.replace(old, new, 1)
        path = self._root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def begun(self) -> Visit:
        """The scenario `own`, opened by nobody in particular."""
        desk = open_desk((str(self._root / "runbooks"),), (str(self._root / "scenarios"),))
        briefing = desk.brief(Request("rehearsal", scenario="own", hurry=True), lambda prompt: None)
        return desk.begin(briefing, Answers({}, briefing.identity.account[-4:]))

    def irtui(self, *arguments: str) -> tuple[int, str]:
        """(exit code, what it wrote) of a verb that takes both folders."""
        folders = ("--runbooks", str(self._root / "runbooks"), "--scenarios", str(self._root / "scenarios"))
        return self.plainly(*arguments, *folders)

    def plainly(self, *arguments: str) -> tuple[int, str]:
        """The same of a verb that takes no folder."""
        code = run([*arguments])
        told = self._capsys.readouterr()
        return code, told.out + told.err

"""Two runs of one seed give the same journal but for times and keys: a game day can be played again."""

import json
import re
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import end_worlds, incident_folder, irtui, records

_OWN = ("incident", "run", "m", "t", "prev", "sig")
"""Of each record: whose it is, and what follows from the clock and the key it was signed with."""
_FORMS = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:00)?"), "TIME"),
    (re.compile(r"\b\d\d:\d\d:\d\d\b"), "TIME"),
    (re.compile(r"\b1[6-9]\d{8}(\.\d+)?\b"), "TIME"),
    (re.compile(r"\bholds for \d+ more minutes\b"), "HOLDS"),
    (re.compile(r"\b127\.0\.0\.1:\d+"), "HOST"),
    (re.compile(r"INC-[A-Z0-9]{6}"), "INCIDENT"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "HASH"),
)
_KEY = re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b")


class Journal:
    """A journal with its evidence, without what may differ. Keys are told apart by when they first appear."""

    def __init__(self, home: Path) -> None:
        self._keys: dict[str, str] = {}
        self._run = str(records(home)[0]["run"])
        self.lines = []
        for record in records(home):
            told: dict[str, Any] = {name: value for name, value in record.items() if name not in _OWN}
            if record["type"] == "open":
                told["body"] = {name: value for name, value in record["body"].items() if name not in ("key", "tool")}
            self.lines.append(self._plain(json.dumps(told, sort_keys=True)))
            for digest in re.findall(r"\b[0-9a-f]{64}\b", json.dumps(record["body"].get("sha256", ""))):
                (kept,) = incident_folder(home).glob(f"evidence/{digest}*")
                self.lines.append(self._plain(kept.read_text("utf-8")))

    def _plain(self, text: str) -> str:
        for form, name in _FORMS:
            text = form.sub(name, text)
        text = text.replace(self._run, "RUN")
        return _KEY.sub(lambda key: self._keys.setdefault(key[0], f"{key[1]}-{len(self._keys)}"), text)


def journals(tmp_path: Path, *seeds: int) -> list[Journal]:
    """One run of each seed, in processes and homes of their own, at the same time."""
    homes = [tmp_path / f"home-{number}" for number in range(len(seeds))]
    codes: dict[Path, str] = {}

    def play(home: Path, seed: int) -> None:
        done = irtui(home, "rehearse", "leaked-key", "--auto", "--seed", str(seed))
        codes[home] = "" if done.returncode == 0 else done.stdout[-1500:] + done.stderr

    threads = [threading.Thread(target=play, args=pair) for pair in zip(homes, seeds, strict=True)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        for home in homes:
            end_worlds(home)
    assert codes == dict.fromkeys(homes, "")
    return [Journal(home) for home in homes]


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> list[Journal]:
    """Seed 7 twice, and another."""
    return journals(tmp_path_factory.mktemp("seeds"), 7, 7, 8)


def test_one_seed_gives_one_journal(three: list[Journal]) -> None:
    """Records, steps, calls, parameters, verdicts and the content of the evidence are the same, line by line."""
    first, again, _ = three
    for one, other in zip(first.lines, again.lines, strict=False):
        assert one == other
    assert len(first.lines) == len(again.lines) > 40


def test_another_seed_gives_another_world(three: list[Journal]) -> None:
    """What the world hands out (ids of principals, of events) is another's; what is done about it is not."""
    first, _, other = three
    assert first.lines != other.lines
    unique = re.compile(r"\bA(?:IDA|ROA)[A-Z0-9]{17}\b")
    one, two = (set(unique.findall("".join(journal.lines))) for journal in (first, other))
    assert one and two and one.isdisjoint(two)

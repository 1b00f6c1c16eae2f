"""The verifier against malicious provers: what it finds, what it cannot find, and that it says so.

In a deep run 60 random instances of each class, and 500 clean journals; `make test` samples them.
"""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from random import Random
from typing import Any

import pytest

from irtui.clock import ManualClock
from irtui.journal.anchor import Anchor, anchor, parse_anchor
from irtui.journal.head import Head
from irtui.journal.record import parse
from irtui.journal.seal import Ed25519Signer, endorse
from irtui.journal.store import Journal
from irtui.journal.unproven import UNANCHORED
from irtui.journal.verify import verify
from tests.support.faulty_disk import Unsynced
from tests.support.key_holders import WITH_THE_KEY
from tests.support.provers import NEED_A_PIN, OPERATOR, WITHOUT_A_KEY, Case, Lines

DEEP = bool(os.environ.get("IRTUI_DEEP"))
EACH = 60 if DEEP else 4
CLEAN = 500 if DEEP else 12
PIN = {Ed25519Signer.from_seed(OPERATOR, "").public.hex()}
WORDS = ("watching", "é ß 漢", "\x1b[31m", '","sig":"', "]\u202e", "a" * 300, "{}", "00")


def word(seed: bytes, incident: str, mode: str) -> dict[str, str]:
    public = Ed25519Signer.from_seed(seed, "").public
    return endorse(Ed25519Signer.from_seed(OPERATOR, ""), incident=incident, mode=mode, public=public)


def tell(chance: Random, folder: Path, *, incident: str, mode: str = "real", end: bool, keys: int) -> dict[str, bytes]:
    """Writes an incident of `keys` sittings by two operators whose clocks jump; the seeds of its keys."""
    clock = ManualClock(datetime(2026, 11, 23, tzinfo=UTC))
    kind, seeds = ("keyring", {}) if mode == "real" else ("throw-away", {})
    for sitting in range(keys):
        seed = bytes([len(incident) + sitting // 2]) * 32  # every second sitting goes on with the same key
        signer = Ed25519Signer.from_seed(seed, kind)
        seeds[signer.public.hex()] = seed
        common: dict[str, Any] = {
            "run": f"run-{sitting}", "operator": ("alice", "bob")[sitting % 2], "signer": signer, "clock": clock,
            "disk": Unsynced(), "randomness": chance.randbytes,
            "endorsement": word(seed, incident, mode) if mode == "real" else None,
        }  # fmt: skip
        if sitting == 0:
            journal = Journal.create(folder, incident=incident, mode=mode, opening={"account": "1" * 12}, **common)
        else:
            journal = Journal.resume(folder, joining={"why": "resumed"}, **common)
        for _ in range(chance.randint(2, 5)):
            clock.sleep(chance.uniform(0, 900))
            journal.append("note", {"text": chance.choice(WORDS)})
        journal.evidence("snapshot.json", {"n": chance.random()})
        intent = journal.append("intent", {"step": "deny"})
        journal.append(chance.choice(("outcome", "unknown")), {"intent": intent.seq})
        if sitting == keys - 1 and end:
            journal.close({"reason": "done"})
        journal.release()
        clock.sleep(chance.uniform(0, 10**6))
        clock = ManualClock(clock.now() + timedelta(seconds=chance.choice((-86400, 0, 60))))
        if sitting < keys - 1 and chance.random() < 0.5:
            with (folder / "journal.jsonl").open("ab") as file:  # as a crash in the middle of a write leaves it
                file.write(b'{"body":{"te'[: chance.randint(1, 12)])
    return seeds


def lines_of(folder: Path) -> Lines:
    return (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)


def head_of(folder: Path) -> Anchor:
    found = verify(folder)
    return anchor(found.incident, found.records, found.head)


@pytest.fixture(scope="module", params=["closed", "crashed"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Case]:
    """A folder without HEAD, which anybody may delete, and what the provers work with."""
    root, end = tmp_path_factory.mktemp("told"), request.param == "closed"
    seeds = tell(Random(1), root / "a", incident="INC-A", end=end, keys=3)
    tell(Random(1), root / "b", incident="INC-B", end=end, keys=3)
    tell(Random(1), root / "r", incident="INC-A", mode="rehearsal", end=end, keys=3)
    (root / "a" / "HEAD").unlink()
    for text in (*(root / "b" / "texts").iterdir(), *(root / "r" / "texts").iterdir()):
        shutil.copy(text, root / "a" / "texts")  # whoever brings in a record brings what was typed in it
    case = Case(lines_of(root / "a"), lines_of(root / "b"), lines_of(root / "r"), seeds)
    assert len(case.lines) == len(case.other) == len(case.rehearsal)
    return root / "a", case


@pytest.fixture
def shown(told: tuple[Path, Case]) -> Iterator[Path]:
    """The folder; its journal is put back afterwards."""
    folder, case = told
    yield folder
    (folder / "journal.jsonl").write_bytes(b"".join(case.lines))
    (folder / "HEAD").unlink(missing_ok=True)


def show(folder: Path, lines: Lines) -> None:
    (folder / "journal.jsonl").write_bytes(b"".join(lines))


@pytest.mark.parametrize("name", WITHOUT_A_KEY)
def test_without_a_key_nothing_passes(told: tuple[Path, Case], shown: Path, name: str) -> None:
    """Whatever an outsider changes is an alteration, from the file alone, at or just after the record he changed."""
    for seed in range(EACH):
        lines = WITHOUT_A_KEY[name](Random(f"{name}{seed}"), told[1])
        assert lines != told[1].lines
        show(shown, lines)
        found = verify(shown)
        assert found.verdict == "altered", f"{name}, seed {seed}: {found.words}"
        first = next(n for n, pair in enumerate(zip_longest(lines, told[1].lines), 1) if pair[0] != pair[1])
        assert found.at in (first, 1), f"{name}, seed {seed}: {found.words}, and #{first} was changed"


@pytest.mark.parametrize("name", NEED_A_PIN)
def test_a_key_of_ones_own_needs_a_pin_or_an_anchor(told: tuple[Path, Case], shown: Path, name: str) -> None:
    """Who signs with a key of his own passes nobody who says whose key it should be, or has an anchor; unpinned, the
    verifier says that it does not know whose key it is."""
    end = head_of(shown)
    for seed in range(EACH):
        show(shown, NEED_A_PIN[name](Random(f"{name}{seed}"), told[1]))
        assert verify(shown, signers=PIN).verdict == "wrong key", f"{name}, seed {seed}"
        assert verify(shown, anchors=[end]).verdict in ("altered", "truncated"), f"{name}, seed {seed}"
        assert any("whose key it is: no signer was given" in line for line in verify(shown).unproven)


def test_a_key_that_joined_without_a_word_is_named(told: tuple[Path, Case], shown: Path) -> None:
    """A later key for which the first operator does not vouch is named with the records that it signed."""
    lines = NEED_A_PIN["the end cut, and closed with a key of his own"](Random(1), told[1])
    show(shown, lines)
    said = f"who wrote #{len(lines) - 1} to #{len(lines)}: that key joined at #{len(lines) - 1}"
    assert any(line.startswith(said) for line in verify(shown).unproven)


@pytest.mark.parametrize("within", [False, True])
def test_a_cut_end(told: tuple[Path, Case], shown: Path, within: bool) -> None:
    """A closed journal without its end is never complete; of a crashed one only an anchor, or HEAD, can tell."""
    chance, lines, end = Random(within), told[1].lines, head_of(shown)
    for _ in range(EACH):
        kept = lines[: chance.randrange(2, len(lines))]
        half = lines[len(kept)][: chance.randrange(1, len(lines[len(kept)]) - 1)] if within else b""
        show(shown, [*kept, half])
        found = verify(shown)
        assert found.verdict == "not closed"
        assert f"that this is all of it: nothing closes it, and what came after #{len(kept)} may" in str(found.unproven)
        assert verify(shown, anchors=[end]).words == (
            f"truncated at #{len(kept)}: an anchor names #{end.seq}, the file ends here"
        )
        (shown / "HEAD").write_bytes(Head("INC-A", end.seq, "0" * 64).text())
        assert verify(shown).verdict == "truncated"
        (shown / "HEAD").unlink()


def test_what_follows_a_close(told: tuple[Path, Case], shown: Path) -> None:
    """Nothing can be added to a closed journal, and only a torn line, which is said, to a crashed one."""
    for data in (b"{", b"\n", told[1].lines[-1], told[1].other[-1]):
        show(shown, [*told[1].lines, data])
        torn = data == b"{" and parse(told[1].lines[-1]).type != "close"
        found = verify(shown)
        assert found.verdict == ("not closed" if torn else "altered")
        assert torn == any("a torn line of 1 bytes" in note for note in found.notes)


@pytest.mark.parametrize("how", ["changed", "exchanged", "missing", "linked"])
def test_evidence_is_bound(told: tuple[Path, Case], tmp_path: Path, how: str) -> None:
    """Evidence that was changed, exchanged, removed or replaced by a link is an alteration at its record."""
    chance = Random(how)
    for number in range(EACH):
        folder = tmp_path / str(number)
        shutil.copytree(told[0], folder)
        one, two = chance.sample(sorted((folder / "evidence").iterdir()), 2)
        data = one.read_bytes()
        one.unlink()
        if how == "linked":
            one.symlink_to(two)
        elif how != "missing":
            one.write_bytes(two.read_bytes() if how == "exchanged" else data[:-1] + bytes([data[-1] ^ 1]))
        found = verify(folder)
        assert found.verdict == "altered" and found.why.startswith(f"evidence {one.name[:12]}")


@pytest.mark.parametrize("name", WITH_THE_KEY)
def test_a_key_holder_is_stopped_by_an_anchor_alone(told: tuple[Path, Case], shown: Path, name: str) -> None:
    """Who has the keys writes another history that holds; an anchor from after the change finds it, one from before
    it does not, and the verifier says in so many words what rests on the key alone."""
    case = told[1]
    end = head_of(shown)
    for seed in range(EACH):
        what = f"{name}, seed {seed}"
        show(shown, case.lines)
        changed, lines = WITH_THE_KEY[name](Random(f"{name}{seed}"), case)
        early = anchors_before(shown, changed)
        show(shown, lines)
        found = verify(shown, signers=PIN)
        assert found.verdict in ("complete", "not closed") and found.pinned, f"{what}: {found.words}"
        assert found.unproven[0] == UNANCHORED, what
        assert verify(shown, anchors=[end]).verdict in ("altered", "truncated"), what
        if early:
            found = verify(shown, anchors=[early])
            assert found.verdict in ("complete", "not closed") and found.anchored == early.seq == changed - 1, what
            assert found.unproven[0].startswith(f"unanchored since #{changed}: "), what
            assert found.unproven[0].endswith(" on the signing key alone"), what


def anchors_before(folder: Path, seq: int) -> Anchor | None:
    """The anchor that was taken of the record before `seq`."""
    path = folder / "journal.jsonl"
    whole = lines_of(folder)
    path.write_bytes(b"".join(whole[: seq - 1]))
    taken = head_of(folder) if seq > 1 else None
    path.write_bytes(b"".join(whole))
    return taken


def test_the_wording_of_unanchored(told: tuple[Path, Case], shown: Path) -> None:
    """Without an anchor the first thing said is who could have rewritten it; with one, since when."""
    words = (
        "unanchored since #1: whoever held the key before the close could have rewritten this journal or cut its end,"
        " and no anchor was given that says otherwise"
    )
    assert verify(shown).unproven[0] == words
    end = head_of(shown)
    early = anchors_before(shown, end.seq - 1)
    assert early and verify(shown, anchors=[early]).unproven[0] == (
        f"unanchored since #{end.seq - 1}: the 2 records after the anchor at #{end.seq - 2} rest on the signing key"
        " alone"
    )
    last = anchors_before(shown, end.seq)
    assert last and verify(shown, anchors=[last, early]).unproven[0] == (
        f"unanchored since #{end.seq}: #{end.seq} rests on the signing key alone"
    )
    assert not any("unanchored" in line for line in verify(shown, anchors=[end]).unproven)


def test_an_anchor_is_read_as_people_write_it(shown: Path) -> None:
    """What was printed comes back in lower case, without dashes, with spaces; another incident's does not fit."""
    end = head_of(shown)
    assert end.words.startswith(f"irtui INC-A #{end.seq} ") and len(end.words.rpartition(" ")[2]) == 30
    for text in (end.words, end.words.lower(), f"  {end.words[6:].replace('-', ' ').replace('INC ', 'INC-')} "):
        assert verify(shown, anchors=[parse_anchor(text)]).anchored == end.seq
    found = verify(shown, anchors=[Anchor("INC-B", 1, end.letters)])
    assert found.words == "altered at #1: it is the journal of INC-A, not of INC-B"
    assert verify(shown, incident="INC-B").verdict == "altered" != verify(shown, incident="INC-A").verdict
    for text in ("", "INC-A", "INC-A #0 " + end.letters, "INC-A #3 ABCDE", "INC-A #3 " + "1" * 26, end.words + "A"):
        with pytest.raises(ValueError, match="an anchor is"):
            parse_anchor(text)


def test_no_clean_journal_is_suspected(tmp_path: Path) -> None:
    """Resumed, torn, with several operators and keys, clocks that jump and hostile words: never an alteration."""
    for seed in range(CLEAN):
        chance = Random(seed)
        folder, mode, end = tmp_path / str(seed), chance.choice(("real", "rehearsal")), chance.random() < 0.7
        tell(
            chance, folder, incident=f"INC-{'X' * chance.randint(1, 9)}", mode=mode, end=end, keys=chance.randint(1, 5)
        )
        found = verify(folder, signers=PIN if mode == "real" else None)
        assert found.verdict == ("complete" if end else "not closed"), f"seed {seed}: {found.words}"
        assert found.mode == mode and found.pinned == (mode == "real")
        assert verify(folder, anchors=[head_of(folder)]).verdict == found.verdict
        shutil.rmtree(folder)

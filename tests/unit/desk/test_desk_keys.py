"""The key of an incident from its beginning to its end, in a real keyring and in a passphrase file."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from irtui.clock import ManualClock
from irtui.desk.home import Home
from irtui.desk.keys import IncidentKey, Keys
from irtui.errors import JournalError, KeyUnavailable
from irtui.journal.anchor import anchor_of
from irtui.journal.read import read_records
from irtui.journal.record import line, parse, signed, unsigned
from irtui.journal.seal import sealed
from irtui.journal.siblings import named_by_others
from irtui.journal.store import Journal
from irtui.journal.verify import verify
from irtui.vault.seeds import incident_name
from tests.support.secret_service import bus, gnome_keyring

__all__ = ["bus", "gnome_keyring"]
PASSPHRASE = "correct horse"


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(Home.from_environ({"IRTUI_HOME": str(tmp_path / "home")}), os.urandom)


@pytest.fixture(params=["keyring", "passphrase-file"])
def kind(request: pytest.FixtureRequest) -> str:
    if request.param == "keyring":
        request.getfixturevalue("gnome_keyring")
    return str(request.param)


def begun(folder: Path, key: IncidentKey, **opening: Any) -> Journal:
    return Journal.create(
        folder, incident=folder.name, run="run-0", operator="alice", mode="real", signer=key.signer,
        clock=ManualClock(datetime(2026, 11, 23, tzinfo=UTC)), opening=opening, endorsement=key.endorsement,
    )  # fmt: skip


def test_after_the_close_nobody_can_append_or_rewrite(tmp_path: Path, keys: Keys, kind: str) -> None:
    """At the close the incident's key is gone. Who takes the machine later, with the operator's key and all, can
    neither resume, nor append, nor write one record anew; a key that joins a cut journal is named by the verifier."""
    folder = tmp_path / "INC-A"
    key = keys.new(kind, "real", "INC-A", PASSPHRASE)
    journal = begun(folder, key)
    for text in ("one", "two", "three"):
        journal.append("note", {"text": text})
    journal.close({"reason": "done"})
    key.forget("INC-A")
    assert key.vault and key.vault.get(incident_name("INC-A")) is None
    operator, made = keys.operator(kind, PASSPHRASE, make=False)
    assert verify(folder, signers={operator}).pinned and not made

    later = keys.again(read_records(folder), "INC-A", "real", "", PASSPHRASE)  # all that the machine still gives
    assert later.signer.public != key.signer.public
    clock = ManualClock(datetime(2026, 11, 24, tzinfo=UTC))
    common: dict[str, Any] = {
        "run": "run-1", "operator": "alice", "signer": later.signer, "endorsement": later.endorsement,
        "clock": clock, "joining": {},
    }  # fmt: skip
    with pytest.raises(JournalError, match="The incident is closed"):
        Journal.resume(folder, **common)

    path = folder / "journal.jsonl"
    whole = path.read_bytes().splitlines(keepends=True)
    for number in range(len(whole)):
        changed = line(replace(parse(whole[number]), t="2026-11-23T05:00:00.000000Z"))
        anew = signed(changed, later.signer.sign(sealed("real", unsigned(changed))))
        path.write_bytes(b"".join([*whole[:number], anew, *whole[number + 1 :]]))
        assert verify(folder).words == f"altered at #{number + 1}: the signature does not fit"
    extra = line(replace(parse(whole[-1]), type="note", seq=len(whole) + 1))
    path.write_bytes(b"".join([*whole, extra]))
    assert verify(folder).words == f"altered at #{len(whole) + 1}: it stands after the close"

    path.write_bytes(b"".join(whole[:3]))
    (folder / "HEAD").unlink()
    Journal.resume(folder, **common).close({"reason": "nothing happened"})
    found = verify(folder, signers={operator})
    assert found.verdict == "complete" and f"#4: a new {kind} key joined" in found.notes
    assert verify(folder, anchors=[anchor_of(parse(whole[3]))]).words.startswith("altered at #4")


def test_what_a_crash_left_in_the_vault_goes_with_the_next_incident(keys: Keys, kind: str) -> None:
    """The key of an incident whose process died between its close and the key's end is destroyed later."""
    left = keys.new(kind, "real", "INC-A", PASSPHRASE)
    following = keys.new(kind, "real", "INC-B", PASSPHRASE)
    following.forget_closed(["INC-A"])
    assert left.vault and left.vault.get(incident_name("INC-A")) is None
    assert left.vault.get(incident_name("INC-B")) is not None


def test_an_ephemeral_key_is_in_no_vault(keys: Keys, tmp_path: Path) -> None:
    """It is new at each sitting, nobody vouches for it, and the journal says so at each place."""
    key = keys.new("ephemeral", "real", "INC-A", "")
    begun(tmp_path / "INC-A", key).release()
    again = keys.again(read_records(tmp_path / "INC-A"), "INC-A", "real", "", "")
    assert key.vault is None and key.endorsement is None and again.signer.public != key.signer.public
    assert "#1: nobody endorsed this ephemeral key" in verify(tmp_path / "INC-A").notes


def test_the_next_incident_knows_the_end_of_the_one_before(tmp_path: Path, keys: Keys) -> None:
    """An incident that was cut is truncated against what the next one said of it when it opened."""
    first = begun(tmp_path / "INC-A", keys.new("ephemeral", "real", "INC-A", ""))
    first.append("note", {"text": "one"})
    first.close({"reason": "done"})
    begun(tmp_path / "INC-B", keys.new("ephemeral", "real", "INC-B", ""), previous=f"INC-A#3:{first.head}").release()
    (tmp_path / "INC-C").mkdir()
    (tmp_path / "INC-C" / "journal.jsonl").write_bytes(b"no journal\n")
    (tmp_path / "INC-D").mkdir()  # what no key signed says nothing, or anybody could call this one cut
    begun(tmp_path / "INC-E", keys.new("ephemeral", "real", "INC-E", ""), previous="INC-A#999:" + "0" * 64).release()
    (opened,) = (tmp_path / "INC-E" / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "INC-D" / "journal.jsonl").write_bytes(opened.replace(b"INC-E", b"INC-D"))
    shutil.rmtree(tmp_path / "INC-E")
    known = list(named_by_others(tmp_path / "INC-A"))
    found = verify(tmp_path / "INC-A", anchors=known)
    assert (found.verdict, found.anchored) == ("complete", 0)
    assert found.unproven[0].startswith("unanchored since #1")
    path = tmp_path / "INC-A" / "journal.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    (tmp_path / "INC-A" / "HEAD").unlink()
    assert verify(tmp_path / "INC-A", anchors=known).words == "truncated at #2: INC-B names #3, the file ends here"


def irtui(*arguments: str, stdin: str = "") -> tuple[int, dict[str, Any], str]:
    command = [sys.executable, "-W", "ignore", "-m", "irtui", "keys", *arguments, "-o", "json"]
    ran = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, start_new_session=True)
    said = json.loads(ran.stdout)
    return ran.returncode, said["data"] or {}, json.dumps(said["error"])


def test_init_and_show(kind: str, keys: Keys) -> None:
    """`keys init` makes the long-term key once, `keys show` gives its public half, and none at all is exit 7."""
    typed = "" if kind == "keyring" else f"{PASSPHRASE}\n{PASSPHRASE}\n"
    assert irtui("show", "--key", kind, stdin=typed)[0] == 7
    code, made, _ = irtui("init", "--key", kind, stdin=typed)
    assert code == 0 and made["made"] and len(made["public"]) == 64
    code, again, _ = irtui("init", "--key", kind, stdin=typed)
    assert (code, again) == (0, {**made, "made": False})
    assert irtui("show", "--key", kind, stdin=typed)[1]["public"] == made["public"]


def test_what_cannot_be_had_exits_7(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No keyring, two different passphrases, or the wrong one: exit 7 with an advice, and nothing is made."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    assert irtui("init")[0] == 7
    code, _, error = irtui("init", "--key", "passphrase-file", stdin="one\ntwo\n")
    assert code == 7 and "differ" in error
    assert irtui("init", "--key", "passphrase-file", stdin="one\none\n")[0] == 0
    code, _, error = irtui("show", "--key", "passphrase-file", stdin="two\n")
    assert code == 7 and "does not open" in error


def test_no_weaker_kind_is_taken(keys: Keys) -> None:
    """An unknown kind, or none, is refused with the choices."""
    for kind in ("", "plaintext"):
        with pytest.raises(KeyUnavailable) as caught:
            keys.new(kind, "real", "INC-A", "")
        assert "--key ephemeral" in caught.value.advice

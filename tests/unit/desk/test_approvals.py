"""The approver's side: what is refused before anything is signed, and that nothing of a request steers the page."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from irtui.cli import present
from irtui.clock import ManualClock
from irtui.desk.approvals import Asked, approved, read_asked
from irtui.errors import Declined, Denied, UsageError
from irtui.journal.approval import Request, plans_digest, read_approval, read_request, request_file
from irtui.journal.seal import Ed25519Signer, endorse
from irtui.model.approval import Person
from irtui.model.call import Call
from irtui.model.effect import Effect
from irtui.model.plan import Plan, PlannedCall
from irtui.settings.load import Settings
from tests.support.memory_door import START

OPERATOR = Ed25519Signer.from_seed(b"1" * 32, "keyring")
INCIDENT = Ed25519Signer.from_seed(b"2" * 32, "keyring")
MO = Ed25519Signer.from_seed(b"3" * 32, "keyring")
HOSTILE = "\x1b]52;c;aGk=\x1b\\ [@click=app.quit]yes[/] \u202egnp.exe"


def written(folder: Path, target: str = "ci", title: str = "Deny", **changed: Any) -> Path:
    """A request that alice sends, in a rehearsal unless told otherwise."""
    call = PlannedCall(Call("iam", "DeleteUser", {"UserName": target}), Effect.DESTROY, target, irreversible="Gone.")
    plans = (Plan("deny", (call,)),)
    key = {
        "kind": "keyring", "public": INCIDENT.public.hex(),
        "endorsement": endorse(OPERATOR, incident="INC-A", mode="rehearsal", public=INCIDENT.public),
    }  # fmt: skip
    told: dict[str, Any] = {
        "id": "a" * 32, "incident": "INC-A", "mode": "rehearsal", "account": "111122223333", "runbook": "r 1",
        "step": "deny", "title": title, "plans": plans, "digest": plans_digest([plan.as_data() for plan in plans]),
        "wanted": 1, "asker": Person("alice"), "made": START, "expires": START + timedelta(minutes=15), "key": key,
        **changed,
    }  # fmt: skip
    path = folder / "INC-A.request.json"
    path.write_bytes(request_file(Request(**told), INCIDENT.sign))
    return path


def read(path: Path, user: str = "mo", **known: bytes) -> Asked:
    return read_asked(
        path, Settings(signers=known), profile="", environ={"USER": user}, clock=ManualClock(START),
        ask_secret=lambda prompt: None, transport=None,
    )  # fmt: skip


def test_a_yes_is_bound_to_what_was_shown(tmp_path: Path) -> None:
    """The answer names the request, its bytes and its plans, and is signed by the approver's own key."""
    asked = read(written(tmp_path), alice=OPERATOR.public)
    assert asked.known == "alice"
    assert asked.answer.name == "INC-A.approval.json"
    answer = read_approval(approved(asked, "ci", ManualClock(START), lambda: MO))
    assert (answer.request, answer.request_sha256, answer.digest) == (
        asked.request.id, asked.request.sha256, asked.request.digest,
    )  # fmt: skip
    assert answer.key == MO.public.hex()
    assert answer.by == Person("mo")


def test_nothing_is_signed_for_a_wrong_word_by_oneself_or_with_the_asking_key(tmp_path: Path) -> None:
    """A mistyped target, the asker's own name, and either key that asks: refused, and no key is touched for a typo."""

    def no_key() -> Ed25519Signer:
        raise AssertionError("a key was asked for")

    path = written(tmp_path)
    with pytest.raises(Declined, match="type exactly: ci"):
        approved(read(path), "yes", ManualClock(START), no_key)
    with pytest.raises(Denied, match="Alice asked"):
        read(path, "Alice")
    for signer in (OPERATOR, INCIDENT):
        with pytest.raises(Denied, match="is the one that asks"):
            approved(read(path), "ci", ManualClock(START), lambda signer=signer: signer)  # type: ignore[misc]


def test_a_request_of_which_any_byte_was_changed_is_none(tmp_path: Path) -> None:
    """Each single byte turned over is refused: the signature covers what is shown, the digest is computed anew."""
    data = written(tmp_path).read_bytes()
    for place in range(len(data)):
        flipped = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises(ValueError):
            read_request(flipped)


@pytest.mark.parametrize("lie", [{"digest": "0" * 64}, {"wanted": 0}, {"plans": ()}, {"mode": "drill"}, {"id": "x"}])
def test_a_request_that_its_own_signer_made_to_lie_is_refused(tmp_path: Path, lie: dict[str, Any]) -> None:
    """A good signature does not help a digest of other plans, no plans, nobody wanted, or an unknown mode."""
    path = written(tmp_path, **lie)
    with pytest.raises(UsageError, match="no approval request"):
        read(path)


def test_a_hostile_request_steers_nothing(tmp_path: Path) -> None:
    """Titles and targets with escapes and bidi marks come out spelled, on the page and in what is to be typed."""
    asked = read(written(tmp_path, target=HOSTILE, title=HOSTILE))
    page = "\n".join(present.confirmation(asked.confirmation))
    assert "\x1b" not in page and "\u202e" not in page
    assert "\\u{1b}" in page


def test_a_pipe_or_a_folder_is_no_request(tmp_path: Path) -> None:
    """What is no regular file is refused at once, never waited for."""
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path)

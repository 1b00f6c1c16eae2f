"""Rotate first: the workload's new key is made by irtui, its secret goes to the vault, and is seen nowhere else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from irtui.desk.desk import Desk
from irtui.desk.exports import exported, packed
from irtui.desk.home import Home
from irtui.desk.nouns import Answers, Request
from irtui.gameday.client import Credential, LoopbackClient
from irtui.gameday.scenario import ScriptedAnswers, load_scenario
from irtui.gameday.scripted import ScriptedOperator
from irtui.gameday.world import World
from irtui.settings.load import Settings
from irtui.vault import os_keyring
from irtui.vault.issued import ThrowAway
from tests.e2e.test_secrets import LIVE, assert_clean, spoken
from tests.support.program import ACCOUNT, Done, incident_folder, irtui, records, until, walking

PASSPHRASE = "four small words"
FORMS = ("jsonl", "markdown", "html", "csv", "ocsf")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    started = World.start(load_scenario("rotate-first"), seed=1, folder=tmp_path_factory.mktemp("world"))
    yield started
    started.stop()


def secret(home: Path, *arguments: str) -> Done:
    """`irtui keys secret` on a pipe."""
    return irtui(home, "keys", "secret", *arguments, "--key", "passphrase-file", lines=(PASSPHRASE,))


def works(world: World, credential: Credential) -> str:
    """Signs one call with it, from where it comes out; the user that AWS knows it as."""
    client = LoopbackClient(world.url, "us-east-1", world._token)
    answered = client.call(credential, "sts.GetCallerIdentity", {}, source_ip="198.51.100.9", user_agent="build")
    return str(answered.data["Arn"]).rpartition("/")[2] if answered.ok else answered.code


def test_the_new_key_is_handed_out_and_shown_nowhere(home: Path, world: World, tmp_path: Path) -> None:
    """A real incident: the key is made for the other user, its secret comes out on a pipe and signs, AWS shows that,
    and the secret is in nothing that irtui wrote, said or exports."""
    credentials = world.operator_credentials()
    extra = {
        "AWS_ACCESS_KEY_ID": credentials.access_key_id, "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token, "AWS_DEFAULT_REGION": "us-east-1", "PYTHONDEVMODE": "1",
        "BOTO_DEBUG": "1",
    }  # fmt: skip
    given = [f"{name}={value}" for name, value in world.inputs.items()]
    arguments = ["run", "key-revocation", "--plain", "--key", "passphrase-file"]
    arguments += [word for each in given for word in ("-i", each)]
    with walking(home, *arguments, program=(LIVE, world.url), extra=extra) as walk:
        walk.answer("assphrase", PASSPHRASE)
        walk.answer("(empty: read only): ", ACCOUNT[-4:])
        walk.answer("Type build-bot to run 1 change", "build-bot")
        walk.until("What was done (empty: not yet): ")
        made = next(record["body"]["made"] for record in records(home) if record["body"].get("made"))["AccessKeyId"]
        piped = secret(home, made)
        assert piped.returncode == 0, piped.stderr
        told = piped.stdout.strip()
        until(lambda: works(world, Credential(made, told)) == "build-bot", "the new key signs")
        walk.say("builds have it; one was seen working")
        walk.answer("Type ci-deploy to run 1 change", "")
        walk.answer("> ", "q")
        assert walk.ended() == 0, walk.out[-3000:] + walk.err
        said = [("the page", walk.bytes)]
    proof = next(record["body"] for record in records(home) if record["body"].get("which") == "proof")
    assert (proof["step"], proof["finding"]) == ("handed", "verified")
    forgotten = secret(home, made, "--forget")
    assert forgotten.returncode == 0 and "forgotten" in forgotten.stdout
    folder = incident_folder(home)
    said += [(f"export as {form}", exported(folder, form).encode()) for form in FORMS]
    said.append(("bundle", packed(folder, tmp_path / "bundle.zip").path.read_bytes()))
    assert_clean(home, [*said, *spoken(forgotten)], (told, told.encode().hex()))


def test_without_a_vault_nothing_is_made(home: Path, world: World) -> None:
    """With an ephemeral signing key there is no vault: the call is refused before it is sent, with the way by hand."""
    before = len(world.requests())
    credentials = world.operator_credentials()
    extra = {
        "AWS_ACCESS_KEY_ID": credentials.access_key_id, "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token, "AWS_DEFAULT_REGION": "us-east-1",
    }  # fmt: skip
    given = ("-i", f"access_key_id={world.inputs['access_key_id']}", "-i", "track=rotate", "-i", "replacement_user=bob")
    arguments = ("run", "key-revocation", "--plain", "--key", "ephemeral", *given)
    with walking(home, *arguments, program=(LIVE, world.url), extra=extra) as walk:
        walk.answer("(empty: read only): ", ACCOUNT[-4:])
        walk.answer("Type bob to run 1 change", "bob")
        walk.until("issue the key by hand")
        walk.answer("> ", "q")
        assert walk.ended() == 1, walk.out[-3000:] + walk.err
    outcome = next(record["body"] for record in records(home) if record["type"] == "outcome")
    assert (outcome["status"], outcome["code"]) == ("failed", "NoVault")
    assert "CreateAccessKey" not in [request["operation"] for request in world.requests()[before:]]


def test_a_rehearsals_secret_is_thrown_away(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is kept in memory, asks no keyring, and is in no file, that of the world included."""
    told: list[str] = []

    def keep(vault: ThrowAway, name: str, value: bytes) -> None:
        told.append(value.decode("ascii", "ignore"))
        vault._values[name] = value

    def asked() -> None:
        raise AssertionError("the keyring was asked")

    monkeypatch.setattr(ThrowAway, "keep", keep)
    monkeypatch.setattr(os_keyring, "find_backend", asked)
    desk = Desk(Home.from_environ({"IRTUI_HOME": str(home)}), Settings(), {})
    briefing = desk.brief(Request("rehearsal", scenario="rotate-first", hurry=True), lambda prompt: None)
    inputs = {each.spec.name: each.value for each in briefing.fields if each.value}
    visit = desk.begin(briefing, Answers(inputs, briefing.identity.account[-4:]))
    try:
        state = visit.walk(ScriptedOperator(ScriptedAnswers(), visit.clock))  # it leaves where it has no answer
        assert state.step("issue").status == "done" and state.step("handed").applies is True
        assert len(told) == 2 and len(told[-1]) == 40, "the canary and the secret"
        assert_clean(home, (), (told[-1],))
    finally:
        visit.end()

"""A real incident: the operator's own credentials, the real door, the real question of the key; the network is ours."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from irtui.desk.desk import Desk
from irtui.desk.home import Home
from irtui.desk.nouns import Answers, Briefing, Request
from irtui.desk.visit import Visit
from irtui.engine.operator import Command, RunStep
from irtui.errors import CredentialsError, Denied, KeyUnavailable, UsageError
from irtui.gameday.scenario import load_scenario
from irtui.gameday.world import World
from irtui.journal.verify import verify
from irtui.settings.load import Settings
from tests.support.bench_of_one import Human
from tests.support.forwarding import Forwarding

MakeDesk = Callable[..., Desk]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    started = World.start(load_scenario("leaked-key"), seed=1, folder=tmp_path_factory.mktemp("world"))
    yield started
    started.stop()


@pytest.fixture
def desk(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeDesk:
    """A desk whose network ends in the world, with the world's responder in the environment."""
    credentials = world.operator_credentials()
    for name, value in (
        ("AWS_ACCESS_KEY_ID", credentials.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key),
        ("AWS_SESSION_TOKEN", credentials.session_token),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)

    def make() -> Desk:
        home = Home.from_environ({"IRTUI_HOME": str(tmp_path / "home")})
        return Desk(home, Settings(), {"AWS_ACCESS_KEY_ID": "set", "USER": "nadia"}, transport=Forwarding(world.url))

    return make


def hurried(commands: list[Command], visit: Visit) -> Human:
    """Leaves after the last command."""
    human = Human(commands, visit.clock)
    human.stays = False
    return human


def no_secret(prompt: str) -> str | None:
    return None


def brief(desk: Desk, world: World, account: str = "") -> Briefing:
    inputs = {"access_key_id": world.inputs["access_key_id"]}
    request = Request("real", "key-revocation", account=account, inputs=inputs, key="ephemeral")
    return desk.brief(request, no_secret)


def test_from_launch_to_the_first_deny_with_two_answers(desk: MakeDesk, world: World) -> None:
    """With the key id and the key kind given: the account's digits, run, the typed name; the deny is in place."""
    opened = desk()
    briefing = brief(opened, world)
    assert briefing.missing == ()
    visit = opened.begin(briefing, Answers({}, account_typed=world.account[-4:], key="ephemeral"))
    try:
        human = hurried([RunStep("deny")], visit)
        visit.walk(human)
        assert visit.mode == "real"
        assert visit.state.step("deny").status.value == "settling"
        assert all(host.endswith("amazonaws.com") for host in visit.state.endpoints)
        assert len(human.confirmations) == 1
    finally:
        visit.release()
    assert verify(visit.folder).verdict == "not closed"
    assert verify(visit.folder).mode == "real"


def test_a_real_incident_changes_nothing_until_it_is_unlocked(desk: MakeDesk, world: World) -> None:
    """Without the typed digits the incident is read-only: reads ran, the guard refuses the change."""
    opened = desk()
    before = [r for r in world.requests() if r["operation"].startswith(("Put", "Update"))]
    visit = opened.begin(brief(opened, world), Answers({}, key="ephemeral"))
    try:
        human = hurried([RunStep("deny")], visit)
        visit.walk(human)
        assert visit.state.step("snapshot").status.value == "done"
        assert human.told[-1].title == "Refused by a guard"
    finally:
        visit.release()
    assert [r for r in world.requests() if r["operation"].startswith(("Put", "Update"))] == before


def test_another_account_than_the_named_one_is_refused_before_anything(desk: MakeDesk, world: World) -> None:
    """`--account` pins: other credentials end with a sentence that names both accounts."""
    with pytest.raises(Denied, match="not 111122223333"):
        brief(desk(), world, account="111122223333")


def test_wrong_digits_open_nothing_and_may_be_typed_again(desk: MakeDesk, world: World) -> None:
    """Wrong account digits are a usage error; no incident folder is left behind."""
    opened = desk()
    briefing = brief(opened, world)
    with pytest.raises(UsageError, match="not the end"):
        opened.begin(briefing, Answers({}, account_typed="0000", key="ephemeral"))
    assert opened.incidents() == ()
    opened.begin(briefing, Answers({}, key="ephemeral")).release()
    assert len(opened.incidents()) == 1


def test_no_weaker_key_is_taken_without_asking(desk: MakeDesk, world: World) -> None:
    """Where no keyring answers and nobody chose, opening is refused with the choices."""
    opened = desk()
    request = Request("real", "key-revocation", inputs={"access_key_id": world.inputs["access_key_id"]})
    briefing = opened.brief(request, no_secret)
    if briefing.keys[0].available:
        pytest.skip("a keyring answers here; this is about machines without one")
    assert briefing.default_key == ""
    with pytest.raises(KeyUnavailable, match="No keyring answers"):
        opened.begin(briefing, Answers({}))


def test_a_resume_asks_for_the_passphrase_of_the_key_that_signed(desk: MakeDesk, world: World) -> None:
    """Nobody has to know which kind of key it was: its passphrase is asked, and the same key signs on."""
    opened = desk()
    answers = Answers({}, key="passphrase-file", passphrase="correct horse")
    visit = opened.begin(brief(opened, world), answers)
    visit.release()
    prompts: list[str] = []

    def typed(prompt: str) -> str:
        prompts.append(prompt)
        return "correct horse"

    again = desk().resume(visit.id, ask_secret=typed)
    again.release()
    first, second = (record.body["key"]["public"] for record in again.records() if record.type in ("open", "join"))
    assert first == second and prompts == ["Passphrase of the key file"]


def test_bad_inputs_are_named_all_at_once(desk: MakeDesk, world: World) -> None:
    """An unknown input and a value that is no key id are both said, with the inputs there are."""
    opened = desk()
    request = Request("real", "key-revocation", inputs={"access_key_id": "wJalrXUtnFEMI", "colour": "blue"})
    briefing = opened.brief(request, no_secret)
    with pytest.raises(UsageError) as error:
        opened.begin(briefing, Answers({}, key="ephemeral"))
    assert "colour" in error.value.message
    assert "access_key_id" in error.value.message


def test_no_credentials_say_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any credentials the error names a way to get some."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    desk = Desk(Home.from_environ({"IRTUI_HOME": str(tmp_path)}), Settings(), {})
    with pytest.raises(CredentialsError) as error:
        desk.brief(Request("real", "key-revocation"), no_secret)
    assert "--profile" in error.value.advice


def test_a_missing_profile_is_named(tmp_path: Path) -> None:
    """An unknown profile is a credentials error, not a traceback."""
    desk = Desk(Home.from_environ({"IRTUI_HOME": str(tmp_path)}), Settings(), {})
    with pytest.raises(CredentialsError, match="nobody"):
        desk.brief(Request("real", "key-revocation", profile="nobody"), no_secret)


def test_an_expired_session_mid_run_is_told_and_the_step_goes_on_after_signing_in(
    desk: MakeDesk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session ends between steps: nothing is sent, the advice is there, fresh credentials go on with the step."""
    opened = desk()
    visit = opened.begin(brief(opened, world), Answers({}, account_typed=world.account[-4:], key="ephemeral"))
    try:
        visit.walk(hurried([], visit))
        world.expire(os.environ["AWS_ACCESS_KEY_ID"])
        human = hurried([RunStep("deactivate")], visit)
        visit.walk(human)
        assert "ended" in human.told[-1].title
        assert visit.state.step("deactivate").status.value == "todo"

        fresh = world.operator_credentials()
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", fresh.access_key_id)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", fresh.secret_access_key)
        monkeypatch.setenv("AWS_SESSION_TOKEN", fresh.session_token)
        visit.walk(hurried([RunStep("deactivate")], visit))
        assert visit.state.step("deactivate").status.value == "settling"
    finally:
        visit.release()


def test_sessions_are_cut_at_the_time_of_aws_not_of_a_laptop_that_is_late(desk: MakeDesk, world: World) -> None:
    """With the operator's clock hours away, the revocation denies what AWS issued until now; a warning says so."""
    opened = desk()
    briefing = brief(opened, world)
    assert any("AWS's clock" in warning for warning in briefing.warnings)
    visit = opened.begin(briefing, Answers({}, account_typed=world.account[-4:], key="ephemeral"))
    try:
        visit.walk(hurried([RunStep("family"), RunStep("revoke_roles")], visit))
        intent = next(record for record in visit.records() if record.type == "intent")
        document = intent.body["call"]["params"]["PolicyDocument"]
        cut = datetime.fromisoformat(document["Statement"][0]["Condition"]["DateLessThan"]["aws:TokenIssueTime"])
        assert abs((cut - world.now()).total_seconds()) < 150
    finally:
        visit.release()

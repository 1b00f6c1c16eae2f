"""An incident changes hands on the screen: signed off, signed on, received as a file, taken over; the real desk."""

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input

from irtui.desk.desk import Desk
from irtui.desk.handed import Parting
from irtui.desk.home import Home
from irtui.desk.nouns import Answers, Request, RunbookEntry, ScenarioEntry
from irtui.desk.visit import Visit
from irtui.errors import Denied, UsageError
from irtui.gameday.world import World
from irtui.journal.read import read_records
from irtui.journal.verify import verify
from irtui.settings.load import Settings
from irtui.tui.application import IrtuiApp
from irtui.tui.present.handing import handed_lines
from tests.e2e.test_two_people import ACCOUNT, People
from tests.support.forwarding import Forwarding
from tests.support.stage import over_small
from tests.tui import walks
from tests.tui.walks import screen_text

MakeDesk = Callable[..., Desk]
until = partial(walks.until, seconds=30.0)


class Bare(Desk):
    """Incidents only: reading and linting what is shipped takes longer than the rest."""

    def runbooks(self) -> tuple[RunbookEntry, ...]:
        return ()

    def scenarios(self) -> tuple[ScenarioEntry, ...]:
        return ()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    started = World.start(
        over_small("propagation: {least: 0s, most: 0s}"), seed=1, folder=tmp_path_factory.mktemp("world")
    )
    yield started
    started.stop()


@pytest.fixture
def sits(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeDesk:
    """A desk at which somebody sits, with an AWS identity of their own; `at` is whose machine it is."""
    people = People(world, tmp_path)

    def make(who: str, at: str = "") -> Desk:
        if who not in people.keys:
            people.joins(who)
        for name, value in people.environ(who).items():
            monkeypatch.setenv(name, value)
        home = Home.from_environ({"IRTUI_HOME": str(tmp_path / (at or who))})
        return Bare(home, Settings(), people.environ(who), transport=Forwarding(world.url))

    return make


def opened(desk: Desk, folder: Path) -> Visit:
    """An incident that somebody has open."""
    request = Request("real", str(folder / "together.yaml"), inputs={"user": "ci"}, key="ephemeral")
    briefing = desk.brief(request, lambda prompt: None)
    return desk.begin(briefing, Answers({}, ACCOUNT[-4:], "ephemeral", trust=True))


def name(app: IrtuiApp) -> str:
    return type(app.screen).__name__


async def picks(pilot: Pilot[Any], incident: str) -> None:
    """Opens the incident from the desk, where it stands first."""
    await until(pilot, lambda: name(pilot.app) == "DeskScreen" and incident in screen_text(pilot.app))  # type: ignore[arg-type]
    await pilot.press("g", "enter")


async def walking(pilot: Pilot[Any]) -> None:
    app = pilot.app
    await until(pilot, lambda: type(app.screen).__name__ == "RunScreen" and app.screen.sitting.my_turn)  # type: ignore[attr-defined]


async def says(pilot: Pilot[Any], **fields: str) -> None:
    """Fills in a form; the field that is typed takes it key by key."""
    for field, words in fields.items():
        box = pilot.app.screen.query_one(f"#{field}", Input)
        if field == "typed":
            box.focus()
            await pilot.press(*words)
        else:
            box.value = words
    await pilot.pause()


def act(app: IrtuiApp) -> Button:
    return app.screen.query_one("#act", Button)


async def test_an_incident_goes_to_a_colleague_on_this_machine(sits: MakeDesk, tmp_path: Path) -> None:
    """o lists what is open and signs off when the id is typed; the desk says for whom it waits and how they go on; who
    signs on chooses a key, reads what was left, and both are named in a journal that verifies."""
    nadia = sits("nadia", "shared")
    visit = opened(nadia, tmp_path)
    incident, folder = visit.id, visit.folder
    visit.release()
    app = IrtuiApp(nadia)
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await picks(pilot, incident)
        await walking(pilot)
        await pilot.press("o")
        await until(pilot, lambda: name(app) == "HandOverScreen")
        text = screen_text(app)
        assert "2 deny: todo" in text and "since #1" in text and "not contained" in text
        assert app.focused is not None and app.focused.id == "to" and act(app).disabled
        await says(pilot, to="mo", reason="AWS is [b]slow[/b] \u202etoday", key="12", typed=incident)
        assert act(app).disabled and "64 hex digits" in screen_text(app)
        await says(pilot, key="")
        assert not act(app).disabled
        act(app).press()
        await until(pilot, lambda: "was handed over to mo" in screen_text(app))
        assert f"irtui resume {incident}" in screen_text(app) and "2 deny: todo" in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: name(app) == "DeskScreen" and "for mo" in screen_text(app))
    assert read_records(folder)[-1].type == "handover"

    app = IrtuiApp(sits("mo", "shared"))
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await picks(pilot, incident)
        await until(pilot, lambda: name(app) == "ChoiceDialog" and "for mo" in screen_text(app))
        await pilot.press("G", "enter")
        await until(pilot, lambda: "is [b]slow[/b] \\u{202e}today" in screen_text(app) and "nadia" in screen_text(app))
        await pilot.press("escape")
        await walking(pilot)
    verified = verify(folder)
    assert verified.verdict == "not closed"
    assert any("from here mo (arn:aws:iam::111122223333:user/mo) signs" in note for note in verified.notes)


async def test_an_incident_moves_to_another_machine_as_a_file(sits: MakeDesk, tmp_path: Path) -> None:
    """With a file named it moves: a file that is there is refused before anything, the hash of the new one is shown,
    here it cannot be gone on with, and on the other machine r receives it."""
    pia = sits("pia")
    visit = opened(pia, tmp_path)
    incident = visit.id
    visit.release()
    file, there = tmp_path / "to-kim.zip", tmp_path / "together.yaml"
    app = IrtuiApp(pia)
    async with app.run_test(notifications=True, size=(120, 40)) as pilot:
        await picks(pilot, incident)
        await walking(pilot)
        await pilot.press("o")
        await until(pilot, lambda: name(app) == "HandOverScreen")
        await says(pilot, to="kim", reason="shift ends", file=str(there), typed=incident)
        act(app).press()
        await until(pilot, lambda: "It is there already" in screen_text(app))
        await says(pilot, file=str(file))
        act(app).press()
        await until(pilot, lambda: "irtui incidents receive" in screen_text(app))
        assert hashlib.sha256(file.read_bytes()).hexdigest() in screen_text(app)
        await pilot.press("escape", "G", "enter")
        await until(pilot, lambda: f"{incident} is handed over" in screen_text(app))

    app = IrtuiApp(sits("kim"))
    async with app.run_test(notifications=True, size=(120, 40)) as pilot:
        await until(pilot, lambda: "No runbook was found" in screen_text(app))
        await pilot.press("r")
        await until(pilot, lambda: name(app) == "TextDialog")
        app.screen.query_one(Input).value = str(file)
        await pilot.press("enter")
        await until(pilot, lambda: name(app) == "ChoiceDialog")
        await pilot.press("G", "enter")
        await until(pilot, lambda: "shift ends" in screen_text(app))
        await pilot.press("escape")
        await walking(pilot)


async def test_what_another_process_has_is_taken_over_and_the_fenced_screen_says_who_did(
    sits: MakeDesk, tmp_path: Path
) -> None:
    """enter on it names its writer and takes it for a typed id and a reason. When that screen is fenced in turn it
    says by whom and why without any key, sends nothing more, and gives the desk back, which names the writer."""
    ana = sits("ana", "shared")
    first = opened(ana, tmp_path)
    incident = first.id
    app = IrtuiApp(sits("bo", "shared"))
    later = None
    try:
        async with app.run_test(notifications=True, size=(80, 24)) as pilot:
            await picks(pilot, incident)
            await until(pilot, lambda: name(app) == "TakeOverScreen")
            assert "of ana on" in " ".join(screen_text(app).split()) and act(app).disabled
            await says(pilot, typed=incident, reason="it")
            assert act(app).disabled
            await says(pilot, reason="it hangs")
            act(app).press()
            await walking(pilot)
            taken = next(record for record in app.sitting.records if record.type == "takeover")  # type: ignore[union-attr]
            assert taken.body["why"] == "it hangs"
            await pilot.press("n")
            await until(pilot, lambda: name(app) == "TextDialog")
            later = sits("cy", "shared").resume(incident, seize="he is asleep", ask_secret=lambda prompt: None)
            await until(pilot, lambda: f"{incident} was taken over" in screen_text(app))
            assert "cy" in screen_text(app) and "he is asleep" in screen_text(app)
            await pilot.press("escape")
            await until(pilot, lambda: name(app) == "DeskScreen" and "in use" in screen_text(app))
            assert "no incident open" in screen_text(app) and "of cy on" in " ".join(screen_text(app).split())
            assert app.bug == ""
        assert verify(later.folder).verdict == "not closed"
    finally:
        for visit in (first, later):
            if visit is not None:
                visit.release()


def test_what_was_left_undone_by_a_sign_off_is_told(sits: MakeDesk, tmp_path: Path) -> None:
    """The sign-off stands when the disk refuses the file: nobody goes on here, the notice says how to make it, and that
    makes it. Given to one key on this machine, another key is refused with a sentence."""
    desk = sits("eva")
    visit = opened(desk, tmp_path)
    file = tmp_path / "there.zip"
    file.touch()
    handed = visit.hand_over(Parting("mo", "shift ends", bundle=file))
    shown = "\n".join("".join(text for text, _ in line) for line in handed_lines(handed))
    assert f"irtui incidents handover {visit.id} --bundle FILE" in shown and "is there already" in shown
    with pytest.raises(UsageError, match="was handed over to mo"):
        desk.resume(visit.id, ask_secret=lambda prompt: None)
    again = desk.hand_over(visit.id, Parting(bundle=tmp_path / "other.zip"), key="", passphrase="")
    assert again.sha256 and again.to == "mo"
    here = opened(desk, tmp_path)
    here.hand_over(Parting("mo", "shift ends", "ab" * 32))
    with pytest.raises(Denied, match="not yours"):
        desk.resume(here.id, key="ephemeral", ask_secret=lambda prompt: None)

"""Every screen as text at 80x24, compared with a file. `SNAPSHOTS=update` writes the files anew."""

import os
from pathlib import Path

from tests.tui.fake_desk import FakeDesk
from tests.tui.families import family
from tests.tui.walks import app_on, open_incident, screen_text, until

FOLDER = Path(__file__).parent / "snapshots"


async def test_screens_look_as_before() -> None:
    """Desk, briefing, run, its dialogs, evidence, journal, help and the family tree look as they did."""
    seen: dict[str, str] = {}
    app = app_on(FakeDesk())
    async with app.run_test(size=(80, 24)) as pilot:

        async def keep(name: str, words: str) -> None:
            await until(pilot, lambda: words in screen_text(app))
            seen[name] = screen_text(app)

        await keep("desk", "GAME DAYS")
        await pilot.press("G", "enter")
        await keep("briefing", "Start")
        await pilot.press("escape")
        await open_incident(pilot)
        await keep("run", "Your turn")
        await pilot.press("r")
        await keep("decide", "esc leaves it open")
        await pilot.press("j", "enter")
        await until(pilot, lambda: "r previews and runs 4" in screen_text(app))
        await pilot.press("r")
        await keep("confirm", "type exactly")
        app.screen.query_one("#reason").focus()
        await pilot.press(*"known", "tab", *"ci-deploy", "tab", "tab", "enter")
        await until(pilot, lambda: "1 settling" in screen_text(app) and "Your turn" in screen_text(app))
        app.screen.query_one("#steps").choose("deny")  # type: ignore[attr-defined]
        await pilot.press("2")
        await keep("settling", "second look at")
        await pilot.press("q")
        await keep("leave", "Leave this incident?")
        await pilot.press("escape", "J")
        await keep("journal", "for the report")
        await pilot.press("escape", "g", "j", "e")
        await keep("evidence", "AKIAEXAMPLEKEY000001")
        await pilot.press("escape", "question_mark")
        await keep("help", "keys that work here")
    tree = app_on(FakeDesk(tree=family()))
    async with tree.run_test(size=(80, 24)) as pilot:
        await open_incident(pilot)
        await until(pilot, lambda: tree.sitting is not None and tree.sitting.family is not None)
        await pilot.press("t")
        await until(pilot, lambda: "delivered until" in screen_text(tree))
        await pilot.press("j", "j")
        await until(pilot, lambda: "nothing denies it" in screen_text(tree))
        seen["family"] = screen_text(tree)
    differing = []
    for name, text in seen.items():
        path = FOLDER / f"{name}.txt"
        if os.environ.get("SNAPSHOTS") == "update":
            path.write_text(text + "\n", encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text + "\n":
            differing.append(f"--- {name} now looks like this:\n{text}")
    assert not differing, "\n".join(differing)

"""The world's own process.

Takes `{source, bases, path, seed, folder, idle_seconds}` as JSON on stdin, and `endpoint_url` for a world on another
emulator. Writes one JSON line to stdout when the world stands (`{url}` or `{error}`), and keeps `folder/world.json`
(0600) and `folder/world.log`.
"""

import json
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from irtui.errors import IrtuiError
from irtui.gameday.elsewhere.emulator import emulator_at
from irtui.gameday.elsewhere.host import ElsewhereHost
from irtui.gameday.host import Host
from irtui.gameday.scenario import Scenario, parse_scenario


def _host(scenario: Scenario, told: Mapping[str, Any]) -> Host:
    """Of irtui's own simulator, or before another emulator."""
    if not told.get("endpoint_url"):
        return Host(scenario, int(told["seed"]))
    return ElsewhereHost(scenario, int(told["seed"]), emulator_at(told["endpoint_url"]))


def _say(line: Mapping[str, str]) -> None:
    """The one line on stdout."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> int:
    told = json.load(sys.stdin)
    folder = Path(told["folder"])
    logging.basicConfig(filename=folder / "world.log", level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("werkzeug").disabled = True
    address = folder / "world.json"
    try:
        bases: Mapping[str, str] = told["bases"]
        host = _host(parse_scenario(told["source"], told["path"], bases.__getitem__), told)
        host.start()
    except IrtuiError as error:
        _say({"error": error.message})
        return 1
    known = {"url": host.url, "token": host.world.token, "pid": os.getpid(), **host.told()}
    address.unlink(missing_ok=True)
    address.touch(mode=0o600)
    address.write_text(json.dumps(known))
    _say({"url": host.url})
    try:
        host.wait(address, float(told["idle_seconds"]))
    finally:
        address.unlink(missing_ok=True)
    return 0

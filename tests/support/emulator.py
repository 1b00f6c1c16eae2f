"""`python -m tests.support.emulator`: an AWS emulator that enforces, with nothing of a scenario in it: the simulator's
own referee, whose administrator's key is test/test and whose time is the machine's.

Writes its URL as one line. Ends when stdin is closed.
"""

import json
import sys
import threading
from typing import Any

from irtui.simulator import state
from irtui.simulator.control import Control
from irtui.simulator.referee import Referee
from irtui.simulator.server import serve
from irtui.simulator.world import SimulatedWorld

ACCOUNT = "999988887777"
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def main() -> None:
    world = SimulatedWorld(ACCOUNT, "us-east-1", "closed", 7)
    world.delivery.set(0, 0)
    backend: Any = state.iam(ACCOUNT)
    backend.create_user("us-east-1", "administrator").put_policy("all", json.dumps(ALL))
    key = backend.create_access_key("administrator", "AKIA")
    key.access_key_id = key.secret_access_key = "test"
    world.propagation.set(0.05, 0.1)
    server = serve(Referee(world, Control(world)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"http://127.0.0.1:{server.port}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()

"""What was shown is what is there: drift refuses always, what could not be re-read refuses what is not containment."""

import json
from collections.abc import Mapping
from typing import Any

from irtui.canonical import plain
from irtui.guards.ruling import allow, deny, unknown
from irtui.guards.situation import Situation
from irtui.model.verdict import Verdict

GUARD = "plan_unchanged"
SHOWN = 160
"""Characters of a value in the reason."""


def judge(situation: Situation) -> Verdict:
    if not situation.plans:
        return deny(GUARD, "Nothing is planned.")
    if situation.drift:
        more = f" (and {len(situation.drift) - 1} more)" if len(situation.drift) > 1 else ""
        return deny(
            GUARD, f"Something changed since this was shown: {_difference(situation.drift[0])}{more}. Plan it again."
        )
    if situation.unread:
        more = f" (and {len(situation.unread) - 1} more)" if len(situation.unread) > 1 else ""
        return unknown(situation, GUARD, f"What stands there now could not be read: {situation.unread[0]}{more}.")
    return allow(GUARD, "What stands there is what was shown.")


def _difference(drift: Mapping[str, Any]) -> str:
    return f"{drift.get('call', 'a read')} showed {_value(drift.get('before'))}, now {_value(drift.get('now'))}"


def _value(value: Any) -> str:
    if isinstance(value, Mapping) and value.get("state") in ("absent", "unknown"):
        return "nothing" if value["state"] == "absent" else f"unknown ({value.get('why', '')})"
    if isinstance(value, Mapping) and set(value) >= {"state", "value"}:
        value = value["value"]
    text = value if isinstance(value, str) else json.dumps(plain(value), sort_keys=True)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"

"""Whether an alarm went off since then, of itself or by a test, and whether anybody was told.

Stops and breaks: nothing, it only reads the alarm's history. `real` counts how often its metric set it off and its
topic took the message; `tests` how often somebody set it by hand; `unheard` is true when the last time told
nobody, which waiting does not mend.
Limits: that SNS took the message does not show that anybody read it. CloudWatch keeps the history for 30 days.
CloudTrail: DescribeAlarmHistory events of the operator.

```yaml
use: alarm.rang
with: {alarm: "${{ steps.state.alarm }}", since: "${{ incident.opened }}"}
verify: {until: "real > `0`", within: 45m, every: 1m}
```
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from irtui.actions.asked import moment
from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.canonical import plain
from irtui.errors import RunbookError
from irtui.model.call import Call

PAGES = 20
AGAIN = timedelta(minutes=1)


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault when AWS would not say."""
    alarm, since = text(inputs, "alarm"), moment(inputs, "since", now)
    if since is None:
        raise RunbookError("The input since is empty")
    asked = {"AlarmName": alarm, "StartDate": since, "ScanBy": "TimestampAscending"}
    told = plain(reader.read(Call("cloudwatch", "DescribeAlarmHistory", asked), pages=PAGES).data)
    rings: list[dict[str, Any]] = []
    for item in told.get("AlarmHistoryItems") or ():
        kind, summary = item.get("HistoryItemType"), str(item.get("HistorySummary") or "")
        if kind == "StateUpdate" and summary.endswith("to ALARM"):
            reason = _reason(str(item.get("HistoryData") or ""))
            of_itself = reason.startswith("Threshold Crossed")
            rings.append({"at": item.get("Timestamp"), "reason": reason, "real": of_itself, "told": False})
        elif kind == "Action" and rings and summary.startswith("Successfully executed action"):
            rings[-1]["told"] = True
    real = [ring for ring in rings if ring["real"] and ring["told"]]
    tests = [ring for ring in rings if not ring["real"] and ring["told"]]
    unheard = bool(rings) and not rings[-1]["told"]
    words = f"{len(real)} times of itself and {len(tests)} times by a test it told its topic"
    words += "; the last time it went off and told nobody: look at the whole chain again" if unheard else ""
    data = {"real": len(real), "tests": len(tests), "unheard": unheard, "rings": rings, "words": words}
    return Facts({**data, "why": words}, again=None if real or unheard else now + AGAIN)


def _reason(data: str) -> str:
    """Why the alarm is in its new state, in CloudWatch's words; empty where that cannot be read."""
    try:
        said = json.loads(data)
        return str(said["newState"]["stateReason"])
    except (ValueError, LookupError, TypeError):
        return ""


ACTION = Action(
    id="alarm.rang",
    title="Whether an alarm went off",
    inputs={
        "alarm": InputField("string", help="Its name."),
        "since": InputField("string", help="What was before does not count."),
    },
    permissions=("cloudwatch:DescribeAlarmHistory",),
    keeps=("real", "tests", "unheard", "words"),
    observe=observe,
)

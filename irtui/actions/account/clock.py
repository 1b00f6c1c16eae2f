"""What time it is by AWS, and how far this machine's clock is from that.

Stops and breaks: nothing, it only reads. `t0` is AWS's time of its answer, in UTC; sessions are issued, cut off and
recorded by it. `words` says both.
Limits: AWS's answers carry whole seconds; within two seconds the clocks agree.
CloudTrail: a GetCallerIdentity event of the operator, of that very second.

```yaml
use: account.clock
with: {ahead: "${{ aws.ahead }}"}
evidence: true
```
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from irtui.actions.interface import Action, Facts, InputField, Reader
from irtui.clock import rfc3339
from irtui.errors import RunbookError
from irtui.model.call import Call


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for an unusable input, AwsFault when AWS would not answer."""
    ahead = inputs.get("ahead", 0)
    if isinstance(ahead, bool) or not isinstance(ahead, int):
        raise RunbookError("The input ahead is a number of seconds")
    date = reader.read(Call("sts", "GetCallerIdentity")).date
    try:
        t0 = rfc3339(parsedate_to_datetime(date).astimezone(UTC))
    except (TypeError, ValueError):
        gap = "AWS's answer carried no date"
        return Facts({"t0": "", "ahead": ahead, "words": f"nobody knows: {gap}", "gaps": [gap]}, (gap,))
    apart = f"this machine's is {abs(ahead)} seconds {'behind' if ahead > 0 else 'ahead'}"
    said = f"{t0} by AWS's clock; {apart if ahead else 'this machine agrees'}"
    return Facts({"t0": t0, "ahead": ahead, "words": said, "gaps": []})


ACTION = Action(
    id="account.clock",
    title="What time it is by AWS",
    inputs={"ahead": InputField("string", required=False, help="Seconds, from aws.ahead.")},
    permissions=("sts:GetCallerIdentity",),
    keeps=("t0", "ahead", "words"),
    observe=observe,
)

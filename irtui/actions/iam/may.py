"""Whether the responder may make the calls that will be wanted, by IAM's own simulation of their policies.

Stops and breaks: nothing, it only reads. `denied` lists what would be refused. It is advice: a call that it denies may
still be tried, and one that it allows may be refused.
Limits: service control policies, policies of the session and of resources are not seen, and every resource is asked
for as `*`: what is allowed on some resources only counts as denied. Of root nothing can be simulated.
CloudTrail: GetRole and SimulatePrincipalPolicy events of the operator.

```yaml
use: iam.may
with: {caller: "${{ aws.caller.arn }}", actions: "iam:PutUserPolicy iam:UpdateAccessKey"}
on_failure: continue
```
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.actions.observe import words
from irtui.errors import AwsFault, RunbookError, SimulatorGap
from irtui.model.call import Call

USUAL = (
    "iam:PutUserPolicy", "iam:PutRolePolicy", "iam:UpdateAccessKey", "iam:DeleteUserPolicy", "iam:DeleteRolePolicy",
    "iam:GetAccountAuthorizationDetails", "cloudtrail:LookupEvents",
)  # fmt: skip
"""What nearly every containment needs."""
_ACTION = re.compile(r"[a-z][a-z0-9-]*:[A-Za-z0-9]+")
PAGES = 20


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault when the operator's session has ended."""
    caller = text(inputs, "caller")
    asked = tuple(dict.fromkeys(text(inputs, "actions", " ".join(USUAL)).split())) or USUAL
    if wrong := [name for name in asked if not _ACTION.fullmatch(name)]:
        raise RunbookError(f"{wrong[0]} is no IAM action", advice="Write iam:PutUserPolicy, with spaces between them.")
    if caller.endswith(":root"):
        return _facts((), (), asked, "root may do everything that no organization denies it")
    try:
        whose = _principal(reader, caller)
        call = Call("iam", "SimulatePrincipalPolicy", {"PolicySourceArn": whose, "ActionNames": list(asked)})
        told = reader.read(call, pages=PAGES).data
    except (AwsFault, SimulatorGap) as error:
        if isinstance(error, AwsFault) and error.kind == "expired":
            raise
        return _facts((), (), asked, "nobody knows: IAM could not be asked", words(error))
    judged = {str(one["EvalActionName"]): one["EvalDecision"] == "allowed" for one in told["EvaluationResults"]}
    allowed = tuple(name for name in asked if judged.get(name))
    denied = tuple(name for name in asked if judged.get(name) is False)
    unknown = tuple(name for name in asked if name not in judged)
    said = f"would be refused: {', '.join(denied)}" if denied else f"all {len(allowed)} calls look allowed"
    return _facts(allowed, denied, unknown, said)


def _principal(reader: Reader, caller: str) -> str:
    """The user, or the role behind a session, as IAM names it: with its path."""
    kind, _, rest = caller.split(":")[5].partition("/")
    if kind != "assumed-role":
        return caller
    told = reader.read(Call("iam", "GetRole", {"RoleName": rest.partition("/")[0]})).data
    return str(told["Role"]["Arn"])


def _facts(
    allowed: tuple[str, ...], denied: tuple[str, ...], unknown: tuple[str, ...], said: str, gap: str = ""
) -> Facts:
    data = {"allowed": list(allowed), "denied": list(denied), "unknown": list(unknown), "words": said}
    return Facts(data, (gap,) if gap else ())


ACTION = Action(
    id="iam.may",
    title="Whether the responder may make the calls that will be wanted",
    inputs={
        "caller": InputField("string", help="The operator's ARN."),
        "actions": InputField(
            "string", required=False, help="IAM actions with spaces between; the usual ones without."
        ),
    },
    permissions=("iam:GetRole", "iam:SimulatePrincipalPolicy"),
    keeps=("allowed", "denied", "unknown", "words"),
    observe=observe,
)

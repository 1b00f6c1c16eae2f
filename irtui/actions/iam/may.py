"""Whether the responder may make the calls that will be wanted, by IAM's own simulation of their policies.

Stops and breaks: nothing, it only reads. `denied` lists what would be refused: it is denied by name, or allowed by
nothing. `unsure` is allowed neither on everything nor on all resources of its kind: perhaps on single ones that a
policy names. It is advice: a call that it denies may still be tried, and one that it allows may be refused.
Limits: service control policies, policies of the session and of resources are not seen, conditions are not met. Of
root nothing can be simulated.
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
KINDS = {
    "cloudtrail": (("", "arn:aws:cloudtrail:*:{account}:trail/*"),),
    "iam": (
        ("ToGroup", "group"), ("FromGroup", "group"), ("InstanceProfile", "instance-profile"), ("Role", "role"),
        ("User", "user"), ("AccessKey", "user"), ("LoginProfile", "user"), ("ServiceSpecific", "user"),
        ("SSHPublicKey", "user"), ("Signing", "user"), ("Group", "group"), ("Policy", "policy"),
    ),
    "kms": (("", "arn:aws:kms:*:{account}:key/*"),),
    "s3": (("Bucket", "arn:aws:s3:::*"), ("Object", "arn:aws:s3:::*/*"), ("", "arn:aws:s3:::*")),
    "sns": (("", "arn:aws:sns:*:{account}:*"),),
    "sts": (("AssumeRoot", "arn:aws:iam::*:root"), ("AssumeRole", "arn:aws:iam::{account}:role/*")),
}  # fmt: skip
"""Service → a word of the action, and all resources of the kind that it acts on; of IAM the kind alone."""
WHOLE = frozenset({
    "cloudtrail:DescribeTrails", "cloudtrail:ListPublicKeys", "cloudtrail:ListTrails", "cloudtrail:LookupEvents",
    "ec2:DescribeRegions", "iam:DeleteAccountPasswordPolicy", "iam:GetAccountAuthorizationDetails",
    "iam:GetAccountPasswordPolicy", "iam:GetAccountSummary", "iam:ListGroups", "iam:ListRoles", "iam:ListUsers",
    "iam:UpdateAccountPasswordPolicy", "kms:CreateKey", "kms:ListAliases", "kms:ListKeys",
    "organizations:DescribeOrganization", "s3:GetAccountPublicAccessBlock", "s3:ListAllMyBuckets",
    "s3:PutAccountPublicAccessBlock", "sns:ListSubscriptions", "sns:ListTopics", "sns:Unsubscribe",
})  # fmt: skip
"""Actions that have no resource (service authorization reference): allowed on `*` or not at all."""
_ACTION = re.compile(r"[a-z][a-z0-9-]*:[A-Za-z0-9]+")
PAGES = 20


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault when the operator's session has ended."""
    caller = text(inputs, "caller")
    asked = tuple(dict.fromkeys(text(inputs, "actions", " ".join(USUAL)).split())) or USUAL
    if wrong := [name for name in asked if not _ACTION.fullmatch(name)]:
        raise RunbookError(f"{wrong[0]} is no IAM action", advice="Write iam:PutUserPolicy, with spaces between them.")
    if caller.endswith(":root"):
        return _facts(asked, {}, "root may do everything that no organization denies it")
    try:
        whose = _principal(reader, caller)
        judged = _judged(reader, whose, asked)
    except (AwsFault, SimulatorGap) as error:
        return _facts(asked, {}, "nobody knows: IAM could not be asked", _gap(error))
    gap = ""
    for kind, names in _by_kind(judged, whose.split(":")[4]).items():
        try:
            judged |= _judged(reader, whose, names, kind)
        except (AwsFault, SimulatorGap) as error:
            gap = _gap(error)
    return _facts(asked, judged, gap=gap)


def _gap(error: AwsFault | SimulatorGap) -> str:
    """In words, unless the operator's session has ended."""
    if isinstance(error, AwsFault) and error.kind == "expired":
        raise error
    return words(error)


def _by_kind(judged: Mapping[str, str], account: str) -> dict[str, tuple[str, ...]]:
    """What is not allowed on everything, by all the resources of the kind that it acts on."""
    found: dict[str, tuple[str, ...]] = {}
    for name, said in judged.items():
        if said == "implicitDeny" and name not in WHOLE and (kind := _kind(name, account)):
            found[kind] = (*found.get(kind, ()), name)
    return found


def _judged(reader: Reader, whose: str, actions: tuple[str, ...], on: str = "") -> dict[str, str]:
    """Action → allowed, explicitDeny or implicitDeny."""
    params: dict[str, Any] = {"PolicySourceArn": whose, "ActionNames": list(actions)}
    call = Call("iam", "SimulatePrincipalPolicy", params | ({"ResourceArns": [on]} if on else {}))
    told = reader.read(call, pages=PAGES).data["EvaluationResults"]
    return {str(one["EvalActionName"]): str(one["EvalDecision"]) for one in told}


def _kind(action: str, account: str) -> str:
    """All resources of the kind that the action acts on, as a policy would name them; empty where nobody wrote it."""
    service, _, operation = action.partition(":")
    found = next((kind for word, kind in KINDS.get(service, ()) if word in operation), "")
    return f"arn:aws:iam::{account}:{found}/*" if service == "iam" and found else found.format(account=account)


def _principal(reader: Reader, caller: str) -> str:
    """The user, or the role behind a session, as IAM names it: with its path."""
    kind, _, rest = caller.split(":")[5].partition("/")
    if kind != "assumed-role":
        return caller
    told = reader.read(Call("iam", "GetRole", {"RoleName": rest.partition("/")[0]})).data
    return str(told["Role"]["Arn"])


def _facts(asked: tuple[str, ...], judged: Mapping[str, str], said: str = "", gap: str = "") -> Facts:
    allowed = [name for name in asked if judged.get(name) == "allowed"]
    denied = [name for name in asked if judged.get(name) == "explicitDeny"]
    denied += [name for name in asked if judged.get(name) == "implicitDeny" and name in WHOLE]
    unsure = [name for name in asked if judged.get(name) == "implicitDeny" and name not in WHOLE]
    unknown = [name for name in asked if not judged.get(name)]
    words = [f"would be refused: {', '.join(denied)}"] if denied else []
    words += [f"not on every resource, perhaps on those a policy names: {', '.join(unsure)}"] if unsure else []
    said = said or "; ".join(words) or f"all {len(allowed)} calls look allowed"
    data = {"allowed": allowed, "denied": denied, "unsure": unsure, "unknown": unknown, "words": said}
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
    keeps=("allowed", "denied", "unsure", "unknown", "words"),
    observe=observe,
)

"""The runbook format as pydantic sees it: every key, its type, its sentence for the editor.

Values arrive as text (see `load`), so numbers, booleans and durations are typed here and nowhere else. What
depends on several keys of a step stands in `rules`. The JSON Schema is generated from here.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

_DURATION = re.compile(r"([0-9]{1,6})(s|m|h|d)")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST_WAIT = 90 * 86400


def seconds(text: object) -> float:
    """`60s`, `15m`, `24h`, `7d` as seconds."""
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("a duration is a number and s, m, h or d: 60s, 15m, 24h")
    value = float(int(match[1]) * _UNITS[match[2]])
    if value > LONGEST_WAIT:
        raise ValueError("longer than 90d")
    return value


def _boolean(text: object) -> bool:
    if text not in ("true", "false"):
        raise ValueError("write true or false")
    return text == "true"


def _count(text: object) -> int:
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]", text):
        raise ValueError("write a number from 0 to 9")
    return int(text)


ID = r"^[a-z][a-z0-9_]*$"
RUNBOOK_NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
CALL = r"^[a-z][a-z0-9-]*\.[A-Z][A-Za-z0-9]*$"
ACTION = r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$"

Id = Annotated[str, StringConstraints(pattern=ID, max_length=64)]
RunbookName = Annotated[str, StringConstraints(pattern=RUNBOOK_NAME, max_length=64)]
CallName = Annotated[str, StringConstraints(pattern=CALL, max_length=128)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=r"^[^\n]*\n?$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=16384)]
Condition = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Boolean = Annotated[bool, BeforeValidator(_boolean), WithJsonSchema({"type": "boolean"})]
Count = Annotated[int, BeforeValidator(_count), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 9})]
Duration = Annotated[
    float, BeforeValidator(seconds), WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,6}(s|m|h|d)$"})
]
Version = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64),
    WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1, "maxLength": 64}, {"type": "number"}]}),
]
Parameters = Annotated[dict[str, Any], WithJsonSchema({"type": "object"})]
Phase = Literal["prepare", "analyze", "contain", "eradicate", "recover", "review"]
InputType = Literal["string", "access_key_id", "user", "role", "account_id", "trail", "bucket", "arn", "region"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class InputFormat(_Strict):
    """Something the operator is asked before step 1."""

    type: InputType = Field("string", description="What it is; decides how it is checked and what is offered.")
    title: Line = Field(description="The question, in a few words.")
    optional: Boolean = Field(False, description="May be left empty; steps then write || 'default'.")
    default: Line | None = Field(None, description="The value to start from.")
    help: Text | None = Field(None, description="One or two sentences under the field.")


class SessionFormat(_Strict):
    """Another identity for steps: a role to assume, or root of a member account for one task."""

    role: Line | None = Field(None, description="ARN of the role to assume from the caller's session.")
    assume_root: Line | None = Field(None, description="Member account id for sts:AssumeRoot; needs task.")
    task: Line | None = Field(None, description="Task policy of sts:AssumeRoot, e.g. IAMDeleteRootUserCredentials.")


class CallFormat(_Strict):
    """A read: undo, observe."""

    call: CallName = Field(description="service.Operation, as boto3 and CloudTrail spell it.")
    with_: Parameters = Field(default_factory=dict, alias="with", description="Parameters of the operation.")


class CheckFormat(_Strict):
    """A read, and what its reply must show."""

    call: CallName | None = Field(None, description="The read; leave it away where the step's own reply is judged.")
    with_: Parameters = Field(default_factory=dict, alias="with", description="Parameters of the read.")
    until: Condition = Field(description="JMESPath over the reply that must be true; ${{ }} in it without quotes.")
    within: Duration = Field(
        60.0, json_schema_extra={"default": "60s"}, description="How long to look before it counts as not true."
    )
    every: Duration = Field(2.0, json_schema_extra={"default": "2s"}, description="Time between two looks.")
    again_after: Duration | None = Field(None, description="Look a second time after this, when IAM has propagated.")


class StepFormat(_Strict):
    """One step: exactly one of call, use, ask, manual, runbook, wait (for or until)."""

    id: Id = Field(description="Name of the step in expressions: steps.<id>.")
    phase: Phase = Field(description="Phase of the incident.")
    title: Line = Field(description="What this step does, in a line; may hold ${{ }}.")
    text: Text | None = Field(None, description="What the operator should know, Markdown; may hold ${{ }}.")

    call: CallName | None = Field(None, description="One AWS operation: service.Operation.")
    use: Annotated[str, StringConstraints(pattern=ACTION)] | None = Field(None, description="An action of irtui.")
    ask: Text | None = Field(None, description="A decision by the operator; with choices.")
    manual: Text | None = Field(None, description="Work that no API can do; with proof where AWS can show it.")
    runbook: RunbookName | None = Field(None, description="A child runbook, in the same incident.")
    wait: "WaitFormat | None" = Field(None, description="A soak (for) or a condition on a read (call, until).")

    with_: Parameters = Field(default_factory=dict, alias="with", description="Parameters or inputs; ${{ }} is filled.")
    choices: Annotated[dict[Id, Line], Field(min_length=2)] | None = Field(None, description="Choice id: sentence.")
    proof: CheckFormat | None = Field(None, description="A read that shows the manual work was done.")
    rest: Literal["later"] | None = Field(
        None, description="What the child has after containing comes last, or before what needs this step."
    )

    when: Condition | None = Field(None, description="Bare JMESPath that must be true, else the step is not needed.")
    for_each: Line | None = Field(None, description="${{ }} that gives a list; one sub-step per item.")
    as_: Id | None = Field(None, alias="as", description="Name of the item in the sub-steps, besides item.")
    needs: list[Id] = Field(default_factory=list, description="Steps that must be done before.")
    renews: Id | None = Field(None, description="An earlier step: what this one finds takes the place of its result.")
    keep: dict[Id, Condition] = Field(default_factory=dict, description="Name: JMESPath over the reply.")
    absent: Literal["ok"] | None = Field(None, description="Not there is a good answer: what is kept is null then.")
    evidence: Boolean = Field(False, description="Keep the whole reply as evidence.")
    confirm: Line | None = Field(None, description="What the operator types to confirm; may hold ${{ }}.")
    approvers: Count = Field(0, description="How many other people must approve.")
    verify: CheckFormat | None = Field(None, description="How to see that it worked.")
    observe: CallFormat | None = Field(None, description="The read before the act, where it differs from verify.")
    undo: CallFormat | None = Field(None, description="The call that takes it back.")
    irreversible: Line | None = Field(None, description="Why there is no undo.")
    session: Id = Field("caller", description="A session named at the top.")
    region: Line | None = Field(None, description="Region of the call, where it is not the session's.")
    on_failure: Literal["stop", "ask", "continue"] = Field(
        "stop", description="What a failure does to the steps after."
    )
    skippable: Boolean | None = Field(
        None, description="May be skipped, with a typed reason; by default not with confirm."
    )
    references: list[Line] = Field(default_factory=list, description="Where this comes from.")


class WaitFormat(_Strict):
    """A soak, or a condition on a read."""

    for_: Duration | None = Field(None, alias="for", description="How long.")
    call: CallName | None = Field(None, description="The read; with until.")
    with_: Parameters = Field(default_factory=dict, alias="with", description="Parameters of the read.")
    until: Condition | None = Field(None, description="JMESPath over the reply that must be true.")
    within: Duration = Field(86400.0, json_schema_extra={"default": "24h"}, description="How long to look at most.")
    every: Duration = Field(30.0, json_schema_extra={"default": "30s"}, description="Time between two looks.")


class RunbookFormat(_Strict):
    """A runbook of irtui."""

    runbook: RunbookName = Field(description="Its name: that of the file, without .yaml.")
    title: Line = Field(description="What it is for, in a line.")
    version: Version = Field(description="Of the runbook, any text.")
    severity: Literal["low", "medium", "high", "critical"] = Field(description="Of the incident it answers.")
    use_when: Text = Field(description="When to take this runbook.")
    account: Literal["required", "optional"] = Field("required", description="Whether the operator names the account.")
    inputs: dict[Id, InputFormat] = Field(default_factory=dict, description="What is asked before step 1.")
    sessions: dict[Id, SessionFormat] = Field(default_factory=dict, description="Other identities for steps.")
    references: list[Line] = Field(default_factory=list, description="Where this comes from.")
    steps: Annotated[list[StepFormat], Field(min_length=1, max_length=500)] = Field(description="In order.")


StepFormat.model_rebuild()
RunbookFormat.model_rebuild()

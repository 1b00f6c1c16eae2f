"""Records → state. The journal is the only state there is; this says what it means.

Rules:
- The latest record of a unit (a step, or one item of a `for_each`) decides its status.
- An intent without an outcome is in doubt, and so is an outcome that nobody knows.
- A change counts as done only when a check said so and, where the step asks for a second look, that too.
- A skipped, undone or not needed step is never called done.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from irtui.engine.dependence import LEFT_OUT, fresh, held, through
from irtui.engine.outline import CHECKPOINT, Node, outline, split_key, unit_key
from irtui.engine.unit import Unit, worst
from irtui.errors import IrtuiError
from irtui.model.approval import Approval, Approver, Person
from irtui.model.incident import AT_ONCE, CallRecord, Evidence, IncidentState, StepState, StepStatus
from irtui.model.runbook import AskBody, ManualBody, Runbook, Step
from irtui.runbook.expressions import fill, truth


class Entry(Protocol):
    """What the fold needs of a journal record."""

    @property
    def seq(self) -> int: ...
    @property
    def type(self) -> str: ...
    @property
    def body(self) -> Mapping[str, Any]: ...
    @property
    def t(self) -> str: ...


class Fold:
    """Takes records one by one; `state()` is the incident as they tell it. Raises RunbookError for a missing child."""

    def __init__(self, runbook: Runbook, children: Mapping[str, Runbook]) -> None:
        self._nodes = outline(runbook, children)
        self._keys = {node.key for node in self._nodes}
        self._asked = {node.key: node.step for node in self._nodes}
        self._steps: dict[str, StepState] = {}
        self._folded: object = None
        """What titles and conditions depended on when `_steps` was made."""
        self._facts = 0
        self._texts: dict[tuple[str, str], tuple[int, str]] = {}
        self._touched: set[str] = set()
        self._units: dict[str, Unit] = {}
        self._items: dict[str, tuple[Any, ...]] = {}
        self._calls: dict[int, CallRecord] = {}
        self._evidence: dict[str, list[Evidence]] = {}
        self._approvals: dict[str, Approval] = {}
        self._child_inputs: dict[str, Mapping[str, Any]] = {}
        self._told = 0
        """The last record by which a step of phase `contain` was read, answered or stated."""
        self._incident = IncidentState("", "", runbook.name, runbook.title, "", "", "", "", "", "", "")
        self._caller: Mapping[str, Any] = {}

    def take(self, record: Entry, head: str = "") -> None:
        """Adds one record. Records that are not about state are counted and otherwise ignored."""
        self._incident = replace(self._incident, records=record.seq, head=head or self._incident.head)
        self._touched.add(split_key(str(record.body.get("step", "")))[0])
        self._facts += record.type not in _NO_FACTS
        handler = getattr(self, f"_on_{record.type}", None)
        if handler is not None:
            handler(record, record.body)

    def take_all(self, records: Iterable[Entry], head: str = "") -> "Fold":
        """Adds the records of sittings that have ended."""
        for record in records:
            self.take(record, head)
        self.rest()
        return self

    def rest(self) -> bool:
        """Nobody is working: what was still running is in doubt, or accepted and unseen. True when there was such."""
        running = {key: unit for key, unit in self._units.items() if unit.status is StepStatus.RUNNING}
        for key, unit in running.items():
            self._touched.add(split_key(key)[0])
            if unit.accepted:
                unit.becomes(StepStatus.SETTLING, unit.reason)
                unit.settle_at = AT_ONCE
            else:
                unit.becomes(StepStatus.IN_DOUBT, "it may have been sent; no answer is recorded")
        return bool(running)

    def state(self) -> IncidentState:
        """The whole state. Steps are made anew only where the records since the last call can have changed them."""
        facts = (self._facts, tuple(unit.status for unit in self._units.values()))
        stale = self._keys if facts != self._folded else self._touched
        contexts: dict[str, dict[str, Any]] = {}
        for node in self._nodes:
            if node.key in stale:
                if node.prefix not in contexts:
                    contexts[node.prefix] = self.context(node.prefix)
                self._steps[node.key] = self._step(node, contexts[node.prefix])
        self._folded, self._touched = facts, set()
        acted, contained = self._acted()
        steps = {key: fresh(step, contained) for key, step in self._steps.items()}
        for key in reversed(steps):  # children stand after their parents
            steps[key] = through(steps[key], steps)
        for key in steps:
            steps[key] = held(steps[key], steps)
        return replace(
            self._incident,
            steps=tuple(steps.values()),
            aside=self._step(CHECKPOINT, {}),
            acted=acted,
            changed=sum(1 for call in self._calls.values() if call.status != "not_applied" and call.status != "failed"),
        )

    def context(self, prefix: str = "") -> dict[str, Any]:
        """What `${{ }}` may see for the steps under `prefix`: inputs, steps, incident, aws."""
        incident = self._incident
        steps: dict[str, Any] = {}
        for node in self._nodes:
            if node.prefix == prefix:
                steps[node.step.id] = self._values(node.key)
        return {
            "inputs": dict(self._child_inputs.get(prefix, {}) if prefix else incident.inputs),
            "steps": steps,
            "incident": {"id": incident.id, "opened": incident.opened, "runbook": incident.runbook},
            "aws": {
                "account": incident.account,
                "region": incident.region,
                "caller": {"arn": incident.caller, **self._caller},
            },
        }

    # -- records -------------------------------------------------------------------------------

    def _on_open(self, record: Entry, body: Mapping[str, Any]) -> None:
        key = body.get("key") or {}
        self._incident = replace(
            self._incident,
            id=str(getattr(record, "incident", "")),
            mode=str(body.get("mode", "")),
            account=str(body.get("account", "")),
            alias=str(body.get("alias", "")),
            caller=str(body.get("caller", "")),
            operator=str(body.get("operator", "")),
            region=str(body.get("region", "")),
            opened=record.t,
            key_kind=str(key.get("kind", "")),
            endpoints=tuple(body.get("endpoints") or ()),
            expires=_moment(body.get("expires")),
            inputs=dict(body.get("inputs") or {}),
        )
        self._caller = {"name": body.get("caller_name", ""), "user_id": body.get("user_id", "")}

    def _on_join(self, record: Entry, body: Mapping[str, Any]) -> None:
        key = body.get("key") or {}
        self._incident = replace(
            self._incident,
            caller=str(body.get("caller") or self._incident.caller),
            operator=str(body.get("operator") or self._incident.operator),
            key_kind=str(key.get("kind") or self._incident.key_kind),
            expires=_moment(body.get("expires")),
        )

    def _on_unlock(self, record: Entry, body: Mapping[str, Any]) -> None:
        account = str(body.get("account") or self._incident.account)
        if account == self._incident.account:
            self._incident = replace(self._incident, unlocked=True)
        else:
            self._incident = replace(self._incident, also=(*self._incident.also, account))

    def _on_note(self, record: Entry, body: Mapping[str, Any]) -> None:
        self._incident = replace(self._incident, notes=(*self._incident.notes, str(body.get("text", ""))))

    def _on_anchor(self, record: Entry, body: Mapping[str, Any]) -> None:
        seq = body.get("seq")
        if type(seq) is int and self._incident.told < seq < record.seq:
            self._incident = replace(self._incident, told=seq)

    def _on_close(self, record: Entry, body: Mapping[str, Any]) -> None:
        self._incident = replace(self._incident, closed=True)

    def _on_run(self, record: Entry, body: Mapping[str, Any]) -> None:
        self._child_inputs[f"{body['step']}/"] = dict(body.get("inputs") or {})

    def _on_evidence(self, record: Entry, body: Mapping[str, Any]) -> None:
        key, _ = split_key(str(body.get("step", "")))
        found = Evidence(
            str(body["name"]), str(body["sha256"]), int(body["size"]), str(body.get("step", "")),
            tuple(body.get("gaps") or ()),
        )  # fmt: skip
        self._evidence.setdefault(key, []).append(found)

    def _on_items(self, record: Entry, body: Mapping[str, Any]) -> None:
        self._items[str(body["step"])] = tuple(body.get("items") or ())

    def _on_observe(self, record: Entry, body: Mapping[str, Any]) -> None:
        unit = self._unit(body["step"])
        if not body.get("renewed_by"):
            self._tells(record)
        unit.gaps = tuple(body.get("gaps") or ())
        unit.reply = str(body.get("evidence") or "")
        if body.get("state") == "ok" or (body.get("state") == "absent" and "keep" in body):  # absent, and that is good
            asked = self._asked[split_key(str(body["step"]))[0]]
            unit.values = dict(body.get("keep") or {}) | ({"absent": body["state"] == "absent"} if asked.absent else {})
            unit.becomes(StepStatus.DONE if asked.verify is None else StepStatus.TODO)  # its check follows
        else:
            unit.becomes(StepStatus.FAILED, str(body.get("message", "")), str(body.get("advice", "")))

    def _on_judge(self, record: Entry, body: Mapping[str, Any]) -> None:
        if body.get("result") == "DENY":
            unit = self._unit(body["step"])
            reasons = [str(v["reason"]) for v in body.get("verdicts") or () if v.get("ruling") == "DENY"]
            unit.reason = "; ".join(reasons)

    def _on_decide(self, record: Entry, body: Mapping[str, Any]) -> None:
        approval = self._approvals.get(str(body.get("step", "")))
        if body.get("kind") == "confirm" and approval and approval.digest == body.get("digest"):
            self._approvals[str(body["step"])] = replace(approval, used=True)
        if body.get("kind") == "choice":
            self._tells(record)
            unit = self._unit(body["step"])
            unit.values = {"choice": body.get("choice")}
            unit.becomes(StepStatus.DONE)

    def _on_approve(self, record: Entry, body: Mapping[str, Any]) -> None:
        key = str(body.get("step", ""))
        approval = self._approvals.get(key)
        if key:
            self._unit(key).reason = ""  # what the guard said of it before is out of date
        if body["kind"] == "request":
            expires = datetime.fromisoformat(str(body["expires"]))
            self._approvals[key] = Approval(
                str(body["request"]), str(body["digest"]), int(body["wanted"]), expires, str(body.get("file", ""))
            )
        elif approval is None or approval.request != body.get("request"):
            return
        elif body["kind"] == "approval":
            approver = Approver(Person.from_data(body["by"]), str(body["key"]), str(body["pinned"]))
            self._approvals[key] = replace(approval, by=(*approval.by, approver))
        elif body["kind"] == "break-glass":
            self._approvals[key] = replace(approval, glass=str(body["reason"]))
            glass = dict.fromkeys((*self._incident.glass, key))
            self._incident = replace(self._incident, glass=tuple(glass))

    def _on_intent(self, record: Entry, body: Mapping[str, Any]) -> None:
        unit = self._unit(body["step"])
        undoing = bool(body.get("undoing"))
        self._calls[record.seq] = CallRecord(
            record.seq, str(body["step"]), dict(body["call"]), "sent", str(body.get("plan", "")),
            int(body.get("n", 1)), int(body.get("of", 1)), undoing,
        )  # fmt: skip
        unit.accepted = unit.verified = False
        unit.becomes(StepStatus.RUNNING)

    def _on_outcome(self, record: Entry, body: Mapping[str, Any]) -> None:
        call = self._resolve(body, str(body["status"]))
        call = replace(call, code=str(body.get("code", "")), message=str(body.get("message", "")),
                       request_id=str(body.get("request_id", "")), at=record.t)  # fmt: skip
        self._calls[call.seq] = call
        unit = self._unit(call.step)
        if call.status == "succeeded":
            self._took_effect(unit, call)
        else:
            words = f"{call.code}: {call.message}" if call.code else call.message
            if call.undoing:
                words = f"the undo was refused, the change is still there: {words}"
            status = StepStatus.UNVERIFIED if call.undoing else StepStatus.FAILED
            unit.becomes(status, words, str(body.get("advice", "")))

    def _on_unknown(self, record: Entry, body: Mapping[str, Any]) -> None:
        call = self._resolve(body, "unknown")
        self._unit(call.step).becomes(StepStatus.IN_DOUBT, str(body.get("why", "")))

    def _on_reconcile(self, record: Entry, body: Mapping[str, Any]) -> None:
        found = str(body["found"])
        call = replace(self._resolve(body, "unknown" if found == "unclear" else found), at=record.t)
        self._calls[call.seq] = call
        unit = self._unit(call.step)
        if call.status == "applied":
            self._took_effect(unit, call)
        elif call.status == "not_applied" and call.undoing:
            unit.becomes(StepStatus.UNVERIFIED, "looked at AWS: the undo had no effect, the change is still there")
        elif call.status == "not_applied":
            unit.becomes(StepStatus.TODO, f"looked at AWS: {call.planned['call']} had no effect; run it again")
        else:
            unit.becomes(StepStatus.IN_DOUBT, str(body.get("why", "")))

    def _on_check(self, record: Entry, body: Mapping[str, Any]) -> None:
        unit = self._unit(body["step"])
        which, finding, why = str(body["which"]), str(body["finding"]), str(body.get("why", ""))
        if which == "proof":
            unit.proof = finding
        if finding == "verified":
            unit.verified = True
        if which == "own":
            unit.looked = record.seq
            unit.look_at = _moment(body.get("due"))
            unit.wait_until = _moment(body.get("until"))
        if which == "own" and body.get("due"):
            unit.becomes(StepStatus.WAITING, why, str(body.get("advice", "")))
        elif body.get("due"):
            unit.becomes(StepStatus.SETTLING, why)
            unit.settle_at = datetime.fromisoformat(str(body["due"]))
        elif which == "undo" and finding == "verified":
            unit.becomes(StepStatus.UNDONE)
            for call in [call for call in self._calls.values() if call.step == str(body["step"]) and call.took_effect]:
                self._calls[call.seq] = replace(call, undone=True)
        elif finding == "verified":
            unit.becomes(StepStatus.DONE)
        elif which in ("verify", "again") and finding == "refuted":
            unit.becomes(StepStatus.REFUTED, why)
        elif which in ("own", "wait"):
            unit.becomes(StepStatus.FAILED, why, str(body.get("advice", "")))
        else:
            unit.becomes(StepStatus.UNVERIFIED, why, str(body.get("advice", "")))

    def _on_wait(self, record: Entry, body: Mapping[str, Any]) -> None:
        unit = self._unit(body["step"])
        unit.becomes(StepStatus.WAITING)
        unit.wait_until = datetime.fromisoformat(str(body["until"]))

    def _on_skip(self, record: Entry, body: Mapping[str, Any]) -> None:
        self._for_all(str(body["step"]), StepStatus.SKIPPED, str(body.get("reason", "")))

    def _on_fail(self, record: Entry, body: Mapping[str, Any]) -> None:
        self._unit(body["step"]).becomes(StepStatus.FAILED, str(body.get("reason", "")), str(body.get("advice", "")))

    def _on_not_needed(self, record: Entry, body: Mapping[str, Any]) -> None:
        key = str(body["step"])
        self._for_all(key, StepStatus.NOT_NEEDED, str(body.get("why", "")))
        self._unit(key).dismissed = body.get("by") == "when"

    def _on_attest(self, record: Entry, body: Mapping[str, Any]) -> None:
        self._tells(record)
        unit = self._unit(body["step"])
        unit.asserted = str(body.get("statement", ""))
        unit.becomes(StepStatus.DONE if not body.get("proof") else StepStatus.UNVERIFIED, "asserted, not yet verified")
        if not body.get("proof"):
            unit.reason = ""

    # -- meaning -------------------------------------------------------------------------------

    def _acted(self) -> tuple[int, int]:
        """Numbers of the last record of phase `contain` that is no re-check, with and without calls that took back."""
        done = [call for call in self._calls.values() if call.took_effect or call.in_doubt]
        contained = max((c.seq for c in done if not c.undoing and self._contains(c.step)), default=0)
        contained = max(contained, self._told)
        return max([contained, *(c.seq for c in done if c.undoing)]), contained

    def _contains(self, unit: str) -> bool:
        step = self._asked.get(split_key(unit)[0])
        return step is not None and step.phase == "contain" and not step.rechecks

    def _tells(self, record: Entry) -> None:
        """What is read, answered or stated of what contains: a re-check before it did not know."""
        if self._contains(str(record.body["step"])):
            self._told = record.seq

    def _unit(self, key: Any) -> Unit:
        return self._units.setdefault(str(key), Unit())

    def _for_all(self, key: str, status: StepStatus, reason: str) -> None:
        """A step's own word stands for each of its items that is not done."""
        items = range(len(self._items.get(key, ())))
        for unit in [self._unit(f"{key}[{index}]") for index in items] or [self._unit(key)]:
            if unit.status is not StepStatus.IN_DOUBT and (unit.status.open or not items):
                unit.becomes(status, reason)

    def _resolve(self, body: Mapping[str, Any], status: str) -> CallRecord:
        call = replace(self._calls[int(body["intent"])], status=status)
        self._touched.add(split_key(call.step)[0])
        self._calls[call.seq] = call
        return call

    def _took_effect(self, unit: Unit, call: CallRecord) -> None:
        unit.taken_back = call.undoing
        undone = self._calls.get(int(call.planned.get("undoes") or 0)) if call.undoing else None
        for other in list(self._calls.values()) if undone else ():
            if undone and not other.undoing and other.took_effect and other.aim == undone.aim:
                self._calls[other.seq] = replace(other, undone=True)
        if call.n < call.of and call.undoing:
            unit.becomes(StepStatus.UNVERIFIED, f"{call.n} of {call.of} calls were taken back", "Undo the rest.")
        elif call.n < call.of:
            unit.becomes(StepStatus.FAILED, f"{call.n} of {call.of} calls were made", "Run the step again.")
        else:
            unit.accepted = True
            unit.becomes(StepStatus.RUNNING, "accepted by AWS; nothing has shown the effect yet")

    def _values(self, key: str) -> dict[str, Any]:
        unit = self._units.get(key, Unit())
        values: dict[str, Any] = {**unit.values, "status": unit.status.value, "gaps": list(unit.gaps)}
        if key in self._items:
            values["items"] = [
                {"item": item, **self._unit(f"{key}[{index}]").values} for index, item in enumerate(self._items[key])
            ]
        return values

    def _filled(self, key: str, text: str, context: Mapping[str, Any]) -> str:
        """A text of a step filled in, made anew only when something it can read has changed."""
        if "${{" not in text:
            return text
        facts, filled = self._texts.get((key, text), (-1, text))
        if facts != self._facts or "status" in text:
            try:
                filled = str(fill(text, context))
            except IrtuiError:
                filled = text
            self._texts[key, text] = (self._facts, filled)
        return filled

    def _step(self, node: Node, context: Mapping[str, Any]) -> StepState:
        own = self._units.get(node.key, Unit())
        items = self._items.get(node.key, ())
        keys = [unit_key(node.key, index) for index in range(len(items))] or [node.key]
        units = [self._units.get(key, Unit()) for key in keys]
        shown = worst(units)
        applies = _applies(node.step, context)
        status, reason = shown.status, shown.reason or (own.reason if shown.status.open else "")
        if status is StepStatus.NOT_NEEDED and own.dismissed and applies:
            status, reason = StepStatus.TODO, ""
        due = {key: unit.settle_at for key, unit in zip(keys, units, strict=True) if unit.settle_at is not None}
        item = f"{node.key}["
        calls = tuple(call for call in self._calls.values() if call.step == node.key or call.step.startswith(item))
        return StepState(
            key=node.key,
            number=node.number,
            step=node.step,
            status=status,
            title=self._filled(node.key, node.step.title, context),
            text=self._filled(node.key, node.step.text, context),
            wanted=self._filled(node.key, wanted(node.step), context),
            values=own.values,
            items=items,
            items_done=tuple(index for index, unit in enumerate(units) if items and _done(unit)),
            calls=calls,
            evidence=tuple(self._evidence.get(node.key, ())),
            gaps=tuple(dict.fromkeys(gap for unit in units for gap in unit.gaps)),
            reason=reason,
            advice=shown.advice,
            settle_at=min(due.values(), default=None),
            due=due,
            taken_back=tuple(key for key, unit in zip(keys, units, strict=True) if unit.taken_back),
            verified=all(unit.verified for unit in units),
            wait_until=own.wait_until,
            look_at=own.look_at,
            looked=own.looked,
            reply=next((unit.reply for unit in reversed(units) if unit.reply), own.reply),
            asserted=own.asserted,
            proof=own.proof,
            applies=applies,
            approval=self._approvals.get(node.key),
            begun=f"{node.key}/" in self._child_inputs,
        )


_NO_FACTS = (
    "plan",
    "judge",
    "intent",
    "outcome",
    "unknown",
    "reconcile",
    "check",
    "evidence",
    "note",
    "undo",
    "approve",
    "anchor",
)
"""Records that change at most the status of steps, and nothing else that an expression can see."""


def _done(unit: Unit) -> bool:
    return not unit.status.open and unit.status not in LEFT_OUT


def wanted(step: Step) -> str:
    """What a question or manual work asks for, as it stands in the runbook; empty for other steps."""
    body = step.body
    return body.question if isinstance(body, AskBody) else body.instruction if isinstance(body, ManualBody) else ""


def _applies(step: Step, context: Mapping[str, Any]) -> bool | None:
    if not step.when:
        return True
    try:
        return truth(step.when, context)
    except IrtuiError:
        return None


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None

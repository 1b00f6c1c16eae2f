"""What the records have told so far: each type of record, and what it changes. A unit is a step, or an item of one.

Rules:
- The latest record of a unit decides its status.
- An intent without an outcome is in doubt, and so is an outcome that nobody knows.
- A change counts as done only when a check said so and, where the step asks for a second look, that too.
- A skipped, undone or not needed step is never called done.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from irtui.engine.outline import split_key
from irtui.engine.unit import Unit
from irtui.model.approval import Approval, Approver, Person
from irtui.model.incident import AT_ONCE, CallRecord, Evidence, IncidentState, StepStatus
from irtui.model.plan import with_made
from irtui.model.runbook import Step


class Entry(Protocol):
    """What is needed of a journal record."""

    @property
    def seq(self) -> int: ...
    @property
    def type(self) -> str: ...
    @property
    def body(self) -> Mapping[str, Any]: ...
    @property
    def t(self) -> str: ...


class Known:
    """Takes records one by one. `asked`: the steps by key."""

    def __init__(self, incident: IncidentState, asked: Mapping[str, Step]) -> None:
        self.incident = incident
        """Without its steps."""
        self.caller: Mapping[str, Any] = {}
        self.units: dict[str, Unit] = {}
        self.items: dict[str, tuple[Any, ...]] = {}
        self.calls: dict[int, CallRecord] = {}
        self.evidence: dict[str, list[Evidence]] = {}
        self.approvals: dict[str, Approval] = {}
        self.child_inputs: dict[str, Mapping[str, Any]] = {}
        self.touched: set[str] = set()
        """Keys of steps of which a record told something; whoever makes steps of it empties it."""
        self.facts = 0
        """How many records told what an expression can see."""
        self._asked = asked
        self._told = 0
        """The last record by which a step of phase `contain` was read, answered or stated."""

    def take(self, record: Entry, head: str = "") -> None:
        """Adds one record. Records that are not about state are counted and otherwise ignored."""
        self.incident = replace(self.incident, records=record.seq, head=head or self.incident.head)
        self.touched.add(split_key(str(record.body.get("step", "")))[0])
        self.facts += record.type not in _NO_FACTS or "made" in record.body
        handler = getattr(self, f"_on_{record.type}", None)
        if handler is not None:
            handler(record, record.body)

    def rest(self) -> bool:
        """Nobody is working: what was still running is in doubt, or accepted and unseen. True when there was such."""
        running = {key: unit for key, unit in self.units.items() if unit.status is StepStatus.RUNNING}
        for key, unit in running.items():
            self.touched.add(split_key(key)[0])
            if unit.accepted:
                unit.becomes(StepStatus.SETTLING, unit.reason)
                unit.settle_at = AT_ONCE
            else:
                unit.becomes(StepStatus.IN_DOUBT, "it may have been sent; no answer is recorded")
        return bool(running)

    def unit(self, key: Any) -> Unit:
        return self.units.setdefault(str(key), Unit())

    def acted(self) -> tuple[int, int]:
        """Numbers of the last record of phase `contain` that is no re-check, with and without calls that took back."""
        done = [call for call in self.calls.values() if call.took_effect or call.in_doubt]
        contained = max((c.seq for c in done if not c.undoing and self._contains(c.step)), default=0)
        contained = max(contained, self._told)
        return max([contained, *(c.seq for c in done if c.undoing)]), contained

    # -- records -------------------------------------------------------------------------------

    def _on_open(self, record: Entry, body: Mapping[str, Any]) -> None:
        key = body.get("key") or {}
        self.incident = replace(
            self.incident,
            id=str(getattr(record, "incident", "")),
            mode=str(body.get("mode", "")),
            account=str(body.get("account", "")),
            alias=str(body.get("alias", "")),
            caller=str(body.get("caller", "")),
            operator=str(body.get("operator", "")),
            region=str(body.get("region", "")),
            opened=record.t,
            key_kind=str(key.get("kind", "")),
            keys=_keys(key),
            endpoints=tuple(body.get("endpoints") or ()),
            expires=_moment(body.get("expires")),
            inputs=dict(body.get("inputs") or {}),
        )
        self.caller = {"name": body.get("caller_name", ""), "user_id": body.get("user_id", "")}

    def _on_join(self, record: Entry, body: Mapping[str, Any]) -> None:
        key = body.get("key") or {}
        self.incident = replace(
            self.incident,
            caller=str(body.get("caller") or self.incident.caller),
            operator=str(body.get("operator") or self.incident.operator),
            key_kind=str(key.get("kind") or self.incident.key_kind),
            keys=_keys(key) or self.incident.keys,
            expires=_moment(body.get("expires")),
        )

    def _on_unlock(self, record: Entry, body: Mapping[str, Any]) -> None:
        account = str(body.get("account") or self.incident.account)
        if account == self.incident.account:
            self.incident = replace(self.incident, unlocked=True)
        else:
            self.incident = replace(self.incident, also=(*self.incident.also, account))

    def _on_note(self, record: Entry, body: Mapping[str, Any]) -> None:
        self.incident = replace(self.incident, notes=(*self.incident.notes, str(body.get("text", ""))))

    def _on_anchor(self, record: Entry, body: Mapping[str, Any]) -> None:
        seq = body.get("seq")
        if type(seq) is int and self.incident.told < seq < record.seq:
            self.incident = replace(self.incident, told=seq)

    def _on_close(self, record: Entry, body: Mapping[str, Any]) -> None:
        self.incident = replace(self.incident, closed=True)

    def _on_run(self, record: Entry, body: Mapping[str, Any]) -> None:
        self.child_inputs[f"{body['step']}/"] = dict(body.get("inputs") or {})

    def _on_evidence(self, record: Entry, body: Mapping[str, Any]) -> None:
        key, _ = split_key(str(body.get("step", "")))
        found = Evidence(
            str(body["name"]), str(body["sha256"]), int(body["size"]), str(body.get("step", "")),
            tuple(body.get("gaps") or ()),
        )  # fmt: skip
        self.evidence.setdefault(key, []).append(found)

    def _on_items(self, record: Entry, body: Mapping[str, Any]) -> None:
        self.items[str(body["step"])] = tuple(body.get("items") or ())

    def _on_observe(self, record: Entry, body: Mapping[str, Any]) -> None:
        unit = self.unit(body["step"])
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
            unit = self.unit(body["step"])
            reasons = [str(v["reason"]) for v in body.get("verdicts") or () if v.get("ruling") == "DENY"]
            unit.reason = "; ".join(reasons)

    def _on_decide(self, record: Entry, body: Mapping[str, Any]) -> None:
        approval = self.approvals.get(str(body.get("step", "")))
        if body.get("kind") == "confirm" and approval and approval.digest == body.get("digest"):
            self.approvals[str(body["step"])] = replace(approval, used=True)
        if body.get("kind") == "choice":
            self._tells(record)
            unit = self.unit(body["step"])
            unit.values = {"choice": body.get("choice")}
            unit.becomes(StepStatus.DONE)

    def _on_approve(self, record: Entry, body: Mapping[str, Any]) -> None:
        key = str(body.get("step", ""))
        approval = self.approvals.get(key)
        if key:
            self.unit(key).reason = ""  # what the guard said of it before is out of date
        if body["kind"] == "request":
            expires = datetime.fromisoformat(str(body["expires"]))
            self.approvals[key] = Approval(
                str(body["request"]), str(body["digest"]), int(body["wanted"]), expires, str(body.get("file", ""))
            )
        elif approval is None or approval.request != body.get("request"):
            return
        elif body["kind"] == "approval":
            approver = Approver(Person.from_data(body["by"]), str(body["key"]), str(body["pinned"]))
            self.approvals[key] = replace(approval, by=(*approval.by, approver))
        elif body["kind"] == "break-glass":
            self.approvals[key] = replace(approval, glass=str(body["reason"]))
            glass = dict.fromkeys((*self.incident.glass, key))
            self.incident = replace(self.incident, glass=tuple(glass))

    def _on_intent(self, record: Entry, body: Mapping[str, Any]) -> None:
        unit = self.unit(body["step"])
        undoing = bool(body.get("undoing"))
        self.calls[record.seq] = CallRecord(
            record.seq, str(body["step"]), dict(body["call"]), "sent", str(body.get("plan", "")),
            int(body.get("n", 1)), int(body.get("of", 1)), undoing,
        )  # fmt: skip
        unit.accepted = unit.verified = unit.useless = False
        unit.becomes(StepStatus.RUNNING)

    def _on_outcome(self, record: Entry, body: Mapping[str, Any]) -> None:
        call = self._resolve(body, str(body["status"]))
        call = replace(call, code=str(body.get("code", "")), message=str(body.get("message", "")),
                       request_id=str(body.get("request_id", "")), at=record.t,
                       planned=with_made(call.planned, body.get("made")))  # fmt: skip
        self.calls[call.seq] = call
        unit = self.unit(call.step)
        if call.status == "succeeded":
            self._took_effect(unit, call)
            if call.code:
                unit.useless = True
                unit.becomes(StepStatus.FAILED, f"{call.code}: {call.message}", str(body.get("advice", "")))
            elif body.get("made"):
                unit.values = dict(body["made"])
        else:
            words = f"{call.code}: {call.message}" if call.code else call.message
            if call.undoing:
                words = f"the undo was refused, the change is still there: {words}"
            status = StepStatus.UNVERIFIED if call.undoing else StepStatus.FAILED
            unit.becomes(status, words, str(body.get("advice", "")))

    def _on_unknown(self, record: Entry, body: Mapping[str, Any]) -> None:
        call = self._resolve(body, "unknown")
        self.unit(call.step).becomes(StepStatus.IN_DOUBT, str(body.get("why", "")))

    def _on_reconcile(self, record: Entry, body: Mapping[str, Any]) -> None:
        found = str(body["found"])
        call = replace(self._resolve(body, "unknown" if found == "unclear" else found), at=record.t)
        self.calls[call.seq] = call
        unit = self.unit(call.step)
        if call.status == "applied":
            self._took_effect(unit, call)
            if call.planned.get("made") and not call.undoing:
                unit.useless = True
                words = f"{call.planned['call']} was done, and its answer never came: what it made is not known here"
                unit.becomes(StepStatus.FAILED, words, UNKNOWN_MADE)
        elif call.status == "not_applied" and call.undoing:
            unit.becomes(StepStatus.UNVERIFIED, "looked at AWS: the undo had no effect, the change is still there")
        elif call.status == "not_applied":
            unit.becomes(StepStatus.TODO, f"looked at AWS: {call.planned['call']} had no effect; run it again")
        else:
            unit.becomes(StepStatus.IN_DOUBT, str(body.get("why", "")))

    def _on_check(self, record: Entry, body: Mapping[str, Any]) -> None:
        unit = self.unit(body["step"])
        which, finding, why = str(body["which"]), str(body["finding"]), str(body.get("why", ""))
        if which == "proof":
            unit.proof = finding
        if finding == "verified":
            unit.verified = True
        if which == "own":
            unit.looked = record.seq
            unit.look_at = _moment(body.get("due"))
            unit.wait_until = _moment(body.get("until"))
        if unit.useless and which in ("verify", "again"):
            return
        if which == "own" and body.get("due"):
            unit.becomes(StepStatus.WAITING, why, str(body.get("advice", "")))
        elif body.get("due"):
            unit.becomes(StepStatus.SETTLING, why)
            unit.settle_at = datetime.fromisoformat(str(body["due"]))
        elif which == "undo" and finding == "verified":
            unit.becomes(StepStatus.UNDONE)
            unit.values = {}
            for call in [call for call in self.calls.values() if call.step == str(body["step"]) and call.took_effect]:
                self.calls[call.seq] = replace(call, undone=True)
        elif finding == "verified":
            unit.becomes(StepStatus.DONE)
        elif which in ("verify", "again") and finding == "refuted":
            unit.becomes(StepStatus.REFUTED, why)
        elif which in ("own", "wait"):
            unit.becomes(StepStatus.FAILED, why, str(body.get("advice", "")))
        else:
            unit.becomes(StepStatus.UNVERIFIED, why, str(body.get("advice", "")))

    def _on_wait(self, record: Entry, body: Mapping[str, Any]) -> None:
        unit = self.unit(body["step"])
        unit.becomes(StepStatus.WAITING)
        unit.wait_until = datetime.fromisoformat(str(body["until"]))

    def _on_skip(self, record: Entry, body: Mapping[str, Any]) -> None:
        self._for_all(str(body["step"]), StepStatus.SKIPPED, str(body.get("reason", "")))

    def _on_fail(self, record: Entry, body: Mapping[str, Any]) -> None:
        self.unit(body["step"]).becomes(StepStatus.FAILED, str(body.get("reason", "")), str(body.get("advice", "")))

    def _on_not_needed(self, record: Entry, body: Mapping[str, Any]) -> None:
        key = str(body["step"])
        self._for_all(key, StepStatus.NOT_NEEDED, str(body.get("why", "")))
        self.unit(key).dismissed = body.get("by") == "when"

    def _on_attest(self, record: Entry, body: Mapping[str, Any]) -> None:
        self._tells(record)
        unit = self.unit(body["step"])
        unit.asserted = str(body.get("statement", ""))
        unit.becomes(StepStatus.DONE if not body.get("proof") else StepStatus.UNVERIFIED, "asserted, not yet verified")
        if not body.get("proof"):
            unit.reason = ""

    # -- meaning -------------------------------------------------------------------------------

    def _contains(self, unit: str) -> bool:
        step = self._asked.get(split_key(unit)[0])
        return step is not None and step.phase == "contain" and not step.rechecks

    def _tells(self, record: Entry) -> None:
        """What is read, answered or stated of what contains: a re-check before it did not know."""
        if self._contains(str(record.body["step"])):
            self._told = record.seq

    def _for_all(self, key: str, status: StepStatus, reason: str) -> None:
        """A step's own word stands for each of its items that is not done."""
        items = range(len(self.items.get(key, ())))
        for unit in [self.unit(f"{key}[{index}]") for index in items] or [self.unit(key)]:
            if unit.status is not StepStatus.IN_DOUBT and (unit.status.open or not items):
                unit.becomes(status, reason)

    def _resolve(self, body: Mapping[str, Any], status: str) -> CallRecord:
        call = replace(self.calls[int(body["intent"])], status=status)
        self.touched.add(split_key(call.step)[0])
        self.calls[call.seq] = call
        return call

    def _took_effect(self, unit: Unit, call: CallRecord) -> None:
        unit.taken_back = call.undoing
        undone = self.calls.get(int(call.planned.get("undoes") or 0)) if call.undoing else None
        for other in list(self.calls.values()) if undone else ():
            if undone and not other.undoing and other.took_effect and other.aim == undone.aim:
                self.calls[other.seq] = replace(other, undone=True)
        if call.n < call.of and call.undoing:
            unit.becomes(StepStatus.UNVERIFIED, f"{call.n} of {call.of} calls were taken back", "Undo the rest.")
        elif call.n < call.of:
            unit.becomes(StepStatus.FAILED, f"{call.n} of {call.of} calls were made", "Run the step again.")
        else:
            unit.accepted = True
            unit.becomes(StepStatus.RUNNING, "accepted by AWS; nothing has shown the effect yet")


UNKNOWN_MADE = "Look in the console what is new. If irtui keys secret does not have it, delete it; then run this again."
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


def _keys(key: Mapping[str, Any]) -> tuple[str, ...]:
    endorsement = key.get("endorsement") or {}
    return tuple(str(each) for each in (key.get("public"), endorsement.get("by")) if each)


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None

"""A signed checkpoint of the journal, put where its writer cannot change it: a change like any other, beside the walk.

Rules: an action plans it, every guard judges it, the executor writes its intent, sends it and writes what became of it.
Nobody is asked: who named the bucket, in peace, said yes to exactly this, and the record says so; what a guard refuses
stays refused. No step waits for it and it waits for every step: by itself it comes only when nothing is left to be
contained, and before the close. A failure is recorded, told once, and tried again when somebody asks.
"""

from collections.abc import Callable
from dataclasses import replace
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from irtui.engine import changing, doubt
from irtui.engine.consent import judge, who_acts
from irtui.engine.executor import send
from irtui.engine.hands import Hands, in_words
from irtui.engine.ledger import clipped
from irtui.engine.looks import observed_before, signed_in
from irtui.engine.operator import Message, Progress, Question
from irtui.engine.outline import CHECKPOINT
from irtui.engine.planning import plan_step
from irtui.errors import AwsFault, CredentialsError, JournalError
from irtui.journal.note import parse_note
from irtui.model.checkpoint import CheckpointBucket
from irtui.model.incident import CallRecord, StepStatus
from irtui.model.outcome import Status
from irtui.model.plan import Plan, PlannedCall
from irtui.model.runbook import UseBody
from irtui.model.verdict import Ruling, worst

_Read = TypeVar("_Read")
KEY = CHECKPOINT.key
_NOT_THERE = "No checkpoint"
_ADVICE = "Nothing else waits for it. Try again later, or paste the fingerprint where others keep it."
PATIENCE = 10.0
"""Seconds, of the real clock, for which the bucket is waited for before anything is sent."""
CLOSE, KEEP = "close", "keep-open"


def due(hands: Hands, tried: int) -> bool:
    """Whether one comes by itself now: something was contained, nothing is left to be, and no checkpoint covers it.

    `tried`: the number of the last containing intent for which it was tried.
    """
    state = hands.ledger.state
    wanted = hands.bucket is not None and hands.bucket.automatic and state.unlocked and not hands.read_only
    return wanted and state.acted > max(tried, state.told) and state.contained != "open"


def before_close(hands: Hands) -> bool:
    """Puts the last one, where that is wished; when it fails, asks whether to close without it. False: stay open."""
    state = hands.ledger.state
    _settle(hands)
    if hands.bucket is None or not hands.bucket.automatic or not state.unlocked or hands.read_only:
        return True
    if checkpoint(hands):
        return True
    text = f"Afterwards none can be made: the incident's key is destroyed. Unanchored since #{state.told + 1}."
    choices = {CLOSE: "Close without it.", KEEP: "Leave it open, and try again."}
    return hands.operator.decide(Question(KEY, "The checkpoint before the close failed", text, choices)) == CLOSE


def checkpoint(hands: Hands) -> bool:
    """Puts one of the journal as it is now. True: it lies there, and the journal says where."""
    bucket = hands.bucket
    if bucket is None:
        advice = "Name it once in the settings: [checkpoint] bucket, account. The fingerprint can be pasted meanwhile."
        hands.operator.tell(Message(_NOT_THERE, "No bucket is named for checkpoints.", advice, "warning", KEY))
        return False
    _settle(hands)
    seq = hands.ledger.state.records
    hands.operator.progress(Progress("putting a signed checkpoint …", KEY))
    try:
        plan = _plan(hands, bucket, seq)
        if plan is None or not _agreed(hands, plan):
            return False
        return _sent(hands, bucket, plan, seq)
    finally:
        hands.operator.progress(Progress())


def _plan(hands: Hands, bucket: CheckpointBucket, seq: int) -> Plan | None:
    inputs = {
        "bucket": bucket.name, "account": bucket.account, "key": bucket.key(hands.ledger.state.id, seq),
        "note": hands.ledger.journal.checkpoint(), "days": str(bucket.days),
        "region": bucket.region or hands.door.region, "incident_account": hands.ledger.state.account,
    }  # fmt: skip
    step = replace(CHECKPOINT.step, body=UseBody("journal.checkpoint", inputs))
    now = hands.clock.now() + hands.door.ahead
    try:
        plan = _within(PATIENCE, lambda: plan_step(hands.door, step, KEY, {}, now))
    except (CredentialsError, JournalError):
        raise
    except Exception as fault:  # whatever it is, no step waits for it
        error = in_words(fault)
        if isinstance(error, AwsFault):
            signed_in(error)
        hands.ledger.write("fail", {"step": KEY, "reason": clipped(str(error)), "advice": clipped(error.advice)})
        hands.operator.tell(Message(_NOT_THERE, str(error), error.advice or _ADVICE, "warning", KEY))
        return None
    hands.ledger.write("plan", {"step": KEY, "digest": plan.digest, "plans": [plan.as_data()]})
    return plan


def _within(seconds: float, read: Callable[[], _Read]) -> _Read:
    """What `read` gives, or AwsFault: a bucket that does not answer must not keep the operator from what contains."""
    given: SimpleQueue[_Read | Exception] = SimpleQueue()

    def work() -> None:
        try:
            given.put(read())
        except Exception as error:  # it belongs to whoever waits
            given.put(error)

    Thread(target=work, daemon=True, name="checkpoint").start()
    try:
        found = given.get(timeout=seconds)
    except Empty:
        raise AwsFault("timeout", "NoAnswer", f"The bucket did not answer within {seconds:.0f} s", call="s3") from None
    if isinstance(found, Exception):
        raise found
    return found


def _agreed(hands: Hands, plan: Plan) -> bool:
    verdicts = judge(
        hands.ledger, hands.ledger.state.step(KEY), (plan,), identity=who_acts(hands.door, "caller"),
        now=hands.clock.now() + hands.door.ahead, member=None, opener=None, protected=hands.protected,
        limits=hands.limits, read_only=hands.read_only,
    )  # fmt: skip
    if worst(verdicts) is Ruling.DENY:
        reasons = "; ".join(verdict.reason for verdict in verdicts if verdict.ruling is Ruling.DENY)
        hands.operator.tell(Message(_NOT_THERE, reasons, "Nothing was sent.", "warning", KEY))
        return False
    why = "this bucket was named for it beforehand"
    hands.ledger.write(
        "decide", {"step": KEY, "kind": "confirm", "digest": plan.digest, "typed": "", "reason": why, "by": "settings"}
    )
    return True


def _sent(hands: Hands, bucket: CheckpointBucket, plan: Plan, seq: int) -> bool:
    outcome = send(hands.ledger, hands.door, hands.operator, plan, 1, confirmed=plan.digest)
    if outcome.status is not Status.SUCCEEDED:
        what = outcome.code if outcome.status is Status.FAILED else "Nobody knows whether it is there"
        words, advice = f"{what}: {outcome.message}", outcome.advice or _ADVICE
        hands.operator.tell(Message(_NOT_THERE, words, advice, "warning", KEY))
        return False
    changing.verify(hands, KEY, plan.calls)
    if hands.ledger.state.step(KEY).status is StepStatus.REFUTED:
        return False
    version = str(outcome.reply.get("VersionId") or "")
    _anchored(hands, f"s3://{bucket.name}/{plan.calls[0].target}", version, seq)
    if note := plan.calls[0].note:
        hands.operator.tell(Message("A weak place for a checkpoint", note, "Name a bucket elsewhere.", "warning", KEY))
    return True


def _anchored(hands: Hands, where: str, version: str, seq: int) -> None:
    place = f"{where}?versionId={version}" if version else where
    hands.ledger.anchored(seq, place)
    hands.operator.tell(Message(f"Anchored to #{seq}", place, key=KEY))


def _settle(hands: Hands) -> None:
    """Looks for checkpoints of which nobody knows whether they came there; without an answer new ones are made."""
    lost = [call for call in hands.ledger.state.step(KEY).calls if call.in_doubt]
    if not lost or not _answers(hands, lost[0]):
        return
    doubt.reconcile(hands, hands.ledger.state.step(KEY))
    applied = {call.seq for call in hands.ledger.state.step(KEY).calls if call.status == "applied"}
    for call in lost:
        if call.seq in applied:
            _anchored(hands, f"s3://{_param(call, 'Bucket')}/{_param(call, 'Key')}", "", _covered(call))


def _answers(hands: Hands, call: CallRecord) -> bool:
    """Whether the bucket says anything now: what becomes of a call in doubt is asked for longer than that."""
    try:
        seen = _within(PATIENCE, lambda: observed_before(hands.door, PlannedCall.from_data(call.planned)))
    except AwsFault:
        return False
    return seen is not None and seen.state != "unknown"


def _covered(call: CallRecord) -> int:
    return parse_note(_param(call, "Body").encode("utf-8")).seq


def _param(call: CallRecord, name: str) -> str:
    return str(call.planned["params"][name])

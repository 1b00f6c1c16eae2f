"""A desk as the contract says it, with a scripted walk of a key revocation; `foreign` may poison its strings."""

# ruff: noqa: E501  (tables of texts)

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from irtui.desk.answers import Answer
from irtui.desk.enquiries import Enquiry
from irtui.desk.handed import of_a_real_one
from irtui.desk.nouns import (
    Answers,
    Briefing,
    Field,
    IncidentEntry,
    KeyOption,
    Offer,
    Request,
    RunbookEntry,
    ScenarioEntry,
    Simulated,
    Used,
)  # fmt: skip
from irtui.desk.watch import Watch
from irtui.engine.fold import wanted
from irtui.engine.operator import (
    AddNote,
    AskHint,
    Checkpoint,
    CloseIncident,
    Command,
    Confirmation,
    Leave,
    LookAgain,
    Message,
    Operator,
    Pause,
    Progress,
    Question,
    RunStep,
    SkipStep,
    Task,
    TellAnchor,
    UndoStep,
    Unlock,
)  # fmt: skip
from irtui.errors import CredentialsError, KeyUnavailable, Problem
from irtui.gameday.score import Score
from irtui.model.call import Call
from irtui.model.effect import Effect
from irtui.model.identity import Identity
from irtui.model.incident import CallRecord, Evidence, IncidentState, StepState, StepStatus
from irtui.model.outcome import Observed
from irtui.model.plan import Look, Plan, PlannedCall
from irtui.model.runbook import AskBody, CallBody, InputSpec, ManualBody, Phase, Runbook, Step, UseBody
from irtui.model.verdict import Ruling, Verdict

NOW = datetime(2026, 11, 23, 2, 31, 7, tzinfo=UTC)
ACCOUNT = "111122223333"
INCIDENT = "INC-7Q2F"


class FixedClock:
    """Stands still, so that screens are the same each time."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        threading.Event().wait(seconds)

    def skip(self, seconds: float) -> bool:
        return False


@dataclass(frozen=True)
class FakeRecord:
    seq: int
    type: str
    body: Mapping[str, Any]
    t: str
    op: str = "ana"
    run: str = "R1"
    prev: str = "0" * 64
    sig: str = "a" * 128
    m: int = 0


@dataclass(frozen=True)
class FakeVerification:
    verdict: str
    mode: str
    records: int
    at: int | None
    why: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class FakeObjective:
    id: str
    text: str
    met: bool
    detail: str


def runbook(foreign: Callable[[str], str] = str) -> Runbook:
    """The steps of a key revocation, one of each kind that a face shows."""
    user = "ci-deploy"
    return Runbook(
        name="key-revocation",
        title=foreign("Revoke a compromised access key"),
        version="2026.11",
        severity="high",
        use_when=foreign("A key was found in a public repository."),
        inputs=(
            InputSpec("access_key_id", "access_key_id", foreign("Leaked key id"), help=foreign("AKIA and 16 more.")),
            InputSpec("case_id", "string", foreign("Ticket"), optional=True),
        ),
        steps=(
            Step("owner", Phase.ANALYZE, foreign("Whose key is it?"), CallBody("iam", "GetAccessKeyLastUsed")),
            Step("snapshot", Phase.ANALYZE, foreign("Keep what is about to change"), UseBody("iam.snapshot_user")),
            Step("way", Phase.CONTAIN, foreign("Stop it now, or rotate first?"),
                 AskBody(foreign("Last used 2026-11-22 on s3."),
                         {"now": foreign("Deactivate at once; what depends on the key breaks."),
                          "rotate": foreign("Issue a replacement first.")})),
            Step("deny", Phase.CONTAIN, foreign(f"Deny everything to {user}"),
                 CallBody("iam", "PutUserPolicy", {"UserName": foreign("${{ steps.owner.user }}")}),
                 text=foreign("A deny without a time condition stops the key, the sessions made from it and the console.\n"
                              "It is one call, and one call undoes it."),
                 undo=CallBody("iam", "DeleteUserPolicy"), references=(foreign("NIST SP 800-61r3"),)),
            Step("deactivate", Phase.CONTAIN, foreign("Deactivate the key"), UseBody("iam.deactivate_access_key")),
            Step("revoke", Phase.CONTAIN, foreign("Revoke the sessions of 3 roles"),
                 UseBody("iam.revoke_role_sessions", {"role": foreign("${{ item }}")}), for_each="${{ steps.owner.roles }}"),
            Step("delete", Phase.ERADICATE, foreign("Delete the key"), CallBody("iam", "DeleteAccessKey"),
                 irreversible=foreign("A deleted key cannot be brought back."), text=foreign("Only after the soak.")),
            Step("root_mfa", Phase.RECOVER, foreign("Hand the new key to its owner"),
                 ManualBody(foreign("Call the owner of the pipeline. Do not send it by mail."))),
        ),
        digest="4f1c" * 16,
        path=foreign("key-revocation.yaml"),
        shipped=True,
    )  # fmt: skip


def plan(key: str, foreign: Callable[[str], str], *, undoing: bool = False) -> Plan:
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": foreign("*")}]}
    name = {"UserName": foreign("ci-deploy"), "PolicyName": f"irtui-deny-all-{INCIDENT}"}
    put = Call("iam", "PutUserPolicy", {**name, "PolicyDocument": deny})
    delete_policy = Call("iam", "DeleteUserPolicy", name)
    look = Look(Call("iam", "GetUserPolicy", name), "PolicyDocument.Statement[0].Effect == 'Deny'", again_after=15)
    if undoing:
        call = PlannedCall(delete_policy, Effect.DESTROY, "ci-deploy", Observed("present", deny), None, undo=put)
    elif key == "delete":
        key_id = Call(
            "iam", "DeleteAccessKey", {"UserName": foreign("ci-deploy"), "AccessKeyId": "AKIAEXAMPLEKEY000001"}
        )
        before = Observed("present", {"AccessKeyId": "AKIAEXAMPLEKEY000001", "Status": foreign("Inactive")})
        call = PlannedCall(
            key_id, Effect.DESTROY, "0001", before, irreversible=foreign("A deleted key never comes back.")
        )
    elif key == "deny":
        call = PlannedCall(put, Effect.CHANGE, "ci-deploy", Observed("absent"), deny, look, undo=delete_policy,
                           note=foreign("Works within seconds; IAM needs up to a minute everywhere."))  # fmt: skip
    else:
        update = {"UserName": foreign("ci-deploy"), "AccessKeyId": "AKIAEXAMPLEKEY000001"}
        call = PlannedCall(
            Call("iam", "UpdateAccessKey", {**update, "Status": "Inactive"}), Effect.CHANGE, "0001",
            Observed("present", {"Status": "Active"}), {"Status": "Inactive"}, look,
            undo=Call("iam", "UpdateAccessKey", {**update, "Status": "Active"}),
        )  # fmt: skip
    return Plan(key, (call,), undoing)


class FakeVisit:
    """Walks the steps above as the engine does: reads by itself, asks for the rest."""

    def __init__(self, desk: "FakeDesk", unlocked: bool) -> None:
        self.desk = desk
        self.foreign = desk.foreign
        self.id, self.folder, self.mode = INCIDENT, Path("incidents") / INCIDENT, desk.mode
        self.story = self.foreign("A key of the pipeline was pushed to a public repository.")
        self.clock = FixedClock()
        self.released = False
        self.commands: list[Command] = []
        self.confirmed: list[object] = []
        self._stop = threading.Event()
        self._records: list[FakeRecord] = []
        self._evidence: dict[str, bytes] = {}
        steps = tuple(
            StepState(
                step.id, str(number), step, StepStatus.TODO, title=step.title, text=step.text, wanted=wanted(step)
            )
            for number, step in enumerate(desk.book.steps, 1)
        )
        self.state = IncidentState(
            id=INCIDENT, mode=desk.mode, runbook="key-revocation", title=desk.book.title, account=ACCOUNT,
            alias=self.foreign("acme-prod"), caller=self.foreign(f"arn:aws:sts::{ACCOUNT}:assumed-role/IncidentResponder/ana"),
            operator="ana", region="us-east-1", opened="2026-11-23T02:30:00.000000Z",
            key_kind="throw-away" if desk.mode == "rehearsal" else "keyring", steps=steps,
            unlocked=unlocked, expires=NOW + timedelta(minutes=41),
        )  # fmt: skip
        self._log("open", {"runbook": {"name": "key-revocation", "title": desk.book.title}, "mode": self.mode})

    def records(self) -> tuple[FakeRecord, ...]:
        return tuple(self._records)

    def evidence(self, digest: str) -> bytes:
        return self._evidence[digest]

    def verification(self) -> FakeVerification:
        why = self.foreign("no close record yet")
        return FakeVerification("not closed", self.mode, len(self._records), None, why, ())

    def objectives(self) -> tuple[FakeObjective, ...]:
        met = FakeObjective("stopped", self.foreign("The key does nothing any more"), True, "")
        return (met, FakeObjective("sessions", self.foreign("No session lives on"), False, self.foreign("role/deploy")))

    def family(self) -> Mapping[str, Any] | None:
        return self.desk.tree if self.state.step("owner").status is StepStatus.DONE else None

    def fidelity(self, service: str, operation: str) -> Simulated | None:
        why = self.foreign("It is enforced after a few seconds.")
        return Simulated("approximate", why) if self.mode == "rehearsal" else None

    def score(self) -> Score | None:
        return self.desk.score if self.state.closed else None

    def sketch(self, key: str) -> Call | None:
        return plan(key, self.foreign).calls[0].call if key in ("deny", "delete") else None

    def used(self, key: str) -> Used | None:
        body = self.state.step(key).step.body
        return Used(self.foreign("As it says"), body.inputs, True, ()) if isinstance(body, UseBody) else None

    def stop(self) -> None:
        self._stop.set()

    def release(self) -> None:
        self.released = True

    def still_ours(self) -> None:
        """Nobody takes it."""

    def may_be_handed_over(self) -> None:
        of_a_real_one(self.mode)

    def walk(self, operator: Operator) -> IncidentState:
        self.operator = operator
        self._reads()
        while not self.state.closed and not self._stop.is_set():
            command = operator.next(self.state, None)
            if command is None:
                continue
            self.commands.append(command)
            if isinstance(command, Leave):
                break
            self._obey(command)
        return self.state

    def _reads(self) -> None:
        if self.state.step("owner").status is StepStatus.DONE:
            return
        self.operator.progress(Progress(self.foreign("iam.GetAccessKeyLastUsed …"), "owner"))
        self._log("observe", {"step": "owner", "call": "iam.GetAccessKeyLastUsed", "state": "ok"})
        self._set(
            "owner", status=StepStatus.DONE, values={"user": self.foreign("ci-deploy")}, reply=self._keep("reply")
        )
        digest = self._keep("snapshot")
        kept = Evidence(self.foreign("user ci-deploy"), digest, len(self._evidence[digest]), "snapshot",
                        (self.foreign("ListMFADevices: AccessDenied"),))  # fmt: skip
        self._log("evidence", {"step": "snapshot", "name": kept.name, "sha256": digest})
        for call, report in self.desk.reports.items():
            self._log("observe", {"step": "snapshot", "call": call, "evidence": self._kept(report)})
        self._set("snapshot", status=StepStatus.DONE, evidence=(kept,), gaps=kept.gaps)
        if self.desk.tree is not None:
            self._log("observe", {"step": "family", "call": "cloudtrail.family_tree", "evidence": "ab" * 32})
            self._set("family", status=StepStatus.DONE)
        self.operator.progress(Progress())

    def _obey(self, command: Command) -> None:
        match command:
            case RunStep(key):
                self._run(key)
            case UndoStep(key):
                self._change(key, undoing=True)
            case SkipStep(key, reason):
                self._log("skip", {"step": key, "reason": reason})
                self._set(key, status=StepStatus.SKIPPED, reason=reason)
            case AddNote(text):
                self._log("note", {"text": text})
                self._update(notes=(*self.state.notes, text))
            case TellAnchor(seq, where):
                self._log("anchor", {"seq": seq, "where": where})
                self._update(told=seq)
            case Checkpoint():
                covered = self.state.records
                self._log("anchor", {"seq": covered, "where": "s3://evidence/1.note"})
                self._update(told=covered)
            case Unlock(typed) if typed == ACCOUNT[-4:]:
                self._log("unlock", {"account": ACCOUNT, "by": "ana"})
                self._update(unlocked=True)
            case LookAgain(key):
                self._log("check", {"step": key, "which": "again", "finding": "verified"})
                self._set(key, status=StepStatus.DONE)
            case AskHint(key):
                told = self.foreign("Look at the sessions first.")
                self.operator.tell(Message("Hint 1 of 2", told, key=key, details={"hint": 1}))
                self._log("note", {"text": told, "kind": "hint", "of": key})
                self._update()
            case Pause():
                notes = [record.body.get("kind") for record in self._records if record.type == "note"]
                self._log("note", {"text": "", "kind": "resume" if notes[-1:] == ["pause"] else "pause"})
                self._update()
            case CloseIncident(reason):
                self._log("close", {"reason": reason, "contained": self.state.contained})
                self._update(closed=True)

    def _run(self, key: str) -> None:
        if key == "family" and self.desk.tree is not None:
            self.desk.tree = {**self.desk.tree, "now": "2026-11-23T02:40:00Z"}
            self._log("observe", {"step": key, "call": "cloudtrail.family_tree", "evidence": "cd" * 32})
            self._update()
            return
        body = self.state.step(key).step.body
        if isinstance(body, AskBody):
            choice = self.operator.decide(Question(key, self.state.step(key).title, body.question, body.choices))
            if choice:
                self._log("decide", {"step": key, "kind": "choice", "choice": choice})
                self._set(key, status=StepStatus.DONE, values={"choice": choice})
        elif isinstance(body, ManualBody):
            said = self.operator.attest(Task(key, self.state.step(key).title, body.instruction))
            if said:
                self._log("attest", {"step": key, "statement": said})
                self._set(key, status=StepStatus.DONE, asserted=said)
        else:
            self._change(key)

    def _change(self, key: str, undoing: bool = False) -> None:
        if key == "deactivate":
            self.operator.tell(Message(self.foreign("Refused by a guard"), self.foreign("The key is your own."),
                                       self.foreign("Nothing was sent."), "error", key,
                                       {"guard": self.foreign("not_self")}))  # fmt: skip
            self._set(
                key, status=StepStatus.FAILED, reason=self.foreign("refused: your own key"), advice="Nothing was sent."
            )
            return
        planned = plan(key, self.foreign, undoing=undoing)
        self._log("plan", {"step": key, "digest": planned.digest, "plans": [planned.as_data()]})
        destroys = planned.effect is Effect.DESTROY
        answer = self.operator.confirm(
            Confirmation(
                key, self.foreign(f"{self.state.step(key).number} · {self.state.step(key).title}"), (planned,),
                (
                    Verdict("account_pinned", Ruling.ALLOW, self.foreign(f"account {ACCOUNT}, as at the start")),
                    Verdict("not_self", Ruling.ALLOW, self.foreign("ci-deploy is not you")),
                    Verdict("evidence_first", Ruling.ASK, self.foreign("the snapshot has 1 gap"), "reason"),
                    Verdict("blast_radius", Ruling.ALLOW, "1 user of 5"),
                ),
                typed="ci-deploy" if key == "deny" else "0001",
                prompt=self.foreign("Type ci-deploy to run 1 change"),
                reason_for=(self.foreign("the snapshot has 1 gap: ListMFADevices"),) if key == "deny" and not undoing else (),
                irreversible=(self.foreign("iam.DeleteAccessKey: a deleted key never comes back."),) if destroys else (),
                undoing=undoing,
            )
        )  # fmt: skip
        if answer is None:
            self._log("decide", {"step": key, "kind": "decline"})
            self._update()
            return
        self.confirmed.append(answer)
        self.operator.progress(Progress(self.foreign("iam.PutUserPolicy …"), key))
        self._log(
            "intent",
            {"step": key, "call": planned.calls[0].as_data(), "n": 0, "plan": planned.digest, "undoing": undoing},
        )
        intent = len(self._records)
        if self.desk.hang is not None:
            self.desk.hanging.set()
            self.desk.hang.wait(20)
        self._log("outcome", {"intent": intent, "status": "succeeded", "request_id": "8c1e-77"})
        done = CallRecord(
            intent, key, planned.calls[0].as_data(), "succeeded", planned.digest, undoing, request_id="8c1e-77"
        )
        self.operator.progress(Progress())
        if undoing:
            self._set(key, status=StepStatus.UNDONE, calls=(*self.state.step(key).calls, done))
        else:
            due = NOW + timedelta(seconds=15)
            self._set(key, status=StepStatus.SETTLING, calls=(done,), settle_at=due)

    def _keep(self, name: str) -> str:
        value = {"UserName": self.foreign("ci-deploy"), "Tags": [{"Key": self.foreign("team"), "Value": self.foreign(name)}],
                 "Keys": [{"AccessKeyId": "AKIAEXAMPLEKEY000001", "Status": "Active"}]}  # fmt: skip
        return self._kept(value)

    def _kept(self, value: Any) -> str:
        content = json.dumps(value).encode()
        digest = sha256(content).hexdigest()
        self._evidence[digest] = content
        return digest

    def _log(self, kind: str, body: Mapping[str, Any]) -> None:
        at = (NOW + timedelta(seconds=len(self._records) - 20)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        self._records.append(FakeRecord(len(self._records) + 1, kind, body, at))

    def _set(self, key: str, **changes: Any) -> None:
        steps = tuple(replace(step, **changes) if step.key == key else step for step in self.state.steps)
        self._update(steps=steps)

    def _update(self, **changes: Any) -> None:
        self.state = replace(self.state, records=len(self._records), **changes)
        self.operator.update(self.state)


class FakeDesk:
    """`foreign` is put around every string that AWS or an author could have written."""

    def __init__(
        self, foreign: Callable[[str], str] = str, mode: str = "rehearsal", tree: Mapping[str, Any] | None = None,
        reports: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.foreign = foreign
        self.mode = mode
        self.book = runbook(foreign)
        if tree is not None:
            looked = Step("family", Phase.CONTAIN, foreign("Is it over?"), UseBody("cloudtrail.family_tree"))
            self.book = replace(self.book, steps=(*self.book.steps, looked))
        self.visit: FakeVisit | None = None
        self.abandoned = 0
        self.tree = tree
        """The family tree; a step of the runbook reads it where there is one."""
        self.enquiries: list[tuple[Enquiry, Answer | None]] = []
        self.reports = dict(reports or {})
        """Action → what it found, as evidence of the snapshot's step."""
        self.score: Score | None = None
        self.hang: threading.Event | None = None
        self.hanging = threading.Event()
        self.trouble: Exception | None = None
        self.answers: Answers | None = None
        self.opens_with: tuple[str, str] | None = None
        """Kind and passphrase of the only key with which a resume works; None: any."""
        self.keys_tried: list[tuple[str, str]] = []

    def runbooks(self) -> tuple[RunbookEntry, ...]:
        f = self.foreign
        good = RunbookEntry("key-revocation", self.book.title, "2026.11", "high", self.book.use_when, self.book.path,
                            self.book.digest, True, True, f("reads 5 · changes 4 · destroys 1"), 8)  # fmt: skip
        problem = Problem(f("./team.yaml"), 12, 7, f("unknown operation iam.PutUserPolise"), f("iam.PutUserPolicy?"))
        bad = RunbookEntry("team", f("A team's own"), "1", f("medium"), f("Never."), f("./team.yaml"), "ab" * 32,
                           False, False, f("reads 1"), 1, (problem,))  # fmt: skip
        return good, bad

    def incidents(self) -> tuple[IncidentEntry, ...]:
        f = self.foreign
        open_one = IncidentEntry("INC-31AA", "real", "key-revocation", f("Revoke a compromised access key"), ACCOUNT,
                                 "2026-11-22T22:10:00Z", f("ana"), "open", "settling", 41, Path("incidents/INC-31AA"))  # fmt: skip
        torn = replace(open_one, id="INC-0BAD", status="unreadable", title="", why=f("line 3 is no record"))
        return open_one, torn

    def scenarios(self) -> tuple[ScenarioEntry, ...]:
        f = self.foreign
        return (
            ScenarioEntry("leaked-key", f("The leaked key"), "key-revocation", f("A key of the pipeline is public.")),
        )

    def brief(self, request: Request, ask_secret: Callable[[str], str | None]) -> Briefing:
        if self.trouble is not None:
            raise self.trouble
        if request.profile == "mfa" and ask_secret(self.foreign("MFA code of arn:aws:iam::1:mfa/ana")) is None:
            raise CredentialsError(self.foreign("no MFA code"), advice="Try again.")
        f = self.foreign
        offer = Offer("AKIAEXAMPLEKEY000001", f("ci-deploy · Active · created 2026-01-26 · reported"))
        second = Offer("AKIAEXAMPLEKEY000002", f("build-bot · Active · created 2025-03-02"))
        identity = Identity(ACCOUNT, f(f"arn:aws:sts::{ACCOUNT}:assumed-role/IncidentResponder/ana"), "AROAEXAMPLE:ana",
                            alias=f("acme-prod"), region="us-east-1", expires=NOW + timedelta(minutes=41))  # fmt: skip
        keys = (KeyOption("throw-away", True, "rehearsals only"),) if request.mode == "rehearsal" else (
            KeyOption("keyring", False, f("no keyring answers")),
            KeyOption("passphrase-file", True, "asks for a passphrase at each resume"),
            KeyOption("ephemeral", True, "gone when irtui ends"),
        )  # fmt: skip
        fields = tuple(
            Field(
                spec,
                request.inputs.get(spec.name, ""),
                (offer, second) if spec.name == "access_key_id" else (),
                f("note"),
            )
            for spec in self.book.inputs
        )
        return Briefing(
            request, replace(self.book, shipped=request.mode == "rehearsal"), identity, fields, keys,
            (f("You may not read CloudTrail: who used the key stays unknown."),),
            f("A key of the pipeline was pushed to a public repository."), (f("deny: type the user's name"),),
            request.mode == "real",
        )  # fmt: skip

    def begin(self, briefing: Briefing, answers: Answers) -> FakeVisit:
        self.answers = answers
        self.visit = FakeVisit(self, bool(answers.account_typed))
        return self.visit

    def waits_for(self, incident_id: str) -> str:
        return ""

    def resume(
        self, incident_id: str, *, profile: str = "", key: str = "", passphrase: str = "", seize: str = "",
        ask_secret: object,
    ) -> FakeVisit:  # fmt: skip
        self.keys_tried.append((key, passphrase))
        if self.opens_with is not None and (key, passphrase) != self.opens_with:
            raise KeyUnavailable(self.foreign("the keyring does not answer"))
        self.visit = FakeVisit(self, True)
        return self.visit

    def answer(
        self, enquiry: Enquiry, watch: Watch, ask_secret: Callable[[str], str | None], *, before: Answer | None = None
    ) -> Answer:
        """What `reports` has for it; with `hang`, half of it and then nothing until it is stopped."""
        self.enquiries.append((enquiry, before))
        if self.trouble is not None:
            raise self.trouble
        action = {"coverage": "trail.coverage", "validate": "trail.validate", "search": "trail.search"}[enquiry.kind]
        data = self.reports[action]
        if self.hang is None or before is not None:
            return Answer(enquiry, data, True)
        watch.now_and_then(lambda: self.foreign("7 logs read"), lambda: data)
        self.hanging.set()
        while not watch.stopped:
            self.hang.wait(0.01)
        half = [{**data["sources"][0], "read_to_the_end": False, "go_on_after": "log-7"}] if "sources" in data else []
        return Answer(enquiry, {**data, "stopped": True, "sources": half}, False, stopped=True)

    def abandon(self, briefing: Briefing) -> None:
        self.abandoned += 1

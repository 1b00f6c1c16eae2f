"""The desk: lists what there is, and opens, resumes and rehearses incidents.

The only place that chooses between the real and the simulated AWS, and that hands the engine its clock.
"""

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from irtui.aws.wire import Transport
from irtui.clock import Clock, SystemClock
from irtui.desk import catalogue, resuming
from irtui.desk.anchoring import tell
from irtui.desk.approvals import Asked, approved, read_asked
from irtui.desk.handed import Handed, Parting, digest_of, waits_for
from irtui.desk.handover import bundled, sign_off, unpacked
from irtui.desk.home import Home
from irtui.desk.inputs import checked_inputs
from irtui.desk.keys import KEYRING, PASSPHRASE_FILE, IncidentKey, Keys, kind_of
from irtui.desk.lost_world import close_lost
from irtui.desk.nouns import Answers, Briefing, IncidentEntry, Request, RunbookEntry, ScenarioEntry
from irtui.desk.opened import opening, previous_head, seat
from irtui.desk.opening import (
    AskSecret,
    Entrance,
    asks,
    briefing_fields,
    enter_live,
    enter_world,
    pinned,
    unlocks,
    usable,
    warnings,
)  # fmt: skip
from irtui.desk.redacting import Removable, Removed, redact, removable
from irtui.desk.rehearsal import Rehearsal
from irtui.desk.visit import Visit
from irtui.desk.worlds import WORLD_IDLE, folder_of, runs
from irtui.engine.ledger import Ledger
from irtui.engine.run import Run
from irtui.errors import CredentialsError, Denied, KeyUnavailable, Problem
from irtui.gameday.clock import ScenarioClock
from irtui.gameday.scenario import Scenario, Scenarios
from irtui.gameday.scenario.lint import lint as lint_scenario
from irtui.gameday.world import World
from irtui.guards.situation import Limits
from irtui.journal.anchor import Anchor
from irtui.journal.handing import given_away
from irtui.journal.read import read_records
from irtui.journal.store import Journal
from irtui.model.identity import Identity
from irtui.model.incident import IncidentState
from irtui.model.runbook import Runbook
from irtui.runbook.library import Library, Trust
from irtui.settings.load import Settings

if TYPE_CHECKING:
    from irtui.desk.answers import Answer
    from irtui.desk.enquiries import Enquiry
    from irtui.desk.watch import Watch

_ENDED = ("closed", "handed over")
"""Incidents whose key has nothing more to sign here."""
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class _Prepared:
    entrance: Entrance
    incident: str
    scenario: Scenario | None


class Desk:
    """One per process. Methods that talk to AWS are slow and belong off a UI thread."""

    def __init__(
        self,
        home: Home,
        settings: Settings,
        environ: Mapping[str, str],
        runbook_folders: tuple[Path, ...] = (),
        *,
        scenario_folders: tuple[Path, ...] = (),
        clock: Clock | None = None,
        randomness: Callable[[int], bytes] = os.urandom,
        transport: Transport | None = None,
    ) -> None:
        """`transport` stands in for the network of a real incident: see `irtui.aws.wire`."""
        self.home = home
        self.settings = settings
        self._environ = environ
        self._clock = clock or SystemClock()
        self._random = randomness
        self._transport = transport
        self._library = Library((Path("runbooks"), *settings.runbook_folders), named=runbook_folders)
        self._scenarios = Scenarios((*scenario_folders, *settings.scenario_folders))
        self._trust = Trust(home.trust)
        self._keys = Keys(home, randomness)
        self._prepared: dict[str, _Prepared] = {}

    # -- what there is -------------------------------------------------------------------------

    def runbooks(self) -> tuple[RunbookEntry, ...]:
        return catalogue.runbook_entries(self._library, self._trust)

    def runbook(self, name_or_path: str) -> Runbook:
        """Raises RunbookError."""
        return self._library.find(name_or_path)

    def incidents(self) -> tuple[IncidentEntry, ...]:
        return catalogue.incident_entries(self.home)

    def scenarios(self) -> tuple[ScenarioEntry, ...]:
        return catalogue.scenario_entries(self._scenarios)

    def scenario(self, name_or_path: str) -> Scenario:
        """One game day in full. Raises RunbookError or UsageError."""
        return self._scenarios.find(name_or_path)

    def scenario_findings(self, name_or_path: str) -> tuple[Problem, ...]:
        """What can be said of a scenario without playing it. Raises RunbookError or UsageError for one without form."""
        scenario = self.scenario(name_or_path)
        runbook = self._library.find(scenario.runbook)
        return lint_scenario(scenario, runbook, self._library.children(runbook))

    def answer(
        self, enquiry: "Enquiry", watch: "Watch", ask_secret: AskSecret, *, before: "Answer | None" = None
    ) -> "Answer":
        """What CloudTrail says to it, outside any incident; only reads are sent. See `desk.answers`."""
        from irtui.desk.answers import answered

        return answered(enquiry, watch, environ=self._environ, clock=self._clock, ask_secret=ask_secret, before=before)

    # -- opening -------------------------------------------------------------------------------

    def brief(self, request: Request, ask_secret: AskSecret) -> Briefing:
        """Looks at the runbook, at who we are and at what the account offers. Writes no journal.

        Raises RunbookError, CredentialsError, AwsFault, Denied (wrong account).
        """
        scenario = self.scenario(request.scenario) if request.mode == "rehearsal" else None
        if scenario is not None and not scenario.shipped:  # so that it is found again from anywhere
            request = replace(request, scenario=str(Path(scenario.path).absolute()))
        runbook = self._library.find(request.runbook or (scenario.runbook if scenario else ""))
        children = self._library.children(runbook)
        usable(runbook, children)
        incident = self._new_id()
        if scenario is None:
            entrance = enter_live(request, self._environ, self._clock, ask_secret, self._transport)
            return self._briefed(request, runbook, children, entrance, incident, None)
        world = World.start(
            scenario,
            seed=request.seed,
            folder=folder_of(self.home, incident),
            idle_seconds=WORLD_IDLE,
            endpoint_url=request.endpoint_url,
        )
        try:
            entrance = enter_world(world, ScenarioClock(world, request.hurry))
            pinned(entrance.identity, request.account)
            return self._briefed(request, runbook, children, entrance, incident, scenario)
        except BaseException:
            world.stop()
            raise

    def abandon(self, briefing: Briefing) -> None:
        """The operator left at the briefing: a world that was started ends."""
        prepared = self._prepared.pop(briefing.ticket, None)
        if prepared and prepared.entrance.world:
            prepared.entrance.world.stop()

    def begin(self, briefing: Briefing, answers: Answers) -> Visit:
        """Opens the incident. Raises UsageError (inputs, account), Denied (trust), KeyUnavailable, JournalError.

        After an error the briefing is still good and may be answered again.
        """
        prepared = self._prepared[briefing.ticket]
        request, runbook, identity = briefing.request, briefing.runbook, briefing.identity
        inputs = checked_inputs(runbook.inputs, {**request.inputs, **answers.inputs})
        unlocks(answers.account_typed, identity.account)
        if briefing.needs_trust and not answers.trust:
            raise Denied(
                f"{runbook.name} did not ship with irtui and is not trusted yet (digest {runbook.digest[:16]}).",
                advice="Read it (irtui runbooks show), then trust it: irtui runbooks trust.",
            )
        operator = answers.operator or self._operator(identity)
        mode = prepared.entrance.door.mode
        key = self._keys.new(answers.key or briefing.default_key, mode, prepared.incident, answers.passphrase)
        earlier = self.incidents()
        key.forget_closed(entry.id for entry in earlier if entry.mode == "real" and entry.status in _ENDED)
        if briefing.needs_trust:
            self._trust.add(runbook)
        journal = Journal.create(
            self.home.incidents / prepared.incident,
            incident=prepared.incident,
            run=self._new_run(),
            operator=operator,
            mode=mode,
            signer=key.signer,
            endorsement=key.endorsement,
            clock=prepared.entrance.clock,
            attached=tuple(each.source.encode("utf-8") for each in (runbook, *briefing.children.values())),
            randomness=self._random,
            opening=opening(prepared.entrance, operator, briefing, inputs, previous_head(earlier, mode)),
        )
        if answers.account_typed and not request.read_only:
            journal.append("unlock", {"account": identity.account, "by": operator})
        del self._prepared[briefing.ticket]
        return self._visit(journal, prepared.entrance, runbook, briefing.children, key, prepared.scenario, request)

    def resume(
        self,
        incident_id: str,
        *,
        profile: str = "",
        region: str = "",
        key: str = "",
        passphrase: str = "",
        hurry: bool = False,
        read_only: bool = False,
        seize: str = "",
        received: bool = False,
        ask_secret: AskSecret,
    ) -> Visit:
        """Goes on with an incident, as its journal tells it. `seize`: why it is taken from another process here.
        `received`: it was handed over to this machine just now.

        Raises UsageError, JournalError, CredentialsError, KeyUnavailable, Denied (another account).
        """
        folder = self.home.incident(incident_id or resuming.latest(self.home))
        records = resuming.resumable(folder, seize=bool(seize), received=received)
        runbook, children = resuming.its_runbooks(folder, records)
        opened = records[0].body
        request = Request(
            str(opened["mode"]), runbook.name, str(opened.get("scenario", "")),
            profile or str(opened.get("profile", "")), region or str(opened.get("region", "")),
            str(opened["account"]), key=key, read_only=read_only, hurry=hurry,
        )  # fmt: skip
        # before AWS is asked for anything: an MFA code is typed once, not again after a passphrase went wrong
        if (key or kind_of(records)) == PASSPHRASE_FILE and not passphrase:
            passphrase = ask_secret("Passphrase of the key file") or ""
        signing = self._keys.again(records, folder.name, request.mode, key, passphrase)
        resuming.is_for(records, signing)
        if request.mode == "rehearsal":
            world = World.connect(folder_of(self.home, folder.name))
            entrance = enter_world(world, ScenarioClock(world, hurry))
            pinned(entrance.identity, request.account)
        else:
            entrance = enter_live(request, self._environ, self._clock, ask_secret, self._transport)
        operator = self._operator(entrance.identity)
        journal = Journal.resume(
            folder,
            run=self._new_run(),
            operator=operator,
            signer=signing.signer,
            endorsement=signing.endorsement,
            clock=entrance.clock,
            joining=seat(entrance, operator, request),
            seize=seize,
            randomness=self._random,
        )
        try:
            scenario = self.scenario(request.scenario) if request.mode == "rehearsal" else None
            return self._visit(journal, entrance, runbook, children, signing, scenario, request)
        except BaseException:
            journal.release()  # or nobody could resume it while this process lives
            raise

    def _briefed(
        self,
        request: Request,
        runbook: Runbook,
        children: Mapping[str, Runbook],
        entrance: Entrance,
        incident: str,
        scenario: Scenario | None,
    ) -> Briefing:
        briefing = Briefing(
            request=request,
            runbook=runbook,
            children=children,
            identity=entrance.identity,
            fields=briefing_fields(runbook, request, entrance),
            keys=self._keys.options(request.mode),
            warnings=warnings(entrance, self.settings),
            story=scenario.story if scenario else "",
            asks=asks(runbook, children),
            needs_trust=request.mode == "real" and not self._trust.trusted(runbook),
            ticket=incident,
        )
        self._prepared[incident] = _Prepared(entrance, incident, scenario)
        return briefing

    def lost_its_world(self, incident: str) -> bool:
        """Whether it is an open rehearsal whose simulated world has ended. Raises UsageError, JournalError."""
        folder = self.home.incident(incident)
        records = read_records(folder)
        left = bool(records) and records[-1].type != "close" and records[0].body.get("mode") == "rehearsal"
        return left and not runs(self.home, folder.name)

    def close_lost(self, incident: str, reason: str, *, key: str) -> IncidentState:
        """Ends a rehearsal whose world has ended; see `desk.lost_world`, also for what is raised."""
        folder = self.home.incident(incident)
        records = read_records(folder)
        signing = self._keys.again(records, folder.name, "rehearsal", key, "")
        state = close_lost(
            folder, self.scenario(str(records[0].body["scenario"])), signing, run=self._new_run(),
            operator=records[-1].op, reason=reason, randomness=self._random,
        )  # fmt: skip
        signing.forget(folder.name)
        return state

    # -- changing hands ------------------------------------------------------------------------

    def hand_over(self, incident: str, parting: Parting, *, key: str, passphrase: str) -> Handed:
        """Signs off beside any sitting; see `desk.handover`, also for what is raised. `Visit.hand_over` is for what is
        open."""
        folder = self.home.incident(incident)
        body = sign_off(
            folder, self._keys, self._clock, run=self._new_run(), operator=self._login(), key=key,
            passphrase=passphrase, parting=parting,
        )  # fmt: skip
        sha256 = digest_of(bundled(folder, parting.bundle)) if parting.bundle else ""
        return Handed(folder.name, body, parting.bundle, sha256)

    def waits_for(self, incident: str) -> str:
        """For whom it waits on this machine since its last operator signed off; empty: nobody did. Raises UsageError,
        JournalError."""
        records = read_records(self.home.incident(incident or resuming.latest(self.home)))
        return waits_for(records[-1]) if records and given_away(records[-1]) is None else ""

    def tell_anchor(self, incident: str, where: str, line: Anchor | None, *, key: str, ask_secret: AskSecret) -> Anchor:
        """Records that a fingerprint lies at `where` now; see `desk.anchoring`, also for what is raised."""
        return tell(
            self.home.incident(incident), self._keys, self._clock, run=self._new_run(), operator=self._login(), key=key,
            ask_secret=ask_secret, where=where, line=line,
        )  # fmt: skip

    def removable(self, incident: str, record: int) -> Removable:
        """What somebody typed in a record of a closed incident; see `desk.redacting`, also for what is raised."""
        return removable(self.home.incident(incident), record)

    def redact(self, what: Removable, because: str, *, key: str, ask_secret: AskSecret) -> Removed:
        """Removes it for good; see `desk.redacting`, also for what is raised."""
        return redact(
            what, because, self._keys, self._clock, run=self._new_run(), operator=self._login(), key=key,
            ask_secret=ask_secret,
        )  # fmt: skip

    def receive(self, file: Path, *, profile: str, key: str, passphrase: str, ask_secret: AskSecret) -> Visit:
        """Takes a handed-over incident and signs on. Raises as `resume` does, and UsageError for a wrong file."""
        folder, new = unpacked(file, self.home.incidents)
        try:
            return self.resume(
                folder.name, profile=profile, key=key, passphrase=passphrase, received=True, ask_secret=ask_secret
            )
        except (Denied, KeyUnavailable, CredentialsError):
            if new:  # nobody signed on: it is not ours to keep
                shutil.rmtree(folder, ignore_errors=True)
            raise

    # -- approving somebody else's plan --------------------------------------------------------

    def asked(self, file: Path, profile: str, ask_secret: AskSecret) -> Asked:
        """A colleague's request for approval. Raises UsageError (no request), Denied (expired, or one's own),
        CredentialsError, AwsFault."""
        return read_asked(
            file, self.settings, profile=profile, environ=self._environ, clock=self._clock, ask_secret=ask_secret,
            transport=self._transport,
        )  # fmt: skip

    def approve(self, asked: Asked, typed: str, *, key: str, passphrase: str) -> bytes:
        """The signed answer, when what was typed is what the plan demands. Raises Declined, Denied, KeyUnavailable."""
        return approved(asked, typed, self._clock, lambda: self._keys.long_term(key or KEYRING, passphrase))

    # -- inside --------------------------------------------------------------------------------

    def _visit(
        self,
        journal: Journal,
        entrance: Entrance,
        runbook: Runbook,
        children: Mapping[str, Runbook],
        key: IncidentKey,
        scenario: Scenario | None,
        request: Request,
    ) -> Visit:
        entrance.door.entrust(key.issued)
        ledger = Ledger(journal, runbook, children)
        rehearsal = None
        if entrance.world and scenario:
            rehearsal = Rehearsal(entrance.world, scenario, entrance.clock, hurry=request.hurry)
        limits = self.settings.limits
        run = Run(
            ledger,
            entrance.door,
            entrance.clock,
            runbook,
            children,
            protected=self.settings.protected,
            limits=Limits(limits.users, limits.roles, limits.access_keys, limits.other),
            read_only=request.read_only,
            closing=(lambda: rehearsal.keep_history(ledger)) if rehearsal else None,
            approvers=self.settings.approvers,
            bucket=entrance.world.checkpoint if entrance.world else self.settings.checkpoint,
        )
        return Visit(ledger, entrance.door, entrance.clock, run, key=key, rehearsal=rehearsal)

    def _operator(self, identity: Identity) -> str:
        """How the trail names the human: by the settings, the login name, or as AWS knows the session."""
        login = self._environ.get("USER") or self._environ.get("LOGNAME")
        return self.settings.operator or login or identity.session_name or identity.name

    def _login(self) -> str:
        """The human where no AWS is asked."""
        return self.settings.operator or self._environ.get("USER") or self._environ.get("LOGNAME") or "unknown"

    def _new_id(self) -> str:
        letters = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in self._random(6))
        return f"INC-{letters}"

    def _new_run(self) -> str:
        return self._random(8).hex()

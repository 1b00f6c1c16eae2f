"""The approver's side: reads what a colleague asks, says who answers, and signs a yes.

Rules: everything in a request is foreign. A real one is answered only by somebody whom AWS knows; a rehearsal asks no
AWS. Nobody answers their own request, and an expired one gets no answer. The yes is typed like a confirmation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from irtui.aws.wire import Transport
from irtui.clock import Clock
from irtui.desk.nouns import Request as Opening
from irtui.desk.opening import AskSecret, enter_live
from irtui.engine.consent import typed_form
from irtui.engine.operator import Confirmation
from irtui.errors import Declined, Denied, UsageError
from irtui.journal.approval import MAX_REQUEST, Request, approval_file, read_request
from irtui.journal.mailbox import ANSWER, read
from irtui.journal.seal import Ed25519Signer
from irtui.model.approval import Person
from irtui.settings.load import Settings
from irtui.text import inert

_SELF = "Nobody approves for themselves"


@dataclass(frozen=True, slots=True)
class Asked:
    request: Request
    me: Person
    """Who would answer."""
    confirmation: Confirmation
    """What to show and what to type."""
    known: str
    """The name under which the settings know the key that vouches for who asks; empty when they do not."""
    file: Path
    ahead: timedelta
    """How far AWS's clock, by which requests expire, is ahead of this machine's."""

    @property
    def answer(self) -> Path:
        """Where the answer is put unless another place is named: beside the request."""
        return self.file.with_name(self.file.name.removesuffix(".json").removesuffix(".request") + ANSWER)


def read_asked(
    file: Path,
    settings: Settings,
    *,
    profile: str,
    environ: Mapping[str, str],
    clock: Clock,
    ask_secret: AskSecret,
    transport: Transport | None,
) -> Asked:
    """Raises UsageError, Denied, CredentialsError, AwsFault."""
    try:
        request = read_request(read(file, MAX_REQUEST))
    except OSError as fault:
        raise UsageError(f"{file} cannot be read: {fault.strerror}.") from fault
    except ValueError as flaw:
        raise UsageError(
            f"This is no approval request: {flaw}.",
            advice="It may have been changed on its way. Ask for it again; nothing was signed.",
        ) from flaw
    name = settings.operator or environ.get("USER") or environ.get("LOGNAME") or ""
    me, ahead = Person(name or "unknown"), timedelta()
    if request.mode == "real":
        entrance = enter_live(Opening("real", profile=profile), environ, clock, ask_secret, transport)
        identity, ahead = entrance.identity, entrance.door.ahead
        _in_time(request, clock.now() + ahead)
        me = Person(name or identity.session_name or identity.name, identity.arn, identity.user_id)
    if me.same_as(request.asker):
        raise Denied(f"{inert(me.words)} asked for this.", title=_SELF, advice="Somebody else must answer.")
    pinned = {**settings.signers, **settings.approvers}
    known = next((who for who, public in pinned.items() if public.hex() == request.endorser), "")
    return Asked(request, me, _confirmation(request), known, file, ahead)


def approved(asked: Asked, typed: str, clock: Clock, key: Callable[[], Ed25519Signer]) -> bytes:
    """Raises Declined, Denied, KeyUnavailable."""
    if missing := asked.confirmation.accepts(typed, ""):
        raise Declined(f"not approved: {missing}")
    request, signer, now = asked.request, key(), clock.now() + asked.ahead
    if signer.public.hex() in (request.key["public"], request.endorser):
        raise Denied("This machine's key is the one that asks.", title=_SELF, advice="Somebody else must answer.")
    if request.mode == "real":
        _in_time(request, now)
    return approval_file(request, asked.me, signer, now)


def _in_time(request: Request, now: datetime) -> None:
    """A rehearsal has its own time; only who asked can tell there."""
    if request.expires <= now:
        raise Denied(
            f"This request expired at {request.expires:%Y-%m-%d %H:%M:%SZ}.",
            title="Too late",
            advice="Ask for a new one; nothing was signed.",
        )


def _confirmation(request: Request) -> Confirmation:
    calls = [planned for plan in request.plans for planned in plan.calls]
    typed = str(len(request.plans)) if len(request.plans) > 1 else typed_form(calls[0].target) or "approve"
    count = f"{len(calls)} change{'s' if len(calls) != 1 else ''}"
    return Confirmation(
        key=request.step,
        title=request.title,
        plans=request.plans,
        verdicts=(),
        typed=typed,
        prompt=f"Type {typed} to approve {count}",
        irreversible=tuple(dict.fromkeys(call.irreversible for call in calls if call.irreversible)),
        undoing=any(plan.undoing for plan in request.plans),
    )

"""The class behind the door, for the real and the simulated AWS alike.

Rules: every request, also those that botocore makes to fetch credentials, passes one hook that refuses hosts
outside the allow-list and notes the rest. A change is sent once; its outcome is three-valued and never rounded
up: only AWS's own refusal, or certainty that nothing left the machine, counts as failed.
"""

import re
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.httpsession import get_cert_path
from botocore.response import StreamingBody
from botocore.session import Session

from irtui.aws import documents, effects, faults, issued, paging, shapes
from irtui.aws.hosts import Allowed
from irtui.aws.lean import LeanObjects, SigningKeys
from irtui.aws.objects import CONNECTIONS, Objects
from irtui.aws.pace import Pace
from irtui.aws.session import (
    CONNECT_SECONDS,
    READ_ATTEMPTS,
    READ_SECONDS,
    assume_request,
    config,
    refuse_root,
    use_derived,
)
from irtui.aws.wire import Sending, Transport, Wire, sending
from irtui.clock import Clock
from irtui.errors import AwsFault, Denied, IrtuiError, SimulatorGap, UsageError
from irtui.model.call import Call
from irtui.model.effect import Effect
from irtui.model.identity import Identity
from irtui.model.outcome import Outcome, Reply, Status
from irtui.model.runbook import SessionSpec

BODY_LIMIT = 5 * 1024 * 1024
"""Bytes of a streamed body that are read."""
AGREE = timedelta(seconds=2)
"""Clocks this near to one another agree: AWS's dates are whole seconds, and answers take time."""
REMEMBERED = 300.0
"""Seconds for which the alias and the groups of a caller are believed."""


class BotoDoor:
    """Implements `irtui.aws.door.Door`. Safe to use from several threads."""

    def __init__(
        self,
        *,
        mode: str,
        region: str,
        caller: Callable[[], Session],
        blank: Callable[[], Session],
        allowed: Allowed,
        clock: Clock,
        renew: str = "",
        endpoint_url: str | None = None,
        transport: Transport | None = None,
        numbered: bool = True,
    ) -> None:
        """`caller` makes the session with the operator's credentials, `blank` one without any.

        An answer without a request id is believed only where `numbered` is False: from an emulator on this machine.
        """
        self.mode = mode
        self.region = region
        self._caller = caller
        self._blank = blank
        self._clock = clock
        self._renew = renew
        self._endpoint_url = endpoint_url
        self._numbered = numbered
        self._wire = Wire(allowed, transport)
        self._pace = Pace(clock)
        self._lock = threading.RLock()
        self._specs: dict[str, SessionSpec] = {}
        self._sessions: dict[str, Session] = {}
        self._clients: dict[tuple[str, str, str, int], Any] = {}
        self._ahead = timedelta(0)
        self._known: dict[str, tuple[float, str, tuple[str, ...] | None]] = {}
        self._keeper: issued.Keeper | None = None

    @property
    def ahead(self) -> timedelta:
        return self._ahead

    @property
    def endpoints(self) -> tuple[str, ...]:
        return self._wire.hosts

    def entrust(self, keeper: issued.Keeper) -> None:
        self._keeper = keeper

    def add_session(self, spec: SessionSpec) -> None:
        with self._lock:
            self._specs[spec.name] = spec
            self._sessions.pop(spec.name, None)
            self._clients = {key: client for key, client in self._clients.items() if key[0] != spec.name}

    def has_credentials(self) -> bool:
        """Looks through the operator's chain now. May ask for an MFA code; raises botocore's own exceptions."""
        credentials = self._session("caller").get_credentials()
        return credentials is not None and bool(credentials.get_frozen_credentials().access_key)

    def identity(self, session: str = "caller") -> Identity:
        said = self.read(Call("sts", "GetCallerIdentity", session=session)).data
        credentials = self._session(session).get_credentials()
        who = Identity(
            account=str(said["Account"]),
            arn=str(said["Arn"]),
            user_id=str(said["UserId"]),
            access_key_id=(credentials.get_frozen_credentials().access_key or "") if credentials else "",
            region=self.region,
            expires=getattr(credentials, "_expiry_time", None),
        )
        alias, groups = self._besides(who, session)
        return Identity(who.account, who.arn, who.user_id, who.access_key_id, alias, who.region, who.expires, groups)

    def read(self, call: Call, *, pages: int = 1) -> Reply:
        if effects.effect(call.service, call.operation) is not Effect.READ:
            raise Denied(f"{call.name} is not a read", advice="Only a confirmed plan may change something.")
        try:
            client = self._client(call, READ_ATTEMPTS)
            found = self._read_pages(client, call, pages)
            return self._reply(call, found)
        except Exception as error:  # botocore's errors have no common root, nor have those of credential plug-ins
            raise self._fault(error, call) from None

    def change(self, call: Call, tag: str) -> Outcome:
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", tag):
            raise ValueError("a tag has 1 to 64 letters, digits, dots, dashes and underscores")
        if (refused := issued.unkept(call, self._keeper)) is not None:
            return refused
        with sending(tag) as change:
            try:
                client = self._client(call, attempts=1)
                change.event = f"{client.meta.service_model.service_id.hyphenize()}.{call.operation}"
                raw = dict(self._method(client, call)(**self._written(call)))
                trouble = issued.take_off(call, raw, self._keeper)
                reply = self._reply(call, raw)
            except Exception as error:  # whatever happened on the way, the change has an outcome
                return self._unsuccessful(error, call, change)
        told = issued.lost(call, trouble) if trouble else {}
        return Outcome(Status.SUCCEEDED, reply.data, **told, request_id=reply.request_id, date=reply.date)

    def objects(self, session: str = "caller") -> Objects:
        """Objects in buckets, read by many threads at a time."""
        clients: dict[str, Any] = {}

        def client(region: str) -> Any:
            with self._lock:
                if region not in clients:
                    many = config(READ_ATTEMPTS).merge(Config(max_pool_connections=CONNECTIONS))
                    clients[region] = self._session(session).create_client(
                        "s3", region_name=region, endpoint_url=self._endpoint_url, config=many
                    )
                return clients[region]

        return Objects(client, self._fault, self._lean(client, session))

    def _lean(self, client: Callable[[str], Any], name: str) -> LeanObjects | None:
        """None where botocore knows more than a URL and a signature: proxies, FIPS and the like, a simulated AWS."""
        session = self._session(name)
        settings: Any = session.get_default_client_config()
        special = any(session.get_config_variable(name) for name in ("use_fips_endpoint", "use_dualstack_endpoint"))
        if special or settings.proxies or not self._wire.open or (self.mode != "real" and self._numbered):
            return None

        def credentials() -> SigningKeys:
            found = session.get_credentials()
            if found is None:
                raise OSError("no credentials")
            keys = found.get_frozen_credentials()
            return SigningKeys(str(keys.access_key), str(keys.secret_key), keys.token)

        return LeanObjects(
            endpoint=lambda region: str(client(region).meta.endpoint_url), path_style=self._endpoint_url is not None,
            credentials=credentials, passes=self._wire.passes, now=self._clock.now, ahead=lambda: self._ahead,
            cafile=get_cert_path(session.get_config_variable("ca_bundle") or True) or "",
            connect=CONNECT_SECONDS, read=READ_SECONDS,
        )  # fmt: skip

    # -- sending -------------------------------------------------------------------------------------------------

    def _read_pages(self, client: Any, call: Call, pages: int) -> dict[str, Any]:
        method = self._method(client, call)
        params = self._written(call)
        name = xform_name(call.operation)
        if pages <= 1 or not client.can_paginate(name):
            return dict(method(**params))
        iterator = client.get_paginator(name).paginate(**params)
        taken = []
        for page in iterator:
            taken.append(page)
            if len(taken) >= pages:
                break
        return paging.merged(taken, [key.expression for key in iterator.result_keys])

    def _written(self, call: Call) -> dict[str, Any]:
        return documents.written(call.params, shapes.documents(call.service, call.operation))

    def _method(self, client: Any, call: Call) -> Callable[..., Mapping[str, Any]]:
        name = xform_name(call.operation)
        if client.meta.method_to_api_mapping.get(name) != call.operation:
            raise UsageError(f"AWS has no operation {call.name}", advice="Run `irtui runbooks lint` on the runbook.")
        method: Callable[..., Mapping[str, Any]] = getattr(client, name)
        return method

    def _reply(self, call: Call, raw: dict[str, Any]) -> Reply:
        meta = raw.pop("ResponseMetadata", {})
        headers = meta.get("HTTPHeaders", {})
        request_id = meta.get("RequestId") or headers.get("x-amzn-requestid") or headers.get("x-amz-request-id")
        if not request_id and self._numbered:
            # What stands between us and AWS (a portal, a filter) answers too; it does not number its answers.
            raise AwsFault(
                "unknown", "NoRequestId", "The answer bears no request id of AWS", call=call.name,
                status=int(meta.get("HTTPStatusCode", 0)), advice=faults.ADVICE["unknown"],
            )  # fmt: skip
        data = {key: _whole(value) for key, value in raw.items()}
        self._compare_clocks(str(headers.get("date", "")))
        return Reply(
            documents.parsed(data, shapes.documents(call.service, call.operation)),
            request_id=str(request_id or ""),
            date=str(headers.get("date", "")),
            sensitive=tuple(shapes.sensitive(call.service, call.operation)),
            retries=int(meta.get("RetryAttempts", 0)),
        )

    def _compare_clocks(self, date: str) -> None:
        try:
            ahead = parsedate_to_datetime(date) - self._clock.now()
        except (TypeError, ValueError):
            return  # no date, or one without a time zone: what was known of the clock still holds
        self._ahead = ahead if abs(ahead) > AGREE else timedelta(0)

    def _fault(self, error: Exception, call: Call) -> IrtuiError:
        fault = faults.fault(error, call.name, renew=self._renew, simulated=self.mode == "rehearsal")
        if isinstance(fault, AwsFault) and call.region not in (None, self.region):
            fault = faults.there(fault, str(call.region))
        if isinstance(fault, AwsFault) and fault.kind == "expired":
            with self._lock:  # so that credentials which were renewed outside are found
                self._sessions.clear()
                self._clients.clear()
        return fault

    def _unsuccessful(self, error: Exception, call: Call, change: Sending) -> Outcome:
        fault = self._fault(error, call)
        unsent = not change.sent or isinstance(error, faults.NEVER_CONNECTED)
        if not isinstance(fault, AwsFault):
            code = faults.GAP if isinstance(fault, SimulatorGap) else "NotSent"
            status = Status.FAILED if unsent or isinstance(fault, SimulatorGap) else Status.UNKNOWN
            return Outcome(status, code=code, message=fault.message, advice=fault.advice)
        refused = isinstance(error, ClientError) and faults.answer(error).definite
        return Outcome(
            Status.FAILED if unsent or refused else Status.UNKNOWN,
            code="NotSent" if unsent else fault.code,
            message=fault.message,
            advice=fault.advice,
            request_id=fault.request_id,
            date=fault.date,
        )

    # -- sessions ------------------------------------------------------------------------------------------------

    def _client(self, call: Call, attempts: int) -> Any:
        key = (call.session, call.service, call.region or self.region, attempts)
        with self._lock:
            if key not in self._clients:
                client = self._session(call.session).create_client(
                    call.service, region_name=key[2], endpoint_url=self._endpoint_url, config=config(attempts)
                )
                self._pace.keep(client, call.session, call.service, key[2])
                self._clients[key] = client
            return self._clients[key]

    def _session(self, name: str) -> Session:
        with self._lock:
            if name not in self._sessions:
                self._sessions[name] = self._opened(name)
            return self._sessions[name]

    def _opened(self, name: str) -> Session:
        session = self._caller() if name == "caller" else self._blank()
        self._wire.hook(session)
        if name == "caller":
            return session
        if name not in self._specs:
            raise UsageError(f"No session is named {name}", advice="Name it under `sessions:` in the runbook.")
        who = self.identity()
        refuse_root(self._specs[name], who)
        caller_name = re.sub(r"[^\w+=,.@-]", "-", who.session_name or who.name, flags=re.ASCII)[:64]
        operation, params = assume_request(self._specs[name], caller_name, who.arn.split(":")[1])

        def fetch() -> Mapping[str, Any]:
            sts = self._client(Call("sts", operation), READ_ATTEMPTS)
            answer: Mapping[str, Any] = self._method(sts, Call("sts", operation))(**params)
            credentials: Mapping[str, Any] = answer["Credentials"]
            return credentials

        use_derived(session, fetch, lambda: self._clock.now() + self._ahead)
        return session

    def _besides(self, who: Identity, session: str) -> tuple[str, tuple[str, ...] | None]:
        """Alias and groups, as far as they may be read; believed for a few minutes."""
        known = self._known.get(who.arn)
        if known and self._clock.monotonic() - known[0] < REMEMBERED:
            return known[1], known[2]
        alias = ""
        groups: tuple[str, ...] | None = None if who.kind == "user" else ()
        try:
            aliases = self.read(Call("iam", "ListAccountAliases", session=session)).data.get("AccountAliases")
            alias = str(aliases[0]) if aliases else ""
        except IrtuiError:
            alias = ""
        if who.kind == "user":
            try:
                mine = self.read(Call("iam", "ListGroupsForUser", {"UserName": who.name}, session=session), pages=5)
                groups = (
                    None if paging.truncated(mine.data) else tuple(str(g["GroupName"]) for g in mine.data["Groups"])
                )
            except IrtuiError:
                groups = None
        self._known[who.arn] = (self._clock.monotonic(), alias, groups)
        return alias, groups


def _whole(value: Any) -> Any:
    if not isinstance(value, StreamingBody):
        return value
    body = value.read(BODY_LIMIT + 1)
    if len(body) > BODY_LIMIT:
        raise AwsFault("invalid", "TooLarge", f"The body is larger than {BODY_LIMIT} bytes", advice="Fetch it by hand.")
    return body

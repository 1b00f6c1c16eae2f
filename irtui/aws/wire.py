"""What every request passes on its way out: the hosts it may go to, and the mark that a change carries.

Rules: one hook sees every request of a session, also those that botocore makes to fetch credentials. A host outside
the allow-list is refused before anything is sent; the others are noted. Only a change that the current thread is
sending gets its tag, and only its own request counts as sent.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.session import Session

from irtui.aws.hosts import Allowed
from irtui.errors import Denied

Transport = Callable[[AWSPreparedRequest], AWSResponse | None]
"""Answers a request in place of the network; None lets it go there."""


@dataclass(slots=True)
class Sending:
    """The change that the current thread sends."""

    event: str
    """`<service id>.<Operation>`, as botocore's events spell it."""
    tag: str
    sent: bool = False


_sending: ContextVar[Sending | None] = ContextVar("sending", default=None)


@contextmanager
def sending(tag: str) -> Iterator[Sending]:
    """Marks what this thread sends until the end as the change with that tag."""
    change = Sending("", tag)
    token = _sending.set(change)
    try:
        yield change
    finally:
        _sending.reset(token)


class Wire:
    """The hooks of one door's sessions."""

    def __init__(self, allowed: Allowed, transport: Transport | None) -> None:
        self._allowed = allowed
        self._transport = transport
        self._lock = threading.Lock()
        self._hosts: dict[str, None] = {}

    @property
    def open(self) -> bool:
        """Whether requests really go to the network."""
        return self._transport is None

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts that requests were really sent to, in order of first use."""
        with self._lock:
            return tuple(self._hosts)

    def hook(self, session: Session) -> None:
        """From now on every client of the session passes here."""
        events: Any = session  # the stubs want handlers of keyword arguments only
        events.register("request-created", self._tag)
        events.register("before-send", self._before_send)

    def _tag(self, request: Any, event_name: str, **_: Any) -> None:
        change = _sending.get()
        if change and event_name == f"request-created.{change.event}":
            agent = request.headers["User-Agent"]
            del request.headers["User-Agent"]  # setting a header of botocore's appends
            request.headers["User-Agent"] = f"{agent.decode() if isinstance(agent, bytes) else agent} md/x#{change.tag}"

    def _before_send(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse | None:
        self.passes(request.url)
        change = _sending.get()
        if change and event_name == f"before-send.{change.event}":
            change.sent = True
        return self._transport(request) if self._transport else None

    def passes(self, url: str) -> None:
        """Raises Denied when nothing may be sent there; notes the host."""
        host = urlsplit(url).netloc
        if not self._allowed(url):
            raise Denied(
                f"A request was about to go to {host or 'an unknown host'}",
                title="Refused to send to a host that is not AWS",
                advice="Nothing was sent. Look for endpoints in the profile, the environment and ~/.aws/models.",
            )
        with self._lock:
            self._hosts.setdefault(host)

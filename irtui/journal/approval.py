"""The two files by which one person approves another's plan: a request, and the signed answer to it.

Rules: each is one line of canonical JSON ended by a line feed; bytes that re-serialise to others are refused. A request
is signed with the incident's key, an approval with the approver's long-term key, each under a domain string of its own,
so that neither is ever a record or the other. An approval names the request's id and the hash of its bytes: it answers
that request and no other.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from irtui.canonical import canonical, digest
from irtui.clock import rfc3339
from irtui.journal.seal import DOMAINS, Signer, checks, endorsed
from irtui.model.approval import Person
from irtui.model.plan import Plan

REQUEST, APPROVAL = "irtui-approval-request-v1", "irtui-approval-v1"
MAX_REQUEST = 1024 * 1024
MAX_APPROVAL = 16 * 1024

_KEY = re.compile(r"[0-9a-f]{64}")
_SIG = re.compile(r"[0-9a-f]{128}")
_ID = re.compile(r"[0-9a-f]{32}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks to be approved. Every text in it is foreign to who reads it."""

    id: str
    incident: str
    mode: str
    account: str
    runbook: str
    """Name and version."""
    step: str
    title: str
    plans: tuple[Plan, ...]
    digest: str
    """Of the plans, computed from the file's own plans when it is read."""
    wanted: int
    asker: Person
    made: datetime
    expires: datetime
    key: Mapping[str, Any]
    """kind, public and, where somebody vouches for it, endorsement, as `open` and `join` records have them."""
    sha256: str = ""
    """Of the file's bytes."""

    @property
    def endorser(self) -> str:
        """The long-term public key of who asks, hex; empty when nobody vouches for the incident's key."""
        endorsement = self.key.get("endorsement")
        return str(endorsement["by"]) if endorsement else ""


@dataclass(frozen=True, slots=True)
class Approved:
    """An approval whose signature fits the key that it names. Whose key that is, its reader must know."""

    request: str
    request_sha256: str
    incident: str
    mode: str
    step: str
    digest: str
    by: Person
    made: datetime
    key: str
    sha256: str


def plans_digest(plans: list[dict[str, Any]]) -> str:
    """The digest of plans given as data: of the one plan, or of the list of several."""
    return digest(plans[0] if len(plans) == 1 else plans)


def request_file(request: Request, sign: Callable[[bytes], bytes]) -> bytes:
    """The bytes to send. `sign` signs with the incident's key. Raises ValueError when they are too many."""
    members = {
        "form": REQUEST, "id": request.id, "incident": request.incident, "mode": request.mode,
        "account": request.account, "runbook": request.runbook, "step": request.step, "title": request.title,
        "plans": [plan.as_data() for plan in request.plans], "digest": request.digest, "wanted": request.wanted,
        "asker": request.asker.as_data(), "made": rfc3339(request.made), "expires": rfc3339(request.expires),
        "key": request.key,
    }  # fmt: skip
    data = _signed(REQUEST, members, sign)
    if len(data) > MAX_REQUEST:
        raise ValueError(f"the request has {len(data)} bytes, more than {MAX_REQUEST}")
    return data


def read_request(data: bytes) -> Request:
    """Raises ValueError, in words that follow `this is no approval request: `."""
    members = _read(data, REQUEST, MAX_REQUEST, _REQUEST_MEMBERS)
    key, plans = members["key"], members["plans"]
    if not isinstance(key, dict) or not _is(key.get("public"), _KEY) or not isinstance(key.get("kind"), str):
        raise ValueError("it names no key")
    _fits(REQUEST, members, key["public"])
    endorsement = key.get("endorsement")
    if endorsement is not None and not _vouched(endorsement, members, key["public"]):
        raise ValueError("the endorsement does not fit its key")
    if not isinstance(plans, list) or not plans or type(members["wanted"]) is not int or members["wanted"] < 1:
        raise ValueError("it asks nobody for anything")
    if plans_digest(plans) != members["digest"]:
        raise ValueError("its digest is not that of its plans")
    try:
        read = tuple(Plan.from_data(plan) for plan in plans)
        asker = Person.from_data(members["asker"])
    except (LookupError, ValueError, TypeError, AttributeError):
        raise ValueError("its plans cannot be read") from None
    if [plan.as_data() for plan in read] != plans or not all(plan.calls for plan in read):
        raise ValueError("its plans hold more or less than can be shown")
    return Request(
        members["id"], members["incident"], members["mode"], members["account"], members["runbook"], members["step"],
        members["title"], read, members["digest"], members["wanted"], asker, _time(members["made"]),
        _time(members["expires"]), key, hashlib.sha256(data).hexdigest(),
    )  # fmt: skip


def approval_file(request: Request, by: Person, signer: Signer, made: datetime) -> bytes:
    """The bytes of a yes to exactly this request."""
    members = {
        "form": APPROVAL, "request": request.id, "request_sha256": request.sha256, "incident": request.incident,
        "mode": request.mode, "step": request.step, "digest": request.digest, "by": by.as_data(),
        "made": rfc3339(made), "key": signer.public.hex(),
    }  # fmt: skip
    return _signed(APPROVAL, members, signer.sign)


def read_approval(data: bytes) -> Approved:
    """Raises ValueError, in words that follow `this approval does not count: `."""
    members = _read(data, APPROVAL, MAX_APPROVAL, _APPROVAL_MEMBERS)
    if not _is(members["key"], _KEY):
        raise ValueError("it names no key")
    _fits(APPROVAL, members, members["key"])
    try:
        by = Person.from_data(members["by"])
    except (LookupError, TypeError):
        raise ValueError("it does not say who approves") from None
    return Approved(
        members["request"], members["request_sha256"], members["incident"], members["mode"], members["step"],
        members["digest"], by, _time(members["made"]), members["key"], hashlib.sha256(data).hexdigest(),
    )  # fmt: skip


_TEXTS = {"form", "incident", "mode", "step", "digest", "made", "sig"}
_REQUEST_MEMBERS = frozenset(
    _TEXTS | {"id", "account", "runbook", "title", "plans", "wanted", "asker", "expires", "key"}
)
_APPROVAL_MEMBERS = frozenset(_TEXTS | {"request", "request_sha256", "by", "key"})
_NOT_TEXT = ("plans", "wanted", "asker", "by")


def _signed(domain: str, members: Mapping[str, Any], sign: Callable[[bytes], bytes]) -> bytes:
    signature = sign(_message(domain, members))
    return canonical({**members, "sig": signature.hex()}) + b"\n"


def _message(domain: str, members: Mapping[str, Any]) -> bytes:
    bare = {name: value for name, value in members.items() if name != "sig"}
    return domain.encode("ascii") + b"\n" + canonical(bare)


def _read(data: bytes, form: str, most: int, names: frozenset[str]) -> dict[str, Any]:
    if len(data) > most:
        raise ValueError(f"it has more than {most} bytes")
    try:
        members: Any = json.loads(data.decode("ascii"), parse_float=_refuse, parse_constant=_refuse)
        same = isinstance(members, dict) and canonical(members) + b"\n" == data
    except (ValueError, RecursionError):
        raise ValueError("it is no line of canonical JSON") from None
    if not same or not isinstance(members, dict):
        raise ValueError("it is not in canonical form")
    if members.get("form") != form:
        raise ValueError(f"it is not of the form {form}")
    if members.keys() != names:
        raise ValueError("it has not the members of its form")
    for name in names - {*_NOT_TEXT, *(("key",) if form == REQUEST else ())}:
        if not isinstance(members[name], str):
            raise ValueError(f"{name} is not text")
    if members["mode"] not in DOMAINS:
        raise ValueError("its mode is neither real nor rehearsal")
    if not _ID.fullmatch(members["id" if form == REQUEST else "request"]):
        raise ValueError("its request has no id")
    return members


def _fits(domain: str, members: Mapping[str, Any], key: str) -> None:
    signature = members["sig"]
    if not _SIG.fullmatch(signature) or not checks(
        bytes.fromhex(key), _message(domain, members), bytes.fromhex(signature)
    ):
        raise ValueError("the signature does not fit")


def _vouched(endorsement: Any, members: Mapping[str, Any], public: str) -> bool:
    if not isinstance(endorsement, dict) or not _is(endorsement.get("by"), _KEY):
        return False
    return _is(endorsement.get("sig"), _SIG) and endorsed(
        endorsement, incident=members["incident"], mode=members["mode"], public=bytes.fromhex(public)
    )


def _is(value: Any, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def _time(text: str) -> datetime:
    if not _TIME.fullmatch(text):
        raise ValueError("a time in it is not RFC 3339 UTC with microseconds")
    return datetime.fromisoformat(text)


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)

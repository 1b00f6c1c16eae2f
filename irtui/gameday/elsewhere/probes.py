"""What an emulator enforces, found out with a user and a role of its own before anything is seeded.

Rules: an answer is asked for until it is as AWS would give it, for as long as a change may take there; where nothing
is enforced at all nobody waits. Each probe that fails is a sentence for the briefing. What was made for it is deleted.
"""

import contextlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from irtui.errors import RunbookError
from irtui.gameday.client import Answered, Credential
from irtui.gameday.refusals import REFUSED
from irtui.simulator.clock import monotonic

PATIENCE = 5.0
"""Seconds that a change may take to be in force."""
_BEAT = 0.1
_SOMETHING = "s3.ListBuckets"
"""What a probe tries to do."""
_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_NOTHING = {"Effect": "Deny", "Action": "*", "Resource": "*"}

_SILENT = "CloudTrail's history did not show there what had just been done: who made what may stay hidden."

Ask = Callable[[Credential, str, Mapping[str, Any]], Answered]


@dataclass(frozen=True, slots=True)
class Findings:
    lets: tuple[str, ...]
    """Who gets in there, and not on AWS."""
    refuses: tuple[str, ...]
    """Who gets in on AWS, and not there."""
    besides: tuple[str, ...]
    """What else is not as AWS has it, in sentences."""
    takes: float
    """Seconds after which a change is in force: twice what it took at most."""

    @property
    def enforces(self) -> bool:
        """Whether being refused there means what it means on AWS: else no containment can be judged."""
        return not (self.lets or self.refuses)


@dataclass(slots=True)
class _Probing:
    ask: Ask
    founder: Credential
    name: str
    patience: float = PATIENCE
    lets: list[str] = field(default_factory=list)
    refuses: list[str] = field(default_factory=list)
    besides: list[str] = field(default_factory=list)
    takes: float = 0.0
    made: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    """How to delete what was made, last made first."""

    def do(self, call: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        answered = self.ask(self.founder, call, params)
        if not answered.ok:
            words = f"the emulator cannot be rehearsed on: {call}: {answered.code} {answered.message}"
            raise RunbookError(words)
        return answered.data

    def key(self) -> Credential:
        key = Credential.from_reply(self.do("iam.CreateAccessKey", {"UserName": self.name}))
        self.made.insert(0, ("iam.DeleteAccessKey", {"UserName": self.name, "AccessKeyId": key.access_key_id}))
        return key

    def policy(self, kind: str, *statements: Mapping[str, Any]) -> None:
        """The one policy of the user or role."""
        named = {f"{kind}Name": self.name, "PolicyName": "probe"}
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        self.do(f"iam.Put{kind}Policy", {**named, "PolicyDocument": document})
        if (delete := (f"iam.Delete{kind}Policy", named)) not in self.made:
            self.made.insert(0, delete)

    def refused(self, credential: Credential, who: str) -> None:
        """AWS would refuse this credential."""
        self.within(lambda: self.ask(credential, _SOMETHING, {}).code in REFUSED, who, self.lets)

    def let(self, credential: Credential, who: str, call: str = _SOMETHING) -> None:
        """AWS would let it in."""
        self.within(lambda: self.ask(credential, call, {}).ok, who, self.refuses)

    def within(self, comes: Callable[[], bool], who: str, else_: list[str]) -> None:
        """Waits until it `comes`; if it does not, `who` goes on the list."""
        since, waited = monotonic(), 0.0
        while not comes():
            if waited >= self.patience:
                else_.append(who)
                return
            threading.Event().wait(_BEAT)
            waited = monotonic() - since
        self.takes = max(self.takes, waited)


def probed(ask: Ask, founder: Credential, account: str, name: str) -> Findings:
    """Raises RunbookError where users, keys and policies cannot even be made."""
    probing = _Probing(ask, founder, name)
    try:
        _keys_and_policies(probing)
        _sessions(probing, account)
        _history(probing)
        return Findings(tuple(probing.lets), tuple(probing.refuses), tuple(probing.besides), 2 * probing.takes)
    finally:
        for call, params in probing.made:
            with contextlib.suppress(RunbookError, OSError):
                ask(founder, call, params)


def _keys_and_policies(probing: _Probing) -> None:
    probing.do("iam.CreateUser", {"UserName": probing.name})
    probing.made.insert(0, ("iam.DeleteUser", {"UserName": probing.name}))
    first = probing.key()
    probing.let(first, "a new key", "sts.GetCallerIdentity")
    if probing.ask(first, _SOMETHING, {}).ok:
        probing.lets.append("who has no permission")
        probing.patience = 0
    forged = Credential(first.access_key_id, "x" * 40)
    if probing.ask(forged, "sts.GetCallerIdentity", {}).code not in REFUSED:
        probing.besides.append("Whoever knows a key's id may use it there: secrets are not checked.")
    probing.policy("User", _ALL)
    probing.let(first, "who was allowed")
    probing.do("iam.UpdateAccessKey", _status(probing.name, first, "Inactive"))
    probing.refused(first, "an inactive key")
    probing.do("iam.UpdateAccessKey", _status(probing.name, first, "Active"))
    probing.let(first, "a key switched on again")
    call, params = next(row for row in probing.made if row[0] == "iam.DeleteAccessKey")
    probing.do(call, params)
    probing.made.remove((call, params))
    probing.refused(first, "a deleted key")


def _sessions(probing: _Probing, account: str) -> None:
    """Of a denied user, and of a role whose older sessions are revoked."""
    key = probing.key()
    probing.let(key, "a second key")
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = probing.do("iam.CreateRole", {"RoleName": probing.name, "AssumeRolePolicyDocument": document})
    probing.made.insert(0, ("iam.DeleteRole", {"RoleName": probing.name}))
    probing.policy("Role", _ALL)
    assume = {"RoleArn": role["Role"]["Arn"], "RoleSessionName": "probe"}
    assumed: list[Answered] = []

    def assumes() -> bool:
        assumed[:] = [probing.ask(key, "sts.AssumeRole", assume)]
        return assumed[0].ok

    probing.within(assumes, "who may assume a role", probing.refuses)
    if assumed[0].ok:
        session = Credential.from_reply(assumed[0].data)
        probing.let(session, "a role's session")
        probing.policy("Role", _ALL, _older_than("2000-01-01T00:00:00Z"))
        probing.let(session, "a session newer than the revocation")
        probing.policy("Role", _ALL, _older_than("2100-01-01T00:00:00Z"))
        probing.refused(session, "a revoked session of a role")
    own = probing.ask(key, "sts.GetSessionToken", {})
    probing.policy("User", _ALL, _NOTHING)
    probing.refused(key, "who is denied everything")
    if own.ok:
        probing.refused(Credential.from_reply(own.data), "the session of a user who is denied everything")


def _history(probing: _Probing) -> None:
    """Whether CloudTrail tells anything; what comes late is not waited for."""
    sought = {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "CreateUser"}]}
    answered = probing.ask(probing.founder, "cloudtrail.LookupEvents", sought)
    if not answered.ok:
        probing.besides.append(f"CloudTrail's history cannot be read there: {answered.code}. Steps that need it fail.")
    elif probing.name not in json.dumps(answered.data, default=str):
        probing.besides.append(_SILENT)


def _status(name: str, key: Credential, status: str) -> dict[str, str]:
    return {"UserName": name, "AccessKeyId": key.access_key_id, "Status": status}


def _older_than(moment: str) -> dict[str, Any]:
    """As revoking a role's sessions writes it."""
    return {**_NOTHING, "Condition": {"DateLessThan": {"aws:TokenIssueTime": moment}}}

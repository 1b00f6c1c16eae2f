"""CloudTrail events and IAM replies as the family tree reads them, in a few words each."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from irtui.trail.account import Account, Key, read_account
from irtui.trail.containment import Judge, Memory, Verdict
from irtui.trail.family import Family, Node

ACCOUNT = "444455556666"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
LEAKED = "AKIALEAKED0000000000"
DENY: dict[str, Any] = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}


def ago(**since: float) -> str:
    return (NOW - timedelta(**since)).strftime("%Y-%m-%dT%H:%M:%SZ")


def user_arn(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:user/{name}"


def role_arn(name: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:iam::{account}:role/{name}"


def allow(*actions: str, resource: str = "*") -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": resource}],
    }


def cut(at: str) -> dict[str, Any]:
    """AWSRevokeOlderSessions."""
    condition = {"DateLessThan": {"aws:TokenIssueTime": at}}
    statement = {"Effect": "Deny", "Action": ["*"], "Resource": ["*"], "Condition": condition}
    return {"Version": "2012-10-17", "Statement": [statement]}


def trusts(*arns: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"AWS": list(arns)}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def user(name: str, *policies: Mapping[str, Any], groups: Sequence[str] = (), created: str = "") -> dict[str, Any]:
    inline = [{"PolicyName": f"p{index}", "PolicyDocument": policy} for index, policy in enumerate(policies)]
    return {
        "UserName": name, "Arn": user_arn(name), "CreateDate": created or ago(days=300), "UserPolicyList": inline,
        "GroupList": list(groups), "AttachedManagedPolicies": [],
    }  # fmt: skip


def role(name: str, trust: Mapping[str, Any], *policies: Mapping[str, Any], created: str = "") -> dict[str, Any]:
    inline = [{"PolicyName": f"p{index}", "PolicyDocument": policy} for index, policy in enumerate(policies)]
    return {
        "RoleName": name, "Arn": role_arn(name), "CreateDate": created or ago(days=300), "RolePolicyList": inline,
        "AssumeRolePolicyDocument": trust, "AttachedManagedPolicies": [],
    }  # fmt: skip


def account(*things: Mapping[str, Any], keys: Mapping[str, Sequence[tuple[str, str]]] | None = None) -> Account:
    """`keys`: user name → (key id, status)."""
    read = read_account(
        ACCOUNT,
        {
            "UserDetailList": [thing for thing in things if "UserName" in thing],
            "RoleDetailList": [thing for thing in things if "RoleName" in thing],
        },
    )
    for name, held in (keys or {}).items():
        read.keys[f"user/{name}"] = tuple(Key(key, status, ago(days=90)) for key, status in held)
    return read


def event(
    name: str, asked: Mapping[str, Any], answered: Mapping[str, Any] | None = None, *, at: str = "", by: str = "ci",
    kind: str = "IAMUser", error: str = "",
) -> dict[str, Any]:  # fmt: skip
    """A call of the user `by`, or of a session of the role `by` with kind AssumedRole."""
    service = "sts" if name in ("GetSessionToken", "GetFederationToken", "AssumeRole") else "iam"
    issuer = {"type": "Role", "arn": role_arn(by), "userName": by, "accountId": ACCOUNT}
    own = {"userName": by} if kind == "IAMUser" else {"sessionContext": {"sessionIssuer": issuer}}
    found = {
        "eventID": f"{name}-{by}-{at}-{sorted(asked.items())}", "eventName": name, "eventTime": at or ago(hours=1),
        "eventSource": f"{service}.amazonaws.com", "readOnly": service == "sts",
        "userIdentity": {"type": kind, "accountId": ACCOUNT, **own},
        "requestParameters": dict(asked), "responseElements": dict(answered or {}),
    }  # fmt: skip
    return {**found, "errorCode": error} if error else found


def session(key: str, expires: str = "") -> dict[str, Any]:
    return {"credentials": {"accessKeyId": key, **({"expiration": expires} if expires else {})}}


def family(*events: tuple[str, Mapping[str, Any]]) -> Family:
    """The leaked key of `ci`, and events each with the key that made them."""
    made = Family(ACCOUNT, LEAKED)
    made.add(Node(LEAKED, "access_key", LEAKED, "user/ci", "the key this began with", holder="user/ci"))
    made.add(Node("user/ci", "user", "ci", "", "owns the key"))
    for key, each in events:
        made.take(each, key)
    return made


def verdict(
    members: Family, state: Account, changes: Mapping[str, str] | None = None, memory: Memory | None = None,
    now: datetime = NOW, unread: Sequence[str] = (),
) -> Verdict:  # fmt: skip
    dated = {subject: datetime.fromisoformat(at) for subject, at in (changes or {}).items()}
    return Judge(members, state, now, dated, memory or Memory()).verdict(unread)

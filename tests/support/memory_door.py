"""An AWS of one user in memory, behind the real port: for what the simulator cannot be made to do on time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from irtui.aws.door import Objects
from irtui.aws.issued import Keeper
from irtui.errors import AwsFault
from irtui.model.call import Call
from irtui.model.identity import Identity
from irtui.model.outcome import Outcome, Reply, Status
from irtui.model.runbook import SessionSpec

START = datetime(2026, 11, 23, 2, 14, tzinfo=UTC)


class MemoryDoor:
    """One user with keys and inline policies. `before_change` and `before_read` are where a test interferes."""

    mode = "rehearsal"
    region = "us-east-1"
    endpoints = ("127.0.0.1",)
    ahead = timedelta(0)

    def __init__(self) -> None:
        self.keys = {"AKIA1111111111111111": "Active"}
        self.policies: dict[str, Any] = {}
        self.sent: list[Call] = []
        self.tags: list[str] = []
        self.before_change: Callable[[Call], Outcome | None] = lambda call: None
        self.before_read: Callable[[Call], None] = lambda call: None
        self.who: Identity | AwsFault = Identity(
            "111122223333", "arn:aws:sts::111122223333:assumed-role/Responder/alice", "AROA:alice",
            region="us-east-1", expires=START + timedelta(hours=8), groups=(),
        )  # fmt: skip

    def entrust(self, keeper: Keeper) -> None: ...

    def add_session(self, spec: SessionSpec) -> None: ...

    def identity(self, session: str = "caller") -> Identity:
        if isinstance(self.who, AwsFault):
            raise self.who
        return self.who

    def read(self, call: Call, *, pages: int = 1) -> Reply:
        self.before_read(call)
        params = call.params
        match call.operation:
            case "GetAccessKeyLastUsed":
                return Reply({"UserName": "ci-deploy", "AccessKeyLastUsed": {"ServiceName": "s3"}}, "r")
            case "ListAccessKeys":
                listed = [{"AccessKeyId": key, "Status": status} for key, status in self.keys.items()]
                return Reply({"AccessKeyMetadata": listed}, "r")
            case "GetUser":
                return Reply({"User": {"UserName": params["UserName"], "CreateDate": START}}, "r")
            case "GetUserPolicy":
                if params["PolicyName"] not in self.policies:
                    raise AwsFault("absent", "NoSuchEntity", "no such policy", call=call.name)
                return Reply({"PolicyDocument": self.policies[params["PolicyName"]]}, "r")
        raise AwsFault("denied", "AccessDenied", "not allowed", call=call.name)

    def objects(self, session: str = "caller") -> Objects:
        raise AwsFault("denied", "AccessDenied", "it has no buckets", call="s3.ListObjectsV2")

    def change(self, call: Call, tag: str) -> Outcome:
        self.sent.append(call)
        self.tags.append(tag)
        said = self.before_change(call)
        if said is not None:
            return said
        return self.act(call)

    def act(self, call: Call) -> Outcome:
        """Does what the call says."""
        params = call.params
        match call.operation:
            case "PutUserPolicy":
                self.policies[params["PolicyName"]] = params["PolicyDocument"]
            case "DeleteUserPolicy":
                del self.policies[params["PolicyName"]]
            case "UpdateAccessKey":
                self.keys[params["AccessKeyId"]] = params["Status"]
            case "DeleteAccessKey":
                del self.keys[params["AccessKeyId"]]
            case "CreateAccessKey":
                made = f"AKIA{len(self.sent) + 1:016d}"
                self.keys[made] = "Active"
                return Outcome(
                    Status.SUCCEEDED,
                    {"AccessKey": {"UserName": params["UserName"], "AccessKeyId": made}},
                    request_id="req-made",
                )
        return Outcome(Status.SUCCEEDED, request_id=f"req-{len(self.sent)}", date="Mon, 23 Nov 2026 02:14:00 GMT")

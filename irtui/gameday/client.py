"""The actors' own AWS client: signs and sends to loopback, and knows nothing else.

No profile, environment, metadata service or proxy is ever read; any other host is refused.
"""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError
from botocore.model import OperationNotFoundError, StructureShape
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from irtui.aws.models import service_model
from irtui.errors import RunbookError


@dataclass(frozen=True, slots=True)
class Credential:
    """A key of somebody. Never shown: no repr of the secret parts."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)

    @classmethod
    def from_reply(cls, data: Mapping[str, Any]) -> "Credential":
        """Of the reply of AssumeRole and its like, or of CreateAccessKey."""
        made = data.get("Credentials") or data["AccessKey"]
        return cls(str(made["AccessKeyId"]), str(made["SecretAccessKey"]), str(made.get("SessionToken") or ""))


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    code: str
    """Error code; empty for a success."""
    data: Mapping[str, Any]
    message: str = ""

    @property
    def ok(self) -> bool:
        return not self.code and self.status < 400


class LoopbackClient:
    def __init__(self, url: str, region: str, token: str) -> None:
        parts = urlsplit(url)
        if parts.hostname != "127.0.0.1" or parts.port is None:
            raise ValueError(f"not on loopback: {url}")
        self._port, self._region, self._token = parts.port, region, token

    def call(
        self, credential: Credential, call: str, params: Mapping[str, Any], *, source_ip: str, user_agent: str,
        region: str = "",
    ) -> Answered:  # fmt: skip
        """One `service.Operation`, sent once; without `region` in the world's own.

        Raises OSError without an answer, RunbookError for what is no call.
        """
        service, _, name = call.partition(".")
        try:
            model = service_model(service)
            if model is None:
                raise ValueError(f"there is no service {service}")
            operation = model.operation_model(name)
            made = create_serializer(model.resolved_protocol).serialize_to_request(
                _typed(params, operation.input_shape), operation
            )
        except (BotoCoreError, OperationNotFoundError, ValueError) as error:
            raise RunbookError(f"{call} cannot be called like this: {' '.join(str(error).split())}") from None
        path = made["url_path"]
        body = made["body"] if isinstance(made["body"], str | bytes) else urlencode(made["body"])
        if query := urlencode(made["query_string"]):
            path += ("&" if "?" in path else "?") + query
        request = AWSRequest(made["method"], f"http://127.0.0.1:{self._port}{path}", {**made["headers"]}, body)
        request.headers["User-Agent"] = user_agent
        keys = Credentials(credential.access_key_id, credential.secret_access_key, credential.session_token or None)
        signer = S3SigV4Auth if service == "s3" else SigV4Auth
        signer(keys, model.signing_name, region or self._region).add_auth(request)
        prepared = request.prepare()
        headers = {**prepared.headers, "X-Sim-Source-IP": source_ip, "X-Sim-Token": self._token}
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(prepared.method, path, body, headers)
            response = connection.getresponse()
            raw = {"status_code": response.status, "headers": dict(response.headers), "body": response.read()}
        finally:
            connection.close()
        if operation.output_shape is None and response.status < 300:
            return Answered(response.status, "", {}, "")  # moto says something where AWS says nothing
        shape = operation.output_shape or StructureShape("Nothing", {"type": "structure", "members": {}})
        parsed = create_parser(model.resolved_protocol).parse(raw, shape)
        said = parsed.get("Error", {}) if response.status >= 300 else {}
        return Answered(response.status, str(said.get("Code", "")), parsed, str(said.get("Message", "")))


def _typed(value: Any, shape: Any) -> Any:
    """A scenario's scalars are text until the operation's own shape types them; a map is a document where text is."""
    kind = shape.type_name if shape is not None else ""
    if kind == "structure":
        return {key: _typed(item, shape.members.get(key)) for key, item in value.items()}
    if kind == "list":
        return [_typed(item, shape.member) for item in value]
    if kind == "map":
        return {key: _typed(item, shape.value) for key, item in value.items()}
    if kind == "string" and isinstance(value, Mapping):
        return json.dumps(value)
    if kind in ("integer", "long") and isinstance(value, str):
        return int(value)
    if kind in ("float", "double") and isinstance(value, str):
        return float(value)
    return value == "true" if kind == "boolean" and isinstance(value, str) else value

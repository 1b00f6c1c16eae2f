"""Requests and replies in CBOR, the protocol in which SDKs speak with CloudWatch (Smithy RPC v2).

Read and written by botocore's own parts, from the operation's model; moto has none for this.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationNotFoundError, ServiceModel
from botocore.parsers import ResponseParserError, RpcV2CBORParser
from botocore.serialize import RpcV2CBORSerializer


def operation_of(path: str) -> str:
    """`/service/<target>/operation/<name>` → the name; empty where it is none."""
    parts = path.strip("/").split("/")
    return parts[3] if len(parts) == 4 and (parts[0], parts[2]) == ("service", "operation") else ""


def parameters(body: bytes) -> dict[str, Any]:
    """Raises ValueError for what is not a map."""
    parser = RpcV2CBORParser()
    try:
        found = parser.parse_data_item(parser.get_peekable_stream_from_bytes(body)) if body else {}
    except (ResponseParserError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError("the body is not CBOR") from error
    if not isinstance(found, dict):
        raise ValueError("the body is not a map")
    return found


def written(service: str, operation: str, data: Mapping[str, Any]) -> bytes:
    """A reply. Raises OperationNotFoundError."""
    shape = _model(service).operation_model(operation).output_shape
    body = bytearray()
    serializer: Any = RpcV2CBORSerializer()  # what botocore does for requests fits replies: the shape decides
    if shape is not None:
        serializer._serialize_data_item(body, dict(data), shape)
    return bytes(body)


def known(service: str, operation: str) -> bool:
    try:
        return bool(_model(service).operation_model(operation))
    except OperationNotFoundError:
        return False


@lru_cache(maxsize=4)
def _model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)

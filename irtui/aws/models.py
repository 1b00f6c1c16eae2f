"""botocore's service models, as shipped. No network, no credentials.

Rules: only botocore's packaged data is read; `AWS_DATA_PATH` and `~/.aws/models`, which could make an operation
look like another, are not.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import botocore
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

_DATA = Path(botocore.__file__).parent / "data"
_SERVICE = re.compile(r"[a-z][a-z0-9-]{0,63}")


@lru_cache(maxsize=16)
def service_model(service: str) -> ServiceModel | None:
    """botocore's model of a service; None where it has none."""
    if not _SERVICE.fullmatch(service) or not (_DATA / service).is_dir():
        return None
    try:
        return ServiceModel(loader().load_service_model(service, "service-2"), service)
    except UnknownServiceError:
        return None


def operation_model(service: str, operation: str) -> OperationModel | None:
    """botocore's model of an operation; None for an unknown one."""
    model = service_model(service)
    return model.operation_model(operation) if model and operation in model.operation_names else None


def services() -> tuple[str, ...]:
    """Every service that botocore knows."""
    return tuple(sorted(loader().list_available_services("service-2")))


def operations(service: str) -> tuple[str, ...]:
    """Every operation of a service; empty for an unknown one."""
    model = service_model(service)
    return tuple(sorted(model.operation_names)) if model else ()


def known(service: str, operation: str) -> bool:
    return operation_model(service, operation) is not None


def request_shape(service: str, operation: str) -> StructureShape | None:
    """None where the operation is unknown or takes nothing."""
    model = operation_model(service, operation)
    return model.input_shape if model and isinstance(model.input_shape, StructureShape) else None


def reply_shape(service: str, operation: str) -> StructureShape | None:
    """None where the operation is unknown or returns nothing."""
    model = operation_model(service, operation)
    return model.output_shape if model and isinstance(model.output_shape, StructureShape) else None


def pages(service: str, operation: str) -> tuple[str, ...]:
    """The reply's members that grow page by page; empty for an operation without pages."""
    keys = _paginators(service).get(operation, {}).get("result_key", ())
    return (keys,) if isinstance(keys, str) else tuple(keys)


def signing_name(service: str) -> str:
    """The name under which requests are signed: mostly the prefix of the service's IAM actions."""
    model = service_model(service)
    return str(model.signing_name) if model else service


@lru_cache(maxsize=512)
def members(service: str, operation: str) -> tuple[tuple[str, Shape], ...]:
    """Every member, at any depth, of the request and the reply."""
    model = operation_model(service, operation)
    if model is None:
        return ()
    found: dict[tuple[str, str], tuple[str, Shape]] = {}
    for name, shape in [*_below(model.input_shape), *_below(model.output_shape)]:
        found.setdefault((name, shape.name), (name, shape))
    return tuple(found.values())


def _below(root: Shape | None) -> Iterator[tuple[str, Shape]]:
    stack: list[Shape | None] = [root]
    seen: set[str] = set()
    while stack:
        shape = stack.pop()
        if shape is None or shape.name in seen:
            continue
        seen.add(shape.name)
        if isinstance(shape, StructureShape):
            yield from shape.members.items()
            stack.extend(shape.members.values())
        elif isinstance(shape, ListShape):
            stack.append(shape.member)
        elif isinstance(shape, MapShape):
            stack.append(shape.value)


@lru_cache(maxsize=1)
def loader() -> Loader:
    """botocore's own data, and each file of it read once."""
    return Loader(extra_search_paths=[str(_DATA)], include_default_search_paths=False)


@lru_cache(maxsize=16)
def _paginators(service: str) -> Mapping[str, Any]:
    if service_model(service) is None or not any((_DATA / service).glob("*/paginators-1.json*")):
        return {}
    return dict(loader().load_service_model(service, "paginators-1")["pagination"])

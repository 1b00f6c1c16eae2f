"""moto's own applications, behind the referee: they remember, and decide nothing.

Loaded service by service, when first asked for. Whatever moto does not implement is NotSimulated: its HTML
pages and retryable 500s never get out.
"""

import importlib
import io
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from flask import Flask
from moto.core import responses
from moto.core import utils as moto
from moto.core.responses import BaseResponse
from moto.core.utils import camelcase_to_underscores
from moto.moto_server.werkzeug_app import create_backend_app
from werkzeug.test import run_wsgi_app

from irtui.aws.models import loader
from irtui.simulator.answers import NOT_SIMULATED, Answer, Refusal
from irtui.simulator.resolve import Operation
from irtui.simulator.resources import S3_OPERATIONS, SERVICES

_CODE = re.compile(rb"<Code>([^<]+)</Code>|\"(?:__type|code)\":\s*\"([^\"]+)\"")
_MESSAGE = re.compile(rb"<Message>([^<]*)</Message>|\"[mM]essage\":\s*\"([^\"]*)\"")


# moto lists a class's methods anew for each request, and botocore's folders for each service: half of an answer's time.
responses.method_names_from_class = lru_cache(maxsize=64)(moto.method_names_from_class)  # type: ignore[attr-defined]
moto.create_loader = loader  # type: ignore[attr-defined,assignment]


@lru_cache(maxsize=32)
def _application(service: str) -> Flask:
    app = create_backend_app(service)  # type: ignore[arg-type]
    app.debug = False
    if service == "s3":
        from irtui.simulator import buckets  # moto's S3 is loaded when first asked for

        buckets.as_aws()
    return app


@lru_cache(maxsize=32)
def _operations(service: str) -> frozenset[str]:
    """Method names of moto's response class, which is how moto itself looks operations up."""
    module = importlib.import_module(f"moto.{service}.responses")
    classes = [c for c in vars(module).values() if isinstance(c, type) and c.__module__ == module.__name__]
    names: Iterable[str] = (n for c in classes if issubclass(c, BaseResponse) for n in moto.method_names_from_class(c))
    return frozenset(names)


def implements(service: str, operation: str) -> bool:
    """Whether moto may answer this at all."""
    if service == "s3":
        return operation in S3_OPERATIONS
    return (
        service in SERVICES
        and service not in ("sts", "athena")
        and camelcase_to_underscores(operation) in _operations(service)
    )


def call(operation: Operation, environ: dict[str, Any], body: bytes, account: str) -> Answer:
    """moto's answer to this very request. Raises Refusal where moto has none."""
    inner = {key: value for key, value in environ.items() if not key.startswith("werkzeug.")}
    inner |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), "HTTP_X_MOTO_ACCOUNT_ID": account}
    chunks, status, headers = run_wsgi_app(_application(operation.service), inner, buffered=True)
    data = b"".join(chunks)
    number = int(status.split(" ", 1)[0])
    if number >= 500 or data[:100].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise Refusal(NOT_SIMULATED, f"{operation.service}.{operation.name} is not simulated like this", 501)
    code = message = ""
    if number >= 400:
        code, message = _first(_CODE, data) or str(number), _first(_MESSAGE, data)
    return Answer(number, dict(headers.items()), data, code, message)


def _first(pattern: re.Pattern[bytes], data: bytes) -> str:
    match = pattern.search(data)
    return (match.group(1) or match.group(2) or b"").decode("utf-8", "replace") if match else ""

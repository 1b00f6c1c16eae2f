"""IAM where moto is silent or wrong, one file per subject; each lists its operations in OPERATIONS."""

from collections.abc import Mapping
from functools import wraps
from typing import Any

from botocore.model import StructureShape
from moto.core.exceptions import ServiceException

from irtui.simulator.answers import Refusal
from irtui.simulator.gaps.iam import (
    account,
    deletion,
    details,
    entities,
    features,
    keys,
    login,
    mfa,
    quotas,
    report,
    service_credentials,
    simulate,
    users,
)  # fmt: skip
from irtui.simulator.world import Asked, Gap

_SUBJECTS = (
    account,
    deletion,
    details,
    entities,
    features,
    keys,
    login,
    mfa,
    quotas,
    report,
    service_credentials,
    simulate,
    users,
)


def _refusing(gap: Gap) -> Gap:
    """What moto's state refuses underneath is refused here, with the status that the operation's model gives it."""

    @wraps(gap)
    def answer(asked: Asked) -> Mapping[str, Any]:
        try:
            return gap(asked)
        except ServiceException as error:
            raise Refusal(error.code, str(error.message), _status(asked, error.code)) from error

    return answer


def _status(asked: Asked, code: str) -> int:
    shapes = (shape for shape in asked.operation.model.error_shapes if isinstance(shape, StructureShape))
    found = (shape.metadata.get("error", {}).get("httpStatusCode") for shape in shapes if shape.error_code == code)
    return int(next(found, None) or 400)


OPERATIONS: Mapping[str, Gap] = {
    name: _refusing(gap) for subject in _SUBJECTS for name, gap in subject.OPERATIONS.items()
}

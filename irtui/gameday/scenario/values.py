"""The values that a scenario's fields take. Everything arrives as text and is typed here."""

import ipaddress
import re
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, ConfigDict, StringConstraints, WithJsonSchema

NAME = r"^[a-z_][a-z0-9_]*$"
"""Of handles, actors and credentials: what `${…}` can say."""
CALL = r"^[a-z][a-z0-9-]*\.[A-Z][A-Za-z0-9]*$"


class Strict:
    """A key that the format does not have is an error."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


def _flag(text: Any) -> bool:
    if text not in ("true", "false", True, False):
        raise ValueError("write true or false")
    return text in ("true", True)


def _number(text: Any) -> float:
    try:
        number = float(text)
    except (TypeError, ValueError):
        raise ValueError("not a number") from None
    if not 0 <= number < 1e9:
        raise ValueError("not a number from 0 up")
    return number


def _share(text: Any) -> float:
    if not 0 < (number := _number(text)) <= 1:
        raise ValueError("a share is more than 0 and at most 1")
    return number


def _count(text: Any) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", str(text)):
        raise ValueError("not a whole number")
    return int(text)


def _address(text: Any) -> str:
    return str(ipaddress.ip_address(text))


_NUMBER = {"type": "number", "minimum": 0}
Name = Annotated[str, StringConstraints(pattern=NAME, max_length=64)]
Call = Annotated[str, StringConstraints(pattern=CALL, max_length=128)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=16384)]
Account = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
Number = Annotated[float, BeforeValidator(_number), WithJsonSchema(_NUMBER)]
Share = Annotated[float, BeforeValidator(_share), WithJsonSchema({**_NUMBER, "maximum": 1})]
Count = Annotated[int, BeforeValidator(_count), WithJsonSchema({"type": "integer", "minimum": 0})]
Address = Annotated[str, BeforeValidator(_address), WithJsonSchema({"type": "string"})]

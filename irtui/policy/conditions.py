"""Condition blocks: does this context meet them?

Rules: three-valued. True, False, or None when it cannot be known (unknown operator, unreadable value in the
policy); the caller lets None refuse. Every operator of a block and every key in it must hold; of several
values one suffices, for negated operators none may match. An absent key fails a positive operator, meets a
negated one, meets `…IfExists` and `ForAllValues:…`, and fails `ForAnyValue:…`.
"""

import base64
import ipaddress
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from irtui.policy.patterns import Context, arn_like, filled, matches

Compare = Callable[[str, str], bool]
"""(value of the policy, value of the request) → match. ValueError: the policy's value is unreadable."""


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"not a number: {text}") from None


def _date(text: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _in_network(wanted: str, given: str) -> bool:
    return ipaddress.ip_address(given) in ipaddress.ip_network(wanted, strict=False)


def _boolean(wanted: str, given: str) -> bool:
    if wanted.lower() not in ("true", "false"):
        raise ValueError(f"not a boolean: {wanted}")
    return wanted.lower() == given.lower()


_POSITIVE: dict[str, Compare] = {
    "stringequals": lambda wanted, given: wanted == given,
    "stringequalsignorecase": lambda wanted, given: wanted.lower() == given.lower(),
    "stringlike": matches,
    "arnequals": arn_like,
    "arnlike": arn_like,
    "bool": _boolean,
    "binaryequals": lambda wanted, given: base64.b64decode(wanted) == base64.b64decode(given),
    "numericequals": lambda wanted, given: _number(wanted) == _number(given),
    "numericlessthan": lambda wanted, given: _number(given) < _number(wanted),
    "numericlessthanequals": lambda wanted, given: _number(given) <= _number(wanted),
    "numericgreaterthan": lambda wanted, given: _number(given) > _number(wanted),
    "numericgreaterthanequals": lambda wanted, given: _number(given) >= _number(wanted),
    "dateequals": lambda wanted, given: _date(wanted) == _date(given),
    "datelessthan": lambda wanted, given: _date(given) < _date(wanted),
    "datelessthanequals": lambda wanted, given: _date(given) <= _date(wanted),
    "dategreaterthan": lambda wanted, given: _date(given) > _date(wanted),
    "dategreaterthanequals": lambda wanted, given: _date(given) >= _date(wanted),
    "ipaddress": _in_network,
}
_NEGATED = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
}


def met(conditions: Mapping[str, Mapping[str, tuple[str, ...]]], context: Context, variables: bool) -> bool | None:
    """Whether the whole Condition element holds. False is certain even where another part is unknown."""
    unknown = False
    for operator, keys in conditions.items():
        for key, wanted in keys.items():
            try:
                if not _holds(operator, context.get(key.lower()), wanted, context, variables):
                    return False
            except ValueError:
                unknown = True
    return None if unknown else True


def _holds(
    operator: str, given: tuple[str, ...] | None, wanted: tuple[str, ...], context: Context, variables: bool
) -> bool:
    """ValueError: unknown operator, or a value of the policy that cannot be read."""
    name = operator.lower()
    quantifier, colon, rest = name.partition(":")
    if colon:
        if quantifier not in ("forallvalues", "foranyvalue"):
            raise ValueError(f"unknown set operator {operator}")
        name = rest
    else:
        quantifier = ""
    if name == "null":
        return all(_boolean(value, "true" if given is None else "false") for value in wanted[:1])
    if_exists = name.endswith("ifexists")
    name = name.removesuffix("ifexists")
    negated = name in _NEGATED
    compare = _POSITIVE.get(_NEGATED.get(name, name))
    if compare is None:
        raise ValueError(f"unknown operator {operator}")
    if not given:
        return if_exists or (negated and quantifier != "foranyvalue") or quantifier == "forallvalues"
    patterns = [filled(value, context) if variables else value for value in wanted]

    def one(value: str) -> bool:
        # a list, not a generator: every value is read, so an unreadable one is found whatever the others say
        hits = [_compared(compare, pattern, value) for pattern in patterns if pattern is not None]
        return any(hits) != negated

    if quantifier == "forallvalues" or (negated and not quantifier):
        return all(one(value) for value in given)
    return any(one(value) for value in given)


def _compared(compare: Compare, wanted: str, given: str) -> bool:
    try:
        return compare(wanted, given)
    except ValueError:
        compare(wanted, wanted)  # is it the policy's value that is unreadable? then this raises
        return False

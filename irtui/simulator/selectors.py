"""Which records a trail writes down: its event selectors, basic or advanced, read as CloudTrail reads them.

Without selectors of its own a trail logs all management events and no data events.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

DEFAULT: dict[str, Any] = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}


def selects(
    basic: Iterable[Mapping[str, Any]], advanced: Iterable[Mapping[str, Any]], record: Mapping[str, Any]
) -> bool:
    """Whether a trail with these selectors logs this record."""
    if advanced:
        return any(all(_holds(field, record) for field in each.get("FieldSelectors", ())) for each in advanced)
    return any(_basic(each, record) for each in basic or (DEFAULT,))


def _basic(selector: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    wanted = selector.get("ReadWriteType") or "All"
    if wanted != "All" and (wanted == "ReadOnly") != record["readOnly"]:
        return False
    if record["managementEvent"]:
        excluded = selector.get("ExcludeManagementEventSources") or ()
        return bool(selector.get("IncludeManagementEvents", True)) and record["eventSource"] not in excluded
    return any(
        item["type"] == data.get("Type") and any(_under(value, _arn(item)) for value in data.get("Values") or ())
        for data in selector.get("DataResources") or ()
        for item in record.get("resources", ())
    )


def _arn(item: Mapping[str, Any]) -> str:
    """Listings concern a bucket's objects: they have a prefix."""
    return str(item.get("ARN") or item.get("ARNPrefix") or "")


def _under(value: str, arn: str) -> bool:
    """`arn:aws:s3` is every bucket; else the value is the beginning of the ARN."""
    return value in ("arn:aws:s3", "arn:aws:s3:::") or arn.startswith(value)


def _holds(field: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    values = _values(str(field.get("Field")), record)
    for word, test in _TESTS.items():
        if wanted := field.get(word):
            hit = any(test(value, each) for value in values for each in wanted)
            if hit == word.startswith("Not"):
                return False
    return True


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "Equals": str.__eq__,
    "StartsWith": str.startswith,
    "EndsWith": str.endswith,
    "NotEquals": str.__eq__,
    "NotStartsWith": str.startswith,
    "NotEndsWith": str.endswith,
}


def _values(name: str, record: Mapping[str, Any]) -> list[str]:
    """A field that a record does not have equals nothing."""
    if name == "resources.type":
        return [str(item["type"]) for item in record.get("resources", ())]
    if name == "resources.ARN":
        return [_arn(item) for item in record.get("resources", ())]
    value = record["userIdentity"].get("arn") if name == "userIdentity.arn" else record.get(name)
    return [] if value is None else [str(value).lower() if isinstance(value, bool) else str(value)]

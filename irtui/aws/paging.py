"""Several pages of one reply as one, and whether there was more."""

from collections.abc import Mapping, Sequence
from typing import Any

_MORE = ("NextToken", "nextToken", "NextMarker", "NextContinuationToken", "Marker")


def merged(pages: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> dict[str, Any]:
    """The last page, with the lists named by `keys` holding the items of all pages.

    The last page's own tokens stay, so `truncated` still tells when there was more than was asked for.
    """
    if not pages:
        return {}
    whole = dict(pages[-1])
    for key in keys:
        if any(isinstance(page.get(key), list) for page in pages):
            whole[key] = [item for page in pages for item in page.get(key) or ()]
    return whole


def truncated(data: Mapping[str, Any]) -> bool:
    """True when AWS said that it has more than `data` holds."""
    if "IsTruncated" in data:
        return bool(data["IsTruncated"])
    return any(data.get(token) for token in _MORE)

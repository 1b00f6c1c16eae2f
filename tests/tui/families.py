"""A family tree as the evidence holds it: one node of each state, and what the attacker may have named things."""

from collections.abc import Callable
from typing import Any


def family(foreign: Callable[[str], str] = str) -> dict[str, Any]:
    def node(id: str, kind: str, parent: str, how: str, at: str, state: str, why: str) -> dict[str, str]:
        return {
            "id": id, "kind": kind, "name": foreign(id.rpartition("/")[2]), "arn": foreign(f"arn:aws:iam::1:{id}"),
            "parent": parent, "how": foreign(how), "at": at, "state": state, "why": foreign(why),
            "source": "cloudtrail",
        }  # fmt: skip

    key = "AKIAEXAMPLEKEY000001"
    return {
        "root": key, "since": "2026-11-22T23:14:00Z", "now": "2026-11-23T02:31:07Z",
        "delivered_until": "2026-11-23T02:26:00Z", "state": "open", "why": foreign("one key still works"),
        "nodes": [
            node(key, "access_key", "", "reported", "2026-01-26T08:00:00Z", "contained", "it is inactive"),
            node("user/backdoor", "user", key, "CreateUser", "2026-11-23T00:14:30Z", "settling", "denied 9 s ago"),
            node("AKIABACKDOOR", "access_key", "user/backdoor", "CreateAccessKey", "2026-11-23T00:14:31Z", "open",
                 "it is active and nothing denies it"),
            node("role/deploy", "role", key, "AssumeRole", "2026-11-23T00:20:00Z", "unknown", "it could not be read"),
        ],
    }  # fmt: skip

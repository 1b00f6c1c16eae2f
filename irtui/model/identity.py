"""Who irtui is, in which account, for how long."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Identity:
    account: str
    """Twelve digits, a string."""
    arn: str
    user_id: str
    access_key_id: str = ""
    alias: str = ""
    """The account's alias; empty when there is none or it may not be read."""
    region: str = ""
    expires: datetime | None = None
    """When the session ends, UTC; None for long-term keys."""
    groups: tuple[str, ...] | None = None
    """IAM groups of the caller's user. None: could not be read."""

    @property
    def kind(self) -> str:
        """root, user, role (an assumed one), federated or unknown."""
        resource = self.arn.split(":", 5)[-1]
        if resource == "root":
            return "root"
        first = resource.split("/", 1)[0]
        return {"user": "user", "assumed-role": "role", "federated-user": "federated"}.get(first, "unknown")

    @property
    def name(self) -> str:
        """The user's or the role's own name, without path and session; the federated name; `root`."""
        parts = self.arn.split(":", 5)[-1].split("/")
        return parts[1] if self.kind == "role" and len(parts) > 1 else parts[-1]

    @property
    def session_name(self) -> str:
        parts = self.arn.split(":", 5)[-1].split("/")
        return parts[2] if self.kind == "role" and len(parts) > 2 else ""

    def as_data(self) -> dict[str, Any]:
        """What the journal's `open` record holds."""
        return {"account": self.account, "arn": self.arn, "user_id": self.user_id, "alias": self.alias}

"""Temporary credentials: what STS has handed out, and to whom each is bound.

A session outlives the access key that made it. Its permissions are those of its principal *now*, found by
unique id: a user or role that was deleted and made again under the same name is another principal.
"""

import base64
import random
from dataclasses import dataclass, replace
from datetime import datetime

from moto.iam.utils import generate_access_key_id_from_account_id, random_alphanumeric


@dataclass(frozen=True, slots=True)
class Session:
    kind: str
    """session (GetSessionToken), federation (GetFederationToken), role (AssumeRole) or root (AssumeRoot)."""
    account: str
    principal_id: str
    """Unique id of the user or role whose permissions it has."""
    name: str
    """Role session name, or the federated user's name; empty for GetSessionToken."""
    issued: datetime
    expires: datetime
    access_key_id: str = ""
    secret_access_key: str = ""
    token: str = ""
    policies: tuple[str, ...] | None = None
    """Session policies as JSON. None: not limited by any."""
    chained: bool = False
    """A role session made by another role session: at most an hour."""
    mfa: bool = False


class Sessions:
    def __init__(self, seed: int) -> None:
        self._random = random.Random(f"sessions {seed}")
        self._by_key: dict[str, Session] = {}

    def issue(self, session: Session) -> Session:
        """`session` with a fresh key id, secret and token, remembered until the world ends."""
        token = b"\x00\x00\x00\x0eaws-simulated" + self._random.randbytes(180)
        made = replace(
            session,
            access_key_id=generate_access_key_id_from_account_id(session.account, "ASIA"),
            secret_access_key=random_alphanumeric(40),
            token="IQoJb3JpZ2luX2VjE" + base64.b64encode(token).decode("ascii").rstrip("="),
        )
        self._by_key[made.access_key_id] = made
        return made

    def find(self, access_key_id: str) -> Session | None:
        return self._by_key.get(access_key_id)

    def expire(self, access_key_id: str, now: datetime) -> bool:
        """The session ends now. False: there is no such session."""
        session = self._by_key.get(access_key_id)
        if session is None:
            return False
        self._by_key[access_key_id] = replace(session, expires=now)
        return True

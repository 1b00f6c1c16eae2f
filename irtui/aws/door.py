"""The one door to AWS, real or simulated. `boto_door` is the class behind it, `live` and `simulated` open it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Protocol

from irtui.aws.found import Found
from irtui.aws.issued import Keeper
from irtui.aws.lean import Plain
from irtui.model.call import Call
from irtui.model.identity import Identity
from irtui.model.outcome import Outcome, Reply
from irtui.model.runbook import SessionSpec


class Objects(Protocol):
    """What stands in buckets: listed and read, by several threads at a time. There is no way to write through it."""

    def keys(self, bucket: str, prefix: str, after: str = "") -> Iterator[str]:
        """Keys in their order, those greater than `after`. Raises AwsFault."""

    def folders(self, bucket: str, prefix: str) -> list[str]:
        """What stands between `prefix` and the next slash. Raises AwsFault."""

    def get(self, bucket: str, key: str) -> AbstractContextManager[Found]:
        """Raises AwsFault, also from the chunks."""

    def plain(self, bucket: str) -> Plain | None:
        """What another process needs for the quick way to a bucket. None: there is none; ask `get`."""

    def close(self) -> None:
        """Ends connections that were kept open."""


class Reader(Protocol):
    """The reading half of a door: all that an action, or the reading of a trail, gets."""

    @property
    def region(self) -> str:
        """The Region of calls that name none."""

    def read(self, call: Call, *, pages: int = 1) -> Reply:
        """Raises AwsFault, SimulatorGap."""

    def objects(self) -> Objects:
        """To be closed by whoever asked for them."""


class Door(Protocol):
    """Rules: `read` refuses anything that is not a read; only the engine's executor may call `change`."""

    mode: str
    """real or rehearsal."""

    @property
    def region(self) -> str:
        """The Region of calls that name none."""

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Hosts that requests were really sent to, in order of first use."""

    @property
    def ahead(self) -> timedelta:
        """How far AWS's clock is ahead of ours by its last answer: zero when they agree within two seconds.

        What AWS will compare with its own time (issue times of sessions) is reckoned with this added.
        """

    def entrust(self, keeper: Keeper) -> None:
        """Names whom the secrets are given to that AWS issues. Before that, no call that issues one is sent."""

    def add_session(self, spec: SessionSpec) -> None:
        """Makes a runbook's session known by its name, expressions filled. Nothing is sent until it is used."""

    def identity(self, session: str = "caller") -> Identity:
        """Asks AWS (sts:GetCallerIdentity and what may be read besides). Raises AwsFault, CredentialsError."""

    def read(self, call: Call, *, pages: int = 1) -> Reply:
        """One read; `pages` > 1 follows the paginator that far and merges. Raises AwsFault, SimulatorGap."""

    def objects(self, session: str = "caller") -> Objects:
        """Objects in buckets, read with that session. To be closed by whoever asked for them."""

    def change(self, call: Call, tag: str) -> Outcome:
        """Sends one change exactly once (botocore attempts = 1). Never raises AwsFault: the outcome says it.

        A secret that AWS issues goes to the keeper and is in no outcome; without one who is ready nothing is sent. A
        success with a code was done, and its secret is lost.

        `tag` goes into the user agent as `md/x#<tag>`.
        """

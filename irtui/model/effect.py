"""What an AWS operation does to the account."""

from enum import IntEnum


class Effect(IntEnum):
    """READ < CHANGE < DESTROY, so the worst of several is their `max`. An unknown operation is DESTROY."""

    READ = 0
    CHANGE = 1
    DESTROY = 2

    @property
    def word(self) -> str:
        return self.name.lower()

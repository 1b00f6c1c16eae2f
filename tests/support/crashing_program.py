"""irtui with a bug: a read in the middle of the walk raises what holds secrets, in its message, cause and locals.

Usage: crashing_program.py SECRET OPERATION ARGUMENTS…
"""

import sys
from typing import Any

from irtui.__main__ import main
from irtui.aws.boto_door import BotoDoor
from irtui.model.call import Call


def break_at(secret: str, operation: str) -> None:
    """From now on a read or change of that name ends in a bug."""

    def broken(real: Any) -> Any:
        def door(self: BotoDoor, call: Call, *arguments: Any, **named: Any) -> Any:
            if call.operation != operation:
                return real(self, call, *arguments, **named)
            held = {"SecretAccessKey": secret}
            try:
                raise KeyError(f"AWS_SECRET_ACCESS_KEY={secret}")
            except KeyError as cause:
                raise TypeError(f"cannot sign with {held} and {secret}") from cause

        return door

    BotoDoor.read = broken(BotoDoor.read)  # type: ignore[method-assign]
    BotoDoor.change = broken(BotoDoor.change)  # type: ignore[method-assign]


if __name__ == "__main__":
    break_at(sys.argv.pop(1), sys.argv.pop(1))
    sys.exit(main())

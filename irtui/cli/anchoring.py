"""`irtui audit anchor --told`: where a fingerprint lies, recorded."""

from irtui.cli.asking import ask_secret
from irtui.cli.opening import open_desk
from irtui.cli.output import Result
from irtui.journal.anchor import Anchor
from irtui.text import inert


def tell(incident: str, where: str, line: Anchor | None, key: str) -> Result:
    """Raises what `desk.anchoring` does."""
    told = open_desk().tell_anchor(incident, where, line, key=key, ask_secret=ask_secret)
    text = f"recorded: this line, and no other, lies at {inert(where, 200)}\n  {inert(told.words)}"
    data = {"anchor": told.words, "incident": told.incident, "seq": told.seq, "where": where}
    return Result(data, text)

"""What a journal does not prove, in words, beside whatever verdict it got.

Rules: no claim beyond what was checked. A signature proves which key wrote a record; only an anchor that lay with
somebody else limits who held that key, and only back from that anchor.
"""

from collections.abc import Iterator

from irtui.journal.chain import Chain, Key

UNANCHORED = (
    "unanchored since #1: whoever held the key before the close could have rewritten this journal or cut its end,"
    " and no anchor was given that says otherwise"
)
AFTER_CUT = "that nothing else was recorded after the close: a cut end of after.jsonl does not show"
COPIES = "that no copy of a removed text is left, in a backup, a bundle, or where the disk kept old blocks"
ALWAYS = "the clock, what people typed, and what was done outside irtui"


def unproven(
    chain: Chain, anchored: int, pinned: bool, *, after: bool = False, removed: bool = False
) -> tuple[str, ...]:
    """One line each, the gravest first. `anchored` is the last record that a given anchor names rightly; 0: none.
    `after`: something was recorded after the close; `removed`: that a text was removed."""
    if not chain.count:
        return ()
    said = (*((AFTER_CUT,) if after else ()), *((COPIES,) if removed else ()))
    return (*_unproven(chain, anchored, pinned), *said, ALWAYS)


def since_anchor(anchored: int, count: int) -> str:
    """Which records rest on the signing key alone; empty when an anchor names the last one."""
    if not anchored:
        return UNANCHORED
    left = count - anchored
    if not left:
        return ""
    what = f"the {left} records after the anchor at #{anchored} rest" if left > 1 else f"#{count} rests"
    return f"unanchored since #{anchored + 1}: {what} on the signing key alone"


def _unproven(chain: Chain, anchored: int, pinned: bool) -> Iterator[str]:
    if since := since_anchor(anchored, chain.count):
        yield since
    if not chain.closed:
        yield f"that this is all of it: nothing closes it, and what came after #{chain.count} may have been cut off"
    if not pinned:
        yield "whose key it is: no signer was given to compare it with, and anybody can make a key"
        for key, end in _strangers(chain):
            yield (
                f"who wrote #{key.seq} to #{end}: that key joined at #{key.seq}, and the operator key of #1"
                " does not vouch for it"
            )


def _strangers(chain: Chain) -> Iterator[tuple[Key, int]]:
    """Later keys for which the first sitting's operator does not stand, each with the last record it signed."""
    first, keys = chain.keys[0], chain.keys
    known = {first.public}
    for key, following in zip(keys, [*keys[1:], None], strict=True):
        if key.public in known:
            continue
        if key.endorsed_by and key.endorsed_by == first.endorsed_by:
            known.add(key.public)
            continue
        yield key, following.seq - 1 if following else chain.count

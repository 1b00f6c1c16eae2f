"""What may be recorded after a close: in a journal that holds, and by whom.

Rules: the incident's own key is destroyed, so the operator's long-term key signs. Where a long-term key vouches for a
sitting of the incident it must be one of those: nobody else's word would count.
"""

from collections.abc import Sequence
from pathlib import Path

from irtui.desk.keys import KEYRING, PASSPHRASE_FILE, Keys, kind_of
from irtui.desk.opening import AskSecret
from irtui.errors import Denied, JournalError, KeyUnavailable
from irtui.journal.record import Record
from irtui.journal.seal import Ed25519Signer
from irtui.journal.verify import COMPLETE, WRONG_KEY, Verification, verify

_TITLE = "Not recorded"


def holding(folder: Path) -> Verification:
    """The verdict on a closed journal that holds. Raises JournalError for any other: a record would vouch for it."""
    found = verify(folder)
    # what was recorded after the close with a key that nobody here knows keeps nobody from recording more
    if found.verdict == COMPLETE or (found.verdict == WRONG_KEY and (found.at or 0) > found.records):
        return found
    raise JournalError(
        f"The journal does not hold: {found.words}.",
        title=_TITLE,
        advice="Keep the folder as evidence: irtui audit verify.",
    )


def vouching(records: Sequence[Record]) -> set[str]:
    """The long-term keys that vouch for the incident's sittings, hex."""
    words = [record.body["key"].get("endorsement") for record in records if record.type in ("open", "join")]
    return {str(word["by"]) for word in words if word}


def long_term(records: Sequence[Record], keys: Keys, kind: str, ask_secret: AskSecret) -> Ed25519Signer:
    """The operator's key, of that kind or the incident's. Raises KeyUnavailable; Denied when it is not one of those
    that vouch for the incident."""
    last = kind_of(tuple(records))
    kind = kind or (last if last in (KEYRING, PASSPHRASE_FILE) else KEYRING)
    passphrase = (ask_secret("Passphrase of the key file") or "") if kind == PASSPHRASE_FILE else ""
    signer = keys.held(kind, passphrase)
    if signer is None:
        raise KeyUnavailable(
            f"There is no long-term key in {keys.place(kind)}.",
            advice=f"The key that vouched for the incident signs: see --key. A new one: irtui keys init --key {kind}",
        )
    known = vouching(records)
    if known and signer.public.hex() not in known:
        raise Denied(
            f"Your long-term key {signer.public.hex()[:16]}… vouches for no sitting of {records[0].incident}.",
            title=_TITLE,
            advice=f"Whoever has one of these keys can: {', '.join(each[:16] + '…' for each in sorted(known))}",
        )
    return signer

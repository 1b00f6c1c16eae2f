"""README.md of a bundle: how a reviewer who trusts nobody checks it, by program and by hand.

Rules: commands hold only numbers, names of key files and a domain string; what came from the journal stands in code
spans. The commands are run as they stand by a test.
"""

from collections.abc import Sequence

from irtui.journal.chain import Key
from irtui.journal.seal import DOMAINS
from irtui.journal.verify import Verification
from irtui.report.markdown import code, table


def key_file(key: Key) -> str:
    """Where the bundle holds the key that record `key.seq` introduced."""
    return f"keys/incident-{key.seq}.pem"


def operator_file(key: Key) -> str:
    """Where the bundle holds the long-term key that vouches for it."""
    return f"keys/operator-{key.seq}.pem"


def readme(incident: str, verification: Verification, keys: Sequence[Key], version: str) -> str:
    """The whole page, ending in a line feed."""
    parts = [
        f"# Incident {code(incident)}: a bundle to check",
        "Everything that irtui kept of one incident, and what it takes to check it without irtui, without a network "
        "and without trust in whoever sent it.",
        _files(),
        _verdict(verification, version),
        _program(),
        _by_hand(verification, keys),
        _keys(keys),
        "## What this cannot show\n\n"
        "- That the end was not cut, or the whole not rewritten, by somebody who held its key before the close. A "
        "fingerprint that was pasted into a ticket, or read aloud, while it happened shows that: look for it there.\n"
        "- That AWS did what it answered. Each outcome holds AWS's request id: look for it in CloudTrail.\n"
        "- That the reports say what the journal says: `verify.py` does not read them; `irtui audit verify FILE.zip` "
        "does.",
    ]
    return "\n\n".join(parts) + "\n"


def _files() -> str:
    rows = (
        ("`report.html`, `report.md`", "the incident for a reader; made from the journal, not signed"),
        ("`journal.jsonl`", "every record, one a line, chained and signed: the thing itself"),
        ("`texts/`", "what people typed, each file named by its SHA-256; records hold that in the text's place"),
        ("`after.jsonl`", "what was recorded after the close: which texts were removed, signed; only if there is such"),
        ("`HEAD`", "number and SHA-256 of the last record, as it stood beside the journal"),
        ("`evidence/`", "what was kept, each file named by its SHA-256; records name them"),
        ("`keys/`", "the public keys that the journal names"),
        ("`verify.py`", "a verifier in one file: Python 3.8 or later, nothing else"),
    )
    return table(("File", "What it is"), rows)


def _verdict(verification: Verification, version: str) -> str:
    return (
        f"When it was packed, irtui {code(version)} said of the journal: {code(verification.words)}; mode "
        f"{code(verification.mode)}, {verification.records} records hold. Do not believe that: check it."
    )


def _program() -> str:
    return (
        "## By program\n\n```sh\npython3 verify.py\n```\n\n"
        "Exit 0 only for a complete journal, else 6; the first line names the worst that was found, and the record. "
        "A copy of `verify.py` that came with a journal was chosen by whoever sent it: take yours from irtui's source "
        "(`irtui/report/bundled/verify.py`), or read it; it is one file. With the key that the operator gave you by "
        "another way, add `--signer HEX`: without it anybody could have signed."
    )


def _by_hand(verification: Verification, keys: Sequence[Key]) -> str:
    if verification.mode not in DOMAINS or not keys:
        return "## By hand\n\nNo record of this journal could be read; there is no signature to check."
    record = verification.records
    domain = DOMAINS[verification.mode].decode("ascii")
    lines = [
        f"n={record}",
        f"{{ printf '{domain}\\n'; sed -n \"${{n}}p\" journal.jsonl |",
        "    sed 's/\\(.*\\),\"sig\":\"[0-9a-f]\\{128\\}\"/\\1/' | tr -d '\\n'; } > message",
        'printf \'%b\' "$(sed -n "${n}p" journal.jsonl |',
        '    sed \'s/.*,"sig":"\\([0-9a-f]\\{128\\}\\)".*/\\1/; s/../\\\\x&/g\')" > signature',
        f"openssl pkeyutl -verify -pubin -inkey {key_file(keys[-1])} -rawin -in message -sigfile signature",
    ]
    text = (
        f"## By hand\n\nOne signature, here that of record {record}, in bash or zsh with OpenSSL 1.1.1 or later. "
        "What is signed is the domain string of the mode, a line feed, and the line without its `sig` and its line "
        "feed.\n\n"
        "```sh\n" + "\n".join(lines) + "\n```\n\nIt says `Signature Verified Successfully`."
    )
    if record > 1:
        text += (
            f" The chain: this prints the `prev` of record {record}.\n\n"
            f"```sh\nsed -n {record - 1}p journal.jsonl | sha256sum\n```"
        )
    return text


def _keys(keys: Sequence[Key]) -> str:
    if not keys:
        return "## Keys\n\nNone could be read."
    rows = []
    for key, following in zip(keys, [*keys[1:], None], strict=True):
        until = f"{key.seq} to {following.seq - 1}" if following else f"from {key.seq} on"
        vouched = f"`{operator_file(key)}`" if key.endorsed_by else "nobody"
        rows.append((until, f"`{key_file(key)}`", code(key.kind), code(key.public), vouched))
    return "## Keys\n\n" + table(("Records", "Signed by", "Kept as", "Public key, hex", "Vouched for by"), rows)

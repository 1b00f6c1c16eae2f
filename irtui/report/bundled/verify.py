#!/usr/bin/env python3
"""Is this irtui journal whole, unchanged and signed? Needs Python 3.8 or later and nothing else.

    python3 verify.py [FOLDER or journal.jsonl] [--signer HEX ...] [--allow-open] [--json]

Without a path it verifies the folder that it lies in. Exit 0 only for a complete journal (with --allow-open also one
that is not closed), else 6. It was written apart from irtui's own verifier and shares no line with it: the two are
held to one verdict by a test. A copy of this file that came with a journal was chosen by whoever sent it: take yours
from elsewhere, or read it.

Rules of the format: a line is one record, ASCII JSON with sorted keys and no spaces, ended by one line feed; `prev` is
the SHA-256 of the whole line before, `seq` counts from 1; `sig` is Ed25519 over the domain string of the journal's
mode, a line feed, and the line without its `sig` member and line feed. The key stands in `open`, or in a later `join`.
Where a person typed a text the record holds its commitment, the SHA-256 of `texts/<commitment>` (text and salt).
`after.jsonl` goes on after the close, under a domain string of its own, each record with the key that signed it; a
`redact` in it says that a text was removed, and counts when that key vouches for a sitting of the journal or was given.
"""

import argparse
import datetime
import hashlib
import json
import os
import re
import stat
import sys
from typing import Any, BinaryIO, Dict, FrozenSet, List, Optional, Tuple

MAX_LINE = 64 * 1024
MAX_DEPTH = 16
EXACT = 2**53
DOMAINS = {"real": b"irtui-journal-v1", "rehearsal": b"irtui-rehearsal-v1"}
AFTER, AFTER_TYPES, AFTER_DOMAIN = "after.jsonl", {"redact", "anchor"}, b"irtui-after-v1"
TYPED = {
    "note": "text", "skip": "reason", "decide": "reason", "attest": "statement", "approve": "reason", "anchor": "where",
    "handover": "reason", "takeover": "why", "close": "reason",
}  # fmt: skip
MEMBERS = {"body", "incident", "m", "op", "prev", "run", "seq", "sig", "t", "type", "v"}
TYPES = {
    "open", "join", "unlock", "run", "observe", "items", "plan", "judge", "decide", "intent", "outcome", "unknown",
    "reconcile", "check", "undo", "skip", "fail", "not_needed", "attest", "wait", "note", "evidence", "recovered",
    "takeover", "close", "approve", "handover", "checkpoint", "anchor", "redact",
}  # fmt: skip
VERDICTS = ("not a journal", "wrong key", "altered", "truncated", "not closed", "complete")
HEX64, HEX128 = re.compile("[0-9a-f]{64}"), re.compile("[0-9a-f]{128}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
HEAD = re.compile(r"incident ([^\n]{1,200})\nrecord   (\d{16})\nsha256   ([0-9a-f]{64})\n", re.ASCII)
SIG = re.compile(b'^(.*),"sig":"[0-9a-f]{128}"(.*)\n$', re.DOTALL)

# Ed25519 (RFC 8032), on the twisted Edwards curve -x^2 + y^2 = 1 + d x^2 y^2 over the integers modulo P. Points are
# (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z. Not constant in time: there is no secret here.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = Tuple[int, int, int, int]
NEUTRAL = (0, 1, 1, 0)


def add(a: Point, b: Point) -> Point:
    p, q = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    r, s = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % P, g * h % P, f * g % P, e * h % P


def double(a: Point) -> Point:
    x, y, z = a[0] * a[0] % P, a[1] * a[1] % P, 2 * a[2] * a[2] % P
    h, g = x + y, x - y
    e, f = h - (a[0] + a[1]) * (a[0] + a[1]) % P, z + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def decoded(data: bytes) -> Optional[Point]:
    """The point in 32 bytes; None when there is none. As lenient as OpenSSL: y is taken modulo P."""
    number = int.from_bytes(data, "little")
    y, sign = (number & (2**255 - 1)) % P, number >> 255
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == -u % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if v * x * x % P != u:
        return None
    x = -x % P if x & 1 != sign else x
    return x, y, 1, x * y % P


def encoded(a: Point) -> bytes:
    inverse = pow(a[2], P - 2, P)
    x, y = a[0] * inverse % P, a[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def multiples(a: Point) -> List[Point]:
    """0 to 15 times the point."""
    found = [NEUTRAL]
    for _ in range(15):
        found.append(add(found[-1], a))
    return found


BASE_POINT = decoded((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
assert BASE_POINT is not None
BASE = multiples(BASE_POINT)
_KEYS = {}  # type: Dict[bytes, Optional[List[Point]]]


def signature_fits(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether S*B - h*A is the point R of the signature R, S."""
    if len(public) != 32 or len(signature) != 64:
        return False
    if public not in _KEYS:
        point = decoded(public)
        _KEYS[public] = None if point is None else multiples((-point[0] % P, point[1], 1, -point[3] % P))
    key, s = _KEYS[public], int.from_bytes(signature[32:], "little")
    if key is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    sum_ = NEUTRAL  # both products in one pass, four bits at a time
    for shift in range(252, -4, -4):
        sum_ = double(double(double(double(sum_))))
        sum_ = add(add(sum_, BASE[s >> shift & 15]), key[h >> shift & 15])
    return encoded(sum_) == signature[:32]


class Flaw(Exception):
    """Why a line is not the next record of this journal."""


def refuse(text: str) -> None:
    raise Flaw("not an integer: " + text[:20])


def deeper(value: Any, limit: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return inner is not None and (limit == 0 or any(deeper(item, limit - 1) for item in inner))


def plain(value: Any) -> bool:
    """Only what canonical JSON holds: no integer of 2^53 or beyond."""
    if isinstance(value, dict):
        return all(plain(item) for item in value.values())
    if isinstance(value, list):
        return all(plain(item) for item in value)
    return not isinstance(value, int) or -EXACT < value < EXACT


def parsed(line: bytes) -> Dict[str, Any]:
    """The record in a line, its line feed included."""
    if len(line) > MAX_LINE:
        raise Flaw("the line is too long")
    if not line.endswith(b"\n"):
        raise Flaw("the line has no end")
    try:
        record = json.loads(line.decode("ascii"), parse_float=refuse, parse_constant=refuse)
        again = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    except (ValueError, RecursionError, Flaw):
        raise Flaw("not a line of canonical JSON") from None
    if not isinstance(record, dict) or set(record) != MEMBERS:
        raise Flaw("it has not the members of a record")
    if type(record["v"]) is not int or record["v"] != 1:
        raise Flaw("unknown version")
    for name in ("seq", "m"):
        if type(record[name]) is not int or record[name] < 0:
            raise Flaw(name + " is not a number")
    for name in ("incident", "op", "prev", "run", "sig", "t", "type"):
        if not isinstance(record[name], str):
            raise Flaw(name + " is not a string")
    if not HEX64.fullmatch(record["prev"]) or not HEX128.fullmatch(record["sig"]):
        raise Flaw("prev or sig is not lower-case hex")
    if record["type"] not in TYPES or not isinstance(record["body"], dict):
        raise Flaw("unknown type of record, or no body")
    if not TIME.fullmatch(record["t"]) or not is_time(record["t"]):
        raise Flaw("t is not a time")
    if deeper(record["body"], MAX_DEPTH) or not plain(record):
        raise Flaw("nested too deep, or a number too large")
    if again.encode("ascii") + b"\n" != line:
        raise Flaw("not in canonical form")
    return record


def is_time(text: str) -> bool:
    try:
        datetime.datetime.fromisoformat(text[:-1])
    except ValueError:
        return False
    return True


class Journal:
    """What is known after the lines taken so far."""

    def __init__(self) -> None:
        self.count, self.head, self.closed = 0, "0" * 64, False
        self.incident = self.mode = self.run = self.operator = self.key = self.signer = ""
        self.handed = None  # type: Optional[str]
        """After a hand-over: the key that alone may vouch for who signs on; empty: any."""
        self.keys = []  # type: List[Tuple[int, str, str]]
        """(record, public key, public key of who vouches for it)"""

    def take(self, line: bytes) -> Dict[str, Any]:
        """The next record. Raises Flaw, and knows no more than before."""
        record = parsed(line)
        first = record["type"] == "open"
        if self.closed:
            raise Flaw("it stands after the close")
        if record["seq"] != self.count + 1:
            raise Flaw("a gap: it calls itself #%d" % record["seq"])
        if record["prev"] != self.head:
            raise Flaw("prev is not the hash of the line before")
        if first != (self.count == 0):
            raise Flaw("an open record stands first, and only there")
        if self.count and record["incident"] != self.incident:
            raise Flaw("it belongs to another incident")
        mode = record["body"].get("mode") if first else self.mode
        if not isinstance(mode, str) or mode not in DOMAINS:
            raise Flaw("its mode is neither real nor rehearsal")
        key, by = self.key, ""
        if record["type"] in ("open", "join"):
            key, by = introduced(record, mode)
            if self.handed and by != self.handed:
                raise Flaw("it was handed over to another key than the one that vouches for this sitting")
        elif self.handed is not None:
            raise Flaw("after a hand-over somebody signs on first")
        elif (record["run"], record["op"]) != (self.run, self.operator):
            raise Flaw("another sitting, and no join before it")
        parts = SIG.match(line)
        if parts is None:
            raise Flaw("it has no signature")
        message, signature = parts[1] + parts[2], bytes.fromhex(record["sig"])
        if not signature_fits(bytes.fromhex(key), DOMAINS[mode] + b"\n" + message, signature):
            raise Flaw("the signature does not fit")
        if record["type"] in ("open", "join"):
            self.keys.append((record["seq"], key, by))
        self.count, self.head, self.closed = record["seq"], hashlib.sha256(line).hexdigest(), record["type"] == "close"
        self.incident, self.mode, self.key = record["incident"], mode, key
        self.run, self.operator = record["run"], record["op"]
        self.handed = str(record["body"].get("to_key") or "") if record["type"] == "handover" else None
        return record


def introduced(record: Dict[str, Any], mode: str) -> Tuple[str, str]:
    """(public key, public key of who vouches for it) of an `open` or `join`."""
    key = record["body"].get("key")
    if not isinstance(key, dict) or not isinstance(key.get("kind"), str) or not is_hex(key.get("public"), HEX64):
        raise Flaw("it names no Ed25519 key in lower-case hex")
    if mode == "real" and key["kind"] == "throw-away":
        raise Flaw("a throw-away key belongs to rehearsals")
    word = key.get("endorsement")
    if word is None:
        return key["public"], ""
    if not isinstance(word, dict) or not is_hex(word.get("by"), HEX64) or not is_hex(word.get("sig"), HEX128):
        raise Flaw("the endorsement does not fit the key")
    said = {"incident": record["incident"], "mode": mode, "public": key["public"]}
    message = b"irtui-endorsement-v1\n" + json.dumps(said, sort_keys=True, separators=(",", ":")).encode("ascii")
    if not signature_fits(bytes.fromhex(word["by"]), message, bytes.fromhex(word["sig"])):
        raise Flaw("the endorsement does not fit the key")
    return key["public"], word["by"]


def is_hex(value: Any, form: "re.Pattern[str]") -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def opened(path: str) -> BinaryIO:
    """A regular file; links, pipes and devices are refused with an OSError."""
    flags = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
    fd = os.open(path, os.O_RDONLY | flags)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError("not a regular file")
    return os.fdopen(fd, "rb")


def read_head(folder: str) -> Optional[Tuple[str, int, str]]:
    """(incident, record, SHA-256) that HEAD names; None when it says nothing."""
    try:
        with opened(os.path.join(folder, "HEAD")) as file:
            match = HEAD.fullmatch(file.read(1024).decode("ascii"))
    except (OSError, ValueError):
        return None
    return (match[1], int(match[2]), match[3]) if match and int(match[2]) else None


def evidence_flaw(folder: str, body: Dict[str, Any]) -> str:
    """What is wrong with the evidence that a record names; empty when nothing is."""
    name = body.get("sha256")
    if not isinstance(name, str) or not HEX64.fullmatch(name):
        return "it names no evidence file"
    found, size = hashlib.sha256(), 0
    try:
        with opened(os.path.join(folder, "evidence", name)) as file:
            for part in iter(lambda: file.read(1 << 20), b""):
                found.update(part)
                size += len(part)
    except OSError:
        return "evidence %s is missing or cannot be read" % name[:12]
    if found.hexdigest() != name:
        return "evidence %s is not what was recorded" % name[:12]
    return "" if size == body.get("size") else "evidence %s has not the recorded size" % name[:12]


def committed(record: Dict[str, Any]) -> str:
    """The commitment in the place of a typed text; empty when there is none."""
    value = record["body"].get(TYPED.get(record["type"], ""))
    if not isinstance(value, dict):
        return ""
    if set(value) != {"commit"} or not is_hex(value["commit"], HEX64):
        raise Flaw("it names no text")
    return str(value["commit"])


def text_flaw(folder: str, name: str) -> Tuple[str, bool]:
    """What is wrong with a typed text, empty when nothing is; and whether there is anything in its place."""
    try:
        with opened(os.path.join(folder, "texts", name)) as file:
            data = file.read(MAX_LINE + 1)
    except FileNotFoundError:
        return "its text %s is missing, and nothing says that it was removed" % name[:12], False
    except OSError:
        return "its text %s cannot be read" % name[:12], True
    if hashlib.sha256(data).hexdigest() != name:
        return "its text %s is not what was recorded" % name[:12], True
    try:
        said = json.loads(data.decode("ascii"))
        again = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii") + b"\n"
        sound = again == data and set(said) == {"form", "salt", "text"} and said["form"] == "irtui-text-v1"
        sound = sound and is_hex(said["salt"], HEX64) and isinstance(said["text"], str)
    except (ValueError, TypeError, RecursionError):
        sound = False
    return "" if sound else "its text %s is no salted text" % name[:12], True


Finding = Tuple[str, Optional[int], str]
Texts = Dict[int, Tuple[str, str]]
"""Record → the member that was typed, and the commitment to it."""
Verified = Dict[str, Any]


def verify(path: str, signers: FrozenSet[str] = frozenset()) -> Verified:
    """One verdict, the worst that holds. `signers` are public keys in hex. Any bytes give a verdict."""
    folder, file = (path, os.path.join(path, "journal.jsonl")) if os.path.isdir(path) else (os.path.dirname(path), path)
    beside = os.path.isdir(path) or os.path.isdir(os.path.join(folder, "evidence"))
    journal, head, notes = Journal(), read_head(folder), []  # type: Journal, Optional[Tuple[str, int, str]], List[str]
    findings, texts, whole = [], {}, False  # type: List[Finding], Texts, bool
    try:
        with opened(file) as stream:
            head_fits, whole = walked(journal, stream, head, folder if beside else None, findings, notes, texts)
    except OSError as fault:
        findings.append((VERDICTS[0], None, "it cannot be read: %s" % (fault.strerror or fault)))
        head_fits = False
    if journal.count and not any(verdict == "altered" for verdict, _, _ in findings):
        if head is None:
            if not journal.closed:
                notes.append("there is no HEAD that can be read: a cut tail would not show here")
        elif head[0] != journal.incident:
            notes.append("HEAD is of another incident")
        elif head[1] > journal.count:
            findings.append(("truncated", journal.count, "HEAD names #%d, the file ends here" % head[1]))
        elif not head_fits:
            findings.append(("altered", head[1], "HEAD has another hash for this record"))
    if whole and journal.count:
        removed = after_close(journal, folder, os.path.isdir(path), signers, texts, findings, notes)
        there = os.path.isdir(path) or os.path.isdir(os.path.join(folder, "texts"))
        if removed is not None:
            texts_hold(folder, texts, removed, there, findings, notes)
    if journal.count and not journal.closed:
        findings.append(("not closed", journal.count, "still running, left, crashed or cut: nobody can tell from it"))
    for seq, key, by in journal.keys if signers else ():
        if key not in signers and (by or key) not in signers:
            findings.append(("wrong key", seq, "none of the given keys signed or endorsed it"))
    if not journal.count and not findings:
        findings.append((VERDICTS[0], None, "it is empty"))
    verdict, at, why = min(findings, key=lambda f: (VERDICTS.index(f[0]), f[1] or 0), default=("complete", None, ""))
    first = journal.keys[0] if journal.keys else (0, "", "")
    return {
        "verdict": verdict, "mode": journal.mode, "records": journal.count, "at": at, "why": why, "notes": notes,
        "signer": first[2] or first[1], "closed": journal.closed, "head": journal.head if journal.count else "",
        "pinned": bool(signers and journal.keys) and all(found[0] != "wrong key" for found in findings),
    }  # fmt: skip


def walked(
    journal: Journal, stream: BinaryIO, head: Optional[Tuple[str, int, str]], folder: Optional[str],
    findings: List[Finding], notes: List[str], texts: Texts,
) -> Tuple[bool, bool]:  # fmt: skip
    """Takes every line up to the first flaw; whether HEAD names one of them, and whether there was no flaw."""
    head_fits, unchecked, whole = False, 0, True
    for line in iter(lambda: stream.readline(MAX_LINE + 1), b""):
        if not line.endswith(b"\n") and len(line) <= MAX_LINE and journal.count and not journal.closed:
            notes.append("after #%d a torn line of %d bytes: a crash, or a cut" % (journal.count, len(line)))
            break
        try:
            record = journal.take(line)
        except Flaw as flaw:
            alien = not journal.count and not any_record(stream)
            findings.append((VERDICTS[0], None, str(flaw)) if alien else ("altered", journal.count + 1, str(flaw)))
            whole = False
            break
        if head and head[:2] == (record["incident"], record["seq"]):
            head_fits = head[2] == journal.head
        if record["type"] == "evidence":
            flaw_ = evidence_flaw(folder, record["body"]) if folder is not None else ""
            unchecked += folder is None
            if flaw_:
                findings.append(("altered", record["seq"], flaw_))
        try:
            name = committed(record)
        except Flaw as flaw:
            findings.append(("altered", record["seq"], str(flaw)))
        else:
            if name:
                texts[record["seq"]] = (TYPED[record["type"]], name)
    if unchecked:
        notes.append("%d evidence files are not beside the journal and were not checked" % unchecked)
    return head_fits, whole


def after_close(
    journal: Journal, folder: str, own: bool, signers: FrozenSet[str], texts: Texts, findings: List[Finding],
    notes: List[str],
) -> Optional[FrozenSet[str]]:  # fmt: skip
    """Takes what was recorded after the close; the commitments of the texts that were removed, None when nobody can
    tell. Not `own`: the folder is not the incident's, and what lies there may be another's."""
    count, head, removed = journal.count, journal.head, set()
    known = ({by for _, _, by in journal.keys} | signers) - {""}
    try:
        with opened(os.path.join(folder, AFTER)) as stream:
            for line in iter(lambda: stream.readline(MAX_LINE + 1), b""):
                if not line.endswith(b"\n") and len(line) <= MAX_LINE:
                    notes.append("%s ends in a torn line of %d bytes: a crash, or a cut" % (AFTER, len(line)))
                    break
                if not own and parsed(line)["incident"] != journal.incident:
                    notes.append(AFTER + " is of another incident")
                    break
                if not journal.closed:
                    why = AFTER + " follows a close, and the file ends before it"
                    findings.append(("truncated", journal.count, why))
                    return None
                record = parsed(line)
                body, key = record["body"], record["body"].get("key")
                if record["type"] not in AFTER_TYPES:
                    raise Flaw("no %s stands there" % record["type"])
                if (record["seq"], record["prev"], record["incident"]) != (count + 1, head, journal.incident):
                    raise Flaw("it does not follow what stands before it")
                public = key.get("public") if isinstance(key, dict) else None
                parts = SIG.match(line)
                if not isinstance(public, str) or not HEX64.fullmatch(public) or parts is None:
                    raise Flaw("it names no key")
                message = AFTER_DOMAIN + b"\n" + parts[1] + parts[2]
                if not signature_fits(bytes.fromhex(public), message, bytes.fromhex(record["sig"])):
                    raise Flaw("the signature does not fit")
                count, head = record["seq"], hashlib.sha256(line).hexdigest()
                if record["type"] == "redact":
                    number, name = body.get("record"), (body.get("field"), body.get("commit"))
                    if type(number) is not int or texts.get(number) != name:
                        raise Flaw("it removes what this journal does not have")
                    removed.add(str(name[1]))
                    said = "1 text removed after the close at #%d (%s) by %s on %s: %s"
                    notes.append(said % (number, name[0], record["op"], record["t"][:10], body.get("because", "")))
                if public not in known:
                    why = "a key signed it that vouches for no sitting of this journal, and was not given: "
                    findings.append(("wrong key", count, why + public))
    except FileNotFoundError:
        pass
    except OSError as fault:
        findings.append(("altered", count + 1, "after the close: it cannot be read: %s" % (fault.strerror or fault)))
    except Flaw as flaw:
        findings.append(("altered", count + 1, "after the close: %s" % flaw))
    return frozenset(removed)


def texts_hold(
    folder: str, texts: Texts, removed: FrozenSet[str], beside: bool, findings: List[Finding], notes: List[str]
) -> None:
    """Holds each typed text against its commitment, and against what was removed."""
    unchecked = 0
    for seq, (_, name) in texts.items():
        flaw, there = text_flaw(folder, name)
        if name in removed:
            if there:
                notes.append("#%d: its text was removed, and is still there" % seq)
        elif flaw and (beside or there):
            findings.append(("altered", seq, flaw))
        else:
            unchecked += not there
    if unchecked:
        notes.append("%d texts are not beside the journal and were not checked" % unchecked)


def any_record(stream: BinaryIO) -> bool:
    """Whether any later line is a record: then the first line was changed, and this is a journal."""
    for line in iter(lambda: stream.readline(MAX_LINE + 1), b""):
        try:
            parsed(line)
        except Flaw:
            continue
        return True
    return False


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("path", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--signer", action="append", default=[], metavar="HEX", help="a public key it must rest on")
    parser.add_argument("--allow-open", action="store_true", help="a journal that is not closed is good enough")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    given = parser.parse_args()
    for signer in given.signer:
        if not HEX64.fullmatch(signer.lower()):
            parser.error("--signer takes a public key: 64 hex digits")
    found = verify(given.path, frozenset(signer.lower() for signer in given.signer))
    if given.json:
        print(json.dumps(found, sort_keys=True))
    else:
        place = "" if found["at"] is None else " at #%d" % found["at"]
        print(str(found["verdict"]) + place + (": %s" % ascii(found["why"])[1:-1] if found["why"] else ""))
        print("  mode     " + (str(found["mode"]) or "?"))
        print("  records  %d" % found["records"])
        pinned = "pinned" if found["pinned"] else "not pinned: compare it with the operator's"
        print("  signer   %s  (%s)" % (found["signer"] or "none", pinned))
        for note in found["notes"]:
            print("  note     " + ascii(note)[1:-1])
        print("  The reports beside it were not checked; nothing here shows that its key holder did not rewrite it.")
    good = found["verdict"] == "complete" or (given.allow_open and found["verdict"] == "not closed")
    return 0 if good else 6


if __name__ == "__main__":
    sys.exit(main())

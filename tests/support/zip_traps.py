"""Zips that somebody may send as a bundle or as a handed-over incident, each of which must be refused."""

import io
import stat
import warnings
import zipfile
from functools import partial

_KNOWN = "evidence/" + "0" * 64


def traps(below: str = "") -> dict[str, bytes]:
    """By what is wrong with it. `below`: the folder that all of it stands in."""
    trap = partial(_trap, below=below)
    return {
        "above": trap("../escaped"),
        "absolute": trap("/tmp/escaped"),
        "drive": trap("C:\\escaped"),
        "backslash": trap("evidence\\" + "a" * 64),
        "deep path": trap("evidence/../../escaped"),
        "unknown name": trap("run-me.sh"),
        "other case": trap("README.MD"),
        "folder": trap("evidence/"),
        "evidence of no hash": trap("evidence/" + "A" * 64),
        "name with a line feed": trap(_KNOWN + "\n"),
        "NUL in a name": trap("evidence/x").replace(b"evidence/x", b"evidence/\0"),
        "twice": trap(_KNOWN, _KNOWN),
        "link": trap(_KNOWN, data=b"/etc/passwd", mode=stat.S_IFLNK | 0o777),
        "device": trap(_KNOWN, mode=stat.S_IFCHR | 0o666),
        "bomb": trap(_KNOWN, data=b"\0" * 20_000_000, compression=zipfile.ZIP_DEFLATED),
        "lzma": trap(_KNOWN, compression=zipfile.ZIP_LZMA),
        "overlapping": _overlapping(below),
        "something before it": b"#!/bin/sh\n" + trap(_KNOWN),
        "no journal": trap().replace(b"journal.jsonl", b"journal.jsonx"),
        "damaged": trap(_KNOWN, data=b"abcdef" * 50).replace(b"abcdef", b"abcdeg", 1),
        "cut": trap(_KNOWN)[:-30],
        "empty": trap()[-22:],
        "only a beginning": b"PK\x03\x04" + b"\0" * 100,
    }


def _trap(
    *names: str, below: str = "", data: bytes = b"x", compression: int = zipfile.ZIP_STORED, mode: int = 0o100600
) -> bytes:
    """A zip with a journal and what else is named, all of it below a folder."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", compression) as zip_file:
        warnings.simplefilter("ignore")  # of a name that stands in it twice
        for name in ("journal.jsonl", *names):
            member = zipfile.ZipInfo(below + name)
            member.external_attr = mode << 16
            member.compress_type = compression
            zip_file.writestr(member, data)
    return out.getvalue()


def _overlapping(below: str) -> bytes:
    """Two members whose data are the same bytes of the file: the second entry of the directory points at the first."""
    whole = bytearray(_trap("evidence/" + "a" * 64, below=below, data=b"x" * 4000))
    second = whole.rindex(b"PK\x01\x02")
    name = below.encode() + b"evidence/" + b"a" * 64
    assert whole[second + 46 : second + 46 + len(name)] == name
    whole[second + 42 : second + 46] = (0).to_bytes(4, "little")
    return bytes(whole)

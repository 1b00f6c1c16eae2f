"""Log files hashed by processes of their own: they only confirm, and lose nothing when they die."""

import gzip
import hashlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.trails import BUCKET, SignedTrail, generated
from irtui.aws.lean import Plain, SigningKeys
from irtui.trail.validate.digest import Named
from irtui.trail.validate.hashers import Hashers, Work
from tests.support.faulty_bucket import faulty_bucket

TRAIL = generated(1, files=40, least=1, most=2)
_UNKNOWN = "0" * 64


@pytest.fixture
def url() -> Iterator[str]:
    with faulty_bucket(TRAIL, 1, lambda path, agent: None) as (url, _):
        yield url


class Heard:
    def __init__(self, url: str) -> None:
        self.confirmed: list[str] = []
        self.unsure: list[str] = []
        keys = SigningKeys("AKIDEXAMPLEEXAMPLE00", "the/secret", None)
        plain = Plain(url, True, "us-east-1", keys, 0.0, "", 5, 5)
        self.hashers = Hashers(
            lambda bucket: plain if bucket == BUCKET else None,
            lambda work: self.confirmed.append(work.named.key), lambda work: self.unsure.append(work.named.key),
        )  # fmt: skip


def test_what_is_as_named_is_confirmed_and_anything_else_comes_back(url: str) -> None:
    """A true hash is confirmed; another hash, an absent key and a foreign bucket are left to the ordinary way."""
    heard, works = Heard(url), _works(TRAIL)
    wrong = Work(Named(BUCKET, works[0].named.key, _UNKNOWN), "", "")
    absent = Work(Named(BUCKET, "AWSLogs/nothing here", works[0].named.sha256), "", "")
    assert all(heard.hashers.put(work) for work in (*works, wrong, absent))
    assert not heard.hashers.put(Work(Named("elsewhere", "a", _UNKNOWN), "", ""))
    heard.hashers.finish()
    assert sorted(heard.confirmed) == sorted(work.named.key for work in works)
    assert sorted(heard.unsure) == sorted([works[0].named.key, "AWSLogs/nothing here"])


def test_a_process_that_dies_loses_nothing(url: str) -> None:
    """Killed in the middle, whatever it had comes back; the other one goes on."""
    heard, works = Heard(url), _works(TRAIL)
    for number, work in enumerate(works):
        if number == 10:
            os.kill(heard.hashers._processes[0].process.pid, signal.SIGKILL)
        if not heard.hashers.put(work):
            heard.unsure.append(work.named.key)
    heard.hashers.finish()
    assert sorted(heard.confirmed + heard.unsure) == sorted(work.named.key for work in works)
    assert heard.confirmed
    assert heard.unsure


def test_no_secret_is_on_a_command_line_or_in_a_repr(url: str) -> None:
    """Keys reach the processes through a pipe: neither their arguments nor their environment hold them."""
    heard = Heard(url)
    pid = heard.hashers._processes[0].process.pid
    told = [Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
    assert all(b"the/secret" not in text for text in told)
    assert "the/secret" not in repr(heard.hashers._plain(BUCKET))
    heard.hashers.finish()


def _works(trail: SignedTrail) -> list[Work]:
    return [
        Work(Named(BUCKET, key, hashlib.sha256(gzip.decompress(body)).hexdigest()), "", "")
        for key, (body, _) in trail.objects.items()
        if "/CloudTrail/" in key
    ]

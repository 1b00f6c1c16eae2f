"""A process that fetches log files over the quick way and hashes them. Started by `hashers`; imports little.

Rules: on stdin a line for a bucket (all that is needed to ask it, once and when it changes) and one for each file; on
stdout a line for each file: its number, and its hash or nothing. Nothing means: ask in the ordinary way, where retries,
redirects and verdicts are. It ends with its stdin.
"""

import hashlib
import json
import os
import queue
import signal
import sys
import threading
from datetime import UTC, datetime
from typing import BinaryIO

from irtui.aws.lean import LeanObjects, Plain, SigningKeys
from irtui.trail.validate.store import LOG_LIMIT, Flawed, inflated

THREADS = 48


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this one decides when it ends
    serve(sys.stdin.buffer, sys.stdout.fileno())


def serve(asked: BinaryIO, answers: int) -> None:
    waiting: queue.SimpleQueue[tuple[int, str, str, LeanObjects, str]] = queue.SimpleQueue()
    started = 0
    buckets: dict[str, tuple[LeanObjects, str]] = {}
    for line in asked:
        told = json.loads(line)
        if isinstance(told, dict):
            plain = Plain(**{**told["plain"], "keys": SigningKeys(**told["plain"]["keys"])})
            buckets[told["bucket"]] = LeanObjects.of(plain, lambda: datetime.now(UTC)), plain.region
            continue
        number, bucket, key = told
        waiting.put((number, bucket, key, *buckets[bucket]))
        if started < THREADS:
            threading.Thread(target=_work, args=(waiting, answers), daemon=True).start()
            started += 1


def _work(waiting: "queue.SimpleQueue[tuple[int, str, str, LeanObjects, str]]", answers: int) -> None:
    while True:
        number, bucket, key, objects, region = waiting.get()
        # Short enough for a pipe to take whole, so that lines of several threads do not mix.
        os.write(answers, f"{number} {_hashed(objects, bucket, key, region)}\n".encode())


def _hashed(objects: LeanObjects, bucket: str, key: str, region: str) -> str:
    try:
        answer = objects.get(bucket, key, region)
        if answer is None:
            return ""
        found, close = answer
        try:
            sha = hashlib.sha256()
            for piece in inflated(found.chunks, LOG_LIMIT):
                sha.update(piece)
            return sha.hexdigest()
        finally:
            close()
    except (OSError, Flawed):
        return ""

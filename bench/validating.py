"""`irtui trail validate` beside `aws cloudtrail validate-logs`: whole processes over the same bucket, in turn."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

from bench.memory import peaks
from bench.timing import python
from bench.trails import ARN, BEGIN, REGION


def medians(hours: int, milliseconds: int, rounds: int, *, patched: bool = False) -> tuple[float, float]:
    """Seconds of irtui and of the aws command over so many hours, each request answered after that delay.

    `patched`: the aws command with ten threads.
    """
    with _bucket(hours, milliseconds) as url:
        ours, theirs = commands(hours, url)
        environ = _environ(url)
        if patched:
            theirs = [*python("-m", "bench.patched_aws"), *theirs[2:]]
            said = subprocess.run(theirs, env=environ, check=True, capture_output=True, text=True).stdout
            if f"{hours}/{hours} digest files valid" not in said or f"{hours * 50}/{hours * 50} log files" not in said:
                raise RuntimeError("the patched command does not count what is there")
        pairs = [(_timed(ours, environ), _timed(theirs, environ)) for _ in range(rounds)]
        return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def growth(milliseconds: int = 0) -> tuple[float, dict[int, float]]:
    """Seconds for a day of thirty days over those for a day of seven; and the seconds of 1, 7 and 30 days."""
    seconds = {}
    for days in (1, 7, 30):
        with _bucket(days * 24, milliseconds) as url:
            seconds[days] = min(_timed(commands(days * 24, url)[0], _environ(url)) for _ in range(2))
    return (seconds[30] / 30) / (seconds[7] / 7), seconds


def memory(hours: int) -> float:
    """MiB of irtui and its processes together, at most."""
    with _bucket(hours, 0) as url:
        return sum(peaks(commands(hours, url)[0], _environ(url)))


def commands(hours: int, url: str) -> tuple[list[str], list[str]]:
    folder = Path(sys.executable).parent
    end = (BEGIN + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
    asked = ["--trail-arn", ARN, "--start-time", BEGIN.strftime("%Y-%m-%dT%H:%M:%SZ"), "--end-time", end]
    ours = [str(folder / "irtui"), "trail", "validate", *asked, "--endpoint-url", url]
    return ours, [sys.executable, str(folder / "aws"), "cloudtrail", "validate-logs", *asked]


def _timed(command: list[str], environ: Mapping[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, env=environ, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def _environ(url: str) -> dict[str, str]:
    return {
        "PATH": os.defpath, "HOME": os.environ.get("HOME", "/"), "AWS_ENDPOINT_URL": url, "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip


@contextmanager
def _bucket(hours: int, milliseconds: int) -> Iterator[str]:
    server = subprocess.Popen(
        python("-m", "bench.bucket", str(hours), str(milliseconds)), stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    hours, milliseconds, rounds = (int(argument) for argument in sys.argv[1:4])
    ours, theirs = medians(hours, milliseconds, rounds)
    print(f"irtui {ours:.2f} s, aws {theirs:.2f} s: {theirs / ours:.1f} times as fast")

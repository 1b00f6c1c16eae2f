"""Searching a week of logs for one access key: beside decompressing alone, and beside `zcat | jq`."""

import gzip
import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.memory import peaks
from irtui.trail.search.crew import workers_for
from irtui.trail.search.query import Query
from irtui.trail.search.searching import Folder, search

KEY = "AKIAIOSFODNN7EXAMPLE"
FILES, EACH, KEYS = 8_400, (50, 200), 200
"""7 days × 24 hours × 50 files of 50 to 200 events; one event in 200 is of the key that is searched."""
_MADE = Path(tempfile.gettempdir()) / f"irtui-bench-trail-2-{FILES}"
IRTUI = str(Path(sys.executable).parent / "irtui")
_DECOMPRESS = """
import sys
from irtui.trail.search.inflate import whole
with open(sys.argv[1]) as paths:
    for line in paths:
        with open(line[:-1], "rb", buffering=0) as file:
            whole(file.read(), 8 << 20)
"""


def trail() -> tuple[Path, int]:
    """The folder, and how many bytes its logs inflate to; made once and kept."""
    size = _MADE / "size"
    if not size.exists():
        shutil.rmtree(_MADE, ignore_errors=True)
        _MADE.mkdir()
        size.write_text(str(_make(_MADE / "logs")))
    return _MADE / "logs", int(size.read_text())


def _make(folder: Path) -> int:
    chance, total = random.Random(1), 0
    people = [(f"AKIA{number:016d}", f"user-{number}") for number in range(KEYS - 1)] + [(KEY, "ci-deploy")]
    for number in range(FILES):
        day, hour = divmod(number // 50, 24)
        events = [_event(chance, people, day, hour) for _ in range(chance.randint(*EACH))]
        text = json.dumps({"Records": events}, separators=(",", ":")).encode()
        total += len(text)
        name = (
            f"2026/11/{16 + day}/111122223333_CloudTrail_us-east-1_202611{16 + day}T{hour:02}00Z_{number:016x}.json.gz"
        )
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(text, 6, mtime=0))
    return total


def _event(chance: random.Random, people: list[tuple[str, str]], day: int, hour: int) -> dict[str, object]:
    key, user = people[chance.randrange(len(people))]
    unique = f"{chance.getrandbits(128):032x}"
    request = f"{chance.getrandbits(208):052x}".upper()
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole", "principalId": f"AROA{user.upper():X<17}:{user}", "accountId": "111122223333",
            "arn": f"arn:aws:sts::111122223333:assumed-role/app-{user}/{user}", "accessKeyId": key,
            "sessionContext": {"sessionIssuer": {
                "type": "Role", "principalId": f"AROA{user.upper():X<17}", "accountId": "111122223333",
                "arn": f"arn:aws:iam::111122223333:role/app-{user}", "userName": f"app-{user}",
            }, "attributes": {"creationDate": f"2026-11-{16 + day}T{hour:02}:00:00Z", "mfaAuthenticated": "false"}},
        },
        "eventTime": f"2026-11-{16 + day}T{hour:02}:{chance.randrange(60):02}:{chance.randrange(60):02}Z",
        "eventSource": "dynamodb.amazonaws.com",
        "eventName": chance.choice(("DescribeTable", "ListTables", "GetItem", "DescribeTimeToLive", "CreateTable")),
        "awsRegion": "us-east-1", "sourceIPAddress": f"10.{chance.randrange(256)}.{chance.randrange(256)}.7",
        "userAgent": "aws-sdk-java/2.20.56 Linux/5.10.178 OpenJDK_64-Bit_Server_VM/17.0.7+7-LTS exec-env/ECS",
        "requestParameters": {"tableName": f"orders-{chance.randrange(40)}", "item": f"{chance.getrandbits(320):080x}"},
        "responseElements": None, "requestID": request, "eventID": f"{unique[:8]}-{unique[8:12]}-{unique[12:]}",
        "readOnly": True, "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": "111122223333",
        "eventCategory": "Management", "tlsDetails": {
            "tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": "dynamodb.us-east-1.amazonaws.com",
        },
    }  # fmt: skip


def ours(folder: Path) -> tuple[float, int]:
    """Seconds of a search, worker processes included, and how many events it found."""
    begun = time.perf_counter()
    found = search(Query(access_keys=(KEY,)), [Folder(folder)])
    taken = time.perf_counter() - begun
    if found.findings or not found.answered[0].whole:
        raise RuntimeError(f"the search was not whole: {found.findings[:3]}")
    return taken, found.count


def decompressing(folder: Path) -> float:
    """Seconds of reading and inflating the same files by the same library in as many processes."""
    paths = sorted(str(path) for path in folder.rglob("*.gz"))
    count = workers_for()
    with tempfile.TemporaryDirectory() as lists:
        shares = [Path(lists, str(number)) for number in range(count)]
        for number, share in enumerate(shares):
            share.write_text("".join(f"{path}\n" for path in paths[number::count]))
        begun = time.perf_counter()
        started = [subprocess.Popen([sys.executable, "-c", _DECOMPRESS, str(share)]) for share in shares]
        if any(code for code in [process.wait() for process in started]):
            raise RuntimeError("decompressing failed")
        return time.perf_counter() - begun


def jq(folder: Path, cores: int) -> float | None:
    """Seconds of what people type, on one or on all cores; None without jq."""
    if not shutil.which("jq") or not shutil.which("zcat"):
        return None
    ask = f'zcat "$@" | jq -c \'.Records[] | select(.userIdentity.accessKeyId == "{KEY}")\''
    each = FILES // (2 * cores) + 1
    command = f"find '{folder}' -name '*.gz' -print0 | xargs -0 -P {cores} -n {each} sh -c '{_quoted(ask)}' _"
    begun = time.perf_counter()
    subprocess.run(["sh", "-c", command], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def _quoted(text: str) -> str:
    return text.replace("'", "'\\''")


def paired(folder: Path, rounds: int) -> tuple[float, float]:
    """Medians of a search and of decompressing alone, in turn."""
    ours(folder), decompressing(folder)
    pairs = [(ours(folder)[0], decompressing(folder)) for _ in range(rounds)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def duckdb(folder: Path) -> tuple[float, int] | None:
    """Seconds and rows of the same question at DuckDB's best: typed columns, one object a file, two threads."""
    if importlib.util.find_spec("duckdb") is None:
        return None
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _DUCKDB, f"{folder}/**/*.gz", KEY], check=True, capture_output=True, text=True
    )
    return time.perf_counter() - begun, int(done.stdout)


_DUCKDB = """
import duckdb, sys
sql = duckdb.connect()
sql.execute("SET threads = 2; SET enable_progress_bar = false")
columns = (
    "{Records: 'STRUCT(eventTime VARCHAR, eventName VARCHAR, eventSource VARCHAR, eventID VARCHAR, awsRegion VARCHAR, "
    "sourceIPAddress VARCHAR, userIdentity STRUCT(accessKeyId VARCHAR, arn VARCHAR))[]'}"
)
print(len(sql.execute(
    "SELECT e.eventTime, e.eventName, e.eventSource, e.eventID, e.awsRegion, e.sourceIPAddress, e.userIdentity.arn "
    f"FROM (SELECT unnest(Records) AS e FROM read_json('{sys.argv[1]}', format='newline_delimited', columns={columns}, "
    f"maximum_object_size=67108864)) WHERE e.userIdentity.accessKeyId = '{sys.argv[2]}' ORDER BY e.eventTime"
).fetchall()))
"""


def trailscraper(folder: Path) -> float | None:
    """Seconds of `trailscraper select` for a role, the nearest that it can be asked; None without it."""
    program = os.environ.get("IRTUI_BENCH_TRAILSCRAPER") or shutil.which("trailscraper")
    if not program:
        return None
    role = "arn:aws:iam::111122223333:role/app-ci-deploy"
    begun = time.perf_counter()
    command = [program, "select", "--log-dir", str(folder), "--filter-assumed-role-arn", role]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def memory(folder: Path) -> float:
    """MiB of the largest worker process."""
    command = [IRTUI, "trail", "search", "--folder", str(folder), "--access-key", KEY]
    return max(peaks(command, os.environ)[1:])


def growth(folder: Path) -> tuple[float, dict[int, float]]:
    """Seconds for a day of seven over those for a day of three, and all of them. Whole commands."""
    seconds = {}
    for days in (1, 3, 7):
        with tempfile.TemporaryDirectory() as some:
            for number in range(days):
                day = Path("2026", "11", str(16 + number))
                (Path(some) / day.parent).mkdir(parents=True, exist_ok=True)
                shutil.copytree(folder / day, Path(some) / day)
            seconds[days] = min(ours(Path(some))[0] for _ in range(2))
    return (seconds[7] / 7) / (seconds[3] / 3), seconds

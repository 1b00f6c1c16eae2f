"""A search over a folder: what is found, in which order, how it is stopped and goes on, and what cannot be read."""

import gzip
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from irtui.trail.search import crew, inflate, reading, records
from irtui.trail.search.crew import Log, read_all
from irtui.trail.search.findings import KINDS, Finding
from irtui.trail.search.query import Query
from irtui.trail.search.reading import Hit, Reader
from tests.support.search_logs import KEY, OTHER, event, kinds, log, numbers, opened, put, searched


def test_events_are_merged_in_the_order_of_time_and_counted_once(tmp_path: Path) -> None:
    """Logs in any order, the same event in two of them: each event once, oldest first."""
    put(tmp_path, "b/1.json.gz", log(event(9), event(2), event(3, OTHER)))
    put(tmp_path, "a.json.gz", log(event(5), event(2)))
    found = searched(tmp_path)
    assert numbers(found) == [2, 5, 9] and found.count == 3
    assert [(one.read, one.events, one.whole) for one in found.answered] == [(2, 4, True)]
    assert found.findings == []


def test_a_key_that_is_only_mentioned_does_not_match(tmp_path: Path) -> None:
    """The bytes of the term alone never decide: the field is compared."""
    put(tmp_path, "a.json", log(event(1, OTHER, requestParameters={"accessKeyId": KEY})))
    assert numbers(searched(tmp_path)) == []


def test_letters_written_as_escapes_are_found(tmp_path: Path) -> None:
    """JSON may spell a key as escapes; then the bytes rule nothing out."""
    spelled = json.dumps({"Records": [event(1)]}).replace(KEY, f"\\u0041{KEY[1:]}")
    put(tmp_path, "a.json", spelled.encode())
    put(tmp_path, "b.json.gz", gzip.compress(spelled.replace("0001", "0002").encode()))
    assert numbers(searched(tmp_path)) == [1, 2]


@pytest.mark.parametrize(
    "form",
    [
        lambda events: json.dumps({"Records": events}),
        lambda events: json.dumps({"Records": events}, indent=4),
        lambda events: json.dumps(events),
        lambda events: "\n".join(json.dumps(one) for one in events),
        lambda events: json.dumps({"Events": [{"CloudTrailEvent": json.dumps(one)} for one in events]}),
        lambda events: "\ufeff" + json.dumps({"Records": events}),
    ],
    ids=["log", "pretty", "list", "lines", "lookup-events", "bom"],
)
def test_other_forms_of_logs_are_read(tmp_path: Path, form: Any) -> None:
    """What people keep events in: a log, a list, one event a line, the answer of LookupEvents."""
    events = [event(1), event(2, OTHER), event(3)]
    put(tmp_path, "plain", form(events).encode())
    put(tmp_path, "packed", gzip.compress(form([event(4)]).encode()))
    found = searched(tmp_path)
    assert numbers(found) == [1, 3, 4] and found.findings == []


def test_digests_in_the_folder_are_no_finding(tmp_path: Path) -> None:
    """A digest holds no events, and names none."""
    put(tmp_path, "d.json.gz", gzip.compress(json.dumps({"digestStartTime": "x", "logFiles": [{"a": 1}]}).encode()))
    found = searched(tmp_path, Query(error_codes=("Throttling.Exception",)))
    assert (numbers(found), found.findings) == ([], [])
    assert searched(tmp_path, Query(source_ips=("203.0.113.0/24",))).findings == []


def test_what_a_key_opened_is_followed(tmp_path: Path) -> None:
    """Sessions and keys that were handed out are searched too, also when their logs come first."""
    put(tmp_path, "a", log(event(7, "ASIASECOND"), event(4, "ASIAFIRST"), event(5, OTHER)))
    put(tmp_path, "b", log(opened(3, "ASIAFIRST", "ASIASECOND")))
    put(tmp_path, "c", log(opened(1, KEY, "ASIAFIRST")))
    found = searched(tmp_path, follow=True)
    assert numbers(found) == [1, 3, 4, 7]
    assert found.followed == ["ASIAFIRST", "ASIASECOND"]
    assert found.answered[0].cursor == ""


def test_a_stopped_search_goes_on_after_its_cursor(tmp_path: Path) -> None:
    """Stopped anywhere, the cursor and a second search give the rest, and nothing is lost between."""
    for number in range(40):
        put(tmp_path, f"{number % 4}/{number:02}.json.gz", log(event(number)))

    def stop(found: Any) -> None:
        if found.answered[0].read == 13:
            raise KeyboardInterrupt

    first = searched(tmp_path, progress=stop)
    assert first.stopped and not first.answered[0].whole and len(first.events) == 13
    from irtui.trail.search.searching import Folder, search

    rest = search(first.query, [Folder(tmp_path, after=first.answered[0].cursor, workers=2)])
    assert sorted(numbers(first) + numbers(rest)) == list(range(40))


def test_two_events_of_one_id_are_both_given(tmp_path: Path) -> None:
    """A forged copy does not hide the event whose id it bears."""
    put(tmp_path, "a", log(event(1)))
    put(tmp_path, "b", log(event(1, eventName="DeleteTrail")))
    found = searched(tmp_path)
    assert numbers(found) == [1, 1] and kinds(found) == ["conflict"]


def _hostile() -> Iterator[tuple[str, bytes, list[str], list[int]]]:
    good = json.dumps(event(1))
    yield "empty file", b"", ["empty"], []
    yield (
        "truncated gzip",
        log(event(1), *({"x": os.urandom(64).hex()} for _ in range(90)))[:-40],
        ["damaged", "json"],
        [1],
    )
    yield "wrong checksum", log(event(1))[:-8] + b"\0" * 8, ["damaged"], []
    yield "bytes after the gzip member", log(event(1)) + b"hidden", ["trailing"], [1]
    yield "a second gzip member", log(event(1)) + log(event(2)), ["trailing"], [1, 2]
    yield "half a header", b"\x1f\x8b\x08", ["damaged"], []
    yield "UTF-16", json.dumps({"Records": [event(1)]}).encode("utf-16"), ["encoding"], [1]
    yield "UTF-16 without BOM, packed", gzip.compress(f"[{good}]".encode("utf-16-le")), ["encoding"], [1]
    yield "Latin-1", f'{{"Records":[{good},{{"a":"ä{KEY}"}}]}}'.encode("latin-1"), ["record"], [1]
    yield "not JSON", b"hello\n", ["record"], []
    yield "another JSON", b'{"AccessKey": "%s"}' % KEY.encode(), ["format"], []
    yield "Records is null", b'{"Records": null, "x": "%s"}' % KEY.encode(), ["format"], []
    yield "Records is an object", b'{"Records": %s}' % good.encode(), ["format"], []
    yield "Records twice", b'{"Records":[%s],"Records":[]}' % good.encode(), [], [1]
    yield "truncated JSON", b'{"Records":[%s,{"a":' % good.encode(), ["json"], [1]
    yield "a bracket too many", b'{"Records":[%s]}}' % good.encode(), ["json"], [1]
    yield "text after the end", b'{"Records":[%s]} "x"' % good.encode(), ["record"], [1]
    yield (
        "records that are no objects",
        b'{"Records":[1,null,"%s",%s]}' % (KEY.encode(), good.encode()),
        ["record"],
        [1],
    )
    yield "a list among the records", b'{"Records":[["%s"],%s]}' % (KEY.encode(), good.encode()), ["record"], [1]
    yield "NaN", b'{"Records":[{"a":NaN,"k":"%s"},%s]}' % (KEY.encode(), good.encode()), ["record"], [1]
    yield "a control character", b'{"Records":[{"k":"\x01%s"},%s]}' % (KEY.encode(), good.encode()), ["record"], [1]
    deep = b'{"k":"%s","a":%s}' % (KEY.encode(), b"[" * 200_000 + b"]" * 200_000)
    yield "nested very deep", b'{"Records":[%s,%s]}' % (deep, good.encode()), ["record"], [1]
    yield "an integer of 5000 digits", b'{"Records":[{"k":"%s","a":%s},%s]}' % (
        KEY.encode(), b"9" * 5000, good.encode()), ["record"], [1]  # fmt: skip
    yield "userIdentity is a list", log(event(1, userIdentity=[KEY]), event(2)), ["shape"], [2]
    yield "no eventID", log(event(1, eventID=None, userAgent=KEY)), ["shape"], [-1]
    yield "a member twice", b'{"Records":[%s]}' % good.replace(
        f'"accessKeyId": "{KEY}"', f'"accessKeyId": "{KEY}", "accessKeyId": "x"').encode(), ["twice"], []  # fmt: skip
    yield "lone surrogates", log(event(1, userAgent="\ud800")), [], [1]


@pytest.mark.parametrize("engine", ["fast", "slow"])
@pytest.mark.parametrize(
    ("data", "expected", "events"), [pytest.param(*row[1:], id=row[0]) for row in _hostile()]
)  # fmt: skip
def test_a_hostile_log_is_a_finding(
    engine: str, data: bytes, expected: list[str], events: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is wrong with a log is told, what can be read in it is found, and the fast libraries change nothing."""
    if engine == "slow":
        monkeypatch.setattr(reading, "msgspec", None)
        monkeypatch.setattr(records, "msgspec", None)
        monkeypatch.setattr(records, "_find", bytes.find)
        monkeypatch.setattr(inflate, "isal_zlib", None)
    hits: list[Hit] = []
    findings: list[Finding] = []
    Reader(Query(access_keys=(KEY,)), hits.append, findings.append).read("it", BytesIO(data))
    assert sorted({finding.kind for finding in findings}) == expected, findings
    assert [int(hit.id[-12:], 16) if "-" in hit.id else -1 for hit in hits] == events
    assert {finding.kind for finding in findings} <= set(KINDS)


def test_links_and_pipes_in_the_folder_are_told_and_not_opened(tmp_path: Path) -> None:
    """A link out of the folder, a link to a folder, a pipe: findings, and what is beside them is read."""
    inside = tmp_path / "logs"
    put(tmp_path, "outside.json", log(event(1)))
    put(inside, "a.json", log(event(2)))
    (inside / "link").symlink_to(tmp_path / "outside.json")
    (inside / "up").symlink_to(tmp_path)
    os.mkfifo(inside / "pipe")
    put(inside, "name\n\x1b[31m.json", log(event(3)))
    found = searched(inside)
    assert numbers(found) == [2, 3]
    assert kinds(found) == ["link", "link", "special"]


def test_a_log_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    """Between the listing and the reading somebody put a link there."""
    put(tmp_path, "outside.json", log(event(1)))
    (tmp_path / "late").symlink_to(tmp_path / "outside.json")
    results = list(read_all(Query(access_keys=(KEY,)), [Log("late", path=str(tmp_path / "late"))], 1))
    assert [result.kind for result in results if isinstance(result, Finding)] == ["unreadable"]
    assert not [result for result in results if isinstance(result, Hit)]


def _bomb(megabytes: int, text: bytes) -> bytes:
    engine = zlib.compressobj(9, wbits=31)
    block = text * (1024 * 1024 // len(text))
    return b"".join(engine.compress(block) for _ in range(megabytes)) + engine.flush()


PEAK = """
import re, sys
from pathlib import Path
from irtui.trail.search.worker import serve
serve(sys.stdin.buffer, open('/dev/null', 'wb'))
sys.stderr.write(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_bombs_and_endless_lines_need_little_memory(tmp_path: Path) -> None:
    """Logs that inflate without end, records and lines of hundreds of megabytes: a worker stays under 60 MiB."""
    record = json.dumps(event(1)).encode()
    put(tmp_path, "spaces", _bomb(540, b" "))
    put(tmp_path, "line", _bomb(40, b"x"))
    put(tmp_path, "string", gzip.compress(b'{"Records":[{"a":"') + _bomb(40, b"A"))
    put(tmp_path, "many", gzip.compress(b'{"Records":[' + b",".join([record] * 12_000) + b"]}"))
    asked = [json.dumps({"access_keys": [KEY]})]
    asked += [json.dumps([(path.name, str(path)) for path in sorted(tmp_path.iterdir())])]
    ran = subprocess.run(
        [sys.executable, "-c", PEAK], input="\n".join(asked) + "\n", capture_output=True, text=True, check=True
    )
    assert int(ran.stderr) < 60 * 1024


def test_a_bomb_is_read_to_the_limit_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first part of a log that inflates beyond the limit is searched, and the rest is a finding."""
    monkeypatch.setattr(reading, "LARGEST_LOG", 2_000_000)
    monkeypatch.setattr(reading, "SMALL_INFLATED", 1_000)
    data = gzip.compress(json.dumps({"Records": [event(1)]}).encode()[:-2] + b"," * 3_000_000 + b"]}")
    hits: list[Hit] = []
    findings: list[Finding] = []
    Reader(Query(access_keys=(KEY,)), hits.append, findings.append).read("it", BytesIO(data))
    assert len(hits) == 1 and "too_large" in {finding.kind for finding in findings}


def test_a_log_that_kills_its_reader_is_a_finding_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that ends in the middle is replaced; the log it had is told."""
    _killed_by(monkeypatch, "b")
    for number, name in enumerate("abc"):
        put(tmp_path, name, log(event(number)))
    found = searched(tmp_path)
    assert numbers(found) == [0, 2] and [(one.kind, one.where) for one in found.findings] == [("unreadable", "b")]


def test_whoever_kills_the_reader_takes_no_event_of_another_log_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log with very many events that was read before it loses none of them, and is not blamed."""
    _killed_by(monkeypatch, "b")
    put(tmp_path, "a", log(*(event(number) for number in range(500))))
    put(tmp_path, "b", log(event(500)))
    put(tmp_path, "c", log(event(501)))
    found = searched(tmp_path)
    assert numbers(found) == [*range(500), 501]
    assert [(one.kind, one.where) for one in found.findings] == [("unreadable", "b")]
    assert found.answered[0].events == 501


def _killed_by(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    program = crew._PROGRAM.replace(
        "main()",
        "import irtui.trail.search.reading as r, os\nold = r.Reader.stored\n"
        "r.Reader.stored = lambda self, where, file: os._exit(9) if where == NAME else old(self, where, file)\nmain()",
    ).replace("; from", "\nfrom").replace("; import", "\nimport").replace("main; ", "main\n")  # fmt: skip
    monkeypatch.setattr(crew, "_PROGRAM", program.replace("NAME", repr(name)))


def test_a_worker_imports_nothing_from_where_the_operator_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Evidence may hold a json.py; it is read as a log, not run."""
    put(tmp_path, "json.py", b"raise SystemExit(3)")
    put(tmp_path, "msgspec.py", b"raise SystemExit(3)")
    put(tmp_path, "a.json", log(event(1)))
    monkeypatch.chdir(tmp_path)
    assert numbers(searched(tmp_path)) == [1]


@pytest.mark.parametrize("odd", ["", "two words", "a\nb", "+9 x y", "ключ", "\x1b[2J", '"quoted"'])
def test_an_odd_id_and_time_come_through_as_they_are(odd: str, tmp_path: Path) -> None:
    """Whatever an event calls itself and its time, it is given whole, and so is the next one."""
    put(tmp_path, "a.json", log(event(1) | {"eventID": f"id {odd}", "eventTime": odd}, event(2)))
    found = searched(tmp_path)
    first, second = found.events
    assert (first.id, first.time) == (f"id {odd}", odd) and first.value["eventName"] == second.value["eventName"]
    assert second.id == event(2)["eventID"] and second.value == event(2)

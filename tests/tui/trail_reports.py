"""Reports on CloudTrail as the evidence holds them: blind windows, a broken chain, events; names may be hostile."""

from collections.abc import Callable
from typing import Any

DAY = "2026-11-22T"


def coverage(foreign: Callable[[str], str] = str) -> dict[str, Any]:
    def window(since: str, until: str, state: str, reason: str = "", cause: str = "", by: str = "") -> dict[str, str]:
        return {"since": f"{DAY}{since}Z", "until": f"{DAY}{until}Z", "state": state, "reason": reason, "cause": cause,
                "by": by}  # fmt: skip

    def row(region: str, source: str, *windows: dict[str, str]) -> dict[str, Any]:
        kind = "trail" if source.startswith("trail") else "history"
        return {"account": "111122223333", "region": region, "source": source, "kind": kind,
                "what": "management events", "windows": list(windows)}  # fmt: skip

    whole = window("00:00:00", "20:00:00", "covered")
    late = window("19:50:00", "20:00:00", "unknown", "CloudTrail delivers within 15 minutes.", "not delivered yet")
    return {
        "since": f"{DAY}00:00:00Z", "until": f"{DAY}20:00:00Z", "now": f"{DAY}20:00:00Z",
        "rows": [
            row("us-east-1", "Event history", window("00:00:00", "19:50:00", "covered"), late),
            row("us-east-1", foreign("trail main"), window("00:00:00", "08:00:00", "covered"),
                window("08:00:00", "12:00:00", "not covered", "Logging was stopped.", "logging stopped",
                       foreign("arn:aws:iam::111122223333:user/ci-deploy")),
                window("12:00:00", "19:50:00", "covered"), late),
            row("eu-west-1", "Event history", whole),
            row("eu-west-1", foreign("trail main"),
                window("00:00:00", "20:00:00", "not covered", "The trail is of one Region only.", "single region")),
            row("ap-southeast-2", "Event history",
                window("00:00:00", "20:00:00", "unknown", foreign("LookupEvents was refused."), "refused")),
        ],
        "minutes": {"covered": 3582, "unknown": 1218, "not covered": 1440},
        "not_looked_at": ["Data events of S3 and Lambda."], "gaps": [foreign("ap-southeast-2: AccessDenied")],
    }  # fmt: skip


def validation(foreign: Callable[[str], str] = str) -> dict[str, Any]:
    key = foreign("s3://trail-logs/AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/22/x_0845Z.json.gz")
    return {
        "trail": foreign("arn:aws:cloudtrail:us-east-1:111122223333:trail/main"), "since": f"{DAY}00:00:00Z",
        "until": f"{DAY}20:00:00Z", "source": "s3", "verdict": "invalid",
        "digests": {"valid": 19, "unchecked": 0, "missing": 1, "invalid": 0},
        "backfill_digests": {"valid": 0, "unchecked": 0, "missing": 0, "invalid": 0},
        "logs": {"valid": 230, "unchecked": 0, "missing": 0, "invalid": 1, "unlisted": 0},
        "findings": [
            {"verdict": "invalid", "subject": "log", "reason": "hash", "detail": foreign("its hash differs"),
             "where": key, "account": "111122223333", "region": "us-east-1"},
            {"verdict": "missing", "subject": "hour", "reason": "not found", "detail": "no digest is there",
             "where": "", "account": "111122223333", "region": "us-east-1",
             "since": f"{DAY}08:00:00Z", "until": f"{DAY}09:00:00Z"},
        ],
        "findings_left_out": 0, "notices": [],
        "lanes": [{"account": "111122223333", "region": "us-east-1", "slots": [
            {"since": f"{DAY}00:00:00Z", "until": f"{DAY}08:00:00Z", "verdict": "valid"},
            {"since": f"{DAY}08:00:00Z", "until": f"{DAY}09:00:00Z", "verdict": "missing"}]}],
    }  # fmt: skip


def events(foreign: Callable[[str], str] = str, many: int = 3) -> dict[str, Any]:
    def event(number: int) -> dict[str, Any]:
        time = f"{DAY}{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"
        who = {"type": "IAMUser", "arn": foreign("arn:aws:iam::111122223333:user/ci-deploy")}
        told = {"eventTime": time, "eventSource": "iam.amazonaws.com", "eventName": foreign(f"CreateUser{number}"),
                "sourceIPAddress": "203.0.113.7", "awsRegion": "us-east-1", "userIdentity": who,
                "requestParameters": {"userName": foreign("backdoor")}}  # fmt: skip
        told |= {"errorCode": "AccessDenied"} if number == 1 else {}
        return {"id": f"id-{number}", "time": time, "source": "Event history", "event": told}

    return {
        "query": {"access_keys": ["AKIAEXAMPLEKEY000001"]}, "count": many, "sha256": "ab" * 32, "stopped": False,
        "events": [event(number) for number in range(many)], "events_left_out": 0,
        "findings": [{"kind": "damaged", "where": foreign("x.json.gz"), "what": "its compressed data are damaged",
                      "detail": foreign("at byte 7")}],
        "findings_left_out": 0, "followed": [],
        "sources": [{"name": "Event history", "read": 2, "inflated_bytes": 0, "events": many, "read_to_the_end": True,
                     "go_on_after": "", "cannot_contain": ["data events"]}],
    }  # fmt: skip


def reports(foreign: Callable[[str], str] = str) -> dict[str, Any]:
    return {"trail.coverage": coverage(foreign), "trail.validate": validation(foreign), "trail.search": events(foreign)}

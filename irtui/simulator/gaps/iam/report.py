"""The credential report: ordered, ready a little later, then the same for four hours whatever happens meanwhile.

Rules: rows and cells as AWS writes them (root first, users without regard to case, UTC with Z, no newline at the end).
Service-specific credentials and SSH keys are not in it, in AWS neither.
"""

import csv
import io
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from moto.iam.models import AccessKey, User

from irtui.simulator import state
from irtui.simulator.answers import Refusal
from irtui.simulator.gaps.iam.found import records
from irtui.simulator.iam_records import CredentialReport, Login
from irtui.simulator.root import Root
from irtui.simulator.world import Asked, Gap

FRESH, TAKES = timedelta(hours=4), timedelta(seconds=2)
COLUMNS = (
    "user", "arn", "user_creation_time", "password_enabled", "password_last_used", "password_last_changed",
    "password_next_rotation", "mfa_active", "access_key_1_active", "access_key_1_last_rotated",
    "access_key_1_last_used_date", "access_key_1_last_used_region", "access_key_1_last_used_service",
    "access_key_2_active", "access_key_2_last_rotated", "access_key_2_last_used_date", "access_key_2_last_used_region",
    "access_key_2_last_used_service", "cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated",
)  # fmt: skip
_NONE = "N/A"


def generate_credential_report(asked: Asked) -> Mapping[str, Any]:
    account, now = asked.caller.account, asked.world.clock.now()
    held = records(asked).reports.get(account)
    if held is not None and now < held.ready:
        return {"State": "INPROGRESS"}
    if held is not None and now - held.ready <= FRESH:
        return {"State": "COMPLETE"}
    records(asked).reports[account] = CredentialReport(now, now + TAKES, _content(asked))
    return {"State": "STARTED", "Description": "No report exists. Starting a new report generation task"}


def get_credential_report(asked: Asked) -> Mapping[str, Any]:
    now, held = asked.world.clock.now(), records(asked).reports.get(asked.caller.account)
    if held is None:
        raise Refusal("ReportNotPresent", "Unknown", 410)
    if now < held.ready:
        raise Refusal("ReportInProgress", "Unknown", 404)
    if now - held.ready > FRESH:
        raise Refusal("ReportExpired", "Unknown", 410)
    return {"Content": held.content.encode(), "ReportFormat": "text/csv", "GeneratedTime": held.ready}


def _content(asked: Asked) -> str:
    backend, logins = state.iam(asked.caller.account), records(asked).logins
    age = backend.account_password_policy.max_password_age if backend.account_password_policy else 0
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerow(_root(asked.world.root(asked.caller.account)))
    for name in sorted(backend.users, key=str.lower):
        user = backend.users[name]
        rows.writerow(_user(user, logins.get(user.id), timedelta(days=int(age or 0))))
    return text.getvalue().rstrip("\n")


def _root(root: Root) -> list[str]:
    password = ["not_supported", _date(root.password_last_used, "no_information"), "not_supported", "not_supported"]
    first = ["<root_account>", root.arn, _date(root.create_date), *password, _yes(root.mfa)]
    certificates: list[str] = []
    for one in root.certificates[:2]:
        certificates += ["true", _date(one.since)]
    return [*first, *_keys(root.access_keys), *certificates, *_certificates([])[len(certificates) :]]


def _user(user: User, login: Login | None, age: timedelta) -> list[str]:
    password = ["false", _NONE, _NONE, _NONE]
    if user.password:
        changed = login.changed if login else user.create_date
        rotation = _date(changed + age) if age else _NONE
        password = ["true", _date(user.password_last_used, "no_information"), _date(changed), rotation]
    certificates = list(user.signing_certificates.values())
    first = [user.name, user.arn, _date(user.create_date), *password, _yes(bool(user.mfa_devices))]
    return [*first, *_keys(user.access_keys), *_certificates(certificates)]


def _keys(keys: list[AccessKey]) -> list[str]:
    cells: list[str] = []
    for key in sorted(keys, key=lambda each: str(each.access_key_id))[:2]:
        used = key.last_used
        last = [_date(used.timestamp), used.region, used.service] if used else [_NONE] * 3
        cells += [_yes(key.status == "Active"), _date(key.create_date), *last]
    return cells + ["false", *[_NONE] * 4] * (2 - len(keys))


def _certificates(held: list[Any]) -> list[str]:
    cells: list[str] = []
    for certificate in held[:2]:
        cells += [_yes(certificate.status == "Active"), _date(certificate.upload_date)]
    return cells + ["false", _NONE] * (2 - len(held))


def _yes(value: bool) -> str:
    return "true" if value else "false"


def _date(moment: datetime | None, absent: str = _NONE) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment is not None else absent


OPERATIONS: Mapping[str, Gap] = {
    "GenerateCredentialReport": generate_credential_report,
    "GetCredentialReport": get_credential_report,
}

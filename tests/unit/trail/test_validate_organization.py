"""Trails of an organization and of several Regions: each account's part in each Region has a chain of its own."""

import gzip
import hashlib
import json
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from bench.trails import ACCOUNT, ARN, BEGIN, REGION, Body, SignedTrail, generated
from irtui.aws import boto_door
from irtui.clock import SystemClock
from irtui.desk.trails import Source, asked, validate_trail
from tests.support.faulty_bucket import Spoil, Spoiled, faulty_bucket

ORGANIZATION, MEMBER, QUIET, HOURS = "o-exampleorgid", "222233334444", "333344445555", 3


class Answers(Spoiled):
    """CloudTrail and Organizations of a trail with parts of its own; public keys come in two pages, by Region."""

    organization = True
    by_region: ClassVar[Mapping[str, SignedTrail]] = {}

    def __init__(self, trail: SignedTrail, hours: int, spoil: Spoil) -> None:
        super().__init__(trail, hours, spoil)
        self.pages: list[str] = []

    def to(self, method: str, target: str, headers: object) -> tuple[int, dict[str, str], bytes]:
        told: dict[str, str] = dict(headers)  # type: ignore[call-overload]
        operation = told.get("x-amz-target", "").rpartition(".")[2]
        if operation == "DescribeOrganization":
            return 200, {}, json.dumps({"Organization": {"Id": ORGANIZATION}}).encode()
        if operation == "ListPublicKeys":
            region = told["authorization"].split("/")[2]
            return 200, {}, json.dumps(self._public_keys(region)).encode()
        status, more, body = super().to(method, target, headers)
        if operation == "DescribeTrails":
            data = json.loads(body)
            data["trailList"][0]["IsOrganizationTrail"] = self.organization
            body = json.dumps(data).encode()
        return status, more, body

    def _public_keys(self, region: str) -> Any:
        self.pages.append(region)
        if self.pages.count(region) % 2:
            other = SignedTrail().public_keys["PublicKeyList"]
            return {"PublicKeyList": other, "NextToken": "more"}
        return self.by_region.get(region, self._trail).public_keys


@pytest.fixture(autouse=True)
def _signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto_door, "READ_ATTEMPTS", 2)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLEEXAMPLE00")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")


def test_every_account_of_an_organization_is_validated() -> None:
    """Two accounts, each with a chain: both are valid, a log missing in one is told of that one, keys are paged."""
    whole = _part(ACCOUNT)
    _part(MEMBER, whole)
    gone = next(key for key in whole.objects if f"/{MEMBER}/CloudTrail/" in key)
    del whole.objects[gone]
    data = _validated(whole)
    assert {lane["account"] for lane in data["lanes"]} == {ACCOUNT, MEMBER}
    assert data["digests"]["valid"] == 2 * HOURS
    assert (data["logs"]["valid"], data["logs"]["missing"]) == (2 * HOURS * 2 - 1, 1)
    assert [(one["account"], one["reason"]) for one in data["findings"]] == [(MEMBER, "not found")]


def test_an_account_without_digests_is_not_valid() -> None:
    """Asked for by number, an account of which nothing stands in the bucket misses every hour of its digests."""
    data = _validated(_part(ACCOUNT), accounts=(ACCOUNT, QUIET))
    assert data["verdict"] == "invalid"
    missing = [one for one in data["findings"] if one["account"] == QUIET]
    assert sum(one["verdict"] == "missing" for one in missing) >= 1
    assert not [one for one in data["findings"] if one["account"] == ACCOUNT]


def test_every_region_is_validated_with_its_own_keys() -> None:
    """With all Regions, each is held against that Region's public keys; another Region's do not vouch for it."""
    home = _part(ACCOUNT, above="AWSLogs")
    west = _part(ACCOUNT, home, region="eu-west-1", above="AWSLogs", key=rsa.generate_private_key(65537, 2048))
    data = _validated(home, organization=False, all_regions=True, by_region={"eu-west-1": west})
    assert {lane["region"] for lane in data["lanes"]} == {REGION, "eu-west-1"}
    assert data["verdict"] == "valid", data["findings"]
    assert data["digests"]["valid"] == 2 * HOURS
    wrong = _validated(home, organization=False, all_regions=True, by_region={})
    assert {one["region"] for one in wrong["findings"]} == {"eu-west-1"}


def _part(
    account: str, whole: SignedTrail | None = None, *, region: str = REGION, above: str = f"AWSLogs/{ORGANIZATION}",
    key: rsa.RSAPrivateKey | None = None,
) -> SignedTrail:  # fmt: skip
    """An account's part of the trail in one Region; its objects stand in the bucket of `whole`, by the same key."""
    made = SignedTrail(account=account, region=region, above=above)
    if whole is not None:
        made.objects, made.key = whole.objects, key or whole.key
    body = next(iter(generated(1, files=1, least=1, most=1).objects.values()))[0]
    packed = Body(body, hashlib.sha256(gzip.decompress(body)).hexdigest())
    for hour in range(HOURS):
        start = BEGIN + hour * timedelta(hours=1)
        made.add(start, {made.log(start + timedelta(minutes=5 * n), n, packed): packed.sha256 for n in (1, 2)})
    return made


def _validated(
    trail: SignedTrail, *, organization: bool = True, accounts: tuple[str, ...] = (), all_regions: bool = False,
    by_region: Mapping[str, SignedTrail] | None = None,
) -> dict[str, Any]:  # fmt: skip
    kind = type("Mine", (Answers,), {"organization": organization, "by_region": by_region or {}})
    clock = SystemClock()
    request = asked(
        ARN, BEGIN.isoformat(), "2026-03-01T03:00:00Z", regions=(), all_regions=all_regions, accounts=accounts,
        clock=clock,
    )  # fmt: skip
    with faulty_bucket(trail, HOURS, lambda path, agent: None, kind) as (url, _):
        source = Source(endpoint_url=url)
        return validate_trail(request, source, environ=os.environ, clock=clock, ask_secret=lambda prompt: None).data()

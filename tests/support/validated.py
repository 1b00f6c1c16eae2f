"""`irtui trail validate` over a simulated trail, from the bucket or a copy of it, and what the aws command counts."""

import base64
import json
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.trails import Trailed, text


def irtui_validate(
    trailed: Trailed, since: datetime, *more: str, until: datetime | None = None
) -> tuple[int, dict[str, Any]]:
    """(exit code, `data`) from the bucket, over the same hours as `Trailed.validate`."""
    made = trailed.key["AccessKey"]
    keys = {"AWS_ACCESS_KEY_ID": made["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"]}
    return _irtui(trailed, since, until, keys, "--endpoint-url", trailed.lab.world.url, *more)


def irtui_validate_folder(
    trailed: Trailed, since: datetime, folder: Path, keys: Path, *more: str, until: datetime | None = None
) -> tuple[int, dict[str, Any]]:
    return _irtui(trailed, since, until, {}, "--folder", str(folder), "--public-keys", str(keys), *more)


def _irtui(
    trailed: Trailed, since: datetime, until: datetime | None, environ: dict[str, str], *more: str
) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [
            sys.executable, "-m", "irtui", "trail", "validate", "--trail-arn", trailed.arn,
            "--start-time", text(since - timedelta(seconds=1)),
            "--end-time", text(until or trailed.lab.world.now()), "-o", "json", *more,
        ],
        env={"PATH": os.defpath, "AWS_EC2_METADATA_DISABLED": "true"} | environ,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told["data"] is not None, (told, done.stderr)
    return done.returncode, told["data"]


def downloaded(trailed: Trailed, folder: Path, *, heads: bool = True) -> tuple[Path, Path]:
    """(the bucket as a folder, a file of public keys); `heads`: with the digests' metadata beside them."""
    pages = trailed.s3.get_paginator("list_objects_v2").paginate(Bucket=trailed.bucket)
    for key in [item["Key"] for page in pages for item in page.get("Contents", ())]:
        answer = trailed.s3.get_object(Bucket=trailed.bucket, Key=key)
        path = folder / "bucket" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(answer["Body"].read())
        if heads and "/CloudTrail-Digest/" in key:
            path.with_name(path.name + ".head.json").write_text(json.dumps({"Metadata": answer["Metadata"]}))
    told = trailed.cloudtrail.list_public_keys()["PublicKeyList"]
    listed = [{"Value": base64.b64encode(key["Value"]).decode(), "Fingerprint": key["Fingerprint"]} for key in told]
    keys = folder / "keys.json"
    keys.write_text(json.dumps({"PublicKeyList": listed}))
    return folder / "bucket", keys


def counted(said: str) -> dict[str, tuple[int, int]]:
    """What the aws command counted: (valid, invalid) of digests and logs."""
    found = {}
    for kind in ("digest", "log"):
        valid = re.search(rf"^(\d+)/\d+ {kind} files valid", said, re.MULTILINE)
        invalid = re.search(rf"(\d+)/\d+ {kind} files INVALID", said)
        found[kind] = (int(valid[1]) if valid else 0, int(invalid[1]) if invalid else 0)
    return found


def reasons(data: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(finding["subject"], finding["verdict"], finding["reason"]) for finding in data["findings"]]

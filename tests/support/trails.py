"""A trail in a simulated world, and the real `aws cloudtrail validate-logs` over it."""

import gzip
import json
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.lab import Lab

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ACCOUNT = "111122223333"


class Trailed:
    """A bucket that CloudTrail may write to, and a trail `main` into it. `key` is a user's, which does not expire."""

    def __init__(self, lab: Lab, key: Any, bucket: str, **trail: Any) -> None:
        self.lab, self.bucket, self.key = lab, bucket, key
        self.s3, self.cloudtrail = lab.client("s3", self.key), lab.client("cloudtrail", self.key)
        self.s3.create_bucket(Bucket=bucket)
        self.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy(bucket)))
        wanted = {"EnableLogFileValidation": True} | trail
        self.arn = self.cloudtrail.create_trail(Name="main", S3BucketName=bucket, **wanted)["TrailARN"]

    def start(self) -> datetime:
        self.cloudtrail.start_logging(Name="main")
        return self.lab.world.now()

    def stop(self) -> None:
        self.cloudtrail.stop_logging(Name="main")

    def busy(self, seconds: float, times: int = 1) -> None:
        """Something happens, then that much time goes by; as often."""
        iam = self.lab.client("iam", self.key)
        for _ in range(times):
            iam.list_users(MaxItems=1)
            self.lab.world.advance(seconds)

    def keys(self, kind: str = "CloudTrail", region: str = "us-east-1") -> list[str]:
        """Object keys of logs (`CloudTrail`) or digests (`CloudTrail-Digest`), oldest first."""
        prefix = f"AWSLogs/{ACCOUNT}/{kind}/{region}/"
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        found = [item["Key"] for page in pages for item in page.get("Contents", ())]
        return sorted(found, key=lambda key: str(re.findall(r"\d{8}T\d{4,6}Z", key)[-1]))

    def digests(self, region: str = "us-east-1") -> list[str]:
        return self.keys("CloudTrail-Digest", region)

    def read(self, key: str) -> Any:
        return json.loads(gzip.decompress(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()))

    def rewrite(self, key: str, data: Any, **metadata: str) -> None:
        """The object with other contents; its metadata as they were, but for `metadata`."""
        kept = self.s3.head_object(Bucket=self.bucket, Key=key)["Metadata"]
        body = gzip.compress(json.dumps(data).encode())
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, Metadata=kept | metadata)

    def validate(self, since: datetime, home: Path, region: str = "us-east-1") -> tuple[int, str]:
        """(exit code, everything it printed) of the aws command line's own check, from `since` to the world's now."""
        made = self.key["AccessKey"]
        home.mkdir(exist_ok=True)
        environ = {
            "PATH": os.defpath, "HOME": str(home), "AWS_ENDPOINT_URL": self.lab.world.url, "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region, "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"], "AWS_EC2_METADATA_DISABLED": "true",
        }  # fmt: skip
        done = subprocess.run(
            [
                sys.executable, str(Path(sys.executable).parent / "aws"), "cloudtrail", "validate-logs", "--verbose",
                "--trail-arn", self.arn, "--start-time", text(since - timedelta(seconds=1)),
                "--end-time", text(self.lab.world.now()),
            ],
            env=environ, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr


def policy(bucket: str, account: str = ACCOUNT, prefix: str = "") -> dict[str, Any]:
    """What CloudTrail's documentation has a bucket of a trail say."""
    who = {"Service": "cloudtrail.amazonaws.com"}
    arn = f"arn:aws:s3:::{bucket}"
    source = {"aws:SourceArn": f"arn:aws:cloudtrail:us-east-1:{account}:trail/main"}
    full = {"s3:x-amz-acl": "bucket-owner-full-control"}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AWSCloudTrailAclCheck20150319", "Effect": "Allow", "Principal": who,
                "Action": "s3:GetBucketAcl", "Resource": arn, "Condition": {"StringEquals": source},
            },
            {
                "Sid": "AWSCloudTrailWrite20150319", "Effect": "Allow", "Principal": who, "Action": "s3:PutObject",
                "Resource": f"{arn}/{prefix}AWSLogs/{account}/*", "Condition": {"StringEquals": source | full},
            },
        ],
    }  # fmt: skip


def text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

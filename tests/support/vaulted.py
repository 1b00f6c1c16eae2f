"""A world with a locked bucket in another account, open to the responder by the very policies that the docs give."""

import json
import re
from pathlib import Path
from typing import Any

from irtui.gameday.scenario import Scenario
from tests.support.stage import over_small

BUCKET, ACCOUNT, INCIDENT = "evidence-444", "444455556666", "111122223333"
DOCS = (Path(__file__).parents[2] / "docs" / "checkpoints.md").read_text("utf-8")
POLICIES: list[Any] = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", DOCS, re.DOTALL)]
"""The bucket's and the role's."""
KEEPER = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def vaulted(checkpoint: str = "{bucket: vault, days: 30}", *, lock: bool = True, policy: Any = None) -> Scenario:
    """The operator's role may do all of IAM, and in S3 what the docs say. `policy`: another one of the bucket."""
    bucket = json.dumps(policy or POLICIES[0]).replace("role/IncidentResponder", "role/admin")
    iam = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["iam:*", "sts:*"], "Resource": "*"}]}
    return over_small(f"""
accounts:
  archive:
    account: "{ACCOUNT}"
    users: {{keeper: {{name: keeper, keys: {{keepers: -20d}}, policies: {{all: {json.dumps(KEEPER)}}}}}}}
    buckets: {{vault: {{name: {BUCKET}, lock: {str(lock).lower()}, policy: {bucket}}}}}
world: {{roles: {{admin: {{policies: {{all: {json.dumps(iam)}, checkpoints: {json.dumps(POLICIES[1])}}}}}}}}}
checkpoint: {checkpoint}
""")

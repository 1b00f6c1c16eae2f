"""S3's Block Public Access of a bucket: what it refuses, and which policies are public.

As the S3 user guide has it ("The meaning of public"): a policy is public unless each Allow is for fixed principals or
bound to fixed values of certain keys; an address range wider than /8 (IPv6: /32) is none. BlockPublicPolicy refuses to
put a public policy; RestrictPublicBuckets lets nobody of another account in while the policy is public. Public ACLs do
not exist here, for a bucket's owner owns everything in it; nor does the block of a whole account.
"""

import ipaddress
from collections.abc import Mapping
from typing import Any

from irtui.policy.document import Document, Statement, read_document
from irtui.simulator import state
from irtui.simulator.answers import Refusal
from irtui.simulator.callers import Caller
from irtui.simulator.codes import Codes
from irtui.simulator.resolve import Operation

_FIXING = frozenset({
    "aws:principalorgid", "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount",
    "aws:userid", "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:dataaccesspointarn",
    "s3:dataaccesspointaccount",
})  # fmt: skip
_EQUAL = ("stringequals", "stringlike", "arnequals", "arnlike")
_WIDEST = {4: 8, 6: 32}
_BLOCKED = "because public policies are blocked by the BlockPublicPolicy block public access setting."


def refuse(operation: Operation, caller: Caller, codes: Codes) -> None:
    """Raises Refusal for a request that the block of its bucket refuses, although every policy allows it."""
    bucket = state.bucket(str(operation.params.get("Bucket", "")))
    block: Any = bucket.public_access_block if bucket is not None else None
    if bucket is None or block is None:
        return
    putting = operation.name == "PutBucketPolicy" and _on(block.block_public_policy)
    if putting and public(_read(operation.params.get("Policy"))):
        who = caller.principal.session_arn or caller.arn
        on = f'"arn:aws:s3:::{bucket.name}"'
        words = f"User: {who} is not authorized to perform: s3:PutBucketPolicy on resource: {on} {_BLOCKED}"
        raise Refusal(codes.denied[0], words, codes.denied[1])
    foreign = str(bucket.account_id) != caller.account and _on(block.restrict_public_buckets)
    if foreign and bucket.policy and public(_read(bucket.policy.decode())):
        raise Refusal(codes.denied[0], "Access Denied", codes.denied[1])


def _read(text: object) -> Document:
    return read_document("bucket policy", str(text))


def public(policy: Document) -> bool:
    """Whether some statement allows something to anybody."""
    return any(one.effect == "Allow" and not one.flaw and _open(one) for one in policy.statements)


def _open(statement: Statement) -> bool:
    anybody = statement.not_principals or any("*" in values for values in (statement.principals or {}).values())
    return anybody and not any(_fixes(operator, keys) for operator, keys in statement.conditions.items())


def _fixes(operator: str, conditions: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether conditions of that operator bind the statement to fixed values."""
    kind = operator.lower()
    if kind == "ipaddress":
        return any(key.lower() == "aws:sourceip" and all(map(_narrow, given)) for key, given in conditions.items())
    if kind not in _EQUAL:
        return False
    return any(
        key.lower() in _FIXING and not any(sign in value for value in given for sign in ("*", "?", "${"))
        for key, given in conditions.items()
    )


def _narrow(given: str) -> bool:
    try:
        network = ipaddress.ip_network(given, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= _WIDEST[network.version]


def _on(setting: object) -> bool:
    return str(setting).lower() == "true"  # moto keeps what was sent

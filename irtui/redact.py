"""The one function that keeps secrets out of journal, evidence, exports, screens and logs.

Rules: a member whose name is a known secret field, or is in `also` (what botocore's model marks
`sensitive`), becomes MASK, whatever its value. Inside any other string, what looks like an AWS secret
access key, a session token or a Bedrock API key becomes MASK. Key ids (AKIA…, ASIA…) are not secrets and stay.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

MASK = "[masked]"

SECRET_FIELDS = frozenset(
    name.lower()
    for name in (
        "SecretAccessKey", "SessionToken", "SecurityToken", "Password", "NewPassword", "OldPassword",
        "ServicePassword", "ServiceCredentialSecret", "PrivateKey", "Base32StringSeed", "QRCodePNG",
        "SecretString", "SecretBinary", "ClientSecret", "AccessToken", "RefreshToken", "IdToken", "TokenCode",
        "AuthenticationCode1", "AuthenticationCode2", "Plaintext", "WebIdentityToken", "SAMLAssertion",
        "aws_secret_access_key", "aws_session_token", "passphrase", "SigninToken",
    )
)  # fmt: skip

# 40 characters of base64 with upper, lower and digit: a secret access key; hex digests and names are not. Before it
# may stand `=`: `AWS_SECRET_ACCESS_KEY=…` is what people paste.
_SECRET_KEY = re.compile(
    r"(?<![A-Za-z0-9/+_-])(?=[A-Za-z0-9/+]*[A-Z])(?=[A-Za-z0-9/+]*[a-z])(?=[A-Za-z0-9/+]*[0-9])"
    r"[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_-])"
)
# Session tokens begin with a version prefix and run for hundreds of characters of base64; so do Bedrock's API keys.
_BEARER = re.compile(
    r"(?:FwoGZXIvYXdz|FQoGZXIvYXdz|IQoJb3JpZ2lu|AQoDYXdz|AQoEXAMPLE|bedrock-api-key-)[A-Za-z0-9/+=]{40,}"
    r"|(?<![A-Za-z0-9/+])ABSK[A-Za-z0-9/+]{60,}={0,2}"
)


def masked(value: Any, also: Collection[str] = ()) -> Any:
    """A copy of `value` (mappings, lists, strings) without secrets."""
    extra = frozenset(name.lower() for name in also)
    return _masked(value, SECRET_FIELDS | extra)


def masked_text(text: str) -> str:
    """`text` with anything that looks like a secret replaced."""
    if len(text) < 40:
        return text
    return _BEARER.sub(MASK, _SECRET_KEY.sub(MASK, text))


def _masked(value: Any, fields: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        return {
            key: (MASK if str(key).lower() in fields and item is not None else _masked(item, fields))
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_masked(item, fields) for item in value]
    if isinstance(value, str):
        return masked_text(value)
    return value

"""What looks like a secret is masked wherever people and programs put it; what only looks long is not."""

import pytest

from irtui.redact import MASK, masked, masked_text

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYCANARYKEY1"
TOKEN = "IQoJb3JpZ2luX2VjE" + "CanaryTokenCanary0123456789/+abcdefghijk" * 4

BEDROCK = "ABSKQmVkcm9ja0FQSUtleS" + "CanaryBedrock0123456789/+abcdefghi" * 3 + "A=="
SHORT_TERM = "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t" + "CanaryBearer0123456789+" * 9


@pytest.mark.parametrize(
    "around",
    [
        "{}", "export AWS_SECRET_ACCESS_KEY={}", "aws_secret_access_key = {}", '{{"SecretAccessKey": "{}"}}', "k:{}.",
        "'{}'", "({})", "{}, {}", "a={}&b=1", "https://user:{}@host/", "{}\n", "\t{} ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("secret", [SECRET, TOKEN, BEDROCK, SHORT_TERM])
def test_a_secret_is_masked_in_any_company(around: str, secret: str) -> None:
    """Pasted as a variable, a line of a profile, JSON, a URL or prose: it is gone, and the mask shows where it was."""
    text = masked_text(around.format(*[secret] * around.count("{}")))
    assert secret not in text
    assert MASK in text


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:iam::111122223333:role/service-role/AWSServiceRoleForSomethingQuiteLong1",
        "3f786850e387550fdab836ed7e6dc881de23001b",
        "irtui-deny-all-INC-2DPU9U-and-more-of-a-name-that-is-long",
        "AKIAIOSFODNN7EXAMPLE",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """ARNs, digests, names and key ids are what an incident is about."""
    assert masked_text(text) == text
    assert masked({"Name": text}) == {"Name": text}

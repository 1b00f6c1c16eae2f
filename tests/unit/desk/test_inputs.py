"""What is given for an access key's id, and is none: it is refused with what helps, and never said again."""

import pytest

from irtui.desk.inputs import checked_inputs, flaw_of
from irtui.errors import UsageError
from irtui.model.runbook import InputSpec

KEY = InputSpec("access_key_id", "access_key_id", "Leaked key id", False, None, "")
BEDROCK = "ABSKQmVkcm9ja0FQSUtleS" + "CanaryBedrock0123456789/+abcdefghi" * 3 + "A=="


@pytest.mark.parametrize(
    ("given", "help_"),
    [
        (BEDROCK, "take suspicious-user-removal"),
        ("bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tCanary", "Give its id, ASIA"),
        ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYCANARYKEY1", "begins with AKIA or ASIA"),
        ("AIDAQMVKCM9JA0FQSUTLE", "take suspicious-user-removal with the user's name"),
        ("AROAQMVKCM9JA0FQSUTLE", "of a session of it"),
        ("ABIAQMVKCM9JA0FQSUTLE", "that session's ASIA"),
    ],
)
def test_what_is_no_key_id_is_refused_with_a_way_on(given: str, help_: str) -> None:
    """Each thing that people have at hand says what to take instead; not a part of it is repeated."""
    flaw = flaw_of(KEY, given)
    assert flaw.startswith("this is not one: ") and help_ in flaw
    with pytest.raises(UsageError) as refused:
        checked_inputs((KEY,), {"access_key_id": given})
    told = f"{refused.value.title} {refused.value.message} {refused.value.advice}"
    assert given not in told and given[16:] not in told


@pytest.mark.parametrize("begin", ["AKIA", "ASIA", "ACCA"])
def test_ids_of_keys_sessions_and_service_credentials_are_taken(begin: str) -> None:
    """None of them is a secret."""
    assert flaw_of(KEY, f"{begin}QMVKCM9JA0FQSUTLE") == ""

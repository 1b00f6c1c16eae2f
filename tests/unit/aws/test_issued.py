"""The secret of a new key leaves the door by its keeper alone, or the key is not made."""

import logging
from typing import Any

import pytest

from irtui.errors import KeyUnavailable
from irtui.model.call import Call
from irtui.model.outcome import Status
from tests.unit.aws.test_boto_door import Wire, _no_sleep, answer, door, error

__all__ = ["_no_sleep"]

CREATE = Call("iam", "CreateAccessKey", {"UserName": "bot"})
SECRET, KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "AKIABOTBOTBOTBOTBOT1"


def reply(secret: str = f"<SecretAccessKey>{SECRET}</SecretAccessKey>", key: str = KEY) -> Any:
    made = f"<UserName>bot</UserName><AccessKeyId>{key}</AccessKeyId><Status>Active</Status>{secret}"
    result = f"<CreateAccessKeyResult><AccessKey>{made}</AccessKey></CreateAccessKeyResult>"
    return answer(body=f"<CreateAccessKeyResponse>{result}</CreateAccessKeyResponse>".encode())


class Keeper:
    def __init__(self, unready: Exception | None = None, unkept: Exception | None = None) -> None:
        self.unready, self.unkept = unready, unkept
        self.kept: dict[str, str] = {}

    def ready(self) -> None:
        if self.unready:
            raise self.unready

    def keep(self, name: str, secret: str) -> None:
        if self.unkept:
            raise self.unkept
        self.kept[name] = secret


def test_the_secret_goes_to_the_keeper_and_into_no_outcome() -> None:
    """What comes back holds the id and not the secret; another call asks no keeper."""
    keeper, live = Keeper(), door(Wire(reply()))
    live.entrust(keeper)
    outcome = live.change(CREATE, "run7-1")
    assert (outcome.status, outcome.code) == (Status.SUCCEEDED, "")
    assert outcome.reply == {"AccessKey": {"UserName": "bot", "AccessKeyId": KEY, "Status": "Active"}}
    assert keeper.kept == {KEY: SECRET} and SECRET not in repr(outcome)


@pytest.mark.parametrize("fault", [None, KeyUnavailable("It is locked.", advice="Unlock it."), OSError("bus")])
def test_nothing_is_sent_whose_secret_could_not_be_kept(fault: Exception | None) -> None:
    """No keeper, or one that is not ready, whatever it raises: failed, with an advice, and no request left."""
    wire = Wire(reply())
    live = door(wire)
    if fault is not None:
        live.entrust(Keeper(unready=fault))
    outcome = live.change(CREATE, "run7-1")
    assert (outcome.status, outcome.code, wire.requests) == (Status.FAILED, "NoVault", [])
    assert "nothing was sent" in outcome.message and outcome.advice
    assert not isinstance(fault, KeyUnavailable) or (
        "It is locked." in outcome.message and outcome.advice == "Unlock it."
    )


@pytest.mark.parametrize(
    ("answered", "fault"),
    [
        (reply(), KeyUnavailable("The vault did not keep it.")),
        (reply(), ValueError(f"cannot encode {SECRET}")),
        (reply(secret=""), None),
        (reply(secret="<SecretAccessKey></SecretAccessKey>"), None),
        (reply(key=""), None),
    ],
)
def test_a_secret_that_is_lost_is_said(
    answered: Any, fault: Exception | None, caplog: pytest.LogCaptureFixture
) -> None:
    """It was done, nobody can use it, and it is to be deleted; the secret is not in the words, whoever raised them."""
    caplog.set_level(logging.DEBUG, "irtui")
    live = door(Wire(answered))
    live.entrust(Keeper(unkept=fault))
    outcome = live.change(CREATE, "run7-1")
    assert (outcome.status, outcome.code) == (Status.SUCCEEDED, "SecretLost")
    assert "is lost" in outcome.message and "deletes it" in outcome.advice
    assert SECRET not in repr(outcome) + caplog.text


def test_a_refusal_of_aws_stays_one() -> None:
    """The limit of two keys, met in spite of the plan: AWS's own words."""
    live = door(Wire(error(409, "LimitExceeded")))
    live.entrust(Keeper())
    assert (live.change(CREATE, "x").status, live.change(CREATE, "x").code) == (Status.FAILED, "LimitExceeded")

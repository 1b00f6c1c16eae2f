"""Checks what an operator gave for a runbook's inputs."""

import re
from collections.abc import Mapping

from irtui.errors import UsageError
from irtui.model.runbook import InputSpec
from irtui.redact import masked_text
from irtui.text import inert

_FORMS = {
    "access_key_id": (
        r"(AKIA|ASIA|ACCA)[A-Z0-9]{12,124}",
        "an access key id begins with AKIA or ASIA, that of a service credential with ACCA; never give the secret",
    ),
    "account_id": (r"\d{12}", "an account id has twelve digits"),
    "arn": (r"arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:\d*:\S+", "an ARN looks like arn:aws:iam::111122223333:user/name"),
    "user": (r"[\w+=,.@-]{1,64}", "a user name has at most 64 letters, digits and +=,.@_-"),
    "role": (r"[\w+=,.@-]{1,64}", "a role name has at most 64 letters, digits and +=,.@_-"),
    "region": (r"[a-z]{2,4}(-[a-z]+)+-\d", "a Region looks like eu-central-1"),
    "bucket": (r"[a-z0-9.-]{3,63}", "a bucket name has 3 to 63 lower-case letters, digits, dots and dashes"),
    "trail": (r"[A-Za-z0-9._-]{3,128}|arn:\S+", "a trail is named by its name or its ARN"),
}

_SECRET = "which is a secret: do not paste it anywhere."
_NO_KEY_ID = {
    "ABSK": f"it is a Bedrock key itself, {_SECRET} Find its user in IAM (BedrockAPIKey-… where the console made it) "
    "and take suspicious-user-removal, or give the key's id, ACCA…",
    "bedrock-api-key-": f"it is a short-term Bedrock key itself, {_SECRET} It is part of a session and ends with it, "
    "in 12 hours at most: CloudTrail names the session at Bedrock's calls. Give its id, ASIA…",
    "AIDA": "it is the id of a user, of no key: take suspicious-user-removal with the user's name",
    "AROA": "it is the id of a role, of no key: give the ASIA… id of a session of it",
    "ABIA": "it is a token that a service made for a session: give that session's ASIA… id",
}
"""What people have at hand in place of a key id, by its first letters, and what helps. Prefixes: IAM user guide, "IAM
identifiers"; what a Bedrock key looks like and how long it holds: Bedrock user guide, "API keys"."""


def checked_inputs(specs: tuple[InputSpec, ...], given: Mapping[str, str]) -> dict[str, str | None]:
    """A value for every input, None for an optional one left out. Raises UsageError that names all flaws at once."""
    values = {spec.name: given.get(spec.name, "").strip() or spec.default for spec in specs}
    missing = [
        f"{spec.name} is missing ({spec.title})" for spec in specs if values[spec.name] is None and not spec.optional
    ]
    _refuse(specs, [*_flaws(specs, {**given, **{name: value or "" for name, value in values.items()}}), *missing])
    return values


def check_given(specs: tuple[InputSpec, ...], given: Mapping[str, str]) -> None:
    """What was given beforehand, before anything else is asked. Raises UsageError that names all flaws at once."""
    _refuse(specs, _flaws(specs, given))


def _flaws(specs: tuple[InputSpec, ...], given: Mapping[str, str]) -> list[str]:
    known = {spec.name for spec in specs}
    flaws = [f"there is no input {inert(name)}" for name in given if name not in known]
    wrong = ((spec.name, flaw_of(spec, given.get(spec.name, "").strip())) for spec in specs)
    return flaws + [f"{name}: {flaw}" for name, flaw in wrong if flaw]


def _refuse(specs: tuple[InputSpec, ...], flaws: list[str]) -> None:
    if flaws:
        names = ", ".join(sorted(spec.name for spec in specs)) or "none"
        raise UsageError("; ".join(flaws), title="The inputs do not fit", advice=f"Inputs of this runbook: {names}.")


def flaw_of(spec: InputSpec, value: str) -> str:
    """What is wrong with a value, in words; empty when nothing is, or nothing was given."""
    if len(value) > 2048:
        return "longer than 2048 characters"
    if spec.type not in _FORMS or not value:
        return ""
    form, words = _FORMS[spec.type]
    # Where a key id belongs people paste the secret: it is not said again, not even a part of it.
    said = "this" if spec.type == "access_key_id" else repr(inert(masked_text(value), 40))
    if spec.type == "access_key_id":
        words = next((help_ for begin, help_ in _NO_KEY_ID.items() if value.startswith(begin)), words)
    return "" if re.fullmatch(form, value, re.ASCII) else f"{said} is not one: {words}"

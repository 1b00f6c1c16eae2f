"""Whose root user it is, and what can be done about it from here: a member's, the management account's, or neither's.

Stops and breaks: nothing, it only reads. Refuses what cannot be: a root user calling AssumeRoot (AWS does not let it),
an account that is no member of this organization, or a caller who is neither its management account nor IAM's
delegated administrator. What could not be read refuses too: nobody then knows which branch is the right one.
CloudTrail: DescribeOrganization, ListOrganizationsFeatures and DescribeAccount events of the operator.

```yaml
use: account.root_place
with: {member: "${{ inputs.member || '' }}"}
evidence: true
```
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from irtui.actions.asked import account
from irtui.actions.interface import Action, Facts, InputField, Reader
from irtui.errors import AwsFault, RunbookError
from irtui.model.call import Call

CREDENTIALS = "RootCredentialsManagement"
_OFF = "ServiceAccessNotEnabledException"
_NOBODY = "AccountNotManagementOrDelegatedAdministratorException"


@dataclass(frozen=True, slots=True)
class _Here:
    """Where the caller is."""

    account: str
    is_root: bool
    management: str
    """Of the organization that the account is in; empty: in none."""

    @property
    def manages(self) -> bool:
        return self.account == self.management


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for what AWS would refuse, AwsFault for what could not be read."""
    member = account(inputs, "member")
    here = _here(reader)
    if member and member != here.account:
        return Facts(_member(reader, here, member))
    if here.manages:
        way, words = "management", "the management account of an organization: no SCP binds its root user"
    elif here.management:
        way, words = "inside", f"a member of the organization that {here.management} manages, seen from inside"
    else:
        way, words = "standalone", "an account of no organization: nothing but its own console resets its root user"
    return Facts(_told(way, here.account, here, words))


def _here(reader: Reader) -> _Here:
    who = reader.read(Call("sts", "GetCallerIdentity")).data
    try:
        held = reader.read(Call("organizations", "DescribeOrganization")).data["Organization"]
    except AwsFault as fault:
        if fault.kind != "absent":
            raise
        held = {}
    return _Here(str(who["Account"]), str(who["Arn"]).endswith(":root"), str(held.get("MasterAccountId", "")))


def _member(reader: Reader, here: _Here, member: str) -> dict[str, Any]:
    if here.is_root:
        raise RunbookError(
            "You are a root user, and a root user cannot call AssumeRoot",
            advice="Open it again with a role for incidents of the management account.",
        )
    if not here.management:
        raise RunbookError(
            f"{here.account} is in no organization, so {member} is no member of it",
            advice=f"Open it in account {member} itself, without a member.",
        )
    if member == here.management:
        raise RunbookError(
            f"{member} is the management account: nobody assumes its root user",
            advice="Open it in that account itself, without a member.",
        )
    trusted, features = _features(reader, here)
    if here.manages:
        try:
            reader.read(Call("organizations", "DescribeAccount", {"AccountId": member}))
        except AwsFault as fault:
            if fault.kind != "absent":
                raise
            raise RunbookError(f"{member} is no member of the organization of {here.account}") from None
    where = "its management account" if here.manages else "the account that administers IAM for it"
    words = f"a member of the organization; you are in {where}"
    return _told("member", member, here, words, trusted=trusted, feature=CREDENTIALS in features, scp=here.manages)


def _features(reader: Reader, here: _Here) -> tuple[bool, list[str]]:
    """(IAM has trusted access, features of centralized root access)."""
    try:
        return True, list(reader.read(Call("iam", "ListOrganizationsFeatures")).data.get("EnabledFeatures") or ())
    except AwsFault as fault:
        if fault.code == _OFF and here.manages:
            return False, []
        if fault.code != _NOBODY:
            raise
        raise RunbookError(
            f"{here.account} neither manages the organization nor administers IAM for it",
            advice=f"Open it in account {here.management}, with the same member.",
        ) from None


def _told(
    way: str, account: str, here: _Here, words: str, *, trusted: bool = False, feature: bool = False, scp: bool = False
) -> dict[str, Any]:
    return {
        "way": way, "account": account, "management": here.management, "words": words,
        "trusted": trusted, "feature": feature, "scp": scp,
    }  # fmt: skip


ACTION = Action(
    id="account.root_place",
    title="Whose root user it is, and what can be done about it",
    inputs={"member": InputField("account_id", required=False, help="A member account; empty: the one signed in to.")},
    permissions=(
        "iam:ListOrganizationsFeatures", "organizations:DescribeAccount", "organizations:DescribeOrganization",
        "sts:GetCallerIdentity",
    ),
    keeps=("way", "account", "management", "words", "trusted", "feature", "scp"),
    observe=observe,
)  # fmt: skip

"""Builds a scenario's organization: made by its management account over the API, with the scenario's account numbers.

CreateAccount draws a number by itself, so each new account is given its own afterwards, in moto's state.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from moto.organizations.models import organizations_backends

from irtui.gameday.client import Answered
from irtui.gameday.handles import filled
from irtui.gameday.scenario.format import Scenario
from irtui.gameday.scenario.plan import HERE
from irtui.simulator.directory import PARTITION
from irtui.simulator.organization import SCP

_FEATURES = {
    "RootCredentialsManagement": "iam.EnableOrganizationsRootCredentialsManagement",
    "RootSessions": "iam.EnableOrganizationsRootSessions",
}
Send = Callable[[str, str, Mapping[str, Any]], Answered]
"""Account, operation and parameters, as that account's first user."""
SINCE = timedelta(days=-710)


def organizing(
    scenario: Scenario, known: Mapping[str, str], send: Send
) -> Iterator[tuple[timedelta, Callable[[], None]]]:
    """(when, what), in order; nothing for a scenario without an organization."""
    plan = scenario.organization
    if plan is None:
        return
    numbers = {HERE: scenario.world.account, **{name: other.account for name, other in scenario.accounts.items()}}
    manages = numbers[plan.management]

    def found() -> None:
        send(manages, "organizations.CreateOrganization", {"FeatureSet": "ALL"})
        root = send(manages, "organizations.ListRoots", {}).data["Roots"][0]["Id"]
        send(manages, "organizations.EnablePolicyType", {"RootId": root, "PolicyType": SCP})
        for member in dict.fromkeys((HERE, *plan.members)):
            if member != plan.management:
                made = {"Email": f"{member}@example.com", "AccountName": member}
                drawn = send(manages, "organizations.CreateAccount", made).data["CreateAccountStatus"]["AccountId"]
                _renumber(manages, str(drawn), numbers[member])
        for service in plan.trusts:
            send(manages, "organizations.EnableAWSServiceAccess", {"ServicePrincipal": service})
        for member, services in plan.delegates.items():
            for service in services:
                asked = {"AccountId": numbers[member], "ServicePrincipal": service}
                send(manages, "organizations.RegisterDelegatedAdministrator", asked)
        for feature in plan.features:
            send(manages, _FEATURES[feature], {})

    yield SINCE, found
    for policy in plan.scps:
        yield policy.since, _policy(manages, numbers, policy.name, filled(policy.document, known), policy.on, send)


def _policy(
    manages: str, numbers: Mapping[str, str], name: str, document: Any, on: str, send: Send
) -> Callable[[], None]:
    def make() -> None:
        made = {"Name": name, "Description": name, "Content": document, "Type": SCP}
        policy = send(manages, "organizations.CreatePolicy", made).data["Policy"]["PolicySummary"]["Id"]
        roots = send(manages, "organizations.ListRoots", {}).data["Roots"]
        target = roots[0]["Id"] if on == "root" else numbers[on]
        send(manages, "organizations.AttachPolicy", {"PolicyId": policy, "TargetId": target})

    return make


def _renumber(manages: str, drawn: str, number: str) -> None:
    held = organizations_backends[manages][PARTITION]
    next(account for account in held.accounts if account.id == drawn).id = number
    organizations_backends.master_accounts[number] = organizations_backends.master_accounts.pop(drawn)

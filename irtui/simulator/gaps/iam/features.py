"""Centralized root access: which features an organization has, for its management account and IAM's administrator."""

from collections.abc import Mapping
from typing import Any

from irtui.simulator import organization
from irtui.simulator.answers import Refusal
from irtui.simulator.organization import CREDENTIALS, IAM, ROOT_SESSIONS, Trusted
from irtui.simulator.world import Asked, Gap


def _held(asked: Asked) -> tuple[str, Trusted]:
    """(id of the organization, what it trusts). Raises Refusal in the order of IAM's documented errors."""
    account = asked.caller.account
    held = organization.organization_of(account)
    if held is None:
        raise Refusal("OrganizationNotFoundException", "The account is not a member of an organization.", 400)
    manages = organization.administers(account, IAM)
    if not manages:
        words = "The account is neither the management account nor the delegated administrator for IAM."
        raise Refusal("AccountNotManagementOrDelegatedAdministratorException", words, 400)
    trusted = organization.trusted(manages)
    if IAM not in trusted.services:
        raise Refusal(
            "ServiceAccessNotEnabledException", "Trusted access is not enabled for IAM in AWS Organizations.", 400
        )
    return str(held.id), trusted


def _told(name: str, trusted: Trusted) -> Mapping[str, Any]:
    return {"OrganizationId": name, "EnabledFeatures": sorted(trusted.features)}


def list_organizations_features(asked: Asked) -> Mapping[str, Any]:
    return _told(*_held(asked))


def _switch(feature: str, on: bool) -> Gap:
    def switched(asked: Asked) -> Mapping[str, Any]:
        name, trusted = _held(asked)
        (trusted.features.add if on else trusted.features.discard)(feature)
        return _told(name, trusted)

    return switched


OPERATIONS: Mapping[str, Gap] = {
    "ListOrganizationsFeatures": list_organizations_features,
    "EnableOrganizationsRootCredentialsManagement": _switch(CREDENTIALS, True),
    "DisableOrganizationsRootCredentialsManagement": _switch(CREDENTIALS, False),
    "EnableOrganizationsRootSessions": _switch(ROOT_SESSIONS, True),
    "DisableOrganizationsRootSessions": _switch(ROOT_SESSIONS, False),
}

"""Account Management: whom AWS would write to and call. Who reads another account's contacts is its organization's."""

from collections.abc import Mapping
from typing import Any

from irtui.simulator import organization
from irtui.simulator.answers import Refusal
from irtui.simulator.directory import PARTITION
from irtui.simulator.world import Asked, Gap

SERVICE = "account.amazonaws.com"
CONTACT = {
    "FullName": "Example Corp", "AddressLine1": "1 Example Street", "City": "Springfield", "PostalCode": "12345",
    "CountryCode": "US", "StateOrRegion": "OR", "PhoneNumber": "+1 555 0100",
}  # fmt: skip
"""The primary contact of every account here: nobody in a rehearsal can change it."""


def get_contact_information(asked: Asked) -> Mapping[str, Any]:
    _account(asked)
    return {"ContactInformation": CONTACT}


def get_alternate_contact(asked: Asked) -> Mapping[str, Any]:
    found = asked.world.contacts.get((_account(asked), str(asked.params["AlternateContactType"])))
    if found is None:
        raise Refusal("ResourceNotFoundException", "No contact of the inputted alternate contact type found.", 404)
    return {"AlternateContact": found}


def put_alternate_contact(asked: Asked) -> Mapping[str, Any]:
    kind = str(asked.params["AlternateContactType"])
    told = {name: value for name, value in asked.params.items() if name != "AccountId"}
    asked.world.contacts[_account(asked), kind] = told
    return {}


def delete_alternate_contact(asked: Asked) -> Mapping[str, Any]:
    get_alternate_contact(asked)
    del asked.world.contacts[_account(asked), str(asked.params["AlternateContactType"])]
    return {}


def get_primary_email(asked: Asked) -> Mapping[str, Any]:
    from moto.organizations.models import organizations_backends

    account = _account(asked)
    held = organizations_backends[organization.management_of(account)][PARTITION]
    return {"PrimaryEmail": next(each.email for each in held.accounts if each.id == account)}


def _account(asked: Asked) -> str:
    """The account asked about: the caller's own, or a member that the caller administers. Raises Refusal."""
    wanted, own = str(asked.params.get("AccountId") or ""), asked.caller.account
    if not wanted:
        return own
    manages = organization.administers(own, SERVICE)
    if wanted == own == manages:
        raise Refusal("AccessDeniedException", "The management account can only be managed using the standalone "
                      "context from the management account.", 403)  # fmt: skip
    able = manages and organization.management_of(wanted) == manages
    if not able or SERVICE not in organization.trusted(manages).services:
        raise Refusal("AccessDeniedException", f"User: {asked.caller.arn} is not authorized to perform: "
                      f"account:{asked.operation.name}", 403)  # fmt: skip
    return wanted


OPERATIONS: Mapping[str, Gap] = {
    "GetContactInformation": get_contact_information,
    "GetAlternateContact": get_alternate_contact,
    "PutAlternateContact": put_alternate_contact,
    "DeleteAlternateContact": delete_alternate_contact,
    "GetPrimaryEmail": get_primary_email,
}

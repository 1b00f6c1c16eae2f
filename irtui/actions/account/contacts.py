"""Whom AWS would write to and call about an account: primary contact, the three alternate ones, the root user's mail.

Stops and breaks: nothing, it only reads. Whoever had the root user may have put themselves here, to hear what AWS
tells and to recover the account again. An alternate contact that nobody set is told as none, not as a gap.
Limits: only an organization reads the root user's mail address, and only a member's (Account Management API).
CloudTrail: GetContactInformation, GetAlternateContact and GetPrimaryEmail events of the operator.

```yaml
use: account.contacts
with: {member: "${{ inputs.member || '' }}"}
evidence: true
on_failure: continue
```
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.asked import account
from irtui.actions.interface import Action, Facts, InputField, Reader
from irtui.actions.observe import reply_of
from irtui.canonical import plain
from irtui.model.call import Call

KINDS = ("SECURITY", "OPERATIONS", "BILLING")


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Every answer stands for itself; what could not be read is a gap."""
    member = account(inputs, "member")
    of = {"AccountId": member} if member else {}
    told: list[str] = []
    found: dict[str, Any] = {}
    gaps: list[str] = []
    asked = [("primary contact", Call("account", "GetContactInformation", of))]
    for kind in KINDS:
        call = Call("account", "GetAlternateContact", {**of, "AlternateContactType": kind})
        asked.append((f"{kind.lower()} contact", call))
    if member:
        asked.append(("mail of the root user", Call("account", "GetPrimaryEmail", of)))
    for name, call in asked:
        reply = reply_of(reader, call)
        if reply.state == "unknown":
            gaps.append(f"{name}: {reply.why}")
            told.append(f"{name} not read")
            continue
        found[name] = plain(reply.value) if reply.state == "present" else None
        told.append(f"{name} {_who(found[name])}")
    return Facts({"found": found, "words": ", ".join(told), "gaps": gaps}, tuple(gaps))


def _who(reply: Mapping[str, Any] | None) -> str:
    """The mail address, or the name where there is none; nobody where AWS knows no such contact."""
    if reply is None:
        return "nobody"
    held = reply.get("ContactInformation") or reply.get("AlternateContact") or reply
    return str(held.get("EmailAddress") or held.get("PrimaryEmail") or held.get("FullName") or "without a name")


ACTION = Action(
    id="account.contacts",
    title="Whom AWS would write to about an account",
    inputs={"member": InputField("account_id", required=False, help="A member of the organization; empty: your own.")},
    permissions=("account:GetAlternateContact", "account:GetContactInformation", "account:GetPrimaryEmail"),
    keeps=("words", "gaps"),
    observe=observe,
)

"""Access keys where moto differs: the caller sees its own account's keys only.

AWS's reference names no error for GetAccessKeyLastUsed but says that another account's key is AccessDenied; it is
reported of keys that do not exist, too, and telling the two apart would let anybody probe for keys. So both are denied.
"""

from collections.abc import Mapping
from typing import Any

from irtui.simulator import state
from irtui.simulator.answers import Refusal
from irtui.simulator.world import Asked, Gap

UNUSED = {"Region": "N/A", "ServiceName": "N/A"}


def get_access_key_last_used(asked: Asked) -> Mapping[str, Any]:
    key_id, account = str(asked.params["AccessKeyId"]), asked.caller.account
    owner = state.key_owner(key_id) or state.root_key(key_id)
    if owner is None or owner[0].account_id != account:
        words = f"User: {asked.caller.arn} is not authorized to perform: iam:GetAccessKeyLastUsed on resource: {key_id}"
        raise Refusal("AccessDenied", words, 403)
    used = owner[1].last_used
    seen = UNUSED if used is None else {
        "LastUsedDate": used.timestamp, "Region": used.region, "ServiceName": used.service,
    }  # fmt: skip
    return {"UserName": owner[0].name, "AccessKeyLastUsed": seen}


OPERATIONS: Mapping[str, Gap] = {"GetAccessKeyLastUsed": get_access_key_last_used}

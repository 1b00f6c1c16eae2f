"""Athena's workgroups: where results go, what a query may scan, and whose settings hold.

A workgroup with results managed by Athena, encryption, Spark or Identity Center is not simulated.
"""

import re
from collections.abc import Mapping
from typing import Any

from irtui.simulator.answers import NOT_SIMULATED, Refusal
from irtui.simulator.athena_records import PRIMARY, Place, WorkGroup, place
from irtui.simulator.world import Asked

LEAST_CUTOFF = 10_000_000
"""Bytes."""
ENGINE = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}
_NAME = re.compile(r"[a-zA-Z0-9._-]{1,128}")
_OUTPUT = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?")
_KEPT = ("EnforceWorkGroupConfiguration", "PublishCloudWatchMetricsEnabled", "BytesScannedCutoffPerQuery",
         "RequesterPaysEnabled", "EngineVersion", "ResultConfiguration")  # fmt: skip


def invalid(words: str) -> Refusal:
    """InvalidRequestException, as Athena answers nearly everything."""
    return Refusal("InvalidRequestException", words)


def here(asked: Asked) -> Place:
    return place(asked.caller.account, asked.region)


def workgroup(asked: Asked, name: str) -> WorkGroup:
    found = here(asked).workgroups.get(name)
    if found is None:
        raise invalid(f"WorkGroup {name} is not found.")
    return found


def paged(asked: Asked, found: list[Any], most: int) -> tuple[list[Any], Mapping[str, Any]]:
    """One page, and the NextToken of the one after it."""
    token, size = str(asked.params.get("NextToken", "0")), int(asked.params.get("MaxResults") or most)
    if not token.isdecimal() or int(token) > len(found) or not 1 <= size <= most:
        raise invalid(f"The NextToken is not valid, or MaxResults is not between 1 and {most}.")
    end = int(token) + size
    return found[int(token) : end], {"NextToken": str(end)} if end < len(found) else {}


def checked_output(url: str) -> str:
    if not _OUTPUT.fullmatch(url):
        raise invalid("outputLocation is not a valid S3 path.")
    return url


def create_work_group(asked: Asked) -> Mapping[str, Any]:
    name, given = str(asked.params["Name"]), asked.params.get("Configuration") or {}
    if not _NAME.fullmatch(name):
        raise invalid(f"{name} is not a valid name of a WorkGroup.")
    if name in here(asked).workgroups:
        raise invalid("WorkGroup is already created")
    made = {"EnforceWorkGroupConfiguration": True, **_settings(given)}
    group = WorkGroup(name, asked.world.clock.now(), made, str(asked.params.get("Description", "")))
    here(asked).workgroups[name] = group
    return {}


def _settings(given: Mapping[str, Any]) -> dict[str, Any]:
    for member in given:
        if member not in _KEPT:
            raise Refusal(NOT_SIMULATED, f"athena: {member} of a workgroup is not simulated", 501)
    result = given.get("ResultConfiguration") or {}
    if set(result) - {"OutputLocation", "ExpectedBucketOwner"}:
        raise Refusal(NOT_SIMULATED, "athena: encryption and ACLs of results are not simulated", 501)
    if result.get("OutputLocation"):
        checked_output(str(result["OutputLocation"]))
    cutoff = given.get("BytesScannedCutoffPerQuery")
    if cutoff is not None and int(cutoff) < LEAST_CUTOFF:
        raise invalid(f"BytesScannedCutoffPerQuery must be at least {LEAST_CUTOFF} bytes.")
    return {key: value for key, value in given.items() if key != "EngineVersion"}


def get_work_group(asked: Asked) -> Mapping[str, Any]:
    group = workgroup(asked, str(asked.params["WorkGroup"]))
    defaults = {"EnforceWorkGroupConfiguration": False, "PublishCloudWatchMetricsEnabled": False,
                "RequesterPaysEnabled": False, "ResultConfiguration": {}}  # fmt: skip
    return {"WorkGroup": {**_summary(group), "Configuration": {**defaults, **group.configuration,
                                                               "EngineVersion": ENGINE}}}  # fmt: skip


def _summary(group: WorkGroup) -> dict[str, Any]:
    told = {"Name": group.name, "State": group.state, "Description": group.description}
    return told | ({"CreationTime": group.created} if group.created else {})


def list_work_groups(asked: Asked) -> Mapping[str, Any]:
    groups = sorted(here(asked).workgroups.values(), key=lambda group: group.name)
    page, token = paged(asked, groups, 50)
    return {"WorkGroups": [{**_summary(group), "EngineVersion": ENGINE} for group in page], **token}


def update_work_group(asked: Asked) -> Mapping[str, Any]:
    group = workgroup(asked, str(asked.params["WorkGroup"]))
    given = dict(asked.params.get("ConfigurationUpdates") or {})
    result = dict(given.pop("ResultConfigurationUpdates", None) or {})
    made = dict(group.configuration)
    if given.pop("RemoveBytesScannedCutoffPerQuery", False):
        made.pop("BytesScannedCutoffPerQuery", None)
    if result.pop("RemoveOutputLocation", False):
        made.pop("ResultConfiguration", None)
    group.configuration = made | _settings(given | ({"ResultConfiguration": result} if result else {}))
    group.description = str(asked.params.get("Description", group.description))
    group.state = str(asked.params.get("State", group.state))
    return {}


def delete_work_group(asked: Asked) -> Mapping[str, Any]:
    """With what it holds, if asked so. Not the primary one."""
    found, name = here(asked), str(asked.params["WorkGroup"])
    group = workgroup(asked, name)
    if name == PRIMARY:
        raise invalid("The primary workgroup cannot be deleted.")
    held = [each for each in found.executions.values() if each.workgroup == name]
    if held and not asked.params.get("RecursiveDeleteOption"):
        raise invalid(f"WorkGroup {name} is not empty")
    found.executions = {key: each for key, each in found.executions.items() if each.workgroup != name}
    del found.workgroups[group.name]
    return {}

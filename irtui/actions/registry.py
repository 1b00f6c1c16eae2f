"""All actions by id. Explicit, so that a reader sees what there is; a test compares it with the folder."""

import inspect
from collections.abc import Mapping

from irtui.actions.account import clock, contacts, footholds, organization, root_place
from irtui.actions.alarm import rang, root_activity
from irtui.actions.athena import estimate, results, statement
from irtui.actions.cloudtrail import family_tree, key_calls, lookup, root_events, trace_access_key, user_calls
from irtui.actions.iam import (
    create_access_key,
    deactivate_access_key,
    delete_access_key,
    delete_password,
    delete_user,
    deny_all,
    deny_by_boundary,
    deny_role,
    key_owner,
    may,
    new_since,
    reactivate_access_key,
    revoke_role_sessions,
    snapshot_role,
    snapshot_user,
    strengthen_password_policy,
    user_origin,
)
from irtui.actions.interface import Action
from irtui.actions.journal import checkpoint
from irtui.actions.organizations import policy_named
from irtui.actions.trail import (
    canary,
    coverage,
    lost,
    make_again,
    remembered,
    replica,
    search,
    state,
    tampering,
    validate,
)

_MODULES = (
    clock,
    contacts,
    footholds,
    organization,
    root_place,
    rang,
    root_activity,
    estimate,
    results,
    statement,
    family_tree,
    key_calls,
    lookup,
    root_events,
    trace_access_key,
    user_calls,
    create_access_key,
    deactivate_access_key,
    delete_access_key,
    delete_password,
    delete_user,
    deny_all,
    deny_by_boundary,
    deny_role,
    key_owner,
    may,
    new_since,
    reactivate_access_key,
    revoke_role_sessions,
    snapshot_role,
    snapshot_user,
    strengthen_password_policy,
    user_origin,
    checkpoint,
    policy_named,
    canary,
    coverage,
    lost,
    make_again,
    remembered,
    replica,
    search,
    state,
    tampering,
    validate,
)

ACTIONS: Mapping[str, Action] = {module.ACTION.id: module.ACTION for module in _MODULES}

TEXTS: Mapping[str, str] = {module.ACTION.id: inspect.cleandoc(module.__doc__ or "") for module in _MODULES}
"""What each action says of itself: what it stops, breaks, leaves behind, and an example of its use."""

"""Not the one who acts: the caller's own user, role, key and groups stay as they are."""

from collections.abc import Iterable

from irtui.guards.ruling import allow, deny, unknown
from irtui.guards.situation import Situation
from irtui.model.call import Call, Subject, subjects
from irtui.model.identity import Identity
from irtui.model.verdict import Verdict

GUARD = "not_self"


def judge(situation: Situation) -> Verdict:
    who = situation.identity
    if who is None:
        return deny(GUARD, "AWS did not say who you are, so this might be you. Look again.")
    calls = [planned.call for plan in situation.plans for planned in plan.calls]
    if not calls:
        return deny(GUARD, "Nothing is planned, so nobody can say whom it hits.")
    nameless = [call for call in calls if _acts_on_caller(call, who)]
    if nameless:
        return deny(GUARD, f"{nameless[0].name} names no user, so it would act on you. Name the user.")
    named = [subject for call in calls for subject in subjects(call)]
    own = [subject for subject in named if _is(subject, who)]
    if own:
        return deny(
            GUARD, f"The {own[0].kind.replace('_', ' ')} {own[0].id} is your own. Use another profile for this step."
        )
    doubt = _doubt(named, who)
    if doubt:
        return unknown(situation, GUARD, doubt)
    return allow(GUARD, f"It does not touch {who.name}, who acts.")


def _acts_on_caller(call: Call, who: Identity) -> bool:
    if call.service != "iam" or call.params.get("UserName"):
        return False
    if call.session != "caller" and who.kind == "root":
        return False  # an AssumeRoot session exists to act on the root user it is
    from irtui.aws.shapes import defaults_to_caller  # botocore's models: heavy, and needed only here

    return call.operation == "ChangePassword" or defaults_to_caller(call.service, call.operation)


def _is(subject: Subject, who: Identity) -> bool:
    name = subject.id.casefold()  # IAM names differ by more than case
    if subject.kind == "access_key":
        return name == who.access_key_id.casefold()
    if subject.kind == "group":
        return name in {group.casefold() for group in who.groups or ()}
    return subject.kind == who.kind and name == who.name.casefold()


def _doubt(named: Iterable[Subject], who: Identity) -> str:
    kinds = {subject.kind for subject in named}
    if "group" in kinds and who.groups is None:
        return "Your own groups could not be read, so this group may be one of yours."
    if "user" in kinds and who.kind == "federated":
        return "Your session was made from a user that AWS does not name; this may be that user."
    if who.kind == "unknown" and kinds & {"user", "role", "group", "access_key"}:
        return f"Nobody can say what kind of principal {who.arn} is, so this may be you."
    return ""

"""The briefing's text: who you are, where, what is known, what will be asked."""

from irtui.desk.nouns import Answers, Briefing, Field
from irtui.tui.present.banner import caller_name
from irtui.tui.present.lines import EMPTY, Line, clock_time, labelled, reflowed, say, section


def briefing_lines(briefing: Briefing) -> tuple[Line, ...]:
    who, runbook = briefing.identity, briefing.runbook
    ends = f"session ends {clock_time(who.expires)}" if who.expires else "long-term key: no end"
    given = [field for field in briefing.fields if not missing(briefing, field)]
    return (
        (("  ", ""), (runbook.title, "name"), (f"   {runbook.severity} · {len(runbook.steps)} steps", "dim")),
        EMPTY,
        *section("Story", reflowed(briefing.story)),
        labelled("account", f"{who.alias} {who.account}".strip(), "name"),
        labelled("you are", f"{caller_name(who.arn)}  {who.session_name}".rstrip(), "name"),
        labelled("", who.arn, "dim"),
        labelled("region", who.region or "none set"),
        labelled("session", ends),
        *(labelled(field.spec.name, field.value) for field in given),
        EMPTY,
        *section("Look out", (say(f"! {warning}", "warn") for warning in briefing.warnings)),
        *section("You will be asked", (say(f"· {ask}") for ask in briefing.asks)),
    )


def missing(briefing: Briefing, field: Field) -> bool:
    """Whether the operator still has to be asked for this input."""
    return not briefing.request.inputs.get(field.spec.name)


def refusal(briefing: Briefing, answers: Answers) -> str:
    """Empty when the incident can be opened with these answers, else what is missing, in words."""
    for field in briefing.fields:
        if not field.spec.optional and not answers.inputs.get(field.spec.name, "").strip():
            return f"{field.spec.title or field.spec.name} is needed"
    if answers.account_typed and answers.account_typed != briefing.identity.account[-4:]:
        return "these are not the last four digits of the account"
    chosen = [option for option in briefing.keys if option.kind == answers.key]
    if not chosen or not chosen[0].available:
        return "choose a signing key that is available"
    if answers.key == "passphrase-file" and not answers.passphrase:
        return "the passphrase of the key file is needed"
    if briefing.needs_trust and not answers.trust:
        return "this runbook did not come with irtui: read it, then trust it"
    return ""

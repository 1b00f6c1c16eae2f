"""The briefing's text: who you are, where, what is known, what will be asked."""

from irtui.desk.inputs import flaw_of
from irtui.desk.nouns import Answers, Briefing, Field, Offer
from irtui.model.identity import Identity
from irtui.model.runbook import InputSpec
from irtui.tui.present.banner import caller_name
from irtui.tui.present.lines import EMPTY, Line, clock_time, labelled, reflowed, say, section


def briefing_lines(briefing: Briefing) -> tuple[Line, ...]:
    who, runbook = briefing.identity, briefing.runbook
    given = [field for field in briefing.fields if not missing(briefing, field)]
    return (
        (("  ", ""), (runbook.title, "name"), (f"   {runbook.severity} · {len(runbook.steps)} steps", "dim")),
        EMPTY,
        *section("Story", reflowed(briefing.story)),
        labelled("caller", who.arn),
        labelled("region", who.region or "none set"),
        labelled("session", _session_words(who)),
        *(labelled(field.spec.name, field.value) for field in given),
        EMPTY,
        *section("Look out", (say(f"! {warning}", "warn") for warning in briefing.warnings)),
        *section("You will be asked", (say(f"· {ask}") for ask in briefing.asks)),
    )


def who_line(briefing: Briefing) -> Line:
    """Stays while the form scrolls: in which account and as whom it would be opened."""
    who = briefing.identity
    return (
        (" account ", "dim"), (f"{who.alias} {who.account}".strip(), "name"),
        ("  you are ", "dim"), (caller_name(who.arn), "name"), (f" {who.session_name}".rstrip(), ""),
    )  # fmt: skip


def _session_words(who: Identity) -> str:
    if who.expires:
        return f"ends {clock_time(who.expires)}"
    return "long-term key, no end" if who.kind in ("user", "root") else "end not known"


def offer_line(offer: Offer) -> Line:
    """The value first and whole: it is what will be taken."""
    label = "" if offer.label == offer.value else offer.label
    return ((f" {offer.value}  ", "name"), (label, "dim"))


def expected(spec: InputSpec) -> str:
    """What an empty field says that it waits for."""
    if spec.optional:
        return "optional"
    return spec.help or f"{spec.type.replace('_', ' ')}, needed"


def missing(briefing: Briefing, field: Field) -> bool:
    """Whether the operator still has to be asked for this input: none was given, or a wrong one."""
    given = briefing.request.inputs.get(field.spec.name, "")
    return not given or bool(flaw_of(field.spec, given))


def refusal(briefing: Briefing, answers: Answers) -> str:
    """Empty when the incident can be opened with these answers, else what is missing, in words."""
    for field in briefing.fields:
        if not field.spec.optional and not answers.inputs.get(field.spec.name, "").strip():
            return f"{field.spec.title or field.spec.name} is needed"
        if flaw := flaw_of(field.spec, answers.inputs.get(field.spec.name, "").strip()):
            return f"{field.spec.title or field.spec.name} {flaw}"
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

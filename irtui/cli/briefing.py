"""The plain face's briefing: who you are and where, then a prompt for each thing that is still missing, and no
other.
"""

from irtui.cli import asking
from irtui.cli.lines import Lines, Silence
from irtui.cli.page import Page
from irtui.clock import rfc3339
from irtui.desk.inputs import check_given, flaw_of
from irtui.desk.nouns import Answers, Briefing, Field
from irtui.errors import Declined, KeyUnavailable, UsageError
from irtui.text import inert, inert_lines

OFFERED = 20
"""Values offered by number; of more, the name is typed."""
_CHOOSE = "Name it beforehand: --key ephemeral (marked in the journal) or --key passphrase-file."


def show(briefing: Briefing, page: Page) -> None:
    runbook, who = briefing.runbook, briefing.identity
    page.line(
        f"{briefing.request.mode.upper()}  {inert(runbook.title)}  ({inert(runbook.name)} {inert(runbook.version)})"
    )
    expiry = f", session until {rfc3339(who.expires)[11:16]}Z" if who.expires else ""
    alias = f" ({inert(who.alias)})" if who.alias else ""
    page.line(f"  account  {inert(who.account)}{alias} in {inert(who.region)}")
    page.line(f"  you are  {inert(who.arn)}{expiry}")
    if briefing.story:
        page.lines("", *(f"  {line}" for line in inert_lines(briefing.story.strip()).split("\n")))
    if briefing.warnings:
        page.lines("", *(f"  ! {inert(warning)}" for warning in briefing.warnings))
    page.line()


def ask(briefing: Briefing, page: Page, lines: Lines, *, passphrase: str = "") -> Answers:
    """The operator's answers; a wrong one is asked for again. Raises Declined when something needed is not given, and
    UsageError for what was given beforehand and does not fit."""
    check_given(briefing.runbook.inputs, briefing.request.inputs)
    trust = not briefing.needs_trust or _trust(briefing, page, lines)
    inputs = {field.spec.name: field.value for field in briefing.fields if field.value}
    for field in briefing.missing:
        inputs[field.spec.name] = _input(field, page, lines)
    key = briefing.default_key or _key(briefing, page, lines)
    if key == "passphrase-file" and not passphrase:
        passphrase = _needed(page, lines, "Passphrase of the key file: ", secret=True)
    typed = ""
    if not briefing.request.read_only:
        account = inert(briefing.identity.account)
        typed = _line(
            page, lines, f"Type the last four digits of account {account} to allow changes (empty: read only): "
        )
    return Answers(inputs, typed, key, passphrase, trust=trust and briefing.needs_trust)


def _trust(briefing: Briefing, page: Page, lines: Lines) -> bool:
    page.line(f"  {inert(briefing.runbook.path)} did not come with irtui. sha256 {briefing.runbook.digest[:16]}")
    if _line(page, lines, "Type trust if you have read it (empty: no): ") != "trust":
        raise Declined("the runbook is not trusted", advice="Read it: irtui runbooks show, then irtui runbooks trust.")
    return True


def _input(field: Field, page: Page, lines: Lines) -> str:
    offers = field.offers[:OFFERED]
    page.line(f"{inert(field.spec.title)}" + (f"  ({inert(field.spec.help)})" if field.spec.help else ""))
    for number, offer in enumerate(offers, 1):
        page.line(
            f"  {number:>2}  {inert(offer.value)}  {inert(offer.label) if offer.label != offer.value else ''}".rstrip()
        )
    if field.note:
        page.line(f"      {inert(field.note)}")
    while True:
        typed = _needed(page, lines, "Number or value: " if offers else f"{inert(field.spec.name)}: ")
        if offers and typed.isdecimal() and len(typed) < 3:
            if 1 <= int(typed) <= len(offers):
                return offers[int(typed) - 1].value
            flaw = f"there is no number {typed}"
        elif not (flaw := flaw_of(field.spec, typed)):
            return typed
        page.line(f"  ! {inert(flaw)}")


def _key(briefing: Briefing, page: Page, lines: Lines) -> str:
    page.line("No signing key is taken without asking:")
    possible = [option for option in briefing.keys if option.available]
    for option in briefing.keys:
        number = str(possible.index(option) + 1) if option in possible else "-"
        page.line(f"  {number}  {option.kind:<16} {inert(option.why)}")
    typed = asking.ask(page, lines, "Number: ")
    if typed is Silence.INTERRUPTED:
        raise Declined("ctrl-c at the briefing; nothing was opened")
    if not typed or isinstance(typed, Silence):
        raise KeyUnavailable("No keyring answers, and no other kind of key was chosen.", advice=_CHOOSE)
    names = {str(number): option.kind for number, option in enumerate(possible, 1)} | {o.kind: o.kind for o in possible}
    if typed not in names:
        raise UsageError(f"There is no key {typed!r}.", advice=_CHOOSE)
    return names[typed]


def _line(page: Page, lines: Lines, prompt: str, *, secret: bool = False) -> str:
    answer = asking.ask(page, lines, prompt, secret=secret)
    if isinstance(answer, Silence):
        raise Declined(f"{answer.value} at the briefing; nothing was opened")
    return answer


def _needed(page: Page, lines: Lines, prompt: str, *, secret: bool = False) -> str:
    typed = _line(page, lines, prompt, secret=secret)
    if not typed:
        raise Declined("no answer at the briefing; nothing was opened")
    return typed

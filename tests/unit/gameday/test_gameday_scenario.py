"""The scenario format: every flaw at its place, scenarios over others, a team's folders, the lint and the schema."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from irtui.errors import RunbookError, UsageError
from irtui.gameday.scenario import Scenario, Scenarios, load_scenario, parse_scenario, scenario_names
from irtui.gameday.scenario.lint import lint
from irtui.gameday.scenario.schema import schema, schema_text
from irtui.runbook.library import Library
from irtui.runbook.parse import parse_runbook
from tests.support.stage import SMALL, over_small

ROOT = Path(__file__).parents[3]


def flaws(text: str) -> list[str]:
    """What is said of a scenario over the small one, as file:line:column: words."""
    with pytest.raises(RunbookError) as refused:
        over_small(text)
    return [str(problem) for problem in refused.value.problems]


def test_an_unknown_key_is_told_what_there_is() -> None:
    """The nearest key that the format has there, else all of them; never one that only irtui sets."""
    with pytest.raises(RunbookError) as refused:
        over_small("""
injets: []
pth: x
world: {users: {eve: {name: eve, sinc: -3d, shoes: red}}}
weather: [{effect: drop, frm: 3m}]
""")
    hints = {problem.message.partition(":")[0]: problem.hint for problem in refused.value.problems}
    assert hints["injets"] == "Did you mean injects?"
    assert hints["world.users.eve.sinc"] == "Did you mean since?"
    assert hints["world.users.eve.shoes"].startswith("Known: groups, keys, ")
    assert hints["weather.0.frm"] == "Did you mean from?"
    assert hints["pth"].startswith("Known: accounts, ") and " path" not in hints["pth"]


def test_everything_wrong_is_said_at_once_with_its_place() -> None:
    """Unknown keys, wrong values and missing keys of one file, each with line and column."""
    said = flaws("""
injets: []
weather:
  - {effect: rain}
  - {effect: throttle, share: 2}
injects: [{id: a}]
background: {days: 1}
world: {begins: "25:00"}
""")
    assert [line.split(" error: ")[0] for line in said] == [
        f"laid.yaml:{place}:" for place in ("4:1", "6:14", "7:31", "8:11", "9:13", "10:17")
    ]  # fmt: skip


def test_parameters_of_an_objective_are_those_of_its_kind() -> None:
    """A name that the kind does not have is refused where it stands, with the one that was meant."""
    with pytest.raises(RunbookError) as refused:
        over_small("""
objectives:
  - {id: a, text: t, kind: unharmed, params: {denid: 0}}
  - {id: b, text: t, kind: kept, params: {buket: x}}
  - {id: c, text: t, kind: unharmd}
""")
    said = [(str(problem), problem.hint) for problem in refused.value.problems]
    assert said == [
        ("laid.yaml:5:47: error: objectives.0.params.denid: there is no such key here [scenario]",
         "Did you mean denied?"),
        ("laid.yaml:6:42: error: objectives.1.params.bucket: this key is missing [scenario]", ""),
        ("laid.yaml:6:43: error: objectives.1.params.buket: there is no such key here [scenario]",
         "Did you mean bucket?"),
        ("laid.yaml:7:28: error: objectives.2.kind: unknown objective kind unharmd [scenario]",
         "Did you mean unharmed?"),
    ]  # fmt: skip


ONE = [
    ('injects: [{id: a, at: 1m, text: "${nobody.arn}"}]', "4:33:", "names nothing"),
    ("injects: [{id: a, text: x}]", "4:11:", "exactly one of at, when"),
    ("injects: [{id: a, at: 1m, text: x}, {id: a, at: 2m, text: y}]", "4:16:", "two injects a"),
    ("injects: [{id: a, text: x, when: {denied: nothing}}]", "4:43:", "no credential nothing"),
    ("injects: [{id: a, text: x, when: {gone: nobody}}]", "4:41:", "nobody makes"),
    ("injects: [{id: a, text: x, when: {denied: any, failed: any}}]", "4:34:", "exactly one of denied"),
    ("weather: [{effect: delay}]", "4:11:", "a delay has seconds"),
    ("weather: [{effect: drop, from: 5m, until: 1m}]", "4:43:", "ends before it begins"),
    ("weather: [{effect: drop, actor: rain}]", "4:33:", "no actor rain"),
    ("weather: [{effect: expire, service: iam}]", "4:11:", "expire ends"),
    ("actors: {adversary: {every: 0s}}", "4:29:", "never comes to its next turn"),
    ("actors: {adversary: {moves: [{at: 1m, by: other, call: iam.ListUsers}]}}", "4:30:", "does not hold then"),
    ("actors: {adversary: {moves: [{at: 1m, by: leaked, call: iam.ListUsers, gains: x}]}}", "4:79:", "gives no"),
    ("actors: {adversary: {reactions: [{when: {denied: any}, do: [{by: x, call: iam.ListUsers}]}]}}", "4:61:", "never"),
    ("actors: {adversary: {role: workload}}", "4:9:", "no actor named adversary"),
    ("accounts: {ci: {account: '999900001111'}}", "4:16:", "more than one thing"),
    ("accounts: {x: {account: '111122223333'}}", "4:25:", "stands here twice"),
    ("organization: {management: x}", "4:28:", "no account x"),
    ("objectives: [{id: a, text: t, kind: cut_off, params: {actor: eve}}]", "4:62:", "no actor eve"),
    ("actors: {adversary: {source_ip: here}}", "4:33:", "IPv4"),
    ("objectives: [{id: a, text: t, kind: happy}]", "4:37:", "unknown objective kind happy"),
    ("objectives: [{id: a, text: t, kind: called}]", "4:14:", "params.calls: this key is missing"),
    ("objectives: [{id: a, text: t, kind: called, params: {calls: []}}]", "4:61:", "at least 1"),
    ("objectives: [{id: a, text: t, kind: called, params: {calls: [TagUser]}}]", "4:62:", "pattern"),
    ("objectives: [{id: a, text: t, kind: unharmed, params: {denied: few}}]", "4:64:", "not a whole number"),
    ("objectives: [{id: a, text: t, kind: cut_off, params: {actor: adversary, ends: [x]}}]", "4:80:", "never holds x"),
]


@pytest.mark.parametrize(("text", "place", "words"), ONE, ids=[f"{row[2]} {row[1]}" for row in ONE])
def test_what_no_single_field_shows_is_found_before_the_world_is_built(text: str, place: str, words: str) -> None:
    """Handles, credentials, moments and parties that do not fit together, each where it stands."""
    said = flaws(f"\n{text}")
    assert any(line.startswith(f"laid.yaml:{place}") and words in line for line in said), said


def test_a_scenario_is_laid_over_another() -> None:
    """Maps merge, everything else replaces; a flaw of the base has the base's place."""
    laid = over_small('title: Other\nworld: {users: {bot: {name: robot}}, begins: "11:00"}\ninputs: {}\n')
    assert (laid.name, laid.title, laid.story) == ("laid", "Other", "Somebody holds a key.")
    assert (laid.world.users["bot"].name, laid.world.begins, len(laid.world.users)) == ("robot", "11:00", 3)
    assert laid.propagation is not None
    assert laid.propagation.most == timedelta(seconds=5)
    bases = {"under": SMALL.replace("every: 10m", "every: soon", 1)}.__getitem__
    with pytest.raises(RunbookError) as refused:
        parse_scenario("scenario: x\nbase: under\n", "x.yaml", bases)
    assert re.match(r"under:\d+:12: .*span of time", str(refused.value.problems[0]))


@pytest.mark.parametrize("bases", [{"a": "base: a\n"}, {"a": "base: b\n", "b": "base: a\n"}])
def test_bases_do_not_go_in_a_circle(bases: dict[str, str]) -> None:
    """Refused, at the place that closes the circle."""
    with pytest.raises(RunbookError, match="not a scenario") as refused:
        parse_scenario("scenario: x\nbase: a\n", "x.yaml", bases.__getitem__)
    assert "circle" in str(refused.value.problems[0])


def test_a_team_has_its_own_scenarios(tmp_path: Path) -> None:
    """They are listed with the shipped ones, may be laid over those and over each other, and take no shipped name."""
    (tmp_path / "ours.yaml").write_text("scenario: ours\nbase: leaked-key\ntitle: Ours\n")
    (tmp_path / "theirs.yaml").write_text("scenario: theirs\nbase: ours\n")
    (tmp_path / "leaked-key.yaml").write_text("scenario: fake\n")
    scenarios = Scenarios((tmp_path, tmp_path / "absent"))
    assert set(scenarios.names()) == {*scenario_names(), "ours", "theirs"}
    assert scenarios.find("theirs").title == "Ours"
    assert scenarios.find("leaked-key") == load_scenario("leaked-key")
    assert Scenarios().find(tmp_path / "theirs.yaml").name == "theirs"
    with pytest.raises(UsageError) as refused:
        scenarios.find("nobodys")
    assert "ours" in refused.value.advice


def test_every_shipped_scenario_lints() -> None:
    """Nothing is to be said of it beside its runbook."""
    library = Library(())
    for name in scenario_names():
        scenario = load_scenario(name)
        runbook = library.find(scenario.runbook)
        assert lint(scenario, runbook, library.children(runbook)) == ()


LEAKED = load_scenario("leaked-key").source
UNFIT = [
    ("\nhints:\n", "\nhints:\n  nowhere: [x]\n", "no step nowhere"),
    ("\nplays:\n", "\nplays:\n  other: {only: [nowhere]}\n", "no step nowhere"),
    ("choices: {fate: keep,", "choices: {fate: sell,", "no choice sell"),
    ('  access_key_id: "${leaked.id}"', '  key: "${leaked.id}"', "asks for no key"),
    ("call: sts.GetCallerIdentity}", "call: sts.GetCaller}", "no operation sts.GetCaller"),
    ("{at: -3h1m, by: leaked, call: iam.ListUsers}",
     "{at: -3h1m, by: leaked, call: iam.ListUsers, params: {Max: x}}", "iam.ListUsers"),
    ("call: sts.GetCallerIdentity}", "call: sts.GetCallerIdentity, region: eu-nord-1}", "no Region eu-nord-1"),
    ("    params: {actor: adversary}", "    params: {actor: ledger_sync}", "no objective"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), UNFIT, ids=[row[2] for row in UNFIT])
def test_the_lint_finds_what_does_not_fit(old: str, new: str, words: str) -> None:
    """Steps, choices and inputs that the runbook lacks, calls that AWS lacks, objectives that judge nothing."""
    assert old in LEAKED
    scenario = parse_scenario(LEAKED.replace(old, new, 1), "mine.yaml")
    assert any(words in line and re.match(r"mine\.yaml:\d+:\d+: ", line) for line in linted(scenario))


def linted(scenario: Scenario) -> list[str]:
    """What lint says of it beside its runbook, each with its hint."""
    library = Library(())
    runbook = library.find(scenario.runbook)
    return [f"{found} {found.hint}" for found in lint(scenario, runbook, library.children(runbook))]


def test_what_cannot_be_judged_or_never_comes_is_found() -> None:
    """Events that CloudTrail does not have, changes that AWS does not have, and what is shown as it is written."""
    said = linted(over_leaked("""
story: Whose key is ${leaked.id}?
actors:
  adversary:
    reactions:
      - when: {seen: {call: s3.PutBucketPolice}}
        do: [{by: leaked, call: s3.PutBucketAcl, params: {Bucket: b}}]
      - when: {seen: {call: iam.GetUser}}
        do: [{by: leaked, call: iam.ListUsers}]
      - when: {seen: {call: iam.PutUserPolicy, params: {User: x}}}
        do: [{by: leaked, call: iam.ListUsers}]
      - when: {seen: {call: "iam.Deleet*"}}
        do: [{by: leaked, call: iam.ListUsers}]
objectives:
  - {id: a, text: t, kind: called, params: {calls: [cloudwatch.SetAlarmState, s3.PutPublicAccessBlock, iam.TagUsr]}}
weather: [{effect: drop, service: iam, operation: PutUserPolice}]
answers: {choices: {sweep/verdict: stopp}}
plays: {naive: {choices: {fate: sell}}}
"""))  # fmt: skip
    for words in (
        "${leaked.id} is not filled in here, and shown as it is", "no operation s3.PutBucketPolice, so nobody",
        "Did you mean PutBucketPolicy?", "s3.PutBucketAcl is not simulated", "iam.GetUser only reads",
        "iam.PutUserPolicy has no parameter User,", "Did you mean UserName?", "is called like iam.Deleet*",
        "no event cloudwatch.SetAlarmState", "It calls it monitoring.SetAlarmState.",
        "It calls it s3.PutBucketPublicAccessBlock.", "no event iam.TagUsr", "Did you mean TagUser?",
        "no operation iam.PutUserPolice", "the step sweep/verdict has no choice stopp", "Did you mean stop?",
        "the step fate has no choice sell",
    ):  # fmt: skip
        assert any(words in line for line in said), (words, said)


def over_leaked(text: str) -> Scenario:
    return parse_scenario(f"scenario: laid\nbase: leaked-key\n{text}", "laid.yaml")


OWN = """
runbook: own
title: Open a bucket
version: "1"
severity: low
use_when: In a test.
inputs: {}
steps:
  - {id: look, phase: analyze, title: Look, call: s3.GetBucketPolicyStatus, with: {Bucket: b}, evidence: true}
  - {id: left, phase: analyze, title: Look, call: s3.GetBucketCors, with: {Bucket: b}}
  - {id: tag, phase: contain, title: Tag, call: iam.TagUser, with: {UserName: eve, Tags: [{Key: a, Value: b}]}}
"""


def test_the_runbook_that_it_plays_is_looked_at_too() -> None:
    """That it lints, what of it cannot be rehearsed and is not skipped, and what the operator's role lacks for it."""
    scenario = over_small("""
world: {roles: {admin: {policies: {all: {Version: "2012-10-17", Statement: [
  {Effect: Allow, Action: "s3:*", Resource: "*"}]}}}}}
answers: {skips: {left: It is not simulated.}}
""")
    found = {f"{one.level}: {one.message}": one.hint for one in lint(scenario, parse_runbook(OWN, "own.yaml"), {})}
    assert "warning: the step look of own calls s3.GetBucketPolicyStatus, which is not simulated" in found
    assert not any("GetBucketCors" in words for words in found)
    assert found["warning: admin lacks what own asks of whoever runs it: iam:TagUser"] == "irtui runbooks policy own"
    assert any(words.startswith("error: own cannot be run: lint finds") for words in found)
    assert any(words.startswith("warning: no play is declared that must lose") for words in found)


class _Core(yaml.SafeLoader):
    """YAML as a language server reads it, as far as it matters here: everything is text but true, false and
    whole numbers.
    """

    yaml_implicit_resolvers: dict[str, Any] = {  # noqa: RUF012
        **{letter: [("tag:yaml.org,2002:bool", re.compile("true|false"))] for letter in "tf"},
        **{digit: [("tag:yaml.org,2002:int", re.compile(r"[0-9]+\Z"))] for digit in "0123456789"},
    }


def test_the_shipped_scenario_schema_is_the_generated_one() -> None:
    """schema/scenario.schema.json is what the format generates, and every shipped scenario is good for it."""
    assert (ROOT / "schema" / "scenario.schema.json").read_text("utf-8") == schema_text()
    checker = jsonschema.Draft7Validator(schema())
    checker.check_schema(schema())
    assert "$defs" not in json.dumps(schema())
    for name in scenario_names():
        assert checker.is_valid(yaml.load(load_scenario(name).source, _Core))
    assert checker.is_valid({"scenario": "x", "base": "leaked-key"})
    assert not checker.is_valid({"scenario": "x"})
    assert not checker.is_valid(yaml.load(LEAKED.replace("every: 10m", "every: soon", 1), _Core))
    assert not checker.is_valid(yaml.load(LEAKED.replace("params: {actor: adversary}", "params: {}", 1), _Core))
    assert not checker.is_valid(yaml.load(LEAKED.replace("kind: unharmed", "kind: unhurt", 1), _Core))

"""`bmad.yaml` and the lock under hostile input: a sentence, quickly."""

import subprocess
import sys
from dataclasses import MISSING
from datetime import date
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from bmad.errors import UsageError
from bmad.model.constraints import OneOrSeveral, keys
from bmad.model.settings import AgentSettings, Settings
from bmad.store.exact import InexactError, exact
from bmad.store.lockfile import parse_lock, render_lock
from bmad.store.settings import parse_settings
from tests.layout import parse
from tests.specs import SMALL, lock_for

HEX = "0" * 64


def test_an_empty_file_gives_the_defaults() -> None:
    assert parse_settings("") == parse_settings("# only words\n") == Settings()
    assert parse_settings("gate: {level: traced}").gate.level == "traced"
    assert parse_settings(USUAL) is parse_settings(USUAL), "read at each step of a story, parsed once"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("intent: &i intent.md\ngate: {governed: [*i]}", "anchors and aliases"),
        ("a: &a [1]\nb: &b [*a,*a]", "anchors and aliases"),
        ("version: " + "[" * 200_000, "nested too deeply"),
        ("? [a, b]\n: 1", "a key should be a word"),
        ("gate: !!bool foo", "tags are not read"),
        ("gate: !!timestamp foo", "tags are not read"),
        ('gate: !!int ""', "tags are not read"),
        ("gate: !!python/object:os.system x", "tags are not read"),
        ("version: 1\nversion: 1", "stands twice"),
        ("version: 2", "version 2 is not known"),
        ("verzion: 1", "Did you mean `version`"),
        ("gate: {levle: traced}", "Did you mean `level`"),
        ("act: {workers: 0}", "act.workers"),
        ("act: {servers: x}", "not a setting of this version"),
        ("gate: {level: loose}", "gate.level"),
        ("gate: {since: abc}", "gate.since"),
        ("gate: {exempt: [{paths: [x], by: a, reason: b, owner: c, until: 2027-13-40}]}", "bmad.yaml"),
        ("- a\n- b", "keys and values"),
        ("a: [", "bmad.yaml:"),
        ("\t", "bmad.yaml"),
        ("x: " + "9" * 5000, "bmad.yaml"),
    ],
    ids=lambda value: value[:40],
)  # fmt: skip
def test_what_settings_are_not_is_a_sentence(text: str, words: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_settings(text)
    assert words in str(raised.value)
    assert len(str(raised.value)) < 600


LINE_ENDS = ["\x85", "\u2028", "\u2029", "\r", "\u202e", "\u2066"]


@pytest.mark.parametrize("sign", LINE_ENDS, ids=lambda sign: f"U+{ord(sign):04X}")
@pytest.mark.parametrize(
    "place", ["# words {}gate: {{level: traced}}", 'intent: "a{}b.md"', "a{}: 1", "version: 1{} "]
)
def test_g_no_line_ends_where_people_see_none(place: str, sign: str) -> None:
    with pytest.raises(UsageError, match=rf"bmad\.yaml:3: U\+{ord(sign):04X} "):
        parse_settings(f"# one\r\n# two\n{place.format(sign)}\n")
    assert parse_settings("# one\r\n# zwei: ü, \u2026\nversion: 1\r\n") == Settings()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("version: true", "version True is not known"),
        ("version: 1.0", r"version 1\.0 is not known"),
        ("gate: {<<: {level: traced}}", "merge keys are not read"),
        ("<<: {version: 1}", "merge keys are not read"),
        ('gate: {"<<": [{level: traced}]}', "merge keys are not read"),
        ("gate: {max_stories: true}", "gate.max_stories"),
        ("gate: {self_review: 1}", "gate.self_review"),
        ('gate: {self_review: "yes"}', "gate.self_review"),
        ("act: {rounds: true}", "act.rounds"),
    ],
)
def test_g_what_only_looks_like_a_value_is_none(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_settings(text)
    assert parse_settings("gate: {max_stories: 1, self_review: true}\nversion: 1").gate.max_stories == 1


@given(st.text(max_size=200))
def test_rubbish_is_settings_or_a_sentence(text: str) -> None:
    try:
        parse_settings(text)
    except UsageError as error:
        assert str(error).startswith("bmad.yaml")  # noqa: PT017 - either end is right


def test_the_lock_round_trips_with_who_and_why() -> None:
    line = f'link A traces B {HEX} ["Ada \\"x\\" <a@b>", "it \\u00fcbt"]'
    text = lock_for(SMALL).replace("\nnode ", f"\n{line}\nnode ", 1)
    assert parse_lock(render_lock(parse_lock(text))) == parse_lock(text)
    assert parse_lock(text).links["A", "traces", "B"][0].by == 'Ada "x" <a@b>'
    assert parse_lock(text.replace("\n", "\r\n")) == parse_lock(text)


@pytest.mark.parametrize(
    "line",
    [
        f"link A traces B {HEX} " + "[" * 100_000,
        f'link A traces B {HEX} ["a"]',
        f"link A traces B {HEX[1:]}",
        f"node A {HEX} title",
        "node A",
        "<<<<<<< HEAD",
        "x" * 1_000_000,
    ],
    ids=lambda value: value[:30],
)
def test_a_line_that_is_none_is_named(line: str) -> None:
    with pytest.raises(UsageError, match=r"line 2: "):
        parse_lock(f"\n{line}\n")


def test_many_marks_and_fences_do_not_hang() -> None:
    """What is quadratic here would take hours; pytest ends it after minutes."""
    path = "stories/STORY-find01-find-notes.md"
    marks = parse(path, SMALL[path] + "[NEEDS CLARIFICATION: " * 100_000).clarifications
    assert marks[1].column - marks[0].column == 15 * len("[NEEDS CLARIFICATION: ")
    fences = SMALL[path].replace("## Tasks", "```\nx\n```\n" * 50_000 + "## Tasks")
    assert parse(path, fences).findings == ()


USUAL = """
version: 1
agents:
  developer: {command: [claude, -p], timeout: 600, model: m}
  reviewer: {use: codex, effort: high}
setup: [[npm, ci]]
verify: [{name: tests, run: [pytest, -q], timeout: 60.5}]
act: {target: main, plan: human, budget: {usd: 5, story: {tokens: 1000000}}, wait: 30m}
gate: {level: reviewed, since: root, exempt: [{paths: [a], by: b, reason: c, owner: d, until: 2031-01-31}]}
"""


def test_settings_are_read_without_pydantic() -> None:
    """A hook and `bmad validate` would wait for it longer than for all that they do."""
    code = f"import sys, bmad.hooked as one; one.parse_settings({USUAL!r}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "bmad.store.exact" in done.stdout.split()
    assert "pydantic" not in done.stdout.split()


def test_what_is_not_just_so_is_left_to_pydantic() -> None:
    """Either reads the same of it, or says why not."""
    assert parse_settings("act: {budget: {usd: '5'}}").act.budget.usd == 5.0
    for text, words in (
        ("act: {rounds: '8'}", "bmad.yaml:1:7: `act.rounds` should be a whole number."),
        ("act: {rounds: true}", "`act.rounds` should be a whole number."),
        ("act: {round: 8}", "`act.round` is not a setting of this version. Did you mean `rounds`?"),
        ("agents: {a: {said: [use]}}", "`agents.a.said` is not a setting"),
        ("try_: [make]", "`try_` is not a setting of this version. Did you mean `try`?"),
        ("gate: 3", "`gate` should be keys and values."),
        ("probe: {ready: [x]}", "`probe`: `ready` and `down` are of what `up` brings up"),
    ):
        with pytest.raises(UsageError) as told:
            parse_settings(text)
        assert words in str(told.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("verify: pytest -q", "1:1: `verify` should be a list, like `[a, b]`."),
        ("verify:\n  - {name: t, run: pytest -q}", "2:15: `run` in entry 1 of `verify` should be a list, like"),
        ("setup: [uv, sync]", "1:9: entry 1 of `setup` should be a list"),
        ("gate: {since: HEAD}", "1:8: `gate.since` should be the whole id of a commit or `root`."),
        ("gate:\n  exempt: [{paths: [x]}]", "2:12: `reason` in entry 1 of `gate.exempt` is missing."),
        ("gate: {baseline: {commit: a, until: 2027-02-30}}", "1:37: `2027-02-30` is no day."),
        ("act: {land: sqash}", "1:7: `act.land` should be `merge`, `squash`, `rebase` or `branch`."),
        ("act: {wait: 5 hours}", "behind it, like `5h`."),
        ("agents: {my-agent: {use: a, env: ['9']}}", "entry 1 of `agents.my-agent.env` should be the name of"),
        ("agents: {reviewer: claude}", "1:10: `agents.reviewer` should be keys and values."),
        ("gate: {self_review: maybe}", "should be `true` or `false`."),
        ("verify: [{name: t, run: []}]", "`run` in entry 1 of `verify` is empty."),
    ],
)
def test_what_is_wrong_is_told_in_words_of_yaml_with_its_place(text: str, words: str) -> None:
    with pytest.raises(UsageError) as told:
        parse_settings(text)
    assert words in str(told.value)
    assert str(told.value).startswith("bmad.yaml:")
    assert not any(word in str(told.value) for word in ("Input", "tuple", "constrained", "^"))


def test_an_entry_knows_which_of_its_keys_were_written() -> None:
    """However it was read, and though it says what is so by default."""
    for use in ("a", "' a '"):
        agent = parse_settings(f"agents: {{one: {{use: {use}, turns: 80}}}}").agents["one"]
        assert agent == AgentSettings(use="a")
        assert agent.said == {"use", "turns"}


_SCALARS = (None, True, 0, 1, -1, 1.5, float("inf"), float("nan"), 2**60, 2**70, b"x", date(2031, 1, 2))
_WORDS = ("", " x ", "x\n", "\x1fx", "x\u00a0", "5", "yes", "root", "5h", "5h\n", "a" * 40, "2031-01-02", "SCOPED")
_LISTS: tuple[Any, ...] = (
    [],
    [1],
    ["x"],
    ["x", " "],
    [["a", ""]],
    ["a.md", {"path": "b.md"}],
    ("x",),
    {},
    {"x": "y"},
    {"path": "a"},
)
ODD: st.SearchStrategy[Any] = st.sampled_from((*_SCALARS, *_WORDS, *_LISTS))


def written(kind: Any) -> st.SearchStrategy[Any]:
    """What somebody may have written for a setting of a type; seldom something else."""
    return st.one_of(*[_written(kind)] * 7, ODD)


def _written(kind: Any) -> st.SearchStrategy[Any]:
    origin, of = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return (
            st.sampled_from(["a.md", ["a.md", {"path": "b/c.md", "specs": "d"}]])
            if isinstance(of[1], OneOrSeveral)
            else written(of[0])
        )
    if origin in (Union, UnionType):
        return st.one_of(*map(written, of))
    if origin is Literal:
        return st.sampled_from(of)
    if origin is tuple:
        return st.lists(written(of[0]), max_size=2)
    if origin is dict:
        return st.dictionaries(st.sampled_from(["developer", "x", " y"]), written(of[1]), max_size=2)
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: st.sampled_from(["x", "src/**", "30m", "A_*", "b" * 64]),
        int: st.sampled_from([1, 2, 20, 1000, 5000]),
        float: st.sampled_from([0, 1, 0.5, 86_400, 90_000]),
        bool: st.booleans(),
        NoneType: st.none(),
        date: st.dates(),
    }
    if kind in plain:
        return plain[kind]
    if issubclass(kind, StrEnum):
        return st.sampled_from([one.value for one in kind])
    needed = {name for name, one in keys(kind).items() if one.default is one.default_factory is MISSING}
    every = {name: written(one.type) for name, one in keys(kind).items()}
    return st.fixed_dictionaries(
        {name: every[name] for name in needed},
        optional={name: one for name, one in every.items() if name not in needed},
    )


@given(written(Settings))
def test_what_is_read_without_pydantic_is_what_pydantic_reads(data: Any) -> None:
    try:
        found = exact(Settings, data)
    except InexactError:
        return
    try:
        read = TypeAdapter(Settings).validate_python(data)
    except ValidationError as error:
        pytest.fail(str(error))
    assert repr(found) == repr(read)
    assert [one.said for one in found.agents.values()] == [one.said for one in read.agents.values()]

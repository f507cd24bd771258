"""`bmad.yaml` and the lock under hostile input: a sentence, quickly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmad.errors import UsageError
from bmad.model.settings import Settings
from bmad.store.lockfile import parse_lock, render_lock
from bmad.store.settings import parse_settings
from tests.layout import parse
from tests.specs import SMALL, lock_for

HEX = "0" * 64


def test_an_empty_file_gives_the_defaults() -> None:
    assert parse_settings("") == parse_settings("# only words\n") == Settings()
    assert parse_settings("gate: {level: traced}").gate.level == "traced"


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
        ("act: {workers: 2}", "not a setting of this version"),
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

"""What runs of tests show of a criterion, and emptied bodies: pure."""

import pytest

from bmad.core.evidence.built import built
from bmad.core.evidence.emptied import emptied
from bmad.core.evidence.naming import Names
from bmad.core.evidence.shown import Allowed, Runs, Shown, by_behaviour, shown, unclear
from bmad.core.evidence.sources import read
from bmad.core.evidence.testfiles import calls_pytest, is_of_tests
from bmad.model.spec import Criterion, Ref, Story, StoryKind
from bmad.model.verification import Outcome, TestCase

NAME = "STORY-3t8vnp/AC-1"
SOURCE = read("tests/test_a.py", f"def test_a():\n    '''{NAME}'''\n\n\ndef test_b(): ...\n", Names([NAME]))
PASSED, FAILED, SKIPPED = Outcome


def ran(outcome: Outcome = PASSED, words: str = "", name: str = "test_a") -> list[TestCase]:
    return [TestCase(suite="tests.test_a", name=name, outcome=outcome, words=words)]


def story(kind: StoryKind | None = None) -> Story:
    return Story(id="STORY-3t8vnp", title="", kind=kind, criteria=(Criterion(id="AC-1", text="x"),))


def look(runs: Runs, kind: StoryKind | None = None, *, vouched: bool = False) -> Shown:
    return shown(story(kind), [SOURCE], runs, ["tests"], Allowed(vouched=vouched))


ASSERTED = ran(FAILED, "AssertionError: assert 1 == 2")
MISSING = ran(FAILED, "ImportError: cannot import name 'a' from 'x'")


@pytest.mark.parametrize(
    ("runs", "before"),
    [
        (Runs(ran(), ASSERTED), "base"),
        (Runs(ran(), [], ran(FAILED, "NotImplementedError")), "emptied"),
        (Runs(ran(), MISSING, ASSERTED), "emptied"),
    ],
)
def test_what_failed_by_what_the_code_does_is_evidence(runs: Runs, before: str) -> None:
    found = look(runs)
    assert found.words == ()
    [row] = found.rows
    assert (row.before, row.failed_before, row.passed_after) == (before, True, True)
    assert row.tests == ("tests.test_a::test_a",)


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        (Runs([], []), "did not run"),
        (Runs(ran(SKIPPED), []), "were skipped"),
        (Runs(ran(FAILED), []), "failed"),
        (Runs(ran(name="test_b"), ASSERTED), "did not run"),
        (Runs(ran(), ran()), "passed before the change, too"),
        (Runs(ran(), MISSING), "only since what they ask for was not there"),
        (Runs(ran(), [], MISSING), "did not fail before by what the code does"),
        (Runs(ran(), [], ran()), "pass with the bodies of the change emptied"),
        (Runs(ran(), ran(SKIPPED), []), "did not fail before by what the code does"),
        (Runs(ran(), ASSERTED[:0] + ran(FAILED, "x", "test_b")), "only since what they ask for was not there"),
    ],
)
def test_all_else_is_none(runs: Runs, words: str) -> None:
    found = look(runs)
    assert words in found.words[0]
    assert not found.rows[0].failed_before


def test_a_refactoring_asks_for_tests_that_passed_before() -> None:
    assert (
        look(Runs(ran(), ran()), "refactor").words,
        look(Runs(ran(), ran()), "refactor").rows[0].failed_before,
    ) == (
        (),
        False,
    )
    assert look(Runs(ran(), ASSERTED), "refactor").words


def test_what_a_part_has_built_needs_tests_that_passed_before() -> None:
    parts = Allowed(built=frozenset({NAME}))
    found = shown(story(), [SOURCE], Runs(ran(), ran()), ["tests"], parts)
    assert (found.words, found.rows[0].failed_before) == ((), False)
    assert shown(story(), [SOURCE], Runs(ran(), MISSING), ["tests"], parts).words
    assert not unclear(story(), [SOURCE], Runs(ran(), ran()), parts)


def test_a_part_is_a_story_that_is_waited_for_has_landed_and_says_the_very_words() -> None:
    part = Story(id="STORY-part01", title="", criteria=(Criterion(id="AC-9", text="x"),))
    own = (Criterion(id="AC-1", text="x"),)
    whole = Story(id="STORY-3t8vnp", title="", depends_on=(Ref("STORY-part01"),), criteria=own)
    stories = {part.id: part}
    assert built(whole, stories.get, lambda _: True) == {NAME}
    assert built(whole, stories.get, lambda _: False) == frozenset()
    assert built(story(), stories.get, lambda _: True) == frozenset()
    other = {part.id: Story(id=part.id, title="", criteria=(Criterion(id="AC-1", text="y"),))}
    assert built(whole, other.get, lambda _: True) == frozenset()


def test_what_a_person_may_vouch_for_is_asked_of_nobody_else() -> None:
    other = read("tests/test_a.py", "def test_a(): ...\n", Names([NAME]))
    nothing = shown(story(), [other], Runs(ran(), []), ["tests"], Allowed(vouched=True))
    assert (nothing.words, nothing.rows[0].tests) == ((), ())
    assert look(Runs(ran(FAILED), []), vouched=True).words, "a test that names it and fails still speaks"


def test_emptied_bodies_are_asked_for_where_the_base_decides_nothing() -> None:
    assert not unclear(story(), [SOURCE], Runs(ran(), ASSERTED))
    assert unclear(story(), [SOURCE], Runs(ran(), MISSING))
    assert not unclear(story(), [SOURCE], Runs(ran(FAILED), MISSING))
    assert not unclear(story("refactor"), [SOURCE], Runs(ran(), ran()))


def test_an_id_that_names_no_criterion_of_the_story_is_told() -> None:
    text = f"def test_a():\n    '''{NAME} STORY-3t8vnp/AC-7 STORY-other1/AC-1'''\n"
    source = read("tests/test_a.py", text, Names([NAME]))
    found = shown(story(), [source], Runs(ran(), ASSERTED), [])
    assert [words.partition(" ")[0] for words in found.words] == ["STORY-3t8vnp/AC-7"]


@pytest.mark.parametrize(
    "words",
    [
        "ModuleNotFoundError: No module named 'x'",
        "AttributeError: module 'x' has no attribute 'y'",
        "TypeError: f() got an unexpected keyword argument 'z'",
        "TypeError: parse is not a function",
        "Cannot find module './parse'",
        "collection failure",
        "NoMethodError: undefined method `parse'",
    ],
)
def test_what_fails_for_want_of_an_interface_shows_nothing(words: str) -> None:
    assert not by_behaviour(ran(FAILED, words)[0])
    assert by_behaviour(ran(FAILED, f"AssertionError: '{words}' != 'other'")[0])


BEFORE = "LIMIT = 3\n\n\ndef kept(n):\n    return n\n"
AFTER = '''LIMIT = 4
NAMES = {"a": 1}
__all__ = ["kept"]


def wrapped(f):
    return f


def kept(n):
    return n


@wrapped
def new(n: int) -> int:
    """Says."""
    @wrapped
    def inner():
        return n

    return inner()


def short(): return 1


class Box:
    size = 2

    def stub(self): ...

    async def open(self):
        yield "ä"
        return
'''


def test_what_a_change_touches_is_emptied_and_all_else_stays() -> None:
    made = emptied(BEFORE, AFTER)
    assert made is not None
    for words in (
        "LIMIT = (4 + 1)",
        "NAMES = {}",
        '__all__ = ["kept"]',
        "def wrapped(f):\n    return f",
        "return n\n",
    ):
        assert words in made
    assert '"""Says."""\n    raise NotImplementedError\n' in made
    assert "def short(): raise NotImplementedError" in made
    assert "async def open(self):\n        raise NotImplementedError\n" in made
    assert made.count("NotImplementedError") == 3
    assert "size = (2 + 1)" in made
    assert "inner" not in made


def test_where_nothing_can_be_emptied_there_is_nothing() -> None:
    assert emptied(BEFORE, BEFORE) is None
    assert emptied(None, "import x\nx.run()\n") is None
    assert emptied(None, "def f(:\n") is None
    assert emptied(BEFORE, f"{BEFORE}# a comment\n") is None


@pytest.mark.parametrize(
    "path", ["tests/a.py", "src/a.test.ts", "a_test.go", "src/test/java/A.java", "A.Tests/B.cs"]
)
def test_what_belongs_to_tests(path: str) -> None:
    assert is_of_tests(path)
    assert not is_of_tests("src/testing.py")
    assert is_of_tests("src/check/a.py", ["src/check/**"])


def test_pytest_is_known_however_it_is_started() -> None:
    assert calls_pytest(["uv", "run", "pytest", "-q"])
    assert calls_pytest([".venv/bin/python", "-m", "pytest"])
    assert not calls_pytest(["make", "test"])
    assert not calls_pytest(["pytest", "--junitxml=own.xml"])

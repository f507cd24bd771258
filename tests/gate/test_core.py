"""The judgement as a pure function: facts made by hand, no git."""

from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bmad.core.gate.facts import CommitFacts, Evidence, Step
from bmad.core.gate.judge import Result, judge_range
from bmad.core.gate.state import Parsed, Policy, State, Where
from bmad.model.commits import Change, Commit
from bmad.model.settings import GateSettings, Level, Settings
from bmad.model.specification import IntentText
from bmad.store.formats import TextFormats
from tests.gate.repo import FIND, STORE
from tests.layout import LAYOUT, parse
from tests.specs import SMALL, lock_for

FORMATS = TextFormats()
TREE = "e" * 40
PATHS = ["src/find.py", "src/store.py", "tests/find/a.py", "src/other.py", "README.md", "bmad.yaml", "specs/x.py"]
MESSAGES = [
    "Work\n",
    f"Work\n\nStory: {FIND}\n",
    f"Work\n\nStory: {STORE}\n",
    f"Work\n\nStory: {FIND}\nStory: {STORE}\n",
    "Work\n\nStory: STORY-none01\n",
    "Work\n\nPolicy: reason\n",
    f"Work\n\nStory: {FIND}\n\nprose\n",
]


def state(policy: Settings | None = None) -> State:
    documents = {}
    for path, text in SMALL.items():
        if path != "intent.md":
            document = parse(path, text)
            documents[path] = Parsed(document, {item.id: item for item in document.items}, ())
    where = Where(LAYOUT, (IntentText(text=SMALL["intent.md"]),))
    return State(documents, FORMATS.lock(lock_for(SMALL)), Policy(policy or Settings()), where)


STATE = state()


def change(path: str, at: int) -> Change:
    return Change(path.encode(), "100644", "100644", f"{at:040x}", f"{at + 1:040x}")


def facts(at: int, message: str, paths: Sequence[str]) -> CommitFacts:
    name = f"{at + 1:040x}"
    parents = (f"{at:040x}",)
    return CommitFacts(
        Commit(name, TREE, parents, b"A <a@x> 1 +0000", (), message.encode()),
        tuple(change(path, at) for path in sorted(set(paths))),
    )


def judge(commits: Sequence[CommitFacts], before: State = STATE, level: Level | None = None) -> Result:
    touched = sorted({one.path for commit in commits for one in commit.changes})
    net = tuple(Change(path, "100644", "100644", "1" * 40, "2" * 40) for path in touched)
    step = Step("0" * 40, "f" * 40, TREE, before, before, tuple(commits), net)
    return judge_range(Evidence((step,), datetime(2026, 1, 1, tzinfo=UTC), level=level))


def refused(result: Result) -> bool:
    return bool(result.findings) or any(commit.findings for commit in result.commits)


RANGES = st.lists(
    st.tuples(st.sampled_from(MESSAGES), st.lists(st.sampled_from(PATHS), max_size=4)), max_size=8
).map(lambda rows: [facts(at, message, paths) for at, (message, paths) in enumerate(rows)])


@settings(max_examples=200)
@given(RANGES, st.sampled_from(["src/find.py", "README.md", "specs/conftest.py"]))
def test_an_untraced_commit_always_refuses(commits: list[CommitFacts], path: str) -> None:
    result = judge([*commits, facts(99, "Work\n", [path])])
    assert refused(result)
    assert [one.code for one in result.commits[-1].findings] == ["G01"]


@settings(max_examples=200)
@given(RANGES, RANGES)
def test_what_refuses_a_part_refuses_the_whole(first: list[CommitFacts], second: list[CommitFacts]) -> None:
    moved = [
        one.__class__(one.commit._replace(id=f"{at + 500:040x}"), one.changes) for at, one in enumerate(second)
    ]
    if refused(judge(first)) or refused(judge(moved)):
        assert refused(judge([*first, *moved]))


@settings(max_examples=200)
@given(RANGES)
def test_scoped_asks_all_that_traced_asks(commits: list[CommitFacts]) -> None:
    traced = state(Settings(gate=GateSettings(level=Level.TRACED)))
    if refused(judge(commits, traced)):
        assert refused(judge(commits, traced, Level.SCOPED))


@settings(max_examples=200)
@given(RANGES)
def test_a_pass_means_that_each_path_is_covered(commits: list[CommitFacts]) -> None:
    """Read from the specification by hand, not through the code that is tested."""
    allowed = {FIND: ("src/find.py", "tests/find/"), STORE: ("src/store.py",)}
    if refused(judge(commits)):
        return
    for one in commits:
        message = one.commit.message.decode()
        named = [story for story in allowed if f"Story: {story}\n" in message and not message.endswith("prose\n")]
        for path in (change.path.decode() for change in one.changes):
            if path == "bmad.yaml":
                assert "Policy: reason" in message
                assert len(one.changes) == 1
            else:
                assert any(path.startswith(allowed[story]) for story in named)


@given(RANGES)
def test_the_same_facts_give_the_same_report(commits: list[CommitFacts]) -> None:
    assert judge(commits) == judge(commits)

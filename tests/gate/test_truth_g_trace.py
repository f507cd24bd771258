"""A line's story is told where it is known: of a commit of several stories, by whose territory holds the file."""

import os

import pytest

from bmad.git.read.history import open_history
from bmad.model.trace import TraceReport
from bmad.pipeline.trace.trace import trace
from bmad.render.trace import traced
from bmad.store.formats import TextFormats
from tests.gate.records import REVIEWED, at, reviewed, squash
from tests.gate.repo import FIND, STORE, Repo, passes, refuses, story


def _traced(repo: Repo, query: str) -> TraceReport:
    return trace(open_history(repo.root, os.environ), TextFormats(), query)


@pytest.fixture
def both(repo: Repo) -> Repo:
    """One commit of two stories, and a file that neither of them owns."""
    files = {"src/find.py": "1\n", "src/store.py": "2\n", "src/other.py": "3\n"}
    repo.commit("main", story(FIND, STORE), files)
    return repo


@pytest.mark.parametrize(("path", "name", "of"), [("find", FIND, "INT-goal01"), ("store", STORE, "INT-req002")])
def test_g_a_line_is_of_the_story_whose_territory_holds_it(both: Repo, path: str, name: str, of: str) -> None:
    [line] = _traced(both, f"src/{path}.py").lines
    assert (line.story, line.stories) == (name, (name,))
    assert of in line.statements
    assert len({"INT-goal01", "INT-req002"}.intersection(line.statements)) == 1


def test_g_a_line_of_one_of_two_stories_is_called_no_ones(both: Repo) -> None:
    found = _traced(both, "src/other.py:1")
    [line] = found.lines
    assert (line.story, line.stories) == (None, (FIND, STORE))
    assert f"{FIND} or {STORE}" in traced(found)


def test_g_a_range_may_begin_at_a_remote_branch(both: Repo) -> None:
    both.git("update-ref", "refs/remotes/origin/main", both.base)
    assert [chain.story for chain in _traced(both, "origin/main..main").chains] == [FIND, STORE]
    both.commit("main", story(FIND), {"src/a..b": "1\n"})
    assert [line.story for line in _traced(both, "src/a..b").lines] == [FIND]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"", b"Work\0hidden\n\nStory: STORY-find01\n"),
        (b"encoding UTF-16\n", b"Work\n\nStory: STORY-find01\n"),
        (b"", b"W\xf6rk\n\nStory: STORY-find01\n"),
    ],
)
def test_g_a_message_that_the_gate_cannot_judge_claims_nothing(repo: Repo, header: bytes, message: bytes) -> None:
    made = repo.commit("temporary", story(FIND), {"src/find.py": "x = 1\n"}, onto=repo.base)
    who = b"A <a@x> 1 +0000"
    head = [b"tree " + repo.tip(f"{made}^{{tree}}").encode(), b"parent " + repo.base.encode()]
    raw = [*head, b"author " + who, b"committer " + who, header + b"\n" + message]
    name = repo.raw("work", b"\n".join(raw))
    refuses(repo.gate(), "G12")
    [chain] = _traced(repo, name).chains
    assert (chain.story, chain.kind) == (None, "untraced")
    assert "its message" in chain.problems[0]


def test_g_a_revert_says_what_it_takes_back_and_is_not_believed(both: Repo) -> None:
    tip = both.git("rev-parse", "main")
    both.commit("main", f'Revert "x"\n\nThis reverts commit {tip}.\n', {"src/find.py": "9\n"})
    found = _traced(both, "main")
    assert (found.chains[0].kind, found.chains[0].takes_back) == ("untraced", tip)
    assert f"says that it takes back {tip[:12]}; whether it does" in traced(found)
    assert _traced(both, tip).chains[0].takes_back == ""


@pytest.fixture
def squashed(repo: Repo) -> Repo:
    """Two stories, each reviewed, landed as one commit whose message names neither."""
    repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")
    reviewed(repo, FIND, {"src/find.py": "1\n"})
    reviewed(repo, STORE, {"src/store.py": "2\n"})
    passes(repo.gate())
    repo.git("update-ref", "refs/heads/main", squash(repo, "work", "Both (#7)\n"))
    return repo


@pytest.mark.parametrize(("path", "name"), [("find", FIND), ("store", STORE)])
def test_g_a_line_of_a_squash_is_of_the_story_whose_record_came_with_it(
    squashed: Repo, path: str, name: str
) -> None:
    found = _traced(squashed, f"src/{path}.py:1")
    [line] = found.lines
    assert (line.story, line.stories) == (name, (name,))
    assert {chain.by for chain in found.chains} == {"record"}
    assert "by the record that came with it" in traced(found)
    assert [chain.commit for chain in _traced(squashed, name).chains] == [squashed.tip("main")]


def test_g_a_record_speaks_of_its_own_paths_and_a_message_of_what_it_names(squashed: Repo) -> None:
    """What came beside it is nobody's, what only bears a record's name is none, and a trailer goes first."""
    made = squashed.git("show", f"main:{at(FIND)}")
    other = squashed.commit("main", "More\n", {"src/other.py": "3\n", at(FIND, 2): made, at(STORE, 2): "{}\n"})
    [line] = _traced(squashed, "src/other.py:1").lines
    assert (line.story, line.stories) == (None, ())
    assert [(chain.story, chain.kind) for chain in _traced(squashed, other).chains] == [(None, "untraced")]
    squashed.branch("work")
    reviewed(squashed, STORE, {"src/store.py": "4\n"}, number=3)
    squash(squashed, "work", story(FIND))
    squashed.git("update-ref", "refs/heads/main", squashed.tip("work"))
    [line] = _traced(squashed, "src/store.py:1").lines
    assert (line.story, {chain.by for chain in _traced(squashed, "src/store.py:1").chains}) == (FIND, {"trailer"})

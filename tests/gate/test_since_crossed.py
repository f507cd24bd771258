"""An adoption that a branch knows nothing of, with several merge bases between the two: none is chosen."""

import os
from pathlib import Path

import pytest

from bmad.git.read.history import open_history
from bmad.pipeline.trace.revision import read_at
from bmad.store.formats import TextFormats
from tests.gate.repo import FIND, MAPPED, Content, Repo, passes, refuses, story

FOUND: dict[str, Content] = {"src/find.py": "x = 1\n"}


@pytest.fixture
def crossed(tmp_path: Path) -> Repo:
    """`main` and `work` merged one another's first commits, and then `main` adopted bmad."""
    repo = Repo(tmp_path / "crossed.git", {"src/other.py": "OTHER = 1\n", "README.md": "# Notes\n"})
    repo.branch("work")
    one = repo.commit("main", "Old work here\n", {"src/a.py": "a = 1\n"})
    two = repo.commit("work", "Old work there\n", {"src/b.py": "b = 1\n"})
    repo.branch("one", one)
    repo.branch("two", two)
    repo.merge("main", "two")
    repo.merge("work", "one")
    since = repo.commit("main", "Go on\n", {"src/store.py": "def store():\n    return 1\n"})
    policy = str(MAPPED["bmad.yaml"]).replace("root", since)
    repo.commit("main", "Adopt\n", {**MAPPED, "bmad.yaml": policy})
    assert len(repo.git("merge-base", "--all", since, "work").split()) == 2
    return repo


def test_what_the_adoption_reaches_is_older_and_all_else_is_judged(crossed: Repo) -> None:
    passes(crossed.gate())
    crossed.commit("work", "New work there\n", {"src/b.py": "b = 2\n"})
    refuses(crossed.gate(), "G01")
    crossed.branch("work", "main")
    crossed.commit("work", story(FIND), FOUND)
    passes(crossed.gate())


def test_what_the_adoption_does_not_reach_is_judged_wherever_it_comes_in(crossed: Repo) -> None:
    """Also by a merge into a branch that knows the adoption, and audited step by step."""
    crossed.commit("work", "New work there\n", {"src/b.py": "b = 2\n"})
    crossed.merge("work", "main")
    refuses(crossed.gate(), "G01")
    before = crossed.tip("main")
    crossed.merge("main", "work")
    refuses(crossed.gate("main", since=before), "G01")


def test_a_trace_of_the_branch_calls_nothing_older(crossed: Repo) -> None:
    """No single commit ends what both reach: so that nothing is passed over, its old work is told as untraced."""
    tip = crossed.tip("work")
    crossed.commit("work", "Bring the policy\n", {"bmad.yaml": MAPPED["bmad.yaml"]})
    policy = crossed.git("show", "main:bmad.yaml") + "\n"
    crossed.commit("work", "Bring the policy\n", {"bmad.yaml": policy})
    with open_history(crossed.root, os.environ).read() as objects:
        reading = read_at(objects, TextFormats(), "work")
        found = reading.claimed(objects.commits([tip, crossed.tip("one"), crossed.tip("two")]).values())
        assert reading.since is None
        assert {one.title: one.kind for one in reading.kinds(found)} == {
            "Merge": "merge",
            "Old work here": "untraced",
            "Old work there": "untraced",
        }

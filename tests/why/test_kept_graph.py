"""A commit-graph that is kept between runs: it is heeded where it is whole, and what is judged goes without it."""

import os
from pathlib import Path

import pytest

from bmad.git.read.history import GitHistory, open_history
from bmad.git.read.kept_graph import KeptGraph
from bmad.pipeline.trace.coverage import CoverageRequest, coverage
from bmad.pipeline.trace.trace import trace
from bmad.store.cache import FileCache
from bmad.store.formats import TextFormats
from bmad.wiring import open_app
from tests.gate.repo import Repo, story
from tests.why.blames import Kept, made, written


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    root = tmp_path_factory.mktemp("kept") / "r.git"
    return root, made(root, 3)


def walker(root: Path, kept: Kept) -> str:
    """The repository that walks of history are asked of."""
    with open_history(root, os.environ, kept).read() as objects:
        assert objects._kept is not None
        return next(word for word in objects._kept.walker.command if word.startswith("--git-dir="))


def test_what_was_written_is_taken_up_by_the_next_run(history: tuple[Path, list[str]]) -> None:
    root, ids = history
    kept = written(root, ids[-1])
    assert walker(root, Kept()).endswith("/bare")
    assert walker(root, kept).endswith("/merging")
    before = dict(kept)
    with open_history(root, os.environ, kept).read() as objects:
        objects.quicken(ids[-1], 1000)
        assert kept == before
    assert [b"BDAT" in content for content in kept.values()] == [True]


def test_a_short_walk_is_not_worth_one(history: tuple[Path, list[str]]) -> None:
    root, ids = history
    kept = Kept()
    with open_history(root, os.environ, kept).read() as objects:
        objects.quicken(ids[-1], 1)
    assert not kept


@pytest.mark.parametrize("at", [0, 64, 80, 150, -1])
def test_one_that_is_not_whole_is_left(history: tuple[Path, list[str]], at: int) -> None:
    root, ids = history
    kept = written(root, ids[-1])
    [(key, content)] = kept.items()
    torn = bytearray(content)
    torn[at] ^= 1
    assert walker(root, Kept({key: bytes(torn)})).endswith("/bare")
    assert walker(root, Kept({key: content[:-30]})).endswith("/bare")


def test_what_a_commit_comes_from_is_the_same_with_it(history: tuple[Path, list[str]]) -> None:
    root, ids = history
    kept = written(root, ids[20])
    with open_history(root, os.environ).read() as plain, open_history(root, os.environ, kept).read() as quick:
        told = [(plain.follows(tip, ids[8]), quick.follows(tip, ids[8])) for tip in ids]
        past: dict[str, set[str]] = {}
        for commit in plain.commits(ids).values():
            past[commit.id] = {commit.id}.union(*(past[one] for one in commit.parents))
    assert told == [(ids[8] in past[tip],) * 2 for tip in ids]
    assert {one for one, _ in told} == {True, False}


def test_what_judges_does_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path / "r.git", 4)
    monkeypatch.setattr(KeptGraph, "__init__", lambda *_: pytest.fail("a kept graph was asked for"))
    app = open_app(tmp_path / "r.git")
    with app.history().read():
        pass
    assert isinstance(app.history(), GitHistory)


def test_coverage_writes_one_and_trace_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo(tmp_path / "r.git")
    repo.branch("work")
    policy = f"version: 1\ngate: {{level: traced, since: {repo.tip('main')}}}\n"
    repo.commit("work", "Policy\n", {"bmad.yaml": policy})
    repo.commit("work", story(), {"src/find.py": "x = 1\n"})
    kept = Kept()
    history = open_history(repo.root, os.environ, kept)
    plain = trace(history, TextFormats(), "src/find.py", "work")
    assert not kept
    monkeypatch.setattr("bmad.pipeline.trace.coverage._LONG", 0)
    coverage(history, TextFormats(), FileCache(None), CoverageRequest(rev="work"))
    assert [b"BDAT" in content for content in kept.values()] == [True]
    assert trace(history, TextFormats(), "src/find.py", "work") == plain

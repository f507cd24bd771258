"""A commit-graph of bmad's own makes many merges cheaper, and changes nothing of what they come to."""

import os
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from bmad.git.locate import locate
from bmad.git.merge_tree import merges
from bmad.git.process import Git
from bmad.git.read.commit_graph import PLACE, pays, with_commit_graph
from bmad.git.read.history import open_history
from bmad.git.read.private import private_repository
from bmad.model.history import Merged
from tests.gate.repo import Repo, refuses, story


@contextmanager
def private(repo: Repo) -> Iterator[tuple[Git, tuple[Path, ...]]]:
    located = locate(repo.root, os.environ)
    with private_repository(located, os.environ) as git:
        yield git, located.objects


def crossing(repo: Repo, seed: int, count: int = 14) -> list[tuple[str, str]]:
    """Branches that merge one another again and again, also criss-cross and with conflicts; pairs of tips."""
    draw = random.Random(seed)  # noqa: S311 - a seed, so that it can be played again
    tips = [repo.base, repo.base]
    for number in range(count):
        one = draw.randrange(2)
        if number > 2 and draw.random() < 0.4:
            message = f"Merge {number}\n"
            tips[one] = repo.commit("work", message, onto=tips[one], parents=[tips[1 - one]])
        else:
            files = {f"src/{draw.randrange(3)}.txt": f"{number}\n"}
            tips[one] = repo.commit("work", story(), files, onto=tips[one])
    every = repo.git("rev-list", *tips).split()
    return [(draw.choice(every), draw.choice(every)) for _ in range(20)]


def both(repo: Repo, pairs: Sequence[tuple[str, str]]) -> tuple[list[Merged], list[Merged], bool]:
    """The merges without a graph and with one, and whether there was one."""
    with private(repo) as (git, sources):
        graphed = with_commit_graph(git, sources, {side for pair in pairs for side in pair})
        found = merges(git, pairs), merges(graphed, pairs)
        graph = git.folder / PLACE / "objects/info/commit-graph"
        trees = [one.tree for one in found[1]]
        git.run(["cat-file", "-e", trees[0]])
        return (*found, graph.is_file())


@pytest.mark.parametrize("seed", range(4))
def test_merges_come_to_the_same_with_a_graph(repo: Repo, seed: int) -> None:
    plain, graphed, there = both(repo, crossing(repo, seed))
    assert there
    assert plain == graphed


def test_what_is_merged_there_can_be_read_by_whoever_asks_the_private_repository(repo: Repo) -> None:
    ours = repo.commit("work", story(), {"src/a.txt": "1\n"})
    theirs = repo.commit("main", story(), {"src/b.txt": "2\n"})
    with private(repo) as (git, sources):
        [merged] = merges(with_commit_graph(git, sources, [ours, theirs]), [(ours, theirs)])
        assert b"src" in git.run(["ls-tree", "--name-only", merged.tree])


def test_a_graph_of_the_repository_that_lies_has_no_say(repo: Repo) -> None:
    """In it the fork of two branches is another one: by that their merge would take back a change."""
    repo.commit("main", story(), {"src/a.txt": "old\n"})
    fork = repo.commit("main", story(), {"src/a.txt": "new\n"})
    ours = repo.commit("work", story(), {"src/b.txt": "1\n"}, onto=fork)
    middle = repo.commit("main", story(), {"src/c.txt": "1\n"}, onto=fork)
    theirs = repo.commit("main", story(), {"src/c.txt": "2\n"})
    repo.git("commit-graph", "write", "--reachable")
    at = repo.root / "objects/info/commit-graph"
    data = bytearray(at.read_bytes())
    ids = sorted(repo.git("rev-list", "--all").split())
    chunk = data.index(b"CDAT")
    row = int.from_bytes(data[chunk + 4 : chunk + 12]) + ids.index(middle) * 36
    data[row + 20 : row + 24] = ids.index(repo.base).to_bytes(4)
    at.chmod(0o644)
    at.write_bytes(data)
    assert repo.git("merge-base", ours, theirs) == repo.base, "git itself believes it"
    plain, graphed, there = both(repo, [(ours, theirs)])
    assert there
    assert plain == graphed
    assert not plain[0].conflicts


def test_objects_that_are_borrowed_from_another_repository_are_merged_without(repo: Repo, tmp_path: Path) -> None:
    ours = repo.commit("work", story(), {"src/a.txt": "1\n"})
    borrowing = tmp_path / "borrowing"
    repo.git("clone", "--quiet", "--bare", "--shared", ".", str(borrowing))
    located = locate(borrowing, os.environ)
    with private_repository(located, os.environ) as git:
        assert with_commit_graph(git, located.objects, [ours]) is git
        assert len(merges(git, [(ours, repo.base)])) == 1


def test_what_only_brings_a_branch_up_is_merged_without_asking_git(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def watched(git: Git, pairs: Sequence[tuple[str, str]], union: Sequence[str] = ()) -> list[Merged]:
        asked.extend(pairs)
        return merges(git, pairs, union)

    pairs = crossing(repo, 1)
    with open_history(repo.root, os.environ).read() as objects, private(repo) as (git, _):
        objects.walk(pairs[0][0], None, *(one for pair in pairs for one in pair))
        monkeypatch.setattr("bmad.git.read.commit_graph.merges", watched)
        assert objects.merges(pairs) == merges(git, pairs)
    after = {pair for pair in pairs if repo.git("merge-base", *pair) == pair[0]}
    near = {pair for pair in after if int(repo.git("rev-list", "--count", "..".join(pair))) < 4}
    assert near
    assert near.isdisjoint(asked)


def test_a_graph_is_written_where_it_takes_less_than_it_saves(tmp_path: Path) -> None:
    """By what git's own history takes: 820,000 objects and 13 ms a merge; each of pytest's takes 0.5 ms."""
    (tmp_path / "pack").mkdir()
    index = tmp_path / "pack/a.idx"
    with index.open("wb") as file:
        file.truncate(820_000 * 29)
    assert pays([tmp_path], 250, 0.013)
    assert not pays([tmp_path], 100, 0.013)
    assert not pays([tmp_path], 1700, 0.0005)
    assert not pays([tmp_path], 1000, 0.0), "nobody measured it"


def test_the_gate_judges_a_range_of_many_merges(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bmad.git.read.commit_graph.MANY", 1)
    monkeypatch.setattr("bmad.git.read.commit_graph._LARGE", 0)
    written: list[Sequence[str]] = []

    def watched(git: Git, sources: Sequence[Path], commits: Iterable[str]) -> Git:
        written.append(list(commits))
        return with_commit_graph(git, sources, written[-1])

    monkeypatch.setattr("bmad.git.read.commit_graph.pays", lambda *_: True)
    monkeypatch.setattr("bmad.git.read.commit_graph.with_commit_graph", watched)
    repo.branch("work")
    repo.commit("work", "No story\n", {"src/a.txt": "1\n"})
    for number in range(2):
        repo.commit("main", story(), {"README.md": f"# More {number}\n"})
        repo.merge("work", "main")
    refuses(repo.gate(), "G01")
    assert len(written) == 1

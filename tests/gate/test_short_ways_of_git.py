"""What is told of a few commits without asking git anew is what git itself says of them."""

import os
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from bmad.errors import UndecidableError
from bmad.git import process
from bmad.git.merge_tree import merges
from bmad.git.read.history import GitObjects, open_history
from bmad.git.read.path_history import ever
from tests.program import git

FOLDER = b"stories/records"
TAGS = ("a", "b", "b2", "c", "d", "e", "f", "g")


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`a`, `b` after it, `c` beside it; `d` merges both, `e` takes a record away, `f` is a root that `g` joins."""
    repo = tmp_path_factory.mktemp("short")
    git("init", "--quiet", "--initial-branch", "main", cwd=repo)
    record(repo, "one", "1", "a")
    record(repo, "two", "2", "b")
    record(repo, "one", "1 again", "b2")
    git("switch", "--quiet", "--create", "side", "a", cwd=repo)
    record(repo, "three", "3", "c")
    git("switch", "--quiet", "main", cwd=repo)
    git("merge", "--quiet", "--no-ff", "-m", "d", "side", cwd=repo)
    git("tag", "d", cwd=repo)
    git("rm", "--quiet", "stories/records/two.json", cwd=repo)
    git("commit", "--quiet", "-m", "e", cwd=repo)
    git("tag", "e", cwd=repo)
    git("switch", "--quiet", "--orphan", "other", cwd=repo)
    record(repo, "four", "4", "f")
    git("switch", "--quiet", "main", cwd=repo)
    git("merge", "--quiet", "--allow-unrelated-histories", "-m", "g", "other", cwd=repo)
    git("tag", "g", cwd=repo)
    return repo


def record(repo: Path, name: str, text: str, tag: str) -> None:
    path = repo / "stories/records" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n", encoding="utf-8")
    git("add", ".", cwd=repo)
    git("commit", "--quiet", "-m", tag, cwd=repo)
    git("tag", tag, cwd=repo)


def ids(repo: Path) -> dict[str, str]:
    return {tag: git("rev-parse", f"{tag}^{{commit}}", cwd=repo).strip() for tag in TAGS}


@pytest.mark.parametrize("way", ["a b b2 d e g", "a d g", "b2 e", "c d", "f g", "d a", "e g a d"])
def test_what_ever_stood_is_the_same_from_tip_to_tip(repo: Path, way: str) -> None:
    at = ids(repo)
    with open_history(repo, os.environ).read() as objects:
        assert isinstance(objects, GitObjects)
        for tag in way.split():
            assert objects.ever(at[tag], FOLDER) == ever(objects._git, at[tag], FOLDER), tag


@pytest.mark.parametrize("pair", ["a b", "b a", "a d", "b2 c", "c b2", "d g", "f g", "e e"])
def test_a_merge_of_what_follows_is_what_git_makes_of_it(repo: Path, pair: str) -> None:
    at = ids(repo)
    base, head = pair.split()
    pairs = [(at[base], at[head])]
    with open_history(repo, os.environ).read() as objects:
        assert isinstance(objects, GitObjects)
        assert objects.merges(pairs) == merges(objects._git, pairs)


def test_a_difference_that_is_asked_for_again_is_the_same(repo: Path) -> None:
    at = ids(repo)
    with open_history(repo, os.environ).read() as objects:
        trees = {tag: objects.commits([name])[name].tree for tag, name in at.items()}
        one, other = (trees["a"], trees["b2"]), (trees["c"], trees["e"])
        first = [*objects.texts([one])]
        assert [*objects.texts([one])] == first
        assert [*objects.texts([other, one])] == [*objects.texts([other]), *first]
        assert b"1 again" in first[0]


def test_gits_that_stay_tell_differences_as_one_for_many_pairs_does(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ids(repo)
    with open_history(repo, os.environ).read() as objects:
        assert isinstance(objects, GitObjects)
        trees = [objects.commits([at[tag]])[at[tag]].tree for tag in TAGS]
        pairs = list(pairwise(trees))
        many = pairs * 12
        texts, hunks, within = (
            list(objects.texts(many)),
            objects.hunks(many),
            objects.changes_within(many, [FOLDER]),
        )
        assert objects.hunks(pairs) * 12 == hunks
        assert objects.changes_within(pairs, [FOLDER]) * 12 == within
        assert [*objects.texts(pairs)] * 12 == texts
        with pytest.raises(UndecidableError):
            objects.hunks([pairs[0], ("1" * 40, trees[0])])
        assert objects.hunks(pairs) * 12 == hunks  # by another one
        monkeypatch.setattr(subprocess, "Popen", None)
        assert [hunk for pair in pairs for hunk in objects.hunks([pair])] == hunks[: len(pairs)]
        assert [text for pair in pairs for text in objects.texts([pair])] == texts[: len(pairs)]


def test_of_many_kinds_of_questions_few_gits_stay(repo: Path) -> None:
    at = ids(repo)
    with open_history(repo, os.environ).read() as objects:
        assert isinstance(objects, GitObjects)
        pair = (objects.commits([at["a"]])[at["a"]].tree, objects.commits([at["b"]])[at["b"]].tree)
        objects.changes([pair])
        with process.children() as before:
            pass
        for number in range(20):
            objects.changes_within([pair], [b"folder%d" % number])
        with process.children() as after:
            assert len(after) - len(before) < 8

"""The differences that the gate computes again are those that reviewers were shown, however large or many."""

import os

from bmad.git.read.history import open_history
from bmad.model.bounds import CUT, MAX_DIFF
from tests.gate.records import text_of
from tests.gate.repo import FIND, Repo, story


def test_c_differences_of_many_pairs_are_each_as_git_says_it(repo: Repo) -> None:
    one = repo.tip("work")
    two = repo.commit("work", story(FIND), {"src/a.py": b"caf\xe9\r\n\n", "src/b.bin": b"\0\1"})
    three = repo.commit("work", story(FIND), {"src/a.py": f"{one} {two}\nx" * 3, "src/b.bin": None})
    huge = repo.commit("work", story(FIND), {"src/long.txt": b"y" * 99 + b"\n" + b"x" * (MAX_DIFF + 9)})
    wide = repo.commit("work", story(FIND), {"src/long.txt": b"a line of the file\n" * 300_000})
    trees = [repo.tip(f"{name}^{{tree}}") for name in (one, two, three, huge, wide)]
    pairs = [(trees[0], trees[1]), (trees[1], trees[2]), (trees[2], trees[2]), (trees[2], trees[3])]
    pairs += [(trees[2], trees[4]), (trees[0], trees[2])]
    with open_history(repo.root, os.environ).read() as objects:
        told = list(objects.texts(pairs))
    assert told[:2] == [text_of(repo, one, two), text_of(repo, two, three)]
    assert (told[2], told[5]) == (b"", text_of(repo, one, three))
    for text in told[3:5]:
        assert text.endswith(CUT.encode())
        assert len(text) <= MAX_DIFF + len(CUT)
    assert text_of(repo, three, wide).startswith(told[4].removesuffix(CUT.encode()))
    assert b"+yyyy" in told[3]

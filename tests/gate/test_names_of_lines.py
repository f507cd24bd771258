"""Only a line feed ends a line that git prints: names of folders and refs may hold what other readers break at."""

import os
from pathlib import Path

import pytest

from bmad.git.locate import locate
from bmad.git.work import refs, tamper
from bmad.git.work.calls import Calls
from tests.gate.repo import FIND, Repo, passes, story

BREAKS = ("\u2028", "\u0085", "\x0b", "\x0c", "\x1c")


class Nobody:
    """Worktrees of nobody."""

    def people(self) -> list[object]:
        return []


@pytest.mark.parametrize("sign", BREAKS)
def test_a_linked_worktree_is_found_in_a_folder_of_any_name(tmp_path: Path, sign: str) -> None:
    repo = Repo(tmp_path / f"a{sign}b" / "r.git")
    repo.commit("work", story(FIND), {"src/find.py": "x = 1\n"}, onto=repo.base)
    tree = tmp_path / f"c{sign}d"
    repo.git("worktree", "add", "-q", str(tree), "work")
    linked = Repo.__new__(Repo)
    linked.root = tree
    passes(linked.gate("work", "main"))


@pytest.mark.parametrize("sign", ["\u2028", "\u0085"])
def test_a_ref_of_any_name_is_one_ref(repo: Repo, sign: str) -> None:
    """Else part of its name could stand for another ref, and hide that this one has moved."""
    repo.git("update-ref", f"refs/heads/main{sign}x", repo.base)
    environ = dict(os.environ)
    calls = Calls(locate(repo.root, environ), environ, lambda begin, _: begin())
    tips = {f"refs/heads/{name}": repo.base for name in ("main", f"main{sign}x", "work")}
    assert refs.below(calls, "refs/heads") == tips
    assert refs.below(calls, "refs/nothing") == {}
    marks = tamper.snapshot(calls, Nobody())  # type: ignore[arg-type]  # asked for people alone
    assert {name: at for name, at in marks.people.items() if name.startswith("refs/")} == tips

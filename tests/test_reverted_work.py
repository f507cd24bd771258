"""What reverts took back of work that was merged by hand is told, and is to be done again."""

import json
import os
from pathlib import Path

from bmad.git.read.history import open_history
from bmad.pipeline.act.baseline import Grounds
from bmad.store.formats import TextFormats
from tests.program import git, inside
from tests.specs import adopt_small, write

FIND = "STORY-find01"


def told(root: Path) -> tuple[str, list[str]]:
    [one] = [
        story for story in json.loads(inside("status", "--json", cwd=root).out)["stories"] if story["id"] == FIND
    ]
    return one["state"], one["gone"]


def by_hand(root: Path) -> frozenset[str]:
    with open_history(root, os.environ).read() as objects:
        grounds = Grounds(objects, TextFormats())
        return grounds.by_hand(grounds.at(git("rev-parse", "HEAD", cwd=root)))


def commit(root: Path, files: dict[str, str], story: str = FIND) -> None:
    write(root, files)
    git("add", ".", cwd=root)
    git("commit", "--quiet", "-m", f"Work\n\nStory: {story}", cwd=root)


def test_a_merge_that_was_reverted_leaves_its_story_to_be_done(tmp_path: Path) -> None:
    adopt_small(tmp_path)
    git("switch", "--quiet", "--create", "work", cwd=tmp_path)
    commit(tmp_path, {"src/find.py": "x = 1\n"})
    git("switch", "--quiet", "-", cwd=tmp_path)
    git("merge", "--quiet", "--no-ff", "-m", "Merge", "work", cwd=tmp_path)
    assert told(tmp_path) == ("active", [])
    git("revert", "--no-edit", "-m", "1", "HEAD", cwd=tmp_path)
    assert told(tmp_path) == ("backlog", ["src/find.py"])
    assert by_hand(tmp_path) == set(), "nor does bmad act build on it"
    git("revert", "--no-edit", "HEAD", cwd=tmp_path)
    assert told(tmp_path) == ("active", [])
    assert by_hand(tmp_path) == {FIND}


def test_of_work_that_was_reverted_in_part_the_rest_stands(tmp_path: Path) -> None:
    adopt_small(tmp_path)
    commit(tmp_path, {"tests/find/test_a.py": "x = 1\n"})
    commit(tmp_path, {"src/find.py": "x = 1\n"})
    git("revert", "--no-edit", "HEAD", cwd=tmp_path)
    assert told(tmp_path) == ("active", ["src/find.py"])
    git("rm", "--quiet", "tests/find/test_a.py", cwd=tmp_path)
    commit(tmp_path, {"src/store.py": "y = 1\n"}, "STORY-store1")
    assert told(tmp_path) == ("active", ["src/find.py"]), "what another story took away was no revert"

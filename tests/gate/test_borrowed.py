"""Objects that a clone borrows from another, and that from a third: as many levels as git itself follows."""

import subprocess
from pathlib import Path

from tests.gate.repo import FIND, Repo, passes, story
from tests.gate.test_rows_range import at


def test_objects_are_borrowed_as_deep_as_git_goes(repo: Repo, tmp_path: Path) -> None:
    repo.commit("work", story(FIND), {"src/find.py": "x = 1\n"})
    last = repo.root
    for level in range(6):
        new = tmp_path / f"level{level}.git"
        subprocess.run(["git", "clone", "-q", "--mirror", "--shared", str(last), str(new)], check=True)
        lines = (new / "objects/info/alternates").read_text(encoding="utf-8")
        (new / "objects/info/alternates").write_text(f"# where the objects are\n{lines}{lines}{new}/objects\n")
        last = new
        passes(at(new).gate("work", "main"))

"""Done is what stands: after a landing was taken back, by whatever button, no command calls its story done."""

import json
from pathlib import Path

from tests.act.world import repository
from tests.program import bmad, git


def states(home: Path) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """By story: its state as `status` has it, its state as `act` has it, and what that says of it."""
    board = json.loads(bmad("status", "--json", cwd=home).out)["stories"]
    acted = json.loads(bmad("act", "--dry-run", "--json", cwd=home).out.splitlines()[-1])["stories"]
    return (
        {one["id"]: one["state"] for one in board},
        {one["id"]: one["state"] for one in acted},
        {one["id"]: one["waits_for"] for one in acted},
    )


def test_c_a_landing_that_was_taken_back_is_not_done(tmp_path: Path) -> None:
    """One with its record, as `git revert` does it; the other without, its record is add-only."""
    home = repository(tmp_path / "repo")
    assert bmad("act", cwd=home).code == 0
    merges = git("log", "--format=%H %s", "--first-parent", "--merges", cwd=home).splitlines()
    (second, _, whole, *_), (first, _, code, *_) = (line.replace(":", "").split() for line in merges)
    board, acted, _ = states(home)
    assert set(board.values()) | set(acted.values()) == {"done"}
    git("revert", "-m", "1", "--no-edit", second, cwd=home)
    git("revert", "-m", "1", "--no-commit", first, cwd=home)
    git("reset", "--quiet", "HEAD", "stories/records", cwd=home)
    git("checkout", "--quiet", "--", "stories/records", cwd=home)
    git("commit", "--quiet", "-m", "Take the code back", cwd=home)
    board, acted, words = states(home)
    assert board == {whole: "backlog", code: "backlog"}
    assert acted == {whole: "backlog", code: "backlog"}
    assert f"was taken back there since: bmad act {whole} builds it anew" in words[whole]
    assert f"its code was taken off main again, and its record stands there: bmad reopen {code}" in words[code]
    assert bmad("act", cwd=home).code == 4
    assert bmad("reopen", code, "--why", "It was wrong.", cwd=home).code == 0
    git("commit", "--quiet", "-am", "Take it up again", cwd=home)
    assert bmad("act", whole, code, cwd=home).code == 0
    board, acted, _ = states(home)
    assert set(board.values()) | set(acted.values()) == {"done"}

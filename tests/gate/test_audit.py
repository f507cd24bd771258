"""`--since`: what stands at the end must be valid as a whole, whichever step broke it."""

import json
from pathlib import Path

from tests.program import bmad, git
from tests.specs import adopt_small, write


def test_an_earlier_step_that_broke_the_specification_is_not_forgotten(tmp_path: Path) -> None:
    files = adopt_small(tmp_path)
    start = git("rev-parse", "HEAD", cwd=tmp_path)
    prd = files["specs/prd.md"]
    write(tmp_path, {"specs/prd.md": prd.replace("- Traces: INT-goal01, INT-req001", "- Traces: INT-req001")})
    git("commit", "--quiet", "-am", "Forget a goal", cwd=tmp_path)
    write(tmp_path, {"src/store.py": "STORE = 1\n"})
    git("add", ".", cwd=tmp_path)
    git("commit", "--quiet", "-m", "Store notes\n\nStory: STORY-store1", cwd=tmp_path)
    ended = bmad("gate", "--since", start, cwd=tmp_path)
    assert (ended.code, "G13" in ended.out) == (1, True), ended
    write(tmp_path, {"specs/prd.md": prd})
    git("commit", "--quiet", "-am", "Remember it", cwd=tmp_path)
    assert bmad("gate", "--since", start, cwd=tmp_path).code == 0


def test_a_bare_repository_inside_another_work_tree_is_itself(tmp_path: Path) -> None:
    adopt_small(tmp_path)
    git("clone", "--quiet", "--bare", ".", "inner.git", cwd=tmp_path)
    write(tmp_path, {"loose.py": "x = 1\n"})
    git("add", "loose.py", cwd=tmp_path)
    git("commit", "--quiet", "-m", "Untraced", cwd=tmp_path)
    assert bmad("gate", "--since", "root", cwd=tmp_path).code == 1
    assert bmad("gate", "--since", "root", cwd=tmp_path / "inner.git").code == 0


def test_an_audit_tells_of_a_confirmation_in_a_later_step(tmp_path: Path) -> None:
    """Until the sentence is reworded again; and the way out of a message that has landed is no other message."""
    prd = adopt_small(tmp_path)["specs/prd.md"]
    start = git("rev-parse", "HEAD", cwd=tmp_path)
    for words in ("should find", "must find"):
        write(tmp_path, {"specs/prd.md": prd.replace("shall find", words)})
        git("commit", "--quiet", "-am", words, cwd=tmp_path)
        if words == "should find":
            assert bmad("confirm", "STORY-find01", "--why", "It does.", cwd=tmp_path).code == 0
            git("commit", "--quiet", "-am", "Confirm", cwd=tmp_path)
    confirmed = git("rev-parse", "HEAD~1", cwd=tmp_path)
    told = json.loads(bmad("gate", "--since", start, "--json", cwd=tmp_path).out)["reworded"]
    assert [(one["new"][:23], [each["commit"] for each in one["confirmed"]]) for one in told] == [
        ("The tool should find no", [confirmed]),
        ("The tool must find note", []),
    ]
    write(tmp_path, {"loose.py": "x = 1\n"})
    git("add", "loose.py", cwd=tmp_path)
    git("commit", "--quiet", "-m", "Untraced", cwd=tmp_path)
    past, now = (bmad("gate", way, "HEAD~1", cwd=tmp_path).out for way in ("--since", "--base"))
    assert "fix: a message that has landed stays: revert the commit and land its work again for a story" in past
    assert "fix: end the message with a paragraph `Story: STORY-…`" in now

"""A journal that is older than what git holds: a backup that was restored, or a server that lost its end."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.act.stage import FAILING, PASSING, Play, Stage
from tests.act.test_afterwards import killed_before


def forget(stage: Stage, event: str) -> None:
    """Take an event of the first story off the journal, and all that came after it."""
    with closing(sqlite3.connect(stage.repo / ".bmad" / "journal.db")) as journal, journal:
        found = journal.execute("SELECT sql FROM sqlite_master WHERE name = 'events_remain'").fetchone()
        journal.execute("DROP TRIGGER events_remain")
        [last] = journal.execute("SELECT max(seq) FROM events WHERE event = ?", (event,)).fetchone()
        journal.execute("DELETE FROM events WHERE seq >= ?", (last,))
        journal.execute(found[0])


def events(stage: Stage) -> list[str]:
    return [one["event"] for one in stage.events(stage.first)]


@pytest.mark.parametrize("lost", ["moved", "failed"])
def test_work_is_not_said_to_be_on_another_base_than_it_is(tmp_path: Path, lost: str) -> None:
    """It was put on what others landed since, and of that the journal knows nothing."""
    stage = Stage(tmp_path, accept="auto")
    stage.play({"1/dev": {"exit": 1}})
    stage.bmad("act", stage.first, code=4)
    later = stage.commit({"docs/a.md": "hi\n"}, "A person's own commit\n\nPolicy: tests")
    stage.play({})
    killed_before("developed", stage, "act", stage.first)
    branch = f"bmad/{stage.first}"
    made = stage.tip(branch)
    forget(stage, lost)
    stage.bmad("act", stage.first)
    assert (
        events(stage)[:4]
        == {
            "moved": ["started", "created", "failed", "resumed"],
            "failed": ["started", "created", "moved", "developed"],
        }[lost]
    )
    assert stage.record(stage.first)["base"] == later
    once = stage.git("rev-list", f"{later}..{branch}", "--", "src").splitlines() == [made]
    assert once or lost == "failed", "what it knows of is not built again"


def test_a_fix_that_is_on_other_work_is_made_anew(tmp_path: Path) -> None:
    """What the journal lost came before that fix, so it is no fix of what stands."""
    stage = Stage(tmp_path, accept="auto")
    test = "tests/test_NAME.py"
    wrong: Play = {"files": {"src/NAME.py": "VALUE = 1\n", test: FAILING}, "answer": {}}
    stage.play({"1/dev": wrong, "2/fix": {"files": {test: PASSING}, "answer": {}}})
    killed_before("fixed", stage, "act", stage.first)
    fixed = stage.tip(f"bmad/{stage.first}")
    [first] = stage.git("rev-list", f"main..{fixed}^").splitlines()
    at = "main"
    for commit, step in ((first, "1/dev"), (fixed, "2/fix")):
        words = f"Else\n\nStory: {stage.first}\nStep: {step}"
        at = stage.git("commit-tree", f"{commit}^{{tree}}", "-p", at, "-m", words)
    stage.git("update-ref", f"refs/heads/bmad/{stage.first}", at)
    stage.bmad("act", stage.first)
    record = stage.record(stage.first)
    assert stage.git("merge-base", "--is-ancestor", first, record["head"]) == ""

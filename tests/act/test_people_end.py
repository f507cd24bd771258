"""The one acceptance at the end: only what a person accepted lands, and all of that does."""

import subprocess
import sys
from pathlib import Path

import pytest

from bmad.core.act.review import finding_id
from bmad.pipeline.act.journal import at_work
from bmad.pipeline.act.steps import land
from bmad.store.locks import FileLocks
from bmad.wiring import open_app
from tests.act.repos import trees
from tests.act.stage import Stage, claim, found, replies, source, stands

DYING = """
import os, sys
from bmad.cli.boundary import run
from bmad.store.journal import SqliteJournal

append = SqliteJournal.append
def dying(self, entry):
    if entry.event.value == sys.argv[1]:
        os._exit(137)
    append(self, entry)
SqliteJournal.append = dying
sys.exit(run(sys.argv[2:]))
"""


def dies(stage: Stage, event: str, *arguments: str) -> None:
    """Run bmad, which dies once an effect is done and before its event is written."""
    command = [sys.executable, "-c", DYING, event, *arguments]
    assert subprocess.run(command, cwd=stage.repo, capture_output=True, check=False).returncode == 137


def lose_journal(stage: Stage) -> None:
    for path in (stage.repo / ".bmad").glob("journal.db*"):
        path.unlink()


def offered(stage: Stage) -> set[str]:
    """What inbox and desk offer for the stories that wait to be accepted."""
    items = [*stage.json("inbox")["items"], *stage.json("accept", code=4)["items"]]
    return {" && ".join(one["commands"]) for one in items}


def ended(folder: Path) -> Stage:
    """A stage on which both stories stand on `bmad/next`, the second on top of the first."""
    stage = Stage(folder, accept="end")
    stage.bmad("act", code=4)
    return stage


def test_what_bmad_next_does_not_hold_any_more_is_brought_back_first(tmp_path: Path) -> None:
    stage = ended(tmp_path)
    before, whole = stage.tip(), stage.tip("bmad/next")
    stage.git("branch", "--force", "bmad/next", "bmad/next~2")
    told = stage.bmad("accept", "--all", code=4).err
    assert f"does not hold {stage.second} any more" in told
    assert f"git branch -f bmad/next {whole}" in told
    stage.git("branch", "-D", "bmad/next")
    told = stage.bmad("accept", "--all", code=4).err
    assert f"git branch -f bmad/next {whole}" in told
    assert stage.tip() == before
    for item in stage.json("inbox")["items"]:
        assert "does not hold it any more" in item["words"]
        assert item["commands"][0] == f"git branch -f bmad/next {whole}"
    stage.git("branch", "--force", "bmad/next", whole)
    stage.bmad("accept", "--all")
    assert stage.tip("main^2") == whole


def test_what_the_intent_does_not_say_any_more_is_mapped_first(tmp_path: Path) -> None:
    stage = ended(tmp_path)
    stage.commit({"intent.md": stage.intent.replace("return `a`", "return `A`")}, "Edit the intent")
    told = stage.bmad("accept", "--all", code=4).err
    assert "does not stand in the intent any more; bring that in, and commit it: bmad map intent.md" in told
    assert "reject" not in told, "no fix could mend that"
    assert offered(stage) == {"bmad map intent.md"}
    stage.bmad("map")
    stage.commit({}, "Map it")
    anew = f"git branch -f bmad/next main && bmad cancel {stage.first} && bmad cancel {stage.second}"
    assert offered(stage) == {f"{anew} && bmad act {stage.first} {stage.second}"}, "for both: they land together"
    assert anew in stage.bmad("accept", "--all", code=4).err, "one was built on the other"
    stage.bmad("reject", stage.first, "--why", "It is `A` now.")
    assert anew in stage.bmad("act", code=4).out, "nothing is built that cannot land"
    item = next(one for one in stage.json("inbox")["items"] if one["story"] == stage.first)
    *first, last = item["commands"][:4]
    for command in first:
        (stage.git if command.startswith("git ") else stage.bmad)(*command.split()[1:])
    stage.bmad("confirm", stage.first, "--why", "It is `A` now.")
    stage.commit({}, "Confirm")
    stage.bmad(*last.split()[1:], code=4)
    stage.bmad("accept", "--all")
    assert stage.record(stage.first)


def test_an_edit_of_another_sentence_leaves_the_acceptance_of_all(tmp_path: Path) -> None:
    stage = ended(tmp_path)
    stage.commit({"notes.txt": "a thought"}, "Think")
    assert all("bmad accept --all" in one for one in offered(stage))


def test_what_cannot_be_put_back_as_it_was_is_merged(tmp_path: Path) -> None:
    stage = ended(tmp_path)
    whole = stage.tip("bmad/next")
    stage.commit({"notes.txt": "a thought"}, "Think")
    stage.git("branch", "--force", "bmad/next", "main")
    assert f"git switch bmad/next && git merge {whole}" in stage.bmad("accept", "--all", code=4).err
    stage.git("switch", "--quiet", "bmad/next")
    stage.git("merge", "--quiet", "--no-edit", whole)
    stage.git("switch", "--quiet", "main")
    stage.bmad("accept", "--all")
    assert stage.record(stage.second)


def test_what_a_lost_journal_knew_of_is_not_taken_for_accepted(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="end")
    before = stage.tip()
    stage.bmad("act", stage.first, code=4)
    stage.bmad("reject", stage.first, "--why", "Not this.")
    lose_journal(stage)
    stage.bmad("act", stage.second, code=4)
    told = stage.bmad("accept", "--all", code=4).err
    assert f"{stage.first} stands on bmad/next, and the journal does not know of it" in told
    assert "git branch -f bmad/next main" in told
    assert stage.tip() == before
    stage.git("branch", "--force", "bmad/next", "main")
    told = stage.bmad("accept", "--all", code=4).err
    assert "git branch -f" not in told
    assert f"bmad cancel {stage.second} and bmad act {stage.second} build it anew" in told
    stage.bmad("cancel", stage.second)
    stage.bmad("act", stage.first, stage.second, code=4)
    stage.bmad("accept", "--all")
    assert stage.record(stage.first)
    assert stage.record(stage.second)
    stage.gate(before)


def test_what_stands_on_bmad_next_is_rejected_and_not_cancelled(tmp_path: Path) -> None:
    stage = ended(tmp_path)
    told = stage.bmad("cancel", stage.first, code=2).err
    assert f"bmad reject {stage.first} --why REASON" in told
    stage.bmad("reject", stage.first, "--why", "Not this.")
    assert f"bmad act {stage.first}" in stage.bmad("cancel", stage.first, code=2).err
    stage.play({f"{stage.first} 2/fix": {"exit": 1}})
    stage.bmad("act", stage.first, code=4)
    assert f"bmad act {stage.first}" in stage.bmad("cancel", stage.first, code=2).err
    stage.git("branch", "--force", "bmad/next", "main")
    stage.bmad("cancel", stage.first)


def test_the_way_on_of_a_dispute_is_the_one_that_the_inbox_gives(tmp_path: Path) -> None:
    stage = ended(tmp_path)
    stage.bmad("reject", stage.first, "--why", "Not this.")
    quotes = ("VALUE = 7", "OTHER = 8")
    names = [finding_id("correctness", stage.file_of(stage.first), quote) for quote in quotes]
    wrong = [claim(stage.first, quote, line=line) for line, quote in enumerate(quotes, 1)]
    stage.play(
        {
            "2/fix": source("VALUE = 7\nOTHER = 8\n"),
            "2/review/correctness": found(*wrong),
            "2/triage": stands("disputed", *names, argument="It is right."),
            "2/reply/correctness": replies("upheld", *names, argument="It is not."),
        }
    )
    stage.bmad("act", stage.first, code=4)
    [item] = [item for item in stage.json("inbox")["items"] if item["kind"] == "arbitrate"]
    ruling = "bmad arbitrate {} {} --for reviewer|developer --why REASON"
    assert item["commands"] == [ruling.format(stage.first, name) for name in (*names, "--all")]
    assert f"mend it first: {item['commands'][0]}" in stage.bmad("accept", "--all", code=4).err
    granted = stage.bmad("arbitrate", stage.first, "--more", "1").out
    assert f"once this is ruled on too: {item['commands'][0]}" in granted
    ruled = stage.bmad("arbitrate", stage.first, names[0], "--for", "developer", "--why", "So.").out
    assert f"once this is ruled on too: {item['commands'][1]}" in ruled
    last = stage.bmad("arbitrate", stage.first, "--for", "developer", "--why", "So.").out
    assert f"goes on with: bmad act {stage.first}" in last


def test_a_rejection_that_comes_after_the_landing_says_so(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    dies(stage, "landed", "act", stage.first)
    assert stage.record(stage.first)
    for word in ("reject", "cancel"):
        told = stage.bmad(word, stage.first, "--why", "No.", code=2).err
        assert f"{stage.first} has landed on main; `bmad act {stage.first}` notes it" in told
    stage.bmad("act", stage.first)
    assert stage.ways(stage.first)[-1] == "done"


def test_a_rejection_that_comes_after_the_acceptance_of_all_says_so(tmp_path: Path) -> None:
    stage = ended(tmp_path)
    dies(stage, "accepted", "accept", "--all")
    landed = stage.tip()
    assert stage.tip("main^2") == stage.tip("bmad/next")
    assert "bmad accept --all" in stage.bmad("reject", stage.first, "--why", "No.", code=2).err
    stage.bmad("accept", "--all")
    assert stage.tip() == landed, "it is accepted once"
    assert stage.ways(stage.first)[-1] == "done"


def test_what_the_gate_refuses_to_land_can_be_sent_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To take it up again would try the same landing, for ever."""
    stage = Stage(tmp_path, accept="auto")
    with monkeypatch.context() as patch:
        patch.setattr(land, "judge", lambda *_: "G99 It is not so")
        told = stage.bmad("act", stage.first, code=4).out
        stage.bmad("act", stage.first, code=4)
    assert f"G99 It is not so. Where the work is at fault: bmad reject {stage.first} --why REASON" in told
    stage.bmad("reject", stage.first, "--why", "Make it so.")
    assert stage.ways(stage.first)[-2:] == ["land", "fix"]
    stage.bmad("act", stage.first)
    assert "Make it so." in stage.told(stage.first, "2/fix")
    assert stage.ways(stage.first)[-1] == "done"


def test_what_failed_before_it_was_to_land_is_no_work_to_reject(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    stage.play({"1/dev": {"exit": 1}})
    stage.bmad("act", stage.first, code=4)
    assert (
        "only what waits to be accepted or landed" in stage.bmad("reject", stage.first, "--why", "No.", code=2).err
    )


def test_nobody_rejects_what_a_runner_may_be_landing(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    stage.bmad("act", stage.first, code=4)
    stage.bmad("accept", stage.first)
    hold = FileLocks(stage.repo / ".git/bmad/locks").take("runner", "bmad act")
    assert hold is not None
    assert "Another bmad act works" in stage.bmad("reject", stage.first, "--why", "No.", code=3).err
    hold.release()
    stage.bmad("reject", stage.first, "--why", "No.")


def test_i_a_runner_is_found_at_work_where_its_journal_was_cleaned_away(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    hold = FileLocks(stage.repo / ".git/bmad/locks").take("runner", "bmad act")
    assert hold is not None
    stage.git("clean", "-fdxq")
    assert "Another bmad act works" in stage.bmad("act", stage.first, code=3).err
    hold.release()
    with at_work(open_app(stage.repo).desk(), "bmad submit"):
        assert "Another bmad submit works" in stage.bmad("act", stage.first, code=3).err
    stage.bmad("act", stage.first, code=4)


def test_a_worktree_that_is_in_use_is_left_for_later(tmp_path: Path) -> None:
    stage = ended(tmp_path)
    folders = [trees(stage.repo) / story for story in (stage.first, stage.second)]
    hold = FileLocks(stage.repo / ".git/bmad/locks").take(f"worktree-{stage.first}", "a test")
    assert hold is not None
    stage.bmad("accept", "--all")
    assert [folder.exists() for folder in folders] == [True, False]
    hold.release()
    stage.bmad("act")
    assert not folders[0].exists()


def test_what_the_gate_refuses_at_the_end_leads_on(tmp_path: Path) -> None:
    stage = ended(tmp_path)
    stage.git("switch", "--quiet", "bmad/next")
    stage.commit({"hand.txt": "by hand"}, "By hand")
    stage.git("switch", "--quiet", "main")
    told = stage.bmad("accept", "--all", code=4).err
    assert "The gate refuses to land bmad/next: G" in told
    assert "bmad gate --base main --head bmad/next" in told

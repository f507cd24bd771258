"""What becomes of what an earlier runner, landing or journal left, and of what people did in between."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.act.repos import text, trees
from tests.act.stage import PASSING, Stage, begun, claim, found, source, work
from tests.program import bmad, git

_DIE = """
import os, sys
from bmad.cli.boundary import run
from bmad.store.journal import SqliteJournal
append = SqliteJournal.append
def die(self, entry):
    if entry.event.value == sys.argv[1]:
        os._exit(137)
    return append(self, entry)
SqliteJournal.append = die
sys.exit(run(sys.argv[2:]))
"""


def killed_before(event: str, stage: Stage, *arguments: str) -> None:
    """Run bmad until an effect is done whose event would be noted next."""
    done = subprocess.run([sys.executable, "-c", _DIE, event, *arguments], cwd=stage.repo, check=False)
    assert done.returncode == 137


def lose_the_journal(stage: Stage) -> None:
    for path in (stage.repo / ".bmad").glob("journal.db*"):
        path.unlink()


@pytest.mark.parametrize("land", ["merge", "squash"])
def test_without_its_journal_a_story_takes_nothing_of_people_away(tmp_path: Path, land: str) -> None:
    """A commit of the lost run stands on the branch, and on the target what a person landed since."""
    stage = Stage(tmp_path, accept="auto", land=land)
    stage.territory(stage.first, stage.file_of(stage.first), "lib/**")
    killed_before("reviewed", stage, "act", stage.first)
    stage.commit({"lib/good.py": "GOOD = 1\n"}, f"A person's work\n\nStory: {stage.first}")
    before = stage.tip()
    lose_the_journal(stage)
    stage.bmad("act", stage.first)
    assert text(stage.repo, "main", "lib/good.py") == "GOOD = 1\n"
    stage.gate(before)


@pytest.mark.parametrize("land", ["squash", "rebase"])
def test_a_reopened_story_is_developed_anew(tmp_path: Path, land: str) -> None:
    stage = Stage(tmp_path, accept="auto", land=land)
    stage.bmad("act", stage.first)
    stage.bmad("reopen", stage.first, "--why", "One is not enough.")
    stage.commit({}, "Take it up again")
    before = stage.tip()
    stage.play({"1/dev": source("VALUE = 2\n")})
    stage.bmad("act", stage.first)
    assert text(stage.repo, "main", stage.file_of(stage.first)) == "VALUE = 2\n"
    assert stage.record(stage.first, landing=2)["rounds"] == 1
    stage.gate(before)


def test_a_kill_after_the_rebase_does_not_make_the_targets_commits_strange(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    stage.bmad("act", stage.first, code=4)
    stage.commit({"docs/a.md": "hi\n"}, "A person's own commit\n\nPolicy: tests")
    stage.bmad("accept", stage.first)
    killed_before("moved", stage, "act", stage.first)
    stage.bmad("act", stage.first)
    assert stage.record(stage.first)


def test_a_new_worktree_is_set_up_whenever_the_old_one_went(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    ready = stage.settings.replace("verify:", "setup: [[touch, ready.tmp]]\nverify:").replace(
        "verify: [", "verify: [{name: ready, run: [test, -e, ready.tmp]}, "
    )
    stage.commit({"bmad.yaml": ready, ".gitignore": "*.tmp\n.bmad/\n__pycache__/\n"}, "Set up\n\nPolicy: tests")
    killed_before("passed", stage, "act", stage.first)
    tree = trees(stage.repo) / stage.first
    tree.rename(tmp_path / "gone")
    stage.bmad("act", stage.first, code=4)
    assert stage.ways(stage.first)[-1] == "accept"


def test_i_what_has_landed_is_done_in_a_clone_whose_journal_never_heard_of_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.territory(stage.first, stage.file_of(stage.first))
    stage.bmad("act", stage.first)
    clone = tmp_path / "clone"
    git("clone", "--quiet", str(stage.repo), str(clone), cwd=tmp_path)
    for dry in (["--dry-run"], []):
        told = bmad("act", stage.first, *dry, cwd=clone)
        assert told.code == 0, told
        assert "done" in told.out.splitlines()[0]
        assert f"{stage.first} is done on main" in told.out
    assert not git("branch", "--list", "bmad/*", cwd=clone)


def test_closed_streams_are_no_place_for_files_and_stop_nothing(tmp_path: Path) -> None:
    """Where one is closed, the next file that is opened takes its number, and is written to as that."""
    stage = Stage(tmp_path)
    command = f"{shlex.quote(sys.executable)} -m bmad act {stage.first} >&- 2>&- <&-"
    assert subprocess.run(["/bin/sh", "-c", command], cwd=stage.repo, check=False).returncode == 0
    assert stage.record(stage.first)


def test_a_branch_in_the_way_is_named_before_anything_begins(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    stage.git("branch", "bmad")
    told = stage.bmad("act", stage.first, code=2).err
    assert f"The branch bmad keeps git from making bmad/{stage.first}. Rename it: git branch -m bmad" in told
    assert "has not been begun" in stage.bmad("log", stage.first, code=2).err
    stage.git("branch", "-m", "bmad", "other")
    stage.bmad("act", stage.first)


def test_a_landing_that_was_taken_off_the_target_counts_no_more(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    stage.depend(stage.second, stage.first)
    stage.bmad("act", stage.first)
    stage.git("reset", "--quiet", "--hard", "HEAD~1")
    told = stage.bmad("act", code=4).out
    assert "0 of 2 stories done on main" in told
    assert f"and does not stand on main: merge that, or have it built anew here: bmad act {stage.first}" in told
    assert f"it waits for {stage.first}" in told
    stage.play({"1/dev": source("VALUE = 'anew'\n")})
    stage.bmad("act", stage.first)
    assert text(stage.repo, "main", stage.file_of(stage.first)) == "VALUE = 'anew'\n"
    assert "2 of 2 stories done on main" in stage.bmad("act").out


def test_what_stands_on_the_staging_branch_is_not_done_where_no_journal_says_so(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="end")
    stage.bmad("act", stage.first, code=4)
    lose_the_journal(stage)
    told = stage.bmad("act", stage.first, code=4).out
    assert f"{stage.first} is not done on main: " in told
    assert "begin bmad/next anew (git branch -f bmad/next main)" in told
    stage.git("branch", "-f", "bmad/next", "main")
    stage.bmad("act", stage.first, code=4)
    stage.bmad("accept", "--all")
    assert stage.record(stage.first)


def test_what_was_mended_on_the_staging_branch_passes_the_audit(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"2/fix": source("VALUE = 2\n")}, accept="end")
    before = stage.tip()
    stage.bmad("act", stage.first, code=4)
    stage.bmad("reject", stage.first, "--why", "Make it two.")
    stage.bmad("act", stage.first, code=4)
    stage.bmad("accept", "--all")
    stage.gate(before)
    stage.bmad("gate", "--since", before)


def test_own_work_goes_on_by_hand_after_a_host_has_merged_it_and_it_was_reopened(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="auto", land="branch")
    work(stage)
    stage.bmad("submit", code=4)
    stage.git("switch", "--quiet", "main")
    stage.git("merge", "--quiet", "--no-ff", "--no-edit", f"bmad/submitted/{stage.first}")
    stage.bmad("reopen", stage.first, "--why", "One is not enough.")
    stage.commit({}, "Take it up again")
    stage.bmad("start", stage.first)
    stage.git("rebase", "--quiet", "main")
    mine = work(stage, "VALUE = 2\n")
    told = stage.bmad("submit", code=4).out
    assert f"Push bmad/submitted/{stage.first}" in told
    assert stage.tip(f"bmad/{stage.first}") == mine
    assert text(stage.repo, f"bmad/submitted/{stage.first}", stage.file_of(stage.first)) == "VALUE = 2\n"


def test_a_backport_is_submitted_where_it_is_to_land(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="auto")
    stage.git("branch", "release", "main")
    mine = work(stage)
    stage.bmad("submit")
    stage.git("switch", "--quiet", "release")
    stage.set(accept="auto", target="release")
    before = stage.tip("release")
    stage.git("switch", "--quiet", "-c", "port")
    stage.git("cherry-pick", "-x", mine)
    stage.bmad("submit", stage.first)
    assert stage.record(stage.first, "release")["target"] == "refs/heads/release"
    stage.gate(before, "release")


def test_commits_after_the_review_are_not_left_out_in_silence(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="story")
    work(stage)
    stage.bmad("submit", code=4)
    work(stage, "VALUE = 2\n")
    told = stage.bmad("submit", code=2).err
    assert f"bmad/{stage.first} holds commits that came after what is reviewed now" in told
    stage.bmad("accept", stage.first)
    assert "holds commits that nobody reviewed" in stage.bmad("act", stage.first, code=4).out
    stage.bmad("reject", stage.first, "--why", "There is more.")
    stage.bmad("submit", code=4)
    stage.bmad("accept", stage.first)
    stage.bmad("submit")
    assert text(stage.repo, "main", stage.file_of(stage.first)) == "VALUE = 2\n"


def test_a_line_of_commits_holds_no_merges(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="auto", land="rebase")
    work(stage)
    stage.git("switch", "--quiet", "main")
    base = stage.commit({}, "A person's own commit")
    stage.git("switch", "--quiet", f"bmad/{stage.first}")
    stage.git("merge", "--quiet", "--no-edit", "main")
    assert "holds merges, and `act.land: rebase`" in stage.bmad("submit", code=4).out
    stage.git("rebase", "--quiet", "main")
    stage.bmad("submit")
    assert base in stage.git("rev-list", "--first-parent", "main").split()
    stage.bmad("gate", "--since", base, "--head", "main")


def test_a_symlink_that_the_territory_names_by_its_whole_path_lands(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="auto")
    (stage.repo / "src").mkdir()
    (stage.repo / "src/link").symlink_to("x.py")
    work(stage)
    stage.git("add", "src/link")
    stage.git("commit", "--quiet", "--no-verify", "-m", f"Link it\n\nStory: {stage.first}")
    assert "src/link has mode 120000" in stage.bmad("submit", code=4).out
    stage.git("switch", "--quiet", "main")
    path = stage.path(stage.first)
    told = (stage.repo / path).read_text(encoding="utf-8").replace("- Territory: ", "- Territory: `src/link`, ")
    before = stage.commit({path: told}, "Name the link")
    stage.git("switch", "--quiet", f"bmad/{stage.first}")
    stage.git("rebase", "--quiet", "main")
    stage.bmad("submit")
    assert "src/link" in stage.files()
    stage.gate(before)


def test_a_persons_answer_counts_once(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    command = stage.settings.partition("developer: ")[2].partition("}")[0] + "}"
    settings = stage.settings.replace(f"developer: {command}", "developer: {use: human}")
    stage.commit({"bmad.yaml": settings}, "Do it ourselves\n\nPolicy: tests")
    stage.bmad("act", stage.first, code=4)
    build(stage, "VALUE = 1\n")
    stage.bmad("act", stage.first)
    stage.bmad("reopen", stage.first, "--why", "One is not enough.")
    stage.commit({}, "Take it up again")
    assert "Your turn" in stage.bmad("act", stage.first, code=4).out
    build(stage, "VALUE = 2\n")
    stage.bmad("act", stage.first)
    assert text(stage.repo, "main", stage.file_of(stage.first)) == "VALUE = 2\n"


def test_what_a_person_has_in_the_worktree_while_others_read_is_kept(tmp_path: Path) -> None:
    """Where nothing holds agents back, the worktree is cleaned after them, but not after a person."""
    stage = Stage(tmp_path, accept="auto", sandbox="none")
    command = stage.settings.partition("developer: ")[2].partition("}")[0] + "}"
    settings = stage.settings.replace(f"developer: {command}", "developer: {use: human}")
    stage.commit({"bmad.yaml": settings}, "Do it ourselves\n\nPolicy: tests")
    stage.play({"1/review/correctness": found(claim(stage.first, "VALUE = 1"))})
    stage.bmad("act", stage.first, code=4)
    tree = build(stage, "VALUE = 1\n")
    stage.bmad("act", stage.first, code=4)
    assert stage.ways(stage.first)[-1] == "triage"
    (tree / stage.file_of(stage.first)).write_text("VALUE = 2  # an hour of work\n", encoding="utf-8")
    stage.bmad("triage", stage.first)
    told = stage.bmad("act", stage.first, code=4).out
    refs = stage.git("for-each-ref", "--format=%(refname)", "refs/bmad/kept").split()
    kept = [text(stage.repo, ref, stage.file_of(stage.first)) for ref in refs]
    assert "VALUE = 2  # an hour of work\n" in kept
    assert any(f"and in no commit is kept under {ref}: git -C {tree} diff HEAD {ref}" in told for ref in refs)


def test_what_git_ignores_of_a_persons_work_is_kept_when_the_worktree_goes(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    command = stage.settings.partition("developer: ")[2].partition("}")[0] + "}"
    settings = stage.settings.replace(f"developer: {command}", "developer: {use: human}")
    makes = "for name in 'made', 'both': open(f'{name}.mine', 'w').close()"
    setup = json.dumps([[sys.executable, "-S", "-c", makes]])
    files = {"bmad.yaml": f"{settings}setup: {setup}\n", ".gitignore": "*.mine\nscratch/\n__pycache__/\n"}
    stage.commit(files, "Do it ourselves\n\nPolicy: tests")
    stage.bmad("act", stage.first, code=4)
    tree = build(stage, "VALUE = 1\n")
    for path in ("both.mine", "src/notes.mine", "scratch/plan.txt", "src/__pycache__/a.pyc"):
        (tree / path).parent.mkdir(exist_ok=True)
        (tree / path).write_text("An hour of work.\n", encoding="utf-8")
    told = stage.bmad("act", stage.first).out
    kept = tree.parent.parent / "kept" / stage.first / "done"
    assert not tree.exists()
    assert f"what git ignored in the worktree of {stage.first} is kept in {kept}" in told
    found = {path.relative_to(kept).as_posix() for path in kept.rglob("*") if path.is_file()}
    assert found == {"both.mine", "src/notes.mine", "scratch/plan.txt"}


def test_twin_what_git_ignores_of_an_agents_work_goes_with_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    stage.commit({".gitignore": "*.mine\n"}, "Ignore some\n\nPolicy: tests")
    stage.play({"1/dev": {"files": {"src/NAME.py": "VALUE = 1\n", "notes.mine": "x"}, "answer": {}}})
    assert "kept in" not in stage.bmad("act", stage.first).out
    assert not (trees(stage.repo).parent / "kept").exists()


def test_work_that_git_has_no_more_holds_up_nothing_and_is_built_anew(tmp_path: Path) -> None:
    """As when its branch is deleted while it waits, and git cleans up."""
    stage = Stage(tmp_path, accept="story")
    stage.bmad("act", stage.first, code=4)
    stage.bmad("accept", stage.first)
    stage.git("update-ref", "-d", f"refs/heads/bmad/{stage.first}")
    stage.git("-c", "gc.pruneExpire=now", "gc", "--quiet", "--prune=now")
    told = stage.bmad("act", code=4).out
    assert "Its work is in git no more" in told
    assert stage.ways(stage.second)[-1] == "accept", "the other story is carried on"
    assert f"bmad cancel {stage.first} && bmad act {stage.first}" in told
    stage.bmad("cancel", stage.first)
    stage.bmad("act", stage.first, code=4)
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first)


def test_a_story_whose_preparation_was_taken_off_the_target_is_prepared_again(tmp_path: Path) -> None:
    """It has no territory then that a fix could stay within."""
    stage = Stage(tmp_path, accept="story")
    stage.bmad("act", stage.first, code=4)
    stage.git("reset", "--quiet", "--hard", "HEAD~1")
    assert "it is built anew" in stage.bmad("accept", stage.first, code=4).err
    stage.bmad("act", stage.first, code=4)
    assert stage.ways(stage.first)[-1] == "accept"
    [told] = [one for one in stage.events(stage.first) if one["event"] == "respecified"]
    assert "Its territory" in told["content"]["words"]
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first)


def build(stage: Stage, value: str) -> Path:
    """A person builds the first story in its worktree, and says so."""
    tree = trees(stage.repo) / stage.first
    for path, content in {
        stage.file_of(stage.first): value,
        f"tests/test_{stage.name(stage.first)}.py": PASSING,
    }.items():
        (tree / path).parent.mkdir(exist_ok=True)
        (tree / path).write_text(content, encoding="utf-8")
    [folder] = (stage.repo / ".bmad/human").glob(f"{stage.first}*dev")
    (folder / "answer.json").write_text("{}", encoding="utf-8")
    return tree

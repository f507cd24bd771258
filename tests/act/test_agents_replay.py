"""Recordings: played only to the state of the work that they answered to, and made of real calls."""

import json
from pathlib import Path
from typing import Any

import pytest

from bmad.agents.recording import Recorder
from bmad.errors import CannotAnswerError, UsageError
from bmad.model.agents import Fault, Outcome
from bmad.model.answers import ReviewAnswer, WorkAnswer
from bmad.model.settings import AgentSettings
from bmad.ports.acting import Agents
from tests.act.agent_world import KEY, SUBJECT, World, git

REPLAY = AgentSettings(replay="run.jsonl")
PATCH = "diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n-one\n+three\n two\n"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


def recorded(world: World, *lines: dict[str, Any]) -> None:
    (world.home / "run.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def play(world: World, **changes: Any) -> Outcome:
    return world.room.run(world.task(agent=REPLAY, **changes), world.hold)


def test_answer_and_patch_are_played(world: World) -> None:
    by = {"backend": "command", "model": "m-1"}
    answer = {"summary": "Done.", "usage": {"tokens_in": 3}}
    recorded(world, {"key": KEY, "subject": SUBJECT, "answer": answer, "patch": PATCH, "by": by})
    outcome = play(world)
    assert (outcome.fault, outcome.backend, outcome.model, outcome.exit) == (None, "replay", "m-1", None)
    assert outcome.answer == WorkAnswer(summary="Done.").model_dump(mode="json")
    assert outcome.usage is not None
    assert outcome.usage.tokens_in == 3
    assert (world.tree / "a.txt").read_text() == "three\ntwo\n"


def test_the_same_recording_plays_the_same(world: World) -> None:
    recorded(world, {"key": KEY})
    assert play(world) == play(world)


def test_a_recording_that_holds_nothing_for_a_step_says_so(world: World) -> None:
    recorded(world, {"key": KEY})
    outcome = play(world, key="STORY-1/2/dev")
    assert outcome.fault is Fault.NO_ANSWER
    assert outcome.words == f"The recording {world.home / 'run.jsonl'} holds nothing for STORY-1/2/dev."
    assert play(world, kind="review").fault is Fault.NO_ANSWER


def test_a_recording_of_another_state_of_the_work_stops(world: World) -> None:
    recorded(world, {"key": KEY, "subject": "b" * 64, "patch": PATCH})
    outcome = play(world)
    assert outcome.fault is Fault.BAD_ANSWER
    assert outcome.words == f"The recording answers to another state of the work than this one ({KEY})."
    assert (world.tree / "a.txt").read_text() == "one\ntwo\n"


def test_of_two_lines_the_one_for_this_state_counts_and_of_those_the_last(world: World) -> None:
    subjects = [SUBJECT, SUBJECT, "b" * 64]
    recorded(
        world,
        *({"key": KEY, "subject": name, "answer": {"summary": str(at)}} for at, name in enumerate(subjects)),
    )
    answer = play(world).answer
    assert answer is not None
    assert answer["summary"] == "1"


def test_a_recorded_answer_must_fit_too(world: World) -> None:
    recorded(world, {"key": KEY, "answer": {"approved": True}})
    outcome = play(world)
    assert outcome.fault is Fault.BAD_ANSWER
    assert "`approved`" in outcome.words


def new_file(path: str) -> str:
    head = f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n"
    return f"{head}+++ b/{path}\n@@ -0,0 +1 @@\n+x\n"


BAD_PATCHES = {
    "does not fit": PATCH.replace("-one", "-nine"),
    "no patch": "hello",
    "out by dots": new_file("../../../out.txt"),
    "out by root": new_file("/proc/out.txt"),
    "into git": new_file(".git/hooks/x"),
    "into a deeper git": new_file("sub/.GIT/config"),
    "through a link": new_file("link/out.txt"),
}


@pytest.mark.parametrize("name", BAD_PATCHES)
def test_a_patch_that_does_not_apply_changes_nothing(world: World, name: str) -> None:
    (world.tree / "link").symlink_to(world.folder)
    git_file = (world.tree / ".git").read_bytes()
    before = sorted(world.folder.rglob("*.txt"))
    recorded(world, {"key": KEY, "patch": BAD_PATCHES[name]})
    outcome = play(world)
    assert outcome.fault is Fault.BAD_ANSWER
    assert "patch does not apply: " in outcome.words
    assert sorted(world.folder.rglob("*.txt")) == before
    assert (world.tree / ".git").read_bytes() == git_file
    assert git(world.tree, "status", "--porcelain").split() == ["??", "link"]


def test_a_reader_changes_nothing(world: World) -> None:
    recorded(world, {"key": KEY, "patch": PATCH})
    assert play(world, writable=False).fault is Fault.BAD_ANSWER
    assert git(world.tree, "status", "--porcelain") == ""


BAD_LINES = ["{", "[]", '{"kye": "x"}', '{"key": "x", "key": "y"}', '{"key": "x", "seconds": -1}', "[" * 99999]


@pytest.mark.parametrize("line", BAD_LINES, ids=range(len(BAD_LINES)))
def test_a_line_that_is_none_is_named(world: World, line: str) -> None:
    (world.home / "run.jsonl").write_text('{"key": "STORY-2/1/dev"}\n\n' + line + "\n")
    with pytest.raises(UsageError, match=r"run\.jsonl:3 is no line of a recording: "):
        play(world)


def test_a_recording_that_is_not_there_is_named(world: World) -> None:
    with pytest.raises(UsageError, match=r"run\.jsonl cannot be read"):
        play(world)


def recorder(world: World) -> Recorder:
    made: Agents = Recorder(world.room, world.home / "run.jsonl", world.environ)
    assert isinstance(made, Recorder)
    return made


WORK = """
open("a.txt", "w").write("one\\n2\\n")
open("new.txt", "wb").write(b"caf\\xe9\\n")
open("blob", "wb").write(bytes(range(256)))
os.mkdir("sub"); open("sub/deep", "w").write("x")
os.symlink("a.txt", "link")
json.dump({"summary": "Worked."}, open(os.environ["BMAD_RESULT"], "w"))
"""


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != ".git"}


@pytest.mark.parametrize("end", ["", "os.remove('.git')", "os.system('git add -A; git commit -qm own')"])
def test_what_was_recorded_is_played_again(world: World, end: str) -> None:
    index = (world.home / ".git/worktrees/STORY-1/index").read_bytes()
    confine = "commit" not in end
    outcome = recorder(world).run(world.task(world.script(WORK + end), confine=confine), world.hold)
    assert outcome.fault is None
    if confine:
        assert (world.home / ".git/worktrees/STORY-1/index").read_bytes() == index
    made = files(world.tree)
    other = world.tree.parent / "other"
    git(world.home, "worktree", "add", "--quiet", "--detach", str(other), "main")
    played = play(world, folder=other)
    assert (played.fault, played.answer) == (None, outcome.answer)
    assert files(other) == made
    assert (other / "link").is_symlink()


def test_a_call_that_failed_is_not_recorded(world: World) -> None:
    assert recorder(world).run(world.task(("no-such-agent",)), world.hold).fault is Fault.NOT_STARTED
    assert not (world.home / "run.jsonl").exists()


def test_a_recording_says_who_did_it_and_grows(world: World) -> None:
    for _ in range(2):
        agent = AgentSettings(command=("true",), model="m-1")
        recorder(world).run(world.task(agent=agent), world.hold)
    lines = [json.loads(line) for line in (world.home / "run.jsonl").read_text().splitlines()]
    assert [line["key"] for line in lines] == [KEY, KEY]
    assert lines[0]["subject"] == SUBJECT
    assert (lines[0]["by"]["backend"], lines[0]["by"]["model"], lines[0]["patch"]) == ("command", "", "")


def test_what_lies_about_is_no_part_of_a_readers_recording(world: World) -> None:
    (world.tree / "built").write_text("by the setup")
    answer = 'json.dump({"findings": []}, open(os.environ["BMAD_RESULT"], "w"))'
    task = world.task(world.script(answer), kind="review", writable=False)
    assert recorder(world).run(task, world.hold).fault is None
    played = play(world, kind="review", writable=False)
    assert played.answer == ReviewAnswer().model_dump(mode="json")


def test_a_recording_that_cannot_be_written_is_named(world: World) -> None:
    (world.home / "run.jsonl").mkdir()
    with pytest.raises(CannotAnswerError, match=r"run\.jsonl cannot be written"):
        recorder(world).run(world.task(("true",)), world.hold)

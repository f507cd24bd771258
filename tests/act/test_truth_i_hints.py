"""Every command that bmad names to a person is run as it stands, and does what is said of it."""

import os
import pty
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bmad.core.act.review import finding_id
from tests.act.hints import Followed, hints
from tests.act.stage import Stage, begun, claim, found, replies, source, stands, work
from tests.act.test_truth_i_checks import depends_on
from tests.act.test_truth_i_review import Asked
from tests.program import Ended, inside

Scenario = Callable[[Path], tuple[Stage, Ended]]
"""Leads a story to where a person is needed; what bmad said last."""


def accepting(folder: Path) -> tuple[Stage, Ended]:
    """Reviewed; and the target has moved since."""
    stage = Stage(folder, accept="story")
    ended = stage.bmad("act", stage.first, code=4)
    stage.commit({"README.md": "Letters.\n"}, f"Say more\n\nStory: {stage.first}")
    return stage, ended


def planning(folder: Path) -> tuple[Stage, Ended]:
    stage = Stage(folder, plan="human")
    return stage, stage.bmad("act", stage.first, code=4)


def reviewing(folder: Path) -> tuple[Stage, Ended]:
    stage = Asked(folder)
    return stage, stage.bmad("act", stage.first, code=4)


def checking(folder: Path) -> tuple[Stage, Ended]:
    """A check failed for what is no fault of the change, and is mended since."""
    stage = Stage(folder, rounds=1)
    depends_on(stage, folder / "service")
    ended = stage.bmad("act", stage.first, code=4)
    (folder / "service").touch()
    return stage, ended


def disputed(folder: Path) -> tuple[Stage, Ended]:
    stage = Stage(folder)
    name = finding_id("correctness", stage.file_of(stage.first), "VALUE = 1")
    stage.play(
        {
            "1/dev": source("VALUE = 1\n"),
            "1/review/correctness": found(claim(stage.first, "VALUE = 1")),
            "1/triage": stands("disputed", name, argument="No."),
            "1/reply/correctness": replies("upheld", name, argument="Yes."),
            "2/review/correctness": found(settled=[name]),
        }
    )
    return stage, stage.bmad("act", stage.first, code=4)


def used_up(folder: Path) -> tuple[Stage, Ended]:
    """A finding is confirmed, and there is no round left to mend it in."""
    stage = Stage(folder, rounds=1)
    name = finding_id("correctness", stage.file_of(stage.first), "VALUE = 1")
    reviews = {"1/review/correctness": found(claim(stage.first, "VALUE = 1"))}
    stage.play({"1/dev": source("VALUE = 1\n"), **reviews, "2/review/correctness": found(settled=[name])})
    return stage, stage.bmad("act", stage.first, code=4)


def failing(folder: Path) -> tuple[Stage, Ended]:
    stage = Stage(folder, {"1/dev": {"exit": 1}})
    ended = stage.bmad("act", stage.first, code=4)
    stage.play({})
    return stage, ended


def suspect(folder: Path) -> tuple[Stage, Ended]:
    stage = Stage(folder, plan="human")
    stage.bmad("act", stage.first, code=4)
    (stage.repo / "intent.md").write_text(stage.intent.replace("return `a`", "return `A`"), encoding="utf-8")
    stage.bmad("map", "intent.md")
    stage.commit({}, "Change the intent")
    return stage, stage.bmad("act", stage.first, code=4)


def gone(folder: Path) -> tuple[Stage, Ended]:
    stage = Stage(folder, plan="human")
    stage.bmad("act", stage.first, code=4)
    stage.git("rm", "--quiet", stage.path(stage.first))
    stage.commit({}, "Drop it")
    return stage, stage.bmad("act", stage.first, code=2)


def conflicting_at_the_end(folder: Path) -> tuple[Stage, Ended]:
    stage = Stage(folder, accept="end")
    stage.bmad("act", stage.first, code=4)
    stage.commit({stage.file_of(stage.first): "OTHER = 1\n"}, f"Another\n\nStory: {stage.first}")
    return stage, stage.bmad("accept", "--all", code=4)


def lost_at_the_end(folder: Path) -> tuple[Stage, Ended]:
    stage = Stage(folder, accept="end")
    stage.bmad("act", stage.first, code=4)
    stage.git("branch", "--force", "bmad/next", "main")
    return stage, stage.bmad("accept", "--all", code=4)


def by_hand(folder: Path) -> tuple[Stage, Ended]:
    stage = begun(folder, accept="auto")
    work(stage)
    stage.git("switch", "--quiet", "main")
    return stage, stage.bmad("act", stage.first, code=4)


def triaging(folder: Path) -> tuple[Stage, Ended]:
    stage = begun(folder, accept="auto")
    stage.play({"1/review/correctness": found(claim(stage.first, "VALUE = 1"))})
    work(stage)
    ended = stage.bmad("submit", code=4)
    stage.git("switch", "--quiet", "main")
    return stage, ended


def nameless_and_behind(folder: Path) -> tuple[Stage, Ended]:
    stage = begun(folder, accept="auto", land="rebase")
    hooks = stage.repo / ".git/hooks"
    hooks.rename(hooks.with_name("none"))
    work(stage)
    return stage, stage.bmad("submit", code=4)


def conflicting(folder: Path) -> tuple[Stage, Ended]:
    """Accepted, in conflict with what has come onto the target since."""
    stage = begun(folder, accept="story")
    work(stage)
    stage.bmad("submit", code=4)
    stage.bmad("accept", stage.first)
    stage.git("switch", "--quiet", "main")
    stage.commit({stage.file_of(stage.first): "OTHER = 1\n"}, f"Another\n\nStory: {stage.first}")
    return stage, stage.bmad("submit", stage.first, code=4)


def more_than_reviewed(folder: Path) -> tuple[Stage, Ended]:
    stage = begun(folder, accept="story")
    work(stage)
    stage.bmad("submit", code=4)
    work(stage, "VALUE = 2\n")
    return stage, stage.bmad("submit", code=2)


ANSWERED = "answered"
"""The inbox sees that a person has answered."""

LEADS_TO = {
    "bmad accept STORY": {"land", "dev"},
    "bmad accept --all": {"done", "accept"},
    "bmad reject STORY --why REASON": {"fix", "create"},
    "bmad cancel STORY": {"cancelled"},
    "bmad arbitrate STORY FINDING --for reviewer|developer --why REASON": {"fix"},
    "bmad arbitrate STORY FINDING --for developer --why REASON": {"arbitrate"},
    "bmad arbitrate STORY --more 2 --why WHAT-TO-DO": {"fix"},
    "bmad act STORY --again": {"done"},
    "bmad review STORY": {ANSWERED},
    "bmad review STORY --approve": {ANSWERED},
    "bmad review STORY --request-changes WHAT": {ANSWERED},
    "bmad review STORY --comment FILE:LINE WHAT": {ANSWERED},
    "bmad triage STORY": {ANSWERED},
    "bmad triage STORY --dispute FINDING --why REASON": {ANSWERED},
    "git switch bmad/STORY && bmad submit STORY": {"done"},
    "git branch -m bmad/STORY STORY-by-hand && bmad act STORY": {"done"},
}
"""A hint -> the states that it may leave the story in."""

GOES_ON = {"bmad act STORY", "bmad submit STORY"}
ASIDE = {"bmad inbox", "bmad init --yes", "git diff COMMIT COMMIT", "git show main:stories/STORY-first.md"}
"""Answered at once, and the story stays where it was."""
BEFORE = {
    "bmad confirm STORY --why REASON",
    'git commit -m "Confirm STORY" specs/trace.lock',
    "git rebase COMMIT bmad/STORY --exec 'git commit --amend --no-edit --trailer Story:STORY'",
    "bmad hooks install",
    "git branch -f bmad/next COMMIT",
    "git switch bmad/STORY && git merge main",
    "git branch -f bmad/next main && bmad cancel STORY && bmad act STORY",
}
"""What has to be done before the story goes on: followed in the order in which it is told."""

_seen: set[str] = set()
"""Hints that were followed to where the story goes on."""


@pytest.fixture(autouse=True)
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A person at a terminal, whose editor approves."""
    program = "import pathlib, sys; p = pathlib.Path(sys.argv[-1]); t = p.read_text()"
    program += "; p.write_text(t.replace('\\nverdict:', '\\nverdict: approve', 1))"
    script = tmp_path / "editor.py"
    script.write_text(program, encoding="utf-8")
    monkeypatch.setenv("GIT_EDITOR", f"{sys.executable} {script}")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "stage" / "state"))
    monkeypatch.setattr(Stage, "run", staticmethod(inside))
    ours, theirs = pty.openpty()
    os.write(ours, b"\x04" * 64)  # nobody types: whatever asks is told that there is no more
    with os.fdopen(theirs) as terminal:
        monkeypatch.setattr("sys.stdin", terminal)
        yield
    os.close(ours)


@pytest.mark.parametrize(
    "scenario",
    [
        accepting,
        planning,
        reviewing,
        checking,
        disputed,
        used_up,
        failing,
        suspect,
        conflicting_at_the_end,
        lost_at_the_end,
        by_hand,
        triaging,
        nameless_and_behind,
        conflicting,
        more_than_reviewed,
    ],
)
def test_i_each_hint_is_the_command_that_works(scenario: Scenario, tmp_path: Path) -> None:
    (tmp_path / "stage").mkdir()
    stage, ended = scenario(tmp_path / "stage")
    case = Followed(stage, tmp_path / "kept", ended.out + ended.err)
    assert case.hints, "a person is told what to do"
    own = [hint for hint in case.hints if case.shape(hint) not in BEFORE | GOES_ON | ASIDE]
    for hint in case.hints:
        shape = case.shape(hint)
        if shape in ASIDE or hint in own or (shape in GOES_ON and not own):  # else it comes after another
            case.restore()
            follow(case, hint)
    in_order(case)


def follow(case: Followed, hint: str) -> None:
    """Run a hint, see where it leads, and go on with what it says comes next."""
    shape, before = case.shape(hint), case.item
    ended = case.run(hint)
    told = (hint, ended)
    if shape in GOES_ON:
        assert ended.code in (0, 4), told
        return
    if shape in ASIDE:
        assert (ended.code, bool(ended.out), case.item) == (0, True, before), told
        return
    assert shape in LEADS_TO, f"nobody follows {shape!r}"
    assert ended.code in (0, 4), told
    state = ANSWERED if case.item and "answer is noted" in case.item["words"] else case.state
    assert state in LEADS_TO[shape], (told, state)
    then = [one for one in hints(ended.out + ended.err) if case.shape(one) in GOES_ON]
    if then and shape not in _seen:
        _seen.add(shape)
        assert case.run(then[0]).code in (0, 4), (hint, then)


def in_order(case: Followed) -> None:
    """What has to be done first, one after the other; a conflict is settled by hand; then the story goes on."""
    first = [hint for hint in case.hints if case.shape(hint) in BEFORE]
    if not first:
        return
    case.restore()
    before = case.item
    for hint in first:
        ended = case.run(hint)
        if "CONFLICT" in ended.out:
            case.stage.commit({case.stage.file_of(case.stage.first): "VALUE = 3\n"}, "Join them")
            ended = ended._replace(code=0)
        assert ended.code in (0, 4), (hint, ended)
    last = next((one for one in case.hints if case.shape(one) in GOES_ON), "bmad accept --all")
    ended = case.run(last)
    assert ended.code in (0, 4), (last, ended)
    assert case.item is None or case.item["words"] != before["words"], (first, last, ended)


def test_i_a_story_that_is_gone_says_what_is_left(tmp_path: Path) -> None:
    stage, ended = gone(tmp_path)
    assert f"`{stage.first}` names nothing" in ended.err
    [command] = stage.json("inbox")["items"][0]["commands"]
    stage.bmad(*command.split()[1:])
    assert stage.json("inbox")["items"] == []


def test_i_conflicts_of_a_map_are_settled_as_it_says(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    path = stage.repo / stage.path(stage.first)
    own = path.read_text(encoding="utf-8").replace("must return `a`", "must return `b`")
    (stage.repo / "intent.md").write_text(
        stage.intent.replace("must return `a`", "must return `A`"), encoding="utf-8"
    )
    path.write_text(own, encoding="utf-8")
    [keep] = [hint for hint in hints(stage.bmad("map", "intent.md", code=2).out) if "map" in hint]
    stage.bmad(*keep.split()[1:])
    assert "must return `b`" in path.read_text(encoding="utf-8")
    stage.git("checkout", "--quiet", ".")
    stage.bmad("act", stage.first)
    (stage.repo / "intent.md").write_text(
        stage.intent.replace("must return `a`", "must return `A`"), encoding="utf-8"
    )
    stage.bmad("map", "intent.md")
    assert "must return `A`" not in path.read_text(encoding="utf-8")
    amended = [one.read_text(encoding="utf-8") for one in path.parent.glob("*.md") if one != path]
    assert [f"Amends {stage.first}." in text for text in amended if "must return `A`" in text] == [True]

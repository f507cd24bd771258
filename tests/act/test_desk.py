"""The acceptance desk: what it shows is what happened, and what is accepted is what was shown."""

import shutil
from collections.abc import Iterable
from copy import copy
from pathlib import Path
from typing import Any

import pytest

from bmad.cli.dialogue import Dialogue
from bmad.cli.terminal import Terminal
from bmad.core.act.review import finding_id
from bmad.errors import StaleError
from bmad.model.desk import DeskReport
from bmad.pipeline.act.people.acceptance_desk import accept_seen, waiting
from bmad.wiring import open_app
from tests.act.stage import Stage, begun, claim, found, replies, stands, work
from tests.act.test_flows import REPLY, REVIEW
from tests.documents.consoles import played


class Person(Terminal):
    """Somebody whose lines were written before."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = list(lines)
        self.heard: list[str] = []

    def ask(self, prompt: str) -> str | None:
        self.heard.append(prompt)
        return f"{self._lines.pop(0)}\n" if self._lines else None

    def tell(self, words: str) -> None:
        self.heard.append(words)

    @property
    def text(self) -> str:
        return "\n".join(self.heard)


def sit(stage: Stage, *lines: str, width: int = 80) -> tuple[str, DeskReport]:
    """What a person reads who types these lines, and what waits then."""
    person = Person(lines)
    left = Dialogue(open_app(stage.repo), person, width).run()
    return person.text, left


@pytest.fixture(scope="module")
def acted(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Two stories wait; of the second a P1 was dismissed."""
    made = Stage(tmp_path_factory.mktemp("desk"), accept="story")
    name = finding_id("correctness", made.file_of(made.second), "VALUE = '1/dev'")
    path = made.file_of(made.second)
    marked = "# Callers want the step here.\nVALUE = '1/dev'\n"
    made.play(
        {
            f"{made.second} 1/{REVIEW}": found(claim(made.second, "VALUE = '1/dev'", claim="Hard-coded \x1b[2J.")),
            f"{made.second} 1/triage": stands("disputed", name, argument="It is what is asked."),
            f"{made.second} 1/{REPLY}": replies("conceded", name, argument="So it is."),
            f"{made.second} 2/fix": {
                "files": {path: marked},
                "answer": {"marks": [{"finding": name, "path": path, "line": 1}]},
            },
        }
    )
    made.bmad("act", code=4)
    return made


@pytest.fixture
def stage(acted: Stage, tmp_path: Path) -> Stage:
    """The same, in a copy of its own."""
    own = copy(acted)
    own.repo = tmp_path / "repo"
    shutil.copytree(acted.repo, own.repo, symlinks=True)
    return own


def items(stage: Stage) -> list[dict[str, Any]]:
    return list(stage.json("accept", code=4)["items"])


def test_the_desk_tells_the_chain_and_what_was_dismissed_riskiest_first(stage: Stage) -> None:
    first, last = items(stage)
    assert (first["story"], last["story"]) == (stage.second, stage.first)
    assert [one["risk"] for one in first["signs"]] == ["grave", "unproven", "kin", "rounds"]
    assert [one["statements"][0]["quote"] for one in first["asked"]] == [
        "`gamma()` must return `g`.",
        "`delta()` must return `d`.",
    ]
    assert {one["proven"] for one in first["criteria"]} == {False}
    [finding] = first["findings"]
    assert (finding["disposition"], finding["argument"]) == ("false-positive", "It is what is asked.")
    assert not finding["gone"]
    assert {one["path"] for one in first["files"]} == {
        stage.file_of(stage.second),
        f"tests/test_{stage.name(stage.second)}.py",
    }
    added = sum(one["added"] for one in first["files"])
    numbers = stage.git("diff", "--numstat", first["base"], first["head"]).splitlines()
    assert added == sum(int(row.split("\t")[0]) for row in numbers)


def test_without_a_terminal_the_desk_is_printed_and_nothing_is_accepted(stage: Stage) -> None:
    told = stage.bmad("accept", code=4).out
    assert "2 stories wait to be accepted, riskiest first." in told
    assert told.index(stage.second) < told.index(stage.first)
    assert "NOT PROVEN" in told
    assert "developer: It is what is asked." in told
    assert "\x1b" not in told
    assert "Hard-coded \\x1b[2J." in told
    assert max(map(len, told.splitlines())) <= 80
    assert played("docs/acceptance.md", "the desk", stage.repo) == []
    assert len(items(stage)) == 2
    assert "name stories" in stage.bmad("accept", "--why", "x", code=2).err


def test_a_reason_goes_into_the_record_by_name(stage: Stage) -> None:
    stage.bmad("reject", stage.first, "--why", "Say `a`.")
    stage.bmad("act", code=4)
    [again] = [one for one in items(stage) if one["story"] == stage.first]
    assert [(one["said"], one["why"]) for one in again["verdicts"]] == [("rejected", "Say `a`.")]
    stage.bmad("accept", stage.first, "--why", "Now it does.")
    assert "Now it does." in stage.bmad("log", stage.first).out
    stage.bmad("act", stage.first)
    record = stage.record(stage.first)
    assert record["verdicts"] == [
        {"round": 1, "by": stage.person, "said": "rejected", "why": "Say `a`."},
        {"round": 2, "by": stage.person, "said": "accepted", "why": "Now it does."},
    ]
    told = stage.bmad("report", "--base", "main~3").out
    assert "accepted it: Now it does." in told
    assert told.index("rejected it: Say") < told.index("accepted it: Now")


def test_a_sitting_accepts_rejects_and_tries_with_lines_alone(stage: Stage) -> None:
    lines = ("1", "+", "d", "t", "r", "It is hard-coded.", "1", "n", "a", "As asked.")
    told, left = sit(stage, *lines)
    assert "1 is rejected already." in told
    assert "1 story left" in told
    assert left.items == ()
    assert stage.ways(stage.second)[-1] == "fix"
    assert stage.ways(stage.first)[-1] == "land"
    assert f"{stage.second} stands in " in told
    assert "+VALUE = '1/dev'" in told
    assert f"rejected: {stage.second}" in told
    assert f"accepted: {stage.first}" in told
    assert [one["content"].get("why") for one in stage.events(stage.first)][-1] == "As asked."
    assert [one["content"].get("why") for one in stage.events(stage.second)][-1] == "It is hard-coded."


def test_whoever_is_cut_short_between_two_stories_has_said_the_first(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_app(stage.repo).desk()
    shown = waiting(desk).items
    append = desk.journal.append
    monkeypatch.setattr(desk.journal, "append", lambda one: append(one) if one.story == shown[0].story else cut())
    with pytest.raises(KeyboardInterrupt):
        accept_seen(desk, shown, "Both.")
    assert [stage.ways(one.story)[-1] for one in shown] == ["land", "accept"]
    assert [one["story"] for one in items(stage)] == [shown[1].story]


def cut() -> None:
    raise KeyboardInterrupt


def test_several_are_accepted_at_once_and_what_was_not_looked_at_is_said(stage: Stage) -> None:
    told, left = sit(stage, "2", "a 1 2", "Both.")
    assert left.items == ()
    assert f"You have not looked at {stage.second} whole: P1" in told
    assert f"You have not looked at {stage.first}" not in told
    assert {stage.ways(one)[-1] for one in (stage.first, stage.second)} == {"land"}


@pytest.mark.parametrize(
    "lines", [["a 1", "."], ["a 1"], ["r 1", ""], ["r 1", " "], ["a 7"], ["a"], ["zz"], ["\x1b[A"], ["q"], []]
)
def test_what_is_not_said_to_its_end_is_not_noted(stage: Stage, lines: list[str]) -> None:
    before = stage.ways(stage.second)
    told, left = sit(stage, *lines)
    assert len(left.items) == 2
    assert stage.ways(stage.second) == before
    assert "2 stories still to be accepted" in told
    assert "\x1b" not in told


def test_a_story_that_moved_since_it_was_shown_is_shown_again(stage: Stage) -> None:
    desk = open_app(stage.repo).desk()
    shown = waiting(desk).items
    path = stage.repo / stage.path(stage.second)
    text = path.read_text(encoding="utf-8").replace("`gamma()` must return `g`", "`gamma()` must return `G`")
    stage.commit({stage.path(stage.second): text}, "Ask for more")
    with pytest.raises(StaleError, match=stage.second):
        accept_seen(desk, shown)
    assert stage.ways(stage.first)[-1] == stage.ways(stage.second)[-1] == "accept"
    now = {one.story: one for one in waiting(desk).items}
    assert any("has changed since it was prepared" in one.words for one in now[stage.second].signs)
    twin = [one for one in shown if one.story == stage.first]
    accept_seen(desk, twin)
    assert stage.ways(stage.first)[-1] == "land"


def test_by_name_a_story_is_accepted_only_as_it_was_shown_where_that_is_asked(stage: Stage) -> None:
    seen = {one["story"]: one["seen"] for one in items(stage)}
    old = ("--seen", seen[stage.first], "--seen", seen[stage.second])
    stage.bmad("reject", stage.second, "--why", "No.")
    stage.bmad("act", stage.second, code=4)
    ended = stage.bmad("accept", "--all", *old, code=3)
    assert f"Not as you were shown it any more: {stage.second}." in ended.err
    assert stage.ways(stage.first)[-1] == "accept"
    assert "names nothing that waits" in stage.bmad("accept", "STORY-zz", *old, code=2).err
    stage.bmad("accept", stage.first[:9], *old, "--why", "So.")
    assert stage.ways(stage.first)[-1] == "land"
    assert "--seen go with" in stage.bmad("accept", *old, code=2).err


def test_a_dialogue_shows_again_what_somebody_else_went_on_with(stage: Stage) -> None:
    class Other(Person):
        """While they think, somebody else rejects it."""

        def ask(self, prompt: str) -> str | None:
            if prompt.startswith("Why?"):
                stage.bmad("reject", stage.second, "--why", "No.")
            return super().ask(prompt)

    person = Other(["1", "a", "Fine.", "q"])
    left = Dialogue(open_app(stage.repo), person, 80).run()
    assert "Not as you were shown it any more" in person.text
    assert [one.story for one in left.items] == [stage.first]
    assert stage.ways(stage.second)[-1] == "fix"


def test_what_cannot_be_read_is_said_and_the_rest_is_shown(stage: Stage) -> None:
    stage.commit({"bmad.yaml": "version: 7\n"}, "Break it\n\nPolicy: x")
    first, _ = items(stage)
    assert first["unread"]
    assert "cannot be shown whole" in " ".join(one["words"] for one in first["signs"] if one["risk"] == "unseen")
    assert [one["disposition"] for one in first["findings"]] == ["false-positive"]
    assert "not all of it could be read" in stage.bmad("accept", code=4).out


def test_the_last_review_is_told_by_what_it_was_shown(stage: Stage) -> None:
    told = stage.bmad("accept", code=4).out
    assert "its last review was shown what came since the one before, in 1 part" in told
    assert "its last review was shown all of it, in 1 part" in told


def test_what_people_committed_unreviewed_is_a_sign(stage: Stage) -> None:
    assert "unseen" not in [one["risk"] for one in items(stage)[1]["signs"]]
    tree = stage.repo.parent / "tree"
    stage.git("worktree", "add", "--quiet", "--detach", str(tree), f"bmad/{stage.first}")
    (tree / "more.txt").write_text("x", encoding="utf-8")
    stage.git("-C", str(tree), "add", ".")
    stage.git("-C", str(tree), "commit", "--quiet", "-m", "More")
    stage.git("update-ref", f"refs/heads/bmad/{stage.first}", stage.git("-C", str(tree), "rev-parse", "HEAD"))
    [one] = [one for one in items(stage) if one["story"] == stage.first]
    assert "unseen" in [sign["risk"] for sign in one["signs"]]


def test_a_plan_is_shown_with_its_criteria_and_no_claim_of_proof(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story", plan="human")
    stage.bmad("act", code=4)
    first = items(stage)[0]
    assert (first["kind"], first["criteria"], first["files"]) == ("plan", [], [])
    told = stage.bmad("accept", code=4).out
    assert "AC-1: `" in told
    assert "NOT PROVEN" not in told
    assert "may change src/" in told
    assert f"$ git show main:{stage.path(first['story'])}" in told


def test_own_work_names_its_author_and_who_reviewed_it(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="story")
    work(stage)
    stage.bmad("submit", code=4)
    [one] = items(stage)
    assert {"who": stage.person, "roles": ["developer", "author"]} in one["wrote"]
    assert "kin" not in [sign["risk"] for sign in one["signs"]]


def test_all_that_stands_on_next_is_accepted_together(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="end")
    stage.bmad("act", code=4)
    assert [one["kind"] for one in items(stage)] == ["landed", "landed"]
    told, left = sit(stage, "a 1", "All of it.")
    assert left.items == ()
    assert "It lands with all that stands there" in told
    assert stage.file_of(stage.first) in stage.files()
    assert [one["content"].get("why") for one in stage.events(stage.first)][-1] == "All of it."


def test_a_narrow_terminal_is_kept_to(stage: Stage) -> None:
    told, _ = sit(stage, "1", "q", width=44)
    at = told.index("What speaks against it")
    assert max(map(len, told[at : told.index("a accept", at)].splitlines())) <= 44


def test_a_persons_own_work_goes_on_with_their_own_command_and_with_no_other(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="story")
    work(stage)
    stage.bmad("submit", code=4)
    text, left = sit(stage, "a 1", "")
    assert (left.items, text.count("bmad submit"), text.count("bmad act")) == ((), 2, 0)
    assert text.endswith(f"go on with: bmad submit {stage.first}")


def test_twin_agents_work_goes_on_with_one_command_for_all(stage: Stage) -> None:
    text, _ = sit(stage, "a 1", "", "a 2", "")
    assert text.endswith("go on with: bmad act")
    assert text.count("Nothing waits to be accepted.") == 1
    assert sit(stage)[0] == "Nothing waits to be accepted."

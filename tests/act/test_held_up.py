"""What keeps a story from being begun stands in the inbox, as `bmad act` says it, with the command that helps."""

import sys
from pathlib import Path

from tests.act.stage import PASSING, Stage


def test_what_no_agent_begins_before_a_person_has_done_something_is_in_the_inbox(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    first, second = stage.first, stage.second
    assert items(stage) == {}, "what the next `bmad act` begins waits for nobody"
    stage.depend(second, first)
    assert items(stage) == {}, "nor does what it takes up after that"

    stage.bmad("cancel", first, "--why", "Not now.")
    assert said(stage, second) == [f"bmad act {first}", f"bmad act {second}"]
    stage.bmad("act", first)
    assert items(stage) == {}

    stage.git("switch", "--quiet", "--create", f"bmad/{second}")
    stage.commit({f"tests/test_{stage.name(second)}.py": PASSING}, f"By hand\n\nStory: {second}")
    stage.git("switch", "--quiet", "main")
    way = f"git switch bmad/{second} && bmad submit {second}"
    anew = f"git branch -m bmad/{second} {second}-by-hand && bmad act {second}"
    assert said(stage, second) == [way, anew], "an act without that would say the same again"
    stage.commit({"bmad.yaml": "version: 1\ngate: {level: scoped}\n"}, "Name nobody\n\nPolicy: tests")
    assert said(stage, second) == [f"git switch main && git merge bmad/{second}", anew]
    stage.git("reset", "--quiet", "--hard", "HEAD~1")
    stage.git("branch", "-m", f"bmad/{second}", "mine")

    path, intent = stage.path(second), stage.intent
    document = (stage.repo / path).read_text(encoding="utf-8")
    stage.commit({path: f"{document}\n[NEEDS CLARIFICATION: which?]\n"}, "Ask")
    assert said(stage, second) == [f"bmad act {second}"]
    stage.commit({path: document, "intent.md": intent.replace("gamma", "kappa")}, "Edit the intent")
    assert said(stage, second) == ["bmad map intent.md", f"bmad act {second}"]
    stage.bmad("map", "intent.md")
    stage.commit({}, "Map it")
    told = said(stage, second)
    assert told[0] == f"bmad confirm {second} --why REASON", told


def test_what_every_agent_lacks_is_in_the_inbox_before_anything_is_begun(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    text = (stage.repo / "bmad.yaml").read_text(encoding="utf-8")
    stage.commit({"bmad.yaml": text.replace(sys.executable, "/no/such/program")}, "Set up\n\nPolicy: tests")
    [(story, (words, commands))] = items(stage).items()
    [told, _] = stage.json_lines("act", code=4)[-1]["stories"]
    assert (told["id"], told["waits_for"], [f"bmad act {story}"]) == (story, words, commands)
    assert "/no/such/program" in words


def items(stage: Stage) -> dict[str, tuple[str, list[str]]]:
    return {one["story"]: (one["words"], one["commands"]) for one in stage.json("inbox")["items"]}


def said(stage: Stage, story: str) -> list[str]:
    """The commands of the one story that waits; what is said of it is what `bmad act` says."""
    [(name, (words, commands))] = items(stage).items()
    assert name == story
    [told] = stage.json_lines("act", story, code=4)[-1]["stories"]
    assert (told["state"], told["waits_for"]) == ("backlog", words)
    return commands


def test_a_git_that_holds_the_branch_while_a_step_is_committed_is_no_fault_of_the_agent(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto", sandbox="none")
    ref = f"refs/heads/bmad/{stage.first}"
    lock = stage.repo / f".git/{ref}.lock"
    stage.play({f"{stage.first} 1/dev": {"files": {str(lock): "", "src/NAME.py": "precious = 1\n"}}})
    told = stage.bmad("act", code=4).out
    assert "broke-git" not in told
    assert "1 of 2 stories done" in told, "it holds up no other story"
    [(words, commands)] = items(stage).values()
    assert words == f"{ref} is locked by git. Let it end; if none runs, remove {lock}."
    assert commands == [f"bmad act {stage.first}"]
    stage.play({})
    lock.unlink()
    assert "2 of 2 stories done" in stage.bmad("act").out
    assert "precious = 1" in stage.git("log", "-p", "-m", "refs/bmad/archive"), "nothing is lost"

"""A person reviews: asked once for all lenses, with commands that work, and nothing that they said is lost."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bmad.core.act.review import finding_id
from bmad.core.act.run import PERSON
from tests.act.stage import Stage, source, stands, work
from tests.program import inside

LENSES = ["correctness", "security", "maintainability"]


class Asked(Stage):
    """A stage on which people review."""

    run = staticmethod(inside)

    def __init__(self, folder: Path, plays: dict[str, Any] | None = None, **act: object) -> None:
        super().__init__(folder, plays, lenses=LENSES, **act)
        command = self.settings.partition("reviewer: ")[2].partition("}")[0] + "}"
        settings = self.settings.replace(f"reviewer: {command}", "reviewer: {use: human}")
        self.commit({"bmad.yaml": settings}, "Review it ourselves\n\nPolicy: tests")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A story that waits for its person's review."""
    stage = Asked(tmp_path, {"1/dev": source("VALUE = 1\n\n\ndef alpha():\n    return 1\n")})
    stage.bmad("act", stage.first, code=4)
    return stage


def test_i_one_answer_serves_every_lens_and_survives_a_runner_that_dies(stage: Stage) -> None:
    for said, words in NONE:
        named = [one.replace("NAME", stage.name(stage.first)) for one in said]
        assert words in stage.bmad("review", stage.first, *named, code=2).err
    bad_answers(stage)
    [folder] = (stage.repo / ".bmad/human").iterdir()
    (folder / "answer.json").write_text('{"verdict": "approve"}', encoding="utf-8")
    by_file = stage.json("inbox")["items"]
    stage.bmad("review", stage.first, "--request-changes", "No.")
    assert stage.json("inbox")["items"] == by_file, "whichever way it was given"
    told = stage.bmad("review", stage.first, "--approve").out
    assert f"it goes on with: bmad act {stage.first}" in told
    assert told.startswith(f"> review    {stage.first}  {by_file[0]['title']}"), "the title stands there"
    assert by_file[0]["title"]
    assert "Your turn" not in told
    [item] = stage.json("inbox")["items"]
    assert (item["kind"], item["commands"]) == ("review", [f"bmad act {stage.first}"])
    assert "your answer is noted" in item["words"]
    assert json.loads((folder / "answer.replaced.2.json").read_text(encoding="utf-8"))["words"] == "No."
    assert json.loads((folder / "answer.json").read_text(encoding="utf-8"))["by"] == stage.person
    (folder / ".answer.json.1").write_text('{"verdict": "appr', encoding="utf-8")
    dying = "import os, bmad.store.journal as j; j.SqliteJournal.append = lambda *_: os.kill(os.getpid(), 9)"
    program = f"{dying}; from bmad.cli.boundary import run; run(['act', '{stage.first}'])"
    assert subprocess.run([sys.executable, "-c", program], cwd=stage.repo, check=False).returncode == -9
    stage.bmad("act", stage.first)
    works = [one for one in stage.record(stage.first)["work"] if one["role"] == "reviewer"]
    assert [one["step"] for one in works] == [f"1/review/{lens}" for lens in LENSES]
    assert {one["backend"] for one in works} == {"human"}
    assert len({one["context"] for one in works}) == len(LENSES)


NONE = [
    (["--approve", "--request-changes", "No."], "Either --approve or --request-changes"),
    (["--approve", "--comment", "src/NAME.py:1", "P1: Wrong."], "cannot be approved"),
    (["--comment", "src/NAME.py:99", "Wrong."], "ends with line 5"),
    (["--comment", "src/gone.py:1", "Wrong."], "is no file"),
    (["--comment", "src/NAME.py:1"], "say --comment FILE:LINE WHAT"),
    (["--settled", "F-none"], "none of the findings"),
    (["--request-changes", " "], "Say what has to change"),
    (["--staged"], "goes without --staged"),
    ([], "no terminal"),
]
"""What is no review, and changes nothing."""


def bad_answers(stage: Stage) -> None:
    """Answers by file that do not count are put aside, and asked for again at the same place."""
    [folder] = (stage.repo / ".bmad/human").iterdir()
    finding = {"severity": "P1", "path": stage.file_of(stage.first), "line": 1, "quote": "nowhere", "claim": "No."}
    unquoted = {"verdict": "comment", "findings": [finding]}
    for bad in ("{}", '{"verdict": "approve", "findings": [', json.dumps(unquoted)):
        (folder / "answer.json").write_text(bad, encoding="utf-8")
        assert "your answer" in stage.bmad("act", stage.first, code=4).out.lower()
        assert stage.json("log", stage.first)["state"] == "review"
    assert [one.name for one in (stage.repo / ".bmad/human").iterdir()] == [folder.name]
    assert len([*folder.glob("answer.rejected*.json")]) == len(("{}", "[", "quote"))


def test_i_what_a_person_finds_is_mended_and_settled(stage: Stage) -> None:
    path = stage.file_of(stage.first)
    stage.bmad("review", stage.first, "--request-changes", "Name it better.")
    stage.play({"2/fix": source("NAMED = 1\n\n\ndef alpha():\n    return 1\n")})
    stage.bmad("act", stage.first, code=4)
    assert "Name it better." in stage.told(stage.first, "2/fix")
    shown = (stage.repo / f".bmad/human/{stage.first}+2+review/prompt.md").read_text(encoding="utf-8")
    assert "demanded of it:\n\n- Name it better.\n" in shown, "whoever looks at the fix sees what it is for"
    asked = next(one["id"] for one in stage.json("log", stage.first)["findings"] if one["lens"] == PERSON)
    assert "--approve settles it" in stage.bmad("review", stage.first, "--settled", asked, code=2).err
    stage.bmad(
        "review", stage.first, "--comment", f"./{path}:5", "P1: A letter.", "--comment", f"{path}:2", "Why?"
    )
    stage.play({"3/fix": source("NAMED = 1\n\n\ndef alpha():\n    return 'a'\n")})
    stage.bmad("act", stage.first, code=4)
    raised = [one["content"]["findings"] for one in stage.events(stage.first) if one["event"] == "reviewed"][1]
    told = [(one["severity"], one["line"], one["quote"]) for one in raised]
    assert told == [("P1", 5, "return 1"), ("P2", 1, "NAMED = 1")]
    grave, light = [one["id"] for one in raised]
    folder, _, name = path.rpartition("/")
    (stage.repo / folder).mkdir(exist_ok=True)
    (stage.repo / path).write_text("", encoding="utf-8")
    words = ("--settled", grave, "--comment", f"{name}:5", "Quotes?")
    assert inside("review", stage.first, *words, cwd=stage.repo / folder).code == 0, "from where one stands"
    (stage.repo / path).unlink()
    stage.bmad("act", stage.first)
    kept = {one["id"]: (one["lens"], one["disposition"]) for one in stage.record(stage.first)["findings"]}
    assert kept[grave] == ("correctness", "fixed")
    assert kept[light] == ("correctness", "open")
    assert (PERSON, "fixed") in kept.values()
    waits = [one["content"]["words"] for one in stage.events(stage.first) if one["event"] == "waits"]
    assert sum("Your turn to review" in words for words in waits) == 3


EDITOR = """
import pathlib, sys
file = pathlib.Path(sys.argv[-1])
text = file.read_text()
old, new = pathlib.Path({0!r}).read_text().split("=>")
assert old in text, text
file.write_text(text.replace(old, new, 1))
"""


def test_i_a_review_in_the_editor_and_a_dispute_that_is_put_to_its_person_once(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    editor, written = tmp_path / "my editor.py", tmp_path / "written"
    editor.write_text(EDITOR.format(str(written)), encoding="utf-8")
    monkeypatch.setenv("GIT_EDITOR", f"{sys.executable} '{editor}'")
    ours, theirs = pty.openpty()
    request.addfinalizer(lambda: os.close(ours))
    terminal = os.fdopen(theirs)
    request.addfinalizer(terminal.close)
    monkeypatch.setattr("sys.stdin", terminal)

    def review(old: str, new: str, code: int = 0) -> str:
        written.write_text(f"{old}=>{new}", encoding="utf-8")
        ended = stage.bmad("review", stage.first, code=code)
        return ended.out + ended.err

    assert "Nothing was written" in review("\nverdict:", "\nverdict:")
    told = review("\nverdict:", "\nverdict: so so", code=2)
    assert f"bmad review {stage.first}" in told
    assert "Your turn to review" in stage.json("inbox")["items"][0]["words"]
    review("verdict: so so", "verdict:")
    told = review("+VALUE = 1\n", "+VALUE = 1\n> P1: Why one?\n")
    assert f"your answer is noted; it goes on with: bmad act {stage.first}" in told
    assert not list((stage.repo / ".git").glob("bmad-review*"))
    name = finding_id("correctness", stage.file_of(stage.first), "VALUE = 1")
    stage.play({"1/triage": stands("disputed", name, argument="One is right.")})
    stage.bmad("act", stage.first, code=4)
    [item] = stage.json("inbox")["items"]
    assert (item["kind"], item["findings"][0]["argument"]) == ("arbitrate", "One is right.")
    [told] = (row for row in stage.bmad("log", stage.first).out.split("\n") if "triaged " in row)
    assert f"{name} disputed, and to be ruled on: its reviewer is a person, who was not asked first; by" in told


def test_i_a_review_in_the_editor_is_of_what_it_was_opened_with(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else asks for a fix meanwhile: who then approves has not seen it."""
    texts: list[str] = []

    def approve(_: object, file: Path) -> None:
        texts.append(file.read_text(encoding="utf-8"))
        if len(texts) == 1:
            stage.bmad("review", stage.first, "--request-changes", "Do it otherwise.")
            stage.play({"2/fix": source("VALUE = 666\n")})
            stage.bmad("act", stage.first, code=4)
        file.write_text(texts[-1].replace("\nverdict:", "\nverdict: approve"), encoding="utf-8")

    monkeypatch.setattr("bmad.git.checkout.GitCheckout.edit", approve)
    ours, theirs = pty.openpty()
    with os.fdopen(ours, closefd=True), os.fdopen(theirs) as terminal:
        monkeypatch.setattr("sys.stdin", terminal)
        told = stage.bmad("review", stage.first, code=2).err
        assert "is not what you opened any more" in told
        assert "+VALUE = 666" not in texts[0]
        stage.bmad("act", stage.first, code=4)
        stage.bmad("review", stage.first)
        assert "+VALUE = 666" in texts[1]
    stage.bmad("act", stage.first)


def test_i_nobody_approves_over_what_another_person_has_said(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lies there until the loop takes it up; an approval gives way, and one's own word may be thought over."""
    review = ("review", stage.first)
    stage.bmad(*review, "--approve")
    monkeypatch.setenv("BMAD_ACTOR", "Another <another@example.org>")
    stage.bmad(*review, "--approve")
    stage.bmad(*review, "--request-changes", "Do it otherwise.")
    monkeypatch.delenv("BMAD_ACTOR")
    for said in (["--approve"], ["--request-changes", "Not so."]):
        told = stage.bmad(*review, *said, code=2).err
        assert "Another <another@example.org> has said what has to change" in told
        assert f"taken up first: bmad act {stage.first}" in told
    stage.bmad("act", stage.first, code=4)
    assert "Do it otherwise." in stage.told(stage.first, "2/fix")
    stage.bmad(*review, "--approve")
    stage.bmad("act", stage.first)


def test_i_who_wrote_the_commits_is_no_reviewer_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Asked(tmp_path)
    stage.territory(stage.first, stage.file_of(stage.first))
    stage.bmad("hooks", "install")
    stage.bmad("start", stage.first)
    work(stage)
    stage.bmad("submit", code=4)
    told = stage.bmad("review", stage.first, "--approve", code=2).err
    assert "cannot be its reviewer" in told
    [item] = stage.json("inbox")["items"]
    assert item["commands"] == [], "nothing that they could run now would take it on"
    then = f"Then it goes on with: bmad submit {stage.first}"
    assert item["words"] == f"{told.strip().removeprefix('bmad: ')} {then}"
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Another")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "another@example.org")
    assert f"bmad review {stage.first} --approve" in stage.json("inbox")["items"][0]["commands"]
    stage.bmad("review", stage.first, "--approve")
    monkeypatch.undo()
    stage.bmad("submit")

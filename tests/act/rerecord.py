"""Bind the demonstration's recording to what its agents were shown: `python -m tests.act.rerecord`.

Plays examples/durations/recording.jsonl through the loop, records it, and writes each line back with the `subject`
of the call, so that an answer given to one state of the work is no answer to another. Of the patches the `index`
lines and the words behind `@@` are left out: git does not read them, so a change in them would go unseen. To be
done again where the words of a line, or what bmad puts before agents, have changed; lines keep their `by`. What a
review copies from its diff (`read`) is filled in.

Where the mapper gives the stories other ids or words, they are carried over first: the recording's stories are, in
the order in which one worker carries them out, those that the intent's map has now. Their ids are changed in
MENTIONS, too; what README.md shows of the demonstration besides ids is pasted by hand.
"""

import difflib
import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from unittest.mock import patch

from bmad.cli.demo import RECORDING as SHOWN
from bmad.cli.demo import RULED, Stage, set_up
from bmad.core.act.schedule import order
from bmad.core.graph import build
from bmad.errors import Exit
from bmad.model.ids import Kind
from bmad.model.worktrees import Worktree
from bmad.pipeline.act.reviewers import part_review
from bmad.pipeline.act.reviewers.part_review import Question, Said
from bmad.pipeline.act.step import Case
from bmad.pipeline.spec.work_tree import load
from bmad.wiring import open_app

ROOT = Path(__file__).parent.parent.parent
RECORDING = ROOT / "examples" / "durations" / "recording.jsonl"
MENTIONS = (
    "README.md",
    "bmad/cli/demo.py",
    "tests/act/test_demo.py",
    "tests/act/test_honest_demo.py",
    "tests/act/test_recording.py",
)
"""Files that name stories of the demonstration."""

_MAPPED = re.compile(r"- (?:Epic|Implements|Depends on): ")
_ADDED = re.compile(r"(?m)(?:^\+(?!\+\+ ).*\n)+")
_UNREAD = re.compile(r"(?m)^index [0-9a-f.]+(?: \d+)?\n|(?<=^@@ )(-\S+ \+\S+ @@).*$")


def read(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def renamed(stage: Stage, lines: Sequence[Mapping[str, object]]) -> dict[str, str]:
    """The stories of the recording -> those of the map, one after the other as they are carried out.

    Raises: ValueError where they are not equally many: somebody has to write what is missing.
    """
    app = open_app(stage.folder)
    graph = build(load(app.workspace, app.formats).spec.documents)
    keys = (str(line["key"]).partition("/") for line in lines)
    recorded = [story for story, _, step in keys if step == "1/create"]
    return dict(zip(recorded, order(graph, [one.id for one in graph.of_kind(Kind.STORY)]), strict=True))


def prepared(document: str, patch: str) -> str:
    """A story's document with what a recorded preparation adds: fields, tasks and notes."""
    fields, tasks, notes = (re.sub(r"(?m)^\+", "", run) for run in _ADDED.findall(patch))
    lines = document.splitlines(keepends=True)
    at = max(number for number, line in enumerate(lines) if _MAPPED.match(line)) + 1
    head, title, rest = "".join([*lines[:at], fields, *lines[at:]]).partition("## Tasks / Subtasks\n\n")
    return f"{head}{title}{tasks}{rest}{notes}"


def preparation(folder: Path, story: str, patch: str) -> str:
    """A recorded preparation as a patch of the document that the story has now."""
    [file] = (folder / "stories").glob(f"{story}-*.md")
    path, old = file.relative_to(folder).as_posix(), file.read_text(encoding="utf-8")
    new = prepared(old, patch).splitlines(keepends=True)
    changed = difflib.unified_diff(old.splitlines(keepends=True), new, f"a/{path}", f"b/{path}")
    return f"diff --git a/{path} b/{path}\n{''.join(changed)}"


def carried(folder: Path, line: Mapping[str, object]) -> dict[str, object]:
    """A line whose story has its id of now, without its subject, and with the story's document of now."""
    kept = {key: value for key, value in line.items() if key != "subject"}
    story, _, step = str(line["key"]).partition("/")
    return {**kept, "patch": preparation(folder, story, str(line["patch"]))} if step == "1/create" else kept


def rename(text: str, names: Mapping[str, str]) -> str:
    return re.sub("|".join(map(re.escape, names)), lambda match: names[match[0]], text)


class Copied:
    """Takes every review for one that copied what it was asked to, and notes what that is."""

    def __init__(self) -> None:
        self.lines: dict[str, str] = {}
        self._said = part_review.said

    def said(self, case: Case, tree: Worktree, question: Question, wrong: Sequence[str]) -> Said:
        said = self._said(case, tree, question, wrong)
        self.lines[f"{case.run.story}/{question.step}"] = question.challenge.answer
        answer = said.answer.model_copy(update={"read": question.challenge.answer})
        return said._replace(answer=answer)

    def line(self, line: dict[str, object]) -> dict[str, object]:
        read, answer = self.lines.get(str(line["key"])), line["answer"]
        if read is None or not isinstance(answer, dict):
            return line
        return {**line, "answer": {**{key: answer[key] for key in ("findings", "verdicts")}, "read": read}}


def play(stage: Stage, ruled: str, file: Path) -> None:
    """The loop to its end, with a person's ruling on a story in the middle, recorded in file."""
    stage.bmad("act", "--record", str(file), code=Exit.WAITING)
    stage.bmad("arbitrate", ruled, RULED[1], "--for", "reviewer", "--why", "to record what follows")
    stage.bmad("act", "--record", str(file))


def bound(line: dict[str, object], by: object) -> dict[str, object]:
    """A recorded line in the form that ships."""
    kept = {"key": line["key"], "subject": line["subject"], "answer": line["answer"]}
    if line.get("patch"):
        kept["patch"] = _UNREAD.sub(lambda match: match[1] or "", str(line["patch"]))
    return {**kept, "by": by}


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        stage = Stage(Path(name).resolve())
        set_up(stage)
        text = RECORDING.read_text(encoding="utf-8")
        names = renamed(stage, read(text))
        lines = [carried(stage.folder, line) for line in read(rename(text, names))]
        by = {line["key"]: line["by"] for line in lines}
        stage.write(SHOWN, "".join(f"{json.dumps(line)}\n" for line in lines))
        file = Path(name) / ".bmad" / "recorded.jsonl"
        copied = Copied()
        with patch.object(part_review, "said", copied.said):
            play(stage, names.get(RULED[0], RULED[0]), file)
        played = map(copied.line, read(file.read_text(encoding="utf-8")))
        lines = [bound(line, by[line["key"]]) for line in played]
    assert {line["key"] for line in lines} == by.keys(), by.keys() - {line["key"] for line in lines}
    RECORDING.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8")
    for path in (ROOT / mention for mention in MENTIONS):
        path.write_text(rename(path.read_text(encoding="utf-8"), names), encoding="utf-8")


if __name__ == "__main__":
    main()

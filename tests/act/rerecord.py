"""Bind the demonstration's recording to what its agents were shown: `python -m tests.act.rerecord`.

Plays examples/durations/recording.jsonl through the loop, records it, and writes each line back with the `subject`
of the call, so that an answer given to one state of the work is no answer to another. Of the patches the `index`
lines and the words behind `@@` are left out: git does not read them, so a change in them would go unseen. To be
done again where the words of a line, or what bmad puts before agents, have changed; lines keep their `by`. What a
review copies from its diff (`read`) is filled in.
"""

import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from bmad.cli.demo import RULED, Stage, set_up
from bmad.errors import Exit
from bmad.model.worktrees import Worktree
from bmad.pipeline.acting import asking
from bmad.pipeline.acting.case import Case

RECORDING = Path(__file__).parent.parent.parent / "examples" / "durations" / "recording.jsonl"
_UNREAD = re.compile(r"(?m)^index [0-9a-f.]+(?: \d+)?\n|(?<=^@@ )(-\S+ \+\S+ @@).*$")


def read(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


class Copied:
    """Takes every review for one that copied what it was asked to, and notes what that is."""

    def __init__(self) -> None:
        self.lines: dict[str, str] = {}
        self._said = asking.said

    def said(self, case: Case, tree: Worktree, question: asking.Question, wrong: Sequence[str]) -> asking.Said:
        said = self._said(case, tree, question, wrong)
        self.lines[f"{case.run.story}/{question.step}"] = question.challenge.answer
        answer = said.answer.model_copy(update={"read": question.challenge.answer})
        return said._replace(answer=answer)

    def line(self, line: dict[str, object]) -> dict[str, object]:
        read, answer = self.lines.get(str(line["key"])), line["answer"]
        if read is None or not isinstance(answer, dict):
            return line
        return {**line, "answer": {**{key: answer[key] for key in ("findings", "verdicts")}, "read": read}}


def play(stage: Stage, file: Path) -> None:
    """The loop to its end, with a person's ruling in the middle, recorded in file."""
    story, finding = RULED
    stage.bmad("act", "--record", str(file), code=Exit.WAITING)
    stage.bmad("arbitrate", story, finding, "--for", "reviewer", "--why", "to record what follows")
    stage.bmad("act", "--record", str(file))


def bound(line: dict[str, object], by: object) -> dict[str, object]:
    """A recorded line in the form that ships."""
    kept = {"key": line["key"], "subject": line["subject"], "answer": line["answer"]}
    if line.get("patch"):
        kept["patch"] = _UNREAD.sub(lambda match: match[1] or "", str(line["patch"]))
    return {**kept, "by": by}


def main() -> None:
    text = RECORDING.read_text(encoding="utf-8")
    stripped = [{key: value for key, value in line.items() if key != "subject"} for line in read(text)]
    by = {line["key"]: line["by"] for line in stripped}
    with tempfile.TemporaryDirectory() as name:
        RECORDING.write_text("".join(f"{json.dumps(line)}\n" for line in stripped), encoding="utf-8")
        stage = Stage(Path(name).resolve())
        set_up(stage)
        file = Path(name) / ".bmad" / "recorded.jsonl"
        copied = Copied()
        with patch.object(asking, "said", copied.said):
            play(stage, file)
        played = map(copied.line, read(file.read_text(encoding="utf-8")))
        lines = [bound(line, by[line["key"]]) for line in played]
    assert {line["key"] for line in lines} == by.keys(), by.keys() - {line["key"] for line in lines}
    RECORDING.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()

"""A person as agent: the prompt lies in a folder of bmad's, an `answer.json` beside it says that it is done."""

import hashlib
import re
from pathlib import Path

from bmad.agents import answers
from bmad.errors import UsageError
from bmad.model.agents import Fault, Outcome, Task

_NAME = re.compile(r"[^A-Za-z0-9._-]")


def run(task: Task, home: Path) -> Outcome:
    """Take the person's answer, or say where it is waited for. Never waits itself."""
    folder = _folder(home, task.key)
    base = Outcome(None, None, "", "human", "", _context(task.key))
    try:
        _lay_out(folder, task)
        raw = answers.read(folder / "answer.json")
        if raw is None:
            return base._replace(fault=Fault.WAITS_FOR_PERSON, words=_turn(task, folder))
        said = answers.fitted(answers.parse(raw), task.kind)
        (folder / "answer.json").rename(folder / "answer.taken.json")
    except answers.BadAnswerError as error:
        return _rejected(folder, base, f"Your answer for {task.key} does not count: {error}")
    except OSError as error:
        words = f"The folder {folder} cannot be used: {error.strerror or error}."
        return base._replace(fault=Fault.ENVIRONMENT, words=words)
    return base._replace(answer=said.answer, usage=said.usage)


def _folder(home: Path, key: str) -> Path:
    return home / ".bmad" / "human" / _NAME.sub("+", key)


def answer(home: Path, key: str, text: str) -> None:
    """Lay a person's answer beside the prompt. Raises: UsageError where no such task waits."""
    folder = _folder(home, key)
    if not (folder / "subject").is_file():
        raise UsageError(f"No task {key} waits for you; see: bmad inbox")
    (folder / "answer.json").write_text(text, encoding="utf-8")


def _lay_out(folder: Path, task: Task) -> None:
    """Write prompt and schema; an answer to another state of the work is put aside."""
    folder.mkdir(parents=True, exist_ok=True)
    subject, answer = folder / "subject", folder / "answer.json"
    if not subject.is_file() or subject.read_text(encoding="utf-8") != task.subject:
        if answer.is_symlink() or answer.exists():
            answer.rename(folder / "answer.stale.json")
        (folder / "prompt.md").write_text(task.prompt, encoding="utf-8", errors="replace")
        (folder / "schema.json").write_text(answers.schema(task.kind), encoding="utf-8")
        subject.write_text(task.subject, encoding="utf-8")


def _turn(task: Task, folder: Path) -> str:
    done = "`{}`" if task.kind == "work" else "what `schema.json` asks for"
    return (
        f"Your turn: {task.key} in {task.folder}. Read {folder / 'prompt.md'}, and when it is done write {done} "
        f"to answer.json beside it; then `bmad act` goes on."
    )


def _rejected(folder: Path, base: Outcome, words: str) -> Outcome:
    kept = folder / "answer.rejected.json"
    try:
        (folder / "answer.json").rename(kept)
    except OSError as error:
        return base._replace(fault=Fault.BAD_ANSWER, words=f"{words}, and stays: {error.strerror or error}.")
    return base._replace(fault=Fault.BAD_ANSWER, words=f"{words}. It is now {kept}; write a new answer.json.")


def _context(key: str) -> str:
    return f"human-{hashlib.sha256(key.encode()).hexdigest()[:26]}"

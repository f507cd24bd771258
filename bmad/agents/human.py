"""A person as agent: the prompt lies in a folder of bmad's, an `answer.json` beside it says that it is done.

An answer counts for what it was given to and stays until that has become an event, however often bmad is killed
in between. What a person wrote is never overwritten: what does not count is put aside under a name of its own.
"""

import hashlib
import os
import re
from itertools import count
from pathlib import Path

from bmad.agents import answers
from bmad.errors import CannotAnswerError, UsageError
from bmad.model.agents import AnswerKind, Fault, Outcome, Task

ANSWER = "answer.json"

_NAME = re.compile(r"[^A-Za-z0-9._-]")
_VISIT = re.compile(r"\.\d+(?=/|$)")
"""Of a step that its round came to again. A word on a change holds there too, as long as it reads the same."""


def run(task: Task, home: Path) -> Outcome:
    """Take the person's answer, or say where it is waited for. Never waits itself."""
    folder = _folder(home, task.key, task.kind)
    base = Outcome(None, None, "", "human", "", _context(task.key, folder / ANSWER))
    try:
        stale = _lay_out(folder, task)
        raw = answers.read(folder / ANSWER)
        if raw is None:
            told = f"Your earlier answer was to another state of the work, and is now {stale}. " if stale else ""
            return base._replace(fault=Fault.WAITS_FOR_PERSON, words=f"{told}{_turn(task, folder)}")
        return _taken(base, answers.parse(raw), task)
    except answers.BadAnswerError as error:
        return _rejected(folder, base, task, str(error))
    except OSError as error:
        words = f"The folder {folder} cannot be used: {error.strerror or error}."
        return base._replace(fault=Fault.ENVIRONMENT, words=words)


def _taken(base: Outcome, data: object, task: Task) -> Outcome:
    """An answer that counts; `by` in it is who gave it. Raises: BadAnswerError."""
    by = data.pop("by", "") if isinstance(data, dict) else ""
    said = answers.fitted(data, task.kind)
    return base._replace(answer=said.answer, usage=said.usage, by=str(by))


def answer(home: Path, key: str, kind: AnswerKind, text: str) -> None:
    """Lay a person's answer beside the prompt, durably; one that lies there is put aside.

    Raises: UsageError where no such task waits; CannotAnswerError where it cannot be written.
    """
    folder = _folder(home, key, kind)
    if not (folder / "subject").is_file():
        story = key.partition("/")[0]
        raise UsageError(f"{story} has not asked for it yet; bmad act {story} does. See: bmad inbox")
    try:
        if (folder / ANSWER).is_file():
            os.link(folder / ANSWER, _free(folder, "replaced"))
        _write(folder / ANSWER, text)
    except OSError as error:
        raise CannotAnswerError(f"{folder / ANSWER} cannot be written: {error.strerror or error}.") from None


def answered(home: Path, key: str, kind: AnswerKind) -> bool | None:
    """Whether an answer lies there; None where nobody was asked."""
    folder = _folder(home, key, kind)
    return (folder / ANSWER).is_file() if (folder / "subject").is_file() else None


def given(home: Path, key: str, kind: AnswerKind) -> object:
    """The answer that lies there, as it was read; None where none does, or it is no JSON."""
    try:
        raw = answers.read(_folder(home, key, kind) / ANSWER)
        return None if raw is None else answers.parse(raw)
    except answers.BadAnswerError:
        return None


def set_aside(home: Path, key: str, kind: AnswerKind) -> None:
    """Take an answer that does not count out of the way. Raises: CannotAnswerError where it cannot be moved."""
    folder = _folder(home, key, kind)
    try:
        _put_aside(folder, "rejected")
    except OSError as error:
        raise CannotAnswerError(f"{folder / ANSWER} cannot be moved: {error.strerror or error}.") from None


def _folder(home: Path, key: str, kind: AnswerKind) -> Path:
    """What is said of a change counts on each visit of the round; work is done anew on each."""
    name = key if kind == "work" else _VISIT.sub("", key)
    return home / ".bmad" / "human" / _NAME.sub("+", name)


def _lay_out(folder: Path, task: Task) -> Path | None:
    """Write prompt and schema, the subject last; an answer to another state of the work is put aside: its name."""
    folder.mkdir(parents=True, exist_ok=True)
    subject = folder / "subject"
    if subject.is_file() and subject.read_text(encoding="utf-8") == task.subject:
        return None
    stale = _put_aside(folder, "stale")
    _write(folder / "prompt.md", task.prompt)
    _write(folder / "schema.json", answers.schema(task.kind))
    _write(subject, task.subject)
    return stale


def _write(path: Path, text: str) -> None:
    """A file that is there whole or not at all, also after the power has gone."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    with new.open("w", encoding="utf-8", errors="replace") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(path)


def _put_aside(folder: Path, why: str) -> Path | None:
    """Give an answer that does not count a name that nothing has; that name, or None where there is no answer."""
    path = folder / ANSWER
    if not (path.is_symlink() or path.exists()):
        return None
    kept = _free(folder, why)
    path.rename(kept)
    return kept


def _free(folder: Path, why: str) -> Path:
    names = (f"answer.{why}.json" if number == 1 else f"answer.{why}.{number}.json" for number in count(1))
    return next(folder / name for name in names if not os.path.lexists(folder / name))


def _turn(task: Task, folder: Path) -> str:
    prompt = folder / "prompt.md"
    match task.kind:
        case "person-review":
            what = f"Your turn to review {task.story} (read {prompt}): bmad review {task.story}"
        case "triage":
            what = f"Your turn to say where you stand on the findings ({prompt}): bmad triage {task.story}"
        case _:
            done = f"write `{{}}` to {folder / ANSWER} when it is done"
            what = f"Your turn: {task.key} in {task.folder}. Read {prompt}, and {done}"
    return f"{what}; then: {task.then}"


def _rejected(folder: Path, base: Outcome, task: Task, words: str) -> Outcome:
    """A bad answer is no failure of the story: it goes on waiting, at the place that is named."""
    try:
        kept = _put_aside(folder, "rejected")
    except OSError as error:
        told = f"Your answer does not count: {words}, and stays: {error.strerror or error}."
        return base._replace(fault=Fault.ENVIRONMENT, words=told)
    told = f"Your answer does not count: {words}. It is now {kept}. {_turn(task, folder)}"
    return base._replace(fault=Fault.WAITS_FOR_PERSON, words=told)


def _context(key: str, answer: Path) -> str:
    """One context an answer, however often it is read; that of another landing was written at another time."""
    written = answer.stat().st_mtime_ns if answer.is_file() else 0
    return f"human-{hashlib.sha256(f'{key} {written}'.encode()).hexdigest()[:26]}"

"""The tools that a model may call, and what comes of each call: text, bounded."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, NamedTuple

from pydantic import Field, StringConstraints, ValidationError

from bmad.agents import answers
from bmad.agents.sdk import programs
from bmad.agents.sdk.conversation import Call, Result, Tool
from bmad.agents.sdk.tree import Entry, OutsideError, Tree
from bmad.agents.words import short
from bmad.model.base import Value

MOST_ENTRIES = 500
MOST_LINES = 2000
MOST_CHARACTERS = 60_000
MOST_SECONDS = 900
_WIDEST = 1000
_SEARCHING = 60.0

Word = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Argument = Annotated[str, StringConstraints(max_length=100_000)]


class ListFolder(Value):
    path: str = ""


class ReadFile(Value):
    path: Word
    line: int = Field(default=1, ge=1, description="The first line to read.")
    lines: int = Field(default=500, ge=1, le=MOST_LINES)


class Search(Value):
    pattern: Word = Field(description="An extended regular expression, as grep -E has it.")
    path: str = Field(default="", description="A folder or file to look in; empty: the whole worktree.")


class Edit(Value):
    path: Word
    old: str = Field(description="What stands there now, exactly and only once; empty to write a new file.")
    new: str = Field(description="What is to stand there instead.")


class Run(Value):
    argv: tuple[Argument, ...] = Field(min_length=1, description="Program and arguments; there is no shell.")
    seconds: float = Field(default=300, gt=0, le=MOST_SECONDS)


class Kit(NamedTuple):
    """What a task's tools work on; where it only `reads` nothing is edited, and not all of them may `run`."""

    tree: Tree
    grounds: programs.Grounds
    reads: bool
    runs: bool


class WrongCallError(Exception):
    """Why a call comes to nothing, as a sentence for the model."""


def offered(kit: Kit) -> list[Tool]:
    """The tools of a task."""
    return [Tool(name, about, model.model_json_schema()) for name, (about, model, _) in _tools(kit).items()]


def use(call: Call, kit: Kit) -> Result:
    """What comes of a call. Raises: KeyboardInterrupt; programs.BrokenGroundError."""
    try:
        return Result(call, _use(call, kit))
    except (WrongCallError, OutsideError) as error:
        return Result(call, str(error), failed=True)


def _use(call: Call, kit: Kit) -> str:
    known = _tools(kit)
    if call.name not in known:
        raise WrongCallError(f"There is no tool `{short(call.name, 60)}`; there are {', '.join(known)}.")
    _, model, do = known[call.name]
    try:
        told = model.model_validate(answers.parse(call.arguments or "{}"))
    except ValidationError as error:
        raise WrongCallError(f"The arguments do not fit: {answers.complaint(error)}.") from None
    except answers.BadAnswerError as error:
        raise WrongCallError(f"The arguments do not count: {error}.") from None
    return do(told, kit)


def _list(told: ListFolder, kit: Kit) -> str:
    entries = kit.tree.entries(told.path)
    lines = [_shown(one) for one in entries[:MOST_ENTRIES]]
    more = len(entries) - MOST_ENTRIES
    return "\n".join([*lines, *([f"[{more:,} more]"] if more > 0 else [])]) or "It is empty."


def _shown(entry: Entry) -> str:
    if entry.kind == "folder":
        return f"{entry.name}/"
    return f"{entry.name} ({f'{entry.size:,} bytes' if entry.kind == 'file' else entry.kind})"


def _read(told: ReadFile, kit: Kit) -> str:
    raw = kit.tree.read(told.path)
    if b"\0" in raw[:8000]:
        raise WrongCallError(f"{told.path} is no text ({len(raw):,} bytes).")
    lines = raw.decode("utf-8", "replace").splitlines()
    wanted = lines[told.line - 1 : told.line - 1 + told.lines]
    if not wanted:
        return f"{told.path} has {len(lines)} lines."
    shown: list[str] = []
    left = MOST_CHARACTERS
    for number, line in enumerate(wanted, told.line):
        text = f"{number}\t{line if len(line) <= _WIDEST else f'{line[:_WIDEST]}[… {len(line):,} characters]'}"
        left -= len(text)
        if left < 0:
            break
        shown.append(text)
    rest = len(lines) - (told.line - 1 + len(shown))
    return "\n".join([*shown, *([f"[{rest:,} lines more]"] if rest > 0 else [])])


def _search(told: Search, kit: Kit) -> str:
    where = kit.tree.inside(told.path)
    argv = ("git", "--literal-pathspecs", "grep", "-nIE", "--untracked", "--no-color", "-e", told.pattern)
    found = programs.run((*argv, "--", where) if where else argv, _SEARCHING, kit.grounds)
    if found.exit == 0:
        return "\n".join(line[:_WIDEST] for line in found.text.splitlines())
    if found.exit == 1 and not found.text:
        return "Nothing is found."
    raise WrongCallError(f"The search fails: {short(found.words or found.text)}.")


def _edit(told: Edit, kit: Kit) -> str:
    if not told.old:
        if kit.tree.exists(told.path):
            raise WrongCallError(f"{told.path} is there already: say in `old` what of it is to be replaced.")
        kit.tree.write(told.path, _bytes(told.new))
        return f"{told.path} is written."
    text = kit.tree.read(told.path).decode("utf-8", "surrogateescape")
    old, new = told.old, told.new
    if old not in text and "\r\n" in text:
        old, new = (re.sub(r"\r?\n", "\r\n", part) for part in (old, new))
    count = text.count(old)
    if count != 1:
        there = "does not stand there" if count == 0 else f"stands there {count} times: take in more lines"
        raise WrongCallError(f"{told.path} is not changed: `old` {there}.")
    kit.tree.write(told.path, _bytes(text.replace(old, new)))
    return f"{told.path} is changed."


def _bytes(text: str) -> bytes:
    """What a file holds that is no UTF-8 stays as it is. Raises: WrongCallError on what no file can hold."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise WrongCallError("`new` holds half of a character.") from None


def _run(told: Run, kit: Kit) -> str:
    ended = programs.run(told.argv, told.seconds, kit.grounds)
    code = "" if ended.exit is None else f"Exit code {ended.exit}."
    return "\n".join(part for part in (ended.words or code, ended.text) if part)


_READING: Mapping[str, tuple[str, type[Value], Callable[..., str]]] = {
    "list": ("What a folder of the worktree holds.", ListFolder, _list),
    "read": ("Lines of a text file, each behind its number and a tab.", ReadFile, _read),
    "search": ("Lines of the worktree's files that match, as path:line:text.", Search, _search),
}
_WRITING = {"edit": ("Replace one passage of a file, or write a new file.", Edit, _edit)}
_SHELL = "Name a shell to have one."
_RUN = f"Run a program in the worktree, as the checks run: in a sandbox, without keys. {_SHELL}"
_RUN_ASIDE = f"""Run a program in the worktree, which it cannot change: work on a copy below $TMPDIR, which stays
until you are done. {_SHELL}"""
_RUNNING = {"run": (_RUN, Run, _run)}
_RUNNING_ASIDE = {"run": (_RUN_ASIDE, Run, _run)}


def _tools(kit: Kit) -> dict[str, tuple[str, type[Value], Callable[..., str]]]:
    running = {} if not kit.runs else _RUNNING_ASIDE if kit.reads else _RUNNING
    return {**_READING, **({} if kit.reads else _WRITING), **running}

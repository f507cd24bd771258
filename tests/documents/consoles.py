"""Plays a page: each command of its `console` blocks, in order, in one folder; what it shows must be what came.

A block with `title="PATH"` in its first line is a file, and is written when its turn comes; a `console` block with
`title="COMMAND"` is a part of what that command prints. Of any other `console` block the lines that begin with
`$ ` are commands; what follows is what they print, line by line, or nothing is said of it. `…` stands for what is
left out, alone on a line for any lines; an id of a commit for the id that came, the same for the same. `[exit N]`
is how it ended, else with 0. `cd` stays in force. `bmad` runs within this process, anything else by bash.
`python -m tests.documents.consoles PAGE` shows all, as Ada sees it.
"""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.homes import ada, template
from tests.program import Ended, inside

ROOT = Path(__file__).parent.parent.parent
_FENCE = re.compile(r"^( *)(`{3,})(\w*)([^\n]*)\n(.*?)^\1\2 *$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r'title="([^"]+)"')
_EXIT = re.compile(r"\[exit (\d+)\]")
_BY_SHELL = frozenset("|><;&$`*(")
_COMMIT = re.compile(r"\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,64}\b")
_SAME = 7
"""So many signs of a commit's id tell it from the others of a page."""


class Block(NamedTuple):
    """A fenced block of a page."""

    page: str
    line: int
    language: str
    title: str
    text: str

    @property
    def first(self) -> str:
        return self.text.partition("\n")[0]


class Shown(NamedTuple):
    """A command as a page shows it, and what it says comes of it."""

    command: str
    lines: tuple[str, ...]
    code: int


class File(NamedTuple):
    """A file that a page shows."""

    path: str
    text: str


class Part(NamedTuple):
    """Some of the lines that a command prints."""

    command: str
    lines: tuple[str, ...]


Step = Shown | File | Part


def blocks(page: Path) -> Iterator[Block]:
    """All that stands in fences on a page."""
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        indent, _, language, rest, body = found.groups()
        title = _TITLE.search(rest)
        yield Block(
            page.relative_to(ROOT).as_posix() if page.is_relative_to(ROOT) else page.name,
            text.count("\n", 0, found.start()) + 1,
            language,
            title[1] if title else "",
            "\n".join(line.removeprefix(indent) for line in body.split("\n")),
        )


def steps(shown: Iterable[Block]) -> Iterator[Step]:
    """What blocks have their reader do, in order."""
    for block in shown:
        if block.language == "console" and block.title:
            yield Part(block.title, tuple(block.text.rstrip("\n").split("\n")))
        elif block.title:
            yield File(block.title, block.text)
        elif block.language == "console":
            yield from commands(block.text)


def commands(text: str) -> Iterator[Shown]:
    """The commands of a block, each with what it prints."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *lines = part.rstrip("\n").split("\n")
        while command.endswith("\\"):
            command = command[:-1] + lines.pop(0).strip()
        found = [_EXIT.fullmatch(line.strip()) for line in lines]
        code = next((int(one[1]) for one in found if one), 0)
        yield Shown(command, tuple(line for line, one in zip(lines, found, strict=True) if not one), code)


class Player:
    """Does what pages show, from one folder; some commands as it is told, such as those that were done before."""

    def __init__(self, folder: Path, done: Mapping[str, Callable[[Path], Ended]] | None = None) -> None:
        self.folder = folder
        self._done = done or {}
        self._ids: dict[str, str] = {}
        self.env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        """What else the commands that a shell runs are told."""

    def do(self, step: Step) -> Ended:
        """Run a command, or write a file, which ends in nothing."""
        if isinstance(step, File):
            path = self.folder / step.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text, encoding="utf-8")
            return Ended(0, "", "")
        if step.command in self._done:
            return self._done[step.command](self.folder)
        words = shlex.split(step.command, comments=True)
        if words[0] == "cd":
            self.folder = (self.folder / words[1]).resolve()
            return Ended(0, "", "")
        if words[0] == "bmad" and not _BY_SHELL & set(step.command.partition(" # ")[0]):
            return inside(*words[1:], cwd=self.folder)
        done = subprocess.run(
            ["bash", "-c", step.command],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | self.env,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def wrong(self, step: Step, ended: Ended) -> list[str]:
        """What a page says otherwise than it came, if anything, each with its command."""
        if isinstance(step, File):
            return []
        shown = step if isinstance(step, Shown) else Shown(step.command, ("…", *step.lines, "…"), ended.code)
        return [f"{step.command}: {words}" for words in differences(shown, ended, self._ids)]


def differences(shown: Shown, ended: Ended, ids: dict[str, str] | None = None) -> list[str]:
    """What a page says otherwise than it is; nothing where it is right.

    `ids` are the ids of commits that pages show, each with the one that came.
    """
    ids = {} if ids is None else ids
    wrong = [] if ended.code == shown.code else [f"ended with {ended.code}, not {shown.code}"]
    came = (ended.out + ended.err).rstrip("\n").split("\n") if ended.out + ended.err else []
    at, skip = 0, False
    for line in shown.lines:
        if line.strip() == "…":
            skip = True
            continue
        places = range(at, len(came)) if skip else range(at, min(at + 1, len(came)))
        found = next((place for place in places if _is_shown(line.rstrip(), came[place].rstrip(), ids)), None)
        if found is None:
            return [*wrong, f"does not print: {line}"]
        at, skip = found + 1, False
    if shown.lines and not skip and at < len(came):
        wrong.append(f"prints more: {came[at]}")
    return wrong


def _is_shown(line: str, came: str, ids: dict[str, str]) -> bool:
    """Whether a line is what came, by `…` and by the ids of commits, which are noted."""
    told = _COMMIT.findall(line)
    pattern = _COMMIT.sub(lambda one: f"\0{len(one[0])}\0", line)
    pattern = ".*".join(re.escape(part) for part in pattern.split("…"))
    found = re.fullmatch(re.sub("\0(\\d+)\0", r"([0-9a-f]{\1})", pattern), came)
    if found is None:
        return False
    pairs = {
        *ids.items(),
        *((one[:_SAME], there[:_SAME]) for one, there in zip(told, found.groups(), strict=True)),
    }
    if len(dict(pairs)) < len(pairs) or len({there for _, there in pairs}) < len(pairs):
        return False
    ids.update(pairs)
    return True


def played(page: str, part: str, folder: Path) -> list[str]:
    """What the blocks of a page whose first line ends in `# PART` show otherwise than it comes in a folder."""
    player = Player(folder)
    chosen = [block for block in blocks(ROOT / page) if block.first.endswith(f"# {part}")]
    assert chosen, f"{page} has no such block: {part}"
    return [words for step in steps(chosen) for words in player.wrong(step, player.do(step))]


def main(page: str) -> None:
    from tests.documents.kept import playable  # noqa: PLC0415 - both play pages, too
    from tests.documents.worlds import Worlds  # noqa: PLC0415

    there = Path(page).resolve()
    with tempfile.TemporaryDirectory(prefix="bmad-page-") as place:
        for name in ("made", "page"):
            (Path(place) / name).mkdir()
        for name, value in ada(Path(place) / "home", template(Path(place) / "template")).items():
            os.environ.pop(name, None)
            os.environ.update({} if value is None else {name: value})
        with contextlib.redirect_stdout(io.StringIO()):
            player = Worlds(Path(place) / "made").begin(there.relative_to(ROOT).as_posix(), Path(place) / "page")
        for step in steps(playable(there)):
            with contextlib.redirect_stdout(io.StringIO()):
                ended = player.do(step)
            if not isinstance(step, File):
                came = "" if isinstance(step, Part) else f"{ended.out}{ended.err}[exit {ended.code}]\n"
                wrong = "".join(f"  !! {words}\n" for words in player.wrong(step, ended))
                sys.stdout.write(f"$ {step.command}\n{came}{wrong}")


if __name__ == "__main__":
    sys.modules["tests.documents.consoles"] = sys.modules[__name__]  # or a file of one would be none to the other
    main(sys.argv[1])

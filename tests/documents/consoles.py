"""Plays a page: each command of its `console` blocks, in order, in one folder; what it shows must be what came.

A block with `title="PATH"` in its first line is a file, and is written when its turn comes. Of a `console` block
the lines that begin with `$ ` are commands; what follows is what they print, line by line, or nothing is said of
it. `…` stands for anything, alone on a line for any lines. `[exit N]` is how it ended, else with 0. `cd` stays in
force. `bmad` runs within this process, anything else by bash. `python -m tests.documents.consoles PAGE` shows all.
"""

import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.program import Ended, inside

ROOT = Path(__file__).parent.parent.parent
_FENCE = re.compile(r"^( *)(`{3,})(\w+)([^\n]*)\n(.*?)^\1\2 *$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r'title="([^"]+)"')
_EXIT = re.compile(r"\[exit (\d+)\]")
_BY_SHELL = frozenset("|><;&$`*(")


class Shown(NamedTuple):
    """A command as a page shows it, and what it says comes of it."""

    command: str
    lines: tuple[str, ...]
    code: int


class File(NamedTuple):
    """A file that a page shows."""

    path: str
    text: str


def steps(page: Path) -> Iterator[Shown | File]:
    """What a page has its reader do, in order."""
    for indent, _, language, rest, body in _FENCE.findall(page.read_text(encoding="utf-8")):
        text = "\n".join(line.removeprefix(indent) for line in body.split("\n"))
        title = _TITLE.search(rest)
        if title is not None:
            yield File(title[1], text)
        elif language == "console":
            yield from _commands(text)


def _commands(text: str) -> Iterator[Shown]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *lines = part.rstrip("\n").split("\n")
        while command.endswith("\\"):
            command = command[:-1] + lines.pop(0).strip()
        found = [_EXIT.fullmatch(line.strip()) for line in lines]
        code = next((int(one[1]) for one in found if one), 0)
        yield Shown(command, tuple(line for line, one in zip(lines, found, strict=True) if not one), code)


class Player:
    """Does what pages show, from one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def do(self, step: Shown | File) -> Ended | None:
        """Run a command, or write a file, which ends in nothing."""
        if isinstance(step, File):
            path = self.folder / step.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text, encoding="utf-8")
            return None
        words = shlex.split(step.command, comments=True)
        if words[0] == "cd":
            self.folder = (self.folder / words[1]).resolve()
            return Ended(0, "", "")
        if words[0] == "bmad" and not _BY_SHELL & set(step.command.partition(" # ")[0]):
            return inside(*words[1:], cwd=self.folder)
        command = ["bash", "-c", f'PATH="{Path(sys.executable).parent}:$PATH"; {step.command}']
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        return Ended(done.returncode, done.stdout, done.stderr)


def differences(shown: Shown, ended: Ended) -> list[str]:
    """What a page says otherwise than it is; nothing where it is right."""
    wrong = [] if ended.code == shown.code else [f"ended with {ended.code}, not {shown.code}"]
    came = (ended.out + ended.err).rstrip("\n").split("\n") if ended.out + ended.err else []
    at, skip = 0, False
    for line in shown.lines:
        if line.strip() == "…":
            skip = True
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in line.rstrip().split("…")))
        places = range(at, len(came)) if skip else range(at, min(at + 1, len(came)))
        found = next((place for place in places if pattern.fullmatch(came[place].rstrip())), None)
        if found is None:
            return [*wrong, f"does not print: {line}"]
        at, skip = found + 1, False
    if shown.lines and not skip and at < len(came):
        wrong.append(f"prints more: {came[at]}")
    return wrong


def main(page: str) -> None:
    with tempfile.TemporaryDirectory(prefix="bmad-page-") as folder:
        player = Player(Path(folder))
        for step in steps(Path(page)):
            ended = player.do(step)
            if isinstance(step, Shown) and ended is not None:
                wrong = "".join(f"  !! {words}\n" for words in differences(step, ended))
                sys.stdout.write(f"$ {step.command}\n{ended.out}{ended.err}[exit {ended.code}]\n{wrong}")


if __name__ == "__main__":
    main(sys.argv[1])

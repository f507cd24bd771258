"""What `bmad trace` says of every line of random histories, held against who wrote it.

python -m tests.why.compare 1000          # so many histories, from seed 0 on
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bmad.git.read.history import open_history
from bmad.pipeline.trace.blame import asked_of, lines_of
from bmad.pipeline.trace.revision import read_at
from bmad.store.formats import TextFormats
from tests.why.history import World, play


class Said(NamedTuple):
    """A line, whose it may be, and what was told of it."""

    place: str
    text: str
    truth: frozenset[str | None]
    story: str | None
    stories: tuple[str, ...]
    sure: str | None
    recorded: bool

    @property
    def is_wrong(self) -> bool:
        """A story is told that did not write it, or none of those that it is said to be one of did."""
        return bool(self.stories) and not self.truth.intersection(self.stories)

    @property
    def is_to_be_told(self) -> bool:
        """Whether it is a story's, and a record of that story stands."""
        return None not in self.truth and self.recorded

    @property
    def is_told(self) -> bool:
        return self.story in self.truth


def lines(world: World, at: Path, rev: str) -> Iterator[Said]:
    recorded = world.recorded(rev)
    with open_history(at, os.environ).read() as objects:
        reading = read_at(objects, TextFormats(), rev)
        for path, rows in world.truth(rev).items():
            told = lines_of(reading, asked_of(path))
            for line, (text, owners) in zip(told.lines, rows, strict=True):
                assert line.text == text
                place = f"{rev}:{path}:{line.line}"
                yield Said(place, text, owners, line.story, line.stories, line.sure, bool(owners & recorded))


def all_lines(root: Path, seed: int) -> tuple[list[Said], list[str]]:
    """Of main and of a release branch; every other history in a clone that has nothing but these two."""
    world, done = play(root / "work", seed)
    at = world.root
    if seed % 2:
        at = root / "clone"
        world.git("clone", "-q", "--no-local", "--single-branch", "-b", "main", str(world.root), str(at))
        world.git("-C", str(at), "fetch", "-q", "origin", "release:release")
    return [one for rev in ("main", "release") for one in lines(world, at, rev)], done


def say(*rows: str) -> None:
    sys.stdout.write("".join(f"{row}\n" for row in rows))


def main(many: int, first: int = 0) -> int:
    every = told = wrong = 0
    how: dict[str, int] = {}
    for seed in range(first, first + many):
        root = Path(tempfile.mkdtemp())
        found, done = all_lines(root, seed)
        shutil.rmtree(root)
        own = [one for one in found if one.is_to_be_told]
        every, told = every + len(own), told + sum(one.is_told for one in own)
        if "-v" in sys.argv:
            say(*(f"seed {seed} missed {one}\n   {done}" for one in own if not one.is_told))
        for one in found:
            how[one.sure or "-"] = how.get(one.sure or "-", 0) + 1
            if one.is_wrong:
                wrong += 1
                say(f"seed {seed} {one}\n   {done}")
    say(f"{many} histories, {every} lines of stories: {told / every:.2%} told exactly, {wrong} wrong; {how}")
    return wrong


if __name__ == "__main__":
    sys.exit(main(*(int(one) for one in sys.argv[1:] if one != "-v")) > 0)

"""One line, asked for in every way: each has to give the same answer, and be as sure of it.

python -m tests.why.ways 100          # so many of the random histories, from seed 0 on

A way is a whole file, a line of it, what `bmad coverage` counts by its one pass over history, either of them by
what coverage kept, also from a commit before, and a line of an edited work tree.
"""

import os
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bmad.git.read.history import open_history
from bmad.model.trace import TracedLine
from bmad.pipeline.trace.blame import Here, asked_of, lines_of
from bmad.pipeline.trace.blame_cache import Place
from bmad.pipeline.trace.coverage import CoverageRequest, _files, _lines, _Past
from bmad.pipeline.trace.ignored_revs import ignored
from bmad.pipeline.trace.revision import Reading, read_at
from bmad.store.cache import FileCache
from bmad.store.formats import TextFormats
from tests.why.compare import say
from tests.why.history import play

_SOME = 2
"""Lines of each file that are asked for one by one."""
_BOTH = 2
"""A line stands once before and once after an edit; of one that stands twice it is not known which is left."""


class Answer(NamedTuple):
    """What is said of a line; of an older one no more than that."""

    commit: str | None
    stories: tuple[str, ...] = ()
    sure: str | None = None


def answer(line: TracedLine) -> Answer:
    return Answer("older") if line.older else Answer(line.commit, line.stories, line.sure)


def answers(reading: Reading, asked: str, cache: FileCache | None = None) -> list[Answer]:
    """What `bmad trace` and `bmad blame` tell of each line."""
    return [answer(line) for line in lines_of(reading, asked_of(asked), cache=cache).lines]


def counted(reading: Reading, cache: FileCache) -> dict[bytes, list[Answer]]:
    """By path what coverage tells of each line."""
    commits = reading.objects.walk(reading.head.id, reading.since)
    changes = reading.changes(commits)
    every, _ = _files(reading, CoverageRequest())
    files = {path: blob for path, blob in every.items() if path.startswith(b"src/")}
    place = Place(cache, reading.since, commits[0].id if commits else reading.head.id)
    past = _Past(changes, ignored(reading.objects, reading.head).commits, place, is_whole=True)
    told = _lines(reading, reading.claimed(commits, changes), files, past)
    return {
        path: [
            Answer("older") if one.older else Answer(one.commit, one.owner.stories, one.owner.sure) for one in own
        ]
        for path, own in told.items()
    }


def edited(content: bytes, rand: random.Random) -> tuple[bytes, list[int | None]]:
    """A content with lines of its own and without others, and which line of the old one each is (from 0)."""
    lines = content.splitlines(keepends=True)
    rows: list[tuple[bytes, int | None]] = [(line, at) for at, line in enumerate(lines) if rand.random() > 0.1]
    for number in range(rand.randint(1, 3)):
        rows.insert(rand.randint(0, len(rows)), (b"edited %d\n" % number, None))
    return b"".join(line for line, _ in rows), [at for _, at in rows]


def disagreements(reading: Reading, rand: random.Random, before: str | None) -> Iterator[str]:
    """Each way that tells a line otherwise than its whole file; `before` is a commit that coverage ran at."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        cache, later = FileCache(Path(folder)), FileCache(Path(other))
        by_pass = counted(reading, cache)
        if before is not None:
            counted(reading._replace(head=reading.objects.commits([before])[before]), later)
        by_later = counted(reading, later)
        for raw in by_pass:
            path = raw.decode()
            whole = answers(reading, path)
            told = {"coverage": by_pass[raw], "coverage, one later": by_later[raw]}
            told |= {"kept": answers(reading, path, cache), "kept from one later": answers(reading, path, later)}
            yield from (f"{path} {name}" for name, found in told.items() if found != whole)
            for at in rand.sample(range(len(whole)), min(_SOME, len(whole))):
                for name, kept in {"alone": None, "alone, kept": cache}.items():
                    [one] = answers(reading, f"{path}:{at + 1}", kept)
                    if one != whole[at]:
                        yield f"{path}:{at + 1} {name}: {one}, not {whole[at]}"
            yield from of_edited(reading, raw, whole, rand)


def of_edited(reading: Reading, path: bytes, whole: Sequence[Answer], rand: random.Random) -> Iterator[str]:
    """The lines of an edited work tree that are told otherwise than they were, or that are none of these."""
    blob = reading.objects.files(reading.head.tree, [path.rpartition(b"/")[0]])[path].id
    old = reading.objects.blobs([blob])[blob]
    content, places = edited(old, rand)
    texts = [*content.splitlines(), *old.splitlines()]
    found = lines_of(reading, asked_of(path.decode()), Here({path: content}.get)).lines
    for line, place in zip(found, places, strict=True):
        is_known = place is None or texts.count(line.text.encode()) == _BOTH
        if is_known and answer(line) != (Answer(None) if place is None else whole[place]):
            yield f"{path.decode()}:{line.line} edited: {answer(line)}, not {place}"


def ways(root: Path, seed: int, steps: int = 9, revs: Sequence[str] = ("main", "release")) -> list[str]:
    """The disagreements over a history, from its beginning, and where it was adopted on its way."""
    world, _ = play(root / "work", seed, steps)
    rand = random.Random(seed)  # noqa: S311 - the same again
    found = []
    for rev in revs:
        line = world.git("rev-list", "--first-parent", rev).split()
        with open_history(world.root, os.environ).read() as objects:
            reading = read_at(objects, TextFormats(), rev)
            for since in (None, rand.choice(line)):
                before = rand.choice(line[: line.index(since)] or [None]) if since else line[-1]
                told = disagreements(reading._replace(since=since), rand, before)
                found += [f"seed {seed} {rev} since {since}: {one}" for one in told]
    return found


def main(many: int, first: int = 0) -> int:
    wrong = 0
    for seed in range(first, first + many):
        with tempfile.TemporaryDirectory() as folder:
            found = ways(Path(folder), seed)
        say(*found)
        wrong += len(found)
    say(f"{many} histories, {wrong} disagreements")
    return wrong


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])) > 0)

"""`python -m bench.peers BIN [SIZE...]`: `bmad validate` beside doorstop, StrictDoc, sphinx-needs and TRLC.

BIN is the folder of their programs (`make bench-peers` fetches them). The same items, with the same words and
links, are written as each tool keeps them, and each runs what it has that reads all of them and refuses a link to
nothing: that it does is tried first. bmad reads the intent, territories and fingerprints besides, for which the
others have no place. CPU seconds (user and system, children included), medians of runs in alternation with nothing
kept from the run before, and the most MiB. What takes over a minute runs once.
"""

import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.__main__ import BMAD, Spent, run
from bench.specs import made_items, story_count, write_stories
from bmad.model.spec import Epic, Requirement, Statement, Story

_SIZES = (100, 1_000, 10_000)
_ROUNDS = 3
_LONG = 60.0
_KINDS = ("INT", "FR", "EPIC", "STORY", "AC")
"""From the top: each kind hangs on the one before."""


class Entry(NamedTuple):
    """An item as every tool can keep it; `uid` is its kind and a number, `up` the uids it links to."""

    kind: str
    uid: str
    title: str
    text: str
    up: tuple[str, ...]


def entries(stories: int) -> list[Entry]:
    """The items that `bench.specs` makes, criteria as items of their own, from the top kind to the last."""
    rows: list[tuple[str, str, str, str, list[str]]] = []
    for item in made_items(stories)[1]:
        match item:
            case Statement():
                rows.append(("INT", item.id, item.title, item.quote, []))
            case Requirement():
                rows.append(("FR", item.id, item.title, item.text, [ref.text for ref in item.traces]))
            case Epic():
                rows.append(("EPIC", item.id, item.title, item.text, [ref.text for ref in item.covers]))
            case Story():
                above = [item.epic] if item.epic else []
                up = [ref.text for ref in (*above, *item.implements, *item.depends_on)]
                rows.append(("STORY", item.id, item.title, item.narrative, up))
                rows += [("AC", f"{item.id}/{one.id}", one.id, one.text, [item.id]) for one in item.criteria]
    rows.sort(key=lambda row: _KINDS.index(row[0]))
    uids = {name: f"{kind}{number:05d}" for number, (kind, name, *_) in enumerate(rows, 1)}
    return [
        Entry(kind, uids[name], title, text, tuple(uids[one] for one in up))
        for kind, name, title, text, up in rows
    ]


def _sheets(found: Sequence[Entry]) -> Iterator[tuple[str, Iterator[Entry]]]:
    return itertools.groupby(found, key=lambda one: one.kind)


def _doorstop(folder: Path, found: Sequence[Entry]) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    for above, kind in zip((None, *_KINDS), _KINDS, strict=False):
        (folder / kind).mkdir()
        parent = f"  parent: {above}\n" if above else ""
        (folder / kind / ".doorstop.yml").write_text(
            f"settings:\n  digits: 5\n{parent}  prefix: {kind}\n  sep: ''\n"
        )
    for number, one in enumerate(found, 1):
        links = "".join(f"- {name}: null\n" for name in one.up)
        (folder / one.kind / f"{one.uid}.yml").write_text(
            f"active: true\nderived: false\nheader: |\n  {one.title}\nlevel: 1.0.{number}\n"
            f"links:{' []' if not links else ''}\n{links}normative: true\nref: ''\nreviewed: null\n"
            f"text: |\n  {one.text}\n"
        )


def _strictdoc(folder: Path, found: Sequence[Entry]) -> None:
    for kind, listed in _sheets(found):
        parts = [f"[DOCUMENT]\nTITLE: {kind}\n"]
        for one in listed:
            relations = "".join(f"- TYPE: Parent\n  VALUE: {name}\n" for name in one.up)
            parts.append(
                f"[REQUIREMENT]\nUID: {one.uid}\nTITLE: {one.title}\nSTATEMENT: {one.text}\n"
                + (f"RELATIONS:\n{relations}" if relations else "")
            )
        (folder / f"{kind}.sdoc").write_text("\n".join(parts))


def _sphinx_needs(folder: Path, found: Sequence[Entry]) -> None:
    types = [{"directive": kind.lower(), "title": kind, "prefix": kind} for kind in _KINDS]
    (folder / "conf.py").write_text(f"extensions = ['sphinx_needs']\nneeds_types = {types!r}\n")
    contents = "".join(f"   {kind}\n" for kind in _KINDS)
    (folder / "index.rst").write_text(f"All\n===\n\n.. toctree::\n\n{contents}")
    for kind, listed in _sheets(found):
        parts = [f"{kind}\n{'=' * len(kind)}\n"]
        for one in listed:
            links = f"   :links: {', '.join(one.up)}\n" if one.up else ""
            parts.append(f".. {kind.lower()}:: {one.title}\n   :id: {one.uid}\n{links}\n   {one.text}\n")
        (folder / f"{kind}.rst").write_text("\n".join(parts))


def _trlc(folder: Path, found: Sequence[Entry]) -> None:
    (folder / "all.rsl").write_text(
        "package All\n\ntype Item {\n  title String\n  text String\n  up optional Item[1 .. *]\n}\n"
    )
    for kind, listed in _sheets(found):
        parts = ["package All\n"]
        for one in listed:
            up = f"  up = [{', '.join(one.up)}]\n" if one.up else ""
            title, text = json.dumps(one.title), json.dumps(one.text)
            parts.append(f"Item {one.uid} {{\n  title = {title}\n  text = {text}\n{up}}}\n")
        (folder / f"{kind}.trlc").write_text("\n".join(parts))


class Peer(NamedTuple):
    """A tool: how it keeps entries below a folder, and the command, after its program, that checks them there."""

    name: str
    write: Callable[[Path, Sequence[Entry]], None]
    command: Sequence[str]


PEERS = (
    Peer("doorstop", _doorstop, ["doorstop", "--no-reformat", "--no-review-check", "--no-suspect-check"]),
    Peer("strictdoc", _strictdoc, ["strictdoc", "export", "--formats=json", "."]),
    Peer("sphinx-needs", _sphinx_needs, ["sphinx-build", "-q", "-E", "-W", "-b", "needs", ".", "out"]),
    Peer("trlc", _trlc, ["trlc", "--brief", "."]),
)
_NOWHERE = Entry("AC", "AC99999", "AC-1", "Given nothing, when asked, then nothing is printed.", ("STORY99999",))


def _told(peer: Peer, folder: Path, programs: Path) -> None:
    """Raises: SystemExit where the tool's command lets a link to nothing pass."""
    folder.mkdir()
    peer.write(folder, [*entries(1), _NOWHERE])
    command = [str(programs / peer.command[0]), *peer.command[1:]]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, text=True)
    if done.returncode == 0 or _NOWHERE.up[0] not in done.stdout + done.stderr:
        sys.exit(f"{' '.join(command)} says nothing of a link to nothing: {done.stdout}{done.stderr}")


def measure(programs: Path, sizes: Sequence[int], root: Path) -> list[tuple[str, int, Spent]]:
    """By tool and number of items: what its command took."""
    for peer in PEERS:
        _told(peer, root / f"{peer.name}-nowhere", programs)
    found: list[tuple[str, int, Spent]] = []
    for size in sizes:
        stories = story_count(size)
        listed = entries(stories)
        jobs = [("bmad", [*BMAD, "validate", "--strict"], root / f"bmad-{size}")]
        write_stories(jobs[0][2], stories)
        for peer in PEERS:
            folder = root / f"{peer.name}-{size}"
            folder.mkdir()
            peer.write(folder, listed)
            jobs.append((peer.name, [str(programs / peer.command[0]), *peer.command[1:]], folder))
        spent: dict[str, list[Spent]] = {name: [] for name, *_ in jobs}
        for _ in range(_ROUNDS):
            for name, command, folder in jobs:
                if not spent[name] or spent[name][0].cpu < _LONG:
                    spent[name].append(run(command, folder))
                    for made in ("out", "output"):
                        shutil.rmtree(folder / made, ignore_errors=True)
        for name, runs in spent.items():
            cpu, memory = statistics.median(one.cpu for one in runs), max(one.memory for one in runs)
            found.append((name, len(listed), Spent(cpu, memory)))
    return found


def table(found: Sequence[tuple[str, int, Spent]]) -> str:
    counts = sorted({count for _, count, _ in found})
    rows = [
        f"| tool | {' | '.join(f'{count:,} items' for count in counts)} |",
        f"|{' --- |' * (len(counts) + 1)}",
    ]
    for name in dict.fromkeys(name for name, *_ in found):
        cells = (f"{spent.cpu:.2f} ({spent.memory:.0f})" for one, _, spent in found if one == name)
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def main(programs: str, *sizes: str) -> None:
    python = Path(programs) / "python"
    asked = "import importlib.metadata as m, sys; print(', '.join(f'{n} {m.version(n)}' for n in sys.argv[1:]))"
    names = [peer.name for peer in PEERS]
    print(subprocess.run([python, "-c", asked, *names], capture_output=True, check=True, text=True).stdout)
    with tempfile.TemporaryDirectory(prefix="bmad-bench-") as root:
        os.environ["XDG_CACHE_HOME"] = str(Path(root) / "cache")
        print(table(measure(Path(programs), [int(size) for size in sizes] or _SIZES, Path(root))))


if __name__ == "__main__":
    main(*sys.argv[1:])

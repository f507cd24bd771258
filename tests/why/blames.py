"""`HistoryBlame` beside `git blame` over random histories made to mislead: few lines, many parents, moved files.

And git's own with a commit-graph that is kept, of a part of the history or of all of it, beside that without; and
as far back as one of its commits, beside that of all history.

python -m tests.why.blames 1000          # so many histories, from seed 0 on
"""

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bmad.core.lines.lineage import Asked
from bmad.git.read.history import open_history
from bmad.model.history import BlameLine
from bmad.pipeline.trace.code_commits import changes_of
from bmad.pipeline.trace.history_blame import HistoryBlame, rows

PATHS = ("a", "b", "d/a", "d/c", "e/f/c")
LINES = ("one", "two", "three", "", "}", "return")
Tree = dict[str, list[str]]


def made(root: Path, seed: int, commits: int = 40) -> list[str]:
    """A bare repository with a random history; the ids of its commits, parents first."""
    rand = random.Random(seed)  # noqa: S311 - a seed has to give the same history again
    trees: list[Tree] = []
    parts: list[str] = []
    for number in range(commits):
        parents = _parents(rand, number)
        tree = _joined(rand, [trees[one] for one in parents])
        for _ in range(rand.choice((0, 1, 1, 2, 4))):
            _change(rand, tree, number)
        trees.append(tree)
        parts.append(_commit(rand, number, parents, tree))
    subprocess.run(["git", "init", "-q", "--bare", str(root)], check=True)
    import_it = ["git", "-C", str(root), "fast-import", "--quiet", "--export-marks=marks"]
    subprocess.run(import_it, input="".join(parts).encode(), check=True, cwd=root)
    marks = (root / "marks").read_text().split()
    return [name for _, name in sorted(zip((int(one[1:]) for one in marks[::2]), marks[1::2], strict=True))]


def _parents(rand: random.Random, number: int) -> list[int]:
    """The one before, now and then with older ones; or an older one, or none."""
    if not number or rand.random() < 0.02:
        return []
    near = range(max(0, number - 6), number)
    if rand.random() < 0.3:
        return [rand.choice(near)]
    found = {number - 1, *rand.sample(near, min(rand.choice((0, 0, 0, 1, 1, 2)), len(near)))}
    return rand.sample(sorted(found), len(found))


def _joined(rand: random.Random, sides: Sequence[Tree]) -> Tree:
    """Of each path one side's content, or the beginning of one and the end of another."""
    found: Tree = {}
    for path in PATHS:
        there = [side[path] for side in sides if path in side]
        if there and rand.random() < 0.95:
            one, other = rand.choice(there), rand.choice(there)
            at = rand.randint(0, min(len(one), len(other)))
            found[path] = [*one[:at], *other[at:]]
    return found


def _change(rand: random.Random, tree: Tree, number: int) -> None:
    """A file is new, gone, moved, or a few of its lines are others; what is moved may change, too."""
    there = sorted(tree)
    path = rand.choice(there or PATHS)
    what = rand.random()
    if len(there) < len(PATHS) and (what < 0.15 or not there):
        path = rand.choice([one for one in PATHS if one not in tree])
        tree[path] = [_line(rand, number) for _ in range(rand.randint(3, 12))]
    elif what < 0.35:
        other = rand.choice(PATHS)
        tree[other] = tree.pop(path)
        path = other
    elif what < 0.4:
        del tree[path]
        return
    lines = tree[path] = list(tree[path])
    for _ in range(rand.choice((0, 1, 1, 2, 3))):
        at = rand.randint(0, len(lines))
        if rand.random() < 0.4:
            del lines[at : at + rand.randint(1, 2)]
        else:
            lines.insert(at, _line(rand, number))


def _line(rand: random.Random, number: int) -> str:
    """One that may stand anywhere, or that is this commit's."""
    return rand.choice(LINES) if rand.random() < 0.5 else f"new {number} {rand.randint(0, 3)}"


def _commit(rand: random.Random, number: int, parents: Sequence[int], tree: Tree) -> str:
    when = 1_700_000_000 + 60 * number + rand.choice((0, 0, 0, -7200, 7200))
    head = f"commit refs/heads/c{number}\nmark :{number + 1}\ncommitter Ada <a@x> {when} +0000\ndata 0\n"
    for at, parent in enumerate(parents):
        head += f"{'merge' if at else 'from'} :{parent + 1}\n"
    head += "deleteall\n"
    for path, lines in tree.items():
        text = "\n".join(lines) + rand.choice(("\n", "\n", "")) if lines else ""
        mode = rand.choice(("100644",) * 8 + ("100755", "120000"))
        head += f"M {mode} inline {path}\ndata {len(text)}\n{text}\n"
    return head


class Kept(dict[str, bytes]):
    """What is kept between runs, in memory."""

    def load(self, key: str) -> bytes | None:
        return self.get(key)

    def keep(self, key: str, content: bytes) -> None:
        self[key] = content


def written(root: Path, tip: str) -> Kept:
    """A commit-graph of what a commit reaches."""
    kept = Kept()
    with open_history(root, os.environ, kept).read() as objects:
        objects.quicken(tip, 1000)
    return kept


def by_graph(root: Path, kept: Kept, tip: str, since: str | None) -> Iterator[str]:
    """What git says differently of a commit's files where it heeds a commit-graph that was kept."""
    with open_history(root, os.environ).read() as plain, open_history(root, os.environ, kept).read() as quick:
        [listed] = plain.changes([("", plain.commits([tip])[tip].tree)])
        for file in listed:
            one, other = (list(map(_told, each.blame(tip, file.path, since=since))) for each in (plain, quick))
            if one != other:
                yield f"{tip}:{file.path.decode()} since {since}\n  git {one}\n  by the graph {other}"


def led_to(root: Path, tip: str) -> list[str]:
    """The commits that first parents and dates lead to, but the tip itself."""
    with open_history(root, os.environ).read() as objects:
        return [one for one in objects.first_parents(tip)[1:] if objects._after(one).leads(tip)]


def by_dates(root: Path, tip: str, since: str) -> Iterator[str]:
    """What is told otherwise as far back as since than by all of history and the commits that since reaches."""
    with open_history(root, os.environ).read() as objects:
        own = {commit.id for commit in objects.walk(tip, since)}
        [listed] = objects.changes([("", objects.commits([tip])[tip].tree)])
        for file in listed:
            said = [_told(row) if row.commit in own else _OLDER for row in objects.blame(tip, file.path)]
            for number, line in enumerate(said, 1):
                [one] = objects.blame(tip, file.path, [(number, number)], since)
                if _told(one) != line:
                    yield f"{tip}:{file.path.decode()}:{number} since {since}\n  git {line}\n  by dates {one}"
            mine = list(map(_told, objects.blame(tip, file.path, since=since)))
            if mine != said:
                yield f"{tip}:{file.path.decode()} since {since}\n  git {said}\n  by dates {mine}"


def differing(root: Path, tip: str, since: str | None) -> Iterator[str]:
    """What the two say differently of a commit's files, as far back as since."""
    with open_history(root, os.environ).read() as objects:
        commits = objects.walk(tip, since)
        own = {commit.id for commit in commits}
        [listed] = objects.changes([("", objects.commits([tip])[tip].tree)])
        history = HistoryBlame(objects, since, commits, changes_of(objects, commits))
        for one, runs in history.runs([Asked(tip, file.path) for file in listed]).items():
            said = list(map(_told, objects.blame(tip, one.path, since=since)))
            said = [row if row[0] in own else _OLDER for row in said]
            mine = list(map(_told, rows(runs, [(1, len(said))])))
            if mine != said or sum(run.length for run in runs) > len(said):
                yield f"{tip}:{one.path.decode()} since {since}\n  git {said}\n  bmad {mine}"


_OLDER = ("", b"", 0)


def _told(row: BlameLine) -> tuple[str, bytes, int]:
    return _OLDER if row.older else (row.commit, row.path, row.at)


def compared(root: Path, seed: int) -> list[str]:
    """Of the last commits of a random history, each as far back as its root and as one of the others."""
    ids = made(root, seed)
    rand = random.Random(seed)  # noqa: S311
    asked = [(tip, since) for tip in ids[-3:] for since in (None, rand.choice(ids[:-3]))]
    kept = written(root, rand.choice(ids[-20:]))
    found = [row for tip, since in asked[:2] for row in by_graph(root, kept, tip, since)]
    dated = [(tip, rand.choice(led_to(root, tip) or [tip])) for tip in ids[-3:]]
    dated.append((ids[-1], rand.choice(ids[:-3])))
    found += (row for tip, since in dated for row in by_dates(root, tip, since))
    return [*found, *(row for tip, since in asked for row in differing(root, tip, since))]


def main(many: int, first: int = 0) -> int:
    wrong = 0
    for seed in range(first, first + many):
        with tempfile.TemporaryDirectory() as name:
            found = compared(Path(name) / "r.git", seed)
        wrong += len(found)
        sys.stdout.writelines(f"seed {seed} {row}\n" for row in found[:2])
    sys.stdout.write(f"{many} histories, {wrong} files told otherwise than git does\n")
    return wrong


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])) > 0)

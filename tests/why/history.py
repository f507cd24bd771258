"""Random histories whose every line is known: who wrote it is kept by its text, and git only carries it about.

The slow model of line ownership, which knows nothing of blame, diffs, records or trailers: a text is of the
stories that ever wrote it. Most texts are unlike any other; blank lines and the like may be of several.
"""

import os
import random
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, cast

from bmad.core.records.build import with_lines
from bmad.git.read.history import open_history
from bmad.model.record import Record
from tests.gate.records import entries, record
from tests.gate.repo import MAPPED, Repo

COMMON = ("", "}", "    return None", "else:")
POLICY = "version: 1\ngate: {level: traced, since: root}\n"
_ENV = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_EDITOR": "true",
    **{
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Ada"), ("EMAIL", "a@x"))
    },
}


class StoppedError(Exception):
    """A merge, pick or revert that conflicts: it is given up, as if nobody had tried."""


class Work(NamedTuple):
    """A story's commits on a branch, and its record."""

    story: str
    base: str
    head: str


class World:
    """A repository with a work tree, and for each text the stories that wrote it (None: nobody's)."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.rand = random.Random(seed)  # noqa: S311 - a seed has to give the same history again
        self.clock = 1_700_000_000
        self.owners: dict[str, set[str | None]] = {}
        self.number = 0
        self.stories = 0
        self.landed: list[str] = []
        self.formatted: list[str] = []
        self.said("init", "-q", "-b", "main", str(root))
        self.git("config", "maintenance.auto", "false")
        for path, content in {**MAPPED, "bmad.yaml": POLICY}.items():
            if isinstance(content, str) and not path.startswith("src/"):
                self._put(path, content)
        for name in ("a.py", "b.py", "c.py"):
            self.write(f"src/{name}", [self.text(None) for _ in range(self.rand.randint(4, 12))])
        self.commit("Set up")

    def git(self, *arguments: str) -> str:
        return self.said(*arguments).decode("utf-8", "surrogateescape").strip()

    def said(self, *arguments: str) -> bytes:
        when = f"{self.clock} +0000"
        env = {**_ENV, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        where = [] if arguments[0] == "init" else ["-C", str(self.root)]
        done = subprocess.run(["git", *where, *arguments], env=env, capture_output=True, check=False)
        if done.returncode:
            raise StoppedError(arguments, done.stderr)
        return done.stdout

    def tip(self, name: str) -> str:
        """The commit at a branch or HEAD, told by their files without a process; of all else git's word."""
        at = self.root / ".git" / (name if name == "HEAD" else f"refs/heads/{name}")
        told = at.read_text().strip() if at.is_file() else self.git("rev-parse", name)
        return self.tip(told.removeprefix("ref: refs/heads/")) if told.startswith("ref: ") else told

    def text(self, owner: str | None) -> str:
        """A fresh line of an owner; now and then one that stands everywhere."""
        self.number += 1
        line = (
            self.rand.choice(COMMON) if self.rand.random() < 0.15 else f"w{self.number} = call({self.number}, 'x')"
        )
        self.owners.setdefault(line, set()).add(owner)
        return line

    def read(self, path: str) -> list[str]:
        return (self.root / path).read_text().splitlines()

    def write(self, path: str, lines: list[str]) -> None:
        self._put(path, "".join(f"{line}\n" for line in lines))

    def _put(self, path: str, content: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)

    def sources(self) -> list[str]:
        return sorted(path.relative_to(self.root).as_posix() for path in (self.root / "src").rglob("*.py"))

    def commit(self, message: str) -> str:
        self.clock += 60
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.tip("HEAD")

    def edit(self, owner: str | None) -> None:
        """Insert, replace and take away some lines of one file; or begin, move or take away a file."""
        paths = self.sources()
        kind = self.rand.random()
        if kind < 0.12 or not paths:
            self.number += 1
            self.write(f"src/n{self.number}.py", [self.text(owner) for _ in range(self.rand.randint(1, 8))])
            return
        path = self.rand.choice(paths)
        if kind < 0.2:
            self.number += 1
            self.git("mv", path, f"src/m{self.number}.py")
            path = f"src/m{self.number}.py"
        lines = self.read(path)
        before = list(lines)
        for _ in range(self.rand.randint(1, 3)):
            at = self.rand.randint(0, len(lines))
            gone = self.rand.choice((0, 0, 0, 1, 2))
            lines[at : at + gone] = [self.text(owner) for _ in range(self.rand.randint(0 if gone else 1, 4))]
        kept = [line for line in lines if line in before]
        if 0.12 <= kind < 0.2 and _bytes(kept) * 1.7 < max(_bytes(lines), _bytes(before)):
            for line in lines:  # moved and rewritten at once: as git has it, which counts bytes, a new file
                self.owners[line].add(owner)
        self.write(path, lines)

    def work(self, *, trailers: bool = True) -> Work:
        """A story's commits on what is checked out, with its record on top."""
        self.stories += 1
        story = f"STORY-w{self.stories:05d}"
        base = self.tip("HEAD")
        tail = f"\n\nStory: {story}\n" if trailers else "\n"
        for number in range(self.rand.randint(1, 3)):
            self.edit(story)
            head = self.commit(f"Work {number}{tail}")
        self._put(f"stories/records/{story}.json", self._record(story, base, head).as_json())
        self.commit(f"Record{tail}")
        return Work(story, base, head)

    def _record(self, story: str, base: str, head: str) -> Record:
        repo = cast("Repo", self)  # it is asked for `git` and `tip` alone
        change = entries(repo, base, head)
        with open_history(self.root, _ENV).read() as objects:
            trees = [self.git("rev-parse", f"{name}^{{tree}}") for name in (base, head)]
            [cuts] = objects.hunks([(trees[0], trees[1])])
        made = record(repo, story, base, head, change=change, shown=())
        return made.model_copy(update={"change": with_lines(made.change, cuts), "shown": ()})

    def step(self) -> str:
        """One thing that happens on main; the name of what did."""
        ways: list[Callable[[], None]] = [
            *(self.merged, self.squashed, self.stacked, self.rebased, self.reworded, self.moved_on),
            *(self.reverted, self.half_reverted, self.reformatted, self.unasked),
        ]
        way = self.rand.choice(ways)
        before = self.tip("main")
        with suppress(StoppedError):
            way()
            if way != self.reformatted:
                self.landed.append(self.tip("main"))
            return way.__name__
        for verb in ("merge", "cherry-pick", "revert", "rebase"):
            with suppress(StoppedError):
                self.git(verb, "--abort")
        self.git("checkout", "-q", "-f", "main")
        self.git("reset", "-q", "--hard", before)
        self.git("clean", "-qfd")
        return f"{way.__name__} (given up)"

    def _branch(self) -> None:
        """A branch from main, or from a commit that main has left behind."""
        start = self.rand.choice(["main", "main", *self.landed[-2:]])
        self.git("checkout", "-q", "-B", "work", start)

    def _main(self) -> None:
        self.git("checkout", "-q", "main")

    def merged(self) -> None:
        self._branch()
        self.work()
        self._main()
        self.clock += 60
        self.git("merge", "-q", "--no-ff", "-m", "Merge work", "work")

    def _squash(self, message: str) -> None:
        self._main()
        self.git("merge", "-q", "--squash", "work")
        self.commit(message)

    def squashed(self) -> None:
        self._branch()
        done = self.work()
        self._squash(self.rand.choice(("All\n", f"All\n\nStory: {done.story}\n")))

    def stacked(self) -> None:
        """Several stories one upon another, squashed into one commit that names all of them or none."""
        self._branch()
        every = [self.work().story for _ in range(self.rand.randint(2, 4))]
        names = "".join(f"Story: {name}\n" for name in every)
        self._squash(self.rand.choice(("All\n", f"All\n\n{names}")))

    def rebased(self) -> None:
        self._branch()
        self.work()
        self.clock += 60
        self.git("rebase", "-q", "main")
        self._main()
        self.git("merge", "-q", "--ff-only", "work")

    def reworded(self) -> None:
        """Rebased, and the trailers gone."""
        self._branch()
        done = self.work(trailers=False)
        commits = self.git("rev-list", "--reverse", f"{done.base}..work").split()
        self._main()
        self.clock += 60
        self.git("cherry-pick", *commits)

    def moved_on(self) -> None:
        """Squashed without a trailer onto a main that has gone on under the same files."""
        self.git("checkout", "-q", "-B", "work", "main")
        self.work()
        self._main()
        self.unasked()
        self._squash("All\n")

    def reverted(self) -> None:
        self._revert()
        if self.rand.random() < 0.3:
            self.git("commit", "-q", "--amend", "-m", "Not now")

    def _revert(self, *more: str) -> None:
        target = self.rand.choice(self.landed[-6:] or [self.tip("main")])
        many = len(self.git("rev-list", "--parents", "-1", target).split()) > 2
        self.clock += 60
        self.git("revert", *("--no-edit",), *more, *(("-m", "1") if many else ()), target)

    def half_reverted(self) -> None:
        """What one file of a commit did is taken back, and the message says so of the whole."""
        self._revert("-n")
        message = (self.root / ".git/MERGE_MSG").read_text()
        touched = self.git("diff", "--name-only", "--cached", "--no-renames").split()
        keep = [path for path in touched if path.startswith("src/")][:1]
        for path in touched:
            if path not in keep:
                self.git("checkout", "HEAD", "--", path) if self._stands(path) else self.git("rm", "-qf", path)
        self.git("commit", "-q", "-m", message)
        with suppress(StoppedError):
            self.git("revert", "--quit")

    def _stands(self, path: str) -> bool:
        return bool(self.git("ls-tree", "HEAD", "--", path))

    def reformatted(self) -> None:
        if not self.sources():  # all of them were taken back
            raise StoppedError
        path = self.rand.choice(self.sources())
        self.write(path, [row for line in self.read(path) for row in self._laid_out(line)])
        self.formatted.append(self.commit("Format"))
        self._put(".git-blame-ignore-revs", "# formatters\n" + "".join(f"{one}\n" for one in self.formatted))
        self.commit("List it\n\nPolicy: formatters\n")

    def _laid_out(self, line: str) -> Iterator[str]:
        match = re.fullmatch(r"\s*(w\d+) = call\((\d+), ['\"](\w)['\"],?\)", line)
        if match is None:
            yield line
            return
        made = [f"    {match[1]} = call(", f'        {match[2]}, "{match[3]}",', "    )"]
        made = made if self.rand.random() < 0.3 else [f'    {match[1]} = call({match[2]}, "{match[3]}")']
        for row in made:
            self.owners.setdefault(row, set()).update(self.owners[line])
            yield row

    def unasked(self) -> None:
        self.edit(None)
        self.commit("By the way")

    def release(self) -> None:
        """A branch from long ago, with some of what came later picked onto it."""
        main = self.git("rev-list", "--first-parent", "--reverse", "main").split()
        self.git("checkout", "-q", "-B", "release", main[len(main) // 2])
        for target in main[len(main) // 2 + 1 :]:
            if self.rand.random() < 0.5:
                continue
            many = len(self.git("rev-list", "--parents", "-1", target).split()) > 2
            self.clock += 60
            try:
                self.git("cherry-pick", *self.rand.choice(((), ("-x",))), *(("-m", "1") if many else ()), target)
            except StoppedError:
                with suppress(StoppedError):
                    self.git("cherry-pick", "--abort")
                self.git("reset", "-q", "--hard")
        self._main()

    def recorded(self, rev: str) -> frozenset[str]:
        """The stories whose records stand at a revision."""
        paths = self.git("ls-tree", "-r", "--name-only", rev, "--", "stories/records").split()
        return frozenset(Path(path).stem for path in paths)

    def truth(self, rev: str) -> Mapping[str, list[tuple[str, frozenset[str | None]]]]:
        """By path of a revision its lines, and whose each may be."""
        paths = self.git("ls-tree", "-r", "--name-only", rev, "--", "src").split()
        texts = {path: self.said("show", f"{rev}:{path}").decode().splitlines() for path in paths}
        return {path: [(line, frozenset(self.owners[line])) for line in lines] for path, lines in texts.items()}


def _bytes(lines: Iterable[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def play(root: Path, seed: int, steps: int = 9) -> tuple[World, list[str]]:
    """A history of so many steps, and what happened in it."""
    world = World(root, seed)
    done = [world.step() for _ in range(steps)]
    world.release()
    return world, done

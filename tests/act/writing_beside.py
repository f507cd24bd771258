"""A person who writes the specification in a work tree of their own, while runners die: three commands at a time.

One of the three is killed now and then. What a command said that it did must stand there, then and at the end.
"""

import random
import re
import subprocess
from pathlib import Path
from threading import Event, Thread
from typing import Self

from tests import forking
from tests.act.ground import Ground

_PAUSE = 0.7
_KILLED = 0.3
_LAST = re.compile(r"must return `0`[^.\n]*")
_ID = re.compile(r"[A-Z]+-[a-z0-9]+")


class Writers:
    """Rounds of two `bmad new` and a `bmad confirm` at once, in the linked work tree `folder`, in a thread."""

    def __init__(self, ground: Ground, folder: Path, seed: int, rounds: int) -> None:
        self.ground = ground
        self.folder = folder
        self.random = random.Random(seed)  # noqa: S311 - it chooses times
        self.made: list[tuple[str, str]] = []
        """Id and path of each story that a command said it had added."""
        self.confirmed = 0
        self.killed = 0
        self.fault = ""
        self._rounds = rounds
        self._stop = Event()
        self._thread = Thread(target=self._work)
        ground.git("worktree", "add", "--quiet", "-b", "beside", str(folder))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def summary(self) -> str:
        done = f"{len(self.made)} stories added and {self.confirmed} links confirmed beside"
        return f"{done}, {self.killed} writers killed"

    def check(self) -> None:
        """Nothing that was said to be written is lost, nothing waits to be written; then the work tree goes."""
        assert not self.fault, self.fault
        ended = self._start("fmt")
        told = ended.communicate()
        assert ended.returncode == 0, told
        lock = self._read("specs/trace.lock")
        assert len({story for story, _ in self.made}) == len(self.made)
        for story, path in self.made:
            assert (self.folder / path).is_file(), path
            assert f"node {story} " in lock, story
        own = self.ground.git("-C", str(self.folder), "rev-parse", "--absolute-git-dir")
        assert not list((Path(own) / "bmad/staged").iterdir())
        self.ground.git("worktree", "remove", "--force", str(self.folder))

    def _work(self) -> None:
        try:
            for number in range(self._rounds):
                if self._stop.wait(_PAUSE):
                    return
                self._round(number)
        except Exception as error:  # noqa: BLE001 - told where it is looked for
            self.fault = repr(error)

    def _round(self, number: int) -> None:
        epic = _ID.match(next((self.folder / "specs/epics").iterdir()).name)
        story = _ID.match(next((self.folder / "stories").glob("*-mended-0.md")).name)
        requirement = re.search(r"\bFR-[a-z0-9]+", self._read("specs/prd.md"))
        assert epic is not None
        assert story is not None
        assert requirement is not None
        self._reword(number)
        new = ["--implements", requirement[0], "--epic", epic[0], "--criterion", "Given a, when b, then `c`."]
        started = [
            self._start("new", "story", f"Round {number} one", *new),
            self._start("new", "story", f"Round {number} two", *new),
            self._start("confirm", story[0], "--why", f"round {number}"),
        ]
        if self.random.random() < _KILLED:
            self._stop.wait(self.random.uniform(0, 0.3))
            self.random.choice(started).kill()
            self.killed += 1
        *added, confirmed = [(child.communicate(), child.returncode) for child in started]
        assert {code for _, code in (*added, confirmed)} <= {0, -9}, (added, confirmed)
        self.made += [self._told(out) for out, code in added if code == 0]
        if confirmed[1] == 0:
            assert f'"round {number}"' in self._read("specs/trace.lock"), number
            self.confirmed += 1

    def _reword(self, number: int) -> None:
        """Reword a requirement by hand, so that there is something to confirm."""
        self._start("fmt").communicate()
        prd = self.folder / "specs/prd.md"
        text = prd.read_text(encoding="utf-8")
        prd.write_text(_LAST.sub(f"must return `0` in round {number}", text), encoding="utf-8")

    def _told(self, out: str) -> tuple[str, str]:
        story, _, path = out.strip().split(" ")
        return story, path

    def _read(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def _start(self, *words: str) -> forking.Runner:
        return forking.begin(words, self.folder, self.ground.environ, out=subprocess.PIPE)

"""A commit-graph that is kept between runs where only the user writes: with it walks and blame take a fraction.

It is written from the objects alone, and only what explains heeds it: what judges reads each commit. Commits that
it does not hold are read as they are, so an old one is as right as a new one. One that is not whole is left.
"""

import hashlib
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

from bmad.errors import UndecidableError
from bmad.git.process import Failed, Git
from bmad.git.read.commit_graph import GRAPH, beside, packed, write

_FORM = re.compile(rb"([0-9a-f]{64})\n(([0-9a-f]{40}|[0-9a-f]{64})\n(.*))", re.DOTALL)
"""SHA-256 of what follows: the commit that it was written for, and the graph."""
_BEHIND = 500
"""It is written anew where a tip has so many commits that came since."""
_WORTH = 30
"""Writing takes as long as history is: with more objects than that for each commit walked it does not pay."""
_MOST = 6_000_000
"""So many objects come with about as many commits as a cache of 64 MiB keeps a graph of."""


class Graphs(Protocol):
    """Contents by key, kept between runs."""

    def load(self, key: str) -> bytes | None: ...

    def keep(self, key: str, content: bytes) -> None: ...


class KeptGraph:
    """That of one repository, read when it is first asked for."""

    def __init__(self, git: Git, sources: Sequence[Path], graphs: Graphs) -> None:
        self._git = git
        self._sources = sources
        self._graphs = graphs
        self._key = "\0".join(map(str, sources))
        self._tip = ""

    @cached_property
    def walker(self) -> Git:
        """The git that heeds it, or the one that was given where there is none."""
        match = _FORM.fullmatch(self._graphs.load(self._key) or b"")
        if match is None or _sum(match[2]) != match[1] or (found := beside(self._git, self._sources)) is None:
            return self._git
        (self._git.folder / GRAPH).write_bytes(match[4])
        self._tip = match[3].decode()
        return found

    def renew(self, tip: str, walked: int) -> None:
        """See that it holds most of what a tip reaches, where as many are `walked` as make up for the writing."""
        if not self._is_behind(tip) or packed(self._sources) > min(walked * _WORTH, _MOST):
            return
        found = beside(self._git.patient(), self._sources)
        if found is None or not write(found, [tip], paths=True):
            return
        self.walker = beside(self._git, self._sources) or self._git
        self._tip = tip
        told = b"%s\n%s" % (tip.encode(), (self._git.folder / GRAPH).read_bytes())
        self._graphs.keep(self._key, _sum(told) + b"\n" + told)

    def _is_behind(self, tip: str) -> bool:
        walker = self.walker
        if not self._tip:
            return True
        try:
            return int(walker.run(["rev-list", "--count", tip, f"^{self._tip}", "--"])) > _BEHIND
        except (Failed, UndecidableError):
            return True


def _sum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()

"""The share of lines that reach the intent, by file and folder, and the gaps on both sides. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from bmad.core.graph import SpecGraph
from bmad.core.lines.own import Owner
from bmad.core.trace import Explainer
from bmad.model.coverage import Apart, Gap, PathCoverage, Share
from bmad.model.graph import LinkKind
from bmad.model.ids import Kind
from bmad.model.quoting import quoted
from bmad.model.spec import Requirement

ROOT = "./"


class Line(NamedTuple):
    """A line of a file: where it came from, and whose it is; `older` than the adoption it counts apart.

    So does one that no requirement is asked for: `apart` says why.
    """

    commit: str
    owner: Owner
    older: bool
    apart: Apart | None = None


class Reach:
    """Which stories reach the intent: their chain is whole, up to a statement."""

    def __init__(self, explainer: Explainer) -> None:
        self._explainer = explainer
        self._known: dict[str, bool] = {}

    def story(self, name: str) -> bool:
        if name not in self._known:
            way = self._explainer.chain(name)
            self._known[name] = way is not None and not way.problems and bool(way.statements)
        return self._known[name]

    def all(self, stories: Sequence[str]) -> bool:
        """Whether there are stories and each of them does: of a line that is one of several's, all have to."""
        return bool(stories) and all(map(self.story, stories))


def share(lines: Iterable[Line], reach: Reach) -> Share:
    """How many of the lines reach the intent."""
    reached = every = older = 0
    apart: Counter[str] = Counter()
    for line in lines:
        if line.older:
            older += 1
        elif line.apart is not None:
            apart[line.apart] += 1
        else:
            every += 1
            reached += reach.all(line.owner.stories)
    return Share(reached=reached, all=every, older=older, **apart)


_COUNTED = tuple(Share.model_fields)


def summed(shares: Iterable[Share]) -> Share:
    total: Counter[str] = Counter()
    for one in shares:
        total.update({name: getattr(one, name) for name in _COUNTED})
    return Share(**total)


def by_folder(files: Mapping[bytes, Share], asked: Sequence[bytes] = (b"",)) -> list[PathCoverage]:
    """The folders that were asked for and those in them, each with what lies below it, sorted by path."""
    found: dict[str, list[Share]] = {}
    for path, own in files.items():
        parts = path.split(b"/")[:-1]
        for depth in range(len(parts) + 1):
            folder = b"".join(part + b"/" for part in parts[:depth])
            if any(not one or folder.startswith(one + b"/") for one in asked):
                found.setdefault(quoted(folder) if folder else ROOT, []).append(own)
    return [PathCoverage(path=path, lines=summed(own)) for path, own in sorted(found.items())]


def gaps(
    path: bytes, lines: Sequence[Line], reach: Reach, titles: Mapping[str, str], tiny: Collection[str] = ()
) -> Iterator[Gap]:
    """The runs of a file's lines that reach nothing, those that stand apart too.

    `tiny` are commits that say they are tiny changes.
    """
    at = 0
    for key, run in groupby(lines, key=lambda line: (line.commit, line.owner.stories, line.older, line.apart)):
        first, at = at + 1, at + sum(1 for _ in run)
        commit, stories, older, apart = key
        if not older and not reach.all(stories):
            several = any(map(reach.story, stories))
            why = "one of several" if several else "broken chain" if stories else "no story"
            why = "tiny change" if why == "no story" and commit in tiny else why
            title = titles.get(commit, "")
            yield Gap(
                path=quoted(path),
                first=first,
                last=at,
                commit=commit,
                title=title,
                why=why,
                stories=stories,
                apart=apart,
            )


def without_lines(graph: SpecGraph, stories: frozenset[str]) -> list[str]:
    """The requirements that none of the stories implements; those that hold for all work are asked of no line."""
    return [
        node.id
        for node in graph.of_kind(Kind.REQUIREMENT)
        if isinstance(node.item, Requirement) and not node.item.everywhere
        if not any(link.kind is LinkKind.IMPLEMENTS and link.source in stories for link in graph.down(node.id))
    ]

"""What an import tells: counts, edges, conflicts, and block by block what was not taken."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bmad.core.importing.source import KEPT, Project
from bmad.core.importing.text import short
from bmad.model.draft import Draft
from bmad.model.importing import ImportReport, Left, Taken
from bmad.model.specification import IntentText


class Drawn(NamedTuple):
    """What a part was mapped by."""

    intent: IntentText
    draft: Draft


def reported(project: Project, drawn: Sequence[Drawn], texts: Mapping[str, str]) -> ImportReport:
    """The report of a project whose parts were mapped by these drafts; who imports adds what became of it."""
    stories = [story for part in project.parts for story in part.stories]
    got = {
        "requirement": sum(len(part.requirements) for part in project.parts),
        "epic": sum(bool(one.key) for part in project.parts for one in part.epics),
        "story": len(stories),
    }
    kinds = dict.fromkeys([*got, *project.items])
    left = [left for one in drawn for left in _left(*one)]
    return ImportReport(
        ok=True,
        format="",
        source="",
        written=False,
        taken=tuple(Taken(kind=kind, found=project.items.get(kind, 0), taken=got.get(kind, 0)) for kind in kinds),
        criteria=sum(len(story.criteria) for story in stories),
        kept=sum(block.why in KEPT for one in drawn for block in one.draft.blocks),
        done=sum(bool(story.done) for story in stories),
        edges=project.edges,
        conflicts=project.conflicts,
        left=tuple(_once([*project.left, *left], texts)),
        files=(),
        maps=(),
    )


def _left(intent: IntentText, draft: Draft) -> Iterator[Left]:
    text = intent.text or ""
    at = line = 0
    for block in sorted(draft.blocks, key=lambda one: one.span):
        line += text.count("\n", at, block.span.start)
        at = block.span.start
        if block.statement < 0 and block.why not in KEPT:
            path, row = intent.at(line + 1)
            yield Left(path=path, line=row, words=short(text[block.span.start : block.span.end]), why=block.why)


def _once(left: Iterable[Left], texts: Mapping[str, str]) -> Iterator[Left]:
    """What was left, each place once; of the index that the import makes nothing."""
    seen: set[tuple[str, int, str]] = set()
    for one in left:
        key = (one.path, one.line, one.words)
        if key not in seen and (one.path in texts or not one.path.endswith("index.md")):
            seen.add(key)
            yield one

"""What a pack is made from, read out of the objects of one commit."""

import shlex
from collections.abc import Iterator
from functools import cache

from bmad.core.act.checks import KNOWN_DEPENDENCIES, OWN
from bmad.core.act.dependencies import told
from bmad.core.act.researching import apart
from bmad.core.knowledge.index import arranged
from bmad.core.packs.budgets import Reader
from bmad.core.packs.contents import packed
from bmad.core.packs.pack import Pack
from bmad.core.packs.source import Check, Left, Other, Source
from bmad.model.spec import Epic, Requirement, Statement, Story
from bmad.pipeline.act.baseline import Basis
from bmad.pipeline.act.checks.dependencies import declared
from bmad.pipeline.act.knowledge import known
from bmad.pipeline.act.step import Case

_AFTER_CHECKS = (Reader.REVIEWER, Reader.TRIAGER, Reader.REPLIER)
"""Who looks at a change that the checks have seen."""


def pack(case: Case, story: Story, reader: Reader) -> Pack:
    """What one reader is given for a story: the specification of the basis, the files of the run's base."""
    return packed(_source(case, story, reader), reader)


def _source(case: Case, story: Story, reader: Reader) -> Source:
    basis = case.basis
    graph, way = basis.state.chain(story.id)
    links = dict.fromkeys(link.target for link in way.links)
    above = [graph.nodes[name].item for name in links if name in graph.nodes]
    shelves = case.grounds.shelves(case.desk.library, basis, case.run.base or basis.commit)
    text, found = apart(case.grounds.text(basis.commit, story.path) or "", story)
    register_of = cache(basis.layout.register_of)
    depends = {ref.text for ref in story.depends_on}

    def beside(path: str) -> bool:
        """Whether a document is of the story's own intent: what another asks of all its work does not bind it."""
        return register_of(path) == register_of(story.path)

    return Source(
        story=story,
        text=text,
        research=found,
        epic=_epic(basis, story),
        above=[one for one in above if isinstance(one, Requirement | Statement)],
        statements=[one for one in basis.statements if beside(one.path)],
        everywhere=[one for one in basis.state.graph.everywhere if beside(one.path)],
        others=[_other(basis, one, is_below=one.id in depends) for one in basis.stories if one.id != story.id],
        left=tuple(_left(case, basis, story)),
        lessons=arranged(shelves.pages, known(case.grounds, shelves, basis)) if shelves.pages else (),
        checks=tuple(_checks(case, ran=reader in _AFTER_CHECKS)),
        paths=shelves.paths,
        read=shelves.read,
        find=shelves.find,
    )


def _epic(basis: Basis, story: Story) -> Epic | None:
    node = basis.state.graph.nodes.get(story.epic.text) if story.epic is not None else None
    return node.item if node is not None and isinstance(node.item, Epic) else None


def _left(case: Case, basis: Basis, story: Story) -> Iterator[Left]:
    """What stories landed with and is still open, but for what another story was made from."""
    for one in case.grounds.left_open(basis):
        if one.mended_by in ("", story.id):
            yield Left(one.id, one.story, one.severity.value, one.path, one.line, one.claim, one.fix)


def _other(basis: Basis, story: Story, *, is_below: bool) -> Other:
    """Another story; one that the story is built on with the files of its last landing, where that stands."""
    if not basis.closed(story.id):
        return Other(story, "not built yet")
    return Other(story, "landed", tuple(one.path for one in basis.last[story.id].change) if is_below else ())


def _checks(case: Case, *, ran: bool) -> Iterator[Check]:
    """The `verify` commands; who looks at a change that they have seen is told how they ended."""
    seen = ran and case.run.verified == case.run.head
    last = {one.name: one.ok for one in case.run.checks} if seen else {}
    for one in case.settings.verify:
        yield Check(one.name, shlex.join(one.run), last.get(one.name))
    for name in OWN:
        if name in last:
            yield Check(name, _own(case, name), last[name])


def _own(case: Case, name: str) -> str:
    """How a built-in check ran; of dependencies what the change declares anew, for whoever looks at it."""
    new = declared(case.grounds, case.run.base, case.run.head) if name == KNOWN_DEPENDENCIES else ()
    return f"by bmad itself; the change {told(new)}" if new else "by bmad itself"

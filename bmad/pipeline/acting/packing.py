"""What a pack is made from, read out of the objects of one commit."""

import shlex
from collections.abc import Iterator

from bmad.core.act.checks import BUILT_IN
from bmad.core.packs.budgets import Reader
from bmad.core.packs.contents import packed
from bmad.core.packs.pack import Pack
from bmad.core.packs.source import Check, Source
from bmad.model.spec import Epic, Requirement, Statement, Story
from bmad.pipeline.acting.case import Case

_AFTER_CHECKS = (Reader.REVIEWER, Reader.TRIAGER, Reader.REPLIER)
"""Who looks at a change that the checks have seen."""


def pack(case: Case, story: Story, reader: Reader) -> Pack:
    """What one reader is given for a story, as it stands in the basis."""
    return packed(_source(case, story, reader), reader)


def _source(case: Case, story: Story, reader: Reader) -> Source:
    graph, way = case.basis.state.chain(story.id)
    links = dict.fromkeys(link.target for link in way.links)
    above = [graph.nodes[name].item for name in links if name in graph.nodes]
    every = (node.item for _, node in sorted(case.basis.state.graph.nodes.items()))
    return Source(
        story=story,
        text=case.grounds.text(case.basis.commit, story.path) or "",
        epic=next((one for one in above if isinstance(one, Epic)), None),
        above=[one for one in above if isinstance(one, Requirement | Statement)],
        statements=[one for one in every if isinstance(one, Statement)],
        checks=tuple(_checks(case, ran=reader in _AFTER_CHECKS)),
    )


def _checks(case: Case, *, ran: bool) -> Iterator[Check]:
    """The `verify` commands; who looks at a change that they have seen is told how they ended."""
    seen = ran and case.run.verified == case.run.head
    last = {one.name: one.ok for one in case.run.checks} if seen else {}
    for one in case.settings.verify:
        yield Check(one.name, shlex.join(one.run), last.get(one.name))
    for name in BUILT_IN:
        if name in last:
            yield Check(name, "by bmad itself", last[name])

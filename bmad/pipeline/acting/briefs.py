"""What is put before agents: the story's brief, and the subject that a recording is bound to."""

from collections.abc import Iterable
from hashlib import sha256

from bmad.core.act.diffs import hunks_fingerprint
from bmad.core.act.prompts import Brief, Quoted, subject
from bmad.model.act import Finding
from bmad.model.spec import Requirement, Statement
from bmad.pipeline.acting.case import Case

CUT = 4_000_000
"""Characters of a diff from which on its hash is bound to the files' ids instead of what can be read of it."""


def brief(case: Case) -> Brief:
    """The story as it stands in the basis, with the requirements and statements above it."""
    story = case.basis.story(case.about or case.run.story)
    if story is None:
        return Brief(story=case.about or case.run.story, path="", markdown="")
    graph, way = case.basis.state.chain(story.id)
    above = [
        graph.nodes[name].item for name in dict.fromkeys(link.target for link in way.links) if name in graph.nodes
    ]
    return Brief(
        story=story.id,
        path=story.path,
        markdown=case.grounds.text(case.basis.commit, story.path) or "",
        requirements=[Quoted(one.id, f"{one.title}\n{one.text}") for one in above if isinstance(one, Requirement)],
        statements=[Quoted(one.id, one.quote) for one in above if isinstance(one, Statement)],
        territory=tuple(ref.text for ref in story.territory),
    )


def hunks_of(case: Case, diff: str, head: str) -> str:
    """The hash of a change as it reads."""
    return hunks_fingerprint(diff) if len(diff) < CUT else case.grounds.tree(head)


def put_before(case: Case, hunks: str, findings: Iterable[Finding] = (), failing: Iterable[str] = ()) -> str:
    """The subject of a call: the story's chain and its own text, the change, the findings, the failing checks."""
    name = case.about or case.run.story
    item = case.basis.story(name)
    text = case.grounds.text(case.basis.commit, item.path) if item is not None else ""
    spec = f"{case.run.spec or case.basis.spec(name)} {sha256((text or '').encode()).hexdigest()}"
    return subject(spec, hunks, findings, failing)

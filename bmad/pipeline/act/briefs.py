"""What is put before agents: the story's brief, and the subject that a recording is bound to."""

from collections.abc import Iterable
from hashlib import sha256

from bmad.core.act.diffs import hunks_hash
from bmad.core.act.subject import subject
from bmad.core.packs.budgets import Reader
from bmad.core.prompts.brief import Brief
from bmad.model.review import Finding
from bmad.pipeline.act.checks.evidence import wanted
from bmad.pipeline.act.packs import pack
from bmad.pipeline.act.step import Case


def brief(case: Case, reader: Reader) -> Brief:
    """The story as it stands in the basis, with what this reader is given to know."""
    name = case.about or case.run.story
    story = case.basis.story(name)
    if story is None:
        return Brief(name)
    bug = story.kind == "bug"
    told, run = pack(case, story, reader), case.run
    return Brief(story.id, story.path, told, run.deviations, bug, run.log, wanted(case.settings))


def hunks_of(case: Case, diff: str, head: str) -> str:
    """The hash of a change as it reads."""
    return hunks_hash(diff, case.grounds.tree(head))


def put_before(case: Case, hunks: str, findings: Iterable[Finding] = (), failing: Iterable[str] = ()) -> str:
    """The subject of a call: the story's chain and its own text, the change, the findings, the failing checks."""
    name = case.about or case.run.story
    item = case.basis.story(name)
    text = case.grounds.text(case.basis.commit, item.path) if item is not None else ""
    spec = f"{case.run.spec or case.basis.spec(name)} {sha256((text or '').encode()).hexdigest()}"
    return subject(spec, hunks, findings, failing, case.run.deviations)

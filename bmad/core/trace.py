"""The trace: from a commit to the stories it names, and from a story to the intent's own words.

A trailer is a claim; whether it is true is the gate's to say. What is shown here is the claim and its chain.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from bmad.core.commit_check import reverted
from bmad.core.gate.words import told
from bmad.core.graph import Chain, SpecGraph, chain
from bmad.core.paths import Classifier, PathClass
from bmad.core.places import Stands, standing_quotes
from bmad.core.suspicion import suspects
from bmad.core.trailers import TRIVIAL, message_fault, parse, stories
from bmad.model.commits import Change, Commit
from bmad.model.spec import Statement
from bmad.model.specification import Spec
from bmad.model.trace import CommitClass, TraceChain, TracedStatement

WORK = frozenset({PathClass.CODE, PathClass.KNOWLEDGE})
"""What may be a story's own work."""


class Claim(NamedTuple):
    """A commit and the stories that it names; where it names none, those of the records that it brings."""

    commit: Commit
    stories: tuple[str, ...]
    recorded: Mapping[bytes, tuple[str, ...]] = MappingProxyType({})
    """By path the stories whose records speak of it, where the commit names none."""


def claims(commits: Iterable[Commit]) -> list[Claim]:
    """What commits claim; nothing where readers disagree on what the message says, as the gate has it (G12)."""
    return [
        Claim(commit, () if message_fault(commit) is not None else stories(parse(commit.message)).ids)
        for commit in commits
    ]


def by_story(found: Iterable[Claim]) -> dict[str, list[str]]:
    """The commits of each story, in the order given."""
    index: dict[str, list[str]] = {}
    for claim in found:
        for story in claim.stories:
            index.setdefault(story, []).append(claim.commit.id)
    return index


def title_of(commit: Commit) -> str:
    """A commit's first line, safe to print."""
    return told(commit.message.split(b"\n", 1)[0].decode("utf-8", "backslashreplace"), 100)


def _taken_back(commit: Commit) -> str:
    named = reverted(commit.message)
    return named[0] if named is not None else ""


def tiny_reason(commit: Commit) -> str:
    """Why a commit says that it is a tiny change of no story, safe to print; empty where it says no such thing."""
    block = parse(commit.message)
    if not stories(block).none:
        return ""
    return "; ".join(told(one.value) for one in block.values(TRIVIAL) if one.value)


def kind_of(claim: Claim, changes: Iterable[Change], classify: Classifier) -> CommitClass:
    """What kind of commit it is, by its parents, the classes of its paths and its trailers.

    As for the gate, one that changes specification or governed files alone is no story's work, whatever it names.
    """
    if len(claim.commit.parents) > 1:
        return "merge"
    classes = {classify.of(change).klass for change in changes}
    if not classes:
        return "empty"
    if classes & WORK:
        return "story" if claim.stories else "trivial" if tiny_reason(claim.commit) else "untraced"
    if PathClass.RECORD in classes and claim.stories:
        return "story"
    return "spec" if classes <= {PathClass.SPEC, PathClass.RECORD} else "policy"


class Explainer:
    """Chains of stories in one specification, each computed once."""

    def __init__(self, spec: Spec, graph: SpecGraph) -> None:
        self.spec = spec
        self.graph = graph
        self._suspect = suspects(graph, spec.lock)
        self._chains: dict[str, Chain] = {}
        self._places: Mapping[str, Stands | None] | None = None

    def chain(self, story: str) -> Chain | None:
        """The story's chain; None where the specification does not hold the story."""
        if story not in self.graph.nodes:
            return None
        if story not in self._chains:
            self._chains[story] = chain(self.graph, story)
        return self._chains[story]

    def suspect(self, story: str) -> bool:
        found = self.chain(story)
        return found is not None and any(link.key in self._suspect for link in found.links)

    def statement(self, node: str) -> TracedStatement:
        """A statement with the lines where it stands."""
        if self._places is None:
            items = [entry.item for entry in self.graph.nodes.values()]
            statements = [item for item in items if isinstance(item, Statement)]
            self._places = standing_quotes(self.spec.intents, statements)
        found, at = self.graph.nodes[node], self._places.get(node)
        quote = found.item.quote if isinstance(found.item, Statement) else ""
        intent = self.spec.intent_of(found.path)
        path = at.path if at is not None else intent.path if intent is not None else found.path
        return TracedStatement(id=node, quote=quote, path=path, lines=at.lines if at is not None else None)

    def explain(
        self, claim: Claim | None, story: str | None, kind: CommitClass | None, files: tuple[str, ...] = ()
    ) -> TraceChain:
        """The chain of one commit under one story; either may be missing."""
        found = self.chain(story) if story else None
        problems = found.problems if found else (self._missing(story),) if story else ()
        if claim is not None and kind == "untraced" and (fault := message_fault(claim.commit)) is not None:
            problems = (f"{fault}, so it claims nothing",)
        return TraceChain(
            commit=claim.commit.id if claim else None,
            kind=kind,
            title=title_of(claim.commit) if claim else None,
            trivial=tiny_reason(claim.commit) if claim and kind == "trivial" else "",
            takes_back=_taken_back(claim.commit) if claim and kind == "untraced" else "",
            story=story,
            story_title=self.graph.nodes[story].title if story in self.graph.nodes and story else None,
            requirements=found.requirements if found else (),
            statements=tuple(self.statement(node) for node in found.statements) if found else (),
            files=files,
            suspect=self.suspect(story) if story else False,
            problems=problems,
            by="record" if claim is not None and claim.recorded else "trailer",
        )

    def _missing(self, story: str) -> str:
        if story in self.spec.lock.retired:
            return f"{story} is retired"
        return f"{story} is not in the specification"

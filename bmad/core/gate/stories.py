"""The stories of one step: which are known, whose chain holds, and what each may touch.

The rules are those of the table "Which graph, which territory" in the design's page on the trace: a story that
stands in the base is held to the base and to the result, a story minted in the range to every state since its
minting; a territory is the intersection of all its states, so a widening counts only once it stands in the base.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bmad.core.gate.facts import CommitFacts, Step
from bmad.core.gate.people import says
from bmad.core.gate.state import State
from bmad.core.gate.words import finding, printable
from bmad.core.graph import is_locked
from bmad.core.suspicion import is_suspect
from bmad.core.territory import compiled, holds, names_literally
from bmad.model.bounds import STORY_STATES, WALKED, Tally
from bmad.model.gate import GateFinding
from bmad.model.graph import Link
from bmad.model.settings import GateSettings
from bmad.model.spec import Document, Story

Globs = tuple[str, ...]


class Territory(NamedTuple):
    """Every state of a story's territory; a path must lie in all of them, and in the cap where there is one."""

    states: tuple[Globs, ...]
    result: Globs
    cap: Globs | None

    def covers(self, path: str) -> bool:
        for globs in self.states:
            if not holds(globs, path):
                return False
        return bool(self.states) and self.allows(path)

    @property
    def tries(self) -> int:
        """On how many globs a path is tried at most, in each folder that it lies in."""
        return sum(compiled(globs).tries for globs in self.states)

    def allows(self, path: str) -> bool:
        return self.cap is None or holds(self.cap, path)

    def names(self, path: str) -> bool:
        """Whether every state names the path sign for sign, as symlinks and submodules ask for."""
        return bool(self.states) and all(names_literally(globs, path) for globs in self.states)


class Judged(NamedTuple):
    """A story as a commit may claim it: what speaks against it, and its territory."""

    id: str
    findings: tuple[GateFinding, ...]
    minted: bool
    territory: Territory


class StoryBook:
    """Judges each story of a step once."""

    def __init__(self, step: Step, gate: GateSettings) -> None:
        self._before = step.before
        self._after = step.after
        self._cap = gate.self_authored
        self._known: dict[str, Judged] = {}
        self._versions = versions(document for commit in step.commits for document in commit.authored)
        self._states = states_since(step.commits)
        self._walked = Tally("links of chains to walk, state by state", WALKED)

    def __call__(self, story: str) -> Judged:
        known = self._known.get(story)
        if known is None:
            known = self._known[story] = self._judge(story)
        return known

    def holds_story(self, story: str) -> bool:
        """Whether the base or the result knows the story."""
        return self._before.story(story) is not None or self._after.story(story) is not None

    def _judge(self, story: str) -> Judged:
        minted = self._before.story(story) is None
        findings = self._unknown(story, minted=minted)
        if not findings:
            findings = [*self._broken(story, minted=minted), *self._unsaid(story), *self._suspect(story)]
            findings += [] if findings or minted else self._unsettled(story)
        return Judged(story, tuple(findings), minted, self._territory(story, minted=minted))

    def _unknown(self, story: str, *, minted: bool) -> list[GateFinding]:
        name = printable(story)
        if self._after.story(story) is not None:
            return []
        other = self._after.item(story) or self._before.item(story)
        if other is not None and not isinstance(other, Story):
            message, fix = f"{name} is no story", "name the story that the change works on"
        elif story in self._before.lock.retired or not minted:
            message = f"{name} is retired: it no longer stands in the result"
            fix = "name a story that stands, or bring this one back"
        else:
            message = f"there is no story {name}, neither in the base nor in the result"
            fix = self._hint(story)
        return [finding("G02", message, fix=fix)]

    def _hint(self, story: str) -> str:
        wanted = story.casefold()
        for state in (self._after, self._before):
            close = sorted(
                name
                for name, item in state.places().items()
                if isinstance(item, Story) and (name.casefold().startswith(wanted) or name.casefold() == wanted)
            )
            if len(close) == 1:
                full = state.places()[close[0]].id
                return f"ids stand in full: did you mean {printable(full)}?"
        return "name a story that stands, or write one first"

    def _broken(self, story: str, *, minted: bool) -> list[GateFinding]:
        states = self._states.get(story, ()) if minted else (self._before,)
        problems: dict[str, None] = {}
        for state in (*states, self._after):
            if state.story(story) is None:
                problems[f"{story} does not stand in every state of the range"] = None
                continue
            graph, chain = state.chain(story)
            self._walked.add(1 + len(graph.links))
            problems.update(dict.fromkeys(chain.problems))
        return [
            finding(
                "G03",
                f"the chain of {printable(story)} to the intent is broken: {printable(problem)}",
                fix="mend the reference (bmad validate shows it)",
            )
            for problem in list(problems)[:5]
        ]

    def _unsaid(self, story: str) -> list[GateFinding]:
        """The sentences of its chain that its intent does not say any more: what serves them serves nothing."""
        return [
            finding(
                "G03",
                f"{one.id}, which {printable(story)} comes from, does not stand in the intent any more",
                fix="bring in what the intent says now (bmad validate names the command)",
            )
            for one in self._after.unsaid(story)[:5]
        ]

    def _suspect(self, story: str) -> list[GateFinding]:
        graph, chain = self._after.chain(story)
        suspect = [
            link
            for link in chain.links
            if link.target in graph.nodes and self._is_suspect(link, graph.nodes[link.target].fingerprint)
        ]
        return [
            finding(
                "G03",
                f"{printable(story)} is suspect: {link.target} has changed since {link.source} was confirmed "
                "against it",
                fix=f"see that it still holds, then: bmad confirm {printable(story)} --why REASON",
            )
            for link in suspect[:5]
        ]

    def _is_suspect(self, link: Link, now: str) -> bool:
        """By the result's lock; where that has lost the link, by the base's."""
        if not is_locked(link):
            return False
        entries = self._after.lock.links.get(link.key) or self._before.lock.links.get(link.key, ())
        return bool(entries) and all(entry.fingerprint != now for entry in entries)

    def _unsettled(self, story: str) -> list[GateFinding]:
        """What is suspect in the base stays so until the range confirms it, whatever becomes of the links."""
        graph, old = self._before.chain(story)
        now_graph, new = self._after.chain(story)
        now = {
            link.key: now_graph.nodes[link.target].fingerprint
            for link in new.links
            if link.target in now_graph.nodes
        }
        held, holds_now = self._before.lock.links, self._after.lock.links
        confirmed = {
            key
            for key, mark in now.items()
            for entry in holds_now.get(key, ())
            if entry.fingerprint == mark and says(entry.by, entry.why) and entry not in held.get(key, ())
        }
        found = []
        for link in old.links:
            if link.target not in graph.nodes or not is_suspect(graph, self._before.lock, link):
                continue
            restored = any(entry.fingerprint == now.get(link.key) for entry in held.get(link.key, ()))
            settled = link.key in confirmed or restored if link.key in now else bool(confirmed)
            if not settled:
                found.append(self._still_suspect(story, link))
        return found[:5]

    def _still_suspect(self, story: str, link: Link) -> GateFinding:
        return finding(
            "G03",
            f"{printable(story)} is suspect in the base: {printable(link.target)} has changed since "
            f"{printable(link.source)} was confirmed against it, and nobody confirms it in the range",
            fix=f"land a change with `bmad confirm {printable(story)} --why REASON` first, then this one",
        )

    def _territory(self, story: str, *, minted: bool) -> Territory:
        first = globs_of(self._before.story(story))
        last = globs_of(self._after.story(story))
        states = dict.fromkeys(filter(None, (first, *self._versions.get(story, ()), last)))
        return Territory(tuple(states), last, self._cap if minted or not first else None)


def globs_of(story: Story | None) -> Globs:
    return () if story is None else tuple(ref.text for ref in story.territory)


def versions(documents: Iterable[Document]) -> Mapping[str, Sequence[Globs]]:
    """Every territory that the range states for a story, by story."""
    found: dict[str, dict[Globs, None]] = {}
    for document in documents:
        for item in document.items:
            if isinstance(item, Story) and item.territory:
                found.setdefault(item.id, {})[globs_of(item)] = None
    return {story: tuple(globs) for story, globs in found.items()}


def states_since(commits: Sequence[CommitFacts]) -> Mapping[str, Sequence[State]]:
    """For each story that a commit of the range brings: the states of the range from there on.

    A state belongs where the story stands in it, or in the history of the range before it. Commits come with
    parents first. What stands in the history of each is a number, a bit a story: sets would grow by the square.

    Raises: UndecidableError where the states of all stories are more than are held.
    """
    bits: dict[str, int] = {}
    seen: dict[str, int] = {}
    found: dict[str, dict[int, State]] = {}
    tally = Tally("states of the stories that it brings", STORY_STATES)
    for facts in commits:
        stood = 0
        for parent in facts.commit.parents:
            stood |= seen.get(parent, 0)
        if facts.state is not None:
            for story in _brought(facts, facts.state):
                stood |= bits.setdefault(story, 1 << len(bits))
            tally.add(len(bits))
            for story, bit in bits.items():
                if stood & bit:
                    found.setdefault(story, {})[id(facts.state.documents)] = facts.state
        seen[facts.id] = stood
    return {story: tuple(states.values()) for story, states in found.items()}


def _brought(facts: CommitFacts, state: State) -> set[str]:
    """The stories of which a commit brings a version, and that stand in it."""
    items = (item for document in facts.authored for item in document.items)
    return {item.id for item in items if isinstance(item, Story) and state.story(item.id) is not None}

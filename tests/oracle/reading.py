"""What a tree says to the oracle: policy, stories and lock, from the texts that the alphabet knows."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from bmad.model.history import Listed
from tests.oracle import texts
from tests.oracle.texts import LOCK, MEANS, POLICY, Policy, Story
from tests.oracle.world import World

Link = tuple[str, str, str]
REGISTER_AT = "specs/intent.md"


class LockText(NamedTuple):
    """What the lock says, however its lines spell it: for a link the fingerprints, and who signed for each."""

    nodes: frozenset[str]
    links: Mapping[Link, frozenset[tuple[str, str]]]
    retired: Mapping[str, str]
    reopened: frozenset[str]
    marks: frozenset[tuple[str, str]] = frozenset()
    """Of each node the fingerprints."""


@dataclass(frozen=True, eq=False)
class State:
    """`policy` is None where there is none, and "bad" where it cannot be read."""

    policy: Policy | str | None
    stories: Mapping[str, Story]
    unreadable: frozenset[str]
    lock: LockText
    files: Mapping[str, str]

    @cached_property
    def intent(self) -> str:
        """Where the intent stands, as its register says."""
        return texts.REGISTERS.get(self.files.get(REGISTER_AT, ""), texts.INTENT_AT)

    @cached_property
    def nodes(self) -> Mapping[str, str]:
        return texts.nodes({path: text for path, text in self.files.items() if path not in self.unreadable})

    @cached_property
    def links(self) -> list[Link]:
        return texts.links({path: text for path, text in self.files.items() if path not in self.unreadable})


def read_lock(text: str) -> LockText:
    nodes, marks, retired, reopened = set(), set(), {}, set()
    links: dict[Link, set[tuple[str, str]]] = {}
    for line in text.split("\n"):
        word, _, rest = line.partition(" ")
        parts = rest.split(" ", 4)
        if word == "node":
            nodes.add(parts[0])
            marks.add((parts[0], parts[1]))
        elif word == "retired":
            retired[parts[0]] = parts[1]
        elif word == "reopened":
            reopened.add(f"reopened {parts[0]} {parts[1]} {_signature(' '.join(parts[2:]))}")
        elif word == "link":
            links.setdefault((parts[0], parts[1], parts[2]), set()).add((parts[3], _signature("".join(parts[4:]))))
    return LockText(
        frozenset(nodes),
        {key: frozenset(lines) for key, lines in links.items()},
        retired,
        frozenset(reopened),
        frozenset(marks),
    )


def _signature(text: str) -> str:
    """Who signs and why in one spelling, empty where nobody does."""
    said = json.loads(text) if text else []
    return json.dumps(said) if any(said) else ""


def is_document(path: str) -> bool:
    return path in (texts.PRD, texts.EPIC_AT, REGISTER_AT) or path.startswith("stories/STORY-")


def readable(path: str, text: str) -> bool:
    """Whether a document or the lock can be read; of other files nothing is asked."""
    if path == LOCK:
        words = ("#", "node ", "link ", "retired ", "reopened ")
        return all(line.startswith(words) for line in text.split("\n") if line)
    return not is_document(path) or text in MEANS or text in (*texts.REGISTERS, texts.EPIC)


@lru_cache(maxsize=1 << 11)
def read(world: World, tree: str, lock: str | None = None) -> State:
    """The state of a tree; `lock` stands in for its own where a merge has joined it."""
    files = {path.decode(): _text(world, at) for path, at in world.trees[tree].items()}
    if lock is not None:
        files[LOCK] = lock
    unreadable = {path for path, text in files.items() if not readable(path, text)}
    stories = [one for text in files.values() if isinstance(one := MEANS.get(text), Story)]
    policy: Policy | str | None = None
    if POLICY in files:
        policy = texts.policy_of(files[POLICY]) or "bad"
    lines = read_lock(files.get(LOCK, ""))
    return State(policy, {one.id: one for one in stories}, frozenset(unreadable), lines, files)


def _text(world: World, at: Listed) -> str:
    return world.blobs[at.id].decode()


def broken(state: State, story: str) -> bool:
    """Whether the story, its requirement, epic or statement names nothing."""
    if story not in state.stories:
        return True
    name = state.stories[story].implements
    return not {f"FR-{name}", f"INT-{name}", "EPIC-e"} <= state.nodes.keys()


def suspect(state: State, story: str, held: LockText) -> bool:
    """Whether a link from the story up to the intent was confirmed against other words, and against none of now.

    `held` is the base's lock: it speaks of a link that the state's own has lost.
    """
    at = state.nodes
    lines = {link: state.lock.links.get(link) or held.links.get(link) for link in above(state, story)}
    return any(known and at.get(link[2]) not in {digest for digest, _ in known} for link, known in lines.items())


def above(state: State, story: str) -> list[Link]:
    """The links from a story up to the intent."""
    own = [link for link in state.links if link[0] == story]
    return own + [link for link in state.links for low in own if link[0] == low[2]]


def unsettled(before: State, after: State, story: str) -> bool:
    """Whether a link that is suspect in the base is neither confirmed by somebody since, nor true again.

    Where the link has gone, some other one of the story's is confirmed.
    """
    old, at = before.nodes, after.nodes
    now = above(after, story)
    confirmed = {
        link
        for link in now
        for digest, signed in after.lock.links.get(link, ())
        if signed and digest == at.get(link[2]) and (digest, signed) not in before.lock.links.get(link, ())
    }
    for link in above(before, story):
        digests = {digest for digest, _ in before.lock.links.get(link, ())}
        if not digests or link[2] not in old or old[link[2]] in digests:
            continue
        if not (link in confirmed or at.get(link[2]) in digests if link in now else confirmed):
            return True
    return False


def faults(state: State) -> bool:
    """Whether the specification as a whole is invalid: a reference to nothing, something that nothing serves, or a
    retired id in use."""
    at = state.nodes
    served = {f"FR-{one.implements}" for one in state.stories.values()}
    asked = {"EPIC-e"} if state.stories else set()
    asked |= served
    if "EPIC-e" in at:
        asked |= {"FR-a", "FR-b"}
        asked |= set() if state.stories else {"a story"}
    for name in "ab":
        asked |= {f"INT-{name}"} if f"FR-{name}" in at else set()
        asked |= {f"FR-{name}"} if f"INT-{name}" in at else set()
    unserved = {name for name in ("FR-a", "FR-b") if name in at} - served
    reused = any(at.get(name, digest) != digest for name, digest in state.lock.retired.items())
    return bool(asked - at.keys() or unserved or unsaid(state) or reused)


def unfinished(state: State) -> bool:
    """Whether the intent holds the marks of a merge."""
    return "<<<<<<< " in state.files.get(state.intent, "")


def unsaid(state: State) -> set[str]:
    """The statements of the register whose words do not stand in the intent."""
    said, held = state.files.get(state.intent, ""), REGISTER_AT in state.files
    return {name for name, quote in texts.QUOTES.items() if held and quote not in said}


def astray(before: State, after: State) -> bool:
    """Whether the intent moves to where nothing is, or something else was, or leaves a file behind."""
    if before.intent == after.intent or REGISTER_AT not in before.files.keys() & after.files.keys():
        return False
    new = after.files.get(after.intent)
    stood = after.intent in before.files
    copied = new == before.files.get(after.intent) == before.files.get(before.intent)
    stays = before.intent in before.files.keys() & after.files.keys()
    return new is None or stays or (stood and not copied)


def unlocked(state: State) -> bool:
    """Whether a node or a link of the documents has no line in the lock, so that no change of it is noticed."""
    known = state.lock.nodes
    at = {name for name in state.nodes if "/" not in name}
    links = [link for link in state.links if link[2] in at]
    return any(link not in state.lock.links for link in links) or not at <= known


def unwritten(before: State, after: State) -> bool:
    """Whether the lock has a line of what stands in no document, stood in none of the base's, and is not retired.

    What stood there and is gone is told wherever it goes, and not only of the end.
    """
    named = {name for name in after.lock.nodes if "/" not in name}
    return bool(named - after.lock.retired.keys() - after.nodes.keys() - before.nodes.keys())


def without(
    held: LockText, now: LockText, at: Mapping[str, str], back: Sequence[tuple[LockText, LockText]]
) -> LockText:
    """A lock without what was brought by commits that are taken back as a whole, as far as it is gone.

    What they retired stays retired unless it stands again. `at` are the nodes of now.
    """
    gone = {name for old, new in back for name in new.nodes - old.nodes} - now.nodes
    unseen = {
        name for old, new in back for name in new.retired.keys() - old.retired.keys() if name not in old.nodes
    }
    back_again = {name for old, new in back for name in new.retired.keys() - old.retired.keys()} & at.keys()
    retired = (unseen | back_again) - now.retired.keys()
    reopened = {line for old, new in back for line in new.reopened - old.reopened} - now.reopened
    brought = {link for old, new in back for link in new.links.keys() - old.links.keys()} - now.links.keys()
    none, changed = frozenset[tuple[str, str]](), [(old.links, new.links) for old, new in back]
    links = {
        link: lines.union(*(was.get(link, none) for was, now_ in changed if was.get(link) != now_.get(link)))
        for link, lines in held.links.items()
        if link not in brought
    }
    kept = {name: digest for name, digest in held.retired.items() if name not in retired}
    return LockText(held.nodes - gone, links, kept, held.reopened - reopened)


def lost(
    before: State, after: State, had: Collection[tuple[str, str]], back: Sequence[tuple[LockText, LockText]]
) -> bool:
    """Whether the lock lost what the base's held, or settles a link for which nobody signs.

    A link's line may go where one of its ends has gone. `back` are the locks before and after what is taken back;
    `had` as for `ahead`.
    """
    at, none = after.nodes, frozenset[tuple[str, str]]()
    old, new = without(before.lock, after.lock, at, back), after.lock
    if not old.nodes <= new.nodes | new.retired.keys() or not old.reopened <= new.reopened:
        return True
    if any(name not in new.retired and at.get(name) != digest for name, digest in old.retired.items()):
        return True
    if any("/" not in name and name not in at and name in new.nodes for name in before.nodes):
        return True  # it is gone, and the lock says that it stands
    for link, lines in old.links.items():
        live = link[0] in at and link[2] in at
        if live and link not in new.links:
            return True
        digests = {digest for digest, _ in lines}
        now = new.links.get(link, none)
        if any(
            signed and (digest, signed) not in now and digest in {one for one, _ in now}
            for digest, signed in lines
        ):
            return True  # who confirmed it is lost
        for digest, signed in new.links.get(link, ()):
            if digest not in digests and not signed:
                return True
    return ahead(before, after, old, had)


def ahead(before: State, after: State, held: LockText, had: Collection[tuple[str, str]]) -> bool:
    """Whether the lock says what is not so yet: confirms words that do not stand, or reopens what never landed.

    `had` are items, each with a fingerprint that it has or had; a new line on a link one of whose ends does not
    stand says nothing else, nor does one on what is retired.
    """
    for name in after.lock.retired.keys() - before.lock.retired.keys():
        stood = {digest for one, digest in {*had, *before.lock.marks} if one == name}
        if stood and after.lock.retired[name] not in stood:
            return True
    for link, lines in after.lock.links.items():
        known = {digest for digest, _ in held.links.get(link, ())}
        new = {(link[2], digest) for digest, _ in lines if digest not in known}
        if not {link[0], link[2]} <= after.nodes.keys() and not new <= {*had, *before.lock.marks}:
            return True
        odd = {
            one
            for one in lines
            if one[0] not in known and link[2] in after.nodes and one[0] != after.nodes[link[2]]
        }
        if any(signed for _, signed in odd) or (odd and not known and len(odd) < len(lines)):
            return True
    landings = {tuple(line.split(" ")[1:3]) for line in after.lock.reopened}
    landings -= {tuple(line.split(" ")[1:3]) for line in before.lock.reopened}
    names = {f"{story}.json" if number == "1" else f"{story}.{number}.json" for story, number in landings}
    return any(f"stories/records/{name}" not in {**before.files, **after.files} for name in names)

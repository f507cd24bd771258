"""Exemptions that the base grants: paths that the commits of an author may change without a story.

`by` is held against who wrote a commit, not against who pushed, triggered CI or pressed the button. So what passes
in a request passes after it landed, whoever landed it, and somebody else's commit on a robot's branch does not.
Nobody signs an author's name yet; whoever may push can write it. So each use of an exemption is told as a label.
One without `by` is for everyone (`core.open_paths` says what it lets pass).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import NamedTuple, Self

from bmad.core.gate.facts import Step
from bmad.core.gate.signers import Signers
from bmad.core.gate.state import State
from bmad.core.gate.words import finding, listed, printable, told
from bmad.core.open_paths import open_fault
from bmad.core.paths import Classified, PathClass
from bmad.core.territory import holds, is_plain
from bmad.model.commits import Change, Commit
from bmad.model.degrees import Exemption, Trivial
from bmad.model.gate import GateFinding
from bmad.model.layout import POLICY

_MOST_ENDED = 3
_ALSO = re.compile(rb"^[ \t]*co-authored-by[ \t]*:(.*)$", re.IGNORECASE | re.MULTILINE)


class Author(NamedTuple):
    """Who a commit or a `Co-authored-by` says wrote it: labels, both."""

    name: str
    address: str

    @property
    def whole(self) -> str:
        return f"{self.name} <{self.address}>"

    def is_(self, by: str) -> bool:
        return by in (self.name, self.address, self.whole)


def author_of(raw: bytes) -> Author:
    """The name and address of `Name <address> seconds zone`, or of the same without its time."""
    name, _, rest = raw.decode("utf-8", "replace").partition("<")
    return Author(name.strip(), rest.partition(">")[0].strip())


def authors_of(commit: Commit) -> tuple[Author, ...]:
    """All who a commit says had a part in it."""
    return tuple(author_of(raw) for raw in (commit.author, *_ALSO.findall(commit.message)))


class Exempt(NamedTuple):
    """The exemptions of the base, and what the result only seems to grant; for the authors of one commit."""

    base: tuple[Exemption, ...]
    added: tuple[Exemption, ...]
    today: date
    governed: str
    """How the base's `gate.governed_change` has governed files change."""
    signed: Mapping[str, str] = MappingProxyType({})
    """By commit the signer of the base whose signature it bears."""
    signers: frozenset[str] = frozenset()
    """The names that stand for a signature, not for an author."""
    oracle: tuple[str, ...] = ()
    """What the base names as truth."""
    claimed: Callable[[str], bool] = lambda _: False
    """Whether a path lies in the territory of a story of the base."""
    lane: Trivial | None = None
    """The base's lane for tiny changes, which no exemption is of, but what reverts take back may be."""
    authors: tuple[Author, ...] = ()
    hands: frozenset[str] = frozenset()
    """Who signed the commits; empty for one that nobody of them signed."""

    def by(self, *commits: Commit) -> Self:
        """The same, as commits may use them: all who they say had a part in them must be who they are for."""
        if not self.base:
            return self
        every = (author for one in commits for author in authors_of(one))
        hands = frozenset(self.signed.get(one.id, "") for one in commits)
        return self._replace(authors=tuple(dict.fromkeys(every)), hands=hands)

    def grants(self, at: Classified, change: Change) -> Exemption | None:
        """The exemption that lets the commit make a change."""
        for one in self.base:
            if holds(one.paths, at.path) and self._denied(one, at, change) is None:
                return one
        return None

    def names(self, at: Classified, change: Change) -> bool:
        """Whether an exemption that has not ended is of the change, whoever may use it."""
        own = (one for one in self.base if holds(one.paths, at.path) and self.today <= one.until)
        return any(one.by is not None or self._denied(one, at, change) is None for one in own)

    def denied(self, at: Classified, change: Change) -> GateFinding | None:
        """Why an exemption that names the path does not grant it (G07), or None where none names it."""
        path, klass = at.path, at.klass
        for one in self.base:
            if holds(one.paths, path):
                return finding(
                    "G07",
                    f"the exemption of {printable(path)} does not hold: "
                    f"{self._denied(one, at, change) or 'it is for plain files, and this is none'}",
                    path,
                    _OTHERWISE[klass is PathClass.CODE or klass is PathClass.KNOWLEDGE],
                )
        if any(holds(one.paths, path) for one in self.added):
            return finding(
                "G07",
                f"the exemption of {printable(path)} is written in this range, and counts only once it stands "
                "in the base",
                path,
                "land the policy first",
            )
        return None

    def _denied(self, one: Exemption, at: Classified, change: Change) -> str | None:
        path, klass = at.path, at.klass
        if self.today > one.until:
            return f"it ended on {one.until.isoformat()}"
        if one.by is None:
            return open_fault(one.paths, at, change, self.oracle, self.claimed)
        if klass is not PathClass.CODE and klass is not PathClass.KNOWLEDGE:
            fault = self._beyond(one, path, klass)
            if fault is not None:
                return fault
        if one.by in self.signers:
            return None if self.hands == {one.by} else f"it is for what {printable(one.by)} has signed"
        strange = [author.whole for author in self.authors if not author.is_(one.by)]
        if strange or not self.authors:
            who = listed(strange) if strange else "somebody else"
            return f"it is for what {printable(one.by)} writes, and this is by {who}"
        return None

    def _beyond(self, one: Exemption, path: str, klass: PathClass) -> str | None:
        """Why no exemption, or not this one, grants a governed path."""
        if path == POLICY or klass is PathClass.OWN:
            return "the policy itself and bmad's own state are never exempt"
        if self.governed == "refuse":
            return "the base's gate.governed_change refuses every change of governed files"
        if self.governed == "signed" and one.by not in self.signers:
            who = printable(one.by or "everyone")
            return f"the base's gate.governed_change asks for a signature, and {who} is no name of gate.signers"
        if not any(is_plain(glob.partition("/")[0]) and holds((glob,), path) for glob in one.paths):
            return "it does not name the governed path from its first part on"
        return None


_OTHERWISE = {
    True: "give the change a story, or have the exemption changed on the base first",
    False: "make it a commit of its own with `Policy: REASON`, or have the exemption changed on the base first",
}


def exemptions(step: Step, today: date) -> Exempt:
    """What the policy of a step's base exempts, beside what the result's adds to it.

    Raises: AssertionError where the base has none.
    """
    base, after = step.before.settings, step.after.settings
    assert base is not None  # noqa: S101 - asked for by who calls
    added = () if after is None else tuple(one for one in after.gate.exempt if one not in base.gate.exempt)
    signers = Signers(base.gate).names if base.gate.signers else frozenset()
    signed = {**step.attested.landed, **step.attested.commits}
    governed = base.gate.governed_change
    claimed = partial(_claimed, step.before)
    return Exempt(
        base.gate.exempt, added, today, governed, signed, signers, base.oracle, claimed, base.gate.trivial
    )


def _claimed(state: State, path: str) -> bool:
    return holds(state.territories, path)


def exempt_notes(used: Iterable[Exemption], signers: frozenset[str]) -> Iterator[str]:
    """What is told of each exemption that was used."""
    for one in dict.fromkeys(used):
        why = f"{told(one.reason)}; owner {printable(one.owner)}; until {one.until.isoformat()}"
        if one.by is None:
            yield f"exempt for everyone: {listed(one.paths)} ({why})"
            continue
        if one.by in signers:
            yield f"exempt as signed by {printable(one.by)}: {listed(one.paths)} ({why})"
            continue
        label = "the author's name is a label that nobody signed"
        yield f"exempt as written by {printable(one.by)}: {listed(one.paths)} ({why}); {label}"


def ended_notes(exempt: Exempt) -> Iterator[str]:
    """What an audit tells of exemptions that have ended since it may be that what they granted landed before.

    When that was, no commit proves: whoever makes one writes its date. So the gate's own clock decides.
    """
    ended = [one for one in exempt.base if exempt.today > one.until]
    for one in ended[:_MOST_ENDED]:
        yield (
            f"the exemption of {listed(one.paths)} ended on {one.until.isoformat()}, and no date of a commit "
            "proves that something landed before; an audit from a later commit on asks no more about it"
        )

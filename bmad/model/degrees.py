"""What the gate lets pass without a story, until a day or within limits: parts of `gate:` in `bmad.yaml`."""

from dataclasses import field
from datetime import date
from typing import Annotated

from bmad.model.constraints import SOME, CommitId, Limits, NonEmpty, Settable
from bmad.model.values import value


@value(frozen=True, kw_only=True, eq=False, repr=False)
class Exemption(Settable):
    """Paths that commits of the author `by` may change without a story until (and on) the day `until`.

    `by` is the author's name, address, or `Name <address>`. Nobody signs these yet, so whoever may push can write
    them; the report says so at each use. A governed path is granted where a glob names it from its first part on.
    Without `by` it is for everyone, and for plain files of documents: what may be run is named by its ending.
    """

    paths: Annotated[tuple[NonEmpty, ...], SOME]
    """Globs of what may change so."""
    by: NonEmpty | None = None
    """The author's name, address, or `Name <address>`; without a word everyone."""
    reason: NonEmpty
    """Why; reports repeat it."""
    owner: NonEmpty
    """Who answers for it."""
    until: date
    """The last day on which it holds."""
    said: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """The keys that were written, no key itself."""

    def __post_init__(self) -> None:
        """Raises: ValueError where `by` is written and says nothing, which would open it to everyone."""
        if self.by is None and "by" in self.said:
            raise ValueError("`by` says nobody; leave the key out where the exemption is for everyone")


@value(frozen=True, kw_only=True, eq=False, repr=False)
class Trivial(Settable):
    """The lane for tiny changes: commits that say `Story: none` and `Trivial: REASON`.

    Limits hold for a commit, and for all such commits of a range together.
    """

    paths: Annotated[tuple[NonEmpty, ...], SOME]
    """Globs of what may change so."""
    lines: Annotated[int, Limits(ge=1, le=100, strict=True)] = 20
    """Lines added and lines removed, so one that is changed counts as two."""
    files: Annotated[int, Limits(ge=1, le=20, strict=True)] = 3
    """How many files."""


@value(frozen=True, kw_only=True, eq=False, repr=False)
class Baseline(Settable):
    """Files that were untraced at a commit of the base's history may stay so until (and on) the day `until`."""

    commit: CommitId
    """By its whole id."""
    until: date
    """The last day on which it holds."""
    reason: NonEmpty
    """Why; reports repeat it."""
    owner: NonEmpty
    """Who answers for it."""

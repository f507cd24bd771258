"""Who of flesh wrote a change, and who reviewed it: by name and address, so that one is not the other (G08)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from bmad.core.gate.people import NOBODY, People, sign
from bmad.core.gate.words import printable
from bmad.core.trailers import parse
from bmad.model.agents import HUMAN, Role
from bmad.model.commits import Commit

if TYPE_CHECKING:
    from bmad.model.record import Record, Work

_DATED = re.compile(rb"(.*<[^<>]*>)[^<>]*", re.DOTALL)


def authors(commits: Iterable[Commit]) -> tuple[str, ...]:
    """Who wrote, committed or co-authored commits, each once, sorted."""
    found: set[str] = set()
    for commit in commits:
        committers = (value for key, value in commit.headers if key == b"committer")
        dated = (_DATED.fullmatch(raw) for raw in (commit.author, *committers))
        found |= {match[1].decode("utf-8", "replace").strip() for match in dated if match is not None}
        found |= {one.value.strip() for one in parse(commit.message).values("co-authored-by")}
    return tuple(sorted(found - {""}))


def written_by(commit: Commit) -> str:
    """The author of a commit, `Name <address>`."""
    match = _DATED.fullmatch(commit.author)
    return (match[1] if match else commit.author).decode("utf-8", "replace").strip()


def nameless(record: Record) -> Iterator[str]:
    """A person's part without the person, in words."""
    bare = [one for one in record.work if one.backend == HUMAN and not sign(one.by)]
    yield from (f"a person did {printable(one.step)}, and it does not say who" for one in bare[:3])


def own_reviewers(record: Record, wrote: Iterable[str] = (), people: People = NOBODY) -> tuple[str, ...]:
    """Who of the people reviewed what they wrote; `wrote` are authors that others know of, beside the record's."""
    writers = [one.by for one in record.work if writes(one) and one.by]
    writers += [*record.authors, *wrote]
    reviewers = dict.fromkeys(one.by for one in record.work if one.role is Role.REVIEWER and one.by)
    return tuple(one for one in reviewers if people.among(one, writers))


def writes(work: Work) -> bool:
    """Whether a part of the work is that of one who writes; whoever prepared the story wrote no code."""
    return work.role in (Role.TESTER, Role.DEVELOPER)

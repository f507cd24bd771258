"""Who of flesh wrote a change, and who reviewed it: by name and address, so that one is not the other (G08)."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from bmad.core.gate.words import printable
from bmad.core.trailers import parse
from bmad.model.agents import HUMAN, Role
from bmad.model.commits import Commit
from bmad.model.record import Record, Work

_PERSON = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
_DATED = re.compile(rb"(.*<[^<>]*>)[^<>]*", re.DOTALL)

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me", "Zs", "Zl", "Zp"})
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def sign(text: str) -> str:
    """Text as it reads: in one form and case, without blanks and signs that cannot be seen."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(one for one in folded if unicodedata.category(one) not in _UNSEEN and one not in _BLANK)


def same_person(one: str, other: str) -> bool:
    """Whether two of `Name <address>` are one person: by address, or by name where one has no address."""
    (name, address), (second, there) = _read(one), _read(other)
    return address == there if address and there else bool(name) and name == second


def _read(person: str) -> tuple[str, str]:
    """Name and address as they read; what is no `Name <address>` is a name, or where it holds an @ an address."""
    match = _PERSON.fullmatch(person.strip())
    if match is not None:
        return sign(match["name"]), sign(match["address"])
    return ("", sign(person)) if "@" in person else (sign(person), "")


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


def own_reviewers(record: Record, wrote: Iterable[str] = ()) -> tuple[str, ...]:
    """The people who reviewed what they wrote; `wrote` are authors that others know of, beside the record's."""
    writers = [one.by for one in record.work if writes(one) and one.by]
    writers += [*record.authors, *wrote]
    reviewers = dict.fromkeys(one.by for one in record.work if one.role is Role.REVIEWER and one.by)
    return tuple(one for one in reviewers if any(same_person(one, other) for other in writers))


def writes(work: Work) -> bool:
    """Whether a part of the work is that of one who writes; whoever prepared the story wrote no code."""
    return work.role in (Role.TESTER, Role.DEVELOPER)

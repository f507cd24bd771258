"""Which older commits may have been one story: by pull request, merge, key of a tracker, scope, else by path.

Nothing is worded: a title is the words of a pull request or of the first commit. It is a proposal and no trace,
since nobody said so; the same history gives the same proposals.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from bmad.model.backfill import Grounds, Proposal

_REQUEST = re.compile(
    r"Merge pull request #(?P<github>\d+)|Merged in .{1,200}\(pull request #(?P<bitbucket>\d+)\)"
    r"|Merged PR (?P<azure>\d+)"
)
_GITLAB = re.compile(r"^See merge request (?P<name>\S{1,200})$", re.MULTILINE)
_SQUASHED = re.compile(r"^(?P<title>.{1,300}?)\s*\(#(?P<number>\d+)\)$")
_BRANCH = re.compile(r"Merge (?:remote-tracking )?branch '(?P<name>[^'\n]{1,200})'")
_KEY = re.compile(
    r"(?<![\w-])(?P<key>(?!(?:UTF|SHA|ISO|RFC|CVE|AES|MD|HTTP|GPT|BASE|WIN|CWE)-)[A-Z][A-Z0-9]{1,9}-[1-9]\d{0,6})(?![\w-])"
)
_SCOPE = re.compile(r"^[a-z]{2,12}\((?P<scope>[\w./ -]{1,60})\)!?:")
_NEAR = 60
"""Commits between two of one scope or path, beyond which they are no longer held to belong together."""
_FOLDERS = 3
_DEEP = 2
"""Parts of a path that tell what a commit is about."""


class Seen(NamedTuple):
    """A commit as it is grouped; `paths` are what it changes against its first parent."""

    id: str
    parents: tuple[str, ...]
    message: str
    paths: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        return self.message.split("\n", 1)[0].strip()


def proposed(commits: Sequence[Seen], tip: str) -> list[Proposal]:
    """The proposals for commits, parents first, that lead to a tip; each commit is in one at most."""
    by_id = {one.id: one for one in commits}
    groups: dict[tuple[Grounds, str], list[list[Seen]]] = {}
    placed: dict[tuple[Grounds, str], int] = {}
    for place, (one, brought) in enumerate(_line(by_id, tip)):
        grounds, key = _grounds(one, brought)
        name = (grounds, key)
        near = grounds not in ("scope", "path") or (bool(key) and place - placed.get(name, -_NEAR) < _NEAR)
        own = groups.setdefault(name, [])
        if not own or not near:
            own.append([])
        own[-1] += [*brought, one]
        placed[name] = place
    order = {one.id: at for at, one in enumerate(commits)}
    found = [_proposal(*name, own) for name, runs in groups.items() for own in runs]
    return sorted(found, key=lambda each: order[each.commits[0]])


def _line(by_id: Mapping[str, Seen], tip: str) -> Iterator[tuple[Seen, list[Seen]]]:
    """The first-parent line, oldest first; of each commit those that it brought with its other parents."""
    line: list[Seen] = []
    at: str | None = tip
    while at is not None and (one := by_id.get(at)) is not None:
        line.append(one)
        at = one.parents[0] if one.parents else None
    known = {one.id for one in line}
    order = {name: place for place, name in enumerate(by_id)}
    for one in reversed(line):
        brought: list[Seen] = []
        stack = list(one.parents[1:])
        while stack:
            name = stack.pop()
            other = by_id.get(name)
            if name not in known and other is not None:
                known.add(name)
                brought.append(other)
                stack.extend(other.parents)
        yield one, sorted(brought, key=lambda each: order[each.id])


def _grounds(one: Seen, brought: Sequence[Seen]) -> tuple[Grounds, str]:
    """By what a commit of the line is held to belong to others, and the word for it."""
    if (number := _request(one)) is not None:
        return "pull request", number
    if brought:
        branch = _BRANCH.match(one.subject)
        return "merge", branch["name"] if branch is not None else one.id[:12]
    if (key := _KEY.search(one.subject)) is not None:
        return "key", key["key"]
    if (scope := _SCOPE.match(one.subject)) is not None:
        return "scope", scope["scope"].strip()
    return "path", (_folders([one]) or ("",))[0]


def _request(one: Seen) -> str | None:
    if (found := _REQUEST.match(one.subject)) is not None:
        return f"#{found['github'] or found['bitbucket'] or found['azure']}"
    if len(one.parents) > 1 and (told := _GITLAB.search(one.message)) is not None:
        return told["name"]
    squashed = _SQUASHED.match(one.subject)
    return f"#{squashed['number']}" if squashed is not None else None


def _proposal(grounds: Grounds, key: str, own: Sequence[Seen]) -> Proposal:
    first = own[0]
    digest = sha256(f"{grounds}\0{key}\0{first.id}".encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return Proposal(
        id=f"proposed-{digest}",
        grounds=grounds,
        key=key,
        title=_title(grounds, own),
        commits=tuple(one.id for one in own),
        paths=_folders(own),
    )


def _title(grounds: Grounds, own: Sequence[Seen]) -> str:
    """The words of the request where its merge has them, else those of the first commit."""
    last = own[-1]
    if grounds == "pull request":
        squashed = _SQUASHED.match(last.subject)
        if squashed is not None and not _REQUEST.match(last.subject):
            return squashed["title"]
        body = (row.strip() for row in last.message.split("\n")[1:])
        told = next((row for row in body if row and not _GITLAB.match(row)), "")
        if told:
            return told
    return own[0].subject or last.subject


def _folders(own: Sequence[Seen]) -> tuple[str, ...]:
    """Where most of the changes are."""
    count = Counter("/".join(path.split("/")[:-1][:_DEEP]) or path for one in own for path in one.paths)
    return tuple(name for name, _ in sorted(count.items(), key=lambda entry: (-entry[1], entry[0]))[:_FOLDERS])

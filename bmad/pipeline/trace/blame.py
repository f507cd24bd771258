"""`bmad blame`, and the lines of `bmad trace`: the commit, story, requirement and statement of each line."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import NamedTuple, Self

from bmad.core.lines.alike import same
from bmad.core.lines.hunks import lines as split
from bmad.core.lines.hunks import marks
from bmad.errors import ALIKE, UsageError
from bmad.model.quoting import quoted
from bmad.model.trace import BlameReport, TraceChain, TracedLine
from bmad.pipeline.trace.file_lines import kept
from bmad.pipeline.trace.history_blame import Spans
from bmad.pipeline.trace.ignored_revs import ignored
from bmad.pipeline.trace.line_origins import Owned, Ownership
from bmad.pipeline.trace.proposals import proposals
from bmad.pipeline.trace.revision import Reading, read_at, typed
from bmad.ports.cache import NO_CACHES, Cache, Caches
from bmad.ports.files import Formats
from bmad.ports.history import Checkout, History

MAX_LINES = 100_000
_NEAREST = 2
LINES = re.compile(r"(.+?):(\d{1,9})(?:-(\d{1,9}))?")
Edited = Callable[[bytes], bytes | None]
"""A file's content in the work tree, by its path from the top; None where there is none."""
Places = Callable[[str], Sequence[str]]
"""The paths from the top that a path may mean where a person stands, the likeliest first; none outside."""


class Here(NamedTuple):
    """Where a person stands: the files of the work tree, and what a path means; without, it is from the top.

    `stored` is a file as git would keep it, where a filter or an encoding has it stand otherwise in the work tree.
    """

    edited: Edited | None = None
    places: Places | None = None
    stored: Edited | None = None

    @classmethod
    def at(cls, checkout: Checkout, places: Places) -> Self:
        return cls(checkout.file, places, checkout.stored)


NOWHERE = Here()


class Span(NamedTuple):
    """Some lines of a file, first and last, from 1."""

    first: int
    last: int


class Asked(NamedTuple):
    """Lines of a file; all of them without a span."""

    path: bytes
    span: Span | None = None
    others: tuple[bytes, ...] = ()
    """What else the path may mean, where nothing stands at the first."""


class Lines(NamedTuple):
    """The lines of a file, a chain for each commit and story among them, and what is to be said of them."""

    lines: tuple[TracedLine, ...]
    chains: tuple[TraceChain, ...]
    notes: tuple[str, ...]
    path: bytes = b""


class BlameRequest(NamedTuple):
    """`file` may end in `:LINE` or `:FIRST-LAST`; `rev` is HEAD, and what stands in the work tree, by default."""

    file: str
    rev: str | None = None
    here: Here = NOWHERE
    caches: Caches = NO_CACHES


def blame(history: History, formats: Formats, request: BlameRequest) -> BlameReport:
    """Every line of a file, at a revision or as it stands in the work tree.

    Raises: UsageError where there is no such file or line; CannotAnswerError where there is no repository.
    """
    with history.read() as objects:
        reading = read_at(objects, formats, request.rev)
        asked = asked_of(request.file, request.here.places)
        here = request.here if request.rev is None else NOWHERE
        found = lines_of(reading, asked, here, request.caches.lines)
        graph = reading.explainer.graph
        every = dict.fromkeys(name for line in found.lines for name in line.requirements)
        stories = dict.fromkeys(name for line in found.lines for name in line.stories)
        statements = dict.fromkeys(name for line in found.lines for name in line.statements)
        report = BlameReport(
            path=quoted(found.path),
            rev=reading.head.id,
            lines=found.lines,
            stories={name: graph.nodes[name].title for name in stories if name in graph.nodes},
            titles={name: graph.nodes[name].title for name in every},
            statements=tuple(reading.explainer.statement(name) for name in statements),
            notes=found.notes,
        )
        return report.replaced(notes=(*report.notes, *proposals(reading, request.caches.proposed, report)))


def asked_of(query: str, places: Places | None = None) -> Asked:
    """`path`, `path:line` or `path:first-last`; without `places` the path is one from the top.

    Raises: UsageError where the lines are none, or the path leads out of the repository.
    """
    match = LINES.fullmatch(query)
    path, span = (match[1], Span(int(match[2]), int(match[3] or match[2]))) if match else (query, None)
    if span and (span.first < 1 or span.last < span.first):
        raise UsageError(f"`{query}`: lines count from 1, the first before the last.")
    plain = typed(path)
    found = places(plain) if places is not None else _from_top(plain)
    if not found:
        raise UsageError(f"`{path}` lies outside the repository; name a file in it.")
    first, *others = (one.encode("utf-8", "surrogateescape") for one in found)
    return Asked(first, span, tuple(others))


def _from_top(path: str) -> tuple[str, ...]:
    plain = path.removeprefix("./")
    return () if plain.startswith("/") or ".." in plain.split("/") else (plain,)


def lines_of(reading: Reading, asked: Asked, here: Here = NOWHERE, cache: Cache | None = None) -> Lines:
    """What is asked for of a file. Raises: UsageError where there is no such file, or not so many lines."""
    rule = ignored(reading.objects, reading.head)
    ownership = Ownership(reading, rule.commits)
    asked = _standing(asked, ownership, here.edited)
    notes = list(rule.notes)
    content = _unlike(ownership.content(asked.path), asked.path, here)
    told = partial(_owned, reading, cache, ownership, asked.path)
    fresh = _edited(ownership, asked, content, told) if content is not None else None
    if fresh is None:
        owned = told([asked.span] if asked.span else ())
        found = {row.blamed.line: row for row in owned}
        texts = {row.blamed.line: row.blamed.text for row in owned}
    else:
        found, texts = fresh
        left = len(texts) - len(found)
        rest = f", and {left} of these lines {'is' if left == 1 else 'are'} not committed" if left else ""
        there = "as in" if ownership.content(asked.path) is not None else "in"
        notes.append(f"{quoted(asked.path)} of the work tree is not {there} {reading.head.id[:12]}{rest}")
    if len(texts) > MAX_LINES:
        name = quoted(asked.path)
        raise UsageError(f"{name} has {len(texts)} lines; name some of them: {name}:1-200")
    older = sum(row.older for row in found.values())
    if older and reading.since:
        verb = "is" if older == 1 else "are"
        notes.append(f"{older} of these lines {verb} older than the adoption ({reading.since[:12]})")
    committed = [row for row in found.values() if not row.older]
    notes += reading.unheld((row.owner, ownership.claim(row.commit)) for row in committed)
    notes += reading.unadopted(bare=any(not row.owner.stories for row in committed))
    lines = tuple(
        _line(reading, found[number], asked.path, number) if number in found else _uncommitted(number, text)
        for number, text in texts.items()
    )
    return Lines(lines, tuple(_chains(reading, ownership, list(found.values()))), tuple(notes), asked.path)


def _standing(asked: Asked, ownership: Ownership, edited: Edited | None) -> Asked:
    """The first of the paths that are meant at which there is a file; the first one where there is none."""
    for path in (asked.path, *asked.others) if asked.others else ():
        if ownership.blob(path) is not None or (edited is not None and edited(path) is not None):
            return asked._replace(path=path)
    return asked


def _owned(reading: Reading, cache: Cache | None, ownership: Ownership, path: bytes, spans: Spans) -> list[Owned]:
    """Lines of a file at the revision, by what is kept of blame, else by git's.

    Raises: UsageError where there is no such file, or not so many lines.
    """
    blob = ownership.blob(path) if cache is not None else None
    rows = kept(reading, cache, path, blob, spans) if cache is not None and blob is not None else None
    try:
        rows = reading.objects.blame(reading.head.id, path, spans, reading.since) if rows is None else rows
    except UsageError as error:
        hint = meant(reading, path) if ownership.blob(path) is None else ""
        raise UsageError(f"{error}{hint}") from None
    return ownership.owned(rows)


def meant(reading: Reading, path: bytes) -> str:
    """A sentence with what may be meant by a path that is no file: one beside it, or one of its name elsewhere."""
    from difflib import get_close_matches  # noqa: PLC0415 - where something is wrong

    [every] = reading.objects.changes([("", reading.head.tree)])
    files = [PurePosixPath(quoted(one.path)) for one in every]
    name = PurePosixPath(quoted(path.rstrip(b"/")))
    if any(name in one.parents for one in files):
        return f" It is a folder: name a file in it, or see: bmad coverage {name}"
    beside = {one.name: one for one in files if one.parent == name.parent}
    near = [beside[one] for one in get_close_matches(name.name, beside, n=_NEAREST, cutoff=ALIKE)]
    near = near or [one for one in files if one.name == name.name][:_NEAREST]
    return f" Did you mean {' or '.join(map(str, near))}?" if near else ""


def _unlike(committed: bytes | None, path: bytes, here: Here) -> bytes | None:
    """What the work tree holds, as git would keep it; None where that is committed, or nothing is there."""
    content = here.edited(path) if here.edited is not None else None
    if content is None or committed is None:
        return content
    if (plain := _as_in(committed, content)) != committed and here.stored is not None:
        plain = _as_in(committed, here.stored(path) or content)
    return plain if plain != committed else None


def _as_in(committed: bytes, content: bytes) -> bytes:
    """A content with the ends of lines that a committed one has."""
    return content if b"\r\n" in committed else content.replace(b"\r\n", b"\n")


def _edited(
    ownership: Ownership, asked: Asked, content: bytes, told: Callable[[Spans], Sequence[Owned]]
) -> tuple[dict[int, Owned], dict[int, str]]:
    """By number in the work tree whose a committed line is, and the text of each."""
    old, new = marks(ownership.content(asked.path) or b""), marks(content)
    first, last = asked.span or (1, len(new))
    if last > len(new):
        lines = "1 line" if len(new) == 1 else f"{len(new)} lines"  # as git says it of what was not kept
        raise UsageError(f"{quoted(asked.path)} has only {lines}.")
    twins = {at + 1: one + 1 for at, one in same(old, new).items() if first <= at + 1 <= last}
    spans = [(one, one) for one in sorted(twins.values())]
    owned = {row.blamed.line: row for row in told(_joined(spans))} if twins else {}
    shown = split(content)[first - 1 : last]
    texts = {first + at: line.decode("utf-8", "replace") for at, line in enumerate(shown)}
    return {number: owned[one] for number, one in twins.items()}, texts


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for first, last in spans:
        if found and found[-1][1] == first - 1:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def _uncommitted(number: int, text: str) -> TracedLine:
    return TracedLine(line=number, commit=None, story=None, statements=(), text=text)


def _line(reading: Reading, owned: Owned, path: bytes, number: int) -> TracedLine:
    own, entry = owned.owner.stories, owned.blamed
    ways = [way for story in own if (way := reading.explainer.chain(story)) is not None]
    return TracedLine(
        line=number,
        commit=None if owned.older else owned.commit,
        story=own[0] if len(own) == 1 else None,
        statements=tuple(dict.fromkeys(name for way in ways for name in way.statements)),
        text=entry.text,
        stories=own,
        sure=owned.owner.sure,
        requirements=tuple(dict.fromkeys(name for way in ways for name in way.requirements)),
        older=owned.older,
        source=f"{quoted(owned.path)}:{owned.at}" if owned.path != path and not owned.older else None,
        blamed=entry.commit if entry.commit != owned.commit and not entry.older else None,
    )


def _chains(reading: Reading, ownership: Ownership, owned: Sequence[Owned]) -> list[TraceChain]:
    """One for each commit and story among lines; one for all that are older than the adoption."""
    pairs: dict[tuple[str, str | None], None] = {}
    for row in owned:
        if not row.older:
            pairs |= dict.fromkeys((name, story) for story, name in row.sources().items())
            pairs |= {} if row.owner.stories else {(row.commit, None): None}
    claims = {name: ownership.claim(name) for name, _ in pairs}
    changes = ownership.moved.changes([claim.commit for claim in claims.values()])
    chains: list[TraceChain] = []
    for name, story in pairs:
        claim = claims[name]
        kind = reading.kind(claim, changes[name])
        said = story in claim.stories and not claim.recorded
        told = reading.explainer.explain(claim, story, kind)
        chains.append(told.replaced(by="trailer" if said or story is None else "record"))
    if any(row.older for row in owned):
        chains.append(reading.explainer.explain(None, None, "before-adoption"))
    return chains

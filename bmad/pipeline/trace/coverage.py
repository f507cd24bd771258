"""`bmad coverage`: which share of lines and commits reaches the intent, and what the gaps are."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from bmad.core.coverage import Line, Reach, by_folder, gaps, share, summed, without_lines
from bmad.core.lines.own import Owner
from bmad.core.paths import PathClass
from bmad.core.trace import WORK, Claim, tiny_reason, title_of
from bmad.errors import UsageError
from bmad.model.commits import Change
from bmad.model.coverage import BareCommit, CoverageReport, PathCoverage, Share
from bmad.model.ids import Kind
from bmad.model.quoting import quoted
from bmad.model.trace import Sure
from bmad.pipeline.trace.blame import Places, asked_of
from bmad.pipeline.trace.blame_cache import Place
from bmad.pipeline.trace.file_lines import FileLines, counted
from bmad.pipeline.trace.history_blame import HistoryBlame
from bmad.pipeline.trace.ignored_revs import ignored
from bmad.pipeline.trace.line_origins import Ownership
from bmad.pipeline.trace.recorded_commits import recorded
from bmad.pipeline.trace.revision import Reading, read_at
from bmad.pipeline.trace.set_apart import Set, set_apart
from bmad.ports.cache import Cache
from bmad.ports.files import Formats
from bmad.ports.history import History

_FULL = 100.0
_LONG = 1000
"""Of more commits it is kept for later which paths each changes; that takes a fraction of what this takes."""
_REGULAR = ("100644", "100755")


class CoverageRequest(NamedTuple):
    """`paths` are files and folders, all without any; `fail_under` is a share of lines in per cent."""

    paths: Sequence[str] = ()
    rev: str | None = None
    fail_under: float | None = None
    places: Places | None = None
    """What such a path may mean; without it all are from the top."""


class _Past(NamedTuple):
    """What the commits since the adoption do to their first parents, and which of them only format.

    Only what is known of all files is kept, so that no part of it takes the place of the whole.
    """

    changes: Mapping[str, Sequence[Change]]
    ignored: frozenset[str]
    place: Place
    is_whole: bool


def coverage(history: History, formats: Formats, cache: Cache, request: CoverageRequest) -> CoverageReport:
    """The coverage at a revision.

    Raises: UsageError on paths that hold no file, or a share that is none; CannotAnswerError where there is no
    repository or no commit.
    """
    least = request.fail_under
    if least is not None and not 0 <= least <= _FULL:
        raise UsageError(f"--fail-under takes a share from 0 to 100, not {least:g}.")
    with history.read() as objects:
        reading = read_at(objects, formats, request.rev)
        commits = objects.walk(reading.head.id, reading.since)
        if len(commits) > _LONG:
            objects.quicken(reading.head.id, len(commits))
        changes = reading.changes(commits)
        claims = reading.claimed(commits, changes)
        files, tops = _files(reading, request)
        rule = ignored(objects, reading.head)
        reach = Reach(reading.explainer)
        apart = set_apart(reading, claims, changes)
        oldest = commits[0].id if commits else reading.head.id
        place = Place(cache, reading.since, oldest)
        past = _Past(changes, rule.commits, place, is_whole=not request.paths)
        lines = _with_apart(_lines(reading, claims, files, past), reach, apart)
        shares = {path: share(own, reach) for path, own in lines.items()}
        total = summed(shares.values())
        titles = {claim.commit.id: title_of(claim.commit) for claim in claims}
        titles |= {made: titles[pick] for made, pick in apart.picks.items()}
        tiny = frozenset(claim.commit.id for claim in claims if tiny_reason(claim.commit))
        every = [line for own in lines.values() for line in own if not line.older]
        about = {name: tuple(one for one in made if one.path in files) for name, made in changes.items()}
        bare, share_of_commits = _commits(
            reading, recorded(reading, claims, changes), about if request.paths else changes, reach, apart
        )
        own = frozenset(name for line in every for name in line.owner.stories)
        asked = not request.paths and any(reading.explainer.graph.of_kind(Kind.REQUIREMENT))
        bare_needs = without_lines(reading.explainer.graph, own) if asked else None
        nodes = reading.explainer.graph.nodes
        return CoverageReport(
            rev=reading.head.id,
            since=reading.since,
            ok=least is None or total.reached * _FULL >= least * total.all,
            fail_under=least,
            lines=total,
            commits=share_of_commits,
            sure=_sure(every, reach),
            folders=tuple(by_folder(shares, tops)),
            files=tuple(PathCoverage(path=quoted(path), lines=own) for path, own in sorted(shares.items())),
            without_lines=tuple(bare_needs) if bare_needs is not None else None,
            titles={name: nodes[name].title for name in bare_needs or ()},
            without_requirement=tuple(
                gap for path, own in sorted(lines.items()) for gap in gaps(path, own, reach, titles, tiny)
            ),
            bare_commits=tuple(bare),
            notes=(*rule.notes, *_notes(reading, every, claims, total)),
        )


def _sure(lines: Sequence[Line], reach: Reach) -> dict[Sure, int]:
    counted = Counter(line.owner.sure for line in lines if reach.all(line.owner.stories))
    return {
        sure: number for sure, number in sorted(counted.items(), key=lambda one: str(one[0])) if sure is not None
    }


def _notes(reading: Reading, lines: Sequence[Line], claims: Sequence[Claim], total: Share) -> Iterator[str]:
    if not total.all:
        but = ", but for those apart" if total.apart else ""
        yield f"no line is younger than the adoption{but}, so there is no share of them yet"
    by_commit = {claim.commit.id: claim for claim in claims}
    yield from reading.unheld((line.owner, by_commit.get(line.commit)) for line in lines)
    yield from reading.unadopted(bare=any(not line.owner.stories for line in lines))
    suspect = sum(any(map(reading.explainer.suspect, line.owner.stories)) for line in lines)
    if suspect:
        yield f"{suspect} of these lines are of stories that are suspect: something above them has changed"


def _files(reading: Reading, request: CoverageRequest) -> tuple[dict[bytes, str], list[bytes]]:
    """The files of code and knowledge at the revision, all or those named and below folders named, with blobs.

    Beside them the paths that were asked for, from the top, which is empty.
    """
    [every] = reading.objects.changes([("", reading.head.tree)])
    work = (one for one in every if one.new_mode in _REGULAR and reading.classify.of(one).klass in WORK)
    files = {one.path: one.new_blob for one in work}
    if not request.paths:
        return files, [b""]
    found: dict[bytes, str] = {}
    tops: list[bytes] = []
    for name in request.paths:
        asked = asked_of(name, request.places)
        each = ((path, _below(files, path)) for path in map(_top, (asked.path, *asked.others)))
        path, below = next((one for one in each if one[1]), (b"", {}))
        if not below:
            raise UsageError(f"{name} holds no file at {reading.head.id[:12]} that a story could be asked for.")
        found |= below
        tops.append(path)
    return found, tops


def _top(path: bytes) -> bytes:
    plain = path.rstrip(b"/")
    return b"" if plain == b"." else plain


def _below(files: Mapping[bytes, str], path: bytes) -> dict[bytes, str]:
    return {one: blob for one, blob in files.items() if not path or one == path or one.startswith(path + b"/")}


def _lines(
    reading: Reading, claims: Sequence[Claim], files: Mapping[bytes, str], past: _Past
) -> dict[bytes, list[Line]]:
    """The lines of files; of one that nobody touched since the adoption all are older."""
    everything = reading.since is None
    touched = {change.path for own in past.changes.values() for change in own}
    lengths = counted(reading, files)
    wanted = {path: blob for path, blob in files.items() if everything or path in touched}
    history = HistoryBlame(reading.objects, reading.since, [claim.commit for claim in claims], past.changes)
    known = past.place.load()
    blamed = FileLines(reading, wanted, history, known)
    ownership = Ownership(reading, past.ignored, known.compared)
    ownership.remember(claims, past.changes)
    every = [line for path in wanted for line in blamed.of(path, lengths[path])]
    told = iter(ownership.owned(every, blamed.at))
    found = {
        path: [Line(one.commit, one.owner, one.older) for one in islice(told, lengths[path])] for path in wanted
    }
    learned = blamed.learned(ownership.comparisons.used)
    if past.is_whole and learned is not None:
        past.place.keep(learned)
    return found | {path: [_OLDER] * lengths[path] for path in files if path not in found}


def _with_apart(lines: dict[bytes, list[Line]], reach: Reach, apart: Set) -> dict[bytes, list[Line]]:
    """The lines with why no requirement is asked for, where they reach none."""
    for path, own in lines.items() if apart.kinds or apart.adopting else ():
        for at, one in enumerate(own):
            if not one.older and (kind := apart.of(path, one.commit)) and not reach.all(one.owner.stories):
                own[at] = one._replace(apart=kind)
    return lines


_OLDER = Line("", Owner(), older=True)


def _commits(
    reading: Reading, claims: Sequence[Claim], changes: Mapping[str, Sequence[Change]], reach: Reach, apart: Set
) -> tuple[list[BareCommit], Share]:
    """The commits since the adoption that change code; those that do not reach the intent one by one."""
    work = [
        claim
        for claim in claims
        if reading.kind(claim, changes[claim.commit.id]) in ("story", "trivial", "untraced")
        and any(reading.classify.of(one).klass is not PathClass.RECORD for one in changes[claim.commit.id])
    ]
    bare = [claim for claim in work if not reach.all(claim.stories)]
    told = [
        BareCommit(
            commit=one.commit.id,
            title=title_of(one.commit),
            stories=one.stories,
            trivial=tiny_reason(one.commit),
            apart=apart.kinds.get(one.commit.id),
        )
        for one in bare
    ]
    kinds: Counter[str] = Counter(one.apart for one in told if one.apart is not None)
    return told, Share(reached=len(work) - len(bare), all=len(work) - kinds.total(), **kinds)

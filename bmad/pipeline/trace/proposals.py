"""What `bmad backfill` has kept, told of older lines and commits: proposals, and no trace."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from bmad.errors import UsageError
from bmad.model.quoting import shown
from bmad.model.trace import BlameReport, TracedLine, TraceReport
from bmad.pipeline.trace.revision import Reading
from bmad.ports.cache import Cache
from bmad.ports.history import Objects

_VERSION = "1"


class Told(NamedTuple):
    """What the index says of a commit."""

    id: str
    grounds: str
    key: str
    title: str
    commits: int


def key_of(since: str) -> str:
    """Under what the proposals for the history before a commit are kept."""
    return f"backfill {_VERSION} {since}"


def index_of(cache: Cache, since: str | None) -> dict[str, Told]:
    """What is kept of proposals, by commit; nothing where nothing is kept."""
    content = cache.load(key_of(since)) if since is not None else None
    if content is None:
        return {}
    return {
        commit: Told(name, grounds, key, title, len(commits))
        for name, grounds, key, title, commits in json.loads(content)
        for commit in commits
    }


def proposals(reading: Reading, cache: Cache | None, report: TraceReport | BlameReport) -> list[str]:
    """What the index says of the older lines or commits of a report: sentences for a person, proposals only."""
    lines = [one for one in report.lines if one.older]
    chains = report.chains if isinstance(report, TraceReport) else ()
    older = [one.commit for one in chains if one.story is None and one.commit is not None]
    index = index_of(cache, reading.since) if cache is not None and (lines or older) else {}
    if not index:
        return []
    found = [(f"commit {one[:12]}", index[one]) for one in older if one in index]
    found += _of_lines(reading.objects, index, report, lines) if lines else []
    return [_sentence(what, told) for what, told in found]


def _of_lines(
    objects: Objects, index: dict[str, Told], report: TraceReport | BlameReport, lines: Iterable[TracedLine]
) -> list[tuple[str, Told]]:
    path = report.path if isinstance(report, BlameReport) else report.query.rpartition(":")[0] or report.query
    try:
        blamed = {one.line: one for one in objects.blame(report.rev, path.encode("utf-8", "surrogateescape"))}
    except UsageError:
        return []
    of: dict[Told, list[int]] = {}
    for one in lines:
        origin = blamed.get(one.line)
        if origin is not None and origin.text == one.text and (told := index.get(origin.commit)) is not None:
            of.setdefault(told, []).append(one.line)
    return [(f"{'line' if len(own) == 1 else 'lines'} {_runs(own)}", told) for told, own in of.items()]


def _runs(numbers: list[int]) -> str:
    """`3-5, 9` of some line numbers."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _sentence(what: str, told: Told) -> str:
    commits = "1 commit" if told.commits == 1 else f"{told.commits} commits"
    said = f"{told.grounds} {shown(told.key)}, “{shown(told.title)}” ({commits})"
    return f"{what}: proposed, before adoption, not traced: {said}"

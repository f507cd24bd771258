"""Mutants of what a story touched, tried on the bench: those that its tests let live are findings with a place.

They are found anew at each review, so that a fix is judged by what it kills. One that behaves as the code does is
disputed as any finding is, and once conceded it is not raised again.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bmad.core.act.diffs import added_lines
from bmad.core.act.marks import uncommented
from bmad.core.act.memory import false_alarms
from bmad.core.act.placing import is_plain
from bmad.core.act.review import finding_id
from bmad.core.evidence.mutants import Mutant, mutants
from bmad.core.evidence.testfiles import calls_pytest, is_of_tests
from bmad.model.act import Reviewed
from bmad.model.agents import Fault, Severity
from bmad.model.bounds import Bound
from bmad.model.quoting import unquoted
from bmad.model.record import Mutants
from bmad.model.review import Disposition, Finding
from bmad.model.settings import CheckSettings
from bmad.pipeline.act.bench import bench
from bmad.pipeline.act.checks.evidence import on_bench, wanted
from bmad.pipeline.act.step import Case, failed

LENS = "mutants"
"""What such a finding was raised through: no reviewer's lens."""

_LEAST = 5.0
"""Seconds that tests of a mutant may take at least, where they take no time otherwise."""
_MOST_LINES = 500
_LOG = 1 << 20
_SOURCES = Bound("sources", 2 << 20, 64 << 20)
_FEW = 3

Lines = Mapping[str, Mapping[int, str]]
"""Path -> number -> text of the lines that the change adds."""


class _Survivor(NamedTuple):
    path: str
    line: int
    words: str


class _Tried(NamedTuple):
    """The mutants that live, the places that were tried, and the figures."""

    survivors: tuple[_Survivor, ...] = ()
    places: frozenset[tuple[str, int]] = frozenset()
    figures: Mutants = Mutants()


def with_mutants(case: Case, reviewed: Reviewed) -> Reviewed:
    """A review with what mutants show beside it, where evidence is asked for.

    An open finding of theirs is settled once its line is gone, or was tried and lets none live.

    Raises: StopError where they cannot be tried.
    """
    if not wanted(case.settings) or not case.settings.evidence.mutants:
        return reviewed
    lines = _touched(case)
    ids = {(path, number): _id(case, path, text) for path, each in lines.items() for number, text in each.items()}
    own = [one for one in case.run.findings.values() if one.lens == LENS]
    open_ones = [one.id for one in own if one.disposition is Disposition.CONFIRMED]
    again = {place for place, name in ids.items() if name in open_ones}
    tried = _of_python(case, lines, again)
    others = _of_others(case, lines)
    found = _findings(case, (*tried.survivors, *others), lines, ids)
    untried = {ids[place] for place in again - tried.places if place[0].endswith(".py")}
    left = [name for name in open_ones if name in found or name in untried]
    fresh = tuple(one for name, one in found.items() if name not in open_ones and not _is_known(case, one))
    survived = len(tried.survivors) + len(others)
    return reviewed.model_copy(
        update={
            "findings": (*reviewed.findings, *fresh),
            "settled": (*reviewed.settled, *(name for name in open_ones if name not in left)),
            "unsettled": (*reviewed.unsettled, *left),
            "mutants": tried.figures.model_copy(update={"survived": survived}),
        }
    )


def _is_known(case: Case, one: Finding) -> bool:
    """Whether it stands already in some other way than open and confirmed, or was a false alarm before."""
    old = case.run.findings.get(one.id)
    alarm = one.id in false_alarms(case.basis.records)
    return alarm or (old is not None and old.disposition is not Disposition.FIXED)


def _touched(case: Case) -> Lines:
    """The lines that the change adds, of files that are no tests."""
    run, more = case.run, case.settings.evidence.tests
    added = added_lines(case.grounds.diff(run.base, run.head))
    return {path: lines for path, lines in added.items() if not is_of_tests(path, more)}


def _of_python(case: Case, lines: Lines, again: Collection[tuple[str, int]]) -> _Tried:
    """The mutants of Python that live; those of lines that are looked at `again` come first."""
    settings = case.settings.evidence
    own = {path: each for path, each in lines.items() if path.endswith(".py") and is_plain(path)}
    texts = {path: case.grounds.text(case.run.head, path) for path in own}
    sources = {path: (text, own[path].keys()) for path, text in texts.items() if text is not None}
    asked = {path: (text, [at for where, at in again if where == path]) for path, (text, _) in sources.items()}
    made = mutants(sources, settings.mutants)
    every = dict.fromkeys((*mutants(asked, settings.mutants).chosen, *made.chosen))
    survivors: list[_Survivor] = []
    places: set[tuple[str, int]] = set()
    spent, tried = 0.0, 0
    for one in [*every][: settings.mutants]:
        if spent >= settings.seconds:
            break
        lives, seconds = _lives(case, one)
        spent, tried = spent + seconds, tried + 1
        places.add((one.path, one.line))
        if lives:
            survivors.append(_Survivor(one.path, one.line, one.words))
    return _Tried(tuple(survivors), frozenset(places), Mutants(tried=tried, left=made.every - tried))


def _lives(case: Case, mutant: Mutant) -> tuple[bool, float]:
    """Whether all commands that run tests pass on a mutant, and the seconds that took.

    Raises: StopError where one does not start.
    """
    files = {unquoted(mutant.path).decode("utf-8", "surrogateescape"): mutant.text}
    commit = case.desk.repository.commit_files(case.run.head, files, case.message("A mutant", "mutant"))
    spent = 0.0
    with closing(on_bench(case, commit, "mutant", partial(_quick, case))) as ended:
        for _, ran, _ in ended:
            spent += ran.seconds
            if ran.exit != 0 or ran.fault is not None:
                return False, spent
    return True, spent


def _quick(case: Case, check: CheckSettings) -> CheckSettings:
    """The command that ends at its first failure where it can, and soon where it would not end at all."""
    usual = max((one.seconds for one in case.run.checks if one.name == check.name), default=0.0)
    run = (*check.run, "-x") if calls_pytest(check.run) else check.run
    return replace(check, run=run, timeout=min(check.timeout, max(_LEAST, 4 * usual)))


def _of_others(case: Case, lines: Lines) -> list[_Survivor]:
    """What the project's own tool says of files of other languages. Raises: StopError where it fails."""
    command = case.settings.evidence.survivors
    own = [(path, line) for path, each in lines.items() for line in each if not path.endswith(".py")]
    if not command or not own:
        return []
    check = CheckSettings(
        name="survivors",
        run=(*command, *(f"{path}:{line}" for path, line in own[:_MOST_LINES])),
        timeout=case.settings.evidence.seconds,
    )
    log = case.log(f"{case.run.step()}-survivors")
    with bench(case, case.run.head) as stood:
        ran = case.check(check, stood.bench.tree.folder, stood.hold, log)
        case.desk.repository.altered(stood.bench)
    if ran.fault is not None or ran.exit != 0:
        words = ran.words or f"it ended with {ran.exit}: {ran.tail[-400:]}"
        raise failed(ran.fault or Fault.UNREADY, f"`evidence.survivors` failed: {words}")
    return [one for one in _said(log) if one.line in lines.get(one.path, {})][:_MOST_LINES]


def _said(log: Path) -> Iterator[_Survivor]:
    """The survivors that a tool prints, a JSON line each; every other line is its own affair."""
    with log.open("rb") as stream:
        told = stream.read(_LOG).decode("utf-8", "replace")
    for text in told.splitlines():
        try:
            one = json.loads(text) if text.startswith("{") else None
        except ValueError:
            continue
        if isinstance(one, dict) and isinstance(one.get("path"), str) and type(one.get("line")) is int:
            yield _Survivor(one["path"], one["line"], str(one.get("mutant", "a mutant"))[:200])


def _id(case: Case, path: str, text: str) -> str:
    """The id of a finding on a line, also where the mark of its false alarm was put behind that line."""
    known = case.run.findings.keys() | false_alarms(case.basis.records).keys()
    before = (finding_id(LENS, path, one) for one in uncommented(path, text))
    return next((one for one in before if one in known), finding_id(LENS, path, text))


def _findings(
    case: Case, survivors: Iterable[_Survivor], lines: Lines, ids: Mapping[tuple[str, int], str]
) -> dict[str, Finding]:
    """A finding a line, by id, with all its mutants that live."""
    by_place: dict[tuple[str, int], list[str]] = {}
    for one in survivors:
        by_place.setdefault((one.path, one.line), []).append(one.words)
    made = (
        _finding(case, place, lines[place[0]][place[1]], ids[place], words) for place, words in by_place.items()
    )
    return {one.id: one for one in made if one.quote.strip()}


def _finding(case: Case, place: tuple[str, int], quote: str, name: str, words: Sequence[str]) -> Finding:
    told = "; ".join(words[:_FEW])
    more = f"; and {len(words) - _FEW} more" if len(words) > _FEW else ""
    return Finding(
        id=name,
        round=case.run.round,
        severity=Severity.P1,
        lens=LENS,
        path=place[0],
        line=place[1],
        end_line=place[1],
        quote=quote,
        claim=f"Every test passes with this line changed, so none tells the two apart: {told}{more}.",
        fix="Add a test that fails for it, or take out what no test needs. Dispute it where both do the same.",
    )

"""Verify: the built-in checks, then the `verify` commands of the base. No model has a say here."""

import re
from collections.abc import Sequence
from signal import SIGKILL, SIGTERM
from typing import NamedTuple

from bmad.core.act import secrets
from bmad.core.act.checks import CONFLICTS, FILES, Check, adds, built_in, truth, written_by_agents
from bmad.core.act.diffs import added_lines
from bmad.core.evidence.silent import contradicted, failing
from bmad.core.gate.words import printable
from bmad.core.paths import classifier
from bmad.errors import TooLargeError
from bmad.model.act import Event, Verified
from bmad.model.agents import Fault, Ran
from bmad.model.bounds import CUT, MAX_DIFF, MIB
from bmad.model.record import CheckRun, Evidence
from bmad.model.settings import CheckSettings
from bmad.model.verification import TestCase
from bmad.pipeline.act.bench import Stood, anew, bench
from bmad.pipeline.act.briefs import hunks_of
from bmad.pipeline.act.checks.changed_tests import asserting_tests, kept_tests
from bmad.pipeline.act.checks.dependencies import dependencies
from bmad.pipeline.act.checks.evidence import asked, evidence, reporting, told, wanted
from bmad.pipeline.act.checks.imports import imported
from bmad.pipeline.act.step import Case, Happened, failed

_TAIL = 2000
_MARKS = ("<<<<<<< ", ">>>>>>> ")


def verify(case: Case) -> Happened:
    """Every check of the change, whatever the others say."""
    run = case.run
    diff, large = _read(case)
    looked = _looked_at(case, diff, large)
    checks, words, alone = [*looked.checks], [*looked.words], False
    rows: tuple[Evidence, ...] = ()
    if not words:
        look = wanted(case.settings) and bool(case.story.criteria)
        commanded = commands(case, run.head, reports=look)
        checks, words = [*checks, *commanded.checks], commanded.words
        alone = commanded.alone
        if look and not words:
            found = evidence(case, commanded.ran)
            rows = found.rows
            checks.append(_check(case, found.check.name, ok=found.check.ok))
            words += [] if found.check.ok else [found.check.sentence]
    seen = Verified(
        head=run.head,
        hunks=hunks_of(case, diff, run.head),
        checks=tuple(checks),
        lenses=case.settings.act.lenses,
        words=tuple(words),
        weakened=looked.weakened,
        unjudged=looked.unjudged,
        alone=alone,
        evidence=rows,
    )
    return Event.CHECKS_FAILED if words else Event.PASSED, seen


class Commanded(NamedTuple):
    """The `verify` commands that ran, what failed in them, a sentence each, and what they had been set up on.

    `alone` says that it was the very commit; else it was what that builds on. `ran` are the tests of those that
    were asked which ones that were. `killed` says that one was killed from outside.
    """

    checks: list[CheckRun]
    words: list[str]
    alone: bool
    ran: dict[str, list[TestCase]]
    killed: bool = False


def commands(case: Case, commit: str, *, reports: bool = False) -> Commanded:
    """Run the `verify` commands at a commit; with `reports` some have to say which tests ran.

    Where one is killed from outside, as where memory runs out, that says nothing of the change: all run once more.

    Raises: StopError where it cannot be set up, one cannot run, or none reports, which is no fault of the change.
    """
    came = _commanded(case, commit, reports=reports)
    return _commanded(case, commit, reports=reports) if came.killed else came


_KILLED = frozenset(code for one in (SIGKILL, SIGTERM) for code in (-one, 128 + one))
"""How what was killed ends; what runs it in a sandbox says so by the second number."""


def _was_killed(ran: Ran) -> bool:
    """Whether somebody else than bmad killed it, which ends what takes too long, or prints without end."""
    return ran.fault is None and ran.exit in _KILLED


def _commanded(case: Case, commit: str, *, reports: bool) -> Commanded:
    checks: list[CheckRun] = []
    words: list[str] = []
    ran_by: dict[str, list[TestCase]] = {}
    killed = False
    asking = {one.name for one in reporting(case)} if reports else set()
    if not case.settings.verify and not (case.settings.setup and case.run.is_to_land):
        return Commanded(checks, words, alone=False, ran=ran_by)
    with bench(case, commit) as first:
        stood = first._replace(bench=first.bench._replace(cleared=()))
        for check in case.settings.verify:
            ran = _run(case, asked(check) if check.name in asking else check, stood)
            altered = set(case.desk.repository.altered(stood.bench)) - set(stood.bench.altered)
            passed, killed = ran.exit == 0 and ran.fault is None, killed or _was_killed(ran)
            faults: list[str] = []
            if check.name in asking:
                ran_by[check.name], faults = told(case, asked(check), stood.bench)
            untrue = failing(ran_by.get(check.name, ()))
            checks.append(_check(case, check.name, ok=passed and not (altered or untrue), ran=ran))
            if passed:
                words += [_ALTERED.format(check.name, ", ".join(sorted(altered)[:5]))] if altered else []
                words += [*faults, *([contradicted(check.name, untrue)] if untrue else [])]
            else:
                words.append(_failed(check, ran) + _without(stood.bench.cleared) + _built_on(case, stood))
                words[-1] += _unkept(case)
            if not check.keeps and check is not case.settings.verify[-1]:
                stood = anew(case, stood)
        return Commanded(checks, words, first.alone, ran_by, killed)


def _built_on(case: Case, stood: Stood) -> str:
    """What a failed check may have missed of `setup`, as a sentence; empty where it had all of it."""
    return "" if stood.alone or not case.settings.setup else _SET_UP


def _unkept(case: Case) -> str:
    """What its developer may have written and no commit holds, as a sentence; empty where that is nothing."""
    here = not case.run.submitted and case.run.story in case.desk.repository.worktrees()
    told = case.ignored(case.worktree()) if here else ""
    return f"\n{told}" if told else ""


def _without(left: Sequence[str]) -> str:
    """What the checks before a failed one left and it did not have, as a sentence; empty where that is nothing."""
    told = [name for name in left if not _CACHE.search(name)][:3]
    return _CLEARED.format(", ".join(map(printable, told))) if told else ""


_CACHE = re.compile(r"(?:^|/)(?:\.|__pycache__(?:/|$))")

_CLEARED = (
    "\nIt ran without what the check before it left ({}): each sees the commit and what `setup` made. Where it "
    "needs that, a person says `keeps: true` of the check that makes it."
)

_BEYOND = f"secrets after the first {MAX_DIFF // MIB} MiB of the difference"

_SET_UP = (
    "\nIt ran with what `setup` made of the commit that this one builds on. What is made of files that the change "
    "itself holds belongs in `verify`."
)

_ALTERED = (
    "The check `{}` passed, but what it saw is not what would land: files of the commit changed while it ran "
    "({}). Commit what it writes, or let it only look."
)


class _Looked(NamedTuple):
    """The built-in checks, what failed in them, which tests ask for less, and what could not be judged."""

    checks: list[CheckRun]
    words: list[str]
    weakened: tuple[str, ...]
    unjudged: tuple[str, ...]


def _looked_at(case: Case, diff: str, large: Check | None) -> _Looked:
    """The built-in checks; where one failed, no command runs on the change."""
    run, settings = case.run, case.settings
    changes = case.grounds.changes(run.base, run.head)
    classify = classifier(case.basis.layout, settings.gate.governed)
    tests = kept_tests(case)
    beside = case.grounds.names(run.head) if adds(changes) else []
    found = [*built_in(changes, classify, case.territory, run.story, beside), tests.check]
    if large is not None:
        found = [large if one.name == FILES and one.ok else one for one in found]
    if settings.oracle and written_by_agents(run.works):
        found.append(truth(changes, settings.oracle))
    leaks = secrets.found(added_lines(diff))
    found.append(secrets.no_secrets(leaks, run.spoken))
    checks = [_check(case, one.name, ok=one.ok) for one in found]
    words = [one.sentence for one in found if not one.ok]
    if not changes:
        words.append("The story changes nothing: its work is the same as the base.")
    if run.conflicts or CONFLICTS in run.failing_names:
        left = [path for path in run.conflicts if _marked(case, path)]
        checks.append(_check(case, CONFLICTS, ok=not left))
        words += [f"{printable(path)} still holds conflict marks." for path in left]
    unjudged = (*tests.unjudged, *([_BEYOND] if diff.endswith(CUT) else []))
    if not words:
        imports = imported(case)
        unjudged += imports.unjudged
        idle = asserting_tests(case) if wanted(settings) else None
        last = [one for one in (imports.check, dependencies(case), idle) if one is not None]
        checks += [_check(case, one.name, ok=one.ok) for one in last]
        words += [one.sentence for one in last if not one.ok]
    return _Looked(checks, words, tests.weakened, unjudged)


def _read(case: Case) -> tuple[str, Check | None]:
    """The change as reviewers and the gate read it; where it is more than that, what failed."""
    try:
        return case.grounds.whole_diff(case.run.base, case.run.head), None
    except TooLargeError as error:
        return "", Check(FILES, ok=False, sentence=f"The change is more than is read, so it cannot land. {error}")


def _marked(case: Case, path: str) -> bool:
    text = case.grounds.text(case.run.head, path) or ""
    return any(line.startswith(_MARKS) for line in text.split("\n"))


def _run(case: Case, check: CheckSettings, stood: Stood) -> Ran:
    """Run one command. Raises: StopError where it does not start: that is no fault of the change."""
    log = case.log(f"{case.run.step()}-{check.name.replace('/', '-')}")
    ran = case.check(check, stood.bench.tree.folder, stood.hold, log)
    if ran.fault in (Fault.NOT_STARTED, Fault.ENVIRONMENT):
        raise failed(ran.fault, f"The check `{check.name}` cannot run. {ran.words}")
    return ran


def _check(case: Case, name: str, *, ok: bool, ran: Ran | None = None) -> CheckRun:
    if ran is None:
        return CheckRun(round=case.run.round, name=name, ok=ok)
    return CheckRun(round=case.run.round, name=name, ok=ok, exit=ran.exit, seconds=round(ran.seconds, 3))


_AGAIN = ", and so when it was run again: it was killed, as where memory runs out"


def _failed(check: CheckSettings, ran: Ran) -> str:
    killed = _AGAIN if _was_killed(ran) else ""
    ended = ran.words or f"`{check.name}` ({' '.join(check.run)}) ended with {ran.exit}{killed}."
    return f"The check {ended}\n{ran.tail[-_TAIL:]}"

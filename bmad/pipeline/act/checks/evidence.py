"""Evidence: each criterion's tests, seen to fail before the change and to pass after it, on the bench alone.

Before the change is its base with only its tests applied; where they fail there for want of what is new, it is the
head with emptied bodies. What ran is told by the runner's report, not by who wrote the tests.
"""

import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from bmad.core.act.checks import EVIDENCE, Check
from bmad.core.evidence.built import built
from bmad.core.evidence.emptied import emptied
from bmad.core.evidence.naming import Names
from bmad.core.evidence.people import by_person
from bmad.core.evidence.shown import Allowed, Runs, Shown, shown, unclear
from bmad.core.evidence.silent import left_out, silenced, silent
from bmad.core.evidence.sources import Source, SourceTest, holds_tests, read
from bmad.core.evidence.testfiles import calls_pytest, is_of_tests
from bmad.core.gate.words import printable
from bmad.errors import UsageError
from bmad.model.agents import Fault, Ran
from bmad.model.bounds import Bound
from bmad.model.commits import ABSENT
from bmad.model.quoting import quoted
from bmad.model.record import Evidence
from bmad.model.settings import CheckSettings, Level, Settings
from bmad.model.verification import TestCase
from bmad.model.worktrees import Bench
from bmad.pipeline.act.bench import Stood, anew, bench
from bmad.pipeline.act.step import Case, failed

_MIB = 1 << 20
_SOURCES = Bound("files of tests", 2 * _MIB, 64 * _MIB)
_FILE = ".bmad-junit.xml"
_STANDS = "Each criterion of {} has evidence, or waits for the word of a person."


class Evidenced(NamedTuple):
    """The check, and a row a criterion."""

    check: Check
    rows: tuple[Evidence, ...]


def wanted(settings: Settings) -> bool:
    """Whether evidence is looked for: at level `verified`, and where policy says so."""
    return settings.evidence.always or settings.gate.level is Level.VERIFIED


def reporting(case: Case) -> list[CheckSettings]:
    """The `verify` commands that report which tests ran.

    Raises: StopError where none does: that is no fault of the change.
    """
    found = [one for one in case.settings.verify if one.junit or calls_pytest(one.run)]
    if not found:
        words = (
            "Evidence is asked for (`gate.level: verified`, or `evidence.always`), and no `verify` command says "
            "which tests ran. Call pytest there, or say where another runner writes its JUnit XML "
            "(`junit: build/report.xml`), and commit it."
        )
        raise failed(Fault.MISCONFIGURED, words)
    return found


def asked(check: CheckSettings) -> CheckSettings:
    """The command with the question for a report, where it is one that has to be asked."""
    if check.junit or not calls_pytest(check.run):
        return check
    return replace(check, run=(*check.run, f"--junitxml={_FILE}"), junit=_FILE)


def told(case: Case, check: CheckSettings, stood: Bench) -> tuple[list[TestCase], list[str]]:
    """The tests that a command reports, and what is wrong with its reports, a sentence each.

    A file of the commit is no report, whatever it holds.
    """
    cases: list[TestCase] = []
    words: list[str] = []
    own = {path for path, _ in case.grounds.files(stood.commit)}
    for path, content in case.desk.repository.reports(stood, check.junit or ""):
        if quoted(os.fsencode(path)) in own:
            words.append(f"{printable(path)} is a file of the commit, and no report of the check `{check.name}`.")
            continue
        try:
            cases += case.desk.formats.test_report(content, path)
        except UsageError as error:
            words.append(f"The report of the check `{check.name}` cannot be read. {error}")
    return cases, words


def evidence(case: Case, after: Mapping[str, Sequence[TestCase]]) -> Evidenced:
    """What the tests of each criterion show; `after` are those that ran on the head, by the check that ran them.

    What was seen of the very same commit is not looked for once more, as before it lands.

    Raises: StopError where nothing can be looked at.
    """
    story, run = case.story, case.run
    if run.verified == run.head and run.evidence and EVIDENCE not in run.failing_names:
        return Evidenced(Check(EVIDENCE, ok=True, sentence=_STANDS.format(run.story)), run.evidence)
    names = Names(f"{story.id}/{one.id}" for one in story.criteria)
    sources = list(_sources(case, names))
    head = [one for cases in after.values() for one in cases]
    runs = Runs(head, _run(case, _on_base(case), "base"))
    state, landings = case.basis.state, case.basis.landings
    of_parts = built(story, state.story, lambda name: landings(name) > 0)
    allowed = Allowed(by_person(state.graph, story), of_parts)
    if unclear(story, sources, runs, allowed):
        runs = runs._replace(emptied=_emptied(case))
    found: Shown = shown(story, sources, runs, tuple(after), allowed)
    quiet = _silenced(case, sources, runs)
    wrong = [*found.words, *([left_out(quiet)] if quiet else [])]
    words = "\n".join(wrong) or _STANDS.format(run.story)
    return Evidenced(Check(EVIDENCE, ok=not wrong, sentence=words), found.rows)


def _silenced(case: Case, sources: Sequence[Source], runs: Runs) -> list[SourceTest]:
    """The tests that ran and passed on the base as it was, and stand on the head without being run.

    The base is run as it was only where a test of it does not run on the head; most changes need no such run.
    """
    stood = {path for path, _ in case.grounds.files(case.run.base)}
    every = [one for source in sources for one in source.tests if one.path in stood]
    said = case.run.spoken
    quiet = [one for one in silent(runs.head, every) if not any(one.short in words for words in said)]
    return silenced(_run(case, case.run.base, "before"), quiet) if quiet else []


def _sources(case: Case, names: Names) -> Iterator[Source]:
    """The tests of the head that name a criterion of the story, and all others of the files that do."""
    files = [(path, blob) for path, blob in case.grounds.files(case.run.head) if holds_tests(path)]
    held = case.grounds.contents(list(dict.fromkeys(blob for _, blob in files)), _SOURCES)
    for path, blob in files:
        text = held.get(blob, b"").decode("utf-8", "replace")
        yield read(path, text, names)


def _on_base(case: Case) -> str:
    """The base with only the tests of the change applied."""
    run, more = case.run, case.settings.evidence.tests
    changes = case.grounds.changes(run.base, run.head)
    tests = {
        one.path: (one.new_mode, one.new_blob)
        for one in changes
        if one.new_mode not in (ABSENT, "160000") and is_of_tests(quoted(one.path), more)
    }
    if not tests:
        return run.base
    return case.desk.repository.graft(run.base, tests, case.message("Only the tests", "evidence"))


def needed(case: Case) -> list[CheckSettings]:
    """The commands that say which tests ran, and those before them whose builds they need.

    Raises: StopError where none says so.
    """
    asking = {one.name for one in reporting(case)}
    last = max(at for at, one in enumerate(case.settings.verify) if one.name in asking)
    return [one for one in case.settings.verify[: last + 1] if one.keeps or one.name in asking]


def on_bench(
    case: Case, commit: str, what: str, shaped: Callable[[CheckSettings], CheckSettings], first: Sequence[str] = ()
) -> Generator[tuple[CheckSettings, Ran, Bench]]:
    """Run these commands at a commit, each as `shaped`, with a command `first` on the bench where one is named.

    Raises: StopError where one does not start.
    """
    with bench(case, commit) as begun:
        stood = begun
        _before(case, stood, first)
        left = False
        for check in needed(case):
            if left:
                stood = anew(case, stood)
                _before(case, stood, first)
            ran = _start(case, shaped(check), stood, f"{what}-{check.name.replace('/', '-')}")
            yield check, ran, stood.bench
            left = not check.keeps
        case.desk.repository.altered(stood.bench)


def _before(case: Case, stood: Stood, first: Sequence[str]) -> None:
    if not first:
        return
    done = _start(case, CheckSettings(name="empty", run=tuple(first)), stood, "empty")
    if done.fault is not None or done.exit != 0:
        words = done.words or f"it ended with {done.exit}: {done.tail[-400:]}"
        raise failed(done.fault or Fault.UNREADY, f"`evidence.empty` failed: {words}")


def _start(case: Case, check: CheckSettings, stood: Stood, what: str) -> Ran:
    """Run one command on the bench. Raises: StopError where it does not start."""
    log = case.log(f"{case.run.step()}-{what}")
    ran = case.check(check, stood.bench.tree.folder, stood.hold, log)
    if ran.fault in (Fault.NOT_STARTED, Fault.ENVIRONMENT):
        raise failed(ran.fault, f"The check `{check.name}` cannot run. {ran.words}")
    return ran


def _run(case: Case, commit: str, what: str, first: Sequence[str] = ()) -> list[TestCase]:
    """The tests that ran at a commit, whatever came of them."""
    ran = on_bench(case, commit, what, asked, first)
    return [one for check, _, stood in ran for one in told(case, asked(check), stood)[0]]


def _emptied(case: Case) -> list[TestCase] | None:
    """The tests that ran on the head with emptied bodies; None where there is nothing that can be emptied."""
    texts = dict(_texts(case))
    command = case.settings.evidence.empty
    others = _others(case) if command else []
    if not texts and not others:
        return None
    commit = case.run.head
    if texts:
        message = case.message("Emptied bodies", "evidence")
        commit = case.desk.repository.commit_files(commit, texts, message)
    return _run(case, commit, "emptied", (*command, *others) if command and others else ())


def _texts(case: Case) -> Iterator[tuple[str, str]]:
    """The Python sources of the change with emptied bodies, by path."""
    run, more = case.run, case.settings.evidence.tests
    changes = [
        one
        for one in case.grounds.changes(run.base, run.head)
        if one.path.endswith(b".py") and one.new_mode != ABSENT and not is_of_tests(quoted(one.path), more)
    ]
    blobs = {blob for one in changes for blob in (one.old_blob, one.new_blob) if blob.strip("0")}
    held = case.grounds.contents(sorted(blobs), _SOURCES)
    texts = {blob: content.decode("utf-8", "replace") for blob, content in held.items()}
    for one in changes:
        after = texts.get(one.new_blob)
        text = emptied(texts.get(one.old_blob), after) if after is not None else None
        if text is not None:
            yield one.path.decode("utf-8", "surrogateescape"), text


def _others(case: Case) -> list[str]:
    """The changed files of other languages that are no tests."""
    run, more = case.run, case.settings.evidence.tests
    paths = [
        one.path.decode("utf-8", "surrogateescape")
        for one in case.grounds.changes(run.base, run.head)
        if one.new_mode in ("100644", "100755")
    ]
    return [path for path in paths if not path.endswith(".py") and not is_of_tests(path, more)]

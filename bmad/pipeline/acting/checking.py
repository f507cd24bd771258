"""Verify: the built-in checks, then the `verify` commands of the base. No model has a say here."""

from bmad.core.act.checks import built_in
from bmad.core.paths import classifier
from bmad.model.act import Event, Verified
from bmad.model.agents import Fault, Ran
from bmad.model.record import CheckRun
from bmad.model.settings import CheckSettings
from bmad.model.worktrees import Worktree
from bmad.pipeline.acting.briefs import hunks_of
from bmad.pipeline.acting.case import Case, Happened, failed

_TAIL = 2000
_MARKS = ("<<<<<<< ", ">>>>>>> ")


def verify(case: Case) -> Happened:
    """Every check of the change, whatever the others say."""
    run, repository = case.run, case.desk.repository
    tree = case.worktree()
    repository.reset(tree, run.head, case.place(run.step()))
    diff = repository.diff(run.base, run.head)
    checks, words = _looked_at(case)
    if not words:
        case.set_up(tree)
        ran, words = commands(case, tree)
        checks += ran
        repository.reset(tree, run.head, "")
    event = Event.CHECKS_FAILED if words else Event.PASSED
    hunks, lenses = hunks_of(case, diff, run.head), case.settings.act.lenses
    return event, Verified(head=run.head, hunks=hunks, checks=tuple(checks), lenses=lenses, words=tuple(words))


def commands(case: Case, tree: Worktree) -> tuple[list[CheckRun], list[str]]:
    """The `verify` commands run in a worktree, and what failed in them, a sentence each."""
    checks: list[CheckRun] = []
    words: list[str] = []
    for check in case.settings.verify:
        ran = _run(case, check, tree)
        checks.append(_check(case, check.name, ok=ran.exit == 0 and ran.fault is None, ran=ran))
        if not checks[-1].ok:
            words.append(_failed(check, ran))
    return checks, words


def _looked_at(case: Case) -> tuple[list[CheckRun], list[str]]:
    """The built-in checks, and what failed in them; where one did, no command runs on the change."""
    run, settings = case.run, case.settings
    changes = case.grounds.changes(run.base, run.head)
    classify = classifier(case.basis.intent, settings.gate.governed)
    found = built_in(changes, classify, case.territory, run.story)
    checks = [_check(case, one.name, ok=one.ok) for one in found]
    words = [one.sentence for one in found if not one.ok]
    if not changes:
        words.append("The story changes nothing: its work is the same as the base.")
    if run.conflicts:
        left = [path for path in run.conflicts if _marked(case, path)]
        checks.append(_check(case, "conflicts", ok=not left))
        words += [f"{path} still holds conflict marks." for path in left]
    return checks, words


def _marked(case: Case, path: str) -> bool:
    text = case.grounds.text(case.run.head, path) or ""
    return any(line.startswith(_MARKS) for line in text.split("\n"))


def _run(case: Case, check: CheckSettings, tree: Worktree) -> Ran:
    """Run one command. Raises: StopError where it does not start: that is no fault of the change."""
    log = case.log(f"{case.run.step()}-{check.name.replace('/', '-')}")
    ran = case.desk.agents.check(check, tree.folder, case.hold, log, confine=case.confine)
    if ran.fault in (Fault.NOT_STARTED, Fault.ENVIRONMENT):
        raise failed(ran.fault, f"The check `{check.name}` cannot run. {ran.words}")
    return ran


def _check(case: Case, name: str, *, ok: bool, ran: Ran | None = None) -> CheckRun:
    if ran is None:
        return CheckRun(round=case.run.round, name=name, ok=ok)
    return CheckRun(round=case.run.round, name=name, ok=ok, exit=ran.exit, seconds=round(ran.seconds, 3))


def _failed(check: CheckSettings, ran: Ran) -> str:
    ended = ran.words or f"`{check.name}` ({' '.join(check.run)}) ended with {ran.exit}."
    return f"The check {ended}\n{ran.tail[-_TAIL:]}"

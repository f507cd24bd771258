"""Landing: carry the story onto the target's tip, write its record, have the gate look, and move the target."""

import json
from contextlib import suppress

from bmad.core.act.checks import evidence, vouched
from bmad.core.act.run import Run
from bmad.core.act.spending import spent
from bmad.core.paths import classifier
from bmad.core.records.build import Changed, Course, Place, build_record
from bmad.errors import CannotAnswerError, UsageError
from bmad.model.act import Conflicted, Event, Failed, Landed, Moved, Unproven, Waits
from bmad.model.agents import Fault, Role
from bmad.model.gate import GateReport
from bmad.model.record import Accepted, Record
from bmad.model.settings import Level
from bmad.model.signing import canonical
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.prepared import prepared_in
from bmad.pipeline.act.reviewers.authors import authors_of
from bmad.pipeline.act.step import Case, Happened, failed
from bmad.pipeline.act.upstream import by_other_work
from bmad.pipeline.branches import REF, short
from bmad.pipeline.gate.gate import GateRequest, gate
from bmad.ports.acting import Desk

POLICY_ACCEPTS = Accepted(by="act.accept", how="policy")


def land(case: Case) -> Happened | None:
    """One attempt; None where the target moved in the meantime, so that it is to be tried again."""
    run, on, tip = case.run, case.basis.commit, case.basis.tip
    landed = _landed(case)
    if landed is not None:
        words = _otherwise(case, landed) if run.policy.land == "branch" else ""
        return Event.LANDED, Landed(commit=landed, record=record_path(case), words=words)
    if run.policy.land == "branch" and _is_left(case):
        return Event.WAITS, Waits(words=_LEFT.format(short(case.branch), short(run.target)))
    if words := stray(case.desk, case.grounds, run):
        return Event.WAITS, Waits(words=words, commands=(_back(run),))
    if on != run.base or (case.settings.setup and run.proven != run.head):
        return _carry(case, on) if on != run.base else (Event.UNPROVEN, Unproven())
    commit = _kept(case, tip)
    refused = judge(case.desk, case.grounds, (_judged_from(case, commit), commit), case.settings.gate.level)
    if refused is not None and _lands_in_two(case):
        return _move(case, run.base, None)
    if refused is not None:
        words = f"The gate refuses the landing: {refused.rstrip('.')}. Where the work is at fault: {_back(run)}"
        return Event.FAILED, Failed(fault=Fault.REFUSED, words=words)
    if run.policy.land == "branch":
        return _leave(case, commit)
    return _move(case, commit, (Event.LANDED, Landed(commit=commit, record=record_path(case))))


def _back(run: Run) -> str:
    """The command that sends it back to its developer."""
    return f"bmad reject {run.story} --why REASON"


def _move(case: Case, commit: str, moved: Happened | None) -> Happened | None:
    """Move the target; what came of it, None where it is to be tried again."""
    done = case.desk.repository.land(case.run.onto, commit, case.basis.tip)
    if done.state == "moved":
        return moved
    return (Event.WAITS, Waits(words=done.words)) if done.state == "waits" else None


def _lands_in_two(case: Case) -> bool:
    """Whether the gate takes what it refuses in one commit once the preparation has landed before the work.

    So it is where a story's territory was widened: that counts once it stands in the base.
    """
    if not case.basis.is_prepared:
        return False
    commit = _landing(case, case.run.base, _recorded(case))
    return judge(case.desk, case.grounds, (case.run.base, commit), case.settings.gate.level) is None


def _judged_from(case: Case, commit: str) -> str:
    """The base that the gate measures a landing against: the tip that it lands on.

    What was rejected on `bmad/next` lands there twice before any of it is on the target: it is judged as one.
    """
    run = case.run
    target = case.desk.repository.tip(run.target) if run.onto != run.target and run.landing > 1 else None
    return case.basis.tip if target is None else case.grounds.fork(target, commit)


def record_path(case: Case) -> str:
    return case.basis.layout.record_path(case.run.story, case.run.landing)


def _landed(case: Case) -> str | None:
    """The commit that this landing stands in already: a crash kept it from being noted, or a host has merged it.

    Raises: StopError where something else stands in the record's place, or what landed is other work.
    """
    run, path = case.run, record_path(case)
    if path not in case.basis.state.records:
        return None
    record = case.basis.record(run.story, run.landing)
    if record is not None and record.change != record_of(case).change:
        raise failed(Fault.REFUSED, by_other_work(run))
    if record is None:
        words = f"{path} stands on {short(run.onto)} and is no record of this landing. Take it away there first."
        raise failed(Fault.REFUSED, words)
    steps = case.desk.repository.steps(case.basis.tip, run.base)
    return next((one.id for one in reversed(steps) if one.story == run.story), case.basis.tip)


def _otherwise(case: Case, landed: str) -> str:
    """What the gate says against a landing that is not bmad's: a host may merge more than was reviewed."""
    run, grounds = case.run, case.grounds
    way = [one.id for one in grounds.touching(case.basis.commit, record_path(case))]
    head = next((one for one in reversed(way) if grounds.reaches(one, run.base)), landed)
    refused = judge(case.desk, grounds, (run.base, head), case.settings.gate.level)
    if refused is None:
        return ""
    words = _NOT_AS_REVIEWED.format(run.story, short(run.target), head[:12], refused)
    case.notes.append(words)
    return words


_NOT_AS_REVIEWED = "{0} stands on {1}, but not as it was reviewed; the gate refuses {2}: {3}"


def stray(desk: Desk, grounds: Grounds, run: Run) -> str:
    """What people committed on the story's branch and nobody has reviewed, as a sentence; empty where nothing."""
    branch, seen = (run.submitted, run.worked) if run.submitted else (f"{REF}{run.story}", run.head)
    onto = desk.repository.tip(run.onto)
    tip = desk.repository.tip(branch)
    strange = unseen(grounds, tip, seen, onto) if onto is not None and seen else []
    if tip is not None and onto is not None and seen and not (strange or run.submitted):
        strange = _rewritten(grounds, run, tip, onto)
    return _UNSEEN.format(short(branch), ", ".join(strange[:3]), run.story) if strange else ""


def _rewritten(grounds: Grounds, run: Run, tip: str, onto: str) -> list[str]:
    """The commits of a branch that somebody made over, as `git commit --amend` does it: they keep their trailers.

    bmad itself puts a reviewed branch on another base alone.
    """
    if grounds.reaches(tip, run.head) or grounds.reaches(run.head, tip):
        return []
    forks = grounds.commit(run.base).parents[0] if run.held and not grounds.reaches(onto, run.base) else run.base
    if grounds.fork(onto, tip) != forks:
        return []
    return [one.id[:12] for one in grounds.between(run.head, tip)]


_UNSEEN = (
    "{} holds commits that nobody reviewed ({}). Take them off the branch, or send the story back with what they "
    "say: bmad reject {} --why REASON"
)


def unseen(grounds: Grounds, tip: str | None, seen: str, onto: str) -> list[str]:
    """What people have committed since a commit that was seen; what is of `onto` itself, and joins it, is not."""
    if tip is None or tip == seen:
        return []
    own = {one.id for one in grounds.between(onto, tip)}
    return [one.id[:12] for one in grounds.by_people(seen, tip) if one.id in own and len(one.parents) == 1]


def _carry(case: Case, onto: str) -> Happened:
    """The target has moved: the branch is put on top of it, and of what is held there, and verified again."""
    tree, held = case.worktree(), case.basis.is_prepared
    case.reset(tree, case.run.head, "land")
    conflicts = case.desk.repository.rebase(tree, case.run.base, onto)
    if conflicts:
        if held:
            _keep_both(case, onto)
        return Event.CONFLICTED, Conflicted(base=onto, held=held, paths=conflicts)
    head = case.desk.repository.tip(case.branch) or onto
    edited = _sections(case, case.run.base) != _sections(case, onto)
    return Event.MOVED, Moved(base=onto, held=held, head=head, tree=case.grounds.tree(head), edited=edited)


def _keep_both(case: Case, onto: str) -> None:
    """Have the story's branch reach its work and what this conflicts with, which no other branch holds."""
    repository, head = case.desk.repository, case.run.head
    message = case.message("Keep the work beside what it conflicts with", "land")
    case.hold_on_branch(repository.join(head, onto, head, message))


def _sections(case: Case, commit: str) -> list[tuple[str, str]]:
    """What the story's sections say at a commit: its builders are told, its fingerprint knows nothing of it."""
    story = case.grounds.state(commit).story(case.run.story)
    return [(one.title, one.text.strip()) for one in story.sections] if story is not None else []


def _kept(case: Case, tip: str) -> str:
    """The commit that would land, made anew where a `git gc` has taken some of it meanwhile."""
    for _ in range(_TRIES):
        with suppress(CannotAnswerError):
            commit = prepare(case)
            if case.desk.repository.is_whole(commit, tip):
                return commit
    return prepare(case)


_TRIES = 5


def prepare(case: Case) -> str:
    """The commit that would land, with the record in it; nothing is moved."""
    return _landing(case, case.basis.tip, _recorded(case))


def _recorded(case: Case) -> str:
    """The story's work with its record."""
    run, text = case.run, _attested(case, record_of(case)).as_json()
    message = case.message(f"Record {run.story}: {case.story.title}", run.step())
    return case.desk.repository.commit_files(run.head, {record_path(case): text}, message)


def _landing(case: Case, tip: str, recorded: str) -> str:
    """What is recorded, as the commit that a tip moves to."""
    run, repository, title = case.run, case.desk.repository, f"Land {case.run.story}: {case.story.title}"
    match run.policy.land:
        case "squash":
            before = prepared_in(case.grounds, case.basis) if tip == case.basis.tip else ""
            wrote = (one for one in run.works if one.role is not Role.REVIEWER)
            return repository.squash(tip, recorded, case.message(title, run.step(), *wrote, before=before))
        case "merge":
            return repository.join(tip, recorded, recorded, case.message(title, run.step()))
        case _:
            return recorded


def _attested(case: Case, record: Record) -> Record:
    """The record with the signature of whoever works here, where the base's policy counts no other."""
    if case.settings.gate.attest != "signed":
        return record
    content = canonical(json.loads(record.as_json()))
    return record.model_copy(update={"signature": case.desk.repository.signature(content)})


def record_of(case: Case) -> Record:
    """The record of the landing. Raises: ValueError where something in it is not settled."""
    run = case.run
    accepted = POLICY_ACCEPTS
    if run.accepted is not None:
        accepted = Accepted(by=run.accepted.by, how=run.accepted.how)
    course = Course(
        rounds=run.round,
        works=run.works,
        checks=run.checks,
        findings=tuple(run.findings.values()),
        evidence=vouched(run.evidence, run.accepted) or evidence(case.story, run.checks),
        authors=authors_of(case.grounds, run),
        shown=run.shown,
        hunks=run.hunks,
        granted=run.granted,
        lost=run.lost,
        deviations=run.deviations,
        log=run.log,
        mutants=run.mutants,
        verdicts=run.verdicts,
        spent=spent((*run.works, *run.lost), case.settings.prices),
    )
    place = Place(
        story=run.story,
        landing=run.landing,
        repository=case.settings.gate.repository or case.desk.repository.home.name,
        target=run.target,
        base=run.base,
        head=run.head,
        spec=run.spec,
    )
    classify = classifier(case.basis.layout, case.settings.gate.governed)
    changed = Changed(case.grounds.changes(run.base, run.head), case.grounds.cuts(run.base, run.head))
    return build_record(place, changed, classify, course, accepted)


_LEFT = "Push {} and have it merged: it is done when its record reaches {}."


def _is_left(case: Case) -> bool:
    """Whether the story's branch holds the record already."""
    tip = case.desk.repository.tip(case.branch)
    return tip is not None and case.grounds.text(tip, record_path(case)) is not None


def _leave(case: Case, commit: str) -> Happened:
    """For a protected branch: the story's branch holds the record, and lands on the code host."""
    repository, branch = case.desk.repository, case.branch
    tree = case.worktree()
    repository.reset(tree, commit, case.place("land"))
    return Event.WAITS, Waits(words=_LEFT.format(short(branch), short(case.run.target)))


def judge(desk: Desk, grounds: Grounds, ends: tuple[str, str], level: Level) -> str | None:
    """What the gate would refuse between two commits, as a sentence, or None; at the level `reviewed` at least."""
    level = level if level.rank > Level.REVIEWED.rank else Level.REVIEWED
    try:
        report = gate(grounds, desk.formats, desk.clock, GateRequest(*ends, level), grounds.specs)
    except UsageError as error:
        return str(error)
    return None if report.ok else words(report)


def words(report: GateReport) -> str:
    first, *rest = report.every_finding
    more = f" (and {len(rest)} more)" if rest else ""
    return f"{first.code} {first.message}{more}"

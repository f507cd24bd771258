"""DevStory and FixThis: an agent's diff becomes one commit on the story's branch."""

from collections.abc import Iterable
from typing import Any

from bmad.core.act.checks import UNKEPT
from bmad.core.act.diffs import added_lines
from bmad.core.act.marks import marks, says_something
from bmad.core.act.run import PERSON, Run, lacks_mark
from bmad.core.gate.words import listed
from bmad.core.paths import PathClass, classifier
from bmad.core.prompts.brief import Prompt
from bmad.core.trailers import parse, stories
from bmad.model.act import Developed, Event, Fixed, Moved, State, Tested, Waits
from bmad.model.agents import HUMAN, Role
from bmad.model.answers import Mark, WorkAnswer
from bmad.model.commits import Change, Commit
from bmad.model.record import Work
from bmad.model.review import Disposition, Finding
from bmad.pipeline.act import prompts
from bmad.pipeline.act.briefs import hunks_of, put_before
from bmad.pipeline.act.calls import Ask, call
from bmad.pipeline.act.prompts import repair
from bmad.pipeline.act.reviewers.authors import by_hand
from bmad.pipeline.act.step import Case, Happened, StopError
from bmad.pipeline.branches import REMOTES, local, short


def dev(case: Case) -> Happened:
    """The tester's tests, where there is a tester and they are not there yet; else the developer's work."""
    run = case.run
    if run.submitted:
        head, base = _own(case)
        tree = case.grounds.tree(head)
        return Event.DEVELOPED, Developed(head=head, tree=tree, base=base, work=(_by_hand(case, head),))
    later = _later_base(case)
    if later is not None:
        held = case.basis.is_prepared and later == case.basis.commit
        if held:
            case.hold_on_branch(later)
        return Event.MOVED, Moved(base=later, held=held, head=later, tree=case.grounds.tree(later))
    if run.tester and not run.tested:
        prompt = prompts.to_test(case)
        title = f"Test {case.story.title}"
        head, works, said = _build(case, Role.TESTER, run.step("test"), prompt, title, run.head)
        tree = case.grounds.tree(head)
        return Event.TESTED, Tested(head=head, tree=tree, work=works, **_in_words(said))
    prompt = prompts.to_develop(case)
    head, works, said = _build(case, Role.DEVELOPER, run.step(), prompt, case.story.title, run.head)
    tree = case.grounds.tree(head)
    return Event.DEVELOPED, Developed(head=head, tree=tree, work=works, **_in_words(said))


def _later_base(case: Case) -> str | None:
    """What a story is built on instead, where others landed before anything of it was built; None where it stays.

    That is what stands now, or where it was built already what that was put on: a journal that was restored, or
    that a server lost the end of, knows nothing of it.
    """
    run = case.run
    if run.head != run.base:
        return None
    tests = run.tester and not run.tested
    role, step = (Role.TESTER, run.step("test")) if tests else (Role.DEVELOPER, run.step())
    made, tip, reaches = case.made(step), case.basis.commit, case.grounds.reaches
    if made is not None and made.parent == run.base:
        return None
    if made is not None and reaches(tip, made.parent) and reaches(made.parent, run.base):
        return made.parent
    return tip if run.base != tip and not case.is_at_work(role) else None


def _in_words(said: WorkAnswer) -> dict[str, Any]:
    """What whoever did a step said of it, as its event keeps it."""
    return {"summary": said.summary, "deviations": said.deviations, "hypotheses": said.hypotheses}


def fix(case: Case) -> Happened:
    """The developer mends what was confirmed and what failed, and leaves marks for false positives."""
    run = case.run
    if run.submitted:
        head, base = _own(case)
        works: tuple[Work, ...] = (_by_hand(case, head),)
        told = _any_mark(case, head)
    else:
        base = ""
        parent = _joined(case) if run.conflicts else run.head
        prompt = prompts.to_fix(case)
        title = f"Fix {case.story.title}"
        head, works, told = _build(case, Role.DEVELOPER, run.step(), prompt, title, parent)
    findings = list(run.findings.values())
    added = added_lines(case.grounds.diff(run.base if run.conflicts else run.head, head))
    placed = marks(told, findings, added)
    tree = case.grounds.tree(head)
    return Event.FIXED, Fixed(head=head, tree=tree, base=base, marks=placed, work=works, **_in_words(told))


def _build(
    case: Case, role: Role, step: str, prompt: Prompt, title: str, parent: str
) -> tuple[str, tuple[Work, ...], WorkAnswer]:
    """The commit of a step, who made it and what they said: the one that stands already, or an agent's new one.

    One that was put on anything else than the run knows of is of events that the journal lost: it is made anew.
    """
    stands, onto = case.made(step), _onto(case)
    if stands is not None and stands.parent == onto:
        return stands.id, *case.noted(step)
    run = case.run
    tree = case.worktree()
    case.put(tree, role, parent, step)
    case.set_up(tree, parent)
    diff = case.grounds.diff(run.base, parent) if parent != run.base else ""
    open_ones = [one for one in run.findings.values() if one.disposition is not Disposition.FIXED]
    subject = put_before(case, hunks_of(case, diff, parent), open_ones, run.failing_names)
    called = call(case, Ask(role, step, "work", prompt, subject, tree))
    made = case.commit(called.work, called.outcome.exit, tree, onto, title)
    return made, (called.work,), WorkAnswer.model_validate(called.outcome.answer or {})


def _onto(case: Case) -> str:
    """The commit that work is put on: the head, but where a commit on the way may not stand in the history.

    That is so of one with conflict marks, or with paths out of bounds: the gate judges each commit by itself.
    """
    run = case.run
    if run.conflicts:
        return run.base
    if run.state is not State.FIX or UNKEPT.isdisjoint(run.failing_names):
        return run.head
    good = run.reviewed_head
    return good if good and case.grounds.reaches(run.head, good) else run.base


def _joined(case: Case) -> str:
    """The story's work on top of the target with the conflicts marked in the files; not on any branch."""
    merged = case.desk.repository.merge(case.run.base, case.run.head)
    return case.desk.repository.squash(case.run.base, merged.tree, case.message("Join with the target", "join"))


def _own(case: Case) -> tuple[str, str]:
    """The tip of a person's own branch, and the commit of the target that it was brought up to, empty if none.

    Raises: StopError where there is nothing new, or it lacks the base.
    """
    run = case.run
    name = short(run.submitted)
    tip = case.desk.repository.tip(run.submitted)
    if tip is None or tip in (run.worked, run.base):
        words = f"{_commits(run)}, {_then(run)}"
        again = [_AGAIN] if run.may_check_again and tip == run.worked else []
        commands = (_bring_up(run),) if run.unjoined and run.state is State.FIX else ()
        raise StopError(Event.WAITS, Waits(words=" ".join([*_left(run), words, *again]), commands=commands))
    if not case.grounds.reaches(tip, run.base):
        there = f"{run.base[:12]} of {short(run.onto)}"
        who = "its author brings it up" if _is_fetched(run) else "bring it up"
        words = f"{name} does not hold {there}; {who}: {_bring_up(run)}, {_then(run)}"
        raise StopError(Event.WAITS, Waits(words=words, commands=(_bring_up(run),)))
    if run.policy.land == "rebase" and any(len(one.parents) > 1 for one in case.grounds.between(run.base, tip)):
        way = f"{_bring_up(run)}, {_then(run)}"
        words = f"{name} holds merges, and `act.land: rebase` lands commits in one line: {way}"
        raise StopError(Event.WAITS, Waits(words=words, commands=(_bring_up(run),)))
    nameless = _nameless(case, tip)
    if nameless:
        way = (
            f"git rebase {run.base[:12]} {name} --exec 'git commit --amend --no-edit --trailer Story:{run.story}'"
        )
        words = (
            f"{', '.join(nameless[:3])} on {name} names no story. End each message with a paragraph "
            f"`Story: {run.story}`, {_then(run)} (`bmad hooks install` writes it from now on)"
        )
        raise StopError(Event.WAITS, Waits(words=words, commands=(way, "bmad hooks install")))
    base = case.grounds.joined(tip, case.basis.commit)
    moved = base is not None and base != run.base and case.grounds.reaches(base, run.base)
    return tip, base or "" if moved else ""


def _then(run: Run) -> str:
    """What goes on with it once it is committed."""
    return f"then: {f'git fetch && bmad review {run.story}' if _is_fetched(run) else f'bmad submit {run.story}'}"


def _commits(run: Run) -> str:
    if _is_fetched(run):
        return f"Its author commits that on {local(run.submitted)} and pushes it"
    return f"Commit your work on {short(run.submitted)}"


def _is_fetched(run: Run) -> bool:
    return run.submitted.startswith(REMOTES)


def _bring_up(run: Run) -> str:
    """What puts a person's branch on top of where it lands; where that conflicts, git says how it goes on."""
    onto, name = short(run.onto), local(run.submitted)
    return f"git rebase {onto} {name}" if run.policy.land == "rebase" else f"git switch {name} && git merge {onto}"


_AGAIN = "(with nothing new it runs the checks again)"


def _left(run: Run) -> list[str]:
    """What a person has to mend, a sentence each, without the output of checks."""
    if run.state is not State.FIX:
        return []
    left = repair(run)
    told = [text.partition("\n")[0].rstrip(".") + "." for text in (*left.failing, *left.words)]
    told += [_confirmed(one) for one in left.confirmed]
    told += [
        f"{one.id} at {one.path}:{one.line} is a false alarm and needs a comment there." for one in left.unmarked
    ]
    if run.unjoined:
        told.append(f"{listed(run.unjoined)} conflicts with what has landed: {_bring_up(run)}.")
    return told


def _confirmed(one: Finding) -> str:
    if one.lens == PERSON:
        return f"{one.severity} {one.id}: {one.claim.rstrip('.')}."
    repeats = f", and repeats {one.same_as}" if one.same_as else ""
    return f"{one.severity} {one.id} at {one.path}:{one.line} is confirmed{repeats}."


def _nameless(case: Case, tip: str) -> list[str]:
    """A person's commits that change code and name no story: no trace could ever find them."""
    run = case.run
    classify = classifier(case.basis.layout, case.settings.gate.governed)
    own = [one for one in case.grounds.between(run.base, tip) if not stories(parse(one.message)).ids]
    return [
        one.id[:12]
        for one in own
        if PathClass.CODE in {classify.of(each).klass for each in _of_its_own(case, one)}
    ]


_PLAIN = "100644"


def _of_its_own(case: Case, commit: Commit) -> Iterable[Change]:
    """What a commit does: of a merge what no side brings, so conflicts and how they were settled."""
    if len(commit.parents) != 2:  # noqa: PLR2004 - git computes merges of two
        return case.grounds.changes(commit.parents[0], commit.id)
    merged = case.desk.repository.merge(*commit.parents)
    settled = {one.path for one in merged.conflicts}
    between = case.grounds.changes_from(merged.tree, commit.id)
    return [*between, *(Change(path, _PLAIN, _PLAIN, "", "") for path in settled - {one.path for one in between})]


def _by_hand(case: Case, head: str) -> Work:
    step = case.run.step()
    return Work(
        step=step,
        role=Role.DEVELOPER,
        backend=HUMAN,
        model="",
        context=f"human-{case.run.story}-{step}".replace("/", "-"),
        prompt="",
        by=by_hand(case.grounds, case.run, head, case.desk.person),
    )


def _any_mark(case: Case, head: str) -> WorkAnswer:
    """Of a person's fix every comment and document line it adds may be the mark, the finding's own file first."""
    added = added_lines(case.grounds.diff(case.run.head, head))
    places = [
        (path, line) for path, lines in added.items() for line, text in lines.items() if says_something(path, text)
    ]
    found: list[Mark] = []
    for one in filter(lacks_mark, case.run.findings.values()):
        near = sorted(places, key=lambda place: (place[0] != one.path, abs(place[1] - one.line)))
        found += [Mark(finding=one.id, path=path, line=line) for path, line in near[:1]]
    return WorkAnswer(marks=tuple(found))

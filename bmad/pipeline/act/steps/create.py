"""CreateStory: a mapped story becomes one that can be built.

The result lands on the target alone, or is held until it lands with the work (`act.land: squash`).
"""

from bmad.core.act.creating import beyond, judge_creation, ready, sides
from bmad.model.act import Created, Event, SplitProposed, Unclear, Waits, WideningProposed
from bmad.model.agents import HUMAN, Fault, Role
from bmad.model.answers import WorkAnswer
from bmad.model.quoting import quoted
from bmad.model.record import Work
from bmad.model.spec import Document
from bmad.pipeline.act.baseline import Basis
from bmad.pipeline.act.briefs import put_before
from bmad.pipeline.act.calls import Ask, call
from bmad.pipeline.act.prepared import holds
from bmad.pipeline.act.prompts import to_create
from bmad.pipeline.act.step import Case, Happened, StopError, failed
from bmad.pipeline.act.steps.research import is_wanted, research
from bmad.pipeline.act.steps.split import judged, split
from bmad.pipeline.act.steps.stated_territory import stated
from bmad.pipeline.branches import short

_TITLE = "Prepare {}: {}"

NOTHING_YET = "0" * 64
"""The hash of a change that has not begun."""


def create(case: Case) -> Happened | None:
    """Prepare the story, and land that or hold it; None where the target moved in the meantime."""
    story, done = case.story, _landed(case)
    if done is not None:
        return _created(case, case.basis, case.noted(case.run.step())[0])
    if case.run.split and case.run.agreed:
        return split(case)
    if is_wanted(case):
        return research(case)
    reason = ready(story, _document(case), case.basis.layout)
    if reason is None and (case.run.submitted or Role.CREATOR not in case.settings.agents):
        return _created(case, case.basis, ())
    if case.run.submitted:
        raise failed(Fault.UNREADY, f"{reason} It counts once it stands on {short(case.run.onto)}.")
    agreed = _agreed(case)
    commit, works = agreed or _prepare(case)
    if commit is None:
        if reason is not None:
            raise failed(Fault.NO_CHANGE, f"The creator changed nothing, and: {reason}")
        return _created(case, case.basis, works)
    case, commit = _on_the_tip(case, commit)
    if commit is None:
        return None
    _judge(case, commit)
    if not agreed:
        _see_that_it_stays_within(case, commit, works)
    return _hold(case, commit, works) if holds(case.run) else _land(case, commit, works)


def _hold(case: Case, commit: str, works: tuple[Work, ...]) -> Happened:
    """The preparation stands on the story's own branch, and lands with the work."""
    case.hold_on_branch(commit)
    return _created(case, case.grounds.prepared(case.basis.tip, commit), works)


def _land(case: Case, commit: str, works: tuple[Work, ...]) -> Happened | None:
    """Land the preparation alone; None where the target moved in the meantime."""
    landing = case.desk.repository.land(case.run.onto, commit, case.basis.tip)
    if landing.state == "waits":
        return Event.WAITS, Waits(words=landing.words)
    return _created(case, case.grounds.at(commit), works) if landing.state == "moved" else None


def _document(case: Case) -> Document:
    return case.basis.state.documents[case.story.path].document


def _landed(case: Case) -> str | None:
    """The preparation that stands on the target already, where a crash kept it from being noted."""
    if not case.run.base:
        return None
    steps = case.desk.repository.steps(case.basis.commit, case.run.base)
    key = case.run.step()
    return next((one.id for one in steps if one.story == case.run.story and one.step == key), None)


def _prepare(case: Case) -> tuple[str | None, tuple[Work, ...]]:
    """The creator's commit on top of the target's tip, taken over where it was made before a crash."""
    repository, tip, step = case.desk.repository, case.basis.commit, case.run.step()
    at = repository.tip(case.branch)
    made = [one for one in repository.steps(at, tip) if one.step == step] if at is not None else []
    works, answer = case.noted(step)
    if works and len(made) == 1 and made[0].id == at and made[0].parent == tip:
        return at, works
    if works and answer.split:
        _propose(case, answer, works)
    tree = case.worktree()
    case.put(tree, Role.CREATOR, tip, step)
    prompt = to_create(case)
    called = call(case, Ask(Role.CREATOR, step, "work", prompt, put_before(case, NOTHING_YET), tree))
    question = (called.outcome.answer or {}).get("clarification")
    if question:
        raise StopError(Event.UNCLEAR, Unclear(question=str(question), work=(called.work,)))
    _propose(case, WorkAnswer.model_validate(called.outcome.answer or {}), (called.work,))
    title = _TITLE.format(case.run.story, case.story.title)
    return case.committed(tree, tip, case.message(title, step, called.work), step), (called.work,)


def _on_the_tip(case: Case, commit: str) -> tuple[Case, str | None]:
    """A preparation as one commit on what it lands on now; None where the story reads otherwise there.

    One that is to land alone waits for its turn. What was held before it is in it.
    """
    now, onto = case.anew() if holds(case.run) else case.to_land(), case.grounds.commit(commit).parents
    if onto == (now.basis.tip,):
        return now.bare(), commit
    if now.basis.commit != case.basis.commit and not now.reads_as(case):
        return now, None
    if holds(case.run) or case.basis.is_prepared:
        _judge(case, commit)
        return now.bare(), _alone(case, commit, now.basis.tip)
    if case.desk.repository.tip(case.branch) != commit:
        return now, None
    conflicts = case.desk.repository.rebase(case.worktree(), case.basis.commit, now.basis.commit)
    return now, None if conflicts else case.desk.repository.tip(case.branch)


def _alone(case: Case, commit: str, tip: str) -> str:
    """What the story's document says in a preparation, as one commit on a tip."""
    path, message = case.story.path, case.grounds.commit(commit).message.decode("utf-8", "replace")
    return case.desk.repository.commit_files(tip, {path: case.grounds.text(commit, path) or ""}, message)


def _propose(case: Case, answer: WorkAnswer, works: tuple[Work, ...]) -> None:
    """Raises: StopError where the creator would split the story, whatever else it left."""
    if answer.split:
        judged(case, answer.split)
        raise StopError(
            Event.SPLIT_PROPOSED, SplitProposed(parts=answer.split, summary=answer.summary, work=works)
        )


def _agreed(case: Case) -> tuple[str, tuple[Work, ...]] | None:
    """The preparation that a person agreed to, as a commit; None where none is, or its story was edited since."""
    run, path = case.run, case.story.path
    if run.wider is None or not run.agreed:
        return None
    if case.grounds.text(run.wider.base, path) != case.grounds.text(case.basis.commit, path):
        return None
    message = case.message(_TITLE.format(run.story, case.story.title), run.step(), run.works[-1])
    return case.desk.repository.commit_files(case.basis.tip, {path: run.wider.text}, message), ()


def _see_that_it_stays_within(case: Case, commit: str, works: tuple[Work, ...]) -> None:
    """Raises: StopError where an agent would go beyond the territory that a person stated, unasked.

    With `act.plan: human` it is asked for anyway. What stands was stated, or agreed to, or is an agent's own.
    """
    story, after = case.story, case.grounds.state(commit).story(case.run.story)
    wanted = tuple(ref.text for ref in after.territory) if after is not None else ()
    wider = beyond((ref.text for ref in story.territory), wanted)
    if not wider or case.run.plan_is_a_persons or any(one.backend == HUMAN for one in works):
        return
    said = stated(case.grounds, case.basis.commit, case.run.story)
    if said and (over := beyond(said, wider)):
        text = case.grounds.text(commit, story.path) or ""
        base, summary = case.basis.commit, case.noted(case.run.step())[1].summary
        content = WideningProposed(base=base, text=text, stated=said, beyond=over, summary=summary, work=works)
        raise StopError(Event.WIDENING_PROPOSED, content)


def _judge(case: Case, commit: str) -> None:
    """Raises: StopError where the preparation is more, or less, than it may be."""
    changed = [quoted(change.path) for change in case.grounds.changes(case.basis.commit, commit)]
    state = case.grounds.state(commit)
    faults = judge_creation(*sides(case.basis.state, state, case.run.story), changed, case.run.story)
    if not faults:
        item = state.story(case.run.story)
        reason = (
            ready(item, state.documents[item.path].document, state.layout) if item is not None else "it is gone"
        )
        faults = [reason] if reason is not None else []
    if faults:
        tree = case.worktree()
        kept = case.desk.repository.reset(tree, case.basis.commit, case.place(case.run.step()))
        raise failed(Fault.OUT_OF_BOUNDS, f"The creator's work cannot land: {' '.join(faults[:3])}", kept or "")


def _created(case: Case, basis: Basis, works: tuple[Work, ...]) -> Happened:
    """The run builds on what is prepared; a tester comes first where one is named, but not for a refactoring."""
    story = basis.story(case.run.story)
    refactor = story is not None and story.kind == "refactor"
    tester = Role.TESTER in case.settings.agents and not refactor and not case.run.submitted
    said = case.noted(case.run.step())[1].summary if works else ""
    spec = basis.spec(case.run.story)
    base, held = basis.commit, basis.is_prepared
    return Event.CREATED, Created(base=base, held=held, spec=spec, tester=tester, summary=said, work=works)

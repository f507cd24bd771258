"""The research before a story is prepared: a read-only call, whose result bmad lands as a section of the story."""

from collections.abc import Sequence

from bmad.core.act.creating import worse
from bmad.core.act.placing import Files, Places
from bmad.core.act.researching import SECTION, Found, complaints, placed, section
from bmad.core.fingerprint import fingerprint
from bmad.model.act import Event, Researched, Waits
from bmad.model.agents import HUMAN, Fault, Role
from bmad.model.answers import ResearchAnswer
from bmad.model.edits import SetSection
from bmad.model.quoting import quoted
from bmad.model.record import Work
from bmad.model.spec import Story
from bmad.model.worktrees import Worktree
from bmad.pipeline.act.briefs import put_before
from bmad.pipeline.act.calls import Ask, call
from bmad.pipeline.act.prepared import holds
from bmad.pipeline.act.prompts import to_research
from bmad.pipeline.act.step import Case, Happened, failed

_NOTHING_YET = "0" * 64


def is_wanted(case: Case) -> bool:
    """Whether research comes first: the run asks for it, or the story does and has none yet; never of a person."""
    run, story = case.run, case.story
    has = any(one.title == SECTION for one in story.sections)
    asked = run.research or (bool(story.research) and not has)
    return asked and not (run.researched or run.submitted) and case.agent(Role.CREATOR)[1].use != HUMAN


def research(case: Case) -> Happened | None:
    """Have it found out, and land what stands, or hold it; None where the target moved in the meantime."""
    begun, key = case, case.run.step("research")
    steps = case.desk.repository.steps(case.basis.commit, case.run.base) if case.run.base else []
    done = next((one.id for one in steps if one.story == case.run.story and one.step == key), None)
    if done is not None:  # a crash kept it from being noted
        return Event.RESEARCHED, Researched(commit=done)
    text, works, found = _found_out(case, key)
    case = case.anew() if holds(case.run) else case.to_land()
    if not case.reads_as(begun):
        return None
    tip, path = case.basis.tip, case.story.path
    own = case.grounds.text(case.basis.commit, path) or ""
    edits = [SetSection(case.run.story, SECTION, f"\n{text}\n")]
    edited = case.desk.formats.edit(path, own, edits, case.basis.layout.kind(path))
    title = f"Research {case.run.story}: {case.story.title}"
    commit = case.desk.repository.commit_files(tip, {path: edited}, case.message(title, key, works[-1]))
    _judge(case, commit, path)
    stand = sum(bool(one.place) for one in found)
    content = Researched(commit=commit, claims=stand, left_out=len(found) - stand, work=works)
    if holds(case.run):
        case.hold_on_branch(commit)
        return Event.RESEARCHED, content.model_copy(update={"held": True})
    landing = case.desk.repository.land(case.run.onto, commit, tip)
    if landing.state == "waits":
        return Event.WAITS, Waits(words=landing.words)
    return (Event.RESEARCHED, content) if landing.state == "moved" else None


def _found_out(case: Case, key: str) -> tuple[str, tuple[Work, ...], list[Found]]:
    """The section, who did it, and the claims; asked once more where a source is none."""
    tip = case.basis.commit
    tree = case.worktree()
    case.desk.repository.reset(tree, tip, case.place(key))
    grounds = case.grounds
    files = Files(
        lambda path: grounds.text(tip, path),
        lambda _path: None,
        roots=(tree.folder.as_posix(),),
        every=lambda: grounds.paths(tip),
    )
    places = Places(files)
    answer, work = _asked(case, tree, key, ())
    works = [work]
    found = placed(answer, places)
    if wrong := complaints(found):
        answer, work = _asked(case, tree, f"{key}/again", wrong)
        works.append(work)
        found = placed(answer, places)
    return section(answer, found, tip), tuple(works), found


def _asked(case: Case, tree: Worktree, step: str, wrong: Sequence[str]) -> tuple[ResearchAnswer, Work]:
    prompt = to_research(case, wrong)
    called = call(case, Ask(Role.CREATOR, step, "research", prompt, put_before(case, _NOTHING_YET), tree))
    return ResearchAnswer.model_validate(called.outcome.answer or {}), called.work


def _judge(case: Case, commit: str, path: str) -> None:
    """Raises: StopError where anything but that section would change."""
    before, after = case.story, case.grounds.state(commit).story(case.run.story)
    changed = [quoted(one.path) for one in case.grounds.changes(case.basis.commit, commit)]
    same = after is not None and fingerprint(before) == fingerprint(after) and _fields(before) == _fields(after)
    faults = list(worse(case.basis.state.validated, case.grounds.state(commit).validated))
    if changed != [path] or not same or faults:
        raise failed(Fault.OUT_OF_BOUNDS, "What was found out cannot stand in the story without changing it.")


def _fields(story: Story) -> list[list[str]]:
    return [[ref.text for ref in refs] for refs in (story.territory, story.depends_on, story.implements)]

"""A split that was agreed on: bmad writes the parts and what is left, and lands them alone, as a spec commit.

No agent holds the pen. What comes of it is judged like any specification before it moves the target.
"""

from collections.abc import Mapping, Sequence

from bmad.core.act.creating import worse
from bmad.core.act.splitting import divide, judge_division, judge_split, was_split
from bmad.core.graph import build
from bmad.core.lock import renew
from bmad.core.mapping.files import file_of
from bmad.model.act import Event, Split, Waits
from bmad.model.agents import Fault
from bmad.model.answers import SplitPart
from bmad.model.edits import AddItem
from bmad.model.quoting import quoted
from bmad.model.spec import Story
from bmad.pipeline.act.step import Case, Happened, StopError, failed


def may_split(case: Case) -> bool:
    """Whether the story is one that could be split: of several criteria, not landed before, not split before."""
    story = case.basis.story(case.run.story)
    landed = case.basis.landings(case.run.story) > 0
    others = case.basis.state.graph.stories
    return story is not None and len(story.criteria) > 1 and not landed and not was_split(story, others)


def judged(case: Case, parts: Sequence[SplitPart]) -> None:
    """Raises: StopError where a proposal would be more, or less, than the story's own words in more stories."""
    story, landed = case.story, case.basis.landings(case.run.story) > 0
    others = [one for one in case.basis.state.graph.stories if one.id != story.id]
    faults = judge_split(story, parts, case.basis.layout, others, landed=landed)
    if faults:
        raise _refused(faults)


def _refused(faults: Sequence[str]) -> StopError:
    return failed(Fault.OUT_OF_BOUNDS, f"The story cannot be split as proposed: {' '.join(faults[:3])}")


def split(case: Case) -> Happened | None:
    """Land the division of the story; None where the target moved in the meantime."""
    case = case.to_land()
    tip, key = case.basis.tip, case.run.step("split")
    done = _done(case, key)
    if done is not None:
        return done
    judged(case, case.run.split)
    made = divide(case.story, case.run.split, _taken(case))
    names = tuple(one.id for one in made.parts)
    title = f"Split {case.run.story} into {len(names) + 1} stories"
    files = _files(case, made.parts, made.edits)
    commit = case.desk.repository.commit_files(tip, files, case.message(title, key))
    _judge(case, commit, made.parts, set(files))
    landing = case.desk.repository.land(case.run.onto, commit, tip)
    if landing.state == "waits":
        return Event.WAITS, Waits(words=landing.words)
    return (Event.SPLIT, Split(commit=commit, into=names)) if landing.state == "moved" else None


def _done(case: Case, key: str) -> Happened | None:
    """The split that stands on the target already, where a crash kept it from being noted."""
    steps = case.desk.repository.steps(case.basis.commit, case.run.base) if case.run.base else []
    made = next((one.id for one in steps if one.story == case.run.story and one.step == key), None)
    if made is None:
        return None
    first = f"{case.run.story}-part-"
    stories = case.basis.state.graph.stories
    into = tuple(one.id for one in stories if any(alias.startswith(first) for alias in one.aliases))
    return Event.SPLIT, Split(commit=made, into=into)


def _taken(case: Case) -> set[str]:
    state = case.basis.state
    return {*state.graph.nodes, *state.graph.aliases, *state.lock.retired}


def _files(case: Case, parts: Sequence[Story], edits: Sequence[object]) -> Mapping[str, str]:
    """The documents that change, and the lock that knows all of them."""
    formats, state, path = case.desk.formats, case.basis.state, case.story.path
    text = case.grounds.text(case.basis.commit, path) or ""
    layout = state.layout
    owner = layout.owner(path)
    place = owner[1] if owner is not None else layout.places[0]
    files = {path: formats.edit(path, text, list(edits), layout.kind(path))}  # type: ignore[arg-type]
    made = {file_of(one, place): one for one in parts}
    files |= {name: formats.edit(name, "", [AddItem(one)], layout.kind(name)) for name, one in made.items()}
    documents = {name: one.document for name, one in state.documents.items()}
    documents |= {name: formats.document(name, changed, layout.kind(name)) for name, changed in files.items()}
    lock = renew(build([documents[name] for name in sorted(documents)]), state.lock)
    return {**files, layout.lock: formats.render_lock(lock)}


def _judge(case: Case, commit: str, parts: Sequence[Story], files: set[str]) -> None:
    """Raises: StopError where what was written is not the story's own words in more stories, and sound."""
    state = case.grounds.state(commit)
    changed = {quoted(change.path) for change in case.grounds.changes(case.basis.commit, commit)}
    read = [one for part in parts if (one := state.story(part.id)) is not None]
    faults = judge_division(case.story, state.story(case.run.story), read)
    faults += [] if len(read) == len(parts) else ["A part is missing."]
    faults += [f"{path} would change, too." for path in sorted(changed - files)]
    faults += worse(case.basis.state.validated, state.validated)
    if faults:
        raise _refused(faults)

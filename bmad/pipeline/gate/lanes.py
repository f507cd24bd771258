"""What the lane for tiny changes and the baseline ask of history: lines of files, and who changed them last."""

from collections.abc import Iterator, Mapping, Sequence

from bmad.core.gate.documents import layout_of
from bmad.core.gate.facts import CommitFacts, Standing, Step
from bmad.core.gate.reverts import named
from bmad.core.paths import classifier
from bmad.core.tiny import MOST_LINES, Touch, measured, path_fault
from bmad.core.trailers import parse, stories
from bmad.model.bounds import COMPARED, TINY, Tally
from bmad.model.commits import ABSENT, Commit
from bmad.model.settings import Settings
from bmad.ports.history import Objects


def with_lanes(objects: Objects, steps: Sequence[Step]) -> list[Step]:
    """The steps with what their bases' `gate.trivial` and `gate.baseline` are judged by."""
    found = list(_measured(objects, steps))
    if found:
        found[-1] = _with_standing(objects, found[-1])
    return found


def _measured(objects: Objects, steps: Sequence[Step]) -> Iterator[Step]:
    """Each commit that says it is of no story with what it does to its lines, where the base has the lane."""
    compared = Tally("lines of tiny changes to compare", COMPARED)
    for step in steps:
        settings = step.before.settings
        if settings is None or settings.gate.trivial is None:
            yield step
            continue
        says_none = [stories(parse(facts.commit.message)).none for facts in step.commits]
        own = (facts for facts, none in zip(step.commits, says_none, strict=True) if none)
        lines = {facts.id: _lines(objects, facts, step, compared) for facts in own}
        commits = (one._replace(touched=lines[one.id]) if one.id in lines else one for one in step.commits)
        yield step._replace(commits=tuple(commits)) if lines else step


def _lines(objects: Objects, facts: CommitFacts, step: Step, compared: Tally) -> Mapping[bytes, Touch]:
    """What a commit does to the files that may be of the lane; nothing of one that has too many."""
    settings = step.before.settings
    lane = settings.gate.trivial if settings is not None else None
    if settings is None or lane is None or len(facts.changes) > 2 * lane.files:
        return {}
    classify = classifier(layout_of(step), settings.gate.governed)
    tiny = [one for one in facts.changes if path_fault(classify.of(one), one, lane, settings.oracle) is None]
    blobs = objects.blobs({name for one in tiny for name in (one.old_blob, one.new_blob)}, TINY)
    found: dict[bytes, Touch] = {}
    for one in tiny:
        old, new = blobs[one.old_blob], blobs[one.new_blob]
        compared.add(min(MOST_LINES, old.count(b"\n") + new.count(b"\n")) * lane.lines)
        found[one.path] = measured(old, new, lane.lines)
    return found


def _with_standing(objects: Objects, step: Step) -> Step:
    """The step with the files that its base's baseline is about, and whether the result's can be."""
    before, after = step.before.settings, step.after.settings
    old = before.gate.baseline if before is not None else None
    new = after.gate.baseline if after is not None else None
    if before is None or step.base is None or old is new is None:
        return step
    ahead = new is None or new == old or _in_history(objects, new.commit, step.head, step.base) is not None
    standing = Standing(next_known=ahead)
    if old is not None:
        start = _in_history(objects, old.commit, step.base)
        paths = tuple(sorted(_untraced(objects, start, step, before))) if start is not None else ()
        standing = standing._replace(known=start is not None, paths=paths)
    return step._replace(standing=standing)


def _in_history(objects: Objects, name: str, *tips: str) -> Commit | None:
    """A commit that one of some tips comes from; None where none does."""
    known = objects.commit(name)
    return known if known is not None and any(objects.follows(tip, known.id) for tip in tips) else None


def _untraced(objects: Objects, start: Commit, step: Step, settings: Settings) -> frozenset[bytes]:
    """The paths that the commit and the result hold, are of no story there, and that none changes later."""
    head, base = step.head, step.base or step.head
    since = settings.gate.since if settings.gate.since not in (None, "root") else None
    if since is not None and _in_history(objects, since, start.id) is None:
        since = None
    held, changed = objects.changes([("", start.tree), (start.tree, step.merge)])
    gone = {one.path for one in changed if one.new_mode == ABSENT}
    early, later = objects.walk(start.id, since), objects.walk(head, start.id, base)
    named_then = objects.changed(one.id for one in early if _is_of_story(one))
    named_since = objects.changed(one.id for one in later if _is_of_story(one))
    bare = objects.changed(one.id for one in early if not _is_of_story(one)) if named_then else frozenset()
    owed = frozenset(one.path for one in held if one.path in bare or one.path not in named_then)
    return owed - named_since - gone


def _is_of_story(commit: Commit) -> bool:
    """Whether its message names a story, or what it takes back; most of an old history have not even the word."""
    told = b"story" in commit.message.lower() and stories(parse(commit.message)).ids
    return bool(told or named(commit.message))

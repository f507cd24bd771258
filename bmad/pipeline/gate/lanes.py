"""What the lane for tiny changes and the baseline ask of history: lines of files, and who changed them last."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bmad.core.gate.documents import layout_of
from bmad.core.gate.facts import CommitFacts, Standing, Step
from bmad.core.gate.reverts import named
from bmad.core.paths import classifier
from bmad.core.tiny import MOST_LINES, Touch, measured, path_fault
from bmad.core.trailers import parse, stories
from bmad.model.bounds import COMPARED, TINY, Tally
from bmad.model.commits import Change, Commit
from bmad.model.settings import Settings
from bmad.ports.history import Objects

_AT_ONCE = 4096
"""Commits of a history whose changes are held together: what all of it ever changed is no range's."""


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
        commits = (replace(one, touched=lines[one.id]) if one.id in lines else one for one in step.commits)
        yield replace(step, commits=tuple(commits)) if lines else step


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
    return replace(step, standing=standing)


def _in_history(objects: Objects, name: str, *tips: str) -> Commit | None:
    """A commit that one of some tips comes from; None where none does."""
    known = objects.commit(name)
    return known if known is not None and any(objects.reached([name], tip) for tip in tips) else None


def _untraced(objects: Objects, start: Commit, step: Step, settings: Settings) -> frozenset[bytes]:
    """The paths that the commit holds, are of no story there, and that no commit since that names one changes."""
    head, base = step.head, step.base or step.head
    since = settings.gate.since if settings.gate.since not in (None, "root") else None
    if since is not None and _in_history(objects, since, start.id) is None:
        since = None
    [held] = objects.changes([("", start.tree)])
    early, later = objects.walk(start.id, since), objects.walk(head, start.id, base)
    parents = _parents(objects, [*early, *later])
    named_then, bare = _touched(objects, early, parents)
    named_since, _ = _touched(objects, later, parents)
    return frozenset(one.path for one in held if one.path in bare or one.path not in named_then) - named_since


def _parents(objects: Objects, commits: Sequence[Commit]) -> dict[str, Commit]:
    known = {one.id: one for one in commits}
    outside = {parent for one in commits for parent in one.parents} - known.keys()
    return known | (objects.commits(sorted(outside)) if outside else {})


def _touched(
    objects: Objects, commits: Sequence[Commit], known: Mapping[str, Commit]
) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """The paths that commits change which name a story or what they take back, and those that others change."""
    named_ones: set[bytes] = set()
    bare: set[bytes] = set()
    for commit, paths in _with_paths(objects, commits, known):
        of_story = bool(stories(parse(commit.message)).ids or named(commit.message))
        (named_ones if of_story else bare).update(paths)
    return frozenset(named_ones), frozenset(bare)


def _with_paths(
    objects: Objects, commits: Sequence[Commit], known: Mapping[str, Commit]
) -> Iterator[tuple[Commit, set[bytes]]]:
    """Each commit with the paths that it changes: of a merge what it holds otherwise than each of its parents."""
    for first in range(0, len(commits), _AT_ONCE):
        some = commits[first : first + _AT_ONCE]
        pairs = [[(known[parent].tree, one.tree) for parent in one.parents] or [("", one.tree)] for one in some]
        found = iter(objects.changes([pair for own in pairs for pair in own]))
        for commit, own in zip(some, pairs, strict=True):
            yield commit, _of_all([next(found) for _ in own])


def _of_all(sides: Sequence[Iterable[Change]]) -> set[bytes]:
    first, *others = [{change.path for change in side} for side in sides]
    return first.intersection(*others)

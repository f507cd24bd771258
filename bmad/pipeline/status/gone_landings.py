"""What of landings does not stand any more: a record is add-only, and stands where a revert took its work away.

A path counts that is again as it was before the landing, unless another story made it so, or the file has moved.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from bmad.core.trace import claims
from bmad.model.history import Listed
from bmad.model.record import ChangeEntry, Record
from bmad.ports.history import Objects


class Gone(NamedTuple):
    """The paths of a landing that are as they were before it, as documents spell them; whether that is all."""

    paths: tuple[str, ...]
    is_all: bool


def gone(objects: Objects, head: str, landings: Sequence[Record], standing: Sequence[Record]) -> dict[str, Gone]:
    """By story what does not stand of its landing at a commit; `standing` are all records that stand there."""
    tree = objects.commits([head])[head].tree
    paths = {each.raw for one in landings for each in one.change}
    there = objects.files(tree, {path.rpartition(b"/")[0] for path in paths})
    left = {one.story: [each for each in one.change if _is_before(each, there)] for one in landings}
    back = [each for own in left.values() for each in own]
    if not back:
        return {}
    did = _did(objects, _last(objects, head, {each.raw for each in back}))
    files = {change.path: change.new_blob for change in objects.changes([("", tree)])[0]}
    new = {(each.raw, each.new_blob) for each in back if not int(each.old_mode, 8)}
    moved = _moved(objects, head, files, new, did)
    every = {one.story: len(one.change) for one in landings}
    found: dict[str, Gone] = {}
    for story, own in left.items():
        here = [each for each in own if (each.raw, each.new_blob) not in moved]
        lost = [each for each in here if not _is_made(story, each, did.get(each.raw), standing)]
        if lost:
            found[story] = Gone(tuple(one.path for one in lost), is_all=len(lost) == every[story])
    return found


_Place = tuple[bytes, str]
"""A path, and the blob that stands or stood there."""


class _Did(NamedTuple):
    """What a commit did: the stories that it is of, and where it brought which blobs."""

    stories: frozenset[str]
    brought: frozenset[_Place]


def _is_before(each: ChangeEntry, there: Mapping[bytes, Listed]) -> bool:
    at = there.get(each.raw)
    return at is None if not int(each.old_mode, 8) else at == Listed(each.old_mode, each.old_blob)


def _is_made(story: str, each: ChangeEntry, did: _Did | None, standing: Sequence[Record]) -> bool:
    """Whether the record or the commit of another story made a path what it is."""
    others = (one for record in standing if record.story != story for one in record.change if one.raw == each.raw)
    if any((one.old_blob, one.new_blob) == (each.new_blob, each.old_blob) for one in others):
        return True
    return did is not None and not did.stories <= {story}


def _moved(
    objects: Objects,
    head: str,
    files: Mapping[bytes, str],
    gone: Collection[_Place],
    did: Mapping[bytes, _Did],
    seen: frozenset[_Place] = frozenset(),
) -> set[_Place]:
    """What stands where the commit that took it away has brought it, or where others have brought it from there.

    Not wherever the content stands: an empty file stands in many places, and has moved to none of them.
    """
    ways = {place: {to for to in did[place[0]].brought if to[1] == place[1]} for place in gone if place[0] in did}
    seen = seen.union(gone)
    ahead = {to for tos in ways.values() for to in tos if files.get(to[0]) != to[1]} - seen
    further = set[_Place]()
    if ahead:
        then = _did(objects, _last(objects, head, {path for path, _ in ahead}))
        further = _moved(objects, head, files, ahead, then, seen)
    return {place for place, tos in ways.items() if any(files.get(to[0]) == to[1] or to in further for to in tos)}


def _did(objects: Objects, last: Mapping[bytes, str]) -> dict[bytes, _Did]:
    """By path what the commit did that changed it last."""
    commits = objects.commits(sorted({*last.values()}))
    firsts = objects.commits([one.parents[0] for one in commits.values() if one.parents])
    pairs = [(firsts[one.parents[0]].tree if one.parents else "", one.tree) for one in commits.values()]
    found: dict[str, _Did] = {}
    for claim, changes in zip(claims(commits.values()), objects.changes(pairs), strict=True):
        came = frozenset((one.path, one.new_blob) for one in changes if one.new_blob != one.old_blob)
        found[claim.commit.id] = _Did(frozenset(claim.stories), came)
    return {path: found[commit] for path, commit in last.items()}


def _last(objects: Objects, tip: str, paths: Collection[bytes], since: str | None = None) -> dict[bytes, str]:
    """The commit that changed each path last; where a merge did, the one that it brought, else itself."""
    found: dict[bytes, str] = {}
    for touched in objects.touching(tip, sorted(paths), since):
        changed = {change.path for change in touched.changes} - found.keys()
        first, *others = objects.commits([touched.commit])[touched.commit].parents or ("",) if changed else ("",)
        brought: dict[bytes, str] = {}
        for parent in others:
            brought = _last(objects, parent, changed, first) | brought
        found |= dict.fromkeys(changed, touched.commit) | brought
    return found

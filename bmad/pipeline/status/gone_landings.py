"""What of landings does not stand any more: a record is add-only, and stands where a revert took its work away.

A path counts that is again as it was before the landing, unless another story made it so, or the file has moved.
"""

from collections.abc import Iterator, Mapping, Sequence
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
    back = {one.story: [each for each in one.change if _is_before(each, there)] for one in landings}
    left = {story: own for story, own in back.items() if own}
    if not left:
        return {}
    blobs = {change.new_blob for change in objects.changes([("", tree)])[0]}
    every = {one.story: len(one.change) for one in landings}
    found: dict[str, Gone] = {}
    for story, own in left.items():
        here = [each for each in own if not _has_moved(each, blobs)]
        lost = [each for each in here if not _is_made(objects, head, story, each, standing)]
        if lost:
            found[story] = Gone(tuple(one.path for one in lost), is_all=len(lost) == every[story])
    return found


def _is_before(each: ChangeEntry, there: Mapping[bytes, Listed]) -> bool:
    at = there.get(each.raw)
    return at is None if not int(each.old_mode, 8) else at == Listed(each.old_mode, each.old_blob)


def _has_moved(each: ChangeEntry, blobs: set[str]) -> bool:
    return not int(each.old_mode, 8) and each.new_blob in blobs


def _is_made(objects: Objects, head: str, story: str, each: ChangeEntry, standing: Sequence[Record]) -> bool:
    """Whether the record or the commit of another story made a path what it is."""
    others = (one for record in standing if record.story != story for one in record.change if one.raw == each.raw)
    if any((one.old_blob, one.new_blob) == (each.new_blob, each.old_blob) for one in others):
        return True
    made = next(_last(objects, head, each.raw), None)
    return made is not None and not {story}.issuperset(claims([objects.commits([made])[made]])[0].stories)


def _last(objects: Objects, tip: str, path: bytes, since: str | None = None) -> Iterator[str]:
    """The commits that changed a path, the newest first; of a merge those that it brought, else itself."""
    for touched in objects.touching(tip, [path], since):
        first, *others = objects.commits([touched.commit])[touched.commit].parents or ("",)
        for parent in others:
            yield from _last(objects, parent, path, first)
        yield touched.commit

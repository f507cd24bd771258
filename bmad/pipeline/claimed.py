"""What commits claim: the stories that they name; where a squash lost those, of the records that they bring."""

from collections.abc import Iterable, Mapping, Sequence

from bmad.core.trace import Claim, claims
from bmad.errors import UsageError
from bmad.model.bounds import RECORD
from bmad.model.commits import Change, Commit
from bmad.model.layout import Layout
from bmad.model.record import Record
from bmad.pipeline.worked import changes_of
from bmad.ports.files import Formats
from bmad.ports.history import Objects

_PLAIN = ("100644", "100755")


def claimed(objects: Objects, formats: Formats, commits: Iterable[Commit], layout: Layout) -> list[Claim]:
    """The commits in order, each with its stories; of a merge only those that it names."""
    found = claims(commits)
    bare = [claim.commit for claim in found if not claim.stories and len(claim.commit.parents) == 1]
    recorded = _recorded(objects, formats, bare, layout)
    return [_with(claim, recorded.get(claim.commit.id, {})) for claim in found]


def _with(claim: Claim, recorded: Mapping[bytes, tuple[str, ...]]) -> Claim:
    if not recorded:
        return claim
    every = dict.fromkeys(story for stories in recorded.values() for story in stories)
    return claim._replace(stories=tuple(every), recorded=recorded)


def _recorded(
    objects: Objects, formats: Formats, commits: Sequence[Commit], layout: Layout
) -> dict[str, dict[bytes, tuple[str, ...]]]:
    """By commit and path that it changes: the stories whose records came with it and speak of the path."""
    if not commits:
        return {}
    trees = objects.commits([commit.parents[0] for commit in commits])
    pairs = [(trees[commit.parents[0]].tree, commit.tree) for commit in commits]
    within = zip(commits, objects.changes_within(pairs, (layout.records.encode(),)), strict=True)
    brought = {commit.id: (commit, new) for commit, own in within if (new := list(filter(_is_new, own)))}
    texts = objects.blobs({one.new_blob for _, new in brought.values() for one in new}, RECORD)
    found: dict[str, dict[bytes, tuple[str, ...]]] = {}
    for name, changes in changes_of(objects, [commit for commit, _ in brought.values()]).items():
        paths = {one.path for one in changes}
        by_path: dict[bytes, dict[str, None]] = {}
        for one in brought[name][1]:
            record = _read(formats, one.path, texts[one.new_blob], layout)
            for entry in record.change if record is not None else ():
                if entry.raw in paths and record is not None:
                    by_path.setdefault(entry.raw, {})[record.story] = None
        found[name] = {path: tuple(stories) for path, stories in by_path.items()}
    return found


def _is_new(change: Change) -> bool:
    return int(change.old_mode, 8) == 0 and change.new_mode in _PLAIN


def _read(formats: Formats, path: bytes, text: bytes, layout: Layout) -> Record | None:
    """The record of the landing that its path names; None where it is none."""
    try:
        record = formats.record(text.decode())
    except (UnicodeDecodeError, UsageError):
        return None
    return record if layout.record_path(record.story, record.landing).encode() == path else None

"""What reverts took back of work that no record tells of: merged by hand, below level `reviewed`.

A path counts that a revert touched, and that stands again as it did before the first commit of the story.
"""

from collections.abc import Collection, Sequence

from bmad.core.commit_check import reverted
from bmad.core.paths import Classifier
from bmad.core.trace import WORK, Claim
from bmad.model.quoting import quoted
from bmad.pipeline.status.gone_landings import Gone
from bmad.pipeline.trace.code_commits import changes_of
from bmad.ports.history import Objects

_MERGE = 2
_FEW = 256
"""Of so many paths git is asked by name."""
_State = tuple[str, str]
"""Mode and blob of a path; where it does not stand, neither."""
_NOTHING: _State = ("", "")


def reverted_work(
    objects: Objects, tree: str, classify: Classifier, found: Sequence[Claim], landed: Collection[str]
) -> dict[str, Gone]:
    """By story that has no landing what of its commits does not stand in a tree; `found` are oldest first."""
    back = [claim.commit for claim in found if reverted(claim.commit.message) is not None]
    if not back:
        return {}
    changes = changes_of(objects, back)
    made = {one.path: _state(one.new_mode, one.new_blob) for commit in back for one in changes[commit.id]}
    there = objects.files(tree, {path.rpartition(b"/")[0] for path in made})
    stands = {path: _state(there[path].mode, there[path].id) if path in there else _NOTHING for path in made}
    again = {path for path, state in made.items() if stands[path] == state}
    if not again:
        return {}
    work = [one for one in found if len(one.commit.parents) < _MERGE and set(one.stories) - set(landed)]
    before = _before(objects, classify, _near(objects, work, again), landed)
    gone: dict[str, Gone] = {}
    for story, own in before.items():
        paths = [path for path, was in own.items() if path in again and stands[path] == was]
        if paths:
            gone[story] = Gone(tuple(sorted(map(quoted, paths))), is_all=len(paths) == len(own))
    return gone


def _state(mode: str, blob: str) -> _State:
    return (mode, blob) if int(mode, 8) else _NOTHING


def _near(objects: Objects, own: Sequence[Claim], again: Collection[bytes]) -> list[Claim]:
    """Of the claims those of the stories that touched one of some paths; all, where that is not sooner known."""
    if len(again) > _FEW:
        return list(own)
    changes = changes_of(objects, [claim.commit for claim in own], sorted(again))
    near = frozenset(story for claim in own if changes[claim.commit.id] for story in claim.stories)
    return [claim for claim in own if not near.isdisjoint(claim.stories)]


def _before(
    objects: Objects, classify: Classifier, own: Sequence[Claim], landed: Collection[str]
) -> dict[str, dict[bytes, _State]]:
    """By story the files that its commits work on, as they stood before the first of them."""
    changes = changes_of(objects, [claim.commit for claim in own])
    before: dict[str, dict[bytes, _State]] = {}
    for claim in own:
        for one in changes[claim.commit.id]:
            if classify.of(one).klass in WORK:
                for story in claim.stories:
                    before.setdefault(story, {}).setdefault(one.path, _state(one.old_mode, one.old_blob))
    return {story: paths for story, paths in before.items() if story not in landed}

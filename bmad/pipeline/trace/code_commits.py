"""Which commits worked on their stories: what changes specification or governed files alone builds nothing.

Nor does a merge: what it brings is the work of others, and what it settles is that of the commits that it joins.
"""

from collections.abc import Iterable, Sequence

from bmad.core.paths import Classifier
from bmad.core.trace import WORK, Claim
from bmad.model.commits import Change, Commit
from bmad.ports.history import Objects

_MERGE = 2


def worked(objects: Objects, found: Iterable[Claim], classify: Classifier) -> list[Claim]:
    """Those that name a story and change what may be its work."""
    named = [claim for claim in found if claim.stories and len(claim.commit.parents) < _MERGE]
    changes = changes_of(objects, [claim.commit for claim in named])
    return [claim for claim in named if any(classify.of(one).klass in WORK for one in changes[claim.commit.id])]


def changes_of(
    objects: Objects, commits: Sequence[Commit], only: Sequence[bytes] = ()
) -> dict[str, tuple[Change, ...]]:
    """What each commit changes against its first parent, by id; `only` at some paths and below some folders."""
    parents = [commit.parents[0] for commit in commits if commit.parents]
    trees = {name: commit.tree for name, commit in objects.commits(parents).items()}
    pairs = [(trees[commit.parents[0]] if commit.parents else "", commit.tree) for commit in commits]
    found = objects.changes_within(pairs, only) if only else objects.changes(pairs)
    return {commit.id: changes for commit, changes in zip(commits, found, strict=True)}

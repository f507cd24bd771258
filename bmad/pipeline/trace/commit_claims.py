"""What commits claim: the stories that they name; where a squash lost those, of the records that they bring."""

from collections.abc import Iterable, Mapping, Sequence

from bmad.core.trace import Claim, claims
from bmad.model.commits import Change, Commit
from bmad.model.layout import Layout
from bmad.pipeline.trace.code_commits import changes_of
from bmad.pipeline.trace.commit_records import brought, speaking
from bmad.ports.files import Formats
from bmad.ports.history import Objects


def claimed(
    objects: Objects,
    formats: Formats,
    commits: Iterable[Commit],
    layout: Layout,
    changes: Mapping[str, Sequence[Change]] | None = None,
) -> list[Claim]:
    """The commits in order, each with its stories; of a merge only those that it names.

    `changes`, where they are known, are all that the commits change against their first parents.
    """
    found = claims(commits)
    bare = [claim.commit for claim in found if not claim.stories and len(claim.commit.parents) == 1]
    records = brought(objects, formats, bare, layout, changes)
    if changes is None:
        changes = changes_of(objects, [claim.commit for claim in found if claim.commit.id in records])
    recorded = {name: speaking(own, (one.path for one in changes[name])) for name, own in records.items()}
    return [_with(claim, recorded.get(claim.commit.id, {})) for claim in found]


def _with(claim: Claim, recorded: Mapping[bytes, tuple[str, ...]]) -> Claim:
    if not recorded:
        return claim
    every = dict.fromkeys(story for stories in recorded.values() for story in stories)
    return claim._replace(stories=tuple(every), recorded=recorded)

"""`bmad backfill`: proposals for older history in a side index, which `proposals` reads.

The index is of the commit that tracing began at, whose past does not change: it is never stale, lies in the user's
own cache folder, and can be computed again. The gate knows nothing of it.
"""

import json

from bmad.core.backfill import Seen, proposed
from bmad.errors import UsageError
from bmad.model.backfill import BackfillReport
from bmad.model.commits import Commit
from bmad.model.layout import POLICY
from bmad.pipeline.trace.proposals import key_of
from bmad.pipeline.trace.revision import read_at
from bmad.ports.cache import Cache
from bmad.ports.files import Formats
from bmad.ports.history import History, Objects

MOST = 10_000


def backfill(
    history: History, formats: Formats, cache: Cache, most: int = MOST, settings: str | None = None
) -> BackfillReport:
    """Propose stories for the history before the adoption, the latest `most` commits of it, and keep them.

    `settings` are those of the work tree, which may not be committed yet.
    Raises: UsageError where the settings name no commit that tracing began at.
    """
    with history.read() as objects:
        since = read_at(objects, formats, None).since
        if since is None or since == "root":
            raise UsageError(_unsaid(formats, settings))
        every = objects.walk(since, None)
        looked = every[-most:]
        found = proposed(_seen(objects, looked), since)
    report = BackfillReport(
        since=since, commits=len(looked), left_out=len(every) - len(looked), kept=False, proposals=tuple(found)
    )
    rows = [[one.id, one.grounds, one.key, one.title, list(one.commits)] for one in found]
    cache.keep(key_of(since), json.dumps(rows).encode())
    return report.model_copy(update={"kept": cache.load(key_of(since)) is not None})


def _unsaid(formats: Formats, settings: str | None) -> str:
    """What to do where the head does not say where tracing began: the work tree may do so already."""
    since = formats.settings(settings).gate.since if settings is not None else None
    if since == "root":
        return f"{POLICY} has everything judged, from the first commit on (`gate.since`): nothing is older."
    if since is not None:
        return (
            f"What bmad adopt wrote is not committed. Commit {POLICY} and what came with it, then: bmad backfill"
        )
    return f"{POLICY} names no commit that tracing began at (`gate.since`). First: bmad adopt"


def _seen(objects: Objects, commits: list[Commit]) -> list[Seen]:
    trees = {one.id: one.tree for one in commits}
    above = [one.parents[0] for one in commits if one.parents and one.parents[0] not in trees]
    trees |= {name: one.tree for name, one in objects.commits(above).items()} if above else {}
    plain = [one for one in commits if len(one.parents) <= 1]
    pairs = [(trees.get(one.parents[0], "") if one.parents else "", one.tree) for one in plain]
    paths = {
        one.id: tuple(change.path.decode("utf-8", "replace") for change in changes)
        for one, changes in zip(plain, objects.changes(pairs), strict=True)
    }
    return [
        Seen(one.id, one.parents, one.message.decode("utf-8", "replace"), paths.get(one.id, ())) for one in commits
    ]

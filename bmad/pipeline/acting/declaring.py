"""What a change declares anew that the project depends on, read out of the objects of two commits."""

from bmad.core.act.checks import Check
from bmad.core.act.dependencies import known_dependencies
from bmad.core.act.run import PERSON
from bmad.core.imports.declared import Manifest, New, new
from bmad.core.manifests.known import is_lock, is_manifest
from bmad.model.bounds import Bound
from bmad.model.quoting import quoted
from bmad.pipeline.acting.case import Case
from bmad.pipeline.acting.grounds import Grounds

_MIB = 1 << 20
_FILES = Bound("manifests and sources", 2 * _MIB, 64 * _MIB)


def declared(grounds: Grounds, base: str, head: str) -> tuple[New, ...]:
    """What the manifests of head declare and none of base's did, and what its lock files hold since then."""
    changes = {quoted(one.path): (one.old_blob, one.new_blob) for one in grounds.changes(base, head)}
    telling = {path: both for path, both in changes.items() if is_manifest(path) or is_lock(path)}
    if not telling:
        return ()
    blobs = {path: (blob, blob) for path, blob in grounds.files(base) if is_manifest(path)} | telling
    sources = [after for path, (_, after) in changes.items() if path.endswith(".py")]
    wanted = [blob for both in blobs.values() for blob in both] + sources
    held = grounds.contents([one for one in dict.fromkeys(wanted) if one.strip("0")], _FILES)
    texts = {blob: content.decode("utf-8", "replace") for blob, content in held.items()}
    manifests = [Manifest(path, texts.get(old), texts.get(now)) for path, (old, now) in blobs.items()]
    return new(manifests, [texts[one] for one in sources if one in texts])


def dependencies(case: Case) -> Check | None:
    """The check of a story's change; None where it declares nothing anew."""
    run = case.run
    found = declared(case.grounds, run.base, run.head)
    if not found:
        return None
    demands = (one.claim for one in run.findings.values() if one.lens == PERSON)
    return known_dependencies(found, [*run.spoken, *demands, *(one.text for one in case.story.criteria)])

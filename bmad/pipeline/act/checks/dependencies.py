"""What a change declares anew that the project depends on, read out of the objects of two commits."""

from collections.abc import Sequence

from bmad.core.act.checks import Check
from bmad.core.act.dependencies import from_elsewhere, known_dependencies, names
from bmad.core.act.licences import folded, unmet
from bmad.core.act.run import PERSON
from bmad.core.imports.declared import Manifest, New, new
from bmad.core.manifests.elsewhere import elsewhere
from bmad.core.manifests.known import held, is_lock, is_manifest, kind
from bmad.model.bounds import Bound
from bmad.model.quoting import quoted
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.checks.evidence import wanted
from bmad.pipeline.act.checks.licences import installed
from bmad.pipeline.act.step import Case

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
    contents = grounds.contents([one for one in dict.fromkeys(wanted) if one.strip("0")], _FILES)
    texts = {blob: content.decode("utf-8", "replace") for blob, content in contents.items()}
    manifests = [Manifest(path, texts.get(old), texts.get(now)) for path, (old, now) in blobs.items()]
    return new(manifests, [texts[one] for one in sources if one in texts])


def dependencies(case: Case) -> Check | None:
    """The check of a story's change; None where it declares nothing anew."""
    run = case.run
    found = declared(case.grounds, run.base, run.head)
    places = _elsewhere(case)
    if not (found or places):
        return None
    demands = (one.claim for one in run.findings.values() if one.lens == PERSON)
    said = [*run.spoken, *demands, *(one.text for one in case.story.criteria)]
    return known_dependencies(found, said, [*from_elsewhere(places, said), *_lacking(case, found, run.spoken)])


def _elsewhere(case: Case) -> dict[str, list[str]]:
    """By manifest the places beside the registry that the change has dependencies taken from."""
    changes = {quoted(one.path): one for one in case.grounds.changes(case.run.base, case.run.head)}
    told = {path: (one.old_blob, one.new_blob) for path, one in changes.items() if is_manifest(path)}
    contents = case.grounds.contents([one for both in told.values() for one in both if one.strip("0")], _FILES)
    texts = {blob: content.decode("utf-8", "replace") for blob, content in contents.items()}
    found = {
        path: sorted(elsewhere(path, texts.get(now)) - elsewhere(path, texts.get(old)))
        for path, (old, now) in told.items()
    }
    return {path: places for path, places in found.items() if places}


def _lacking(case: Case, found: Sequence[New], said: Sequence[str]) -> list[str]:
    """What the new dependencies lack: a lock, an installation, a licence; a person may name one that may."""
    settings = case.settings
    if not wanted(settings) and settings.licences is None:
        return []
    asked = [one for one in found if not any(names(one.name, words) for words in said)]
    locked = {one.path: _locked(case, kind(one.path)) for one in asked}
    there = installed(case, asked)
    told = [one for one in asked if kind(one.path) in ("python", "npm")]
    return unmet(told, locked, there, settings.licences)


def _locked(case: Case, kind_of: str) -> set[str] | None:
    """The folded names that the lock files of a kind hold at the head; None where there is no lock."""
    files = [
        (path, blob) for path, blob in case.grounds.files(case.run.head) if is_lock(path) and kind(path) == kind_of
    ]
    texts = case.grounds.contents([blob for _, blob in files], _FILES)
    told = ((path, texts[blob].decode("utf-8", "replace")) for path, blob in files if blob in texts)
    return {folded(name) for path, text in told for name, _ in held(path, text)} if files else None

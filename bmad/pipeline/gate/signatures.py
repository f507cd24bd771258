"""Which commits and records of a range bear signatures that hold, of those whom the base's policy names."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bmad.core.gate.facts import Attested, Landed, Step
from bmad.core.gate.signers import Signers, asks_signatures
from bmad.model.bounds import RECORD, SIGNATURES, Tally
from bmad.model.commits import Commit
from bmad.model.signing import RECORDS, Signed, Signer, canonical, commit_signed
from bmad.ports.history import Objects


def with_signatures(objects: Objects, steps: Sequence[Step], landed: Mapping[str, Landed]) -> list[Step]:
    """The steps, each whose policy asks who signed with what is signed; nothing is looked at for the others.

    `landed` is what reverts take back: what an exemption for a signer granted, anybody may take back.
    """
    reader = _Reader(objects)
    back = [commit for one in landed.values() for commit in (one.commit, *one.brought)]
    return [_with(reader, step, back) for step in steps]


def _with(reader: "_Reader", step: Step, back: Sequence[Commit]) -> Step:
    settings = step.before.settings
    if settings is None or not asks_signatures(settings.gate):
        return step
    signers = Signers(settings.gate)
    spared = any(one.by in signers.names for one in settings.gate.exempt)
    commits = reader.commits((facts.commit for facts in step.commits), signers)
    landed = reader.commits(back if spared else (), signers)
    records = {path: by for path, signed in reader.records(step) if (by := reader.by(signed, signers))}
    return step._replace(attested=Attested(commits, records, landed))


class _Reader:
    """Each signature is verified once, however many steps ask."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._known: dict[tuple[Signed, Signer], bool] = {}
        self._count = Tally("signatures", SIGNATURES)

    def by(self, signed: Signed, signers: Signers) -> str:
        """The name of the signer; empty where it is none of them, or does not hold."""
        who = signers.of(signed.armour)
        if who is None:
            return ""
        if (signed, who) not in self._known:
            self._count.add(1)
            self._known[signed, who] = self._objects.verifies(signed, who)
        return who.name if self._known[signed, who] else ""

    def commits(self, commits: Iterable[Commit], signers: Signers) -> dict[str, str]:
        """Those of the commits that one of them signed, by id."""
        signed = ((one.id, told) for one in commits if (told := commit_signed(one)) is not None)
        return {name: by for name, told in signed if (by := self.by(told, signers))}

    def records(self, step: Step) -> Iterator[tuple[str, Signed]]:
        """The records that the range adds and that bear a signature, by path."""
        files = step.added.counted if step.added is not None else ()
        signed = {
            one.path: one.record.signature for one in files if one.record is not None and one.record.signature
        }
        blobs = {change.path.decode("utf-8", "surrogateescape"): change.new_blob for change in step.net}
        texts = self._objects.blobs([blobs[path] for path in signed if path in blobs], RECORD)
        for path, armour in signed.items():
            if path in blobs:
                content = canonical(json.loads(texts[blobs[path]]))
                yield path, Signed(content, armour.encode(), RECORDS)

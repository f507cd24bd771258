"""Which commits and records of a range bear signatures that hold, of those whom the base's policy names."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bmad.core.gate.facts import Attested, Step
from bmad.core.gate.signers import Signers, asks_signatures
from bmad.model.bounds import RECORD, SIGNATURES, Tally
from bmad.model.signing import RECORDS, Signed, Signer, canonical, commit_signed
from bmad.ports.history import Objects


def with_signatures(objects: Objects, steps: Sequence[Step]) -> list[Step]:
    """The steps, each whose policy asks who signed with what is signed; nothing is looked at for the others."""
    reader = _Reader(objects)
    return [_with(reader, step) for step in steps]


def _with(reader: "_Reader", step: Step) -> Step:
    settings = step.before.settings
    if settings is None or not asks_signatures(settings.gate):
        return step
    signers = Signers(settings.gate)
    commits = {
        facts.id: by
        for facts in step.commits
        if (signed := commit_signed(facts.commit)) is not None and (by := reader.by(signed, signers))
    }
    records = {path: by for path, signed in reader.records(step) if (by := reader.by(signed, signers))}
    return replace(step, attested=Attested(commits, records))


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

    def records(self, step: Step) -> Iterator[tuple[str, Signed]]:
        """The records that the range adds and that bear a signature, by path."""
        files = step.recorded.counted if step.recorded is not None else ()
        signed = {
            one.path: one.record.signature for one in files if one.record is not None and one.record.signature
        }
        blobs = {change.path.decode("utf-8", "surrogateescape"): change.new_blob for change in step.net}
        texts = self._objects.blobs([blobs[path] for path in signed if path in blobs], RECORD)
        for path, armour in signed.items():
            if path in blobs:
                content = canonical(json.loads(texts[blobs[path]]))
                yield path, Signed(content, armour.encode(), RECORDS)

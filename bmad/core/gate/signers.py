"""Whose signatures count by a policy, and what such a policy needs."""

from collections.abc import Mapping
from dataclasses import replace

from bmad.core.gate.words import printable
from bmad.model.settings import GateSettings
from bmad.model.signing import Signer, key_of, signer


def signers_of(gate: GateSettings) -> list[Signer]:
    """Those whose signatures count by a policy; what names nobody counts for nobody."""
    return [one for line in gate.signers if isinstance(one := signer(line), Signer)]


class Signers:
    """Those whose signatures count by a policy, by their keys."""

    def __init__(self, gate: GateSettings) -> None:
        found = signers_of(gate)
        self._by_key: Mapping[str, Signer] = {one.key: one for one in found}
        self.names = frozenset(one.name for one in found)

    def of(self, armour: bytes) -> Signer | None:
        """Whose signature it says it is; whether it holds, only the key can tell."""
        key = key_of(armour)
        return self._by_key.get(key) if key is not None else None


def asks_signatures(gate: GateSettings) -> bool:
    """Whether anything of a policy turns on who signed."""
    names = Signers(gate).names if gate.signers else frozenset()
    return (
        gate.attest == "signed" or gate.governed_change == "signed" or any(one.by in names for one in gate.exempt)
    )


def signers_fault(gate: GateSettings) -> str | None:
    """What is wrong with what a policy says of signatures, as a sentence; None where nothing is."""
    for line in gate.signers:
        found = signer(line)
        if isinstance(found, str):
            return f"gate.signers of bmad.yaml: `{printable(line)[:80]}` {found}."
    keys = [line.split(" ")[2] for line in gate.signers]
    if len(set(keys)) < len(keys):
        return "gate.signers of bmad.yaml names one key twice, so that nobody could tell who signed."
    wanted = [
        name
        for name, value in (("gate.attest", gate.attest), ("gate.governed_change", gate.governed_change))
        if value == "signed"
    ]
    if wanted and not gate.signers:
        return f"{wanted[0]} `signed` of bmad.yaml needs gate.signers: nobody could sign."
    if gate.attest != "signed":
        return None
    if gate.governed_change == "alone":
        return (
            "gate.attest `signed` of bmad.yaml needs gate.governed_change `signed` or `refuse`: else whoever may "
            "push becomes a signer."
        )
    if gate.repository is None:
        return (
            "gate.attest `signed` of bmad.yaml needs gate.repository: else a signed record of another repository "
            "would count here."
        )
    return None


def for_signed(gate: GateSettings) -> GateSettings:
    """The policy for a commit that one of the signers signed."""
    return replace(gate, governed_change="alone") if gate.governed_change == "signed" else gate

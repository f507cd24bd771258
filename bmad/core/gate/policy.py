"""Which level holds, and what is wrong with a policy by which nothing could be judged."""

from bmad.core.gate.signers import signers_fault
from bmad.core.gate.words import printable
from bmad.core.territory import shape_fault
from bmad.errors import UsageError
from bmad.model.settings import GateSettings, Level, Settings


def effective_level(settings: Settings, wanted: Level | None) -> Level:
    """The base's level, or the higher one that is asked for.

    Raises: UsageError where a lower one is asked for, or the policy is one that nothing can be judged by.
    """
    gate = settings.gate
    if wanted is not None and wanted.rank < gate.level.rank:
        raise UsageError(
            f"--level {wanted} is below the base's gate.level {gate.level}. The level can be raised here, "
            "never lowered; change bmad.yaml by a policy commit."
        )
    level = wanted or gate.level
    fault = policy_fault(gate)
    if fault is not None:
        raise UsageError(fault)
    return level


def policy_fault(gate: GateSettings) -> str | None:
    """Why nothing can be judged by a policy, as a sentence; None where it can."""
    return signers_fault(gate) or _glob_fault(gate)


def _glob_fault(gate: GateSettings) -> str | None:
    """A glob that breaks the rules of shape holds nothing, so that nobody would notice what it fails to do."""
    keyed = [("gate.governed", glob) for glob in gate.governed]
    keyed += [("gate.self_authored", glob) for glob in gate.self_authored]
    keyed += [("gate.exempt", glob) for one in gate.exempt for glob in one.paths]
    for key, glob in keyed:
        fault = shape_fault(glob)
        if fault is not None:
            return f"{key} of bmad.yaml: the glob `{printable(glob)}` {fault}."
    return None


def asks_review(settings: Settings | None, wanted: Level | None) -> bool:
    """Whether records are asked for, by the base's policy or on the command line."""
    levels = (wanted, settings.gate.level if settings is not None else None)
    return settings is not None and any(one is not None and one.rank >= Level.REVIEWED.rank for one in levels)

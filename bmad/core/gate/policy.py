"""Which level holds, and what is wrong with a policy by which nothing could be judged."""

from bmad.core.gate.signers import signers_fault
from bmad.core.gate.words import printable
from bmad.core.territory import shape_fault
from bmad.errors import UsageError
from bmad.model.settings import Level, Settings


def effective_level(settings: Settings, wanted: Level | None) -> Level:
    """The base's level, or the higher one that is asked for.

    Raises: UsageError where a lower one is asked for, or the policy is one that nothing can be judged by.
    """
    own = settings.gate.level
    if wanted is not None and wanted.rank < own.rank:
        raise UsageError(
            f"--level {wanted} is below the base's gate.level {own}. The level can be raised here, "
            "never lowered; change bmad.yaml by a policy commit."
        )
    fault = policy_fault(settings)
    if fault is not None:
        raise UsageError(fault)
    return wanted or own


def policy_fault(settings: Settings) -> str | None:
    """Why nothing can be judged by a policy, as a sentence; None where it can."""
    return signers_fault(settings.gate) or _glob_fault(settings)


def _glob_fault(settings: Settings) -> str | None:
    """A glob that breaks the rules of shape holds nothing, so that nobody would notice what it fails to do."""
    gate = settings.gate
    keyed = [("oracle", glob) for glob in settings.oracle]
    keyed += [("gate.governed", glob) for glob in gate.governed]
    keyed += [("gate.self_authored", glob) for glob in gate.self_authored]
    keyed += [("gate.exempt", glob) for one in gate.exempt for glob in one.paths]
    keyed += [("gate.trivial", glob) for glob in (gate.trivial.paths if gate.trivial is not None else ())]
    for key, glob in keyed:
        fault = shape_fault(glob)
        if fault is not None:
            return f"{key} of bmad.yaml: the glob `{printable(glob)}` {fault}."
    return None


def asks_review(settings: Settings | None, wanted: Level | None) -> bool:
    """Whether records are asked for, by the base's policy or on the command line."""
    levels = (wanted, settings.gate.level if settings is not None else None)
    return settings is not None and any(one is not None and one.rank >= Level.REVIEWED.rank for one in levels)

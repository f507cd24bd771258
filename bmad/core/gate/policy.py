"""Which level holds, and which settings this version of the gate does not judge."""

from bmad.errors import UsageError
from bmad.model.settings import GateSettings, Level, Settings


def effective_level(settings: Settings, wanted: Level | None) -> Level:
    """The base's level, or the higher one that is asked for.

    Raises: UsageError where a lower one is asked for, or something that needs records or signatures.
    """
    gate = settings.gate
    if wanted is not None and wanted.rank < gate.level.rank:
        raise UsageError(
            f"--level {wanted} is below the base's gate.level {gate.level}. The level can be raised here, "
            "never lowered; change bmad.yaml by a policy commit."
        )
    level = wanted or gate.level
    refuse_beyond(level)
    beyond = _beyond(gate)
    if beyond is not None:
        raise UsageError(f"{beyond} {_NOT_JUDGED}")
    return level


_NOT_JUDGED = "is not judged by this version of bmad, which judges `traced` and `scoped`."


def refuse_beyond(level: Level) -> None:
    """Raises: UsageError where the level needs records."""
    if level.rank > Level.SCOPED.rank:
        raise UsageError(f"gate.level `{level}` {_NOT_JUDGED}")


def _beyond(gate: GateSettings) -> str | None:
    if gate.attest == "signed":
        return "gate.attest `signed`"
    if gate.governed_change == "signed":
        return "gate.governed_change `signed`"
    if any(one.by in gate.signers for one in gate.exempt):
        return "gate.exempt by one of gate.signers"
    return None

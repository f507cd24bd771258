"""What bmad.yaml must name before a story is begun: who does the work, and what shows that it is done."""

from bmad.errors import UsageError
from bmad.model.agents import Role
from bmad.model.settings import Settings
from bmad.pipeline.acting.case import resolve


def require(settings: Settings, *, by_hand: bool) -> None:
    """Nothing is begun that could not be ended; `by_hand` where a person does the developer's part.

    Raises: UsageError where an agent is missing, or policy is to accept what no check has looked at.
    """
    for role in (Role.REVIEWER,) if by_hand else (Role.DEVELOPER, Role.REVIEWER):
        resolve(settings, role)
    if not settings.verify and settings.act.accept != "story":
        raise UsageError(
            "bmad.yaml names no `verify` commands, so nothing shows that a criterion is met. Name some, for "
            "example `verify: [{name: tests, run: [pytest]}]`, or have a person accept each story: "
            "`act: {accept: story}`."
        )

"""The people who wrote a story's change, and that none of them is asked to review it."""

from bmad.core.gate.reviewers import authors, same_person, writes
from bmad.model.act import Event, Waits
from bmad.model.agents import HUMAN, Role
from bmad.pipeline.acting.case import Case, StopError


def authors_of(case: Case) -> tuple[str, ...]:
    """Who wrote the commits of a person's own branch; what agents made bears the name of whoever ran bmad."""
    run = case.run
    return authors(case.grounds.between(run.base, run.head)) if run.submitted else ()


def not_an_author(case: Case) -> None:
    """Raises: StopError where a person is to review, and is unknown or wrote the change and policy forbids it."""
    if case.agent(Role.REVIEWER)[1].use != HUMAN:
        return
    person = case.desk.person
    if not person:
        raise StopError(
            Event.WAITS, Waits(words="It is not known who reviews: set git's user.name and user.email.")
        )
    wrote = [*authors_of(case), *(one.by for one in case.run.works if writes(one) and one.by)]
    if case.settings.gate.self_review or not any(same_person(person, one) for one in wrote):
        return
    command = "submit" if case.run.submitted else "act"
    words = (
        f"{person} wrote this, and so cannot be its reviewer (G08). Have somebody else review it: they run "
        f"`bmad {command} {case.run.story}`. Or name another reviewer in bmad.yaml, or for a team of one "
        "`gate.self_review: true`, and commit it where stories land."
    )
    raise StopError(Event.WAITS, Waits(words=words))

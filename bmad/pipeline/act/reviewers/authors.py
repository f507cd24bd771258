"""The people who wrote a story's change, and that none of them is its reviewer."""

from bmad.core.act.run import Run
from bmad.core.gate.reviewers import authors, writes
from bmad.model.settings import Settings
from bmad.pipeline.act.baseline import Grounds


def authors_of(grounds: Grounds, run: Run) -> tuple[str, ...]:
    """Who wrote the commits of a person's own branch; what agents made bears the name of whoever ran bmad."""
    return authors(grounds.between(run.base, run.head)) if run.submitted else ()


def may_not_review(grounds: Grounds, run: Run, settings: Settings, person: str) -> str:
    """Why a person cannot review, as a sentence: they wrote it, and policy forbids it; empty where they may."""
    wrote, people = authors_of(grounds, run), grounds.people(run.base)
    made = [*wrote, *(one.by for one in run.works if writes(one) and one.by)]
    if settings.gate.self_review or not people.among(person, made):
        return ""
    did = "wrote this" if people.among(person, wrote) or not run.submitted else "handed this in as its developer"
    return (
        f"{person} {did}, and so cannot be its reviewer (G08). Somebody else reviews it, in this repository: "
        f"bmad review {run.story}. Or name another reviewer in bmad.yaml, or for a team of one "
        "`gate.self_review: true`, and commit it where stories land."
    )

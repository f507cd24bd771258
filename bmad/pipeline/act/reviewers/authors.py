"""The people who wrote a story's change, and that none of them is its reviewer."""

from bmad.core.act.run import Run
from bmad.core.gate.reviewers import authors, writes, written_by
from bmad.model.settings import Settings
from bmad.pipeline.act.baseline import Grounds


def authors_of(grounds: Grounds, run: Run) -> tuple[str, ...]:
    """Who wrote the commits of a person's own branch; what agents made bears the name of whoever ran bmad."""
    return authors(grounds.between(run.base, run.head)) if run.submitted else ()


def by_hand(grounds: Grounds, run: Run, head: str, person: str) -> str:
    """Who did the developer's part on a person's branch: `person`, who hands it in, where any of it is theirs.

    Else it is who wrote the last of it, by what git says: handing in what a colleague wrote is no work on it.
    """
    made, people = grounds.between(run.base, head), grounds.people(run.base)
    if not made or people.among(person, authors(made)):
        return person
    own = [one for one in made if len(one.parents) == 1] or made
    return written_by(own[-1])


def may_not_review(grounds: Grounds, run: Run, settings: Settings, person: str) -> str:
    """Why a person cannot review, as a sentence: they wrote it, and policy forbids it; empty where they may."""
    wrote, people = authors_of(grounds, run), grounds.people(run.base)
    made = [*wrote, *(one.by for one in run.works if writes(one) and one.by)]
    if settings.gate.self_review or not people.among(person, made):
        return ""
    did = "wrote this" if people.among(person, wrote) or not run.submitted else "handed this in as its developer"
    return barred(person, did, run.story)


def barred(person: str, did: str, story: str) -> str:
    """Why somebody who did something for a story cannot review it, and who can."""
    return (
        f"{person} {did}, and so cannot be its reviewer (G08). Somebody else reviews it, here or, once the branch "
        f"is pushed, in a clone of theirs: bmad review {story}. Or name another reviewer in bmad.yaml, or for a "
        "team of one `gate.self_review: true`, and commit it where stories land."
    )

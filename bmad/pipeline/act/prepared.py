"""What a story is built on: the tip of where it lands, and its own preparation where that lands with its work.

With `act.land: squash` a preparation is held: a commit on top of where it lands, on the story's own branch alone.
Where the target moves on, the story's document is put on what stands there now, joined with what people did to it
meanwhile.
"""

from bmad.core.act.run import Run
from bmad.core.trailers import parse
from bmad.pipeline.act.baseline import Basis, Grounds
from bmad.pipeline.branches import BRANCH, short
from bmad.ports.acting import Desk


def holds(run: Run) -> bool:
    """Whether a preparation that is made now lands with the work."""
    return run.policy.land == "squash" and not run.submitted


def built_on(desk: Desk, grounds: Grounds, run: Run) -> Basis | None:
    """The basis of a story under way, with what is held on top of the tip; None where the branch is gone."""
    tip = desk.repository.tip(run.onto)
    if tip is None or not run.held or tip == run.base or grounds.lacks(run.base):
        return None if tip is None else grounds.at(tip)
    if grounds.commit(run.base).parents == (tip,):
        return grounds.prepared(tip, run.base)
    at, commit, conflicts = grounds.put_again.get(run.base, ("", "", ()))
    if at != tip:
        commit, conflicts = desk.repository.replay(run.story, run.base, tip)
        grounds.put_again[run.base] = tip, commit, conflicts
    if conflicts:
        return grounds.without(tip)
    return grounds.prepared(tip, commit) if commit != tip else grounds.at(tip)


def read_on(desk: Desk, grounds: Grounds, run: Run) -> Basis:
    """As `built_on`, for who only reads: nothing is made, and what is held is read as it was made."""
    tip = desk.repository.tip(run.onto) or run.base
    basis = grounds.at(tip)
    stands = basis.story(run.story) is not None and basis.record(run.story, run.landing) is None
    return grounds.prepared(tip, run.base) if run.held and tip != run.base and stands else basis


def prepared_in(grounds: Grounds, basis: Basis) -> str:
    """The step that made the preparation which a basis holds; empty where it holds none."""
    made = parse(grounds.commit(basis.commit).message).values("step") if basis.is_prepared else ()
    return next((one.value for one in made), "")


def shown(run: Run, path: str) -> str:
    """The command that shows a preparation which waits for a person, in the document of its story."""
    if run.wider is not None:
        return f"git diff {run.wider.base[:12]} {BRANCH}{run.story}"
    return f"git show {BRANCH}{run.story}" if run.held else f"git show {short(run.onto)}:{path}"

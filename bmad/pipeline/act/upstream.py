"""What the specification says of a story that is to be built, or is under way: whether its chain holds."""

from collections.abc import Iterable
from shlex import quote

from bmad.core.act.run import Run
from bmad.core.act.ways import goes_on
from bmad.core.suspicion import is_suspect
from bmad.model.act import Event, Respecified, State, Waits
from bmad.model.spec import Statement, way_in
from bmad.pipeline.act.baseline import Basis, Grounds
from bmad.pipeline.act.preflight import may_merge_alone
from bmad.pipeline.act.step import Happened
from bmad.pipeline.branches import BRANCH, REF, short
from bmad.pipeline.status.landed_records import BEFORE
from bmad.ports.acting import Desk


def unsound(basis: Basis, story: str) -> Waits | None:
    """What is wrong with a story's chain to the intent, and what settles it; None where it holds."""
    words = _wrong(basis, story)
    return Waits(words=words, commands=_settling(basis, story)) if words else None


def _wrong(basis: Basis, story: str) -> str:
    part, way = basis.state.chain(story)
    if way.problems:
        return f"its chain to the intent is broken: {way.problems[0]}"
    if words := unsaid(basis, story):
        return words
    if any(is_suspect(part, basis.state.lock, link) for link in way.links):
        return f"its chain is suspect; see that it still holds, and commit that: bmad confirm {story} --why REASON"
    return ""


def unsaid(basis: Basis, story: str) -> str:
    """A sentence where the intent was edited, and nobody has mapped it since: it asks for this story no more."""
    gone = basis.state.unsaid(story)
    if not gone:
        return ""
    more = f" and {len(gone) - 1} more do" if len(gone) > 1 else " does"
    return _UNSAID.format(gone[0].id, more, " && ".join(_mapping(basis, gone)))


_UNSAID = "{0}, which it comes from,{1} not stand in the intent any more; bring that in, and commit it: {2}"


def _mapping(basis: Basis, gone: Iterable[Statement]) -> tuple[str, ...]:
    """The commands that bring in what the intents of some statements say now."""
    registers = {one.path for one in gone}
    ways = []
    for intent in (one for one in basis.state.intents if one.place.register in registers):
        origin = basis.state.documents[intent.place.register].document.imported
        ways.append(way_in(origin) if origin else f"bmad map {quote(intent.path)}")
    return tuple(ways)


def begun_by_hand(desk: Desk, grounds: Grounds, basis: Basis, story: str, onto: str) -> Waits | None:
    """What it waits for where a person has commits on the branch that agents would work on, and not on `onto`."""
    tip = desk.repository.tip(f"{REF}{story}")
    if tip is None or not grounds.by_people(basis.commit, tip):
        return None
    name = f"{BRANCH}{story}"
    way, why = f"git switch {name} && bmad submit {story}", ""
    if may_merge_alone(basis.settings):
        way, why = f"git switch {short(onto)} && git merge {name}", _ALONE.format(basis.settings.gate.level)
    anew = f"git branch -m {name} {story}-by-hand && bmad act {story}"
    return Waits(
        words=f"a person has commits on {name}; end it with: {way}{why}, or rename that branch",
        commands=(way, anew),
    )


_ALONE = " (no reviewer is named, and level {} asks for none)"


def upstream(basis: Basis, run: Run) -> Happened | None:
    """Where the chain says something else than what is being built, the story goes back to its creation."""
    if run.state is not State.CREATE:
        return _respecified(basis, run) or _overruled(basis, run)
    waits = unsound(basis, run.story) if basis.story(run.story) is not None else None
    return (Event.WAITS, waits) if waits is not None else None


def sent_back(basis: Basis, run: Run) -> Waits | None:
    """Why no word of a person takes on what waits for one, and what does; None where their word does.

    The next `bmad act` sends it back: whoever accepts it would have looked at it for nothing.
    """
    if run.has_landed or upstream(basis, run) is None:
        return None
    if basis.story(run.story) is None:
        words = f"it does not stand in {short(run.onto)} any more"
        return Waits(words=words, commands=(f"bmad cancel {run.story}",))
    waits = unsound(basis, run.story)
    words = waits.words if waits else "its specification has changed since it was prepared, and it is built anew"
    return Waits(words=words, commands=(*(waits.commands if waits else ()), goes_on(run)))


def _overruled(basis: Basis, run: Run) -> Happened | None:
    """Nothing is built, nor lands, that the intent does not ask for any more."""
    if run.state not in (State.DEV, State.LAND) or _has_landed(basis, run) or basis.story(run.story) is None:
        return None
    words = unsaid(basis, run.story)
    return (Event.WAITS, Waits(words=words, commands=_settling(basis, run.story))) if words else None


def called_off(grounds: Grounds, basis: Basis, run: Run) -> Happened | None:
    """Where the story is done without this work, nothing is to be built: it waits to be called off."""
    words = overtaken(grounds, basis, run)
    return (Event.WAITS, Waits(words=words, commands=(f"bmad cancel {run.story}",))) if words else None


def overtaken(grounds: Grounds, basis: Basis | None, run: Run) -> str:
    """How the story is done without this work, by a landing from another clone for one; empty where it is not."""
    if run.has_landed or basis is None:
        return ""
    if run.state is not State.LAND and basis.record(run.story, run.landing) is not None:
        return landed_elsewhere(grounds, basis, run)
    return done_before(basis, run.story)


def done_before(basis: Basis, story: str) -> str:
    """What is said of a story that its document calls done elsewhere, and of which nothing has landed here."""
    item = basis.story(story)
    if item is None or not item.done_elsewhere or basis.landings(story):
        return ""
    return BEFORE.format(item.done_elsewhere, item.path)


def landed_elsewhere(grounds: Grounds, basis: Basis, run: Run) -> str:
    """What is said of a story that landed while it was under way here: with this work in it, or by other work."""
    record = basis.record(run.story, run.landing)
    known = record is not None and run.head != run.base and not grounds.lacks(record.head)
    if record is not None and known and grounds.reaches(record.head, run.head):
        way = "." if run.state is State.CANCELLED else f": bmad cancel {run.story}"
        return _FROM_ELSEWHERE.format(run.story, short(run.onto), way)
    return by_other_work(run)


_FROM_ELSEWHERE = "{0} has landed on {1} with this work in it, from another clone. Nothing is left to do here{2}"


def by_other_work(run: Run) -> str:
    kept = run.submitted or f"{REF}{run.story}"
    return _BY_OTHER_WORK.format(run.story, short(run.onto), short(kept))


_BY_OTHER_WORK = (
    "{0} has landed on {1} by other work than this, which stays on {2} and cannot land: bmad cancel {0}"
)


def was_taken_back(grounds: Grounds, basis: Basis, run: Run) -> bool:
    """Whether it has landed there, and people took that off again: its code, or its record with it."""
    if basis.landings(run.story):
        return run.story in grounds.taken_back(basis)
    return bool(run.landed) and grounds.reaches(basis.commit, run.landed)


def homeless(run: Run) -> str:
    """What is said of a story whose branch to land on somebody took away."""
    return _HOMELESS.format(short(run.onto), run.story, run.base[:12])


_HOMELESS = (
    "{0}, which it is built on, is gone: make it again (git branch {0} COMMIT), or: bmad cancel {1}; it was at "
    "{2} when the story was put on it"
)


def lost(grounds: Grounds, run: Run) -> Happened | None:
    """Where git has the work of a story no more, nothing but to begin it anew is left."""
    gone = grounds.lacks(run.base, run.head)
    if not gone:
        return None
    words = f"Its work is in git no more ({gone[:12]}), as a branch that was deleted once git has cleaned up"
    anew = (f"bmad cancel {run.story}", f"bmad act {run.story}")
    return Event.WAITS, Waits(words=f"{words}; it is built anew with: {' && '.join(anew)}", commands=anew)


def _settling(basis: Basis, story: str) -> tuple[str, ...]:
    """What settles a chain that does not hold: it does once it is committed where stories land."""
    if basis.state.chain(story)[1].problems:
        return ("bmad validate",)
    if gone := basis.state.unsaid(story):
        return _mapping(basis, gone)
    return f"bmad confirm {story} --why REASON", f'git commit -m "Confirm {story}" {basis.layout.lock}'


def _has_landed(basis: Basis, run: Run) -> bool:
    return run.has_landed or basis.record(run.story, run.landing) is not None


def _respecified(basis: Basis, run: Run) -> Happened | None:
    if not run.spec or _has_landed(basis, run):
        return None
    item = basis.story(run.story)
    now = basis.spec(run.story) if item is not None else ""
    if not basis.fits:
        words = "Its document was edited where it lands, and its preparation does not fit into that."
        return Event.RESPECIFIED, Respecified(spec=now, words=words)
    if now == run.spec and item is not None and not item.territory:
        words = "Its territory, and so its preparation, does not stand where it lands any more."
        return Event.RESPECIFIED, Respecified(spec=now, words=words)
    if now == run.spec:
        return None
    return Event.RESPECIFIED, Respecified(spec=now, words="The specification of the story has changed.")

"""The commands that settle what a story waits for, each as it can be typed. Capitals stand for what a person says.

Wherever bmad names a command that goes on with a story, it is one of these.
"""

from bmad.core.act.run import Run
from bmad.model.act import State
from bmad.model.agents import AnswerKind

ASIDE = "aside-"
"""What the place of a command begins with that works for no story, before the command's name."""

_ASKED: dict[State, AnswerKind] = {
    State.CREATE: "work",
    State.DEV: "work",
    State.FIX: "work",
    State.REVIEW: "person-review",
    State.TRIAGE: "triage",
}


def asked(run: Run) -> tuple[str, AnswerKind] | None:
    """The task of a person that the story would wait for in its state: its key and kind."""
    kind = _ASKED.get(run.state)
    if kind is None:
        return None
    tests = run.state is State.DEV and run.tester and not run.tested
    return f"{run.story}/{run.step('test' if tests else '')}", kind


def goes_on(run: Run) -> str:
    """The command that takes a story on from where it is, or does again what was done aside of any."""
    if run.story.startswith(ASIDE):
        return f"bmad {run.story.removeprefix(ASIDE)}"
    if run.submitted.startswith("refs/remotes/") and run.state in (State.DEV, State.FIX):
        return f"git fetch && bmad review {run.story}"  # what comes next is its author's to push
    return f"bmad submit {run.story}" if run.submitted and not run.resting else f"bmad act {run.story}"


def ways(run: Run, *, standing: bool = False, answered: bool | None = None) -> tuple[str, ...]:
    """What settles that which a story waits for, or takes it on.

    What is `standing` on `bmad/next` cannot be called off. `answered` is whether the person who was asked has
    answered, None where nobody was asked.
    """
    if answered:
        return (goes_on(run),)
    settling = run.settling if run.waits_for else ()
    if answered is not None:
        return (*_own_turn(run), *settling, goes_on(run))
    match run.state:
        case State.PLAN | State.ACCEPT:
            return _accepting(run)
        case State.ARBITRATE:
            return _ruling(run, standing=standing)
        case State.FAILED if run.may_check_again and run.rested is not State.VERIFY:
            return goes_on(run), f"bmad act {run.story} --again"
    return tuple(dict.fromkeys((*settling, goes_on(run))))


def _own_turn(run: Run) -> tuple[str, ...]:
    """How a person says what an agent would: work is done in files."""
    name = run.story
    match run.state:
        case State.REVIEW:
            return reviewing(run)
        case State.TRIAGE:
            return f"bmad triage {name}", f"bmad triage {name} --dispute FINDING --why REASON"
    return ()


def _accepting(run: Run) -> tuple[str, ...]:
    accept, reject = accepting(run), f"bmad reject {run.story} --why REASON"
    if run.state is State.PLAN:
        return accept, reject
    if run.has_landed:
        return "bmad accept --all", reject
    return f"git diff {run.base[:12]} {run.head[:12]}", accept, reject


def accepting(run: Run) -> str:
    """How a person accepts it, with a word on each criterion that no test names and they have to look at."""
    looked = run.unvouched if run.state is State.ACCEPT else ()
    words = "".join(f" --inspected {name.rpartition('/')[2]}=REASON" for name in looked)
    return f"bmad accept {run.story}{words}"


def _ruling(run: Run, *, standing: bool) -> tuple[str, ...]:
    name = run.story
    if run.disputes:
        each = [one.id for one in run.disputes]
        named = [*each, "--all"] if len(each) > 1 else each
        return tuple(f"bmad arbitrate {name} {one} --for reviewer|developer --why REASON" for one in named)
    why = " --why TESTS-THAT-MAY-GO" if run.weakened else ""
    again = (f"bmad act {name} --again{why}",) if run.may_check_again else ()
    more = f"bmad arbitrate {name} --more 2 --why WHAT-TO-DO"
    confirmed = [one.id for one in run.held_up_by]
    named = ["FINDING"] if len(confirmed) > 1 else confirmed  # of several most are to be mended
    none = tuple(f"bmad arbitrate {name} {one} --for developer --why REASON" for one in named)
    return (*again, more, *none) if standing else (*again, more, *none, f"bmad cancel {name}")


def reviewing(run: Run) -> tuple[str, ...]:
    """How a person reviews."""
    name = run.story
    return (
        f"bmad review {name}",
        f"bmad review {name} --approve",
        f"bmad review {name} --request-changes WHAT",
        f"bmad review {name} --comment FILE:LINE WHAT",
    )

"""`bmad ci`: the gate as a code host's CI asks it, with base and head from the event.

A request is judged against the tip of the branch that it works towards, a queue against the base that the event
names, a push by the policies that stood before it, step by step. What is not at hand is never taken for nothing.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from bmad.core.ci_events import host_of
from bmad.errors import CannotAnswerError, UsageError
from bmad.model.ci import Asked, Host
from bmad.model.gate import GateReport
from bmad.model.layout import POLICY
from bmad.pipeline.branches import HEADS
from bmad.pipeline.gate.evidence import Specs
from bmad.pipeline.gate.gate import GateRequest, forewarned
from bmad.ports.files import Formats
from bmad.ports.history import Clock, History, Objects

_NOT_HERE = "{} is not in this clone. Fetch the whole history (fetch-depth: 0, GIT_DEPTH: 0) and all branches."
_LOST = (
    "The tip that {} had before this push, {}, is not in this clone: history was rewritten. Nothing tells what "
    "was there, so nothing is judged; audit from a commit that you know: bmad gate --since REV."
)


class Judged(NamedTuple):
    """The verdict, what is told of how it came about, and whether there is a range to report on."""

    report: GateReport
    notes: tuple[str, ...]
    ranged: bool


def started(environ: Mapping[str, str], event: Mapping[str, Any]) -> Host:
    """What CI was started for, by its environment and the event. Raises: UsageError where neither says it."""
    return host_of(environ, event)


def judge(history: History, formats: Formats, clock: Clock, asked: Asked, *, report_only: bool) -> Judged:
    """Judge what CI was started for.

    Raises: CannotAnswerError where the clone lacks what the event names; else as `gate`.
    """
    with history.read() as objects:
        request, notes = _request(objects, formats, asked)
    report = forewarned(history, formats, clock, request._replace(report_only=report_only))
    return Judged(report, tuple(notes), request.since is None)


def _request(objects: Objects, formats: Formats, asked: Asked) -> tuple[GateRequest, list[str]]:
    _here(objects, asked.head)
    if asked.what == "push":
        return _of_push(objects, formats, asked)
    base = asked.base or _tip(objects, asked.target)
    _here(objects, base)
    adopted = _adopted(objects, formats, asked)
    notes = [] if adopted else ["the default branch has no bmad.yaml yet, so this can only adopt bmad: look at it"]
    target = f"{HEADS}{asked.target}"
    return GateRequest(base, asked.head, require_policy=adopted, target=target), notes


def _of_push(objects: Objects, formats: Formats, asked: Asked) -> tuple[GateRequest, list[str]]:
    """A push goes on from the old tip; where a branch is new or was rewritten, from the default branch.

    So it does where it had no policy: a branch without one is no way around that of the default branch.
    """
    main = asked.target == asked.default
    there = bool(asked.before) and objects.commit(asked.before) is not None
    if asked.before and not there and main:
        raise CannotAnswerError(_LOST.format(asked.target, asked.before[:12]))
    how = f"{asked.target} was rewritten" if asked.before else f"the event names no earlier tip of {asked.target}"
    if there and (main or objects.reached([asked.before], asked.head)):
        bare = not main and bool(asked.default) and not _has_policy(objects, formats, asked.before)
        if not (bare and _adopted(objects, formats, asked)):
            return GateRequest(None, asked.head, since=asked.before), []
        how = f"{asked.target} had no {POLICY} before this push, and {asked.default} has one"
    if main or not asked.default:
        return GateRequest(None, asked.head, since="root"), [f"{how}, so all of it is judged"]
    return GateRequest(_tip(objects, asked.default), asked.head), [
        f"{how}, so it is judged against {asked.default}"
    ]


def _adopted(objects: Objects, formats: Formats, asked: Asked) -> bool:
    """Whether the default branch has a policy: then each base needs one, whatever branch a request names."""
    return _has_policy(objects, formats, _tip(objects, asked.default or asked.target))


def _has_policy(objects: Objects, formats: Formats, name: str) -> bool:
    commit = objects.commit(name)
    return commit is None or Specs(objects, formats).state(commit.tree).has_policy


def _tip(objects: Objects, branch: str) -> str:
    """The tip of a branch of the host, as the clone has it."""
    name = f"refs/remotes/origin/{branch}"
    try:
        return objects.tips(name, name).base
    except UsageError:
        raise CannotAnswerError(_NOT_HERE.format(name)) from None


def _here(objects: Objects, name: str) -> None:
    if objects.commit(name) is None:
        raise CannotAnswerError(_NOT_HERE.format(name))

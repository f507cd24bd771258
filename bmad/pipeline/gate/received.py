"""A push as a server's hook sees it, or a client's before it goes out: each ref judged by what stands there."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from bmad.core.pushes import Asked, Update, asked, pushed, received, update
from bmad.errors import UndecidableError, UsageError
from bmad.model.gate import GateReport
from bmad.pipeline.gate.gate import GateRequest, gate
from bmad.ports.files import Formats
from bmad.ports.history import Clock, History, Objects

_REWRITTEN = "it is protected, and its history would be rewritten: {} is not in the history of what was pushed"
_LOOSE = "the tag leads to a commit that no protected branch holds: {}"
_NO_COMMIT = "it leads to nothing that is a commit"
_HEADS = "refs/heads/"
SERVER, EACH, CLIENT = "pre-receive", "update", "pre-push"


class Answer(NamedTuple):
    """What was decided about a ref: why it is refused, or the verdict; neither where it is let through."""

    ref: str
    why: str = ""
    report: GateReport | None = None

    @property
    def refused(self) -> bool:
        return bool(self.why) or (self.report is not None and self.report.exit != 0)


def updates(hook: str, words: Sequence[str], lines: str) -> list[Update]:
    """What a hook is told. Raises: UsageError where that is no update."""
    if hook == EACH:
        one = update(words[1], words[2], words[0]) if len(words) == 3 else None  # noqa: PLR2004 - ref, old, new
        found = [one] if one is not None else None
    else:
        found = received(lines) if hook == SERVER else pushed(lines)
    if found is None:
        raise UsageError(f"{hook} is called with what git passes to it, by its words or on its standard input.")
    return found


def judged(
    history: History,
    formats: Formats,
    clock: Clock,
    pushed_ones: Sequence[Update],
    protected: Collection[str],
) -> list[Answer]:
    """The decision about each ref; a protected branch by the policy of its old tip.

    Raises: as `gate`.
    """
    wanted = asked(pushed_ones, protected)
    answers = [_branch(history, formats, clock, one) for one in wanted if one.does != "tag"]
    moved = {one.update.ref: one.update.new for one in wanted if one.does in ("judge", "begin")}
    with history.read() as objects:
        tags = [_tag(objects, one, _tips(objects, protected, moved)) for one in wanted if one.does == "tag"]
    return [*answers, *tags]


def _branch(history: History, formats: Formats, clock: Clock, one: Asked) -> Answer:
    ref, old, new = one.update
    if one.does in ("free", "refuse"):
        return Answer(ref, one.why)
    with history.read() as objects:
        if objects.commit(new) is None:
            return Answer(ref, _NO_COMMIT)
        try:
            if one.does == "judge" and not objects.reached([old], new):
                return Answer(ref, _REWRITTEN.format(old[:12]))
        except UndecidableError:  # the old tip is not there: a client that has not fetched it
            return Answer(ref, _REWRITTEN.format(old[:12]))
    request = GateRequest(old, new) if one.does == "judge" else GateRequest(None, new, since="root")
    return Answer(ref, report=gate(history, formats, clock, request))


def _tag(objects: Objects, one: Asked, tips: Collection[str]) -> Answer:
    """A tag names what is on a protected branch, or will be with this push."""
    commit = objects.commit(one.update.new)
    if commit is None:
        return Answer(one.update.ref, _NO_COMMIT)
    if any(objects.reached([commit.id], tip) for tip in tips):
        return Answer(one.update.ref)
    return Answer(one.update.ref, _LOOSE.format(commit.id[:12]))


def _tips(objects: Objects, protected: Collection[str], moved: Mapping[str, str]) -> list[str]:
    """The tips of the protected branches as the push would leave them."""
    found = []
    for branch in protected:
        ref = f"{_HEADS}{branch}"
        if ref in moved:
            found.append(moved[ref])
            continue
        try:
            found.append(objects.tips(ref, ref).head)
        except UsageError:  # it has not begun
            continue
    return found

"""A push as a server's hook sees it, or a client's before it goes out: each ref judged by what stands there."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from bmad.core.pushes import PLAIN, Asked, Refs, Update, asked, is_branch, pushed, received, update
from bmad.errors import CannotAnswerError, UndecidableError, UsageError
from bmad.model.gate import GateReport
from bmad.model.layout import POLICY
from bmad.pipeline.branches import HEADS
from bmad.pipeline.gate.gate import GateRequest, gate
from bmad.ports.files import Formats
from bmad.ports.history import Checkout, Clock, History, Objects

_REWRITTEN = "it is protected, and its history would be rewritten: {} is not in the history of what was pushed"
_LOOSE = "the tag leads to a commit that no protected branch holds: {}"
_NO_COMMIT = "it leads to nothing that is a commit"
_STALE = "it is protected, and not what the push says that it was: {}. Fetch, and push again"
_AROUND = (
    "{} was merged into what is pushed ({}), as `git pull` does it, and not the other way round: all of it was "
    "judged, but an audit from there, as CI makes one of a push, ends with 3. `git pull --rebase` before a push "
    "keeps the line"
)
_PROTECT = "On the server name each branch: bmad hooks install --server --protect main"
SERVER, EACH, CLIENT = "pre-receive", "update", "pre-push"


class Answer(NamedTuple):
    """What was decided about a ref: why it is refused, or the verdict; neither where it is let through."""

    ref: str
    why: str = ""
    report: GateReport | None = None
    note: str = ""
    """What is told of one that passes."""

    @property
    def refused(self) -> bool:
        """Whether it is refused, or would be where nothing is."""
        return bool(self.why) or (self.report is not None and not self.report.ok)


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


class Protected(NamedTuple):
    """The branches that are judged, and what the repository that holds them says of its refs."""

    branches: Sequence[str]
    refs: Refs = PLAIN


def protected(checkout: Checkout, hook: str, wanted: Iterable[Update]) -> Protected:
    """What is protected where a hook runs; of a remote a client knows but its default branch.

    Raises: CannotAnswerError where a server does not say it: who wrote the hook there wants something judged.
    """
    if hook == CLIENT:
        return Protected(list(filter(None, (checkout.default() or checkout.main(),))))
    branches = [one.removeprefix(HEADS) for one in checkout.protected()]
    odd = next((one for one in branches if not is_branch(one)), None)
    if odd is not None or not branches:
        why = "HEAD names no branch" if odd is None else f"`{odd}` of bmad.protect is no name of a branch"
        raise CannotAnswerError(f"{why}, so nothing tells what is protected here. {_PROTECT}")
    named = [*(one.ref for one in wanted), *(f"{HEADS}{branch}" for branch in branches)]
    return Protected(branches, Refs(checkout.leads_to(named), checkout.folds_names(), here=True))


def judged(
    history: History,
    formats: Formats,
    clock: Clock,
    pushed_ones: Sequence[Update],
    kept: Protected,
    *,
    report_only: bool = False,
) -> list[Answer]:
    """The decision about each ref; a protected branch by the policy of its old tip, by whatever name it is pushed.

    Raises: as `gate`.
    """
    wanted = asked(pushed_ones, *kept)
    moved = {one.update.ref: one.update.new for one in wanted if one.does in ("judge", "begin")}
    went_on = {one.update.ref: one.update.new for one in wanted if one.does == "judge"}
    with history.read() as objects:
        stale = _stale(objects, wanted) if kept.refs.here else {}
        refs = kept.refs.kept(kept.branches)
        tips = _tips(objects, refs, moved)
        begun: dict[Asked, GateRequest] = {}
        for one in (one for one in wanted if one.does == "begin" and one not in stale):
            others = [ref for ref in refs if ref != one.update.ref]
            begun[one] = _begun(objects, one.update.new, _tips(objects, others, went_on))
        tags = [_tag(objects, one, tips) for one in wanted if one.does == "tag"]
    branches = (one for one in wanted if one.does != "tag")
    found = (
        stale.get(one) or _branch(history, formats, clock, one, begun.get(one), report_only=report_only)
        for one in branches
    )
    return [*found, *tags]


def _stale(objects: Objects, wanted: Sequence[Asked]) -> dict[Asked, Answer]:
    """The answers on what a push says otherwise of protected branches than they are.

    It would not move them in the end; but a tag beside it would stay.
    """
    found = {}
    for one in wanted:
        if one.does in ("judge", "begin") and one.update.old != (tip := _tip(objects, one.update.ref)):
            found[one] = Answer(one.update.ref, _STALE.format(tip[:12] or "it has not begun"))
    return found


def _begun(objects: Objects, new: str, tips: Sequence[str]) -> GateRequest:
    """What a branch that begins is judged by: the policy where it leaves the line of another protected one.

    Its own policy is that of whoever pushes, so it counts for the first of all branches alone.
    """
    commit = objects.commit(new)
    if not tips or commit is None:
        return GateRequest(None, new, since="root")
    lines = frozenset(name for tip in tips for name in objects.first_parents(tip))
    fork = next((name for name in objects.first_parents(commit.id) if name in lines), None)
    trees = (one.tree for one in objects.commits(tips).values())
    adopted = any(POLICY.encode() in objects.files(tree, [b""]) for tree in trees)
    return GateRequest(None if fork else tips[0], new, since=fork, require_policy=adopted)


def _branch(
    history: History,
    formats: Formats,
    clock: Clock,
    one: Asked,
    begun: GateRequest | None,
    *,
    report_only: bool,
) -> Answer:
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
        note = _AROUND.format(ref, old[:12]) if one.does == "judge" and not _goes_on(objects, old, new) else ""
    request = begun or GateRequest(old, new, target=ref)
    report = gate(history, formats, clock, request._replace(report_only=report_only))
    return Answer(ref, report=report, note=note)


def _goes_on(objects: Objects, old: str, new: str) -> bool:
    """Whether the line of first parents leads from a tip to the one before, and not past it."""
    own = {one.id: one.parents for one in objects.walk(new, old)}
    at = new
    while parents := own.get(at):
        at = parents[0]
    return at == old


def _tag(objects: Objects, one: Asked, tips: Collection[str]) -> Answer:
    """A tag names what is on a protected branch, or will be with this push."""
    commit = objects.commit(one.update.new)
    if commit is None:
        return Answer(one.update.ref, _NO_COMMIT)
    if any(objects.reached([commit.id], tip) for tip in tips):
        return Answer(one.update.ref)
    return Answer(one.update.ref, _LOOSE.format(commit.id[:12]))


def _tips(objects: Objects, kept: Collection[str], moved: Mapping[str, str]) -> list[str]:
    """The tips of some branches as the push would leave them, each once."""
    return list(dict.fromkeys(filter(None, (moved.get(ref) or _tip(objects, ref) for ref in kept))))


def _tip(objects: Objects, ref: str) -> str:
    """The commit that a ref leads to; empty where it has not begun."""
    try:
        return objects.tips(ref, ref).head
    except UsageError:
        return ""

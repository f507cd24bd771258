"""`bmad gate --explain`: by which rules a range would be judged, and which of its paths are governed, and why."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from bmad.core.gate.policy import effective_level
from bmad.core.gate.words import printable, told
from bmad.core.governed import READERS
from bmad.core.paths import Classifier, PathClass
from bmad.errors import UndecidableError, UsageError
from bmad.model.commits import ABSENT, Change
from bmad.model.explained import ExemptionLine, ExplainReport, GovernedPath, ReaderLine
from bmad.model.history import Tips
from bmad.model.layout import POLICY
from bmad.model.quoting import spelt
from bmad.model.settings import GateSettings, Settings
from bmad.pipeline.gate.evidence import Specs
from bmad.pipeline.gate.gate import GateRequest
from bmad.ports.files import Formats
from bmad.ports.history import Clock, History, Objects

_KINDS = frozenset({PathClass.GOVERNED, PathClass.TWIN, PathClass.OWN})
_OWN = "bmad keeps there what is one machine's own; no change may bring it"
_TWIN = "it reads as a governed name on a file system that folds case or Unicode; no change may bring it"


def explain(history: History, formats: Formats, clock: Clock, request: GateRequest) -> ExplainReport:
    """The rules of a range, without judging it.

    Raises: UsageError on names that are none, or a level below the policy's; UndecidableError where the policy of
    the base cannot be read, or the range holds more than is read; CannotAnswerError without a repository.
    """
    with history.read() as objects:
        tips = _tips(objects, request)
        commits = objects.commits([tips.base, tips.head])
        base, head = commits[tips.base].tree, commits[tips.head].tree
        state = Specs(objects, formats).state(base)
        if state.policy.fault:
            raise UndecidableError(f"{POLICY} of the base cannot be read: {state.policy.fault}")
        settings = state.settings or Settings()
        classify = Classifier(state.layout, settings.gate.governed)
        return ExplainReport(
            base=tips.base,
            head=tips.head,
            target=tips.target,
            policy=state.settings is not None,
            level=effective_level(settings, request.level),
            gate=settings.gate,
            oracle=settings.oracle,
            exempt=tuple(_exempt(settings.gate, clock.now().date())),
            paths=tuple(_paths(classify, *_changes(objects, tips, head))),
            readers=tuple(ReaderLine(why=one.why, names=one.names) for one in READERS),
            notes=tuple(told(note, 600) for note in tips.notes),
        )


def _tips(objects: Objects, request: GateRequest) -> Tips:
    """The ends of the range; where nothing tells the base, the head is both: its rules can be told."""
    try:
        return objects.tips(request.base, request.head)
    except UsageError as error:
        if request.base is not None:
            raise
        tips = objects.tips(request.head or "HEAD", request.head)
        return tips._replace(target=None, notes=(*tips.notes, f"These are the rules of the head itself. {error}"))


def _changes(objects: Objects, tips: Tips, head: str) -> tuple[tuple[Change, ...], dict[bytes, list[str]]]:
    """What the head holds, as changes from nothing; and by path, the commits of the range that change it."""
    walked = objects.walk(tips.head, tips.base)
    parents = objects.commits(list(dict.fromkeys(one.parents[0] for one in walked if one.parents)))
    pairs = [(parents[one.parents[0]].tree if one.parents else "", one.tree) for one in walked]
    [held] = objects.changes([("", head)])
    touched: dict[bytes, list[str]] = {}
    for commit, changes in zip(walked, objects.changes(pairs), strict=True):
        for change in changes:
            touched.setdefault(change.path, []).append(commit.id)
    return held, touched


def _paths(
    classify: Classifier, held: Iterable[Change], touched: Mapping[bytes, list[str]]
) -> Iterator[GovernedPath]:
    """The governed paths that the head holds, or that the range changes; sorted."""
    known = {change.path: change for change in held}
    gone = {path: Change(path, ABSENT, ABSENT, "", "") for path in touched if path not in known}
    for path, change in sorted((known | gone).items()):
        at = classify.of(change)
        if at.klass in _KINDS:
            link = change.new_mode in ("120000", "160000")
            why = classify.why(at.path, link=link) if at.klass is PathClass.GOVERNED else ""
            yield GovernedPath(
                path=printable(spelt(at.path), 400),
                why=why or (_OWN if at.klass is PathClass.OWN else _TWIN),
                changed_by=tuple(touched.get(path, ())),
            )


def _exempt(gate: GateSettings, today: date) -> Iterator[ExemptionLine]:
    for one in gate.exempt:
        yield ExemptionLine(
            paths=one.paths,
            by=printable(one.by) if one.by is not None else None,
            reason=told(one.reason),
            owner=printable(one.owner),
            until=one.until.isoformat(),
            ended=today > one.until,
        )

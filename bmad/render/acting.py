"""The loop as text: events as they happen, where stories stand, what waits for a person, how a story went."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bmad.model.act import Event, State
from bmad.model.act_reports import (
    ActEvent,
    ActReport,
    Came,
    Counted,
    InboxItem,
    InboxReport,
    ReviewReport,
    SettledReport,
    StoryStand,
    WaitingFinding,
)
from bmad.model.record import agent_of
from bmad.model.review import Disposition, Kind
from bmad.render.spending import spending
from bmad.render.words import bare, joined, line, plural, visible

_MARK = {State.DONE: "✓", State.BACKLOG: "·", State.FAILED: "!", State.CANCELLED: "x", State.BLOCKED: "!"}

_GLANCE, _WHOLE = 130, 1000
"""Characters of what is told in passing, and of what a person has to act on: how stands at its end."""


_MOST = 5
"""Sentences on what could not be judged."""
_TAIL = 12
"""Lines of the output of a check that failed."""


def happened(event: ActEvent, room: int = _GLANCE, *, listed: bool = False) -> str:
    """One event on one line, told in so many characters; below it the end of what checks printed that failed.

    Where findings are `listed` below it, they are counted here.
    """
    told = f"{event.story}  {event.round}/{event.step:<9} {event.event:<13} -> {event.state:<9}"
    rows = [f"{told} {_about(event, room, listed=listed)}".rstrip()]
    if event.event is Event.CHECKS_FAILED:
        rows += _failing(event.content.get("words", ()))
    rows += [f"  not judged: {line(one, 300)}" for one in event.content.get("unjudged", ())[:_MOST]]
    return "\n".join(rows)


def _failing(failing: Iterable[str], told: str = "") -> Iterator[str]:
    """What failed, each with the end of its output; not again what was `told` before."""
    for one in failing:
        words, *output = one.rstrip("\n").split("\n")
        if words.rstrip(".") not in told:
            yield f"  {line(words, 300)}"
        if len(output) > _TAIL:
            yield f"    | … ({plural(len(output) - _TAIL, 'line')} more)"
        yield from (f"    | {visible(text.expandtabs()[:200]).rstrip()}".rstrip() for text in output[-_TAIL:])


def _about(event: ActEvent, room: int, *, listed: bool) -> str:
    tell = partial(_review, told=_counted) if listed and event.event is Event.REVIEWED else _TELL.get(event.event)
    who = ", ".join(dict.fromkeys(_who(work) for work in event.content.get("work", ())))
    cost = spending(event.spent)
    words = tell(event.content) if tell is not None else ""
    room = max(room, _WHOLE) if event.event in (Event.FAILED, Event.WAITS, Event.UNCLEAR) else room
    return line(joined((words, f"by {who}" if who else "", cost)), room)


def _who(work: Mapping[str, Any]) -> str:
    return agent_of(*(str(work.get(name, "")) for name in ("backend", "model", "asked")))


def _checks(content: Mapping[str, Any]) -> str:
    """What ran and how it ended, by name: bmad's own checks end without an exit code."""
    checks = content.get("checks", ())
    bad = [str(one["name"]) for one in checks if not one["ok"]]
    if bad:
        return f"failed: {', '.join(bad)}"
    commands = [str(one["name"]) for one in checks if one.get("exit") is not None]
    own = ", ".join(str(one["name"]) for one in checks if one.get("exit") is None)
    ran = f"{', '.join(commands)} passed" if commands else "no `verify` command ran"
    return f"{ran}; bmad's own hold: {own}" if own else ran


def _review(content: Mapping[str, Any], told: Callable[[Sequence[Mapping[str, Any]]], str] | None = None) -> str:
    """What was found, as it is told, and what was said of earlier ones."""
    found = content.get("findings", ())
    parts = [(told or _found)(found)] if found else []
    parts += [f"{name} settled" for name in content.get("settled", ())]
    parts += [f"{name} not settled" for name in content.get("unsettled", ())]
    parts += [plural(content["known"], "known false alarm")] if content.get("known") else []
    parts = [*(parts or ["nothing found"]), *(f"probe of {one['angle']}" for one in content.get("probed", ()))]
    count = max((len(one["parts"]) for one in content.get("shown", ())), default=1)
    return joined(parts) + (f" (in {count} parts)" if count > 1 else "")


def _found(found: Sequence[Mapping[str, Any]]) -> str:
    """One finding with its words; of several how many and where, since their words would not fit."""
    if len(found) == 1:
        return f"{found[0]['severity']} {_raised(found[0])} {found[0]['claim']}"
    return f"{_counted(found)}: {', '.join(map(_raised, found))}"


def _counted(found: Sequence[Mapping[str, Any]]) -> str:
    return counted(str(one["severity"]) for one in found)


def counted(severities: Iterable[str]) -> str:
    """`3 findings (1 P1, 2 P2)`."""
    counts = Counter(severities)
    return f"{plural(counts.total(), 'finding')} ({', '.join(f'{counts[one]} {one}' for one in sorted(counts))})"


def _raised(one: Mapping[str, Any]) -> str:
    """A finding at its place; a claim that has none, and what nobody was shown, as what they are."""
    kind = one.get("kind", Kind.FINDING)
    if kind == Kind.UNSHOWN:
        return f"{one['id']} shown to no reviewer"
    return f"{one['id']} has no place" if kind == Kind.CLAIM else f"{one['id']} {place(one['path'], one['line'])}"


def _graded(severity: str, told_as: str | None) -> str:
    """A severity, with the one that was told first where that was another."""
    return f"{severity} (told as {told_as})" if told_as else str(severity)


def _triage(content: Mapping[str, Any]) -> str:
    return joined(map(_stand_on, content.get("settlements", ())))


def _stand_on(one: Mapping[str, Any]) -> str:
    """Where a finding stands after triage, and how it came to that where it is not plain."""
    if one.get("unasked"):
        held = f"{one['finding']} {one['disposition']} as its reviewer told it, who was not asked again"
        return _TO_RULE.format(one["finding"]) if one["disposition"] == Disposition.UPHELD else held
    told = f"{one['finding']} {one['disposition']}"
    match one.get("stand"):
        case "none":
            return f"{told} (no word from the developer)"
        case "part":
            return f"{told} in part"
        case "lesser":
            lower = one.get("severity")
            return f"{told} as {lower}" if lower else f"{told}, and no lesser"
        case "duplicate":
            return f"{told} to {one['same_as']}" if one.get("same_as") else f"{told}, and no repeat"
    return told


_TO_RULE = "{} disputed, and to be ruled on: its reviewer is a person, who was not asked first"


def _fix(content: Mapping[str, Any]) -> str:
    marks = [f"mark of {name} at {place}" for name, place in content.get("marks", {}).items()]
    return joined((*marks, _work(content)))


def _work(content: Mapping[str, Any]) -> str:
    count = len(content.get("deviations", ()))
    return plural(count, "deviation") if count else ""


def _ruling(content: Mapping[str, Any]) -> str:
    graded = f" as {content['severity']}" if content.get("severity") else ""
    names = ", ".join((content["finding"], *content.get("also", ())))
    return f"{names} {content['disposition']}{graded}: {content['why']} ({content['by']})"


def _failed(content: Mapping[str, Any]) -> str:
    return f"{content['fault']}: {content['words']}"


def _waits(content: Mapping[str, Any]) -> str:
    until = content.get("until")
    told = f"{content['fault']}: {content['words']}" if content.get("fault") else str(content["words"])
    return f"until {moment(datetime.fromisoformat(until))}: {told}" if until else told


def _because(content: Mapping[str, Any]) -> str:
    return f": {content['why']}" if content.get("why") else ""


def _research(content: Mapping[str, Any]) -> str:
    left = content.get("left_out", 0)
    told = plural(content.get("claims", 0), "claim")
    return f"{told}, {left} left out since no source of theirs stands" if left else told


def _part(one: Mapping[str, Any]) -> str:
    return f"“{one['title']}” would build {', '.join(one['criteria'])}"


def _said(key: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda content: str(content.get(key, ""))


_EDITED = "the story's Tasks or Dev Notes were edited meanwhile: it is reviewed again"

_TELL: dict[Event, Callable[[Mapping[str, Any]], str]] = {
    Event.TESTED: _work,
    Event.DEVELOPED: _work,
    Event.PASSED: _checks,
    Event.CHECKS_FAILED: _checks,
    Event.REVIEWED: _review,
    Event.TRIAGED: _triage,
    Event.FIXED: _fix,
    Event.RULED: _ruling,
    Event.UNCLEAR: _said("question"),
    Event.RESEARCHED: _research,
    Event.WIDENING_PROPOSED: lambda content: f"asks for {', '.join(content['beyond'])}",
    Event.SPLIT_PROPOSED: lambda content: joined(map(_part, content.get("parts", ()))),
    Event.SPLIT: lambda content: f"waits for {', '.join(content['into'])}",
    Event.WAITS: _waits,
    Event.FAILED: _failed,
    Event.OUT_OF_BUDGET: _said("words"),
    Event.REJECTED: _said("why"),
    Event.EXTENDED: _said("why"),
    Event.AGAIN: lambda content: f"the checks, asked for by {content['by']}{_because(content)}",
    Event.CANCELLED: _said("why"),
    Event.PAID: lambda _: "what was at work as it was called off",
    Event.RESPECIFIED: _said("words"),
    Event.MOVED: lambda content: _EDITED if content.get("edited") else "",
    Event.UNPROVEN: lambda _: "to be checked once more, with what `setup` makes of its own files",
    Event.CONFLICTED: lambda content: "conflicts in " + ", ".join(content.get("paths", ())),
    Event.LANDED: lambda content: joined(
        (f"{str(content['commit'])[:12]} with {content['record']}", content.get("words") or "")
    ),
    Event.ACCEPTED: lambda content: f"by {content['by']}{_because(content)}",
}


def standing(report: ActReport) -> str:
    """The stories and where they stand; of many that nothing came of now, and that wait for nobody, the first."""
    folded = frozenset([one.id for one in report.stories if _is_quiet(one, report.landed)][_QUIET:])
    rows = [_stand(one) for one in report.stories if one.id not in folded]
    rows += (
        [f"… and {plural(len(folded), 'story')} more that are done, or not begun; see: bmad status"]
        if folded
        else []
    )
    done = sum(one.state is State.DONE for one in report.stories)
    rows += ["", *_came(report, done)]
    if report.interrupted:
        rows.append(f"interrupted; what was done is kept, and goes on with: {report.interrupted}")
    if report.until is not None:
        rows.append(f"paused until {moment(report.until)}; `bmad act` goes on from then on")
    if spent := spending(report.spent):
        rows.append(f"spent: {spent}")
    return "\n".join([*rows, *(f"note: {line(note, _WHOLE)}" for note in report.notes)])


_QUIET = 30
"""So many stories are named that were done before, or are simply not begun."""


def _is_quiet(one: StoryStand, landed: Collection[str]) -> bool:
    return not one.waits_for and (one.state is State.BACKLOG or (one.state is State.DONE and one.id not in landed))


def _came(report: ActReport, done: int) -> Iterator[str]:
    """How many are done, and what came of the others; of one story alone, just what came of it."""
    target, settle = line(_short(report.target)), any(one.came not in _BY_ITSELF for one in report.census)
    way = "; see: bmad inbox" if settle and not report.ok else ""
    if len(report.stories) == 1:
        what = f"is not done on {target}: {counts(report.census)}{way}"
        yield f"{report.stories[0].id} {what if not done else f'is done on {target}'}"
        return
    yield f"{done} of {plural(len(report.stories), 'story')} done on {target}"
    if done < len(report.stories):
        yield f"{counts(report.census)}{way}"


_CAME = {
    Came.LANDED: "landed",
    Came.DONE: "done before",
    Came.WAITS: "waiting for you",
    Came.PAUSED: "paused",
    Came.CAPPED: "over budget",
    Came.STOPPED: "stopped",
    Came.FAILED: "failed",
    Came.UNDER_WAY: "under way",
    Came.NOT_BEGUN: "not begun",
    Came.CANCELLED: "cancelled",
}


_BY_ITSELF = (Came.LANDED, Came.DONE, Came.UNDER_WAY, Came.NOT_BEGUN, Came.CANCELLED)
"""What waits for nobody's word: it is over, or the next `bmad act` begins it unless its line says what helps."""


def counts(census: Iterable[Counted]) -> str:
    """`2 landed, 1 waiting for you (accept), 1 failed (no-change)`: the counts add up to the stories asked for."""
    each = list(census)
    numbers = [f"{one.count} " if sum(one.count for one in each) > 1 else "" for one in each]
    told = (f"{_CAME[one.came]}" + (f" ({one.why})" if one.why else "") for one in each)
    return ", ".join(map("".join, zip(numbers, told, strict=True)))


def moment(time: datetime) -> str:
    """A time as the clock of this machine shows it, with the day where that is another one."""
    local = time.astimezone()
    today = local.date() == datetime.now(UTC).astimezone().date()
    return local.strftime("%H:%M" if today else "%Y-%m-%d %H:%M")


def _short(ref: str) -> str:
    return ref.removeprefix("refs/heads/")


def _stand(one: StoryStand) -> str:
    about = f"round {one.round}" if one.round > 1 and one.state is not State.DONE else ""
    found = plural(one.open_findings, "open finding") if one.open_findings else ""
    until = f"until {moment(one.until)}:" if one.until is not None else ""
    tail = "  ".join(filter(None, (about, found, until, line(one.waits_for, _WHOLE))))
    return f"{_MARK.get(one.state, '>')} {one.state:<9} {one.id}  {line(one.title, 60)}  {tail}".rstrip()


def settled(report: SettledReport) -> str:
    told = [row for each in report.assumptions.values() for row in assumed(each)]
    return "\n".join([*(_stand(one) for one in report.stories), *told, line(report.words, _WHOLE)])


def assumed(told: Iterable[str]) -> list[str]:
    """What a preparation assumed, a line each."""
    return [f"  assumed, not in the intent: {line(one, 400)}" for one in told]


def inbox(report: InboxReport) -> str:
    """What waits, each with its arguments and the commands that settle it."""
    if not report.items:
        return "Nothing waits for you."
    desk = any(item.kind in ("plan", "accept") for item in report.items)
    return "\n\n".join([*(_item(item) for item in report.items), *([_DESK] if desk else [])])


_DESK = "All that waits for acceptance, riskiest first, to look at and to try: bmad accept"


def _item(item: InboxItem) -> str:
    until = f"until {moment(item.until)}: " if item.until is not None else ""
    rows = [f"{item.kind:<9} {item.story}  {line(item.title, 70)}", f"  {until}{line(item.words, _WHOLE)}"]
    for finding in item.findings:
        rows += _dispute(finding)
    rows += assumed(item.assumptions)
    rows += [f"  departs from {bare(line(one.rule, 200))}: {line(one.reason, 400)}" for one in item.deviations]
    rows += _failing(item.failing, item.words)
    return "\n".join([*rows, *(f"  $ {command}" for command in item.commands)])


def _dispute(one: WaitingFinding) -> list[str]:
    return [
        f"  {_graded(one.severity, one.told_as)} {one.id}  {place(one.path, one.line)}  ({line(one.lens)})",
        *([f"    on the same lines: {', '.join(one.same_place)}"] if one.same_place else []),
        *([f"    > {line(one.quote, 160)}"] if one.quote else []),
        *([f"    repeats {one.same_as}"] if one.same_as else []),
        f"    claim:     {line(one.claim, 400)}",
        *([f"    but:       {line(one.why, 400)}"] if one.why else []),
        *([f"    developer: {line(one.argument, 400)}"] if one.argument else []),
        *([f"    reviewer:  {line(one.answer, 400)}"] if one.answer else []),
    ]


def place(path: str, number: int) -> str:
    return f"{line(path)}:{number}" if number else line(path)


def review(report: ReviewReport) -> str:
    """Findings of a review of any change."""
    rows = []
    for one in report.findings:
        rows += [
            f"{one.severity} {one.id}  {place(one.path, one.line)}  ({line(one.lens)})",
            *([f"  > {line(one.quote, 160)}"] if one.quote else []),
            f"  {line(one.claim, 600)}",
            *([f"  but: {line(one.why, 400)}"] if one.why else []),
            *([f"  fix: {line(one.fix, 400)}"] if one.fix else []),
        ]
    dropped = f"; of {report.dropped} the quote stands nowhere" if report.dropped else ""
    known = f"; {plural(report.known, 'known false alarm')}" if report.known else ""
    known += f"; of {line(report.what)}" if report.what else ""
    notes = [f"note: {line(note, _WHOLE)}" for note in report.notes]
    by = ", ".join(report.reviewers)
    return "\n".join([*rows, f"{plural(len(report.findings), 'finding')} by {line(by)}{dropped}{known}", *notes])

"""The board as text."""

from collections.abc import Iterator, Sequence

from bmad.model.followup import FollowUp
from bmad.model.reports import StatusCoverage, StatusEpic, StatusIntent, StatusReport, StatusStory
from bmad.model.spending import money
from bmad.render.margin import counted, outdated
from bmad.render.words import line, plural

_WAITING = ("backlog", "active", "dev")
"""Where what a story waits for is told: of what was begun by hand, too, and of what is prepared."""

_MARK = {"backlog": "·", "elsewhere": "○", "done": "✓", "failed": "!", "blocked": "!", "cancelled": "x"}


def board(report: StatusReport) -> str:
    """Epics with their stories, then coverage, suspects and what is next."""
    rows: list[str] = []
    known = {epic.id for epic in report.epics}
    for intent in report.intents:
        count = _count(intent)
        rows += [f"{line(intent.path)}  ({count})", *_coverage(intent.coverage, line(intent.path))]
        rows += [row for epic in report.epics if epic.id in intent.epics for row in _epic(epic, report)]
    for epic in report.epics if not report.intents else ():
        rows += _epic(epic, report)
    loose = [story for story in report.stories if story.epic not in known]
    rows += ["(no epic)", *_stories(loose)] if loose else []
    rows += ["", *_coverage(report.coverage, "intent")] if not report.intents else [""]
    if report.suspects:
        rows.append(f"{plural(len(report.suspects), 'suspect link')}; see: bmad validate")
    rows += _reworded([one.id for one in report.stories if one.reworded])
    rows += _left(report.follow_ups)
    if report.next_up:
        keys = _keys(report.stories)
        named = [f"{one} ({keys[one]})" if one in keys else one for one in report.next_up[:_NEXT]]
        more = f" and {len(report.next_up) - _NEXT} more" if len(report.next_up) > _NEXT else ""
        rows.append(f"next up: {', '.join(named)}{more}")
    return "\n".join(rows)


_NEXT = 5
"""So many of the stories that are next are named."""
_KEY = 10
"""Characters of the longest key that has a place on the board; longer ones say what the title says."""


def _keys(stories: Sequence[StatusStory]) -> dict[str, str]:
    """The keys that stories have in their own project, by id."""
    return {one.id: line(one.source) for one in stories if one.source and len(one.source) <= _KEY}


def _epic(epic: StatusEpic, report: StatusReport) -> Iterator[str]:
    yield f"{epic.id}  {line(epic.title, 70)}  ({_count(epic)})"
    yield from _stories([story for story in report.stories if story.epic == epic.id])


def _stories(stories: Sequence[StatusStory]) -> Iterator[str]:
    """A row each, with a column for keys where there are any."""
    keys = _keys(stories)
    wide = max(map(len, keys.values()), default=-2) + 2
    return (_story(story, f"{keys.get(story.id, ''):<{wide}}" if keys else "") for story in stories)


def _count(told: StatusEpic | StatusIntent) -> str:
    elsewhere = f", {told.elsewhere} done elsewhere" if told.elsewhere else ""
    return f"{plural(told.stories, 'story')}, {told.active} active, {told.done} done{elsewhere}"


def _coverage(took: StatusCoverage, intent: str) -> Iterator[str]:
    """What the register holds of the intent, then how far that has come."""
    if took.blocks is not None:
        yield f"of the intent: {counted(took.blocks)}; see: bmad show {intent}"
        if took.blocks.command:
            yield outdated(took.blocks)
    commits = "?" if took.with_commits is None else str(took.with_commits)
    held = f", {took.everywhere} held everywhere" if took.everywhere else ""
    reached = f"{took.in_requirements} in requirements, {took.in_stories} in stories{held}, {commits} with commits"
    yield f"of {plural(took.actionable, 'statement')} to act on: {reached}"


_MOST = 20
"""Of what landed open."""


def _reworded(found: Sequence[str]) -> Iterator[str]:
    """What is done by its record, and no longer says what the record is of."""
    if found:
        they = ("story reads", "it") if len(found) == 1 else ("stories read", "they")
        yield f"{len(found)} done {they[0]} otherwise than when {they[1]} landed; see: bmad report {found[0]}"
        yield f"  where that asks for other code: bmad reopen {found[0]} --why REASON"


def _left(found: Sequence[FollowUp]) -> list[str]:
    """What landed open, the latest first, and what makes a story of it."""
    if not found:
        return []
    rows = [f"{plural(len(found), 'finding')} landed open:"]
    for one in list(reversed(found))[:_MOST]:
        way = f"{one.mended_by} is to mend it" if one.mended_by else f"$ bmad new story --finding {one.id}"
        way = f"{way} (it repeats {one.same_as})" if one.same_as else way
        rows += [f"  {left_open(one)}", f"    {line(one.claim, 160)}", f"    {way}"]
    more = len(found) - _MOST
    return [*rows, *([f"  and {more} more; see: bmad status --json"] if more > 0 else [])]


def left_open(one: FollowUp) -> str:
    """Where something stands that a story landed with."""
    place = f"{line(one.path)}:{one.line}" if one.line else line(one.path) or "(no place)"
    return f"{one.severity} {one.id}  {place}  ({line(one.lens)}, {one.story})"


def _story(story: StatusStory, key: str) -> str:
    commits = f"  {plural(story.commits, 'commit')}" if story.commits else ""
    commits += "  by record, no commit names it" if story.by == "record" else ""
    more = f" and {len(story.gone) - 1} more" if len(story.gone) > 1 else ""
    commits += f"  taken back: {line(story.gone[0])}{more}" if story.gone else ""
    commits += f"  {story.lost} of {plural(story.lines or 0, 'line')} gone" if story.lost else ""
    others = (*story.waits_for, *([line(story.owner)] if story.owner else []))
    waits = f"  waits for {', '.join(others)}" if others and story.state in _WAITING else ""
    again = f"  round {story.round}" if story.round and story.round > 1 and story.state != "done" else ""
    found = f"  {plural(story.open_findings, 'open finding')}" if story.open_findings and again else ""
    left = f"  {story.left_open} left open" if story.left_open else ""
    left += "  reads otherwise now" if story.reworded else ""
    used = [f"{story.tokens:,} tokens"] if story.tokens else []
    used += [money(story.usd)] if story.usd else []
    cost = f"  {', '.join(used)}" if used else ""
    mark = _MARK.get(story.state, ">")
    told = f"{commits}{again}{found}{left}{cost}{waits}"
    return f"  {mark} {story.state:<9} {story.id}  {key}{line(story.title, 70)}{told}"

"""The trace report for a review thread: short, details folded, stable so that it can be updated in place."""

import re
from collections.abc import Mapping
from typing import Literal

from bmad.model.followup import FollowUp
from bmad.model.gate import GateFinding, Reworded
from bmad.model.range_report import (
    CommitLine,
    CriterionReport,
    NewDependency,
    OneStoryReport,
    RangeReport,
    StoryLines,
    StoryReport,
)
from bmad.model.record import RecordedClaim
from bmad.model.settings import Level
from bmad.render.gate import confirmed_by, now, standing, tiny, was
from bmad.render.spending import spending
from bmad.render.words import LINK, bare, line, plural, visible

_SHORT = 12
_MOST_HELD = 10
_MOST_LOST = _MOST_LOG = 20
_TICKS = re.compile("`+")
_SPAN = re.compile(r"(?<!`)`([^`]*[^`\s][^`]*)`(?!`)")
_SPECIAL = "\\`*_{}[]<>#|~&"


def md(text: str, limit: int = 400) -> str:
    """Text of a repository as inert Markdown: no links, no markup, no mentions. Code in backticks stays code."""
    parts = _SPAN.split(line(text, limit))
    return "".join(code(part) if at % 2 else _escaped(part) for at, part in enumerate(parts))


def _escaped(shown: str) -> str:
    escaped = "".join(f"\\{char}" if char in _SPECIAL else char for char in shown)
    return LINK.sub(lambda found: f"{found[1]}\u200b{found[2]}", escaped.replace("@", "@\u200b"))


def code(text: str) -> str:
    """Text as a code span, whatever ticks it holds: what opens and closes it is longer than any row of them."""
    shown = visible(text)
    ticks = "`" * (1 + max(map(len, _TICKS.findall(shown)), default=0))
    return f"`{shown}`" if len(ticks) == 1 else f"{ticks} {shown} {ticks}"


_ONLY_TOLD = "Reported only: this is no verdict."


def verdict(report: RangeReport) -> str:
    """What the gate says of the range, in a sentence."""
    if report.undecidable:
        return "The gate cannot judge it (exit 3), which is never a pass."
    if report.ok and not report.commits:
        return "The gate judged nothing, so its pass proves nothing."
    says = "passes" if report.ok else "refuses"
    if report.level is None:
        return f"The gate {says} it, and no policy judged it."
    return f"The gate {says} it at level {report.level}."


def shown_as(report: RangeReport) -> Literal["unjudged", "nothing", "pass", "refused"]:
    """How the verdict is shown; a pass of no commit, or by no policy, is none to be glad of."""
    if report.undecidable:
        return "unjudged"
    if not report.ok:
        return "refused"
    return "pass" if report.commits and report.level is not None else "nothing"


_MARK = {"unjudged": "⚠️", "nothing": "ℹ️", "pass": "✅", "refused": "❌"}


def markdown(report: RangeReport, *, only_told: bool = False) -> str:
    """`only_told`: where findings are only reported, so that no word here is one of passing or refusing."""
    mark = "ℹ️" if only_told and not report.undecidable else _MARK[shown_as(report)]
    says = _ONLY_TOLD if only_told and not report.undecidable else verdict(report)
    rows = [
        "<!-- bmad report -->",
        f"### {mark} What this change is for",
        "",
        ", ".join(
            (
                plural(len(report.stories), "story"),
                plural(len(report.commits), "commit"),
                f"{code(report.base[:_SHORT])} → {code(report.head[:_SHORT])}",
            )
        ),
        "",
        f"**{md(says)}**",
        "",
    ]
    for story in report.stories:
        rows += _story(story, report.titles, report.level)
    if report.holding:
        rows += ["**Holds for every story**", ""]
        rows += [f"- {md(name)}: {md(title, 100)}" for name, title in report.holding.items()]
        rows.append("")
    rows += _reworded(report.reworded)
    rows += _commits("Governed changes", report.governed)
    authored = [f"{story.id} ({md(story.title, 70)})" for story in report.stories if story.self_authored]
    rows += [f"**Self-authored** (the story comes with its code): {', '.join(authored)}", ""] if authored else []
    rows += _taken_back(report)
    rows += _commits("Untraced", report.untraced)
    rows += _commits("With exempt paths", report.exempt)
    if report.trivial:
        rows += ["**Tiny changes of no story**", "", *(f"- {md(tiny(one), 600)}" for one in report.trivial), ""]
    if report.baseline is not None:
        rows += [md(standing(report.baseline), 1000), ""]
    rows += _findings("Why it cannot be judged", report.undecidable)
    rows += _findings("What the gate would refuse" if only_told else "Refused by the gate", report.refused)
    rows += _dependencies(report)
    rows += _delta(report)
    if report.notes:
        rows += ["**Notes**", "", *(f"- {md(note, 600)}" for note in report.notes), ""]
    if report.trailers:
        rows += ["For a squash message:", "", "```", *report.trailers, "```", ""]
    return "\n".join(rows)


def _findings(heading: str, found: tuple[GateFinding, ...]) -> list[str]:
    if not found:
        return []
    return [f"**{heading}**", "", *(f"- **{one.code}** {md(one.message, 600)}" for one in found), ""]


def _reworded(found: tuple[Reworded, ...]) -> list[str]:
    """Old words beside new ones, and who confirmed what hangs on them."""
    if not found:
        return []
    rows = ["**Reworded in this range**", ""]
    for one in found:
        rows += [f"- {md(one.id)} {one.part}"]
        rows += [f"  - before: {md(was(one), 600)}", f"  - now: {md(now(one), 600)}"]
        rows += [f"  - {md(confirmed_by(one), 400)}"]
    return [*rows, ""]


def one_story(report: OneStoryReport) -> str:
    """One story's chain, for whoever asks for evidence: from the sentence to the lines, with nothing folded."""
    story = report.story
    rows = ["<!-- bmad report -->", *_above(story, report.titles)]
    rows += ["", "**Criteria**", "", *_criteria(story)]
    rows += _review(story, None) or ["", "No record of a landing stands."]
    if earlier := report.landings[:-1]:
        rows += ["", f"Earlier landings: {', '.join(map(code, earlier))}"]
    rows += ["", "**Commits**", ""]
    rows += [f"- {code(one.commit[:_SHORT])} {md(one.title, 100)}" for one in report.commits] or ["- none"]
    rows += ["", f"**Lines that are its own** at {code(report.head[:_SHORT])}", ""]
    rows += [f"- {code(_place(one))} ({one.sure})" for one in report.lines] or ["- none"]
    standing = {one.path for one in report.lines}
    if without := [path for path in story.files if path not in standing]:
        rows += ["", "Changed, with no line of its own now: " + ", ".join(map(code, without))]
    rows += ["", *(f"Note: {md(note, 600)}." for note in report.notes)]
    return "\n".join(rows)


def _place(one: StoryLines) -> str:
    return f"{one.path}:{one.first}" + (f"-{one.last}" if one.last > one.first else "")


def _story(story: StoryReport, titles: Mapping[str, str], level: str | None) -> list[str]:
    rows = _above(story, titles)
    rows += ["", f"<details><summary>{_summary(story)}</summary>", "", *_criteria(story)]
    rows += _review(story, level)
    rows += ["", "Commits: " + ", ".join(code(commit[:_SHORT]) for commit in story.commits), ""]
    rows += [f"- {code(path)}" for path in story.files]
    return [*rows, "", "</details>", ""]


def _criteria(story: StoryReport) -> list[str]:
    return [f"- {one.id.rpartition('/')[2]}: {md(one.text)}{_evidence(one)}" for one in story.criteria]


def _above(story: StoryReport, titles: Mapping[str, str]) -> list[str]:
    """What it is for: the intent's words, the requirements, and what is to be known of them."""
    rows = [f"#### {story.id}: {md(story.title, 100)}", ""]
    for statement in story.statements:
        place = f"{statement.path}:{statement.lines[0]}" if statement.lines else statement.path
        rows.append(f"> {md(statement.quote)} — {statement.id}, {code(place)}")
        rows.append(">")
    if rows[-1] == ">":
        rows[-1] = ""
    rows += [f"- {name}: {md(titles.get(name, ''), 100)}" for name in story.requirements]
    if story.suspect:
        rows.append("- ⚠ suspect: something above has changed since it was confirmed")
    rows += [f"- assumed, not in the intent: {md(one)}" for one in story.assumptions]
    return [*rows, *_left(story.left_open)]


def _left(found: tuple[FollowUp, ...]) -> list[str]:
    """What it lands with, in the words of whoever found it."""
    if not found:
        return []
    rows = ["", f"**Left open** ({plural(len(found), 'finding')}, none of them P0 or P1)", ""]
    for one in found:
        place = f" {code(f'{one.path}:{one.line}' if one.line else one.path)}" if one.path else ""
        mended = f" — repeats {md(one.same_as)}" if one.same_as else ""
        mended += f" — {md(one.mended_by)} is to mend it" if one.mended_by else ""
        rows.append(f"- {one.severity} {md(one.id)}{place} ({md(one.lens)}): {md(one.claim, 600)}{mended}")
    return rows


def _evidence(one: CriterionReport) -> str:
    row = one.stated
    if row is not None and row.by:
        return f" (looked at by {md(row.by, 80)}: {md(row.why, 200)})"
    checks = f" (checks: {', '.join(map(md, one.evidence))})" if one.evidence else ""
    if row is None or not row.tests:
        return checks
    more = f" and {len(row.tests) - _FEW} more" if len(row.tests) > _FEW else ""
    before = _BEFORE[row.before] if row.failed_before else "passed before, too"
    return f" ({before}, passes now: {', '.join(code(test) for test in row.tests[:_FEW])}{more}){checks}"


_BEFORE = {"base": "failed before", "emptied": "failed with emptied bodies", "": "failed before"}
_FEW = 3
"""Tests of a criterion that are named."""


_REWORDED = (
    "⚠ it, or what it comes from, reads otherwise now: this review, and what stands for its criteria, were of its "
    "words then"
)

_NOT_HELD = (Level.TRACED, Level.SCOPED)
"""The levels at which the gate holds no record against what lands."""


def _review(story: StoryReport, level: str | None) -> list[str]:
    """What the story's record says of its review, in claims that are as good as who signed them."""
    if story.record is None or story.accepted is None:
        return []
    how = "" if story.accepted.how == "person" else " (policy)"
    told = f"signed by {md(story.signer, 80)} in" if story.signer else "declared in"
    held = f", which level {level} holds against nothing" if level in _NOT_HELD else ""
    rows = ["", f"Review ({told} {code(story.record)}{held}): {plural(story.rounds or 0, 'round')}, "]
    rows[-1] += f"{plural(len(story.findings or ()), 'finding')}"
    rows[-1] += f", reviewed by {', '.join(md(one, 80) for one in story.reviewers)}" if story.reviewers else ""
    rows[-1] += f", accepted by {md(story.accepted.by, 80)}{how}"
    rows[-1] += (
        f" and, with all others at the end, by {md(story.accepted_at_end, 80)}" if story.accepted_at_end else ""
    )
    if story.reworded:
        rows.append(f"- {_REWORDED}")
    rows += [
        f"- round {one.round}, {md(one.by, 80)} {one.said} it: {md(one.why)}" for one in story.verdicts if one.why
    ]
    ran = ", ".join(md(one, 80) for one in story.checks)
    rows.append(f"- `verify` commands that passed: {ran}" if ran else "- no `verify` command ran")
    if story.mutants is not None:
        left = f", {story.mutants.left} more not tried" if story.mutants.left else ""
        rows.append(f"- mutants: {story.mutants.tried} tried, {story.mutants.survived} lived{left}")
    if story.spent is not None and (cost := spending(story.spent)):
        rows.append(f"- spent: {cost}")
    rows += [f"- departs from {md(bare(one.rule))}: {md(one.reason)} ({md(one.step)})" for one in story.deviations]
    rows += [f"- {md(one.step)}, the {one.by} says: {md(one.words)}" for one in story.log[:_MOST_LOG]]
    if len(story.log) > _MOST_LOG:
        rows.append(f"- and {len(story.log) - _MOST_LOG} more entries of its log, in {code(story.record)}")
    rows += [f"- came to nothing: {md(one)}" for one in story.lost[:_MOST_LOST]]
    if len(story.lost) > _MOST_LOST:
        rows.append(f"- and {len(story.lost) - _MOST_LOST} more calls that came to nothing")
    rows += map(_claim, story.claims)
    for one in story.findings or ():
        place = code(f"{one.path}:{one.line}") if one.path else "a person's"
        mark = f", mark at {code(one.mark)}" if one.mark else ""
        ruled = f", ruled by {md(one.ruled_by, 80)}" if one.ruled_by else ""
        told = f" (told as {one.told_as})" if one.told_as else ""
        same = f", with {md(one.same_as)}, which it repeats" if one.same_as else ""
        what = f"- {one.severity}{told} {md(one.id)} {place} ({md(one.lens)})"
        rows.append(f"{what}: {one.disposition}{same}{mark}{ruled}")
    return rows


def _claim(one: RecordedClaim) -> str:
    """A claim with its words, and what became of it."""
    ruled = f" by {md(one.ruled_by, 80)}" if one.ruled_by else ""
    why = f": {md(one.ruling)}" if one.ruling else ""
    what = f"- {one.severity} {md(one.id)} ({md(one.lens)}) {md(one.claim)} ({md(one.why)})"
    return f"{what} — {one.disposition}{ruled}{why}"


def _summary(story: StoryReport) -> str:
    criteria = plural(len(story.criteria), "criterion")
    return f"{criteria}, {plural(len(story.commits), 'commit')}, {plural(len(story.files), 'file')}"


def _commits(heading: str, commits: tuple[CommitLine, ...]) -> list[str]:
    if not commits:
        return []
    rows = [f"- {code(commit.commit[:_SHORT])} {md(commit.title, 100)}" for commit in commits]
    return [f"**{heading}**", "", *rows, ""]


def _taken_back(report: RangeReport) -> list[str]:
    """The reverts, each with the stories whose work it takes back."""
    if not report.reverts:
        return []
    rows = []
    for one in report.reverts:
        whose = ", ".join(f"{md(name)} ({md(report.titles.get(name, ''), 70)})" for name in one.stories)
        of = f": work of {whose}" if whose else ""
        rows.append(f"- {code(one.commit[:_SHORT])} {md(one.title, 100)}{of}")
    return ["**Takes back what landed**", "", *rows, ""]


def _dependencies(report: RangeReport) -> list[str]:
    if not report.dependencies:
        return []
    rows = [
        f"- declares new dependency {code(one.name)} in {code(one.path)}{_noted(one)}"
        for one in report.dependencies
        if not one.held
    ]
    brought = [one for one in report.dependencies if one.held]
    for path in dict.fromkeys(one.path for one in brought):
        names = [f"{code(one.name)}{_noted(one)}" for one in brought if one.path == path]
        more = [f"{len(names) - _MOST_HELD} more"] if len(names) > _MOST_HELD else []
        rows.append(f"- adds to {code(path)} what no manifest declares: {'; '.join(names[:_MOST_HELD] + more)}")
    return ["**New dependencies**", "", *rows, ""]


def _noted(one: NewDependency) -> str:
    like = f", ⚠ one letter from {code(one.like)}" if one.like else ""
    return f"{like}, nothing in the change imports it" if one.imported is False else like


def _delta(report: RangeReport) -> list[str]:
    delta = report.coverage_delta
    rows = [f"- first commits for {name}: {md(report.titles.get(name, ''), 100)}" for name in delta.gained]
    rows += [f"- no longer covered: {name}" for name in delta.lost]
    return ["**Coverage of requirements**", "", *rows, ""] if rows else []

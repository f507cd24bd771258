"""`bmad review STORY`: a person's review is noted; the loop takes it from there."""

import json
import posixpath
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from pydantic import ValidationError

from bmad.core.act.run import Run
from bmad.core.act.sheet import Before, Remark, SheetError, Verdict, Written, graver, lay_out, read_back
from bmad.core.act.ways import goes_on
from bmad.core.prefixes import one_of
from bmad.errors import UsageError
from bmad.model.act import State
from bmad.model.act_reports import SettledReport
from bmad.model.agents import Severity
from bmad.model.answers import Claim, PersonReview
from bmad.model.quoting import spelt
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.journal import person_of, readable
from bmad.pipeline.act.naming import find_run
from bmad.pipeline.act.prepared import read_on
from bmad.pipeline.act.reports.stand import noted_answer
from bmad.pipeline.act.reviewers.authors import may_not_review
from bmad.pipeline.act.reviewers.person import KIND, asked_about, demanded, since
from bmad.pipeline.act.steps.land import stray
from bmad.pipeline.branches import short
from bmad.ports.acting import Desk

_LONGEST = 2000
"""Characters of a line that are quoted."""

_PLACE = re.compile(r"(.+?):([1-9][0-9]{0,8})\s+(\S.*)", re.DOTALL)


class Sheet(NamedTuple):
    """A review to be written in an editor: what it is opened with, and the diff in it."""

    story: str
    text: str
    diff: str


class Opinion(NamedTuple):
    """A review as options of the command say it; a comment is `FILE:LINE WORDS`."""

    approve: bool = False
    changes: str | None = None
    comments: tuple[str, ...] = ()
    severity: Severity | None = None
    settled: tuple[str, ...] = ()


def written(one: Opinion) -> Written:
    """Raises: UsageError where it says two things, or a comment is none."""
    if one.approve and one.changes is not None:
        raise UsageError("Either --approve or --request-changes.")
    verdict: Verdict = "approve" if one.approve else "comment" if one.changes is None else "request-changes"
    remarks = tuple(_remark(told, one.severity) for told in one.comments)
    return Written(verdict, one.changes or "", remarks, one.settled)


def _remark(told: str, severity: Severity | None) -> Remark:
    """`FILE:LINE WORDS` as a comment. Raises: UsageError where it is none."""
    match = _PLACE.fullmatch(told.strip())
    if match is None:
        raise UsageError(f"`{told}` is no comment: say --comment FILE:LINE WHAT.")
    words, own = graver(readable(match[3], "--comment"))
    return Remark(posixpath.normpath(match[1]), int(match[2]), words, own or severity)


def sheet(desk: Desk, name: str) -> Sheet:
    """What a person reviews in their editor. Raises: UsageError where the story waits for no review of theirs."""
    with _waiting(desk, name) as (run, grounds):
        return _sheet(desk, run, grounds)


def _sheet(desk: Desk, run: Run, grounds: Grounds) -> Sheet:
    diff = grounds.diff(since(grounds, run), run.head)
    basis = read_on(desk, grounds, run)
    item = basis.story(run.story)
    title, lenses = item.title if item is not None else "", basis.settings.act.lenses
    before = Before(asked_about(grounds, run), demanded(run))
    return Sheet(run.story, lay_out(run.story, title, lenses, before, diff), diff)


def read(text: str, asked: Sheet) -> Written | None:
    """What came back from the editor, None where nothing was written.

    Raises: UsageError where it does not read.
    """
    try:
        return read_back(readable(text, "The review"), asked.diff)
    except SheetError as error:
        raise UsageError(str(error)) from None


def give(desk: Desk, name: str, said: Written, asked: Sheet | None = None) -> SettledReport:
    """Note a person's review for every lens that they are asked for; `asked` is the sheet that they wrote it on.

    Raises: UsageError where the story waits for no review of theirs, or for one of something else than stands on
    the sheet or the branch, they wrote its commits, somebody else has said something that is not taken up yet, a
    comment stands on no line, or it says two things at once.
    """
    with _waiting(desk, name) as (run, grounds):
        if asked is not None and asked.text != _sheet(desk, run, grounds).text:
            raise UsageError(f"What waits for your review of {run.story} is not what you opened any more.")
        if said.verdict != "request-changes" and run.submitted and stray(desk, grounds, run):
            raise UsageError(_MORE.format(short(run.submitted), run.story))
        by = person_of(desk)
        _see_that_nothing_is_lost(desk, run, by)
        claims = [_claim(grounds, run, one) for one in said.remarks]
        settled = [_named(grounds, run, one) for one in said.settled]
        try:
            answer = PersonReview(
                verdict=said.verdict,
                words=readable(said.words.strip(), "--request-changes"),
                findings=tuple(claims),
                settled=tuple(settled),
            )
        except ValidationError as error:
            raise UsageError(f"{error.errors()[0]['msg'].removeprefix('Value error, ').capitalize()}.") from None
        text = json.dumps(answer.model_dump(mode="json") | {"by": by}, ensure_ascii=False)
        desk.agents.answer(f"{run.story}/{run.step()}", KIND, text)
    return noted_answer(desk, run)


_MORE = (
    "{0} holds commits that came after what waits for your review of {1}. They come with the next round: "
    "bmad review {1} --request-changes WHAT"
)


def _see_that_nothing_is_lost(desk: Desk, run: Run, by: str) -> None:
    """Raises: UsageError where another person's answer lies there, and says more than that it is right.

    One's own may be thought over.
    """
    held = desk.agents.given(f"{run.story}/{run.step()}", KIND)
    if not isinstance(held, dict) or held.get("by", by) == by:
        return
    if held.get("verdict") != "approve" or held.get("findings"):
        raise UsageError(f"{held['by']} has said what has to change, which is taken up first: {goes_on(run)}")


@contextmanager
def _waiting(desk: Desk, name: str) -> Iterator[tuple[Run, Grounds]]:
    """A run that waits for this person's review.

    Raises: UsageError where it does not, or the person wrote the story's commits.
    """
    run = find_run(desk, name)
    if run.state is not State.REVIEW or desk.agents.answered(f"{run.story}/{run.step()}", KIND) is None:
        asks = f"`{goes_on(run)}` asks for it" if run.state is State.REVIEW else "see: bmad inbox"
        raise UsageError(f"{run.story} is in state `{run.state}` and waits for no review of a person; {asks}.")
    with desk.history.read() as objects:
        grounds = Grounds(objects, desk.formats)
        settings = grounds.at(desk.repository.tip(run.onto) or run.base).settings
        if why := may_not_review(grounds, run, settings, person_of(desk)):
            raise UsageError(why)
        yield run, grounds


def _claim(grounds: Grounds, run: Run, one: Remark) -> Claim:
    """A comment with the line that it is on. Raises: UsageError where there is no such line."""
    path = spelt(one.path)
    text = grounds.text(run.head, path)
    if text is None:
        raise UsageError(f"{path} is no file of {run.head[:12]}; name it from the root of the repository.")
    lines = text.removesuffix("\n").split("\n")
    if one.line > len(lines):
        raise UsageError(f"{path} ends with line {len(lines)} in {run.head[:12]}; there is no {one.line}.")
    line = _near(lines, one.line)
    if not line:
        raise UsageError(f"{path} holds no words to comment on.")
    severity = one.severity or Severity.P2
    quote = lines[line - 1].strip()[:_LONGEST].strip()
    return Claim(severity=severity, path=path, line=line, quote=quote, claim=one.words)


def _near(lines: Sequence[str], line: int) -> int:
    """The line itself, or where it is blank the nearest one that holds something; 0 where none does."""
    full = [number for number, text in enumerate(lines, 1) if text.strip()]
    return min(full, key=lambda number: abs(number - line), default=0)


def _named(grounds: Grounds, run: Run, name: str) -> str:
    judged = [one.id for one in asked_about(grounds, run)]
    unknown = f"`{name}` is none of the findings that the fix was made for: {', '.join(judged)}."
    if not judged:
        unknown = f"`{name}` is none of the findings that wait to be settled: none does."
    if any(one.id.startswith(name) for one in demanded(run)):
        unknown = f"`{name}` is what a person demanded: --approve settles it, --request-changes asks for it again."
    return one_of(judged, name, unknown)

"""CodeReview: one lens's look at a change, or at a part of it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bmad.core.act.diffs import changed_paths, numbered
from bmad.core.act.memory import Alarm
from bmad.core.packs.texts import cut
from bmad.core.prompts import answers, findings
from bmad.core.prompts.brief import Brief, Prompt, lines, prompt, shown_path
from bmad.core.prompts.departures import MOST as MOST_DEPARTURES
from bmad.core.prompts.departures import WEIGHED
from bmad.core.prompts.fences import LIMIT, MOST_SAID, Part, Script
from bmad.core.prompts.lenses import through
from bmad.core.prompts.probing import Probing, probed, tried_before
from bmad.core.prompts.rules import LOOKING, RAN
from bmad.model.review import Finding

_MOST_COMPLAINTS, _MOST_OTHERS, _MOST_JUDGED = 6000, 2000, 8000
_OWN_WORDS = 8000
_LEAST_OF_A_DIFF = 20_000


class View(NamedTuple):
    """What a reviewer sees of a change: a part of its diff, as it is read, which part it is, and of how many.

    `others` are the paths that the other parts hold, `question` is what the reviewer copies out of the diff
    (empty: nothing), `base` the commit that the change is on top of, `source` the file that it is copied from.
    `probing` is of a probe alone.
    """

    diff: str
    number: int = 1
    of: int = 1
    others: Sequence[str] = ()
    question: str = ""
    base: str = ""
    source: str = ""
    probing: Probing | None = None


class Fix(NamedTuple):
    """What a fix was made for: the findings of the lens, to be judged, and those of other lenses."""

    judged: Sequence[Finding] = ()
    beside: Sequence[Finding] = ()


def room_for_diff(brief: Brief, *, again: bool = False) -> int:
    """The bytes of a diff, with its line numbers, that a reviewer's prompt holds beside all else.

    `again` where it is a fix, and there is to be room for what it was made for.
    """
    beside = findings.MOST_MEMORY + _MOST_COMPLAINTS + _MOST_OTHERS
    beside += MOST_DEPARTURES if brief.deviations else 0
    fix = findings.MOST_BESIDE + _MOST_JUDGED + MOST_SAID if again else 0
    return max(LIMIT - beside - fix - _OWN_WORDS - brief.pack.bytes, _LEAST_OF_A_DIFF)


def review_prompt(
    brief: Brief,
    lens: str,
    view: View,
    memory: Sequence[Alarm] = (),
    fix: Fix | None = None,
    complaints: Sequence[str] = (),
) -> Prompt:
    """For a reviewer, who sees a diff or a part of it whole; the lens stands last, so that the rest is the same.

    `memory` has the lens's known false alarms. `fix` is None in the first review; in a later one the diff is the
    fix. `complaints` say what was wrong with the answer to this very prompt.
    """
    judged = fix.judged if fix is not None else ()
    shared = [
        *brief.parts(),
        Part("Files that other parts of the diff change", cut(lines(map(shown_path, view.others)), _MOST_OTHERS)),
        Part("The file to copy from", view.source),
        Part("The diff", numbered(view.diff), whole=True),
    ]
    own = [
        Part("The findings that the fix was made for", cut(findings.told(judged, *_JUDGED), _MOST_JUDGED)),
        findings.context(fix.beside if fix is not None else ()),
        findings.alarms(memory),
        tried_before(view.probing or Probing()),
        Part("What is wrong with the first answer", cut("\n\n".join(complaints), _MOST_COMPLAINTS)),
    ]
    script = Script(
        role=_role(brief, view, fix),
        shared=shared,
        answer=answers.reviewed(view.question, verdicts=bool(judged or complaints)),
        own=own,
        said=findings.rulings(judged),
        last="\n".join([*_last(lens, judged, memory, complaints), *_probe(view, fix)]),
    )
    return prompt(brief, script, _held(view.diff, judged, memory))


def _probe(view: View, fix: Fix | None) -> list[str]:
    return [] if view.probing is None else [probed(view.probing, again=fix is not None)]


_JUDGED = ("disposition", "stand", "argument", "answer", "mark")


def _held(diff: str, judged: Iterable[Finding], memory: Iterable[Alarm]) -> list[str]:
    marks = (one.mark.rpartition(":")[0] for one in memory)
    return [*changed_paths(diff), *(one.path for one in judged), *marks]


def _role(brief: Brief, view: View, fix: Fix | None) -> str:
    base = f" Its base is the commit {view.base[:12]}." if view.base else ""
    told = [
        f"You review a change for the story {brief.id}, in a context of your own. {_FIX if fix else _FIRST}",
        f"{LOOKING}{base}",
        _GREEN if any(one.name == RAN for one in brief.pack.sections) else "",
        _HOW.format(story=brief.id),
        WEIGHED if brief.deviations else "",
        _PART.format(view.number, view.of) if view.of > 1 else "",
    ]
    return "\n\n".join(line for line in told if line)


_FIRST = """\
The diff below is to carry out the story. What stood there before is not your matter."""

_FIX = """\
The diff below is a fix. Raise only findings that the fix brings in, not the whole change again."""

_GREEN = """\
The checks listed below ran on this very change, on a clean copy, and ended as it says there. Run them in your copy
where that tells you something."""

_HOW = """\
Read around the change: each changed file whole, then the callers of what changed and their tests. Name to
yourself the smallest regression that these tests would miss, and try it. The best findings come from running:
an input, a bound, a line taken out. Criteria bind; Dev Notes say how it was to be built, and the criteria win
where they collide. What stands under `Assumptions` was decided along the way, and a break with it is no more
than a P2. Beside its territory a story may change `docs/knowledge/{story}.md`."""

_PART = """\
The change is too large for one prompt. You see part {} of {}, whole; others look at the other parts, whose
files are listed. Open these where you need them, and leave their findings to others. Judge a finding in
`verdicts` only where this part shows what was done about it."""


def _last(
    lens: str, judged: Sequence[Finding], memory: Sequence[Alarm], complaints: Sequence[str]
) -> Iterable[str]:
    if judged:
        yield _JUDGE
    if any(one.argument for one in judged):
        yield "`argument` is what the developer said of it."
    if any(one.stand == "part" for one in judged):
        yield _PART_OF_IT
    if any(one.mark for one in judged):
        yield _MARKED
    if memory:
        yield _REMEMBER
    if complaints:
        yield _ANEW
    yield through(lens)


_JUDGE = """\
Judge each of the findings that the fix was made for in `verdicts`: whether the fix settles it. Their `line` and
`quote` are of the file before the fix, your own findings' of the file after it."""

_PART_OF_IT = "Of one with the `stand` `part` they confirmed only what it says; the whole claim is yours to judge."

_MARKED = """\
Of one with a `mark`, a false alarm, judge whether the comment that stands there ends the confusion."""

_REMEMBER = """\
Some findings on files of this diff were false alarms. Of those listed as known, `line` and `quote` say where
one stands now, `mark` where the comment that settles it stood when it was left, `settled` by whom it was
settled. Do not raise the same again; what is something else, or graver than the `severity` there, is a finding
like any."""

_ANEW = """\
You, or a reviewer in your place, have answered this before; what is wrong with that answer is said above. Give
the whole answer again. State a finding anew with the words that really stand there as its `quote`, and with the
id that it has above in the key `about`; or take it back in `verdicts`: its id, `settled` true, and `why`. What
you do neither with goes to a person with your words."""

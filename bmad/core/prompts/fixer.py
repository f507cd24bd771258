"""FixThis: the developer mends what was confirmed and what failed, and leaves marks for false alarms."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bmad.core.act.around import around
from bmad.core.act.run import PERSON
from bmad.core.prompts import answers, findings
from bmad.core.prompts.brief import Brief, Prompt, lines, prompt, shown_path
from bmad.core.prompts.fences import Part, Script
from bmad.core.prompts.rules import READ_FIRST, building
from bmad.core.prompts.worklog import DEBUG, hypotheses
from bmad.model.review import Finding
from bmad.model.tested import Hypothesis

MOST_CHANGE = 16_000
"""Bytes of the change so far that a fix is shown; what stands around the findings comes first."""


class Repair(NamedTuple):
    """What a fix has to deal with: confirmed findings, false positives without a mark, failed checks, conflicts.

    `failing` holds a text for each failed check, `conflicts` the paths that the target's change collides with,
    `words` what a person said; `change` is the diff of the work so far from the commit `base`; `hypotheses` are
    those of earlier rounds.
    """

    confirmed: Sequence[Finding] = ()
    unmarked: Sequence[Finding] = ()
    failing: Sequence[str] = ()
    conflicts: Sequence[str] = ()
    words: Sequence[str] = ()
    change: str = ""
    base: str = ""
    hypotheses: Sequence[Hypothesis] = ()

    @property
    def is_debugging(self) -> bool:
        """Whether something went wrong of which the cause is to be found."""
        return bool(self.found or self.failing)

    @property
    def said(self) -> list[str]:
        """A person's words: what they said beside it, what they demand of the work, and how they ruled."""
        demands = (f"{one.id}: {one.claim}" for one in self.confirmed if one.lens == PERSON)
        return [*self.words, *demands, *findings.rulings((*self.found, *self.unmarked))]

    @property
    def found(self) -> list[Finding]:
        """The confirmed findings that stand on a line."""
        return [one for one in self.confirmed if one.lens != PERSON]


def fix_prompt(brief: Brief, repair: Repair) -> Prompt:
    """For the developer, who has forgotten how the change came to be."""
    shown = around(repair.change, [*repair.found, *repair.unmarked], MOST_CHANGE)
    parts = [
        *brief.with_log("creator", "developer", "probe"),
        hypotheses(repair.hypotheses),
        Part("Confirmed findings to mend", findings.told(repair.found, *_SAID_OF_IT)),
        Part("False alarms to leave a mark for", findings.told(repair.unmarked, *_SAID_OF_IT)),
        Part("Failed checks, with the end of their output", "\n\n".join(repair.failing)),
        Part(
            "Files with conflict marks, or changed by others since", "\n".join(map(shown_path, repair.conflicts))
        ),
        Part("Your change so far; each line bears its number in the file", shown.text),
        Part("Files of your change that are not shown", lines(map(shown_path, shown.left_out))),
    ]
    held = [*shown.paths, *repair.conflicts, *(one.path for one in (*repair.found, *repair.unmarked))]
    form = answers.mended(marks=bool(repair.unmarked), debugged=repair.is_debugging)
    return prompt(brief, Script(_role(brief, repair), parts, form, said=repair.said), held)


_SAID_OF_IT = ("stand", "argument", "answer", "same_as", "why")


def _role(brief: Brief, repair: Repair) -> str:
    told = [f"Mend your change for the story {brief.id}: {_what(repair)} below, and nothing beyond."]
    told += [*_base(repair), *_arguments(repair), _TESTS, READ_FIRST]
    told += [DEBUG] if repair.is_debugging else []
    told += [_MARK] if repair.unmarked else []
    return "\n".join([*told, building(brief.id, brief.pack)])


def _what(repair: Repair) -> str:
    cases = {
        "each confirmed finding": repair.found,
        "each false alarm": repair.unmarked,
        "each failed check": repair.failing,
        "each conflict": repair.conflicts,
        "what a person said": repair.said,
    }
    told = [words for words, there in cases.items() if there]
    return " and ".join(filter(None, (", ".join(told[:-1]), told[-1] if told else "what is")))


def _base(repair: Repair) -> Iterator[str]:
    if repair.base:
        yield f"The folder holds your change on top of the commit {repair.base[:12]}."
    if repair.conflicts:
        yield "It was joined with what others have landed since; settle the conflict marks so that both hold."


def _arguments(repair: Repair) -> Iterator[str]:
    if any(one.argument for one in (*repair.found, *repair.unmarked)):
        yield "`argument` is what was said of a finding in triage; heed it where it narrows the finding."
    if near := findings.at_one_place(repair.found, _EACH_JUDGED):
        yield near
    if any(one.same_as for one in repair.found):
        yield "What mends the finding that `same_as` names is to mend the one that names it, too."


_EACH_JUDGED = "One change may mend them all, and each is judged by its own lens."

_TESTS = """\
Delete, skip or loosen no test, unless a confirmed finding asks for it; then what it asserts of the criteria stays
asserted."""

_MARK = """\
For each false alarm write a comment or a line of a document, in the diff of this fix, that settles what
confused the reviewer, and name that line in `marks`; make it a line of its own, for the quoted line would be
another one with a comment behind it."""

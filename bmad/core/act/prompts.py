"""The prompts: small, without memory, built anew for each step from the story, the change and what was found.

Each builder takes just what its role may see: the reviewer the specification and the diff; the tester and the
developer nothing of what the other said. bmad's own words are here; how they are put together is in `fences`.
"""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bmad.core.act.diffs import changed_paths
from bmad.core.act.fences import LIMIT, Part, compose, cut
from bmad.core.act.memory import Alarm
from bmad.core.fingerprint import digest
from bmad.core.gate.words import printable
from bmad.model.act import Finding
from bmad.model.quoting import inside

LENSES = {
    "correctness": "Look for what is wrong: a criterion that is not met, a wrong result, an unhandled case or "
    "error, a race, and tests that cannot fail.",
    "security": "Look for what an attacker could use: input that is trusted, injection, paths that lead outside, "
    "secrets that leak, rights that are not checked, resources without bounds.",
    "maintainability": "Look for what will hurt the next reader: doubled or dead code, misleading names, needless "
    "complexity, a break with the habits of the code around it, interfaces that invite misuse.",
}
"""The lenses that bmad has words for; any other is looked through by its name."""

MOST_FILES = 1000
"""Paths that a prompt lists; of more it says how many there are."""

MOST_MEMORY = 6000
"""Characters that a prompt gives to known false alarms."""


_MOST_COMPLAINTS, _MOST_OTHERS = 6000, 2000
_BESIDE_A_DIFF = MOST_MEMORY + _MOST_COMPLAINTS + _MOST_OTHERS + 8000
_LEAST_OF_A_DIFF = 20_000


class Quoted(NamedTuple):
    """An item of the specification: its id and its text, of a statement the quote."""

    id: str
    text: str


class Brief(NamedTuple):
    """A story as it is put before an agent; `markdown` is the full text of the file at `path`."""

    story: str
    path: str
    markdown: str
    requirements: Sequence[Quoted] = ()
    statements: Sequence[Quoted] = ()
    territory: Sequence[str] = ()


class Repair(NamedTuple):
    """What a fix has to deal with: confirmed findings, false positives without a mark, failed checks, conflicts.

    `failing` holds a text for each failed check, `conflicts` the paths that the target's change collides with,
    `words` what a person said.
    """

    confirmed: Sequence[Finding] = ()
    unmarked: Sequence[Finding] = ()
    failing: Sequence[str] = ()
    conflicts: Sequence[str] = ()
    words: Sequence[str] = ()


class View(NamedTuple):
    """What a reviewer sees of a change: a part of its diff, as it is read, which part it is, and of how many.

    `others` are the paths that the other parts hold, `question` is what the reviewer copies out of the diff
    (empty: nothing).
    """

    diff: str
    number: int = 1
    of: int = 1
    others: Sequence[str] = ()
    question: str = ""


class Prompt(NamedTuple):
    """The text, and the paths that it names or holds, sorted."""

    text: str
    files: tuple[str, ...]


_RESULT = """\
When you are done, write your answer as one JSON object to the file that the environment variable BMAD_RESULT
names. It must fit the JSON Schema in the file that BMAD_SCHEMA names. """

_SPOKEN = """\
When you are done, say your answer as your last words: one JSON object that fits the schema that you are given for
it, and nothing around it. """

_WORK = f"{_RESULT}Its keys: `summary` (what you did, in a few sentences)."
_CREATED = f"""{_WORK[:-1]}, `clarification` (one question to a person,
only where the story cannot be built without its answer; else leave it out)."""
_FIXED = f"""{_WORK[:-1]}, `marks` (a list of `finding`, `path`, `line`:
where each false positive left its mark, by the line's number in the file as you leave it)."""
_REVIEW = f"""{_RESULT}Its keys: `findings`, a list of
`severity` (P0 data loss, security or crash; P1 wrong; P2 worth mending), `path`, `line` and `end_line` (in the
file after the change), `quote` (the words of these lines as they stand there, without the diff's `+`), `claim`
(what is wrong and when it shows), `fix` (what you suggest) and `criterion` (its id, where one is broken); and
`verdicts`, a list of `finding`, `settled` (true or false) and `why`. A finding whose quote stands nowhere in its
file comes back to you once, then goes to a person. No finding at all is a fine result; there is no quota."""
_READ = """
Two more keys: `read`, copied from the diff: {question}; and
`unopened`, a list of what you needed to read or run and could not, empty where there was nothing. Without the
first, or with anything in the second, the review does not count."""
_TRIAGE = f"""{_RESULT}Its key: `stands`, a list with one entry for each
finding: `finding` (its id), `stand` (`confirmed` or `disputed`) and `argument` (needed for a dispute). A finding
that you say nothing about counts as confirmed."""
_REPLY = f"""{_RESULT}Its key: `replies`, a list with one entry for each
finding: `finding` (its id), `reply` (`conceded` or `upheld`) and `argument`. A finding that you say nothing about
counts as upheld."""

_BUILDING = """\
Work in the folder that you are started in. You may change only paths in the story's territory; for lessons that
others should know there is also docs/knowledge/{story}.md. Leave the specification, records, bmad.yaml, CI files
and git itself alone: do not commit, bmad does it. Any other change makes the whole work void."""

_READING = "Change no file: you are here to read."

_REMEMBER = """
Some findings on files of this diff were false alarms; they are listed below. `line` and `quote` say where one
stands now, `mark` where the comment that settles it stood when it was left, `settled` by whom it was settled. Do
not raise the same again; what is something else, or graver than the `severity` there, is a finding like any."""


_PART = """
The change is too large for one prompt. You see part {} of {}, whole; others look at the other parts, whose files
are listed. Open these where you need them, and leave their findings to others. Judge a finding in `verdicts` only
where this part shows what was done about it."""

_ANEW = """
You, or a reviewer in your place, have answered this before; what is wrong with that answer is said below. Give
the whole answer again. State a finding anew with the words that really stand there as its `quote`, and with the id
that it has below in the key `about`; or take it back in `verdicts`: its id, `settled` true, and `why`. What you do
neither with goes to a person with your words."""


def create_prompt(brief: Brief, files: Sequence[str], words: Sequence[str] = ()) -> Prompt:
    """For the creator: make the mapped story ready to be built. `words` are a person's, on an earlier attempt."""
    role = f"""\
You prepare the story {printable(brief.story)} so that a developer can build it without asking. Read the code
that it will touch. Then change only the story's own file, {printable(brief.path)}: its fields `Territory`
(globs of the paths that the work may change, in backticks, as narrow as the work allows, tests included) and
`Depends on`, its section `Tasks / Subtasks` (each task with the criteria that it serves), its section `Dev Notes`
(interfaces that exist, pinned versions, a test plan, demands on security and speed) and sections of your own. Its
heading, `Epic`, `Implements`, `Kind`, `Aliases`, `Story` and `Acceptance Criteria` stay as they are, and no other
file changes. Do not commit."""
    return _prompt(role, [*_spec(brief), _words(words), _listed(files)], _CREATED, files)


def test_prompt(brief: Brief, files: Sequence[str], words: Sequence[str] = ()) -> Prompt:  # noqa: PT028 - no test
    """For the tester: write the criteria's tests before there is any code for them."""
    role = f"""\
You write the tests of the story {printable(brief.story)}, before it is built by someone else. For each
acceptance criterion write at least one test that fails now, because what it asks for is missing, and passes once
it is there. Name the criterion's id in each test (`{printable(brief.story)}/AC-1`). Write tests only, no code
that they test; skip and loosen none.
{_BUILDING.format(story=printable(brief.story))}"""
    return _prompt(role, [*_spec(brief), _territory(brief), _words(words), _listed(files)], _WORK, files)


def dev_prompt(brief: Brief, files: Sequence[str], words: Sequence[str] = (), *, tested: bool = False) -> Prompt:
    """For the developer: build the story; `tested` where a tester's tests stand in the worktree already."""
    tests = (
        "Its tests stand in the folder already: make them pass, and delete, skip or loosen none."
        if tested
        else "Write tests for each of its acceptance criteria, and name the criterion's id in them."
    )
    role = f"""\
You build the story {printable(brief.story)}: all that its acceptance criteria ask for, and nothing beyond. {tests}
Use only interfaces that exist in this project.
{_BUILDING.format(story=printable(brief.story))}"""
    parts = [*_spec(brief), _territory(brief), _words(words), _listed(files)]
    return _prompt(role, parts, _WORK, files)


def spoken(prompt: Prompt) -> Prompt:
    """The prompt for an agent whose answer is what it says last, where others write theirs to a file."""
    before, closing, after = prompt.text.rpartition(_RESULT)
    return prompt._replace(text=f"{before}{_SPOKEN}{after}") if closing else prompt


def room_for_diff(brief: Brief, judged: Iterable[Finding] = ()) -> int:
    """The bytes of a diff that a reviewer's prompt holds; what stands beside it is cut, where one must be."""
    beside = sum(len(part.text) for part in _spec(brief)) + len(_findings(list(judged), "mark"))
    return max(LIMIT - _BESIDE_A_DIFF - beside, _LEAST_OF_A_DIFF)


def review_prompt(
    brief: Brief,
    lens: str,
    view: View,
    memory: Sequence[Alarm] = (),
    judged: Sequence[Finding] | None = None,
    complaints: Sequence[str] = (),
) -> Prompt:
    """For a reviewer, who sees the specification and the diff only, the diff or a part of it whole.

    `memory` has the lens's known false alarms. `judged` is None in the first review; in a later one it holds the
    findings of the lens that a fix was made for, and the diff is the fix. `complaints` say what was wrong with the
    answer to this very prompt.
    """
    task = (
        "Review the diff below, which is to carry out the story. What stood there before is not your matter."
        if judged is None
        else "The diff below is a fix. Judge each finding below by it in `verdicts`: whether the fix settles it, "
        "and of a false positive whether the mark that it left ends the confusion. Raise only findings that the "
        "fix brings in, not the whole change again."
    )
    role = f"""\
You review a change for the story {printable(brief.story)}, in a context of your own. {_through(lens)}
{task}
{_READING}{_REMEMBER if memory else ""}{_part_of(view)}{_ANEW if complaints else ""}"""
    others = _lines(map(_shown, view.others))
    parts = [
        *_spec(brief),
        Part("The findings that the fix was made for", _findings(judged or (), "mark")),
        Part("Known false alarms of earlier reviews", _alarms(memory)),
        Part("What is wrong with the first answer", cut("\n\n".join(complaints), _MOST_COMPLAINTS)),
        Part("Files that other parts of the diff change", cut(others, _MOST_OTHERS)),
        Part("The diff", view.diff, whole=True),
    ]
    answer = _REVIEW + (_READ.format(question=view.question) if view.question else "")
    return _prompt(role, parts, answer, [*_held(view.diff, judged or ()), *(_marked(one) for one in memory)])


def _part_of(view: View) -> str:
    return _PART.format(view.number, view.of) if view.of > 1 else ""


def triage_prompt(brief: Brief, diff: str, findings: Sequence[Finding]) -> Prompt:
    """For the developer: a stand on each raised finding."""
    role = f"""\
A reviewer raised findings against your change for the story {printable(brief.story)}. Take each by itself and
look at the code: confirm it where it is right, even if you would rather not; dispute it where it is not, with an
argument that can be checked. Fix nothing now. {_READING}"""
    parts = [*_spec(brief), Part("The findings", _findings(findings)), Part("The diff", diff)]
    return _prompt(role, parts, _TRIAGE, _held(diff, findings))


def reply_prompt(brief: Brief, lens: str, diff: str, findings: Sequence[Finding]) -> Prompt:
    """For the reviewer: the one answer to the developer's arguments."""
    role = f"""\
The developer disputes findings of your review of the story {printable(brief.story)}. {_through(lens)} Weigh each
argument against the code: concede where it holds, uphold the finding where it does not. You answer once; what you
uphold goes to a person with both arguments side by side. {_READING}"""
    parts = [
        *_spec(brief),
        Part("The disputed findings with the developer's arguments", _findings(findings, "argument")),
        Part("The diff", diff),
    ]
    return _prompt(role, parts, _REPLY, _held(diff, findings))


def fix_prompt(brief: Brief, repair: Repair) -> Prompt:
    """For the developer: mend what was confirmed and what failed, and leave marks for false alarms."""
    role = f"""\
Mend your change for the story {printable(brief.story)}: each confirmed finding, each failed check and each
conflict below, and nothing beyond. Delete, skip or loosen no test. For each false alarm below write a comment or
a line of a document, in the diff of this fix, that settles what confused the reviewer, and name that line in
`marks`; make it a line of its own, for the quoted line would be another one with a comment behind it.
{_BUILDING.format(story=printable(brief.story))}"""
    parts = [
        *_spec(brief),
        _territory(brief),
        _words(repair.words),
        Part("Confirmed findings to fix", _findings(repair.confirmed, "answer", "ruling", "why")),
        Part("False alarms to leave a mark for", _findings(repair.unmarked, "answer", "ruling")),
        Part("Failed checks, with the end of their output", "\n\n".join(repair.failing)),
        Part("Files with conflict marks, or changed by others since", _paths(repair.conflicts)),
    ]
    named = [one.path for one in (*repair.confirmed, *repair.unmarked)]
    return _prompt(role, parts, _FIXED, [*named, *repair.conflicts])


def subject(spec: str, hunks: str, findings: Iterable[Finding] = (), failing: Iterable[str] = ()) -> str:
    """What is put before an agent, whatever its prompt's wording: 64 hex digits that a recording is bound to.

    `spec` is the fingerprint of the story's chain, `hunks` that of the change, `failing` has the checks' names.
    """
    return digest(
        {
            "spec": spec,
            "hunks": hunks,
            "findings": sorted([one.id, one.disposition.value] for one in findings),
            "failing": sorted(failing),
        }
    )


def _through(lens: str) -> str:
    return LENSES.get(lens, f"Look through: {printable(lens)}.")


def _prompt(role: str, parts: Sequence[Part], answer: str, paths: Iterable[str]) -> Prompt:
    text = compose(role, parts, answer)
    told = {_shown(path) for path in paths} - {""}
    return Prompt(text, tuple(sorted(path for path in told if path in text or inside(path) in text)))


def _spec(brief: Brief) -> list[Part]:
    return [
        Part("The story", brief.markdown),
        Part("The requirements that it implements", _quoted(brief.requirements)),
        Part("The words of the intent that these come from", _quoted(brief.statements)),
    ]


def _quoted(items: Sequence[Quoted]) -> str:
    return "\n\n".join(f"{item.id}\n{item.text}" for item in items)


def _territory(brief: Brief) -> Part:
    return Part("The story's territory, a glob a line", _lines(brief.territory))


def _words(words: Sequence[str]) -> Part:
    return Part("What a person said about the work so far; heed it", "\n\n".join(words))


def _listed(files: Sequence[str]) -> Part:
    more = f"\n(and {len(files) - MOST_FILES:,} more)" if len(files) > MOST_FILES else ""
    return Part("Files of the project, one a line", _paths(files[:MOST_FILES]) + more)


def _paths(paths: Iterable[str]) -> str:
    return "\n".join(map(_shown, paths))


def _shown(path: str) -> str:
    return printable(path, 4096)


def _lines(texts: Iterable[str]) -> str:
    """Each text on a line of its own."""
    return "\n".join(" ".join(text.split()) for text in texts)


_ALWAYS = ("id", "severity", "lens", "path", "line", "end_line", "quote", "claim", "fix", "criterion")


def _findings(findings: Sequence[Finding], *beside: str) -> str:
    """The findings as JSON, so that no word in one passes for another; of `beside` only what holds something."""
    told = [
        {
            name: value
            for name, value in one.model_dump(mode="json").items()
            if name in (*_ALWAYS, *beside) and value
        }
        for one in findings
    ]
    return json.dumps(told, ensure_ascii=False, indent=1) if told else ""


def _alarms(memory: Sequence[Alarm]) -> str:
    """The false alarms as JSON, of all of them so much as a prompt gives them."""
    told = [
        {name: value for name, value in one._asdict().items() if value and name != "ruled"}
        | {"settled": "ruled by a person" if one.ruled else "conceded by its reviewer"}
        for one in memory
    ]
    return cut(json.dumps(told, ensure_ascii=False, indent=1), MOST_MEMORY) if told else ""


def _marked(one: Alarm) -> str:
    """The path of an alarm's mark."""
    return one.mark.rpartition(":")[0]


def _held(diff: str, findings: Iterable[Finding]) -> list[str]:
    return [*changed_paths(diff), *(one.path for one in findings)]

"""The form of each answer in words, with the keys of its schema, so that one without a shell can learn them, too.

How the answer is handed over depends on who is asked, and is said last: `handed_over`.
"""

from bmad.model.agents import HUMAN, answers_by_file
from bmad.model.settings import AgentSettings

_OBJECT = "Your answer is one JSON object"

_DEVIATIONS = """\
`deviations` (a list of `rule` and `reason`: where Dev Notes or assumptions are wrong, so that you departed from
them; never from a criterion)"""

WORK = f"""{_OBJECT} with the keys `summary` (what you did and decided, in a few sentences) and
{_DEVIATIONS}."""

CREATED = f"""{_OBJECT} with the keys `summary` (what you did and decided, in a few sentences) and, only
where the story cannot be built without a person's answer, `clarification` (the one question to them)."""

SPLIT = """\
Only where it is too large: `split`, a list of at most 5 objects with the keys `title`, `criteria` (ids of the
story's own, such as `AC-3`; each in one part at most, and one at least stays in the story), `territory` (globs
within the story's; left out: the story's) and `depends` (titles of parts before it)."""

RESEARCHED = f"""{_OBJECT} with the keys `summary` (what came out, in a few sentences), `findings` (a list
of at most 20 objects) and `open` (questions that nothing answers). Each finding has `claim`, and its one source:
`path`, `line` and `quote`, the words as they stand there in a file of this folder; or `url` and `quote`. bmad
holds each quote of a file against it, character by character but for blanks; a claim whose quote does not stand
is left out. A page's quote is marked as not checked. Finding nothing is a fine result."""

_MARKS = """
Its key `marks` is a list of `finding`, `path`, `line`: where each false alarm left its mark, by the line's number
in the file as you leave it."""

_HYPOTHESES = """
Its key `hypotheses` is a list of `hypothesis`, `test` (what you ran to decide it), `verdict` (`confirmed`,
`refuted` or `open`) and `evidence` (what you saw); empty where the cause was plain."""

_FINDINGS = f"""{_OBJECT} with the key `findings`, a list of objects with the keys
- `severity`: `P0`, `P1` or `P2`, as the scale below says;
- `path`, `line`, `end_line` (leave it out for one line): where it stands in the file after the change. The diff
  bears these numbers before each line's `|`. A file that the diff does not show may be named as well;
- `quote`: the words of these lines as they stand there, without number, `|` and sign. Blanks and indentation do
  not count; a quote may span lines. Of what the change takes out, quote the line that was taken out. Of what is
  missing, quote the line next to which it should stand, and say in `claim` what is missing;
- `claim`: what is wrong and when it shows; where you ran something, the input and what you saw;
- `fix`: what you suggest; `criterion`: the id of what is broken, or the words of the Dev Notes that are. A
  finding whose quote stands nowhere in its file comes back to you once, then goes to a person. No finding at
  all is a fine result; there is no quota."""

_SCANNED = f"""{_OBJECT} with the key `findings`, a list of objects with the keys
- `severity`: `P0`, `P1` or `P2`, as the scale below says;
- `path`, `line`, `end_line` (leave it out for one line): where it stands. Each line of the files bears its number
  before its `|`. A finding in a file that you are not shown is left to those who are;
- `quote`: the words of these lines as they stand there, without number and `|`: of the one to five lines that
  show it best. Blanks and indentation do not count. Of what is missing, quote the line next to which it should
  stand, and say in `claim` what is missing;
- `claim`: what is wrong and when it shows; where you ran something, the input and what you saw;
- `fix`: what you suggest. A finding whose quote stands nowhere in its file comes back to you once. No finding at
  all is a fine result; there is no quota."""

_READ_FILES = """
Two more keys: `read`, copied from the files: {question}; and
`unopened`, a list of what you needed to read or run and could not, empty where there was nothing. Without the
first, or with anything in the second, the review does not count."""

_VERDICTS = """
It has the key `verdicts`, too, a list of `finding` (its id), `settled` (true or false) and `why`."""

_READ = """
Two more keys: `read`, copied from the diff: {question}; and
`unopened`, a list of what you needed to read or run and could not, empty where there was nothing. Without the
first, or with anything in the second, the review does not count."""

TRIAGED = f"""{_OBJECT} with the key `stands`, a list with one entry for each finding:
`finding` (its id), `argument` and `stand`:
- `confirmed`: it is right; `argument` says what the one who mends it should know, if anything, such as an example
  that does not hold;
- `part`: it is right in part; `argument` says in which;
- `lesser`: it is right and less grave; `severity` is the one you propose, `argument` says why;
- `duplicate`: what mends another finding mends it, too; that one's id stands in `same_as`;
- `disputed`: it is not right; `argument` says why.
The reviewer answers the last three. What you leave out you are asked about once more; then it is confirmed."""

REPLIED = f"""{_OBJECT} with the key `replies`, a list with one entry for each finding:
`finding` (its id), `reply` (`conceded` or `upheld`) and `argument`. A finding that you say nothing about counts as
upheld."""


def built(*, debugged: bool) -> str:
    """The form of a developer's work: with what was suspected, where a defect is what it is about."""
    return WORK + (_HYPOTHESES if debugged else "")


def mended(*, marks: bool, debugged: bool) -> str:
    """The form of a fix: with the marks of false alarms, and with what was suspected, where there is such."""
    return WORK + (_MARKS if marks else "") + (_HYPOTHESES if debugged else "")


def reviewed(question: str, *, verdicts: bool) -> str:
    """The form of a review; `question` is what is copied from the diff (empty: nothing)."""
    return _FINDINGS + (_VERDICTS if verdicts else "") + (_READ.format(question=question) if question else "")


def scanned(question: str, *, verdicts: bool) -> str:
    """The form of a look through files as they stand; `question` is what is copied from them."""
    return _SCANNED + (_VERDICTS if verdicts else "") + _READ_FILES.format(question=question)


_FILE = """\
When you are done, write the answer to the file that the environment variable BMAD_RESULT names. Its JSON Schema is
in the file that BMAD_SCHEMA names."""
_PERSON = (
    "When you are done, write the answer to `answer.json` beside this file; `schema.json` is its JSON Schema."
)
_SPOKEN = """\
When you are done, say your answer as your last words: one JSON object that fits the schema that you are given for
it, and nothing around it."""


def handed_over(agent: AgentSettings) -> str:
    """How an answer reaches bmad, in words."""
    if agent.use == HUMAN:
        return _PERSON
    return _FILE if answers_by_file(agent) else _SPOKEN

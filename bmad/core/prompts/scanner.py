"""A scan: one lens's look at files as they stand, whoever wrote them."""

from collections.abc import Sequence
from typing import NamedTuple

from bmad.core.act.memory import Alarm
from bmad.core.packs.pack import Pack
from bmad.core.packs.texts import cut
from bmad.core.prompts import answers, findings
from bmad.core.prompts.brief import Brief, Prompt, prompt, shown_path
from bmad.core.prompts.fences import Part, Script
from bmad.core.prompts.lenses import through
from bmad.core.prompts.rules import LOOKING_ROUND
from bmad.model.review import Finding

_MOST_KNOWN, _MOST_COMPLAINTS = 6000, 4000


class Shown(NamedTuple):
    """Lines of a file that are shown: its path, the number of the first one, and of how many in all."""

    path: str
    lines: Sequence[str]
    first: int
    of: int


class Sight(NamedTuple):
    """What one call is shown: files, what stands around them, and what is copied out of which of them."""

    files: Sequence[Shown]
    pack: Pack
    question: str
    source: str
    commit: str


def scan_prompt(
    sight: Sight,
    lens: str,
    known: Sequence[Finding] = (),
    memory: Sequence[Alarm] = (),
    complaints: Sequence[str] = (),
) -> Prompt:
    """For a reviewer of a scan; the lens and what one call alone is told stand last.

    `known` is what was found in these files before, by anyone; `memory` has the lens's known false alarms;
    `complaints` say what was wrong with the answer to this very prompt.
    """
    brief = Brief("", "", sight.pack)
    shared = [
        *brief.parts(),
        Part("The file to copy from", sight.source),
        Part("The files, each line with its number", "\n\n".join(map(_shown, sight.files)), whole=True),
    ]
    own = [
        Part("Found in these files before", cut(findings.told(known), _MOST_KNOWN)),
        findings.alarms(memory),
        Part("What is wrong with the first answer", cut("\n\n".join(complaints), _MOST_COMPLAINTS)),
    ]
    told = (
        _KNOWN if known else "",
        _FALSE if memory else "",
        _ANEW if complaints else "",
        through(lens, story=False),
    )
    script = Script(
        role=f"{_ROLE}\n\n{LOOKING_ROUND.format(commit=sight.commit[:12])}\n\n{_HOW}",
        shared=shared,
        answer=answers.scanned(sight.question, verdicts=bool(complaints)),
        own=own,
        last="\n".join(line for line in told if line),
    )
    return prompt(brief, script, [one.path for one in sight.files])


def _shown(one: Shown) -> str:
    last = one.first + len(one.lines) - 1
    span = f"lines {one.first}-{last} of {one.of}" if (one.first, last) != (1, one.of) else f"{one.of} lines"
    body = "\n".join(f"{number:>5}|{line}" for number, line in enumerate(one.lines, one.first))
    return f"{shown_path(one.path)} ({span})\n{body}"


_ROLE = """\
You look through code as it stands, in a context of your own. It is no change, and nobody waits for you to let it
pass: what is wanted is each defect that is really there, and none that is not. Others look at the other files."""

_HOW = """\
Read the files below whole. Of each function name to yourself what it promises, and look for the input or the
order of calls under which it breaks that; read its callers and tests where they tell you. The best findings come
from running: try what you suspect before you claim it."""

_KNOWN = """\
What was found in these files before is listed, so that you need not find it again: do not repeat it, also not in
other words. Look where nobody has looked, from another angle."""

_FALSE = """\
Some findings on these files were false alarms. Do not raise those again."""

_ANEW = """\
You have answered this before; what is wrong with that answer is said above. Give the whole answer again. State a
finding anew with the words that really stand there as its `quote`, and with the id that it has above in the key
`about`; or take it back in `verdicts`: its id, `settled` true, and `why`."""

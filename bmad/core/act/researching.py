"""What was found out before a story is prepared: each claim with its source, and no quote of a file that is none.

A quote of a file is held against the commit, folded as a reviewer's is. A page of the web cannot be held against
anything here, so it is marked as not checked. What quotes nothing that stands is left out, told as a claim alone.
"""

from collections.abc import Sequence
from typing import NamedTuple

from bmad.core.act.placing import Place, Places
from bmad.model.agents import Severity
from bmad.model.answers import Claim, Learned, ResearchAnswer
from bmad.model.normal import fold
from bmad.model.spec import Story

SECTION = "Research"
"""The section of a story that holds it; no agent may change it."""

UNCHECKED = "not checked by bmad"

_SHORT, _LONG = 300, 600


class Found(NamedTuple):
    """A claim and where its source stands; `place` is empty where it has none, and `why` says why."""

    claim: Learned
    place: str = ""
    why: str = ""


def placed(answer: ResearchAnswer, places: Places) -> list[Found]:
    """The claims of an answer, each held against its source."""
    return [_placed(one, places) for one in answer.findings]


def _placed(one: Learned, places: Places) -> Found:
    if one.url and not one.path:
        sound = one.url.startswith(("https://", "http://")) and one.url.isprintable() and " " not in one.url
        return Found(one, one.url) if sound and fold(one.quote) else Found(one, "", "its address or quote is none")
    claim = Claim(severity=Severity.P2, path=one.path, line=one.line, quote=one.quote, claim=one.claim)
    at = places.place(claim)
    if isinstance(at, Place) and not at.before and fold(one.quote) in at.lines:
        return Found(one, f"{at.path}:{at.line}")
    return Found(one, "", "its quote is not one of words that stand there" if isinstance(at, Place) else at.why)


def complaints(found: Sequence[Found]) -> list[str]:
    """What is asked about once more, a sentence each."""
    return [f"“{_line(one.claim.claim, 120)}”: {one.why}." for one in found if not one.place]


def section(answer: ResearchAnswer, found: Sequence[Found], commit: str) -> str:
    """The section's text: each line is a bullet or a quote, so that no word of it is a heading or a field.

    The same for the same answer; `commit` is what quotes of files were held against.
    """
    own = [one for one in found if one.place and not _is_page(one)]
    pages = [one for one in found if one.place and _is_page(one)]
    loose = [one for one in found if not one.place]
    lines = [f"Quotes of files stand in {commit[:12]}; quotes of pages are {UNCHECKED}.", ""]
    lines += [f"> {_line(answer.summary, 2000)}", ""] if answer.summary.strip() else []
    for one in (*own, *pages):
        mark = f" ({UNCHECKED})" if _is_page(one) else ""
        lines += [
            f"- {_line(one.claim.claim, _LONG)}",
            f"  - {one.place}{mark}: “{_line(one.claim.quote, _SHORT)}”",
        ]
    lines += [f"- Left out, since no source of it stands: {_line(one.claim.claim, _SHORT)}" for one in loose]
    lines += [f"- Still open: {_line(one, _SHORT)}" for one in answer.open]
    lines += ["- Nothing was found."] if not (found or answer.open) else []
    return "\n".join(lines).rstrip() + "\n"


def apart(text: str, story: Story) -> tuple[str, str]:
    """A story's text without its research, and that."""
    found = next((one.text for one in story.sections if one.title == SECTION), "")
    return text.replace(f"## {SECTION}\n{found}", "", 1) if found else text, found


def _is_page(one: Found) -> bool:
    return one.place == one.claim.url


def _line(text: str, most: int) -> str:
    """Words of others on one line: no mark of a question that would hold up the story, no control."""
    told = "".join(char if char.isprintable() else " " for char in fold(text)).replace("NEEDS CLARIFICATION", "…")
    return told if len(told) <= most else f"{told[: most - 1]}…"

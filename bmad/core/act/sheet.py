"""A review in an editor: the diff with room for words, as it is laid out, and as it is read back.

Below a line of the diff a line that begins with `>` is a comment on it. No line of a unified diff begins so, and
the diff itself has to come back as it was: a comment is never put to another line than its person wrote it under.
"""

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Literal, NamedTuple

from bmad.core.act.diffs import Placed, placed
from bmad.model.agents import Severity
from bmad.model.review import Finding

Verdict = Literal["approve", "request-changes", "comment"]

_HEAD = """\
# Review of {story} ({tag}): {title}
# For {lenses}: one answer is for all of it.
#
# Behind `verdict:` write `approve`, or `changes:` and what has to change. Comments alone are a review too.
# Below a line of the diff, begin a line with `> ` to comment on it: a P2; `> P1: ...` or `> P0: ...` is graver.
# Where nothing is written, nothing happens. Leave the lines of the diff as they are.
"""
_MENDED = (
    "# Made for these findings. Approving settles all of them; else name behind `settled:` what is settled.\n"
)

_DEMANDED = "# What people have demanded of it:\n"

_APPROVE = re.compile(r"approved?\.?", re.IGNORECASE)
_CHANGES = re.compile(r"(?:request[- ])?changes\s*:?\s*", re.IGNORECASE)
_GRAVE = re.compile(r"(P[012])\s*:\s*")


class Remark(NamedTuple):
    """A comment on a line of the new file."""

    path: str
    line: int
    words: str
    severity: Severity | None = None


class Written(NamedTuple):
    """What a person said of a change."""

    verdict: Verdict
    words: str = ""
    remarks: tuple[Remark, ...] = ()
    settled: tuple[str, ...] = ()


class SheetError(ValueError):
    """What cannot be read, as a sentence."""


class Before(NamedTuple):
    """What was said before of the work: what a fix was made for, and what people demanded of it."""

    judged: Sequence[Finding] = ()
    demanded: Sequence[Finding] = ()


def _folded(one: Finding) -> str:
    """Its claim on one line."""
    return " ".join(one.claim.split())


def lay_out(story: str, title: str, lenses: Sequence[str], before: Before, diff: str) -> str:
    """What the editor is opened with."""
    told = [f"#   {one.severity} {one.id} {one.path}:{one.line} {_folded(one)}" for one in before.judged]
    asked = [f"#   {_folded(one)}\n" for one in before.demanded]
    tag = sha256(diff.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    head = _HEAD.format(story=story, tag=tag, title=title, lenses=", ".join(lenses))
    mended = _MENDED + "\n".join(told) + "\n" if told else ""
    mended += "".join([_DEMANDED, *asked] if asked else [])
    fields = "verdict:\nsettled:\n" if told else "verdict:\n"
    return f"{head}{mended}\n{fields}\n{diff}"


def graver(words: str) -> tuple[str, Severity | None]:
    """A comment's words without the severity that they begin with."""
    told = _GRAVE.match(words)
    return (words, None) if told is None else (words[told.end() :].strip(), Severity(told[1]))


def read_back(text: str, diff: str) -> Written | None:
    """What a person wrote into the sheet; None where they wrote nothing.

    Raises: SheetError where something cannot be read, or the diff was changed.
    """
    lines = text.split("\n")
    shown = placed(diff)
    first = shown[0].text.rstrip() if shown else ""
    top = next((at for at, line in enumerate(lines) if line.rstrip() == first), len(lines))
    verdict, settled = _fields(lines[:top])
    remarks = tuple(_remarks(lines, top, shown))
    if verdict is None and not (remarks or settled):
        return None
    return Written(*(verdict or ("comment", "")), remarks, settled)


def _fields(lines: Sequence[str]) -> tuple[tuple[Verdict, str] | None, tuple[str, ...]]:
    """The verdict with its words, and the findings that are settled."""
    told: dict[str, list[str]] = {"verdict": [], "settled": []}
    field = ""
    for number, line in enumerate(lines, 1):
        name, colon, rest = line.partition(":")
        if line.startswith("#"):
            continue
        if colon and name.strip().lower() in told:
            field = name.strip().lower()
        else:
            rest = line
        if rest.strip() and not field:
            raise SheetError(f"Line {number} is no comment on a line of the diff; write it behind `verdict:`.")
        if rest.strip():
            told[field].append(rest.strip())
    settled = tuple(" ".join(told["settled"]).replace(",", " ").split())
    return _verdict("\n".join(told["verdict"])), settled


def _verdict(words: str) -> tuple[Verdict, str] | None:
    if not words:
        return None
    if _APPROVE.fullmatch(words):
        return "approve", ""
    asked = _CHANGES.match(words)
    if asked is None:
        raise SheetError("Behind `verdict:` write `approve`, or `changes:` and what has to change.")
    return "request-changes", words[asked.end() :]


def _remarks(lines: Sequence[str], top: int, shown: Sequence[Placed]) -> Iterable[Remark]:
    """The comments, each with the line above it; several lines below the same one are one comment."""
    at = 0
    words: list[str] = []
    for number, line in enumerate(lines[top:], top + 1):
        if line.startswith(">"):
            words.append(line[1:].strip())
            continue
        if words:
            yield _remark(shown[at - 1], words, number - len(words))
            words = []
        if at < len(shown) and line.rstrip() == shown[at].text.rstrip():
            at += 1
        elif line.strip():
            raise SheetError(f"Line {number} is neither a line of the diff nor a comment, which begins with `> `.")
    if words:
        yield _remark(shown[at - 1], words, len(lines) - len(words))
    missing = [one for one in shown[at:] if one.text.strip()]
    if missing:
        raise SheetError(f"The diff has lost its line `{missing[0].text.strip()}`; leave its lines as they are.")


def _remark(above: Placed, words: Sequence[str], number: int) -> Remark:
    if not above.path:
        raise SheetError(
            f"The comment at line {number} stands on no line of a file that is there; say it behind `verdict:`."
        )
    told, severity = graver("\n".join(words).strip())
    if not told:
        raise SheetError(f"The comment at line {number} says nothing.")
    return Remark(above.path, above.line, told, severity)

"""What CI shows beside a job and in the thread of a request: the verdict, and what the change is for."""

from collections.abc import Sequence

from bmad.model.gate import GateReport
from bmad.model.range_report import RangeReport
from bmad.render.gate import markdown as verdict
from bmad.render.report import markdown as about
from bmad.render.report import md

MARK = "<!-- bmad: one comment, updated in place -->"
"""By it the comment of an earlier run is known again."""

MOST = 60_000
"""Characters of a comment; code hosts take 65,536."""

_CUT = "\n\n_Cut here: the whole stands in the summary of the job._\n"


def summary(report: GateReport, found: RangeReport | None, notes: Sequence[str]) -> str:
    """Markdown; nothing that the change wrote can become markup."""
    rows = [verdict(report), *(f"Note: {md(note, 400)}.\n" for note in notes)]
    if found is not None:
        told = about(found, only_told=report.report_only)
        rows.append(f"<details><summary>What this change is for</summary>\n\n{told}\n</details>\n")
    return "\n".join(rows)


def unjudged(words: str, code: int) -> str:
    """Markdown of a run that came to no verdict: what an earlier run said does not stand for it."""
    return f"### ⚠️ bmad gate: nothing was judged (exit {code}), which is never a pass\n\n{md(words, 1000)}\n"


def comment(words: str) -> str:
    """The same as the body of a comment, which begins with the mark of ours and is no longer than hosts take."""
    whole = f"{MARK}\n{words}"
    if len(whole) <= MOST:
        return whole
    kept = whole[:MOST]
    return f"{kept}{'</details>' if kept.count('<details') > kept.count('</details') else ''}{_CUT}"

"""The acceptance desk and the board as pages of HTML: no script, nothing from elsewhere."""

from bmad.model.desk import DeskReport
from bmad.render.desk import blocks, figures, folded, one_line, summary, waits
from bmad.render.pages import resource, source, written

POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src {source(resource('page.css'))}"
)
"""What a browser may do with these pages: show them in their style, and nothing else."""

BARE = "NOT PROVEN:"
"""How the line of a criterion begins that nothing proves."""


def desk(report: DeskReport) -> str:
    """What waits, riskiest first, each story whole; long texts are folded."""
    return _page(
        "Acceptance desk",
        told=[waits(report), *report.notes],
        items=report.items,
        bare=BARE,
        blocks=blocks,
        figures=figures,
        folded=folded,
        one_line=one_line,
        summary=summary,
    )


def board(text: str) -> str:
    """The board of `bmad status`, as it is printed."""
    return _page("Status", text=text)


def fault(words: str) -> str:
    """Why there is nothing to be shown."""
    return _page("Not to be shown", told=[words])


def _page(title: str, **values: object) -> str:
    return written("desk.html", **{"title": title, "told": [], "items": [], "text": "", **values})

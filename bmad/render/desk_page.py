"""The acceptance desk as one page of HTML: no script, nothing from elsewhere, every text inert."""

from collections.abc import Iterator
from html import escape

from bmad.model.desk import DeskItem, DeskReport
from bmad.render.csp import source
from bmad.render.desk import blocks, figures, folded, one_line, summary
from bmad.render.words import bare, plural, visible

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 0; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
p, summary { margin: .2rem 0; overflow-wrap: anywhere; }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: .6rem; border: 1px solid; border-radius: .3rem; }
.d4 { margin-left: 1.5rem; }
.bare { font-weight: bold; } .quiet { opacity: .75; }
nav a { margin-right: 1rem; }
"""
POLICY = (
    f"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src '{source(STYLE)}'"
)
"""What a browser may do with the page: show it in this style, and nothing else."""

_BARE = "NOT PROVEN:"
_FOOT = (
    "Read-only: a verdict is given with the commands, or at the desk of <code>bmad accept</code>. "
    "Load the page again to see it as it is now."
)


def desk(report: DeskReport) -> str:
    """What waits, riskiest first, each story whole; long texts are folded."""
    count = len(report.items)
    waits = f"{plural(count, 'story')} {'waits' if count == 1 else 'wait'} to be accepted, riskiest first"
    told = [waits if count else "Nothing waits to be accepted", *report.notes]
    notes = [f"<p>{escape(visible(bare(words)))}.</p>" for words in told]
    return _page("Acceptance desk", [*notes, *_all(report)])


def board(text: str) -> str:
    """The board of `bmad status`, as it is printed."""
    return _page("Status", [f"<pre>{escape(text)}</pre>"])


def fault(words: str) -> str:
    """Why there is nothing to be shown."""
    return _page("Not to be shown", [f"<p>{escape(visible(words))}</p>"])


def _page(title: str, body: list[str]) -> str:
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>bmad: {escape(title)}</title><style>{STYLE}</style></head><body>",
            '<nav><a href="./">Desk</a><a href="./status">Status</a></nav>',
            f"<main><h1>{escape(title)}</h1>",
            *body,
            f'<p class="quiet">{_FOOT}</p></main></body></html>\n',
        ]
    )


def _all(report: DeskReport) -> Iterator[str]:
    if len(report.items) > 1:
        yield "<ol>"
        for item in report.items:
            told = f"{escape(one_line(item.title))}: {escape(summary(item))}"
            yield f'<li><a href="#{escape(item.story)}">{escape(item.story)}</a> {told}</li>'
        yield "</ol>"
    for item in report.items:
        yield from _item(item)


def _item(item: DeskItem) -> Iterator[str]:
    yield f'<section><h2 id="{escape(item.story)}">{escape(item.story)} {escape(one_line(item.title))}</h2>'
    yield f'<p class="quiet">{escape(figures(item))}</p>'
    for block in blocks(item):
        text, short = escape(one_line(block.text)), folded(block)
        if block.heading:
            yield f"<h3>{text}</h3>"
        elif short is not None:
            yield f'<details class="d{block.depth}"><summary>{escape(short)}</summary><p>{text}</p></details>'
        else:
            bare = " bare" if block.text.startswith(_BARE) else ""
            yield f'<p class="d{block.depth}{bare}">{text}</p>'
    commands = "\n".join(escape(visible(command)) for command in item.commands)
    yield f"<pre>{commands}</pre></section>"

"""Pages of HTML, each with all it needs inside: the report of a change, the acceptance desk, the board.

What comes from a repository is text on them, never markup: templates escape it, signs that nobody sees are spelt
out, and a policy allows no script and no style but those that are shipped beside them, and no network.
"""

import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files

from bmad.render.words import visible


def resource(name: str) -> str:
    """A file of this folder: `page.css` is the style of all pages."""
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


def written(template: str, **values: object) -> str:
    """A page of a template in this folder; a value that it asks for and nobody gives is an error."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 - loaded for a page alone

    environment = Environment(
        loader=FunctionLoader(resource),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["spans"] = _spans
    return environment.get_template(template).render(style=resource("page.css"), **values)


def source(text: str) -> str:
    """What a content security policy names an inline script or style by: its hash, as CSP level 2 has it."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


_TICKS = re.compile(r"`+")


def _spans(text: str) -> str:
    """A text whose code spans, as CommonMark has them, are set as code; all of it stays text."""
    from jinja2.filters import do_mark_safe  # noqa: PLC0415 - loaded for a page alone

    found, last, begun = [], 0, -1
    ticks = list(_TICKS.finditer(text))
    ends = {len(one[0]): at for at, one in enumerate(ticks)}
    for at, one in enumerate(ticks):
        if begun < 0:
            begun = at if ends[len(one[0])] > at else -1
        elif len(one[0]) == len(ticks[begun][0]):
            code = escape(_shown(text[ticks[begun].end() : one.start()]))
            found += [escape(_shown(text[last : ticks[begun].start()])), f"<code>{code}</code>"]
            last, begun = one.end(), -1
    return do_mark_safe("".join([*found, escape(_shown(text[last:]))]))


def _finalized(value: object) -> object:
    return _shown(value) if type(value) is str else value


def _shown(text: str) -> str:
    """A text as it is printed: signs that nobody sees, or that turn text round, are spelt out."""
    return re.sub(r"[^\n\t]+", lambda run: visible(run[0]), text)

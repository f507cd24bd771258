"""From the text of an intent to its blocks; what is remembered of a chapter is not read again."""

from bmad.core.outline.read.block import Reading
from bmad.core.outline.read.blocks import Reader
from bmad.core.outline.read.chapters import Anew, ForgottenError, Rows, keep
from bmad.core.outline.read.markdown import parse
from bmad.core.outline.words.lexicon import languages_of


def read(text: str, rows: Rows | None = None) -> Reading:
    """The blocks of `text`; whatever it is, no error. What is new in it is remembered in `rows`."""
    codes = languages_of(text)
    if rows is None:
        return Reader(parse(text), codes).run()
    try:
        return _read(text, codes, rows)
    except ForgottenError:
        return _read(text, codes, Anew(rows))


def _read(text: str, codes: tuple[str, ...], rows: Rows) -> Reading:
    document = parse(text, codes, rows)
    reader = Reader(document, codes)
    reading = reader.run()
    keep(document, reader.told, rows)
    return reading

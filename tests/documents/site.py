"""A hook of the builder of the site: links to what is no page of it become their words."""

import posixpath
import re
from typing import Any

_OUTSIDE = re.compile(r"\[([^\]]+)\]\(((?:\.\./)+[^)]*)\)")


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Called with each page before it is rendered; `page.file.src_uri` is its path below `docs`."""
    folder = posixpath.dirname(page.file.src_uri)

    def outside(found: re.Match[str]) -> str:
        there = posixpath.normpath(posixpath.join(folder, found[2].partition("#")[0]))
        return found[1] if there.startswith("..") else found[0]

    return _OUTSIDE.sub(outside, markdown)

"""A person at a terminal, or at the other end of a pipe: questions to stderr, answers from stdin."""

import sys
from io import TextIOWrapper

from bmad.render.margin import wrapped
from bmad.render.words import visible
from bmad.screen import columns


class Terminal:
    """Fulfils the port `Console`. A pipe can answer, too."""

    def ask(self, prompt: str) -> str | None:
        if isinstance(sys.stdin, TextIOWrapper) and sys.stdin.errors == "strict":
            sys.stdin.reconfigure(errors="surrogateescape")  # what is no text is told, and ends nothing
        sys.stderr.write(prompt)
        sys.stderr.flush()
        line = sys.stdin.readline() if sys.stdin is not None else ""  # None: it was closed before the start
        if not line:
            sys.stderr.write("\n")
        return line or None

    def tell(self, words: str) -> None:
        """Lines no wider than the terminal; what goes on stands below its beginning."""
        for line in words.split("\n"):
            begins = line[: len(line) - len(line.lstrip())]
            rows = wrapped(visible(line.lstrip()), columns(sys.stderr) - len(begins))
            sys.stderr.write("".join(f"{begins}{row}".rstrip() + "\n" for row in rows))

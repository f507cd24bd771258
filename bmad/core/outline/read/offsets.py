"""The lines of a text by their offsets; LF, CRLF and CR end one, as in markdown-it."""

import re

from bmad.model.draft import Span

LINE_END = re.compile(r"\r\n|\n|\r")


class Lines:
    """Offsets of lines, and what stands in them without markers."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0]
        self.ends: list[int] = []
        for match in LINE_END.finditer(text):
            self.ends.append(match.start())
            self.starts.append(match.end())
        self.ends.append(len(text))

    def raw(self, line: int) -> str:
        return self.text[self.starts[line] : self.ends[line]]

    def content(self, line: int, seen: str) -> Span:
        """Where the trimmed `seen` (markdown-it's idea of the line) stands in the source line."""
        end = self.starts[line] + len(self.raw(line).rstrip())
        seen = seen.strip()
        if self.text.endswith(seen, self.starts[line], end):
            return Span(end - len(seen), end)
        raw = self.raw(line)
        return Span(self.starts[line] + len(raw) - len(raw.lstrip(" \t>")), max(end, self.starts[line]))

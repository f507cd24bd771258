"""What every report has: a name, and its JSON."""

from typing import ClassVar

from bmad.model.base import Value
from bmad.model.plain import document, line


class Report(Value):
    """A report; its JSON begins with `"schema": "bmad.<name>/1"`."""

    NAME: ClassVar[str]

    def as_bytes(self) -> bytes:
        """The report as one JSON document in UTF-8, two blanks deep, with a line end."""
        return document(self.NAME, self.__pydantic_serializer__.to_json(self, by_alias=True, indent=2))

    def as_json(self) -> str:
        """The same as text."""
        return self.as_bytes().decode()

    def as_line(self) -> str:
        """The report as one line of JSON Lines, without a line end."""
        return line(self.NAME, self.model_dump_json(by_alias=True))

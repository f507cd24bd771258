"""What every report has: a name, and its JSON."""

from typing import ClassVar

from bmad.model.base import Value


class Report(Value):
    """A report; its JSON begins with `"schema": "bmad.<name>/1"`."""

    NAME: ClassVar[str]

    @property
    def schema_name(self) -> str:
        return f"bmad.{self.NAME}/1"

    def as_json(self) -> str:
        """The report as one JSON document, two blanks deep, with a line end."""
        body = self.model_dump_json(by_alias=True, indent=2)
        return f'{{\n  "schema": "{self.schema_name}",{body[1:]}\n'

    def as_line(self) -> str:
        """The report as one line of JSON Lines, without a line end."""
        return f'{{"schema":"{self.schema_name}",{self.model_dump_json(by_alias=True)[1:]}'

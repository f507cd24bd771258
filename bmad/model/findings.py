"""One thing that a check found, and where."""

from enum import StrEnum

from bmad.model.values import value

RENUMBER = "run: bmad renumber"
"""What mends an id that is defined twice."""


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@value(frozen=True, slots=True, kw_only=True)
class Finding:
    """A finding of `bmad validate`: line and column count from 1; 0 means the file as a whole."""

    code: str
    severity: Severity
    path: str
    line: int = 0
    column: int = 0
    width: int = 0
    """How many characters from the column on are meant; 0 where it is the place alone."""
    source: str = ""
    """The line itself, as it stands in the file, without its line end."""
    message: str
    fix: str = ""

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """Sort key: by place, then code, then words."""
        return (self.path, self.line, self.column, self.code, self.message)

    def showing(self, source: str) -> "Finding":
        """The same with the line itself."""
        return Finding(
            code=self.code,
            severity=self.severity,
            path=self.path,
            line=self.line,
            column=self.column,
            width=self.width,
            source=source,
            message=self.message,
            fix=self.fix,
        )

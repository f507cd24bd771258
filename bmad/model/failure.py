"""What a command with `--json` prints where it ends in an error."""

from bmad.model.plain import PlainReport


class ErrorReport(PlainReport):
    """An error, in two parts: `message` is what is wrong, `fix` what to do about it.

    `fix` is None where no part of the words says that; both together are what stands on stderr. `exit` is the
    exit code.
    """

    NAME = "error"

    message: str
    exit: int
    fix: str | None = None

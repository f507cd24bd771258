"""The one family of errors; each class knows the exit code the command line ends with.

A message is one or two sentences: what is wrong and what to do about it.
"""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every command, a contract with the programs that call bmad."""

    OK = 0
    FOUND = 1
    USAGE = 2
    ENVIRONMENT = 3
    WAITING = 4
    INTERRUPTED = 130


MEANINGS = {
    Exit.OK: "done; the check holds",
    Exit.FOUND: "the check found something",
    Exit.USAGE: "wrong usage, bad configuration, or an input that cannot be read",
    Exit.ENVIRONMENT: "the environment cannot answer (no repository, shallow history, …)",
    Exit.WAITING: "something is left to do, by a person (acceptance, arbitration, a question, a failure) or by "
    "the next `bmad act`",
    Exit.INTERRUPTED: "interrupted; all that was done is saved",
}
"""What each code says."""


ALIKE = 0.7
"""How alike a name must be to one that there is, for the error to ask whether that is meant."""


class BmadError(Exception):
    """Base of all errors that a person can do something about."""

    code: Exit = Exit.USAGE


class UsageError(BmadError):
    """Wrong usage, bad configuration, or an input file that cannot be read as what it should be."""

    code = Exit.USAGE


class NewerError(UsageError):
    """A file of a form that only a newer bmad knows; the message says which, and not where it stands."""


class CannotAnswerError(BmadError):
    """The environment cannot answer: no repository, shallow history, missing program."""

    code = Exit.ENVIRONMENT


def taken_away(path: object) -> CannotAnswerError:
    """What bmad keeps in a work tree was taken away under it; what it has put there since is nobody's."""
    return CannotAnswerError(
        f"{path} was taken away while bmad was at work, as `git clean -fdx` does. What landed is in git: move "
        "what is left of `.bmad` away, and run bmad again, which begins it anew."
    )


class UndecidableError(CannotAnswerError):
    """Something the gate must read is missing, malformed or ambiguous; never a pass (G12)."""


class TooLargeError(UndecidableError):
    """What is asked about is larger, or takes longer, than anything that is read or judged."""


class CheckoutError(CannotAnswerError):
    """git cannot bring files in or out by what it needs for that: a person's filter, a partial clone's remote."""


class LockedError(CannotAnswerError):
    """Another git holds the lock of a ref, or one that died left it."""


class WaitingError(BmadError):
    """Nothing can go on until a person has done something."""

    code = Exit.WAITING


class StaleError(BmadError):
    """Someone else went on with the same story in the meantime."""

    code = Exit.ENVIRONMENT


class FencedError(BmadError):
    """Another holder of the same story went on with it: whoever meets this must not touch it any more."""

    code = Exit.ENVIRONMENT

"""Which id a name on the command line stands for: one that is it, or the only one that begins with it."""

from collections.abc import Iterable, Sequence

from bmad.errors import UsageError

_MOST = 8


def one_of(names: Iterable[str], name: str, unknown: str) -> str:
    """The id among `names`; `unknown` is the sentence where there is none.

    Raises: UsageError with that sentence, or with the candidates where several begin so.
    """
    every = list(dict.fromkeys(names))
    if name in every:
        return name
    found = [one for one in every if name and one.casefold().startswith(name.casefold())]
    if len(found) > 1:
        raise ambiguous(name, found)
    if not found:
        raise UsageError(unknown)
    return found[0]


def ambiguous(name: str, found: Sequence[str], mend: str = "Write more of it") -> UsageError:
    """What is said of a name that could be any of these ids, and what to do."""
    listed = ", ".join(found[:_MOST]) + (" …" if len(found) > _MOST else "")
    return UsageError(f"`{name}` could be {listed}. {mend}.")

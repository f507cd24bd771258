"""Which id a name on the command line stands for: one that is it, or the only one that begins with it."""

from collections.abc import Iterable, Sequence

from bmad.core.graph import SpecGraph
from bmad.errors import UsageError
from bmad.model.ids import Kind

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


def find(whole: SpecGraph, name: str, kind: Kind | None = None) -> str:
    """The id that name stands for: whole, an alias, what the author calls it, or an unambiguous prefix.

    Of what the author calls the same, that of the wanted kind is meant.

    Raises: UsageError naming the candidates where there are several, or that there is none.
    """
    called = whole.called(name, kind) if name not in whole.nodes and name not in whole.aliases else []
    found = whole.resolve(name) if not called else called[0] if len(called) == 1 else None
    if found is not None:
        return found
    if called:
        raise ambiguous(name, called, "Write the id that is meant")
    candidates = whole.matches(name) if name else []
    if candidates:
        raise ambiguous(name, candidates)
    raise UsageError(f"`{name}` names nothing in the specification. See: bmad status, bmad graph")

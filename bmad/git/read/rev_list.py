"""Which commits some reach and another one does not, whatever their dates say.

`git rev-list` goes by dates where it has no commit-graph, and bmad lets no file of the clone tell it parents.
Where the commits that lead from the base down to the fork are older by their dates than all before it, git gives
up on them and lists history below the fork as well, down to its roots or to where the base leads by another way.
It never leaves a commit out. So what the base has above the ends of such a list is asked for, too: of a sound list
that is what has come to the base since, and of another one it holds what is to be taken out. An end is a parent of
what stands on nothing else of the list; the base is none, if there are others: what it has above an end may be
hidden by one that is nearer to it.
"""

import tempfile
from collections.abc import Iterable, Sequence

from bmad.git.process import Git
from bmad.model.bounds import LISTED_BYTES


def beyond(git: Git, starts: Iterable[str], base: str, options: Sequence[str] = ()) -> list[list[str]]:
    """The commits that the starts reach and base (empty for none) does not, each with its parents.

    Raises: Failed where one is missing; UndecidableError where they are too many.
    """
    found = _listed(git, [*starts, *([f"^{base}"] if base else [])], options)
    if not base or not found:
        return found
    own = {line[0] for line in found}
    ends = {name for line in found if own.isdisjoint(line[1:]) for name in line[1:]}
    ends = ends - {base} or ends
    below = {name for name, *_ in _listed(git, [base, *(f"^{name}" for name in sorted(ends))])}
    return [line for line in found if line[0] not in below]


def first_parents(git: Git, tip: str) -> list[str]:
    """The commits of a tip's first-parent line, newest first. Raises: as `beyond`."""
    return git.run(["rev-list", "--first-parent", tip, "--"], most=LISTED_BYTES).decode().split()


def _listed(git: Git, names: Iterable[str], options: Sequence[str] = ()) -> list[list[str]]:
    with tempfile.TemporaryFile() as questions:
        questions.writelines(f"{name}\n".encode() for name in names)
        questions.seek(0)
        told = git.run(["rev-list", "--parents", *options, "--stdin"], questions, most=LISTED_BYTES)
    return [line.split(" ") for line in told.decode().splitlines()]

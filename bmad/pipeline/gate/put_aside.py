"""What git puts aside in a computed merge: a file that cannot stay at its path goes beside it.

So it is where one side has a file and the other a folder, a link or a submodule: the computed tree holds
`path~ID`, by the id of the file's side. Neither side has such a file. Whoever takes it out settles the conflict at
the path itself, and is held to that.
"""

from collections.abc import Mapping, Sequence

from bmad.model.commits import ABSENT, Change, Commit
from bmad.model.history import Conflict
from bmad.ports.history import Objects


def settled(
    objects: Objects, commit: Commit, trees: Sequence[str], own: tuple[Sequence[Change], Sequence[Conflict]]
) -> tuple[tuple[Change, ...], tuple[Conflict, ...]]:
    """The changes and conflicts of a merge (`own`), with what was put aside and taken out told at its own path.

    `trees` are those of its parents.
    """
    changes, conflicts = own
    aside = _taken_out(objects, commit, trees, own) if conflicts else {}
    if not aside:
        return tuple(changes), tuple(conflicts)
    found: dict[bytes, Conflict] = {}
    for one in conflicts:
        path = aside.get(one.path, one.path)
        other = found.get(path, Conflict(path, None, None, None))
        found[path] = Conflict(path, one.base or other.base, one.ours or other.ours, one.theirs or other.theirs)
    return tuple(one for one in changes if one.path not in aside), tuple(found.values())


def _taken_out(
    objects: Objects, commit: Commit, trees: Sequence[str], own: tuple[Sequence[Change], Sequence[Conflict]]
) -> Mapping[bytes, bytes]:
    """By path of what was put aside and is taken out the path that it is of."""
    changes, conflicts = own
    ends = tuple(f"~{parent}".encode() for parent in commit.parents)
    conflicted = {one.path for one in conflicts}
    gone = (one.path for one in changes if one.new_mode == ABSENT and one.path in conflicted)
    named = {path: path.rpartition(b"~")[0] for path in gone if path.endswith(ends)}
    folders = {path.rpartition(b"/")[0] for path in named}
    held = {path for tree in trees for path in objects.files(tree, folders)} if named else set[bytes]()
    return {path: of for path, of in named.items() if path not in held}

"""What git's index says of the documents of a work tree, whatever of them lies there."""

from collections.abc import Mapping
from typing import NamedTuple


class Standing(NamedTuple):
    """`held` are the documents and other Markdown files that the index holds, `unmerged` those with a conflict.

    `left_out` are those that a sparse checkout leaves out of the work tree, and `locks` the files that are called
    as a lock is, both with the id of what the index holds.
    Paths are counted from the root of the specification.
    """

    held: frozenset[str] = frozenset()
    unmerged: frozenset[str] = frozenset()
    left_out: Mapping[str, str] = {}
    locks: Mapping[str, str] = {}

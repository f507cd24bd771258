"""Which ids a new node may take."""

from collections.abc import Container, Mapping


class Taken:
    """The ids that a new node may not take: those of live nodes, and of retired ones that meant something else."""

    def __init__(self, live: Container[str], retired: Mapping[str, str], meaning: str) -> None:
        self._live, self._retired, self._meaning = live, retired, meaning

    def __contains__(self, node: object) -> bool:
        if node in self._live:
            return True
        return isinstance(node, str) and self._retired.get(node, self._meaning) != self._meaning

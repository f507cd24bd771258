"""The first-parent lines of an audit: what each of its steps, judged alone, would see of the ones before it.

A range sees of the commits before it those of the head's first-parent line, and of the lines that its own commits
started from. What else a merge brought earlier is told by nothing but its merge.
"""

from functools import cached_property

from bmad.core.gate.facts import Evidence
from bmad.model.bounds import COMMITS, Tally


class FirstParents:
    """Knows for each step which commits of earlier ones stand on a line that it sees."""

    def __init__(self, evidence: Evidence) -> None:
        self._steps = evidence.steps
        self._step_of = evidence.brought
        self._seen: dict[int, frozenset[str]] = {}
        self._walked = Tally("first parents to walk, step by step", COMMITS)

    @cached_property
    def _parent(self) -> dict[str, str]:
        """By commit its first parent."""
        commits = (facts.commit for step in self._steps for facts in step.commits)
        return {commit.id: commit.parents[0] for commit in commits if commit.parents}

    @cached_property
    def _trunk(self) -> frozenset[str]:
        """The head's line, as far as the audit goes."""
        row: list[str] = []
        name = self._steps[-1].head if self._steps else ""
        while name in self._step_of:
            row.append(name)
            name = self._parent.get(name, "")
        return frozenset(row)

    def sees(self, index: int, name: str) -> bool:
        """Whether a step sees a commit: its own, one on a line, or one from before the audit.

        Raises: TooLargeError where the lines that steps started from are too long, all together.
        """
        if self._step_of.get(name, index) == index or name in self._trunk:
            return True
        if index not in self._seen:
            self._seen[index] = frozenset(self._started(index))
        return name in self._seen[index]

    def _started(self, index: int) -> set[str]:
        """The commits of earlier steps, and beside the head's line, that lines of a step's own lead over."""
        found: set[str] = set()
        for facts in self._steps[index].commits:
            name = self._parent.get(facts.id, "")
            while name in self._step_of and name not in self._trunk and name not in found:
                self._walked.add(1)
                if self._step_of[name] != index:
                    found.add(name)
                name = self._parent.get(name, "")
        return found

"""What a file of tests holds, in whatever language it is written."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

MANY = 1_000_000
"""The weight of what cannot be counted: assertions in a loop, cases made by a function."""


class Test(NamedTuple):
    """A test as it stands in a file. `asserts` are its assertions as they read, each with how much it asks.

    `off` are the marks that keep it from running, or from failing, as they read. `calls` are what it calls for
    what that does alone, which may assert. Where nobody counts its assertions, `counted` is False.
    """

    path: str
    name: str
    line: int
    text: str
    asserts: Counter[str]
    off: tuple[str, ...] = ()
    calls: frozenset[str] = frozenset()
    cases: int = 1
    counted: bool = True
    roots: frozenset[str] = frozenset()
    """What all that it calls goes back to."""
    source: str = ""
    """Its own lines as they stand in the file; `text` is what two versions are compared by."""

    @property
    def asked(self) -> Counter[str]:
        """The assertions with how much all cases ask together."""
        return Counter({text: min(MANY, much * self.cases) for text, much in self.asserts.items()})

    def off_by(self, marks: tuple[str, ...]) -> "Test":
        """The same with marks of what it stands in."""
        return self._replace(off=(*marks, *self.off))

    @property
    def place(self) -> str:
        """How a person finds it: `tests/test_a.py::TestA::test_one`."""
        return f"{self.path}::{self.name}"

    @property
    def short(self) -> str:
        """Its name without the class that it stands in."""
        return self.name.rpartition("::")[2]


class Suite(NamedTuple):
    """The tests of one file by name, and what it says of all of them at once (`collect_ignore`, `pytestmark`)."""

    tests: dict[str, Test]
    off: tuple[tuple[int, str], ...] = ()
    """Marks of the whole file that keep tests from being run: line and how it reads."""
    helpers: Mapping[str, Test] = MappingProxyType({})
    """The functions and methods that are no tests; what they assert, tests may have them do."""
    whole: bool = True
    """Whether it could be read; of one that could not nothing is known."""

"""Joins what really ran with the criteria that tests name. What did not run covers nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bmad.core.evidence.naming import Names
from bmad.core.evidence.sources import SourceTest
from bmad.model.verification import Outcome, RanTest, TestCase

_CASES = re.compile(r"(?:\(.*\))?(?:\[.*\])?$| with data set .*$", re.DOTALL)
"""What runners add to the name of a test for one of its cases: `[1]`, `(int)[1]`, ` with data set #0`."""
_AGAIN = re.compile(r" \(\d+\)$")
"""What is added to a name that stands in its file already."""
_SEPARATED = re.compile(r" > |::|›|/")


class Joined(NamedTuple):
    """By criterion the tests that name it; ids in the report that name nothing; what could not be told apart."""

    tests: Mapping[str, tuple[RanTest, ...]]
    unknown: tuple[tuple[str, str], ...]
    ambiguous: tuple[str, ...]


def join(cases: Sequence[TestCase], sources: Sequence[SourceTest], names: Names) -> Joined:
    """The tests of each criterion that is named, in the report's order; those that did not run come last."""
    index = _Index(sources)
    ran: dict[str, list[RanTest]] = {}
    seen: set[SourceTest] = set()
    unknown: dict[tuple[str, str], None] = {}
    ambiguous: dict[str, None] = {}
    for case in cases:
        named = names.within(f"{case.suite}\n{case.name}\n{case.told}")
        unknown |= dict.fromkeys((one, case.id) for one in named.unknown)
        meant = index.find(case)
        if len({one.criteria for one in meant}) > 1:
            ambiguous[case.id] = None
            meant = []
        seen.update(meant)
        criteria = dict.fromkeys([*named.criteria, *(name for one in meant for name in one.criteria)])
        for name in criteria:
            ran.setdefault(name, []).append(RanTest(test=case.id, outcome=case.outcome.value, words=case.words))
    for one in sources:
        if one not in seen:
            for name in one.criteria:
                ran.setdefault(name, []).append(RanTest(test=one.id, outcome="not-run"))
    return Joined({name: tuple(each) for name, each in ran.items()}, tuple(unknown), tuple(ambiguous))


def meant(cases: Iterable[TestCase], sources: Sequence[SourceTest]) -> Iterator[list[SourceTest]]:
    """Of each case the tests of the sources that it may be."""
    index = _Index(sources)
    return (index.find(case) for case in cases)


def outcome_of(tests: Iterable[RanTest]) -> str:
    """What the tests of a criterion come to: `failed`, `passed`, `skipped`, `not-run`, or `unnamed` for none.

    One that failed decides; a test that did not run, or was skipped, adds nothing to those that passed.
    """
    outcomes = {one.outcome for one in tests}
    order = (Outcome.FAILED.value, Outcome.PASSED.value, Outcome.SKIPPED.value, "not-run")
    return next((one for one in order if one in outcomes), "unnamed")


class _Index:
    """Finds the tests of the sources that a case of a report may be."""

    def __init__(self, sources: Iterable[SourceTest]) -> None:
        self._by_name: dict[str, list[SourceTest]] = {}
        self._above: dict[SourceTest, tuple[int, int]] = {}
        """Of one whose name stands twice in a file what was begun since it last did: the block that it is in."""
        begun: dict[tuple[str, str], int] = {}
        self._names: dict[str, list[str]] = {}
        for one in sources:
            name = _AGAIN.sub("", one.short)
            self._by_name.setdefault(name, []).append(one)
            here = self._names.setdefault(one.path, [])
            self._above[one] = begun.get((one.path, name), 0), len(here)
            here.append(name)
            begun[one.path, name] = len(here)

    def find(self, case: TestCase) -> list[SourceTest]:
        """Those that fit best; several where nothing tells them apart."""
        for name in dict.fromkeys(_spellings(case.name)):
            found = self._by_name.get(name, [])
            placed = _placed(case, found)
            if placed:
                return self._in_block(case, placed)
        return []

    def _in_block(self, case: TestCase, placed: list[SourceTest]) -> list[SourceTest]:
        """Of several the one whose block the report names; all where it names none, or more."""
        if len(placed) == 1:
            return placed
        told = f"{case.suite} {case.name}"
        own = [
            one for one in placed if any(name in told for name in self._names[one.path][slice(*self._above[one])])
        ]
        return own if len(own) == 1 else placed


def _spellings(name: str) -> Iterator[str]:
    """What the source may call a test: without its case, without what stands around it, from any word on."""
    yield name
    bare = _CASES.sub("", name).strip()
    yield bare
    parts = [one.strip() for one in _SEPARATED.split(bare) if one.strip()]
    if parts:
        yield parts[0]
        yield parts[-1]
    yield bare.rpartition(".")[2]
    words = bare.split(" ")[:60]
    yield from (" ".join(words[at:]) for at in range(1, len(words)))


def _placed(case: TestCase, found: Sequence[SourceTest]) -> list[SourceTest]:
    """Those whose place the report tells; where it tells none that fits, the only one, else all."""
    if case.file:
        near = [one for one in found if _same_file(one.path, case.file)]
        if near or "/" in case.file or _is_a_file(case.file, found):
            return _narrowed(case, near)
    dotted = [one for one in found if _same_dots(_dotted(one), case.suite)]
    if dotted:
        return dotted
    if any(one.path.endswith(".py") for one in found):
        return [] if case.suite else list(found)
    owned = [one for one in found if _is_owned(one, case)]
    if owned:
        return owned
    stems = [one for one in found if case.suite and _stem(one.path) in re.split(r"[.:/\\$ ]", case.suite)]
    return stems or ([] if _is_a_file(case.suite, found) else list(found))


def _is_owned(one: SourceTest, case: TestCase) -> bool:
    """Whether a report names a test's owner beside it: `Version.orders`, `All/Version.orders/0`."""
    name = one.name.replace("::", ".")
    return name != one.name and bool(
        re.search(rf"(?:^|[./]){re.escape(name)}(?:$|[/<(])", f"{case.suite}.{case.name}")
    )


def _is_a_file(told: str, found: Sequence[SourceTest]) -> bool:
    """Whether a report names a file of the same kind: then a test is of that file, and of no other."""
    return any(told.endswith(f".{one.path.rpartition('.')[2]}") for one in found)


def _narrowed(case: TestCase, near: list[SourceTest]) -> list[SourceTest]:
    """Of several in one file those in the class that the report names."""
    own = [one for one in near if _same_dots(_dotted(one), case.suite)]
    return own or near


def _same_file(path: str, told: str) -> bool:
    plain = told.replace("\\", "/").removeprefix("./")
    return path == plain or path.endswith(f"/{plain}") or plain.endswith(f"/{path}")


def _dotted(one: SourceTest) -> str:
    """`tests.test_order.TestA` of `tests/test_order.py::TestA::test_one`."""
    module = one.path.rpartition(".")[0].replace("/", ".")
    classes = one.name.split("::")[:-1]
    return ".".join([module, *classes])


def _same_dots(dotted: str, told: str) -> bool:
    return bool(told) and (dotted == told or dotted.endswith(f".{told}") or told.endswith(f".{dotted}"))


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]

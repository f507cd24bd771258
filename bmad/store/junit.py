"""JUnit XML as test runners write it: streamed, within bounds, without entities of its own.

There is no one schema. What all writers share is read: `testcase` with `name` and `classname`, `file` where one is
told, and `failure`, `error`, `skipped` in it; nested `testsuite`; `properties` of a case. A suite that counts
failures or errors and lists none (what it sets up failed, its runner was lost) is itself a test that failed.
"""

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from xml.parsers.expat import ExpatError, ParserCreate, errors

from bmad.errors import UsageError
from bmad.model.verification import Outcome, TestCase

LARGEST = 64 << 20
"""Bytes of one report."""
MOST = 200_000
"""Tests of one report."""
_DEEPEST = 64
_DIGITS = 9
_LONGEST = 1000
"""Characters of a name; of what a test said, the half."""
_ENDS = {"failure": Outcome.FAILED, "error": Outcome.FAILED, "rerunFailure": None, "skipped": Outcome.SKIPPED}

_RAN = frozenset(
    [
        "run",
        "ran",
        "pass",
        "passed",
        "success",
        "succeeded",
        "successful",
        "ok",
        "completed",
        "executed",
        "finished",
    ],
) | {""}
"""What writers say in `status` or `result` of a test that ran, and of which no element says how it ended."""
_FELL = ("fail", "err", "broken", "crash", "panic", "abort", "time", "interrupt")


def parse(data: bytes, shown: str) -> tuple[TestCase, ...]:
    """The tests of a report, in order. Raises: UsageError where it is none, too large, or brings entities."""
    if len(data) > LARGEST:
        raise UsageError(f"{shown} is over {LARGEST >> 20} MiB, more than bmad reads of a test report.")
    reader = _Reader(shown)
    parser = ParserCreate()
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.doctype
    try:
        parser.Parse(data, True)  # noqa: FBT003 - the parser's own
    except (ExpatError, ValueError, LookupError) as error:
        code = getattr(error, "code", None)
        words = errors.messages.get(code, str(error)) if code is not None else str(error)
        line = getattr(error, "lineno", 0)
        raise UsageError(f"{shown} is no XML that can be read (line {line}: {words}).") from None
    if not reader.is_report:
        raise UsageError(f"{shown} is no JUnit report: it holds no `testsuite`.")
    return tuple(reader.cases)


def load(path: Path, shown: str) -> tuple[TestCase, ...]:
    """The tests of a report on disk. Raises: UsageError where there is no such file, as well as `parse`."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UsageError(f"{shown} is no regular file.")
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except FileNotFoundError:
        raise UsageError(f"{shown} does not exist.") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{shown} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    return parse(data, shown)


def _told_by_words(told: Mapping[str, str]) -> Outcome:
    """How a test ended by the attributes that some have instead of an element; a strange word is no pass."""
    words = {told[key].strip().lower() for key in ("status", "result") if key in told} - _RAN
    if not words:
        return Outcome.PASSED
    return Outcome.FAILED if any(word.startswith(_FELL) for word in words) else Outcome.SKIPPED


class _Suite(NamedTuple):
    """One that is open: how many failures and errors it counts, and how many tests had failed when it began."""

    name: str
    file: str
    counted: int
    failed: int


def _counted(told: Mapping[str, str]) -> int:
    counts = (told.get(key, "").strip() for key in ("failures", "errors"))
    return sum(int(one) for one in counts if len(one) <= _DIGITS and one.isascii() and one.isdecimal())


class _Reader:
    """Takes in what the parser finds."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._open: list[str] = []
        self._suites: list[_Suite] = []
        self._failed = 0
        self._case: dict[str, str] | None = None
        self._outcome = Outcome.PASSED
        self._words = ""
        self._told: list[str] = []
        self._speaks = False
        """Whether the text of what ended a test is taken for its words."""
        self.is_report = False
        self.cases: list[TestCase] = []

    def doctype(self, *_: object) -> None:
        raise UsageError(f"{self._shown} brings a document type of its own; a test report needs none.")

    def begin(self, tag: str, told: Mapping[str, str]) -> None:
        name = tag.rpartition(":")[2].rpartition("}")[2]
        self._open.append(name)
        if len(self._open) > _DEEPEST:
            raise UsageError(f"{self._shown} is nested deeper than any test report.")
        if name in ("testsuite", "testsuites"):
            self.is_report = True
            file = told.get("file", told.get("filepath", ""))
            self._suites.append(_Suite(told.get("name", ""), file, _counted(told), self._failed))
        elif name == "testcase":
            if self._case is not None:  # of two in one another nobody could say which one ended how
                raise UsageError(f"{self._shown} holds a `testcase` inside of another one.")
            self._case, self._outcome, self._words, self._told = dict(told), Outcome.PASSED, "", []
        elif self._case is not None:
            self._inside(name, told)

    def _inside(self, name: str, told: Mapping[str, str]) -> None:
        """What stands in a test: how it ended, and what it says of itself."""
        ended = _ENDS.get(name)
        if ended is not None:
            if self._outcome is not Outcome.FAILED:
                self._outcome = ended
            self._words = self._words or (told.get("message", "") or told.get("type", ""))[: _LONGEST // 2]
            self._speaks = not self._words
        elif name == "property":
            self._told.append(f"{told.get('name', '')} {told.get('value', '')}"[:_LONGEST])

    def text(self, data: str) -> None:
        inside = self._open[-1] if self._open else ""
        if self._speaks and _ENDS.get(inside) is not None and len(self._words) < _LONGEST // 2:
            self._words += data[: _LONGEST // 2 - len(self._words)]

    def end(self, tag: str) -> None:
        name = self._open.pop()
        if name in ("testsuite", "testsuites"):
            suite = self._suites.pop()
            if suite.counted and suite.failed == self._failed:
                words = f"it counts {suite.counted} failures and errors, and lists none"
                own = {"name": "the suite itself", "suite": suite.name[:_LONGEST], "file": suite.file[:_LONGEST]}
                self._take(TestCase(**own, outcome=Outcome.FAILED, words=words))
        elif name == "testcase" and self._case is not None:
            self._take(self._made(self._case))
            self._case = None
        del tag

    def _take(self, case: TestCase) -> None:
        if len(self.cases) >= MOST:
            raise UsageError(f"{self._shown} tells of more than {MOST} tests.")
        self._failed += case.outcome is Outcome.FAILED
        self.cases.append(case)

    def _made(self, told: Mapping[str, str]) -> TestCase:
        suite, file = self._suites[-1][:2] if self._suites else ("", "")
        outcome = _told_by_words(told) if self._outcome is Outcome.PASSED else self._outcome
        return TestCase(
            name=told.get("name", "")[:_LONGEST],
            suite=(told.get("classname") or suite)[:_LONGEST],
            file=(told.get("file") or told.get("filepath") or file)[:_LONGEST],
            outcome=outcome,
            words=self._words.strip(),
            told="\n".join(self._told)[: 4 * _LONGEST],
        )

"""What a change takes from the tests that were there: pure, over both versions of the files that it changes.

Moved, renamed and rewritten tests are known again by their names, their bodies and what they assert. Whether an
expected value is the right one nobody can tell here.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from bmad.core.suites import marks, python
from bmad.core.suites.suite import MANY, Suite, Test

_PYTHON = re.compile(
    r"(?:^|/)(?:test_[^/]*|[^/]*_test|tests|conftest|sitecustomize|usercustomize)[.]py$"
    r"|(?:^|/)(?:tests?|testing)/(?:.*/)?[^/]*[.]py$"
)
_COLLECTED = re.compile(r"(?:^|/)(?:test[^/]*|[^/]*_test)[.]py$")
"""What pytest, unittest or Django find tests in by themselves."""
_OF_ALL = re.compile(r"(?:^|/)(?:conftest|sitecustomize|usercustomize)[.]py$")
"""Files that are run for the sake of others."""
_ALIKE = 0.6
"""From so much in common on, of 1, a new test is taken for one that is gone."""
_MOST = 400
"""Tests that are compared word by word; a change that takes more away is looked through by name alone."""
_ENOUGH = 4000
"""Characters of two tests that are compared."""


class Version(NamedTuple):
    """A file before and after a change; None where it is not there."""

    path: str
    before: str | None
    after: str | None


class Loss(NamedTuple):
    """A test that asks less than it did. `line` is where it stands now, or stood; `was` what was there before."""

    path: str
    name: str
    line: int
    words: str
    was: str = ""

    @property
    def place(self) -> str:
        """How a person finds it; the file alone where it is of the whole file."""
        return f"{self.path}::{self.name}" if self.name else self.path


class Compared(NamedTuple):
    """What was lost, and what could not be judged, a sentence each."""

    losses: tuple[Loss, ...]
    unjudged: tuple[str, ...]


def is_python_test(path: str) -> bool:
    """Whether a file holds tests of Python, or what belongs to them."""
    return _PYTHON.search(path) is not None


def is_looked_at(path: str) -> bool:
    """Whether a file may hold tests, or say which are run."""
    return _reader(path) is not None or marks.configures(path)


def compared(versions: Iterable[Version]) -> Compared:
    """What a change takes from the tests of the files that it changes."""
    known = list(versions)
    before, after = [], []
    unjudged = []
    for one in known:
        read = _reader(one.path)
        if read is None:
            continue
        old, new = (read(text) if text is not None else Suite({}) for text in (one.before, one.after))
        new = new if old.tests or not is_python_test(one.path) else _collected(one.path, new)
        if old.whole and new.whole:
            before.append(old)
            after.append(new)
        else:
            unjudged.append(f"{one.path} cannot be parsed")
        if any(not test.counted for test in old.tests.values()):
            unjudged.append(f"what the tests of {one.path} assert")
    losses = [*_lost(before, after), *_helping(before, after), *_left_out(known)]
    return Compared(tuple(losses), tuple(unjudged))


def _collected(path: str, new: Suite) -> Suite:
    """The suite of a file that had none; where nobody looks for tests, those alone that a class may take over."""
    if _COLLECTED.search(path):
        return new
    return new._replace(tests={name: test for name, test in new.tests.items() if "::" in name})


def _reader(path: str) -> Callable[[str], Suite] | None:
    if is_python_test(path):
        return lambda text: python.suite(path, text)
    known = marks.language(path)
    return (lambda text: marks.suite(path, text, known)) if known is not None else None


def _tests(suites: Iterable[Suite]) -> dict[str, Test]:
    return {test.place: test for one in suites for test in one.tests.values()}


def _helping(before: Iterable[Suite], after: Iterable[Suite]) -> Iterator[Loss]:
    """Helpers that stand where they stood and ask for less; one that is gone the tests that call it miss."""
    now = {one.place: one for each in after for one in each.helpers.values()}
    helpers = (one for each in before for one in each.helpers.values())
    for was in helpers:
        if was.asserts and was.place in now:
            yield from _less(was, now[was.place], Counter())


def _left_out(versions: Iterable[Version]) -> Iterator[Loss]:
    """Lines that were added and have tests not run: marks of whole files, and what configuration says."""
    for one in versions:
        old, new = (_switches(one.path, text) for text in (one.before, one.after))
        gained = Counter(words for _, words in new) - Counter(words for _, words in old)
        if len(new) <= len(old):
            continue
        for line, words in new:
            if gained[words] and (one.before is not None or _reaches_others(one.path, words)):
                yield Loss(one.path, "", line, f"has tests left out: `{words}`")


def _reaches_others(path: str, words: str) -> bool:
    """Of a new file: whether it leaves out tests of other files."""
    own = words.startswith("pytestmark")
    return not own and (_OF_ALL.search(path) is not None or marks.configures(path) or "TestCase." in words)


def _switches(path: str, text: str | None) -> Sequence[tuple[int, str]]:
    if text is None:
        return ()
    if is_python_test(path):
        return python.suite(path, text).off
    return marks.switches(text) if marks.configures(path) else ()


def _lost(before: Sequence[Suite], after: Sequence[Suite]) -> Iterator[Loss]:
    old, new = _tests(before), _tests(after)
    fresh = {place: test for place, test in new.items() if place not in old}
    pool = sum((one.asked for one in fresh.values()), _lent(before, after))
    gone = [test for place, test in old.items() if place not in new]
    more = {place: new[place].cases - was.cases for place, was in old.items() if place in new}
    lost = []
    for now, was in _again(gone, fresh):
        if now is None:
            lost.append(was)
        else:
            more[now.place] = now.cases - was.cases
            yield from _less(was, now, pool)
    for was in lost:
        if not _is_a_case(was, new, more) and (not was.asserts or was.asked - pool):
            yield Loss(was.path, was.name, was.line, "is deleted", was.source)
    for place, was in old.items():
        if place in new:
            yield from _less(was, new[place], pool)


def _lent(before: Sequence[Suite], after: Sequence[Suite]) -> Counter[str]:
    """What helpers and fixtures assert that did not, where tests name them."""
    was = {one.place: one.asserts for each in before for one in each.helpers.values()}
    said = "\n".join(test.source for each in after for test in each.tests.values())
    helpers = [one for each in after for one in each.helpers.values() if re.search(rf"\b{one.short}\b", said)]
    return sum((one.asserts - was.get(one.place, Counter()) for one in helpers), Counter[str]())


def _is_a_case(was: Test, new: dict[str, Test], more: dict[str, int]) -> bool:
    """Whether a test that is gone has become a case of another one, which has so many more than it had."""
    for place, left in more.items():
        now = new[place]
        fits = was.cases <= left < MANY - was.cases and not now.off
        if fits and sum(now.asserts.values()) >= sum(was.asserts.values()) and _alike(was.text, now.text):
            more[place] = left - was.cases
            return True
    return False


def _again(gone: Sequence[Test], fresh: dict[str, Test]) -> Iterator[tuple[Test | None, Test]]:
    """Each test that is gone with the new one that it has become, if any; a new one counts once."""
    left = dict(fresh)
    finders: list[Callable[[Test, Test], bool]] = [
        lambda was, now: (was.short, was.text) == (now.short, now.text),
        lambda was, now: was.text == now.text,
        lambda was, now: was.short == now.short,
    ]
    if len(gone) * len(fresh) <= _MOST * _MOST:
        finders.append(lambda was, now: _alike(was.text[:_ENOUGH], now.text[:_ENOUGH]))
    open_ones = list(gone)
    for fits in finders:
        for was in list(open_ones):
            place = next((place for place, now in left.items() if fits(was, now)), None)
            if place is not None:
                open_ones.remove(was)
                yield left.pop(place), was
    yield from ((None, was) for was in open_ones)


def _alike(old: str, new: str) -> bool:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _less(was: Test, now: Test, pool: Counter[str]) -> Iterator[Loss]:
    """What a test asks less than it did, where it does."""
    if len(now.off) > len(was.off):
        marked = list((Counter(now.off) - Counter(was.off)).elements())
        yield Loss(was.path, was.name, now.line, f"is switched off: `{'`, `'.join(marked)}`", was.source)
        return
    if not (was.counted and now.counted):
        return
    gained = now.asked - was.asked
    lost = was.asked - now.asked - pool
    lost, gained = _without_other_values(lost, gained)
    helped = any(name not in was.text for name in now.calls)
    bare = sum(gained[text] // 2 for text in gained if any(_compares(one, text) for one in lost))
    if _weight(lost) > _weight(gained) - bare and not helped:
        fewer = now.cases < was.cases and not was.asserts - now.asserts
        words = f"has {now.cases} cases of {was.cases}" if fewer else f"asserts no more: `{'`, `'.join(lost)}`"
        yield Loss(was.path, was.name, now.line, words, was.source)
    elif was.calls and not was.asserts and not now.asserts and not now.calls:
        yield Loss(was.path, was.name, now.line, "asks for nothing any more", was.source)


def _compares(was: str, text: str) -> bool:
    """Whether an assertion held against a value what is now only looked at; `x == True` asks what `x` does."""
    return was.startswith(f"{text} ") and was.removeprefix(text) not in (" == True", " is True")


def _without_other_values(lost: Counter[str], gained: Counter[str]) -> tuple[Counter[str], Counter[str]]:
    """Both without what is still compared as strictly, with another value: which is right nobody can tell here."""
    was, now = (_strict(one) for one in (lost, gained))
    both = {left for left, much in was.items() if left and now[left] >= much}
    less, more = (
        Counter({text: count for text, count in one.items() if _compared(text) not in both})
        for one in (lost, gained)
    )
    return less, more


def _strict(asserts: Counter[str]) -> Counter[str]:
    """How much is asked of each thing that is held against a value."""
    found: Counter[str] = Counter()
    for text, much in asserts.items():
        found[_compared(text)] += much
    return found


def _compared(text: str) -> str:
    """What an assertion holds against a value; empty where it does not."""
    left, equals, right = text.partition(" == ")
    return left if equals and " == " not in right else ""


def _weight(asserts: Counter[str]) -> int:
    return min(MANY, sum(asserts.values()))

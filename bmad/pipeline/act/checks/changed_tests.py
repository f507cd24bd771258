"""What a story did to the tests of its base and to those of its tester, read out of the commits' objects."""

from collections.abc import Collection
from typing import NamedTuple

from bmad.core.act.checks import Check
from bmad.core.act.kept import kept, unasked
from bmad.core.evidence.asserting import asserting, idle
from bmad.core.suites.weakened import Version, compared, is_looked_at
from bmad.model.bounds import Bound
from bmad.model.quoting import quoted
from bmad.pipeline.act.step import Case

_MIB = 1 << 20
_TESTS = Bound("files of tests", 2 * _MIB, 32 * _MIB)


def asserting_tests(case: Case) -> Check:
    """Whether each test that the change writes asserts something."""
    run = case.run
    return asserting(idle(_versions(case, run.base, run.head)), run.spoken)


class Kept(NamedTuple):
    """The check, the tests that it speaks of, and what it could not judge, a sentence each."""

    check: Check
    weakened: tuple[str, ...]
    unjudged: tuple[str, ...]


def kept_tests(case: Case) -> Kept:
    """Whether the tests that were there before the developer's work ask for what they did."""
    run = case.run
    found = compared(_versions(case, run.base, run.head))
    losses, unjudged = list(found.losses), dict.fromkeys(found.unjudged)
    if run.tests:
        written = {quoted(one.path) for one in case.grounds.changes(*run.tests)}
        also = compared(_versions(case, run.tests[1], run.head, written))
        losses += [one for one in also.losses if one.place not in {each.place for each in losses}]
        unjudged |= dict.fromkeys(also.unjudged)
    left = unasked(losses, run.findings.values(), run.spoken)
    return Kept(kept(left), tuple(dict.fromkeys(one.place for one in left)), tuple(unjudged))


def _versions(case: Case, old: str, new: str, only: Collection[str] | None = None) -> list[Version]:
    changes = {quoted(one.path): one for one in case.grounds.changes(old, new)}
    wanted = {path: one for path, one in changes.items() if is_looked_at(path) and (only is None or path in only)}
    blobs = {blob for one in wanted.values() for blob in (one.old_blob, one.new_blob) if blob.strip("0")}
    held = case.grounds.contents(sorted(blobs), _TESTS)
    texts = {blob: content.decode("utf-8", "replace") for blob, content in held.items()}
    return [Version(path, texts.get(one.old_blob), texts.get(one.new_blob)) for path, one in wanted.items()]

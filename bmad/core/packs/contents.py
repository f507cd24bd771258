"""The parts of packs by name: what each holds, the heaviest first."""

from collections.abc import Callable, Iterator

from bmad.core.packs.budgets import SHARES, Reader
from bmad.core.packs.pack import Item, Pack, Part, fit
from bmad.core.packs.reasons import reasons
from bmad.core.packs.source import Check, Source


def packed(source: Source, reader: Reader) -> Pack:
    """What one reader is given; the same for the same source."""
    share = SHARES[reader]
    parts = [Part(name, _MADE[name][0], tuple(_MADE[name][1](source))) for name in share.parts if name in _MADE]
    return fit(parts, share.budget, share.order)


def _story(source: Source) -> Iterator[Item]:
    if source.text.strip():
        yield Item(source.text.strip("\n"), path=source.story.path)


def _why(source: Source) -> Iterator[Item]:
    return reasons(source.story, source.text, source.above, source.epic, source.statements)


def _territory(source: Source) -> Iterator[Item]:
    globs = [" ".join(ref.text.split()) for ref in source.story.territory]
    if globs:
        yield Item("\n".join(globs))


def _checks(source: Source) -> Iterator[Item]:
    told = [f"{one.name}: {one.command}" for one in source.checks if one.passed is None]
    if told:
        yield Item("\n".join(told))


def _ran(source: Source) -> Iterator[Item]:
    told = [_ended(one) for one in source.checks if one.passed is not None]
    if told:
        yield Item("\n".join(told))


def _ended(one: Check) -> str:
    return f"{one.name} ({'passed' if one.passed else 'failed'}): {one.command}"


_MADE: dict[str, tuple[str, Callable[[Source], Iterator[Item]]]] = {
    "story": ("The story", _story),
    "why": ("Where it comes from, and what holds for all of the project", _why),
    "territory": ("The story's territory, a glob a line", _territory),
    "checks": ("The checks that decide", _checks),
    "ran": ("The checks that decide, and how they ended on this change", _ran),
}
"""Part -> its title and what makes it."""

"""Which id a name on the command line stands for: one that is it, or the only one that begins with it.

The prefix of the kind (`STORY-`) may be left out. Where a name stands for nothing, the nearest ids are told.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from bmad.core.graph import SpecGraph, downward
from bmad.errors import ALIKE, UsageError
from bmad.model.ids import Kind
from bmad.model.quoting import shown
from bmad.model.spec import Story

_MOST = 8
_NEAREST = 3
_LEAST = 3
"""Fewer characters of an id without its prefix could be of too many."""
_LONGEST = 60


def one_of(names: Iterable[str], name: str, unknown: str) -> str:
    """The id among `names`; `unknown` is the sentence where there is none.

    Raises: UsageError with that sentence and the nearest ids, or with the candidates where several begin so.
    """
    every = list(dict.fromkeys(names))
    found = begun(every, name)
    if len(found) > 1:
        raise ambiguous(name, found)
    if not found:
        words, see, rest = unknown.partition(" See:")
        raise UsageError(f"{words}{_meant(nearest(every, name))}{see}{rest}")
    return found[0]


def begun(names: Sequence[str], name: str) -> list[str]:
    """The ids among `names` that a name may stand for; it alone where it is one of them."""
    if name in names:
        return [name]
    return [one for one in names if name and one.casefold().startswith(name.casefold())] or bare(names, name)


def ambiguous(name: str, found: Sequence[str], mend: str = "Write more of it") -> UsageError:
    """What is said of a name that could be any of these ids, and what to do."""
    listed = ", ".join(found[:_MOST]) + (" …" if len(found) > _MOST else "")
    return UsageError(f"`{shown(name)}` could be {listed}. {mend}.")


def bare(names: Iterable[str], name: str) -> list[str]:
    """The ids that a name is without their prefix, else those that it begins; criteria where it has a `/`."""
    wanted = name.casefold()
    behind = {one: _behind(one).casefold() for one in names if ("/" in name) == ("/" in one)}
    whole = [one for one, part in behind.items() if part == wanted]
    return whole or [one for one, part in behind.items() if len(name) >= _LEAST and part.startswith(wanted)]


def _behind(name: str) -> str:
    return name.partition("-")[2]


def find(whole: SpecGraph, name: str, kind: Kind | None = None, at: str = "") -> str:
    """The id that name stands for: whole, an alias, what the author calls it, or an unambiguous prefix.

    What the author calls it may have the part of the project before it, as an import tells it: `shop 1.2`. A story
    of the BMAD method goes by its board's key, too: `1-2-user-auth`, or the beginning of it.

    Of what the author calls the same, or what is the same without its prefix, that of the wanted kind is meant.

    Raises: UsageError naming the candidates where there are several, or that there is none, and the nearest; `at`
    is the commit that was asked, since what is only in the work tree stands on the board.
    """
    called: list[str] = []
    if name not in whole.nodes and name not in whole.aliases:
        part, _, key = name.partition(" ")
        called = whole.called(name, kind) or (whole.called(key, kind, part) if key else [])
    found = whole.resolve(name) if not called else called[0] if len(called) == 1 else None
    if found is not None:
        return found
    if called:
        titles = [f"{one} ({_short(whole.nodes[one].title)})" for one in called]
        raise ambiguous(name, titles, "Write the id that is meant")
    candidates = whole.matches(name) if name else []
    if not candidates:
        every = bare(whole.nodes, name)
        candidates = [one for one in every if whole.nodes[one].kind is kind] or every
        if len(candidates) == 1:
            return candidates[0]
    if candidates:
        raise ambiguous(name, candidates)
    found_by_key = keyed(whole, name)
    if len(found_by_key) == 1:
        return found_by_key[0].id
    if found_by_key:
        titles = [f"{one.id} ({_short(one.title)})" for one in found_by_key]
        raise ambiguous(name, titles, "Write the id that is meant, or its part of the project before it")
    where = f" of commit {at[:12]}" if at else ""
    told = f"`{shown(name)}` names nothing in the specification{where}.{near(whole, name)}"
    raise UsageError(f"{told} See: bmad status, bmad graph")


def find_story(whole: SpecGraph, name: str, at: str = "") -> Story:
    """The story that a name stands for.

    Raises: UsageError as `find`; for what is something else it names the stories that hang there.
    """
    found = find(whole, name, Kind.STORY, at)
    node = whole.nodes[found]
    if isinstance(node.item, Story):
        return node.item
    below = _stories_at(whole, found)
    told = ", ".join(f"{one} ({_short(whole.nodes[one].title)})" for one in below[:_MOST]) or "none"
    more = " …" if len(below) > _MOST else ""
    raise UsageError(f"{found} is no story ({node.kind}); its stories: {told}{more}.")


def _stories_at(whole: SpecGraph, name: str) -> list[str]:
    """The story that a criterion is of, the stories of an epic, or those that hang below what they implement."""
    if whole.nodes[name].kind is Kind.CRITERION:
        return [name.rpartition("/")[0]]
    own = [link.source for link in whole.down(name)]
    every = own if whole.nodes[name].kind is Kind.EPIC else downward(whole, {name: (name,)})
    return [one for one in whole.nodes if one in every and whole.nodes[one].kind is Kind.STORY]


def keyed(whole: SpecGraph, name: str) -> list[Story]:
    """The imported stories whose key on their project's own board a name is, or begins."""
    if not _KEY.search(name):
        return []
    from bmad.core.source_keys import of_key  # noqa: PLC0415 - where an imported story is named so

    return of_key(whole.stories, name)


_KEY = re.compile(r"\d+[-.]\d")
"""What every key of an imported story has in it."""


def near(whole: SpecGraph, name: str) -> str:
    """A sentence with the ids that a name may have been meant for, and their titles; empty where none is near."""
    found = _titled(whole, name) or nearest(whole.nodes, name)
    return _meant(found, {one.id: one.title for one in whole.nodes.values()})


def _titled(whole: SpecGraph, name: str) -> list[str]:
    """The ids of what has the name for its title; stories go before what they hang from."""
    wanted = name.casefold()
    every = [one for one in whole.nodes.values() if one.title.casefold() == wanted]
    return [one.id for one in sorted(every, key=lambda one: one.kind is not Kind.STORY)][:_NEAREST]


def nearest(names: Iterable[str], name: str) -> list[str]:
    """The ids that are most like a name, with their prefix or without."""
    from difflib import get_close_matches  # noqa: PLC0415 - where something is wrong

    if len(name) < _LEAST:
        return []
    ids: dict[str, list[str]] = {}
    for one in names if "/" in name else (one for one in names if "/" not in one):
        for part in (one.casefold(), _behind(one).casefold()):
            ids.setdefault(part, []).append(one)
    alike = get_close_matches(name.casefold(), [one for one in ids if one], n=_NEAREST, cutoff=ALIKE)
    return list(dict.fromkeys(one for part in alike for one in ids[part]))[:_NEAREST]


def _meant(found: Sequence[str], titles: Mapping[str, str] | None = None) -> str:
    told = [f"{one} ({_short(titles[one])})" if titles else one for one in found]
    return f" Did you mean {' or '.join(told)}?" if told else ""


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST else f"{title[:_LONGEST].rsplit(' ', 1)[0]} …"

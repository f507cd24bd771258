"""Which paths stories have changed: as commits say that name them, and as older history does under their names."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bmad.core.proposing.propose import Changed
from bmad.core.source_keys import keys_of, short
from bmad.core.trace import WORK
from bmad.model.commits import Change
from bmad.model.spec import Story
from bmad.pipeline.trace.proposals import Told, index_of
from bmad.pipeline.trace.recorded_commits import adopted
from bmad.pipeline.trace.revision import Reading
from bmad.ports.cache import Cache

_MOST = 400
"""Older commits under a story's name that are looked into."""
_WORDS = 3
"""Words of a title that are no chance in that of a pull request."""


class Touched(NamedTuple):
    """By story what it changed, and what older history changed that bears its name."""

    done: Mapping[str, Sequence[Changed]]
    older: Mapping[str, Sequence[Changed]]


NOTHING = Touched({}, {})


def touched(reading: Reading, cache: Cache, stories: Sequence[Story]) -> Touched:
    """What the history of a revision says of its stories; `cache` holds what `bmad backfill` proposed."""
    return Touched(_named(reading), _older(reading, index_of(cache, reading.since), stories))


def _named(reading: Reading) -> dict[str, list[Changed]]:
    """By story the code that commits changed which name it, or whose record tells of them."""
    found = [one for one in adopted(reading) if one.stories and len(one.commit.parents) < 2]  # noqa: PLR2004 - merges
    changes = reading.changes([one.commit for one in found])
    paths: dict[str, set[str]] = defaultdict(set)
    for one in found:
        for story in one.stories:
            own = (each for each in changes[one.commit.id] if story in one.recorded.get(each.path, (story,)))
            paths[story].update(_code(reading, own))
    return {story: [Changed(frozenset(own), "changed it")] for story, own in paths.items() if own}


def _older(reading: Reading, index: Mapping[str, Told], stories: Sequence[Story]) -> dict[str, list[Changed]]:
    """By story what those proposals changed that bear its key or its title."""
    commits: dict[Told, list[str]] = defaultdict(list)
    for commit, told in index.items():
        commits[told].append(commit)
    found: dict[str, list[Changed]] = defaultdict(list)
    for story in stories if commits else ():
        names = _names(story)
        own = [told for told in commits if names is not None and names.search(f"{told.key} {told.title}")]
        for told in own:
            there = reading.objects.commits(commits[told][:_MOST])
            changes = reading.changes([one for one in there.values() if len(one.parents) < 2])  # noqa: PLR2004
            paths = frozenset(path for each in changes.values() for path in _code(reading, each))
            found[story.id].append(Changed(paths, f"{told.grounds} {told.key}, “{told.title}”, bears its name"))
    return found


def _names(story: Story) -> re.Pattern[str] | None:
    """What a title says that is about the story: a key with letters, `story 1.2`, or all of its own title."""
    found = [_whole(short(key)) for key in keys_of(story) if key[0].isalpha()]
    if story.source and re.fullmatch(r"[A-Z][A-Z0-9]+-\d+", story.source):
        found.append(_whole(story.source))
    if re.fullmatch(r"\d+\.\d+[a-z]?", story.source):
        found.append(rf"\bstory\s+{re.escape(story.source).replace(re.escape('.'), '[.-]')}(?![\w.-])")
    if len(story.title.split()) >= _WORDS:
        found.append(_whole(r"\s+".join(map(re.escape, story.title.split())), plain=False))
    return re.compile("|".join(found), re.IGNORECASE) if found else None


def _whole(name: str, *, plain: bool = True) -> str:
    return rf"(?<![\w-]){re.escape(name) if plain else name}(?!\w)"


def _code(reading: Reading, changes: Iterable[Change]) -> Iterable[str]:
    return (
        one.path.decode("utf-8", "surrogateescape") for one in changes if reading.classify.of(one).klass in WORK
    )

"""The same history with its documents in other places, by `paths` of the policy: no verdict turns on that."""

import re
from collections.abc import Iterable, Mapping

from tests.oracle.texts import POLICY, policy_of
from tests.oracle.world import World

PATHS = "paths"
"""The key of a word whose history the gate is given so."""
_PLACES = {
    "specs/trace.lock": "kept/links.lock",
    "specs/prd.md": "plan/wanted.md",
    "specs/": "plan/",
    "stories/records/": "kept/landings/",
    "stories/": "cards/",
}
_SAID = (
    "paths: {specs: plan, prd: plan/wanted.md, stories: cards, records: kept/landings, lock: kept/links.lock}\n"
)
_VERSION = "version: 1\n"
_ID = re.compile(r"[0-9a-f]{40}")


def moved(world: World, to: World, tips: Iterable[str]) -> Mapping[str, str]:
    """The commits of a history by what stands for each in another world.

    Each for itself where a tree of it, be it that of the merge of the first two (base and head), has no policy
    that could say where documents stand; a root alone may have none.
    """
    ends = list(tips)
    past = frozenset[str]().union(*map(world.past, ends))
    merged = world.merge(*ends[:2]) if ends[0] not in world.past(ends[1]) else None
    trees = {world.commits[name].tree for name in past if world.commits[name].parents}
    trees |= {merged.tree} if merged is not None else set()
    if not all(_says_where(world, tree) for tree in trees):
        return {name: name for name in past}
    return _Mover(world, to, past).all()


class _Mover:
    """Makes each commit after all those that it names, be it as a parent or in a text."""

    def __init__(self, world: World, to: World, past: Iterable[str]) -> None:
        self._world, self._to, self._past = world, to, frozenset(past)
        self._ids: dict[str, str] = {}

    def all(self) -> Mapping[str, str]:
        for name in sorted(self._past):
            self._of(name)
        return self._ids

    def _of(self, name: str) -> str:
        if name not in self._past:
            return name
        if name not in self._ids:
            commit, files = self._world.commits[name], {}
            for path, at in self._world.files(name).items():
                text = self._named(self._world.blobs[at.id].decode())
                if path.decode() == POLICY:
                    text = text.replace(_VERSION, _VERSION + _SAID, 1)
                files[_place(path.decode()).encode()] = self._to.file(text, at.mode)
            parents = [self._of(one) for one in commit.parents]
            words = self._named(commit.message.decode())
            self._ids[name] = self._to.commit(files, parents, words, commit.author)
        return self._ids[name]

    def _named(self, text: str) -> str:
        """A text with the ids that commits have now."""
        return _ID.sub(lambda match: self._of(match[0]), text)


def _says_where(world: World, tree: str) -> bool:
    at = world.trees[tree].get(POLICY.encode())
    return at is not None and policy_of(world.blobs[at.id].decode()) is not None


def _place(path: str) -> str:
    old = next((one for one in _PLACES if path.startswith(one)), "")
    return _PLACES.get(old, "") + path.removeprefix(old)

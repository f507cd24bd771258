"""What a push asks of each ref, before any of it moves: the lines of git's hooks, and what is protected. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from bmad.core.paths import fold

_HEADS, _TAGS, _REPLACE = "refs/heads/", "refs/tags/", "refs/replace/"
_FIRST = ("refs/", _TAGS, _HEADS)
"""What git puts before a name that is pushed, whatever that begins with; below others it is never ambiguous."""
_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NO_NAME = re.compile(r"[\x00-\x20~^:?*\[\\\x7f]|^$")


def is_branch(name: str) -> bool:
    """Whether a branch may be called so, as git has it: a pattern would protect nothing."""
    return _NO_NAME.search(name) is None


class Update(NamedTuple):
    """A ref and the objects that it leads to, before and after; empty where there is none."""

    ref: str
    old: str
    new: str


class Asked(NamedTuple):
    """What becomes of an update: `free`, refused for a reason, judged from the old tip or whole, or a tag."""

    update: Update
    does: Literal["free", "refuse", "judge", "begin", "tag"]
    why: str = ""


def update(old: str, new: str, ref: str) -> Update | None:
    """An update as git's hooks are told of it; None where it is none."""
    if not (_ID.fullmatch(old) and _ID.fullmatch(new)):
        return None
    return Update(ref, old if old.strip("0") else "", new if new.strip("0") else "")


def received(lines: str) -> list[Update] | None:
    """The updates of `pre-receive`: old, new and ref a line; None where a line is none."""
    rows = (line.split(" ", 2) for line in _lines(lines))
    return _whole(update(*words) if len(words) == 3 else None for words in rows)  # noqa: PLR2004


def pushed(lines: str) -> list[Update] | None:
    """The updates of `pre-push`: local ref and object, remote ref and object a line."""
    rows = (line.split(" ") for line in _lines(lines))
    return _whole(update(words[3], words[1], words[2]) if len(words) == 4 else None for words in rows)  # noqa: PLR2004


def _lines(text: str) -> list[str]:
    """The lines of what git tells: a line feed alone ends one, whatever else the name of a ref holds."""
    return text.removesuffix("\n").split("\n") if text else []


def _whole(found: Iterable[Update | None]) -> list[Update] | None:
    """All of them, or None where one is none."""
    every = list(found)
    whole = [one for one in every if one is not None]
    return whole if len(whole) == len(every) else None


class Refs(NamedTuple):
    """What a repository says of its refs beside their names."""

    leads_to: Mapping[str, str] = MappingProxyType({})
    """By a symbolic ref the one that moves with it: a renamed branch may go on under its old name, too."""
    folds: bool = False
    """Whether its files take names for one that differ in case or Unicode form alone."""
    here: bool = False
    """Whether they are those of a push, which says itself what stood there before, and not those of a remote."""

    def replaces(self, ref: str) -> bool:
        """Whether it stands for an object in whatever git does here: nothing that was judged would move for it."""
        return self.here and (fold(ref) if self.folds else ref).startswith(_REPLACE)

    def of(self, ref: str) -> str:
        """The ref that moves where one is pushed."""
        return self.leads_to.get(ref, ref)

    def kept(self, branches: Iterable[str]) -> tuple[str, ...]:
        """The refs that move with some branches."""
        return tuple(dict.fromkeys(self.of(f"{_HEADS}{branch}") for branch in branches))


PLAIN = Refs()


def asked(updates: Iterable[Update], branches: Iterable[str], refs: Refs = PLAIN) -> list[Asked]:
    """What is to be done about each; `branches` are the protected ones."""
    kept = refs.kept(branches)
    twins = {fold(ref): ref for ref in kept} if refs.folds else {}
    return [_asked(one._replace(ref=refs.of(one.ref)), kept, twins, refs) for one in updates]


def _asked(one: Update, kept: Collection[str], twins: Mapping[str, str], refs: Refs) -> Asked:
    if one.ref in kept:
        if not one.new:
            return Asked(one, "refuse", "it is protected, and would be deleted")
        return Asked(one, "judge" if one.old else "begin")
    like = next((ref for ref in kept if one.new and one.ref in [f"{first}{ref}" for first in _FIRST]), None)
    if like is not None:
        return Asked(one, "refuse", f"git takes the name for {like}, too, and nobody could push that any more")
    if kept and one.new and refs.replaces(one.ref):
        return Asked(one, "refuse", "git here would show what a protected branch holds as something else")
    twin = twins.get(fold(one.ref))
    if twin is not None:
        return Asked(one, "refuse", f"{twin} is protected, and the files here take the two names for one")
    return Asked(one, "tag" if one.ref.startswith(_TAGS) and one.new else "free")

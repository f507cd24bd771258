"""What a push asks of each ref, before any of it moves: the lines of git's hooks, and what is protected. Pure."""

import re
from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple

_HEADS, _TAGS = "refs/heads/", "refs/tags/"
_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


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
    found = [update(*words) for line in lines.splitlines() if len(words := line.split(" ", 2)) == 3]  # noqa: PLR2004
    whole = [one for one in found if one is not None]
    return whole if len(whole) == len(lines.splitlines()) else None


def pushed(lines: str) -> list[Update] | None:
    """The updates of `pre-push`: local ref and object, remote ref and object a line."""
    rows = [line.split(" ") for line in lines.splitlines()]
    found = [update(words[3], words[1], words[2]) for words in rows if len(words) == 4]  # noqa: PLR2004
    whole = [one for one in found if one is not None]
    return whole if len(whole) == len(rows) else None


def asked(updates: Iterable[Update], protected: Collection[str]) -> list[Asked]:
    """What is to be done about each; `protected` are names of branches."""
    return [_asked(one, protected) for one in updates]


def _asked(one: Update, protected: Collection[str]) -> Asked:
    if one.ref.startswith(_TAGS):
        return Asked(one, "tag" if one.new else "free")
    if not one.ref.startswith(_HEADS) or one.ref.removeprefix(_HEADS) not in protected:
        return Asked(one, "free")
    if not one.new:
        return Asked(one, "refuse", "it is protected, and would be deleted")
    return Asked(one, "judge" if one.old else "begin")

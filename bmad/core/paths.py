"""The class of a path, by the base's policy: what judges a change is where it stands, not what it says.

The built-in governed list is matched after folding (case, Unicode normalisation, what file systems drop), so
that `Bmad.yaml` cannot stand in for `bmad.yaml` on a file system that takes them for one.
"""

import re
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from bmad.core.governed import names, short_names
from bmad.core.territory import holds
from bmad.model.commits import Change
from bmad.model.layout import OWN_FOLDER, Layout
from bmad.model.normal import normal

_KNOWLEDGE = re.compile(r"docs/knowledge/(STORY-[A-Za-z0-9._-]{1,80})\.md")

_DROPPED = "[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]"
"""What HFS+ ignores in names."""


_LINKS = frozenset({"120000", "160000"})


class PathClass(StrEnum):
    GOVERNED = "governed"
    TWIN = "twin"
    OWN = "own"
    """What bmad keeps for itself on one machine, `.bmad`: no change may bring it, whatever the policy."""
    SPEC = "spec"
    RECORD = "record"
    KNOWLEDGE = "knowledge"
    CODE = "code"


class Classified(NamedTuple):
    """A path as text (bytes by surrogateescape), its class, and the story whose record or knowledge it is.

    A record that the policy governs is a record, too.
    """

    path: str
    klass: PathClass
    story: str = ""


class Classifier:
    """Sorts paths by one policy, each path once."""

    def __init__(self, layout: Layout, governed: tuple[str, ...] = ()) -> None:
        self.layout = layout
        self._own = tuple(map(_folder, governed))
        self._folded = tuple(map(fold, self._own))
        self._known: dict[tuple[bytes, bool], Classified] = {}

    def __call__(self, path: bytes, *, link: bool = False) -> Classified:
        """The class of a path; `link` where a symlink or submodule stands there, in place of a whole folder."""
        found = self._known.get((path, link))
        if found is None:
            text = path.decode("utf-8", "surrogateescape")
            found = self._known[path, link] = self._classify(text, link=link)
        return found

    def of(self, change: Change) -> Classified:
        """The class of what a change is about."""
        link = change.new_mode in _LINKS or change.old_mode in _LINKS
        return self._known.get((change.path, link)) or self(change.path, link=link)

    def _classify(self, path: str, *, link: bool) -> Classified:
        folded = fold(path)
        if folded.split("/", 1)[0] == OWN_FOLDER:
            return Classified(path, PathClass.OWN)
        record = self.layout.record(path)
        if self.why(path, link=link):
            return Classified(path, PathClass.GOVERNED, record.story if record else "")
        if self._twin(folded, link=link):
            return Classified(path, PathClass.TWIN)
        if self.layout.is_spec(path):
            return Classified(path, PathClass.SPEC)
        if record:
            return Classified(path, PathClass.RECORD, record.story)
        if knowledge := _KNOWLEDGE.fullmatch(path):
            return Classified(path, PathClass.KNOWLEDGE, knowledge[1])
        return Classified(path, PathClass.CODE)

    def why(self, path: str, *, link: bool = False) -> str:
        """Why a path is governed, as the end of `it is governed, since …`; empty where it is not."""
        own = "gate.governed of the policy names it" if _held(self._own, path, link=link) else ""
        return names(folded=False).why(path, link=link) or own or _page(path)

    def _twin(self, folded: str, *, link: bool) -> bool:
        """Whether a file system that folds names may take a path, folded so, for a governed one."""
        if names(folded=True).why(folded, link=link) or _held(self._folded, folded, link=link):
            return True
        return "~" in folded and bool(short_names().why(folded, link=link))


def _page(path: str) -> str:
    """Why a page below the root is governed whose name differs in case alone from a governed one.

    `docs/agents.md` is an honest name, so it can be changed as a governed file is, and is no twin of one.
    """
    folder, _, name = path.rpartition("/")
    if not folder or not name.endswith(".md") or fold_marks(path) != path or names(folded=True).why(fold(folder)):
        return ""
    return names(folded=True).why(f"-/{name.lower()}")


def _folder(glob: str) -> str:
    """A glob of all in a folder as that of the folder itself, which holds as much and the folder's own name."""
    inner = glob.removesuffix("/").removesuffix("/**")
    return inner if inner.strip("*/") else glob


def _held(globs: tuple[str, ...], path: str, *, link: bool) -> bool:
    """Whether a glob holds a path, or something that may be below a link."""
    return holds(globs, path) or (link and any(_reaches_below(glob, path) for glob in globs))


def _reaches_below(glob: str, path: str) -> bool:
    """Whether a glob names something below a folder, part by part, so that a link in its place leads there.

    `**` stands for any folders; before it one of the glob's own parts has to name one, else any link would do.
    """
    parts = glob.rstrip("/").split("/")
    at = _past_stars(parts, {0})
    for name in path.split("/"):
        stay = {one for one in at if parts[one] == "**"}
        at = _past_stars(parts, stay | {one + 1 for one in at - stay if holds((parts[one],), name)})
    return any(part != "**" for one in at for part in parts[:one])


def _past_stars(parts: list[str], at: set[int]) -> set[int]:
    """Places in a glob with those behind each `**`, which may stand for no folder; its end is none."""
    found = set[int]()
    for one in at:
        last = one
        while last < len(parts) and parts[last] == "**":
            found.add(last)
            last += 1
        found |= {last} if last < len(parts) else set()
    return found


def touches(globs: tuple[str, ...], change: Change) -> bool:
    """Whether a change is of what globs name, also as a file system reads it that folds case or Unicode.

    So it is of a link in the place of a folder that they reach into.
    """
    path = change.path.decode("utf-8", "surrogateescape")
    link = change.new_mode in _LINKS or change.old_mode in _LINKS
    return _held(globs, path, link=link) or _held(tuple(map(fold, globs)), fold(path), link=link)


@cache
def classifier(layout: Layout, governed: tuple[str, ...] = ()) -> Classifier:
    """The one classifier of a policy, with all the paths that it knows already."""
    return Classifier(layout, governed)


def fold_marks(path: str) -> str:
    """The path without what file systems drop or normalise, its case as it was."""
    if not path.isascii():
        path = re.sub(_DROPPED, "", normal("NFC", path))
    if ". " in path or "./" in path or " /" in path or path.endswith((".", " ")) or "::$" in path:
        path = "/".join(part.split("::$", 1)[0].rstrip(". ") or part for part in path.split("/"))
    return path


def fold(path: str) -> str:
    """The path as the most forgiving file system reads it."""
    marked = fold_marks(path)
    return marked.lower() if marked.isascii() else normal("NFC", fold_marks(marked.casefold()))

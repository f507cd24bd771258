"""What is proposed to a story: paths that its words name, their tests, and what its kin changed."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bmad.core.graph import SpecGraph
from bmad.core.proposing.beside import KnownTests
from bmad.core.proposing.known import TOP, Known, Meant, Plan, Unclear
from bmad.core.proposing.mentions import Mention, Said, mentions
from bmad.core.territory import compiled, escaped, is_plain, plain_head
from bmad.model.layout import Layout
from bmad.model.spec import Story
from bmad.model.territories import Evidence, LeftName, ProposedPath

_WIDE = 20
"""Files of a folder beyond which its name alone is no territory."""
_FAR = 5
"""Stories that implement one requirement, beyond which they are no kin by it."""
_SURELY = 4
"""So many times as many paths of its kin lie in one folder as in any other, where that tells which is meant."""
_LONGEST = 160


_OWN = frozenset({"task", "files", "note"})
"""What of a story says where its work is, not only what comes of it."""


_VAGUE = "the words do not say that work is done there"
"""A name without a word of work counts where it stands or is planned, and no other name of the story has one."""


class Changed(NamedTuple):
    """What a story changed, and how that is known, as the end of `…, which `."""

    paths: frozenset[str]
    how: str


class Sources(NamedTuple):
    """What is known beside the specification.

    `taken` says why a path is no story's to change, as the end of a sentence; empty where it may be one's.
    """

    known: Known
    plan: Callable[[Story], Plan]
    """What the source trees of a story's intent plan."""
    tests: KnownTests
    said: Callable[[Story], Sequence[Said]]
    taken: Callable[[str], str]
    done: Mapping[str, Sequence[Changed]]
    """By story what it changed, as far as somebody says so."""
    older: Mapping[str, Sequence[Changed]]
    """By story what older history changed under its name."""


class Proposed(NamedTuple):
    paths: tuple[ProposedPath, ...]
    left: tuple[LeftName, ...]


class Proposer:
    """Proposes to the stories of a graph; what their kin name is looked through once."""

    def __init__(self, graph: SpecGraph, layout: Layout, sources: Sources) -> None:
        self._graph, self._layout, self._sources = graph, layout, sources
        self._mentions: dict[str, list[Mention]] = {}
        self._named: dict[str, frozenset[str]] = {}
        self._homes: dict[tuple[str, tuple[str, ...]], str] = {}
        self._epics: dict[str, list[Story]] = defaultdict(list)
        self._registers: dict[str, list[Story]] = defaultdict(list)
        for story in graph.stories:
            self._registers[layout.register_of(story.path)].append(story)
            if story.epic is not None:
                self._epics[story.epic.text].append(story)

    def propose(self, story: Story) -> Proposed:
        """The paths that follow from something, in the order in which that is said, and the names that do not."""
        found: dict[str, tuple[bool, dict[Evidence, None]]] = {}
        left: dict[str, LeftName] = {}

        def add(path: str, evidence: Iterable[Evidence], *, new: bool) -> None:
            known = found.setdefault(path, (new, {}))[1]
            said = {_told(one) for one in known}
            known.update((one, None) for one in evidence if _told(one) not in said)

        def leave(one: Mention, why: str) -> None:
            if why:
                left.setdefault(one.name, LeftName(name=one.name, why=why, path=one.path, line=one.line))

        vague: list[tuple[Mention, Meant]] = []
        for one in self._of(story):
            meant = self._meant(story, one)
            if isinstance(meant, Unclear):
                leave(one, meant.why)
            elif one.works:
                add(meant.path, self._evidence(one, meant), new=meant.new)
            else:
                vague.append((one, meant))
        is_clear = bool(found)
        for one, meant in vague:
            unknown = meant.new and meant.path not in self._sources.plan(story).files
            if (is_clear or unknown) and meant.path not in found:
                leave(one, _VAGUE)
            else:
                add(meant.path, self._evidence(one, meant), new=meant.new)
        for path, evidence in self._of_kin(story, is_named=bool(found)):
            add(path, [evidence], new=False)
        found = dict(_narrowed(found))
        for path in [one for one in found if not one.endswith("/")]:
            test = self._sources.tests.of(path)
            if test is not None and (found[path][0] or not test.like) and not self._sources.taken(test.path):
                why = f"as {test.like} is of its file" if test.like else f"the test of {path}"
                add(
                    test.path, [Evidence(ground="test", words=why)], new=test.path not in self._sources.known.files
                )
        names = {one for one in left if not any(_is_of(one, path) for path in found)}
        return Proposed(
            tuple(
                ProposedPath(glob=_glob(path), new=new, evidence=tuple(why)) for path, (new, why) in found.items()
            ),
            tuple(one for name, one in left.items() if name in names),
        )

    def _of(self, story: Story) -> list[Mention]:
        if story.id not in self._mentions:
            self._mentions[story.id] = [one for said in self._sources.said(story) for one in mentions(said)]
        return self._mentions[story.id]

    def _meant(self, story: Story, one: Mention) -> Meant | Unclear:
        if taken := self._sources.taken(one.name.rstrip("/")):
            return Unclear(taken if one.works else "")
        if not is_plain(one.name):
            return self._wild(one)
        meant = self._sources.known.meant(
            one.name, self._sources.plan(story), lambda leads: self._home(story, leads), makes=bool(one.works)
        )
        if isinstance(meant, Unclear):
            return meant if one.works and "/" in one.name else Unclear("")
        if taken := self._sources.taken(meant.path.rstrip("/")):
            return Unclear(taken if one.works else "")
        if not self._says(one, meant):
            return Unclear(_VAGUE)
        if meant.path.endswith("/") and (wide := self._wide(meant.path)):
            return Unclear(wide)
        return meant

    def _says(self, one: Mention, meant: Meant) -> bool:
        """Whether the words say that work is done there, as clearly as the kind of name asks for."""
        if meant.path.endswith("/"):
            return bool(one.works) and one.part in _OWN
        if "/" in one.name:
            return one.works is not False
        folder = meant.path.rpartition("/")[0].rpartition("/")[2]
        return bool(one.works and one.near) and (not meant.new or f"{folder}/" in one.words)

    def _wild(self, one: Mention) -> Meant | Unclear:
        """A glob that the author wrote: what it holds is counted, as of a folder."""
        head = plain_head(one.name)
        if not one.works or one.part not in _OWN or "/" not in head:
            return Unclear("")
        held = compiled((one.name,)).among(self._sources.known.files)
        if not held:
            return Unclear("the glob matches no tracked path")
        if len(held) > _WIDE:
            return Unclear(f"it holds {len(held)} files, too many to follow from a name")
        taken = next(filter(None, map(self._sources.taken, held)), "")
        return Unclear(taken) if taken else Meant(one.name, new=False)

    def _wide(self, folder: str) -> str:
        held = sum(path.startswith(folder) for path in self._sources.known.files)
        if folder.count("/") == 1:
            return "a whole folder of the top is too wide"
        if any(f"{folder}{name}" in self._sources.known.files for name in TOP):
            return "a whole package is too wide"
        return f"it holds {held} files, too many to follow from its name" if held > _WIDE else ""

    def _evidence(self, one: Mention, meant: Meant) -> Iterator[Evidence]:
        words = one.words if len(one.words) <= _LONGEST else f"{one.words[:_LONGEST].rsplit(' ', 1)[0]} …"
        yield Evidence(ground=one.part, words=words, path=one.path, line=one.line)
        if meant.tree is not None:
            words = "the source tree has it, or its folder"
            yield Evidence(ground="tree", words=words, path=meant.tree.path, line=meant.tree.line)
        if meant.near:
            yield Evidence(ground="epic-kin", words=f"of several, the one in {meant.near}, where its kin work")

    # -- kin ---------------------------------------------------------------------------------------------------

    def _home(self, story: Story, leads: Sequence[str]) -> str:
        """The folder, of several, that nearly all that the story's kin name lies in; "" where none is."""
        epic, register = story.epic.text if story.epic else "", self._layout.register_of(story.path)
        for key, kin in ((epic, self._epics.get(epic, [])), (register, self._registers[register])):
            asked = (key, tuple(leads))
            if asked not in self._homes:
                self._homes[asked] = self._most_named(kin, leads)
            if self._homes[asked]:
                return self._homes[asked]
        return ""

    def _most_named(self, kin: Sequence[Story], leads: Sequence[str]) -> str:
        paths = [path for one in kin for path in self._names(one)]
        counted = Counter({lead: sum(path.startswith(lead) for path in paths) for lead in leads if lead})
        ranked = counted.most_common(2)
        sure = ranked and ranked[0][1] and (len(ranked) == 1 or ranked[0][1] >= _SURELY * ranked[1][1])
        return ranked[0][0] if sure else ""

    def _names(self, story: Story) -> frozenset[str]:
        """The paths that a story is surely about: those that its words name whole, and those that it changed."""
        if story.id not in self._named:
            known, plan = self._sources.known, self._sources.plan(story)
            meant = (known.meant(one.name, plan, _none, makes=False) for one in self._of(story) if "/" in one.name)
            named = {one.path for one in meant if isinstance(one, Meant)}
            changed = (path for one in self._sources.done.get(story.id, ()) for path in one.paths)
            self._named[story.id] = frozenset({*named, *changed})
        return self._named[story.id]

    def _of_kin(self, story: Story, *, is_named: bool) -> Iterator[tuple[str, Evidence]]:
        for one in self._sources.older.get(story.id, ()):
            for path in self._standing(one):
                yield path, Evidence(ground="backfill", words=one.how)
        near: dict[str, None] = {}
        for ref in story.implements:
            others = [link.source for link in self._graph.down(ref.text) if link.source != story.id]
            if len(others) <= _FAR:
                near.update(dict.fromkeys(name for name in others if name in self._sources.done))
        for name in near:
            for one in self._sources.done[name]:
                paths = self._standing(one)
                for path in paths if len(paths) <= _WIDE else ():
                    words = f"{name} implements the same requirement, and {one.how}"
                    yield path, Evidence(ground="requirement-kin", words=words)
        yield from self._of_epic(story, is_named=is_named)

    def _of_epic(self, story: Story, *, is_named: bool) -> Iterator[tuple[str, Evidence]]:
        """What stories of the same epic changed, where the file bears the story's own words.

        Where the story names nothing itself, also what most of them changed.
        """
        kin = self._epics.get(story.epic.text, []) if story.epic is not None else []
        kin = kin if len(kin) <= _WIDE else []
        by: dict[str, list[str]] = defaultdict(list)
        stories = [one for one in kin if one.id != story.id and one.id in self._sources.done]
        for one in stories:
            for path in {path for each in self._sources.done[one.id] for path in self._standing(each)}:
                by[path].append(one.id)
        words = _words(f"{story.title}. {story.narrative}")
        for path, names in sorted(by.items()):
            own = _words(path.rpartition("/")[2].partition(".")[0])
            if own.count(" ") > 2 and own in words:  # noqa: PLR2004 - two words, with a blank around each
                told = f"{names[0]}, of the same epic, changed it, and its name is in the story's words"
            elif not is_named and len(names) > 1 and 2 * len(names) >= len(stories):
                told = f"{len(names)} of {len(stories)} stories of the same epic that are done changed it"
            else:
                continue
            yield path, Evidence(ground="epic-kin", words=told)

    def _standing(self, one: Changed) -> list[str]:
        return sorted(
            path for path in one.paths if path in self._sources.known.files and not self._sources.taken(path)
        )


def _told(one: Evidence) -> tuple[str, str]:
    """What is said, however often: a task that is ticked in one place is the same in another."""
    return one.ground, "" if one.ground == "tree" else _TICK.sub("", one.words)


_TICK = re.compile(r"^[-*]\s+(?:\[[ xX]\]\s+)?")


def _none(_: Sequence[str]) -> str:
    return ""


_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def _words(text: str) -> str:
    """The words of a text or a name in lower case, a blank before and behind each."""
    return f" {' '.join(one.lower() for one in _WORD.findall(text))} "


def _narrowed(
    found: Mapping[str, tuple[bool, dict[Evidence, None]]],
) -> Iterator[tuple[str, tuple[bool, dict[Evidence, None]]]]:
    """A folder is left out where something in it is proposed by its own name."""
    for path, one in found.items():
        if not (path.endswith("/") and any(other != path and other.startswith(path) for other in found)):
            yield path, one


def _glob(path: str) -> str:
    if not is_plain(path) and "*" in path:
        return path
    return f"{escaped(path)}**" if path.endswith("/") else escaped(path)


def _is_of(name: str, path: str) -> bool:
    return path == name or path.endswith(f"/{name}")

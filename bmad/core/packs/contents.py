"""The parts of packs by name: what each holds, the heaviest first."""

from collections.abc import Callable, Iterator
from itertools import islice
from posixpath import splitext

from bmad.core.knowledge.index import is_worn, standing
from bmad.core.knowledge.pages import FOLDER
from bmad.core.packs.around import Around
from bmad.core.packs.budgets import MOST, SHARES, SURROUNDINGS, Reader, Share
from bmad.core.packs.files import is_test
from bmad.core.packs.neighbourhood import before, others
from bmad.core.packs.outline import outline
from bmad.core.packs.pack import Item, Pack, Part, fit
from bmad.core.packs.reasons import reasons
from bmad.core.packs.source import Check, Source
from bmad.core.packs.texts import head_of, one_line, size
from bmad.core.packs.words import excerpt
from bmad.core.territory import compiled

WHOLE = 8000
"""Bytes up to which a file of the territory is told whole."""

_MOST_KIN, _MOST_TESTS, _MOST_FOUND, _MOST_PAGES, _MOST_INDEX, _MOST_NAMES = 12, 8, 6, 6, 30, 60
_PAGE, _EXCERPT, _AGENTS, _CONTRIBUTING = 1500, 700, 2000, 900


def packed(source: Source, reader: Reader) -> Pack:
    """What one reader is given; the same for the same source."""
    return _shared(source, SHARES[reader])


def surroundings(source: Source) -> Pack:
    """What stands around the territory of a source, for one who looks through its files as they are."""
    return _shared(source, SURROUNDINGS)


def _shared(source: Source, share: Share) -> Pack:
    around = Around(source)
    parts = [Part(name, _MADE[name][0], tuple(_MADE[name][1](around)), MOST.get(name, 0)) for name in share.parts]
    return fit(parts, share.budget, share.order)


def _story(around: Around) -> Iterator[Item]:
    source = around.source
    if source.text.strip():
        yield Item(source.text.strip("\n"), path=source.story.path)


def _why(around: Around) -> Iterator[Item]:
    source = around.source
    return reasons(source.story, source.text, source.above, source.epic, source)


def _territory(around: Around) -> Iterator[Item]:
    globs = [" ".join(ref.text.split()) for ref in around.source.story.territory]
    if globs:
        yield Item("\n".join(globs))


def _checks(around: Around) -> Iterator[Item]:
    told = [f"{one.name}: {one.command}" for one in around.source.checks if one.passed is None]
    if told:
        yield Item("\n".join(told))


def _ran(around: Around) -> Iterator[Item]:
    told = [_ended(one) for one in around.source.checks if one.passed is not None]
    if told:
        yield Item("\n".join(told))


def _ended(one: Check) -> str:
    return f"{one.name} ({'passed' if one.passed else 'failed'}): {one.command}"


def _files(around: Around) -> Iterator[Item]:
    for path in around.own:
        text = around.source.read(path)
        if text is None:
            continue
        short = f"{path}, its outline:\n{outline(path, text)}"
        whole = f"{path}, whole:\n{text.rstrip()}"
        yield (
            Item(whole, short if size(short) < size(whole) else "", path)
            if size(text) <= WHOLE
            else Item(short, path, path)
        )


def _outlines(around: Around, paths: list[str], most: int) -> Iterator[Item]:
    for path in paths[:most]:
        text = around.source.read(path)
        if text is not None:
            yield Item(f"{path}, its outline:\n{outline(path, text)}", path, path)


def _tests(around: Around) -> Iterator[Item]:
    return _outlines(around, around.tests, _MOST_TESTS)


def _neighbours(around: Around) -> Iterator[Item]:
    """What the territory imports, and who imports it."""
    callers = [f"{path} imports {', '.join(own)}" for path, own in around.importers.items() if not is_test(path)]
    if callers:
        yield Item("\n".join(callers[:_MOST_KIN]))
    yield from _outlines(around, [path for path in around.imported if not is_test(path)], _MOST_KIN)


def _built(around: Around) -> Iterator[Item]:
    return before(around.source)


def _research(around: Around) -> Iterator[Item]:
    """What was found out, a claim with its source each."""
    kept: list[str] = []
    for line in around.source.research.strip("\n").split("\n"):
        if not line.startswith(" ") and kept:
            yield Item("\n".join(kept))
            kept = []
        kept += [line] if line.strip() else []
    if kept:
        yield Item("\n".join(kept))


def _open(around: Around) -> Iterator[Item]:
    """Findings that earlier stories landed with, on files of the territory."""
    globs = compiled(tuple(ref.text for ref in around.source.story.territory))
    for one in reversed(around.source.left):
        if globs.holds(one.path) and one.path in around.source.paths:
            place = f"{one.id} ({one.severity}, by {one.story}) {one.path}:{one.line}"
            said = f"{one_line(one.claim, 600)}{f' Fix: {one_line(one.fix, 300)}' if one.fix else ''}"
            yield Item(f"{place} {said}".rstrip(), f"{place} {one_line(one.claim, 100)}".rstrip(), one.path)


def _stories(around: Around) -> Iterator[Item]:
    return others(around.source)


def _versions(around: Around) -> Iterator[Item]:
    told = [f"{name} {version} ({path})" for name, version, path in around.locked()]
    if told:
        yield Item("\n".join(told))


def _conventions(around: Around) -> Iterator[Item]:
    for path, most in (("AGENTS.md", _AGENTS), ("CONTRIBUTING.md", _CONTRIBUTING)):
        text = around.source.read(path) if path in around.source.paths else None
        if text and text.strip():
            yield Item(f"{path}:\n{head_of(text.strip(), most)}", f"{path}:\n{head_of(text.strip(), 300)}", path)


def _knowledge(around: Around) -> Iterator[Item]:
    """Lessons of stories that it depends on, then those that its words find, then the index of the others."""
    entries = {one.page.path: one for one in around.source.lessons}
    named = [f"{FOLDER}{ref.text}.md" for ref in around.source.story.depends_on]
    near = [path for path in dict.fromkeys((*named, *around.found)) if path in entries]
    sound = sorted(near, key=lambda path: (path not in named, is_worn(entries[path])))
    for path in sound[:_MOST_PAGES]:
        one = entries[path]
        head = head_of(one.page.text.strip(), _PAGE)
        yield Item(f"{path}{standing(one)}:\n{head}", f"{path}{standing(one)}: {one.page.title[:160]}", path)
    rest = [one for path, one in entries.items() if path not in sound[:_MOST_PAGES]]
    for one in rest[:_MOST_INDEX]:
        yield Item(f"{one.page.path}{standing(one)}: {one_line(one.page.title, 120)}")


def _found(around: Around) -> Iterator[Item]:
    told = {*around.own, *around.imported, *around.tests, "AGENTS.md", "CONTRIBUTING.md"}
    paths = (path for path in around.found if path not in told and not path.startswith(FOLDER))
    for path in islice(paths, _MOST_FOUND):
        text = around.source.read(path)
        if text is not None:
            shown = (
                excerpt(text, around.words, _EXCERPT) if _is_page(path) else head_of(outline(path, text), _EXCERPT)
            )
            yield Item(f"{path}, {'from it' if _is_page(path) else 'its outline'}:\n{shown}", path, path)


def _is_page(path: str) -> bool:
    return splitext(path)[1].lower() in (".md", ".rst", ".txt", ".adoc")


def _names(around: Around) -> Iterator[Item]:
    """Folders with the number of their files, and the files that are nearest to the story."""
    near = [*around.own, *around.imported, *around.found]
    beside = {"", *(path.rpartition("/")[0] for path in near[:20])}
    listed = sorted(path for folder in beside for path in around.files.directly_in(folder))
    every = list(dict.fromkeys([*near, *listed]))[:_MOST_NAMES]
    if around.files.counted:
        yield Item("\n".join(f"{folder}/ {count}" for folder, count in around.files.counted[:20]))
    if every:
        yield Item("\n".join(every))


_MADE: dict[str, tuple[str, Callable[[Around], Iterator[Item]]]] = {
    "story": ("The story", _story),
    "why": ("Where it comes from, and what holds for all of the project", _why),
    "territory": ("The story's territory, a glob a line", _territory),
    "checks": ("The checks that decide", _checks),
    "ran": ("The checks that decide, and how they ended on this change", _ran),
    "files": ("The territory's files as they are now", _files),
    "tests": ("Tests of these files that stand elsewhere", _tests),
    "neighbours": ("Who imports these files, and what they import", _neighbours),
    "built": ("What the stories that it depends on have built", _built),
    "research": ("What was found out before the story was prepared", _research),
    "open": ("Left open by earlier stories in these files; mend what your criteria touch, no more", _open),
    "stories": ("Other stories: id, state, title, territory", _stories),
    "versions": ("Versions that are fixed", _versions),
    "conventions": ("Conventions of the project", _conventions),
    "knowledge": (
        "Lessons of earlier stories; read these first, and none that is stale without a look",
        _knowledge,
    ),
    "found": ("Other files that speak of the same", _found),
    "names": ("Folders with the number of their files, and the files nearest to the story", _names),
}
"""Part -> its title and what makes it."""

"""Edits that people make of any document, each mapped onto a specification that they have their hands on.

`python -m tests.editing --documents DIR` prints what became of each document below DIR.
"""

import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from bmad.core.graph import SpecGraph
from bmad.core.outline import outline as mapper
from bmad.model.draft import Draft, DraftStatement
from bmad.model.edits import Edit, SetField, SetTitle
from bmad.model.graph import Node
from bmad.model.ids import Kind
from bmad.model.markdown import Heading, outline
from bmad.model.spec import Epic, Requirement, Story, Verify
from bmad.pipeline.spec.work_tree import load
from bmad.store.workspace import FileWorkspace
from tests.layout import edit
from tests.mapping import FORMATS, run

NEW = "Archive\n\n- The archive must keep each entry for 10 years.\n- The archive must not lose an entry.\n\n"
_BULLET = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]")
_END = re.compile(r"[\s.|。;:*`_~]*\Z")
_NUMBER = re.compile(r"\d+(?=\D*\Z)")


class Edited(NamedTuple):
    """The text after an edit, and the statement that it was done to, by index; -1 where there is none."""

    text: str
    at: int = -1
    stays: bool = True
    """Whether that one's words are still there."""


class Outcome(NamedTuple):
    """What became of the ids, the hands and the meaning."""

    created: int = 0
    retired: int = 0
    changed: int = 0
    lost: int = 0
    """Sentences that are there without their ids; other nodes that are gone, or without what a hand wrote."""
    conflict: str = ""
    differs: bool = False
    """Whether a specification that no hand is on comes to something else than a fresh one."""


def sections(text: str) -> tuple[list[Heading], int]:
    """The headings of the highest level that has several, and that level."""
    headings = outline(text).headings
    for level in range(1, 7):
        found = [one for one in headings if one.level == level]
        if len(found) > 1:
            return found, level
    return [], 2


def insert(text: str, _: Draft) -> Edited | None:
    """Add a section in the middle."""
    found, level = sections(text)
    at = found[len(found) // 2].start if found else len(text)
    gap = "" if found else "\n\n"
    return Edited(f"{text[:at]}{gap}{'#' * level} {NEW}{text[at:]}")


def reword(text: str, draft: Draft) -> Edited | None:
    """Say a word more in the middle sentence."""
    index = len(draft.statements) // 2
    span = draft.statements[index].span
    end = span.start + _END.search(text[span.start : span.end]).start()  # type: ignore[union-attr]
    return Edited(f"{text[:end]} daily{text[end:]}", index)


def delete(text: str, draft: Draft) -> Edited | None:
    found = _bullet(text, draft)
    if found is None:
        return None
    index, start, end = found
    return Edited(text[:start] + text[end:], index, stays=False)


def move(text: str, _: Draft) -> Edited | None:
    """Put the last section before the first one."""
    found, level = sections(text)
    if not found:
        return None
    first, last = found[0].start, found[-1].start
    after = [one.start for one in outline(text).headings if one.start > last and one.level < level]
    end = min(after, default=len(text))
    moved = text[last:end].rstrip("\n") + "\n\n"
    return Edited(f"{text[:first]}{moved}{text[first:last]}{text[end:]}")


def carry(text: str, draft: Draft) -> Edited | None:
    """Put a bullet behind one under another heading."""
    found = _bullet(text, draft)
    if found is None:
        return None
    index, start, end = found
    for other, entry in enumerate(draft.statements):
        place = _lines(text, entry)
        if entry.under != draft.statements[index].under and _is_alone(text, draft, other) and place[0] > end:
            return Edited(text[:start] + text[end : place[1]] + text[start:end] + text[place[1] :], index)
    return None


def renumber(text: str, draft: Draft) -> Edited | None:
    """Count every id of the author's one up."""
    sources = {entry.source for entry in draft.statements if _NUMBER.search(entry.source)}
    if not sources:
        return None
    either = "|".join(re.escape(one) for one in sorted(sources, key=len, reverse=True))
    return Edited(re.sub(rf"(?<![\w.-])(?:{either})(?![\w-])", lambda match: _next(match[0]), text))


EDITS: dict[str, Callable[[str, Draft], Edited | None]] = {
    "insert": insert,
    "reword": reword,
    "delete": delete,
    "move": move,
    "carry": carry,
    "renumber": renumber,
}


def _next(source: str) -> str:
    return _NUMBER.sub(lambda match: str(int(match[0]) + 1).zfill(len(match[0])), source)


def _bullet(text: str, draft: Draft) -> tuple[int, int, int] | None:
    """The middle one of the statements that are bullets of their own: its index and the range of its lines."""
    found = [index for index in range(len(draft.statements)) if _is_alone(text, draft, index)]
    if not found:
        return None
    index = found[len(found) // 2]
    return (index, *_lines(text, draft.statements[index]))


def _lines(text: str, entry: DraftStatement) -> tuple[int, int]:
    start = text.rfind("\n", 0, entry.span.start) + 1
    end = text.find("\n", entry.span.end)
    return start, len(text) if end < 0 else end + 1


def _is_alone(text: str, draft: Draft, index: int) -> bool:
    """Whether a statement is a bullet that nothing stands beside or below."""
    start, end = _lines(text, draft.statements[index])
    others = [one.span for place, one in enumerate(draft.statements) if place != index]
    beside = any(span.start < end and span.end > start for span in others)
    return bool(_BULLET.match(text, start)) and not beside and not text[end:].startswith((" ", "\t"))


def tried(text: str, edited: Edited) -> Outcome:
    """Map, have a hand on all that does not hang on what is edited, and map again."""
    root = Path(tempfile.mkdtemp())
    try:
        for name in ("hand", "bare", "fresh"):
            (root / name).mkdir()
        return _tried(root, text, edited)
    finally:
        shutil.rmtree(root)


def _tried(root: Path, text: str, edited: Edited) -> Outcome:
    from tests.editing import meaning  # noqa: PLC0415 - each asks the other

    run(root / "hand", text, mapper)
    before = _graph(root / "hand")
    free = _below(before, edited.at)
    _put_hands_on(root / "hand", before, free)
    report = run(root / "hand", edited.text, mapper)
    after = _graph(root / "hand")
    run(root / "bare", text, mapper)
    again = run(root / "bare", edited.text, mapper)
    run(root / "fresh", edited.text, mapper)
    conflicts = [f"{one.id} {one.part}: {one.reason}" for one in (*report.conflicts, *again.conflicts)]
    kept = [node for node in before.nodes.values() if _stays(node, free, edited)]
    return Outcome(
        created=len(again.created),
        retired=len(again.retired),
        changed=len(again.changed),
        lost=0 if report.conflicts else sum(not _is_kept(after, node) for node in kept),
        conflict=conflicts[0] if conflicts else "",
        differs=not again.conflicts and meaning(root / "bare") != meaning(root / "fresh"),
    )


def _graph(root: Path) -> SpecGraph:
    return load(FileWorkspace(root), FORMATS).graph()


def _below(graph: SpecGraph, at: int) -> Collection[str]:
    """What hangs on a statement, and what that hangs from: the parts of both sides may change."""
    if at < 0:
        return ()
    start = [node.id for node in graph.nodes.values() if node.kind is Kind.STATEMENT][at]
    found, queue = {start}, [start]
    for node in queue:
        more = [link.source for link in graph.down(node) if link.source not in found]
        found.update(more)
        queue += more
    return found


_OWN = {
    Kind.REQUIREMENT: ("Verify", "analysis"),
    Kind.STORY: ("Territory", "`src/hand/**`"),
    Kind.EPIC: ("Owner", "hand"),
}
"""What a hand writes into a node of a kind, beside its title."""


def _stays(node: Node, free: Collection[str], edited: Edited) -> bool:
    """Whether a node should stand after an edit: a sentence keeps its id, wherever it now stands."""
    return node.kind is not Kind.CRITERION if node.id not in free else node.kind is Kind.STATEMENT and edited.stays


def _put_hands_on(root: Path, graph: SpecGraph, free: Collection[str]) -> None:
    edits: dict[str, list[Edit]] = {}
    for node in graph.nodes.values():
        if node.kind in _OWN and node.id not in free:
            edits.setdefault(node.path, []).extend(
                [SetField(node.id, *_OWN[node.kind]), SetTitle(node.id, "By hand")]
            )
    for path, changes in edits.items():
        file = root / path
        file.write_text(edit(path, file.read_text(encoding="utf-8"), changes), encoding="utf-8")


def _is_kept(graph: SpecGraph, before: Node) -> bool:
    """Whether a node is still there with what a hand wrote."""
    node = graph.nodes.get(before.id)
    match node.item if node else None:
        case Requirement() as item:
            return (item.title, item.verify) == ("By hand", Verify.ANALYSIS)
        case Story() as item:
            return (item.title, [ref.text for ref in item.territory]) == ("By hand", ["src/hand/**"])
        case Epic() as item:
            return (item.title, item.owner) == ("By hand", "hand")
        case item:
            return item is not None


def table(folders: Collection[Path]) -> Iterator[str]:
    """A row for each document below the folders, a cell for each edit."""
    yield f"{'document':44} {' '.join(f'{name:>14}' for name in EDITS)}"
    for path in sorted(path for folder in folders for path in folder.rglob("*.md")):
        text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
        draft = mapper(text)
        if not draft.statements:
            continue
        faults: list[str] = []
        cells = [_cell(name, text, draft, faults) for name in EDITS]
        yield f"{path.stem[:44]:44} {' '.join(f'{cell:>14}' for cell in cells)}"
        yield from faults


def _cell(name: str, text: str, draft: Draft, faults: list[str]) -> str:
    edited = EDITS[name](text, draft)
    if edited is None:
        return "-"
    seen = tried(text, edited)
    wrong = [
        f"{seen.lost} lost" if seen.lost else "",
        "conflict" if seen.conflict else "",
        "differs" * seen.differs,
    ]
    if seen.conflict:
        faults.append(f"  {name}: {seen.conflict}")
    return " ".join(filter(None, wrong)) or f"+{seen.created} -{seen.retired} ~{seen.changed}"

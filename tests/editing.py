"""Sequences of edits to an intent, each mapped, and the end held against a fresh map of the last text.

`python -m tests.editing --sequences 10000 --seed 1` runs many; a few are in the default suite.
`--documents DIR` has typical edits of each document below DIR mapped instead (`tests/typical.py`).
"""

import argparse
import random
import shutil
import sys
import tempfile
from collections import Counter
from functools import lru_cache
from pathlib import Path

from bmad.core.graph import SpecGraph
from bmad.core.outline import outline
from bmad.model.graph import LinkKind
from bmad.model.map_reports import MapReport
from bmad.model.spec import Criterion, Epic, Requirement, Statement, Story
from bmad.pipeline.spec.work_tree import load
from bmad.store.workspace import FileWorkspace
from tests.layout import REGISTER, parse
from tests.mapping import FORMATS, Mapper, run
from tests.typical import table

HEADINGS = ("Books", "Readers", "Import", "Reports", "Printing", "Search", "Constraints", "Non-goals", "Goals")
THINGS = ("a book", "a reader", "the list", "a report", "the index", "an export", "a note", "the label", "a loan")
VERBS = (
    "must show",
    "must keep",
    "should sort",
    "can print",
    "must refuse",
    "may hide",
    "must import",
    "must count",
)
ENDS = (
    "by year",
    "within 2 seconds",
    "in one file",
    "for 30 days",
    "without network",
    "twice",
    "as CSV",
    "by name",
)


OUTLINE = lru_cache(4)(outline)
"""The mapper, which reads a text once though several maps ask for it."""


class Intent:
    """An intent as a list of sections, each a heading and its bullets, that a person edits."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.sections = [
            (f"{name}", [self.sentence() for _ in range(rng.randint(1, 4))]) for name in self._names()
        ]

    def _names(self) -> list[str]:
        return self.rng.sample(HEADINGS, self.rng.randint(2, 4))

    def sentence(self) -> str:
        rng = self.rng
        label = f"**R{rng.randint(1, 30)}**: " if rng.random() < 0.2 else ""
        words = (rng.choice(THINGS).capitalize(), rng.choice(VERBS), rng.choice(THINGS), rng.choice(ENDS))
        return f"{label}{' '.join(words)}."

    def edit(self) -> str:
        """Do one edit; its name."""
        names = ("insert", "insert", "delete", "reword", "reword", "move", "section", "rename", "drop", "number")
        name = self.rng.choice(names)
        getattr(self, f"_{name}")()
        return name

    def _any(self) -> list[str]:
        return self.rng.choice(self.sections)[1]

    def _insert(self) -> None:
        bullets = self._any()
        bullets.insert(self.rng.randint(0, len(bullets)), self.sentence())

    def _delete(self) -> None:
        bullets = self._any()
        if bullets:
            bullets.pop(self.rng.randrange(len(bullets)))

    def _reword(self) -> None:
        bullets = self._any()
        if bullets:
            place = self.rng.randrange(len(bullets))
            bullets[place] = (
                bullets[place].replace(self.rng.choice(ENDS), self.rng.choice(ENDS)).replace("a ", "each ", 1)
            )

    def _number(self) -> None:
        bullets = self._any()
        if bullets:
            place = self.rng.randrange(len(bullets))
            bullets[place] = bullets[place].removesuffix(".") + f", at most {self.rng.randint(2, 99)} times."

    def _move(self) -> None:
        source, target = self._any(), self._any()
        if source:
            target.insert(self.rng.randint(0, len(target)), source.pop(self.rng.randrange(len(source))))

    def _section(self) -> None:
        bullets = [self.sentence() for _ in range(self.rng.randint(1, 3))]
        self.sections.insert(self.rng.randint(0, len(self.sections)), (self.rng.choice(HEADINGS), bullets))

    def _rename(self) -> None:
        place = self.rng.randrange(len(self.sections))
        self.sections[place] = (f"{self.rng.choice(HEADINGS)} again", self.sections[place][1])

    def _drop(self) -> None:
        if len(self.sections) > 1:
            self.sections.pop(self.rng.randrange(len(self.sections)))

    def text(self) -> str:
        parts = [
            f"## {name}\n\n" + "".join(f"- {bullet}\n" for bullet in bullets) for name, bullets in self.sections
        ]
        return "# Library\n\n" + "\n".join([*parts, "## Requirements\n\n- The library must open.\n"])


def meaning(root: Path) -> Counter[object]:
    """What a specification says, ids apart: each node by its words and by the words of what it hangs from."""
    graph = load(FileWorkspace(root), FORMATS).graph()
    return Counter(_said(graph, node.id) for node in graph.nodes.values() if not isinstance(node.item, Criterion))


def order(root: Path) -> list[str]:
    """The quotes of the register, as they stand there."""
    graph = load(FileWorkspace(root), FORMATS).graph()
    return [node.item.quote for node in graph.nodes.values() if isinstance(node.item, Statement)]


def _said(graph: SpecGraph, node: str) -> object:
    item = graph.nodes[node].item
    above = frozenset(_said(graph, link.target) for link in graph.up(node) if link.kind is not LinkKind.DEPENDS_ON)
    match item:
        case Statement():
            return ("statement", item.klass, item.under, item.quote, item.source)
        case Requirement():
            return ("requirement", item.title, item.text, item.priority, item.source, item.everywhere, above)
        case Epic():
            return ("epic", item.title, item.text, above)
        case Story():
            criteria = frozenset(criterion.text for criterion in item.criteria)
            waits = frozenset(
                graph.nodes[link.target].title for link in graph.up(node) if link.kind is LinkKind.DEPENDS_ON
            )
            return ("story", item.title, item.narrative, item.source, criteria, above, waits)
        case _:
            return None


def sequence(root: Path, seed: int, mapper: Mapper = OUTLINE) -> str:
    """Edit and map; what went wrong, or nothing."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    intent = Intent(rng)
    done: list[str] = []
    report = run(root / "edited", intent.text(), mapper)
    for _ in range(rng.randint(1, 5)):
        done += [intent.edit() for _ in range(rng.randint(1, 3))]
        before = named(root / "edited")
        report = run(root / "edited", intent.text(), mapper)
        if fault := _fault(report) or _lost(before, named(root / "edited")):
            return f"seed {seed}, after {', '.join(done)}: {fault}"
    again = run(root / "edited", intent.text(), mapper)
    if again.written:
        return f"seed {seed}, after {', '.join(done)}: mapped again it writes"
    run(root / "fresh", intent.text(), mapper)
    if order(root / "edited") != order(root / "fresh"):
        return f"seed {seed}, after {', '.join(done)}: the register is not in the order of the intent"
    edited, fresh = meaning(root / "edited"), meaning(root / "fresh")
    if edited != fresh:
        return f"seed {seed}, after {', '.join(done)}: edited {edited - fresh}, fresh {fresh - edited}"
    return ""


def named(root: Path) -> dict[str, str]:
    """Words that stand in the register once -> the id they have there."""
    items = parse(REGISTER, (root / REGISTER).read_text(encoding="utf-8")).items
    quotes = [(item.quote, item.id) for item in items if isinstance(item, Statement)]
    count = Counter(quote for quote, _ in quotes)
    return {quote: node for quote, node in quotes if count[quote] == 1}


def _lost(before: dict[str, str], after: dict[str, str]) -> str:
    lost = [quote for quote, node in before.items() if after.get(quote, node) != node]
    return f"stands as it did under another id: {lost[0]}" if lost else ""


def _fault(report: MapReport) -> str:
    if report.conflicts:
        return f"conflict: {report.conflicts[0]}"
    errors = [finding for finding in report.findings if finding.severity == "error"]
    return f"not valid: {errors[0]}" if errors else ""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sequences", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--documents", type=Path, action="append", help="edit each document below DIR instead")
    asked = parser.parse_args()
    if asked.documents:
        for row in table(asked.documents):
            _tell(row)
        return 0
    return _sequences(asked.sequences, asked.seed)


def _tell(row: str) -> None:
    sys.stdout.write(f"{row}\n")
    sys.stdout.flush()


_TOLD = 500
"""After so many sequences it is told how many went wrong."""


def _sequences(number: int, first: int) -> int:
    wrong = 0
    for seed in range(first, first + number):
        root = Path(tempfile.mkdtemp())
        try:
            for name in ("edited", "fresh"):
                (root / name).mkdir()
            if fault := sequence(root, seed):
                wrong += 1
                _tell(fault)
        finally:
            shutil.rmtree(root)
        if (done := seed - first + 1) % _TOLD == 0 or done == number:
            _tell(f"{done} sequences of edits, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

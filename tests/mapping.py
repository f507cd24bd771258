"""A small intent, the least of mappers, and what tests ask of a folder that was mapped."""

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from bmad.model.draft import (
    Coverage,
    Draft,
    DraftEpic,
    DraftRequirement,
    DraftStatement,
    DraftStory,
    Span,
)
from bmad.model.findings import Severity
from bmad.model.ids import Kind
from bmad.model.map_reports import MapReport
from bmad.model.spec import Document, StatementClass
from bmad.pipeline.map.map import map_intent
from bmad.pipeline.map.outcome import MapRequest
from bmad.pipeline.spec.validate import validate
from bmad.store.documents import parse
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.gate.records import bare

INTENT = """# Shelf

## Books

- A book has a title and a year.
- Books are listed by year.

## Readers

- A reader borrows at most three books.
"""


def bullets(text: str) -> Draft:
    """The least of mappers: a bullet is a statement, a requirement and a story; a heading is an epic."""
    statements: list[DraftStatement] = []
    epics: dict[str, list[int]] = {}
    for match in re.finditer(r"^(?:## (.*)|- (.*))$", text, re.MULTILINE):
        if match[1]:
            epics[match[1]] = []
            continue
        heading = list(epics)[-1]
        epics[heading].append(len(statements))
        span = Span(*match.span(2))
        statements.append(
            DraftStatement(
                span=span, klass=StatementClass.REQUIREMENT, under=("Shelf", heading), title=match[2].rstrip(".")
            )
        )
    quotes = [text[entry.span.start : entry.span.end] for entry in statements]
    groups = {title: members for title, members in epics.items() if members}
    return Draft(
        title="Shelf",
        statements=tuple(statements),
        requirements=tuple(
            DraftRequirement(title=entry.title, text=f"Shall: {quote}", statements=(index,))
            for index, (entry, quote) in enumerate(zip(statements, quotes, strict=True))
        ),
        epics=tuple(
            DraftEpic(title=title, text="", requirements=tuple(members)) for title, members in groups.items()
        ),
        stories=tuple(
            DraftStory(
                title=entry.title,
                epic=next(n for n, members in enumerate(groups.values()) if index in members),
                requirements=(index,),
                narrative=f"I want: {quotes[index]}",
                criteria=(f"Given 1 shelf, then: {quotes[index]}",),
            )
            for index, entry in enumerate(statements)
        ),
        coverage=Coverage(characters=len(text), in_statements=0, structure=0, context=len(text)),
    )


Mapper = Callable[[str], Draft]


_parsed = lru_cache(2048)(parse)


class Remembering(TextFormats):
    """The formats, but that a document of one text is parsed once: a test maps the same ones again and again."""

    def document(
        self, path: str, text: str, kind: Kind | None, before: tuple[str, Document] | None = None
    ) -> Document:
        return super().document(path, text, kind, before) if before is not None else _parsed(path, text, kind)


FORMATS = Remembering()


def run(
    root: Path, text: str | None = None, mapper: Mapper = bullets, *, dry_run: bool = False, keep: bool = False
) -> MapReport:
    if text is not None:
        (root / "intent.md").write_text(text, encoding="utf-8")
    request = MapRequest("intent.md", "test", dry_run, keep)
    return map_intent(FileWorkspace(root), FORMATS, mapper, request)


def tree(root: Path) -> dict[str, str]:
    """Every file but bmad's local state, by path."""
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".bmad" not in path.parts
    }


def replace(root: Path, pattern: str, old: str, new: str) -> str:
    """Edit the one file that matches, as a person would; its path."""
    (path,) = [path for path in root.glob(pattern) if old in path.read_text(encoding="utf-8")]
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    return path.relative_to(root).as_posix()


def findings(root: Path) -> list[str]:
    report = validate(FileWorkspace(root), TextFormats())
    assert report.items_seen == report.items_read
    return sorted({finding.code for finding in report.findings})


def errors(root: Path) -> list[str]:
    found = validate(FileWorkspace(root), TextFormats()).findings
    return [f"{one.code} {one.message}" for one in found if one.severity is Severity.ERROR]


def landed(root: Path, words: str) -> str:
    """Let the story with these words land; its id."""
    story = replace(root, f"stories/*{words}*.md", "", "").removeprefix("stories/")[:12]
    (root / "stories/records").mkdir(exist_ok=True)
    (root / f"stories/records/{story}.json").write_text(bare(story).as_json(), encoding="utf-8")
    return story


def documents(root: Path, story: str) -> str:
    return next(text for path, text in tree(root).items() if path.startswith(f"stories/{story}"))


def prepare(root: Path, words: str) -> str:
    """Write into a story what an agent writes there before it is built; the story's id."""
    path = replace(root, f"stories/*{words}*.md", "- Implements: ", "- Territory: `src/**`\n- Implements: ")
    return path.removeprefix("stories/")[:12]

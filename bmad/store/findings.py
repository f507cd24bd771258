"""The findings that are known without an answer of git: a word may become one of their ids.

They are read as they lie there, and are only ever offered: whoever is given the id looks for the finding itself.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bmad.model.layout import OWN_FOLDER

_OPEN = '"disposition": "open"'


def of_story(root: Path, story: str) -> Iterator[tuple[str, str]]:
    """Those of a story under way, by its journal, each with its severity, place and claim."""
    path = root / OWN_FOLDER / "journal.db"
    if path.is_file():
        from bmad.store.journal import SqliteJournal  # noqa: PLC0415 - where a finding is asked for

        for entry in SqliteJournal(path).entries(story):
            yield from _told(entry.content.get("findings", ()))


def of_records(root: Path, records: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Those that stories landed with."""
    for path in records:
        text = (root / path).read_text(encoding="utf-8")
        if _OPEN in text:
            yield from _told(one for one in _mapping(text).get("findings", ()) if one.get("disposition") == "open")


def of_scans(root: Path) -> Iterator[tuple[str, str]]:
    path = root / OWN_FOLDER / "steps" / "scan" / "found.json"
    if path.is_file():
        yield from _told(_mapping(path.read_text(encoding="utf-8")).values())


def _mapping(text: str) -> dict[str, Any]:
    """Raises: ValueError where it is none."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("It is no object.")  # noqa: TRY004 - as of what is no JSON
    return found


def _told(findings: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for one in findings:
        if isinstance(one, dict) and isinstance(one.get("id"), str):
            place = f"{one.get('path', '')}:{one.get('line', '')}"
            yield one["id"], f"{one.get('severity', '')} {place} {one.get('claim', '')}"

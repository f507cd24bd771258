"""What few commands need of stores, agents and the shipped files, each loaded where it is asked for."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bmad.screen import pager

if TYPE_CHECKING:
    from bmad.model.attestation import Statement
    from bmad.model.verification import TestCase
    from bmad.store.sources import FolderSources


def paged(text: str) -> bool:
    """Show a text in the person's pager, where they have one and it is longer than the screen; whether it was."""
    chosen = pager(text)
    if chosen is None:
        return False
    from bmad.agents.paging import page  # noqa: PLC0415 - where there is much to read

    return page(text, *chosen)


def test_reports(paths: Sequence[Path]) -> "tuple[TestCase, ...]":
    """The tests that JUnit reports tell of. Raises: UsageError where one cannot be read, or is none."""
    from bmad.store.junit import load  # noqa: PLC0415 - one command's need

    return tuple(case for path in paths for case in load(path, str(path)))


def sources(root: Path) -> "FolderSources":
    """The files of another project below a folder."""
    from bmad.store.sources import FolderSources  # noqa: PLC0415 - one command's need

    return FolderSources(root)


def outside(texts: Mapping[Path, str]) -> None:
    """Write files wherever a person names them, all or none. Raises: UsageError where one cannot be written."""
    from bmad.store.sources import write_all  # noqa: PLC0415

    write_all(texts)


def sealed(statement: "Statement", key: Path) -> str:
    """A statement in an envelope that is signed with a key. Raises: UsageError where the file holds none."""
    from bmad.store.envelopes import envelope  # noqa: PLC0415 - one command's need

    return envelope(statement, key)


def example(name: str) -> str:
    """A file of the shipped example, by its name."""
    from bmad.store.schemas import resource  # noqa: PLC0415 - one command's need

    return resource(f"examples/durations/{name}").read_text(encoding="utf-8")


def schemas() -> tuple[str, ...]:
    """The names of the JSON Schemas that there are, in order."""
    from bmad.store.schemas import TYPES  # noqa: PLC0415 - one command's need

    return tuple(sorted(TYPES))


def schema(name: str, editors_of: Path | None = None) -> str:
    """The JSON Schema of a document or report; also put where editors of a repository look. Raises: UsageError."""
    from bmad.git.gitdir import place  # noqa: PLC0415
    from bmad.store.schemas import put, shipped  # noqa: PLC0415 - one command's need

    found = None if editors_of is None else place(editors_of)
    return shipped(name) if found is None else put(name, found.shared)

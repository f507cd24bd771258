"""The formats that are read, by the name that `--from` gives them."""

from collections.abc import Sequence

from bmad.core.importing.backlog_md import BacklogMd
from bmad.core.importing.bmad_method.reader import BmadMethod
from bmad.core.importing.github import GitHub
from bmad.core.importing.jira import Jira
from bmad.core.importing.kiro import Kiro
from bmad.core.importing.openspec import OpenSpec
from bmad.core.importing.source import Reader
from bmad.core.importing.spec_kit import SpecKit
from bmad.core.importing.task_master import TaskMaster
from bmad.errors import UsageError

_ALL: tuple[Reader, ...] = (
    BmadMethod(),
    SpecKit(),
    OpenSpec(),
    Kiro(),
    TaskMaster(),
    BacklogMd(),
    GitHub(),
    Jira(),
)
READERS: dict[str, Reader] = {one.name: one for one in _ALL}


def reader_of(name: str | None, paths: Sequence[str], shown: str) -> tuple[Reader, tuple[str, ...]]:
    """Who reads what lies there, and which of the paths.

    Raises: UsageError where no format is found, or several are, or not the one that was asked for.
    """
    if name is not None and name not in READERS:
        raise UsageError(f"`{name}` is no format that is read; there are {', '.join(READERS)}.")
    asked = [READERS[name]] if name is not None else list(READERS.values())
    found = [(one, wanted) for one in asked if (wanted := one.wanted(paths))]
    if len(found) == 1:
        return found[0]
    if not found:
        told = f"nothing of `{name}`" if name is not None else f"none of {', '.join(READERS)}"
        raise UsageError(f"{shown} holds {told}; name the folder or file that the other tool writes.")
    names = " and ".join(one.name for one, _ in found)
    raise UsageError(f"{shown} holds {names}; say which: bmad import {shown} --from {found[0][0].name}")

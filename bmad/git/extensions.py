"""Repositories that git or bmad does not read: refs that stand in no files, for one, or another user's."""

import re
import shlex
from pathlib import Path

_UNKNOWN = re.compile(r"unknown repository extensions? found:\s*([\w.-]+)")
_REFTABLE = (
    "The repository at {} keeps its refs in a reftable (extensions.refStorage), which bmad does not read. With "
    "git 2.46 or newer put them into files: git refs migrate --ref-format=files"
)
_OTHER = "The repository at {} is set up with extensions.{}, which this git does not know. Update git."


def unknown(root: Path, words: str) -> str:
    """What git's words say of an extension that it does not know, as a sentence; empty where they say nothing."""
    found = _UNKNOWN.search(words)
    if found is None:
        return ""
    return _REFTABLE.format(root) if found[1].lower() == "refstorage" else _OTHER.format(root, found[1])


def unread(root: Path, common: Path) -> str:
    """Why bmad does not read a repository that git reads, as a sentence; empty where it does."""
    return _REFTABLE.format(root) if (common / "reftable").is_dir() else ""


def foreign(root: Path) -> str:
    """What is said of a repository that another user owns."""
    return (
        f"git does not read {root}, since another user owns it. "
        f"If you trust it, run `git config --global --add safe.directory {shlex.quote(str(root))}`."
    )

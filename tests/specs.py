"""The sample of the rules as files of a work tree."""

from pathlib import Path

from bmad.core.graph import build
from bmad.core.lock import renew
from bmad.core.rulebook.sample import SAMPLE
from bmad.model.lock import Lock
from bmad.model.reports import GraphNode
from bmad.pipeline.spec.nodes import graph_report
from bmad.pipeline.spec.work_tree import load_sound
from bmad.ports.files import Workspace
from bmad.store.formats import TextFormats
from tests.layout import LOCK, document_kind, parse
from tests.program import git

SMALL = SAMPLE


def lock_for(files: dict[str, str], old: Lock | None = None) -> str:
    """The lock text that fits the documents."""
    formats = TextFormats()
    documents = [parse(path, text) for path, text in files.items() if document_kind(path)]
    return formats.render_lock(renew(build(documents), old or Lock()))


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def write_small(root: Path) -> dict[str, str]:
    """Write the small specification with its lock and policy below root; all its files by path."""
    files = SMALL | {LOCK: lock_for(SMALL), "bmad.yaml": "version: 1\ngate: {since: root}\n"}
    write(root, files)
    return files


def adopt_small(root: Path) -> dict[str, str]:
    """Make root a git repository with the small specification, committed; all its files by path."""
    git("init", "--quiet", cwd=root)
    files = write_small(root)
    git("add", ".", cwd=root)
    git("commit", "--quiet", "-m", "Adopt and map", cwd=root)
    return files


def nodes_of(workspace: Workspace) -> tuple[GraphNode, ...]:
    """The nodes of the specification in a work tree."""
    loaded = load_sound(workspace, TextFormats())
    return graph_report(loaded.spec, loaded.graph()).nodes

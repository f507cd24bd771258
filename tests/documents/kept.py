"""The blocks of pages that are not played by `test_pages`: where they are held instead, or why nothing here can.

A block is named by its page and by what its first line begins with.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.documents.consoles import ROOT, Block, blocks

Name = tuple[str, str]

ELSEWHERE: dict[Name, str] = {
    ("docs/acceptance.md", "$ bmad accept"): "tests/act/test_desk.py",
    ("docs/acting.md", "$ git log --oneline --graph"): "tests/act/test_modes.py",
    ("docs/acting.md", "$ git log --oneline mapped"): "tests/act/test_modes.py",
    ("docs/ci.md", "include:"): "tests/ci/test_ci_files.py",
    ("docs/evidence.md", '{"path": "src/a.ts"'): "tests/act/test_mutants.py",
}
"""The tests that play a block in a repository which they make anyhow."""

WRITTEN = {
    "docs/machine.md": "bmad/core/act/diagram.py",
    "docs/reference/commands.md": "bmad/cli/reference.py",
    "docs/reference/settings.md": "bmad/cli/reference.py",
    "docs/rules.md": "bmad/cli/rulebook.py",
}
"""Pages whose blocks are written from the program, and by what; tests hold them to it, each example run."""

NOT_HERE: dict[Name, str] = {
    ("README.md", "$ make demo"): "it fetches packages; the demonstration is played, and the other one runs this",
    ("docs/ci.md", "workflow:"): "only GitLab reads it",
    ("docs/command-line.md", "$ bmad completion fish"): "it takes fish, which tests/test_completion.py asks for",
    ("docs/for-agents.md", "$ claude mcp add"): "it takes the vendors' programs",
    ("docs/operations.md", "# /etc/systemd"): "it takes a host's systemd; its command is held to the program",
    ("docs/operations.md", "# Kubernetes"): "it takes a cluster; its command is held to the program",
    (
        "docs/start.md",
        "pipx install",
    ): "it takes a wheel and the network: `make dist-try` installs by all of these",
}
"""What takes more than there is where the tests run."""


def listed(block: Block, names: Mapping[Name, str]) -> str | None:
    """What is said of a block."""
    found = (said for (page, first), said in names.items() if page == block.page and block.text.startswith(first))
    return next(found, None)


def playable(page: Path) -> Iterator[Block]:
    """The blocks of a page that its reader can do, one after another."""
    if page.relative_to(ROOT).as_posix() not in WRITTEN:
        yield from (one for one in blocks(page) if not listed(one, ELSEWHERE) and not listed(one, NOT_HERE))

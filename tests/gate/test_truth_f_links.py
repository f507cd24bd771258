"""Symlinks in the place of governed files: honest where what they lead to is governed, now and later."""

from pathlib import Path

import pytest

from bmad.core.gate.links import leads_to, stays_governed
from bmad.core.paths import Classifier
from tests.gate.repo import MAPPED, Content, Repo, kinds, passes, refuses
from tests.layout import LAYOUT

POLICY = "One page for all agents\n\nPolicy: agents read one page\n"


@pytest.mark.parametrize(
    ("path", "content", "target"),
    [
        (b"CLAUDE.md", b"AGENTS.md", b"AGENTS.md"),
        (b"CLAUDE.md", b"./AGENTS.md", b"AGENTS.md"),
        (b"a/b/CLAUDE.md", b"../../AGENTS.md", b"AGENTS.md"),
        (b"a/CLAUDE.md", b"../.agents//x.md", b".agents/x.md"),
        (b"CLAUDE.md", b"../AGENTS.md", None),
        (b"a/CLAUDE.md", b"../../AGENTS.md", None),
        (b"CLAUDE.md", b"/etc/AGENTS.md", None),
        (b"CLAUDE.md", b"a/../AGENTS.md", None),
        (b"a/CLAUDE.md", b"..", None),
        (b"CLAUDE.md", b"", None),
        (b"CLAUDE.md", b"AGENTS.md\0x", None),
        (b"CLAUDE.md", b"./" * 4096 + b"AGENTS.md", None),
    ],
)
def test_f_a_link_leads_where_it_reads_or_nowhere(path: bytes, content: bytes, target: bytes | None) -> None:
    assert leads_to(path, content) == target


@pytest.mark.parametrize(
    ("path", "target", "governed"),
    [
        (b"CLAUDE.md", b"AGENTS.md", True),
        (b"web/CLAUDE.md", b"web/AGENTS.md", True),
        (b"web/CLAUDE.md", b"AGENTS.md", True),
        (b".github/copilot-instructions.md", b"AGENTS.md", True),
        (b".claude/skills", b".agents/skills", True),
        (b".claude", b".agents", True),
        (b"CLAUDE.md", b"docs/AGENTS.md", False),
        (b"CLAUDE.md", b"docs/notes.md", False),
        (b".husky", b"src/hooks", False),
        (b"bmad.yaml", b"AGENTS.md", False),
        (b"CLAUDE.md", b"agents.md", False),
        (b"CLAUDE.md", b"CLAUDE.md", False),
    ],
)
def test_f_what_it_leads_to_is_governed_and_stays_so(path: bytes, target: bytes, governed: bool) -> None:
    """`docs/AGENTS.md` is governed, but the folder `docs` may become a link under a story."""
    assert stays_governed(path, target, Classifier(LAYOUT)) is governed


def test_f_one_page_for_all_agents_by_links(repo: Repo) -> None:
    files: dict[str, Content] = {
        "AGENTS.md": "Be kind.\n",
        "CLAUDE.md": ("120000", "AGENTS.md"),
        ".github/copilot-instructions.md": ("120000", "../AGENTS.md"),
        ".claude/skills": ("120000", "../.agents/skills"),
    }
    repo.commit("work", POLICY, files)
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["policy"]
    repo.commit("work", "Without a reason\n", {"GEMINI.md": ("120000", "AGENTS.md")})
    refuses(repo.gate(), "G06")


@pytest.mark.parametrize(
    "files",
    [
        {"CLAUDE.md": ("120000", "docs/notes.md"), "docs/notes.md": "x\n"},
        {"CLAUDE.md": ("120000", "../AGENTS.md")},
        {"CLAUDE.md": ("120000", "/etc/passwd")},
        {"CLAUDE.md": ("120000", "GEMINI.md"), "GEMINI.md": ("120000", "src/find.py")},
        {"CLAUDE.md": ("120000", ".agents/x.md"), ".agents": ("120000", "src")},
        {".husky": ("120000", "src/hooks")},
        {"CLAUDE.md": ("160000", "1" * 40)},
        {"bmad.yaml": ("120000", "AGENTS.md"), "AGENTS.md": "version: 1\n"},
    ],
)
def test_f_a_link_that_leads_to_what_is_not_governed_is_refused(repo: Repo, files: dict[str, Content]) -> None:
    repo.commit("work", POLICY, files)
    assert not repo.gate().ok


def test_f_a_link_past_one_that_stands_in_the_base_is_refused(repo: Repo) -> None:
    repo.commit("main", "Before the gate\n", {"GEMINI.md": ("120000", "src/find.py")})
    before = repo.tip("work")
    repo.branch("work", "main")
    repo.commit("work", POLICY, {"CLAUDE.md": ("120000", "GEMINI.md")})
    refuses(repo.gate(), "G06")
    repo.branch("work", before)
    repo.commit("work", POLICY, {"CLAUDE.md": ("120000", "GEMINI.md")})
    refuses(repo.gate(), "G06")


ADOPTED: dict[str, Content] = {"bmad.yaml": MAPPED["bmad.yaml"], "AGENTS.md": "Be kind.\n"}


def test_an_adoption_brings_one_page_for_all_agents_by_links(tmp_path: Path) -> None:
    made = Repo(tmp_path / "old.git", {"src/find.py": "x\n"})
    made.branch("work")
    made.commit("work", "Adopt\n", {**ADOPTED, "CLAUDE.md": ("120000", "AGENTS.md")})
    report = made.gate()
    passes(report)
    assert kinds(report) == ["adoption"]
    made.commit("work", "Lead it away\n", {"CLAUDE.md": ("120000", "src/find.py")})
    refuses(made.gate(), "G12")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"CLAUDE.md": ("120000", "src/find.py")}, "no symlink to a governed one of the tree"),
        ({"CLAUDE.md": ("120000", "/etc/passwd")}, "no symlink to a governed one of the tree"),
        ({"CLAUDE.md": ("120000", "GEMINI.md"), "GEMINI.md": ("120000", "src/find.py")}, "no plain file"),
        ({"bmad.yaml": ("120000", "AGENTS.md")}, ""),
        ({"intent.md": ("120000", "src/find.py")}, "intent.md is no plain file"),
        ({".gitignore": ("120000", "AGENTS.md")}, ""),
        ({"lib": ("120000", "AGENTS.md")}, "lib changes"),
    ],
)
def test_an_adoption_brings_no_other_link(tmp_path: Path, files: dict[str, Content], words: str) -> None:
    made = Repo(tmp_path / "old.git", {"src/find.py": "x\n"})
    made.branch("work")
    made.commit("work", "Adopt\n", ADOPTED | files)
    report = made.gate()
    refuses(report, "G12")
    assert any(words in one.message for one in report.every_finding)

"""A name that the base has joined by union counts in any folder, but never for what is looked at."""

from pathlib import Path

import pytest

from tests.gate.repo import FIND, MAPPED, Content, Repo, codes, passes, refuses, story
from tests.specs import SMALL

GATE = "version: 1\ngate: {level: scoped, since: root, governed: ['deploy files/**', 'ops/*/run.yml']}\n"
WHY = "Policy: both need it\n"


def parted(folder: Path, name: str, path: str, trailer: str, text: str = "1\n") -> Repo:
    """A file of some name that the base has joined, to which branch and base each add a line."""
    files: dict[str, Content] = {
        **MAPPED,
        "bmad.yaml": GATE,
        ".gitattributes": f"{name} merge=union\n",
        path: text,
    }
    repo = Repo(folder, files)
    repo.branch("work")
    for branch in ("work", "main"):
        repo.commit(branch, f"Of {branch}\n\n{trailer}", {path: f"{text}{branch}\n"})
    return repo


GOVERNED = [
    ("settings.json", ".claude/settings.json"),
    ("notes.md", "web/.cursor/rules/notes.md"),
    ("a.yml", ".github/workflows/a.yml"),
    ("run.yml", "ops/eu/run.yml"),
    ("x.txt", "deploy files/x.txt"),
]


@pytest.mark.parametrize(("name", "path"), GOVERNED)
def test_a_governed_file_is_never_joined_in_silence(tmp_path: Path, name: str, path: str) -> None:
    repo = parted(tmp_path / "r", name, path, WHY)
    refuses(repo.gate(), "G15")
    both: dict[str, Content] = {path: "1\nwork\nmain\n"}
    for message, told in (("Merge\n", {"G06"}), (f"Merge\n\n{WHY}", set())):
        repo.branch("settled", "work")
        repo.merge("settled", "main", message, both)
        assert codes(repo.gate("settled")) == told


@pytest.mark.parametrize(("name", "path"), [("prd.md", "specs/prd.md"), ("intent.md", "specs/intent.md")])
def test_nor_is_a_document(tmp_path: Path, name: str, path: str) -> None:
    """A name that is code at the root, where the policy has no such document."""
    repo = parted(tmp_path / "r", name, path, "Words\n", SMALL[path])
    assert "G15" in codes(repo.gate())


@pytest.mark.parametrize("path", ["CHANGELOG.md", "docs/CHANGELOG.md", "specs/CHANGELOG.md"])
def test_what_nobody_has_to_look_at_is_joined_in_any_folder(tmp_path: Path, path: str) -> None:
    repo = parted(tmp_path / "r", "CHANGELOG.md", path, f"Story: {FIND}\n")
    assert "G15" not in codes(repo.gate())
    repo.merge("work", "main", "Merge\n", {path: "1\nwork\nmain\n"})
    assert not {"G05", "G15"} & codes(repo.gate()), "as git joins it"


def test_a_story_lands_beside_others_lines_in_a_changelog(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "r", {**MAPPED, ".gitattributes": "find.py merge=union\n"})
    repo.branch("work")
    for branch in ("work", "main"):
        repo.commit(branch, story(FIND), {"src/find.py": f"{branch}\n"})
    passes(repo.gate())

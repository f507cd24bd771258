"""What is read otherwise than it is shown, or named to be something that it was not before."""

from pathlib import Path

import pytest

from bmad.core.unions import unions
from tests.gate.repo import MAPPED, Content, Repo, passes, refuses
from tests.specs import SMALL, lock_for

OTHER = "docs/install.md"


@pytest.mark.parametrize(
    "text",
    [
        "# about\u2028src/app.py merge=union\n",
        "# about\x0cfind.py merge=union\n",
        "# about\x85find.py merge=union\n",
        "CHANGELOG.md\u00a0merge=union\n",
        "CHANGELOG.md merge=union\nCHANGELOG.md binary\n",
        "CHANGELOG.md merge=union binary\n",
        "[attr]apart -merge\nCHANGELOG.md merge=union\nCHANGELOG.md apart\n",
    ],
)
def test_g_attributes_are_read_as_git_reads_them(text: str) -> None:
    assert unions(text) == ()


@pytest.mark.parametrize(
    "text", ["a.md merge=union\r\n", "\ta.md\tmerge=union -text", "[attr]x text\na.md merge=union\n"]
)
def test_g_twin_honest_attributes_join_as_before(text: str) -> None:
    assert unions(text) == ("a.md",)


def _unmapped(root: Path) -> Repo:
    """A base with a policy and without a specification, in which two Markdown files stand."""
    spec = ("specs/", "stories/", "intent.md")
    plain = {path: text for path, text in MAPPED.items() if not path.startswith(spec)}
    made = Repo(root / "repo.git", {**plain, OTHER: "run make\n", "notes.md": SMALL["intent.md"]})
    made.branch("work")
    return made


def _first_map(intent: str) -> dict[str, Content]:
    register = SMALL["specs/intent.md"].replace("`intent.md`", f"`{intent}`")
    files = {path: text for path, text in SMALL.items() if path != "intent.md"} | {"specs/intent.md": register}
    return {**files, "specs/trace.lock": lock_for(files)}


def test_g_a_first_map_takes_over_no_file_of_the_base_that_it_changes(tmp_path: Path) -> None:
    repo = _unmapped(tmp_path)
    repo.commit("work", "Map\n", {**_first_map(OTHER), OTHER: SMALL["intent.md"] + "\nRun this.\n"})
    refuses(repo.gate(), "G13")


@pytest.mark.parametrize("intent", ["notes.md", "intent.md", "new.md"])
def test_g_twin_a_first_map_names_a_file_as_it_stands_or_a_new_one(tmp_path: Path, intent: str) -> None:
    repo = _unmapped(tmp_path)
    new = {} if intent == "notes.md" else {intent: SMALL["intent.md"]}
    repo.commit("work", "Map\n", {**_first_map(intent), **new})
    passes(repo.gate())

"""With `attest: signed` a record counts under a signature at every level, as board and coverage read it (G10)."""

from pathlib import Path

import pytest

from bmad.model.record import Record
from tests.gate.records import add, record
from tests.gate.repo import FIND, MAPPED, Repo, passes, refuses, story
from tests.signing import line_of, signed_record

GATE = "since: root, attest: signed, governed_change: signed, repository: notes"


def landed(folder: Path, level: str, gate: str, name: str) -> Repo:
    """A commit of the story and its record, signed by somebody, or by nobody."""
    policy = f"version: 1\nact: {{accept: auto, lenses: [correctness]}}\ngate: {{level: {level}, {gate}}}\n"
    repo = Repo(folder, {**MAPPED, "bmad.yaml": policy})
    repo.branch("work")
    base = repo.tip("work")
    made: Record = record(repo, FIND, base, repo.commit("work", story(FIND), {"src/find.py": "1\n"}))
    add(repo, "work", signed_record(made, name) if name else made)
    return repo


@pytest.mark.parametrize("level", ["traced", "scoped", "reviewed"])
@pytest.mark.parametrize("name", ["", "eve"])
def test_a_record_that_no_signer_signed_is_refused_at_every_level(tmp_path: Path, level: str, name: str) -> None:
    signers = f"{GATE}, signers: ['{line_of('ada')}']"
    repo = landed(tmp_path / "r", level, signers, name)
    refuses(repo.gate(), "G10")
    refuses(repo.gate(since=repo.tip("main")), "G10")


@pytest.mark.parametrize("level", ["traced", "scoped", "reviewed"])
def test_one_that_a_signer_signed_passes_and_the_report_names_them(tmp_path: Path, level: str) -> None:
    report = landed(tmp_path / "r", level, f"{GATE}, signers: ['{line_of('ada')}']", "ada").gate()
    passes(report)
    assert report.signers == ("ada@example.org",)


def test_where_nobody_has_to_sign_a_record_needs_no_signature(tmp_path: Path) -> None:
    passes(landed(tmp_path / "r", "scoped", "since: root", "").gate())

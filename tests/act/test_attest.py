"""Landings under `gate.attest: signed`: bmad signs what it makes as the person, and else makes nothing."""

import subprocess
from pathlib import Path

import pytest

from tests.act.stage import Stage
from tests.signing import file_of, line_of


def attesting(folder: Path, signer: str = "ada", **act: object) -> Stage:
    """A stage whose policy counts the signatures of one person."""
    stage = Stage(folder, None, **act)
    gate = f"repository: letters, attest: signed, governed_change: signed, signers: ['{line_of(signer)}']"
    settings = stage.settings.replace("gate: {", f"gate: {{{gate}, ")
    stage.commit({"bmad.yaml": settings}, "Ask for signatures\n\nPolicy: tests")
    stage.git("config", "gpg.format", "ssh")
    stage.git("config", "user.signingKey", str(file_of("ada")))
    return stage


@pytest.mark.parametrize("land", ["merge", "squash", "rebase"])
def test_a_landing_is_signed_and_passes_its_own_gate(tmp_path: Path, land: str) -> None:
    stage = attesting(tmp_path, land=land)
    before = stage.tip()
    stage.bmad("act", stage.first)
    report = stage.json("gate", "--base", before, "--head", "main")
    assert (report["ok"], report["attest"], report["signers"]) == (True, "signed", ["ada@example.org"])
    allowed = tmp_path / "allowed"
    allowed.write_text(f"{line_of('ada')}\n")
    made = stage.git("rev-list", f"{before}..main").split()
    stage.git("-c", f"gpg.ssh.allowedSignersFile={allowed}", "verify-commit", *made)


def test_without_a_key_that_counts_nothing_is_made(tmp_path: Path) -> None:
    stage = attesting(tmp_path, signer="bob")
    before = stage.tip()
    ended = stage.run("act", stage.first, cwd=stage.repo)
    assert ended.code != 0
    assert "none of gate.signers (bob@example.org)" in ended.err + ended.out
    stage.git("config", "--unset", "user.signingKey")
    ended = stage.run("act", stage.first, cwd=stage.repo)
    assert "user.signingKey" in ended.err + ended.out
    assert stage.tip() == before
    stage.git("config", "user.signingKey", str(file_of("bob")))
    stage.bmad("act", stage.first)
    assert stage.json("gate", "--base", before, "--head", "main")["signers"] == ["bob@example.org"]


def test_a_key_that_an_agent_holds_signs_by_its_public_part(tmp_path: Path) -> None:
    """`user.signingKey` may be the public key itself; without an agent that holds it, a sentence says so."""
    stage = attesting(tmp_path)
    stage.git("config", "user.signingKey", f"key::{file_of('ada').with_suffix('.pub').read_text().strip()}")
    ended = stage.run("act", stage.first, cwd=stage.repo)
    assert ended.code != 0
    assert "cannot sign with user.signingKey" in ended.err + ended.out


def test_a_key_with_a_password_is_a_sentence_and_asks_nobody(tmp_path: Path) -> None:
    stage = attesting(tmp_path)
    locked = tmp_path / "locked"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", str(locked)]
    subprocess.run(command, check=True)
    stage.git("config", "user.signingKey", str(locked))
    ended = stage.run("act", stage.first, cwd=stage.repo)
    assert ended.code != 0
    assert "cannot sign with user.signingKey" in ended.err + ended.out

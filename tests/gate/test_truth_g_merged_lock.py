"""Where the policy governs the lock, a merge that settles it otherwise than git says why, as others do (G06)."""

from pathlib import Path

import pytest

from tests.gate.repo import MAPPED, Content, Repo, kinds, passes, refuses
from tests.signing import line_of, sign_tip
from tests.specs import SMALL, lock_for

LOCK = "specs/trace.lock"
SETTLED = f"{lock_for(SMALL)}# settled\n"
ALONE = "level: scoped, since: root, governed: ['specs/**']"
REFUSED = f"{ALONE}, governed_change: refuse"
SIGNED = f"{ALONE}, governed_change: signed, attest: signed, repository: notes, signers: ['{line_of('ada')}']"
OTHERS = "level: scoped, since: root, governed: ['deploy/**']"


def merged(folder: Path, gate: str, message: str, files: dict[str, Content] | None) -> Repo:
    """Two branches of the base, merged with a lock of the merge's own."""
    repo = Repo(folder, {**MAPPED, "bmad.yaml": f"version: 1\ngate: {{{gate}}}\n"})
    for branch in ("work", "side"):
        repo.branch(branch)
        repo.commit(branch, f"Of the {branch}\n", {})
    repo.merge("work", "side", message, files)
    return repo


@pytest.mark.parametrize("gate", [ALONE, REFUSED, SIGNED], ids=["alone", "refused", "signed"])
def test_a_governed_lock_that_a_merge_settles_in_silence_is_refused(tmp_path: Path, gate: str) -> None:
    refuses(merged(tmp_path / "r", gate, "Merge\n", {LOCK: SETTLED}).gate(), "G06")


@pytest.mark.parametrize("gate", [ALONE, REFUSED, SIGNED], ids=["alone", "refused", "signed"])
def test_a_merge_as_git_computes_it_needs_nothing(tmp_path: Path, gate: str) -> None:
    passes(merged(tmp_path / "r", gate, "Merge\n", None).gate())


def test_a_reason_or_a_signature_is_what_it_takes(tmp_path: Path) -> None:
    with_reason = merged(tmp_path / "r", ALONE, "Merge\n\nPolicy: both sides' lines\n", {LOCK: SETTLED})
    report = with_reason.gate()
    passes(report)
    assert report.policy_changes == (with_reason.tip("work"),), "and the report tells of it"
    signed = merged(tmp_path / "s", SIGNED, "Merge\n\nPolicy: both sides' lines\n", {LOCK: SETTLED})
    refuses(signed.gate(), "G06")
    sign_tip(signed, "work")
    passes(signed.gate())


def test_a_lock_that_nobody_governs_is_settled_by_any_merge(tmp_path: Path) -> None:
    report = merged(tmp_path / "r", OTHERS, "Merge\n", {LOCK: SETTLED}).gate()
    passes(report)
    assert kinds(report)[-1] == "merge"

"""Rows 52-63: policy, stories and CI. Each beside an honest twin."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bmad.errors import UsageError
from bmad.model.settings import Level
from bmad.store.formats import TextFormats
from tests.gate.repo import (
    FIND,
    FIND_AT,
    MAPPED,
    MINTED_AT,
    STORE_AT,
    Content,
    Repo,
    codes,
    kinds,
    minted,
    passes,
    refuses,
    respecified,
    story,
)
from tests.specs import SMALL, lock_for

PRD = "specs/prd.md"
NEW = "STORY-new001"
CODE = {"src/find.py": "x = 1\n"}
BOT = "docs-bot <bot@x>"
EXEMPT = """version: 1
gate:
  since: root
  exempt: [{paths: ["docs/**"], by: docs-bot, reason: generated, owner: ada, until: 2027-06-30}]
"""


def with_policy(repo: Repo, text: str) -> None:
    repo.commit("main", "Policy\n\nPolicy: set up\n", {"bmad.yaml": text})
    repo.branch("work")


def test_row_52_the_base_rules(repo: Repo) -> None:
    mine = "{paths: ['**'], by: me, reason: r, owner: o, until: 2030-01-01}"
    weaker = f"version: 1\ngate: {{level: traced, exempt: [{mine}]}}\n"
    repo.commit("work", "Weaker\n\nPolicy: mine\n", {"bmad.yaml": weaker})
    repo.commit("work", "Work\n", {"src/other.py": "x\n"}, author="me <m@x>")
    repo.commit("work", story(FIND), {"src/other.py": "y\n"}, author="me <m@x>")
    refuses(repo.gate(), "G01", "G04", "G07")


def test_row_52_no_reason(repo: Repo) -> None:
    repo.commit("work", "Weaker\n\nPolicy:\n", {"bmad.yaml": "version: 1\n"})
    refuses(repo.gate(), "G06")


def test_row_52_refuse(repo: Repo) -> None:
    with_policy(repo, "version: 1\ngate: {governed_change: refuse, governed: ['deploy/**']}\n")
    repo.commit("work", "Change\n\nPolicy: why\n", {"deploy/x": "x\n"})
    refuses(repo.gate(), "G06")


def test_row_53_minted_in_the_range(repo: Repo) -> None:
    repo.commit("work", "Plan\n", minted())
    repo.commit("work", story(NEW), {"src/rename.py": "x\n"})
    report = repo.gate()
    passes(report)
    assert report.self_authored == (NEW,)
    with_policy(repo, "version: 1\ngate: {self_authored: []}\n")
    repo.commit("work", "Plan\n", minted())
    repo.commit("work", story(NEW), {"src/rename.py": "x\n"})
    refuses(repo.gate(), "G04")
    with_policy(repo, "version: 1\ngate: {level: traced, self_authored: ['tests/**']}\n")
    repo.commit("work", "Plan\n", minted())
    repo.commit("work", story(NEW), {"src/rename.py": "x\n"})
    refuses(repo.gate(), "G04")


def test_row_53_squash_of_spec_and_code(repo: Repo) -> None:
    repo.commit("work", story(NEW), minted() | {"src/rename.py": "x\n"})
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["story"]


def test_row_53_first_territory_is_capped(repo: Repo) -> None:
    bare = respecified({STORE_AT: ("- Territory: `src/store.py`\n", "")})
    repo.commit("main", "Bare\n\nPolicy: x\n", bare)
    with_policy(repo, "version: 1\ngate: {self_authored: ['tests/**']}\n")
    repo.commit("work", story("STORY-store1"), {"src/store.py": "x\n"})
    refuses(repo.gate(), "G04")
    repo.commit("work", "Territory\n", {STORE_AT: MAPPED[STORE_AT]})
    refuses(repo.gate(), "G04")


def test_row_54_widened_by_a_side_branch(repo: Repo) -> None:
    repo.branch("side")
    wide = respecified({FIND_AT: ("`src/find.py`", "`src/find.py`, `src/other.py`")})
    repo.commit("side", "Widen\n", wide)
    repo.commit("work", story(FIND), CODE)
    repo.merge("work", "side")
    repo.commit("work", story(FIND), {"src/other.py": "x\n"})
    refuses(repo.gate(), "G04")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- Epic: EPIC-notes1\n", ""),
        ("EPIC-notes1", "EPIC-none01"),
        ("FR-find01", "FR-none01"),
        ("FR-find01", "INT-goal01"),
        ("Depends on: STORY-store1", "Depends on: STORY-find01"),
    ],
)
def test_row_55_broken_chains(repo: Repo, old: str, new: str) -> None:
    repo.commit("main", "Break\n", respecified({FIND_AT: (old, new)}, lock=False))
    repo.branch("work")
    repo.commit("work", story(FIND), CODE)
    refuses(repo.gate(), "G03")


def test_row_55_broken_in_the_range(repo: Repo) -> None:
    repo.commit("work", "Break\n", respecified({FIND_AT: ("FR-find01", "FR-none01")}, lock=False))
    repo.commit("work", story(FIND), CODE)
    refuses(repo.gate(), "G03", "G13")


def test_row_55_mended_in_the_range_is_not_whole_in_the_base(repo: Repo) -> None:
    repo.commit("main", "Break\n", respecified({FIND_AT: ("FR-find01", "FR-none01")}, lock=False))
    repo.branch("work")
    repo.commit("work", "Mend\n", {FIND_AT: MAPPED[FIND_AT]})
    repo.commit("work", story(FIND), CODE)
    refuses(repo.gate(), "G03")


def test_row_55_minted_broken_for_a_while(repo: Repo) -> None:
    whole = minted()
    broken = str(whole[MINTED_AT]).replace("FR-store1", "FR-none01")
    repo.commit("work", "Plan\n", {MINTED_AT: broken})
    repo.commit("work", story(NEW), {"src/rename.py": "x\n"})
    repo.commit("work", "Mend\n", whole)
    refuses(repo.gate(), "G03")


def test_row_55_minted_gone_for_a_while(repo: Repo) -> None:
    repo.commit("work", "Plan\n", minted())
    repo.commit("work", "Not so\n", {MINTED_AT: None})
    repo.commit("work", story(NEW), {"src/rename.py": "x\n"})
    repo.commit("work", "After all\n", minted())
    refuses(repo.gate(), "G03")


@pytest.mark.parametrize("mended", [False, True])
def test_row_55_minted_broken_by_a_merge_for_a_while(repo: Repo, *, mended: bool) -> None:
    """No commit has that specification as its change; who mends it before any work is an honest twin."""
    repo.commit("work", "Plan\n", minted())
    repo.branch("side", "main")
    repo.commit("side", "Break\n", {PRD: SMALL[PRD].replace("- Traces: INT-req002", "- Traces: INT-none01")})
    repo.merge("work", "side")
    rest: list[tuple[str, dict[str, Content]]] = [
        ("Mend\n", {PRD: SMALL[PRD]}),
        (story(NEW), {"src/rename.py": "x\n"}),
    ]
    for message, files in rest if mended else rest[::-1]:
        repo.commit("work", message, files)
    passes(repo.gate()) if mended else refuses(repo.gate(), "G03")


BROKEN = SMALL[PRD].replace("- Traces: INT-req002", "- Traces: INT-none01")


@pytest.mark.parametrize("prd", [BROKEN, SMALL[PRD]])
def test_row_55_minted_worked_in_a_merge_that_breaks_it_for_a_while(repo: Repo, prd: str) -> None:
    """What a merge does beyond its conflicts is work like any other."""
    repo.commit("work", "Plan\n", minted())
    repo.branch("side", "main")
    repo.commit("side", "Break\n", {PRD: prd + "\nA note.\n"})
    repo.merge("work", "side", story(NEW), {"src/rename.py": "x\n"})
    repo.commit("work", "Mend\n", {PRD: SMALL[PRD]})
    refuses(repo.gate(), "G03") if prd == BROKEN else passes(repo.gate())


@pytest.mark.parametrize("above", ["FR-none01", "FR-store1"])
def test_row_55_minted_again_and_its_work_brought_back_by_a_revert(repo: Repo, above: str) -> None:
    """No message names the story, and yet it is the one whose work comes back."""
    repo.commit("main", "Plan\n", minted())
    done = repo.commit("main", story(NEW), {"src/rename.py": "x\n"})
    gone = repo.commit("main", f"Back\n\nThis reverts commit {done}.\n", {"src/rename.py": None})
    lock = TextFormats().lock(str(minted()["specs/trace.lock"]))
    repo.commit("main", "Retire\n", {MINTED_AT: None, "specs/trace.lock": lock_for(SMALL, lock)})
    repo.branch("work")
    text = str(minted()[MINTED_AT])
    repo.commit("work", "Plan\n", {**minted(), MINTED_AT: text.replace("FR-store1", above)})
    repo.commit("work", f"Again\n\nThis reverts commit {gone}.\n", {"src/rename.py": "x\n"})
    repo.commit("work", "Mend\n", {MINTED_AT: text + "\nA note.\n"})
    passes(repo.gate()) if above == "FR-store1" else refuses(repo.gate(), "G03")


def test_row_56_story_deleted(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE)
    repo.commit("work", "Away\n", {FIND_AT: None})
    assert "G02" in codes(repo.gate())


def test_row_56_retired_id_for_another_meaning(repo: Repo) -> None:
    lock = str(MAPPED["specs/trace.lock"]) + f"retired {NEW} {'0' * 64}\n"
    repo.commit("main", "Retire\n", {"specs/trace.lock": lock})
    repo.branch("work")
    fresh = minted()
    fresh["specs/trace.lock"] = str(fresh["specs/trace.lock"]) + f"retired {NEW} {'0' * 64}\n"
    repo.commit("work", "Reuse\n", fresh)
    refuses(repo.gate(), "G13")


def test_row_57_nothing_of_the_repository_runs(repo: Repo, tmp_path: Path) -> None:
    """The merge driver and filters of the repository are never started."""
    mark = tmp_path / "ran"
    repo.git("config", "merge.evil.driver", f"touch {mark}")
    repo.git("config", "core.attributesFile", str(tmp_path / "attributes"))
    (tmp_path / "attributes").write_text("* merge=evil\n")
    (repo.root / "info").mkdir(exist_ok=True)
    (repo.root / "info/attributes").write_text("* merge=evil\n")
    repo.commit("work", story(FIND), {"src/find.py": "a\n"})
    repo.commit("main", story(FIND), {"src/find.py": "b\n"})
    refuses(repo.gate(), "G15")
    assert not mark.exists()


def test_row_59_workflow_edits(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE | {".github/workflows/ci.yml": "on: push\n"})
    refuses(repo.gate(), "G06")


def test_row_63_audit_after_a_direct_push(repo: Repo) -> None:
    first = repo.base
    repo.commit("main", story(FIND), CODE)
    repo.commit("main", "Pushed past the gate\n", {"src/other.py": "x\n"})
    repo.commit("main", story(FIND), {"src/find.py": "x = 2\n"})
    report = repo.gate("main", since=first)
    refuses(report, "G01")
    assert [commit.verdict for commit in report.commits] == ["pass", "refused", "pass"]


def test_since_takes_the_policy_of_each_step(repo: Repo) -> None:
    repo.commit("main", "Trace only\n\nPolicy: calm down\n", {"bmad.yaml": "version: 1\ngate: {level: traced}\n"})
    repo.commit("main", story(FIND), {"src/other.py": "x\n"})
    repo.branch("topic")
    repo.commit("topic", story(FIND), CODE)
    repo.commit("main", story(FIND), {"tests/find/a.py": "x\n"})
    repo.merge("main", "topic")
    report = repo.gate("main", since=repo.base)
    passes(report)
    assert kinds(report) == ["policy", "story", "story", "story", "merge"]
    refuses(repo.gate("main", since=f"{repo.base}", level=Level.SCOPED), "G04")


def test_since_root_and_adoption(repo: Repo) -> None:
    repo.commit("main", story(FIND), CODE)
    report = repo.gate("main", since="root")
    refuses(report, "G12")
    clean = {path: text for path, text in MAPPED.items() if not path.startswith(("src/", "README"))}
    fresh = Repo(repo.root.parent / "fresh.git", clean)
    fresh.commit("main", story(FIND), CODE)
    report = fresh.gate("main", since="root")
    passes(report)
    assert kinds(report) == ["adoption", "story"]


def test_gate_since_leaves_out_what_is_older(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "old.git", {"src/find.py": "x\n"})
    old = repo.commit("main", "More\n", {"src/store.py": "y\n"})
    spec = {path: text for path, text in MAPPED.items() if not path.startswith(("src/", "README"))}
    spec["bmad.yaml"] = f"version: 1\ngate: {{since: {old}}}\n"
    repo.commit("main", "Adopt\n", spec)
    repo.commit("main", story(FIND), CODE)
    report = repo.gate("main", since="root")
    passes(report)
    assert kinds(report) == ["grandfathered", "grandfathered", "adoption", "story"]
    assert report.notes[0] == "2 commits are older than the first bmad.yaml and were not judged"


def test_a_policy_that_was_taken_away_leaves_nothing_older(repo: Repo) -> None:
    """Else what stands between its end and its return would pass as older than the first policy."""
    gone = repo.commit("main", "Away\n\nPolicy: a try\n", {"bmad.yaml": None})
    back = repo.branch("back")
    code = repo.commit("main", "Code\n", {"src/other.py": "x\n"})
    restored: dict[str, Content] = {"bmad.yaml": f"version: 1\ngate: {{since: {code}}}\n"}
    repo.commit("main", "Back\n", restored)
    report = repo.gate("main", since=gone)
    refuses(report, "G12")
    assert [one.verdict for one in report.commits] == ["refused", "pass"]
    assert not any("first" in note for note in report.notes)
    repo.commit("back", "Back\n", {"bmad.yaml": f"version: 1\ngate: {{since: {back}}}\n"})
    passes(repo.gate("back", since=gone))


def exempted(repo: Repo, **asked: object) -> set[str]:
    return codes(repo.gate(**asked))  # type: ignore[arg-type]


def test_g07_exemptions(repo: Repo) -> None:
    with_policy(repo, EXEMPT)
    repo.commit("work", "Docs\n", {"docs/api.md": "x\n"}, author=BOT)
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["exempt"]
    assert exempted(repo, when=datetime(2027, 7, 1, tzinfo=UTC)) == {"G01", "G07"}
    assert exempted(repo, when=datetime(2027, 6, 30, 23, tzinfo=UTC)) == set()
    repo.commit("work", "More\n", {"docs/api.md": "y\n", "src/find.py": "z\n"}, author=BOT)
    assert exempted(repo) == {"G01"}
    repo.branch("work", "main")
    repo.commit("work", "Docs\n", {"docs/api.md": "x\n"}, author="somebody <s@x>")
    assert exempted(repo) == {"G01", "G07"}


def test_grandfathered(repo: Repo) -> None:
    old = repo.commit("work", "Open at adoption\n", {"src/other.py": "x\n"})
    repo.commit(
        "main",
        "Let it in\n\nPolicy: open branches\n",
        {"bmad.yaml": f"version: 1\ngate: {{grandfathered: [{old}]}}\n"},
    )
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["grandfathered"]


@pytest.mark.parametrize(
    "gate",
    ["attest: signed", "governed_change: signed"],
)
def test_what_this_version_does_not_judge(repo: Repo, gate: str) -> None:
    with_policy(repo, f"version: 1\ngate: {{{gate}}}\n")
    repo.commit("work", story(FIND), CODE)
    with pytest.raises(UsageError, match=gate.split(": ", maxsplit=1)[0]):
        repo.gate()


def test_exemption_by_a_signer(repo: Repo) -> None:
    with_policy(repo, EXEMPT.replace("since: root", "signers: [docs-bot]"))
    with pytest.raises(UsageError, match="signers"):
        repo.gate()


def test_level_is_raised_never_lowered(repo: Repo) -> None:
    with pytest.raises(UsageError, match="never lowered"):
        repo.gate(level=Level.TRACED)
    with_policy(repo, "version: 1\ngate: {level: traced}\n")
    repo.commit("work", story(FIND), {"src/other.py": "x\n"})
    passes(repo.gate())
    refuses(repo.gate(level=Level.SCOPED), "G04")


def test_assisted_by(repo: Repo) -> None:
    message = f"Work\n\nStory: {FIND}\nAssisted-by: codex:gpt\n"
    with_policy(repo, "version: 1\ngate: {assisted_by: require}\n")
    repo.commit("work", story(FIND), CODE)
    refuses(repo.gate(), "G01")
    with_policy(repo, "version: 1\ngate: {assisted_by: forbid}\n")
    repo.commit("work", message, CODE)
    refuses(repo.gate(), "G01")
    with_policy(repo, "version: 1\ngate: {assisted_by: require}\n")
    repo.commit("work", message, CODE)
    passes(repo.gate())


def test_unparsable_policy(repo: Repo) -> None:
    repo.commit("work", "Odd\n\nPolicy: x\n", {"bmad.yaml": "version: [\n"})
    refuses(repo.gate(), "G12")
    with_policy(repo, "levle: 3\n")
    repo.commit("work", story(FIND), CODE)
    refuses(repo.gate(), "G12")


def test_unparsable_spec(repo: Repo) -> None:
    broken = respecified({FIND_AT: ("- **AC-1**", "- **AC-1 **")}, lock=False)
    repo.commit("work", "Break\n", broken)
    repo.commit("work", "Mend\n", {FIND_AT: MAPPED[FIND_AT]})
    refuses(repo.gate(), "G12")


def test_unparsable_lock(repo: Repo) -> None:
    good = str(MAPPED["specs/trace.lock"])
    repo.commit("work", "Break\n", {"specs/trace.lock": good + "<<<<<<< ours\n"})
    repo.commit("work", "Mend\n", {"specs/trace.lock": good})
    report = repo.gate()
    refuses(report, "G12")
    assert report.commits[0].findings[0].path == "specs/trace.lock"


def test_unreadable_base(repo: Repo) -> None:
    repo.commit("main", "Break\n", respecified({STORE_AT: ("- Epic:", "- Epik:")}, lock=False))
    repo.branch("work")
    repo.commit("work", story(FIND), CODE)
    refuses(repo.gate(), "G12")


def test_an_exemption_is_for_plain_files(repo: Repo) -> None:
    with_policy(repo, EXEMPT)
    repo.commit("work", "Docs\n", {"docs/api.md": ("120000", "/etc/passwd")}, author=BOT)
    assert "G01" in exempted(repo)

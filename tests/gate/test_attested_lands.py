"""What lands of a change that has to be signed: what merges carry, what a host's buttons make, what goes back."""

import pytest

from bmad.model.settings import Level
from tests.gate.records import squash
from tests.gate.repo import (
    FIND,
    FIND_AT,
    MAPPED,
    MINTED,
    MINTED_AT,
    Content,
    Repo,
    kinds,
    minted,
    passes,
    refuses,
    respecified,
    story,
)
from tests.gate.test_attested import POLICY, signing
from tests.layout import LOCK
from tests.signing import line_of, sign_tip
from tests.specs import SMALL, lock_for

DRAFT_AT, DRAFT = "drafts/idea.md", MINTED.format(territory="- Territory: `src/rename.py`\n")
WIDER = DRAFT.replace("`src/rename.py`", "`src/**`")
CI: dict[str, Content] = {".github/workflows/ci.yml": "on: push\n"}
SPARED = (
    "exempt: [{paths: ['README.md'], by: 'ada@example.org', reason: typos, owner: bob, until: 2027-01-01}], "
    f"signers: ['{line_of('ada')}']"
)


@pytest.fixture
def drafted(repo: Repo) -> Repo:
    """Ada makes a story out of a draft that another story may change; `work` starts before that."""
    territory = next(line for line in SMALL[FIND_AT].split("\n") if line.startswith("- Territory"))
    wide = respecified({FIND_AT: (territory, f"{territory}, `drafts/**`")})
    repo.commit("main", "Draft\n", {**wide, DRAFT_AT: DRAFT})
    signing(repo)
    files = {**SMALL, FIND_AT: str(wide[FIND_AT]), MINTED_AT: DRAFT}
    repo.commit("main", "Mint\n", {DRAFT_AT: None, MINTED_AT: DRAFT, LOCK: lock_for(files)})
    sign_tip(repo, "main")
    return repo


@pytest.mark.parametrize("level", ["scoped", "reviewed"])
@pytest.mark.parametrize("updated", [False, True])
def test_a_line_that_a_rename_carries_into_a_story_is_signed_by_nobody(
    drafted: Repo, level: str, *, updated: bool
) -> None:
    policy = POLICY.replace("level: reviewed", f"level: {level}")
    drafted.commit("main", "Level\n\nPolicy: level\n", {"bmad.yaml": policy})
    drafted.commit("work", story(FIND), {DRAFT_AT: WIDER})
    if updated:
        drafted.merge("work", "main")
    report = drafted.gate()
    refuses(report, "G10")
    assert [one.path for one in report.findings] == [MINTED_AT]


def test_what_a_signer_writes_there_passes_beside_a_base_that_has_moved(drafted: Repo) -> None:
    drafted.merge("work", "main")
    drafted.commit("work", "Widen\n", {MINTED_AT: WIDER, LOCK: _locked(drafted, WIDER)})
    sign_tip(drafted, "work")
    drafted.commit("main", "CI\n\nPolicy: ci\n", CI)
    passes(drafted.gate())


def _locked(repo: Repo, text: str) -> str:
    files = {path: repo.git("show", f"main:{path}") + "\n" for path in SMALL}
    return lock_for({**files, MINTED_AT: text})


def test_what_bears_a_signature_says_that_a_hosts_squash_loses_it(repo: Repo) -> None:
    signing(repo)
    for message, files in (("Mint\n", minted()), ("CI\n\nPolicy: ci\n", CI)):
        repo.branch("work")
        repo.commit("work", message, files)
        sign_tip(repo, "work")
        report = repo.gate()
        passes(report)
        assert [note for note in report.notes if "none of gate.signers has signed" in note]
        squash(repo, "work", message)
        assert repo.gate().exit == 1


def test_what_needs_no_signature_says_nothing_of_one(repo: Repo) -> None:
    signing(repo)
    repo.commit("work", story(FIND), {"src/find.py": "1\n"})
    assert not [note for note in repo.gate(level=Level.REVIEWED).notes if "has signed" in note]


def test_anybody_takes_back_what_an_exemption_let_a_signer_do(repo: Repo) -> None:
    """By a host's button, as of what an author is exempt for; and who did it without a signature did not."""
    policy = f"version: 1\ngate: {{since: root, {SPARED}}}\n"
    repo.commit("main", "Spare\n\nPolicy: typos\n", {"bmad.yaml": policy})
    start = repo.branch("work")
    repo.commit("work", "Mend\n", {"README.md": "# Our notes\n"})
    unsigned = repo.tip("work")
    made = sign_tip(repo, "work")
    report = repo.gate()
    passes(report)
    assert [note for note in report.notes if "(G07) at README.md" in note]
    for landed in (made, unsigned):
        repo.git("update-ref", "refs/heads/main", landed)
        repo.branch("work")
        message = f'Revert "Mend"\n\nThis reverts commit {landed}.\n'
        repo.commit("work", message, {"README.md": MAPPED["README.md"]})
        report = repo.gate()
        if landed == unsigned:
            refuses(report, "G01", "G07")
            continue
        passes(report)
        assert kinds(report) == ["revert"]
        assert not [note for note in report.notes if "has signed" in note]
        passes(repo.gate(since=start))

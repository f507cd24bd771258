"""Records that contradict themselves, and commits that claim what another story was reviewed for."""

from typing import Any

import pytest

from bmad.core.gate.words import listed
from bmad.model.agents import Role
from bmad.model.record import CheckRun, Evidence, RecordedFinding, Work
from tests.gate.records import (
    AGAIN,
    CODE,
    DEV,
    FIX,
    MENDED,
    REVIEW,
    REVIEWED,
    WORK,
    add,
    record,
    reviewed,
    squash,
    work,
)
from tests.gate.repo import (
    FIND,
    MAPPED,
    STORE,
    STORE_AT,
    Content,
    Repo,
    passes,
    refuses,
    respecified,
    story,
)


@pytest.fixture(autouse=True)
def start(repo: Repo) -> str:
    """The tip of `main`, which asks for reviews."""
    start = repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")
    return start


def checked(*rounds: int, name: str = "tests") -> dict[str, object]:
    return {"checks": tuple(CheckRun(round=number, name=name, ok=True, exit=0) for number in rounds)}


def found(number: int, **other: Any) -> dict[str, object]:
    values = {"id": "F-1", "round": number, "severity": "P1", "lens": "correctness", "path": "src/find.py"}
    one = RecordedFinding.model_validate(values | {"line": 1, "disposition": "fixed"} | other)
    return {"findings": (one,)}


def evidence(criterion: str, *checks: str) -> dict[str, object]:
    return {"evidence": (Evidence(criterion=criterion, checks=checks, failed_before=True, passed_after=True),)}


def by(backend: str, model: str = "") -> tuple[Work, ...]:
    return tuple(
        one.model_copy(update={"backend": backend, "model": model, "prompt": ""}) for one in (DEV, REVIEW)
    )


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (MENDED | checked(1), MENDED | checked(1, 2)),
        (MENDED | checked(1, 1), MENDED | checked(2)),
        (
            MENDED | checked(1),
            {"rounds": 2, "work": (*WORK, work("2/review/correctness", Role.REVIEWER, "c5"))} | checked(1),
        ),
        (checked(0, 1), checked(1, 1)),
        (checked(1, name=" \u200b"), checked(1, name="\u0905")),
        ({"work": by(" ")}, {"work": by("codex")}),
        ({"work": (WORK[0], REVIEW)}, {"work": (DEV, REVIEW)}),
        (
            {"work": (work("1/triage", Role.DEVELOPER, "c6"), REVIEW)},
            {"work": (DEV, REVIEW, work("1/triage", Role.DEVELOPER, "c6"))},
        ),
        (
            {"work": (DEV, REVIEW, work("2/review/correctness", Role.REVIEWER, "c5")), "rounds": 2} | found(1),
            MENDED | found(1),
        ),
        (
            {"work": (DEV, REVIEW, work("1/review.2/correctness", Role.REVIEWER, "c5"))} | found(1, severity="P0"),
            {"work": (DEV, REVIEW, work("1/review.2/correctness", Role.REVIEWER, "c5"))} | found(1, severity="P2"),
        ),
        (
            {"work": (*WORK, work("2/test", Role.TESTER, "c4"), AGAIN), "rounds": 2} | found(1),
            {"work": (*WORK, work("2/test", Role.TESTER, "c8"), FIX, AGAIN), "rounds": 2} | found(1),
        ),
        (MENDED | found(2, lens="person"), MENDED | found(1, lens="person")),
        (MENDED | found(0), MENDED | found(1)),
        (evidence("STORY-nope/AC-9", "tests"), evidence(f"{FIND}/AC-1", "tests")),
        (evidence(f"{FIND}/AC-9"), evidence(f"{FIND}/AC-2")),
        (evidence(f"{FIND}/AC-1", "tests", "nothere"), evidence(f"{FIND}/AC-1")),
    ],
)
def test_a_record_that_contradicts_itself(repo: Repo, wrong: dict[str, object], right: dict[str, object]) -> None:
    reviewed(repo, FIND, CODE, **wrong)  # type: ignore[arg-type]
    refuses(repo.gate(), "G08")
    repo.branch("work")
    reviewed(repo, FIND, CODE, **right)  # type: ignore[arg-type]
    passes(repo.gate())


def test_a_target_that_moved_is_verified_again_in_the_same_round(repo: Repo) -> None:
    """As the loop records it: one round of work, checks of two visits, a review of what the rebase changed."""
    again = work("1/review.2/correctness", Role.REVIEWER, "c5")
    reviewed(repo, FIND, CODE, work=(*WORK, again), **checked(1, 1))  # type: ignore[arg-type]
    passes(repo.gate())


def test_a_story_written_anew_in_a_later_round(repo: Repo) -> None:
    """Its specification changed: the rounds go on with a creator, and what a person demanded before is fixed."""
    create, dev = work("2/create", Role.CREATOR, "c4"), work("2/dev", Role.DEVELOPER, "c5")
    review, fix = work("2/review/correctness", Role.REVIEWER, "c6"), work("3/fix", Role.DEVELOPER, "c7")
    whole = (*WORK, create, dev, review, fix, work("3/review/correctness", Role.REVIEWER, "c8"))
    fields: dict[str, object] = {"rounds": 3, "work": whole} | checked(1, 2, 3) | found(1, lens="person")
    reviewed(repo, FIND, CODE, **fields)  # type: ignore[arg-type]
    passes(repo.gate())


NEW: dict[str, Content] = {**CODE, "tests/find/a.py": "assert 1\n"}
ALSO = ("`src/store.py`", "`src/store.py`, `src/find.py`, `tests/find/**`")


@pytest.fixture
def shared(repo: Repo, start: str) -> str:  # noqa: ARG001 - it comes before
    """The tip of `main`, where the territories of both stories hold the same paths."""
    wide = repo.commit("main", "Widen\n", respecified({STORE_AT: ALSO}))
    repo.branch("work")
    return wide


def recorded(repo: Repo, name: str, base: str, number: int = 1) -> None:
    """The record of a story's work from base to where `work` stands."""
    add(repo, "work", record(repo, name, base, "work", landing=number))


def claimed(repo: Repo) -> set[str | None]:
    report = repo.gate()
    refuses(report, "G15")
    assert all("the records have it as work of" in one.message for one in report.findings)
    return {one.path for one in report.findings}


def test_commits_that_claim_another_story_than_was_reviewed(repo: Repo, shared: str) -> None:
    repo.commit("work", story(STORE), NEW)
    recorded(repo, FIND, shared)
    assert claimed(repo) == {"src/find.py", "tests/find/a.py"}
    assert f"bmad submit {STORE}" in repo.gate().findings[0].fix
    repo.branch("work")
    repo.commit("work", story(FIND), NEW)
    recorded(repo, FIND, shared)
    passes(repo.gate())


def test_one_commit_among_honest_ones_claims_another_story(repo: Repo, shared: str) -> None:
    repo.commit("work", story(FIND), {"src/find.py": "half\n"})
    repo.commit("work", story(STORE), NEW)
    recorded(repo, FIND, shared)
    assert claimed(repo) == {"src/find.py", "tests/find/a.py"}
    repo.merge("main", "work")
    refuses(repo.gate("main", since=shared), "G15")
    repo.git("update-ref", "refs/heads/main", shared)
    squash(repo, "work")
    passes(repo.gate())
    squash(repo, "work", story(STORE, FIND))
    assert claimed(repo) == {"src/find.py", "tests/find/a.py"}


def test_several_stories_that_share_paths(repo: Repo, shared: str) -> None:
    repo.commit("work", story(FIND), NEW)
    recorded(repo, FIND, shared)
    second = repo.tip("work")
    repo.commit("work", story(STORE), {"src/find.py": "2\n", "src/store.py": "2\n"})
    recorded(repo, STORE, second)
    passes(repo.gate())
    squash(repo, "work", story(FIND, STORE))
    passes(repo.gate())
    squash(repo, "work")
    passes(repo.gate())


@pytest.mark.usefixtures("shared")
def test_what_a_story_takes_back_itself_it_does_not_claim(repo: Repo) -> None:
    old: dict[str, Content] = {"src/find.py": MAPPED["src/find.py"]}
    one = repo.commit("work", story(STORE), {"src/find.py": "sketch\n"})
    repo.commit("work", f'Revert "Work"\n\nThis reverts commit {one}.\n', old)
    repo.commit("work", story(STORE), {"src/find.py": "again\n"})
    repo.commit("work", story(STORE, title="Undo"), old)
    base = repo.tip("work")
    repo.commit("work", story(FIND), NEW)
    recorded(repo, FIND, base)
    passes(repo.gate())
    repo.commit("work", story(STORE), old)
    repo.commit("work", story(FIND), CODE)
    assert claimed(repo) == {"src/find.py"}


@pytest.mark.usefixtures("shared")
def test_a_merge_with_a_resolution_claims_like_any_commit(repo: Repo) -> None:
    repo.commit("work", story(FIND), {"src/find.py": "ours\n"})
    theirs = repo.commit("main", story(STORE), {"src/find.py": "theirs\n"})
    ours = repo.tip("work")
    repo.merge("work", "main", story(FIND), {"src/find.py": "both\n"})
    recorded(repo, FIND, theirs)
    passes(repo.gate())
    repo.git("update-ref", "refs/heads/work", ours)
    repo.merge("work", "main", story(STORE), {"src/find.py": "both\n"})
    recorded(repo, FIND, theirs)
    assert claimed(repo) == {"src/find.py"}


def test_reverts_and_exempt_and_governed_paths_claim_nothing(repo: Repo) -> None:
    made = reviewed(repo, FIND, NEW)
    repo.git("update-ref", "refs/heads/main", repo.tip("work"))
    policy = REVIEWED.replace(
        "since: root",
        "since: root, exempt: [{paths: ['gen/**'], by: bot, reason: made, owner: ada, until: 2027-06-30}]",
    )
    repo.commit("main", "P\n\nPolicy: generated\n", {"bmad.yaml": policy})
    repo.branch("work")
    old: dict[str, Content] = {"src/find.py": MAPPED["src/find.py"], "tests/find/a.py": None}
    repo.commit("work", f'Revert "Work"\n\nThis reverts commit {made.head}.\n', old)
    repo.commit("work", story(STORE), {"gen/a": "1\n"}, author="bot <b@x>")
    repo.commit("work", f"CI\n\nPolicy: ci\nStory: {STORE}\n", {".github/workflows/x.yml": "on: push\n"})
    reviewed(repo, STORE, {"src/store.py": "1\n"})
    passes(repo.gate())


def test_a_squash_of_many_landings_names_the_first_few(repo: Repo) -> None:
    for number in range(1, 9):
        reviewed(repo, FIND, {f"tests/find/{number}.py": "1\n"}, number=number)
    squash(repo, "work")
    passes(repo.gate())
    assert f"the records of {FIND} say" in " ".join(repo.gate().notes)
    assert listed(f"STORY-{at}" for at in [*range(8), 1]).endswith("STORY-4 and 3 more")
    assert listed(["STORY-1", "STORY-\x1b"]) == "STORY-1, STORY-\\x1b"

"""Reverts of requests that held more than one kind of work, and of work that somebody else takes back as well."""

from collections.abc import Mapping

import pytest

from tests.gate.records import REVIEWED, at, reviewed
from tests.gate.repo import (
    FIND,
    MAPPED,
    STORE,
    STORE_AT,
    Content,
    Repo,
    codes,
    kinds,
    passes,
    refuses,
    respecified,
    story,
)
from tests.gate.test_truth_f_bots import BOT, BUMP, MESSAGE, UNDONE, granted, policy, reverting

FOUND: dict[str, Content] = {"src/find.py": "found\n"}
BACK: dict[str, Content] = {"src/find.py": MAPPED["src/find.py"], **UNDONE}
LEVELS = ("scoped", "reviewed")


def both(repo: Repo, level: str, *, other: Mapping[str, Content] | None = None) -> str:
    """A request with a robot's bump and a story's work, merged; a branch for what comes next."""
    granted(repo, policy().replace("gate: {", "act: {accept: auto, lenses: [correctness]}\ngate: {"))
    repo.commit("main", "Lock\n", {"package-lock.json": "1\n"}, author=BOT)
    if level == "reviewed":
        asked = policy().replace("gate: {level: scoped", f"{REVIEWED.splitlines()[1]}\ngate: {{level: reviewed")
        repo.commit("main", "Reviews\n\nPolicy: reviews\n", {"bmad.yaml": asked})
    repo.branch("work", "main")
    repo.commit("work", MESSAGE, BUMP, author=BOT)
    if level == "reviewed":
        reviewed(repo, FIND, FOUND)
    else:
        repo.commit("work", story(FIND), {**FOUND, **(other or {})})
    if other is None:
        passes(repo.gate())
    return land(repo)


def land(repo: Repo) -> str:
    made = repo.merge("main", "work", "Merge pull request #3\n")
    repo.branch("work", "main")
    return made


def with_record(repo: Repo, level: str, files: Mapping[str, Content], made: str) -> dict[str, Content]:
    """The files, and the record as a commit has it; none where nothing was reviewed."""
    kept = {at(FIND): f"{repo.git('show', f'{made}:{at(FIND)}')}\n"} if level == "reviewed" else {}
    return {**files, **kept}


def without_record(level: str) -> dict[str, Content]:
    return {**BACK, **({at(FIND): None} if level == "reviewed" else {})}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("by_name", [True, False])
def test_f_a_robots_and_a_storys_work_is_taken_back_and_comes_again(
    repo: Repo, level: str, *, by_name: bool
) -> None:
    """What an exemption let in asks for no story, neither when it goes nor when it returns."""
    made = both(repo, level)
    words = reverting(made) if by_name else 'Revert "x" (#4)\n\nReverts o/r#3\n'
    back = repo.commit("work", words, without_record(level))
    report = repo.gate()
    passes(report)
    assert (kinds(report), report.commits[0].stories) == (["revert"], (FIND,))
    merged = land(repo)
    for target in (back, merged):
        repo.branch("work", "main")
        again = reverting(target) if by_name else 'Revert "y" (#5)\n\nReverts o/r#4\n'
        repo.commit("work", again, with_record(repo, level, {**FOUND, **BUMP}, made))
        passes(repo.gate())
    before = repo.tip("main")
    last = land(repo)
    passes(repo.gate("main", since=before))
    repo.commit("work", reverting(last), without_record(level))
    passes(repo.gate())


@pytest.mark.parametrize("level", LEVELS)
def test_f_what_somebody_else_had_a_part_in_is_asked_about_when_it_returns(repo: Repo, level: str) -> None:
    """The robot's exemption was withdrawn, or its file is not as it left it."""
    made = both(repo, level)
    back = repo.commit("work", reverting(made), without_record(level))
    land(repo)
    forth = with_record(repo, level, {**FOUND, **BUMP}, made)
    repo.commit("work", reverting(back), {**forth, "package-lock.json": "evil\n"})
    assert "G01" in codes(repo.gate())
    other = repo.git("show", "main:bmad.yaml").replace("dependabot[bot]", "renovate[bot]")
    repo.commit("main", "Another bot\n\nPolicy: ci\n", {"bmad.yaml": f"{other}\n"})
    repo.branch("work", "main")
    repo.commit("work", reverting(back), forth)
    assert "G04" in codes(repo.gate())


def test_f_a_file_that_a_story_changed_as_well_is_that_storys(repo: Repo) -> None:
    """Beyond its territory it does not come back, however it came to be there."""
    made = both(repo, "scoped", other={"package-lock.json": "3\n"})
    repo.commit("work", reverting(made), BACK)
    passes(repo.gate())
    land(repo)
    repo.commit("work", reverting(repo.tip("main")), {**FOUND, **BUMP, "package-lock.json": "3\n"})
    refuses(repo.gate(), "G04")


def test_f_a_merge_that_says_why_had_a_part_in_all_of_it(repo: Repo) -> None:
    """What it settled at the robot's file is no work of the robot's."""
    granted(repo, policy('"package-lock.json", "src/store.py"'))
    repo.branch("work", "main")
    repo.commit("work", MESSAGE, {"src/store.py": "bumped\n"}, author=BOT)
    made = repo.merge("main", "work", story(STORE, title="Merge"), {"src/store.py": "by hand\n"})
    repo.branch("work", "main")
    back = repo.commit("work", reverting(made), {"src/store.py": MAPPED["src/store.py"]})
    report = repo.gate()
    passes(report)
    assert (report.commits[0].stories, report.exempt) == ((STORE,), ())
    repo.git("update-ref", "refs/heads/main", back)
    narrow = respecified({STORE_AT: ("`src/store.py`", "`src/shop.py`")})
    repo.commit("main", "Narrow\n", narrow)
    repo.branch("work", "main")
    repo.commit("work", reverting(back), {"src/store.py": "by hand\n"})
    refuses(repo.gate(), "G04")


WITHDRAWN: dict[str, Content] = {"bmad.yaml": MAPPED["bmad.yaml"]}
"""A policy that exempts nobody any more."""


@pytest.mark.parametrize("first", ["policy", "revert"])
def test_f_a_revert_beside_a_change_of_policy_is_told_how_it_lands(repo: Repo, first: str) -> None:
    """Rebased, what comes after the policy is judged by it; so the advice is to merge, and that passes."""
    granted(repo, policy())
    repo.commit("main", "Lock\n", {"package-lock.json": "1\n"}, author=BOT)
    repo.branch("work", "main")
    made = repo.commit("work", MESSAGE, BUMP, author=BOT)
    land(repo)
    steps: list[tuple[str, dict[str, Content]]] = [
        ("Rules\n\nPolicy: no robots\n", WITHDRAWN),
        (reverting(made), UNDONE),
    ]
    for words, files in steps if first == "policy" else reversed(steps):
        repo.commit("work", words, files)
    report = repo.gate()
    passes(report)
    [told] = [note for note in report.notes if note.startswith("land this by")]
    assert told.startswith("land this by merge, or" if first == "policy" else "land this by merge or rebase, or")
    before = repo.tip("main")
    assert codes(repo.gate("work", since=before)) == (set() if first == "revert" else {"G01", "G06"})
    land(repo)
    passes(repo.gate("main", since=before))


@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize("named", [True, False])
def test_f_two_open_reverts_of_one_landing_land_one_after_the_other(
    repo: Repo, *, merged: bool, named: bool
) -> None:
    """The second one takes back what is gone already; the work comes again by a revert of either."""
    repo.commit("main", "Ask\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work", "main")
    reviewed(repo, FIND, FOUND)
    made = land(repo)
    gone: dict[str, Content] = {"src/find.py": MAPPED["src/find.py"], at(FIND): None}
    for name in ("one", "two"):
        repo.branch(name, "main")
        repo.commit(name, reverting(made) if named else f'Revert "x" ({name})\n', gone)
    before = repo.tip("main")
    for name in ("one", "two"):
        passes(repo.gate(name))
        repo.merge("main", name, f"Merge {name}\n")
        if not merged:
            tree = repo.tip("main^{tree}")
            one = repo.git("commit-tree", tree, "-p", repo.tip("main~1"), stdin=reverting(made).encode())
            repo.git("update-ref", "refs/heads/main", one)
    passes(repo.gate("main", since=before))
    kept = f"{repo.git('show', f'{made}:{at(FIND)}')}\n"
    for target in ("one", "two") if merged else ("main~1",):
        repo.branch("work", "main")
        repo.commit("work", reverting(repo.tip(target)), {**FOUND, at(FIND): kept})
        passes(repo.gate())


LANE = "trivial: {paths: [README.md], lines: 6, files: 1}"
OLD, NEW = MAPPED["README.md"], "# Notes!\n"


def tiny(repo: Repo, level: str, gate: str = LANE) -> str:
    """A request with a tiny change and a story's work, merged; a branch for what comes next."""
    lenses = "act: {accept: auto, lenses: [correctness]}"
    text = f"version: 1\n{lenses}\ngate: {{level: {level}, since: root, {gate}}}\n"
    repo.commit("main", "Policy\n\nPolicy: degrees\n", {"bmad.yaml": text})
    repo.branch("work", "main")
    repo.commit("work", "Typo\n\nStory: none\nTrivial: a typo\n", {"README.md": NEW})
    if level == "reviewed":
        reviewed(repo, FIND, FOUND)
    else:
        repo.commit("work", story(FIND), FOUND)
    passes(repo.gate())
    return land(repo)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("whole", [True, False])
def test_f_a_tiny_change_is_taken_back_and_comes_again_alone_or_beside_a_story(
    repo: Repo, level: str, *, whole: bool
) -> None:
    made = tiny(repo, level)
    gone: dict[str, Content] = {"README.md": OLD}
    again: dict[str, Content] = {"README.md": NEW}
    if whole:
        gone |= {key: one for key, one in without_record(level).items() if key not in UNDONE}
        again |= with_record(repo, level, FOUND, made)
    one = repo.git("log", "--format=%H", "--grep=Story: none", "main")
    back = repo.commit("work", reverting(made if whole else one), gone)
    report = repo.gate()
    passes(report)
    assert (kinds(report), report.exempt, report.trivial) == (["revert"], (), ())
    land(repo)
    repo.commit("work", reverting(back), again)
    passes(repo.gate())
    repo.commit("work", reverting(back), {**again, "README.md": "evil\n"}, onto=repo.tip("main"))
    assert "G01" in codes(repo.gate())


def test_f_without_the_lane_a_tiny_change_is_taken_back_by_a_story(repo: Repo) -> None:
    tiny(repo, "scoped")
    text = repo.git("show", "main:bmad.yaml").replace(LANE, "assisted_by: ignore")
    repo.commit("main", "No lane\n\nPolicy: enough\n", {"bmad.yaml": f"{text}\n"})
    repo.branch("work", "main")
    repo.commit(
        "work", reverting(repo.git("log", "--format=%H", "--grep=Story: none", "main")), {"README.md": OLD}
    )
    refuses(repo.gate(), "G01")

"""Robots that keep files up to date: an exemption is for what an author wrote, whoever pushes or lands it."""

from datetime import UTC, datetime

import pytest

from bmad.core.gate.exempt import Author, author_of
from bmad.core.gate.reverts import named
from bmad.model.settings import Level
from tests.gate.records import squash
from tests.gate.repo import FIND, Content, Repo, codes, kinds, passes, refuses, story

BOT = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>"
CI = ".github/workflows/a.yml"
BUMP: dict[str, Content] = {CI: "uses: a@v2\n", "package-lock.json": "2\n"}
MESSAGE = (
    "Bump a from v1 to v2\n\n---\nupdated-dependencies:\n- dependency-name: a\n...\n\nSigned-off-by: x <x@x>\n"
)


def policy(paths: str = '".github/workflows/**", package-lock.json', *, more: str = "", by: str = "") -> str:
    one = f'{{paths: [{paths}], by: "{by or "dependabot[bot]"}", reason: updates, owner: ada, until: 2030-01-01}}'
    return f"version: 1\ngate: {{level: scoped, since: root, exempt: [{one}]{more}}}\n"


@pytest.fixture
def bumped(repo: Repo) -> Repo:
    granted(repo, policy())
    return repo


def granted(repo: Repo, text: str) -> None:
    repo.commit("main", "CI\n\nPolicy: ci\n", {CI: "uses: a@v1\n", "bmad.yaml": text})
    repo.branch("work")


def test_f_a_bump_of_a_workflow_and_a_lock_passes_and_is_told_as_a_label(bumped: Repo) -> None:
    made = bumped.commit("work", MESSAGE, BUMP, author=BOT)
    report = bumped.gate()
    passes(report)
    assert kinds(report) == ["exempt"]
    assert report.policy_changes == (made,)
    assert "exempt as written by dependabot[bot]" in report.notes[0]
    assert "nobody signed" in report.notes[0]


def test_f_what_passed_in_a_request_passes_after_it_landed(bumped: Repo) -> None:
    bumped.commit("work", MESSAGE, BUMP, author=BOT)
    before = bumped.tip("main")
    bumped.merge("main", "work", "Merge pull request #3\n")
    passes(bumped.gate("main", since=before))
    squash(bumped, "work", f"Bump (#3)\n\n{MESSAGE}", before, author="dependabot[bot]")
    passes(bumped.gate("work", since=before))


@pytest.mark.parametrize(
    "author", ["Mallory <m@x>", "dependabot <d@x>", "Dependabot[bot] <d@x>", "x <dependabot>"]
)
def test_f_anothers_commit_on_the_robots_branch_is_refused(bumped: Repo, author: str) -> None:
    bumped.commit("work", MESSAGE, BUMP, author=BOT)
    bumped.commit("work", "More\n\nSigned-off-by: dependabot[bot] <d@x>\n", {CI: "run: evil\n"}, author=author)
    report = bumped.gate()
    refuses(report, "G06", "G07")
    assert any("dependabot[bot] writes, and this is by" in one.message for one in report.every_finding)


def test_f_a_squash_of_the_robots_and_anothers_work_is_refused(bumped: Repo) -> None:
    message = f"{MESSAGE.rstrip()}\nCo-authored-by: Mallory <m@x>\n"
    bumped.commit("work", message, BUMP, author=BOT)
    assert codes(bumped.gate()) == {"G01", "G06", "G07"}
    bumped.branch("work", "main")
    bumped.commit("work", message.replace("Mallory <m@x>", BOT), BUMP, author=BOT)
    passes(bumped.gate())


def test_f_the_robot_touches_nothing_else(bumped: Repo) -> None:
    bumped.commit("work", MESSAGE, {**BUMP, "src/find.py": "x\n"}, author=BOT)
    refuses(bumped.gate(), "G01")
    bumped.branch("work", "main")
    bumped.commit("work", MESSAGE, {"CODEOWNERS": "* @me\n"}, author=BOT)
    refuses(bumped.gate(), "G06")


@pytest.mark.parametrize(
    "paths", ['"**"', '"*/workflows/**"', '"[.]github/**"', '"bmad.yaml"', '".github/**", "**"']
)
def test_f_only_what_names_a_governed_path_grants_it(repo: Repo, paths: str) -> None:
    granted(repo, policy(paths))
    repo.commit("work", "Weaker\n", {"bmad.yaml": policy(paths, more=", max_stories: 9")}, author=BOT)
    assert "G06" in codes(repo.gate())
    repo.branch("work", "main")
    repo.commit("work", "Bump\n", {CI: "uses: a@v2\n"}, author=BOT)
    assert codes(repo.gate()) == (set() if ".github/" in paths else {"G06"} if "bmad" in paths else {"G06", "G07"})


def test_f_where_the_base_refuses_governed_changes_none_is_exempt(repo: Repo) -> None:
    granted(repo, policy(more=", governed_change: refuse"))
    repo.commit("work", "Bump\n", {CI: "uses: a@v2\n"}, author=BOT)
    refuses(repo.gate(), "G06", "G07")


def test_f_twins_links_and_ended_exemptions_grant_nothing(bumped: Repo) -> None:
    bumped.commit("work", "Bump\n", {CI: ("120000", "/etc/passwd")}, author=BOT)
    refuses(bumped.gate(), "G06", "G07")
    bumped.branch("work", "main")
    bumped.commit(
        "work", "Bump\n", {".github/workflows/A.YML": "x\n", ".GitHub/workflows/b.yml": "x\n"}, author=BOT
    )
    assert "G06" in codes(bumped.gate())
    bumped.branch("work", "main")
    bumped.commit("work", MESSAGE, BUMP, author=BOT)
    refuses(bumped.gate(when=datetime(2031, 1, 1, tzinfo=UTC)), "G01", "G06", "G07")


def test_f_a_persons_policy_commit_at_the_same_path_passes_as_ever(bumped: Repo) -> None:
    bumped.commit("work", "CI\n\nPolicy: pin\n", {CI: "uses: a@v3\n"})
    passes(bumped.gate())


def test_f_a_mixed_commit_of_the_robot_under_a_story(bumped: Repo) -> None:
    bumped.commit("work", story(FIND), {"package-lock.json": "2\n", "src/find.py": "x\n"}, author=BOT)
    passes(bumped.gate())
    bumped.commit("work", story(FIND), {"package-lock.json": "3\n", "src/find.py": "y\n"})
    refuses(bumped.gate(), "G04")


def test_f_authors_are_read_as_git_writes_them() -> None:
    assert author_of(f"{BOT} 1700000000 +0000".encode()).is_("dependabot[bot]")
    assert author_of(f"{BOT} 1700000000 +0000".encode()).is_(BOT)
    assert author_of(b" bot@x") == Author("bot@x", "")
    assert not author_of(b"Mallory <m@x> dependabot[bot] <d@x> 1 +0000").is_("dependabot[bot]")


def reverting(made: str) -> str:
    return f'Revert "Bump"\n\nThis reverts commit {made}.\n'


@pytest.fixture
def landed(bumped: Repo) -> Repo:
    """The bump on main, by a merge; a branch for what comes after it."""
    bumped.commit("main", "Lock\n", {"package-lock.json": "1\n"}, author=BOT)
    bumped.branch("work", "main")
    bumped.commit("work", MESSAGE, BUMP, author=BOT)
    bumped.merge("main", "work", "Merge pull request #3\n")
    bumped.branch("bump", "work")
    bumped.branch("work", "main")
    return bumped


UNDONE: dict[str, Content] = {CI: "uses: a@v1\n", "package-lock.json": "1\n"}


@pytest.mark.parametrize("level", [Level.SCOPED, Level.REVIEWED])
@pytest.mark.parametrize("by", ["bump", "main", "content"])
def test_f_a_persons_revert_of_a_bump_of_ci_and_code_passes(landed: Repo, by: str, level: Level) -> None:
    words = 'Revert "Bump" (#4)\n\nReverts owner/repo#3\n' if by == "content" else reverting(landed.tip(by))
    undone = landed.commit("work", words, UNDONE)
    report = landed.gate(level=level)
    passes(report)
    assert kinds(report) == ["revert"]
    assert report.policy_changes == report.exempt == (undone,)
    assert any("exempt as written by dependabot[bot]" in note for note in report.notes)
    landed.git("update-ref", "refs/heads/main", undone)
    landed.commit("work", reverting(undone), BUMP)
    passes(landed.gate(level=level))


def test_f_a_revert_of_a_bump_and_anothers_work_takes_both_back(landed: Repo) -> None:
    made = landed.commit("main", story(FIND), {"src/find.py": "x\n"})
    landed.branch("work", "main")
    words = f"{reverting(made)}\n{reverting(landed.tip('bump'))}"
    old = landed.git("show", "main~1:src/find.py") + "\n"
    landed.commit("work", words, {**UNDONE, "src/find.py": old})
    report = landed.gate()
    passes(report)
    assert report.commits[0].stories == (FIND,)


@pytest.mark.parametrize(
    "files",
    [
        {CI: "uses: a@v1\n", "package-lock.json": "evil\n"},
        {"package-lock.json": "1\n"},
        {**UNDONE, "src/find.py": "x\n"},
        {**UNDONE, ".github/workflows/b.yml": "run: x\n"},
    ],
)
def test_f_what_is_no_whole_revert_of_a_bump_is_refused(landed: Repo, files: dict[str, Content]) -> None:
    landed.commit("work", reverting(landed.tip("bump")), files)
    assert {"G01", "G06"} & codes(landed.gate())


def test_f_a_revert_of_what_another_wrote_or_the_base_grants_no_more_is_refused(landed: Repo) -> None:
    landed.commit("work", reverting(landed.tip("bump")), UNDONE)
    passes(landed.gate())
    assert {"G01", "G06"} <= codes(landed.gate(when=datetime(2031, 1, 1, tzinfo=UTC)))
    landed.commit("main", "Another bot\n\nPolicy: ci\n", {"bmad.yaml": policy(by="renovate[bot]")})
    assert {"G01", "G06"} <= codes(landed.gate())


@pytest.mark.parametrize("merge", [False, True])
def test_f_a_revert_by_reference_of_a_commit_inside_a_merged_branch(repo: Repo, merge: bool) -> None:
    first = repo.commit("work", story(FIND), {"src/find.py": "x\n"})
    repo.commit("work", story(FIND), {"src/find.py": "y\n"})
    repo.commit("work", story(FIND), {"src/find.py": "x\n"})
    side = repo.commit("work", story(FIND), {"src/find.py": "z\n"})
    made = repo.merge("main", "work", "Merge pull request #12\n")
    repo.branch("work", "main")
    target, back = (made, repo.git("show", f"{first}~1:src/find.py") + "\n") if merge else (side, "x\n")
    words = f"Take it back\n\nThis reverts commit {target[:9]} (Work (again), 2026-11-28)"
    words += f", reversing\nchanges made to {first[:9]} (One, 2026-11-28).\n" if merge else ".\n"
    repo.commit("work", words, {"src/find.py": back})
    report = repo.gate()
    passes(report)
    assert (kinds(report), report.commits[0].stories) == (["revert"], (FIND,))
    repo.branch("work", "main")
    repo.commit("work", words.replace(target[:9], target[:9][::-1]), {"src/find.py": "evil\n"})
    refuses(repo.gate(), "G01")


def test_f_a_revert_names_commits_as_git_and_gitlab_write_them() -> None:
    full, short = "a" * 40, "b" * 7
    assert named(f"T\n\nThis reverts commit {full}.\n".encode()) == (full,)
    assert named(f"T\n\nThis reverts commit {full}".encode()) == (full,)
    assert named(f"T\n\nThis reverts commit {short} (x (y), 2026-01-01).\n".encode()) == (short,)
    assert named(f"T\n\nThis reverts commit {short} and more.\n".encode()) == ()
    assert named(f"T\n\n> This reverts commit {full}.\n".encode()) == ()


def test_f_an_audit_says_that_no_date_proves_a_landing_before_the_end_of_an_exemption(bumped: Repo) -> None:
    """However early a commit says that it was made."""
    before = bumped.tip("main")
    bumped.commit("main", MESSAGE, BUMP, author=BOT)
    after = bumped.tip("main")
    passes(bumped.gate("main", since=before))
    late = datetime(2031, 1, 1, tzinfo=UTC)
    report = bumped.gate("main", since=before, when=late)
    assert {"G06", "G07"} <= codes(report)
    assert any("ended on 2030-01-01" in note and "a later commit" in note for note in report.notes)
    bumped.commit("main", story(FIND), {"src/find.py": "x\n"})
    later = bumped.gate("main", since=after, when=late)
    passes(later)
    assert not any("ended on" in note for note in later.notes)


def test_f_a_link_in_an_exempt_place_is_told_for_what_it_is(bumped: Repo) -> None:
    bumped.commit("work", MESSAGE, {"package-lock.json": ("120000", "src/find.py")}, author=BOT)
    told = [one.message for one in bumped.gate().every_finding if one.code == "G07"]
    assert told == ["the exemption of package-lock.json does not hold: it is for plain files, and this is none"]


LOCKED: dict[str, Content] = {"package-lock.json": "2\n"}


@pytest.mark.parametrize(
    ("path", "content", "message", "told"),
    [
        ("src/find.py", "x = 1\n", story(FIND), True),
        ("src/find.py", "x = 1\n", f"Work\n\nStory: {FIND}\n\nCo-authored-by: {BOT}\n", True),
        ("package-lock.json", "3\n", MESSAGE, False),
    ],
)
def test_f_a_squash_of_a_robot_and_a_person_is_told_of(
    bumped: Repo, path: str, content: str, message: str, *, told: bool
) -> None:
    """Whoever has a part in a squash is one of its authors, so it is not exempt where each commit is."""
    bumped.commit("work", MESSAGE, LOCKED, author=BOT)
    bumped.commit("work", message, {path: content}, author="Ada <a@x>" if told else BOT)
    report = bumped.gate()
    passes(report)
    notes = [note for note in report.notes if note.startswith("land this by merge or rebase")]
    assert [note.endswith("not each of them is exempt at package-lock.json") for note in notes] == [True] * told
    trailers = "".join(f"Story: {one}\n" for one in report.lands)
    squash(bumped, "work", f"Both\n\n{trailers}", author="Ada" if told else "dependabot[bot]")
    refuses(bumped.gate(), "G04") if told else passes(bumped.gate())


def test_f_what_a_story_covers_as_well_asks_for_no_merge(bumped: Repo) -> None:
    granted(bumped, policy('"src/**"'))
    bumped.commit("work", MESSAGE, {"src/find.py": "x = 1\n"}, author=BOT)
    bumped.commit("work", story(FIND), {"src/find.py": "x = 2\n"})
    report = bumped.gate()
    passes(report)
    assert not [note for note in report.notes if "squash" in note]
    squash(bumped, "work", story(FIND))
    passes(bumped.gate())

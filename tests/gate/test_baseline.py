"""The dated ratchet: what was untraced at a commit of the base may stay until a day, and no longer."""

from datetime import UTC, datetime

import pytest

from bmad.git import changes, objects
from bmad.git.read import history, path_history
from bmad.render.gate import text
from tests.gate.repo import FIND, STORE, Content, Repo, codes, passes, refuses, story

LATE = datetime(2027, 1, 2, tzinfo=UTC)


def policy(commit: str, until: str = "2027-01-01", more: str = "") -> dict[str, Content]:
    one = f"{{commit: {commit}, until: {until}, reason: before bmad, owner: ada}}"
    return {"bmad.yaml": f"version: 1\ngate:\n  level: scoped\n  since: root\n  baseline: {one}\n{more}"}


@pytest.fixture
def ratchet(repo: Repo) -> Repo:
    """`src/old.py` came without a story, `src/find.py` with one, and what the project began with with none."""
    repo.commit("main", "Around the gate\n", {"src/old.py": "old\n", "README.md": "# Old\n"})
    repo.commit("main", story(FIND), {"src/find.py": "new\n"})
    repo.commit("main", "Ratchet\n\nPolicy: a day\n", policy(repo.tip("main")))
    repo.branch("work")
    return repo


def test_what_is_untraced_may_stay_until_its_day_and_is_listed_with_it(ratchet: Repo) -> None:
    ratchet.commit("work", story(FIND), {"src/find.py": "newer\n"})
    report = ratchet.gate()
    passes(report)
    assert report.baseline is not None
    assert report.baseline.files == (".gitignore", "README.md", "src/old.py", "src/other.py", "src/store.py")
    assert (report.baseline.until, report.baseline.ended) == ("2027-01-01", False)
    assert "untraced as at" in text(report)
    assert "and may until 2027-01-01 (before bmad; owner ada): .gitignore, README.md, src/old.py" in text(report)
    passes(ratchet.gate(when=datetime(2027, 1, 1, 23, tzinfo=UTC)))


def test_past_its_day_it_refuses_work(ratchet: Repo) -> None:
    ratchet.commit("work", story(FIND), {"src/find.py": "newer\n"})
    report = ratchet.gate(when=LATE)
    refuses(report, "G01")
    assert [one.path for one in report.findings][-3:] == ["src/old.py", "src/other.py", "src/store.py"]
    assert "let it stay until 2027-01-01" in report.findings[0].message
    refuses(ratchet.gate(since="main", when=LATE), "G01")


def test_past_its_day_a_later_one_can_be_landed_and_counts_then(ratchet: Repo) -> None:
    """The policy alone, and not beside work."""
    later = policy(ratchet.tip("main~1"), "2028-01-01")
    ratchet.commit("work", "Later\n\nPolicy: not done yet\n", later)
    report = ratchet.gate(when=LATE)
    passes(report)
    assert any("until 2027-01-01 to" in note and "until 2028-01-01" in note for note in report.notes)
    ratchet.commit("work", story(FIND), {"src/find.py": "newer\n"})
    refuses(ratchet.gate(when=LATE), "G01")
    ratchet.commit("main", "Later\n\nPolicy: not done yet\n", later)
    ratchet.branch("work")
    ratchet.commit("work", story(FIND), {"src/find.py": "newer\n"})
    passes(ratchet.gate(when=LATE))


def test_it_excuses_nothing_that_a_range_changes(ratchet: Repo) -> None:
    ratchet.commit("work", "Touched\n", {"src/old.py": "older\n"})
    refuses(ratchet.gate(), "G01")
    ratchet.branch("work", "main")
    ratchet.commit("work", "Again\n", {"src/fresh.py": "x\n"})
    refuses(ratchet.gate(), "G01")


def test_a_story_or_the_end_of_a_file_settles_it(ratchet: Repo) -> None:
    ratchet.commit("work", story(STORE), {"src/store.py": "store\n"})
    report = ratchet.gate()
    passes(report)
    assert report.baseline is not None
    assert "src/store.py" not in report.baseline.files
    ratchet.commit("main", story(STORE), {"src/store.py": "stored\n"})
    ratchet.branch("work")
    ratchet.commit("work", story(FIND), {"src/find.py": "newer\n"})
    again = ratchet.gate()
    assert again.baseline is not None
    assert again.baseline.files == (".gitignore", "README.md", "src/old.py", "src/other.py")


def test_what_has_gone_without_a_story_is_owed_no_more(ratchet: Repo) -> None:
    """It was refused then, or let through by name; nobody can take away again what is not there."""
    ratchet.commit("main", "Clean up\n", {"src/old.py": None, "README.md": None})
    ratchet.branch("work")
    ratchet.commit("work", story(FIND), {"src/find.py": "newer\n"})
    report = ratchet.gate(when=LATE)
    refuses(report, "G01")
    assert [one.path for one in report.every_finding] == [".gitignore", "src/other.py", "src/store.py"]


def test_what_the_base_settles_after_a_branch_began_is_settled(ratchet: Repo) -> None:
    ratchet.commit("work", story(FIND), {"src/find.py": "newer\n"})
    ratchet.commit("main", story(STORE), {"src/store.py": "stored\n"})
    report = ratchet.gate()
    assert report.baseline is not None
    assert report.baseline.files == (".gitignore", "README.md", "src/old.py", "src/other.py")


def test_a_tiny_change_or_an_exemption_settles_nothing(repo: Repo) -> None:
    lanes = "  trivial: {paths: ['**']}\n"
    repo.commit("main", "Ratchet\n\nPolicy: a day\n", policy(repo.base, more=lanes))
    repo.branch("work")
    repo.commit("work", "Word\n\nStory: none\nTrivial: a typo\n", {"src/other.py": "OTHER = 2\n"})
    report = repo.gate()
    passes(report)
    assert report.baseline is not None
    assert "src/other.py" in report.baseline.files
    refuses(repo.gate(when=LATE), "G01")


def test_what_everyone_may_change_is_owed_by_nobody(repo: Repo) -> None:
    one = "  exempt: [{paths: [README.md], reason: pages, owner: ada, until: 2030-01-01}]\n"
    repo.commit("main", "Ratchet\n\nPolicy: a day\n", policy(repo.base, more=one))
    repo.branch("work")
    repo.commit("work", story(FIND), {"src/find.py": "newer\n"})
    report = repo.gate()
    assert report.baseline is not None
    assert report.baseline.files == (".gitignore", "src/other.py", "src/store.py")


def test_a_range_widens_no_baseline_of_its_own(ratchet: Repo) -> None:
    """Its own untraced commit, named by its own policy."""
    made = ratchet.commit("work", "Around\n", {"src/mine.py": "x\n"})
    ratchet.commit("work", "Ratchet\n\nPolicy: mine\n", policy(made))
    refuses(ratchet.gate(), "G01")
    ratchet.merge("main", "work")
    refuses(ratchet.gate("main", since="main~1"), "G01")


def test_an_audit_asks_it_of_the_end_by_the_policy_of_the_last_step(ratchet: Repo) -> None:
    start = ratchet.tip("main")
    ratchet.commit("main", story(FIND), {"src/find.py": "newer\n"})
    gone: dict[str, Content] = dict.fromkeys((".gitignore", "README.md", "src/old.py", "src/other.py"), None)
    ratchet.commit("main", story(FIND), {"src/find.py": "newest\n"})
    refuses(ratchet.gate("main", since=start, when=LATE), "G01")
    paths = "['**', 'src/*.py', .gitignore]"
    exempt = f"  exempt: [{{paths: {paths}, by: A, reason: r, owner: a, until: 2030-01-01}}]\n"
    ratchet.commit("main", "Policy\n\nPolicy: clean up\n", policy(ratchet.tip("main"), more=exempt))
    ratchet.commit("main", "Clean up\n", {**gone, "src/store.py": None, "src/find.py": None})
    passes(ratchet.gate("main", since=start, when=LATE))


@pytest.mark.parametrize("commit", ["b1" * 20, "side"])
def test_a_commit_that_the_base_does_not_hold_is_none(repo: Repo, commit: str) -> None:
    side = repo.commit("side", "Aside\n", {"src/x.py": "x\n"}, onto=repo.base)
    repo.commit("main", "Ratchet\n\nPolicy: a day\n", policy(side if commit == "side" else commit))
    repo.branch("work")
    repo.commit("work", story(FIND), {"src/find.py": "newer\n"})
    report = repo.gate()
    assert report.exit == 3
    assert codes(report) == {"G12"}
    assert any("not in the base's history" in one.message for one in report.every_finding)


def test_such_a_policy_is_refused_before_it_lands(repo: Repo) -> None:
    repo.commit("work", "Ratchet\n\nPolicy: a day\n", policy("b1" * 20))
    assert codes(repo.gate()) == {"G12"}
    repo.branch("work", "main")
    repo.commit("work", "Ratchet\n\nPolicy: a day\n", policy(repo.base))
    passes(repo.gate())


def test_all_that_a_history_ever_changed_is_not_held(ratchet: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no way around an old history; the bound is of the paths in it, each counted once."""
    for at in range(12):
        ratchet.commit("main", story(STORE), {f"src/{name}.py": f"{at}\n" for name in ("store", "other")})
    ratchet.branch("work")
    ratchet.commit("work", story(FIND), {"src/find.py": "newer\n"})
    monkeypatch.setattr(changes, "PATHS", 20)
    report = ratchet.gate()
    passes(report)
    assert report.baseline is not None
    assert report.baseline.files == (".gitignore", "README.md", "src/old.py")
    monkeypatch.setattr(path_history, "PATHS", 1)
    assert "more than 1 changed paths" in ratchet.gate().every_finding[0].message


def test_what_a_merge_joins_is_its_sides(ratchet: Repo) -> None:
    """It names a story, and so settles what it holds otherwise than each of its sides, and nothing else."""
    ratchet.commit("side", "Aside\n", {"src/other.py": "other\n"}, onto=ratchet.tip("main"))
    ratchet.commit("main", "Ahead\n", {"src/old.py": "older\n"})
    ratchet.merge("main", "side", story(STORE, title="Join"), {"src/store.py": "joined\n"})
    ratchet.branch("work")
    ratchet.commit("work", story(FIND), {"src/find.py": "newer\n"})
    report = ratchet.gate()
    assert report.baseline is not None
    assert report.baseline.files == (".gitignore", "README.md", "src/old.py", "src/other.py")


def test_a_history_of_more_commits_than_are_held_is_not_cut_in_silence(
    ratchet: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some of them were read before: what is walked counts, not what is new of it."""
    for at in range(4):
        ratchet.commit("main", story(STORE), {"src/store.py": f"{at}\n"})
    ratchet.branch("work")
    ratchet.commit("work", story(FIND), {"src/find.py": "newer\n"})
    passes(ratchet.gate())
    for module in (history, objects):
        monkeypatch.setattr(module, "COMMITS", 4)
    report = ratchet.gate()
    assert report.exit == 3
    assert "more than 4 commits" in report.every_finding[0].message

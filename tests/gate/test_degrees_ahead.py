"""What a team that comes by degrees reads ahead: of branches that were open at the adoption, and before a map."""

from pathlib import Path

from tests.gate.repo import FIND, Repo, codes, passes, refuses, story

_OLD = {"src/old.py": "OLD = 1\n"}


def _open_branch(repo: Repo, files: dict[str, str]) -> None:
    """A branch that was begun on the base's base, whose commit the base names."""
    old = repo.commit("work", "From before\n", files, onto=repo.base)
    policy = f"version: 1\ngate: {{level: scoped, since: root, grandfathered: [{old}]}}\n"
    repo.commit("main", "Policy\n\nPolicy: open branches\n", {"bmad.yaml": policy})


def test_a_request_says_that_its_squash_is_another_commit_than_the_grandfathered_one(repo: Repo) -> None:
    _open_branch(repo, dict(_OLD))
    report = repo.gate()
    passes(report)
    [note] = [one for one in report.notes if "gate.grandfathered" in one]
    assert note.startswith("land this by merge: a squash or rebase")
    assert "src/old.py" in note
    repo.commit("squashed", "From before (#3)\n", dict(_OLD), onto=repo.tip("main"))
    refuses(repo.gate("squashed"), "G01")
    merged = repo.commit("merged", "Merge\n", dict(_OLD), onto=repo.tip("main"), parents=[repo.tip("work")])
    passes(repo.gate(merged))


def test_a_grandfathered_page_or_a_storys_own_file_is_not_told_of(repo: Repo) -> None:
    _open_branch(repo, {"src/find.py": "def find():\n    return [1]\n"})
    repo.commit("work", story(FIND), {"src/find.py": "def find():\n    return [2]\n"})
    report = repo.gate()
    passes(report)
    assert not any("gate.grandfathered" in one for one in report.notes)


def test_code_from_before_the_adoption_reads_what_may_let_it_land(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo", {"src/a.py": "A = 1\n"})
    repo.commit("work", "Begun before\n", dict(_OLD), onto=repo.base)
    repo.commit("main", "Adopt\n", {"bmad.yaml": f"version: 1\ngate: {{since: {repo.base}}}\n"})
    repo.commit("later", "Begun after\n", dict(_OLD), onto=repo.tip("main"))
    for branch, before in (("work", True), ("later", False)):
        report = repo.gate(branch)
        assert codes(report) == {"G01"}
        [one] = report.every_finding
        assert one.fix.startswith("there is no story yet: write the intent, run bmad map, and land both; then ")
        assert ("gate.grandfathered" in one.fix) is before


def test_what_a_policy_change_asks_otherwise_is_told(repo: Repo) -> None:
    lane = (
        "trivial: {paths: [src/**]}, exempt: [{paths: [docs/**], by: b, reason: r, owner: o, until: 2030-01-01}]"
    )
    first = f"version: 1\ngate: {{level: scoped, since: root, {lane}}}\n"
    repo.commit("main", "Policy\n\nPolicy: p\n", {"bmad.yaml": first})
    repo.branch("work")
    repo.commit("work", "Say it again\n\nPolicy: p\n", {"bmad.yaml": f"# again\n{first}spec: {{criteria: 12}}\n"})
    assert not [one for one in repo.gate().notes if "gate." in one]
    looser = f"version: 1\ngate: {{level: traced, since: root, self_review: true, {lane.replace('src', 'lib')}}}\n"
    repo.commit("work", "Loosen\n\nPolicy: p\n", {"bmad.yaml": looser})
    told = repo.gate().notes
    assert "gate.level changes from scoped to traced" in told
    assert "of what the gate asks, these change, too: gate.trivial, gate.self_review" in told

"""Level `reviewed`: the net change is what the records say, byte for byte; each refusal beside an honest twin."""

import pytest

from bmad.model.record import Record
from bmad.model.settings import Level
from tests.gate.records import REVIEWED, add, at, entries, record, reviewed, squash
from tests.gate.repo import FIND, MAPPED, STORE, Content, Repo, codes, kinds, passes, refuses, story

CODE: dict[str, Content] = {"src/find.py": "def find():\n    return [1]\n"}
LINES = "".join(f"line {at}\n" for at in range(30))


@pytest.fixture(autouse=True)
def _policy(repo: Repo) -> None:
    repo.base = repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")


def hows(repo: Repo, **asked: str) -> list[str]:
    return [one.how for one in repo.gate(**asked).records]  # type: ignore[arg-type]


def test_reviewed_work_passes_and_the_same_without_a_record_does_not(repo: Repo) -> None:
    reviewed(repo, FIND, CODE)
    report = repo.gate()
    passes(report)
    assert report.level is Level.REVIEWED
    assert report.level_reached == "reviewed (declared)"
    assert [(one.story, one.path, one.how) for one in report.records] == [(FIND, at(FIND), "exact")]
    assert kinds(report) == ["story", "story"]
    repo.branch("work")
    repo.commit("work", story(FIND), CODE)
    refuses(repo.gate(), "G15")


def test_reviewed_is_asked_for_on_the_command_line(repo: Repo) -> None:
    repo.commit("main", "P\n\nPolicy: lower\n", {"bmad.yaml": MAPPED["bmad.yaml"]})
    repo.branch("work")
    repo.commit("work", story(FIND), CODE)
    passes(repo.gate())
    refuses(repo.gate(level=Level.REVIEWED), "G15")
    report = repo.gate(level=Level.SCOPED)
    assert report.records == ()


def test_31_a_squash_with_its_trailers_gone(repo: Repo) -> None:
    reviewed(repo, FIND, CODE)
    reviewed(repo, STORE, {"src/store.py": "1\n"})
    squash(repo, "work")
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["story"]
    assert set(report.commits[0].stories) == {FIND, STORE}


def test_31_a_squash_with_one_path_more(repo: Repo) -> None:
    reviewed(repo, FIND, CODE)
    repo.commit("work", "More\n", {"tests/find/extra.py": "x\n"})
    squash(repo, "work")
    refuses(repo.gate(), "G01", "G14", "G15")


def test_32_a_rebase_with_reworded_messages(repo: Repo) -> None:
    made = reviewed(repo, FIND, CODE)
    repo.commit("main", story(STORE), {"docs.txt": "x\n"})
    main = repo.tip("main")
    repo.commit("again", "Reworded\n", CODE, onto=main)
    repo.commit("again", "Reworded too\n", {at(FIND): made.as_json()})
    passes(repo.gate("again"))


def test_32_what_a_reworded_branch_did_on_the_way(repo: Repo) -> None:
    made = reviewed(repo, FIND, CODE)
    repo.branch("again")
    repo.commit("again", "Evil on the way\n", {"src/find.py": "evil\n"})
    repo.commit("again", "And away\n", {**CODE, at(FIND): made.as_json()})
    refuses(repo.gate("again"), "G01", "G14")


@pytest.mark.parametrize("level", [Level.REVIEWED])
def test_merge_commit_and_merge_queue(repo: Repo, level: Level) -> None:
    reviewed(repo, FIND, CODE)
    repo.commit("main", "Words\n", {"intent.md": str(MAPPED["intent.md"]) + "\n"})
    repo.branch("queue")
    repo.merge("queue", "work", "Merge request #4\n")
    report = repo.gate("queue", level=level)
    passes(report)
    assert [one.how for one in report.records] == ["exact"]


def moved(repo: Repo, theirs: str, ours: str) -> None:
    """A reviewed change on `work`, and another one of the same file that has landed on `main` meanwhile."""
    start = {"src/find.py": LINES, "src/store.py": LINES}
    repo.commit("main", story(FIND), start)
    repo.branch("work")
    reviewed(repo, FIND, {"src/find.py": ours})
    repo.commit("main", story(FIND), {"src/find.py": theirs})


def test_carried_over_a_target_that_moved(repo: Repo) -> None:
    moved(repo, LINES.replace("line 2\n", "two\n"), LINES.replace("line 28\n", "28\n"))
    report = repo.gate()
    passes(report)
    assert [one.how for one in report.records] == ["carried"]
    repo.branch("queue", "main")
    repo.merge("queue", "work")
    report = repo.gate("queue")
    passes(report)
    assert [one.how for one in report.records] == ["carried"]


def test_carried_and_squashed(repo: Repo) -> None:
    moved(repo, LINES.replace("line 2\n", "two\n"), LINES.replace("line 28\n", "28\n"))
    repo.branch("squashed", "main")
    repo.merge("squashed", "work")
    squash(repo, "squashed")
    report = repo.gate("squashed")
    passes(report)
    assert kinds(report) == ["story"]


def test_a_carried_result_with_one_line_more(repo: Repo) -> None:
    moved(repo, LINES.replace("line 2\n", "two\n"), LINES.replace("line 28\n", "28\n"))
    repo.branch("queue", "main")
    repo.merge("queue", "work")
    repo.commit("queue", story(FIND), {"src/find.py": repo.git("show", "queue:src/find.py") + "\nmore\n"})
    refuses(repo.gate("queue"), "G15")


def test_a_moved_target_whose_reviewed_head_is_gone(repo: Repo) -> None:
    moved(repo, LINES.replace("line 2\n", "two\n"), LINES.replace("line 28\n", "28\n"))
    repo.branch("squashed", "main")
    repo.merge("squashed", "work")
    squash(repo, "squashed")
    made = record(repo, FIND, "work~2", "work~1", head="1" * 40)
    tip = repo.commit("squashed", "Other record\n", {at(FIND): made.as_json()})
    tree = repo.tip(f"{tip}^{{tree}}")
    one = repo.git("commit-tree", tree, "-p", repo.tip("main"), stdin=f"S\n\nStory: {FIND}\n".encode())
    repo.git("update-ref", "refs/heads/squashed", one)
    report = repo.gate("squashed")
    refuses(report, "G15")
    assert any("not at hand" in found.message for found in report.findings)
    assert all("bmad submit" in found.fix for found in report.findings)


def test_unreviewed_work_below_the_record_is_not_carried_along(repo: Repo) -> None:
    """The record begins after a commit that nobody reviewed; what git merges would bring that commit too."""
    repo.commit("main", story(FIND), {"src/find.py": LINES})
    repo.branch("work")
    repo.commit("work", story(FIND), {"src/find.py": LINES.replace("line 14\n", "evil\n")})
    reviewed(repo, FIND, {"src/find.py": LINES.replace("line 14\n", "evil\n").replace("line 28\n", "28\n")})
    refuses(repo.gate(), "G15")
    repo.commit("main", story(FIND), {"src/find.py": LINES.replace("line 2\n", "two\n")})
    refuses(repo.gate(), "G15")


def test_72_one_space_of_indentation(repo: Repo) -> None:
    reviewed(repo, FIND, CODE)
    repo.commit("work", story(FIND), {"src/find.py": "def find():\n     return [1]\n"})
    refuses(repo.gate(), "G15")


def test_72_line_endings_and_the_executable_bit(repo: Repo) -> None:
    reviewed(repo, FIND, CODE)
    repo.branch("ends")
    repo.branch("ends", "work")
    repo.commit("ends", story(FIND), {"src/find.py": str(CODE["src/find.py"]).replace("\n", "\r\n")})
    refuses(repo.gate("ends"), "G15")
    repo.branch("mode", "work")
    repo.commit("mode", story(FIND), {"src/find.py": ("100755", str(CODE["src/find.py"]))})
    refuses(repo.gate("mode"), "G15")


def test_a_mode_change_and_a_deletion_are_reviewed_like_others(repo: Repo) -> None:
    reviewed(repo, FIND, {"src/find.py": ("100755", str(MAPPED["src/find.py"]))})
    reviewed(repo, STORE, {"src/store.py": None})
    report = repo.gate()
    passes(report)
    assert len(report.records) == 2
    repo.commit("work", story(STORE), {"src/store.py": MAPPED["src/store.py"]})
    refuses(repo.gate(), "G15")


def test_67_only_the_round_that_the_review_rejected(repo: Repo) -> None:
    base = repo.tip("work")
    first = repo.commit("work", story(FIND), CODE)
    last = repo.commit("work", story(FIND), {"src/find.py": "def find():\n    return [2]\n"})
    made = record(repo, FIND, base, last, rounds=2)
    add(repo, "work", made)
    passes(repo.gate())
    repo.commit("part", story(FIND), {at(FIND): made.as_json()}, onto=first)
    refuses(repo.gate("part"), "G15")


def test_67_only_some_of_the_reviewed_paths(repo: Repo) -> None:
    both = {**CODE, "tests/find/a.py": "assert find\n"}
    made = reviewed(repo, FIND, both)
    passes(repo.gate())
    repo.commit("part", story(FIND), {**CODE, at(FIND): made.as_json()}, onto=repo.base)
    refuses(repo.gate("part"), "G15")


def test_two_stories_that_share_a_file(repo: Repo) -> None:
    from tests.gate.repo import FIND_AT, respecified  # noqa: PLC0415

    wide = respecified({FIND_AT: ("`src/find.py`", "`src/find.py`, `src/store.py`")})
    repo.commit("main", "Widen\n", wide)
    repo.branch("work")
    reviewed(repo, STORE, {"src/store.py": "1\n"})
    reviewed(repo, FIND, {"src/store.py": "2\n"})
    passes(repo.gate())
    squash(repo, "work")
    report = repo.gate()
    passes(report)
    assert [one.how for one in report.records] == ["exact", "exact"]


def test_two_records_side_by_side(repo: Repo) -> None:
    """Two reviews of the same file from the same start: neither saw what both make together."""
    repo.commit("main", story(FIND), {"src/find.py": LINES})
    repo.branch("work")
    repo.branch("other")
    reviewed(repo, FIND, {"src/find.py": LINES.replace("line 2\n", "two\n")})
    second = repo.commit("other", story(FIND), {"src/find.py": LINES.replace("line 28\n", "28\n")})
    repo.merge("work", "other")
    add(repo, "work", record(repo, FIND, "main", second, landing=2))
    report = repo.gate()
    refuses(report, "G15")
    assert any("side by side" in found.message for found in report.findings)


def test_cherry_picked(repo: Repo) -> None:
    made = reviewed(repo, FIND, CODE)
    repo.commit("main", "Words\n", {"intent.md": str(MAPPED["intent.md"]) + "\n"})
    source = repo.tip("work~1")
    repo.commit(
        "pick", f"Work\n\nStory: {FIND}\n(cherry picked from commit {source})\n", CODE, onto=repo.tip("main")
    )
    repo.commit("pick", story(FIND), {at(FIND): made.as_json()})
    passes(repo.gate("pick"))


def test_spec_and_code_in_one_range(repo: Repo) -> None:
    from tests.gate.records import spec_of  # noqa: PLC0415
    from tests.gate.repo import MINTED, MINTED_AT, minted  # noqa: PLC0415
    from tests.specs import SMALL  # noqa: PLC0415

    repo.commit("work", "Plan\n", minted())
    text = MINTED.format(territory="- Territory: `src/rename.py`\n")
    spec = spec_of("STORY-new001", {**SMALL, MINTED_AT: text})
    reviewed(repo, "STORY-new001", {"src/rename.py": "1\n"}, spec=spec)
    report = repo.gate()
    passes(report)
    assert report.self_authored == ("STORY-new001",)
    squash(repo, "work")
    passes(repo.gate())


def test_stacked_on_what_waits_for_acceptance(repo: Repo) -> None:
    """Records name the target in the end, also where they are gated on `bmad/next` first."""
    repo.branch("bmad/next")
    reviewed(repo, STORE, {"src/store.py": "1\n"}, branch="bmad/next")
    repo.branch("work", "bmad/next")
    reviewed(repo, FIND, CODE)
    passes(repo.gate(base="bmad/next"))
    passes(repo.gate())


def test_what_is_not_code_needs_no_record(repo: Repo) -> None:
    repo.commit("work", "Words\n", {"intent.md": str(MAPPED["intent.md"]) + "\n"})
    repo.commit("work", "CI\n\nPolicy: ci\n", {".github/workflows/x.yml": "on: push\n"})
    passes(repo.gate())


def test_an_exempt_path_needs_no_record(repo: Repo) -> None:
    exempt = "exempt: [{paths: ['docs/**'], by: bot, reason: r, owner: o, until: 2999-01-01}]"
    policy = f"version: 1\ngate:\n  level: reviewed\n  {exempt}\n"
    repo.commit("main", "P\n\nPolicy: docs\n", {"bmad.yaml": policy})
    repo.branch("work")
    repo.commit("work", "Docs\n", {"docs/a.md": "x\n"}, author="bot <b@x>")
    passes(repo.gate())
    repo.commit("work", "Docs\n", {"docs/a.md": "y\n"})
    assert "G15" in codes(repo.gate())


def test_grandfathered_work_needs_no_record(repo: Repo) -> None:
    made = repo.commit("work", "Old\n", CODE)
    policy = f"version: 1\ngate: {{level: reviewed, grandfathered: [{made}]}}\n"
    repo.commit("main", "P\n\nPolicy: open\n", {"bmad.yaml": policy})
    passes(repo.gate())
    repo.commit("work", story(FIND), {"src/find.py": "more\n"})
    refuses(repo.gate(), "G15")


def test_an_audit_judges_each_step(repo: Repo) -> None:
    start = repo.tip("main")
    reviewed(repo, FIND, CODE)
    squash(repo, "work")
    repo.git("update-ref", "refs/heads/main", repo.tip("work"))
    repo.branch("work")
    reviewed(repo, STORE, {"src/store.py": "1\n"})
    repo.merge("main", "work")
    report = repo.gate("main", since=start)
    passes(report)
    assert [one.story for one in report.records] == [FIND, STORE]
    repo.commit("main", story(STORE), {"src/store.py": "2\n"})
    refuses(repo.gate("main", since=start), "G11", "G15")


def test_an_audit_knows_what_landed_in_an_earlier_step(repo: Repo) -> None:
    start = repo.tip("main")
    for number in (1, 2):
        repo.branch("work")
        reviewed(repo, FIND, {"src/find.py": f"{number}\n"}, number=number)
        repo.merge("main", "work")
    refuses(repo.gate("main", since=start), "G11")


def test_sha_256(tmp_path_factory: pytest.TempPathFactory) -> None:
    files = {**MAPPED, "bmad.yaml": REVIEWED, "src/find.py": LINES}
    repo = Repo(tmp_path_factory.mktemp("sha256"), files, algorithm="sha256")
    repo.branch("work")
    reviewed(repo, FIND, {"src/find.py": LINES.replace("line 28\n", "28\n"), "tests/find/a.py": "1\n"})
    repo.commit("main", story(FIND), {"src/find.py": LINES.replace("line 2\n", "two\n")})
    report = repo.gate()
    passes(report)
    assert [one.how for one in report.records] == ["carried"]


def test_the_helper_sees_every_path(repo: Repo) -> None:
    made: Record = reviewed(repo, FIND, {**CODE, "src/a.py": "x\n"})
    assert [one.path for one in made.change] == ["src/a.py", "src/find.py"]
    assert entries(repo, "main", "main") == ()
    assert "G04" in codes(repo.gate())

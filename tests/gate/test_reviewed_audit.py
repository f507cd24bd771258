"""Level `reviewed`: audits of landings without a merge, stacked branches, long chains; each beside its twin."""

from itertools import pairwise

import pytest

from bmad.core.records.explain import Edge, Way, in_line, leads
from bmad.model.history import Listed
from tests.gate.records import REVIEWED, add, at, record, reviewed, squash
from tests.gate.repo import FIND, MAPPED, STORE, Content, Repo, codes, passes, refuses, story

NEW: dict[str, Content] = {"src/find.py": "def find():\n    return [1]\n", "tests/find/a.py": "assert 1\n"}


@pytest.fixture(autouse=True)
def start(repo: Repo) -> str:
    """The tip of `main`, which asks for reviews."""
    start = repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")
    return start


def test_an_audit_of_landings_by_rebase(repo: Repo, start: str) -> None:
    repo.commit("work", story(STORE, title="Prepare"), {})
    base = repo.tip("work")
    repo.commit("work", story(FIND), {"tests/find/a.py": "1\n"})
    head = repo.commit("work", story(FIND), {"src/find.py": "1\n"})
    add(repo, "work", record(repo, FIND, base, head))
    reviewed(repo, STORE, {"src/store.py": "1\n"})
    report = repo.gate("work", since=start)
    passes(report)
    assert [one.story for one in report.records] == [FIND, STORE]
    repo.commit("work", story(STORE), {"src/store.py": "evil\n"})
    assert "G15" in codes(repo.gate("work", since=start))


def test_an_audit_of_commits_that_a_button_made_anew(repo: Repo, start: str) -> None:
    repo.commit("main", "Meanwhile\n", {".gitignore": ".bmad/\n"})
    made = reviewed(repo, FIND, NEW)
    repo.branch("work")
    repo.commit("work", story(FIND), {"tests/find/a.py": NEW["tests/find/a.py"]})
    half = repo.commit("work", story(FIND), {"src/find.py": NEW["src/find.py"]})
    add(repo, "work", made)
    passes(repo.gate("work", since=start))
    repo.git("update-ref", "refs/heads/work", f"{half}^")
    add(repo, "work", made)
    assert "G15" in codes(repo.gate("work", since=start))


def test_an_audit_does_not_judge_across_a_policy(repo: Repo, start: str) -> None:
    repo.commit("work", story(FIND), {"src/find.py": "1\n"})
    head = repo.commit("work", "P\n\nPolicy: lower\n", {"bmad.yaml": REVIEWED + "# again\n"})
    add(repo, "work", record(repo, FIND, start, head))
    assert "G15" in codes(repo.gate("work", since=start))


def test_an_audit_of_unreviewed_work_before_a_landing(repo: Repo, start: str) -> None:
    repo.commit("work", story(FIND), {"src/find.py": "evil\n"})
    reviewed(repo, FIND, {"src/find.py": "1\n"})
    refuses(repo.gate("work", since=start), "G15")
    repo.branch("work")
    reviewed(repo, FIND, {"src/find.py": "1\n"})
    passes(repo.gate("work", since=start))


def test_below_reviewed_an_audit_judges_each_commit(repo: Repo) -> None:
    start = repo.commit("main", "P\n\nPolicy: lower\n", {"bmad.yaml": MAPPED["bmad.yaml"]})
    repo.branch("work")
    reviewed(repo, FIND, NEW)
    passes(repo.gate("work", since=start))
    assert len(repo.gate("work", since=start).commits) == 2


def test_a_branch_stacked_on_one_that_was_squashed(repo: Repo) -> None:
    reviewed(repo, FIND, NEW)
    repo.branch("stacked", "work")
    reviewed(repo, STORE, {"src/store.py": "1\n"}, branch="stacked")
    squash(repo, "work")
    repo.git("update-ref", "refs/heads/main", repo.tip("work"))
    passes(repo.gate("stacked"))
    repo.merge("stacked", "main")
    passes(repo.gate("stacked"))
    repo.commit("stacked", story(FIND), {"tests/find/a.py": "evil\n"})
    assert {"G11", "G15"} == codes(repo.gate("stacked"))


def test_a_record_that_stands_is_not_taken_away_and_put_back(repo: Repo) -> None:
    made = reviewed(repo, FIND, NEW)
    repo.git("update-ref", "refs/heads/main", repo.tip("work"))
    repo.commit("work", story(FIND), {at(FIND): None})
    add(repo, "work", made)
    assert "G14" in codes(repo.gate())


GENERATED = REVIEWED.replace(
    "since: root",
    "since: root, exempt: [{paths: ['tests/find/gen'], by: bot, reason: made, owner: ada, until: 2027-06-30}]",
)


def test_what_an_exemption_grants_goes_on_from_what_a_record_says(repo: Repo) -> None:
    """A robot may go on where reviewed work ends; what a record has otherwise than it lands is of other work."""
    repo.commit("main", "P\n\nPolicy: generated\n", {"bmad.yaml": GENERATED})
    repo.branch("work")
    reviewed(repo, FIND, {**NEW, "tests/find/gen": "1\n"})
    repo.commit("work", "Generate again\n", {"tests/find/gen": "2\n"}, author="bot <b@x>")
    passes(repo.gate())
    for author in ("bot", "Ada"):
        squash(repo, "work", story(FIND), author=author)
        refuses(repo.gate(), "G15")
    repo.branch("work")
    reviewed(repo, FIND, {**NEW, "tests/find/gen": "1\n"})
    squash(repo, "work", story(FIND), author="bot")
    passes(repo.gate())


def listed(number: int) -> Listed:
    return Listed("100644", f"{number:040x}")


def chain(*numbers: int) -> list[Edge]:
    return [Edge(listed(one), listed(two)) for one, two in pairwise(numbers)]


def test_a_long_chain_is_a_way() -> None:
    edges = chain(*range(6000))
    assert leads(Way(listed(0), listed(5999)), edges)
    assert leads(Way(listed(0), listed(5999)), edges[::-1])
    assert not leads(Way(listed(0), listed(5998)), edges)
    assert in_line(edges[::-1]) == Way(listed(0), listed(5999))


@pytest.mark.parametrize(
    ("edges", "start", "end", "whether"),
    [
        (chain(0, 1, 2, 1), 0, 1, True),
        (chain(0, 1, 0), 0, 0, True),
        (chain(0, 1) + chain(2, 3, 2), 0, 1, False),
        (chain(0, 1) + chain(0, 1), 0, 1, False),
        (chain(0, 1, 0) + chain(0, 1), 0, 1, True),
        ([], 0, 0, True),
        ([], 0, 1, False),
    ],
)
def test_a_way_takes_each_edge_once(edges: list[Edge], start: int, end: int, *, whether: bool) -> None:
    assert leads(Way(listed(start), listed(end)), edges) is whether


def test_free_edges_are_taken_as_often_as_it_likes() -> None:
    must, free = chain(0, 1) + chain(2, 3), chain(1, 2)
    assert leads(Way(listed(0), listed(3)), must, free)
    assert not leads(Way(listed(0), listed(3)), must)
    assert not leads(Way(listed(0), listed(4)), must, free)


def test_of_many_records_the_first_few_are_named(repo: Repo) -> None:
    base, files = repo.tip("work"), {}
    head = repo.commit("work", story(FIND), NEW)
    for number in range(1, 9):
        files[at(FIND, number)] = record(repo, FIND, base, head, landing=number).as_json()
    repo.commit("work", story(FIND), files)
    (found,) = [one for one in repo.gate().every_finding if one.code == "G15" and one.path == "src/find.py"]
    assert " and 3 more speak of src/find.py side by side" in found.message

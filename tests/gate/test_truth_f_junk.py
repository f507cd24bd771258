"""Files that only bear a record's name: none is added at any level, and one that stands closes no story."""

from pathlib import Path

import pytest

from bmad.core.records.numbers import NONE, Landings, landings
from bmad.model.layout import Layout
from bmad.pipeline.status.landed_records import standing_landings
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.gate.records import REVIEWED, add, at, record, reviewed
from tests.gate.repo import FIND, STORE, Repo, passes, refuses, story

CODE = {"src/find.py": "def find():\n    return [1]\n"}
JUNK = ["garbage", "{}", "", "\xff"]


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("number", [1, 2, 999_999])
def test_f_junk_is_no_record_at_any_level(repo: Repo, junk: str, number: int) -> None:
    repo.commit("work", story(FIND), {at(FIND, number): junk.encode("latin-1")})
    refuses(repo.gate(), "G14")


def test_f_below_reviewed_a_record_is_next_in_turn_too(repo: Repo) -> None:
    made = reviewed(repo, FIND, CODE)
    passes(repo.gate())
    repo.branch("work", "main")
    add(repo, "work", made.model_copy(update={"landing": 2}))
    refuses(repo.gate(), "G14")
    repo.branch("work", "main")
    add(repo, "work", made, at(STORE))
    refuses(repo.gate(), "G14")


def test_f_a_second_landing_below_reviewed_is_numbered_on(repo: Repo) -> None:
    reviewed(repo, FIND, CODE)
    repo.git("update-ref", "refs/heads/main", repo.tip("work"))
    reviewed(repo, FIND, {"src/find.py": "2\n"}, number=2)
    passes(repo.gate())
    repo.branch("work", "main")
    reviewed(repo, FIND, {"src/find.py": "2\n"}, number=3)
    refuses(repo.gate(), "G14")


@pytest.fixture
def junked(repo: Repo) -> Repo:
    """A base where junk stands from times when nobody looked."""
    files = {at(FIND, 999_999): "garbage", at(FIND, 2): "{}", at(STORE): "garbage", "bmad.yaml": REVIEWED}
    repo.commit("main", "P\n\nPolicy: reviews\n", files)
    repo.branch("work")
    return repo


def test_f_junk_in_the_base_closes_no_story(junked: Repo) -> None:
    reviewed(junked, FIND, CODE)
    passes(junked.gate())
    junked.branch("work", "main")
    reviewed(junked, STORE, {"src/store.py": "1\n"}, number=2)
    passes(junked.gate())


def test_f_a_landing_goes_past_junk_and_never_over_it(junked: Repo) -> None:
    junked.branch("other", "main")
    made = reviewed(junked, STORE, {"src/store.py": "1\n"}, branch="other")
    junked.branch("work", "main")
    head = junked.commit("work", story(STORE), {"src/store.py": "1\n"})
    add(junked, "work", record(junked, STORE, "main", head))
    refuses(junked.gate(), "G14", "G15")
    junked.branch("work", "main")
    head = junked.commit("work", story(STORE), {"src/store.py": "1\n"})
    add(junked, "work", made.model_copy(update={"landing": 1_000}))
    refuses(junked.gate(), "G14")


def test_f_numbers_that_were_in_turn_count() -> None:
    assert landings({}, []) == NONE
    assert landings({1: True, 2: True}, [1, 2]) == Landings(frozenset({1, 2}), 2, 3)
    assert landings({1: True, 2: True}, [1]) == Landings(frozenset({1, 2}), 1, 3)
    assert landings({1: True, 2: False, 3: True}, [1, 2, 3]) == Landings(frozenset({1, 3}), 3, 4)
    assert landings({1: False}, [1]) == Landings(frozenset(), 0, 2)
    assert landings({999_999: True}, [999_999]) == Landings(frozenset(), 0, 1)


def test_f_what_stands_is_read_and_not_only_named(repo: Repo, tmp_path: Path) -> None:
    made = reviewed(repo, FIND, CODE, number=1)
    files = {at(FIND, 2): made.model_copy(update={"landing": 2}).as_json(), at(FIND, 3): made.as_json()}
    for path, text in {**files, at(FIND, 999_999): "garbage", at(STORE): "{}"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    workspace = FileWorkspace(tmp_path)
    assert standing_landings(workspace, TextFormats(), Layout()) == {FIND: 2}
    assert standing_landings(workspace, TextFormats(), Layout(), STORE) == {}

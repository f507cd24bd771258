"""One person with two addresses: the base's mailmap joins them, and can do nothing else."""

from itertools import product

import pytest

from bmad.core.gate.people import People
from bmad.model.agents import HUMAN
from tests.gate.records import CODE, DEV, REVIEW, REVIEWED, reviewed
from tests.gate.repo import FIND, Repo, codes, passes

HOME, WORK, BO = "Ada <ada@home>", "Ada Lovelace <ada@work>", "Bo <bo@x>"
JOINED = "# people\nAda Lovelace <ada@work> <ADA@home>\n"


@pytest.mark.parametrize(
    ("mailmap", "same"),
    [
        (JOINED, True),
        ("<ada@work> <ada@home>\r\n", True),
        ("<ada@home> <ada@work>", True),
        ("Ada Lovelace <ada@work> Ada <ada@home>", True),
        ("Ada Lovelace <ada@work> Bo <ada@home>", False),
        ("<ada@old> <ada@home>\n<ada@work> <ada@old>", True),
        ("<ada@old> <ada@home>\n<ada@old> <ada@work>", True),
        ("<a@x> <ada@home>\n<ada@home> <a@x>\n<a@x> <ada@work>", True),
        ("# <ada@work> <ada@home>", False),
        ("Ada Lovelace <ada@work>", False),
        ("<> <ada@home>\n<ada@work> <>\nada@work ada@home", False),
        ("", False),
    ],
)
def test_f_a_mailmap_joins_the_addresses_of_a_person(mailmap: str, same: bool) -> None:
    people = People(mailmap)
    assert people.are_one(HOME, WORK) is people.are_one(WORK, HOME) is same
    assert not people.are_one(BO, HOME)
    assert not people.are_one(BO, WORK)


def test_f_a_mailmap_parts_nobody() -> None:
    who = [HOME, WORK, BO, "Ada <ada@work>", "ada", "bo@x"]
    for mailmap in (JOINED, "Bo <bo@x> Ada Lovelace <ada@work>", "Cy <cy@x> <bo@x>", "<b@x> Bo <bo@x>"):
        people = People(mailmap)
        assert all(people.are_one(*pair) for pair in product(who, who) if People().are_one(*pair))


def work(by: str, reviewer: str) -> dict[str, object]:
    dev = DEV.model_copy(update={"backend": HUMAN, "by": by})
    return {"work": (dev, REVIEW.model_copy(update={"backend": HUMAN, "by": reviewer}))}


@pytest.fixture
def joined(repo: Repo) -> Repo:
    repo.commit("main", "Level\n\nPolicy: level\n", {"bmad.yaml": REVIEWED, ".mailmap": JOINED})
    repo.branch("work", "main")
    return repo


def test_f_one_person_by_two_addresses_is_no_reviewer_of_their_own(joined: Repo) -> None:
    reviewed(joined, FIND, CODE, **work(HOME, WORK))  # type: ignore[arg-type]
    assert "G08" in codes(joined.gate())
    joined.branch("work", "main")
    reviewed(joined, FIND, CODE, **work(HOME, BO))  # type: ignore[arg-type]
    passes(joined.gate())


@pytest.mark.parametrize("there", [True, False])
def test_f_only_the_bases_mailmap_is_believed(joined: Repo, there: bool) -> None:
    """A change can neither part itself from its author, nor join two of whom it is not known that they are one."""
    joined.commit("main", "People\n\nPolicy: people\n", {".mailmap": JOINED if there else "# nobody\n"})
    joined.branch("work", "main")
    joined.commit("work", "People\n\nPolicy: people\n", {".mailmap": None if there else JOINED})
    reviewed(joined, FIND, CODE, **work(HOME, WORK))  # type: ignore[arg-type]
    assert codes(joined.gate()) == ({"G08"} if there else set())

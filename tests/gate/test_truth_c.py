"""Reviews that did not happen, or not as a record says: by their own author, by nobody in particular."""

import pytest

from bmad.core.gate.people import NOBODY
from bmad.model.agents import HUMAN, Role
from bmad.model.record import Record, Work
from bmad.render.gate import FORMATS
from tests.gate.records import CODE, DEV, REVIEW, REVIEWED, WORK, add, record, reviewed, squash, work
from tests.gate.repo import FIND, Repo, codes, passes, refuses, story

ADA, BO = "Ada <ada@x>", "Bo <bo@x>"
SELF = REVIEWED.replace("gate: {", "gate: {self_review: true, ")


@pytest.fixture(autouse=True)
def _policy(repo: Repo) -> None:
    repo.base = repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")


def by_hand(one: Work, person: str) -> Work:
    return one.model_copy(update={"backend": HUMAN, "model": "", "prompt": "", "by": person})


def reviewed_by(person: str, writer: str = ADA) -> dict[str, object]:
    return {"work": (by_hand(DEV, writer), by_hand(REVIEW, person))}


@pytest.mark.parametrize("person", [ADA, "ada@X", "Ada", "A\u200bda Again <ADA@x>", "<ada@x>"])
def test_c_who_wrote_a_change_does_not_review_it(repo: Repo, person: str) -> None:
    reviewed(repo, FIND, CODE, **reviewed_by(person))  # type: ignore[arg-type]
    refuses(repo.gate(), "G08")
    repo.branch("work")
    reviewed(repo, FIND, CODE, **reviewed_by(BO))  # type: ignore[arg-type]
    passes(repo.gate())
    assert repo.gate().level_reached == "reviewed (declared)"


@pytest.mark.parametrize("which", ["record", "tester", "commit"])
def test_c_whoever_wrote_a_part_of_it_is_an_author(repo: Repo, which: str) -> None:
    tester = by_hand(work("1/test", Role.TESTER, "c9"), BO)
    wrong: dict[str, dict[str, object]] = {
        "record": {**reviewed_by(BO), "authors": (ADA, BO)},
        "tester": {"work": (tester, by_hand(DEV, ADA), by_hand(REVIEW, BO))},
        "commit": reviewed_by("A <a@x>", BO),
    }
    reviewed(repo, FIND, CODE, **wrong[which])  # type: ignore[arg-type]
    refuses(repo.gate(), "G08")


def test_c_who_presses_the_button_of_a_squash_is_no_author_of_it(repo: Repo) -> None:
    reviewed(repo, FIND, CODE, **reviewed_by("A <a@x>", BO))  # type: ignore[arg-type]
    squash(repo, "work", story(FIND))
    passes(repo.gate())


def test_c_a_person_has_a_name(repo: Repo) -> None:
    reviewed(repo, FIND, CODE, **reviewed_by(" "))  # type: ignore[arg-type]
    refuses(repo.gate(), "G08")
    [words] = [one.message for one in repo.gate().findings]
    assert "it does not say who" in words


@pytest.mark.parametrize("form", ["text", "md", "github"])
def test_c_a_team_of_one_reads_reviewed_by_its_author(repo: Repo, form: str) -> None:
    repo.base = repo.commit("main", "Allow it\n\nPolicy: one person\n", {"bmad.yaml": SELF})
    repo.branch("work")
    reviewed(repo, FIND, CODE, **reviewed_by(ADA))  # type: ignore[arg-type]
    report = repo.gate()
    passes(report)
    assert report.self_reviewed == (FIND,)
    told = FORMATS[form](report)
    assert "reviewed by its author (declared)" in told
    assert "reviewed (declared)" not in told
    repo.branch("work")
    reviewed(repo, FIND, CODE, **reviewed_by(BO))  # type: ignore[arg-type]
    assert repo.gate().level_reached == "reviewed (declared)"


def test_c_the_change_itself_cannot_allow_it(repo: Repo) -> None:
    base = repo.tip("work")
    repo.commit("work", "Allow it\n\nPolicy: one person\n", {"bmad.yaml": SELF})
    head = repo.commit("work", story(FIND), CODE)
    made: Record = record(repo, FIND, base, head, **reviewed_by(ADA))
    add(repo, "work", made)
    assert "G08" in codes(repo.gate())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (ADA, "Ada Lovelace <ADA@x>", True),
        (ADA, "Ada <ada@y>", False),
        (ADA, "ada", True),
        ("ada", "bo", False),
        ("", "", False),
        (" <>", ADA, False),
        ("bo@x", BO, True),
        (ADA, "A <ada+review@x>", True),
        ("A <17+ada@users.noreply.github.com>", "B <ada@users.noreply.github.com>", True),
        ("A <17-ada@users.noreply.gitlab.com>", "B <18-ada@users.noreply.gitlab.com>", True),
        ("A <17+ada@users.noreply.github.com>", "A <17+bo@users.noreply.github.com>", False),
        ("A <+@x>", "A <+bo@x>", False),
    ],
)
def test_c_people_are_known_by_address_else_by_name(one: str, other: str, same: bool) -> None:
    assert NOBODY.are_one(one, other) is same
    assert NOBODY.are_one(other, one) is same


def test_c_agents_review_without_a_name(repo: Repo) -> None:
    reviewed(repo, FIND, CODE, work=WORK)
    passes(repo.gate())

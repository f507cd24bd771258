"""What makes a record no proof: copied, altered, replayed, or of a review that was none."""

import json
from typing import Any

import pytest

from bmad.model.agents import Role, Severity
from bmad.model.record import Accepted, ChangeEntry, CheckRun, Record, RecordedFinding
from tests.gate.records import REVIEWED, WORK, add, at, record, reviewed, squash, work
from tests.gate.repo import FIND, FIND_AT, MAPPED, STORE, Content, Repo, codes, passes, refuses, respecified, story
from tests.specs import SMALL

CODE: dict[str, Content] = {"src/find.py": "def find():\n    return [1]\n"}


@pytest.fixture(autouse=True)
def _policy(repo: Repo) -> None:
    repo.base = repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")


def with_record(repo: Repo, **other: object) -> None:
    reviewed(repo, FIND, CODE, **other)  # type: ignore[arg-type]


def test_16_a_record_copied_to_another_story(repo: Repo) -> None:
    made = reviewed(repo, FIND, CODE)
    passes(repo.gate())
    add(repo, "work", made, at(STORE))
    assert "G14" in codes(repo.gate())
    repo.commit("work", story(STORE), {at(STORE): made.model_copy(update={"story": STORE}).as_json()})
    report = repo.gate()
    assert "G04" in {one.code for one in report.findings}
    assert not report.ok


@pytest.mark.parametrize("name", [f"stories/records/{FIND}.2.json", f"stories/records/{FIND}.01.json"])
def test_a_record_under_another_number(repo: Repo, name: str) -> None:
    base = repo.tip("work")
    head = repo.commit("work", story(FIND), CODE)
    made = record(repo, FIND, base, head)
    add(repo, "work", made, name)
    refuses(repo.gate(), "G14", "G15")


def test_a_copy_of_a_record_asks_for_no_trailer_of_a_story_that_is_none(repo: Repo) -> None:
    """`cp STORY-x.json STORY-x-2.json`; one of another story that stands asks for that one's."""
    base = repo.tip("work")
    head = repo.commit("work", story(FIND), CODE)
    for name, fix in ((f"{FIND}-2", "take it out, or leave it"), (STORE, f"add a trailer `Story: {STORE}`")):
        repo.branch("one", "work")
        add(repo, "one", record(repo, FIND, base, head), f"stories/records/{name}.json")
        [found] = [one for commit in repo.gate("one").commits for one in commit.findings if one.code == "G14"]
        assert found.fix.startswith(fix)
        assert name in found.message


def test_a_landing_out_of_turn(repo: Repo) -> None:
    with_record(repo, number=3)
    refuses(repo.gate(), "G14")


def test_a_record_that_is_none(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE)
    for text in ("{}", "no JSON", '{"schema": "bmad.record/1"}', '{"schema": "bmad.record/2"}'):
        repo.branch("one", "work")
        repo.commit("one", story(FIND), {at(FIND): text})
        refuses(repo.gate("one"), "G14", "G15")


def test_a_record_with_a_key_twice_or_bytes_that_are_no_text(repo: Repo) -> None:
    base = repo.tip("work")
    head = repo.commit("work", story(FIND), CODE)
    text = record(repo, FIND, base, head).as_json()
    twice = text.replace('"converged": true', '"converged": false, "converged": true')
    for content in (twice, text.encode() + b"\xff"):
        assert content != text
        repo.branch("one", "work")
        repo.commit("one", story(FIND), {at(FIND): content})
        refuses(repo.gate("one"), "G14", "G15")


def test_what_stands_in_the_base_is_never_altered_removed_or_renamed(repo: Repo) -> None:
    made = reviewed(repo, FIND, CODE)
    repo.git("update-ref", "refs/heads/main", repo.tip("work"))
    for change in (
        {at(FIND): made.model_copy(update={"rounds": 2}).as_json()},
        {at(FIND): None},
        {at(FIND): ("100755", made.as_json())},
        {at(FIND): None, at(FIND, 2): made.model_copy(update={"landing": 2}).as_json()},
    ):
        repo.branch("work", "main")
        repo.commit("work", story(FIND), change)
        assert "G14" in codes(repo.gate())
    repo.branch("work", "main")
    reviewed(repo, STORE, {"src/store.py": "1\n"})
    passes(repo.gate())


def test_what_is_not_judged_alters_no_record(repo: Repo) -> None:
    """A commit that the base grandfathers, at any level: its work is not looked at, what stands is."""
    made = reviewed(repo, FIND, CODE)
    landed = repo.tip("work")
    altered = made.model_copy(update={"rounds": 2}).as_json()
    for path, text, codes_ in (("src/other.py", "x\n", ()), (at(FIND), altered, ("G14",))):
        old = repo.commit("old", "Older\n", {path: text}, onto=landed)
        for level in ("scoped", "reviewed"):
            policy = REVIEWED.replace("reviewed, since: root", f"{level}, grandfathered: [{old}]")
            repo.commit("main", "Let it in\n\nPolicy: it is open\n", {"bmad.yaml": policy}, onto=landed)
            report = repo.gate("old")
            assert codes(report) == {*codes_}, (path, level)


def test_a_record_is_a_plain_file(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE)
    repo.commit("work", story(FIND), {at(FIND): ("120000", "../../elsewhere.json")})
    refuses(repo.gate(), "G14", "G15")


def test_83_a_record_for_another_branch(repo: Repo) -> None:
    with_record(repo, target="refs/heads/release")
    refuses(repo.gate(), "G14")
    repo.branch("release", "main")
    passes(repo.gate(base="release"))
    repo.git("update-ref", "refs/remotes/origin/release", repo.tip("main"))
    passes(repo.gate(base="refs/remotes/origin/release"))
    report = repo.gate(base=repo.tip("main"))
    passes(report)
    assert any("not compared" in note for note in report.notes)


def test_a_change_that_its_own_commits_belie(repo: Repo) -> None:
    base = repo.tip("work")
    head = repo.commit("work", story(FIND), CODE)
    last = repo.commit("work", story(FIND), {"src/find.py": "evil\n"})
    honest = record(repo, FIND, base, last)
    add(repo, "work", honest.model_copy(update={"head": head}))
    refuses(repo.gate(), "G14")
    repo.branch("work", last)
    add(repo, "work", honest)
    passes(repo.gate())


@pytest.mark.parametrize("name", ["HEAD", "work", "", "-x", "1" * 39, f"{'1' * 40}\ninfo x"])
def test_base_and_head_are_full_ids(repo: Repo, name: str) -> None:
    with_record(repo, head=name)
    refuses(repo.gate(), "G14")


def bad_entry(**other: str) -> ChangeEntry:
    zero, one = "0" * 40, "1" * 40
    values = {"path": "src/find.py", "old_mode": "100644", "new_mode": "100644", "old_blob": zero, "new_blob": one}
    return ChangeEntry.model_validate(values | other)


@pytest.mark.parametrize(
    "entry",
    [
        bad_entry(),
        bad_entry(old_mode="000000", path="bmad.yaml"),
        bad_entry(old_mode="000000", path="specs/prd.md"),
        bad_entry(old_mode="000000", path=at(STORE)),
        bad_entry(old_blob="1" * 40),
        bad_entry(old_blob="2" * 64),
    ],
)
def test_entries_that_are_none(repo: Repo, entry: ChangeEntry) -> None:
    with_record(repo, change=(entry,))
    assert "G14" in codes(repo.gate())


def finding(**other: Any) -> RecordedFinding:
    values = {"id": "F-1", "round": 1, "severity": "P1", "lens": "security", "path": "src/find.py", "line": 1}
    return RecordedFinding.model_validate(values | {"disposition": "fixed"} | other)


DEV, REVIEW = WORK[1], WORK[2]
SECOND = (work("2/fix", Role.DEVELOPER, "c4"), work("2/review/correctness", Role.REVIEWER, "c5"))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ({"converged": False}, {}),
        (
            {"findings": (finding(disposition="open"),)},
            {"findings": (finding(disposition="open", severity="P2"),)},
        ),
        (
            {"findings": (finding(disposition="open", severity="P0"),)},
            {"findings": (finding(severity="P0"),), "work": (*WORK, *SECOND), "rounds": 2},
        ),
        (
            {"findings": (finding(round=2),), "work": (*WORK, *SECOND)},
            {"findings": (finding(round=1),), "work": (*WORK, *SECOND), "rounds": 2},
        ),
        ({"work": (DEV,)}, {"work": (DEV, REVIEW)}),
        ({"work": ()}, {}),
        (
            {"work": (DEV, REVIEW.model_copy(update={"context": DEV.context}))},
            {"work": (DEV, REVIEW.model_copy(update={"model": DEV.model}))},
        ),
        (
            {"work": (work("1/test", Role.TESTER, "c3"), DEV, REVIEW)},
            {"work": (work("1/test", Role.TESTER, DEV.context), DEV, REVIEW)},
        ),
        (
            {"work": (work("0/create", Role.CREATOR, "c3"), DEV, REVIEW)},
            {"work": (work("0/create", Role.CREATOR, "c1"), DEV, REVIEW)},
        ),
        (
            {"work": (DEV, work("1/review/correctness", Role.REVIEWER, ""))},
            {"work": (DEV, work("1/review/correctness", Role.REVIEWER, "h"))},
        ),
        (
            {"work": (*WORK, work("2/fix", Role.DEVELOPER, "c4")), "rounds": 2},
            {
                "work": (
                    *WORK,
                    work("2/fix", Role.DEVELOPER, "c4"),
                    work("2/review/correctness", Role.REVIEWER, "c5"),
                ),
                "rounds": 2,
            },
        ),
        ({"work": (DEV, work("3/review/correctness", Role.REVIEWER, "c3"))}, {"work": (DEV, REVIEW)}),
        (
            {"checks": (CheckRun(round=1, name="tests", ok=False, exit=1),)},
            {"checks": (CheckRun(round=1, name="tests", ok=False), CheckRun(round=1, name="tests", ok=True))},
        ),
        ({"accepted": Accepted(by=" ", how="person")}, {"accepted": Accepted(by="act.accept", how="person")}),
        ({"spec": "0" * 64}, {}),
    ],
)
def test_68_a_review_that_was_none(repo: Repo, wrong: dict[str, object], right: dict[str, object]) -> None:
    with_record(repo, **wrong)
    refuses(repo.gate(), "G08")
    repo.branch("work")
    with_record(repo, **right)
    passes(repo.gate())


def test_severities_are_those_of_the_protocol() -> None:
    assert {one.value for one in Severity} == {"P0", "P1", "P2"}


def test_a_record_of_nothing(repo: Repo) -> None:
    with_record(repo, change=())
    assert {"G08", "G15"} <= codes(repo.gate())


def test_a_record_by_hand_is_declared_only(repo: Repo) -> None:
    with_record(repo)
    assert repo.gate().level_reached == "reviewed (declared)"
    assert repo.gate().attest == "none"


def test_reviewed_against_another_specification(repo: Repo) -> None:
    with_record(repo)
    change = respecified({FIND_AT: ("the exit code is 0", "the exit code is 1")})
    repo.commit("main", "Change\n", change)
    refuses(repo.gate(), "G08")
    again = record(repo, FIND, "work~2", "work~1")
    files = {**SMALL, FIND_AT: str(change[FIND_AT])}
    from tests.gate.records import spec_of  # noqa: PLC0415

    repo.branch("work", "work~1")
    add(repo, "work", again.model_copy(update={"spec": spec_of(FIND, files)}))
    passes(repo.gate())


def test_a_change_of_the_specification_after_the_review(repo: Repo) -> None:
    """What was reviewed against the base's words stands; the new words are a change like any other."""
    with_record(repo)
    repo.commit("work", "Change\n", respecified({FIND_AT: ("the exit code is 0", "the exit code is 1")}))
    passes(repo.gate())


def test_territory_holds_for_what_a_record_says(repo: Repo) -> None:
    base = repo.tip("work")
    head = repo.commit("work", story(STORE), {"src/store.py": "1\n"})
    made = record(repo, STORE, base, head)
    repo.branch("work")
    repo.commit("work", story(STORE), {"src/store.py": "1\n"})
    add(repo, "work", made.model_copy(update={"story": FIND, "spec": record(repo, FIND, base, head).spec}))
    squash(repo, "work")
    refuses(repo.gate(), "G04")


def test_records_come_with_their_own_story(repo: Repo) -> None:
    base = repo.tip("work")
    head = repo.commit("work", story(FIND), CODE)
    made: Record = record(repo, FIND, base, head)
    repo.commit("work", story(STORE), {at(FIND): made.as_json()})
    assert "G14" in codes(repo.gate())
    repo.branch("work", head)
    repo.commit("work", "No trailer\n", {at(FIND): made.as_json()})
    passes(repo.gate())


def test_a_record_is_what_its_schema_says(repo: Repo) -> None:
    with_record(repo)
    told = json.loads(repo.git("show", f"work:{at(FIND)}"))
    assert told["schema"] == "bmad.record/1"
    assert told["namespace"] == "bmad.record"
    assert MAPPED["bmad.yaml"] != REVIEWED

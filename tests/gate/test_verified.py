"""Level `verified`: a criterion has evidence in its record, or is refused (G09); lies beside honest twins."""

import os
from datetime import UTC, datetime
from typing import Any

import pytest

from bmad.git.read.history import open_history
from bmad.model.record import Accepted, Evidence
from bmad.model.settings import Level
from bmad.pipeline.trace.report import ReportRequest, report
from bmad.pipeline.trace.story_report import OneStoryRequest, report_story
from bmad.render.gate import proves
from bmad.render.report import markdown, one_story
from bmad.store.formats import TextFormats
from tests.gate.records import CODE, DEV, REVIEW, REVIEWED, at, bare, reviewed, spec_of, squash
from tests.gate.repo import FIND, FIND_AT, STORE, At, Content, Repo, passes, refuses
from tests.layout import LOCK
from tests.specs import SMALL, lock_for

VERIFIED = REVIEWED.replace("level: reviewed", "level: verified")
PERSON = "Ada <ada@example.org>"


@pytest.fixture(autouse=True)
def start(repo: Repo) -> None:
    repo.commit("main", "Ask for evidence\n\nPolicy: evidence\n", {"bmad.yaml": VERIFIED})
    repo.branch("work")


def row(number: int, **other: Any) -> Evidence:
    honest = {"criterion": f"{FIND}/AC-{number}", "checks": ("tests",), "tests": (f"tests.find::test_{number}",)}
    seen = {"failed_before": True, "before": "base", "passed_after": True}
    return Evidence.model_validate({**honest, **seen, **other})


def rows(**other: Any) -> dict[str, object]:
    """Both criteria, the second one otherwise."""
    return {"evidence": (row(1), row(2, **other))}


HONEST = rows()


def test_a_record_that_states_the_evidence_passes_and_claims_no_more(repo: Repo) -> None:
    reviewed(repo, FIND, CODE, **HONEST)  # type: ignore[arg-type]
    report = repo.gate()
    passes(report)
    assert report.level_reached == "verified (declared)"
    assert proves(report).endswith("; a record states the evidence. It never proves that the code is right.")


LIES: dict[str, dict[str, object]] = {
    "no evidence": {"evidence": ()},
    "one criterion only": {"evidence": (row(1),)},
    "two words for one": {"evidence": (row(1), row(2), row(2, tests=()))},
    "no test named": rows(tests=()),
    "a test without a name": rows(tests=("\u200b",)),
    "nobody looked before": rows(failed_before=None, before=""),
    "passed before": rows(failed_before=False, before=""),
    "failed before, on nothing": rows(before=""),
    "failed after": rows(passed_after=False),
    "nobody looked after": rows(passed_after=None),
    "no check ran them": rows(checks=()),
    "a person where a test is asked for": rows(tests=(), by=PERSON, why="I read it")
    | {"accepted": Accepted(by=PERSON, how="person")},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_criterion_without_evidence_is_refused(repo: Repo, lie: str) -> None:
    person = {"accepted": Accepted(by=PERSON, how="person")}
    reviewed(repo, FIND, CODE, **(person | LIES[lie]))  # type: ignore[arg-type]
    refuses(repo.gate(), "G09")


def test_what_reviewed_takes_is_refused_when_the_level_is_raised(repo: Repo) -> None:
    repo.commit("main", "Ask for reviews\n\nPolicy: less\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")
    told = tuple(Evidence(criterion=f"{FIND}/AC-{number}", checks=("tests",)) for number in (1, 2))
    reviewed(repo, FIND, CODE, evidence=told)
    passes(repo.gate())
    refuses(repo.gate(level=Level.VERIFIED), "G09")


def test_a_squash_keeps_its_evidence(repo: Repo) -> None:
    reviewed(repo, FIND, CODE, **HONEST)  # type: ignore[arg-type]
    squash(repo, "work")
    passes(repo.gate())


def test_evidence_is_of_the_words_that_it_was_given_for(repo: Repo) -> None:
    """The criteria of the base are asked for; what the range makes of them is told, and not claimed."""
    reviewed(repo, FIND, CODE, **HONEST)  # type: ignore[arg-type]
    assert not _told_of_words(repo)
    turned, more = (
        "then everything is listed",
        "- **AC-3** Given `x`, when it is searched, then 1 is shown.\n\n## Tasks",
    )
    edits = {"then nothing is listed": turned, "\n## Tasks": f"{more}"}
    text = SMALL[FIND_AT]
    for old, new in edits.items():
        text = text.replace(old, new)
    repo.commit("work", "Reword\n", {FIND_AT: text, LOCK: lock_for({**SMALL, FIND_AT: text})})
    [told] = _told_of_words(repo)
    assert told.startswith(
        "this range changes what STORY-find01 says or serves (STORY-find01/AC-2, STORY-find01/AC-3),"
    )
    history, head = open_history(repo.root, dict(os.environ)), repo.tip("work")
    asked = ReportRequest(base="main", head="work")
    in_range = report(history, TextFormats(), At(datetime(2026, 11, 20, tzinfo=UTC)), asked)
    alone = report_story(history, TextFormats(), OneStoryRequest(FIND, head))
    for page in (markdown(in_range), one_story(alone)):
        assert "reads otherwise now" in page
    before = report_story(history, TextFormats(), OneStoryRequest(FIND, f"{head}~1"))
    assert "reads otherwise now" not in one_story(before)


def _told_of_words(repo: Repo) -> list[str]:
    judged = repo.gate()
    passes(judged)
    return [note for note in judged.notes if "this range changes what" in note]


def test_a_story_without_criteria_has_no_evidence(repo: Repo) -> None:
    """In a base that is not valid itself: nothing would be asked for, and said to be given."""
    text = SMALL[FIND_AT]
    text = text[: text.index("- **AC-1**")] + text[text.index("## Tasks") :]
    files = {**SMALL, FIND_AT: text}
    repo.commit("main", "Drop criteria\n", {FIND_AT: text, LOCK: lock_for(files)})
    repo.branch("work")
    reviewed(repo, FIND, CODE, spec=spec_of(FIND, files))
    refuses(repo.gate(), "G09")


def _respecified(repo: Repo, old: str, new: str) -> dict[str, str]:
    """The base with another specification."""
    files = {path: text.replace(old, new) for path, text in SMALL.items()}
    changed = {path: text for path, text in files.items() if text != SMALL[path]}
    repo.commit("main", "Respecify\n", {**changed, LOCK: lock_for(files)})
    repo.branch("work")
    return files


VOUCHED = rows(tests=(), failed_before=None, before="", passed_after=None, by=PERSON, why="The list reads well")


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        (VOUCHED, None),
        (VOUCHED | {"accepted": Accepted(by="act.accept", how="policy")}, "G09"),
        (VOUCHED | {"accepted": Accepted(by="Bob <bob@example.org>", how="person")}, "G09"),
        (rows(tests=(), by=PERSON, why=" "), "G09"),
    ],
)
def test_who_accepts_vouches_where_a_requirement_asks_for_inspection(
    repo: Repo, told: dict[str, object], wrong: str | None
) -> None:
    files = _respecified(
        repo,
        "- Traces: INT-goal01, INT-req001\n- Verify: test",
        "- Traces: INT-goal01, INT-req001\n- Verify: inspection",
    )
    person = {"accepted": Accepted(by=PERSON, how="person"), "spec": spec_of(FIND, files)}
    reviewed(repo, FIND, CODE, **(person | told))  # type: ignore[arg-type]
    report = repo.gate()
    passes(report) if wrong is None else refuses(report, wrong)


def test_a_refactoring_has_tests_that_passed_before_too(repo: Repo) -> None:
    files = _respecified(
        repo,
        "- Epic: EPIC-notes1\n- Implements: FR-find01\n",
        "- Epic: EPIC-notes1\n- Implements: FR-find01\n- Kind: refactor\n",
    )
    green = {
        "evidence": tuple(row(at, failed_before=False, before="") for at in (1, 2)),
        "spec": spec_of(FIND, files),
    }
    reviewed(repo, FIND, CODE, **green)  # type: ignore[arg-type]
    passes(repo.gate())
    repo.branch("work")
    reviewed(repo, FIND, CODE, **(green | HONEST))  # type: ignore[arg-type]
    refuses(repo.gate(), "G09")


TRUTH = {"src/find.py": "def find():\n    return [1]\n"}


def test_truth_that_an_agent_wrote_is_refused_and_a_persons_passes(repo: Repo) -> None:
    repo.commit("main", "Name the truth\n\nPolicy: truth\n", {"bmad.yaml": f"{VERIFIED}oracle: ['src/find*']\n"})
    repo.branch("work")
    reviewed(repo, FIND, CODE, **HONEST)  # type: ignore[arg-type]
    refuses(repo.gate(), "G09")
    repo.branch("work")
    by_hand = DEV.model_copy(update={"by": PERSON, "backend": "human"})
    reviewed(repo, FIND, CODE, **(HONEST | {"work": (by_hand, REVIEW)}))  # type: ignore[arg-type]
    passes(repo.gate())


@pytest.mark.parametrize(
    ("path", "content", "refused"),
    [
        ("src/find/Golden/a.txt", "1\n", True),
        ("src/find/go\u200clden/a.txt", "1\n", True),
        ("src/find/golden", ("120000", "other"), True),
        ("src/find/silver/a.txt", "1\n", False),
        ("src/find/silver", ("120000", "other"), False),
    ],
)
def test_truth_is_what_a_file_system_takes_for_it(
    repo: Repo, path: str, content: Content, *, refused: bool
) -> None:
    """A twin by case, by signs that are dropped, or a link in the place of its folder."""
    territory = next(line for line in SMALL[FIND_AT].split("\n") if line.startswith("- Territory"))
    _respecified(repo, territory, f"- Territory: `src/**`, `{path}`")
    files = {**SMALL, FIND_AT: SMALL[FIND_AT].replace(territory, f"- Territory: `src/**`, `{path}`")}
    policy = f"{VERIFIED}oracle: ['src/find/golden/**']\n"
    repo.commit("main", "Name the truth\n\nPolicy: truth\n", {"bmad.yaml": policy})
    repo.branch("work")
    told = HONEST | {"spec": spec_of(FIND, files)}
    reviewed(repo, FIND, {path: content}, **told)  # type: ignore[arg-type]
    if refused:
        refuses(repo.gate(), "G09")
    else:
        passes(repo.gate())


@pytest.mark.parametrize("landing", [1, 2])
def test_what_a_landed_part_says_in_the_same_words_may_have_passed_before(repo: Repo, landing: int) -> None:
    """The story waits for another, whose criterion reads as its own second one; its first landing may be gone."""
    same = (
        "Given no note tagged `blue`, when `blue` is searched, then nothing is listed,\n  and the exit code is 0."
    )
    files = _respecified(repo, "Given a new note, when it is saved, then exactly 1 file is written.", same)
    calm = rows(failed_before=False, before="") | {"spec": spec_of(FIND, files)}
    reviewed(repo, FIND, CODE, **calm)  # type: ignore[arg-type]
    refuses(repo.gate(), "G09")
    landed = bare(STORE, landing).as_json()
    repo.commit("main", "Landed\n", {at(STORE, landing): landed})
    repo.branch("work")
    reviewed(repo, FIND, CODE, **calm)  # type: ignore[arg-type]
    passes(repo.gate())

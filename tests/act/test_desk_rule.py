"""Which story comes first at the desk, and what proves a criterion: pure rules, each beside its twin."""

import pytest

from bmad.core.act.diffs import counted
from bmad.core.act.proof import proof
from bmad.core.act.risk import in_order, of_findings, of_kin, of_size
from bmad.core.act.run import Run
from bmad.core.gate.people import NOBODY
from bmad.errors import UsageError
from bmad.model.desk import DeskItem, Proof, Risk, Sign
from bmad.model.record import CheckRun, Evidence, Work
from bmad.model.review import Disposition, Finding, Kind
from bmad.model.spec import Criterion, Verify
from bmad.pipeline.act.people.assessment import last_checks, unproven
from bmad.pipeline.act.people.inspection import looked_at
from bmad.pipeline.act.people.verdicts import about
from bmad.render.desk import figures, summary

NAME = "STORY-aaaaaa/AC-1"
ONE = Criterion(id="AC-1", text="It returns `a`.")


def shown(**evidence: object) -> tuple[bool, str]:
    told = proof(ONE, Evidence.model_validate({"criterion": NAME, **evidence}), {Verify.TEST})
    return told.proven, told.words


def test_a_check_that_runs_all_tests_proves_no_criterion() -> None:
    proven, words = shown(checks=("tests",))
    assert not proven
    assert words == "no test or check names it (tests passed, and may not be about it)"
    assert shown() == (False, "no test or check names it")


def test_a_check_that_names_another_criterion_proves_none() -> None:
    """`AC-1` begins as `AC-12` does; a check names a criterion as a test does."""
    for other in (f"{NAME}2", f"check {NAME}0", f"X{NAME}", "story_aaaaaa_ac_10"):
        assert not shown(checks=(other,))[0], other
    assert shown(checks=("story_aaaaaa_ac_1",))[0]


def test_twin_what_names_the_criterion_and_passed_does() -> None:
    assert shown(checks=("tests", f"check {NAME}")) == (True, f"the check check {NAME} passed")
    row = {"tests": ("t.py::test_a",), "failed_before": True, "passed_after": True}
    assert shown(**row, before="base") == (True, "t.py::test_a failed on the base, passes now")
    assert shown(**row, before="emptied")[1] == "t.py::test_a failed with the changed bodies emptied, passes now"
    row = {"tests": ("t.py::test_a",), "failed_before": False, "passed_after": True}  # of a refactoring
    assert shown(**row) == (True, "t.py::test_a passed before the change, and passes now")


def test_a_test_that_passes_and_was_not_seen_to_fail_says_so() -> None:
    assert shown(passed_after=True) == (False, "a test of it passes, and was not seen to fail before")


def test_a_test_that_names_it_and_that_nobody_saw_run_is_said_and_proves_nothing() -> None:
    told = proof(ONE, Evidence(criterion=NAME, checks=("tests",)), {Verify.TEST}, ["t.py::test_a"])
    assert (told.proven, told.lacks) == (False, 1)
    assert told.words == "t.py::test_a names it, and nobody looked whether that ran"
    assert proof(ONE, Evidence(criterion=NAME), {Verify.TEST}).lacks == 2


def test_a_test_that_fails_proves_nothing_whatever_else_passed() -> None:
    assert not shown(passed_after=False, checks=(f"check {NAME}",))[0]


def test_what_asks_for_inspection_is_for_the_person_to_see() -> None:
    told = proof(ONE, Evidence(criterion=NAME), {Verify.INSPECTION})
    assert (told.proven, told.words) == (False, "no test names it; it asks for inspection by you")


def finding(disposition: str, severity: str = "P1", **more: object) -> Finding:
    told = {"id": "F-1", "round": 1, "severity": severity, "lens": "security", "path": "a.py", "line": 1}
    rest = {"end_line": 1, "quote": "x", "claim": "It leaks.", "disposition": disposition}
    return Finding.model_validate({**told, **rest, **more})


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (finding("false-positive", ruled_by="Ada"), "P1 F-1 dismissed by Ada"),
        (finding("false-positive"), "P1 F-1 dismissed: its reviewer gave way to the developer"),
        (finding("withdrawn", "P0"), "P0 F-1 taken back by its reviewer, since its quote stands nowhere"),
        (finding("confirmed", "P2", told_as="P1"), "P1 F-1 made a P2, and not mended"),
        (finding("upheld"), "P1 F-1 still open"),
        (finding("joined", same_as="F-9"), "P1 F-1 settled with F-9, which it repeats"),
    ],
)
def test_what_is_grave_and_was_not_mended_is_a_sign(one: Finding, words: str) -> None:
    [sign] = of_findings([one])
    assert (sign.risk, sign.words, sign.weight) == (Risk.GRAVE, words, 2 if words.startswith("P0") else 1)


@pytest.mark.parametrize(
    "one", [finding("fixed"), finding("fixed", "P2", told_as="P0"), finding("confirmed", "P2")]
)
def test_twin_what_was_mended_or_is_light_is_none(one: Finding) -> None:
    assert list(of_findings([one])) == []


def test_a_repeat_of_what_was_mended_is_no_sign_of_its_own() -> None:
    other = finding("fixed", id="F-9")
    repeat = finding("joined", same_as="F-9")
    assert list(of_findings([other, repeat])) == []
    light = finding("confirmed", "P2", id="F-9")
    assert [one.words for one in of_findings([light, repeat])] == [
        "P1 F-1 settled with F-9, which it repeats",
    ]


def test_what_nobody_was_shown_stays_a_sign_when_a_person_has_ruled_on_it() -> None:
    hidden = finding("false-positive", kind=Kind.UNSHOWN, path="logo.png", ruled_by="Ada")
    [sign] = of_findings([hidden])
    assert (sign.risk, sign.words) == (Risk.UNSEEN, "no reviewer was shown logo.png; Ada ruled on it")
    assert hidden.disposition is Disposition.FALSE_POSITIVE


def work(role: str, backend: str, model: str = "unknown", by: str = "") -> Work:
    told = {"step": "1/x", "role": role, "backend": backend, "model": model, "context": backend + role}
    return Work.model_validate({**told, "prompt": "", "by": by})


@pytest.mark.parametrize(
    ("works", "weights"),
    [
        ([work("developer", "claude"), work("reviewer", "claude")], [1]),
        ([work("developer", "claude"), work("reviewer", "anthropic", "opus")], [1]),
        ([work("developer", "claude"), work("reviewer", "codex")], []),
        ([work("tester", "codex"), work("developer", "claude"), work("reviewer", "codex")], [1]),
        ([work("developer", "human", "", "Ada <a@x.y>"), work("reviewer", "human", "", "Ada <A@x.y>")], [2]),
        ([work("developer", "human", "", "Ada <a@x.y>"), work("reviewer", "human", "", "Bo <b@x.y>")], []),
    ],
)
def test_author_and_reviewer_of_one_vendor_or_one_person_are_a_sign(works: list[Work], weights: list[int]) -> None:
    assert [one.weight for one in of_kin(works, NOBODY)] == weights


@pytest.mark.parametrize(("changed", "weight"), [(0, 0), (50, 0), (51, 1), (200, 1), (201, 2), (900, 3)])
def test_size_counts_in_steps(changed: int, weight: int) -> None:
    assert sum(one.weight for one in of_size(changed)) == weight


def item(story: str, **weights: int) -> DeskItem:
    signs = tuple(Sign(risk=Risk(name), weight=weight, words=name) for name, weight in weights.items())
    return DeskItem(story=story, title="", kind="work", signs=signs)


def test_the_first_risk_on_which_two_differ_decides() -> None:
    items = [
        item("plain"),
        item("large", size=3, rounds=9),
        item("bare", unproven=1),
        item("barer", unproven=2),
        item("unseen", unseen=1),
        item("dismissed", grave=1),
        item("both", grave=1, unproven=1),
    ]
    order = ["both", "dismissed", "unseen", "barer", "bare", "large", "plain"]
    assert [one.story for one in in_order(items)] == order
    assert [one.story for one in in_order(reversed(items))] == order


def test_lines_are_counted_by_their_hunks() -> None:
    diff = (
        "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,3 @@\n x\n-y\n+z\n+--- q\n"
        "diff --git a/b.png b/b.png\nBinary files a/b.png and b/b.png differ\n"
    )
    assert counted(diff) == {"a.py": (2, 1)}


def test_what_a_person_saw_is_told_of_the_story_that_it_names() -> None:
    runs = [waits("STORY-aaaaaa"), waits("STORY-bbbbbb")]
    words = ["STORY-aaaaaa/AC-1=One", "STORY-bbbbbb/AC-1=Two"]
    said = [looked_at(run, about(run, runs, words)) for run in runs]
    assert [(one.criterion, one.why) for [one] in said] == [
        ("STORY-aaaaaa/AC-1", "One"),
        ("STORY-bbbbbb/AC-1", "Two"),
    ]
    with pytest.raises(UsageError, match="STORY-cccccc/AC-1 waits for nobody"):
        looked_at(runs[0], about(runs[0], runs, [*words, "STORY-cccccc/AC-1=Three"]))


def waits(story: str) -> Run:
    return Run(story, evidence=(Evidence(criterion=f"{story}/AC-1"),))


def test_of_checks_only_those_of_the_last_round_are_told_each_as_it_last_ended() -> None:
    checks = [
        CheckRun(round=1, name="conflicts", ok=False),
        CheckRun(round=1, name="tests", ok=False, exit=1),
        CheckRun(round=2, name="tests", ok=False, exit=1),
        CheckRun(round=2, name="tests", ok=True, exit=0),
    ]
    assert last_checks(Run("STORY-aaaaaa", checks=tuple(checks))) == (checks[-1],)
    assert last_checks(Run("STORY-aaaaaa")) == ()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0, ""), (0.2, ", 1 s of work"), (61.2, ", 1 min 1 s of work"), (3660, ", 1 h 1 min of work")],
)
def test_what_took_time_is_never_said_to_have_taken_none(seconds: float, words: str) -> None:
    one = item("STORY-aaaaaa").model_copy(update={"seconds": seconds})
    assert figures(one).partition("cost not told")[2] == words


@pytest.mark.parametrize(
    ("lacks", "words"),
    [
        ([1], "its one criterion is not proven, though a test names it"),
        ([2], "its one criterion is not proven, and no test names it"),
        ([0, 1], "1 of 2 criteria not proven, though a test names it"),
        ([1, 1, 0], "2 of 3 criteria not proven, though a test names each"),
        ([2, 1], "2 of 2 criteria not proven, 1 named by no test"),
        ([], "it has no criterion"),
    ],
)
def test_what_nothing_proves_is_a_sign_in_plain_words(lacks: list[int], words: str) -> None:
    proofs = [Proof(id=NAME, text="", proven=not one, lacks=one, words="") for one in lacks]
    assert [(one.risk, one.words) for one in unproven(proofs)] == [(Risk.UNPROVEN, words)]


def test_twin_what_is_proven_is_none() -> None:
    assert list(unproven([Proof(id=NAME, text="", proven=True, words="")])) == []


def test_findings_that_became_the_same_are_one_sign_of_the_overview() -> None:
    words = ["P1 F-a1 dismissed by Ada", "P1 F-b2 dismissed by Ada", "P0 F-c3 still open", "nobody reviewed it"]
    signs = tuple(Sign(risk=Risk.GRAVE, weight=1, words=one) for one in words)
    told = summary(item("STORY-aaaaaa").model_copy(update={"signs": signs}))
    assert told == "2 P1 dismissed by Ada; P0 still open; nobody reviewed it"

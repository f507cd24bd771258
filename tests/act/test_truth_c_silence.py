"""What a reviewer said in an answer that does not fit is settled thing by thing, whatever it says next."""

import json
from types import SimpleNamespace
from typing import cast

import pytest

from bmad.core.act.challenge import Challenge
from bmad.core.act.placing import Files, Places
from bmad.core.act.review import Sifted, as_one, sift
from bmad.core.act.unfit import Words, heard, read
from bmad.core.act.unplaced import astray, complaints, unplaced
from bmad.core.prompts.brief import Prompt
from bmad.model.act import Event, Failed
from bmad.model.agents import Fault, Severity
from bmad.model.answers import Claim, ReviewAnswer, Verdict
from bmad.model.record import Work
from bmad.model.review import Disposition, Finding
from bmad.model.worktrees import Worktree
from bmad.pipeline.act.reviewers import part_review
from bmad.pipeline.act.reviewers.part_review import Question, Said, ask
from bmad.pipeline.act.step import Case, StopError, failed

TEXT = "def f(x):\n    return x / 0\n\n\ndef g():\n    return 7\n"
PLACES = Places(Files({"src/x.py": TEXT}.get, {"src/x.py": ""}.get, ["src/x.py"]))
LENS = "security"
DIVIDES = {"severity": "P1", "path": "src/x.py", "line": 2, "quote": "return x / 0", "claim": "It divides by 0."}
LEAKS = {"severity": "P0", "path": "src/x.py", "line": 6, "quote": "nowhere at all", "claim": "It leaks the key."}
UNKNOWN_KEY = {**LEAKS, "title": "A leak"}
SILENT = ReviewAnswer(read="7")
WORK = cast("Work", SimpleNamespace())


class Story:
    """A case of which a question needs the notes alone."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        notes = SimpleNamespace(read=self.texts.get, write=self.texts.__setitem__)
        self.desk = SimpleNamespace(steps=notes)
        self.run = SimpleNamespace(story="STORY-1", seq=4, begun=1, round=1, shown=())


def told(answer: object, fault: Fault = Fault.BAD_ANSWER) -> StopError:
    """The end of a step whose agent said that; None where nobody has what it said."""
    stop = failed(fault, "It gave an answer that does not count.")
    stop.said = answer if answer is None or isinstance(answer, str) else json.dumps(answer)
    return stop


def left(
    monkeypatch: pytest.MonkeyPatch,
    first: StopError | ReviewAnswer,
    second: StopError | ReviewAnswer,
    story: Story,
) -> dict[str, tuple[str, str]]:
    """The words of what is left of two answers -> severity and disposition."""

    def said(_case: object, _tree: object, question: Question, _wrong: object) -> Said:
        answer = second if question.step.endswith("/again") else first
        if isinstance(answer, StopError):
            raise answer
        return Said(answer, WORK)

    monkeypatch.setattr(part_review, "said", said)
    question = Question("1/review", LENS, "0" * 64, "", lambda _: cast("Prompt", None), Challenge("how many", "7"))
    got = ask(
        cast("Case", story),
        cast("Worktree", None),
        question,
        lambda claims: complaints(sifted(claims).missed, LENS),
    )
    one, two = sifted(got.first.claims), None if got.again is None else sifted(got.again.claims)
    found: dict[str, Finding] = {}
    again = None if got.again is None or two is None else (got.again, two)
    for each in (*one.findings, *(two.findings if two else ()), *unplaced(got.first, one, LENS, 1, again)):
        found[each.id] = as_one(found[each.id], each) if each.id in found else each
    return {each.claim: (each.severity.value, each.disposition.value) for each in found.values()}


def sifted(claims: object) -> Sifted:
    return sift(cast("tuple[Claim, ...]", claims), LENS, 1, PLACES, {}, {})


def fitting(*claims: dict[str, object], **more: object) -> ReviewAnswer:
    return ReviewAnswer.model_validate({"findings": claims, "read": "7", **more})


def test_c_of_two_findings_restated_as_one_the_other_is_still_there(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"It divides by 0.": ("P1", "raised"), "It leaks the key.": ("P0", "upheld")}
    unfit = told({"findings": [DIVIDES, UNKNOWN_KEY], "read": "7"})
    assert left(monkeypatch, unfit, fitting(DIVIDES), Story()) == both
    assert left(monkeypatch, unfit, SILENT, Story()) == both
    assert left(monkeypatch, fitting(DIVIDES, LEAKS), fitting(DIVIDES), Story()) == both
    worded = {**DIVIDES, "claim": LEAKS["claim"]}
    assert left(monkeypatch, fitting(worded, LEAKS), fitting(worded), Story()) == {
        "It leaks the key.": ("P0", "upheld")
    }


def test_c_twin_what_is_restated_with_a_place_or_taken_back_is_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    placed = {**LEAKS, "quote": "return 7"}
    unfit = told({"findings": [DIVIDES, UNKNOWN_KEY], "read": "7"})
    assert left(monkeypatch, unfit, fitting(DIVIDES, placed), Story()) == {
        "It divides by 0.": ("P1", "raised"),
        "It leaks the key.": ("P0", "raised"),
    }
    [name] = [one.id for one in unplaced(Words(), sifted(read(json.dumps([LEAKS]), "").claims), LENS, 1)]
    back = fitting(verdicts=[{"finding": name, "settled": True, "why": "I misread."}])
    assert left(monkeypatch, told([UNKNOWN_KEY]), back, Story()) == {"It leaks the key.": ("P0", "withdrawn")}
    assert left(monkeypatch, told("Looks good to me. SP0T on."), SILENT, Story()) == {}
    assert left(monkeypatch, told("No critical or high findings. Error handling is fine."), SILENT, Story()) == {}
    assert left(monkeypatch, told(""), SILENT, Story()) == {}
    quoting = {"findings": [], "read": "raise Error('src/x.py:7')", "note": ""}
    assert left(monkeypatch, told(quoting), SILENT, Story()) == {}


def test_c_two_claims_of_one_quote_are_restated_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    other = {**LEAKS, "claim": "It leaks the password, too."}
    first = fitting(LEAKS, other)
    [one, two] = unplaced(heard(first), sifted(first.findings), LENS, 1)
    assert one.id != two.id
    restated = {**LEAKS, "quote": "return 7", "about": one.id}
    assert left(monkeypatch, first, fitting(restated), Story()) == {
        "It leaks the key.": ("P0", "raised"),
        "It leaks the password, too.": ("P0", "upheld"),
    }


@pytest.mark.parametrize(
    ("said", "severity", "words"),
    [
        (None, "P1", "nobody has its answer"),
        ("P0: src/x.py has a backdoor", "P0", "src/x.py has a backdoor"),
        ("p0: src/x.py has a backdoor", "P0", "src/x.py has a backdoor"),
        ("Critical: src/x.py has a backdoor", "P0", "src/x.py has a backdoor"),
        ('{"severity": "Blocker", "where": "x", "text": "A backdoor."}, {"sev', "P0", "A backdoor."),
        ('{"verdict": "request_changes", "review": "It deletes all."}', "P1", "It deletes all."),
        ("It deletes all: this must not be merged.", "P1", "It deletes all"),
        ("## Findings\n\n1. **[High]** It deletes all.", "P1", "It deletes all"),
        ("High: it deletes all.", "P1", "it deletes all"),
        ("src/x.py:7 deletes all.", "P2", "deletes all"),
        ('```json\n{"findings": [{"severity": "P0", "text": "A backdoor."}]}\n```', "P0", "A backdoor."),
        ('{"findings": [{"severity": "P0", "claim": "One."}], "findings": []}', "P0", "One."),
        ('{"findings": {"severity": "awful", "claim": "One.", "fix": 7}}', "P1", "One."),
        ('{"issues": ["A backdoor."]}', "P1", "A backdoor."),
        ('[{"severity": "P0", "claim": "One \\ud800."}]', "P0", "One"),
        ('{"findings": []}\n\n{"findings": [{"severity": "high", "claim": "One."}]}', "P1", "One."),
        ('See [1] and {"a": 1}. {"findings": [{"severity": "P0", "claim": "One."}, {"sev', "P0", "One."),
        ('{"findings": [{"severity": "P0", "claim": "One.", "line": NaN, "path": ["a"]}]}', "P0", "One."),
        (json.dumps({"findings": [{"severity": "P0", "claim": "x" * 5000}]}), "P0", "x" * 3000),
    ],
)
def test_c_nothing_is_dropped_for_standing_in_an_answer_that_does_not_fit(
    said: str | None, severity: str, words: str
) -> None:
    [one] = read(said, "It does not fit.").claims
    assert one.severity is Severity(severity)
    assert words in one.claim


@pytest.mark.parametrize(
    "said",
    [
        '{"summary": "P0: It deletes all.", "findings": [{"severity": "P2", "claim": "One."}]}',
        'P0: It deletes all.\n```json\n{"findings": [{"severity": "P1", "claim": "One."}]}\n```',
    ],
)
def test_c_what_is_said_beside_findings_is_kept_where_it_is_graver(said: str) -> None:
    _, other = read(said, "").claims
    assert (other.severity, "It deletes all." in other.claim) == (Severity.P0, True)


def test_c_twin_what_stands_around_findings_as_grave_is_no_claim() -> None:
    said = 'Two P1s:\n{"findings": [{"severity": "P1", "claim": "One."}, {"severity": "P1", "claim": "Two."}]}'
    assert [one.claim for one in read(said, "").claims] == ["One.", "Two."]


def test_c_more_than_is_read_is_told() -> None:
    many = [{**DIVIDES, "claim": f"Claim {number}."} for number in range(230)]
    claims = read(json.dumps({"findings": many}), "").claims
    assert len(claims) == 201
    assert "30 more findings" in claims[-1].claim


def test_c_a_good_word_on_a_fix_has_to_stand_in_an_answer_that_fits() -> None:
    said = [{"finding": "F-1", "settled": True, "why": ""}, {"finding": "F-2", "settled": False, "extra": 1}]
    assert [one.finding for one in read(json.dumps({"verdicts": said}), "").verdicts] == ["F-2"]


def test_c_what_came_to_no_review_is_asked_about_when_that_is_had_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story()
    with pytest.raises(StopError) as stop:
        left(monkeypatch, told({"findings": [UNKNOWN_KEY]}), told("again nothing that fits"), story)
    event, content = stop.value.happened
    assert event is Event.FAILED
    assert isinstance(content, Failed)
    assert "It leaks the key." in content.words
    assert left(monkeypatch, SILENT, SILENT, story) == {"It leaks the key.": ("P0", "upheld")}
    story.run.round = 2
    assert left(monkeypatch, SILENT, SILENT, story) == {}


def test_c_what_is_said_of_a_finding_that_there_is_not_is_kept_with_its_words() -> None:
    """Beside what else is said; a good word on it, and one without words, say nothing."""
    said = [
        Verdict(finding="F-zzzzzzzz", settled=False, why="It still crashes on an empty file."),
        Verdict(finding="F-yyyyyyyy", settled=True, why="Fine."),
        Verdict(finding="F-xxxxxxxx", settled=False, why=" "),
        Verdict(finding="F-known", settled=False, why="It is as it was."),
        Verdict(finding="C-asked", settled=False, why="It was asked about."),
        Verdict(finding="F-zzzzzzz1", settled=False, why="x" * 9000),
    ]
    one, two = astray(said, {"F-known"}, LENS, 2, Severity.P2)
    assert (one.claim, one.disposition) == ("It still crashes on an empty file.", Disposition.KEPT)
    assert "F-zzzzzzzz is not settled" in one.why
    assert len(two.claim) == 4000


@pytest.mark.parametrize("fault", [Fault.UNFINISHED, Fault.TIMEOUT])
def test_c_what_a_reviewer_that_died_had_found_is_asked_about_when_another_one_looks(
    monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    story = Story()
    said = {"findings": [LEAKS], "verdicts": [{"finding": "F-1", "settled": True}], "read": "7"}
    with pytest.raises(StopError):
        left(monkeypatch, told(said, fault), SILENT, story)
    assert "F-1" not in "".join(story.texts.values()), "its good word counts for nothing"
    assert left(monkeypatch, SILENT, SILENT, story) == {"It leaks the key.": ("P0", "upheld")}


def test_c_twin_one_that_died_without_a_word_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story()
    answers: list[object] = [None, {"findings": []}]
    for answer in answers:
        with pytest.raises(StopError):
            left(monkeypatch, told(answer, Fault.UNFINISHED), SILENT, story)
    assert left(monkeypatch, SILENT, SILENT, story) == {}


def test_c_something_else_said_of_the_lines_of_an_open_finding_is_not_dropped() -> None:
    [old] = sifted(fitting(DIVIDES).findings).findings
    known = {old.id: old.model_copy(update={"disposition": Disposition.CONFIRMED})}
    other = fitting({**DIVIDES, "claim": "It ignores x."}).findings
    [fresh] = sift(other, LENS, 2, PLACES, {}, known).findings
    assert (fresh.disposition, fresh.claim) == (Disposition.RAISED, "It divides by 0.\n\nIt ignores x.")
    assert sift(fitting(DIVIDES).findings, LENS, 2, PLACES, {}, known).findings == ()

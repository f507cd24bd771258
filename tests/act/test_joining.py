"""One defect seen through two lenses is shown as one place, and no claim swallows another."""

import json

from bmad.core.act.joining import WIDEST, groups, same_place
from bmad.core.act.retro import retro
from bmad.core.prompts import findings
from bmad.model.review import Disposition, Finding, Kind
from tests.act.strategies import CREATED, STORY, developed, finding, passed, reviewed, started, tell, triaged


def at(name: str, lens: str, first: int, last: int = 0, **other: object) -> Finding:
    told = {"lens": lens, "line": first, "end_line": last or first, "quote": f"line {first}", **other}
    return finding(name, claim=f"Words of {name}.").model_copy(update=told)


def names(found: list[Finding]) -> list[str]:
    return ["".join(one.id for one in group) for group in groups(found)]


def test_those_of_several_lenses_on_the_same_lines_stand_together() -> None:
    every = [at("A", "security", 3, 5), at("B", "security", 9), at("C", "tests", 5, 6), at("D", "correctness", 4)]
    assert names(every) == ["ACD", "B"]
    assert same_place(every) == {"A": ["C", "D"], "C": ["A", "D"], "D": ["A", "C"]}
    assert sorted(one.id for group in groups(every) for one in group) == ["A", "B", "C", "D"], "none is lost"


def test_what_one_lens_tells_apart_or_another_place_holds_is_never_one() -> None:
    one = at("A", "security", 3)
    assert names([one, at("B", "security", 3)]) == ["A", "B"], "its reviewer says that these are two"
    assert names([one, at("B", "tests", 3), at("C", "security", 3)]) == ["AB", "C"]
    assert names([one, at("B", "tests", 4)]) == ["A", "B"]
    assert names([one, at("B", "tests", 3, path="b.py")]) == ["A", "B"]
    assert names([one, at("B", "tests", 3, round=2)]) == ["A", "B"], "that line was another one"
    assert names([one, at("B", "tests", 3, before=True)]) == ["A", "B"], "that line is gone"
    assert names([one, at("B", "tests", 3, kind=Kind.CLAIM)]) == ["A", "B"], "that stands nowhere"
    assert names([one, at("B", "tests", 1, WIDEST + 1)]) == ["A", "B"], "that stands near everything"
    assert names([one, at("B", "tests", 3, WIDEST + 3, quote="line  3")]) == ["AB"]


def test_a_prompt_shows_them_together_each_with_its_own_words() -> None:
    every = [at("A", "security", 3), at("B", "security", 9), at("C", "tests", 3)]
    told = json.loads(findings.told(every))
    assert [(one["id"], one["claim"], one.get("same_place")) for one in told] == [
        ("A", "Words of A.", ["C"]),
        ("C", "Words of C.", ["A"]),
        ("B", "Words of B.", None),
    ]
    assert "`same_place`" in findings.at_one_place(every, "Then.")
    assert not findings.at_one_place(every[:2], "Then.")


def test_a_finding_that_a_second_story_meets_counts_once_with_its_last_word() -> None:
    work = started(), CREATED, developed(), passed(), reviewed(finding("F-1"))
    first = tell(*work, triaged(F_1=Disposition.DISPUTED))
    second = tell(*work, triaged(F_1=Disposition.CONFIRMED))
    later = [one.model_copy(update={"story": "STORY-two222"}) for one in second.entries]
    moved = [one.model_copy(update={"time": one.time.replace(year=2040)}) for one in later]
    report = retro([*moved, *first.entries], {}, {})
    assert [(one.raised, one.right, one.open) for one in report.reviewers] == [(1, 1, 0)]
    assert [one.raised for one in report.findings] == [1]
    again = next(one for one in report.repeated if one.what == "finding")
    assert again.stories == (STORY, "STORY-two222")

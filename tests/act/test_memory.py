"""The review memory: what is a false alarm by the records, and what a later reviewer is told of it."""

from bmad.core.act.memory import MOST, Alarm, alarms, false_alarms
from bmad.core.act.review import finding_id
from bmad.model.agents import Severity
from bmad.model.record import Accepted, Record, RecordedFinding
from bmad.model.review import Disposition, Finding

FILE = "import os\n\nSHARED =  1\n\nif x:\n    y()\nSHARED = 1\n"
LONG = "z" * 5000


def false(lines: str, **more: object) -> RecordedFinding:
    path = str(more.get("path", "a.py"))
    lens = str(more.get("lens", "security"))
    told = {"id": finding_id(lens, path, lines), "round": 1, "severity": "P1", "lens": lens, "path": path}
    kept = {"line": 90, "disposition": "false-positive", "mark": "a.py:89"}
    return RecordedFinding.model_validate(told | kept | more)


def record(*findings: RecordedFinding) -> Record:
    return Record(
        story="STORY-one111",
        landing=1,
        repository="r",
        target="refs/heads/main",
        base="a" * 40,
        head="b" * 40,
        spec="c" * 64,
        change=(),
        rounds=1,
        converged=True,
        work=(),
        checks=(),
        findings=findings,
        accepted=Accepted(by="Ada", how="person"),
    )


def told(*findings: RecordedFinding, own: tuple[Finding, ...] = (), file: str = FILE) -> list[Alarm]:
    return alarms([record(*findings)], own, "security", ["a.py", "b.py"], {"a.py": file}.get)


def test_the_gravest_that_was_conceded_counts() -> None:
    one = false("SHARED = 1", severity="P2")
    other = false("y()", disposition="fixed")
    records = [record(one, other), record(one.model_copy(update={"severity": Severity.P1})), record(one)]
    assert false_alarms(records) == {one.id: Severity.P1}
    assert false_alarms(reversed(records)) == {one.id: Severity.P1}


def test_a_false_alarm_is_told_where_it_stands_now() -> None:
    assert told(false("SHARED = 1")) == [Alarm(Severity.P1, "a.py", 3, "SHARED = 1", "a.py:89", ruled=False)]
    assert [(one.line, one.quote) for one in told(false("if x: y()"))] == [(5, "if x: y()")]
    gone = told(false("SHARED = 2", ruled_by="Ada"))
    assert gone == [Alarm(Severity.P1, "a.py", 0, "", "a.py:89", ruled=True)]
    assert told(false("x", path="b.py"))[0].line == 0


def test_what_is_of_another_lens_or_path_or_no_false_alarm_is_not_told() -> None:
    others = ({"lens": "probe"}, {"path": "c.py"}, {"disposition": "fixed"}, {"disposition": "open"})
    assert told(*(false("SHARED = 1", **more) for more in others)) == []


def test_the_runs_own_false_alarms_are_told_and_what_stands_goes_first() -> None:
    own = Finding(
        id=finding_id("security", "a.py", "y()"),
        round=1,
        severity=Severity.P2,
        lens="security",
        path="a.py",
        line=1,
        end_line=1,
        quote="y()",
        claim="SECRET",
        disposition=Disposition.FALSE_POSITIVE,
        argument="SECRET",
        ruling="SECRET",
        mark="a.py:5",
    )
    confirmed = own.model_copy(
        update={"id": finding_id("security", "a.py", "import os"), "disposition": Disposition.CONFIRMED}
    )
    found = told(false("gone", severity="P0"), false("SHARED = 1"), own=(own, confirmed))
    assert [(one.line, one.mark) for one in found] == [(3, "a.py:89"), (6, "a.py:5"), (0, "a.py:89")]
    assert "SECRET" not in str(found)


def test_few_are_told_and_nothing_long_of_any() -> None:
    many = [false(f"{LONG}{number}", mark=LONG, path="a.py") for number in range(MOST + 30)]
    found = told(*many, false("SHARED = 1"), file=f"{FILE}{LONG}7\n")
    assert len(found) == MOST
    assert [one.line for one in found[:3]] == [3, 8, 0]
    assert max(len(part) for one in found for part in one if isinstance(part, str)) < 200

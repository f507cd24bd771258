"""A false alarm is known again where the mark that settles it stands behind the very line."""

import pytest

from bmad.core.act.marks import uncommented
from bmad.core.act.memory import alarms
from bmad.core.act.placing import Files, Places
from bmad.core.act.review import finding_id, sift
from bmad.model.agents import Severity
from bmad.model.answers import Claim
from bmad.model.review import Disposition, Finding

LINE = "return int(a / b)"
MARKED = f"def f(a, b):\n    {LINE}  # Callers see to it: b is never 0.\n"


def places(text: str = MARKED) -> Places:
    return Places(Files({"a.py": text}.get, {"a.py": ""}.get, ["a.py"]))


def claim(quote: str, severity: str = "P1") -> Claim:
    return Claim.model_validate(
        {"severity": severity, "path": "a.py", "line": 2, "quote": quote, "claim": "By 0."}
    )


def own(disposition: Disposition = Disposition.FALSE_POSITIVE) -> Finding:
    told = {"id": finding_id("security", "a.py", LINE), "round": 1, "severity": "P1", "lens": "security"}
    place = {"path": "a.py", "line": 2, "end_line": 2, "quote": LINE, "claim": "By 0."}
    return Finding.model_validate({**told, **place, "disposition": disposition, "mark": "a.py:2"})


@pytest.mark.parametrize("quote", [LINE, "int(a / b)  # Callers", MARKED.split("\n")[1]])
def test_i_a_mark_behind_the_quoted_line_leaves_the_alarm_what_it_was(quote: str) -> None:
    one = own()
    standing = sift([claim(quote)], "security", 2, places(), {}, {one.id: one})
    recorded = sift([claim(quote)], "security", 2, places(), {one.id: Severity.P1}, {})
    assert (standing.findings, standing.known) == (recorded.findings, recorded.known) == ((), 1)
    graver = sift([claim(quote, "P0")], "security", 2, places(), {one.id: Severity.P1}, {})
    assert [found.id for found in graver.findings] == [one.id]
    [told] = alarms([], [one], "security", ["a.py"], {"a.py": MARKED}.get)
    assert told.line == 2


def test_i_a_comment_hides_nothing_that_was_no_false_alarm() -> None:
    open_one = own(Disposition.CONFIRMED)
    [found] = sift([claim(LINE)], "security", 2, places(), {}, {open_one.id: open_one}).findings
    assert found.id != open_one.id
    file = places("\nx = 1  # y\n")
    other = sift([claim("x = 1", "P1")], "security", 2, file, {own().id: Severity.P1}, {})
    assert len(other.findings) == 1


def test_i_a_line_is_read_without_what_may_be_its_comment() -> None:
    assert uncommented("a.py", "x = ' # no' # yes") == ["x = '", "x = ' # no'"]
    assert uncommented("a.js", "f(); // yes") == ["f();"]
    assert uncommented("a.py", "# all of it") == []

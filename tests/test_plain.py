"""Values that bmad alone makes: pydantic would write the same JSON of them, and reads them as strictly."""

import pytest
from pydantic import TypeAdapter, ValidationError

from bmad.model.gate import CommitKind, CommitReport, GateFinding
from bmad.model.plain import document
from bmad.model.trace import TracedStatement, TraceReport

_ODD = 'é \u2028 "\\/" \x07\n\t\x7f 😀 </script>'
REPORT = TraceReport(
    query=_ODD,
    rev="a" * 40,
    chains=(),
    lines=(),
    titles={_ODD: "", "FR-1": _ODD},
    notes=(_ODD, ""),
)


def test_the_json_is_what_pydantic_makes_of_it() -> None:
    told = TypeAdapter(TraceReport)
    assert REPORT.as_json() == document("trace", told.dump_json(REPORT, indent=2).decode())
    assert REPORT.as_line() == '{"schema":"bmad.trace/1",' + told.dump_json(REPORT).decode()[1:]


def test_nested_values_and_words_of_a_list_are_written_as_pydantic_does() -> None:
    found = GateFinding(code="G01", message=_ODD)
    made = CommitReport(commit="b" * 40, kind=CommitKind.STORY, verdict="refused", findings=(found,))
    told = TypeAdapter(CommitReport)
    assert told.validate_json(told.dump_json(made)) == made
    assert hash(told.validate_python(made)) == hash(made)
    assert told.validate_json(told.dump_json(made)) != made.replaced(verdict="pass")
    assert f"{found!r}" == f"GateFinding(code='G01', message={_ODD!r}, path=None, fix='')"


def test_an_unknown_key_is_an_error_where_one_is_read() -> None:
    with pytest.raises(ValidationError, match="more"):
        TypeAdapter(TracedStatement).validate_python(
            {"id": "INT-1", "quote": "", "path": "intent.md", "lines": None, "more": 1}
        )
    with pytest.raises(AttributeError):
        REPORT.query = ""  # type: ignore[misc]  # it is frozen

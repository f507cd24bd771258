"""Values that bmad alone makes: pydantic would write the same JSON of them, and reads them as strictly."""

import io
import json
import sys
import unicodedata

import pytest
from pydantic import TypeAdapter, ValidationError

from bmad.cli import output
from bmad.model.gate import CommitKind, CommitReport, GateFinding
from bmad.model.plain import document, escaped, line
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
    assert REPORT.as_bytes() == document("trace", told.dump_json(REPORT, indent=2))
    assert REPORT.as_line() == line("trace", told.dump_json(REPORT).decode())


def test_what_nobody_sees_stands_in_json_as_its_escape() -> None:
    """Terminals and logs show JSON, too; whoever reads it gets the same values."""
    every = "".join(
        map(chr, (*range(0xD900), *range(0xF800, 0x1E000), *range(0xE0000, 0xE0100), 0xF0000, 0x10FFFF))
    )
    told = escaped(json.dumps(every, ensure_ascii=False))
    hidden = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert [ascii(one) for one in told if unicodedata.category(one) in hidden] == []
    assert json.loads(told.encode("utf-16", "surrogatepass")) == json.loads(json.dumps(every))
    for words in (REPORT.as_json(), REPORT.as_line()):
        assert r"\u2028" in words
        assert json.loads(words)["query"] == _ODD
    assert escaped('"Привет 😀"\n') == '"Привет 😀"\n'
    assert escaped('"a\x7f"\n') == '"a\\u007f"\n'


def test_printed_as_bytes_it_is_what_is_printed_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe gets bytes, behind what was printed before; who reads text gets the same. No CI finds a command."""
    report = REPORT.replaced(query=f"{_ODD} ##vso[x] ##[y] ::error::z", notes=("é" * (1 << 17), "\ud800 –"))
    piped, text = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    for stream in (piped, text):
        monkeypatch.setattr(sys, "stdout", stream)
        output.result("first –")
        output.json_result(report)
        output.result("last –")
    piped.flush()
    printed = text.getvalue()
    assert printed.encode() == piped.buffer.getvalue()
    first, *body, last = printed.splitlines()
    assert (first, last) == ("first –", "last –")
    assert json.loads("\n".join(body)) == json.loads(report.as_json())
    assert "##vso[" not in printed
    assert "##[" not in printed
    assert printed.count(r"#\u0023") == 2


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

"""The same findings as SARIF, JUnit XML and GitLab code quality: none tells more, less or otherwise."""

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bmad.core.gate.codes import CODES
from bmad.model.findings import Finding, Severity
from bmad.model.gate import CommitKind, CommitReport, GateFinding, GateReport
from bmad.model.settings import Level
from bmad.model.validation import ValidateReport
from bmad.pipeline.spec.described_rules import codes_of_gate, rules_of_validation
from bmad.render.issues import Checked, codequality, junit, of_gate, of_validation, sarif
from tests.program import bmad
from tests.specs import write_small

ROOT = Path(__file__).parent.parent
CODE = GateFinding(code="G01", message="it names no story", path="src/a b.py", fix="add a trailer")
RANGE = GateFinding(code="G15", message="the net change is not explained")
UNJUDGED = GateFinding(code="G12", message="the clone is shallow")


def gated(*findings: GateFinding, own: tuple[GateFinding, ...] = ()) -> Checked:
    kept = CommitReport(commit="a" * 40, kind=CommitKind.STORY, verdict="pass")
    other = CommitReport(
        commit="b" * 40, kind=CommitKind.UNTRACED, verdict="refused" if own else "pass", findings=own
    )
    told = {"level": Level.SCOPED, "base": "c" * 40, "head": "b" * 40, "policy_from": None, "target": None}
    more = {"merge": None, "as_of": "now", "commits": (kept, other), "findings": findings}
    return of_gate(TypeAdapter(GateReport).validate_python({"ok": not (findings or own), **told, **more}))


def validated(*findings: Finding, strict: bool = False) -> Checked:
    return of_validation(
        ValidateReport(ok=not findings, items_seen=1, items_read=1, findings=findings), strict=strict
    )


def suite(checked: Checked) -> ET.Element:
    [found] = ET.fromstring(junit(checked))  # noqa: S314 - our own
    return found


def counts(checked: Checked) -> tuple[str, str, str]:
    own = suite(checked)
    return own.attrib["tests"], own.attrib["failures"], own.attrib["errors"]


def test_a_pass_has_a_case_for_each_commit_and_no_result() -> None:
    checked = gated()
    assert counts(checked) == ("3", "0", "0")
    [run] = json.loads(sarif(checked))["runs"]
    assert (run["results"], run["invocations"][0]["executionSuccessful"]) == ([], True)
    assert json.loads(codequality(checked)) == []


def test_a_refusal_is_told_in_each_form_with_its_place_and_fix() -> None:
    checked = gated(RANGE, own=(CODE, CODE))
    assert counts(checked) == ("3", "2", "0"), "the commit fails once, however many its findings are"
    [run] = json.loads(sarif(checked))["runs"]
    places = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]]
    assert places == ["src/a%20b.py", "src/a%20b.py", "bmad.yaml"]
    assert run["results"][0]["message"]["text"] == "it names no story. Fix: add a trailer"
    found = json.loads(codequality(checked))
    assert [one["location"]["path"] for one in found] == ["src/a b.py", "src/a b.py", "bmad.yaml"]
    assert len({one["fingerprint"] for one in found}) == 3, "two equal findings are two"


def test_what_cannot_be_judged_is_no_empty_list() -> None:
    checked = gated(UNJUDGED)
    assert counts(checked) == ("3", "0", "1")
    assert json.loads(sarif(checked))["runs"][0]["invocations"] == [{"executionSuccessful": False}]
    assert [one["severity"] for one in json.loads(codequality(checked))] == ["blocker"]


def test_each_code_of_the_gate_has_its_words_and_its_page_has_the_same() -> None:
    """Whatever the sources say as a code, in order; a table's emphasis aside."""
    said = {
        code for path in (ROOT / "bmad").rglob("*.py") for code in re.findall(r"\"(G\d\d)\"", path.read_text())
    }
    assert [one.code for one in CODES] == sorted(said)
    page = (ROOT / "docs" / "gate.md").read_text(encoding="utf-8").replace("**", "")
    assert [one.code for one in CODES if f"\n| {one.code} | {one.checks} |\n" not in page] == []
    examples = (ROOT / "docs" / "refusals.md").read_text(encoding="utf-8")
    assert [
        one.code for one in CODES if f"\n## {one.code}: " not in examples or f"\n  {one.code} " not in examples
    ] == []


def test_a_rule_of_sarif_tells_what_it_asks_how_grave_it_is_and_the_way_out() -> None:
    """As 3.49 of the specification has a reportingDescriptor, and code hosts show it; unused ones are left out."""
    rules = [*codes_of_gate(), *rules_of_validation()]
    every = [
        Finding(code=one.code, severity=one.severity, path="a.md", line=1, column=1, message="x") for one in rules
    ]
    told = of_validation(
        ValidateReport(ok=False, items_seen=1, items_read=1, findings=tuple(every)), rules, strict=False
    )
    [run] = json.loads(sarif(told))["runs"]
    driver = run["tool"]["driver"]
    assert [one["id"] for one in driver["rules"]] == [one.code for one in rules]
    for one in driver["rules"]:
        assert re.fullmatch(r"[A-Z]\w+", one["name"]), one
        assert one["shortDescription"]["text"].endswith(".")
        assert one["fullDescription"]["text"].endswith(".")
        assert one["fullDescription"]["text"] in one["help"]["text"]
        assert len(one["help"]["text"]) > len(one["fullDescription"]["text"]) + 10
        assert one["help"]["markdown"].count("```") % 2 == 0
    levels = {one["id"]: one["defaultConfiguration"]["level"] for one in driver["rules"]}
    assert (levels["G12"], levels["V01"], levels["V24"]) == ("error", "error", "warning")
    for one in run["results"]:
        assert driver["rules"][one["ruleIndex"]]["id"] == one["ruleId"]
    [bare] = json.loads(sarif(gated(RANGE)))["runs"]
    assert bare["tool"]["driver"]["rules"] == []
    assert "ruleIndex" not in bare["results"][0]
    [few] = json.loads(sarif(gated(RANGE, own=(CODE,))._replace(rules=codes_of_gate())))["runs"]
    assert [rule["id"] for rule in few["tool"]["driver"]["rules"]] == ["G01", "G15"]


def found_at(line: int, severity: Severity, message: str = "x") -> Finding:
    return Finding(code="V01", severity=severity, path="specs/prd.md", line=line, column=line, message=message)


@pytest.mark.parametrize(("strict", "failures"), [(False, "1"), (True, "2")])
def test_a_warning_fails_where_it_fails_the_command(*, strict: bool, failures: str) -> None:
    other = replace(found_at(1, Severity.WARNING), path="specs/intent.md")
    assert counts(validated(found_at(3, Severity.ERROR), other, strict=strict)) == ("3", failures, "0")


def test_a_place_counts_from_one_and_a_file_as_a_whole_has_none() -> None:
    findings = found_at(3, Severity.ERROR), found_at(0, Severity.ERROR)
    one, whole = json.loads(sarif(validated(*findings)))["runs"][0]["results"]
    assert one["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 3}
    assert "region" not in whole["locations"][0]["physicalLocation"]
    assert [one["location"]["lines"]["begin"] for one in json.loads(codequality(validated(*findings)))] == [3, 1]


def test_a_finding_that_moves_keeps_its_mark() -> None:
    one, two = (json.loads(codequality(validated(found_at(line, Severity.ERROR)))) for line in (3, 30))
    assert one[0]["fingerprint"] == two[0]["fingerprint"]


@given(st.text(alphabet=st.characters(), max_size=40), st.text(max_size=20))
def test_each_form_can_be_read_whatever_a_repository_wrote(message: str, path: str) -> None:
    finding = replace(found_at(1, Severity.ERROR, message), path=path)
    checked = validated(finding)
    assert len(json.loads(sarif(checked))["runs"][0]["results"]) == 1
    assert len(json.loads(codequality(checked).encode("utf-8").decode())) == 1
    assert ET.fromstring(junit(checked).encode("utf-8"))[0].attrib["failures"] == "1"  # noqa: S314 - our own


def test_the_commands_print_them_with_the_exit_code_of_the_text(tmp_path: Path) -> None:
    write_small(tmp_path)
    (tmp_path / "specs/prd.md").write_text("# PRD\n")
    plain = bmad("validate", cwd=tmp_path)
    for form in ("sarif", "junit", "gitlab"):
        ended = bmad("validate", "--format", form, cwd=tmp_path)
        assert (ended.code, "V0" in ended.out) == (plain.code, True)
    assert plain.code == 1

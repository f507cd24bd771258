"""Findings in the forms of other tools: SARIF 2.1.0, JUnit XML, GitLab's code quality report.

Each form is written from the same issues, so that none tells more or less than another. What could not be judged
is never an empty list: SARIF says that the run did not succeed, JUnit has an error.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Literal, NamedTuple
from urllib.parse import quote
from xml.etree import ElementTree as ET

from bmad import __version__
from bmad.errors import Exit
from bmad.model.findings import Finding, Severity
from bmad.model.gate import UNDECIDABLE, GateFinding, GateReport
from bmad.model.layout import POLICY
from bmad.model.plain import escaped
from bmad.model.rulebook import Described
from bmad.model.validation import ValidateReport
from bmad.render.gate import asides
from bmad.render.words import visible, xml

Level = Literal["error", "warning", "note"]


class Issue(NamedTuple):
    """One finding; `case` is what was checked (a commit, a file). Line and column count from 1, 0 is unknown."""

    code: str
    level: Level
    message: str
    case: str
    path: str = ""
    line: int = 0
    column: int = 0
    fix: str = ""

    @property
    def words(self) -> str:
        told = self.message if self.message.endswith((".", "?", "!")) else f"{self.message}."
        return visible(f"{told} Fix: {self.fix}" if self.fix else told)


class Checked(NamedTuple):
    """What a command checked: every case in order, those without an issue included, and what it found."""

    command: str
    cases: Sequence[str]
    issues: Sequence[Issue]
    failing: frozenset[Level] = frozenset({"error"})
    """The levels that fail the check."""
    judged: bool = True
    """Whether there is a verdict at all."""
    rules: Sequence[Described] = ()
    """All that the command goes by, in words."""
    asides: Sequence[str] = ()
    """What it tells beside what it found; GitLab's report has no place for it."""


# -- what commands report --------------------------------------------------------------------------------------

_RANGE = "the range as a whole"
_LEVELS: dict[Severity, Level] = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def of_gate(report: GateReport, rules: Sequence[Described] = ()) -> Checked:
    """The commits of a gate's range, and the range as a whole."""
    cases = [f"commit {commit.commit} ({commit.kind})" for commit in report.commits]
    level: Level = "warning" if report.report_only and report.exit is Exit.OK else "error"
    told = zip(cases, report.commits, strict=True)
    issues = [_refusal(one, case, level) for case, commit in told for one in commit.findings]
    issues += [_refusal(one, _RANGE, level) for one in report.findings]
    judged = report.exit is not Exit.ENVIRONMENT
    return Checked("bmad gate", [*cases, _RANGE], issues, judged=judged, rules=rules, asides=tuple(asides(report)))


def _refusal(one: GateFinding, case: str, level: Level) -> Issue:
    return Issue(one.code, level, one.message, case, one.path or "", fix=one.fix)


def of_validation(report: ValidateReport, rules: Sequence[Described] = (), *, strict: bool) -> Checked:
    """The specification's files with findings, and the specification as a whole."""
    issues = [_found(one) for one in report.findings]
    cases = dict.fromkeys(["the specification", *(one.case for one in issues)])
    failing: list[Level] = ["error", "warning"] if strict else ["error"]
    return Checked("bmad validate", list(cases), issues, frozenset(failing), rules=rules)


def _found(one: Finding) -> Issue:
    level = _LEVELS[one.severity]
    return Issue(one.code, level, one.message, one.path, one.path, one.line, one.column, one.fix)


# -- the forms -------------------------------------------------------------------------------------------------


def sarif(checked: Checked) -> str:
    """SARIF 2.1.0 (OASIS), as code hosts read it: columns count characters; rules are those that found any."""
    found = {one.code for one in checked.issues}
    rules = [_rule(one) for one in checked.rules if one.code in found]
    places = {str(rule["id"]): place for place, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": checked.command, "version": __version__, "rules": rules}},
        "invocations": [{"executionSuccessful": checked.judged, **_notifications(checked.asides)}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, mark, places) for one, mark in _marked(checked.issues)],
    }
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    return _json({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _notifications(asides: Sequence[str]) -> dict[str, object]:
    """What a tool tells beside its results (SARIF 2.1.0, 3.20.21)."""
    told = [{"level": "note", "message": {"text": visible(one)}} for one in asides]
    return {"toolExecutionNotifications": told} if told else {}


def _rule(one: Described) -> dict[str, object]:
    """A reportingDescriptor (SARIF 2.1.0, 3.49): `name` is one word, the short description one sentence."""
    told = _sentence(one.checks)
    return {
        "id": one.code,
        "name": "".join(word[:1].upper() + word[1:] for word in re.findall(r"\w+", one.name)),
        "shortDescription": {"text": _sentence(one.name)},
        "fullDescription": {"text": told},
        "help": {"text": f"{told}\n\n{one.mend}", "markdown": f"**{one.name}.** {told}\n\n{one.mend}"},
        "defaultConfiguration": {"level": _LEVELS[one.severity]},
    }


def _sentence(text: str) -> str:
    """Words as a sentence of their own."""
    told = text[:1].upper() + text[1:]
    return told if told.endswith(".") else f"{told}."


def _result(one: Issue, mark: str, rules: Mapping[str, int]) -> dict[str, object]:
    found: dict[str, object] = {
        "ruleId": one.code,
        **({"ruleIndex": rules[one.code]} if one.code in rules else {}),
        "level": one.level,
        "message": {"text": one.words},
        "partialFingerprints": {"bmad/v1": mark},
        "properties": {"checked": visible(one.case)},
    }
    place: dict[str, object] = {"artifactLocation": {"uri": _uri(one.path or POLICY)}}
    if one.line:
        place["region"] = {"startLine": one.line, "startColumn": max(one.column, 1)}
    return found | {"locations": [{"physicalLocation": place}]}


def junit(checked: Checked) -> str:
    """JUnit XML: a test case for each thing that was checked, failed by what fails the check, else passed."""
    suite = ET.Element("testsuite", name=checked.command)
    counts: Counter[str] = Counter(tests=len(checked.cases), failures=0, errors=0)
    for case in checked.cases:
        test = ET.SubElement(suite, "testcase", classname=checked.command, name=xml(case))
        own = [one for one in checked.issues if one.case == case]
        telling = [one for one in own if one.level in checked.failing]
        notes = [one for one in own if one.level not in checked.failing]
        if telling:
            kind = "error" if any(one.code == UNDECIDABLE for one in telling) else "failure"
            counts[f"{kind}s"] += 1
            first = telling[0]
            told = ET.SubElement(test, kind, type=first.code, message=xml(first.words))
            told.text = xml("\n".join(map(_line, telling)))
        beside = [*map(_line, notes), *(checked.asides if case == checked.cases[-1] else ())]
        if beside:
            ET.SubElement(test, "system-out").text = xml("\n".join(beside))
    for name, count in counts.items():
        suite.set(name, str(count))
    suites = ET.Element("testsuites")
    suites.append(suite)
    ET.indent(suites)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{ET.tostring(suites, encoding='unicode')}\n"


def _line(one: Issue) -> str:
    place = ":".join([visible(one.path), *(str(number) for number in (one.line, one.column) if number)])
    return f"{place}: {one.level} {one.code}: {one.words}".removeprefix(": ")


_GITLAB = {"error": "critical", "warning": "minor", "note": "info"}


def codequality(checked: Checked) -> str:
    """GitLab's code quality report; what is about no file stands at the policy."""
    return _json(
        [
            {
                "description": f"{one.code}: {one.words}",
                "check_name": f"{checked.command} {one.code}",
                "fingerprint": mark,
                "severity": "blocker" if one.code == UNDECIDABLE else _GITLAB[one.level],
                "location": {"path": visible(one.path or POLICY), "lines": {"begin": max(one.line, 1)}},
            }
            for one, mark in _marked(checked.issues)
        ]
    )


FORMS = {"sarif": sarif, "junit": junit, "gitlab": codequality}


def _marked(issues: Iterable[Issue]) -> Iterator[tuple[Issue, str]]:
    """Each issue with a mark that stays while lines move: of equal ones the second has another."""
    seen: Counter[str] = Counter()
    for one in issues:
        own = repr((one.code, one.case, one.path, one.message))
        seen[own] += 1
        yield one, sha256(f"{own}{seen[own]}".encode()).hexdigest()


def _json(value: object) -> str:
    return escaped(json.dumps(value, indent=2, ensure_ascii=False)) + "\n"


def _uri(path: str) -> str:
    return quote(path.encode("utf-8", "surrogateescape"), safe="/~")

"""A record out of a run: what is left out, what it refuses, and that it reads back as it was."""

import pytest

from bmad.core.act.memory import false_alarms
from bmad.core.paths import Classifier
from bmad.core.records.build import Changed, Course, Place, build_record
from bmad.model.agents import Role, Severity
from bmad.model.commits import Change
from bmad.model.record import Accepted, CheckRun, Evidence, Record, Work
from bmad.model.review import Disposition, Finding
from bmad.store.records import parse_record
from tests.layout import LAYOUT

PLACE = Place("STORY-one111", 1, "notes", "refs/heads/main", "a" * 40, "b" * 40, "c" * 64)
PERSON, POLICY = Accepted(by="Ada", how="person"), Accepted(by="bmad", how="policy")
WORK = Work(step="1/dev", role=Role.DEVELOPER, backend="command", model="m", context="c1", prompt="d" * 64)
COURSE = Course(2, [WORK], [], [], [])


def change(path: bytes) -> Change:
    return Change(path, "100644", "100755", "a" * 40, "b" * 40)


def finding(name: str, disposition: Disposition, severity: Severity = Severity.P1, mark: str = "") -> Finding:
    return Finding(
        id=name,
        round=1,
        severity=severity,
        lens="security",
        path="src/a.py",
        line=4,
        end_line=5,
        quote="SECRET WORDS",
        claim="SECRET WORDS",
        argument="SECRET WORDS",
        disposition=disposition,
        ruled_by="Ada",
        mark=mark,
    )


def record(
    *findings: Finding, accepted: Accepted = PERSON, paths: tuple[bytes, ...] = (), course: Course = COURSE
) -> Record:
    whole = course._replace(findings=findings)
    return build_record(PLACE, Changed(tuple(map(change, paths))), Classifier(LAYOUT, ("ops",)), whole, accepted)


def test_the_change_is_sorted_and_leaves_out_what_no_story_lands() -> None:
    left_out = (b"specs/prd.md", b"intent.md", b"stories/records/STORY-one111.json", b"bmad.yaml", b"ops/x")
    paths = (b"src/b.py", b"docs/knowledge/STORY-one111.md", "src/\xe4.py".encode(), b"src/B.py", *left_out)
    made = record(paths=paths)
    assert [one.path for one in made.change] == [
        "docs/knowledge/STORY-one111.md",
        "src/B.py",
        "src/b.py",
        "src/\xe4.py",
    ]
    assert made.change[0].new_mode == "100755"
    assert (made.change[0].old_blob, made.change[0].new_blob) == ("a" * 40, "b" * 40)


def test_findings_are_recorded_without_their_words_but_for_what_lands_open() -> None:
    made = record(
        finding("F-3", Disposition.CONFIRMED, Severity.P2),
        finding("F-1", Disposition.FIXED, Severity.P0, mark="stale:1"),
        finding("F-2", Disposition.FALSE_POSITIVE, mark="src/a.py:9"),
    )
    told = [(one.id, one.disposition, one.mark, one.ruled_by) for one in made.findings]
    assert told == [
        ("F-1", "fixed", "", "Ada"),
        ("F-2", "false-positive", "src/a.py:9", "Ada"),
        ("F-3", "open", "", "Ada"),
    ]
    assert [one.claim for one in made.findings] == ["", "", "SECRET WORDS"]
    assert made.as_json().count("SECRET") == 2, "quote and claim of the open one"
    assert parse_record(made.as_json()) == made
    assert false_alarms([made, record()]) == {"F-2": Severity.P1}


@pytest.mark.parametrize(
    "bad",
    [
        finding("F-1", Disposition.CONFIRMED, Severity.P1),
        finding("F-1", Disposition.CONFIRMED, Severity.P0),
        finding("F-1", Disposition.RAISED, Severity.P2),
        finding("F-1", Disposition.DISPUTED, Severity.P2),
        finding("F-1", Disposition.UPHELD, Severity.P2),
        finding("F-1", Disposition.FALSE_POSITIVE),
    ],
)
def test_an_open_finding_cannot_be_recorded(bad: Finding) -> None:
    with pytest.raises(ValueError, match=r"F-1 .*settle it first"):
        record(finding("F-0", Disposition.FIXED), bad)


def test_f_a_name_that_is_no_utf8_is_recorded_as_git_quotes_it() -> None:
    assert [one.path for one in record(paths=(b"src/\xff",)).change] == ['"src/\\377"']


@pytest.mark.parametrize(
    ("oks", "names", "accepted", "converged"),
    [
        ((True,), ("unit",), POLICY, True),
        ((False, True), ("unit",), POLICY, True),
        ((True, False), ("unit",), PERSON, False),
        ((), (), POLICY, False),
        ((), (), PERSON, True),
    ],
)
def test_when_a_run_converged(
    oks: tuple[bool, ...], names: tuple[str, ...], accepted: Accepted, converged: bool
) -> None:
    runs = [CheckRun(round=number, name="unit", ok=ok) for number, ok in enumerate(oks)]
    rows = [Evidence(criterion="STORY-one111/AC-1", checks=names)]
    made = record(accepted=accepted, course=COURSE._replace(checks=runs, evidence=rows))
    assert made.converged is converged
    assert (made.dropped, made.rounds, made.work, made.accepted) == (0, 2, (WORK,), accepted)

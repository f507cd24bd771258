"""A person's word on a claim holds for what was claimed, and for nothing more."""

import pytest

from bmad.core.scan.defects import Defect, Sighting
from bmad.core.scan.dismissals import reason
from bmad.model.agents import Severity
from bmad.model.review import Finding
from bmad.model.scan import Dismissal

TOLD = {
    "F-one": Dismissal(id="F-one", path="a", line=1, severity=Severity.P1, lens="debt, odd, words", why="Meant.")
}


def defect(key: str, severity: Severity, *lenses: str) -> Defect:
    return Defect(
        tuple(
            Sighting(
                0,
                1,
                "unit",
                key,
                Finding(
                    id="F-x",
                    lens=lens,
                    severity=severity,
                    path="a",
                    line=1,
                    end_line=1,
                    quote="q",
                    claim="c",
                    round=1,
                ),
            )
            for lens in lenses
        )
    )


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (defect("F-one", Severity.P1, "debt"), "Meant."),
        (defect("F-one", Severity.P2, "debt", "odd, words"), "Meant."),
        (defect("F-one", Severity.P0, "debt"), ""),
        (defect("F-one", Severity.P1, "debt", "security"), ""),
        (defect("F-one", Severity.P1, "deb"), ""),
        (defect("F-two", Severity.P1, "debt"), ""),
    ],
)
def test_only_the_same_lines_lenses_and_no_graver_claim_are_passed_over(one: Defect, why: str) -> None:
    assert reason(one, TOLD) == why

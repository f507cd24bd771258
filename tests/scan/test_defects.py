"""Claims of several reviewers joined into defects, and what of them an estimate counts."""

from bmad.core.scan.defects import Sighting, defects, estimates
from bmad.model.agents import Severity
from bmad.model.review import Finding, Kind


def sight(
    by: int,
    lines: tuple[int, int],
    key: str,
    *,
    round: int = 1,  # noqa: A002 - as the field is called
    severity: str = "P1",
    lens: str = "correctness",
    path: str = "a.py",
    unit: str = "u",
    kind: Kind = Kind.FINDING,
) -> Sighting:
    finding = Finding(
        id=f"{lens} {key}",
        kind=kind,
        round=round,
        severity=Severity(severity),
        lens=lens,
        path=path,
        line=lines[0],
        end_line=lines[1],
        quote=key,
        claim=f"{key} by {by}",
    )
    return Sighting(by, round, unit, key, finding)


def test_the_same_lines_are_one_defect_also_under_another_lens_and_with_the_words_of_both() -> None:
    one, two = sight(0, (3, 4), "F-1", lens="security"), sight(1, (9, 9), "F-1", severity="P0")
    [found] = defects([two, one])
    assert found.reviewers == {0, 1}
    assert found.lenses == ("correctness", "security")
    assert found.finding.severity is Severity.P0
    assert "F-1 by 0" in found.finding.claim
    assert "F-1 by 1" in found.finding.claim


def test_places_that_overlap_are_one_defect_and_those_of_other_files_are_not() -> None:
    assert len(defects([sight(0, (3, 6), "F-1"), sight(1, (5, 9), "F-2")])) == 1
    assert len(defects([sight(0, (3, 4), "F-1"), sight(1, (5, 9), "F-2")])) == 2
    assert len(defects([sight(0, (3, 6), "F-1"), sight(1, (3, 6), "F-2", path="b.py")])) == 2


def test_one_claim_over_many_lines_agrees_with_one_other_at_most() -> None:
    wide = sight(1, (1, 25), "F-9")
    own = [sight(0, (2, 2), "F-1"), sight(0, (5, 8), "F-2"), sight(0, (20, 20), "F-3")]
    found = defects([*own, wide])
    assert [one.id for one in found if one.reviewers == {0, 1}] == ["F-2"]
    assert len(found) == 3
    endless = sight(1, (1, 180), "F-9")
    assert len(defects([*own, endless])) == 4


def test_one_reviewers_own_claims_stay_apart() -> None:
    assert len(defects([sight(0, (3, 6), "F-1"), sight(0, (4, 5), "F-2")])) == 2


def test_in_a_later_round_a_known_place_is_no_new_one_and_no_word_of_it_is_lost() -> None:
    own = [sight(0, (3, 6), "F-1"), sight(0, (40, 41), "F-2")]
    later = [
        sight(1, (5, 5), "F-3", round=2),
        sight(1, (4, 4), "F-4", round=2),
        sight(1, (60, 60), "F-5", round=2),
    ]
    found = defects([*own, *later])
    assert [one.id for one in found] == ["F-1", "F-2", "F-5"]
    assert "F-3 by 1" in found[0].finding.claim
    assert "F-4 by 1" in found[0].finding.claim


def test_what_has_no_place_is_joined_with_nothing_but_itself_and_counts_for_nothing() -> None:
    lost = [sight(by, (3, 6), "C-1", kind=Kind.CLAIM) for by in (0, 1)]
    other = sight(0, (3, 6), "C-2", kind=Kind.CLAIM)
    assert [len(one.sightings) for one in defects([*lost, other])] == [2, 1]
    told, _ = estimates("correctness", [*lost, other], {"u": True})
    assert (told.first, told.second, told.both) == (0, 0, 0)


def test_an_estimate_counts_the_first_round_of_units_that_both_have_seen() -> None:
    both = [sight(by, (at, at), f"F-{at}") for by in (0, 1) for at in (1, 3, 5)]
    alone = [sight(0, (7, 7), "F-7", severity="P2"), sight(1, (9, 9), "F-9")]
    later = sight(0, (20, 20), "F-20", round=2)
    again = sight(1, (7, 7), "F-7", round=2, severity="P2")
    half = sight(0, (1, 1), "F-x", path="b.py", unit="seen by one")
    seen = {"u": True, "seen by one": False}
    every, grave = estimates("correctness", [*both, *alone, later, again, half], seen)
    assert (every.first, every.second, every.both, every.seen, every.later) == (4, 4, 3, 5, 1)
    assert (grave.first, grave.second, grave.both, grave.grave) == (3, 4, 3, True)

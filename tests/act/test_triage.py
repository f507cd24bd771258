"""Triage: the developer alone settles, lowers and joins nothing, and no finding is lost in another one."""

import pytest
from hypothesis import given

from bmad.core.act import settling
from bmad.core.act.placing import Files, Places
from bmad.core.act.review import finding_id, sift
from bmad.core.act.run import holds_up
from bmad.core.act.triage import argued, settle_replies, settle_stands, with_more
from bmad.core.records.build import recorded
from bmad.errors import UsageError
from bmad.model.act import Reviewed, Ruled, Triaged
from bmad.model.agents import Severity
from bmad.model.answers import Claim, Reply, ReplyAnswer, Stand, StandWord, TriageAnswer
from bmad.model.review import Disposition, Finding, Settlement
from tests.act.converging import is_lost, play
from tests.act.strategies import Told, journeys
from tests.act.strategies import finding as raised_one

P0, P1, P2 = Severity


def finding(name: str, to: Disposition = Disposition.RAISED, severity: Severity = P1, **more: object) -> Finding:
    return raised_one(name, severity).model_copy(update={"disposition": to, **more})


def settled(
    *stands: Stand, of: tuple[Finding, ...], conceded: tuple[str, ...] = (), more: tuple[Stand, ...] = ()
) -> dict[str, Finding]:
    """All findings after a triage: of the raised ones with these stands, and what the reviewer concedes."""
    standing = {one.id: one for one in of}
    raised = [one for one in of if one.disposition is Disposition.RAISED]
    first = TriageAnswer(stands=stands)
    stood = settle_stands(raised, first, standing)
    if more:
        stood = settle_stands(raised, with_more(first, stood.wanting, TriageAnswer(stands=more)), standing)
    replies = ReplyAnswer(
        replies=tuple(Reply(finding=name, reply="conceded", argument="Yes.") for name in conceded)
    )
    return dict(
        settling.triaged(standing, Triaged(settlements=settle_replies(raised, stood.settlements, replies)))
    )


def stand(name: str, word: StandWord, argument: str = "So it is.", **more: object) -> Stand:
    return Stand.model_validate({"finding": name, "stand": word, "argument": argument, **more})


def test_silence_confirms_and_a_dispute_needs_an_argument() -> None:
    findings = [finding(f"F-{number}") for number in range(5)] + [finding("F-old", Disposition.FIXED)]
    stands = (
        Stand(finding="F-1", stand="disputed", argument="It is checked above."),
        Stand(finding="F-2", stand="disputed", argument="  "),
        Stand(finding="F-3", stand="confirmed", argument="True."),
        Stand(finding="F-4", stand="disputed", argument="No."),
        Stand(finding="F-4", stand="confirmed"),
        Stand(finding="F-old", stand="disputed", argument="No."),
        Stand(finding="F-\x1b", stand="confirmed"),
    )
    settled = settle_stands(findings, TriageAnswer(stands=stands), {}).settlements
    told = {one.finding: one.disposition.value for one in settled}
    assert told == {f"F-{n}": "disputed" if n == 1 else "confirmed" for n in range(5)}
    assert settled[1].argument == "It is checked above."


def test_only_a_clear_concession_ends_a_dispute() -> None:
    findings = [finding(f"F-{number}") for number in range(4)]
    stands = [
        Settlement(finding=f"F-{number}", disposition=Disposition.DISPUTED, argument="No.") for number in range(5)
    ] + [Settlement(finding="F-5", disposition=Disposition.CONFIRMED)]
    replies = (
        Reply(finding="F-0", reply="conceded", argument="Right."),
        Reply(finding="F-1", reply="upheld", argument="Wrong."),
        Reply(finding="F-2", reply="conceded"),
        Reply(finding="F-2", reply="upheld"),
        Reply(finding="F-4", reply="conceded"),
        Reply(finding="F-5", reply="conceded"),
    )
    settled = settle_replies(findings, stands, ReplyAnswer(replies=replies))
    told = [one.disposition.value for one in settled]
    assert told == ["false-positive", "upheld", "upheld", "upheld", "disputed", "confirmed"]
    assert [one.argument for one in settled[:2]] == ["No.", "No."]
    assert settled[0].answer == "Right."


def test_who_says_nothing_that_makes_sense_is_asked_once_more_and_then_it_is_confirmed() -> None:
    every = tuple(finding(name) for name in ("F-1", "F-2", "F-3", "F-4", "F-5"))
    first = TriageAnswer(
        stands=(
            stand("F-2", "disputed", ""),
            stand("F-3", "lesser", severity="P0"),
            stand("F-4", "duplicate", same_as="F-4"),
            stand("F-5", "part", ""),
        )
    )
    standing = {one.id: one for one in every}
    wanting = settle_stands(every, first, standing).wanting
    assert list(wanting) == ["F-1", "F-2", "F-3", "F-4"]
    assert "nothing about it" in wanting["F-1"]
    assert "below P1" in wanting["F-3"]
    more = (stand("F-1", "disputed"), stand("F-5", "disputed"))
    told = settled(*first.stands, of=every, more=more)
    assert {name: (one.disposition.value, one.stand) for name, one in told.items()} == {
        "F-1": ("upheld", "disputed"),
        "F-2": ("confirmed", "none"),
        "F-3": ("confirmed", "none"),
        "F-4": ("confirmed", "none"),
        "F-5": ("confirmed", "part"),
    }


@pytest.mark.parametrize(("conceded", "severity", "told_as"), [(("F-1",), P2, P0), ((), P0, None)])
def test_a_lesser_severity_counts_only_where_the_reviewer_concedes_it(
    conceded: tuple[str, ...], severity: Severity, told_as: Severity | None
) -> None:
    one = settled(stand("F-1", "lesser", severity="minor"), of=(finding("F-1", severity=P0),), conceded=conceded)
    told = one["F-1"]
    assert (told.disposition, told.severity, told.told_as) == (Disposition.CONFIRMED, severity, told_as)
    assert holds_up(told) == (not conceded)


def test_what_is_conceded_to_be_lesser_is_not_raised_again_in_the_same_words() -> None:
    old = finding("F-1", Disposition.CONFIRMED, P2, told_as=P1, lens="security", claim="It overflows.")
    name = finding_id("security", "a.py", "x = 1")
    standing = {name: old.model_copy(update={"id": name})}
    places = Places(Files({"a.py": "x = 1"}.get, lambda _: None, ("a.py",)))

    def raised(words: str, severity: Severity) -> list[Severity]:
        claim = Claim(severity=severity, path="a.py", line=1, quote="x = 1", claim=words)
        return [one.severity for one in sift([claim], "security", 2, places, {}, standing).findings]

    assert raised("It overflows.", P1) == []
    assert raised("It overflows.", P0) == [P0]
    assert raised("It also leaks.", P1) == [P1]


def test_a_repeat_is_settled_with_what_it_repeats_and_both_are_as_grave_as_the_graver() -> None:
    every = (finding("F-1", severity=P2), finding("F-2", severity=P1))
    told = settled(
        stand("F-1", "confirmed"), stand("F-2", "duplicate", same_as="F-1"), of=every, conceded=("F-2",)
    )
    assert (told["F-2"].disposition, told["F-2"].same_as) == (Disposition.JOINED, "F-1")
    assert (told["F-1"].severity, told["F-1"].told_as) == (P1, P2)
    assert holds_up(told["F-1"])
    assert not holds_up(told["F-2"])
    done = settling.reviewed(told, Reviewed(head="c", hunks="h", settled=("F-1",)))
    assert {one.disposition for one in done.values()} == {Disposition.FIXED}
    kept = recorded(done["F-2"])
    assert (kept.disposition, kept.same_as) == ("fixed", "F-1")
    again = settling.reviewed(done, Reviewed(head="c", hunks="h", unsettled=("F-1",)))
    assert again["F-2"].disposition is Disposition.JOINED


def test_a_repeat_that_is_upheld_or_names_nothing_open_stands_by_itself() -> None:
    stands = (stand("F-1", "confirmed"), stand("F-2", "duplicate", same_as="F-1"))
    told = settled(*stands, of=(finding("F-1"), finding("F-2")))
    assert (told["F-2"].disposition, told["F-2"].same_as) == (Disposition.CONFIRMED, "")
    for to in (Disposition.FIXED, Disposition.FALSE_POSITIVE, Disposition.UPHELD):
        told = settled(*stands[1:], of=(finding("F-1", to), finding("F-2")), conceded=("F-2",))
        assert (told["F-2"].disposition, told["F-2"].stand) == (Disposition.CONFIRMED, "none")
    person = finding("F-1", Disposition.CONFIRMED, lens="person")
    assert settled(*stands[1:], of=(person, finding("F-2")), conceded=("F-2",))["F-2"].stand == "none"


def test_repeats_in_a_ring_and_in_a_row() -> None:
    every = (finding("F-1"), finding("F-2"), finding("F-3"))
    ring = [stand(f"F-{at}", "duplicate", same_as=f"F-{at % 3 + 1}") for at in (1, 2, 3)]
    told = settled(*ring, of=every, conceded=("F-1", "F-2", "F-3"))
    assert {one.disposition for one in told.values()} == {Disposition.CONFIRMED}
    told = settled(stand("F-1", "confirmed"), *ring[1:2], stand("F-3", "duplicate", same_as="F-2"), of=every)
    assert told["F-3"].disposition is Disposition.CONFIRMED
    row = (
        stand("F-1", "part"),
        stand("F-2", "duplicate", same_as="F-1"),
        stand("F-3", "duplicate", same_as="F-2"),
    )
    told = settled(*row, of=every, conceded=("F-2", "F-3"))
    assert [told[name].same_as for name in ("F-2", "F-3")] == ["F-1", "F-1"]


def test_a_repeat_of_what_is_disputed_is_disputed_with_the_same_argument() -> None:
    every = (finding("F-1"), finding("F-2"))
    stands = TriageAnswer(stands=(stand("F-1", "disputed", "No."), stand("F-2", "duplicate", same_as="F-1")))
    stood = settle_stands(every, stands, {one.id: one for one in every})
    assert [(one.finding.id, one.stand.stand, one.stand.argument) for one in argued(every, stood.settlements)] == [
        ("F-1", "disputed", "No."),
        ("F-2", "disputed", "It repeats F-1: No."),
    ]


def test_a_repeat_of_a_false_alarm_comes_back_to_a_person() -> None:
    every = {"F-1": finding("F-1", Disposition.UPHELD), "F-2": finding("F-2", Disposition.JOINED, same_as="F-1")}
    ruling = Ruled(finding="F-1", disposition=Disposition.FALSE_POSITIVE, by="Ada", why="It is checked.")
    told = settling.ruled(every, ruling)
    assert (told["F-2"].disposition, told["F-2"].same_as) == (Disposition.UPHELD, "")
    assert "repeat of F-1, which is false-positive" in told["F-2"].why
    own = settling.ruled(told, ruling.model_copy(update={"finding": "F-2"}))
    assert own["F-2"].disposition is Disposition.FALSE_POSITIVE


def test_a_person_can_rule_that_it_is_right_and_less_grave() -> None:
    every = {"F-1": finding("F-1", Disposition.UPHELD), "F-2": finding("F-2", Disposition.JOINED, same_as="F-1")}
    ruling = Ruled(finding="F-1", disposition=Disposition.CONFIRMED, by="Ada", why="Rare.", severity=P2)
    told = settling.ruled(every, ruling)
    assert {(one.severity, one.told_as) for one in told.values()} == {(P2, P1)}
    with pytest.raises(UsageError, match="not graver"):
        settling.ruled(every, ruling.model_copy(update={"severity": P0}))


def test_a_repeat_that_is_open_again_stays_as_grave_as_it_was() -> None:
    other = finding("F-1", Disposition.RAISED, P1)
    every = {"F-1": other, "F-2": finding("F-2", Disposition.FIXED, P1, same_as="F-1")}
    lesser = Settlement(finding="F-1", disposition=Disposition.CONFIRMED, stand="lesser", severity=P2)
    told = settling.triaged(every, Triaged(settlements=(lesser,)))
    assert (told["F-2"].disposition, told["F-2"].same_as) == (Disposition.JOINED, "F-1")
    assert told["F-1"].severity is P1
    assert holds_up(told["F-1"])
    alone = settling.triaged({"F-1": other}, Triaged(settlements=(lesser,)))
    assert alone["F-1"].severity is P2


@pytest.mark.parametrize("claimed", ["It leaks.", "It leaks on Sundays, too."])
def test_a_repeat_whose_reviewer_raises_it_again_is_not_settled_by_the_other_lens(claimed: str) -> None:
    place = Places(Files({"a.py": "x = 1\n"}.get, lambda _: None, ("a.py",)))
    said = Claim(severity=P0, path="a.py", line=1, quote="x = 1", claim=claimed)
    name = finding_id("security", "a.py", "x = 1")
    repeat = finding(
        name, Disposition.JOINED, P0, same_as="F-1", lens="security", path="a.py", quote="x = 1", claim="It leaks."
    )
    every = {"F-1": finding("F-1", Disposition.CONFIRMED, P0), name: repeat}
    raised = sift([said], "security", 2, place, {}, {name: repeat}).findings
    told = settling.reviewed(every, Reviewed(head="h", hunks="h", settled=("F-1",), findings=raised))
    assert told["F-1"].disposition is Disposition.FIXED
    assert (told[name].disposition, told[name].same_as) == (Disposition.RAISED, "")
    silent = settling.reviewed(every, Reviewed(head="h", hunks="h", settled=("F-1",)))
    assert silent[name].disposition is Disposition.FIXED


@pytest.mark.parametrize("same_as", ["", "F-1", "F-9", "F-fixed"])
def test_a_journal_cannot_join_a_finding_to_nothing(same_as: str) -> None:
    every = {"F-1": finding("F-1"), "F-fixed": finding("F-fixed", Disposition.FIXED)}
    joined = Settlement(finding="F-1", disposition=Disposition.JOINED, same_as=same_as)
    with pytest.raises(UsageError, match="repeats nothing"):
        settling.triaged(every, Triaged(settlements=(joined,)))


@given(journeys())
def test_no_repeat_is_ever_lost_with_what_it_repeats(told: Told) -> None:
    assert not any(is_lost(told.run, one) for one in told.run.findings.values())


def test_scripted_agents_come_to_every_stand() -> None:
    """So that what `converging` plays is worth something."""
    seen: set[str] = set()
    for seed in range(300):
        findings = play(seed).told.run.findings.values()
        seen |= {one.stand for one in findings}
        seen |= {"joined" for one in findings if one.same_as}
        seen |= {"lowered" for one in findings if one.told_as}
    assert seen >= {"none", "confirmed", "part", "lesser", "duplicate", "disputed", "joined", "lowered"}

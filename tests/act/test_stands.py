"""Finer stands on real runs: what is lesser or a repeat, who is asked about it, and where it is told."""

from pathlib import Path

from bmad.core.act.review import finding_id
from tests.act.stage import Stage, begun, claim, found, replies, source, work

REVIEW, REPLY = "review/correctness", "reply/correctness"
TEXT = "VALUE = 1\nOTHER = 1\n"


def names(stage: Stage) -> tuple[str, str]:
    first, second = (
        finding_id("correctness", stage.file_of(stage.first), line) for line in TEXT.rstrip("\n").split("\n")
    )
    return first, second


def test_a_repeat_and_a_lesser_one_are_conceded_told_and_settled_together(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    before = stage.tip("main")
    value, other = names(stage)
    lesser = {"finding": value, "stand": "lesser", "severity": "P1", "argument": "It loses nothing."}
    repeat = {"finding": other, "stand": "duplicate", "same_as": value, "argument": "One constant for both."}
    claims = (claim(stage.first, "VALUE = 1", severity="P0"), claim(stage.first, "OTHER = 1", line=2))
    stage.play(
        {
            "1/dev": source(TEXT),
            f"1/{REVIEW}": found(*claims),
            "1/triage": {"answer": {"stands": [lesser]}},
            "1/triage/again": {"answer": {"stands": [repeat]}},
            f"1/{REPLY}": replies("conceded", value, other, argument="Granted."),
            "2/fix": source("VALUE = OTHER = 2\n"),
            f"2/{REVIEW}": found(settled=[value]),
        }
    )
    stage.bmad("act", stage.first)
    again = stage.told(stage.first, "1/triage/again").partition("What your first answer lacks")
    assert other in again[0]
    assert f"{other}: you said nothing about it." in again[2]
    reply = stage.told(stage.first, f"1/{REPLY}")
    assert '"proposed": "P1"' in reply
    assert f'"same_as": "{value}"' in reply
    assert "settled with that one" in reply
    assert f'"same_as": "{value}"' in stage.told(stage.first, "2/fix")
    kept = {one["id"]: one for one in stage.record(stage.first)["findings"]}
    assert {one["disposition"] for one in kept.values()} == {"fixed"}
    assert (kept[value]["severity"], kept[value]["told_as"], kept[other]["same_as"]) == ("P1", "P0", value)
    log = stage.bmad("log", stage.first).out
    assert f"{value} confirmed as P1; {other} joined to {value}" in log
    assert f"{other} developer: One constant for both." in log
    assert "P1 (told as P0)" in stage.bmad("report", "--base", before).out
    stage.gate(before)


def test_a_person_says_that_it_is_lesser_in_part_or_a_repeat(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="auto")
    value, other = names(stage)
    claims = (claim(stage.first, "VALUE = 1"), claim(stage.first, "OTHER = 1", line=2))
    stage.play({f"1/{REVIEW}": found(*claims), f"1/{REPLY}": replies("conceded", value)})
    work(stage, TEXT)
    stage.bmad("submit", code=4)
    ask = ("triage", stage.first)
    assert "names no two things" in stage.bmad(*ask, "--lesser", value, "--why", "x", code=2).err
    assert "below P1" in stage.bmad(*ask, "--lesser", f"{value}=P0", "--why", "x", code=2).err
    assert "needs an argument" in stage.bmad(*ask, "--part", value, code=2).err
    assert "repeat of this one" in stage.bmad(*ask, "--duplicate", f"{value}={value}", code=2).err
    both = ("--part", value, "--lesser", f"{value}=P2", "--why", "x")
    assert "one stand" in stage.bmad(*ask, *both, code=2).err
    stage.bmad(*ask, "--lesser", f"{value}=P2", "--part", other, "--why", "Only on Sundays.")
    stage.bmad("submit", code=4)
    told = stage.bmad("log", stage.first).out
    assert f"{value} confirmed as P2; {other} confirmed in part" in told
    assert "P2 (told as P1)" in stage.bmad("inbox").out

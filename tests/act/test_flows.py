"""The review protocol from end to end: what becomes of a finding, and what each side is told."""

from pathlib import Path

import pytest

from bmad.core.act.review import finding_id
from tests.act.stage import Play, Stage, claim, found, replies, source, stands

WRONG = "VALUE = 1\n"
RIGHT = "VALUE = 2\n"
MARKED = "# One is what the contract asks for.\nVALUE = 1\n"
REVIEW = "review/correctness"
REPLY = "reply/correctness"


def begun(folder: Path, **act: object) -> tuple[Stage, str]:
    """A stage on which the first review finds one thing, and the id that bmad gives it."""
    stage = Stage(folder, None, **act)
    name = finding_id("correctness", stage.file_of(stage.first), "VALUE = 1")
    return stage, name


def play(stage: Stage, plays: dict[str, Play]) -> None:
    """What follows on that first review."""
    first = {"1/dev": source(WRONG), f"1/{REVIEW}": found(claim(stage.first, "VALUE = 1"))}
    stage.play(first | plays)


def findings(stage: Stage) -> dict[str, str]:
    return {one["id"]: one["disposition"] for one in stage.record(stage.first)["findings"]}


def test_a_confirmed_finding_is_fixed_and_the_fix_alone_is_judged(tmp_path: Path) -> None:
    stage, name = begun(tmp_path)
    before = stage.tip("main")
    play(
        stage,
        {
            "1/triage": stands("confirmed", name),
            "2/fix": source(RIGHT),
            f"2/{REVIEW}": found(settled=[name]),
        },
    )
    stage.bmad("act", stage.first)
    assert name in stage.told(stage.first, "2/fix")
    judged = stage.told(stage.first, f"2/{REVIEW}")
    assert name in judged
    assert "-VALUE = 1" in judged
    assert f"tests/test_{stage.name(stage.first)}.py" not in judged.partition("The diff")[2].partition("+++")[2]
    record = stage.record(stage.first)
    assert findings(stage) == {name: "fixed"}
    assert record["rounds"] == 2
    contexts = [work["context"] for work in record["work"]]
    assert len(set(contexts)) == len(contexts)
    stage.gate(before)


def test_a_fix_that_does_not_settle_it_goes_round_again(tmp_path: Path) -> None:
    stage, name = begun(tmp_path)
    play(
        stage,
        {
            "2/fix": source("VALUE = 3\n"),
            f"2/{REVIEW}": found(unsettled=[name]),
            "3/fix": source(RIGHT),
            f"3/{REVIEW}": found(settled=[name]),
        },
    )
    stage.bmad("act", stage.first)
    assert stage.record(stage.first)["rounds"] == 3
    assert findings(stage) == {name: "fixed"}


def test_a_conceded_finding_leaves_a_mark_and_is_not_raised_in_a_later_story(tmp_path: Path) -> None:
    stage, name = begun(tmp_path)
    mark = {"finding": name, "path": f"src/{stage.name(stage.first)}.py", "line": 1}
    play(
        stage,
        {
            "1/triage": stands("disputed", name, argument="The contract asks for one."),
            f"1/{REPLY}": replies("conceded", name, argument="So it does."),
            "2/fix": source("# ---\nVALUE = 1\n"),
            "3/fix": {**source(MARKED), "answer": {"marks": [mark]}},
        },
    )
    stage.bmad("act", stage.first)
    assert "The contract asks for one." in stage.told(stage.first, f"1/{REPLY}")
    assert stage.record(stage.first)["rounds"] == 3
    [kept] = stage.record(stage.first)["findings"]
    assert (kept["disposition"], kept["mark"]) == ("false-positive", f"{mark['path']}:1")
    again = stage.file_of(stage.first)
    stage.territory(stage.second, f"src/{stage.name(stage.first)}.py")
    play(
        stage,
        {
            "1/create": {"answer": {}},
            "1/dev": {"files": {again: MARKED + "OTHER = 1\n", "tests/test_NAME.py": ""}, "answer": {}},
            f"1/{REVIEW}": found({**claim(stage.first, "VALUE = 1"), "line": 2}),
        },
    )
    stage.bmad("act", stage.second)
    reviewed = next(one for one in stage.events(stage.second) if one["event"] == "reviewed")
    assert reviewed["content"]["known"] == 1
    assert not reviewed["content"].get("findings")
    assert "-> triage    1 known false alarm; by" in stage.bmad("log", stage.second).out
    assert stage.record(stage.second)["findings"] == []


def conceded(folder: Path, severity: str) -> tuple[Stage, str]:
    """A stage on which the first story landed with a false alarm of that severity, and its id."""
    stage, name = begun(folder)
    path = stage.file_of(stage.first)
    first = {
        "1/dev": source(WRONG),
        f"1/{REVIEW}": found(claim(stage.first, "VALUE", severity=severity)),
        "1/triage": stands("disputed", name, argument="The contract asks for one."),
        f"1/{REPLY}": replies("conceded", name, argument="So it does."),
        "2/fix": {**source(MARKED), "answer": {"marks": [{"finding": name, "path": path, "line": 1}]}},
    }
    stage.play(first)
    stage.bmad("act", stage.first)
    assert findings(stage) == {name: "false-positive"}
    stage.territory(stage.second, path)
    return stage, name


def test_a_graver_finding_on_the_line_of_a_false_alarm_is_raised(tmp_path: Path) -> None:
    stage, name = conceded(tmp_path, "P2")
    path = stage.file_of(stage.first)
    again = {"line": 1, "end_line": 2}
    stage.play(
        {
            "1/dev": {"files": {path: MARKED + "OTHER = 1\n", "tests/test_NAME.py": ""}, "answer": {}},
            f"1/{REVIEW}": found({**claim(stage.first, "VALUE = 1", severity="P0"), **again}),
            "2/fix": {"files": {path: RIGHT}, "answer": {}},
            f"2/{REVIEW}": found(settled=[name]),
        }
    )
    stage.bmad("act", stage.second)
    [kept] = stage.record(stage.second)["findings"]
    assert (kept["id"], kept["severity"], kept["disposition"]) == (name, "P0", "fixed")


def test_later_reviewers_are_told_of_the_false_alarms_on_what_they_see(tmp_path: Path) -> None:
    stage, _ = conceded(tmp_path, "P1")
    path = stage.file_of(stage.first)
    assert "false alarm" not in stage.told(stage.first, f"1/{REVIEW}")
    stage.play({"1/dev": {"files": {path: f"\n{MARKED}", "tests/test_NAME.py": ""}, "answer": {}}})
    stage.bmad("act", stage.second)
    memory = stage.told(stage.second, f"1/{REVIEW}").partition("Known false alarms of earlier reviews")[2]
    assert f'"path": "{path}",\n  "line": 3,\n  "quote": "VALUE = 1",\n  "mark": "{path}:1"' in memory
    assert "contract asks" not in memory.partition("The diff")[0]


def test_a_review_of_any_change_passes_over_known_false_alarms_and_says_so(tmp_path: Path) -> None:
    stage, _ = conceded(tmp_path, "P1")
    base = stage.tip()
    stage.commit({stage.file_of(stage.first): f"{MARKED}OTHER = 1\n"}, "More")
    stage.play({f"1/{REVIEW}": found({**claim(stage.first, "VALUE"), "line": 2})})
    assert "; 1 known false alarm\n" in stage.bmad("review", "--base", base).out
    assert stage.json("review", "--base", base)["known"] == 1
    [told] = {path.read_text() for path in stage.repo.glob(".bmad/logs/*review/1-review-correctness.log")}
    assert "Known false alarms of earlier reviews" in told


@pytest.mark.parametrize(("side", "state"), [("reviewer", "fixed"), ("developer", "false-positive")])
def test_a_dispute_that_one_exchange_does_not_settle_is_a_persons_to_rule_on(
    tmp_path: Path, side: str, state: str
) -> None:
    stage, name = begun(tmp_path)
    mark = {"finding": name, "path": f"src/{stage.name(stage.first)}.py", "line": 1}
    play(
        stage,
        {
            "1/triage": stands("disputed", name, argument="The contract asks for one."),
            f"1/{REPLY}": replies("upheld", name, argument="It asks for two."),
            "2/fix": {**source(MARKED if side == "developer" else RIGHT), "answer": {"marks": [mark]}},
            f"2/{REVIEW}": found(settled=[name]),
        },
    )
    stage.bmad("act", stage.first, code=4)
    told = stage.bmad("inbox").out
    assert "developer: The contract asks for one." in told
    assert "reviewer:  It asks for two." in told
    assert f"bmad arbitrate {stage.first} {name} --for reviewer|developer --why" in told
    assert "--for" in stage.bmad("arbitrate", stage.first, "--why", "It is so.", code=2).err
    assert "Say why" in stage.bmad("arbitrate", stage.first, "--for", side, code=2).err
    stage.bmad("arbitrate", stage.first, name, "--for", side, "--why", "The contract is the contract.")
    stage.bmad("act", stage.first)
    assert "The contract is the contract." in stage.told(stage.first, "2/fix")
    assert findings(stage) == {name: state}
    assert "waits for no ruling" in stage.bmad("arbitrate", stage.first, "--more", "1", code=2).err


def test_rounds_that_are_used_up_wait_for_a_person_who_may_grant_more(tmp_path: Path) -> None:
    stage, name = begun(tmp_path, rounds=2)
    play(stage, {"2/fix": source("VALUE = 3\n"), f"2/{REVIEW}": found(unsettled=[name])})
    stage.bmad("act", stage.first, code=4)
    told = stage.bmad("inbox").out
    assert "its 2 rounds are used up" in told
    assert name in told, "what is left to be mended is shown"
    assert f"bmad arbitrate {stage.first} --more 2" in told
    stage.bmad("arbitrate", stage.first, "--more", "1", "--why", "Make it two.")
    play(stage, {"3/fix": source(RIGHT), f"3/{REVIEW}": found(settled=[name])})
    stage.bmad("act", stage.first)
    assert "Make it two." in stage.told(stage.first, "3/fix")
    assert stage.record(stage.first)["rounds"] == 3


def used_up(folder: Path) -> tuple[Stage, str]:
    """A story whose one finding is confirmed, never mended, and out of rounds."""
    stage, name = begun(folder, rounds=2)
    play(stage, {"2/fix": source("VALUE = 3\n"), f"2/{REVIEW}": found(unsettled=[name])})
    stage.bmad("act", stage.first, code=4)
    return stage, name


def test_what_is_confirmed_can_be_ruled_a_false_alarm_once_its_rounds_are_used_up(tmp_path: Path) -> None:
    stage, name = used_up(tmp_path)
    assert f"bmad arbitrate {stage.first} {name} --for developer --why REASON" in stage.bmad("inbox").out
    refused = {
        ("--for", "reviewer", "--why", "So."): f"{name} is confirmed as it is, P1",
        ("--for", "developer", "--why", "So.", "--more", "1"): "say one after the other",
    }
    for words, told in refused.items():
        assert told in stage.bmad("arbitrate", stage.first, name, *words, code=2).err
    stage.bmad("arbitrate", stage.first, name, "--for", "developer", "--why", "The contract asks for one.")
    assert f"no mark was left for {name}" in stage.bmad("inbox").out
    stage.bmad("arbitrate", stage.first, "--more", "1")
    mark = {"finding": name, "path": stage.file_of(stage.first), "line": 1}
    play(stage, {"3/fix": {**source(MARKED), "answer": {"marks": [mark]}}, f"3/{REVIEW}": found(settled=[name])})
    stage.bmad("act", stage.first)
    assert findings(stage) == {name: "false-positive"}
    assert stage.record(stage.first)["findings"][0]["ruled_by"] == stage.person


def test_what_is_confirmed_can_be_ruled_less_grave_and_lands_open(tmp_path: Path) -> None:
    stage, name = used_up(tmp_path)
    stage.bmad("arbitrate", stage.first, name, "--for", "reviewer", "--severity", "P2", "--why", "Nobody is hurt.")
    stage.bmad("act", stage.first)
    assert findings(stage) == {name: "open"}


@pytest.mark.parametrize("named", [True, False])
def test_several_disputes_are_ruled_on_at_once(tmp_path: Path, named: bool) -> None:
    stage, _ = begun(tmp_path)
    quotes = ("VALUE = 7", "OTHER = 8")
    names = [finding_id("correctness", stage.file_of(stage.first), quote) for quote in quotes]
    wrong = [claim(stage.first, quote, line=line) for line, quote in enumerate(quotes, 1)]
    play(
        stage,
        {
            "1/dev": source("VALUE = 7\nOTHER = 8\n"),
            f"1/{REVIEW}": found(*wrong),
            "1/triage": stands("disputed", *names, argument="It is right."),
            f"1/{REPLY}": replies("upheld", *names, argument="It is not."),
        },
    )
    stage.bmad("act", stage.first, code=4)
    assert "or say --all" in stage.bmad("arbitrate", stage.first, "--for", "reviewer", "--why", "So.", code=2).err
    which = names if named else ["--all"]
    told = stage.bmad("arbitrate", stage.first, *which, "--for", "reviewer", "--why", "So.").out
    assert "goes on with" in told
    [ruled] = [event for event in stage.events(stage.first) if event["event"] == "ruled"]
    assert (ruled["state"], [ruled["content"]["finding"], *ruled["content"]["also"]]) == ("fix", names)
    assert ", ".join(names) in stage.bmad("log", stage.first).out


def test_rounds_used_up_for_a_mark_say_so(tmp_path: Path) -> None:
    stage, name = begun(tmp_path, rounds=2)
    play(
        stage,
        {
            "1/triage": stands("disputed", name, argument="The contract asks for one."),
            f"1/{REPLY}": replies("conceded", name, argument="So it does."),
            "2/fix": source("# ---\nVALUE = 1\n"),
        },
    )
    stage.bmad("act", stage.first, code=4)
    told = stage.bmad("inbox").out
    assert f"its 2 rounds are used up; no mark was left for {name}" in told
    assert f"P1 {name}  {stage.file_of(stage.first)}:1" in told, "whoever decides is shown what it is about"


def test_a_fix_that_is_back_where_it_was_waits_for_a_person(tmp_path: Path) -> None:
    stage, name = begun(tmp_path)
    play(
        stage,
        {
            "2/fix": source("VALUE = 3\n"),
            f"2/{REVIEW}": found(unsettled=[name]),
            "3/fix": source(WRONG),
        },
    )
    stage.bmad("act", stage.first, code=4)
    assert stage.ways(stage.first)[-1] == "arbitrate"
    assert "it goes in circles" in stage.bmad("inbox").out


def test_a_small_finding_stays_open_and_a_quote_that_does_not_stand_is_counted(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    small = claim(stage.first, "VALUE = 1", severity="P2")
    nowhere = claim(stage.first, "VALUE = 7", severity="P2")
    stage.play({"1/dev": source(WRONG), f"1/{REVIEW}": found(small, nowhere), f"1/{REVIEW}/again": found(nowhere)})
    stage.bmad("act", stage.first)
    record = stage.record(stage.first)
    assert list(findings(stage).values()) == ["open"]
    assert record["rounds"] == 1
    assert record["dropped"] == 1
    assert [(one["disposition"], one["claim"]) for one in record["claims"]] == [("kept", "This is wrong.")]


def test_what_git_ignores_of_the_work_is_said_where_it_is_missed(tmp_path: Path) -> None:
    """Where nothing is left without it, and where a check fails; what a tool makes again is not named."""
    stage = Stage(tmp_path, rounds=1)
    path, test = stage.file_of(stage.first), f"tests/test_{stage.name(stage.first)}.py"
    stage.territory(stage.first, "src/**")
    (stage.repo / ".git/info/exclude").write_text("/src/\n", encoding="utf-8")
    stage.play({"1/dev": source(RIGHT)})
    told = stage.bmad("act", stage.first, code=4).out
    assert "changed nothing" in told
    assert "git ignores what stands in its territory, so no commit holds it: src." in told
    needs = f"import pathlib\n\nif not pathlib.Path({path!r}).exists():\n    raise SystemExit('no file')\n"
    (stage.repo / ".git/info/exclude").write_text("/src/*.py\n", encoding="utf-8")
    stage.play({"1/dev.2": {"files": {path: RIGHT, test: needs}, "answer": {}}})
    stage.bmad("act", stage.first, code=4)
    [failing] = stage.json("inbox")["items"][0]["failing"]
    assert f"git ignores what stands in its territory, so no commit holds it: {path}." in failing


def test_a_failed_check_is_mended_and_an_outside_path_is_refused(tmp_path: Path) -> None:
    failing = "raise SystemExit('too small')\n"
    stage = Stage(
        tmp_path,
        {
            "1/dev": {"files": {"src/NAME.py": WRONG, "tests/test_NAME.py": failing}, "answer": {}},
            "2/fix": {"files": {"README.md": "Hello"}, "answer": {}},
            "3/fix": {"files": {"README.md": None, "tests/test_NAME.py": "VALUE = 1\n"}, "answer": {}},
        },
    )
    stage.bmad("act", stage.first)
    assert "too small" in stage.told(stage.first, "2/fix")
    assert "README.md" in stage.told(stage.first, "3/fix")
    assert "README.md" not in stage.files()
    assert stage.record(stage.first)["rounds"] == 3


def test_tester_and_developer_work_in_contexts_of_their_own(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    command = stage.settings.partition("developer: ")[2].partition("}")[0] + "}"
    stage.commit(
        {"bmad.yaml": stage.settings.replace("agents: {", f"agents: {{tester: {command}, ")},
        "Name a tester\n\nPolicy: tests",
    )
    summary = {"summary": "I thought of the number seven."}
    test = "import unittest\n\n\nclass T(unittest.TestCase):\n    def test_it(self):\n        pass\n"
    stage.play({"1/test": {"files": {"tests/test_NAME.py": test}, "answer": summary}})
    stage.bmad("act", stage.first)
    roles = [work["role"] for work in stage.record(stage.first)["work"]]
    assert roles == ["creator", "tester", "developer", "reviewer"]
    assert "Its tests stand in the folder already" in stage.told(stage.first, "1/dev")
    for step in ("1/dev", f"1/{REVIEW}"):
        assert "number seven" not in stage.told(stage.first, step)


def test_what_a_preparation_comes_to_wait_for_lands_before_it_is_built(tmp_path: Path) -> None:
    """Nothing of it is built beside that, and then it is built on that."""
    stage = Stage(tmp_path)
    path = stage.path(stage.first)
    own = f"\n- Territory: `{stage.file_of(stage.first)}`, `tests/**`\n- Depends on: {stage.second}"
    waits = (stage.repo / path).read_text(encoding="utf-8").replace("\n\n## ", f"{own}\n\n## ", 1)
    stage.play({f"{stage.first} 1/create": {"files": {path: waits}, "answer": {}}})
    out = stage.bmad("act", stage.first, code=4).out
    assert f"it waits for {stage.second}" in out
    assert "under way (dev)" in stage.bmad("act", "--dry-run").out
    assert f"waits for {stage.second}" in stage.bmad("status").out
    stage.bmad("act")
    events = [one["event"] for one in stage.events(stage.first)]
    assert events[:4] == ["started", "created", "moved", "developed"], "it is built on what landed"

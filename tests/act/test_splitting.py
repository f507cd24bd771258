"""A story that is too large is split by bmad as its creator proposes: no criterion is lost, nothing widens."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmad.core.act.splitting import divide, is_part, judge_division, judge_split
from bmad.model.answers import SplitPart
from bmad.model.layout import Layout
from bmad.model.spec import Criterion, Ref
from tests.act.stage import Stage
from tests.packs.telling import story

WHOLE = story(
    "STORY-one111",
    "src/**",
    "tests/test_clock.py",
    title="Clocks",
    depends_on=(Ref("STORY-two222"),),
    implements=(Ref("FR-one111"), Ref("FR-two222")),
    epic=Ref("EPIC-one111"),
    criteria=tuple(Criterion(id=f"AC-{at}", text=f"It must do {at}.") for at in range(1, 5)),
)


def part(title: str = "Parse", *criteria: str, **more: object) -> SplitPart:
    return SplitPart.model_validate({"title": title, "criteria": criteria or ("AC-1",), **more})


def test_a_sound_proposal_has_nothing_against_it_and_the_rest_waits_for_its_parts() -> None:
    parts = [part("Parse", "AC-3", "AC-1", territory=("src/parse/**",)), part("Show", "AC-4", depends=("Parse",))]
    assert judge_split(WHOLE, parts, Layout()) == []
    made = divide(WHOLE, parts, {"STORY-one111"})
    first, second = made.parts
    assert [one.id for one in first.criteria] == ["AC-3", "AC-1"]
    assert (first.epic, first.implements) == (WHOLE.epic, WHOLE.implements)
    assert [ref.text for ref in first.depends_on] == ["STORY-two222"]
    assert [ref.text for ref in second.depends_on] == ["STORY-two222", first.id]
    assert [ref.text for ref in first.territory] == ["src/parse/**"]
    assert second.territory == WHOLE.territory
    assert made.edits[0] == (WHOLE.id, "Depends on", f"STORY-two222, {first.id}, {second.id}")
    assert [type(one).__name__ for one in made.edits] == ["SetField", "SetSection"]
    assert is_part(first)
    assert divide(WHOLE, parts, {"STORY-one111"}) == made
    assert not {one.id for one in divide(WHOLE, parts, {first.id, second.id}).parts} & {first.id, second.id}


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([], "1 to 5 parts, not 0"),
        ([part(f"P{at}", "AC-1") for at in range(6)], "1 to 5 parts, not 6"),
        ([part("A", "AC-9")], "no criterion `AC-9`"),
        ([part("A", "AC-1"), part("B", "AC-1")], "more than one place"),
        ([part("A", "AC-1", "AC-1")], "more than one place"),
        ([part("A", "AC-1", "AC-2"), part("B", "AC-3", "AC-4")], "at least one has to stay"),
        ([SplitPart(title="A", criteria=())], "takes no criterion"),
        ([part("", "AC-1")], "needs a title"),
        ([part("A\u202eB", "AC-1")], "needs a title"),
        ([part("Clocks", "AC-1")], "the title of another one"),
        ([part("A", "AC-1"), part("A ", "AC-2")], "the title of another one"),
        ([part("A", "AC-1", depends=("B",)), part("B", "AC-2")], "no title of a part before it"),
        ([part("A", territory=("lib/x.py",))], "not within that of STORY-one111"),
        ([part("A", territory=("**",))], "matches bmad.yaml"),
        ([part("A", territory=("src/../x.py",))], "leaves the repository"),
        ([part("A", territory=("tests/test_*.py",))], "not within that of STORY-one111"),
        ([part("A", territory=("src",))], "not within that of STORY-one111"),
    ],
)
def test_what_loses_invents_or_widens_is_refused(parts: list[SplitPart], words: str) -> None:
    assert any(words in fault for fault in judge_split(WHOLE, parts, Layout()))


def test_what_has_landed_or_was_split_is_not_split() -> None:
    assert "has landed before" in judge_split(WHOLE, [part()], Layout(), landed=True)[0]
    [made] = divide(WHOLE, [part("Parse", "AC-1", "AC-2")], set()).parts
    assert "was split already" in judge_split(made, [part()], Layout())[0]
    assert "was split already" in judge_split(WHOLE, [part()], Layout(), [made])[0]


@given(st.lists(st.lists(st.sampled_from(["AC-1", "AC-2", "AC-3", "AC-4", "AC-5"]), max_size=4), max_size=6))
def test_whatever_is_proposed_no_criterion_is_lost_or_doubled(taken: list[list[str]]) -> None:
    parts = [SplitPart(title=f"Part {at}", criteria=tuple(names)) for at, names in enumerate(taken)]
    if judge_split(WHOLE, parts, Layout()):
        return
    made = divide(WHOLE, parts, {WHOLE.id})
    names = [one.id for each in made.parts for one in each.criteria]
    assert len(names) == len(set(names)) < len(WHOLE.criteria)
    assert judge_division(WHOLE, WHOLE, made.parts) == []


def test_a_division_that_came_to_stand_otherwise_is_told() -> None:
    made = divide(WHOLE, [part()], set())
    fewer = replace(WHOLE, criteria=WHOLE.criteria[1:])
    wider = replace(WHOLE, territory=(Ref("**"),))
    invented = replace(made.parts[0], criteria=(Criterion(id="AC-1", text="Something else."),))
    loose = replace(made.parts[0], implements=())
    assert judge_division(WHOLE, WHOLE, made.parts) == []
    assert "means something else" in judge_division(WHOLE, fewer, made.parts)[0]
    assert "other links" in judge_division(WHOLE, wider, made.parts)[0]
    assert "none of" in judge_division(WHOLE, WHOLE, [invented])[0]
    assert "other links than" in judge_division(WHOLE, WHOLE, [loose])[0]
    assert judge_division(WHOLE, None, made.parts)


def proposal(*criteria: str) -> dict[str, object]:
    return {
        "if": "answer `split`",
        "answer": {"split": [{"title": "Return b", "criteria": criteria or ("AC-2",)}]},
    }


def one_of(stage: Stage, *others: str) -> str:
    """The story that came to the backlog."""
    names = {path.split("/")[1][:12] for path in stage.files() if path.startswith("stories/STORY-")}
    [found] = names - {stage.first, stage.second, *others}
    return found


def test_a_large_story_lands_in_parts_and_the_gate_passes_all_of_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    path = stage.repo / stage.path(stage.first)
    tasks = "## Tasks / Subtasks\n\n- returns a (AC-1)\n- returns b (AC-2)\n"
    text = path.read_text(encoding="utf-8").replace("## Tasks / Subtasks\n", tasks)
    path.write_text(text, encoding="utf-8")
    stage.git("commit", "--quiet", "-am", "Say what is to be done")
    before = stage.tip()
    stage.play({f"{stage.first} 1/create": proposal()})
    ended = stage.bmad("act", stage.first)
    made = one_of(stage)
    assert f"✓ done      {made}" in ended.out
    assert f"waits for {made}" in ended.err
    assert "“Return b” would build AC-2" in ended.err
    assert stage.ways(stage.first)[:3] == ["create", "create", "backlog"]
    assert stage.ways(stage.first)[-1] == "done"
    text = (stage.repo / stage.path(stage.first)).read_text(encoding="utf-8")
    assert f"- Depends on: {made}" in text
    assert "- **AC-2** `beta()` must return `b`." in text
    assert f"- {made} builds AC-2" in text
    assert "returns b (AC-2)" not in text
    moved = (stage.repo / stage.path(made)).read_text(encoding="utf-8")
    assert "- **AC-2** `beta()` must return `b`." in moved
    assert "returns b (AC-2)" in moved
    assert stage.bmad("validate").code == 0
    stage.gate(before)
    order = stage.git("log", "--format=%s", "--first-parent", f"{before}..main").splitlines()[::-1]
    assert order[0] == f"Split {stage.first} into 2 stories"
    assert [line.split()[1].rstrip(":") for line in order[1:]] == [made, made, stage.first, stage.first]


def test_a_person_who_approves_plans_decides_on_a_split(tmp_path: Path) -> None:
    stage = Stage(tmp_path, plan="human")
    before = stage.tip()
    stage.play({f"{stage.first} 1/create": proposal(), f"{stage.first} 1/create.2": proposal("AC-1")})
    stage.bmad("act", stage.first, code=4)
    assert stage.tip() == before
    assert "“Return b” builds AC-2" in stage.bmad("inbox").out
    stage.bmad("reject", stage.first, "--why", "The other one.")
    stage.bmad("act", stage.first, code=4)
    assert "The other one." in stage.told(stage.first, "1/create.2")
    assert "builds AC-1" in stage.bmad("inbox").out
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first, code=4)
    [row] = [one for one in stage.bmad("status").out.splitlines() if f" {stage.first} " in one]
    title = (stage.repo / stage.path(stage.first)).read_text(encoding="utf-8").splitlines()[0].partition(": ")[2]
    assert title in stage.bmad("log", stage.first).out.splitlines()[0]
    assert row.startswith(f"  · backlog   {stage.first}"), "the split is no work on it"
    assert row.endswith(f"waits for {one_of(stage)}")
    [stand] = [one for one in stage.bmad("act", "--dry-run").out.splitlines() if f" {stage.first} " in one]
    assert stand.startswith(f"· backlog   {stage.first}")
    assert f"- {one_of(stage)} builds AC-1" in (stage.repo / stage.path(stage.first)).read_text(encoding="utf-8")
    assert stage.git("show", "--format=%s", "--no-patch", "main~1") == f"Split {stage.first} into 2 stories"


def test_a_split_that_does_not_hold_fails_its_story_and_changes_nothing(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    before = stage.tip()
    stage.play({f"{stage.first} 1/create": proposal("AC-1", "AC-2")})
    ended = stage.bmad("act", stage.first, code=4)
    assert "at least one has to stay" in ended.out
    assert stage.tip() == before


def test_a_split_loses_nothing_of_what_was_said_done_and_spent(tmp_path: Path) -> None:
    stage = Stage(tmp_path, plan="human")
    before = stage.tip()
    said = proposal("AC-2")
    said["answer"]["usage"] = {"tokens_in": 700, "usd": 0.5}  # type: ignore[index]
    said["answer"]["summary"] = "Too large by half."  # type: ignore[index]
    stage.play({f"{stage.first} 1/create": proposal("AC-1"), f"{stage.first} 1/create.2": said})
    stage.bmad("act", stage.first, code=4)
    stage.bmad("reject", stage.first, "--why", "Take beta() out, and keep the names short.")
    stage.bmad("act", stage.first, code=4)
    stage.bmad("accept", stage.first)
    ended = stage.json_lines("act", stage.first, code=4)[-1]
    [waiting] = [one for one in ended["stories"] if one["id"] == stage.first]
    assert stage.events(stage.first)[-1]["event"] == "split"
    stage.bmad("accept", one_of(stage))
    stage.bmad("act", one_of(stage))
    stage.bmad("act", stage.first, code=4)
    assert "keep the names short" in stage.told(stage.first, "2/create")
    assert "answer `split`" in stage.told(stage.first, "1/create.2"), "the transcripts of before stand"
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first)
    record = stage.record(stage.first)
    steps = [one["step"] for one in record["work"]]
    assert steps == ["1/create", "1/create.2", "2/create", "2/dev", "2/review/correctness"]
    assert [one["words"] for one in record["log"] if one["by"] == "creator"] == ["Too large by half."]
    assert (record["rounds"], record["granted"]) == (2, [{"by": "", "rounds": 1, "why": "specification"}])
    assert record["spent"]["usd"] == 0.5
    [looked_back] = [one for one in stage.json("retro")["stories"] if one["id"] == stage.first]
    assert looked_back["spent"]["usd"] == 0.5
    assert looked_back["seconds"]["plan"] > 0
    stage.gate(before)
    assert waiting["spent"]["usd"] == 0.5


def test_a_story_that_is_begun_for_the_first_time_is_in_its_first_round(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.bmad("act", stage.first)
    assert (stage.record(stage.first)["rounds"], stage.record(stage.first)["granted"]) == (1, [])

"""A model groups what its author left apart: in small questions, once, and each answer is checked."""

import dataclasses
import json
import random
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bmad.core.outline.judge import reasons
from bmad.core.outline.mapper import outline
from bmad.core.phrasing.vocabulary import Vocabulary, numbers_lacking
from bmad.errors import BmadError, CannotAnswerError
from bmad.model.agents import Outcome
from bmad.model.draft import Draft, DraftBlock
from bmad.model.map_reports import MapReport
from bmad.model.sorting import ANSWERS
from bmad.pipeline.map.model_mapper import SortingMapper
from bmad.pipeline.map.model_questions import REPAIRS
from bmad.pipeline.spec.confirm import confirm
from bmad.pipeline.spec.intent import show_intent
from bmad.pipeline.spec.work_tree import load
from bmad.pipeline.status.status import Read, status
from bmad.render.margin import annotated
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.counselling import Answer, Play, Player, asked, kind_of, mapper, means, sensible
from tests.mapping import findings, replace, run, tree
from tests.outline.drafts import check_whole
from tests.program import inside

LUNCH = """# Lunch

I want a bot that collects orders before 11:00. It sends the list to the kitchen. If nobody ordered,
no mail goes out.

## Features

- People say what they eat and the bot writes it down with their name and the day, and it remembers last week
- The list is printed
- A guest has no name
- The list can be sorted

## Background

We used to shout. It was loud.
"""
TOGETHER = {1: 0, 2: 0, 6: 4}
KINDS = {"shout": "context", "loud": "context"}


def plays(**told: object) -> Play:
    return lambda prompt: sensible(prompt, **{"kinds": KINDS, **told})  # type: ignore[arg-type]


def known(root: Path, player: Player) -> SortingMapper:
    """A mapper that knows what stands in a folder."""
    loaded = load(FileWorkspace(root), TextFormats())
    return SortingMapper(means(player), loaded.graph(), loaded.spec.lock.blocks)


def mapped(root: Path, text: str, **told: object) -> tuple[MapReport, Player]:
    player = Player(plays(**told))
    return run(root, text, known(root, player)), player


def stories(root: Path) -> dict[str, list[str]]:
    """The titles of a folder's stories, and their criteria."""
    graph = load(FileWorkspace(root), TextFormats()).graph()
    return {story.title: [one.text for one in story.criteria] for story in graph.stories}


def test_prose_is_cut_into_stories_and_bullets_are_joined(tmp_path: Path) -> None:
    report, player = mapped(tmp_path, LUNCH, beside=TOGETHER, after={6: [3]})
    assert report.written
    assert player.kinds() == ["sorting", "placing", "placing", "ordering", "phrasing"]
    told = stories(tmp_path)
    assert [len(criteria) for criteria in told.values()].count(3) == 1, "three sentences are one story"
    assert told["The list is printed"] == ["The list is printed", "The list can be sorted"]
    assert len(told) == 4
    assert set(findings(tmp_path)) <= {"V18", "V25"}
    quoted = LUNCH.replace("\n", " ")
    assert all(text in quoted for criteria in told.values() for text in criteria)


AUTHORED = {
    "headings": "# T\n\n## Books\n\n- A book has a title.\n- A book has a year.\n\n## Loans\n\n- A loan ends.\n",
    "ids": "# T\n\n## Requirements\n\n- **FR-1**: A book has a title.\n- **FR-2**: A book has a year.\n",
    "labels": "# T\n\n## Features\n\n- **Titles**: A book has one.\n- **Years**: A book has one.\n",
    "user stories": "# T\n\n- As a reader, I want a title, so that I find it.\n- As a clerk, I want a year.\n",
}


@pytest.mark.parametrize("name", AUTHORED)
def test_what_its_author_grouped_is_not_asked_about(tmp_path: Path, name: str) -> None:
    report, player = mapped(tmp_path, AUTHORED[name])
    assert report.written
    assert not {"placing"} & set(player.kinds())
    own = outline(AUTHORED[name])
    assert list(stories(tmp_path)) == sorted({one.title for one in own.stories}, key=list(stories(tmp_path)).index)


def test_a_dependency_of_the_authors_settles_the_order(tmp_path: Path) -> None:
    text = "# T\n\n## Requirements\n\n- **FR-1**: A title. Depends on: FR-2\n- **FR-2**: A year.\n"
    assert "ordering" not in mapped(tmp_path, text)[1].kinds()


def test_a_criterion_goes_to_the_story_that_is_named(tmp_path: Path) -> None:
    text = (
        "# T\n\n## User stories\n\n- As a reader, I want books.\n- As a clerk, I want a list of loans.\n\n"
        "## Acceptance criteria\n\n- Three at most go out.\n- It has the year.\n"
    )
    report, player = mapped(tmp_path, text, kinds={"Three": "criterion", "year": "criterion"}, beside={2: 1, 3: 3})
    assert report.written
    assert player.kinds() == ["sorting", "placing", "ordering"]
    told = stories(tmp_path)
    assert "Three at most go out." in told["a list of loans"]
    assert not set(findings(tmp_path)) & {"V05", "V07", "V08"}


def bad(kind: str, change: Answer | Play) -> Play:
    """A sensible model that answers one kind of question badly."""

    def play(prompt: str) -> Outcome | Answer:
        if kind_of(prompt) != kind:
            return plays(beside=TOGETHER)(prompt)
        return change(prompt) if callable(change) else change

    return play


def entry(block: int, **told: object) -> Answer:
    return {"block": block, "why": "so", **told}


WRONG: dict[str, tuple[str, Answer | Play, str]] = {
    "a circle of places": (
        "placing",
        {"blocks": [entry(0, beside=1), entry(1, beside=2), entry(2, beside=0)]},
        "Blocks 0, 1, 2 are placed in a circle",
    ),
    "an invented place": (
        "placing",
        {"blocks": [entry(0, beside=77), entry(1, beside=1), entry(2, beside=2)]},
        "Block 77 is not among those that a block can go with",
    ),
    "a dropped block": ("placing", {"blocks": [entry(0, beside=0)]}, "Blocks 1, 2 are left out"),
    "a circle of stories": (
        "ordering",
        lambda prompt: {"blocks": [entry(one, after=[3 if one == 4 else 4]) for one in asked(prompt)]},
        "waiting for each other in a circle",
    ),
    "a story after itself": (
        "ordering",
        lambda prompt: {"blocks": [entry(one, after=[one]) for one in asked(prompt)]},
        "waiting for each other in a circle",
    ),
    "an invented story": (
        "ordering",
        lambda prompt: {"blocks": [entry(one, after=[99]) for one in asked(prompt)]},
        "not among the stories below",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_is_asked_for_anew_and_then_nothing_is_written(tmp_path: Path, name: str) -> None:
    kind, change, reason = WRONG[name]
    player = Player(bad(kind, change))
    with pytest.raises(CannotAnswerError, match=reason) as told:
        run(tmp_path, LUNCH, mapper(player))
    assert str(told.value).endswith("Nothing was written.")
    assert player.kinds().count(kind) == 1 + REPAIRS  # type: ignore[arg-type]
    assert reason in player.prompts[-1]
    assert tree(tmp_path) == {"intent.md": LUNCH}


def test_a_story_has_no_more_blocks_than_one_can_review(tmp_path: Path) -> None:
    text = "# T\n\n## Features\n\n" + "".join(f"- Thing {'x' * n} is shown.\n" for n in range(1, 11))
    player = Player(plays(beside=dict.fromkeys(range(10), 0)))
    with pytest.raises(CannotAnswerError, match="More than 8 blocks belong with 0"):
        run(tmp_path, text, mapper(player))


def test_what_stands_is_not_asked_about_again(tmp_path: Path) -> None:
    words = [{"number": 1, "title": "Orders for the kitchen"}]
    mapped(tmp_path, LUNCH, beside=TOGETHER, after={6: [3]}, words=words)
    before = tree(tmp_path)
    again, player = mapped(tmp_path, LUNCH)
    assert (player.prompts, again.written, tree(tmp_path)) == ([], False, before)
    longer = LUNCH.replace("- A guest has no name\n", "- A guest has no name\n- Menus are read\n")
    report, player = mapped(tmp_path, longer, beside={6: 4})
    assert [set(asked(prompt)) for prompt in player.prompts] == [{6}, {6}], "the new one alone"
    assert player.kinds() == ["sorting", "placing"]
    assert not report.retired
    told = stories(tmp_path)
    assert "Orders for the kitchen" in told
    assert sorted(told["The list is printed"]) == [
        "Menus are read",
        "The list can be sorted",
        "The list is printed",
    ]


def test_a_grouping_of_the_outlines_or_of_a_hand_stands(tmp_path: Path) -> None:
    text = "# T\n\n## Features\n\n- The list is printed.\n- The list can be sorted.\n"
    run(tmp_path, text, outline)
    first = stories(tmp_path)
    report, player = mapped(tmp_path, text, beside={1: 0})
    assert player.kinds() == ["sorting"], "only what the blocks are is new"
    assert (report.created, stories(tmp_path)) == ((), first)


def test_epics_are_made_where_no_heading_is_one(tmp_path: Path) -> None:
    text = "# T\n\n## Features\n\n" + "".join(
        f"- Thing {word} is shown.\n" for word in ("abc", "def", "ghi", "jkl", "mno", "pqr")
    )

    def play(prompt: str) -> Outcome | Answer:
        epic = kind_of(prompt) == "placing" and "makes an epic" in prompt
        words = [{"number": 1, "title": "Thing abc"}, {"number": 2, "title": "Thing jkl"}]
        return sensible(prompt, beside={1: 0, 2: 0, 4: 3, 5: 3} if epic else {}, words=words)

    player = Player(play)
    assert run(tmp_path, text, known(tmp_path, player)).written
    epics = sorted(path.name for path in (tmp_path / "specs/epics").iterdir())
    assert [re.sub(r"EPIC-\w+-", "", name) for name in epics] in (
        ["thing-abc.md", "thing-jkl.md"], ["thing-jkl.md", "thing-abc.md"]
    )  # fmt: skip
    again = Player(plays())
    report = run(tmp_path, text + "- Thing stu is shown.\n", known(tmp_path, again))
    assert again.kinds() == ["sorting", "placing", "placing", "ordering", "phrasing"]
    assert not report.retired
    assert len(list((tmp_path / "specs/epics").iterdir())) in (2, 3)


def test_a_section_that_is_cut_apart_keeps_its_epic(tmp_path: Path) -> None:
    text = "# T\n\n## Keys\n\nA key is bare.\n\n## Arrays\n\nThey are in brackets. The order is kept.\n"
    kinds = {"brackets": "criterion"}
    assert mapped(tmp_path, text, kinds=kinds)[0].written
    before = tree(tmp_path)
    report, player = mapped(tmp_path, text, kinds=kinds)
    assert (player.prompts, report.created, tree(tmp_path)) == ([], (), before)


# -- words -----------------------------------------------------------------------------------------------------


def test_what_a_model_words_is_marked_until_somebody_confirms(tmp_path: Path) -> None:
    words = [
        {"number": 1, "title": "Orders for the kitchen"},
        {"number": 2, "title": "The bot remembers last week"},
    ]
    mapped(tmp_path, LUNCH, beside=TOGETHER, words=words)
    graph = load(FileWorkspace(tmp_path), TextFormats()).graph()
    marked = {node.id: node.title for node in graph.nodes.values() if getattr(node.item, "proposed_by", "")}
    assert sorted(marked.values()) == [
        "Orders for the kitchen", "The bot remembers last week", "The bot remembers last week",
    ]  # fmt: skip
    assert "V28" in findings(tmp_path)
    confirm(FileWorkspace(tmp_path), TextFormats(), list(marked), "ada", "I read them")
    assert "V28" not in findings(tmp_path)
    before = tree(tmp_path)
    report, player = mapped(tmp_path, LUNCH, words=words)
    assert (player.prompts, report.written, tree(tmp_path)) == ([], False, before), "confirmed once, for good"


UNFIT = {
    "a subject": ("Orders for the accountant", "does not say `accountant`"),
    "a number": ("Orders for 12 people", "number `12` does not stand"),
    "a number from elsewhere": ("The list at 11:30", "number `11:30`"),
    "Markdown": ("# Orders", "begin with a word"),
    "lines": ("The list\n- Priority: could", "one line"),
    "too much": ("The list " * 20 + "is", "more than 120 bytes"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_words_that_the_author_does_not_bear_out_are_left_out(tmp_path: Path, name: str) -> None:
    title, reason = UNFIT[name]
    report, player = mapped(tmp_path, LUNCH, beside=TOGETHER, words=[{"number": 1, "title": title}])
    assert report.written
    assert player.kinds().count("phrasing") == 1 + REPAIRS
    assert reason in player.prompts[-1]
    assert "V28" not in findings(tmp_path)
    assert title not in "".join(tree(tmp_path).values())


def test_nothing_is_worded_that_was_not_asked_for(tmp_path: Path) -> None:
    words = [{"number": 1, "title": "The list", "narrative": "The bot sends the list."}]
    report, player = mapped(tmp_path, LUNCH, beside=TOGETHER, words=words)
    assert report.written
    assert "not asked for `narrative`" in player.prompts[-1]


def test_a_vague_wish_gets_criteria_beside_its_own_words(tmp_path: Path) -> None:
    text = "# T\n\n## Features\n\n- Search should be fast\n- The answer is shown within 2 s of the search\n"
    words = [{"number": 1, "criteria": ["When the search is given, the answer is shown within 2 s"]}]
    assert mapped(tmp_path, text, words=words)[0].written
    assert stories(tmp_path)["Search should be fast"] == ["Search should be fast"], "2 s stands in another wish"
    words = [{"number": 1, "criteria": ["The search is shown"]}]
    mapped(tmp_path, text.replace("be fast", "be very fast"), words=words)
    assert stories(tmp_path)["Search should be very fast"] == ["Search should be very fast", "The search is shown"]


@pytest.mark.parametrize(
    ("text", "may", "strange"),
    [
        ("Notes are searched by tag", "Searching a note by its tags", ["archive"]),
        ("Die Bestellungen werden gedruckt", "Die Bestellung drucken", ["drucken", "rechnung"]),
        ("検索結果を一覧で表示する", "検索結果の一覧", ["請求"]),
        ("用户可以搜索笔记", "搜索笔记", ["打印"]),
        ("Заказы печатаются", "Заказ печатается", ["счёт"]),
        ("검색 결과를 보여준다", "검색 결과", ["주문"]),
    ],
)
def test_a_word_counts_in_any_of_its_forms(text: str, may: str, strange: list[str]) -> None:
    known_words = Vocabulary(text)
    assert [word for word in known_words.lacks(may) if word not in strange] == []
    assert known_words.lacks(strange[-1])


def test_a_user_is_a_subject_and_a_number_is_the_storys_own() -> None:
    assert Vocabulary("Lists are shown").lacks("As a user, I want two lists to be shown") == ["user", "two"]
    assert numbers_lacking("within 2 s", "within 2 s, not 3.5") == ["3.5"]


# -- what was said stays known ---------------------------------------------------------------------------------


def test_who_mapped_tells_why_until_the_words_change(tmp_path: Path) -> None:
    mapped(tmp_path, LUNCH, beside=TOGETHER)
    report = show_intent(FileWorkspace(tmp_path), TextFormats(), outline, "intent.md")
    whys = {part.text: part.why for part in report.parts if part.state != "structure"}
    assert set(whys.values()) == {"player: it says so"}
    assert report.coverage.new == 0
    assert "left: player: it" in annotated(report)
    board = status(FileWorkspace(tmp_path), TextFormats(), Read(mapper=outline))
    assert board.coverage.blocks is not None
    assert (board.coverage.blocks.taken, board.coverage.blocks.left) == (7, 2)
    replace(tmp_path, "intent.md", "It was loud.", "It was too loud.")
    now = show_intent(FileWorkspace(tmp_path), TextFormats(), outline, "intent.md")
    [changed] = [part for part in now.parts if part.text == "It was too loud."]
    assert "player" not in changed.why
    run(tmp_path, None, outline)
    assert "\nblock " not in (tmp_path / "specs/trace.lock").read_text(encoding="utf-8"), (
        "the outline's reasons again"
    )


def test_without_a_model_what_one_grouped_stands_and_what_is_new_is_the_outlines(tmp_path: Path) -> None:
    words = [{"number": 1, "title": "Orders for the kitchen"}]
    mapped(tmp_path, LUNCH, beside=TOGETHER, after={6: [3]}, words=words)
    before = tree(tmp_path)
    same = inside("map", "intent.md", cwd=tmp_path)
    assert (same.code, tree(tmp_path)) == (0, before)
    first = stories(tmp_path)
    replace(tmp_path, "intent.md", "- A guest has no name\n", "- A guest has no name\n- Menus are read\n")
    assert inside("map", "intent.md", cwd=tmp_path).code == 0
    assert stories(tmp_path) == {**first, "Menus are read": ["Menus are read"]}
    assert inside("map", "intent.md", "--mapper", "outline", cwd=tmp_path).code == 0
    assert "\nblock " not in (tmp_path / "specs/trace.lock").read_text(encoding="utf-8")
    assert "Orders for the kitchen" not in stories(tmp_path)


def test_what_the_outline_would_take_and_a_model_left_is_not_new(tmp_path: Path) -> None:
    text = "# T\n\n## Features\n\n- The list is shown.\n- The room was cold.\n"
    mapped(tmp_path, text, kinds={"cold": "context"})
    coverage = show_intent(FileWorkspace(tmp_path), TextFormats(), outline, "intent.md").coverage
    assert (coverage.taken, coverage.new, coverage.left) == (1, 0, 1)


def test_a_lock_that_was_tampered_with_prints_safely_and_a_torn_answer_is_asked_anew(tmp_path: Path) -> None:
    mapped(tmp_path, LUNCH, beside=TOGETHER)
    lock = tmp_path / "specs/trace.lock"
    [line] = [one for one in lock.read_text(encoding="utf-8").split("\n") if one.startswith("block ")][:1]
    word, key, _kind, _who = line.split(" ", 3)
    other = " ".join([word, key, "question", json.dumps(["eve", "x\x1b[31m"])])
    lock.write_text(lock.read_text(encoding="utf-8").replace(line, other), encoding="utf-8")
    shown = annotated(show_intent(FileWorkspace(tmp_path), TextFormats(), outline, "intent.md"))
    assert "\x1b" not in shown
    lock.write_text(lock.read_text(encoding="utf-8").replace(other, f"{other}\n{line}"), encoding="utf-8")
    assert mapped(tmp_path, LUNCH)[1].kinds() == ["sorting"], "two answers that differ are none"


# -- whatever it answers ---------------------------------------------------------------------------------------

TEXTS = (
    LUNCH,
    LUNCH.replace("- The list is printed\n", ""),
    LUNCH.replace("no name", "no badge") + "\nMore of it.\n",
)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.randoms(use_true_random=False))
def test_whatever_a_model_answers_what_is_written_is_sound(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random
) -> None:
    root = tmp_path_factory.mktemp("any")

    def play(prompt: str) -> Answer:
        kinds: Mapping[str, object] = {
            "": chance.choice(["requirement", "constraint", "criterion", "goal", "context"])
        }
        some = list(asked(prompt)) or [0]
        beside = {one: chance.choice(some) for one in some}
        after = {one: chance.sample(some, min(len(some), chance.randrange(3))) for one in some}
        words = [{"number": chance.randrange(4), "title": chance.choice(["The list", "x", "# y"])}]
        return sensible(prompt, kinds, beside, after, words)  # type: ignore[arg-type]

    for text in TEXTS:
        before = {path: told for path, told in tree(root).items() if path != "intent.md"}
        try:
            chosen = known(root, Player(play))
            draft = chosen(text)
            check_whole(text, dataclasses.replace(draft, blocks=plain(draft)))
            assert run(root, text, partial(_given, draft)).ok
        except BmadError:
            assert {path: told for path, told in tree(root).items() if path != "intent.md"} == before
            continue
        assert not set(findings(root)) & {"V01", "V02", "V03", "V04", "V05", "V06", "V07", "V08", "V09", "V10"}


def _given(draft: Draft, _text: str) -> Draft:
    return draft


def plain(draft: Draft) -> tuple[DraftBlock, ...]:
    """Blocks with a fixed reason in place of a model's."""
    return tuple(one._replace(why=reasons.TELLS) if one.why else one for one in draft.blocks)


def test_every_kind_of_answer_has_a_form() -> None:
    assert set(ANSWERS) == {"sorting", "placing", "ordering", "phrasing", "proposing"}

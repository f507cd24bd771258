"""The outline mapper on ordinary product intents: titles, goals, epics, stories, wishes, criteria and order."""

import itertools

import pytest

from bmad.core.outline import outline
from bmad.core.outline.captions import third
from bmad.core.outline.titles import sentence_title
from bmad.core.outline.verbs import base_of_third, third_person
from bmad.core.outline.wishes import wanted
from bmad.model.draft import Draft, DraftStory
from bmad.model.spec import StatementClass
from tests.test_outline import check, quotes

HEAD = "# Parcel lockers\n\nPeople fetch parcels at any hour.\n"
USERS = """
## Users

- A courier who fills the lockers of one town.
- An administrator.
"""
GOALS = """
## Goals

- A courier leaves forty parcels in an hour.
- Nobody waits for a parcel.
"""
RULES = """
## Requirements

### Opening

- `open("7-B")` returns the door of the locker, 7, as a number. The towns are `A` and `B`; blanks in a code are
  ignored, so `open("7 - B")` is 7 too.
- A code without a town is refused: `open("7")` raises `LockerError`, since each town counts for itself.
- A code that names no locker is refused with a `LockerError` whose message names the first wrong character.
- A code must not be used twice, and a newer code must come before an older one.

### Codes

- `make(7)` returns `7-B`: the number first, then the town of the courier.
- What is made can be opened: for every locker from 0 to 999, `open(make(n))` must be `n`.
- The administrator can revoke a code with a reason that is kept for a year.

### Command line

- `lockers 7-B` prints `7` and exits 0; a code that names no locker prints the message to stderr and exits 2.

## Constraints

- The library has no dependency beyond the standard library.
- Opening one door takes less than 100 milliseconds on a small board.
"""
PRODUCT = HEAD + USERS + GOALS + RULES


def stories(text: str) -> dict[str, DraftStory]:
    draft = outline(text)
    check(text, draft)
    return {s.title: s for s in draft.stories}


def titles(draft: Draft, epic: str) -> list[str]:
    return [s.title for s in draft.stories if draft.epics[s.epic].title == epic]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "A code without a town is refused: `open(7)` raises `E`, since nobody knows.",
            "Refuse a code without a town",
        ),
        (
            "A text that is no code is refused with an error whose message says why.",
            "Refuse a text that is no code with an error whose message says why",
        ),
        ("A code must not be used twice.", "Do not use a code twice"),
        (
            "A unit must not stand twice, and larger units must come before smaller ones.",
            "A unit must not stand twice",
        ),
        (
            "`tool map` must derive epics and stories from the rules without any key, and one text gives one map.",
            "tool map derives epics and stories from the rules without any key",
        ),
        (
            (
                "`tool check` must report every finding in one run with file, line, column and a fix, and "
                "say how many."
            ),
            "Report every finding in one run with file, line, column and a fix",
        ),
        ("`make demo` must set up and play the whole way.", "make demo sets up and plays the whole way"),
        (
            "`render(5)` returns `5s`: the largest units first, and `0s` for zero.",
            "render(5) returns 5s: the largest units first, and 0s for zero",
        ),
        (
            "What is written can be read: for each number of minutes, `parse(render(n))` must be `n`.",
            "What is written can be read",
        ),
        (
            (
                "`tool new`, `tool show`, `tool graph` and `tool format` must extend, read, export and "
                "tidy the whole register."
            ),
            "Extend, read, export and tidy the whole register",
        ),
        (
            "A commit that is not traced, or lies outside its story, does not get past the gate.",
            "A commit that is not traced does not get past the gate",
        ),
        (
            (
                "At level `two` the gate must explain the net change of a range byte by byte from signed "
                "records of work."
            ),
            "The gate explains the net change of a range byte by byte",
        ),
        (
            "Orders older than 100 days are shown but cannot be returned.",
            "Orders older than 100 days are shown but cannot be returned",
        ),
        (
            "If only some items arrive, only those are refunded.",
            "If only some items arrive, only those are refunded",
        ),
        ("Personal data is deleted after two years.", "Delete personal data after two years"),
        (
            (
                "When a rule changes, `tool check` must show each link below it as suspect until somebody "
                "confirms it all."
            ),
            "tool check shows each link below the rule as suspect",
        ),
    ],
)
def test_titles_say_what_is_delivered(text: str, title: str) -> None:
    assert sentence_title(text) == title


DANGLING = frozenset(
    [
        "that",
        "which",
        "who",
        "only",
        "with",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "the",
        "a",
        "an",
        "and",
        "or",
        "must",
        "should",
        "may",
        "can",
        "is",
        "are",
        "be",
    ]
)
LONG = (
    "must",
    ("The nightly report", "A locker that nobody opened", "`lockers run`", "Every courier of the town"),
    (
        "list each parcel with its locker, its code and its age, sorted by the day on which it was left there",
        "be sent to the people who asked for it within ten minutes after the last door of the day was closed",
        (
            "hold the door open until the parcel is taken out, or for one minute where the sensor of "
            "the door is broken"
        ),
        "refuse what looks like a code and names no locker, and say at which character the code went wrong",
    ),
)


@pytest.mark.parametrize(("subject", "rest"), list(itertools.product(LONG[1], LONG[2])))
def test_a_long_sentence_is_cut_where_a_phrase_ends(subject: str, rest: str) -> None:
    title = sentence_title(f"{subject} {LONG[0]} {rest}.")
    assert len(title) <= 70
    assert title.split()[-1].lower() not in DANGLING
    assert len(title.split()) > 2
    assert title.lower() != subject.lower().strip("`")
    assert "`" not in title


def test_verbs_change_their_form_and_back() -> None:
    for base in ("derive", "carry", "watch", "go", "have", "print", "play"):
        assert base_of_third(third_person(base)) == base
    assert third("derive rules and write the files") == "derives rules and writes the files"


def test_goals_make_no_stories_beside_requirements() -> None:
    draft = outline(PRODUCT)
    check(PRODUCT, draft)
    goals = {i for i, s in enumerate(draft.statements) if s.klass == StatementClass.GOAL}
    assert len(goals) == 2
    told = "\n".join(c for s in draft.stories for c in s.criteria)
    assert "forty parcels" not in told
    assert "Nobody waits" not in told
    held = [n for n, r in enumerate(draft.requirements) for i in r.statements if i in goals]
    assert len(held) == 2
    bare = outline(HEAD + USERS + RULES)
    assert [(s.title, s.narrative, s.criteria) for s in draft.stories] == [
        (s.title, s.narrative, s.criteria) for s in bare.stories
    ]
    assert [(r.title, r.text) for r in draft.requirements] == [(r.title, r.text) for r in bare.requirements]


def test_a_goal_goes_to_the_requirement_that_speaks_of_it() -> None:
    text = HEAD + "\n## Goals\n\n- Opening a door takes a moment.\n" + RULES
    draft = outline(text)
    goal = next(i for i, s in enumerate(draft.statements) if s.klass == StatementClass.GOAL)
    [serving] = [r.title for r in draft.requirements if goal in r.statements]
    assert serving.startswith("Opening one door")


def test_goals_make_stories_where_nothing_else_is_asked_for() -> None:
    draft = outline(HEAD + GOALS)
    assert len(draft.stories) == 2
    assert quotes(HEAD + GOALS, draft, StatementClass.GOAL)


def test_each_heading_below_requirements_is_an_epic() -> None:
    draft = outline(PRODUCT)
    assert [e.title for e in draft.epics] == ["Opening", "Codes", "Command line", "Constraints"]
    assert [len(titles(draft, e.title)) for e in draft.epics] == [4, 3, 1, 2]


def test_a_flat_list_of_rules_is_grouped_by_what_its_parts_share() -> None:
    rules = [
        "Parcels MUST be weighed at the counter of the town, and the weight is kept.",
        "Stamps MUST be printed on white paper, and nothing else stands on them.",
        "Keys MUST be held in a safe, of which the courier knows the number.",
    ]
    names = ("left", "right", "upper", "lower", "inner", "outer")
    rules += [f"The {name} door MUST be opened by the {name} code alone, whatever the hour." for name in names]
    text = "# Lockers\n\n## Rules of the house\n\n" + "".join(f"1. {rule}\n" for rule in rules)
    draft = outline(text)
    assert len(draft.epics) > 1
    assert any(e.title.startswith("Open ") for e in draft.epics)
    for epic in draft.epics:
        assert epic.title.count(",") + epic.title.count(" and ") <= 3


def test_bullets_of_substance_are_stories_and_short_ones_are_joined() -> None:
    long = "\n".join(
        f"- The {part} of the locker keeps working for at least {n} days without any power at all."
        for n, part in enumerate(("door", "lamp", "clock"), 2)
    )
    short = "- number\n- town of the door\n- day it left\n"
    text = f"# L\n\n## Requirements\n\n### Power\n\n{long}\n\n### Fields\n\n{short}"
    draft = outline(text)
    check(text, draft)
    by_section = [len([s for s in draft.stories if f"> {name}”" in s.notes]) for name in ("Power", "Fields")]
    assert by_section == [3, 1]


def test_options_under_a_rule_stay_with_it() -> None:
    text = (
        "# L\n\n## Requirements\n\n- A reason must be chosen for every parcel:\n  - too large\n  - broken\n"
        "  - other, with a text of at least 10 letters\n"
    )
    [story] = outline(text).stories
    assert story.criteria == (
        "A reason must be chosen for every parcel: too large; broken; other, with a text of at least 10 letters.",
    )
    [need] = outline(text).requirements
    assert need.text.count("A reason must be chosen") == 1


def test_a_wish_is_the_wish_of_somebody() -> None:
    told = {t: s.narrative for t, s in stories(PRODUCT).items()}
    assert told["Refuse a code without a town"] == "As a courier, I want a code without a town to be refused."
    assert (
        told["lockers 7-B prints 7 and exits 0"] == "As a courier, I want `lockers 7-B` to print `7` and exit 0."
    )
    assert next(n for t, n in told.items() if "revoke" in t.lower()) == (
        "As an administrator, I want to revoke a code with a reason that is kept for a year."
    )


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("`parse(1)` returns a number.", "`parse(1)` to return a number"),
        ("A code is refused: `x` raises `E`.", "a code to be refused"),
        (
            "A unit must not stand twice, and larger ones must come first.",
            "a unit not to stand twice, and larger ones to come first",
        ),
        (
            "The tool reads a file, prints the lines and changes nothing.",
            "the tool to read a file, print the lines and change nothing",
        ),
        ("The daemon never follows a link.", "the daemon never to follow a link"),
        ("Orders are shown but cannot be returned.", "this to hold: orders are shown but cannot be returned"),
        ("When it rains, the door must stay shut.", "this to hold: when it rains, the door must stay shut"),
        ("Use a constant.", "to use a constant"),
        ("The page shows one of: new, old.", "the page to show one of: new, old"),
    ],
)
def test_wishes_are_sentences(text: str, wish: str) -> None:
    assert wanted(text, "A title") == wish


def test_outcomes_are_told_apart_and_keep_their_examples() -> None:
    found = stories(PRODUCT)
    command = next(s for t, s in found.items() if t.startswith("lockers"))
    assert command.criteria == (
        "`lockers 7-B` prints `7` and exits 0.",
        "A code that names no locker prints the message to stderr and exits 2.",
    )
    assert found["Refuse a code without a town"].criteria == (
        'A code without a town is refused: `open("7")` raises `LockerError`, since each town counts for itself.',
    )
    opened = next(s for t, s in found.items() if t.startswith("open("))
    assert opened.criteria[1:] == (
        "The towns are `A` and `B`.",
        'Blanks in a code are ignored, so `open("7 - B")` is 7 too.',
    )


def test_a_colon_that_leads_a_list_holds_its_parts_together() -> None:
    text = "# L\n\n## Requirements\n\n- It must end in a code: 1 the door is open; 2 the door is broken.\n"
    [story] = outline(text).stories
    assert len(story.criteria) == 1


def test_stories_rest_on_those_that_define_what_they_call() -> None:
    draft = outline(PRODUCT)
    place = {s.title: i for i, s in enumerate(draft.stories)}
    opened, made = (next(i for t, i in place.items() if t.startswith(name)) for name in ("open(", "make("))
    assert draft.stories[place["Refuse a code without a town"]].depends_on == (opened,)
    assert draft.stories[place["What is made can be opened"]].depends_on == (opened, made)
    command = draft.stories[place["lockers 7-B prints 7 and exits 0"]]
    assert command.depends_on
    assert all(draft.epics[draft.stories[i].epic].title in {"Opening", "Codes"} for i in command.depends_on)


def test_a_pronoun_takes_the_subject_of_the_item_before() -> None:
    text = "# L\n\n## Requirements\n\n- The daemon watches every door.\n- It runs as a user without rights.\n"
    criteria = [c for s in outline(text).stories for c in s.criteria]
    assert criteria == ["The daemon watches every door.", "The daemon runs as a user without rights."]


@pytest.mark.parametrize("section", ["Opening", "Codes", "Constraints"])
def test_an_edit_in_one_section_leaves_the_stories_of_the_others(section: str) -> None:
    heading = f"{'##' if section == 'Constraints' else '###'} {section}\n\n"
    edited = PRODUCT.replace(
        heading, f"{heading}- The lamp over the door must be green while the door stands open.\n"
    )
    before, after = outline(PRODUCT), outline(edited)
    changed = [
        s for s in after.stories if (s.title, s.criteria) not in {(o.title, o.criteria) for o in before.stories}
    ]
    assert len(changed) == 1
    assert len(after.stories) == len(before.stories) + 1


def test_a_thing_described_part_by_part_is_one_story() -> None:
    text = """# Events

## Fields

### id

- Type: string
- Description: Names the event. It MUST be unique for each source.
- Constraints:
  - REQUIRED
  - MUST be a string of at least 1 character

### time

- Type: timestamp
- Description: When it happened. It SHOULD be the time at the source.
- Default: the time of arrival
"""
    draft = outline(text)
    check(text, draft)
    assert [story.title for story in draft.stories] == ["id", "time"]
    assert [epic.title for epic in draft.epics] == ["Fields"]


NOTES = """# Plant diary

A small app for people with many plants.

## Watering

- Plants get a colour by how dry they are.
- A reminder comes in the morning, as [the times] say.

## Photos

The newest photo is shown first.
"""


def test_the_first_must_in_plain_notes_changes_its_own_section_only() -> None:
    before = outline(NOTES)
    after = outline(NOTES + "\n## Sounds\n\nA sound must be soft.\n")
    check(NOTES, before)
    assert len(before.stories) == 3
    assert [(s.title, s.criteria) for s in after.stories[:3]] == [(s.title, s.criteria) for s in before.stories]
    assert len(after.stories) == 4


def test_a_line_that_only_names_the_product_is_no_statement() -> None:
    assert all("small app" not in quote for quote in quotes(NOTES, outline(NOTES), StatementClass.GOAL))


def test_references_lose_their_brackets_and_other_brackets_stay() -> None:
    draft = outline(NOTES)
    told = [c for s in draft.stories for c in s.criteria]
    assert "A reminder comes in the morning, as the times say." in told
    assert sentence_title("Names must match [0-9A-Za-z-] in every file.").startswith(
        "Names must match [0-9A-Za-z-]"
    )


def test_titles_of_requirements_are_no_bare_subjects() -> None:
    draft = outline(PRODUCT)
    for need in draft.requirements:
        assert len(need.title.split()) > 2, need.title

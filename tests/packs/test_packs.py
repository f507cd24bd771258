"""Context packs: bounded, the same for the same commit, and what gives way does so in the stated order."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmad.core.packs.budgets import ALWAYS, MOST, SHARES, Reader
from bmad.core.packs.contents import packed
from bmad.core.packs.pack import Item, Pack, Part, fit
from bmad.core.packs.reasons import MOST_HELD, MOST_RULES, reasons
from bmad.core.packs.source import Check, Left, Source
from bmad.core.packs.words import excerpt, ranked, telling
from bmad.model.spec import Ref, Requirement, Statement, StatementClass
from tests.packs.telling import TEXT, epic, other, project, requirement, statement, story


def around(statements: Sequence[Statement] = (), everywhere: Sequence[Requirement] = ()) -> Source:
    """What holds for the whole project."""
    return Source(story(), TEXT, statements=statements, everywhere=everywhere)


NOTHING = around()
CLOCK = 'from src.units import UNITS\n\n\ndef parse(text: str) -> int:\n    """Seconds."""\n    return 0\n'
TEST = "from src.clock import parse\n\n\ndef test_parse() -> None:\n    assert parse('1h') == 3600\n"
FILES = {
    "src/clock.py": CLOCK,
    "src/units.py": 'UNITS = ("h", "m")\n\n\ndef known(unit: str) -> bool:\n    return unit in UNITS\n',
    "src/cli.py": "import yaml\nfrom src.clock import parse\n\nprint(parse('1h'))\n",
    "tests/test_clock.py": TEST,
    "tests/test_cli.py": "from src import clock\n\n\ndef test_cli() -> None:\n    assert clock.parse('x')\n",
    "docs/clock.md": "# Clock\n\nA duration is parsed by parse; negative ones are refused.\n",
    "docs/knowledge/STORY-two222.md": "# Units\n\nA unit is one letter.\n",
    "pyproject.toml": '[project]\nrequires-python = ">=3.11"\ndependencies = ["pyyaml>=6"]\n',
    "requirements.lock": "pyyaml==6.0.2\nidna==3.7\n",
    "AGENTS.md": "# Rules\n\nNo prints.\n",
}
OWN = ("src/clock.py",)


def text_of(pack: Pack, name: str) -> str:
    return next((one.text for one in pack.sections if one.name == name), "")


def test_a_developer_is_given_what_stands_around_the_story() -> None:
    before = story("STORY-two222", "src/units.py", title="Units")
    told = story("STORY-one111", *OWN, depends_on=(Ref("STORY-two222"),))
    others = (other(1, "src/**"), other(2)._replace(story=before, status="landed", files=("src/units.py",)))
    source = project(FILES, told, others=others, checks=(Check("tests", "pytest -q"),))
    pack = packed(source, Reader.DEVELOPER)
    assert text_of(pack, "story") == TEXT.strip("\n")
    assert "def parse(text: str) -> int:" in text_of(pack, "files")
    assert "src/cli.py imports src/clock.py" in text_of(pack, "neighbours")
    assert "def known(unit: str) -> bool" in text_of(pack, "neighbours")
    assert "tests/test_clock.py, its outline:" in text_of(pack, "tests")
    assert "tests/test_cli.py" in text_of(pack, "tests")
    assert "STORY-two222 (landed) Units: src/units.py\nIt left: src/units.py" in text_of(pack, "built")
    assert "STORY-x00001 (not built yet) Story 1: src/**" in text_of(pack, "stories")
    assert text_of(pack, "versions") == "python >=3.11 (pyproject.toml)"
    assert text_of(pack, "checks") == "tests: pytest -q"
    assert "No prints." in text_of(pack, "conventions")
    assert "A unit is one letter." in text_of(pack, "knowledge")
    assert "docs/clock.md, from it:" in text_of(pack, "found")
    assert {"src/clock.py", "src/units.py", "AGENTS.md"} <= set(pack.paths)


def test_what_an_earlier_story_left_open_comes_with_its_words_to_who_works_there_next() -> None:
    here = Left("F-1", "STORY-two222", "P2", "src/clock.py", 4, "Negative is taken.", "Refuse it.")
    gone, elsewhere = here._replace(path="src/gone.py"), here._replace(path="src/cli.py")
    source = project(FILES, story("STORY-one111", *OWN), left=(here, gone, elsewhere))
    line = "F-1 (P2, by STORY-two222) src/clock.py:4 Negative is taken. Fix: Refuse it."
    assert text_of(packed(source, Reader.DEVELOPER), "open") == line
    assert not text_of(packed(source, Reader.TESTER), "open")


def test_what_was_found_out_comes_claim_by_claim_to_who_prepares_and_builds() -> None:
    found = "\nQuotes stand in aaaa.\n\n- It is parsed.\n  - src/clock.py:1: “def parse”\n- Still open: Which?\n"
    source = project(FILES, story("STORY-one111", *OWN), research=found)
    told = text_of(packed(source, Reader.DEVELOPER), "research")
    assert "- It is parsed.\n  - src/clock.py:1: “def parse”" in told
    assert told.endswith("- Still open: Which?")
    assert not text_of(packed(source, Reader.REVIEWER), "research")


def test_versions_are_those_of_the_libraries_that_the_territory_imports() -> None:
    pack = packed(project(FILES, story("STORY-one111", "src/cli.py")), Reader.DEVELOPER)
    assert text_of(pack, "versions") == "python >=3.11 (pyproject.toml)\npyyaml ==6.0.2 (requirements.lock)"


def test_a_reviewer_is_told_how_the_checks_ended_and_a_builder_which_they_are() -> None:
    ran = (Check("tests", "pytest", passed=True), Check("lint", "ruff", passed=False))
    pack = packed(project(FILES, story("STORY-one111", *OWN), checks=ran), Reader.REVIEWER)
    assert text_of(pack, "ran") == "tests (passed): pytest\nlint (failed): ruff"
    assert not text_of(pack, "files")


def crowd() -> dict[str, str]:
    pages = {
        f"docs/page{number:04}.md": f"# Page {number}\n\nA duration here and there.\n" for number in range(1200)
    }
    code = {f"src/part{number:03}.py": f"def part{number}() -> None:\n    pass\n" * 20 for number in range(300)}
    return FILES | pages | code


@pytest.mark.parametrize("reader", Reader)
def test_in_a_large_project_every_pack_keeps_its_budget_and_names_what_gave_way(reader: Reader) -> None:
    others = [other(number, "src/**") for number in range(900)]
    source = project(crowd(), story("STORY-one111", "src/**", "tests/**"), others=others)
    pack = packed(source, reader)
    assert pack.bytes <= SHARES[reader].budget
    assert pack == packed(source, reader)
    assert all(one.bytes <= MOST.get(one.name, SHARES[reader].budget) for one in pack.sections)
    if reader in (Reader.CREATOR, Reader.DEVELOPER, Reader.TESTER):
        assert "def parse(text: str) -> int:" in text_of(pack, "files")
        files = next(one for one in pack.sections if one.name == "files")
        assert files.dropped
        assert "left out for want of room" in files.heading


def test_a_creator_without_a_territory_finds_code_and_tests_among_a_thousand_pages() -> None:
    source = project(crowd(), story(), others=[other(number) for number in range(900)])
    pack = packed(source, Reader.CREATOR)
    assert {"src/clock.py", "tests/test_clock.py", "docs/clock.md"} <= set(pack.paths) | set(
        text_of(pack, "names").split()
    )


ITEMS = st.lists(st.tuples(st.text("ab\n", max_size=300), st.text("c", max_size=40)), max_size=6)


@given(st.lists(ITEMS, min_size=1, max_size=5), st.integers(0, 3000))
def test_parts_give_way_in_the_stated_order_and_no_further_than_they_must(
    told: Sequence[Sequence[tuple[str, str]]], budget: int
) -> None:
    parts = [
        Part(f"p{at}", f"Part {at}", tuple(Item(text, short) for text, short in items))
        for at, items in enumerate(told)
    ]
    order = [part.name for part in parts[1:]]
    pack = fit(parts, budget, order)
    assert pack == fit(parts, budget, order)
    left = {one.name: one for one in pack.sections}
    assert pack.bytes <= budget or not left.keys() & set(order)
    assert not parts[0].items or left["p0"].dropped == left["p0"].shortened == 0
    touched = [name for name in order if name not in left or left[name].dropped or left[name].shortened]
    touched = [name for name in touched if any(part.items for part in parts if part.name == name)]
    there = [name for name in order if any(part.items for part in parts if part.name == name)]
    whole = there[: len(touched)]
    assert all(name not in left or left[name].bytes == 0 or name == whole[-1] or name in touched for name in whole)
    assert set(pack.gone) == {part.title for part in parts if part.items and part.name not in left}


def test_what_gives_way_first_is_named_last_among_the_parts_of_a_reader() -> None:
    for share in SHARES.values():
        assert not set(share.order) & set(ALWAYS)
        assert list(share.order) == [name for name in reversed(share.parts) if name not in ALWAYS]
    many = tuple(Item("x" * 90) for _ in range(10))
    parts = [Part("keeps", "K", many), Part("first", "F", many), Part("second", "S", many)]
    pack = fit(parts, 2800, ["first", "second"])
    assert [(one.name, one.dropped) for one in pack.sections] == [("keeps", 0), ("first", 5), ("second", 0)]
    assert [one.name for one in fit(parts, 2200, ["first", "second"]).sections] == ["keeps", "second"]


def test_a_hash_tells_packs_apart() -> None:
    one, two = (fit([Part("a", "A", (Item(text),))], 1000, []) for text in ("x", "y"))
    assert one.hash == fit([Part("a", "A", (Item("x"),))], 1000, []).hash
    assert len({one.hash, two.hash, Pack().hash, one._replace(gone=("B",)).hash}) == 4


def test_one_sentence_is_told_once() -> None:
    same = "`parse` must refuse a negative duration."
    more = "It must say which sign it saw."
    told = reasons(story(), TEXT, [requirement(f"{same} {more}"), statement(f"{same} {more}")], None, NOTHING)
    texts = [one.text for one in told]
    assert texts == [f"FR-one111\n{more}"]


def test_an_authors_id_makes_no_other_sentence_of_one() -> None:
    held = replace(requirement("Sales are kept for 10 years."), id="NFR-one111", everywhere=True)
    own = statement("**PL-004**: `parse` must refuse a negative duration.")
    rule = statement("NFR-1: Sales are kept for 10 years.", StatementClass.CONSTRAINT)
    one, other = replace(own, source="PL-004"), replace(rule, source="NFR-1")
    [told] = reasons(story(), TEXT, [one], None, around([other], everywhere=[held]))
    assert told.text == "For the whole project:\n- NFR-one111: Sales are kept for 10 years."
    assert list(reasons(story(), TEXT, [own], None, NOTHING)), "4 may be a number of the sentence"


@pytest.mark.parametrize(
    "turned", ["`parse` must never refuse a negative duration.", "`parse` must refuse 3 negative."]
)
def test_a_word_that_turns_the_meaning_is_no_repetition(turned: str) -> None:
    assert [one.text for one in reasons(story(), TEXT, [statement(turned)], None, NOTHING)] == [
        f"INT-000001\n{turned}"
    ]


def test_rules_of_the_whole_project_are_few_and_those_of_the_matter_come_first() -> None:
    rules = [
        statement(f"Rule {word} holds for everything that is made here.", StatementClass.CONSTRAINT, at)
        for at, word in enumerate(["alpha", "beta", "gamma", "delta", "epsilon", "zeta"], 1)
    ]
    near = statement("A duration is never rounded.", StatementClass.NON_GOAL, 99)
    [aim, told] = reasons(story(), TEXT, [], epic("Durations are read. From “A > B”."), around([*rules, near]))
    assert aim.text == "STORY-one111 is a part of EPIC-one111: Durations. Durations are read."
    lines = told.text.split("\n")
    assert lines[:3] == ["For the whole project:", "- not: A duration is never rounded.", f"- {rules[0].quote}"]
    assert len("\n".join(lines[1:]).encode()) <= MOST_RULES


@pytest.mark.parametrize("reader", Reader)
def test_what_holds_for_all_work_is_put_before_everyone_and_said_once(reader: Reader) -> None:
    held = requirement("Python 3.11 or newer, and nothing outside the standard library.")
    held = replace(held, id="NFR-one111", everywhere=True)
    rule = statement(held.text, StatementClass.CONSTRAINT)
    source = project(FILES, story("STORY-one111", *OWN), statements=[rule], everywhere=[held])
    told = text_of(packed(source, reader), "why")
    assert told.count("nothing outside the standard library") == 1
    assert f"For the whole project:\n- NFR-one111: {held.text}" in told


def test_what_there_is_no_room_for_is_counted() -> None:
    every = [requirement(f"Rule {at} holds for {'all ' * 40}of it.") for at in range(40)]
    [told] = reasons(story(), TEXT, [], None, around(everywhere=every))
    lines = told.text.split("\n")
    assert lines[-1] == f"- and {40 - len(lines) + 2} more in the PRD that say `Holds: everywhere`"
    assert len("\n".join(lines[1:-1]).encode()) <= MOST_HELD


@pytest.mark.parametrize(
    "origin",
    ["From “A > B”.", "From “A”; “B > the “C” table”.", "From “A”; “B”; “C” and 3 more.", "From “A”."],
)
def test_the_aim_of_an_epic_is_not_where_it_comes_from(origin: str) -> None:
    [aim] = reasons(story(), TEXT, [], epic(f"{origin} They are “short”."), NOTHING)
    assert aim.text == "STORY-one111 is a part of EPIC-one111: Durations. They are “short”."
    [aim] = reasons(story(), TEXT, [], epic(origin), NOTHING)
    assert aim.text == "STORY-one111 is a part of EPIC-one111: Durations"


def test_ties_are_broken_by_path_and_rare_words_count_more() -> None:
    sizes = dict.fromkeys("abcdef", 100)
    found = {"rare": frozenset("c"), "common": frozenset("abdef")}
    assert [path for _, path in ranked(found, sizes)] == list("cabdef")


def test_words_are_those_that_may_tell_files_apart() -> None:
    assert telling(["As a user, I want parseDuration to refuse `bad_units`."]) == [
        "parse",
        "duration",
        "refuse",
        "bad",
        "units",
    ]


def test_of_a_long_page_the_section_that_speaks_of_it_is_told() -> None:
    page = "# A\n\nNothing.\n\n## B\n\nNegative durations.\nMore.\n" + "x\n" * 400
    assert excerpt(page, ["negative"], 40) == "## B\n\nNegative durations.\nMore.\nx\nx\nx\nx\n…"


def test_the_order_that_the_page_states_is_the_one_that_holds() -> None:
    page = (Path(__file__).parent.parent.parent / "docs" / "prompts.md").read_text(encoding="utf-8")
    for reader, share in SHARES.items():
        row = f"| {reader} | {share.budget:,} | {', '.join(share.order)} |"
        assert row in page
    for name, most in MOST.items():
        assert f"| {name} | {most:,} |" in page

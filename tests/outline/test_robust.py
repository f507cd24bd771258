"""The outline mapper on whatever it is given: it never fails, and every character is counted once."""

from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bmad.core.outline import outline
from bmad.core.outline.compose.depends import acyclic
from bmad.core.outline.read import markdown
from tests.outline.drafts import check, check_whole

LINES = st.sampled_from(
    [
        "# Title",
        "Setext\n===",
        "## Goals",
        "## Non-Goals",
        "### Requirements",
        "## FAQ",
        "**Bold head**",
        "- The tool MUST print *lines*.",
        "- Search notes",
        "  - by tag",
        "    1. deep. It MAY be so.",
        "1. A rule SHOULD hold. For example: `a. b`.",
        "> Quoted MUST words.",
        "The system must: ",
        "As a user, I want to see it, so that I know.",
        "**Given** a\n**When** b\n**Then** c",
        "- Given a\n- When b\n- Then c",
        "| a | Requirement |\n|---|---|\n| x | It must work |",
        "```gherkin\nScenario: s\n  Given a\n  When b\n  Then c\n```",
        "```\ncode MUST\n",
        "<!-- comment MUST -->",
        "text <!-- open",
        "<div>\nIt MUST be <b>bold</b>.\n</div>",
        "[ref]: http://a.b 'title'",
        "[^1]: A note that must hold.",
        "---",
        "系统**必须**显示。可以隐藏；",
        "\u200f\u05d0\u05d1 must \u05d2.",
        "emoji 🎉 must stay. Really!",
        "\tindented code",
        "",
        "",
        "  ",
    ]
)
MARKS = st.text(alphabet="#-*_`>[]()!<>|:.,。 \t\n\r\\&1aA必MUST\u2028\x0b\ufeff\0", max_size=120)


@example(["\x0b", "**Given** a\n**When** b\n**Then** c"], "\n")
@settings(max_examples=250)
@given(st.lists(st.one_of(LINES, MARKS), max_size=14), st.sampled_from(["\n", "\n\n", "\r\n", "\r"]))
def test_any_text_gives_a_whole_draft(lines: list[str], end: str) -> None:
    text = end.join(line.replace("\n", end) for line in lines)
    check_whole(text, outline(text))


PIECES = st.sampled_from(
    [
        "- ", "* ", "1. ", "2. ", "## ", "a|b", "|a|b|", "|-|-|", "---", "```", "~~~", "> ", "  ", "    ", "[a]: b",
        "[ ] ", "<!-- ", "-->", "<div>", "word", "**bold**", "`c`", " ", "\t", "\0", "\u00a0", "\r\n", "\n", "\n\n",
    ]
)  # fmt: skip


@example(["## a|b", "\n", "---|---"])
@example(["- a", "\n\n", "  ", "b"])
@settings(max_examples=250)
@given(st.lists(st.one_of(PIECES, LINES), max_size=18))
def test_rules_that_are_not_asked_would_have_found_nothing(pieces: list[str]) -> None:
    text = "".join(pieces)
    with patch.object(markdown, "_RULES", {}):
        whole = markdown.parse(text)
    assert markdown.parse(text) == whole


@settings(max_examples=250)
@given(
    st.lists(LINES.filter(lambda line: "<!-- open" not in line), max_size=14),
    st.sampled_from(["\n", "\n\n", "\r\n"]),
)
def test_every_line_of_a_draft_is_found_in_the_intent_or_is_a_label(lines: list[str], end: str) -> None:
    text = end.join(line.replace("\n", end) for line in lines)
    check(text, outline(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n \t\n",
        "# Only\n\n## Headings\n",
        "---\ntitle: MUST\n---\n",
        "+++\ntitle = 'MUST'\n+++\n\n## History\n\nIt must have been.\n",
        "<!-- The tool MUST work. -->",
        "## License\n\nYou MUST keep this notice. You SHALL.\n",
    ],
)
def test_a_text_that_asks_for_nothing_gives_no_statement(text: str) -> None:
    draft = outline(text)
    check(text, draft)
    assert draft.statements == ()
    assert draft.stories == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("lead", ["", "\ufeff"])
def test_line_ends_and_byte_order_mark_change_nothing(end: str, lead: str) -> None:
    lines = ["# T", "", "## Requirements", "", "- The tool prints", "  one line.", "", "It must", "be fast."]
    text = lead + end.join(lines)
    draft = outline(text)
    check(text, draft)
    assert [text[s.span.start : s.span.end].split() for s in draft.statements] == [
        ["The", "tool", "prints", "one", "line."],
        ["It", "must", "be", "fast."],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "".join(" " * (2 * i) + "- a\n" for i in range(400)),
        ">" * 20_000 + " It MUST hold.",
        "[" * 30_000,
        "`a " * 30_000,
        "**a " * 30_000,
        "(a " * 20_000 + ")" * 20_000,
        "<a " * 20_000,
        "<!-- " * 20_000,
        "word must be " * 8_000,
        "a" * 100_000,
        "As a " * 20_000,
        "If a, " * 20_000,
        "# R\n## Requirements\n|a|b|\n|-|-|\n" + "|x must|y|\n" * 2_000,
    ],
    ids=range(13),
)
@pytest.mark.timeout(60)
def test_hostile_text_ends(text: str) -> None:
    check_whole(text, outline(text))


GROWING = {
    "bullets": "- The tool prints item {n} of a list.\n",
    "nested": "- a must hold\n  - b is so\n    - c too\n",
    "rows": "| R{n} | it must {n} | P0 |\n",
    "scenarios": "Scenario: s\n  Given a\n  When b\n  Then c\n",
    "depends": "- It must hold. Depends on: REQ-1\n",
    "chain": "- **FR-{n}**: It must hold. Depends on: FR-{before}\n",
    "chain from its end": "- **FR-{n}**: It must hold. Depends on: FR-{after}\n",
    "sentences": "It must hold. The tool reads it.\n\n",
}
AROUND = {
    "rows": "| ID | Requirement | Priority |\n|-|-|-|\n{}",
    "scenarios": "```gherkin\n{}```\n",
}


@pytest.mark.parametrize("shape", GROWING)
def test_no_shape_of_text_costs_more_than_its_length(shape: str) -> None:
    """Counted in calls, not in seconds: four times the text takes about four times the work."""
    import cProfile  # noqa: PLC0415  only this test profiles
    import pstats  # noqa: PLC0415

    def calls(count: int) -> int:
        body = "".join(GROWING[shape].format(n=n, before=n - 1, after=n + 1) for n in range(count))
        profile = cProfile.Profile()
        profile.runcall(outline, f"# T\n\n## Requirements\n\n{AROUND.get(shape, '{}').format(body)}")
        return int(getattr(pstats.Stats(profile), "total_calls"))  # noqa: B009  not in the stubs

    calls(150)  # what is made ready once, whichever test comes first
    assert calls(600) < 6 * calls(150)


@given(st.lists(st.lists(st.integers(0, 7), max_size=4), max_size=8))
def test_of_dependencies_that_close_a_cycle_the_later_ones_go(told: list[list[int]]) -> None:
    wanted = [tuple(end for end in ends if end < len(told)) for ends in told]
    kept = acyclic(wanted)
    edges = [(start, end) for start, ends in enumerate(wanted) for end in dict.fromkeys(ends)]
    earlier = dict[int, set[int]]()
    for start, end in edges:
        closes = start in _reached(earlier, end)
        assert (end in kept[start]) is not closes
        if not closes:
            earlier.setdefault(start, set()).add(end)
    assert kept == [tuple(sorted(earlier.get(start, ()))) for start in range(len(wanted))]


def _reached(edges: dict[int, set[int]], start: int) -> set[int]:
    found = {start}
    while more := {end for one in found for end in edges.get(one, ())} - found:
        found |= more
    return found

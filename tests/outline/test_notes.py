"""Notes of a meeting are told as such in many languages and shapes, and what is only told there asks for nothing."""

import pytest

from tests.outline.drafted import asked, left, mapped

NOTES = {
    "days": (
        "# Harbour app\n\n## 12 May 2031\n\n- talked about tides\n- need a night mode\n\n"
        "## 19 May 2031\n\n- legend done\n- the legend must be bigger\n"
    ),
    "a talk": (
        "# Harbour app\n\nAnn: The legend is small.\n\nBob: We need a bigger one.\n\nAnn: It has been so for years.\n\n"
        "Bob: The start must stay below a second.\n"
    ),
    "kick-off": "# Kick-off notes\n\nPresent: Ann, Bob\n\n- We talked about tides\n- We need a night mode\n",
    "stand-up": "# Stand-up 2031-05-12\n\n## Ann\n\n- worked on tides\n- the start must be below a second\n",
    "looking back": "# Retro of sprint 4\n\n## Went well\n\n- tides\n- we need a legend\n\n## Action items\n\n- Bob asks\n",
    "one of many": "# Zoom helper\n\n## Meeting overview\n\n- we talked\n- we need a log\n\n## March 29th Meeting notes\n\n- more talk\n",
    "a line for a title": "Sync 12 May - Ann, Bob\n\n- Bob showed the export\n- we need a night mode\n- next sync 19 May\n",
    "fr": "# Compte rendu du 12 mai 2031\n\n## Points abordés\n\n- La légende est petite\n- Il faut un mode nuit\n",
    "es": "# Minuta\n\n**Asistentes:** Ana, Blas\n\n- Se habló de mareas\n- La leyenda debe ser grande\n",
    "it": "# Verbale della riunione\n\nPresenti: Anna, Bruno\n\n- La legenda è piccola\n- Deve essere grande\n",
    "de": "# Protokoll vom 12.05.2031\n\n**Anwesend:** Anna\n\n- Die Legende ist klein\n- Wir brauchen eine große\n",
    "ru": "# Протокол встречи\n\nПрисутствовали: Анна\n\n- Легенда мелкая\n- Система должна показывать её крупно\n",
    "ko": "# 회의록 2031-05-12\n\n참석자: 김, 이\n\n- 범례가 작다\n- 야간 모드가 필요하다\n",
}
PRODUCTS = {
    "a changelog": (
        "# Tides\n\n## Features\n\n- The tool draws a chart\n\n## Changelog\n\n### 2031-05-12\n\n- drew\n\n### 2031-05-13\n\n- more\n"
    ),
    "labels": "# Tides\n\nChart: draws the depth.\n\nPrint: prints the chart.\n\nSync: keeps both alike.\n",
    "its name": "# Weekly planner\n\n- The planner shows a week\n- A day can be moved\n",
    "a line that names it": "A weekly planner\n\n- The planner shows a week\n- A day can be moved\n",
    "about meetings": "# Meeting room booking\n\n## Requirements\n\n- It must book a room\n",
    "about meetings, ko": "# 회의실 예약\n\n## 기능 요구사항\n\n- 회의실을 예약할 수 있어야 한다\n",
    "a day": "# Release of 12 May 2031\n\n## Requirements\n\n- The tool draws a chart\n",
}


@pytest.mark.parametrize("text", NOTES.values(), ids=NOTES)
def test_notes_are_told_as_notes(text: str) -> None:
    assert mapped(text).reads_as == "meeting notes"
    assert asked(text)


@pytest.mark.parametrize("text", PRODUCTS.values(), ids=PRODUCTS)
def test_what_only_shares_a_sign_with_notes_is_none(text: str) -> None:
    assert mapped(text).reads_as == ""
    assert asked(text)


@pytest.mark.parametrize("name", ["days", "a talk", "stand-up", "a line for a title", "fr"])
def test_what_is_told_there_asks_for_nothing(name: str) -> None:
    assert len(left(NOTES[name])) >= len(asked(NOTES[name]))


@pytest.mark.parametrize("name", ["it", "ko", "kick-off"])
def test_who_was_there_is_no_requirement(name: str) -> None:
    assert not [one for one in asked(NOTES[name]) if "Anna" in one or "Bob" in one or "김" in one]


def test_a_line_named_as_a_question_is_one() -> None:
    text = NOTES["a line for a title"] + "- Q: do we have to log it? Ann asks\n"
    assert not [one for one in asked(text) if "log" in one]


def test_text_that_stands_in_code_blocks_is_told_as_that() -> None:
    text = "# Lastenheft\n\n" + "".join(f"## {at}\n\n    Die App soll Dienste zeigen\n\n" for at in "ABC")
    assert mapped(text).reads_as == "text in code blocks"
    assert mapped(text + "## Features\n\n- It shows a\n- It shows b\n- It shows c\n").reads_as == ""
    assert mapped("# Besoins\n\n    Le système doit prêter un livre.\n").reads_as == "text in code blocks"
    assert mapped("# Use\n\n    pip install a\n\n- It shows a\n").reads_as != "text in code blocks"

"""Shapes of real documents: what their authors write for headings, lists, ids and fields."""

import pytest

from bmad.core.outline.judge import reasons
from bmad.core.outline.judge.roles import named
from bmad.core.outline.words.language import Role
from bmad.model.spec import Priority
from tests.outline.drafted import asked, left, mapped, priorities, refused, titles, under


def test_marks_that_an_editor_escaped_are_marks() -> None:
    text = "\\# Till\n\n\\## Out of scope\n\n\\- A drawer.\n\n\\## Requirements\n\n\\- It must print.\n\n1\\. It must add.\n"
    assert (asked(text), refused(text)) == (["It must print.", "It must add."], ["A drawer."])
    assert mapped(text).title == "Till"
    twice = "# Till\n\nIt must print:\n\n\\- a minus, and\n\n\\# a hash.\n"
    assert not left(twice).keys() & {"a minus, and"}


def test_a_number_heads_what_stands_below_it_where_no_heading_does() -> None:
    text = (
        "The till\n\n1. Drawer\nIt must print.\n\n2. Printing\n\n2.1. Receipts\n- a sum\n- a date\n\n"
        "2.2. Totals\nIt must add.\n\n3. Out of scope\n- a drawer\n"
    )
    assert refused(text) == ["a drawer"]
    assert titles(mapped(text)) == ["Drawer", "Receipts", "Totals"]
    assert mapped(text).title == "The till"
    listed = "The till\n\n1. Print receipts\n\n2. Add totals\n\n3. Open the drawer\n\nIt must do all three.\n"
    assert "Print receipts" in asked(listed)


def test_the_first_line_is_the_title_where_a_heading_comes_to_those_that_numbers_mark() -> None:
    text = "The till\n\n1. Drawer\n- It must print\n\n2. Totals\n- It must add\n\n3. Paper\n- It must be white\n"
    assert mapped(text).title == "The till"
    assert mapped(f"{text}\n## Archive\n\n- It must be kept\n").title == "The till"
    assert mapped(f"Draft\n\n# Shop\n\n{text.partition(chr(10))[2]}").title == "Shop"


def test_a_number_above_a_list_that_is_not_set_in_heads_it() -> None:
    text = under("Requirements", "1. Printing\n\n- a sum\n- a date\n\n2. Adding\n- totals\n3. Paper\n- white\n")
    assert titles(mapped(text)) == ["Printing", "Adding", "Paper"]
    nested = under("Requirements", "1. Printing\n   - a sum\n2. Adding\n   - totals\n3. Paper\n   - white\n")
    assert asked(nested) == ["Printing", "a sum", "Adding", "totals", "Paper", "white"]


def test_a_heading_with_nothing_below_it_asks_itself() -> None:
    text = (
        "# Till\n\n## Needs\n\nThe first ones stand above.\n\n### N1: It prints\n\n### N2: It adds\n\n- totals\n"
    )
    assert asked(text) == ["N1: It prints", "totals"]
    assert [(story.source, story.title) for story in mapped(text).stories] == [
        ("N1", "It prints"),
        ("N2", "It adds"),
    ]
    bare = "# Till\n\n## Features\n\n### Print receipts\n\n### Add totals\n\n### Performance\n\n## Printing\n\n### Paper\n"
    assert asked(bare) == ["Print receipts", "Add totals"]
    emptied = bare.replace("totals\n", "totals\n\n- of a day\n").replace("### Performance", "### Fold\n\n- paper")
    assert asked(emptied) == ["of a day", "paper"]


def test_a_line_of_an_id_and_a_priority_is_about_the_paragraph_below_it() -> None:
    text = under("Requirements", "`T01` `Could-Have`\n\nIt prints receipts.\n\n---\n\n_T02_\n\nIt adds totals.\n")
    draft = mapped(text)
    assert [(one.source, one.priority) for one in draft.requirements] == [
        ("T01", Priority.COULD),
        ("T02", Priority.MUST),
    ]
    assert left(text) == {"`T01` `Could-Have`": reasons.ABOUT, "_T02_": reasons.ABOUT}


def test_ids_between_slashes_are_ids() -> None:
    text = (
        "# Spiel\n\n## Funktionen\n\n- /F10/ Der Benutzer kann starten.\n- **/F20/** Er kann enden. (/F10/)\n"
        "- /V1/orders wird gelesen.\n\n### /F50/ Drucken\n\n| ID | Was |\n|---|---|\n| /D10/ | Spielstand |\n"
    )
    draft = mapped(text)
    assert [one.source for one in draft.requirements] == ["F10", "F20", "", "D10"]
    assert draft.requirements[0].title == "Der Benutzer kann starten"


def test_a_section_may_name_its_id_and_its_priority_in_lines_of_their_own() -> None:
    text = (
        "# 软件需求\n\n## 功能需求\n\n### 电池养护\n\n**标识符**：F-BAT\n\n**描述**：支持电池养护。\n\n"
        "**优先级**：Could\n"
    )
    draft = mapped(text)
    assert [one.source for one in draft.requirements] == ["F-BAT"]
    assert priorities(text) == [Priority.COULD]


def test_a_row_whose_id_is_struck_out_is_no_work() -> None:
    text = (
        "# Reader\n\n## Requirements\n\n| ID | Requirement |\n|---|---|\n| ~~`R-01`~~ | It reads |\n"
        "| `R-02` | It writes |\n"
    )
    assert [one.source for one in mapped(text).requirements] == ["R-02"]
    assert refused(text) == ["| ~~`R-01`~~ | It reads |"]


def test_a_table_of_fields_is_the_card_of_one_requirement() -> None:
    text = (
        "# Caja\n\n## Ficha RF-1\n\n| Campo | Detalle |\n|---|---|\n| **Proyecto** | Caja |\n| **ID** | RF-1 |\n"
        "| **Nombre** | Recibos |\n| **Descripción** | La caja imprime recibos. |\n"
        "| **Prioridad** | ☐ Obligatorio ☑ Opcional |\n| **Flujo** | El cliente paga. |\n"
        "| **Observación** | Debe tener la fecha. |\n"
    )
    draft = mapped(text)
    [need] = draft.requirements
    assert (need.source, need.priority) == ("RF-1", Priority.COULD)
    assert need.text.splitlines()[0] == "La caja imprime recibos."
    assert [(story.source, story.title) for story in draft.stories] == [("RF-1", "Recibos")]
    assert len(asked(text)) == 3
    assert set(left(text).values()) == {reasons.ABOUT}


def test_the_steps_of_a_scenario_with_a_heading_stay_together() -> None:
    text = (
        "# Till\n\n## Requirements\n\n- A clerk must open the drawer.\n- It must print totals for a clerk.\n\n"
        "## Acceptance scenarios\n\n### Scenario 1: A day ends\n\n- A clerk counts the drawer.\n- Totals are read aloud there.\n"
    )
    last = mapped(text).stories[-1]
    assert (last.title, last.criteria) == (
        "A day ends",
        ("A clerk counts the drawer.", "Totals are read aloud there."),
    )
    led = text.replace("### Scenario 1: A day ends\n\n", "At the end of a day it must hold:\n\n")
    assert [story.criteria[-1] for story in mapped(led).stories] == [
        "A clerk counts the drawer.",
        "Totals are read aloud there.",
    ]


@pytest.mark.parametrize(
    ("item", "priority"),
    [
        ("Die Kasse darf den Beleg unterwegs nicht verlieren.", Priority.MUST),
        ("Die Kasse darf den Beleg drucken, wenn er nicht gefaltet ist.", Priority.COULD),
        ("Le caissier reçoit un bonus de 5 points.", Priority.MUST),
        ("(Optional for now) Print in colour.", Priority.COULD),
        ("**Printing (P2 - Later)**: in colour", Priority.SHOULD),
    ],
)
def test_words_between_and_marks_give_the_priority(item: str, priority: Priority) -> None:
    text = under("Requirements", f"- {item}\n- The till is open, und der Beleg ist nicht für die Kasse.\n")
    assert priorities(text)[0] == priority


def test_a_requirement_that_leads_into_a_list_keeps_its_id() -> None:
    text = under(
        "Anforderungen",
        "**F-2** Die Kasse muss diese Belege drucken können:\n\n- Summe\n- Datum\n\nDie Kasse muss:\n\n- öffnen\n",
    )
    assert [one.source for one in mapped(text).requirements] == ["F-2", ""]
    assert left(text) == {"Die Kasse muss:": reasons.LEAD}


def test_an_id_says_that_a_sentence_asks_and_a_part_in_brackets_is_none() -> None:
    text = under("Requisitos", "**RN-1** — Nota mínima é 80%.\n\n**RN-2** — O caixa mostra o que foi pago.\n")
    assert [one.source for one in mapped(text).requirements] == ["RN-1", "RN-2"]
    parts = under("Requirements", "- Measure the drawer (MAX31855)\n- Print totals (FR-7)\n")
    assert [one.source for one in mapped(parts).requirements] == ["", "FR-7"]


def test_what_speaks_of_a_scope_is_not_out_of_it() -> None:
    text = under("Requirements", "- Define a scope (in-scope / out-of-scope)\n- Printing is out of scope\n")
    assert refused(text) == ["Printing is out of scope"]


def test_what_was_given_up_or_done_is_no_work() -> None:
    text = under("Requirements", "- **R1 — Print.** It must print.\n- **R2 — Fold.** **Cancelled** (no folder).\n")
    assert refused(text) == ["**R2 — Fold.** **Cancelled** (no folder)."]
    never = under("Requirements", "- **Receipts.** **Never** lose one.\n- **Totals.** It must add.\n")
    assert refused(never) == []
    ended = under(
        "Requirements", "- It must print ✅\n- It must fold ❌ (no folder)\n- It must add ✅ (since May)\n"
    )
    assert asked(ended) == ["It must fold ❌ (no folder)"]
    alone = under("Requirements", "- It must print ✅\n- It must fold\n")
    assert len(asked(alone)) == 2


def test_a_question_with_its_answer_is_open_no_more() -> None:
    text = "# Till\n\n## Clarifications\n\n- Q: Should it fold? → A: No.\n- Q: In colour?\n\n## Requirements\n\n- Print.\n"
    assert asked(text) == ["Q: Should it fold? → A: No.", "Print."]
    assert asked("# Till\n\n## Open questions (resolved)\n\n- **Paper**: 80 mm\n") == ["**Paper**: 80 mm"]


def test_what_is_only_a_name_or_a_frame_asks_for_nothing() -> None:
    text = under(
        "Printing", "The till sends a receipt.\n\nResponse:\n\n```json\n{}\n```\n\n<iframe src='a'></iframe>\n"
    )
    assert left(text)["Response:"] == reasons.LEAD
    assert asked(text) == ["The till sends a receipt."]


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Escenario: el inspector descarga el reporte", Role.NEUTRAL),
        ("Fonctionnalités reportées", Role.NON_GOAL),
        ("Background sync of receipts", Role.NEUTRAL),
        ("Background", Role.CONTEXT),
        ("Bonus points for readers", Role.NEUTRAL),
        ("Soll-Ziele", Role.REQUIREMENT),
        ("Anlagen", Role.ABOUT),
        ("機能2: 認証完了後の画面", Role.NEUTRAL),
        ("ログイン画面（5月に実装済み）", Role.HISTORY),
        ("Geschäftsanforderungen", Role.REQUIREMENT),
        ("Tabla de contenido", Role.CONTENTS),
        ("名词表", Role.GLOSSARY),
    ],
)
def test_a_heading_is_known_by_what_it_says_in_its_language(heading: str, role: Role) -> None:
    assert named(heading).role == role


def test_what_a_line_does_not_ask_for_now_is_no_work() -> None:
    text = "# 终端\n\n## 功能范围\n\n### 终端\n\n必须支持：\n\n- 多标签。\n\n第一阶段不要求：\n\n- 分屏。\n"
    assert refused(text) == ["分屏。"]


def test_requirements_of_a_kind_below_those_of_quality_are_of_quality() -> None:
    text = "# Kasse\n\n## Nichtfunktionale Anforderungen\n\n### Plattform-Anforderungen\n\n- Die Kasse läuft mit Strom.\n"
    assert not mapped(text).requirements[0].functional


def test_titles_end_where_a_wish_does_and_hold_no_marks_of_a_table() -> None:
    wish = (
        "# 要件\n\n## 要件 1\n\n**ユーザーストーリー:** 利用者として、領収書を保存したいので、後で見られます。\n"
    )
    assert titles(mapped(wish)) == ["領収書を保存したい"]
    rows = (
        "# Till\n\n## Performance\n\n| What | How |\n|---|---|\n| Receipts | 5 each second |\n| Start | < 1 s |\n"
    )
    assert "|" not in "".join(one.title for one in mapped(rows).requirements)


def test_rows_below_a_line_of_dashes_alone_are_a_table_without_heads() -> None:
    rows = ["| The till must print a receipt |", "| It should fold it, e.g. `a \\| b` |", "| It could cut it |"]
    text = "# P\n\n## Specification\n\n|:------|\n" + "\n".join(rows) + "\n\nAfter it, it must rest.\n"
    assert asked(text) == [*rows, "After it, it must rest."]
    text = under("Requirements", "|---|---|\n| R1 | It prints |\n| R2 | It folds |\n")
    assert [(one.source, one.text) for one in mapped(text).requirements] == [
        ("R1", "It prints"),
        ("R2", "It folds"),
    ]

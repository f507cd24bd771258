"""Lines that begin with a label, and other small forms: what each says of itself, and what beside it asks for work."""

import pytest

from bmad.core.outline.judge import reasons
from bmad.model.spec import Priority, StatementClass
from tests.outline.drafted import (
    asked,
    epics,
    left,
    mapped,
    needs,
    priorities,
    quotes,
    refused,
    story,
    titles,
    under,
)

ROADMAP = """# Chart table

## Plan of features

### P0 — The first ones (open)

#### 1. Jump to a mark (`m` key)
**Status**: in review
**Rationale**: Sailors look for marks. Today they scroll by hand.
**Scope**: Add a key that jumps to the next mark. Wraps at the end.
**Further reference**: other chart tables, the paper one.

### P3 — Nice to have

#### 2. Print a chart
Print the chart on paper.
"""


def test_each_line_of_labels_is_judged_by_its_own_label() -> None:
    assert asked(ROADMAP) == [
        "**Scope**: Add a key that jumps to the next mark.",
        "Wraps at the end.",
        "Print the chart on paper.",
    ]
    why = left(ROADMAP)
    assert why["Today they scroll by hand."] == reasons.CONTEXT
    assert why["**Further reference**: other chart tables, the paper one."] == reasons.ABOUT


def test_the_label_of_a_field_is_no_title() -> None:
    draft = mapped(ROADMAP)
    one = story(draft, "Jump to a mark (m key)")
    assert [need.title for need in needs(draft, one)] == [
        "Add a key that jumps to the next mark",
        "Wraps at the end",
    ]


def test_a_priority_before_a_heading_is_no_id() -> None:
    draft = mapped(ROADMAP)
    assert [one.source for one in draft.stories] == ["", ""]
    assert list(epics(draft)) == ["The first ones (open)", "Nice to have"]
    assert priorities(ROADMAP) == [Priority.MUST, Priority.MUST, Priority.COULD]


def test_a_label_of_several_may_put_its_line_out_of_scope() -> None:
    text = under("Charts", "**Scope**: Charts must be drawn.\n**Out of scope**: Charts in colour. Also in 3D.\n")
    assert asked(text) == ["**Scope**: Charts must be drawn."]
    assert refused(text) == ["**Out of scope**: Charts in colour.", "Also in 3D."]


@pytest.mark.parametrize(
    "lines",
    [
        "**Reviewer:** Crew\n**Date:** 2031-02-03\n**Outcome:** approved\n",
        "- Start date: 2031-02-03\n- Tracking issue: #4\n- Harbour issue: none yet\n",
    ],
)
def test_short_lines_among_records_are_records(lines: str) -> None:
    assert asked(under("Charts", f"{lines}\nCharts must be drawn.\n")) == ["Charts must be drawn."]


def test_short_lines_with_labels_and_no_record_among_them_ask() -> None:
    text = under("Charts", "**Depth:** in metres\n**Wind:** as an arrow\n")
    assert asked(text) == ["**Depth:** in metres", "**Wind:** as an arrow"]


def test_code_alone_completes_the_sentence_before_it() -> None:
    text = under("Bar", "Below the chart is a bar:\n\n`depth: wind: time:`\n\nThe bar must be hidden at night.\n")
    draft = mapped(text)
    assert titles(draft) == ["Bar"]
    assert [need.title for need in draft.requirements] == [
        "Below the chart is a bar",
        "The bar must be hidden at night",
    ]
    assert "`depth: wind: time:`" in draft.stories[0].notes


@pytest.mark.parametrize("lead", ["Recommended response example:", "推奨レスポンス例:"])
def test_a_line_that_leads_into_an_example_asks_for_nothing(lead: str) -> None:
    text = under("Requirements", f"- The server must answer.\n\n{lead}\n\n```json\n{{}}\n```\n")
    assert left(text)[lead] == reasons.EXAMPLE


def test_an_interface_under_constraints_is_work_and_a_limit_holds_for_all() -> None:
    text = (
        "# Tides\n\n## Features\n\n### Charts\n\n- Users can draw a chart\n\n## Technical requirements\n\n### Endpoints\n\n"
        "- `GET /tides/today`: the table of the day\n- `GET /tides/week`: the table of the week\n\n### Limits\n\n"
        "- No other library than the standard one\n"
    )
    draft = mapped(text)
    assert titles(draft) == ["Charts", "Endpoints"]
    assert [need.title for need in draft.requirements if need.everywhere] == [
        "No other library than the standard one"
    ]


def test_a_screen_about_the_product_is_a_part_of_its_design_and_a_chapter_is_not() -> None:
    text = "# Tides\n\n## User interface\n\n### {}\n\n- Show the harbour\n- Link to the charts\n"
    assert titles(mapped(text.format("About"))) == ["About"]
    assert asked("# Tides\n\n## About\n\n- Show the harbour\n\n## Features\n\n- Users can draw\n") == [
        "Users can draw"
    ]


def test_a_document_without_a_title_has_none_of_its_chapters_as_one() -> None:
    assert (
        mapped("## Purpose\n\nTides are told.\n\n## Requirements\n\n- The tool must tell tides.\n").title
        == "Intent"
    )
    assert mapped("## Tides\n\n- The tool must tell tides.\n\n## Charts\n\n- It must draw.\n").title == "Tides"


def test_a_proposal_says_what_it_proposes_and_is_told_as_one() -> None:
    text = (
        "# Summary\n\nHarbours have names. Instead, we propose that each harbour has a number.\n\n"
        "# Detailed design\n\nThe number is printed.\n\n# Drawbacks\n\nIt is longer.\n\n# Adoption strategy\n\nSlowly.\n"
    )
    assert "Instead, we propose that each harbour has a number." in asked(text)
    assert mapped(text).reads_as == "a proposal"


def test_footnotes_and_terms_ask_for_nothing_unless_they_bind() -> None:
    text = (
        "# Tides\n\n## Terminology and names in this text\n\n- Ebb means low water\n\n## Charts\n\n- Users can draw[^1]\n\n"
        "[^1]: Sailors say that it helps.\n[^2]: It must be quick.\n"
    )
    assert asked(text) == ["Users can draw[^1]", "[^2]: It must be quick."]


def test_a_proposal_without_a_chapter_of_its_design_has_it_under_its_own_headings() -> None:
    text = (
        "# Motivation\n\nHarbours have names.\n\n# Numbers of harbours\n\nThe number stands on the chart.\n\nor\n\n"
        "It stands on the pier.\n\n# Drawbacks\n\nIt is longer.\n\n# Alternatives\n\nColours.\n"
    )
    assert mapped(text).reads_as == "a proposal"
    assert asked(text) == ["The number stands on the chart.", "It stands on the pier."]
    designed = text.replace("# Drawbacks", "# Detailed design\n\nA number must be printed.\n\n# Drawbacks")
    assert asked(designed) == ["A number must be printed."]


@pytest.mark.parametrize(
    ("heading", "line"),
    [
        ("Supuestos y restricciones", "**Restricción:** El sistema debe funcionar sin conexión."),
        ("Premissas e restrições", "**Restrição:** O sistema deve funcionar sem conexão."),
        ("Hypothèses et contraintes", "**Contrainte :** Le système doit fonctionner hors ligne."),
        ("Допущения и ограничения", "**Ограничение:** Система должна работать без сети."),
        ("Constraints and assumptions", "**Constraint:** The system must work offline."),
    ],
)
def test_a_constraint_among_assumptions_is_one(heading: str, line: str) -> None:
    assert line in quotes(under(heading, f"- {line}\n"), StatementClass.CONSTRAINT)


def test_bullets_that_are_set_in_one_paragraph_are_items() -> None:
    for text in (
        "It must: • read the files • write the list\n",
        "It must:\n• read the files\n• write the list\n",
        "• read the files • write the list\n",
    ):
        assert asked(under("Requirements", text))[-2:] == ["read the files", "write the list"], text
    text = under("Requirements", "The footer must show Docs • Blog • Imprint\n")
    assert asked(text) == ["The footer must show Docs • Blog • Imprint"]


@pytest.mark.parametrize("field", ["Description", "Beschreibung", "Descripción", "描述", "説明", "Описание"])
def test_the_label_of_a_description_is_no_title(field: str) -> None:
    says = "The shop must print a receipt"
    draft = mapped(f"# P\n\n## Requirements\n\n### Receipts\n\n**{field}**: {says}.\n\n- It must be short.\n")
    assert [need.title for need in draft.requirements] == [says, "It must be short"]


@pytest.mark.parametrize(
    "heading",
    ["Versionsgeschichte", "Release history", "Historique des révisions", "Control de versiones",
     "Controle de alterações", "История версий", "バージョン履歴", "修改记录", "개정이력", "Historia wersji"],
)  # fmt: skip
def test_versions_under_more_headings_are_history(heading: str) -> None:
    text = f"# P\n\n## Requirements\n\n- It prints.\n\n## {heading}\n\n- Version 0.1 (3 May) first draft\n"
    assert left(text) == {"Version 0.1 (3 May) first draft": reasons.HISTORY}


@pytest.mark.parametrize(
    "line",
    ["Version 1.2, 3 May 2024, Ann Weber", "Version: 1.2", "Revision 3 (draft)", "Stand 3.5, Kasse", "Versión 2.0 - mayo",
     "Версия 1.0 от 3 мая", "版本：1.0", "バージョン 1.0"],
)  # fmt: skip
def test_a_line_of_the_state_of_a_document_asks_for_nothing(line: str) -> None:
    assert left(f"# P\n\n{line}\n\nIt prints a receipt.\n") == {line: reasons.ABOUT}


def test_what_a_version_does_is_asked_for() -> None:
    for said in (
        "Version 2 prints receipts.",
        "Version 2 (the new one) must print receipts.",
        "Release 3, prints.",
        "Release 2 - the till must print receipts",
    ):
        assert said in asked(under("Requirements", f"{said}\n"))
    said = "Version 2 – die Kasse muss Belege drucken"
    assert said in asked(f"# Kasse\n\n## Anforderungen\n\n{said}\n\nDie Kasse muss öffnen.\n")


def test_lines_of_nothing_but_records_and_labels_tell_about_the_document() -> None:
    card = "**Author**: Ann\n\n**Tutor**: Bo Berg\n\n**Course**: INF 051\n\n**Version**: 0.2 (draft)\n\n"
    text = f"# P\n\n### The till\n\n{card}# Goals\n\nThe till must print.\n"
    assert asked(text) == ["The till must print."]
    goal = "**Goal**: Ship the till."
    assert asked(f"# P\n\n### The till\n\n{goal}\n\n**Status**: draft\n") == [goal]
    fields = "**Author**: who wrote it\n\n**Paper**: A4\n\n**Ink**: black\n"
    assert len(asked(f"# P\n\n## Print\n\n{fields}")) == 2


@pytest.mark.parametrize(
    "line",
    ["Actor: Clerk", "Akteur: Kassierer", "Acteur : Caissier", "Actor principal: Cajero", "Ator: Caixa",
     "Актор: Кассир", "アクター：店員", "执行者：店员"],
)  # fmt: skip
def test_who_acts_in_a_use_case_is_told(line: str) -> None:
    text = f"# P\n\n## Use cases\n\n### Print\n\n{line}\n\nThe till prints the receipt.\n"
    assert (asked(text), left(text)) == (["The till prints the receipt."], {line: reasons.ABOUT})

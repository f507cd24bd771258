"""What an author meant by the form of a text: tables in HTML, headings without a mark, fields below a name."""

import pytest

from bmad.core.outline.judge import reasons
from bmad.model.spec import Priority
from tests.outline.drafted import asked, epics, left, mapped, needs, story, titles, under

_ROWS = "<tr><td>R1</td><td>The till must print.</td><td>Must</td></tr>"


@pytest.mark.parametrize(
    "table",
    [
        f"<table>\n<tr><th>ID</th><th>Requirement</th><th>Priority</th></tr>\n{_ROWS}\n</table>",
        f"<table><thead><tr><td><b>ID</b></td><td><b>Requirement</b></td><td><b>Priority</b></td></tr></thead>{_ROWS}",
        (
            "<table>\n  <tr>\n    <th>ID</th>\n    <th>Requirement</th><th>Priority</th>\n  </tr>\n  <tr>\n"
            "    <td>R1</td>\n    <td>The till\n        must <b>print</b>.</td>\n    <td>Must</td>\n  </tr>\n</table>"
        ),
    ],
)
def test_a_table_in_html_is_read_by_its_cells(table: str) -> None:
    draft = mapped(under("Requirements", f"{table}\n\nAfter it, the till opens.\n"))
    assert [(one.source, one.text, one.priority) for one in draft.requirements] == [
        ("R1", "The till must print.", Priority.MUST),
        ("", "After it, the till opens.", Priority.MUST),
    ]


def test_a_table_in_html_that_sets_a_page_is_none() -> None:
    page = '<table><tr><td><img src="a.png"></td><td><p>The till must print.</p></td></tr></table>'
    assert asked(under("Requirements", f"{page}\n")) == ["The till must print."]
    spans = (
        '<table><tr><td colspan="2">Till</td><td>Slip</td></tr><tr><td>It must print.</td><td>a</td></tr></table>'
    )
    assert "It must print." in asked(under("Requirements", f"{spans}\n"))


def test_numbers_say_what_a_heading_stands_below() -> None:
    text = (
        "# Caisse\n\n## 1. Objet\n\nLa caisse du magasin.\n\n## 2. Exigences non fonctionnelles\n\n## 2.1 Tenue\n\n"
        "- le reçu doit rester lisible\n\n### Longue\n\n- le reçu doit durer\n\n## 2.2 Vue\n\n- la vue doit être claire\n\n"
        "## 3. Fonctions\n\n## 3.1 Vente\n\n- vendre\n"
    )
    draft = mapped(text)
    assert [need.functional for need in draft.requirements] == [False, False, False, True]
    assert draft.statements[1].under == ("Caisse", "2. Exigences non fonctionnelles", "2.1 Tenue", "Longue")
    log = "# Log\n\n## 1.1.0\n\n- It printed.\n\n## 1.2.0\n\n- It folded.\n\n## 2.0.0\n\n- It added.\n"
    assert {block.under for block in mapped(log).blocks} == {("Log", "1.1.0"), ("Log", "1.2.0"), ("Log", "2.0.0")}


def test_a_known_line_above_ids_is_their_heading() -> None:
    text = (
        "Levantamento do caixa\n\nRequisitos Funcionais\nRF01: O caixa deve imprimir recibos\n"
        "RF02: O caixa deve somar o dia\nRF03: O caixa deve abrir a gaveta.\n\nRequisitos Não Funcionais\n"
        "RNF01: O caixa deve ser claro.\nRNF02: O caixa deve ser rápido\n"
    )
    draft = mapped(text)
    assert [(one.source, one.functional) for one in draft.requirements] == [
        ("RF01", True), ("RF02", True), ("RF03", True), ("RNF01", False), ("RNF02", False),
    ]  # fmt: skip
    assert draft.statements[0].under == ("Requisitos Funcionais",)


def test_each_line_with_an_id_is_a_requirement_whatever_stands_above() -> None:
    text = under("Requirements", "All of these hold\nR1: It must print\nR2: It must fold\nR3: It must add\n")
    assert [one.source for one in mapped(text).requirements] == ["", "R1", "R2", "R3"]


def test_lines_that_the_contents_list_are_headings() -> None:
    parts = {"Story & Setting": "The ship lands.", "Player Controls": "The ship turns left.", "Sound": "It hums."}
    listed = "".join(f"- [{one}](#x)\n" for one in parts)
    said = "".join(f"{one}\n\n{text}\n\n" for one, text in parts.items())
    text = f"# Star\n\n## Table of Contents\n\n{listed}\n## Introduction\n\nStar is a game.\n\n{said}"
    assert titles(mapped(text)) == list(parts)
    assert asked(text) == list(parts.values())


def test_what_stands_in_fields_below_a_name_is_of_that_name() -> None:
    text = under(
        "Requisitos funcionales",
        "Lo que la caja debe hacer para el cliente.\n\n**RF-01** — Recibos\n\n- Descripción: imprimir y enviar recibos.\n"
        "- Criterio de aceptación: el recibo tiene fecha.\n- Prioridad: Baja\n\n"
        "**RF-02** — Totales\n\n- Descripción: sumar el día.\n- Criterio de aceptación: la suma es correcta.\n",
    )
    draft = mapped(text)
    one, two = (need for need in draft.requirements if need.source)
    assert (one.priority, two.priority) == (Priority.COULD, Priority.MUST)
    assert one.text.splitlines()[0] == "Recibos"
    assert "Prioridad: Baja" in left(text)
    receipts = story(draft, "Recibos")
    assert [need.source for need in needs(draft, receipts)] == ["RF-01"]
    assert receipts.criteria == (
        "Descripción: imprimir y enviar recibos.",
        "Criterio de aceptación: el recibo tiene fecha.",
    )


def test_a_criterion_named_so_in_a_list_of_fields_is_one() -> None:
    text = under(
        "Requirements", "### FR-1 Receipts\n\n- Description: It prints.\n- Acceptance criteria: It has a date.\n"
    )
    draft = mapped(text)
    [need] = draft.requirements
    assert need.text == "Description: It prints."
    assert draft.stories[0].criteria == ("Description: It prints.", "Acceptance criteria: It has a date.")
    assert epics(draft) == {"P": ["Receipts"]}


def test_the_one_epic_of_a_document_is_called_as_the_document_where_its_heading_names_nothing() -> None:
    rules = "- Users can draw\n- Users can print\n"
    stories = ["Users can draw", "Users can print"]
    assert epics(mapped(f"# Ferry planner\n\n## Requirements\n\n{rules}")) == {"Ferry planner": stories}
    both = mapped(f"# Ferry planner\n\n## Requirements\n\n{rules}\n## Timetables\n\n- Users can read them\n")
    assert epics(both) == {"Requirements": stories, "Ferry planner": ["Timetables"]}


def test_the_fields_of_requirements_do_not_talk() -> None:
    fields = "".join(f"FR-{n}: Part {n}\n\nDescription: It prints {n}.\n\nPriority: High\n\n" for n in range(1, 9))
    draft = mapped(under("Requirements", fields))
    assert draft.reads_as != "meeting notes"
    assert reasons.ABOUT in left(under("Requirements", fields)).values()


def test_a_text_that_is_set_in_whole_is_read_from_its_margin() -> None:
    text = "Shop 2031\n\n    1. Sales\n       The shop must sell books.\n        1. It must sell maps.\n\n    2. Loans\n       It must lend books.\n"
    assert [one for one in asked(text) if "must" in one] == [
        "Sales\n       The shop must sell books.",
        "It must sell maps.",
        "Loans\n       It must lend books.",
    ]
    code = "The app must sort.\n\n    for one in books:\n        sort(one)\n    print(books)\n"
    assert asked(code) == ["The app must sort."]

"""Scope that its author puts aside in words, not by a heading: by a lead, a label, a mark, a column, or in the sentence."""

import pytest

from bmad.model.spec import Priority
from tests.outline.drafted import asked, mapped, needs, priorities, refused, story, titles, under

LEADS = {
    "en": "The product does not include:|We will not build:|The following are out of scope:|Not included in this version:",
    "de": "Nicht Bestandteil des Projekts sind:|Folgendes ist nicht Teil des Projekts:|Das Projekt umfasst nicht:",
    "fr": "Le projet n'inclut pas :|Ne sont pas inclus :|Les points suivants sont hors périmètre :",
    "es": "El proyecto no incluye:|Queda fuera del alcance:|Quedan excluidos de la primera versión:",
    "pt": "O projeto não inclui:|Ficam de fora da primeira versão:|Está fora do escopo:",
    "ru": "Проект *не* включает в себя следующее:|В проект не входит:|За рамками проекта остаётся:",
    "ja": "以下は対象外とする：|今回は次の機能を含めない：",
    "zh": "本期不包含：|以下内容不在范围内：",
}
KEPT = {
    "en": "The tool must list the notes for the user of the day.",
    "de": "Das Werkzeug muss die Notizen für den Tag und die Woche zeigen, und das ist nicht alles.",
    "fr": "L'outil doit lister les notes pour le jour et la semaine dans une page.",
    "es": "La herramienta debe listar las notas para el día y la semana en una página.",
    "pt": "A ferramenta deve listar as notas para o dia e a semana em uma página, com o nome do autor.",
    "ru": "Система должна показывать список заметок за день и за неделю.",
    "ja": "システムはノートの一覧を表示すること。",
    "zh": "系统必须显示笔记列表。",
}


@pytest.mark.parametrize("code", LEADS)
def test_a_lead_puts_its_list_out_of_scope(code: str) -> None:
    for lead in LEADS[code].split("|"):
        text = under("Scope", f"{KEPT[code]}\n\n{lead}\n\n- Zeta 1\n- Zeta 2\n")
        assert refused(text) == ["Zeta 1", "Zeta 2"], lead
        assert asked(text) == [KEPT[code]], lead


SAID = {
    "en": "Drawing (out of scope)|Drawing is not part of this release|[deferred] Drawing|Drawing (won't have)|"
    "Out of scope: drawing|Drawing will not be supported|No drawing in the first version|Drawing is not required for now|"
    "We will not do drawings.|We won't support drawing|We are not going to build drawing",
    "de": "Zeichnen ist nicht Bestandteil des Projekts|Zeichnen (nicht im Umfang)|Kein Zeichnen in der ersten Version|"
    "Wir machen keine Zeichnungen.",
    "fr": "Le dessin est hors périmètre|Dessin non requis pour le moment|Pas de dessin initialement|"
    "Nous ne ferons pas de dessins.",
    "es": "Dibujo (fuera de alcance)|El dibujo no se contempla|Sin dibujo por ahora|No vamos a hacer dibujos.",
    "pt": "Desenho (fora do escopo)|O desenho não será implementado|Sem desenho por enquanto|Não faremos desenhos.",
    "ru": "Рисование (не входит в MVP)|На текущем этапе не предполагается рисование|Мы не будем делать рисунки.",
    "ja": "描画（対象外）|描画は実装しない",
    "zh": "绘图（不在范围内）|暂不支持绘图|我们不做绘图。",
}


@pytest.mark.parametrize("code", SAID)
def test_an_item_may_say_itself_that_it_is_not_wanted(code: str) -> None:
    for item in SAID[code].split("|"):
        text = under("Scope", f"- {KEPT[code]}\n- {item}\n")
        assert (refused(text), asked(text)) == ([item], [KEPT[code]]), item


@pytest.mark.parametrize(
    "item",
    [
        "Requests out of scope must be rejected",
        "The token must not be planned for reuse",
        "The export does not include passwords",
        "The report lists what is yet to do",
        "IE 11 is not supported",
        "No user sees the notes of another",
        "個人情報は第三者に提供しない",
        "Das Werkzeug macht keine Kopien von Passwörtern",
    ],
)
def test_a_rule_about_what_is_outside_is_a_rule(item: str) -> None:
    assert refused(under("Requirements", f"- {item}\n- Users can add notes\n")) == []


def test_columns_say_what_is_in_and_what_is_out() -> None:
    columns = "| In Scope | Out of Scope |\n|---|---|\n| Users can add | Users can draw |\n| Users can list | |\n"
    text = under("Scope", columns)
    assert (asked(text), refused(text)) == (["Users can add", "Users can list"], ["Users can draw"])
    kinds = under(
        "Scope", "| Kind | In scope | Out of scope |\n|---|---|---|\n| Login | by mail | by a passkey |\n"
    )
    assert (asked(kinds), titles(mapped(kinds))) == (["by mail"], ["Login"])
    status = "| Feature | Status |\n|---|---|\n| Add | Planned |\n| Draw | Deferred |\n"
    assert refused(under("Features", status)) == ["| Draw | Deferred |"]


def test_a_column_of_examples_puts_nothing_out_of_scope() -> None:
    table = "| Input | Valid |\n|---|---|\n| `1. A` | Yes |\n| `1 A` | No |\n"
    assert refused(under("Rules", f"Numbers must end with a dot.\n\n{table}")) == []


def test_what_is_refused_below_a_requirement_is_no_criterion_of_it() -> None:
    notes = "- **Notes**: Users can add notes\n  - with tags\n  - ~~with colours~~\n  - ❌ with sounds\n"
    text = under("Requirements", notes)
    one = story(mapped(text), "Notes")
    assert one.criteria == ("**Notes**: Users can add notes", "with tags")
    assert "sounds" not in needs(mapped(text), one)[0].text


@pytest.mark.parametrize("between", ["![a plan](plan.png)", "[a plan](plan.md)"])
def test_what_stands_far_below_something_out_of_scope_is_out_of_scope(between: str) -> None:
    nested = f"- Users can add notes\n  - ~~Users can draw~~\n    - {between}\n      - Users can paint\n"
    assert refused(under("Requirements", nested)) == ["~~Users can draw~~", "Users can paint"]


@pytest.mark.parametrize(
    "heading",
    ["What's NOT included", "Future ideas (out of scope)", "Nicht-Anforderungen", "Вне скоупа", "非スコープ"],
)
def test_more_headings_of_excluded_scope(heading: str) -> None:
    text = under("Features", f"- Users can add\n\n## {heading}\n\n- Users can draw\n")
    assert refused(text) == ["Users can draw"]


def test_an_item_may_carry_its_priority_in_brackets() -> None:
    items = (
        "- Users can add [P1]\n- Users can sort (P3)\n- Users can fold (should have)\n- Users can add item(s)\n"
    )
    assert priorities(under("Requirements", items)) == [
        Priority.MUST,
        Priority.COULD,
        Priority.SHOULD,
        Priority.MUST,
    ]

"""What a document of requirements says of itself: how they are kept, who answers for them, what need not be."""

import pytest

from bmad.core.outline.judge import reasons
from bmad.core.outline.judge.roles import named
from bmad.core.outline.words.language import Role
from tests.outline.drafted import asked, left, mapped, refused, titles, under

KEPT = {
    "en": ("Requirements", "The till must print a receipt for the clerk.", "Each requirement has a unique id."),
    "de": (
        "Anforderungen",
        "Die Kasse muss den Beleg mit der Summe drucken.",
        "Jede Anforderung muss testbar sein und ist mit einer Nummer versehen.",
    ),
    "fr": (
        "Exigences",
        "La caisse doit imprimer le reçu pour le client.",
        "Les exigences sont identifiées par un numéro unique.",
    ),
    "es": (
        "Requisitos",
        "La caja debe imprimir el recibo para el cliente.",
        "Cada requisito tiene un identificador y una prioridad.",
    ),
    "pt": (
        "Requisitos",
        "O caixa deve imprimir o recibo para o cliente.",
        "Cada requisito possui um identificador único.",
    ),
    "ru": ("Требования", "Касса должна печатать чек.", "Каждое требование имеет уникальный идентификатор."),
    "ja": ("要件", "レジは領収書を印刷すること。", "各要件には一意のIDを付ける。"),
    "zh": ("需求", "系统必须打印收据。", "每个需求都有唯一编号。"),
}


@pytest.mark.parametrize("code", KEPT)
def test_how_requirements_are_kept_is_told_of_them(code: str) -> None:
    heading, need, meta = KEPT[code]
    for said in (meta, f"- {meta}"):
        text = under(heading, f"{said}\n\n- {need}\n")
        assert (asked(text), left(text)) == ([need], {meta: reasons.ABOUT}), said


def test_a_product_that_keeps_requirements_is_asked_to() -> None:
    rules = "".join(f"- The tool must show a requirement by its part {n}.\n" for n in range(30))
    assert len(asked(under("Requirements", f"- Each requirement must have an id.\n{rules}"))) == 31


NEEDLESS = {
    "en": "A login is not required.|Cards are not needed|No network connection is needed",
    "de": "Eine Anmeldung ist nicht erforderlich.|Kein zweites Fenster notwendig|Ein Netz wird nicht benötigt",
    "fr": "Une connexion n'est pas nécessaire.|Aucun compte n'est requis",
    "es": "Un inicio de sesión no es necesario.|No se requiere una cuenta",
    "pt": "Uma conta não é necessária.|Não é necessário um login",
    "ru": "Регистрация не требуется.",
    "ja": "ログインは不要とする。",
    "zh": "登录功能不需要。",
}


@pytest.mark.parametrize("code", NEEDLESS)
def test_what_need_not_be_is_no_work(code: str) -> None:
    heading, need, _ = KEPT[code]
    for item in NEEDLESS[code].split("|"):
        text = under(heading, f"- {need}\n- {item}\n")
        assert (refused(text), asked(text)) == ([item], [need]), item


@pytest.mark.parametrize(
    "item",
    [
        "Mark the fields that are not required.",
        "The till must print even though paper is not required.",
        "A restart is not required to change the language of the till.",
        "If a login is not required, the till opens at once.",
    ],
)
def test_what_is_said_beside_that_something_need_not_be_is_asked_for(item: str) -> None:
    assert asked(under("Requirements", f"- The till prints.\n- {item}\n")) == ["The till prints.", item]


def test_who_answers_for_a_part_is_no_work() -> None:
    lines = (
        "Responsable validation : Mme Durand", "Owner: Ann", "Verantwortlich: Team Kasse", "负责人：张三",
        "Ответственный: Иванов", "Encargado: Luis",
    )  # fmt: skip
    for line in lines:
        text = under("Requirements", f"### Till\n\n- It prints receipts.\n- {line}\n")
        assert (asked(text), left(text)) == (["It prints receipts."], {line: reasons.ABOUT}), line
    fields = under("Requirements", "### Record\n\n- Owner: text\n- Title: text\n- Due: date\n")
    assert len(asked(fields)) == 3


def test_a_table_without_heads_below_the_title_tells_about_the_document() -> None:
    facts = "|  |  |\n|---|---|\n| **Projet** | Caisse |\n| Version du document | 1.0 |\n| Socle | PHP |\n"
    text = f"# Cahier des charges\n\n{facts}\n## Exigences\n\n- La caisse doit imprimer le reçu.\n"
    assert asked(text) == ["La caisse doit imprimer le reçu."]


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Bereits durchgeführte frühere Erweiterungen", Role.CONTEXT),
        ("Geplante Erweiterungen", Role.LATER),
        ("Évolutions existantes", Role.CONTEXT),
        ("Ziel des Projekts", Role.GOAL),
        ("Zielgruppe und Einsatzbereich", Role.USERS),
        ("Actores principales (stakeholders)", Role.USERS),
        ("Problèmes à résoudre", Role.CONTEXT),
        ("Feuille de route cible", Role.PLAN),
        ("Related", Role.ABOUT),
        ("Роли пользователей", Role.USERS),
    ],
)
def test_headings_say_what_is_there_and_what_is_to_come(heading: str, role: Role) -> None:
    assert named(heading).role == role


def test_a_french_participle_is_no_spanish_word() -> None:
    text = "# Caisse\n\n## Fonctionnalités\n\n### Stock\n\nLe stock est mis à jour de la vente et de la caisse.\n"
    assert titles(mapped(text)) == ["Stock"]


@pytest.mark.parametrize(
    "name",
    ["Requirement 2.1", "Req 3", "Feature 4", "Use case 5", "Anforderung 2.1.1", "Exigence 3", "Requisito 1.2",
     "Historia de usuario 4", "Funcionalidade 2", "Требование 7", "要件3", "需求 5", "요구사항 2", "Wymaganie 6"],
)  # fmt: skip
def test_a_name_with_a_number_is_an_id_of_its_author(name: str) -> None:
    said = {
        f"- {name}: It prints.\n- It folds.\n": "It prints",
        f"- **{name}:** It prints.\n- It folds.\n": "It prints",
        f"- **{name} (Printing):** It prints.\n- It folds.\n": "Printing",
        f"- **{name} – Printing:** It prints.\n- It folds.\n": "Printing",
    }
    for text, title in said.items():
        draft = mapped(under("Requirements", text))
        assert [one.source for one in draft.requirements] == [name, ""], text
        assert titles(draft) == [title, "It folds"], text


def test_a_sentence_about_a_requirement_has_no_id() -> None:
    for said in (
        "Requirement 2 (page 4) must hold.",
        "Feature 3 is printed first.",
        "Use 4 colours: red and blue.",
    ):
        assert [one.source for one in mapped(under("Requirements", f"- {said}\n")).requirements] == [""]


def test_lines_with_such_ids_are_parted_whatever_breaks_them() -> None:
    text = under("Requirements", "Req 1.1: Print it <br>\nReq 1.2: Fold it<br/>\nReq 1.3: Add it <br>\n")
    draft = mapped(text)
    assert [(one.source, one.text) for one in draft.requirements] == [
        ("Req 1.1", "Print it"), ("Req 1.2", "Fold it"), ("Req 1.3", "Add it"),
    ]  # fmt: skip
    assert asked(text)[0] == "Req 1.1: Print it"


def test_what_waits_for_such_an_id_waits_for_its_story() -> None:
    text = under(
        "Requirements", "- Requirement 1: Print it\n- Requirement 2: Fold it. Depends on Requirement 1.\n"
    )
    assert [story.depends_on for story in mapped(text).stories] == [(), (0,)]


def test_an_id_between_slashes_may_have_a_blank() -> None:
    text = under("Produktfunktionen", "### /LF 10/\n\nDie Kasse druckt.\n\n### /LF 20/ Summe\n\nSie zählt.\n")
    assert [(one.source, one.title) for one in mapped(text).stories] == [
        ("LF 10", "Die Kasse druckt"),
        ("LF 20", "Summe"),
    ]

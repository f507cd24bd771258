"""Templates that their authors have half filled in: what is still a blank asks for nothing."""

import pytest

from bmad.core.outline.judge import reasons
from tests.outline.drafted import asked, left, mapped, titles, under

REAL = {
    "en": ("Requirements", "The till must print a receipt for the clerk."),
    "de": ("Anforderungen", "Die Kasse muss den Beleg mit der Summe drucken."),
    "fr": ("Exigences", "La caisse doit imprimer le reçu pour le client."),
    "es": ("Requisitos", "La caja debe imprimir el recibo para el cliente."),
    "pt": ("Requisitos", "O caixa deve imprimir o recibo para o cliente."),
    "ru": ("Требования", "Касса должна печатать чек для клиента."),
    "ja": ("要件", "レジは領収書を印刷すること。"),
    "zh": ("需求", "系统必须打印收据。"),
}
BLANKS = {
    "en": [
        "The system shall <describe what it does>.", "The system shall [describe what the system does].",
        "As a [type of user], I want [an action] so that [a benefit].", "Security: <list the requirements>",
        "Performance: [e.g., page loads in under X seconds]", "{{report_name}}: {{report_description}}",
        "Given [context], when [action], then [outcome]", "**FR-7:** [Requirement description]", "Limit: [Yes/No]",
        "Lorem ipsum dolor sit amet.",
    ],
    "de": [
        "Das System muss <Funktion beschreiben>.", "Als <Rolle> möchte ich <Ziel>, um <Nutzen>.",
        "Verfügbarkeit: [Wert eintragen]",
    ],
    "fr": [
        "Le système doit <décrire la fonction>.", "En tant que [rôle], je veux [objectif] afin de [bénéfice].",
        "Sécurité : [préciser les exigences]",
    ],
    "es": ["El sistema debe <describir la función>.", "Como [rol], quiero [objetivo] para [beneficio]."],
    "pt": ["O sistema deve <descrever a função>.", "Como [papel], quero [objetivo] para [benefício]."],
    "ru": ["Система должна <описать функцию>.", "Как [роль], я хочу [цель], чтобы [ценность]."],
    "ja": ["性能：[目標値を記載]", "機能：<機能の説明を記入>"],
    "zh": ["性能：[填写指标]", "需求：<描述功能>"],
}  # fmt: skip


@pytest.mark.parametrize("code", BLANKS)
def test_a_blank_of_a_template_asks_for_nothing(code: str) -> None:
    heading, need = REAL[code]
    for blank in BLANKS[code]:
        text = under(heading, f"- {need}\n- {blank}\n")
        assert (asked(text), left(text)) == ([need], {blank: reasons.BLANK}), blank


def test_rows_that_are_still_to_be_filled_in_ask_for_nothing() -> None:
    head = "| ID | Requirement | Priority |\n| --- | --- | --- |\n"
    row = "| F1 | It prints. | Must |"
    blank = [
        "| F2 | [Requirement description] | [High/Medium/Low] |", "| F3 | <describe it> | <priority> |",
        "| F4 | ... | |",
    ]  # fmt: skip
    shown = "| F5 | Example: The system shall print | Must |"
    text = under("Requirements", head + "\n".join([row, *blank, shown]) + "\n")
    assert asked(text) == [row]
    assert left(text) == {**dict.fromkeys(blank, reasons.BLANK), shown: reasons.EXAMPLE}


@pytest.mark.parametrize(
    "said",
    [
        "Show [Save] and [Cancel] below the form.", "Use [Redis].", "At least [X] users work at once.",
        "Returns a `List<Receipt>`.", "The page has a <video> of the shop.", "[Export] button in the list",
        "Support `{name}` in paths.", "Send it to <shop@example.org>.", "Read [the manual](https://example.org/m).",
        "Retries: none",
    ],
)  # fmt: skip
def test_names_in_brackets_are_no_blanks(said: str) -> None:
    text = under("Requirements", f"- It prints.\n- {said}\n")
    assert asked(text) == ["It prints.", said]


def test_what_leads_to_an_address_is_a_link() -> None:
    text = under(
        "Requirements", "- It prints.\n- [How the till prints it]\n\n[How the till prints it]: https://a.b\n"
    )
    assert left(text) == {"[How the till prints it]": reasons.LINKS}


def test_a_template_says_in_italics_what_to_write() -> None:
    guide = "_Describe each report here. Delete this part if there is none._"
    blanks = "".join(f"- [Describe requirement {n}]\n" for n in range(3))
    filled, template = (
        under("Requirements", f"{guide}\n\n- It prints.\n- *It folds.* It glues.\n{more}") for more in ("", blanks)
    )
    assert len(asked(filled)) == 4
    assert asked(template) == ["It prints.", "*It folds.* It glues."]


@pytest.mark.parametrize(
    "value",
    ["N/A", "TBD", "entfällt", "à définir", "sans objet", "por definir", "não se aplica", "уточняется", "該当なし",
     "待补充", "해당 없음", "da definire", "nie dotyczy"],
)  # fmt: skip
def test_a_field_without_a_value_asks_for_nothing(value: str) -> None:
    text = under("Requirements", f"- It prints.\n- Dark paper: {value}\n")
    assert asked(text) == ["It prints."]
    assert titles(mapped(text)) == ["It prints"]


@pytest.mark.parametrize("said", ["First state: pending", "Anfangsstatus: offen", "Estado inicial: pendiente"])
def test_a_value_that_a_thing_may_have_is_one(said: str) -> None:
    assert said in asked(under("Requirements", f"- It prints.\n- {said}\n"))


def test_what_makes_a_page_of_a_text_is_code() -> None:
    text = under("Requirements", "It prints.\n\n{: .small }\n\n{% include till.html %}\n")
    assert left(text) == {"{: .small }": reasons.CODE, "{% include till.html %}": reasons.CODE}

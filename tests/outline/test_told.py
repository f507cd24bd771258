"""What only tells: of a market, of a figure, of other parts of the document, of why a choice was made."""

import pytest

from bmad.core.outline.judge import reasons
from bmad.model.spec import StatementClass
from tests.outline.drafted import asked, left, mapped, quotes, refused, titles, under

_ASKS = "## Requirements\n\n- The till must print a receipt.\n\n"


@pytest.mark.parametrize(
    ("heading", "below", "line"),
    [
        ("Market research", "What they expect", "- 61 % of the shops expect a drawer\n"),
        ("Competitor analysis", "Features", "- Tillmaster prints in colour\n"),
        ("市场需求", "期望功能", "- 72% 的用户希望操作简单\n"),
        ("Marktanalyse", "Anforderungen der Läden", "- 61 % der Läden erwarten eine Schublade\n"),
        ("Étude de marché", "Fonctionnalités", "- 61 % des boutiques attendent un tiroir\n"),
    ],
)
def test_what_a_market_or_a_survey_says_is_told_whatever_its_parts_are_called(
    heading: str, below: str, line: str
) -> None:
    text = f"# Till\n\n{_ASKS}## {heading}\n\n### {below}\n\n{line}"
    assert asked(text) == ["The till must print a receipt."]
    assert left(text) == {line[2:-1]: reasons.RESEARCH}
    twin = f"# Till\n\n{_ASKS}## Printing\n\n### {below}\n\n{line}"
    assert len(asked(twin)) == 2


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (
            "# Kasse\n\n## Belege\n\nDie Kasse wird mit der Lade verbunden. ",
            "Der Beleg steht im Fenster der Kasse.",
        ),
        (
            "# Cassa\n\n## Ricevute\n\nLa cassa è collegata con il cassetto. ",
            "La cassa stampa i totali della sera.",
        ),
        ("# Kasa\n\n## Paragony\n\nKasa jest połączona z szufladą oraz nie czeka. ", "Kasa drukuje sumy i kwoty."),
    ],
)
def test_a_small_word_is_heard_in_the_language_of_the_document(document: str, sentence: str) -> None:
    assert sentence in asked(document + sentence + "\n")


@pytest.mark.parametrize("fence", ["mermaid", "plantuml", "dot"])
def test_what_leads_into_a_diagram_asks_for_nothing(fence: str) -> None:
    text = under("Requirements", f"The till must print.\n\nThe flow is as below:\n\n```{fence}\na -> b\n```\n")
    assert asked(text) == ["The till must print."]
    said = under("Requirements", "The till answers with this:\n\n```json\n{}\n```\n")
    assert asked(said) == ["The till answers with this:"]


def test_a_few_words_above_code_are_its_caption() -> None:
    text = under("Requirements", "The till must print.\n\nTill to drawer\n```json\n{}\n```\n")
    assert left(text)["Till to drawer"] == reasons.LEAD
    whole = "The till sends this to the drawer."
    assert whole in asked(under("Requirements", f"{whole}\n```json\n{{}}\n```\n"))


def test_a_decision_is_what_was_chosen_and_neither_its_reasons_nor_what_was_not() -> None:
    text = (
        "# Paper\n\n## Decision Outcome\n\nChosen option: **thermal paper**, because:\n\n- It needs no ink.\n"
        "- Rolls are cheap.\n\nInk is rejected because it dries.\n\n## More Information\n\n- Rolls: https://rolls.example\n"
    )
    assert asked(text) == ["Chosen option: **thermal paper**, because:"]
    twin = "# Paper\n\n## Decision Outcome\n\nWe print on:\n\n- Thermal paper\n- Plain paper\n"
    assert asked(twin) == ["Thermal paper", "Plain paper"]


def test_a_line_that_only_names_an_address_or_a_part_is_no_work() -> None:
    text = "# T\n\n## Printing\n\n- The till prints.\n- Manual: https://till.example/manual\n\nMore on it is [here](m.md).\n"
    assert asked(text) == ["The till prints."]
    kept = under("Constraints", "- Domain: https://till.example\n")
    assert asked(kept) == ["Domain: https://till.example"]


@pytest.mark.parametrize(
    "item", ["Printing", "*Printing*", "Printing, without 2 and 3", "Parts 4 and 5 of Printing"]
)
def test_a_list_that_only_names_the_parts_of_the_document_repeats_them(item: str) -> None:
    parts = "## Printing\n\n1. The till must print.\n\n## Counting\n\n2. The till must count.\n\n"
    text = f"# T\n\n{parts}## First delivery\n\n- {item}\n- Counting\n"
    assert asked(text) == ["The till must print.", "The till must count."]
    assert left(text)["Counting"] == reasons.REPEATS
    twin = f"# T\n\n{parts}## First delivery\n\n- {item}\n- Counting of coins by weight\n"
    assert "Counting of coins by weight" in asked(twin)


@pytest.mark.parametrize("lead", ["Requirements 1, 2 and 3", "Razem - wymagania 1, 2, 3", "Requisiti 1, 2 e 3"])
def test_a_line_of_numbers_of_requirements_repeats_them(lead: str) -> None:
    assert asked(under("Requirements", f"- The till must print.\n\n{lead}\n")) == ["The till must print."]


def test_a_row_without_a_word_is_data() -> None:
    table = "| ID | Requirement |\n|---|---|\n| 1 | Receipts are numbered |\n| 2 | 8000 |\n"
    assert asked(under("Requirements", table)) == ["| 1 | Receipts are numbered |"]


@pytest.mark.parametrize(
    "said", ["None presently.", "None yet", "Nothing planned", "_Nothing on the list yet: be the first._"]
)
def test_nothing_up_to_now_is_nothing(said: str) -> None:
    text = under("Open questions", f"{said}\n")
    assert left(text) == {said: reasons.NOTHING}


@pytest.mark.parametrize("heading", ["Anti-patterns to avoid", "Avoid", "Things to avoid", "Anti-Patterns"])
def test_what_is_to_be_avoided_is_not_wanted(heading: str) -> None:
    text = f"# T\n\n{_ASKS}## {heading}\n\n- Receipts on the screen only\n"
    assert refused(text) == ["Receipts on the screen only"]
    assert asked(under("Rules", "- **Avoid**: printing twice\n")) == ["**Avoid**: printing twice"]


def test_an_open_point_is_read_outside_code() -> None:
    assert asked(under("Requirements", "The header shows `[TODO: list]` at the left.\n")) != []
    assert asked(under("Requirements", "TODO: which header?\n")) == []


def test_a_long_line_with_a_hard_break_goes_on_in_the_next() -> None:
    line = "Das Ziel ist eine Kasse, die jeder bedienen kann und mit der sich der Laden unnötige<br>\nWege zur Bank spart."
    assert asked(f"# Kasse\n\n## Ziele\n\n{line}\n") == [line]
    short = "Die Kasse druckt<br>\nDie Lade öffnet\n"
    assert len(asked(f"# Kasse\n\n## Ziele\n\n{short}")) <= 2


def test_what_the_authors_have_limits_the_work() -> None:
    held = under("Constraints", "We have a budget of 400 euros.\n")
    assert asked(held) == ["We have a budget of 400 euros."]
    assert asked(f"# T\n\n{_ASKS}## Printing\n\nWe have a budget of 400 euros.\n") == [
        "The till must print a receipt."
    ]


_TELLS = [f"Drawer {number} is painted green." for number in range(12)]


def test_a_text_that_mostly_describes_is_told() -> None:
    drawers = "".join(f"- {line}\n" for line in _TELLS)
    assert mapped(f"# T\n\n## Drawers\n\n{drawers}").reads_as == "a description"
    assert mapped(under("Requirements", drawers)).reads_as == ""
    asks = drawers.replace("is painted", "must be painted")
    assert mapped(f"# T\n\n## Drawers\n\n{asks}").reads_as == ""
    assert mapped(f"# T: Architecture\n\n## Drawers\n\n{drawers}").reads_as == "a technical design"
    assert mapped(f"# T: Architecture\n\n## Drawers\n\n{asks}").reads_as == ""


@pytest.mark.parametrize(
    ("heading", "klass"),
    [
        ("Requisiti non funzionali", "constraint"),
        ("Vincoli", "constraint"),
        ("Fuori ambito", "non-goal"),
        ("Wymagania niefunkcjonalne", "constraint"),
        ("Poza zakresem", "non-goal"),
        ("Not wanted", "non-goal"),
        ("Won't do", "non-goal"),
        ("Out of bounds", "non-goal"),
        ("Nicht gewünscht", "non-goal"),
        ("À ne pas faire", "non-goal"),
        ("No deseado", "non-goal"),
        ("Não desejado", "non-goal"),
        ("Не нужно", "non-goal"),
        ("不要", "non-goal"),
        ("望まないこと", "non-goal"),
        ("불필요", "non-goal"),
        ("Unwanted behaviour", "requirement"),
        ("Mengengerüst", "constraint"),
        ("Aufgabenstellung", "requirement"),
    ],
)
def test_headings_of_more_languages(heading: str, klass: str) -> None:
    text = under(heading, "- La cassa stampa in due secondi\n")
    assert [one.klass.value for one in mapped(text).statements] == [klass]


@pytest.mark.parametrize(
    "heading", ["Glossario", "Modello di dominio", "Słownik pojęć", "名词定义", "List of figures"]
)
def test_headings_of_terms_and_contents_in_more_languages(heading: str) -> None:
    assert asked(f"# T\n\n{_ASKS}## {heading}\n\n- Cassa: dove si paga\n") == ["The till must print a receipt."]


def test_a_line_with_a_mark_above_a_list_is_its_heading() -> None:
    text = "# T\n\n🔹 Till\n- The till must print.\n\n🚀 Nice to have\n- The till sings\n"
    draft = mapped(text)
    assert asked(text) == ["The till must print.", "The till sings"]
    assert [one.priority.value for one in draft.requirements] == ["must", "could"]
    assert left(text) == {"Till": reasons.LEAD, "Nice to have": reasons.LEAD}
    ticked = "# T\n\n## Requirements\n\n☑ The till prints\n\n- The till must count.\n"
    assert left(ticked) == {"The till prints": reasons.DONE}


@pytest.mark.parametrize("begin", ["e.g.", "ex)", "(ex)", "For example", "z.B.", "예)", "par exemple"])
def test_an_item_that_shows_the_one_above_it_is_no_detail(begin: str) -> None:
    text = under("Requirements", f"- Amounts are rounded to ten.\n  - {begin} 12 is 10\n  - 5 is 10\n")
    assert asked(text) == ["Amounts are rounded to ten.", "5 is 10"]
    assert "e.g. it must be 10" in asked(under("Requirements", "- Round.\n  - e.g. it must be 10\n"))


@pytest.mark.parametrize(
    ("head", "row", "priority"),
    [
        ("| ID | Wymaganie | Priorytet |", "| W-1 | System pozwala drukować | Should have |", "should"),
        ("| Codice | Requisito | Priorità |", "| R-1 | La cassa stampa | Bassa |", "could"),
        ("| 번호 | 요구사항 | 우선순위 |", "| R-1 | 영수증을 인쇄한다 | 권장 |", "should"),
        ("| Nummer | Eis | Prioriteit |", "| E-1 | De kassa drukt af | Laag |", "could"),
    ],
)
def test_heads_of_tables_of_more_languages(head: str, row: str, priority: str) -> None:
    draft = mapped(f"# T\n\n{head}\n|---|---|---|\n{row}\n")
    [need] = draft.requirements
    assert (need.text, need.priority.value) == (row.split("|")[2].strip(), priority)


def test_a_wish_in_korean_is_one() -> None:
    said = "사용자로서, 나는 영수증을 인쇄하고 싶어요."
    assert asked(f"# 계산대\n\n## 내용\n\n- {said}\n") == [said]
    [one] = mapped(f"# 계산대\n\n## 내용\n\n- {said}\n").stories
    assert one.narrative == said


@pytest.mark.parametrize("heading", ["Linked ADRs", "Related ADRs", "Linked issues"])
def test_what_a_document_is_linked_with_is_no_work(heading: str) -> None:
    assert asked(f"# T\n\n{_ASKS}## {heading}\n\n- ADR-3: paper, and how it is cut\n") == [
        "The till must print a receipt."
    ]
    assert len(asked(f"# T\n\n{_ASKS}## Linked tills\n\n- Tills share one drawer\n")) == 2


def test_a_chapter_that_tells_of_its_figures_asks_for_nothing() -> None:
    text = "# 收银\n\n## 功能需求\n\n为了直观，本章节采用用例图说明。\n\n系统必须打印收据。\n"
    assert asked(text) == ["系统必须打印收据。"]
    assert asked("# 收银\n\n## 功能需求\n\n系统应显示流程图。\n") == ["系统应显示流程图。"]


@pytest.mark.parametrize(
    ("wish", "past"),
    [
        ("I want a command that says when a receipt was printed.", "The command was printed when I said so."),
        ("We need a list of what had been sold.", "We had a list of what was sold."),
        ("Je veux un journal qui dit quand le ticket a été imprimé.", "Le ticket a été imprimé."),
    ],
)
def test_a_wish_may_name_what_was(wish: str, past: str) -> None:
    text = f"# Till\n\n## Printing\n\n{wish}\n\n{past}\n"
    assert asked(text) == [wish]
    assert left(text) == {past: reasons.PAST}


@pytest.mark.parametrize(
    "said", ["**Router** — ✅ Implemented", "**Router** - ✅", "Router: ✅ done", "Роутер — ✅ Готово"]
)
def test_what_is_ticked_off_in_words_is_done(said: str) -> None:
    text = under("Features", f"- {said}\n- **Printer** — 🔄 Planned\n- The page must end with: ✅ Done\n")
    assert left(text) == {said: reasons.DONE}
    assert asked(text) == ["**Printer** — 🔄 Planned", "The page must end with: ✅ Done"]


@pytest.mark.parametrize(
    "heading",
    [
        "Repository structure",
        "Current architecture",
        "Projektstruktur",
        "Структура проекта",
        "目录结构",
        "폴더 구조",
    ],
)
def test_how_a_repository_is_laid_out_is_no_work(heading: str) -> None:
    text = f"# T\n\n{_ASKS}## {heading}\n\n- `src/` — the code\n- `tests/` — its tests\n"
    assert set(left(text).values()) == {reasons.CONTEXT}


def test_details_of_what_nothing_asks_for_make_a_description_too() -> None:
    parts = "".join(f"- Part {at} of the bot\n  - it reads {at}\n  - it writes {at}\n" for at in range(5))
    assert mapped(f"# Bot\n\n## Layers\n\n{parts}").reads_as == "a description"
    assert mapped(f"# Bot\n\n## Features\n\n{parts}").reads_as == ""


@pytest.mark.parametrize(
    ("binds", "rule", "was"),
    [
        ("The shop must sort.", "Orders that were placed before noon are shipped that day.", "The list was slow."),
        ("The shop must sort.", "A book is lent again once it was given back.", "We had a list before."),
        (
            "Der Laden muss sortieren.",
            "Artikel, die gelöscht wurden, werden 30 Tage angezeigt.",
            "Die Liste war alt.",
        ),
        (
            "La boutique doit trier.",
            "Les articles qui ont été supprimés sont affichés 30 jours.",
            "Le site était lent.",
        ),
        (
            "La tienda debe ordenar.",
            "Los artículos que fueron eliminados se muestran 30 días.",
            "La lista era lenta.",
        ),
        ("A loja deve ordenar.", "Os artigos que foram apagados são mostrados por 30 dias.", "A lista era lenta."),
        ("Магазин должен сортировать.", "Товары, которые были удалены, видны 30 дней.", "Список был старым."),
        ("商店必须排序。", "已经删除的订单显示三十天。", "我们之前用过表格。"),
    ],
)
def test_a_rule_about_what_was_done_to_a_thing_is_a_rule(binds: str, rule: str, was: str) -> None:
    assert asked(under("Orders", f"{binds} {rule} {was}")) == [binds, rule]


@pytest.mark.parametrize(
    ("binds", "doubts"),
    [
        ("The app must sort.", ["Not sure that's possible.", "No idea if it must work offline.", "We'll see."]),
        ("Die App muss sortieren.", ["Nicht sicher, ob das geht.", "Wir wissen nicht, ob das sein muss."]),
        ("Le site doit trier.", ["Pas sûr que ce soit possible.", "On ne sait pas si cela doit marcher."]),
        ("El sitio debe ordenar.", ["No estamos seguros de que sea posible.", "Ya veremos."]),
        ("O site deve ordenar.", ["Não temos certeza se é possível.", "Vamos ver."]),
        ("Сайт должен сортировать.", ["Не уверен, что это возможно.", "Посмотрим."]),
        ("系统必须排序。", ["不确定能否实现。", "我们还不知道要不要做。"]),
        ("システムは並べ替えなければならない。", ["可能かどうかわからない。"]),
    ],
)
def test_a_doubt_asks_for_nothing(binds: str, doubts: list[str]) -> None:
    text = under("Sorting", " ".join([binds, *doubts]))
    assert asked(text) == [binds]
    assert left(text) == dict.fromkeys(doubts, reasons.QUESTION)
    listed = under("Requirements", f"- {binds}\n- {doubts[0]}")
    assert asked(listed) == [binds]
    assert quotes(listed, StatementClass.QUESTION) == [doubts[0]]


def test_what_people_talked_about_is_no_requirement() -> None:
    text = under("Export", "The app must export. We talked about CSV. Ann thinks it is too slow.")
    assert asked(text) == ["The app must export."]


@pytest.mark.parametrize(
    "heading",
    [
        "Working agreement", "Team agreement", "Team norms", "Ways of working", "Arbeitsvereinbarungen",
        "Règles d'équipe", "Acuerdos del equipo", "Acordos da equipe", "Правила команды", "团队约定", "チームルール",
    ],
)  # fmt: skip
def test_what_a_team_agreed_for_itself_is_not_built(heading: str) -> None:
    text = f"{under('Requirements', '- The app must sort.')}\n\n## {heading}\n\n- All code must be reviewed.\n"
    assert left(text) == {"All code must be reviewed.": reasons.ABOUT}


@pytest.mark.parametrize(
    "heading",
    ["Auftraggeber", "Teilnehmerliste", "Commanditaire", "Заказчик", "甲方", "発注者", "Attribution and License"],
)
def test_whose_a_document_is_asks_for_nothing(heading: str) -> None:
    text = f"{under('Requirements', '- The app must sort.')}\n\n## {heading}\n\nThe Lee company builds houses.\n"
    assert left(text) == {"The Lee company builds houses.": reasons.ABOUT}


@pytest.mark.parametrize("heading", ["Users", "用户表 users", "Benutzer"])
def test_the_data_of_users_is_a_part_of_the_product(heading: str) -> None:
    body = "| Field | Type |\n|-|-|\n| name | text |"
    text = f"# P\n\n## Requirements\n\n- The app must sort.\n\n## Database\n\n### {heading}\n\n{body}\n"
    assert "| name | text |" in asked(text)
    assert "| name | text |" not in asked(text.replace("| Field | Type |", "| Group | Need |"))


@pytest.mark.parametrize(
    "line",
    [
        "Membros presentes: Todos", "Data da reunião: 1/2/2031", "Fecha de la reunión: 1/2/2031", "会议时间：周一",
        "Date de la réunion : lundi", "Datum der Sitzung: 1.2.2031", "Date of the meeting: 1/2/2031",
    ],
)  # fmt: skip
def test_a_line_that_tells_of_a_meeting_is_a_sign_of_notes(line: str) -> None:
    text = f"# Meeting 1\n\n{line}\n\n## Requirements\n\n- The app must sort.\n"
    assert mapped(text).reads_as == "meeting notes"
    assert mapped(text.replace(line, "It is told.")).reads_as == ""


def test_key_words_of_a_product_are_no_words_on_how_the_document_is_read() -> None:
    says = "`[Keyword]`：多个关键字以 `|` 分隔，`[ISBN]` 升序输出 `[Name]`。"
    assert asked(under("功能需求", f"- {says}")) == [says]
    told = "本文中的关键词“必须（MUST）”、“禁止（MUST NOT）”、“应当（SHOULD）”按 RFC 2119 解释。"
    assert left(under("功能需求", f"- 系统必须排序。\n- {told}")) == {told: reasons.KEY_WORDS}


def test_a_chapter_on_contact_that_binds_is_a_part_of_the_product() -> None:
    text = under("Contact", "Visitors must be able to write a mail.")
    text += "\n\n## Requirements\n\n- The page must sort.\n"
    assert asked(text) == ["Visitors must be able to write a mail.", "The page must sort."]
    assert asked(text.replace("Visitors must be able to write", "Write")) == ["The page must sort."]


@pytest.mark.parametrize(
    ("binds", "rule", "was"),
    [
        ("The build must be quick.", "All build steps were declared in a script.", "The build was slow."),
        (
            "Der Bau und das Haus muss mit der Liste schnell sein.",
            "Alle Schritte wurden vorher genannt.",
            "Die Liste war alt.",
        ),
        (
            "Le site doit trier les livres et les cartes.",
            "Toutes les étapes ont été nommées.",
            "Le site était lent.",
        ),
        (
            "La tienda debe ordenar los libros y las cartas.",
            "Todos los pasos fueron declarados.",
            "La lista era lenta.",
        ),
        ("A loja deve ordenar os livros e as cartas.", "Todos os passos foram declarados.", "A lista era lenta."),
        ("Магазин должен сортировать.", "Все шаги были названы.", "Список был старым."),
    ],
)
def test_what_was_so_of_all_things_is_a_rule_below_a_heading_that_asks(binds: str, rule: str, was: str) -> None:
    assert asked(under("Requirements", f"{binds} {rule} {was}")) == [binds, rule]
    assert rule not in asked(under("History", rule) + "\n\n## Requirements\n\n- It must sort.\n")


@pytest.mark.parametrize(
    "heading", ["Division of work", "团队分工与材料", "课程报告建议结构", "验收演示流程", "开发难点与解决思路"]
)
def test_how_a_course_is_done_is_no_product(heading: str) -> None:
    text = f"{under('Requirements', '- The app must sort.')}\n\n## {heading}\n\n- Ann writes the pages.\n"
    assert asked(text) == ["The app must sort."]


@pytest.mark.parametrize(
    ("prints", "prose", "binds"),
    [
        ("It prints the page for the clerk", "The talks with the clerks are a second source.", "It must be quick."),
        ("Die Kasse druckt die Seite für den Kunden", "Die Schulung ist eine zweite Quelle.", "Sie muss schnell sein."),
        ("La caisse imprime la page pour le client", "La formation est une source.", "Elle doit être rapide."),
        ("La caja imprime la página para el cliente", "La reunión es una fuente.", "Debe ser rápida la caja."),
    ],
)  # fmt: skip
def test_prose_beside_requirements_with_ids_asks_only_where_it_binds(prints: str, prose: str, binds: str) -> None:
    rows = "".join(f"| FR-{n} | {prints} {n} | 1 |\n" for n in range(1, 10))
    table = f"| ID | Requirement | Priority |\n|---|---|---|\n{rows}"
    text = f"# P\n\n## 9.1 Talks\n\n{prose} {binds}\n\n## Till\n\n{table}"
    assert left(text) == {prose: reasons.TELLS}
    assert asked(text)[0] == binds
    assert prose in asked(f"# P\n\n## 9.1 Talks\n\n{prose}\n\n## Till\n\n- {prints}.\n")


@pytest.mark.parametrize(
    ("was", "so", "rule"),
    [
        ("A cache was added.", "It makes the till quicker.", "It must be emptied each day."),
        ("Ein Speicher wurde eingeführt.", "Dadurch ist die Kasse schneller.", "Er muss täglich geleert werden."),
        (
            "Ein Ansatz musste für die Kasse verworfen werden.",
            "Der alte ist langsam.",
            "Der neue soll schnell sein.",
        ),
    ],
)
def test_a_paragraph_that_tells_what_was_done_goes_on_telling(was: str, so: str, rule: str) -> None:
    text = f"# P\n\n## Steps\n\n{was} {so} {rule}\n\n{so}\n"
    assert asked(text) == [rule, so]


def test_what_stands_before_user_stories_introduces_them() -> None:
    intro = "The stories cover many people. They sit all day."
    told = "- As a clerk, I want to print so that I have proof.\n- As a clerk, I want to fold so that it fits.\n"
    rows = "| Clerks |\n| --- |\n| **As a** clerk, **I want** to print **so that** I have proof. |\n"
    more = "| **As a** clerk, **I want** to fold **so that** it fits. |\n"
    for stories in (told, rows + more):
        draft = mapped(f"# User Stories\n\n{intro}\n\n{stories}")
        assert titles(draft) == ["print", "fold"]
    assert len(asked(f"# User Stories\n\n{intro} It must print.\n\n{told}")) == 3


def test_a_user_story_in_a_cell_is_one() -> None:
    rows = "| U1 | As a clerk, I can print receipts so that I have proof | Must |\n| U2 | It folds | Must |\n"
    draft = mapped(under("Requirements", f"| ID | Story | Priority |\n| --- | --- | --- |\n{rows}"))
    assert [(one.source, one.title) for one in draft.stories] == [("U1", "print receipts"), ("U2", "It folds")]


@pytest.mark.parametrize(
    "end", ["Summary", "Zusammenfassung", "Fazit", "Resumen", "Conclusão", "Заключение", "まとめ", "总结"]
)
def test_what_sums_up_at_the_end_asks_for_nothing_again(end: str) -> None:
    parts = "".join(f"## Part {n} requirements\n\n- It must print {n}.\n\n" for n in range(3))
    said = "- The paper will be important for the clerks\n- The ink supports them\n"
    text = f"# P\n\n{parts}## {end}\n\n{said}"
    assert len(asked(text)) == 3
    assert set(left(text).values()) == {reasons.SUMMARY}
    assert len(asked(f"# P\n\n{parts}## {end}\n\n- It MUST fold.\n")) == 4


@pytest.mark.parametrize(
    ("users", "rule", "need"),
    [
        ("Users", "The system must serve 800 clerks at once.", "It prints the sum of the day."),
        (
            "Zielgruppen",
            "Das System muss für 800 Schüler ausgelegt sein.",
            "Die Kasse druckt den Beleg für den Tag.",
        ),
        (
            "Utilisateurs",
            "Le système doit servir 800 clients.",
            "La caisse imprime le reçu pour le client et la date.",
        ),
        (
            "Usuarios",
            "El sistema debe atender a 800 clientes.",
            "La caja imprime el recibo para el cliente y la fecha.",
        ),
        (
            "Usuários",
            "O sistema deve atender 800 clientes.",
            "O caixa imprime o recibo para o cliente e a data do dia.",
        ),
        ("Пользователи", "Система должна обслуживать 800 клиентов.", "Касса печатает чек."),
        ("ユーザー", "システムは800人が同時に利用できなければならない。", "レジは領収書を印刷する。"),
        ("用户", "系统必须支持800个用户。", "系统打印收据。"),
    ],
)
def test_what_a_product_must_do_for_its_users_is_asked(users: str, rule: str, need: str) -> None:
    text = f"# P\n\n## {users}\n\n{rule}\n\n- Ann\n\n## Requirements\n\n- {need}\n"
    assert asked(text) == [rule, need]
    assert asked("# P\n\n## Users\n\nA clerk must know the till.\n\n## Requirements\n\n- It prints.\n") == [
        "It prints."
    ]


@pytest.mark.parametrize(
    "people",
    [
        "The system administrator must know Linux.",
        "Le produit manager doit le lire.",
    ],
)
def test_who_is_named_after_the_product_is_not_the_product(people: str) -> None:
    text = f"# P\n\n## Users\n\n{people}\n\n## Requirements\n\n- It prints.\n- The till must open.\n"
    assert left(text) == {people: reasons.USERS}


def test_what_a_report_says_is_not_past_for_it() -> None:
    said = "Die Kasse meldet, dass der Beleg nicht gedruckt werden konnte."
    assert asked(f"# Kasse\n\n## Anforderungen\n\n{said}\n\nDie Kasse muss öffnen.\n")[0] == said


def test_what_only_says_which_thing_is_meant_does_not_bind() -> None:
    told = "We look at the required speed from two sides:"
    text = f"# P\n\n## Speed\n\n{told}\n\n- what a part of it says,\n- what a printer offers.\n\n## Till\n\n- It MUST print.\n"
    assert left(text)[told] == reasons.LEAD
    assert "Paper is required." in asked("# P\n\n## Context\n\n- Ann\n\n## Till\n\nPaper is required.\n")


def test_an_item_that_only_names_a_file_is_a_link() -> None:
    text = "# P\n\n## More\n\nThe rest stands in:\n\n- `docs/design.md`\n\n## Requirements\n\n- It prints.\n- `till.log`\n"
    assert asked(text) == ["It prints.", "`till.log`"]
    assert left(text)["`docs/design.md`"] == reasons.LINKS


def test_a_lead_into_examples_shows_them() -> None:
    text = under("Requirements", "- It prints.\n- Some examples of times:\n- Einige Beispiele für Zeiten: 20 ms\n")
    assert asked(text) == ["It prints."]


@pytest.mark.parametrize(
    ("said", "need"),
    [
        ("The goal of this document is to list what must be met by the till.", "The till must print."),
        (
            "Ziel dieses Dokuments ist es, alles zu nennen, was die Kasse muss.",
            "Die Kasse muss den Beleg drucken.",
        ),
        ("Le but de ce document est de dire ce que la caisse doit faire.", "La caisse doit imprimer le reçu."),
        ("El objetivo de este documento es decir lo que la caja debe hacer.", "La caja debe imprimir el recibo."),
        ("O objetivo deste documento é dizer o que o caixa deve fazer.", "O caixa deve imprimir o recibo."),
        ("Цель данного документа — описать, что касса должна делать.", "Касса должна печатать чек."),
    ],
)
def test_what_a_document_is_for_is_told(said: str, need: str) -> None:
    assert asked(f"# P\n\n## Till\n\n{said}\n\n{need}\n") == [need]


@pytest.mark.parametrize(
    "heading", ["Compliance checklist", "Compliance and sign-off", "Opening hours questionnaire"]
)
def test_a_heading_that_sounds_as_if_it_told_of_the_document_asks_by_the_list_below_it(heading: str) -> None:
    items = "- Print a receipt.\n- Lock the drawer.\n"
    text = f"# Till\n\n{_ASKS}## {heading}\n\nEach till **must**:\n\n{items}"
    assert {"Print a receipt.", "Lock the drawer."} <= set(asked(text))
    told = f"# Till\n\n{_ASKS}## {heading}\n\nAnn must have read it.\n\n{items}"
    assert asked(told) == ["The till must print a receipt."]
    bare = f"# Till\n\n{_ASKS}## Checklist\n\nEach reviewer **must**:\n\n{items}"
    assert asked(bare) == ["The till must print a receipt."]

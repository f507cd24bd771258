"""What is not wanted is no work: excluded scope, done work, struck lines, contents, history, context."""

import pytest

from bmad.core.outline.judge import reasons
from bmad.model.spec import Priority, StatementClass
from tests.outline.drafted import asked, left, mapped, priorities, quotes, refused, titles, under

OUT = [
    "Excluded features", "Not in this release", "Post-MVP", "Deferred to v2", "Parking lot", "Won't have",
    "What we will not do", "Non-Goals", "Out of Scope", "Out-of-scope items", "Explicitly not in scope for v1",
    "Nicht Bestandteil", "Nicht-Ziele", "Außerhalb des Umfangs", "Abgrenzung", "Hors périmètre", "Non-objectifs",
    "Fuera de alcance", "No objetivos", "Fora do escopo", "Não objetivos", "Вне рамок проекта", "Не входит в объём работ",
    "除外機能（対象外）", "対象外", "スコープ外", "やらないこと", "非目标", "不做", "范围外", "本期不包含",
    "What Tides Is Not", "Explicitly discarded", "Not wanted",
    "What the Core Explicitly Does Not Provide", "What this tool doesn't do", "What we will not build", "Was das Werkzeug nicht leistet",
    "Ce que l'outil ne fait pas", "Ce qu'on ne fait pas", "Lo que el sistema no incluye", "O que o sistema não faz",
    "Что система не делает", "提供しないもの", "系统不提供的功能", "제공하지 않는 것",
]  # fmt: skip


@pytest.mark.parametrize("heading", OUT)
def test_excluded_scope_is_a_non_goal_and_no_story(heading: str) -> None:
    text = f"# P\n\n## Requirements\n\n- Users can create notes\n\n## {heading}\n\n- Users can draw\n- Dictation\n"
    assert refused(text) == ["Users can draw", "Dictation"]
    assert titles(mapped(text)) == ["Users can create notes"]


@pytest.mark.parametrize(
    "heading", ["Goals and non-goals", "Ziele und Nicht-Ziele", "目标与非目标", "In scope / out of scope"]
)
def test_a_heading_above_both_settles_neither(heading: str) -> None:
    text = f"# P\n\n## {heading}\n\n### What it does\n\n- Users can draw\n\n### Non-goals\n\n- Dictation\n"
    assert asked(text) == ["Users can draw"]
    assert refused(text) == ["Dictation"]


@pytest.mark.parametrize("heading", ["Schedule & History", "History", "Status and progress"])
def test_a_part_of_the_product_may_be_named_like_a_part_of_a_document(heading: str) -> None:
    table = "| ID | Story |\n| --- | --- |\n| S-1 | As a guide, I want to see my tours so that I can plan |\n"
    assert len(asked(f"# P\n\n## User stories\n\n### {heading}\n\n{table}")) == 1


@pytest.mark.parametrize(
    "heading", ["Aenderungshistorie", "Uebersicht", "Introduccion", "Prochaines etapes", "Visao geral"]
)
def test_headings_are_known_without_umlauts_and_accents(heading: str) -> None:
    text = f"# P\n\n## Features\n\n- It draws\n\n## {heading}\n\n- Paper is dear\n"
    assert asked(text) == ["It draws"]


@pytest.mark.parametrize(
    "heading",
    ["What happens when the server does not support TLS", "What if a file is not part of the set", "What it does"],
)
def test_what_happens_without_something_is_no_exclusion(heading: str) -> None:
    text = f"# P\n\n## Requirements\n\n- Users can create notes\n\n## {heading}\n\n- The tool must say so\n"
    assert refused(text) == []
    assert "The tool must say so" in asked(text)


@pytest.mark.parametrize(
    "heading",
    [
        "Later",
        "Future",
        "Phase 2",
        "Future Enhancements",
        "Nice to have",
        "任意機能（WANT）",
        "Später",
        "Plus tard",
        "Backlog",
        "Backlog (unscheduled)",
        "Next quarter",
        "vNext",
        "Nice for later",
        "Phase 2 and beyond",
    ],
)
def test_what_comes_later_is_work_that_could_be_done(heading: str) -> None:
    text = f"# P\n\n## Requirements\n\n- Users can create notes\n\n## {heading}\n\n- Users can draw\n"
    assert priorities(text) == [Priority.MUST, Priority.COULD]


def test_a_column_can_put_a_row_out_of_scope() -> None:
    ranks = "| ID | Requirement | Priority |\n|---|---|---|\n| R1 | Users can add | P0 |\n| R6 | Users can dictate | Won't |\n"
    scope = "| Feature | In scope |\n|---|---|\n| Sign in with mail | yes |\n| Sign in with a passkey | no |\n"
    assert titles(mapped(f"# P\n\n## Requirements\n\n{ranks}")) == ["Users can add"]
    assert titles(mapped(f"# P\n\n## Requirements\n\n{scope}")) == ["Sign in with mail"]
    assert refused(f"# P\n\n{scope}") == ["| Sign in with a passkey | no |"]


@pytest.mark.parametrize(
    ("head", "yes", "no"),
    [
        ("Required", "yes", "no, later"),
        ("Mandatory?", "x", "phase 2"),
        ("Needed", "mandatory", "No"),
        ("Optional", "no", "yes"),
        ("Pflicht", "ja", "nein"),
        ("Obligatoire", "oui", "non"),
        ("Obligatorio", "sí", "no"),
        ("Obrigatório", "sim", "não"),
        ("Обязательно", "да", "нет"),
        ("必須", "○", "×"),
        ("是否必须", "是", "否"),
        ("Verplicht", "ja", "nee"),
        ("Wymagane", "tak", "nie"),
        ("필수", "예", "아니오"),
    ],
)
def test_a_column_can_tell_what_need_not_be_there(head: str, yes: str, no: str) -> None:
    text = f"# P\n\n## Sizes\n\n| Size | Width | {head} |\n|---|---|---|\n| S | 80 cm | {yes} |\n| L | 90 cm | {no} |\n"
    assert priorities(text) == [Priority.MUST, Priority.COULD]
    assert [len(one.criteria) for one in mapped(text).stories] == [1, 1]


def test_a_row_may_be_out_of_scope_for_now_and_an_open_answer_settles_nothing() -> None:
    rows = "| Sign in | no, later | yes |\n| Sign out | yes | n/a |\n"
    text = f"# P\n\n## Requirements\n\n| Feature | In scope | Required |\n|-|-|-|\n{rows}"
    assert refused(text) == ["| Sign in | no, later | yes |"]
    assert priorities(text) == [Priority.MUST]


@pytest.mark.parametrize(
    "head", ["Field | Format | Required", "Name | Type | Required", "Setting | Note | Required"]
)
def test_what_need_not_be_given_is_built_nevertheless(head: str) -> None:
    text = f"# P\n\n## Requests\n\nThey MUST hold:\n\n| {head} | Description |\n|-|-|-|-|\n| age | int | no | The age |\n"
    assert priorities(text) == [Priority.MUST]
    one, two, three = head.split(" | ")
    assert mapped(text).stories[0].criteria == (f"{one}: age; {two}: int; {three}: no; Description: The age",)


def test_what_is_ticked_is_done_and_what_is_struck_is_not_wanted() -> None:
    text = "# B\n\n## Requirements\n\n- [x] Users can add\n- [ ] Users can move\n- ~~Users can colour~~\n"
    assert asked(text) == ["Users can move"]
    assert left(text) == {"Users can add": reasons.DONE}
    assert refused(text) == ["~~Users can colour~~"]


def test_marks_that_stand_for_bullets_are_lists() -> None:
    text = "# App\n\n✅ Users can log in\n✅ Users can reset\n❌ Social login\n\n## MVP\n\n1) Show shops\n2) Filter shops\n"
    assert asked(text) == ["Users can log in", "Users can reset", "Show shops", "Filter shops"]
    assert refused(text) == ["Social login"]


@pytest.mark.parametrize(
    "heading", ["Table of Contents", "Inhaltsverzeichnis", "Table des matières", "目次", "目录", "Índice"]
)
def test_a_contents_section_is_its_list_of_links_and_no_more(heading: str) -> None:
    text = (
        f"# Spec\n\n## {heading}\n\n1. [Import](#import)\n    1. Files\n\n### Import\n\nThe tool must import CSV files.\n\n"
        "### Export\n\nThe tool must export CSV files.\n"
    )
    assert asked(text) == ["The tool must import CSV files.", "The tool must export CSV files."]
    assert set(left(text).values()) == {reasons.CONTENTS}


def test_quoted_words_and_comments_ask_for_nothing() -> None:
    text = "# P\n\n## Requirements\n\n- Users can add\n\n> The old tool must be used.\n\n<!-- Users must fill this in -->\n"
    assert asked(text) == ["Users can add"]
    assert left(text) == {"The old tool must be used.": reasons.QUOTED}


def test_front_matter_history_tests_and_status_are_left_with_their_reason() -> None:
    text = (
        "- Feature Name: `undo`\n- Start Date: 2024-01-02\n\n# Reference-level explanation\n\n"
        "The `undo` command will accept a count. Previously the count must be typed. "
        "If the count is larger than the history, this generates an error. The count defaults to `1`.\n\n"
        "# Test plan\n\n- pkg/thing: 2022-06-21 - 47.2\n"
    )
    assert asked(text) == [
        "The `undo` command will accept a count.",
        "If the count is larger than the history, this generates an error.",
        "The count defaults to `1`.",
    ]
    assert set(left(text).values()) == {reasons.ABOUT, reasons.EXAMPLE, reasons.TEST}


@pytest.mark.parametrize(
    ("above", "heading", "asks", "tells"),
    [
        (
            "Features",
            "Notes",
            "- A user can pin a note\n- The list is sorted\n",
            "- Ada asked for this\n- See mail\n",
        ),
        (
            "Anforderungen",
            "Freigabe",
            "- Die Leiterin muss die Rechnung freigeben, bevor sie bezahlt wird\n",
            "- Erteilt: Ada\n",
        ),
        (
            "Requirements",
            "Users",
            "As an admin, I want to add users, so that they sign in.\n",
            "- Admins\n- Guests\n",
        ),
    ],
)
def test_what_is_named_like_a_part_of_a_document_is_one_of_the_product_where_it_asks(
    above: str, heading: str, asks: str, tells: str
) -> None:
    text = f"# P\n\n## {above}\n\n### {heading}\n\n{{}}\n### Export\n\n- The tool must export\n"
    assert len(asked(text.format(asks))) == 1 + asks.count("\n")
    assert asked(text.format(tells)) == ["The tool must export"]
    assert asked(f"# P\n\n## {above}\n\n- It must read\n\n## {heading}\n\n{tells}") == ["It must read"]


def test_a_decision_asks_and_its_context_does_not() -> None:
    text = (
        "# ADR 7: Use SQLite\n\n- Status: accepted\n\n## Context\n\nWe keep data in JSON files. Reads are slow.\n\n"
        "## Decision\n\nWe will store all data in one SQLite file. Each write runs in a transaction.\n\n"
        "## Consequences\n\n- Backups must copy one file only\n- Reads become fast\n"
    )
    assert asked(text) == [
        "We will store all data in one SQLite file.",
        "Each write runs in a transaction.",
        "Backups must copy one file only",
    ]


@pytest.mark.parametrize(
    "said",
    ["Bad, because paper must be bought", "Good, because it must be quick", "Schlecht, weil es Strom braucht"],
)
def test_what_weighs_a_choice_asks_for_nothing(said: str) -> None:
    text = f"# ADR 7\n\n## Decision\n\nWe will print.\n\n## Consequences\n\n- {said}\n- Rolls must be in stock\n"
    assert left(text)[said] == reasons.WEIGHS
    assert asked(text) == ["We will print.", "Rolls must be in stock"]


@pytest.mark.parametrize(
    "heading",
    [
        "Open questions", "Still open", "Undecided", "Noch zu klären", "À trancher", "Por decidir", "A decidir", "Под вопросом", "未決事項", "待定",
        "미정", "논의 필요 사항", "Da decidere", "Do ustalenia", "Open vragen", "Öppna frågor",
    ],
)  # fmt: skip
def test_what_is_undecided_is_a_question(heading: str) -> None:
    text = f"# P\n\n## Requirements\n\n- Users can draw\n\n## {heading}\n\n- Who pays for paper\n"
    assert quotes(text, StatementClass.QUESTION) == ["Who pays for paper"]


def test_open_is_a_heading_of_questions_or_of_what_somebody_does() -> None:
    text = "# P\n\n## Requirements\n\n- Users can draw\n\n## Open\n\n{}\n"
    questions = text.format("- Should it know of tides?\n- Which languages?\n- Ada asks the harbour")
    said = ["Should it know of tides?", "Which languages?", "Ada asks the harbour"]
    assert quotes(questions, StatementClass.QUESTION) == said
    files = text.format("- Users can open a file\n- Users can open a folder")
    assert (quotes(files, StatementClass.QUESTION), len(asked(files))) == ([], 3)


@pytest.mark.parametrize("said", ["We use SQLite for all data.", "We store all data in one SQLite file."])
def test_what_the_authors_do_by_a_decision_is_the_decision(said: str) -> None:
    text = "# ADR 7\n\n## Decision\n\n{}\n\n### Reasons\n\n- It is proven\n\n## Rules\n\n- It must be backed up\n"
    assert asked(text.format(said)) == [said, "It must be backed up"]
    assert asked(text.format("We had it in text files before.")) == ["It must be backed up"]


def test_phases_that_repeat_features_are_no_work_twice() -> None:
    features = "# PRD\n\n## Features\n\n- Users can create notes\n- Users can search notes\n"
    phases = (
        "\n## Implementation phases\n\n### Phase 1\n\n- Create notes\n\n### Phase 2\n\n- Search functionality\n"
    )
    assert titles(mapped(features + phases)) == ["Users can create notes", "Users can search notes"]
    assert left(features + phases) == {"Create notes": reasons.PLAN, "Search functionality": reasons.PLAN}


@pytest.mark.parametrize("head", ["Prioritaet", "Einstufung"])
def test_the_priority_of_a_row_wins_over_the_sentence_above_its_table(head: str) -> None:
    rows = "| F-1 | Berichte | Muss |\n| F-2 | Farben | Soll |\n| F-3 | Klang | Kann |\n| F-4 | Duft | Wunsch |\n"
    text = f"# P\n\n## Anforderungen\n\nDas System soll dies leisten.\n\n| ID | Anforderung | {head} |\n|---|---|---|\n{rows}"
    assert priorities(text)[1:] == [Priority.MUST, Priority.SHOULD, Priority.COULD, Priority.COULD]


def test_a_backlog_alone_is_the_work() -> None:
    assert priorities("# P\n\n## Backlog\n\n- Users can draw\n") == [Priority.MUST]


@pytest.mark.parametrize("label", ["Out of scope", "Not included", "Nicht-Ziele", "Hors périmètre", "非范围"])
def test_a_bold_label_refuses_as_a_heading_does(label: str) -> None:
    before = "# P\n\n## Requirements\n\n- Users must add\n"
    assert refused(f"{before}- **{label}:** Users can draw\n") == [f"**{label}:** Users can draw"]
    assert refused(f"{before}- **{label}**\n  - Users can draw\n") == ["Users can draw"]
    assert refused(f"{before}\n**{label}:**\n\n- Users can draw\n") == ["Users can draw"]
    assert len(refused(f"{before}\n**{label}:** Users can draw. Users can sing.\n")) == 2


def test_a_label_that_forbids_is_a_rule() -> None:
    assert refused("# P\n\n## Requirements\n\n- **Never:** store a password in clear\n") == []


@pytest.mark.parametrize(
    "line", ["**Serves:** US1", "Betrifft: F-06, F-07", "`F-xx` für Funktionen", "Requirements 1, 2, 3"]
)
def test_lines_that_only_refer_tell_about_the_document(line: str) -> None:
    text = f"# P\n\n## Requirements\n\n- Users can add\n- Encoding: UTF-8\n- {line}\n"
    assert asked(text) == ["Users can add", "Encoding: UTF-8"]
    assert left(text) == {line: reasons.ABOUT}


@pytest.mark.parametrize("heading", ["Background", "Consequences", "Hintergrund", "Contexte", "Контекст", "背景"])
def test_what_is_nested_under_context_is_context(heading: str) -> None:
    text = f"# P\n\n## Requirements\n\n- Users must add\n\n## {heading}\n\n- First:\n  - The data is spread\n  - Files are large\n"
    assert asked(text) == ["Users must add"]


@pytest.mark.parametrize(
    "heading",
    ["Rejected Ideas", "Appendix C: Use Cases", "Anhang B: Anforderungen", "Justificación", "Begründung"],
)
def test_a_heading_is_known_as_a_whole_before_it_is_by_a_part(heading: str) -> None:
    text = f"# P\n\n## Requirements\n\n- Users must add\n\n## {heading}\n\n- Users can draw\n"
    assert asked(text) == ["Users must add"]
    assert refused(text) == []


def test_a_heading_of_code_is_a_name() -> None:
    text = "# P\n\n## Commands\n\n### `tool status`\n\nPrints what is open.\n\n### `tool history`\n\nPrints what is past.\n"
    assert asked(text) == ["Prints what is open.", "Prints what is past."]


@pytest.mark.parametrize(("users", "told", "said"), [
    ("Users", "Description", "Creates a user."),
    ("Benutzer", "Beschreibung", "Legt einen Benutzer an."),
    ("Пользователи", "Описание", "Создаёт пользователя."),
    ("Usuarios", "Descripción", "Crea un usuario."),
])  # fmt: skip
def test_users_with_requests_are_a_part_of_the_product(users: str, told: str, said: str) -> None:
    text = f"# API\n\n## {users}\n\n### Create\n\n`POST /users`\n\n#### {told}\n\n{said}\n\n## Files\n\n`GET /notes`\n"
    assert asked(text) == ["`POST /users`", said, "`GET /notes`"]


def test_columns_of_people_alone_are_no_history() -> None:
    table = "| Action | Author | Editor |\n|---|---|---|\n| Add | yes | yes |\n| Remove | yes | no |\n"
    assert len(asked(f"# P\n\n## Permissions\n\n{table}")) == 2


def test_notes_are_known_by_their_date_and_those_present() -> None:
    text = (
        "# 25 March 2020\n\nPresent: Ann, Bob\n\n## Lists\n\n- The old list is slow\n- We want a list by date\n- It uses a table\n\n"
        "## Action items\n\n- Ann writes it up\n"
    )
    assert asked(text) == ["We want a list by date"]
    assert mapped(text).reads_as == "meeting notes"


def test_a_proposal_with_a_specification_asks_there_and_where_it_binds() -> None:
    text = (
        "Abstract\n========\n\nThis proposal defines a block.\n\nMotivation\n==========\n\nUsers want it.\n\nSpecification\n"
        "=============\n\nA block begins with a mark. Blocks MUST end. Tools MUST read it. Names MUST fit.\n\n.. code:: python\n\n"
        "   import re\n\n   print(re)\n\n__ https://example.org/x\n\nReference Implementation\n========================\n\n"
        "The code is returned by a function.\n\nSecurity Implications\n=====================\n\nA script may be run.\n\n"
        "Rejected Ideas\n==============\n\nOne key.\n"
    )
    assert asked(text) == [
        "A block begins with a mark.",
        "Blocks MUST end.",
        "Tools MUST read it.",
        "Names MUST fit.",
    ]
    assert [why for quote, why in left(text).items() if "re" in quote[:9]] == [reasons.CODE, reasons.CODE]


def test_data_without_a_fence_and_a_label_alone_ask_for_nothing() -> None:
    text = '# P\n\n## Requirements\n\n**Description.**\n\nUsers must add.\n\nJSON\n\n{ "id": 1, "name": "x" }\n'
    assert asked(text) == ["Users must add."]


@pytest.mark.parametrize("sentence", [
    "Nobody knows why a line is there, and reviews never end.",
    "The tool provides lists and always keeps them.",
])  # fmt: skip
def test_an_introduction_asks_only_where_it_binds(sentence: str) -> None:
    text = f"# P\n\n{sentence} All files must stay local.\n\n## Requirements\n\n- Users can add\n"
    assert asked(text) == ["All files must stay local.", "Users can add"]
    assert len(asked(f"# P\n\n{sentence} All files must stay local.\n")) == 2


@pytest.mark.parametrize(
    "heading", ["History", "Status", "Contact", "Historique", "Estado", "История", "履歴", "历史"]
)
def test_a_part_of_the_product_is_no_history_of_the_document(heading: str) -> None:
    feature = f"## Features\n\n### {heading}\n\n- Users see the last ten\n"
    assert asked(f"# P\n\n{feature}") == ["Users see the last ten"]
    assert asked(f"# P\n\n## Features\n\n- Users can add\n\n## {heading}\n\n- 1.0: first\n") == ["Users can add"]
    assert asked("# P\n\n## Features\n\n### Order history\n\n- Users see it\n") == ["Users see it"]


@pytest.mark.parametrize(
    "heading",
    [
        "Already implemented",
        "4.1 実装済み（v0.1）",
        "Sync (F-20 — v1.1で実装済み)",
        "Bereits umgesetzt",
        "已实现功能",
        "Déjà réalisé",
        "Login (implemented)",
    ],
)
def test_what_is_implemented_is_no_work(heading: str) -> None:
    text = f"# P\n\n## Requirements\n\n- Users must add\n\n## {heading}\n\n- Users log in\n"
    assert asked(text) == ["Users must add"]


def test_a_product_about_meetings_is_no_meeting() -> None:
    text = "# Calendar\n\n## Weekly meetings are shown\n\n- Each week has its own\n- All can be moved\n"
    assert (mapped(text).reads_as, len(asked(text))) == ("", 2)


def test_a_preface_below_the_title_of_user_stories_is_none() -> None:
    text = (
        "# User stories\n\nEach story has criteria. Epics group by area.\n\n## Epic: Weeks\n\n### US-K4 - Plan\n\n"
        "**Covers:** FR-K-1, FR-K-2\n\n- **Given** a week\n- **When** I plan\n- **Then** it is kept\n"
    )
    draft = mapped(text)
    assert titles(draft) == ["Plan"]
    assert len(draft.statements) == 1


def test_a_row_and_a_lead_may_refuse_or_explain() -> None:
    rows = "| Phase | What |\n|---|---|\n| 1 | Users add |\n| Out of scope | Users draw |\n"
    assert refused(f"# P\n\n## Requirements\n\n{rows}") == ["| Out of scope | Users draw |"]
    chat = "This document is a start. For example, I can add:\n\n- a plan of tests\n- more code\n"
    assert asked(f"# P\n\n## Features\n\n- Users add\n\n{chat}") == ["Users add"]


def test_an_entry_named_like_a_record_is_one_of_its_list() -> None:
    entities = ["**Boat**: number, length", "**Berth**: number, depth", "**Skipper**: number, phone"]
    assert asked("# P\n\n## Data model\n\n" + "".join(f"- {one}\n" for one in entities)) == entities
    head = "- Status: Draft\n- Author: Ann\n- Date: today\n"
    assert asked(f"# P\n\n{head}\n## Requirements\n\n- Users add\n") == ["Users add"]


@pytest.mark.parametrize("heading", ["Out‑of‑scope", "Installation / Betrieb", "Nicht‑Ziele"])
def test_headings_are_known_whatever_their_hyphens(heading: str) -> None:
    assert asked(
        f"# P\n\n## Anforderungen\n\n- Die Nutzer müssen a\n\n## {heading}\n\n- Das Repository klonen\n"
    ) == ["Die Nutzer müssen a"]


@pytest.mark.parametrize(
    "heading",
    [
        "Fuori Scope", "Fuera de scope", "Fora do scope", "Hors du scope", "Nicht im Scope", "Außerhalb des Scope",
        "Вне скоупа", "Buiten de scope", "Utanför scope", "Poza scope",
    ],
)  # fmt: skip
def test_an_english_scope_is_left_in_other_languages_as_well(heading: str) -> None:
    assert refused(under(heading, "- Payments.")) == ["Payments."]


@pytest.mark.parametrize("state", ["待确认", "待確認", "待定", "未定"])
def test_the_name_of_a_state_leaves_nothing_open(state: str) -> None:
    says = f"维修完成后将状态更新为“{state}”。"
    assert asked(under("功能需求", f"- {says}")) == [says]
    row = f"| {state} | 学生确认 | 已完成 |"
    assert asked(under("状态流转", f"系统必须支持以下状态：\n\n| 状态 | 说明 | 下一状态 |\n|-|-|-|\n{row}"))[
        1:
    ] == [row]
    assert quotes(under("功能需求", f"- 导出格式{state}。"), StatementClass.QUESTION) == [f"导出格式{state}。"]


def test_a_table_of_states_tells_nothing_of_what_is_done() -> None:
    rows = ["| Done | The reader got the book |", "| Open | The book is on its way |"]
    text = under("Requirements", "\n".join(["| Status | Meaning |", "|-|-|", *rows]))
    assert asked(text) == rows
    later = text.replace("| Status | Meaning |", "| Requirement | Status |").replace(
        rows[0], "| It sorts | Done |"
    )
    assert left(later) == {"| It sorts | Done |": reasons.DONE}


@pytest.mark.parametrize(
    "heading",
    [
        "Points ouverts à trancher pendant le développement", "Puntos abiertos", "Temas abiertos para decidir",
        "Pontos em aberto para decidir", "Punti aperti da chiarire", "Open points to settle later",
        "Открытые вопросы по интерфейсу", "Open vragen over de lijst",
    ],
)  # fmt: skip
def test_open_questions_are_open_whatever_else_their_heading_says(heading: str) -> None:
    assert quotes(under(heading, "- The host of the page."), StatementClass.QUESTION) == ["The host of the page."]


@pytest.mark.parametrize(
    ("says", "below"),
    [
        ("购买指定的图书（由于本系统不包括支付系统，故仅输出应支付的金额），并减少库存。", "没有图书则操作失败。"),
        (
            "The till must print a receipt (which does not include what was given back before the sale):",
            "It is short.",
        ),
        ("No name is shown (in v1, the name is used only to find the reader's own books in the list).", ""),
    ],
)
def test_a_remark_in_brackets_puts_nothing_else_out_of_scope(says: str, below: str) -> None:
    item = f"- {says}\n" + (f"  - {below}\n" if below else "")
    assert refused(under("Requirements", item)) == []
    assert refused(under("Requirements", "- Drawing (out of scope)\n- It must print.")) == [
        "Drawing (out of scope)"
    ]


@pytest.mark.parametrize(
    ("heading", "klass"),
    [
        ("Compatibility and dependencies", "constraint"), ("Installation & Platforms", "constraint"),
        ("兼容性与依赖", "constraint"), ("兼容性与依赖 (Compatibility)", "constraint"),
        ("制約と依存関係", "constraint"), ("依赖与兼容性", "constraint"), ("Assumptions and dependencies", ""), ("Known constraints & risks", ""),
        ("开发优先级 (Development roadmap)", ""), ("登录 (Login)", "requirement"), ("概述 (Overview)", ""),
    ],
)  # fmt: skip
def test_a_heading_of_two_things_keeps_what_it_asks_for(heading: str, klass: str) -> None:
    draft = mapped(f"# P\n\n## Functions\n\n- It prints.\n\n## {heading}\n\n- `tar`: it runs on Linux 3.14\n")
    assert [one.klass for one in draft.statements[1:]] == [klass] * bool(klass)


@pytest.mark.parametrize(
    "said",
    ["本文档描述系统的功能需求。", "本需求规格说明书旨在定义停车系统的功能。", "这份文档用于说明系统必须满足的需求。",
     "本章介绍登录功能。", "以下章节列出全部功能。"],
)  # fmt: skip
def test_what_a_document_says_of_itself_in_chinese_is_told(said: str) -> None:
    assert asked(under("需求", f"{said}\n\n- 系统必须打印收据。\n")) == ["系统必须打印收据。"]


@pytest.mark.parametrize(
    "said",
    ["本書は決済システムの要件を定める。", "本仕様書では、画面の動作を定義します。", "本章では画面について説明する。",
     "この文書は開発者のための要件をまとめたものである。"],
)  # fmt: skip
def test_what_a_document_says_of_itself_in_japanese_is_told(said: str) -> None:
    assert asked(under("要件", f"{said}\n\n- レジは領収書を印刷すること。\n")) == ["レジは領収書を印刷すること。"]


@pytest.mark.parametrize(
    "said", ["본 문서는 시스템의 요구사항을 정의한다.", "이 명세서는 결제 기능을 기술합니다."]
)
def test_what_a_document_says_of_itself_in_korean_is_told(said: str) -> None:
    assert asked(under("요구사항", f"{said}\n\n- 영수증을 출력해야 한다.\n")) == ["영수증을 출력해야 한다."]


@pytest.mark.parametrize(
    ("heading", "said"),
    [("需求", "本系统用于管理订单。"), ("需求", "本规范要求所有接口必须返回JSON。"), ("要件", "本システムは注文を管理する。"),
     ("要件", "この画面は説明を表示する。"), ("요구사항", "이 시스템은 주문을 관리해야 한다.")],
)  # fmt: skip
def test_what_a_system_is_for_is_asked(heading: str, said: str) -> None:
    assert asked(under(heading, f"{said}\n")) == [said]


def test_a_value_out_of_its_range_is_not_out_of_scope() -> None:
    rule = "编号范围 1~247，超出范围视为非法配置。"
    assert asked(under("需求", f"- {rule}\n")) == [rule]


def test_a_stressed_word_marks_a_sentence_only_where_it_binds_itself() -> None:
    told = "现场缺少真实的设备，模拟器没有**物理能量流动**。"
    assert asked(f"# P\n\n## 背景\n\n{told}\n\n## 需求\n\n- 系统打印收据。\n") == ["系统打印收据。"]
    assert asked("# P\n\n## 背景\n\n系统**必须**打印收据。\n") == ["系统**必须**打印收据。"]

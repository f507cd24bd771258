"""A list, a table, a section is judged as a whole; rules without a modal word count; nothing is altered."""

import pytest

from bmad.core.outline.read.sentences import split
from tests.outline.drafted import asked, mapped, story, titles

ITEMS = {
    "endpoints": [
        "`GET /items` - List all items",
        "`GET /items/{id}` - One item by id",
        "`POST /items` - New item",
    ],
    "screens": [
        "**Cart**: Overview of chosen items",
        "**Orders**: Table of past orders",
        "**Profile**: Address form",
    ],
    "nouns": ["React + Vite", "Modern browsers (Chrome 90+)", "APIs and design changes", "Issue triage page"],
    "fields": [
        "`id`: string, unique",
        "`command`: string, path of the program",
        "`env`: map of strings (optional)",
    ],
    "chinese": ["调用接口获取会话", "处理更新通知", "支持多账户配置", "用户手动切换后：持久化并覆盖系统策略"],
    "japanese": ["ノートを作成できる", "共有リンクの作成", "検索"],
    "german": ["Ein Dashboard mit der Situation", "Budgets angeben", "Das System muss Ausgaben erfassen"],
}


@pytest.mark.parametrize("items", ITEMS.values(), ids=ITEMS)
@pytest.mark.parametrize("heading", ["API", "Screens", "Requirements", "主题系统", "Layout"])
def test_siblings_are_not_split(heading: str, items: list[str]) -> None:
    text = f"# Shop\n\n## {heading}\n\n" + "".join(f"- {item}\n" for item in items)
    assert asked(text) == items
    assert asked(f"{text}\n## Import\n\nThe tool must read CSV files.\n")[:-1] == items


def test_neutral_sections_count_beside_one_that_asks() -> None:
    text = (
        "# 模板 PRD\n\n## 2. 范围\n\n### 2.1 本期范围（In Scope）\n\n#### B. 主题系统\n\n- 支持 Day/Night 切换\n\n"
        "## 5. 功能需求\n\n### 5.3 国际化\n\n- 运行时切换语言\n\n## 7. 会话子系统需求\n\n### 7.4.2 新会话\n\n"
        "- 调用 `session/new` 获取 `sessionId`\n\n## 9. 交付物清单\n\n- 可运行的项目\n- README：如何启动\n"
    )
    assert len(asked(text)) == 5


@pytest.mark.parametrize("first", ["", "## Preliminaries\n\nParsers must reject anything else.\n\n"])
def test_rules_without_a_modal_word_count(first: str) -> None:
    text = (
        f"# Mini format\n\n{first}## Keys\n\nA key is bare or quoted. Bare keys may only contain letters. Defining a key "
        "twice is invalid. Whitespace around a key is ignored. Unspecified values are invalid.\n\n"
        "## Array\n\nA trailing comma is permitted.\n"
    )
    assert len([quote for quote in asked(text) if "reject" not in quote]) == 6


def test_a_table_under_a_rule_counts_row_by_row() -> None:
    text = (
        "# API\n\n## Errors\n\nAll errors MUST carry a code.\n\n| Code | HTTP | Condition |\n|---|---|---|\n"
        "| `BAD_INPUT` | 422 | Title is empty |\n| `GONE` | 404 | The note does not exist |\n"
    )
    draft = mapped(text)
    assert story(draft, "Errors").criteria == (
        "All errors MUST carry a code.",
        "Code: `BAD_INPUT`; HTTP: 422; Condition: Title is empty",
        "Code: `GONE`; HTTP: 404; Condition: The note does not exist",
    )


def test_what_a_row_says_stands_after_the_heads_of_its_columns() -> None:
    rows = "| S | 80 | 400 | yes |\n| XL | 800 | | no; later |\n"
    table = f"| Size | Width (mm) | Height: | In stock? |\n|--|-:|-:|--|\n{rows}"
    draft = mapped(f"# P\n\n## Sizes\n\nEach size MUST be on offer.\n\n{table}")
    said = [
        "Size: S; Width (mm): 80; Height: 400; In stock? yes",
        "Size: XL; Width (mm): 800; In stock? no; later",
    ]
    assert draft.stories[0].criteria[1:] == tuple(said)
    assert draft.requirements[0].text.splitlines()[-2:] == [f"- {one}" for one in said]
    assert [one.title for one in draft.statements[1:]] == said


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            "| Window | Behaviour |\n|-|-|\n| 80 columns | Panes are stacked |",
            "Window: 80 columns; Behaviour: Panes are stacked",
        ),
        (
            "| Nr | Anforderung | Beschreibung | Prio |\n|-|-|-|-|\n| 1 | Export | Er muss CSV sein. Er ist UTF-8. | hoch |",
            "Anforderung: Export; Beschreibung: Er muss CSV sein. Er ist UTF-8.",
        ),
        ("| ID | 要件 | 内容 |\n|-|-|-|\n| F-1 | 印刷 | 領収書を印刷する |", "要件: 印刷; 内容: 領収書を印刷する"),
        (
            "| ID | Requirement | Team | Priority |\n|-|-|-|-|\n| F-1 | It must print | Ada | must |",
            "It must print",
        ),
        ("| Feature | Description | Notes |\n|-|-|-|\n| Print | It must print | Ada |", "It must print"),
    ],
)
def test_a_row_says_all_that_its_text_is_understood_by(table: str, said: str) -> None:
    [need] = mapped(f"# P\n\n## Requirements\n\n{table}\n").requirements
    assert need.text == said


def test_a_row_is_no_title_of_heads_where_only_one_of_its_cells_fits() -> None:
    draft = mapped(
        "# P\n\n## Requirements\n\n| Code | Then |\n|-|-|\n| 0 | It prints the sum. "
        + "It must be right. " * 6
        + "|\n"
    )
    assert [one.title for one in draft.requirements] == ["0, It prints the sum"]


def test_a_row_below_no_heads_stays_as_it_is() -> None:
    draft = mapped("# P\n\n## Requirements\n\n| | |\n|-|-|\n| Upload | at most 10 MB |\n")
    assert [(one.title, one.text) for one in draft.requirements] == [
        ("Upload, at most 10 MB", "Upload | at most 10 MB")
    ]


@pytest.mark.parametrize(
    "item",
    [
        "Lists must begin with - or *",
        "Globs may use * and **",
        "The product a*b*c must be shown as typed",
        "Names match [a-z]*.md and *.txt",
        "Lists use bullets (- or *)",
        "Paths look like src/**/test_*.py",
        "Escapes such as \\* and &amp; stay, and `a  b` too",
    ],
)
def test_text_stands_as_written(item: str) -> None:
    [one] = mapped(f"# F\n\n## Rules\n\n- {item}\n").stories
    assert one.criteria == (" ".join(item.split()),)


@pytest.mark.parametrize("abbreviated", ["z. B. Montags", "i. d. R. Montags", "e. g. Mondays", "z.B. Montags"])
def test_an_abbreviation_written_with_blanks_ends_no_sentence(abbreviated: str) -> None:
    sentences = [f"Sie kommt {abbreviated} an.", "Nimm Option B.", "A user can."]
    text = " ".join(sentences)
    assert [text[start:end] for start, end in split(text)] == sentences


def test_sentences_are_not_spliced() -> None:
    text = (
        "# Garden app\n\nThe core would be a map of the beds. You can drag plants onto it. When a bed is full, a new one is "
        "made next to it. I'd love to be able to print the map. Photos matter too: one tap adds a photo. "
        "It should run offline.\n"
    )
    [one] = mapped(text).stories
    assert len(one.criteria) == 6
    assert one.narrative == text.split("\n\n")[1].strip()


def test_a_wish_in_the_first_person_is_the_heart_of_an_intent() -> None:
    text = (
        "# Lunch\n\nI want a small bot that collects orders before 11:00, sends them and tells the total.\n\n"
        "If nobody ordered, no mail goes out.\n"
    )
    assert len(asked(text)) == 2


def test_nested_items_are_criteria_of_their_item() -> None:
    text = (
        "# App\n\n## Layout\n\n- **Desktop**: two panels\n  - **Left panel**: tree of files\n    - Collapsible folders\n"
        "  - **Right panel**: editor\n"
    )
    [one] = mapped(text).stories
    assert (one.title, len(one.criteria)) == ("Desktop", 4)


def test_the_condition_in_a_label_stays() -> None:
    text = "# R\n\n## Edge cases\n\n- **Expired token**: clear message\n- **Mail server down**: no account is created\n"
    draft = mapped(text)
    assert titles(draft) == ["Expired token", "Mail server down"]
    assert draft.stories[0].criteria == ("**Expired token**: clear message",)


def test_names_under_a_rule_complete_it() -> None:
    text = "# P\n\n## Requirements\n\nThe export must support the following formats:\n\n- CSV\n- JSON\n"
    [one] = mapped(text).stories
    assert one.title == "The export must support the following formats"
    assert one.criteria == ("The export must support the following formats: CSV; JSON",)


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        (
            "The system shall merge conflicts between local and remote changes",
            "The system shall merge conflicts between local and remote changes",
        ),
        ("**受信一覧**（件名、送信者、日時）を表示すること", "受信一覧（件名、送信者、日時）を表示すること"),
        (
            "The kubelet will register with the bus as a delay inhibitor lock of shutdowns for the grace period of pods",
            "The kubelet will register with the bus as a delay inhibitor lock of shutdowns…",
        ),
        (
            "The tool must say what a change is for, story by story, in a form that can be pasted into a code review",
            "The tool must say what a change is for, story by story, in a form…",
        ),
        (
            "各サービスが推奨する認証方式（OAuth2、他はパスワード認証など）を利用者ごとに正しく使うこと",
            "各サービスが推奨する認証方式",
        ),
    ],
)
def test_titles_are_cut_where_nothing_is_torn(sentence: str, title: str) -> None:
    assert mapped(f"# P\n\n## Requirements\n\n- {sentence}\n").stories[0].title == title


@pytest.mark.parametrize("end", ["<https://example.org/x>", "`<a/>` or <version core>", "a -> b ->"])
def test_a_sign_at_the_end_of_a_paragraph_is_no_mark_of_a_quote(end: str) -> None:
    said = f"The tool must print {end}"
    assert asked(f"# F\n\n## Rules\n\n{said}\n\n> {said}\n>\n") == [said]

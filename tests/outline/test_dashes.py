"""Tables that Pandoc writes with dashes are read by their cells, as those with bars are."""

from bmad.core.outline import outline
from bmad.model.spec import StatementClass
from tests.outline.drafts import check_whole

ENGLISH = {
    "simple": """\
  ID       Requirement                  Priority
  -------- ---------------------------- ----------
  FR-001   It saves the report.         Must
  FR-002   It prints the list.          Could

  : What it does
""",
    "multiline": """\
  ------------------------------------------------
  ID       Requirement                  Priority
  -------- ---------------------------- ----------
  FR-001   It saves                     Must
           the report.

  FR-002   It prints the list.          Could
  ------------------------------------------------

Table: What it does
""",
    "headless": """\
  -------- ---------------------------- ----------
  FR-001   It saves the report.         Must
  FR-002   It prints the list.          Could
  -------- ---------------------------- ----------
""",
    "its first row is the head": """\
  -------- ---------------------------- ----------
  ID       Requirement                  Priority
  FR-001   It saves the report.         Must
  FR-002   It prints the list.          Could
  -------- ---------------------------- ----------
""",
    "grid": """\
+--------+----------------------------+----------+
| ID     | Requirement                | Priority |
+========+============================+==========+
| FR-001 | It saves                   | Must     |
|        | the report.                |          |
+--------+----------------------------+----------+
| FR-002 | It prints the list.        | Could    |
+--------+----------------------------+----------+
""",
    "quoted": """\
> ID       Requirement                  Priority
> -------- ---------------------------- ----------
> FR-001   It saves the report.         Must
> FR-002   It prints the list.          Could
""",
    "in an item": """\
- What it does:

  ID       Requirement                  Priority
  -------- ---------------------------- ----------
  FR-001   It saves the report.         Must
  FR-002   It prints the list.          Could
""",
    "gaps alone part its cells": """\
  ID   Requirement   Priority
  ---- ------ -----
  FR-001   It saves the report.         Must
  FR-002   It prints the list.          Could
""",
}
CHINESE = {
    "simple": """\
  编号      需求描述                    优先级
  --------- --------------------------- --------
  FR-001    保存报表。                  高
  FR-002    打印列表。                  低
""",
    "multiline": """\
  ----------------------------------------------
  编号      需求描述                    优先级
  --------- --------------------------- --------
  FR-001    保存报表。                  高

  FR-002    打印列表。                  低
  ----------------------------------------------
""",
    "grid": """\
+---------+---------------------------+--------+
| 编号    | 需求描述                  | 优先级 |
+=========+===========================+========+
| FR-001  | 保存报表。                | 高     |
+---------+---------------------------+--------+
| FR-002  | 打印列表。                | 低     |
+---------+---------------------------+--------+
""",
}


def told(text: str) -> list[tuple[str, str, str]]:
    draft = outline(text)
    check_whole(text, draft)
    return [(need.source, need.text, need.priority.value) for need in draft.requirements]


def test_a_row_in_dashes_is_read_by_cell() -> None:
    expected = [("FR-001", "It saves the report.", "must"), ("FR-002", "It prints the list.", "could")]
    for shape, table in ENGLISH.items():
        for end in ("\n", "\r\n"):
            text = f"# P\n\n## Requirements\n\n{table}\n## Notes\n\nNothing.\n".replace("\n", end)
            assert told(text)[-2:] == expected, shape
    for shape, table in CHINESE.items():
        expected = [("FR-001", "保存报表。", "must"), ("FR-002", "打印列表。", "could")]
        assert told(f"# P\n\n## 功能需求\n\n{table}") == expected, shape


def test_a_cell_over_several_rows_or_columns_stands_where_it_begins() -> None:
    grid = """\
+--------+----------------------------+----------+
| Module | Requirement                | Priority |
+========+============================+==========+
| Lists  | It saves the report.       | Must     |
|        +----------------------------+----------+
|        | It prints the list.        | Could    |
+--------+----------------------------+----------+
"""
    assert [one[1:] for one in told(f"# P\n\n## Requirements\n\n{grid}")] == [
        ("Module: Lists; Requirement: It saves the report.", "must"),
        ("It prints the list.", "could"),
    ]


def test_rules_and_drawings_are_no_tables() -> None:
    """Two rules with prose between them, boxes that lines join, and a rule below a heading of one word."""
    prose = "--- ---\n\nThe list must be printed. It must go on.\n\n--- ---\n"
    assert [one[1] for one in told(f"# P\n\n## Requirements\n\n{prose}")] == [
        "The list must be printed.",
        "It must go on.",
    ]
    drawn = "```\n+-----+   +-----+\n| One |---| Two |\n+-----+   +-----+\n```\n\n- It must print.\n"
    assert [one[1] for one in told(f"# P\n\n## Requirements\n\n{drawn}")] == ["It must print."]


BESIDE = """# P

## Scope

  -----------------------------------------------------------
  In scope                     Out of scope
  ---------------------------- ------------------------------
  Sort the books by            Lend books to
  year                         other shops

  Print a list                 Sell books
                               on the web

                               Sell maps to
                               readers

  -----------------------------------------------------------

+----------------------+-----------------------+
| In scope             | Out of scope          |
+======================+=======================+
| Mail the books by    | Give books to         |
| weight               | nobody                |
+----------------------+-----------------------+
"""


def test_no_cell_of_several_lines_is_lost_beside_one_that_is_out_of_scope() -> None:
    draft = outline(BESIDE)
    check_whole(BESIDE, draft)
    assert [need.text for need in draft.requirements] == [
        "In scope: Sort the books by year; Out of scope: Lend books to other shops",
        "Print a list",
        "In scope: Mail the books by weight; Out of scope: Give books to nobody",
    ]
    refused = [one.span for one in draft.statements if one.klass == StatementClass.NON_GOAL]
    said = [" ".join(BESIDE[one.start : one.end].split()) for one in refused]
    assert said == ["Sell books on the web", "Sell maps to readers"]

"""A review in an editor: what is laid out comes back as it was meant, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmad.core.act.demands import demand
from bmad.core.act.diffs import placed
from bmad.core.act.run import Run
from bmad.core.act.sheet import Before, Remark, SheetError, Written, lay_out, read_back
from bmad.model.agents import Severity
from tests.act.strategies import finding

DIFF = """\
diff --git a/src/a.py b/src/a.py
index 1111111..2222222 100644
--- a/src/a.py
+++ b/src/a.py
@@ -1,4 +1,4 @@ class A:
 one
-two
+2\x20\x20
\x20
 three
@@ -10,2 +10,1 @@
 ten
-eleven
diff --git a/gone.py b/gone.py
deleted file mode 100644
index 1111111..0000000
--- a/gone.py
+++ /dev/null
@@ -1 +0,0 @@
-gone
diff --git a/new.py b/new.py
new file mode 100644
index 0000000..1111111
--- /dev/null
+++ b/new.py
@@ -0,0 +1,2 @@
+> quoted
+diff --git a/x b/x
\\ No newline at end of file
"""

SHEET = lay_out("STORY-1", "First", ["correctness", "security"], Before(), DIFF)


def below(line: str, *words: str, sheet: str = SHEET) -> str:
    """The sheet with words written below a line."""
    at = f"\n{line}\n"
    assert sheet.count(at) == 1, line
    return sheet.replace(at, at + "".join(f"{word}\n" for word in words))


def said(text: str) -> str:
    return SHEET.replace("\nverdict:\n", f"\nverdict: {text}\n")


def test_i_a_sheet_that_is_left_as_it_is_says_nothing() -> None:
    assert read_back(SHEET, DIFF) is None
    stripped = "\n".join(line.rstrip() for line in SHEET.split("\n"))
    assert read_back(stripped, DIFF) is None, "editors take blanks away at the end of lines"
    assert read_back(SHEET.replace("\n", "\r\n"), DIFF) is None


@pytest.mark.parametrize(
    ("line", "path", "number"),
    [
        ("+2  ", "src/a.py", 2),
        (" three", "src/a.py", 4),
        ("-two", "src/a.py", 2),
        ("@@ -10,2 +10,1 @@", "src/a.py", 10),
        ("-eleven", "src/a.py", 10),
        ("+++ b/src/a.py", "src/a.py", 1),
        ("+> quoted", "new.py", 1),
        ("+diff --git a/x b/x", "new.py", 2),
    ],
)
def test_i_a_comment_is_on_the_line_above_it(line: str, path: str, number: int) -> None:
    told = read_back(below(line, "> P1: wrong,", ">  and twice so", ""), DIFF)
    assert told == Written("comment", "", (Remark(path, number, "wrong,\nand twice so", Severity.P1),))


def test_i_verdicts_are_read_and_nothing_else_passes_for_one() -> None:
    assert read_back(said("Approve"), DIFF) == Written("approve")
    assert read_back(said("changes: no.\nNot so."), DIFF) == Written("request-changes", "no.\nNot so.")
    assert read_back(said("request-changes"), DIFF) == Written("request-changes")
    with pytest.raises(SheetError, match="write `approve`"):
        read_back(said("fine"), DIFF)


def test_i_what_a_fix_was_made_for_is_settled_by_name() -> None:
    before = Before([finding("F-1")], [demand(Run("STORY-1"), "Name it\nbetter.", "Eve")])
    sheet = lay_out("STORY-1", "First", ["correctness"], before, DIFF)
    assert "#   P1 F-1 " in sheet
    assert "demanded of it:\n#   Name it better.\n" in sheet
    told = read_back(sheet.replace("\nsettled:\n", "\nsettled: F-1, F-2\n"), DIFF)
    assert told == Written("comment", settled=("F-1", "F-2"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SHEET.replace("\n three\n", "\n thre\n"), "neither a line of the diff nor a comment"),
        (SHEET.replace("\n three\n", "\n"), "neither a line of the diff nor a comment"),
        (SHEET[: SHEET.index("+diff --git")], "has lost its line"),
        (below("-gone", "> It was good."), "stands on no line of a file that is there"),
        (below(" three", ">"), "says nothing"),
        (below(" three", "wrong"), "neither a line of the diff nor a comment"),
        (f"Wrong.\n{SHEET}", "is no comment on a line"),
    ],
)
def test_i_what_cannot_be_put_to_a_line_is_refused(text: str, words: str) -> None:
    with pytest.raises(SheetError, match=words):
        read_back(text, DIFF)


@given(st.lists(st.sampled_from([one.text for one in placed(DIFF)]), max_size=4, unique=True))
def test_i_no_comment_is_lost_or_moved(lines: list[str]) -> None:
    shown = placed(DIFF)
    good = [one for one in shown if one.text in lines and one.path and DIFF.count(f"{one.text}\n") == 1]
    text = SHEET
    for one in good:
        text = text.replace(f"\n{one.text}\n", f"\n{one.text}\n> {shown.index(one)}\n", 1)
    told = read_back(text, DIFF)
    remarks = [] if told is None else [(one.path, one.line, one.words) for one in told.remarks]
    assert remarks == [(one.path, one.line, str(shown.index(one))) for one in good]

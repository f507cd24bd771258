"""No word of a reviewer is lost: claims found again, diffs shown whole in parts, and that they were read."""

import json
from collections.abc import Mapping
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bmad.core.act.challenge import answers, challenge
from bmad.core.act.parts import MOST, digest_of, hidden, split
from bmad.core.act.placing import Files, Nowhere, Place, Places
from bmad.core.act.review import Missed, Sifted, sift
from bmad.core.act.unfit import Words, heard
from bmad.core.act.unplaced import claim_id, complaints, new_ones, unplaced, unshown
from bmad.model.agents import Severity
from bmad.model.answers import Claim, ReviewAnswer
from bmad.model.review import Disposition, Kind

NEW = "def f(x):\n    return  x / 0\n\n\ndef g():\n    return 7\n\n\ndef h():\n    return 7\n"
OLD = "def f(x):\n    guard(x)\n    return  x / 0\n"
TEXTS = {"src/x.py": NEW, "docs/Read.md": "- one item\n- two\n"}


def places(new: Mapping[str, str] = TEXTS, old: Mapping[str, str] | None = None) -> Places:
    was = old or {"src/x.py": OLD, "src/gone.py": "left = 1\n"}
    return Places(Files(new.get, was.get, [*new, "src/gone.py"], ["/home/ada/tree"], lambda: new))


def claim(**more: object) -> Claim:
    fields = {
        "severity": "P0",
        "path": "src/x.py",
        "line": 2,
        "quote": "return x / 0",
        "claim": "It divides by 0.",
    }
    return Claim.model_validate(fields | more)


@pytest.mark.parametrize(
    "path",
    [
        "./src/x.py",
        "a/src/x.py",
        "b/src/x.py",
        "src\\x.py",
        ".\\src\\x.py",
        "/home/ada/tree/src/x.py",
        "SRC/X.py",
        "x.py",
        "/src/x.py",
        "src/y/../x.py",
        "src//x.py",
        "src/x.py:2",
        "`src/x.py`",
        " src/x.py\n",
        "elsewhere.py",
    ],
)
def test_c_a_path_is_read_however_it_is_spelt(path: str) -> None:
    found = places().place(claim(path=path))
    assert isinstance(found, Place)
    assert (found.path, found.line) == ("src/x.py", 2)


@pytest.mark.parametrize(
    "named",
    [
        {},
        {"path": None, "line": None, "quote": None},
        {"path": "", "line": 0, "quote": ""},
        {"path": "src/x.py", "line": -1, "end_line": 0, "quote": " "},
        {"path": "src/x.py", "line": "12-14", "quote": "what stands nowhere"},
        {"path": "src/x.py", "line": 10**30, "quote": "no such line\n" * 300},
    ],
)
def test_c_a_claim_that_names_no_place_is_kept_with_its_words(named: Mapping[str, object]) -> None:
    """It makes no answer unfit, for another answer, asked for instead, may be silent about it."""
    told = {"findings": [{"severity": "P0", "claim": "It divides by 0.", **named}], "read": "7"}
    answer = ReviewAnswer.model_validate(told)
    sifted = sift(answer.findings, "correctness", 1, places(), {}, {})
    assert sifted.findings == ()
    silent = sift((), "correctness", 1, places(), {}, {})
    [kept] = unplaced(heard(answer), sifted, "correctness", 1, (Words(), silent))
    assert (kept.disposition, kept.severity, kept.claim) == (Disposition.UPHELD, Severity.P0, "It divides by 0.")


def test_c_a_ruling_on_a_claim_without_a_quote_settles_no_other() -> None:
    one, other = (claim(path="", quote="", claim=words) for words in ("It divides by 0.", "It leaks keys."))
    assert claim_id("correctness", one) != claim_id("correctness", other)
    assert claim_id("correctness", claim()) == claim_id("correctness", claim(claim="Otherwise worded."))


def test_c_a_place_that_is_found_needs_no_line() -> None:
    found = places().place(
        Claim.model_validate({"severity": "P0", "quote": "return x / 0", "claim": "It breaks."})
    )
    assert isinstance(found, Place)
    assert (found.path, found.line) == ("src/x.py", 2)


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        ({"line": 1}, 2),
        ({"line": 99}, 2),
        ({"line": 3, "end_line": 1}, 2),
        ({"line": 1, "end_line": 900}, 2),
        ({"quote": "+    return  x / 0"}, 2),
        ({"quote": "+def f(x):\n+    return  x / 0", "line": 2}, 1),
        ({"quote": " def f(x):\n-    guard(x)\n     return  x / 0"}, 1),
        ({"quote": "```python\nreturn x / 0\n```"}, 2),
        ({"quote": "`return x / 0`"}, 2),
        ({"quote": "1: def f(x):\n2:     return  x / 0", "line": 7}, 1),
        ({"quote": "return x / 0\r\n"}, 2),
        ({"quote": "return 7", "line": 9}, 10),
        ({"quote": "return 7", "line": 5}, 6),
    ],
)
def test_c_a_quote_is_found_where_it_stands(wrong: dict[str, object], at: int) -> None:
    found = places().place(claim(**wrong))
    assert isinstance(found, Place)
    assert (found.path, found.line, found.before) == ("src/x.py", at, False)


@pytest.mark.parametrize(
    ("wrong", "path", "at"),
    [
        ({"quote": "-    guard(x)"}, "src/x.py", 2),
        ({"quote": "guard(x)", "line": 40}, "src/x.py", 2),
        ({"path": "src/gone.py", "quote": "left = 1", "line": 1}, "src/gone.py", 1),
    ],
)
def test_c_a_line_that_was_taken_out_is_found_where_it_stood(wrong: dict[str, object], path: str, at: int) -> None:
    found = places().place(claim(**wrong))
    assert isinstance(found, Place)
    assert (found.path, found.line, found.before) == (path, at, True)
    [raised] = sift([claim(**wrong)], "security", 1, places(), {}, {}).findings
    assert raised.before


@pytest.mark.parametrize(
    "wrong",
    [
        {"quote": "return x / 1"},
        {"quote": "return 7", "line": 8},
        {"quote": "return 7", "line": 900},
        {"quote": "+++"},
        {"path": "src/nothing.py", "quote": "7"},
        {"path": "../src/x.py", "quote": "nowhere"},
    ],
)
def test_c_a_place_that_would_be_a_guess_is_none(wrong: dict[str, object]) -> None:
    assert isinstance(places().place(claim(**wrong)), Nowhere)


def test_c_a_list_item_is_not_taken_for_a_removed_line() -> None:
    found = places().place(claim(path="docs/Read.md", line=1, quote="- one item"))
    assert isinstance(found, Place)
    assert not found.before


@pytest.mark.parametrize(
    ("told", "severity"),
    [("critical", "P0"), ("HIGH", "P1"), (" Medium ", "P2"), ("p1", "P1"), ("nit", "P2"), ("Blocker", "P0")],
)
def test_c_the_words_of_other_tools_are_read_as_one_of_the_three(told: str, severity: str) -> None:
    assert claim(severity=told).severity is Severity(severity)


@pytest.mark.parametrize("told", ["urgent?", "", 1, None, "P9"])
def test_c_a_severity_that_is_none_is_no_answer(told: object) -> None:
    with pytest.raises(ValidationError):
        claim(severity=told)


LOST = Missed(claim(quote="nowhere"), "its quote stands nowhere in src/x.py")
NAME = claim_id("security", LOST.claim)


def left(answer: ReviewAnswer | None) -> list[tuple[str, Disposition]]:
    sifted = None if answer is None else sift(answer.findings, "security", 1, places(), {}, {})
    again = None if answer is None or sifted is None else (heard(answer), sifted)
    found = unplaced(Words(claims=(LOST.claim,)), Sifted((), (LOST,), 0), "security", 1, again)
    assert all(one.claim.startswith("It divides by 0.") for one in found)
    return [(one.id, one.disposition) for one in found]


def test_c_a_grave_claim_without_a_place_goes_to_a_person_unless_its_reviewer_places_or_withdraws_it() -> None:
    assert NAME in complaints([LOST], "security")[0]
    assert left(None) == left(ReviewAnswer()) == [(NAME, Disposition.UPHELD)]
    assert left(ReviewAnswer(findings=(claim(quote="still nowhere", about=NAME),))) == [(NAME, Disposition.UPHELD)]
    assert left(ReviewAnswer(findings=(claim(claim="Otherwise.", about=NAME),))) == []
    assert left(ReviewAnswer(findings=(claim(),))) == []
    assert left(ReviewAnswer(findings=(claim(claim="Another."),))) == [(NAME, Disposition.UPHELD)]
    verdict = {"finding": NAME, "settled": True}
    for why, end in (("I misread.", Disposition.WITHDRAWN), (" ", Disposition.UPHELD)):
        answer = ReviewAnswer.model_validate({"verdicts": [verdict | {"why": why}]})
        assert left(answer) == [(NAME, end)]


def test_c_a_small_claim_without_a_place_is_kept_with_its_words() -> None:
    small = Missed(claim(quote="nowhere", severity="P2"), "why")
    [kept] = unplaced(Words(claims=(small.claim,)), Sifted((), (small,), 0), "security", 1)
    assert (kept.kind, kept.disposition, kept.why) == (Kind.CLAIM, Disposition.KEPT, "why")
    assert new_ones([kept], {kept.id: kept}) == ()
    grave = kept.model_copy(update={"severity": Severity.P0, "disposition": Disposition.UPHELD})
    assert new_ones([grave], {kept.id: kept}) == (grave,)


LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=40), max_size=30)


@st.composite
def diffs(draw: st.DrawFn) -> str:
    """A diff as git prints it, of files whose lines may read like headings."""
    texts = []
    for number in range(draw(st.integers(1, 4))):
        path = f"src/f{number}.py"
        texts.append(f"diff --git a/{path} b/{path}\nindex 1..2 100644\n--- a/{path}\n+++ b/{path}\n")
        at = 1
        for _ in range(draw(st.integers(0, 3))):
            removed, added = draw(LINES), [*draw(LINES), "diff --git a/x b/x", "@@ -1 +1 @@"]
            texts.append(f"@@ -{at},{len(removed)} +{at},{len(added)} @@ def f\n")
            texts += [f"-{line}\n" for line in removed] + [f"+{line}\n" for line in added]
            at += len(added)
    return "".join(texts)


@given(diffs(), st.integers(200, 4000))
def test_c_the_parts_of_a_diff_are_the_diff(diff: str, room: int) -> None:
    pieces = split(diff, room)
    assert "".join(one.text for one in pieces) == diff
    assert sum(one.bytes for one in pieces) == len(diff.encode())
    assert len(pieces) <= MOST + 1
    for one in pieces:
        if not one.unshown:
            assert len((one.lead + one.text).encode()) <= room
            assert answers(challenge(one.lead + one.text), challenge(one.lead + one.text).answer)
    assert len(hidden(diff, pieces)) == sum(bool(one.unshown) for one in pieces)


def big(lines: int, width: int = 60) -> str:
    body = "".join(f"+value_{number} = {'x' * width}\n" for number in range(lines))
    head = "diff --git a/src/x.py b/src/x.py\nnew file mode 100644\n--- /dev/null\n+++ b/src/x.py\n"
    return f"{head}@@ -0,0 +1,{lines} @@\n{body}"


def test_c_each_part_of_a_file_says_of_what_it_is_and_from_which_line() -> None:
    diff = big(3000)
    pieces = split(diff, 40_000)
    assert len(pieces) > 4
    assert all(one.lead.startswith("diff --git a/src/x.py b/src/x.py") for one in pieces[1:])
    first = pieces[1].text.split("=")[0]
    assert f"+{int(first.removeprefix('+value_')) + 1}," in pieces[1].lead
    asked = {challenge(one.lead + one.text).answer for one in pieces}
    assert len(asked) == len(pieces)
    assert digest_of(diff) == sha256(diff.encode()).hexdigest()


def test_c_what_cannot_be_shown_is_said() -> None:
    binary = "diff --git a/x.png b/x.png\nindex 1..2 100644\nBinary files a/x.png and b/x.png differ\n"
    minified = big(3, 50_000)
    for diff, path, why in (
        (binary, "x.png", "binary"),
        (minified, "src/x.py", "characters"),
        (big(40_000), "src/x.py", f"reviewers are shown {MOST}"),
    ):
        pieces = split(diff, 40_000)
        assert "".join(one.text for one in pieces) == diff
        told = hidden(diff, pieces)
        assert told
        assert all(one.path == path and why in one.why for one in told)
        assert all(one.disposition is Disposition.UPHELD for one in unshown(told, 1))
    told = hidden(binary.replace("1..2", "1..3"), split(binary, 40_000))
    assert unshown(told, 1)[0].id != unshown(hidden(binary, split(binary, 40_000)), 1)[0].id


def test_c_what_a_filter_keeps_elsewhere_is_said() -> None:
    """Of a file in Git LFS the diff shows where its content lies; of one that is taken away nothing comes."""
    diff = big(3)
    pieces = split(diff, 40_000)
    assert hidden(diff, pieces) == ()
    [told] = hidden(diff, pieces, {"src/x.py": "lfs", "src/y.py": "lfs"})
    assert (told.path, "the filter `lfs`" in told.why) == ("src/x.py", True)
    gone = "diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-one thing\n"
    assert hidden(gone, split(gone, 40_000), {"x": "lfs"}) == ()


def test_c_what_was_read_is_copied_from_the_diff() -> None:
    asked = challenge(big(20))
    line = "value_19 = " + "x" * 60
    assert asked.answer == line
    for said in (line, f"+{line}", f"`{line}`", f"  {line} \n", f'"{line}"'):
        assert answers(asked, said)
    for said in ("", "1", line[:-1], "value_18 = " + "x" * 60, "{}"):
        assert not answers(asked, said)
    gone = "diff --git a/x b/x\n--- a/x\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-one thing\n-another thing\n"
    assert "takes out of the file" in challenge(gone).question
    assert challenge(gone).path == "x"
    assert challenge(gone).answer == "another thing"
    assert challenge("diff --git a/x b/x\nold mode 100644\nnew mode 100755\n").answer == "1"


def test_c_a_bad_answer_is_none() -> None:
    for text in ('{"findings": [{"severity": "P0"', '{"findings": {}}', '{"findings": [{"severity": "P0"}]}'):
        with pytest.raises(ValueError, match=r"."):
            ReviewAnswer.model_validate(json.loads(text))

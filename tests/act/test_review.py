"""Which claims count, where findings stand after each word, and what a diff says of itself."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmad.core.act import settling
from bmad.core.act.diffs import added_lines, changed_paths, hunks_fingerprint
from bmad.core.act.marks import marks, says_something
from bmad.core.act.placing import LONGEST_SPAN, Files, Places
from bmad.core.act.review import (
    finding_id,
    sift,
    verdicts,
)
from bmad.model.act import Reviewed
from bmad.model.agents import Severity
from bmad.model.answers import Claim, Mark, ReviewAnswer, Verdict, WorkAnswer
from bmad.model.normal import fold
from bmad.model.review import Disposition, Finding

FILE = "def f(x):\n    return  x / 0\n\nprint(f(1))\n"
NOTHING: Mapping[str, Severity] = MappingProxyType({})


def claim(**more: object) -> Claim:
    return Claim.model_validate(
        {"severity": "P1", "path": "a.py", "line": 2, "quote": "return x / 0", "claim": "It divides by 0."} | more
    )


def finding(name: str = "F-1", disposition: Disposition = Disposition.RAISED, **more: object) -> Finding:
    return Finding.model_validate(
        {
            "id": name,
            "round": 1,
            "severity": "P1",
            "lens": "security",
            "path": "a.py",
            "line": 1,
            "end_line": 1,
            "quote": "x",
            "claim": "c",
            "disposition": disposition,
        }
        | more
    )


def files(texts: Mapping[str, str]) -> Places:
    return Places(Files(texts.get, lambda _: None, tuple(texts)))


def sifted(
    *claims: Claim, known: Mapping[str, Severity] = NOTHING, standing: tuple[Finding, ...] = ()
) -> tuple[int, int, int]:
    """How many are raised, dropped, known."""
    found = sift(claims, "security", 2, files({"a.py": FILE}), known, {one.id: one for one in standing})
    return (len(found.findings), len(found.missed), found.known)


@pytest.mark.parametrize(
    "wrong",
    [
        {"path": "b.py", "quote": "x / 0"},
        {"quote": "return x / 1"},
        {"quote": " \n "},
    ],
)
def test_a_claim_whose_quote_stands_nowhere_is_missed(wrong: dict[str, object]) -> None:
    assert sifted(claim(**wrong)) == (0, 1, 0)


@pytest.mark.parametrize(
    "right",
    [
        {},
        {"end_line": 1 + LONGEST_SPAN},
        {"end_line": 2 + LONGEST_SPAN},
        {"end_line": 1},
        {"line": 1, "end_line": 2, "quote": "def f(x): return x"},
        {"line": 1},
        {"line": 99},
    ],
)
def test_a_claim_whose_quote_stands_is_raised(right: dict[str, object]) -> None:
    assert sifted(claim(**right)) == (1, 0, 0)


def test_a_span_ends_with_its_file() -> None:
    found = sift([claim(end_line=90)], "security", 3, files({"a.py": FILE}), {}, {}).findings[0]
    assert (found.line, found.end_line, found.round, found.disposition) == (2, 5, 3, Disposition.RAISED)


WORDS = st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=12)


@given(st.lists(WORDS, min_size=1, max_size=8), st.data())
def test_a_claim_whose_quote_stands_at_its_lines_always_counts(lines: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(lines)))
    last = data.draw(st.integers(first, len(lines)))
    here = "\n".join(lines[first - 1 : last])
    quote = data.draw(st.sampled_from([here, "  " + "\t\n".join(here.split()), *lines, "elsewhere"]))
    if not quote:
        return
    stands = bool(fold(quote)) and fold(quote) in fold(here)
    if quote in (here, *here.split("\n")):
        assert stands == bool(fold(quote))
    made = claim(line=first, end_line=last, quote=quote)
    found = sift([made], "security", 1, files({"a.py": "\n".join(lines)}), {}, {})
    assert len(found.findings) + len(found.missed) == 1
    assert not (stands and found.missed)
    if quote == "elsewhere" and not any("elsewhere" in line for line in lines):
        assert found.missed


def test_an_id_says_nothing_of_the_claims_words() -> None:
    found = [
        sift([one], "security", 1, files({"a.py": FILE}), {}, {}).findings[0].id
        for one in (claim(), claim(claim="Otherwise put.", quote="return   x\n/ 0"), claim(line=1, end_line=3))
    ]
    assert set(found) == {finding_id("security", "a.py", "return x / 0")}
    others = {
        finding_id(*parts)
        for parts in (("probe", "a.py", "q"), ("security", "b.py", "q"), ("security", "a.py", "r"))
    }
    assert len(others) == 3
    assert all(len(one) == 10 for one in (*found, *others))


@pytest.mark.parametrize(
    ("more", "whole"),
    [
        ({"quote": "x"}, "return x / 0"),
        ({"quote": "/ 0"}, "return x / 0"),
        ({"line": 1, "end_line": 5, "quote": "0 print"}, "return x / 0 print(f(1))"),
        ({"line": 1, "end_line": 2, "quote": "(x): ret"}, "def f(x): return x / 0"),
        ({"line": 1, "end_line": 5, "quote": "x"}, "def f(x):"),
    ],
)
def test_an_id_is_over_whole_lines_however_little_of_them_is_quoted(more: dict[str, object], whole: str) -> None:
    found = sift([claim(**more)], "security", 1, files({"a.py": FILE}), {}, {}).findings
    assert [one.id for one in found] == [finding_id("security", "a.py", whole)]


@given(st.lists(WORDS, min_size=1, max_size=6), st.data())
def test_an_id_is_that_of_the_lines_that_a_quote_was_cut_from(words: list[str], data: st.DataObject) -> None:
    lines = [f"[[{number}] {word}]]" for number, word in enumerate(words)]
    first = data.draw(st.integers(0, len(lines) - 1))
    last = data.draw(st.integers(first, len(lines) - 1))
    whole = fold("\n".join(lines[first : last + 1]))
    made = claim(line=1, end_line=len(lines), quote=whole[1:-1])
    found = sift([made], "security", 1, files({"a.py": "\n".join(lines)}), {}, {}).findings
    assert [one.id for one in found] == [finding_id("security", "a.py", whole)]


def test_claims_about_one_line_are_one_finding_as_grave_as_the_gravest() -> None:
    claims = [claim(severity="P2", fix="Ask."), claim(severity="P0", claim="It crashes.", quote="x / 0"), claim()]
    found = sift(claims, "security", 1, files({"a.py": FILE}), {}, {}).findings
    told = [(one.severity, one.claim, one.fix) for one in found]
    assert told == [(Severity.P0, "It crashes.\n\nIt divides by 0.", "Ask.")]


@pytest.mark.parametrize(
    ("disposition", "counts"),
    [
        (Disposition.RAISED, (0, 0, 0)),
        (Disposition.CONFIRMED, (1, 0, 0)),  # other words of the same lines
        (Disposition.DISPUTED, (0, 0, 0)),
        (Disposition.UPHELD, (0, 0, 0)),
        (Disposition.FALSE_POSITIVE, (0, 0, 1)),
        (Disposition.FIXED, (1, 0, 0)),
    ],
)
def test_what_stands_in_the_run_already(disposition: Disposition, counts: tuple[int, int, int]) -> None:
    name = finding_id("security", "a.py", "return x / 0")
    assert sifted(claim(), standing=(finding(name, disposition),)) == counts


def test_a_known_false_alarm_is_counted_once_and_not_raised() -> None:
    name = finding_id("security", "a.py", "return x / 0")
    known = {name: Severity.P1}
    assert sifted(claim(), claim(), known=known) == (0, 0, 1)
    assert sifted(claim(quote="x /"), known=known) == (0, 0, 1)
    assert sifted(claim(quote="return 7"), known=known) == (0, 1, 0)


@pytest.mark.parametrize("conceded", Severity)
@pytest.mark.parametrize("raised", Severity)
def test_a_false_alarm_passes_over_nothing_graver(conceded: Severity, raised: Severity) -> None:
    name = finding_id("security", "a.py", "return x / 0")
    known = raised.value >= conceded.value
    told = sifted(claim(severity=raised), known={name: conceded})
    assert told == ((0, 0, 1) if known else (1, 0, 0))
    mended = finding(name, Disposition.FIXED, severity=raised)
    assert sifted(claim(severity=raised), known={name: conceded}, standing=(mended,)) == told


@pytest.mark.parametrize(
    ("severity", "said", "raised"),
    [
        ("P0", "It leaks the key.", Disposition.RAISED),  # what nobody has ruled on
        ("P0", "Its name is short.", Disposition.FALSE_POSITIVE),  # the same, told louder
        ("P2", "It leaks the key.", Disposition.FALSE_POSITIVE),  # as grave as what was ruled on
    ],
)
def test_a_ruling_that_it_is_a_false_alarm_hides_nothing_graver(
    severity: str, said: str, raised: Disposition
) -> None:
    name = finding_id("security", "a.py", "return x / 0")
    more = {"severity": "P2", "claim": "Its name is short.", "ruled_by": "Ada", "ruling": "It is not."}
    standing = {name: finding(name, Disposition.FALSE_POSITIVE, **more)}
    told = claim(severity=severity, claim=said)
    found = sift([told], "security", 2, files({"a.py": FILE}), {}, standing)
    every = settling.reviewed(standing, Reviewed(head="h", hunks="h", findings=found.findings, known=found.known))
    assert (every[name].disposition, found.known) == (raised, int(raised is not Disposition.RAISED))
    assert bool(every[name].ruled_by) == (raised is not Disposition.RAISED)


def test_a_fix_settles_only_what_the_reviewer_says_it_settles() -> None:
    findings = [
        finding("F-yes", Disposition.CONFIRMED),
        finding("F-no", Disposition.CONFIRMED),
        finding("F-silent", Disposition.CONFIRMED),
        finding("F-both", Disposition.CONFIRMED),
        finding("F-mark", Disposition.FALSE_POSITIVE, mark="a.py:1"),
        finding("F-kept", Disposition.FALSE_POSITIVE, mark="a.py:2"),
        finding("F-bare", Disposition.FALSE_POSITIVE),
        finding("F-up", Disposition.UPHELD),
    ]
    said = {"F-yes": True, "F-no": False, "F-mark": False, "F-bare": False, "F-up": True, "F-none": True}
    told = [Verdict(finding=name, settled=ok) for name, ok in said.items()]
    told += [Verdict(finding="F-both", settled=ok) for ok in (False, True)]
    judged = verdicts(findings, ReviewAnswer(verdicts=tuple(told)))
    assert judged.settled == ("F-yes",)
    assert judged.unsettled == ("F-no", "F-silent", "F-both", "F-mark")


ADDED = {"a.py": {3: "x = 1  # zero is checked above", 4: "x = 2", 5: "  "}, "docs/a.md": {1: "Why."}}


@pytest.mark.parametrize(
    ("path", "line", "counts"),
    [
        ("a.py", 3, True),
        ("a.py", 4, False),
        ("a.py", 5, False),
        ("a.py", 2, False),
        ("b.py", 3, False),
        ("docs/a.md", 1, True),
    ],
)
def test_a_mark_is_a_comment_that_the_fix_added(path: str, line: int, counts: bool) -> None:
    answer = WorkAnswer(marks=(Mark(finding="F-1", path=path, line=line),))
    found = marks(answer, [finding("F-1", Disposition.FALSE_POSITIVE)], ADDED)
    assert found == ({"F-1": f"{path}:{line}"} if counts else {})


def test_only_a_false_positive_without_a_mark_gets_one_and_the_first_that_holds() -> None:
    wanted = [Mark(finding="F-1", path="a.py", line=line) for line in (4, 3)]
    wanted += [Mark(finding=name, path="docs/a.md", line=1) for name in ("F-1", "F-2", "F-3", "F-4")]
    findings = [
        finding("F-1", Disposition.FALSE_POSITIVE),
        finding("F-2", Disposition.CONFIRMED),
        finding("F-3", Disposition.FALSE_POSITIVE, mark="old:1"),
    ]
    assert marks(WorkAnswer(marks=tuple(wanted)), findings, ADDED) == {"F-1": "a.py:3"}


@pytest.mark.parametrize(
    ("path", "text", "comment"),
    [
        ("a.c", " * why it is so", True),
        ("a.c", "*p = 3;", False),
        ("a.c", "#include <x.h>", False),
        ("a.ts", "f(); // why", True),
        ("a.ts", "u = 'http://x'", False),
        ("a.sql", "-- why", True),
        ("a.lisp", "; why", True),
        ("a.html", "<!-- why -->", True),
        ("a.py", '"""Why."""', True),
        ("a.py", "// why", False),
        ("a.py", "#", False),
        ("Makefile", "# why", True),
        ("a.RST", "Why.", True),
    ],
)
def test_a_comment_has_the_sign_of_its_kind(path: str, text: str, comment: bool) -> None:
    assert says_something(path, text) is comment


def git(root: Path, *args: str) -> str:
    done = subprocess.run(["git", *args], cwd=root, check=True, capture_output=True)
    return done.stdout.decode("utf-8", "surrogateescape")


def diff_of(root: Path, before: dict[str, bytes], after: dict[str, bytes]) -> str:
    """What git prints between two states of a folder."""
    root.mkdir()
    git(root, "init", "-q")
    for files in (before, after):
        for path in {**before, **after}:
            (root / path).unlink(missing_ok=True)
        for path, content in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        git(root, "add", "-A")
        git(root, "commit", "-qm", "x", "--allow-empty")
    return git(root, "diff", "--no-renames", "HEAD~1", "HEAD")


def test_added_lines_are_those_of_the_new_files(tmp_path: Path) -> None:
    old = {"a b.txt": b"1\n2\n3\n", "gone.txt": b"x\n", "e.txt": b"1\n2\n3\n4\n5\n6\n7\n8\n9\n"}
    new = {
        "a b.txt": b"1\n++ b/evil.txt\n3\n@@ -1 +1 @@",
        'd\xe4\t"q".txt': b"new\r\n",
        "e.txt": b"0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n",
        "empty.txt": b"",
    }
    diff = diff_of(tmp_path / "r", old, new)
    assert added_lines(diff) == {
        "a b.txt": {2: "++ b/evil.txt", 4: "@@ -1 +1 @@"},
        'd\xe4\t"q".txt': {1: "new\r"},
        "e.txt": {1: "0", 11: "10"},
    }
    assert set(changed_paths(diff)) == {*old, *new}


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ((b"", b"x\n"), (b"", b"x\n"), True),
        ((b"c\n", b"c\nx\n"), (b"c\n", b"c\n x\n"), False),
        ((b"c\n", b"c\nx\n"), (b"c\n", b"c\nx"), False),
        ((b"\0one", b"\0two"), (b"\0one", b"\0three"), False),
        ((b"\0one", b"\0two"), (b"\0one", b"\0two"), True),
    ],
)
def test_changes_that_read_differently_hash_differently(
    tmp_path: Path, first: tuple[bytes, bytes], second: tuple[bytes, bytes], same: bool
) -> None:
    one, two = (
        diff_of(tmp_path / name, {"f": before}, {"f": after})
        for name, (before, after) in (("r", first), ("s", second))
    )
    assert (hunks_fingerprint(one) == hunks_fingerprint(two)) is same


def test_a_change_further_down_on_another_base_hashes_the_same(tmp_path: Path) -> None:
    body = b"def f():\n" + b"".join(b"    line%d\n" % number for number in range(9))
    more = b"def g():\n" + b"    other\n" * 30
    prints = [
        hunks_fingerprint(
            diff_of(tmp_path / name, {"f.py": lead + body}, {"f.py": lead + body.replace(b"line7", b"new")})
        )
        for name, lead in (("r", b""), ("s", more))
    ]
    assert prints[0] == prints[1]


def test_a_mode_alone_counts(tmp_path: Path) -> None:
    diff_of(tmp_path / "r", {"f": b"x"}, {"f": b"x"})
    (tmp_path / "r" / "f").chmod(0o755)
    assert hunks_fingerprint(git(tmp_path / "r", "diff")) != hunks_fingerprint("")


LINES = st.lists(st.text("ab+-@ \\", max_size=5), min_size=1, max_size=6)


@given(LINES, LINES, st.integers(1, 500), st.integers(1, 500), st.text("abc ", max_size=6))
def test_line_numbers_and_headings_of_hunks_are_no_part_of_the_hash(
    gone: list[str], come: list[str], first: int, second: int, words: str
) -> None:
    def diff(old: int, new: int, tail: str, lines: list[str]) -> str:
        head = f"diff --git a/f b/f\nindex {old:07x}..{new:07x} 100644\n--- a/f\n+++ b/f\n"
        body = "".join(f"-{line}\n" for line in gone) + "".join(f"+{line}\n" for line in lines)
        return f"{head}@@ -{old},{len(gone)} +{new},{len(lines)} @@{tail}\n{body}"

    shifted = diff(second, first, f" {words}", come)
    assert hunks_fingerprint(diff(first, second, "", come)) == hunks_fingerprint(shifted)
    assert (
        added_lines(shifted) == added_lines(f"{shifted}+beyond the hunk\n") == {"f": dict(enumerate(come, first))}
    )
    assert hunks_fingerprint(shifted) != hunks_fingerprint(diff(second, first, words, [*come, "a"]))

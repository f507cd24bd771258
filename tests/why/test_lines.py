"""What records say of lines, and whose a line is by that: pure."""

import pytest

from bmad.core.lines.alike import laid_out, same
from bmad.core.lines.hunks import Hunk, leads, mark, marks, read, written
from bmad.core.lines.own import NOBODY, File, Kept, Owner, Told, owners
from bmad.core.lines.words import Place, Word, words
from bmad.core.records.build import with_lines
from bmad.model.history import Cut, FileCuts
from bmad.model.record import ChangeEntry
from tests.act.test_record_build import record as build

A, B = "STORY-aaaaaa", "STORY-bbbbbb"
F = b"src/f.py"


def of(text: str) -> list[str]:
    return marks(text.encode())


def word(story: str, start: str | None, end: str, *hunks: Hunk) -> Word:
    return Word(story, Place(F, start) if start else None, Place(F, end), hunks)


def hunk(at: int, gone: int, text: str = "") -> Hunk:
    return Hunk(at, gone, tuple(of(text)))


FIRST = word(A, "b0", "b1", hunk(1, 0, "a1\n\n"))
SECOND = word(B, "b1", "b2", hunk(2, 1, "b1\n"), hunk(4, 0, "\n"))
BASE = of("x\ny\n")
SQUASH = File.of(Place(F, "b2"), b"x\na1\nb1\ny\n\n")


def told(*words: Word, named: tuple[str, ...] = (), old: bool = True) -> Told:
    return Told(named, words, {"b0": BASE} if old else {}, {F: "b0"})


def test_hunks_are_read_as_they_were_written() -> None:
    every = (hunk(0, 0, "a\nb\n"), hunk(7, 3))
    assert read(written(every)) == every
    assert read("") == ()
    for text in (" ", "1-1", "1-1:abc", "1-1:  2-2:", "a-1:", "1-1:" + "A" * 16):
        with pytest.raises(ValueError, match="hunks are written"):
            read(text)


def test_a_mark_is_of_the_line_and_not_of_its_ending() -> None:
    assert mark(b"a\r\n") == mark(b"a\n") == mark(b"a") != mark(b"a ")
    assert marks(b"a\nb") == marks(b"a\r\nb\r\n")
    assert marks(b"") == []


def test_a_squash_of_two_stories_is_told_line_by_line() -> None:
    found = owners(SQUASH, range(5), told(FIRST, SECOND))
    assert [found[at] for at in (1, 2, 4)] == [Owner((A,), "exact"), Owner((B,), "exact"), Owner((B,), "exact")]
    assert [found[at] for at in (0, 3)] == [Kept(F, 0), Kept(F, 1)]


def test_without_the_first_content_a_line_is_known_by_its_mark_alone() -> None:
    found = owners(SQUASH, range(5), told(FIRST, SECOND, old=False))
    assert found[1] == Owner((A,), "record")
    assert found[2] == Owner((B,), "record")
    assert found[4] == Owner((B, A), "one-of")  # a blank line, which both of them have added
    assert found[0] == NOBODY


def test_the_target_moved_and_what_nobody_recorded_is_nobodys() -> None:
    moved = File(Place(F, "b9"), of("new\nx\na1\nb1\nstray\ny\n\n"))
    found = owners(moved, range(7), told(FIRST, SECOND))
    assert [found[at] for at in (2, 3)] == [Owner((A,), "record"), Owner((B,), "record")]
    assert [found[at] for at in (0, 1, 4, 5)] == [NOBODY] * 4


@pytest.mark.parametrize(
    ("named", "line", "wanted"),
    [
        ((A,), 1, Owner((A,), "exact")),
        ((A, B), 1, Owner((A,), "exact")),
        ((B,), 1, Owner((B, A), "one-of")),  # the commit says one, its record another
    ],
)
def test_trailer_and_record_together(named: tuple[str, ...], line: int, wanted: Owner) -> None:
    assert owners(SQUASH, [line], told(FIRST, SECOND, named=named))[line] == wanted


def test_of_two_stories_in_one_squash_the_later_may_have_moved_what_the_earlier_wrote() -> None:
    """Which of `a1` and the blank line has moved past the other is the comparison's choice alone."""
    moves = word(B, "b1", "b2", hunk(1, 1), hunk(2, 0, "a1\n"))
    file = File.of(Place(F, "b2"), b"x\n\na1\ny\n")
    found = owners(file, range(4), told(FIRST, moves))
    assert [found[at] for at in (1, 2)] == [Owner((A,), "exact"), Owner((B, A), "one-of")]
    swaps = word(B, "b1", "b2", hunk(1, 0, "\n"), hunk(3, 1))
    assert owners(file, [1], told(FIRST, swaps))[1] == Owner((B,), "exact")  # a blank one is a new one
    assert owners(file, [2], told(FIRST, moves._replace(story=A)))[2] == Owner((A,), "exact")


def test_a_trailer_alone_and_several() -> None:
    file = File(Place(F, "b9"), of("q\n"))
    assert owners(file, [0], Told((A,)))[0] == Owner((A,), "trailer")
    assert owners(file, [0], Told((A, B)))[0] == Owner((A, B), "one-of")
    assert owners(file, [0], Told((A, B), narrow=lambda _: (B,)))[0] == Owner((B,), "trailer")
    assert owners(file, [0], Told(()))[0] == NOBODY


def test_whoever_puts_back_what_he_takes_away_has_added_nothing() -> None:
    """A record that says of a whole file that its story wrote it anew gains no line by that."""
    grabs = word(B, "b1", "b2", hunk(0, 4, "x\na1\nb1\ny\n\n"))
    found = owners(SQUASH, range(5), told(FIRST, grabs))
    assert found[1] == Owner((A,), "exact")
    assert found[0] == Kept(F, 0)


def test_a_record_of_an_older_bmad_tells_the_file_and_no_line() -> None:
    silent = Word(A, Place(F, "b0"), Place(F, "b2"), None)
    assert owners(SQUASH, [1], told(silent))[1] == Owner((A,), "record")
    assert owners(SQUASH, [1], told(silent, named=(A,)))[1] == Owner((A,), "trailer")


def test_hunks_lead_from_one_content_to_the_other_or_they_are_none() -> None:
    assert leads(BASE, FIRST.hunks or (), of("x\na1\n\ny\n"))
    assert not leads(BASE, FIRST.hunks or (), of("x\na1\ny\n"))
    assert not leads(BASE, [hunk(9, 0, "a\n")], of("x\na\ny\n"))
    assert not leads(BASE, [hunk(0, 5)], [])


def test_lines_that_stand_in_both_are_found_in_their_order() -> None:
    assert same(of("a\nb\nc\n"), of("x\na\nc\n")) == {1: 0, 2: 2}
    assert same([], of("a\n")) == same(of("a\n"), []) == {}
    many = [str(number) for number in range(3000)]
    turned = [*many[:1000], "new", *reversed(many[1000:2000]), *many[2000:]]
    found = same(many, turned)
    assert found[0] == 0
    assert found[3000] == 2999
    assert all(many[old] == turned[new] for new, old in found.items())


def test_a_formatter_splits_and_joins_lines_and_changes_no_letter() -> None:
    old = b"def f(a, b):\n  return g(a, 'b')\n\nx = 1\n"
    new = b'def f(\n    a,\n    b,\n):\n    return g(a, "b")\n\n\nx = 1\n'
    found = laid_out(old, new)
    assert [found.get(at) for at in (0, 1, 2, 4, 7)] == [(0,), (0,), (0,), (1,), (3,)]
    assert laid_out(b"a b\nc d\n", b"a b c d\n") == {0: (0, 1)}


def test_what_is_more_than_layout_is_nobody_elses() -> None:
    found = laid_out(b"total = price\nx = 1\n", b"total = price * 2\nx = 1\n")
    assert found == {1: (1,)}
    assert laid_out(b"x = a + b\n", b"x = a - b\n") == {}


def entry(path: str, old: str, new: str) -> ChangeEntry:
    modes = ("100644" if set(one) != {"0"} else "000000" for one in (old, new))
    return ChangeEntry.model_validate(
        {"path": path, "old_blob": old, "new_blob": new, **dict(zip(("old_mode", "new_mode"), modes, strict=True))}
    )


ONE, TWO, NONE = "1" * 40, "2" * 40, "0" * 40


def test_an_entry_holds_the_lines_that_it_adds() -> None:
    cuts = [FileCuts(ONE, TWO, [Cut(3, 1, (b"a\r",)), Cut(9, 2, ())])]
    [made] = with_lines([entry("f", ONE, TWO)], cuts)
    assert made.lines == f"3-1:{mark(b'a')} 9-2:"


def test_a_file_that_moves_names_what_it_was() -> None:
    entries = [entry("new", NONE, TWO), entry("old", ONE, NONE)]
    made = with_lines(entries, [FileCuts(ONE, TWO, [Cut(0, 0, (b"a",))])])
    assert [one.lines for one in made] == [f"<1 0-0:{mark(b'a')}", None]
    record = build().model_copy(update={"change": made})
    assert [one.start for one in words(record)] == [Place(b"old", ONE)]
    [plain, _] = with_lines([entry("new", NONE, ONE), entry("old", ONE, NONE)], [])
    assert plain.lines == "<1"


def test_no_more_than_two_thousand_bytes_and_forty_a_line() -> None:
    entries = [entry(f"src/file{at}.py", ONE, f"{at:040x}") for at in range(500)]
    cuts = [FileCuts(ONE, f"{at:040x}", [Cut(at, 1, (b"line",))]) for at in range(500)]
    bare, made = (
        build().model_copy(update={"change": tuple(one)}) for one in (entries, with_lines(entries, cuts))
    )
    without = len(bare.as_json()) - 500 * len(',\n      "lines": null')
    assert len(made.as_json()) - without <= 2000 + 40 * 500


def test_what_is_no_text_says_nothing_of_lines() -> None:
    [made] = with_lines([entry("f", ONE, TWO)], [])
    assert made.lines is None
    [mode] = with_lines([entry("f", ONE, ONE)], [])
    assert mode.lines == ""

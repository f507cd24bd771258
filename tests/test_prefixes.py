"""A name on the command line stands for the one id that it begins, in either case; never for one of several."""

import pytest

from bmad.core.prefixes import bare, nearest, one_of
from bmad.errors import UsageError

IDS = ("F-abcd1234", "F-abce1234", "F-abc", "C-abcd1234")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("F-abcd", "F-abcd1234"),
        ("f-ABCE", "F-abce1234"),
        ("F-abc", "F-abc"),
        ("C", "C-abcd1234"),
        ("abce", "F-abce1234"),
        ("ABCE1234", "F-abce1234"),
        ("abc", "F-abc"),
    ],
)
def test_the_only_one_that_begins_so_is_meant(name: str, meant: str) -> None:
    assert one_of(IDS, name, "none") == meant


@pytest.mark.parametrize("name", ["", "F-x", "ab", "xyz"])
def test_what_begins_none_is_refused_in_the_callers_words(name: str) -> None:
    with pytest.raises(UsageError, match=r"^There is none\.$"):
        one_of(IDS, name, "There is none.")


def test_of_several_all_are_named() -> None:
    with pytest.raises(UsageError, match=r"`F-ab` could be F-abcd1234, F-abce1234, F-abc\. Write more"):
        one_of(IDS, "F-ab", "none")


def test_without_the_prefix_of_its_kind_it_may_be_of_several() -> None:
    with pytest.raises(UsageError, match=r"`abcd` could be F-abcd1234, C-abcd1234\. Write more"):
        one_of(IDS, "abcd", "none")


@pytest.mark.parametrize("name", ["F-abcd1235", "abce1243", "f-acbe1234"])
def test_of_what_is_misspelt_the_nearest_are_told_before_where_to_look(name: str) -> None:
    with pytest.raises(UsageError, match=r"^There is none\. Did you mean [FC]-abc[^?]*\? See: bmad status$"):
        one_of(IDS, name, "There is none. See: bmad status")


def test_criteria_are_meant_by_what_has_a_slash() -> None:
    names = ("STORY-abc123", "STORY-abc123/AC-1", "STORY-abc123/AC-12")
    assert bare(names, "abc123") == ["STORY-abc123"]
    assert bare(names, "abc123/AC-1") == ["STORY-abc123/AC-1"]
    assert nearest(names, "STORY-abc124") == ["STORY-abc123"]
    assert nearest(names, "abc124/AC-1")[0] == "STORY-abc123/AC-1"

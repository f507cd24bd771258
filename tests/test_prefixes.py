"""A name on the command line stands for the one id that it begins, in either case; never for one of several."""

import pytest

from bmad.core.prefixes import one_of
from bmad.errors import UsageError

IDS = ("F-abcd1234", "F-abce1234", "F-abc", "C-abcd1234")


@pytest.mark.parametrize(
    ("name", "meant"),
    [("F-abcd", "F-abcd1234"), ("f-ABCE", "F-abce1234"), ("F-abc", "F-abc"), ("C", "C-abcd1234")],
)
def test_the_only_one_that_begins_so_is_meant(name: str, meant: str) -> None:
    assert one_of(IDS, name, "none") == meant


@pytest.mark.parametrize("name", ["", "F-x", "abcd"])
def test_what_begins_none_is_refused_in_the_callers_words(name: str) -> None:
    with pytest.raises(UsageError, match=r"^There is none\.$"):
        one_of(IDS, name, "There is none.")


def test_of_several_all_are_named() -> None:
    with pytest.raises(UsageError, match=r"`F-ab` could be F-abcd1234, F-abce1234, F-abc\. Write more"):
        one_of(IDS, "F-ab", "none")

"""What runs outside of Python's reach, and so past any deadline, takes time that grows with the text.

A regular expression that gives back what it took, and the sorting of marks in a row, took minutes for a name of
100 kB, and nothing could end them.
"""

import random
import time
import unicodedata
from collections import Counter
from fnmatch import fnmatchcase
from itertools import chain

import pytest

from bmad.core.gate.people import says
from bmad.core.governed import READERS, names
from bmad.core.paths import fold as fold_path
from bmad.model.normal import LONGEST, fold, normal
from bmad.store.grammar import named_again, named_intent
from tests.gate.repo import FIND, FIND_AT, MAPPED, Repo, passes, refuses, story

MARKS = "a" + "\u0315" * 50_000 + "\u0316" * 50_000
SIGNS = "ae1 \u00e9\u0301\u0316\u0315\u1ec7\uac00\u1100\u1161\uff9e\u30ab\u0344\u0f73\u4e2d\u09c7\u09be"
FORMS = ("NFC", "NFKC", "NFKD")
MOST = 2.0
"""Seconds of CPU time; a square takes minutes."""


def taken_apart(text: str) -> Counter[str]:
    return Counter("".join(unicodedata.normalize("NFKD", sign) for sign in text))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", [MARKS, ("\u0315" * 30 + "\uff9e\u0f73") * 5000, "\u0344\u0316" * 50_000])
def test_e_marks_in_a_row_are_sorted_in_time(form: str, text: str) -> None:
    start = time.process_time()
    found = normal(form, text)  # type: ignore[arg-type]  # one of the forms
    assert time.process_time() - start < MOST
    assert taken_apart(found) == taken_apart(text)


def test_e_text_of_any_script_reads_as_ever() -> None:
    chance = random.Random(20261129)  # noqa: S311 - nothing secret
    for _ in range(300):
        text = "".join(chance.choices(SIGNS, k=chance.randrange(400)))
        for form in FORMS:
            assert normal(form, text) == unicodedata.normalize(form, text)  # type: ignore[arg-type]
    row = "e" + "\u0301" * (LONGEST - 1)
    assert normal("NFC", 2 * row) == unicodedata.normalize("NFC", 2 * row)


def test_e_what_is_folded_takes_no_square() -> None:
    start = time.process_time()
    assert fold(f" {MARKS}  x ").endswith(" x")
    assert fold_path(MARKS)
    assert says(MARKS)
    assert not says("\u0315" * 100_000)
    assert time.process_time() - start < MOST


@pytest.mark.parametrize("begun", ["azure-pipelines", "cloudbuild", "a.gitlab-ci", "lefthook-local.", "CLAUDE~"])
def test_e_a_long_name_is_governed_or_not_in_time(begun: str) -> None:
    for more in (".y", "y", "~1", ".gitlab-ci.ym", ".y~1.to"):
        start = time.process_time()
        names(folded=True).why(f"{begun}{more * 100_000}x")
        assert time.process_time() - start < MOST


def test_e_stars_of_governed_names_hold_what_they_always_held() -> None:
    chance = random.Random(20261129)  # noqa: S311 - nothing secret
    parts = {part for name in chain.from_iterable(one.names for one in READERS) for part in name.split("/")}
    for part in sorted(one for one in parts if "*" in one and one != "**"):
        for _ in range(20):
            text = "".join(chance.choice((one, "", ".y", "ml", "x")) if one == "*" else one for one in part)
            text = text if chance.random() < 0.7 else text[:-1]
            held = any(
                fnmatchcase(text, name.removeprefix("**/"))
                for one in READERS
                for name in one.names
                if "/" not in name.removeprefix("**/")
            )
            assert bool(names(folded=False).why(text)) == held or "/" in text, (part, text)


def test_e_a_register_names_its_intent_in_time() -> None:
    start = time.process_time()
    for after in ("`x`y", "`", "", "x`y`z"):
        head = f"- Intent: {' ' * 200_000}{after}\n"
        assert named_intent(2 * head) is None or "y" not in after
        named_again(2 * head)
    assert time.process_time() - start < MOST
    assert named_intent("- Intent:   `docs/x.md`  \n") == "docs/x.md"
    assert named_intent("- Intent: docs/x.md\n") == "docs/x.md"


def test_e_a_range_of_marks_ends_in_time(repo: Repo) -> None:
    start = time.process_time()
    repo.commit("work", story(FIND), {f"src/{MARKS}": "x\n"})
    refuses(repo.gate(), "G04")
    repo.branch("work")
    text = str(MAPPED[FIND_AT]).replace("Kept as", MARKS).replace("so that I can", f"so that {MARKS}")
    repo.commit("work", "Note\n", {FIND_AT: text})
    passes(repo.gate())
    assert time.process_time() - start < 2 * MOST

"""Titles are sentences cut where a clause ends."""

from bmad.core.outline.compose.titles import Titles
from bmad.core.outline.words.lexicon import lexicon


def test_a_title_ends_where_a_clause_does_and_not_in_code_or_before_the_word_it_waits_for() -> None:
    """A sign in code ends no sentence; `so` that is joined to what follows, and `even`, end no clause."""
    titles = Titles(lexicon(("en",)))
    for sentence, told in (
        ("Things that run out soon get a `!` in front.", "Things that run out soon get a ! in front"),
        ("`a; b` must be split: it is two. Next.", "a; b must be split: it is two"),
        (
            "If the amount isn't a positive whole number, it should say so and exit 2, and nothing may be written.",
            "If the amount isn't a positive whole number, it should say so and exit 2, and nothing may be written",
        ),
        (
            "A number is never used a second time, not even when a box has been taken out; they stand on the lids.",
            "A number is never used a second time, not even when a box has been taken out",
        ),
    ):
        assert titles.sentence(sentence) == told

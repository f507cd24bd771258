"""What is known of one language: lists of words and phrases, with commas between them.

A `*` at the end of a word stands for any ending. A phrase ends where it is told to: no letter, digit, `/` or `-`
follows it. Where a language has no blanks between words, phrases are found anywhere.
"""

from typing import NamedTuple


class Language(NamedTuple):
    """Each list is a text; a language that has no such words, or too many meanings of them, leaves it empty."""

    code: str
    common: str
    """Little words by which a text of this language is known."""
    unfinished: str
    """V20: marks that words are still missing."""
    vague: str
    """V21: words that each reader measures by another measure."""
    escape: str
    """V22: what lets whoever builds it decide whether it is done at all."""
    open_ended: str
    """V23: what ends a list without ending it."""
    quick: str
    """V24: speed, size and the like, as a demand and not as a name."""
    modals: str
    """What makes a sentence a demand."""
    joins: str
    """V25: what stands between two demands."""
    relative: str
    """What begins a clause about a thing that was named: its modal makes no further demand."""
    pronouns: str
    """V26: what stands for a thing that was named, as a subject."""
    negations: str
    """V27: what turns a demand into its opposite."""
    least: str
    """V27: what makes a number the least that is allowed."""
    most: str
    """V27: what makes a number the most that is allowed."""
    units: str
    """Names of units, each `name=sign` with one of the signs in `contradictions`."""
    benefit: str = ""
    """What begins the reason of a demand; a reason may be as vague as its author likes."""
    expletive: str = ""
    """What follows a pronoun that stands for nothing: `it must be possible to`."""
    spaced: bool = True
    """Whether blanks stand between words."""


def phrases(listed: str) -> list[str]:
    """The phrases of a list."""
    return [phrase for part in listed.split(",") if (phrase := " ".join(part.split()))]

"""Statements about a commit that other tools read and verify."""

from enum import StrEnum

Statement = dict[str, object]
"""An in-toto statement, as JSON has it."""


class Predicate(StrEnum):
    """What kind of statement: that the gate passed with some properties, or a summary for consumers of source."""

    SVR = "svr"
    VSA = "vsa"

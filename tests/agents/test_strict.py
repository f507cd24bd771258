"""The strict form of every answer's schema, by the words that OpenAI takes, and answers in it read back."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from bmad.agents import answers, strict
from bmad.model.answers import ANSWERS

TAKEN = {"type", "properties", "required", "additionalProperties", "items", "anyOf", "enum", "const", "$ref"} | {
    "$defs",
    "description",
}
CLAIM = {"severity": "P1", "path": "a.py", "line": 3, "quote": "x = 1", "claim": "It is wrong."}
EMPTY = {"end_line": None, "fix": None, "criterion": "", "about": None}


def nodes(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    below = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values(), *schema.get("anyOf", ())]
    for one in [*below, *([schema["items"]] if "items" in schema else [])]:
        yield from nodes(one)


@pytest.mark.parametrize("kind", ANSWERS)
def test_a_strict_schema_asks_for_every_key_and_uses_no_other_word(kind: str) -> None:
    for node in nodes(strict.schema(kind)):
        assert set(node) <= TAKEN
        assert "$ref" not in node or set(node) == {"$ref"}
        if node.get("type") == "object":
            assert node["required"] == list(node["properties"])
            assert node["additionalProperties"] is False


def test_bounds_that_the_strict_form_has_no_word_for_are_told() -> None:
    claim = strict.schema("review")["$defs"]["Claim"]["properties"]
    assert "at most 2,000 characters" in claim["quote"]["description"]


UNSAID = ("argument", "severity", "same_as")


@pytest.mark.parametrize(
    ("kind", "told", "meant"),
    [
        ("review", {"findings": [], "verdicts": [], "read": None, "unopened": [], "tried": []}, {}),
        (
            "review",
            {"findings": [CLAIM | EMPTY], "verdicts": [], "read": "", "unopened": [], "tried": []},
            {"findings": [CLAIM]},
        ),
        (
            "work",
            {
                "summary": "Done.",
                "clarification": None,
                "marks": [],
                "deviations": [],
                "split": [],
                "hypotheses": [],
            },
            {"summary": "Done."},
        ),
        (
            "triage",
            {
                "stands": [
                    {"finding": "F-1", "stand": "confirmed", "argument": None, "severity": None, "same_as": ""}
                ]
            },
            {"stands": [{"finding": "F-1", "stand": "confirmed"}]},
        ),
    ],
)
def test_what_is_empty_in_a_strict_answer_was_left_out(
    kind: str, told: dict[str, Any], meant: dict[str, Any]
) -> None:
    jsonschema.validate(told, strict.schema(kind))
    read = strict.relaxed(told, kind)
    assert read == meant
    assert answers.fitted(read, kind) == answers.fitted(meant, kind)


def test_what_is_asked_for_is_missed_where_it_is_empty() -> None:
    told = {"stands": [{"finding": "F-1", "stand": None, "argument": None}]}
    with pytest.raises(answers.BadAnswerError, match="stand"):
        answers.fitted(strict.relaxed(told, "triage"), "triage")


def test_what_no_schema_knows_is_not_dropped_unseen() -> None:
    with pytest.raises(answers.BadAnswerError, match="verdict"):
        answers.fitted(strict.relaxed({"verdict": "fine"}, "work"), "work")

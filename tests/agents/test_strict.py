"""The strict form of every answer's schema, by the words that OpenAI takes, and answers in it read back."""

import json
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
        (
            "review",
            {"findings": [], "verdicts": [], "read": "x = 1", "unopened": [], "tried": []},
            {"read": "x = 1"},
        ),
        (
            "review",
            {"findings": [CLAIM | EMPTY], "verdicts": [], "read": "x = 1", "unopened": [], "tried": []},
            {"findings": [CLAIM], "read": "x = 1"},
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


@pytest.mark.parametrize("left", [{}, {"read": ""}])
def test_a_review_that_could_not_count_does_not_fit_its_schema(left: dict[str, Any]) -> None:
    """Without what it was to copy it is asked once more; until then what it claims is read all the same."""
    told = {"findings": [CLAIM], **left}
    with pytest.raises(jsonschema.ValidationError, match=r"read|short|non-empty"):
        jsonschema.validate(told, json.loads(answers.schema("review")))
    jsonschema.validate(told | {"read": "x = 1"}, json.loads(answers.schema("review")))
    strictly = {"findings": [CLAIM | EMPTY], "verdicts": [], "unopened": [], "tried": [], "read": None}
    with pytest.raises(jsonschema.ValidationError, match="None is not of type 'string'"):
        jsonschema.validate(strictly, strict.schema("review"))
    for one in (told, strict.relaxed(strictly, "review")):
        found = answers.fitted(one, "review").answer
        assert (found["findings"][0]["claim"], found["read"]) == (CLAIM["claim"], "")


def test_what_no_schema_knows_is_not_dropped_unseen() -> None:
    with pytest.raises(answers.BadAnswerError, match="verdict"):
        answers.fitted(strict.relaxed({"verdict": "fine"}, "work"), "work")

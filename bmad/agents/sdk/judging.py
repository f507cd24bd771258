"""A model's last words as an answer: found, held to the schema, fitted to its type."""

import re
from typing import Any

from bmad.agents import answers, strict
from bmad.agents.sdk.conversation import Turn, sound
from bmad.agents.words import short

_FENCED = re.compile(r"```(?:json)?\s*\n(.*?)\n\s*```", re.DOTALL)


def judged(turn: Turn, kind: str, *, again: bool) -> dict[str, Any]:
    """The answer in a turn, with its defaults filled in.

    At first both the schema and the type decide. Asked `again`, the type alone does, as with what other agents
    write: it takes some words for others, so that a finding is not lost over its form.

    Raises: BadAnswerError.
    """
    if turn.stop == "length":
        raise answers.BadAnswerError("it was cut where it was as long as it may be")
    if turn.calls:
        raise answers.BadAnswerError("it calls a tool where an answer was asked for")
    if not turn.text.strip():
        raise answers.BadAnswerError("it is empty")
    data = strict.relaxed(sound(answers.parse(_json(turn.text))), kind)
    if not again and (why := _unfit(data, kind)):
        raise answers.BadAnswerError(why)
    return answers.fitted(data, kind).answer


def _json(text: str) -> str:
    """The JSON in a text: all of it, else what is fenced in it, else its outermost braces."""
    whole = text.strip()
    if whole.startswith("{") and whole.endswith("}"):
        return whole
    if fenced := _FENCED.findall(text):
        return str(fenced[-1])
    first, last = text.find("{"), text.rfind("}")
    return text[first : last + 1] if 0 <= first < last else whole


def _unfit(data: object, kind: str) -> str:
    """What of an answer breaks the schema, as the end of a sentence; empty where nothing does."""
    import jsonschema  # noqa: PLC0415 - a third of a second, where a model has answered

    told = answers.parse(answers.schema(kind))
    if not isinstance(told, dict):  # pragma: no cover - it is an object
        return ""
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(told).iter_errors(data))
    if error is None:
        return ""
    where = ".".join(str(part) for part in error.absolute_path)
    return f"`{short(where, 80)}`: {short(error.message)}" if where else short(error.message)

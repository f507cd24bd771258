"""A model's last words as an answer: found, held to the schema, fitted to its type.

What a reviewer says beside its answer is never passed over: a claim may stand there. So a review is nothing but
its JSON, and where it is said once more, it holds at least what was said before.
"""

import re
from typing import Any

from bmad.agents import answers, strict
from bmad.agents.sdk.conversation import Turn, sound
from bmad.agents.words import short
from bmad.model.objections import undenied

_FENCED = re.compile(r"```(?:json)?\s*\n(.*?)\n\s*```", re.DOTALL)
_GRAVE = re.compile(r"\bP[01]\b", re.IGNORECASE)


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
    text = _alone(turn.text) if kind == "review" else _json(turn.text)
    data = strict.relaxed(sound(answers.parse(text)), kind)
    if not again and (why := _unfit(data, kind)):
        raise answers.BadAnswerError(why)
    return answers.fitted(data, kind).answer


def left_out(before: str, answer: dict[str, Any]) -> bool:
    """Whether a review is silent about something that an earlier answer said, which did not count."""
    found = answer["findings"]
    if {one.upper() for one in _GRAVE.findall(undenied(before))} - {one["severity"] for one in found}:
        return True
    try:
        data = answers.parse(_json(before))
    except answers.BadAnswerError:
        return False
    if not isinstance(data, dict):
        return False
    unsettled = [one for one in answer["verdicts"] if not one["settled"]]
    verdicts = [one for one in _listed(data, "verdicts") if isinstance(one, dict) and not one.get("settled")]
    return len(_listed(data, "findings")) > len(found) or len(verdicts) > len(unsettled)


def _listed(data: dict[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    return value if isinstance(value, list) else []


def _alone(text: str) -> str:
    """A text without a fence around all of it."""
    fenced = _FENCED.fullmatch(text.strip())
    return fenced[1] if fenced else text.strip()


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

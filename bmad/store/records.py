"""Records as text: JSON that comes from outside, so nothing in it is believed before it fits its type."""

import json
import re
from typing import Any

from pydantic import ValidationError

from bmad.errors import NewerError, UsageError
from bmad.model.bounds import RECORD
from bmad.model.record import Record

MAX = RECORD.one
"""As large as the objects that the gate reads."""

_LATER = re.compile(r"bmad\.record/([2-9]|[1-9][0-9]{1,3})")


def parse_record(text: str) -> Record:
    """Read a record. Raises: UsageError naming what is wrong with it, NewerError where a newer bmad wrote it."""
    if len(text) > MAX:
        raise UsageError("it is over 16 MiB, more than a record can hold. Land the story in smaller parts.")
    try:
        data: Any = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"it is no JSON: {str(error)[:200]}.") from None
    if not isinstance(data, dict):
        raise UsageError("it should be one JSON object.")
    schema = data.pop("schema", None)
    if schema != "bmad.record/1":
        kind = NewerError if _LATER.fullmatch(str(schema)) else UsageError
        raise kind(f"its schema is {json.dumps(schema)[:60]}, and this bmad reads `bmad.record/1`.")
    try:
        return Record.model_validate_json(json.dumps(data, allow_nan=False), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        if not where:
            raise UsageError(f"it is no JSON: {first['msg']}.") from None
        raise UsageError(f"`{where}`: {first['msg'].removeprefix('Value error, ')}.") from None
    except ValueError as error:
        raise UsageError(f"it holds a number that is none: {error}.") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, each key once: readers disagree on which of two counts."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_number(name: str) -> float:
    """`NaN` and `Infinity`, which Python reads and JSON has not."""
    raise ValueError(f"{name} is no number")

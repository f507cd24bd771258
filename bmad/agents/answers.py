"""Answers as they come: a file of an agent, a line of a recording. Nothing is believed before it fits its type."""

import errno
import json
import os
import re
import stat
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from pydantic import ValidationError

from bmad.agents.words import short
from bmad.model.answers import ANSWERS
from bmad.model.spending import Usage

MAX = 4 << 20
_MODEL = re.compile(r"[\w.:/@+()\[\] -]{0,100}", re.ASCII)
"""It goes into a trailer of a commit."""


class BadAnswerError(ValueError):
    """What is wrong with an answer, as the end of a sentence; `raw` is the start of one that is too long."""

    def __init__(self, words: str, raw: bytes | None = None) -> None:
        super().__init__(words)
        self.raw = raw


class Said(NamedTuple):
    """An answer, and what its agent says of itself: what it spent, and which model it is (empty: nothing)."""

    answer: dict[str, Any]
    usage: Usage | None
    model: str = ""


@cache
def schema(kind: str) -> str:
    """The JSON Schema of a kind of answer."""
    return json.dumps(ANSWERS[kind].model_json_schema(), indent=1)


def read(path: Path) -> bytes | None:
    """The bytes of an answer, None where there is none. Raises: BadAnswerError on a link, a pipe or too much."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        link = error.errno in (errno.ELOOP, errno.EMLINK)
        raise BadAnswerError("it is a symbolic link" if link else error.strerror or str(error)) from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise BadAnswerError("it is not a regular file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            raw = file.read(MAX + 1)
    finally:
        os.close(descriptor)
    if len(raw) > MAX:
        raise BadAnswerError(f"it is over {MAX >> 20} MiB", raw)
    return raw


def parse(raw: bytes | str) -> object:
    """JSON with each key once and finite numbers. Raises: BadAnswerError."""
    try:
        return json.loads(raw, object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError:
        raise BadAnswerError("it is nested too deeply") from None
    except ValueError as error:
        raise BadAnswerError(f"it is no JSON: {short(str(error))}") from None


def fitted(data: object, kind: str) -> Said:
    """An answer of that kind with its defaults filled in. Raises: BadAnswerError."""
    if not isinstance(data, dict):
        raise BadAnswerError("it should be one JSON object")
    rest = dict(data)
    usage, model = rest.pop("usage", None), rest.pop("model", "")
    if not isinstance(model, str) or not is_model(model):
        raise BadAnswerError("`model`: it should be the name of the model that answered, at most 100 characters")
    try:
        spent = None if usage is None else Usage.model_validate(usage)
        answer = ANSWERS[kind].model_validate(rest)
    except ValidationError as error:
        raise BadAnswerError(complaint(error)) from None
    if spent is not None and _is_negative(spent):
        raise BadAnswerError("`usage`: nothing spends less than nothing")
    return Said(answer.model_dump(mode="json"), spent, model)


def tells(raw: bytes | None) -> tuple[Usage | None, str]:
    """What an answer tells of its agent, whether it counts or not: what was spent, and which model it is."""
    try:
        data = parse(raw or b"")
        told = Usage.model_validate(data.get("usage")) if isinstance(data, dict) else None
    except (BadAnswerError, ValidationError):
        return None, ""
    if told is None or not isinstance(data, dict) or _is_negative(told):
        return None, ""
    model = data.get("model", "")
    return told, model.strip() if isinstance(model, str) and is_model(model) else ""


def _is_negative(spent: Usage) -> bool:
    return any(part is not None and part < 0 for part in spent.model_dump().values())


def is_model(name: str) -> bool:
    """Whether a text can be the name of a model that is written down."""
    return _MODEL.fullmatch(name) is not None


def complaint(error: ValidationError) -> str:
    """The first thing that does not fit."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"`{short(where, 80)}`: {short(first['msg'])}" if where else short(first["msg"])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, each key once: readers disagree on which of two counts."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")

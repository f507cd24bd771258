"""What coding agents print of their own ends: a failed call, and a stream that was cut.

The formats are lines of JSON (`stream-json`, `--json`), or one JSON value. What else an agent prints says nothing.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from bmad.agents.words import short

_MOST = 16 << 20
_BEGINS = frozenset({"system", "assistant", "thread.started", "turn.started", "step_start"})
_ENDS = frozenset({"result", "turn.completed", "step_finish"})


def unfinished(log: Path | bytes) -> str:
    """Why what was printed is no finished work, as the end of a sentence; empty where it says nothing of that."""
    begun, stream, failure = False, False, ""
    for event in events(log):
        kind = event.get("type")
        failed = kind == "result" and event.get("is_error") is True
        if failed or kind == "turn.failed" or (kind == "error" and stream):
            begun, failure = False, f"reports that its call failed: {_why(event)}"
        elif kind in _ENDS:
            begun, failure = False, ""
        elif kind in _BEGINS:
            begun = stream = True
    return failure or ("was cut off: what it prints has no end" if begun else "")


def events(log: Path | bytes) -> Iterator[dict[str, Any]]:
    """The JSON objects that an agent printed, a line each, or all of them as one value."""
    try:
        content = log[:_MOST] if isinstance(log, bytes) else _read(log)
    except OSError:
        return
    if content.lstrip()[:1] in (b"[", b"{"):
        with suppress(ValueError, RecursionError):
            yield from _objects(json.loads(content))
            return
    for line in content.splitlines():
        if line.lstrip()[:1] == b"{":
            with suppress(ValueError, RecursionError):
                yield from _objects(json.loads(line))


def _read(log: Path) -> bytes:
    with log.open("rb") as file:
        return file.read(_MOST)


def _objects(value: object) -> Iterable[dict[str, Any]]:
    listed = value if isinstance(value, list) else [value]
    return (one for one in listed if isinstance(one, dict))


def _why(event: dict[str, Any]) -> str:
    error = event.get("error")
    told = error.get("message") if isinstance(error, dict) else error
    words = told or event.get("message") or event.get("result") or event.get("subtype") or "it does not say why"
    return short(words if isinstance(words, str) else json.dumps(words))

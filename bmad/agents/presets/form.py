"""What a preset is: how its program is started, and what is heard from it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from bmad.agents.faults import Told
from bmad.model.agents import Fault
from bmad.model.settings import AgentSettings
from bmad.model.spending import MOST, Usage

Event = dict[str, Any]
"""A JSON object that a program printed."""

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Wanted(NamedTuple):
    """What a program is started for.

    `schema` is the file that the strict schema of the answer is in, `rules` its text. `confined` says who keeps it
    in: bmad, the program itself, or nobody. `environ` are the variables that it gets.
    """

    agent: AgentSettings
    writable: bool
    schema: Path
    rules: str
    confined: Literal["bmad", "own", "none"]
    environ: Mapping[str, str]
    writes: tuple[Path, ...] = ()
    """What it may write to beside its worktree."""


class Start(NamedTuple):
    """How a program is started. The prompt comes on stdin."""

    argv: tuple[str, ...]
    environ: Mapping[str, str] = _NOTHING
    files: Mapping[str, str] = _NOTHING
    """Files of its configuration home, by their path in it; they stand over what was carried there."""
    added: Mapping[str, Event] = MappingProxyType({})
    """Keys of JSON files of that home, beside those that were carried there."""


class Heard(NamedTuple):
    """What a program said of its call.

    `answer` is the JSON value that it gave, or the text that it ended with; None where it gave none. `told` is the
    error that it reports; `fault` and `words` where a preset knows better than the error's own words.
    """

    answer: object | None = None
    told: Told | None = None
    fault: Fault | None = None
    words: str = ""
    usage: Usage | None = None
    model: str = ""
    session: str = ""


class Preset(NamedTuple):
    """A coding agent. `keys` are variables each of which is a login, `other` those of a login elsewhere."""

    program: str
    title: str
    start: Callable[[Wanted], Start]
    hear: Callable[[Iterable[Event]], Heard]
    keys: tuple[str, ...]
    other: tuple[str, ...] = ()
    install: str = ""
    login: str = ""
    own_sandbox: tuple[str, ...] = ()
    """A command that runs nothing in a sandbox of its own, to see that this works here; empty where it has none.

    Where it does not, its model would be told so on each command, and nobody else: the call would end well.
    """
    holds_schema: bool = True
    """Whether it makes the model fit a schema; where not, the schema stands in the prompt."""
    settings: tuple[str, ...] = ()
    """Which of `model`, `effort` and `base_url` it can be told."""


def option(name: str, value: str | None) -> tuple[str, ...]:
    """An option with its value, nothing where there is no value."""
    return () if value is None else (name, value)


def table(value: object) -> Event:
    """A JSON object, an empty one for whatever is none."""
    return value if isinstance(value, dict) else {}


def sent(words: str) -> Event:
    """The provider's own error, where words are the JSON that it sent; an empty one where they are not."""
    try:
        return table(table(json.loads(words)).get("error"))
    except ValueError:
        return {}


def kinds(*values: object) -> tuple[str, ...]:
    """The words that name the kind of an error, of those that are there."""
    return tuple(filter(None, map(text, values)))


def text(value: object) -> str:
    return value if isinstance(value, str) else ""


def count(value: object) -> int | None:
    """A number of tokens, None for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def price(value: object) -> float | None:
    """An amount of money, None for what is none."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < MOST:
        return float(value)
    return None


def total(parts: Iterable[int | None]) -> int | None:
    """The sum of what is known; None where nothing is."""
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def of_type(events: Iterable[Event], *names: str) -> Iterator[Event]:
    return (event for event in events if event.get("type") in names)


def last(events: Iterable[Event], *names: str) -> Event:
    """The last event of these types; an empty one where there is none."""
    found: Event = {}
    for event in of_type(events, *names):
        found = event
    return found

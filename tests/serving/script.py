"""What a scripted model is asked and what it answers: the same values over every wire format."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

Api = Literal["messages", "chat", "responses"]
Json = dict[str, Any]
NOTHING: Mapping[str, str] = MappingProxyType({})


class Asked(NamedTuple):
    """One request. `number` counts all requests of a server from 1, whatever conversation they are of."""

    api: Api
    number: int
    model: str
    system: str
    prompt: str
    """All that the user's side says in words, tool results left out."""
    results: tuple[str, ...]
    """The text of every tool result of the conversation so far."""
    turn: int
    """How many times the model has called tools in this conversation before."""
    tools: Mapping[str, Json]
    """The tools on offer by name, with the schema of their arguments (empty where they have none)."""
    schema: Json | None
    """What the answer is to fit, where the request says so."""
    streams: bool
    body: Json
    headers: Mapping[str, str]
    """By name in small letters."""


class Call(NamedTuple):
    """A call of a tool; arguments that are a text are sent as they are: invalid JSON, or for a `custom` tool."""

    name: str
    arguments: Mapping[str, Any] | str

    @property
    def text(self) -> str:
        return self.arguments if isinstance(self.arguments, str) else json.dumps(self.arguments)


class Spent(NamedTuple):
    """Tokens: all that was read, how many of these from a cache and into one, and all that was written."""

    read: int = 100
    cached: int = 40
    stored: int = 0
    written: int = 20


class Say(NamedTuple):
    """An answer in words, in calls of tools, or both.

    `length` is an answer that was cut at the most tokens, `context` one for which there was no more room (which
    Messages alone tells apart); `refusal` is one that the model declines, with the text
    as its reason where the format has a place for it.
    """

    text: str = ""
    calls: tuple[Call, ...] = ()
    spent: Spent = Spent()
    stop: Literal["", "length", "refusal", "context"] = ""


class Fail(NamedTuple):
    """A provider's error. `midway`: the stream has begun with status 200 and the error comes within it."""

    status: int
    kind: str
    message: str
    headers: Mapping[str, str] = NOTHING
    code: str | None = None
    more: Mapping[str, Any] = MappingProxyType({})
    """Further keys beside the message."""
    midway: bool = False


class Cut(NamedTuple):
    """A stream that ends after so many of its events: torn off, or (`quietly`) as if it were complete.

    Where nobody streams, half of the body comes.
    """

    say: Say
    events: int = 3
    quietly: bool = False


class Hang(NamedTuple):
    """An answer of which only so many events come and then nothing, until who asked gives up."""

    say: Say = Say("late")
    events: int = 0


class Raw(NamedTuple):
    """Bytes as they are, such as a proxy's page."""

    status: int
    body: bytes
    kind: str = "text/html"


Reply = Say | Fail | Cut | Hang | Raw
Script = Callable[[Asked], Reply]


def done(value: object, spent: Spent | None = None) -> Say:
    """The end of a task: a JSON answer."""
    return Say(json.dumps(value), spent=spent or Spent())


def call(tool: str, /, **arguments: Any) -> Say:
    return Say(calls=(Call(tool, arguments),))


def turns(*replies: Reply | Script) -> Script:
    """One reply a turn of each conversation, the last one for ever; a script among them is asked for its turn."""

    def script(asked: Asked) -> Reply:
        found = replies[min(asked.turn, len(replies) - 1)]
        return found(asked) if callable(found) else found

    return script


def always(reply: Reply) -> Script:
    return lambda _asked: reply


def at_first(count: int, reply: Reply, then: Script) -> Script:
    """So many requests of the server get a reply, all later ones what a script says."""
    return lambda asked: reply if asked.number <= count else then(asked)


def by_model(scripts: Mapping[str, Script]) -> Script:
    """A script for each model."""
    return lambda asked: scripts[asked.model](asked)

"""What the loop says to a model and hears from it, whatever the wire format."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from bmad.agents.faults import Told
from bmad.model.spending import Usage

if TYPE_CHECKING:
    from bmad.agents.sdk.history import History

MOST = 4 << 20
"""Characters that a model may say in one turn."""


class Tool(NamedTuple):
    """A tool on offer; `parameters` is the JSON Schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, Any]


class Call(NamedTuple):
    """A call of a tool; `arguments` is what should be a JSON object."""

    id: str
    name: str
    arguments: str


class Result(NamedTuple):
    """What came of a call."""

    call: Call
    text: str
    failed: bool = False


class Turn(NamedTuple):
    """What a model said at one go. `model` and `id` are the provider's words; empty where it says neither."""

    text: str
    calls: tuple[Call, ...]
    stop: Literal["end", "length", "refusal", "context"]
    usage: Usage | None
    model: str
    id: str


class Brief(NamedTuple):
    """What a conversation begins with. `schema` is the strict form that the last answer is to have."""

    model: str
    system: str
    prompt: str
    tools: Sequence[Tool]
    schema: Mapping[str, Any]
    effort: str | None = None


class ProviderError(Exception):
    """A request that came to nothing: what was told of it, and whether an answer had begun."""

    def __init__(self, told: Told, *, begun: bool = False) -> None:
        super().__init__(told.words)
        self.told = told
        self.cut = begun and not (told.kinds or told.status)
        """Whether an answer that had begun ended, and nothing says why."""


class FloodError(Exception):
    """A turn that does not end."""


class Conversation(Protocol):
    """A conversation that keeps what was said; each request holds all of it."""

    history: "History"

    async def ask(self, *, closing: bool) -> Turn:
        """The model's next turn, `closing` the last one, in which it may call no tool.

        One that ended since there was no more room (`stop` is `context`) is not kept.

        Raises: ProviderError, FloodError.
        """
        ...

    def answer(self, results: Sequence[Result], words: str = "") -> None:
        """Say what came of the calls of the last turn, and words of our own."""
        ...

    def forgo(self, words: str) -> bool:
        """Do without something that was asked for unasked, where an error's words name it; whether there was."""
        ...

    async def close(self) -> None: ...


def sound(value: Any) -> Any:
    """A JSON value that can be sent back: without halves of characters, which models do say."""
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def seen(size: int, more: str | None) -> int:
    """The size of a turn with some more of it. Raises: FloodError where that is too much."""
    size += len(more or "")
    if size > MOST:
        raise FloodError
    return size

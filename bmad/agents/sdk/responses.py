"""OpenAI Responses: a conversation in that wire format, streamed; the provider is asked to keep none of it.

Elsewhere than at OpenAI the schema is asked for last, as `chat` does, and for its reasons.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bmad.agents.sdk.access import Access
from bmad.agents.sdk.conversation import Brief, Call, Result, Turn, seen, sound
from bmad.agents.sdk.failing import begun_error, status_error
from bmad.agents.sdk.history import History
from bmad.agents.sdk.openai_client import client, failures
from bmad.model.spending import Usage

_ENDS = ("response.completed", "response.incomplete", "response.failed")
_STOPS = {"max_output_tokens": "length", "content_filter": "refusal"}


class Responses:
    """Fulfils `Conversation`."""

    def __init__(self, access: Access, brief: Brief, seconds: float) -> None:
        self._client = client(access, seconds)
        self._brief = brief
        self._at_once = access.url is None
        self._thoughts = True
        """Whether the model's reasoning comes along, in a form that only the provider reads."""
        self.history = History([{"role": "user", "content": brief.prompt}])

    async def ask(self, *, closing: bool) -> Turn:
        """Raises: ProviderError, FloodError."""
        heard = _Heard()
        with failures(heard):
            stream: Any = await self._client.responses.create(**self._request(closing=closing))
            async for event in stream:
                heard.take(event)
            turn = heard.turn()
        self.history.said += sound(heard.items)
        return turn

    def answer(self, results: Sequence[Result], words: str = "") -> None:
        told = [{"type": "function_call_output", "call_id": one.call.id, "output": one.text} for one in results]
        self.history.told((one.call for one in results), told, "output")
        self.history.said += [*told, *([{"role": "user", "content": words}] if words else [])]

    def forgo(self, words: str) -> bool:
        """Not all models reason, and those that do not refuse to be asked for it."""
        had = self._thoughts and any(word in words.casefold() for word in ("encrypted", "include"))
        self._thoughts = self._thoughts and not had
        return had

    async def close(self) -> None:
        await self._client.close()

    def _request(self, *, closing: bool) -> dict[str, Any]:
        brief = self._brief
        form = {"type": "json_schema", "name": "answer", "strict": True, "schema": brief.schema}
        tools = [
            {"type": "function", "name": t.name, "description": t.description, "parameters": t.parameters}
            | {"strict": False}
            for t in brief.tools
        ]
        return {
            "model": brief.model,
            "instructions": brief.system,
            "input": self.history.said,
            "store": False,
            "stream": True,
            **({"text": {"format": form}} if self._at_once or closing else {}),
            **({"tools": tools} if self._at_once or not closing else {}),
            **({"tool_choice": "none"} if self._at_once and closing else {}),
            **({"reasoning": {"effort": brief.effort}} if brief.effort else {}),
            **({"include": ["reasoning.encrypted_content"]} if self._thoughts else {}),
        }


class _Heard:
    """A turn as its events tell it: the last one holds all of it."""

    def __init__(self) -> None:
        self.begun = False
        self.items: list[Mapping[str, Any]] = []
        self._size = 0
        self._end: Any = None

    def take(self, event: Any) -> None:
        """Raises: FloodError, ProviderError."""
        self.begun = True
        if event.type in _ENDS:
            self._end = event.response
        elif event.type == "error":
            raise status_error(None, event.to_dict(), {}, begun=True)
        elif isinstance(more := getattr(event, "delta", None), str):
            self._size = seen(self._size, more)

    def turn(self) -> Turn:
        """Raises: ProviderError where the stream ended before the turn did, or it failed."""
        end = self._end
        if end is None:
            raise begun_error("its answer was cut off: the stream has no end")
        if end.status == "failed":
            raise status_error(None, end.error.to_dict() if end.error else {}, {}, begun=True)
        self.items = [item.to_dict(mode="json") for item in end.output]
        calls = tuple(
            Call(one.call_id, one.name, one.arguments) for one in end.output if one.type == "function_call"
        )
        parts = [part for one in end.output if one.type == "message" for part in one.content]
        refused = "".join(part.refusal for part in parts if part.type == "refusal")
        why = end.incomplete_details.reason if end.incomplete_details else None
        stop: Any = "refusal" if refused else _STOPS.get(why or "", "end")
        text = refused or "".join(part.text for part in parts if part.type == "output_text")
        return Turn(text, calls, stop, _spent(end.usage), end.model or "", end.id or "")


def _spent(usage: Any) -> Usage | None:
    if usage is None:
        return None
    details = getattr(usage, "input_tokens_details", None)
    cached = getattr(details, "cached_tokens", None)
    return Usage(tokens_in=usage.input_tokens, tokens_cached=cached, tokens_out=usage.output_tokens)

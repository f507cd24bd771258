"""OpenAI Chat Completions, as many servers speak it: the least that is common to them.

Many of these can hold an answer to a schema or offer tools, not both at once: a schema keeps their models from
calling any tool. So elsewhere than at OpenAI the schema is asked for last, when the work is done, without tools.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bmad.agents.sdk.access import Access
from bmad.agents.sdk.conversation import Brief, Call, Result, Turn, seen, sound
from bmad.agents.sdk.failing import begun_error
from bmad.agents.sdk.history import History
from bmad.agents.sdk.openai_client import client, failures
from bmad.model.spending import Usage

_STOPS = {"length": "length", "content_filter": "refusal"}


class Chat:
    """Fulfils `Conversation`."""

    def __init__(self, access: Access, brief: Brief, seconds: float) -> None:
        self._client = client(access, seconds)
        self._brief = brief
        self._at_once = access.url is None
        self._counted = True
        self.history = History(
            [{"role": "system", "content": brief.system}, {"role": "user", "content": brief.prompt}]
        )

    async def ask(self, *, closing: bool) -> Turn:
        """Raises: ProviderError, FloodError."""
        heard = _Heard()
        with failures(heard):
            stream: Any = await self._client.chat.completions.create(**self._request(closing=closing))
            async for chunk in stream:
                heard.take(chunk)
            turn = heard.turn()
        self.history.said.append(sound(_message(turn)))
        return turn

    def answer(self, results: Sequence[Result], words: str = "") -> None:
        told = [{"role": "tool", "tool_call_id": one.call.id, "content": one.text} for one in results]
        self.history.told((one.call for one in results), told, "content")
        self.history.said += [*told, *([{"role": "user", "content": words}] if words else [])]

    def forgo(self, words: str) -> bool:
        """Some servers refuse to be asked for what was spent."""
        had = self._counted and "stream_options" in words
        self._counted = self._counted and not had
        return had

    async def close(self) -> None:
        await self._client.close()

    def _request(self, *, closing: bool) -> dict[str, Any]:
        brief = self._brief
        asked: dict[str, Any] = {"model": brief.model, "messages": self.history.said, "stream": True}
        if self._counted:
            asked["stream_options"] = {"include_usage": True}
        if brief.effort:
            asked["reasoning_effort"] = brief.effort
        if self._at_once or closing:
            form = {"name": "answer", "strict": True, "schema": brief.schema}
            asked["response_format"] = {"type": "json_schema", "json_schema": form}
        if brief.tools and (self._at_once or not closing):
            asked["tools"] = [_tool(one.name, one.description, one.parameters) for one in brief.tools]
            asked |= {"tool_choice": "none"} if closing else {}
        return asked


class _Heard:
    """A turn as its chunks tell it."""

    def __init__(self) -> None:
        self.begun = False
        self._size = 0
        self._text = ""
        self._refusal = ""
        self._calls: dict[int, dict[str, str]] = {}
        self._stop: str | None = None
        self._usage: Any = None
        self._model = self._id = ""

    def take(self, chunk: Any) -> None:
        """Raises: FloodError."""
        self.begun = True
        self._model, self._id = chunk.model or self._model, chunk.id or self._id
        self._usage = chunk.usage or self._usage
        for choice in (chunk.choices or [])[:1]:
            self._stop = choice.finish_reason or self._stop
            self._more(choice.delta)

    def _more(self, delta: Any) -> None:
        if delta is None:
            return
        self._text += delta.content or ""
        self._refusal += getattr(delta, "refusal", None) or ""
        self._size = seen(self._size, delta.content)
        for at, call in enumerate(delta.tool_calls or []):
            index = call.index if call.index is not None else at
            known = self._calls.setdefault(index, {"id": "", "name": "", "arguments": ""})
            known["id"] = call.id or known["id"]
            if call.function is not None:
                known["name"] = call.function.name or known["name"]
                known["arguments"] += call.function.arguments or ""
                self._size = seen(self._size, call.function.arguments)

    def turn(self) -> Turn:
        """Raises: ProviderError where the stream ended before the turn did."""
        if self._stop is None:
            raise begun_error("its answer was cut off: the stream has no end")
        calls = tuple(
            Call(one["id"] or f"call_{at}", one["name"], one["arguments"])
            for at, one in sorted(self._calls.items())
        )
        stop: Any = "refusal" if self._refusal else _STOPS.get(self._stop, "end")
        return Turn(self._refusal or self._text, calls, stop, _spent(self._usage), self._model, self._id)


def _message(turn: Turn) -> dict[str, Any]:
    said: dict[str, Any] = {"role": "assistant", "content": turn.text or (None if turn.calls else "")}
    if turn.calls:
        said["tool_calls"] = [
            {"id": one.id, "type": "function", "function": {"name": one.name, "arguments": one.arguments or "{}"}}
            for one in turn.calls
        ]
    return said


def _tool(name: str, description: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


def _spent(usage: Any) -> Usage | None:
    if usage is None:
        return None
    details = getattr(usage, "prompt_tokens_details", None)
    cached = getattr(details, "cached_tokens", None)
    return Usage(tokens_in=usage.prompt_tokens, tokens_cached=cached, tokens_out=usage.completion_tokens)

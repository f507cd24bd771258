"""Anthropic Messages: a conversation in that wire format, streamed, with its prompt cache marked."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import anthropic

from bmad.agents.sdk.access import Access
from bmad.agents.sdk.conversation import Brief, Call, Result, Turn, seen, sound
from bmad.agents.sdk.failing import begun_error, connection_error, status_error
from bmad.agents.sdk.history import History
from bmad.agents.sdk.http import FAILURES, http_client
from bmad.model.spending import Usage

_MOST_TOKENS = 32_000
_CACHED = {"type": "ephemeral"}
_EFFORTS = {"minimal": "low"}
"""What this API calls otherwise."""
_STOPS = {
    "end_turn": "end",
    "stop_sequence": "end",
    "tool_use": "end",
    "max_tokens": "length",
    "refusal": "refusal",
    "model_context_window_exceeded": "context",
}


class Messages:
    """Fulfils `Conversation`."""

    def __init__(self, access: Access, brief: Brief, seconds: float) -> None:
        self._client = anthropic.AsyncAnthropic(
            api_key=None if access.bearer else access.key,
            auth_token=access.key if access.bearer else None,
            base_url=access.url,
            max_retries=0,
            http_client=http_client(access, seconds),
        )
        self._brief = brief
        self._thinks = brief.effort is not None
        self._formed = True
        prompt = {"type": "text", "text": brief.prompt, "cache_control": _CACHED}
        self.history = History([{"role": "user", "content": [prompt]}])

    async def ask(self, *, closing: bool) -> Turn:
        """Raises: ProviderError, FloodError."""
        heard = _Heard()
        with _failures(heard):
            stream: Any = await self._client.messages.create(**self._request(closing=closing))
            async for event in stream:
                heard.take(event)
        turn = heard.turn()
        said = sound(heard.blocks) or [{"type": "text", "text": "(nothing)"}]
        if turn.stop != "context":
            self.history.said.append({"role": "assistant", "content": said})
        return turn

    def answer(self, results: Sequence[Result], words: str = "") -> None:
        content: list[dict[str, Any]] = [
            {"type": "tool_result", "tool_use_id": one.call.id, "content": one.text, "is_error": one.failed}
            for one in results
        ]
        self.history.told((one.call for one in results), list(content), "content")
        content += [{"type": "text", "text": words}] if words else []
        self._unmark()
        content[-1]["cache_control"] = _CACHED
        self.history.said.append({"role": "user", "content": content})

    def forgo(self, words: str) -> bool:
        """Thinking, which is asked for with an effort, or the schema: there are models and servers without."""
        told = words.casefold()
        thinks = self._thinks and "thinking" in told
        formed = self._formed and "output_config" in told and "effort" not in told
        self._thinks, self._formed = self._thinks and not thinks, self._formed and not formed
        return thinks or formed

    async def close(self) -> None:
        await self._client.close()

    def _request(self, *, closing: bool) -> dict[str, Any]:
        brief = self._brief
        output: dict[str, Any] = {}
        if self._formed:
            output["format"] = {"type": "json_schema", "schema": brief.schema}
        if brief.effort:
            output["effort"] = _EFFORTS.get(brief.effort, brief.effort)
        tools = [{"name": t.name, "description": t.description, "input_schema": t.parameters} for t in brief.tools]
        return {
            "model": brief.model,
            "max_tokens": _MOST_TOKENS,
            "system": brief.system,
            "messages": self.history.said,
            "tools": tools,
            "stream": True,
            **({"output_config": output} if output else {}),
            **({"tool_choice": {"type": "none"}} if closing else {}),
            **({"thinking": {"type": "adaptive"}} if self._thinks else {}),
        }

    def _unmark(self) -> None:
        """Only the prompt and the newest words are marked: there are few marks to be had."""
        for message in self.history.said[1:]:
            for block in message["content"] if message["role"] == "user" else ():
                block.pop("cache_control", None)


class _Heard:
    """A turn as its events tell it."""

    def __init__(self) -> None:
        self.blocks: list[dict[str, Any]] = []
        self.begun = False
        self._arguments: dict[int, str] = {}
        self._size = 0
        self._stop: str | None = None
        self._told: dict[str, Any] = {}
        self._usage: dict[str, int] = {}

    def take(self, event: Any) -> None:
        """Raises: FloodError."""
        if event.type == "message_start":
            self.begun = True
            self._told = {"id": event.message.id, "model": event.message.model}
            self._count(event.message.usage)
        elif event.type == "content_block_start":
            self.blocks.append(event.content_block.to_dict(mode="json"))
        elif event.type == "content_block_delta":
            self._more(event.index, event.delta)
        elif event.type == "message_delta":
            self._stop = event.delta.stop_reason
            self._count(event.usage)

    def _more(self, index: int, delta: Any) -> None:
        block = self.blocks[index]
        for kind, key in (
            ("text_delta", "text"),
            ("thinking_delta", "thinking"),
            ("signature_delta", "signature"),
        ):
            if delta.type == kind:
                more = getattr(delta, key)
                block[key] = more if key == "signature" else block.get(key, "") + more
                self._size = seen(self._size, more)
        if delta.type == "input_json_delta":
            self._arguments[index] = self._arguments.get(index, "") + delta.partial_json
            self._size = seen(self._size, delta.partial_json)

    def _count(self, usage: Any) -> None:
        """What is counted is counted from the start, so a later count stands for an earlier one."""
        told = usage.to_dict() if usage is not None else {}
        self._usage |= {key: value for key, value in told.items() if isinstance(value, int)}

    def turn(self) -> Turn:
        """Raises: ProviderError where the stream ended before the turn did."""
        if self._stop is None:
            raise begun_error("its answer was cut off: the stream has no end")
        calls = tuple(self._call(at, block) for at, block in enumerate(self.blocks) if block["type"] == "tool_use")
        text = "".join(block["text"] for block in self.blocks if block["type"] == "text")
        stop: Any = _STOPS.get(self._stop, "end")
        return Turn(text, calls, stop, self._spent(), str(self._told["model"] or ""), str(self._told["id"] or ""))

    def _call(self, at: int, block: dict[str, Any]) -> Call:
        told = self._arguments.get(at) or json.dumps(block.get("input") or {})
        try:
            given = json.loads(told)
        except ValueError:
            given = None
        block["input"] = given if isinstance(given, dict) else {}  # what is no object cannot be sent back
        return Call(block["id"], block["name"], told)

    def _spent(self) -> Usage:
        """Here, input does not count what came from a cache or went into one."""
        cached = self._usage.get("cache_read_input_tokens", 0)
        stored = self._usage.get("cache_creation_input_tokens", 0)
        read = self._usage.get("input_tokens", 0) + cached + stored
        return Usage(tokens_in=read, tokens_cached=cached, tokens_out=self._usage.get("output_tokens"))


@contextmanager
def _failures(heard: _Heard) -> Iterator[None]:
    """The SDK's errors as ours. Raises: ProviderError."""
    try:
        yield
    except anthropic.APIStatusError as error:
        raise status_error(error.status_code, error.body, error.response.headers, begun=heard.begun) from None
    except (anthropic.APIError, *FAILURES) as error:
        raise connection_error(error, begun=heard.begun) from None
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise begun_error(f"what it answers is not as this API answers: {error}") from None

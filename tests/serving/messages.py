"""Anthropic Messages: the request that is read, and an answer as one body or as a stream of events."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.serving import faults
from tests.serving.script import Asked, Fail, Json, Say
from tests.serving.texts import chunks, text_of

PATH = "/messages"


def asked(body: Json, headers: Mapping[str, str], number: int) -> Asked:
    messages: list[Json] = body.get("messages") or []
    parts = [part for message in messages for part in _parts(message)]
    config = body.get("output_config") or {}
    form = config.get("format") or body.get("output_format") or {}
    return Asked(
        api="messages",
        number=number,
        model=str(body.get("model")),
        system=text_of(body.get("system")),
        prompt="\n".join(
            text_of([part])
            for message in messages
            if message.get("role") == "user"
            for part in _parts(message)
            if part.get("type") == "text"
        ),
        results=tuple(text_of(part.get("content")) for part in parts if part.get("type") == "tool_result"),
        turn=sum(any(part.get("type") == "tool_use" for part in _parts(message)) for message in messages),
        tools={tool["name"]: tool.get("input_schema", {}) for tool in body.get("tools") or []},
        schema=form.get("schema") if form.get("type") == "json_schema" else None,
        streams=bool(body.get("stream")),
        body=body,
        headers=headers,
    )


def whole(say: Say, asked: Asked) -> Json:
    return {**_message(asked), "content": _content(say, asked), **_stop(say), "usage": _usage(say)}


def events(say: Say, asked: Asked) -> Iterator[bytes]:
    """The events of a stream, each as it is sent."""
    started = _message(asked) | {"content": [], "stop_reason": None, "stop_sequence": None}
    yield _event("message_start", message=started | {"usage": _usage(say) | {"output_tokens": 1}})
    yield _event("ping")
    for index, block in enumerate(_content(say, asked)):
        if block["type"] == "text":
            yield _event("content_block_start", index=index, content_block={**block, "text": ""})
            deltas = [{"type": "text_delta", "text": part} for part in chunks(block["text"])]
        else:
            yield _event("content_block_start", index=index, content_block={**block, "input": {}})
            told = say.calls[index - bool(say.text)].text
            deltas = [{"type": "input_json_delta", "partial_json": part} for part in chunks(told)]
        for delta in deltas:
            yield _event("content_block_delta", index=index, delta=delta)
        yield _event("content_block_stop", index=index)
    yield _event("message_delta", delta=_stop(say), usage={"output_tokens": say.spent.written})
    yield _event("message_stop")


def failing(fail: Fail, asked: Asked) -> Iterator[bytes]:
    """A stream that has begun and brings an error."""
    yield next(events(Say(), asked))
    yield _event(
        "error", **{name: value for name, value in faults.body("messages", fail).items() if name != "type"}
    )


def models(names: list[str]) -> Json:
    data = [{"type": "model", "id": n, "display_name": n, "created_at": "2026-01-01T00:00:00Z"} for n in names]
    return {"data": data, "has_more": False, "first_id": names[0], "last_id": names[-1]}


def _message(asked: Asked) -> Json:
    return {"id": f"msg_{asked.number}", "type": "message", "role": "assistant", "model": asked.model}


def _content(say: Say, asked: Asked) -> list[Json]:
    text: list[Json] = [{"type": "text", "text": say.text}] if say.text else []
    return text + [
        {
            "type": "tool_use",
            "id": f"toolu_{asked.number}_{at}",
            "name": call.name,
            "input": {} if isinstance(call.arguments, str) else dict(call.arguments),
        }
        for at, call in enumerate(say.calls)
    ]


def _stop(say: Say) -> Json:
    ended = "tool_use" if say.calls else "end_turn"
    full = "model_context_window_exceeded"
    named = {"length": "max_tokens", "refusal": "refusal", "context": full, "": ended}
    return {"stop_reason": named[say.stop], "stop_sequence": None}


def _usage(say: Say) -> Json:
    """What came from a cache or went into one is not counted as input here."""
    spent = say.spent
    return {
        "input_tokens": spent.read - spent.cached - spent.stored,
        "cache_read_input_tokens": spent.cached,
        "cache_creation_input_tokens": spent.stored,
        "output_tokens": spent.written,
    }


def _parts(message: Json) -> list[Json]:
    content = message.get("content")
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content or [])


def _event(kind: str, **data: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode()

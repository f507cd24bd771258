"""OpenAI Chat Completions: the request that is read, and an answer as one body or as a stream of chunks."""

import json
from collections.abc import Iterator, Mapping

from tests.serving import faults
from tests.serving.script import Asked, Fail, Json, Say
from tests.serving.texts import chunks, text_of

PATH = "/chat/completions"
_SYSTEM = ("system", "developer")


def asked(body: Json, headers: Mapping[str, str], number: int) -> Asked:
    messages: list[Json] = body.get("messages") or []
    form = body.get("response_format") or {}
    tools = [tool["function"] for tool in body.get("tools") or [] if tool.get("type") == "function"]
    return Asked(
        api="chat",
        number=number,
        model=str(body.get("model")),
        system="\n".join(text_of(one.get("content")) for one in messages if one.get("role") in _SYSTEM),
        prompt="\n".join(text_of(one.get("content")) for one in messages if one.get("role") == "user"),
        results=tuple(text_of(one.get("content")) for one in messages if one.get("role") == "tool"),
        turn=sum(bool(one.get("tool_calls")) for one in messages),
        tools={tool["name"]: tool.get("parameters", {}) for tool in tools},
        schema=(form.get("json_schema") or {}).get("schema"),
        streams=bool(body.get("stream")),
        body=body,
        headers=headers,
    )


def whole(say: Say, asked: Asked) -> Json:
    message: Json = {"role": "assistant", "content": None if say.stop == "refusal" else say.text or None}
    message["refusal"] = say.text or "I cannot help with that." if say.stop == "refusal" else None
    if say.calls:
        message["tool_calls"] = _calls(say, asked)
    choice = {"index": 0, "message": message, "finish_reason": _finish(say), "logprobs": None}
    return {**_head(asked, "chat.completion"), "choices": [choice], "usage": _usage(say)}


def events(say: Say, asked: Asked) -> Iterator[bytes]:
    """The chunks of a stream, each as it is sent."""
    yield _chunk(asked, {"role": "assistant", "content": ""})
    place = "refusal" if say.stop == "refusal" else "content"
    for part in chunks(say.text or ("No." if place == "refusal" else "")):
        yield _chunk(asked, {place: part})
    for at, call in enumerate(_calls(say, asked)):
        told = call["function"].pop("arguments")
        yield _chunk(
            asked, {"tool_calls": [{"index": at, **call, "function": {**call["function"], "arguments": ""}}]}
        )
        for part in chunks(told):
            yield _chunk(asked, {"tool_calls": [{"index": at, "function": {"arguments": part}}]})
    yield _chunk(asked, {}, _finish(say))
    if (asked.body.get("stream_options") or {}).get("include_usage"):
        yield _data({**_head(asked, "chat.completion.chunk"), "choices": [], "usage": _usage(say)})
    yield b"data: [DONE]\n\n"


def failing(fail: Fail, asked: Asked) -> Iterator[bytes]:
    """A stream that has begun and brings an error."""
    yield _chunk(asked, {"role": "assistant", "content": ""})
    yield _data(faults.body("chat", fail))


def models(names: list[str]) -> Json:
    data = [{"id": name, "object": "model", "created": 1767225600, "owned_by": "test"} for name in names]
    return {"object": "list", "data": data}


def _head(asked: Asked, kind: str) -> Json:
    return {"id": f"chatcmpl-{asked.number}", "object": kind, "created": 1767225600, "model": asked.model}


def _chunk(asked: Asked, delta: Json, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    return _data({**_head(asked, "chat.completion.chunk"), "choices": [choice]})


def _data(value: Json) -> bytes:
    return f"data: {json.dumps(value)}\n\n".encode()


def _calls(say: Say, asked: Asked) -> list[Json]:
    return [
        {
            "id": f"call_{asked.number}_{at}",
            "type": "function",
            "function": {"name": call.name, "arguments": call.text},
        }
        for at, call in enumerate(say.calls)
    ]


def _finish(say: Say) -> str:
    return "length" if say.stop in ("length", "context") else "tool_calls" if say.calls else "stop"


def _usage(say: Say) -> Json:
    spent = say.spent
    return {
        "prompt_tokens": spent.read,
        "completion_tokens": spent.written,
        "total_tokens": spent.read + spent.written,
        "prompt_tokens_details": {"cached_tokens": spent.cached},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }

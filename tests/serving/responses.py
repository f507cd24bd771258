"""OpenAI Responses: the request that is read, and an answer as one body or as a stream of events."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.serving.script import Asked, Fail, Json, Say
from tests.serving.texts import chunks, text_of

PATH = "/responses"
_CALLS = ("function_call", "custom_tool_call", "local_shell_call")
_RESULTS = tuple(f"{kind}_output" for kind in _CALLS)


def asked(body: Json, headers: Mapping[str, str], number: int) -> Asked:
    given = body.get("input")
    items: list[Json] = [{"role": "user", "content": given}] if isinstance(given, str) else given or []
    form = (body.get("text") or {}).get("format") or {}
    told = [item for item in items if item.get("role") in ("system", "developer")]
    return Asked(
        api="responses",
        number=number,
        model=str(body.get("model")),
        system="\n".join([body.get("instructions") or "", *(text_of(item.get("content")) for item in told)]),
        prompt="\n".join(text_of(item.get("content")) for item in items if item.get("role") == "user"),
        results=tuple(text_of(item.get("output")) for item in items if item.get("type") in _RESULTS),
        turn=_turns(items),
        tools={tool.get("name") or tool["type"]: tool.get("parameters") or {} for tool in body.get("tools") or []},
        schema=form.get("schema") if form.get("type") == "json_schema" else None,
        streams=bool(body.get("stream")),
        body=body,
        headers=headers,
    )


def whole(say: Say, asked: Asked) -> Json:
    return _response(asked, _status(say), _items(say, asked), _usage(say))


def events(say: Say, asked: Asked) -> Iterator[bytes]:
    """The events of a stream, each as it is sent."""
    return (
        f"event: {event['type']}\ndata: {json.dumps({**event, 'sequence_number': at})}\n\n".encode()
        for at, event in enumerate(_events(say, asked))
    )


def failing(fail: Fail, asked: Asked) -> Iterator[bytes]:
    """A stream that has begun and brings an error."""
    yield next(events(Say(), asked))
    error = {"code": fail.code or fail.kind, "message": fail.message}
    response = _response(asked, "failed", [], None) | {"error": error}
    event = {"type": "response.failed", "response": response, "sequence_number": 1}
    yield f"event: response.failed\ndata: {json.dumps(event)}\n\n".encode()


def _events(say: Say, asked: Asked) -> Iterator[Json]:
    started = _response(asked, "in_progress", [], None)
    yield {"type": "response.created", "response": started}
    yield {"type": "response.in_progress", "response": started}
    for at, item in enumerate(_items(say, asked)):
        yield from _message(at, item) if item["type"] == "message" else _call(at, item)
    end = "response.incomplete" if say.stop in ("length", "context") else "response.completed"
    yield {"type": end, "response": whole(say, asked)}


def _message(at: int, item: Json) -> Iterator[Json]:
    where = {"item_id": item["id"], "output_index": at, "content_index": 0}
    [part] = item["content"]
    key = "refusal" if part["type"] == "refusal" else "text"
    kind = "response.refusal" if key == "refusal" else "response.output_text"
    begun = {**item, "content": [], "status": "in_progress"}
    yield {"type": "response.output_item.added", "output_index": at, "item": begun}
    yield {"type": "response.content_part.added", **where, "part": {**part, key: ""}}
    more: Json = {} if key == "refusal" else {"logprobs": []}
    for piece in chunks(part[key]):
        yield {"type": f"{kind}.delta", **where, "delta": piece, **more}
    yield {"type": f"{kind}.done", **where, key: part[key], **more}
    yield {"type": "response.content_part.done", **where, "part": part}
    yield {"type": "response.output_item.done", "output_index": at, "item": item}


def _call(at: int, item: Json) -> Iterator[Json]:
    key = "input" if item["type"] == "custom_tool_call" else "arguments"
    kind = f"response.{'custom_tool_call_input' if key == 'input' else 'function_call_arguments'}"
    where = {"item_id": item["id"], "output_index": at}
    begun = {**item, key: "", "status": "in_progress"}
    yield {"type": "response.output_item.added", "output_index": at, "item": begun}
    for piece in chunks(item[key]):
        yield {"type": f"{kind}.delta", **where, "delta": piece}
    yield {"type": f"{kind}.done", **where, key: item[key], **({} if key == "input" else {"name": item["name"]})}
    yield {"type": "response.output_item.done", "output_index": at, "item": item}


def _items(say: Say, asked: Asked) -> list[Json]:
    found: list[Json] = []
    if say.text or say.stop == "refusal":
        part: Json = {"type": "output_text", "text": say.text, "annotations": [], "logprobs": []}
        if say.stop == "refusal":
            part = {"type": "refusal", "refusal": say.text or "I cannot help with that."}
        status = "incomplete" if say.stop in ("length", "context") else "completed"
        message = {"type": "message", "role": "assistant", "status": status, "content": [part]}
        found.append({"id": f"msg_{asked.number}", **message})
    custom = {tool.get("name") for tool in asked.body.get("tools") or [] if tool.get("type") == "custom"}
    for at, call in enumerate(say.calls):
        kind = ("custom_tool_call", "input") if call.name in custom else ("function_call", "arguments")
        ids = {"id": f"fc_{asked.number}_{at}", "call_id": f"call_{asked.number}_{at}"}
        found.append({"type": kind[0], **ids, "name": call.name, kind[1]: call.text, "status": "completed"})
    return found


def _turns(items: list[Json]) -> int:
    """How many runs of calls there are, each answered by its results."""
    kinds = [item.get("type") in _CALLS for item in items if item.get("type") in (*_CALLS, *_RESULTS)]
    return sum(is_call and (at == 0 or not kinds[at - 1]) for at, is_call in enumerate(kinds))


def _status(say: Say) -> str:
    return "incomplete" if say.stop in ("length", "context") else "completed"


def _response(asked: Asked, status: str, output: list[Json], usage: Json | None) -> Json:
    cut = {"reason": "max_output_tokens"} if status == "incomplete" else None
    told: dict[str, Any] = {name: asked.body.get(name) for name in ("instructions", "reasoning", "text")}
    return {
        "id": f"resp_{asked.number}",
        "object": "response",
        "created_at": 1767225600,
        "status": status,
        "error": None,
        "incomplete_details": cut,
        "model": asked.model,
        "output": output,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": asked.body.get("tools") or [],
        "metadata": {},
        "temperature": 1.0,
        "top_p": 1.0,
        "usage": usage,
        **told,
    }


def _usage(say: Say) -> Json:
    spent = say.spent
    return {
        "input_tokens": spent.read,
        "input_tokens_details": {"cached_tokens": spent.cached},
        "output_tokens": spent.written,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": spent.read + spent.written,
    }

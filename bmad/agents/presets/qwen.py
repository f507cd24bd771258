"""Qwen Code, tried with 0.15.10: lines of JSON, the answer in the schema as `structured_result`."""

import re
from collections.abc import Iterable

from bmad.agents.faults import Told
from bmad.agents.presets.form import Event, Heard, Preset, Start, Wanted, count, last, option, table, text
from bmad.model.agents import Fault, Usage

_API_ERROR = re.compile(r"\[API Error: (?:(\d{3}) )?(.*?)\]?\s*$", re.DOTALL)
_CUT = ("without a finish reason", "without finish reason", "empty response")
_KEY = "OPENAI_API_KEY"


def start(wanted: Wanted) -> Start:
    agent = wanted.agent
    keyed = bool(wanted.environ.get(_KEY)) or agent.base_url is not None
    tools = () if wanted.writable else ("--exclude-tools", "edit", "write_file")
    argv = (
        *("qwen", "-o", "stream-json", "--approval-mode", "yolo", "--json-schema", f"@{wanted.schema}", *tools),
        *("--chat-recording", "false", *option("-m", agent.model)),
        *(("--auth-type", "openai") if keyed else ()),
    )
    environ = {"OPENAI_MODEL": agent.model} if agent.model is not None else {}
    if agent.base_url is not None:
        environ["OPENAI_BASE_URL"] = agent.base_url
        environ[_KEY] = wanted.environ.get(_KEY) or "none"
    return Start(argv, environ)


def hear(events: Iterable[Event]) -> Heard:
    """A failed call is told in brackets as the model's last words, before an error about the missing answer."""
    every = list(events)
    result, wrote = last(every, "result"), last(every, "assistant")
    message = table(wrote.get("message"))
    heard = Heard(
        usage=_usage(table(result.get("usage"))),
        model=text(message.get("model")),
        session=text(result.get("session_id")) or text(last(every, "system").get("session_id")),
    )
    if result.get("is_error") is True:
        words = text(table(result.get("error")).get("message")) or text(result.get("result"))
        return _failed(heard, _words(message), words)
    return heard._replace(answer=result.get("structured_result"))


def _failed(heard: Heard, said: str, words: str) -> Heard:
    """A failed call: with an error of the API, else for want of an answer."""
    found = _API_ERROR.search(said)
    if found is None:
        return heard._replace(fault=Fault.NO_ANSWER, words=words)
    told = Told(int(found[1]) if found[1] else None, (), found[2].strip())
    return heard._replace(told=told, fault=Fault.UNFINISHED if any(one in told.words for one in _CUT) else None)


def _words(message: Event) -> str:
    content = message.get("content")
    parts = [table(one) for one in content] if isinstance(content, list) else []
    return "".join(text(one.get("text")) for one in parts)


def _usage(spent: Event) -> Usage | None:
    read = count(spent.get("input_tokens"))
    if read is None:
        return None
    cached, written = count(spent.get("cache_read_input_tokens")), count(spent.get("output_tokens"))
    return Usage(tokens_in=read, tokens_cached=cached, tokens_out=written)


PRESET = Preset(
    program="qwen",
    title="Qwen Code",
    start=start,
    hear=hear,
    keys=(_KEY, "DASHSCOPE_API_KEY"),
    install="npm install -g @qwen-code/qwen-code",
    login="run `qwen` once and log in, or set OPENAI_API_KEY (and `base_url`)",
    settings=("model", "base_url"),
)

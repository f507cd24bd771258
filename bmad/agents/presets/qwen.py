"""Qwen Code, tried with 0.15.10: lines of JSON, the answer as the text that it ends with."""

import re
from collections.abc import Iterable

from bmad.agents.faults import Told
from bmad.agents.presets.form import Event, Heard, Preset, Start, Wanted, count, last, option, table, text
from bmad.model.agents import Fault
from bmad.model.spending import Usage

_API_ERROR = re.compile(r"\[API Error: (?:(\d{3}) )?(.*?)\]?\s*$", re.DOTALL)
_CUT = ("without a finish reason", "without finish reason", "empty response")
_KEY = "OPENAI_API_KEY"


def start(wanted: Wanted) -> Start:
    """`--bare`: it would start the servers that the repository's own `.qwen` names, and heed its `QWEN.md`.

    So it has no tool for an answer in a schema either, which the prompt holds, and reads no settings: how it logs
    in is said here, and its many retries of a limited account cannot be turned down.
    """
    agent = wanted.agent
    keyed = bool(wanted.environ.get(_KEY)) or agent.base_url is not None
    argv = (
        *("qwen", "--bare", "-o", "stream-json", "--approval-mode", "yolo", "--chat-recording", "false"),
        *option("-m", agent.model),
        *("--auth-type", "openai" if keyed else "qwen-oauth"),
    )
    environ = {"OPENAI_MODEL": agent.model} if agent.model is not None else {}
    if agent.base_url is not None:
        environ["OPENAI_BASE_URL"] = agent.base_url
        environ[_KEY] = wanted.environ.get(_KEY) or "none"
    return Start(argv, environ)


def hear(events: Iterable[Event]) -> Heard:
    """A failed call is told in brackets, as if it were the model's last words, and ends as if it were none."""
    every = list(events)
    result, wrote = last(every, "result"), last(every, "assistant")
    message = table(wrote.get("message"))
    heard = Heard(
        usage=_usage(table(result.get("usage"))),
        model=text(message.get("model")),
        session=text(result.get("session_id")) or text(last(every, "system").get("session_id")),
    )
    failed = _API_ERROR.search(_words(message))
    if failed is not None:
        told = Told(int(failed[1]) if failed[1] else None, (), failed[2].strip())
        return heard._replace(
            told=told, fault=Fault.UNFINISHED if any(one in told.words for one in _CUT) else None
        )
    if result.get("is_error") is True:
        words = text(table(result.get("error")).get("message")) or text(result.get("result"))
        return heard._replace(told=Told(words=words or "it does not say why"))
    return heard._replace(answer=text(result.get("result")) or None)


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
    holds_schema=False,
    install="npm install -g @qwen-code/qwen-code",
    login="run `qwen` once and log in, or set OPENAI_API_KEY (and `base_url`)",
    settings=("model", "base_url"),
)

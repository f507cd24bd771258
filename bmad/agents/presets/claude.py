"""Claude Code, tried with 2.1.197: `claude -p`, lines of JSON, the answer in the schema as `structured_output`."""

from collections.abc import Iterable

from bmad.agents.faults import Told
from bmad.agents.presets.form import (
    Event,
    Heard,
    Preset,
    Start,
    Wanted,
    count,
    last,
    option,
    price,
    table,
    text,
    total,
)
from bmad.model.agents import Fault
from bmad.model.spending import Usage

_EFFORTS = {"minimal": "low"}
"""Levels that it does not know, and the nearest one that it does."""
_SYNTHETIC = "<synthetic>"
"""The model of words that the program itself wrote."""
_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN")


def start(wanted: Wanted) -> Start:
    """Nothing of the repository's own `.claude` is loaded, neither its hooks nor its servers nor its rules."""
    agent = wanted.agent
    may = (
        ("--permission-mode", "acceptEdits", "--tools", "Bash,Edit,Read,Write,Grep,Glob")
        if wanted.writable
        else ("--permission-mode", "dontAsk", "--tools", "Bash,Read,Grep,Glob")
    )
    argv = (
        *("claude", "-p", "--output-format", "stream-json", "--verbose", "--json-schema", wanted.rules),
        *("--strict-mcp-config", "--setting-sources", "user", "--no-session-persistence", *may),
        *("--allowedTools", "Bash", *option("--model", agent.model)),
        *option("--effort", _EFFORTS.get(agent.effort or "", agent.effort)),
    )
    environ = {
        "CLAUDE_CODE_MAX_RETRIES": "3",
        "CLAUDE_CODE_DISABLE_AUTO_MEMORY": "1",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
    }
    if agent.base_url is not None:
        environ["ANTHROPIC_BASE_URL"] = agent.base_url
        if not any(wanted.environ.get(name) for name in _KEYS):
            environ["ANTHROPIC_API_KEY"] = "none"
    return Start(argv, environ)


def hear(events: Iterable[Event]) -> Heard:
    """`is_error` of the last `result` decides: its `subtype` says success of a failed call, too."""
    every = list(events)
    result = last(every, "result")
    heard = Heard(usage=_usage(result), model=_model(every), session=_session(every))
    if not result:
        return heard._replace(told=_retried(every[-1] if every else {}))
    if result.get("is_error") is not True:
        return heard._replace(answer=result.get("structured_output"))
    kinds = [text(result.get("stop_reason")), text(last(every, "assistant").get("error"))]
    status = result.get("api_error_status")
    words = text(result.get("result")) or "; ".join(map(text, result.get("errors") or ())) or _ended(result)
    limit = table(last(every, "rate_limit_event").get("rate_limit_info"))
    more = limit if limit.get("status") == "rejected" else {}
    told = Told(status if isinstance(status, int) else None, tuple(filter(None, kinds)), words, more=more)
    refused = result.get("stop_reason") == "refusal"
    return heard._replace(told=told, fault=Fault.DECLINED if refused else None)


def _retried(event: Event) -> Told | None:
    """The error for which it is asking again, where that is the last that is known of it."""
    if event.get("subtype") != "api_retry":
        return None
    status, kind = event.get("error_status"), text(event.get("error"))
    return Told(status if isinstance(status, int) else None, (kind,), f"{status} {kind.replace('_', ' ')}".strip())


def _ended(result: Event) -> str:
    return text(result.get("subtype")) or "it does not say why"


def _usage(result: Event) -> Usage | None:
    """What all models of the call spent, those that the program asks by the way included."""
    models = [table(one) for one in table(result.get("modelUsage")).values()]
    if not models:
        return None
    read = [count(one.get("inputTokens")) for one in models]
    cached = [count(one.get("cacheReadInputTokens")) for one in models]
    stored = [count(one.get("cacheCreationInputTokens")) for one in models]
    return Usage(
        tokens_in=total([*read, *cached, *stored]),
        tokens_cached=total(cached),
        tokens_out=total(count(one.get("outputTokens")) for one in models),
        usd=price(result.get("total_cost_usd")),
    )


def _model(events: Iterable[Event]) -> str:
    """The model that wrote last; `init` only says which one is to be asked."""
    named = [
        text(table(one.get("message")).get("model"))
        for one in events
        if one.get("type") == "assistant" and not one.get("parent_tool_use_id")
    ]
    return next((name for name in reversed(named) if name and name != _SYNTHETIC), "")


def _session(events: Iterable[Event]) -> str:
    return next((text(one["session_id"]) for one in events if one.get("session_id")), "")


PRESET = Preset(
    program="claude",
    title="Claude Code",
    start=start,
    hear=hear,
    keys=_KEYS,
    other=("CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY"),
    install="npm install -g @anthropic-ai/claude-code",
    login="run `claude` once and log in, run `claude setup-token`, or set ANTHROPIC_API_KEY",
    settings=("model", "effort", "base_url"),
)

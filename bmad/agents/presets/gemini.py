"""Gemini CLI, tried with 0.61.0: lines of JSON, the answer as the text that it ends with."""

import json
import re
from collections.abc import Iterable, Sequence

from bmad.agents.faults import Told
from bmad.agents.presets.form import (
    Event,
    Heard,
    Preset,
    Start,
    Wanted,
    count,
    kinds,
    last,
    of_type,
    option,
    sent,
    table,
    text,
)
from bmad.model.agents import Fault
from bmad.model.spending import Usage

_API_ERROR = re.compile(r"\[API Error: (.*?)\](?:\n|\s*$)", re.DOTALL)
_SETTINGS = ".gemini/settings.json"
_LEVELS = {"minimal": "MINIMAL", "low": "LOW", "medium": "MEDIUM"}
_BUDGETS = {"minimal": 1024, "low": 1024, "medium": 8192}
"""Tokens of thinking that Google itself takes an effort for, with models that know no level."""
_MOST = ("HIGH", 24_576)
_KEYS = ("GEMINI_API_KEY",)
_VERTEX = ("GOOGLE_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_GCA")


def start(wanted: Wanted) -> Start:
    """Its settings name how it logs in where a key is there: without that it takes no other server."""
    agent = wanted.agent
    argv = (
        *("gemini", "-o", "stream-json", "--approval-mode", "yolo", "--skip-trust"),
        *("-e", "none", *option("-m", agent.model)),
    )
    environ: dict[str, str] = {}
    if agent.base_url is not None:
        environ["GOOGLE_GEMINI_BASE_URL"] = agent.base_url
        environ["GEMINI_API_KEY"] = wanted.environ.get("GEMINI_API_KEY") or "none"
    keyed = agent.base_url is not None or bool(wanted.environ.get("GEMINI_API_KEY"))
    settings = {
        "privacy": {"usageStatisticsEnabled": False},
        "security": {"auth": {"selectedType": "gemini-api-key"}},
    }
    files = {_SETTINGS: json.dumps(settings)} if keyed else {}
    return Start(argv, environ, files, {_SETTINGS: _thinking(agent.effort, agent.model)} if agent.effort else {})


def _thinking(effort: str, model: str | None) -> Event:
    """Settings of how hard it thinks, for all of its chats: it has no option for that."""
    level = {"thinkingLevel": _LEVELS.get(effort, _MOST[0])}
    budget = {"thinkingBudget": _BUDGETS.get(effort, _MOST[1])}
    own = [] if model is None else [(model, budget if model.startswith("gemini-2") else level)]
    overrides = [
        {"match": {"model": name}, "modelConfig": {"generateContentConfig": {"thinkingConfig": config}}}
        for name, config in (("chat-base-3", level), ("chat-base-2.5", budget), *own)
    ]
    return {"modelConfigs": {"customOverrides": overrides}}


def hear(events: Iterable[Event]) -> Heard:
    every = list(events)
    result, stats = last(every, "result"), table(last(every, "result").get("stats"))
    heard = Heard(
        usage=_usage(stats),
        model=_model(table(stats.get("models"))),
        session=text(last(every, "init").get("session_id")),
    )
    error = table(result.get("error")) or table(last(every, "error"))
    if result.get("status") == "success":
        return heard._replace(answer=_said(every) or None)
    if error:
        return heard._replace(told=_told(text(error.get("message")), text(error.get("type"))))
    begun = bool(last(every, "init"))
    return heard._replace(fault=Fault.UNFINISHED, words="what it prints has no end") if begun else heard


def _said(events: Sequence[Event]) -> str:
    """What the model said behind its last use of a tool."""
    after: list[str] = []
    for event in of_type(events, "message", "tool_use", "tool_result"):
        if event["type"] != "message":
            after = []
        elif event.get("role") == "assistant":
            after.append(text(event.get("content")))
    return "".join(after)


def _told(words: str, kind: str) -> Told:
    """An error, in brackets and often as the JSON that the provider sent."""
    found = _API_ERROR.search(words)
    inner = found[1] if found else words
    error = sent(inner)
    status = error.get("code")
    named = kinds(kind.lower(), text(error.get("status")).lower())
    return Told(status if isinstance(status, int) else None, named, text(error.get("message")) or inner)


def _model(models: Event) -> str:
    """The one that wrote most."""
    wrote = {name: count(table(spent).get("output_tokens")) or 0 for name, spent in models.items()}
    most = max(wrote, key=lambda name: wrote[name], default="")
    return most if wrote.get(most) else ""


def _usage(stats: Event) -> Usage | None:
    read, whole = count(stats.get("input_tokens")), count(stats.get("total_tokens"))
    if read is None:
        return None
    written = count(stats.get("output_tokens"))
    if whole is not None and whole >= read:
        written = whole - read
    return Usage(tokens_in=read, tokens_cached=count(stats.get("cached")), tokens_out=written)


PRESET = Preset(
    program="gemini",
    title="Gemini CLI",
    start=start,
    hear=hear,
    keys=_KEYS,
    other=_VERTEX,
    install="npm install -g @google/gemini-cli",
    login="run `gemini` once and log in, or set GEMINI_API_KEY",
    holds_schema=False,
    settings=("model", "effort", "base_url"),
)

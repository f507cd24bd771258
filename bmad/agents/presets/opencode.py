"""OpenCode, tried with 1.18.33: `opencode run`, lines of JSON, the answer as the text that it ends with."""

import json
from collections.abc import Iterable, Mapping, Sequence

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
    price,
    sent,
    table,
    text,
    total,
)
from bmad.model.agents import Fault
from bmad.model.spending import Usage

_PROVIDER = "bmad"
"""The name that a server of the person's own (`base_url`) is reached by."""
_KEY = "OPENAI_API_KEY"
_ENDED = frozenset({"stop", "length", "content-filter", "error", "tool-calls"})
"""Why a step is over; `unknown` is a stream that was cut."""


def start(wanted: Wanted) -> Start:
    """`model` is `PROVIDER/MODEL`; where `base_url` is set, the model alone.

    The repository's own settings are left out, and so are plugins.
    """
    agent = wanted.agent
    own = agent.base_url is not None
    model = f"{_PROVIDER}/{agent.model}" if own and agent.model is not None else agent.model
    argv = (
        "opencode",
        "run",
        "--format",
        "json",
        "--pure",
        *option("-m", model),
        *option("--variant", agent.effort),
    )
    environ = {
        "OPENCODE_CONFIG_CONTENT": json.dumps(_settings(wanted)),
        "OPENCODE_DISABLE_PROJECT_CONFIG": "1",
        "OPENCODE_DISABLE_AUTOUPDATE": "1",
        "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
        "OPENCODE_DISABLE_CLAUDE_CODE": "1",
        "OPENCODE_DISABLE_SHARE": "1",
        **({"OPENCODE_DISABLE_MODELS_FETCH": "1"} if own else {}),
    }
    return Start(argv, environ)


def _settings(wanted: Wanted) -> Event:
    agent = wanted.agent
    may: Event = {"*": "allow", "external_directory": "allow"}
    settings: Event = {
        "permission": may if wanted.writable else {**may, "edit": "deny"},
        "share": "disabled",
        "autoupdate": False,
        "snapshot": False,
    }
    if agent.base_url is not None:
        options = {"baseURL": agent.base_url, "apiKey": f"{{env:{_KEY}}}" if wanted.environ.get(_KEY) else "none"}
        provider = {"npm": "@ai-sdk/openai-compatible", "name": _PROVIDER, "options": options}
        settings["provider"] = {
            _PROVIDER: {**provider, "models": {agent.model or "default": _thinking(agent.effort)}}
        }
    return settings


def _thinking(effort: str | None) -> Event:
    """A model of a server of the person's own: of such a one it knows no `--variant` that it is not told."""
    return {"reasoning": True, "variants": {effort: {"reasoningEffort": effort}}} if effort else {}


def hear(events: Iterable[Event]) -> Heard:
    every = list(events)
    ends = [table(one.get("part")) for one in of_type(every, "step_finish")]
    heard = Heard(
        usage=_usage(ends), session=next((text(one["sessionID"]) for one in every if "sessionID" in one), "")
    )
    error = table(last(every, "error").get("error"))
    if error and not _went_on(every):
        return heard._replace(told=_told(error))
    if ends and ends[-1].get("reason") not in _ENDED:
        return heard._replace(fault=Fault.UNFINISHED, words="the model's answer was cut off")
    return heard._replace(answer=_said(every) or None)


def _went_on(events: Sequence[Event]) -> bool:
    """Whether a step was finished behind the last error."""
    types = [one.get("type") for one in events]
    return "step_finish" in types[max((at for at, kind in enumerate(types) if kind == "error"), default=0) :]


def _said(events: Sequence[Event]) -> str:
    """What the model said in its last step."""
    after: list[str] = []
    for event in of_type(events, "text", "step_start"):
        if event["type"] == "step_start":
            after = []
        else:
            after.append(text(table(event.get("part")).get("text")))
    return "".join(after)


def _told(error: Mapping[str, object]) -> Told:
    data = table(error.get("data"))
    status, headers = data.get("statusCode"), table(data.get("responseHeaders"))
    inner = sent(text(data.get("responseBody")))
    named = kinds(inner.get("type"), inner.get("code"))
    told = {name: value for name, value in headers.items() if isinstance(value, str)}
    words = text(data.get("message")) or text(error.get("name"))
    return Told(status if isinstance(status, int) else None, named, words, told, inner)


def _usage(ends: Sequence[Event]) -> Usage | None:
    """The sum over the steps. A cost of nothing is that of a model whose price is not known."""
    if not ends:
        return None
    tokens = [table(one.get("tokens")) for one in ends]
    caches = [table(one.get("cache")) for one in tokens]
    cached = total(count(one.get("read")) for one in caches)
    stored = total(count(one.get("write")) for one in caches)
    cost = sum(price(one.get("cost")) or 0 for one in ends)
    return Usage(
        tokens_in=total([total(count(one.get("input")) for one in tokens), cached, stored]),
        tokens_cached=cached,
        tokens_out=total(count(one.get(name)) for one in tokens for name in ("output", "reasoning")),
        usd=cost or None,
    )


PRESET = Preset(
    program="opencode",
    title="OpenCode",
    start=start,
    hear=hear,
    keys=("OPENCODE_API_KEY",),
    install="npm install -g opencode-ai",
    login="run `opencode auth login`, or set the key of the provider that `model` names",
    holds_schema=False,
    settings=("model", "effort", "base_url"),
)

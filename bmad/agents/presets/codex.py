"""Codex, tried with 0.169.0: `codex exec --json`, the answer in the schema as its last message."""

import json
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
    total,
)
from bmad.model.agents import Fault
from bmad.model.spending import Usage

_EFFORTS = {"max": "xhigh"}
_CUT = ("stream closed before", "idle timeout waiting")
"""Words behind "stream disconnected" where it was cut, and not refused."""
_PATIENCE = "request_max_retries=2, stream_max_retries=2"
_OWN_KEY, _PROVIDERS_KEY = "CODEX_API_KEY", "OPENAI_API_KEY"


def start(wanted: Wanted) -> Start:
    """Under bmad's sandbox it gets none of its own, which would not start within another one.

    It is not to read `AGENTS.md` by itself: what of that counts is for the prompt to hold. What it runs gets none
    of the variables that are named as secrets are.
    """
    agent = wanted.agent
    effort = _EFFORTS.get(agent.effort or "", agent.effort)
    argv = (
        *("codex", "exec", "--json", "--ephemeral", "--skip-git-repo-check", "--color", "never"),
        *("--output-schema", str(wanted.schema), "-c", "project_doc_max_bytes=0"),
        *("-c", "shell_environment_policy.ignore_default_excludes=false"),
        *(*option("-m", agent.model), *_sandbox(wanted)),
        *(("-c", f"model_reasoning_effort={json.dumps(effort)}") if effort else ()),
        *(_provider(wanted, agent.base_url) if agent.base_url is not None else ()),
        "-",
    )
    key = wanted.environ.get(_OWN_KEY) or wanted.environ.get(_PROVIDERS_KEY)
    return Start(argv, {_OWN_KEY: key} if key else {})


def _sandbox(wanted: Wanted) -> tuple[str, ...]:
    if wanted.confined != "own":
        return ("--dangerously-bypass-approvals-and-sandbox",)
    if not wanted.writable:
        return ("-s", "read-only")
    added = (word for path in wanted.writes for word in ("--add-dir", str(path)))
    return ("-s", "workspace-write", *added)


def _provider(wanted: Wanted, url: str) -> tuple[str, ...]:
    """Another server than OpenAI's; it is given the key of the environment, and never a login."""
    key = f", env_key={json.dumps(_OWN_KEY)}" if wanted.environ.get(_OWN_KEY) or _keyed(wanted) else ""
    told = f'{{name="bmad", base_url={json.dumps(url)}, wire_api="responses", {_PATIENCE}{key}}}'
    return ("-c", 'model_provider="bmad"', "-c", f"model_providers.bmad={told}")


def _keyed(wanted: Wanted) -> bool:
    return bool(wanted.environ.get(_PROVIDERS_KEY))


def hear(events: Iterable[Event]) -> Heard:
    """Its `error` events may be passing ones: what decides is how the turn ended, else what came last of all."""
    every = list(events)
    end = last(every, "turn.completed", "turn.failed")
    heard = Heard(
        usage=_usage(list(of_type(every, "turn.completed"))),
        session=text(last(every, "thread.started").get("thread_id")),
    )
    if end.get("type") == "turn.completed":
        said = [table(one.get("item")) for one in of_type(every, "item.completed")]
        words = [text(one.get("text")) for one in said if one.get("type") == "agent_message"]
        return heard._replace(answer=words[-1] if words else None)
    error = table(end.get("error")) or next(of_type(every[-1:], "error"), {})
    if not error:
        return heard
    told = _told(text(error.get("message")))
    return heard._replace(told=told, fault=Fault.UNFINISHED if any(one in told.words for one in _CUT) else None)


def _told(words: str) -> Told:
    """An error; some are told as the JSON that the provider sent."""
    error = sent(words)
    return Told(None, kinds(error.get("type"), error.get("code")), text(error.get("message")) or words, more=error)


def _usage(turns: Sequence[Event]) -> Usage | None:
    """The last turn's, which counts those before it."""
    spent = table(turns[-1].get("usage")) if turns else {}
    read = count(spent.get("input_tokens"))
    if read is None:
        return None
    return Usage(
        tokens_in=read,
        tokens_cached=count(spent.get("cached_input_tokens")),
        tokens_out=total([count(spent.get("output_tokens"))]),
    )


PRESET = Preset(
    program="codex",
    title="Codex",
    start=start,
    hear=hear,
    keys=(_OWN_KEY, _PROVIDERS_KEY),
    install="npm install -g @openai/codex",
    login="run `codex login`, or set OPENAI_API_KEY",
    own_sandbox=("codex", "sandbox", "-c", 'sandbox_mode="workspace-write"', "--", "true"),
    settings=("model", "effort", "base_url"),
)

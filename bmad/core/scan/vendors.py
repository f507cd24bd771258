"""Whose model an agent works with, as far as its settings tell: two of one vendor tend to miss the same."""

import re
from pathlib import PurePath

from bmad.core.act.accounts import account
from bmad.model.settings import AgentSettings

_OF_PROGRAM = {
    "claude": "anthropic",
    "codex": "openai",
    "gemini": "google",
    "qwen": "alibaba",
    "copilot": "github",
    "grok": "xai",
    "vibe": "mistral",
}
_FAMILIES = {
    "anthropic": "claude|opus|sonnet|haiku",
    "openai": "gpt|o[1-9]|codex|chatgpt",
    "google": "gemini|gemma|palm",
    "alibaba": "qwen|qwq",
    "meta": "llama|codellama",
    "mistral": "mistral|mixtral|codestral|devstral|magistral|ministral",
    "deepseek": "deepseek",
    "xai": "grok",
    "zhipuai": "glm|chatglm",
    "moonshot": "kimi|moonshot",
    "microsoft": "phi",
}
_FAMILY = {
    vendor: re.compile(rf"(?:^|[/:._-])(?:{names})(?![a-z])", re.IGNORECASE) for vendor, names in _FAMILIES.items()
}


def vendor(agent: AgentSettings) -> str:
    """The name of a vendor; for a program that is not known that of its account, which tells it from others.

    What the model is called tells more than who hands it out; a router or local server has many vendors' models.
    """
    backend, _, named = (agent.use or "").partition(":")
    model = named or agent.model or ""
    family = next((name for name, reads in _FAMILY.items() if model and reads.search(model)), "")
    if family:
        return family
    program = PurePath(agent.command[0]).name if agent.command else backend
    if agent.base_url is None and (program in _OF_PROGRAM or backend in ("anthropic", "openai")):
        return _OF_PROGRAM.get(program, backend)
    return f"{account(agent)} {model}".rstrip()

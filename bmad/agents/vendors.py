"""What belongs to which coding agent: its provider's variables, its configuration, and what of that is the login.

An agent is known by the program that its command starts. One that is not known gets no key that is not named.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from types import MappingProxyType
from typing import NamedTuple

from bmad.model.settings import AgentSettings

Login = Mapping[str, tuple[str, ...]]
"""Files that hold a login -> the keys of their JSON that do; none means the whole file."""


class Vendor(NamedTuple):
    """`keys` are beginnings of variables' names. `folders` are its configuration, below the home folder.

    Where a variable says where the configuration is, `variable` names it, and `root` what it stands for below the
    home folder. `files` are configuration that lies beside the folders, and moves into them by that variable.
    `once` says where in a file of the login the token stands that renews it: such a token holds once, and to use a
    copy of it ends the person's own login. `always` are variables that its program gets in any case, `mentions`
    whether it takes `@NAME` in a prompt for a file to put in, and has no variable that keeps it from that.
    """

    keys: tuple[str, ...]
    folders: tuple[str, ...]
    login: Login
    variable: str = ""
    root: str = ""
    files: Login = MappingProxyType({})
    once: Mapping[str, tuple[str, str]] = MappingProxyType({})
    always: Mapping[str, str] = MappingProxyType({})
    mentions: bool = False


_AUTH = ("security", "selectedAuthType")
_VENDORS = {
    "claude": Vendor(
        ("ANTHROPIC_", "CLAUDE_"),
        (".claude",),
        {".claude/.credentials.json": ()},
        "CLAUDE_CONFIG_DIR",
        ".claude",
        {".claude.json": ("oauthAccount", "primaryApiKey", "customApiKeyResponses", "hasCompletedOnboarding")},
        {".claude/.credentials.json": ("claudeAiOauth", "refreshToken")},
        {"CLAUDE_CODE_DISABLE_ATTACHMENTS": "1"},
    ),
    "codex": Vendor(
        ("OPENAI_", "CODEX_"),
        (".codex",),
        {".codex/auth.json": ()},
        "CODEX_HOME",
        ".codex",
        once={".codex/auth.json": ("tokens", "refresh_token")},
    ),
    "gemini": Vendor(
        ("GEMINI_", "GOOGLE_"),
        (".gemini",),
        {
            ".gemini/oauth_creds.json": (),
            ".gemini/google_accounts.json": (),
            ".gemini/settings.json": _AUTH,
        },
        "GEMINI_CLI_HOME",
        mentions=True,
    ),
    "qwen": Vendor(
        ("QWEN_", "DASHSCOPE_", "OPENAI_"),
        (".qwen",),
        {".qwen/oauth_creds.json": (), ".qwen/settings.json": _AUTH},
        mentions=True,
    ),
    "opencode": Vendor(
        ("OPENCODE_",),
        (".config/opencode", ".local/share/opencode", ".local/state/opencode"),
        {".local/share/opencode/auth.json": ()},
    ),
    "goose": Vendor(
        ("GOOSE_",),
        (".config/goose", ".local/share/goose", ".local/state/goose"),
        {".config/goose/secrets.yaml": ()},
    ),
    "mini": Vendor(("MSWEA_",), (".config/mini-swe-agent",), {".config/mini-swe-agent/.env": ()}),
    "aider": Vendor(("AIDER_",), (".aider",), {}),
    "ollama": Vendor(("OLLAMA_",), (".ollama",), {}),
    "deepseek": Vendor(("DEEPSEEK_",), (), {}),
    "grok": Vendor(("XAI_", "GROK_"), (".grok",), {}),
    "vibe": Vendor(("MISTRAL_", "VIBE_"), (".vibe",), {}),
    "copilot": Vendor(("COPILOT_",), (".copilot",), {".copilot/config.json": ()}),
}
_ROUTING = frozenset({"opencode"})
"""Agents of nobody's own models: `model` begins with the name of a provider."""
_MORE_KEYS = {"google": ("GEMINI_",), "zhipuai": ("ZHIPU_",)}
_PACKAGES = {
    "claude-code": "claude",
    "gemini-cli": "gemini",
    "qwen-code": "qwen",
    "opencode-ai": "opencode",
    "aider-chat": "aider",
    "mini-swe-agent": "mini",
}
"""Packages that bear another name than their program."""
_STARTERS = frozenset({"npx", "bunx", "uvx", "pipx", "env"})
"""Programs that start the one that is named behind their own words."""
NOBODYS = Vendor((), (), {})


def vendor_of(agent: AgentSettings) -> Vendor:
    """Whose agent it is: its preset's, else its command's."""
    if agent.command is not None or agent.use is None:
        return vendor(agent.command or ())
    own = _VENDORS.get(agent.use, NOBODYS)
    return own._replace(keys=(*own.keys, *_routed(agent))) if agent.use in _ROUTING else own


def _routed(agent: AgentSettings) -> tuple[str, ...]:
    """The keys of the provider that the model of an agent for all providers is of."""
    if agent.base_url is not None:
        return ("OPENAI_",)
    provider, slash, _ = (agent.model or "").partition("/")
    return (f"{re.sub('[^A-Z0-9]', '_', provider.upper())}_", *_MORE_KEYS.get(provider, ())) if slash else ()


def vendor(command: Sequence[str]) -> Vendor:
    """Whose agent a command starts, by the program's name; nobody's where it is not known."""
    program, *rest = command or ("",)
    name = PurePath(program).name
    if name in _STARTERS:
        words = (word for word in rest if not word.startswith("-") and "=" not in word and word != "run")
        name = _named(next(words, ""))
    return _VENDORS.get(_PACKAGES.get(name, name), NOBODYS)


def _named(package: str) -> str:
    """`codex` of `@openai/codex@1.2`."""
    last = PurePath(package).name
    return last.partition("@")[0] or last


def configurations() -> frozenset[str]:
    """The paths below the home folder that hold the configuration of any agent."""
    return frozenset(name for one in _VENDORS.values() for name in (*one.folders, *one.files))

"""Where a model is reached and with which key; no key goes where it does not belong.

The provider's own key goes to the provider, and to another address over TLS or on this machine; never in clear to
another machine. A variable that the agent's `env` names is meant for that address, whatever it is.
"""

import ipaddress
from collections.abc import Mapping
from typing import Literal, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from bmad.agents.redacting import is_secret
from bmad.model.agents import Fault
from bmad.model.settings import AgentSettings

Api = Literal["messages", "chat", "responses"]

NO_KEY = "none"
"""What stands for a key where the server wants none: the SDKs insist on one."""
_KEYS = {"anthropic": ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"), "openai": ("OPENAI_API_KEY",)}
_ADDRESS = {"anthropic": "ANTHROPIC_BASE_URL", "openai": "OPENAI_BASE_URL"}


class NoAccessError(Exception):
    """Why there is no reaching the model, as the end of a sentence."""

    def __init__(self, words: str, fault: Fault) -> None:
        super().__init__(words)
        self.fault = fault


class Access(NamedTuple):
    """`url` is None for the provider itself. `bearer` says that the key is a token and no API key."""

    provider: str
    model: str
    api: Api
    url: str | None
    key: str
    bearer: bool
    here: bool
    """Whether it is on this machine."""

    @property
    def host(self) -> str:
        """Where it is, without what an address may hold of a login; empty for the provider itself."""
        return urlsplit(self.url or "").netloc.rpartition("@")[2]


def access(agent: AgentSettings, environ: Mapping[str, str]) -> Access:
    """How the model of `use: PROVIDER:MODEL` is reached. Raises: NoAccessError."""
    provider, _, model = (agent.use or "").partition(":")
    url = _address(agent.base_url or environ.get(_ADDRESS[provider]), provider)
    host = _host(url) if url else ""
    name = _variable(agent, environ, provider, held=bool(url) and not _safe(url or "", host))
    if not name and url is None:
        raise NoAccessError(
            f"has no key: set {_KEYS[provider][0]} in the environment that bmad runs in", Fault.LOGIN
        )
    key = environ[name].strip() if name else NO_KEY
    bearer = name == "ANTHROPIC_AUTH_TOKEN"
    return Access(provider, model, _api(agent, provider, url), url, key, bearer, _is_here(host))


def _api(agent: AgentSettings, provider: str, url: str | None) -> Api:
    if provider == "anthropic":
        return "messages"
    return agent.api or ("chat" if url else "responses")


def _variable(agent: AgentSettings, environ: Mapping[str, str], provider: str, *, held: bool) -> str:
    """The variable that holds the key; empty where there is none, or it is `held` back."""
    named = [name for name in agent.env if environ.get(name, "").strip() and is_secret(name)]
    own = [] if held else [name for name in _KEYS[provider] if environ.get(name, "").strip()]
    return next(iter([*named, *own]), "")


def _address(told: str | None, provider: str) -> str | None:
    """An address as the SDK wants it: OpenAI's with `/v1`, Anthropic's without. Raises: NoAccessError."""
    if not told:
        return None
    try:
        parts = urlsplit(told.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError  # noqa: TRY301 - urlsplit raises the same
    except ValueError:
        words = f"has no address: `base_url` should be like http://127.0.0.1:8080/v1, not {told}"
        raise NoAccessError(words, Fault.MISCONFIGURED) from None
    path = parts.path.rstrip("/")
    if provider == "anthropic":
        path = path.removesuffix("/v1")
    elif not path:
        path = "/v1"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _safe(url: str, host: str) -> bool:
    return url.startswith("https:") or _is_here(host)


def _is_here(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")

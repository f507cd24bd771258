"""Where a model is reached, by which wire format, and which key goes there."""

from typing import Any

import pytest

from bmad.agents.sdk.access import NO_KEY, NoAccessError, access
from bmad.model.agents import Fault
from bmad.model.settings import AgentSettings

KEYS = {"ANTHROPIC_API_KEY": "sk-ant", "OPENAI_API_KEY": "sk-oai", "ROUTER_API_KEY": "sk-router", "PATH": "/bin"}


def agent(use: str, **more: Any) -> AgentSettings:
    return AgentSettings(use=use, **more)


def test_the_provider_itself_gets_its_own_key() -> None:
    claude, gpt = access(agent("anthropic:claude-x"), KEYS), access(agent("openai:gpt-x:tuned"), KEYS)
    assert (claude.api, claude.model, claude.url, claude.key) == ("messages", "claude-x", None, "sk-ant")
    assert (gpt.api, gpt.model, gpt.url, gpt.key) == ("responses", "gpt-x:tuned", None, "sk-oai")


def test_elsewhere_chat_is_spoken_unless_it_is_said_otherwise() -> None:
    assert access(agent("openai:m", base_url="http://localhost:1/v1"), KEYS).api == "chat"
    assert access(agent("openai:m", base_url="http://localhost:1/v1", api="responses"), KEYS).api == "responses"
    assert access(agent("openai:m", api="chat"), KEYS).api == "chat"


ADDRESSES = [
    ("openai:m", "http://localhost:11434", "http://localhost:11434/v1"),
    ("openai:m", "http://localhost:11434/v1/", "http://localhost:11434/v1"),
    ("openai:m", "https://router.example/api/v1", "https://router.example/api/v1"),
    ("anthropic:m", "http://127.0.0.1:8080/v1", "http://127.0.0.1:8080"),
    ("anthropic:m", "https://gate.example/anthropic/", "https://gate.example/anthropic"),
]


@pytest.mark.parametrize(("use", "told", "url"), ADDRESSES)
def test_an_address_is_made_as_the_sdk_wants_it(use: str, told: str, url: str) -> None:
    assert access(agent(use, base_url=told), KEYS).url == url


WHO = [
    ("http://127.0.0.1:8080/v1", (), "sk-oai"),
    ("http://[::1]:8080/v1", (), "sk-oai"),
    ("https://router.example/v1", (), "sk-oai"),
    ("http://gpu.example:8000/v1", (), NO_KEY),
    ("http://localhost.example/v1", (), NO_KEY),
    ("http://192.168.1.7:8000/v1", (), NO_KEY),
    ("http://gpu.example:8000/v1", ("ROUTER_API_KEY",), "sk-router"),
    ("https://router.example/v1", ("PATH", "ROUTER_API_KEY"), "sk-router"),
]


@pytest.mark.parametrize(("url", "env", "key"), WHO)
def test_no_key_goes_in_clear_to_another_machine_unless_it_is_named(
    url: str, env: tuple[str, ...], key: str
) -> None:
    assert access(agent("openai:m", base_url=url, env=env), KEYS).key == key


def test_a_local_server_works_without_a_key() -> None:
    assert access(agent("openai:m", base_url="http://localhost:1"), {}).key == NO_KEY
    assert access(agent("anthropic:m", base_url="http://localhost:1"), {}).key == NO_KEY


@pytest.mark.parametrize(("use", "name"), [("anthropic:m", "ANTHROPIC_API_KEY"), ("openai:m", "OPENAI_API_KEY")])
def test_without_a_key_the_provider_is_not_asked(use: str, name: str) -> None:
    with pytest.raises(NoAccessError, match=name) as refused:
        access(agent(use), {name: " "})
    assert refused.value.fault is Fault.LOGIN


def test_addresses_and_tokens_of_the_environment_count_as_the_sdks_have_it() -> None:
    token = access(
        agent("anthropic:m"), {"ANTHROPIC_AUTH_TOKEN": "t", "ANTHROPIC_BASE_URL": "https://gate.example"}
    )
    assert (token.bearer, token.key, token.url) == (True, "t", "https://gate.example")
    assert access(agent("anthropic:m"), {"ANTHROPIC_AUTH_TOKEN": "t", "ANTHROPIC_API_KEY": "k"}).bearer is False


@pytest.mark.parametrize("told", ["localhost:11434", "ftp://x/v1", "http://", "http://[::1/v1"])
def test_what_is_no_address_is_told(told: str) -> None:
    with pytest.raises(NoAccessError, match="base_url") as refused:
        access(agent("openai:m", base_url=told), KEYS)
    assert refused.value.fault is Fault.MISCONFIGURED


def test_a_login_in_an_address_is_not_shown() -> None:
    assert access(agent("openai:m", base_url="https://me:secret@gate.example:8/v1"), KEYS).host == "gate.example:8"

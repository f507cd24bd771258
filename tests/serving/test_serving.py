"""The scripted server, as the providers' own clients see it."""

import json
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from tests.serving import faults
from tests.serving.script import Call, Cut, Say, Script, Spent, call, done, turns
from tests.serving.server import ModelServer

if TYPE_CHECKING:
    import anthropic
    import openai

TOOL = {"type": "object", "properties": {"path": {"type": "string"}}}
SPENT = Spent(read=100, cached=40, stored=10, written=7)


def clients(provider: str) -> Any:
    """The module of a provider's client: only who runs these tests loads it, since that takes seconds."""
    return import_module(provider)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(turns(call("read", path="a.txt"), Say("Done.", spent=SPENT))) as running:
        yield running


@pytest.fixture
def claude(server: ModelServer) -> "Iterator[anthropic.Anthropic]":
    with clients("anthropic").Anthropic(base_url=server.url, api_key="k", max_retries=0) as client:
        yield client


@pytest.fixture
def gpt(server: ModelServer) -> "Iterator[openai.OpenAI]":
    with clients("openai").OpenAI(base_url=server.v1, api_key="k", max_retries=0) as client:
        yield client


@pytest.mark.parametrize("streams", [True, False])
def test_messages(server: ModelServer, claude: "anthropic.Anthropic", streams: bool) -> None:
    said: list[Any] = [{"role": "user", "content": "Read it."}]
    asked: dict[str, Any] = {
        "model": "claude-x",
        "max_tokens": 99,
        "tools": [{"name": "read", "input_schema": TOOL}],
    }

    def ask() -> Any:
        if not streams:
            return claude.messages.create(messages=said, **asked)
        with claude.messages.stream(messages=said, **asked) as stream:
            return stream.get_final_message()

    first = ask()
    assert (first.stop_reason, first.content[0].name) == ("tool_use", "read")
    assert first.content[0].input == {"path": "a.txt"}
    said += [
        {"role": "assistant", "content": first.content},
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": first.content[0].id, "content": "one"}],
        },
    ]
    last = ask()
    assert (last.stop_reason, last.content[0].text) == ("end_turn", "Done.")
    usage = last.usage
    assert (usage.input_tokens, usage.cache_read_input_tokens, usage.output_tokens) == (50, 40, 7)
    assert [(one.turn, one.results, one.prompt) for one in server.asked] == [
        (0, (), "Read it."),
        (1, ("one",), "Read it."),
    ]


@pytest.mark.parametrize("streams", [True, False])
def test_responses(server: ModelServer, gpt: "openai.OpenAI", streams: bool) -> None:
    said: list[Any] = [{"role": "user", "content": "Read it."}]
    tool: Any = {"type": "function", "name": "read", "parameters": TOOL, "strict": False}

    def ask() -> Any:
        if not streams:
            return gpt.responses.create(model="gpt-x", input=said, tools=[tool])
        with gpt.responses.stream(model="gpt-x", input=said, tools=[tool]) as stream:
            return stream.get_final_response()

    [item] = ask().output
    assert (item.type, item.name, json.loads(item.arguments)) == ("function_call", "read", {"path": "a.txt"})
    said += [item, {"type": "function_call_output", "call_id": item.call_id, "output": "one"}]
    last = ask()
    assert (last.status, last.output_text) == ("completed", "Done.")
    assert (last.usage.input_tokens, last.usage.input_tokens_details.cached_tokens) == (100, 40)
    assert [(one.turn, one.results) for one in server.asked] == [(0, ()), (1, ("one",))]


@pytest.mark.parametrize("streams", [True, False])
def test_chat(server: ModelServer, gpt: "openai.OpenAI", streams: bool) -> None:
    said: list[Any] = [{"role": "user", "content": "Read it."}]
    tool: Any = {"type": "function", "function": {"name": "read", "parameters": TOOL}}

    def ask() -> Any:
        if not streams:
            return gpt.chat.completions.create(model="gpt-x", messages=said, tools=[tool])
        counted: Any = {"include_usage": True}
        with gpt.chat.completions.stream(
            model="gpt-x", messages=said, tools=[tool], stream_options=counted
        ) as stream:
            return stream.get_final_completion()

    first = ask().choices[0]
    [made] = first.message.tool_calls
    assert (first.finish_reason, made.function.name, json.loads(made.function.arguments)["path"]) == (
        "tool_calls",
        "read",
        "a.txt",
    )
    function = {"name": "read", "arguments": made.function.arguments}
    said += [
        {"role": "assistant", "tool_calls": [{"id": made.id, "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": made.id, "content": "one"},
    ]
    last = ask()
    assert (last.choices[0].finish_reason, last.choices[0].message.content) == ("stop", "Done.")
    assert (last.usage.prompt_tokens, last.usage.prompt_tokens_details.cached_tokens) == (100, 40)
    assert [(one.turn, one.results) for one in server.asked] == [(0, ()), (1, ("one",))]


@pytest.mark.parametrize(
    "name", ["bad-request", "login", "forbidden", "no-model", "rate-limit", "server", "overload"]
)
def test_faults_come_as_the_providers_send_them(
    server: ModelServer, claude: "anthropic.Anthropic", gpt: "openai.OpenAI", name: str
) -> None:
    server.script = lambda asked: faults.fault(asked.api, name)
    with pytest.raises(clients("anthropic").APIStatusError) as first:
        claude.messages.create(model="claude-x", max_tokens=9, messages=[{"role": "user", "content": "?"}])
    assert first.value.status_code == faults.ANTHROPIC[name].status
    with pytest.raises(clients("openai").APIStatusError) as second:
        gpt.responses.create(model="gpt-x", input="?")
    assert (second.value.status_code, second.value.code) == (faults.OPENAI[name].status, faults.OPENAI[name].code)


@pytest.mark.parametrize("quietly", [True, False])
def test_a_stream_can_be_cut_within(server: ModelServer, gpt: "openai.OpenAI", quietly: bool) -> None:
    server.script = turns(Cut(Say("A long answer."), quietly=quietly))
    with pytest.raises((clients("openai").APIConnectionError, RuntimeError)):  # noqa: SIM117 - one call
        with gpt.responses.stream(model="gpt-x", input="?") as stream:
            stream.get_final_response()


def test_refusals_schemas_and_cuts_at_length(
    server: ModelServer, claude: "anthropic.Anthropic", gpt: "openai.OpenAI"
) -> None:
    answers: Script = turns(Say("No.", stop="refusal"))
    server.script = answers
    ask: Any = [{"role": "user", "content": "?"}]
    declined = claude.messages.create(model="claude-x", max_tokens=9, messages=ask)
    assert declined.stop_reason == "refusal"
    message = gpt.chat.completions.create(model="gpt-x", messages=ask).choices[0].message
    assert (message.content, message.refusal) == (None, "No.")
    server.script = turns(done({"a": 1})._replace(stop="length"))
    form: Any = {"format": {"type": "json_schema", "name": "a", "schema": TOOL}}
    response = gpt.responses.create(model="gpt-x", input="?", text=form)
    assert (response.status, response.output_text) == ("incomplete", '{"a": 1}')
    assert server.asked[-1].schema == TOOL


def test_it_answers_what_real_clients_ask_beside(
    server: ModelServer, claude: "anthropic.Anthropic", gpt: "openai.OpenAI"
) -> None:
    assert [one.id for one in claude.models.list()] == ["claude-x", "gpt-x"]
    assert [one.id for one in gpt.models.list()] == ["claude-x", "gpt-x"]
    counted = claude.messages.count_tokens(model="claude-x", messages=[{"role": "user", "content": "?"}])
    assert counted.input_tokens > 0
    with closing(HTTPConnection(server.url.removeprefix("http://"))) as line:
        line.request("HEAD", "/")
        assert line.getresponse().status == 200
    assert server.asked == []
    assert [one.partition("?")[0] for one in server.others] == [
        "GET /v1/models",
        "GET /v1/models",
        "POST /v1/messages/count_tokens",
        "HEAD /",
    ]


def test_a_key_is_asked_for_and_arguments_may_be_broken(server: ModelServer, gpt: "openai.OpenAI") -> None:
    server.key = "right"
    with pytest.raises(clients("openai").AuthenticationError):
        gpt.responses.create(model="gpt-x", input="?")
    server.key = "k"
    server.script = turns(Say(calls=(Call("read", '{"path": '),)))
    [item] = gpt.responses.create(model="gpt-x", input="?").output
    assert item.type == "function_call"
    assert item.arguments == '{"path": '

"""The server for agents, asked over stdin and stdout by the client of its own protocol."""

import asyncio
import hashlib
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import jsonschema
import pytest

from bmad.cli.mcp import MOST, TOOLS, answered
from bmad.errors import UsageError
from bmad.store.schemas import shipped
from bmad.wiring import open_app
from tests.program import git, inside
from tests.specs import adopt_small, write

if TYPE_CHECKING:
    from mcp import ClientSession

Asking = Callable[["ClientSession"], Awaitable[Any]]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    root.mkdir()
    adopt_small(root)
    write(tmp_path, {"secret.py": "s = 1\n"})
    write(root, {"src/find.py": "x = 1\n"})
    git("add", ".", cwd=root)
    git("commit", "--quiet", "-m", "Work\n\nStory: STORY-find01", cwd=root)
    return root


def files(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def ask(repo: Path, asking: Asking) -> Any:
    """What a client is told by a server that was started elsewhere than in the repository."""
    from mcp import ClientSession, StdioServerParameters  # noqa: PLC0415 - a second, for who runs these tests
    from mcp.client.stdio import stdio_client  # noqa: PLC0415

    words = ["-m", "bmad", "mcp", "--repo", str(repo)]
    server = StdioServerParameters(command=sys.executable, args=words, env=dict(os.environ), cwd=repo.parent)

    async def told(said: TextIO) -> Any:
        streams = stdio_client(server, errlog=said)
        async with streams as (reads, writes), ClientSession(reads, writes) as client:
            await client.initialize()
            return await asking(client)

    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        return asyncio.run(told(nowhere))


CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("trace", {"query": "src/find.py:1"}),
    ("trace", {"query": "STORY-find01", "rev": "HEAD"}),
    ("show", {"id": "STORY-find01"}),
    ("impact", {"ids": ["INT-req001"]}),
    ("next", {}),
    ("prompt", {"story": "STORY-find01", "role": "creator"}),
)
WRONG: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("trace", {"query": "../secret.py:1"}, "lies outside the repository"),
    ("trace", {"query": "/etc/passwd"}, "lies outside the repository"),
    ("trace", {"query": "x" * 500}, "maxLength 400"),
    ("trace", {}, "required"),
    ("trace", {"query": "HEAD", "more": 1}, "additionalProperties"),
    ("trace", {"query": "--output=/tmp/x"}, "is no file"),
    ("trace", {"query": "HEAD", "rev": "--exec=x"}, "is no name of a revision"),
    ("show", {"id": "STORY-fimd01"}, "Did you mean STORY-find01"),
    ("impact", {"ids": []}, "ids of impact does not fit: minItems 1"),
    ("prompt", {"story": "STORY-find01", "role": "nobody"}, "is no role"),
    ("write", {}, "There is no tool"),
)


def test_a_client_is_answered_as_the_program_answers_and_nothing_is_written(repo: Path) -> None:
    before = files(repo.parent), files(Path(os.environ["HOME"]))

    async def asking(client: "ClientSession") -> Any:
        tools = (await client.list_tools()).tools
        right = [await client.call_tool(name, asked) for name, asked in CALLS]
        wrong = [await client.call_tool(name, asked) for name, asked, _ in WRONG]
        return tools, right, wrong

    tools, right, wrong = ask(repo, asking)
    assert (files(repo.parent), files(Path(os.environ["HOME"]))) == before
    assert [one.name for one in tools] == list(TOOLS)
    assert all(one.annotations.read_only_hint and one.output_schema for one in tools)
    for (name, _), answer in zip(CALLS, right, strict=True):
        assert not answer.is_error, answer
        told = json.loads(answer.content[0].text)
        assert told == answer.structured_content
        jsonschema.validate(told, json.loads(shipped(TOOLS[name].report)))
    told = [one.structured_content for one in right]
    assert told[0]["lines"][0]["story"] == "STORY-find01"
    assert told[1] == json.loads(inside("trace", "STORY-find01", "--json", cwd=repo).out)
    assert told[2] == json.loads(inside("show", "STORY-find01", "--json", cwd=repo).out)
    assert told[3] == json.loads(inside("impact", "INT-req001", "--json", cwd=repo).out)
    assert [one["id"] for one in told[4]["stories"]] == told[4]["next_up"] == ["STORY-store1"]
    assert "STORY-find01" in told[5]["text"]
    for (name, asked, words), answer in zip(WRONG, wrong, strict=True):
        assert answer.is_error, (name, asked)
        assert words in answer.content[0].text, answer.content[0].text


def test_it_answers_for_what_stands_there_at_that_moment(repo: Path) -> None:
    async def asking(client: "ClientSession") -> Any:
        first = await client.call_tool("show", {"id": "STORY-store1"})
        path = repo / "stories/STORY-store1-store-a-note.md"
        path.write_text(path.read_text(encoding="utf-8").replace("Store a note", "Keep a note"), encoding="utf-8")
        broken = repo / "bmad.yaml"
        second = await client.call_tool("show", {"id": "STORY-store1"})
        broken.write_text(": [", encoding="utf-8")
        return first, second, await client.call_tool("show", {"id": "STORY-store1"})

    first, second, third = ask(repo, asking)
    assert first.structured_content["node"]["title"] == "Store a note"
    assert second.structured_content["node"]["title"] == "Keep a note"
    assert third.is_error
    assert "bmad.yaml" in third.content[0].text


def test_an_answer_that_is_too_long_is_refused_with_what_to_ask_instead(repo: Path) -> None:
    write(repo, {"src/find.py": f"x = {'1' * 90}\n" * 2000})
    git("commit", "--quiet", "-am", "More\n\nStory: STORY-find01", cwd=repo)
    with pytest.raises(UsageError, match=r"at most 100,000 are given; name some lines: FILE:FIRST-LAST"):
        answered(open_app(repo), "trace", {"query": "src/find.py"})
    assert len(answered(open_app(repo), "trace", {"query": "src/find.py:1-20"}).as_line()) < MOST


def test_without_the_library_it_says_what_to_install(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    ended = inside("mcp", cwd=repo)
    assert (ended.code, "pip install 'bmad[mcp]'" in ended.err) == (3, True)
    listed: Mapping[str, Any] = json.loads(inside("mcp", "--list", cwd=repo).out)
    assert set(listed) == set(TOOLS)

"""Every command of bmad that its own words or documents name is one, with the options that they name."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from bmad.cli.app import app
from bmad.cli.commands import COMMANDS

ROOT = Path(__file__).parent.parent

_NAMED = re.compile(r"\bbmad ([a-z][a-z-]*)([^`\n;()]*)")
_END = re.compile(r"(?:: |, | · | (?:and|or|then|goes|takes|refuses|does|writes|shows|&&)(?: |$)|\.(?: |$))")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")

_INTRODUCED = re.compile(r"(?:`|\$ |: |&& |\()$")
"""What stands before a command; elsewhere a word behind the program's name may be a verb."""


@cache
def options(name: str) -> frozenset[str]:
    """The options of a command and of those below it."""
    group: Any = get_command(app)
    found: set[str] = set()
    waiting = [group.get_command(None, name)]
    while waiting:
        command = waiting.pop()
        found |= {option for param in command.params for option in getattr(param, "opts", ())}
        found |= {option for param in command.params for option in getattr(param, "secondary_opts", ())}
        waiting += getattr(command, "commands", {}).values()
    return frozenset({*found, "--help"})


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """The strings of a module but for its docstrings, formatted ones with `{}` for what is filled in.

    Most modules say nothing of the program, and are not parsed.
    """
    source = path.read_text(encoding="utf-8")
    if "bmad " not in source.replace("from bmad import", ""):
        return
    tree = ast.parse(source)
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    inner |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node.lineno, node.value


def wrong(text: str) -> list[str]:
    """The commands of a text that are none, or not with what is said with them."""
    found = []
    for match in _NAMED.finditer(text):
        name, told = match[1], _END.split(match[2])[0]
        if name not in COMMANDS:
            found += [match[0]] if _INTRODUCED.search(text[: match.start()]) else []
        else:
            found += [f"bmad {name} {one}" for one in _OPTION.findall(told) if one not in options(name)]
    return found


def test_i_every_command_that_the_program_names_exists() -> None:
    named = [(path, *one) for path in sorted((ROOT / "bmad").rglob("*.py")) for one in texts(path)]
    assert len([text for *_, text in named if "bmad " in text]) > 100
    assert [(str(path), line, one) for path, line, text in named for one in wrong(text)] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md"])
def test_i_every_command_that_a_document_names_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    fences = "\n".join(re.findall(r"```(?:console|yaml|sh)\n(.*?)```", text, flags=re.DOTALL))
    shown = [line for line in fences.splitlines() if re.search(r"(?:^\s*\$|run:) bmad ", line)]
    assert [one for told in (*spans, *shown) for one in wrong(told)] == []


def test_i_a_command_that_is_none_is_found() -> None:
    assert wrong("see: bmad inboxes") == ["bmad inboxes"]
    assert wrong("run `bmad act {} --now`, or bmad accept --all") == ["bmad act --now"]
    assert wrong("bmad has no branch; see `bmad has`") == ["bmad has"]
    assert wrong("bmad has no branch; bmad confirm X --why REASON and bmad act --again go on") == []

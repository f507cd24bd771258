"""The floors: which room may import which, held over the syntax tree."""

import ast
import re
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent / "bmad"

MAY = {
    "errors": set(),
    "model": {"errors"},
    "git": {"model", "errors"},
    "store": {"model", "errors"},
    "agents": {"model", "errors"},
    "render": {"model", "errors"},
    "core": {"model", "errors"},
    "ports": {"model", "errors"},
    "pipeline": {"core", "ports", "model", "errors"},
    "wiring": {"core", "ports", "git", "store", "agents", "render", "model", "errors"},
    "cli": {"wiring", "pipeline", "render", "model", "errors", "__init__"},
    "hooked": {"core", "git", "store", "model", "errors"},
    "__main__": {"cli", "hooked", "wiring", "pipeline", "render", "model", "errors"},
    "__init__": set(),
}
"""A room -> the rooms it may import besides itself."""


def room_of(parts: tuple[str, ...]) -> str:
    return parts[0].removesuffix(".py") if parts else "__init__"


class Parsed(NamedTuple):
    """What the floors ask of a file: its imports and its calls, wherever in it they stand."""

    imports: tuple[ast.Import | ast.ImportFrom, ...]
    calls: tuple[ast.Call, ...]


@cache
def parsed(file: Path) -> Parsed:
    nodes = list(ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))))
    return Parsed(
        tuple(node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))),
        tuple(node for node in nodes if isinstance(node, ast.Call)),
    )


def imports(file: Path) -> set[str]:
    """The rooms of bmad that a file imports."""
    found: set[str] = set()
    for node in parsed(file).imports:
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide which room is meant"
            names = [
                f"{node.module}.{alias.name}" if node.module == "bmad" else node.module or ""
                for alias in node.names
            ]
        else:
            names = [alias.name for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "bmad":
                room = parts[1] if len(parts) > 1 else "__init__"
                found.add(room if (ROOT / room).is_dir() or (ROOT / f"{room}.py").exists() else "__init__")
    return found


FILES = sorted(path.relative_to(ROOT) for path in ROOT.rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=str)
def test_no_room_imports_upward(file: Path) -> None:
    room = room_of(file.parts)
    assert room in MAY, f"{room} is new: give it its place in MAY"
    wrong = imports(file) - MAY[room] - {room}
    assert not wrong, f"{file} imports {sorted(wrong)}"


@pytest.mark.parametrize("file", FILES, ids=str)
def test_only_one_place_reads_the_environment(file: Path) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    if file.as_posix() != "wiring.py":
        assert "os.environ" not in text
        assert "getenv" not in text


@pytest.mark.parametrize("file", FILES, ids=str)
def test_only_git_and_agents_start_processes_and_none_a_shell(file: Path) -> None:
    if file.parts[0] not in ("git", "agents"):
        assert "subprocess" not in _modules(file)
    assert not [word for node in parsed(file).calls for word in node.keywords if word.arg == "shell"]


def _modules(file: Path) -> set[str]:
    """The modules that a file imports, or imports from."""
    found: set[str] = set()
    for node in parsed(file).imports:
        found |= {node.module or ""} if isinstance(node, ast.ImportFrom) else {one.name for one in node.names}
    return found


@pytest.mark.parametrize("file", FILES, ids=str)
def test_files_stay_readable(file: Path) -> None:
    """No drawer: a file over 420 lines has become two."""
    assert len((ROOT / file).read_text(encoding="utf-8").splitlines()) <= 420


_MODULES = {"markdown-it-py": "markdown_it", "pyyaml": "yaml"}
"""Packages whose module bears another name."""


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    told = tomllib.loads((ROOT.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.split(r"[<>=!~\[; ]", one, maxsplit=1)[0] for one in told}
    declared = {_MODULES.get(name, name) for name in names}
    imported = {name.partition(".")[0] for file in FILES for name in _modules(file)}
    assert imported - set(sys.stdlib_module_names) - {"bmad"} == declared

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
    "platforms": set(),
    "model": {"errors"},
    "git": {"platforms", "model", "errors"},
    "store": {"platforms", "model", "errors"},
    "agents": {"platforms", "model", "errors"},
    "render": {"model", "errors", "__init__"},
    "core": {"model", "errors"},
    "ports": {"model", "errors"},
    "pipeline": {"core", "ports", "model", "errors"},
    "wiring": {"shared", "screen", "core", "ports", "git", "store", "agents", "render", "model", "errors"},
    "shared": {"wiring", "core", "ports", "git", "store", "agents", "render", "model", "errors"},
    "screen": set(),
    "needs": {"screen", "git", "store", "agents", "model", "errors"},
    "cli": {"wiring", "shared", "screen", "needs", "pipeline", "render", "model", "errors", "__init__"},
    "hooked": {"screen", "core", "git", "store", "model", "errors"},
    "completing": {"store", "git", "model", "errors"},
    "__main__": {"cli", "hooked", "completing", "wiring", "pipeline", "render", "model", "errors"},
    "__init__": set(),
}
"""A room -> the rooms it may import besides itself."""


WINGS = {"git": ("read", "work")}
"""A room -> its wings: none imports another, and what the room has beside them imports none."""


def room_of(parts: tuple[str, ...]) -> str:
    return parts[0].removesuffix(".py") if parts else "__init__"


class Parsed(NamedTuple):
    """What the floors ask of a file, wherever in it that stands."""

    imports: tuple[ast.Import | ast.ImportFrom, ...]
    keywords: frozenset[str | None]
    """The words that its calls are given values by."""
    pages: frozenset[str]
    """The pages of bmad's own documents that its texts name, but for what is told of the code itself."""


_PAGE = re.compile(r"\bdocs/(?!agents\.md)[a-z-]+\.md")
"""Not the example of an honest name in a folder that anybody may have."""


def _texts(nodes: list[ast.AST]) -> list[str]:
    """What a program may say: its texts but those that stand alone."""
    alone = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    texts = [node for node in nodes if isinstance(node, ast.Constant) and id(node) not in alone]
    return [node.value for node in texts if isinstance(node.value, str)]


@cache
def parsed(file: Path) -> Parsed:
    nodes = list(ast.walk(ast.parse(_text(file))))
    return Parsed(
        tuple(node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))),
        frozenset(word.arg for node in nodes if isinstance(node, ast.Call) for word in node.keywords),
        frozenset(page for text in _texts(nodes) for page in _PAGE.findall(text)),
    )


def _text(file: Path) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


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


def test_no_room_imports_upward() -> None:
    assert {room_of(file.parts) for file in FILES} <= set(MAY), "a new room has its place in MAY"
    wrong = {file: imports(file) - MAY[room_of(file.parts)] - {room_of(file.parts)} for file in FILES}
    assert not {file: rooms for file, rooms in wrong.items() if rooms}


@pytest.mark.parametrize(("room", "wings"), WINGS.items())
def test_no_wing_imports_another_and_what_they_share_none(room: str, wings: tuple[str, ...]) -> None:
    assert {(ROOT / room / wing).is_dir() for wing in wings} == {True}
    wrong = []
    for file in FILES:
        if file.parts[0] == room:
            others = {("bmad", room, wing) for wing in wings if wing != file.parts[1]}
            wrong += [(file, name) for name in _named(file) if tuple(name.split(".")[:3]) in others]
    assert not wrong


def test_only_two_places_read_the_environment() -> None:
    reads = [file.as_posix() for file in FILES if re.search(r"os\.environ|getenv", _text(file))]
    assert reads == ["screen.py", "wiring.py"]


def test_only_git_and_agents_start_processes_and_none_a_shell() -> None:
    others = [file for file in FILES if file.parts[0] not in ("git", "agents")]
    assert not [file for file in others if "subprocess" in _modules(file)]
    assert not [file for file in FILES if "shell" in parsed(file).keywords]


def test_no_message_leads_to_a_page_that_only_bmads_own_repository_has() -> None:
    """What `python -m` makes of the checkout that one stands in may name what it writes."""
    makers = {"cli/rulebook.py", "core/governed.py"}
    named = {str(file.relative_to(ROOT)): parsed(file).pages for file in ROOT.rglob("*.py")}
    assert not {file: pages for file, pages in named.items() if pages and file not in makers}


def test_files_stay_readable() -> None:
    """No drawer: a file over 420 lines has become two."""
    lines = {file: len(_text(file).splitlines()) for file in FILES}
    assert not {file: length for file, length in lines.items() if length > 420}


def _named(file: Path) -> set[str]:
    """The modules that a file imports, and what it imports from them, each by its full name."""
    found = _modules(file)
    for node in parsed(file).imports:
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{one.name}" for one in node.names}
    return found


def test_each_use_case_stands_in_the_room_of_what_it_is_about() -> None:
    loose = {file.name for file in FILES if file.parts[:-1] == ("pipeline",)}
    assert loose == {"__init__.py", "branches.py"}
    rooms = {file.parent for file in FILES if file.parts[0] == "pipeline"}
    assert not [room for room in rooms if not (ROOT / room / "__init__.py").read_text(encoding="utf-8").strip()]


def _modules(file: Path) -> set[str]:
    """The modules that a file imports, or imports from."""
    found: set[str] = set()
    for node in parsed(file).imports:
        found |= {node.module or ""} if isinstance(node, ast.ImportFrom) else {one.name for one in node.names}
    return found


_MODULES = {"detect-secrets": "detect_secrets", "markdown-it-py": "markdown_it", "pyyaml": "yaml"}
"""Packages whose module bears another name."""


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    project = tomllib.loads((ROOT.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    told = [*project["dependencies"], *extras["attest"], *extras["mcp"], *extras["reqif"], *extras["server"]]
    names = {re.split(r"[<>=!~\[; ]", one, maxsplit=1)[0] for one in told}
    declared = {_MODULES.get(name, name) for name in names}
    imported = {name.partition(".")[0] for file in FILES for name in _modules(file)}
    assert imported - set(sys.stdlib_module_names) - {"bmad"} == declared

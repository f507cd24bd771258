"""Python's manifests: what each asks for."""

import ast
import re
import tomllib
from collections.abc import Iterator
from configparser import ConfigParser
from configparser import Error as ConfigError

from bmad.core.manifests.entries import Entry, asked, requirements, table, versioned
from bmad.core.syntax import parsed

_REQUIRED = ("install_requires", "setup_requires", "tests_require")
_CONDA = re.compile(r"[ \t]+-[ \t]*(?:[\w./-]+::)?([A-Za-z0-9][\w.-]*)[ \t]*([=<>~!][^\n#]*)?(?:#.*)?$")


def pyproject(text: str) -> Iterator[Entry]:
    told = tomllib.loads(text)
    yield from asked(table(told, "build-system").get("requires"))
    yield from asked(table(told, "project").get("dependencies"))
    groups = (table(told, "project", "optional-dependencies"), table(told, "dependency-groups"))
    tools = (
        table(told, "tool", "pdm", "dev-dependencies"),
        {"": table(told, "tool", "uv").get("dev-dependencies")},
    )
    for group in (*groups, *tools):
        for lines in group.values():
            yield from asked(lines)
    for environment in table(told, "tool", "hatch", "envs").values():
        yield from asked(table(environment).get("dependencies"))
    poetry = table(told, "tool", "poetry")
    named = (table(one, "dependencies") for one in table(poetry, "group").values())
    for group in (table(poetry, "dependencies"), table(poetry, "dev-dependencies"), *named):
        yield from (one for one in versioned(group) if one[0] != "python")


def setup_cfg(text: str) -> Iterator[Entry]:
    told = _configured(text)
    for name in _REQUIRED:
        yield from requirements(told.get("options", name, fallback=""))
    if told.has_section("options.extras_require"):
        for _, lines in told.items("options.extras_require"):
            yield from requirements(lines)


def setup_cfg_python(text: str) -> str:
    return _configured(text).get("options", "python_requires", fallback="")


def _configured(text: str) -> ConfigParser:
    """Raises: ValueError where it is no such file."""
    told = ConfigParser(interpolation=None, strict=False)
    try:
        told.read_string(text)
    except ConfigError as error:
        raise ValueError(str(error)) from None
    return told


def setup_py(text: str) -> Iterator[Entry]:
    """What a call of `setup` asks for in words of its own; what is computed is not known."""
    for node in ast.walk(parsed(text) or ast.Module([], [])):
        called = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
        for word in node.keywords if isinstance(node, ast.Call) and called == "setup" else ():
            if word.arg in (*_REQUIRED, "extras_require"):
                yield from _literals(word.value)


def _literals(node: ast.expr) -> Iterator[Entry]:
    for value in node.values if isinstance(node, ast.Dict) else [node]:
        for one in ast.walk(value):
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield from requirements(one.value)


def pipfile(text: str) -> Iterator[Entry]:
    for name, group in tomllib.loads(text).items():
        if isinstance(group, dict) and name not in ("requires", "scripts", "pipenv"):
            yield from versioned(group)


def conda(text: str) -> Iterator[Entry]:
    """An environment of conda, with what it has pip install."""
    _, _, listed = text.partition("\ndependencies:")
    for line in listed.split("\n")[1:]:
        if line.strip() and not line.startswith((" ", "\t", "-", "#")):
            return
        if found := _CONDA.match(f" {line}"):
            yield found[1], (found[2] or "").strip()

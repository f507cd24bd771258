"""What shows that a project works: the commands that its own files speak of, and AGENTS.md that names them.

Commands are argument lists. What is found is a proposal for a person to look at; nothing is run to find it.
"""

import json
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

AGENTS = "AGENTS.md"

Run = tuple[str, ...]
Reading = Callable[[str], str | None]
"""A file at the root -> its text, None where there is none."""


class Check(NamedTuple):
    """A command, and the file that speaks of it."""

    name: str
    run: Run
    why: str


class Harness(NamedTuple):
    """What sets a fresh copy up, and the checks; both empty where nothing is found."""

    setup: tuple[Run, ...] = ()
    checks: tuple[Check, ...] = ()


def harness(read: Reading, paths: Sequence[str] = ()) -> Harness:
    """The commands that the files at the root speak of; `paths` are all that git tracks.

    What a person made for it, a target `test` of Makefile or justfile, comes before what a language's tools say.
    """
    setup: list[Run] = []
    checks: list[Check] = []
    for found in (_python(read, paths), _node(read), _others(read)):
        setup += found.setup
        checks += found.checks
    own = next(_targets(read), None)
    if own is not None:
        checks = [own, *(one for one in checks if not one.name.startswith(_TESTS))]
    return Harness(tuple(dict.fromkeys(setup)), tuple(_named_apart(checks)))


_TESTS = "tests"


def _targets(read: Reading) -> Iterator[Check]:
    for path, program in (("Makefile", "make"), ("makefile", "make"), ("justfile", "just"), ("Justfile", "just")):
        if re.search(r"(?m)^test\b[^=\n]*:(?!=)", read(path) or ""):
            yield Check(_TESTS, (program, "test"), path)


def _named_apart(checks: Sequence[Check]) -> Iterator[Check]:
    """No two checks bear one name."""
    taken: set[str] = set()
    for one in checks:
        name = one.name if one.name not in taken else f"{one.name}-{one.run[0]}"
        if name not in taken:
            taken.add(name)
            yield one._replace(name=name)


def _python(read: Reading, paths: Sequence[str]) -> Harness:
    project = read("pyproject.toml")
    texts = {path: read(path) or "" for path in ("pytest.ini", "tox.ini", "setup.cfg", *_REQUIREMENTS)}
    tests = next(filter(None, map(_TEST_FILE.fullmatch, sorted(paths))), None)
    if project is None and not any(texts.values()) and read("setup.py") is None and tests is None:
        return Harness()
    whole = project or ""
    setup, lead = _python_environment(read, whole)
    known = {"pyproject.toml": whole, **texts}
    checks = []
    pytest = next(
        (path for path, text in known.items() if _PYTEST.search(text) or (path == "pytest.ini" and text)), ""
    )
    if pytest:
        checks.append(Check(_TESTS, (*lead, "pytest", "-q"), pytest))
    elif tests is not None:
        run = (*(lead or ("python3",)), *(("python",) if lead else ()), "-m")
        by_pytest = _PYTESTS.search(read(tests[0]) or "")
        own = ("pytest", "-q") if by_pytest else ("unittest", "discover", "-s", tests["folder"] or ".")
        checks.append(Check(_TESTS, (*run, *own), tests[0]))
    if "[tool.ruff" in whole or read("ruff.toml") is not None:
        checks.append(Check("lint", (*lead, "ruff", "check", "."), "pyproject.toml" if whole else "ruff.toml"))
    if "[tool.mypy" in whole:
        checks.append(Check("types", (*lead, "mypy", *(() if "\nfiles" in whole else (".",))), "pyproject.toml"))
    return Harness(setup, tuple(checks))


_REQUIREMENTS = ("requirements-dev.txt", "requirements-test.txt", "requirements.txt", "dev-requirements.txt")
_PYTEST = re.compile(r"(?mi)^\[(?:tool\.pytest|tool:pytest|pytest)|^[^#\n]*[\"']pytest\b|^pytest\b")
_TEST_FILE = re.compile(r"(?:(?P<folder>tests?)/(?:.*/)?)?test_[^/]*\.py")
_PYTESTS = re.compile(r"(?m)^(?:import pytest|from pytest|(?:async )?def test_)")
"""What a file holds whose tests unittest would not find, and would pass without running one."""


def _python_environment(read: Reading, project: str) -> tuple[tuple[Run, ...], Run]:
    if read("uv.lock") is not None:
        return (("uv", "sync"),), ("uv", "run")
    if read("poetry.lock") is not None or "[tool.poetry]" in project:
        return (("poetry", "install"),), ("poetry", "run")
    if read("pdm.lock") is not None:
        return (("pdm", "install"),), ("pdm", "run")
    return (), ()


_NODE = (
    ("pnpm-lock.yaml", "pnpm", ("pnpm", "install", "--frozen-lockfile")),
    ("yarn.lock", "yarn", ("yarn", "install", "--frozen-lockfile")),
    ("bun.lock", "bun", ("bun", "install", "--frozen-lockfile")),
    ("bun.lockb", "bun", ("bun", "install", "--frozen-lockfile")),
    ("package-lock.json", "npm", ("npm", "ci")),
)


def _node(read: Reading) -> Harness:
    """The scripts `test` and `lint` of package.json; npm's own stand-in for a test is none."""
    try:
        told = json.loads(read("package.json") or "{}")
    except (ValueError, RecursionError):
        return Harness()
    scripts = told.get("scripts") if isinstance(told, dict) else None
    if not isinstance(scripts, dict):
        return Harness()
    found = ((program, setup) for lock, program, setup in _NODE if read(lock) is not None)
    program, setup = next(found, ("npm", None))
    named = {name: str(scripts.get(name) or "") for name in ("test", "lint")}
    checks = tuple(
        Check(_TESTS if name == "test" else name, (program, "run", name), "package.json")
        for name, script in named.items()
        if script and "no test specified" not in script
    )
    return Harness((setup,) if setup is not None and checks else (), checks)


def _others(read: Reading) -> Harness:
    """Of each language's files the first that is there."""
    checks = []
    for kin in _BY_FILE:
        path = next((path for path in kin if read(path) is not None), None)
        if path is not None:
            checks.append(Check(_TESTS, kin[path], path))
    return Harness((), tuple(checks))


_BY_FILE: tuple[dict[str, Run], ...] = (
    {"Cargo.toml": ("cargo", "test")},
    {"go.mod": ("go", "test", "./...")},
    {"mvnw": ("./mvnw", "-q", "test"), "pom.xml": ("mvn", "-q", "test")},
    {
        "gradlew": ("./gradlew", "test"),
        "build.gradle": ("gradle", "test"),
        "build.gradle.kts": ("gradle", "test"),
    },
    {"mix.exs": ("mix", "test")},
    {"deno.json": ("deno", "test")},
    {"Package.swift": ("swift", "test")},
    {".rspec": ("bundle", "exec", "rspec")},
)


BEGIN, END = "<!-- bmad: checks, begin -->", "<!-- bmad: checks, end -->"
_OWN = re.compile(rf"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)


def with_checks(text: str | None, setup: Sequence[Run], checks: Sequence[tuple[str, Run]]) -> str:
    """AGENTS.md with its section of what decides, in place of the one that is there; the rest stays as it is."""
    section = _section(setup, checks)
    if text is None or not text.strip():
        return f"# For agents\n\n{section}\n"
    if _OWN.search(text):
        return _OWN.sub(lambda _: section, text, count=1)
    return f"{text.rstrip()}\n\n{section}\n"


def _section(setup: Sequence[Run], checks: Sequence[tuple[str, Run]]) -> str:
    lines = [BEGIN, "## Checks", "", _DECIDE, ""]
    lines += [f"- {name}: `{shlex.join(run)}`" for name, run in checks]
    if setup:
        lines += ["", f"A fresh copy is set up by {', '.join(f'`{shlex.join(run)}`' for run in setup)}."]
    return "\n".join([*lines, "", _LESSONS, END])


_DECIDE = "These decide whether work lands; run them before you end."
_LESSONS = "Lessons of earlier stories stand in `docs/knowledge/`; `bmad knowledge` says which of them still hold."


def unnamed(text: str | None, checks: Sequence[Run]) -> list[Run]:
    """The commands that AGENTS.md does not name."""
    return [run for run in checks if shlex.join(run) not in (text or "")]

"""Outlines, imports and versions, in the languages that projects are written in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmad.core.packs.imports import Import, Project, imports
from bmad.core.packs.locked import key, tells, versions
from bmad.core.packs.outline import MOST, outline
from bmad.core.packs.texts import size

PYTHON = '''"""Reads durations.

More.
"""
LIMIT = 3
_OWN = 4

class Reader(Base):
    """One reader."""
    name: str = "x"
    def read(self, text: str, *, strict: bool = True) -> int:
        """Read it."""
        return 1
    def _own(self): ...
async def main() -> None: ...
'''


def test_an_outline_of_python_has_what_others_may_call() -> None:
    assert outline("a.py", PYTHON).split("\n") == [
        '"""Reads durations."""',
        "LIMIT = 3",
        "class Reader(Base):",
        '    """One reader."""',
        "    name: str",
        "    def read(self, text: str, *, strict: bool=True) -> int",
        '        """Read it."""',
        "async def main() -> None",
    ]


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        (
            "a.ts",
            "import x from 'y'\nexport class Clock {\n  tick() {\n  }\n}\nexport const MAX = 3;\n",
            "export class Clock",
        ),
        ("a.go", "package a\n\nfunc Parse(text string) int {\n\treturn 0\n}\n", "func Parse(text string) int"),
        ("a.rs", "pub struct Clock;\nimpl Clock {\n    pub fn tick(&self) {}\n}\n", "    pub fn tick(&self) {}"),
        (
            "A.java",
            "public class A {\n    public int parse(String s) {\n    }\n}\n",
            "    public int parse(String s)",
        ),
        ("a.md", "# One\n\ntext\n\n## Two\n", "## Two"),
        ("a.yml", "on: push\njobs:\n  a: b\n", "jobs:"),
        ("a.sql", "CREATE TABLE clocks (\n  id int\n);\n", "CREATE TABLE clocks ("),
        ("a.py", "def broken(:\n", "def broken(:"),
        ("a.xyz", "first\nsecond\n", "first"),
    ],
)
def test_an_outline_of_any_other_file_has_its_headings_or_declarations(path: str, text: str, told: str) -> None:
    assert told in outline(path, text).split("\n")


@given(st.sampled_from(["a.py", "a.ts", "a.md", "a.json", "A.java"]), st.text(max_size=400), st.integers(1, 200))
def test_no_text_is_outlined_beyond_its_bound(path: str, text: str, times: int) -> None:
    assert size(outline(path, text * times)) <= MOST
    imports(path, text * times)


def test_deep_code_is_read_by_its_lines() -> None:
    assert "def f():" in outline("a.py", f"def f():\n    return {'(' * 500}{')' * 500}\n")
    assert imports("a.py", f"import os\nx = {'-' * 100_000}1\n") in ((), (Import(("os", "os/__init__"), "os"),))


PROJECT = Project(
    [
        *("src/app/clock.py", "src/app/units/__init__.py", "src/app/cli.py", "app.py"),
        *("web/clock.ts", "web/ui/index.tsx", "web/main.ts", "lib/Clock.java", "com/x/Clock.java"),
        *("pkg/clock/a.go", "pkg/clock/b.go", "src/clock.rs", "src/main.rs", "inc/clock.h", "src/clock.c"),
    ]
)


@pytest.mark.parametrize(
    ("path", "text", "meant"),
    [
        ("src/app/cli.py", "from app.clock import parse", ["src/app/clock.py"]),
        ("src/app/cli.py", "from . import clock, units", ["src/app/clock.py", "src/app/units/__init__.py"]),
        ("src/app/cli.py", "import app.units", ["src/app/units/__init__.py"]),
        ("src/app/cli.py", "import os, clockwork", []),
        (
            "web/main.ts",
            "import { c } from './clock.js'\nconst u = require('./ui')",
            ["web/clock.ts", "web/ui/index.tsx"],
        ),
        ("web/main.ts", "import React from 'react'", []),
        ("lib/Main.java", "import com.x.Clock;", ["com/x/Clock.java"]),
        ("main.go", 'import "example.org/pkg/clock"\n', ["pkg/clock/a.go", "pkg/clock/b.go"]),
        ("src/main.rs", "mod clock;\nuse serde::Serialize;", ["src/clock.rs"]),
        ("src/clock.c", '#include "../inc/clock.h"\n#include <stdio.h>', ["inc/clock.h"]),
    ],
)
def test_an_import_means_a_file_of_the_project_where_there_is_one(path: str, text: str, meant: list[str]) -> None:
    assert [one for each in imports(path, text) for one in PROJECT.meant(each, path)] == meant


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        (
            "requirements.txt",
            "Flask>=2 ; python_version>'3'\n# x\nidna==3.7 \\\n  --hash=1\n",
            {"flask": ">=2", "idna": "==3.7"},
        ),
        (
            "pyproject.toml",
            '[project]\nrequires-python=">=3.9"\ndependencies=["a-b>=1"]\n',
            {"python": ">=3.9", "a-b": ">=1"},
        ),
        ("uv.lock", '[[package]]\nname = "idna"\nversion = "3.7"\n', {"idna": "3.7"}),
        (
            "package.json",
            '{"engines":{"node":">=20"},"dependencies":{"react":"^18"}}',
            {"node": ">=20", "react": "^18"},
        ),
        (
            "web/package-lock.json",
            '{"packages":{"":{},"node_modules/react":{"version":"18.2.0"},"node_modules/a/node_modules/b":{"version":"1"}}}',
            {"react": "18.2.0"},
        ),
        ("go.mod", "module x\n\nrequire (\n\tgithub.com/a/b v1.2.3\n)\n", {"github.com/a/b": "v1.2.3"}),
        (
            "Cargo.toml",
            '[dependencies]\nserde = "1"\ntokio = { version = "1.2" }\n',
            {"serde": "1", "tokio": "1.2"},
        ),
        ("Gemfile.lock", "GEM\n  specs:\n    rails (7.1)\n", {"rails": "7.1"}),
        ("yarn.lock", 'react@^18:\n  version "18.3.1"\n', {"react": "18.3.1"}),
        ("setup.cfg", "[options]\npython_requires = >=3.9\n", {"python": ">=3.9"}),
        (
            "Pipfile",
            '[packages]\nflask = ">=2"\n[requires]\npython_version = "3.12"\n',
            {"flask": ">=2", "python": "3.12"},
        ),
        ("pnpm-lock.yaml", "\npackages:\n  '@a/b@1.2.3':\n  /c/4.5.6:\n", {"@a/b": "1.2.3", "c": "4.5.6"}),
        ("go.mod", "module x\n\ngo 1.22\n", {"go": "1.22"}),
        ("package.json", "[]", {}),
        ("uv.lock", "no [toml", {}),
        ("package-lock.json", "[" * 100_000, {}),
    ],
)
def test_versions_are_read_from_what_projects_lock_them_in(path: str, text: str, told: dict[str, str]) -> None:
    assert tells(path)
    assert versions(path, text) == told


def test_a_library_is_known_by_what_an_import_calls_it() -> None:
    assert [key(name) for name in ("yaml", "PIL", "markdown_it", "requests")] == [
        "pyyaml",
        "pillow",
        "markdown-it-py",
        "requests",
    ]

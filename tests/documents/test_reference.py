"""Commands, settings and the manual page: written from the program, with a word for each."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from bmad.cli.commands import COMMANDS
from bmad.cli.reference import pages
from bmad.needs import schema
from tests.program import inside

ROOT = Path(__file__).parent.parent.parent


def test_the_pages_are_in_step_with_the_program() -> None:
    """Written anew by `python -m bmad.cli.reference`."""
    made = pages()
    wrong = [path for path, text in made.items() if (ROOT / path).read_text(encoding="utf-8") != text]
    assert wrong == []
    assert [name for name in COMMANDS if f"### bmad {name}\n" not in made["docs/reference/commands.md"]] == []


def test_each_setting_is_described() -> None:
    """By the words below it in `bmad.model.settings`, which also are in the schema that editors read."""
    told = json.loads(schema("bmad.yaml"))
    parts = {"bmad.yaml": told, **told["$defs"]}
    bare = [
        f"{name}.{key}"
        for name, part in parts.items()
        for key, one in part.get("properties", {}).items()
        if not one.get("description")
    ]
    assert bare == []


def test_the_manual_page_is_sound() -> None:
    if shutil.which("groff") is None:
        pytest.skip("there is no groff")
    page = ROOT / "docs" / "man" / "bmad.1"
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-P-cbou", "-ww", page], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert "EXIT STATUS" in done.stdout


def test_init_says_where_editors_find_the_schema_and_puts_it_there(tmp_path: Path) -> None:
    assert inside("init", "--yes", cwd=tmp_path).code == 0
    first = (tmp_path / "bmad.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    put = tmp_path / first.partition("=")[2]
    assert put.read_text(encoding="utf-8") == schema("bmad.yaml")
    put.unlink()
    assert inside("init", "--yes", cwd=tmp_path).code == 0
    assert put.exists(), "as in a fresh clone"

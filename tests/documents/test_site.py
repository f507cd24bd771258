"""The site: each page has its place, none leaves it; built strictly where its packages are (`make site`)."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from tests.documents.site import on_page_markdown

ROOT = Path(__file__).parent.parent.parent


def _paths(nav: Any) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    parts = nav.values() if isinstance(nav, dict) else nav
    return [path for part in parts for path in _paths(part)]


def test_what_the_site_names_is_there_once() -> None:
    told = _paths(yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"])
    there = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert sorted(told) == sorted(set(told) & there)


def test_a_link_that_leaves_the_site_becomes_its_words() -> None:
    page = SimpleNamespace(file=SimpleNamespace(src_uri="guides/author.md"))
    text = "[a](../start.md#x) [b](../../README.md) [c](../../schemas/x.json) [d](pack.md)"
    assert on_page_markdown(text, page=page) == "[a](../start.md#x) b c [d](pack.md)"


def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    if importlib.util.find_spec("mkdocs") is None:
        pytest.skip("mkdocs is not installed here; `make site` has its own")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

"""No dead link in README and documents, and no command or option that is not there; without the site's tools."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer

from bmad.cli.app import app

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
)
_FENCED = re.compile(r"^( *)(`{3,}|~{3,})[^\n]*\n.*?^\1\2`* *$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?: \"[^\"]*\")?\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


def _prose(page: Path) -> str:
    """A page without its code."""
    return _CODE.sub("", _FENCED.sub("", page.read_text(encoding="utf-8")))


@cache
def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts and the site make them."""
    found: set[str] = set()
    for heading in _HEADING.findall(_FENCED.sub("", page.read_text(encoding="utf-8"))):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        kept = re.sub(r"[^\w\- ]", "", words).strip()
        found |= {kept.replace(" ", "-"), re.sub(r"[-\s]+", "-", kept)}
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_each_link_leads_somewhere(page: Path) -> None:
    dead = []
    for target in _LINK.findall(_prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in _anchors(there)):
            dead.append(target)
    assert dead == []


def test_each_page_can_be_reached_from_the_readme() -> None:
    todo, seen = [ROOT / "README.md"], set[Path]()
    while todo:
        page = todo.pop()
        if page in seen or page.suffix != ".md" or not page.exists():
            continue
        seen.add(page)
        links = (target.partition("#")[0] for target in _LINK.findall(_prose(page)))
        todo += [(page.parent / path).resolve() for path in links if path and ":" not in path]
    assert {page for page in PAGES if page.is_relative_to(ROOT / "docs")} - seen == set()


def _shown(page: Path) -> Iterator[str]:
    """What begins with `bmad` in a page's code, wherever it stands."""
    text = page.read_text(encoding="utf-8")
    for block in _FENCED.finditer(text):
        yield from re.findall(r"^ *(?:\$ |- run: )(bmad .+)$", block[0], re.MULTILINE)
    yield from (
        " ".join(code.split()) for _, code in _CODE.findall(_FENCED.sub("", text)) if code.startswith("bmad ")
    )


@cache
def _commands() -> dict[str, set[str]]:
    """Each command, those below others too, with its options."""
    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="bmad")
    found = {}
    for name in command.list_commands(context):  # type: ignore[attr-defined]
        one = command.get_command(context, name)  # type: ignore[attr-defined]
        parts = {name: one} | {f"{name} {word}": below for word, below in getattr(one, "commands", {}).items()}
        for words, part in parts.items():
            found[words] = {option for param in part.params for option in (*param.opts, *param.secondary_opts)}
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_each_command_and_option_that_is_shown_is_there(page: Path) -> None:
    if page.name == "CHANGELOG.md":
        return  # what was
    wrong = []
    for line in _shown(page):
        words = re.split(r"\s+", re.sub(r"[\[\]…|()]", " ", line.partition(" # ")[0]).replace("\\", " ").strip())[
            1:
        ]
        if not words or words[0].startswith("-") or not re.fullmatch(r"[a-z-]+", words[0]):
            continue
        name = " ".join(words[:2]) if " ".join(words[:2]) in _commands() else words[0]
        options = {word.partition("=")[0] for word in words if re.fullmatch(r"--[a-z][a-z-]*(=.*)?", word)}
        known = set() if name == "help" else _commands().get(name)
        if known is None:
            wrong.append(f"there is no {name}: {line}")
        elif options - known - {"--help", "--quiet", "--verbose", "--debug", "--version"}:
            wrong.append(f"{name} has no {options - known}: {line}")
    assert wrong == []

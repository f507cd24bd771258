"""No dead link in README and documents, and no command or option that is not there; without the site's tools."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from typer._click.exceptions import BadOptionUsage, UsageError

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


def codes(page: Path) -> list[str]:
    """The code within a page's sentences, each on one line."""
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    return [" ".join(code.split()) for _, code in _CODE.findall(text)]


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
        yield from re.findall(r"^ *(?:\$ |- run: |ExecStart=\S*/)(bmad .+)$", block[0], re.MULTILINE)
        yield from (re.sub(r"[\",]", "", one) for one in re.findall(r"args: \[(bmad, .+)\]", block[0]))
    yield from (code for code in codes(page) if code.startswith("bmad "))


@cache
def _commands() -> dict[str, Any]:
    """Each command, those below others too."""
    command: Any = typer.main.get_command(app)
    context = typer.Context(command, info_name="bmad")
    found = {name: command.get_command(context, name) for name in command.list_commands(context)}
    below = {f"{name} {word}": one for name in found for word, one in getattr(found[name], "commands", {}).items()}
    return found | below


def _fault(line: str) -> str:
    """What the program would not understand of a line; one with `[…]` and the like is a pattern."""
    line = line.partition(" # ")[0]
    words = re.sub(r"[\[\]…|()\\]", " ", line).split()[1:]
    if not words or words[0] == "help" or not re.fullmatch(r"[a-z-]+", words[0]) or words[0].startswith("-"):
        return ""
    name = " ".join(words[:2]) if " ".join(words[:2]) in _commands() else words[0]
    command = _commands().get(name)
    if command is None:
        return f"there is no {name}"
    if len(words) > 1 and hasattr(command, "commands") and re.fullmatch(r"[a-z-]+", words[1]):
        return f"{name} has no {words[1]}"
    options = {word.partition("=")[0] for word in words if re.fullmatch(r"--[a-z][a-z-]*(=.*)?", word)}
    known = {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
    if options - known - {"--help", "--quiet", "--verbose", "--debug", "--version"}:
        return f"{name} has no {options - known}"
    if line == f"bmad {name}" or re.search(r"[][…|()\\<>$;&*{]| --help$", line):
        return ""
    try:
        with typer.Context(command, info_name=name) as context:
            command.parse_args(context, shlex.split(line)[1 + len(name.split()) :])
    except UsageError as error:
        is_short = isinstance(error, BadOptionUsage) and line.endswith(f" {error.option_name}")
        return "" if is_short else error.format_message()
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_each_command_that_is_shown_is_one_with_its_options_and_values(page: Path) -> None:
    """A sentence may leave away what the last option says: `bmad confirm ID --why`."""
    if page.name == "CHANGELOG.md":
        return  # what was
    assert [f"{fault}: {line}" for line in _shown(page) if (fault := _fault(line))] == []


@pytest.mark.parametrize(
    ("line", "is_right"),
    [
        ("bmad gate --base main", True),
        ("bmad gate --bse main", False),
        ("bmad gate main", False),
        ("bmad gate --level most", False),
        ("bmad confirm ID --why", True),
        ("bmad confirm --why REASON", False),
        ("bmad hooks instal", False),
        ("bmad guess", False),
        ("bmad gate [--base REV | --since REV]", True),
        ("bmad gate [--bse REV]", False),
    ],
)
def test_a_command_that_would_be_refused_is_found(line: str, is_right: bool) -> None:
    assert (_fault(line) == "") == is_right


def test_each_module_and_target_that_is_named_is_there() -> None:
    """Of `python -m NAME`, and of `make NAME` in code."""
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    wrong = []
    for page in PAGES:
        if page.name == "CHANGELOG.md":
            continue
        for line in (*codes(page), *re.findall(r"^\$ (make .+)$", page.read_text(encoding="utf-8"), re.MULTILINE)):
            module = re.match(r"python -m ((?:bmad|tests|bench)\b[\w.]*)", line)
            there = ROOT / module[1].replace(".", "/") if module else ROOT
            target = re.match(r"make ([\w-]+)", line)
            is_there = there.is_dir() or there.with_suffix(".py").exists()
            wrong += [line] if not is_there or (target and target[1] not in targets) else []
    assert wrong == []

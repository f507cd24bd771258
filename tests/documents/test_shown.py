"""Each block of each page is played, read as what it is for, written from the program, or listed with why not."""

import json
import re
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from bmad.needs import schema
from bmad.store.settings import parse_settings
from tests.documents.consoles import ROOT, Block, blocks, steps
from tests.documents.kept import ELSEWHERE, NOT_HERE, WRITTEN, listed
from tests.documents.test_links import PAGES, codes
from tests.documents.test_pages import PLAYED

EVERY = [block for page in PAGES for block in blocks(page)]
SETTINGS = json.loads(schema("bmad.yaml"))
ARCHITECTURE = "docs/architecture.md"


def _is_held(block: Block) -> bool:
    """Whether a test in this folder holds a block to the program."""
    played = any(True for _ in steps([block])) and ROOT / block.page in PLAYED
    return played or block.language in ("mermaid", "yaml") or block.page == ARCHITECTURE


def test_each_block_is_held_to_the_program_or_listed() -> None:
    free = [one for one in EVERY if one.page not in WRITTEN and not listed(one, ELSEWHERE | NOT_HERE)]
    assert [(one.page, one.line) for one in free if not _is_held(one)] == []


def test_what_is_listed_stands_on_its_page() -> None:
    told = {name for name in ELSEWHERE | NOT_HERE if any(listed(one, {name: "here"}) for one in EVERY)}
    assert ELSEWHERE.keys() | NOT_HERE.keys() == told


def test_what_is_held_elsewhere_is_asked_for_there() -> None:
    there = {(page, test) for (page, _), test in ELSEWHERE.items()} | {*WRITTEN.items()}
    asked = {(page, file) for page, file in there if Path(page).name in (ROOT / file).read_text(encoding="utf-8")}
    assert there - asked == set()


def _configurations() -> list[Block]:
    named = ELSEWHERE | NOT_HERE
    return [one for one in EVERY if one.language == "yaml" and not listed(one, named) and not one.title]


@pytest.mark.parametrize("block", _configurations(), ids=lambda one: f"{one.page}:{one.line}")
def test_a_configuration_that_is_shown_is_read(block: Block) -> None:
    parse_settings(block.text)


def test_what_only_other_programs_read_is_of_their_form() -> None:
    files = [one for one in EVERY if listed(one, NOT_HERE) and one.language in ("yaml", "ini")]
    assert len(files) == 3
    for one in files:
        if one.language == "yaml":
            assert isinstance(yaml.safe_load(one.text), dict)
        else:
            unit = ConfigParser(strict=False, interpolation=None)
            unit.read_string(one.text)
            assert unit.sections() == ["Unit", "Service", "Install"]


def _inline(page: Path) -> Iterator[str]:
    """What a page says of `bmad.yaml` within its sentences: `gate: {level: reviewed}`."""
    keys = "|".join(SETTINGS["properties"])
    for code in codes(page):
        if re.match(rf"({keys}): [\[{{]", code) and "…" not in code and "..." not in code:
            yield re.sub(r"\s+", " ", code)


def test_a_setting_that_is_shown_in_a_sentence_is_read() -> None:
    shown = [(page, code) for page in PAGES if page.name != "CHANGELOG.md" for code in _inline(page)]
    assert len(shown) > 10
    for _, code in shown:
        parse_settings(code)


def _below(part: dict[str, Any]) -> dict[str, Any]:
    """The keys that a part of the settings may have; any name where it says so."""
    parts = [part, *part.get("anyOf", ()), *([part["items"]] if isinstance(part.get("items"), dict) else ())]
    found: dict[str, Any] = {}
    for one in parts[1:]:
        found |= _below(one)
    if "$ref" in part:
        found |= _below(SETTINGS["$defs"][part["$ref"].rpartition("/")[2]])
    if isinstance(part.get("additionalProperties"), dict):
        found |= {"": part["additionalProperties"]}
    return {**found, **part.get("properties", {})}


def _is_setting(words: list[str]) -> bool:
    part = SETTINGS
    for word in words:
        keys = _below(part)
        if word not in keys and "" not in keys:
            return False
        part = keys[word] if word in keys else keys[""]
    return True


def test_a_setting_that_is_named_is_there() -> None:
    keys = {key for key, part in SETTINGS["properties"].items() if _below(part)}
    named = [
        (page.name, code)
        for page in PAGES
        if page.name != "CHANGELOG.md"
        for code in codes(page)
        if re.fullmatch(rf"({'|'.join(keys)})(\.[\w-]+)+", code)
    ]
    assert len(named) > 50
    assert [one for one in named if not _is_setting(one[1].split("."))] == []


def test_the_architecture_names_what_is_there() -> None:
    """Modules in its sentences and drawings, and in the drawings each room of the pipeline."""
    paths = [path for top in ("bmad", "bench", "tests") for path in (ROOT / top).rglob("*")]
    there = {path.relative_to(ROOT).with_suffix("").as_posix() for path in paths if path.suffix in ("", ".py")}
    ends = {name.split("/", cut)[-1] for name in there for cut in range(name.count("/") + 1)}
    told = {
        one.removesuffix(".py")
        for one in codes(ROOT / ARCHITECTURE)
        if re.fullmatch(r"[a-z_]+(/[a-z_]+)+(\.py)?", one)
    }
    rows = [line.partition(" | ")[0] for one in blocks(ROOT / ARCHITECTURE) for line in one.text.split("\n")]
    drawn = {word for row in rows for word in re.split(r"\d? {2,}", row) if re.fullmatch(r"[a-z_]+", word)}
    assert len(told) > 30
    assert len(drawn) > 50
    assert (told | drawn) - ends == set()
    rooms = {path.name for path in (ROOT / "bmad" / "pipeline").rglob("*/__init__.py") for path in [path.parent]}
    assert rooms - drawn == set()


def test_the_drawn_chain_is_the_one_that_is_traced() -> None:
    """The picture in the README names what the trace above it names."""
    told = [one for one in EVERY if one.page == "README.md"]
    [drawn] = [one.text for one in told if one.language == "mermaid"]
    traced = next(one.text for one in told if "bmad trace" in one.first)
    parts = [part for label in re.findall(r'\["([^"]+)"\]', drawn) for part in re.split(r"[ :](?!\d)", label)]
    assert len(parts) > 5
    assert [part for part in parts if part not in traced and "records/" not in part] == []

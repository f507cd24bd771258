"""What bmad says of its commands is so: their words, what they write, what they report, what they exit with."""

import gc
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from yaml import safe_load

from bmad.cli.capabilities import WORDS, capabilities, words
from bmad.cli.commands import (
    ALWAYS,
    CACHE,
    COMMANDS,
    CONFIGURATION,
    DOCUMENTS,
    JOURNAL,
    OUTSIDE,
    REPOSITORY,
    TREE,
)
from bmad.store.schemas import TYPES, shipped
from tests.program import Ended, inside
from tests.test_truth_b_commands import OWN, READS, WRITES, Words, project

LINES = tuple(line for line in (*READS, *OWN, *WRITES) if line[0] not in ("serve", "worker", "demo"))


def test_what_completion_knows_is_in_step_with_the_commands() -> None:
    path = Path(__file__).parent.parent / "bmad/cli" / WORDS
    assert json.loads(path.read_text(encoding="utf-8")) == words(), "run: python -m bmad.cli.capabilities"


def test_the_document_fits_its_schema_and_names_schemas_that_are(tmp_path: Path) -> None:
    told = json.loads(inside("capabilities", "--json", cwd=tmp_path).out)
    jsonschema.validate(told, json.loads(shipped("capabilities")))
    named = {name for one in told["commands"] for name in (*one["reports"], *one["lines"], told["errors"])}
    assert named <= set(TYPES)
    assert {one["name"].split()[0] for one in told["commands"]} == set(COMMANDS)
    for one in told["commands"]:
        takes_json = any(option["name"] == "--json" for option in one["options"])
        assert takes_json == bool(one["reports"] or one["lines"]), one["name"]
        assert set(map(str, one["exits"])) <= set(told["exits"])


def test_yaml_says_the_same_and_a_name_asks_for_one(tmp_path: Path) -> None:
    whole = json.loads(inside("capabilities", "--json", cwd=tmp_path).out)
    assert safe_load(inside("capabilities", "--format", "yaml", cwd=tmp_path).out) == whole
    for asked, found in (
        (("new", "story"), ["new story"]),
        (("new",), ["new story", "new requirement", "new epic"]),
        (("gate", "trace"), ["trace", "gate"]),
    ):
        told = json.loads(inside("capabilities", *asked, "--json", cwd=tmp_path).out)
        assert [one["name"] for one in told["commands"]] == found
    assert inside("capabilities", "nonsense", cwd=tmp_path).code == 2


def test_options_and_arguments_are_told_as_they_are_taken() -> None:
    [graph] = capabilities(["graph"]).commands
    options = {one.name: one for one in graph.options}
    assert options["--format"].choices == ("json", "graphml", "dot", "mermaid", "csv")
    assert (options["--depth"].takes, options["--around"].takes) == (("number",), ("id",))
    [trace] = capabilities(["trace"]).commands
    assert [(one.takes, one.required) for one in trace.arguments] == [(("id", "file"), True)]
    [act] = capabilities(["act"]).commands
    assert [(one.takes, one.several, one.required) for one in act.arguments] == [(("story",), True, False)]


def _state(root: Path, home: Path) -> dict[str, frozenset[tuple[str, str]]]:
    """What there is of each kind of thing that a command may write, by path and content."""
    gc.collect()  # as where a command ends: what it had opened is closed, and SQLite has put its log away
    found: dict[str, set[tuple[str, str]]] = {}
    for path, kind in (*_kinds(root), *_at_home(home)):
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found.setdefault(kind, set()).add((str(path), content))
    return {kind: frozenset(every) for kind, every in found.items()}


_PASSING = ((".git", "objects"), (".git", "index"), (".bmad", "journal.db-shm"))
"""What git and SQLite touch where one only reads."""


def _kinds(root: Path) -> Iterator[tuple[Path, str]]:
    for path in root.rglob("*"):
        parts = path.relative_to(root).parts
        if (
            not path.is_file()
            or parts[:2] in ((".git", "objects"), (".git", "index"))
            or path.name.endswith("-shm")
        ):
            continue
        if parts[0] == ".bmad" or parts[:2] == (".git", "bmad"):
            yield path, JOURNAL
        elif parts[:2] in ((".git", "config"), (".git", "hooks")):
            yield path, CONFIGURATION
        else:
            yield path, REPOSITORY if parts[0] == ".git" else DOCUMENTS


def _at_home(home: Path) -> Iterator[tuple[Path, str]]:
    for path in home.rglob("*"):
        if path.is_file():
            yield path, CACHE if ".cache" in path.parts else OUTSIDE


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> dict[Words, tuple[Ended, set[str]]]:
    """How each line ended, and the kinds of things that were not afterwards as they were before."""
    root = project(tmp_path_factory.mktemp("effects"), None, tracked=False)
    found: dict[Words, tuple[Ended, set[str]]] = {}
    home = Path(os.environ["HOME"])
    before = _state(root, home)
    gc.freeze()  # what there is by now was looked through, and is not a hundred times more
    for line in LINES:
        ended = inside(*line, cwd=root)
        now = _state(root, home)
        found[line] = ended, {one for one in {*before, *now} if before.get(one) != now.get(one)}
        before = now
    return found


def test_nothing_is_written_but_what_is_told(changed: dict[Words, tuple[Ended, set[str]]]) -> None:
    for line, (_, kinds) in changed.items():
        told = set(COMMANDS[line[0]].writes)
        told |= {DOCUMENTS} if TREE in told else set()
        told |= {JOURNAL} if told & {DOCUMENTS, REPOSITORY} else set()  # the lock of those who write
        assert kinds <= told, (line, kinds - told)
    assert DOCUMENTS in changed[("map", "intent.md")][1] | changed[("init", "--yes")][1]
    assert CONFIGURATION in changed[("hooks", "install")][1]


def test_commands_exit_with_what_is_told(changed: dict[Words, tuple[Ended, set[str]]]) -> None:
    for line, (ended, _) in changed.items():
        assert ended.code in (*ALWAYS, *COMMANDS[line[0]].exits), line


def test_every_command_that_writes_nothing_is_among_those_that_are_run_on_a_tree_that_cannot_be_written() -> None:
    readers = {line[0] for line in READS}
    quiet = {
        name for name, entry in COMMANDS.items() if not entry.writes and name not in ("capabilities", "completion")
    }
    assert quiet <= readers

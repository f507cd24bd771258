"""A hostile `.bmad`, committed in a clone, changes no file and no verdict of any command.

The commands are those of the program itself: one that is new has to take its place here. Each is run in a clean
clone and in hostile ones, in the same order, and exit, output and files are compared.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bmad.cli.commands import COMMANDS
from bmad.model.act import Event
from bmad.model.journal import Entry
from bmad.store.journal import SqliteJournal
from tests.program import Ended, git, inside
from tests.specs import write_small

STORY = "STORY-find01"
MAIN = "refs/heads/main"
BEGUN = Entry(
    story=STORY,
    seq=1,
    round=1,
    step="",
    event=Event.STARTED,
    content={"policy": {}, "target": MAIN, "onto": MAIN},
    time=datetime(2026, 3, 1, tzinfo=UTC),
)
Words = tuple[str, ...]
Seen = tuple[int, str, dict[str, str]]
"""Exit, output and files after a command."""

READS: tuple[Words, ...] = (
    ("validate",),
    ("validate", "--json"),
    ("status",),
    ("status", "--json"),
    ("show", STORY),
    ("graph", "--json"),
    ("impact", STORY, "--lines"),
    ("inbox",),
    ("inbox", "--json"),
    ("accept",),
    ("accept", "--json"),
    ("serve", "--port", "99999"),
    ("log", STORY),
    ("retro",),
    ("knowledge",),
    ("agents", "--json"),
    ("doctor", "--no-calls"),
    ("gate", "--base", "HEAD~1", "--head", "HEAD"),
    ("report", "--base", "HEAD~1"),
    ("verify", "--junit", "nothing.xml"),
    ("ci",),
    ("attest", "--key", "nothing", "--verifier", "x:", "--base", "HEAD~1"),
    ("trace", STORY),
    ("blame", "src/find.py"),
    ("coverage",),
    ("backfill",),
    ("territory",),
    ("schema", "gate"),
    ("capabilities", "trace"),
    ("mcp", "--list"),
    ("completion", "bash"),
    ("fmt", "--check"),
    ("renumber", "--dry-run"),
    ("map", "intent.md", "--dry-run"),
    ("import", ".", "--dry-run"),
    ("export", "nowhere.txt"),
    ("act", "--dry-run"),
    ("demo", "--dir", "."),
    ("merge-driver", "nothing", "nothing", "nothing"),
    ("brainstorm",),
    ("worker",),
)
OWN: tuple[Words, ...] = (
    ("act",),
    ("act", STORY),
    ("submit", STORY),
    ("accept", "--all"),
    ("try", STORY),
    ("reject", STORY, "--why", "x"),
    ("triage", "x"),
    ("arbitrate", STORY, "F-1", "fix"),
    ("cancel", STORY),
    ("review",),
    ("scan",),
    ("dismiss", "F-1", "--why", "x"),
)
"""What carries stories on, and so would have to write there."""
WRITES: tuple[Words, ...] = (
    ("new", "epic", "More", "--covers", "FR-find01"),
    ("new", "requirement", "Find more", "--traces", "INT-req001"),
    ("new", "story", "Find", "--implements", "FR-find01", "--epic", "EPIC-notes1", "--criterion", "Given a, `b`."),
    ("map", "intent.md"),
    ("fmt",),
    ("renumber",),
    ("confirm", STORY, "--why", "x"),
    ("reopen", STORY, "--why", "x"),
    ("init", "--yes"),
    ("agents", "install"),
    ("adopt",),
    ("hooks", "install"),
    ("hooks", "run", "commit-msg", "message"),
    ("start", STORY),
)

Made = Callable[[Path, Path], None]
"""Writes a form of `.bmad` below a folder; the second is one outside of it that links may lead to."""


def planted(root: Path, _outside: Path) -> None:
    """All that bmad ever kept there, as one who has read its source would write it."""
    own = root / ".bmad"
    texts = {
        "staged/ready.json": json.dumps(
            [["../../../outside/secret", "stolen"], [None, "intent.md"], ["0", "bmad.yaml"]]
        ),
        "staged/0": "version: 1\ngate: {level: traced}\n",
        "staged/7/ready.json": json.dumps(
            {"root": ".", "moves": [["intent.md", None, _sha(root / "intent.md"), None]]}
        ),
        "locks/runner.lock": json.dumps({"what": "a lie", "pid": 1, "host": "x", "since": "now"}),
        "locks/write.lock": "",
        "write.held": json.dumps({"what": "a lie", "pid": 1, "host": "x", "since": "now"}),
        f"steps/{STORY}/1-dev.json": json.dumps({"begun": 1, "work": {}, "answer": {}}),
        f"steps/{STORY}/setup": "x",
        f"human/{STORY}+1+review/subject": "x",
        f"human/{STORY}+1+review/answer.json": '{"findings": []}',
        f"logs/{STORY}/1-dev.log": "all is green",
        f"index/{STORY}": "DIRC",
        f"worktrees/{STORY}/.gitfile": "gitdir: /nowhere",
        "repository": "00000000000000000000000000000000",
        "id": "00000000000000000000000000000000",
        "answer": "yes",
        ".gitignore": "!*\n",
    }
    for name, text in texts.items():
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_text(text, encoding="utf-8")
    with closing(SqliteJournal(own / "journal.db", "0" * 32)) as journal:
        journal.append(BEGUN)


def linked(root: Path, outside: Path) -> None:
    """The folder itself leads elsewhere."""
    planted(outside, outside)
    (root / ".bmad").symlink_to(outside / ".bmad")


def linked_inside(root: Path, outside: Path) -> None:
    """Its parts lead elsewhere."""
    planted(outside, outside)
    (root / ".bmad").mkdir()
    for part in (outside / ".bmad").iterdir():
        (root / ".bmad" / part.name).symlink_to(part)


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def project(folder: Path, make: Made | None, *, tracked: bool) -> Path:
    """A clone of a project in which somebody has committed, or left behind, a `.bmad` of their making."""
    source, root, outside = folder / "source", folder / "clone", folder / "outside"
    source.mkdir(parents=True)
    outside.mkdir()
    (outside / "secret").write_text("secret\n", encoding="utf-8")
    write_small(source)
    (source / ".gitignore").write_text("/.bmad/\n", encoding="utf-8")
    git("init", "-q", "-b", "main", cwd=source)
    git("add", ".", cwd=source)
    if make is not None and tracked:
        make(source, outside)
        git("add", "-f", ".bmad", cwd=source)
    git("commit", "-q", "-m", "Set up", cwd=source)
    (source / "src").mkdir()
    (source / "src/find.py").write_text("x = 1\n", encoding="utf-8")
    git("add", "src", cwd=source)
    git("commit", "-q", "-m", f"Work\n\nStory: {STORY}", cwd=source)
    git("clone", "-q", str(source), str(root), cwd=folder)
    shutil.rmtree(source)
    (root / "message").write_text(f"x\n\nStory: {STORY}\n", encoding="utf-8")
    if make is not None and not tracked:
        make(root, outside)
    return root


def files(folder: Path, *, own: bool) -> dict[str, str]:
    """The hashes of the files below a folder, git's left out: those of `.bmad` or all others; where links lead."""
    found = {}
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        if parts[0] == ".git" or (parts[0] == ".bmad") is not own:
            continue
        if path.is_symlink():
            found["/".join(parts)] = str(path.readlink())
        elif path.is_file():
            found["/".join(parts)] = _sha(path)
    return found


_VARIES = re.compile(r"\b[0-9a-f]{7,64}\b|\d{4}-\d\d-\d\dT[\d:.+]+")


def told(ended: Ended, root: Path) -> str:
    """What a command printed, without what differs between two clones."""
    return _VARIES.sub("X", ended.out.replace(str(root), "CLONE"))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[Words, Seen]:
    """Exit, output and files after each command in a clean clone."""
    root = project(tmp_path_factory.mktemp("clean"), None, tracked=False)
    seen: dict[Words, Seen] = {}
    for words in READS + WRITES:
        ended = inside(*words, cwd=root)
        seen[words] = (ended.code, told(ended, root), files(root, own=False))
    return seen


def test_b_every_command_has_its_place_here() -> None:
    assert {words[0] for words in READS + OWN + WRITES} == set(COMMANDS)


@pytest.mark.parametrize(
    ("make", "tracked"),
    [(planted, True), (planted, False), (linked, True), (linked_inside, True), (linked_inside, False)],
    ids=["tracked", "left behind", "a link", "links inside", "links left behind"],
)
def test_b_a_hostile_folder_changes_no_file_and_no_verdict(
    clean: dict[Words, Seen], tmp_path: Path, make: Made, *, tracked: bool
) -> None:
    root = project(tmp_path, make, tracked=tracked)
    before, own, outside = files(root, own=False), files(root, own=True), files(tmp_path / "outside", own=False)
    planted_there = files(tmp_path / "outside", own=True)
    for words in READS:
        ended = inside(*words, cwd=root)
        assert (words, ended.code, told(ended, root)) == (words, *clean[words][:2])
        assert files(root, own=False) == before
    for words in OWN:
        ended = inside(*words, cwd=root)
        assert ended.code in (2, 3), (words, ended)
        assert files(root, own=False) == before
    for words in WRITES:
        ended = inside(*words, cwd=root)
        assert (words, ended.code, files(root, own=False)) == (words, clean[words][0], clean[words][2])
    assert files(root, own=True) == own
    assert files(tmp_path / "outside", own=False) == outside
    assert files(tmp_path / "outside", own=True) == planted_there
    assert (tmp_path / "outside/secret").read_text(encoding="utf-8") == "secret\n"


def test_b_twin_ones_own_folder_is_believed_and_goes_with_a_moved_checkout(tmp_path: Path) -> None:
    root = project(tmp_path, None, tracked=False)
    assert inside("accept", "--all", cwd=root).code == 0
    with closing(SqliteJournal(root / ".bmad/journal.db", (root / ".git/bmad/id").read_text().strip())) as journal:
        journal.append(BEGUN)
    assert inside("log", STORY, cwd=root).code == 0
    moved = tmp_path / "moved"
    root.rename(moved)
    assert inside("log", STORY, cwd=moved).code == 0
    before = files(moved, own=True)
    for words in (("log", STORY), ("inbox",), ("status",), ("act", "--dry-run")):
        inside(*words, cwd=moved)
    assert files(moved, own=True) == before
    again = tmp_path / "again"
    git("clone", "-q", str(moved), str(again), cwd=tmp_path)
    shutil.copytree(moved / ".bmad", again / ".bmad")
    refused = inside("accept", "--all", cwd=again)
    assert refused.code == 3
    [line] = [line for line in refused.err.splitlines() if "cp " in line]
    _, source, target = line[line.index("cp ") : line.index(")")].split(" ")
    (again / ".git/bmad").mkdir(exist_ok=True)
    shutil.copyfile(source, target)
    assert inside("log", STORY, cwd=again).code == 0


def test_b_a_journal_of_another_repository_is_refused(tmp_path: Path) -> None:
    """As a checkout of a branch that tracks one leaves it, over one's own."""
    root = project(tmp_path, None, tracked=False)
    assert inside("accept", "--all", cwd=root).code == 0
    with closing(SqliteJournal(root / ".bmad/journal.db", "0" * 32)) as journal:
        journal.append(BEGUN)
    for words in (("log", STORY), ("accept", "--all"), ("act", STORY)):
        ended = inside(*words, cwd=root)
        assert (ended.code, "journal of another repository" in ended.err) == (3, True), (words, ended)

"""`bmad act` where something is missing, or nothing is left to do: a sentence and the right exit code."""

import json
from pathlib import Path

import pytest

from tests.act.hostile_world import Hostile, seen
from tests.act.repos import git


def small(folder: Path, text: str | None) -> Hostile:
    """A world whose bmad.yaml, committed, is another one; None: there is none."""
    world = Hostile(folder, ["Honest"])
    if text is None:
        (world.home / "bmad.yaml").unlink()
    else:
        world.write({"bmad.yaml": text})
    world.save("Other settings")
    return world


AGENT = json.dumps({"command": ["true"]})
SMALL = {
    "no settings": (None, 2, "There is no bmad.yaml in"),
    "no agents": (
        "version: 1\n",
        2,
        "bmad.yaml names no agent for the developer (`agents.developer`), as it is committed",
    ),
    "no reviewer": (
        f"version: 1\nagents: {{developer: {AGENT}}}\n",
        2,
        "bmad.yaml names no agent for the reviewer (`agents.reviewer`), as it is committed",
    ),
    "no program": (
        "version: 1\nagents: {developer: {command: [no-such-program]}, reviewer: {use: developer}}\n",
        4,
        "there is no program `no-such-program` on the PATH; install it, or name another one in bmad.yaml",
    ),
    "no recording": (
        "version: 1\nagents: {developer: {replay: gone.jsonl}, reviewer: {use: human}}\n",
        2,
        "gone.jsonl cannot be read: No such file or directory.",
    ),
    "no checks": (
        f"version: 1\nagents: {{developer: {AGENT}, reviewer: {AGENT}}}\nact: {{accept: auto}}\n",
        2,
        "bmad.yaml names no `verify` commands, so nothing shows that a criterion is met. Name some",
    ),
    "in a circle": (
        "version: 1\nagents: {developer: {use: a}, a: {use: b}, b: {use: a}}\n",
        2,
        "lead in a circle",
    ),
    "no branch": ("version: 1\nact: {target: nowhere}\n", 2, "`nowhere` is no branch here. Correct `act.target`"),
    "broken": ("version: 1\nact: [\n", 2, "bmad.yaml"),
    "unknown key": ("version: 1\nacts: {}\n", 2, "acts"),
}


@pytest.mark.parametrize("name", SMALL)
def test_what_is_missing_is_said_in_a_sentence(tmp_path: Path, name: str) -> None:
    text, code, words = SMALL[name]
    world = small(tmp_path / "w", text)
    before = seen(world.home)
    ended = world.bmad("act")
    assert ended.code == code, ended
    assert words in ended.out + ended.err
    assert seen(world.home) == before
    assert world.left() == []


@pytest.mark.parametrize("name", ["no agents", "no reviewer", "no checks"])
def test_a_dry_run_asks_for_what_it_takes_too(tmp_path: Path, name: str) -> None:
    text, code, words = SMALL[name]
    ended = small(tmp_path / "w", text).bmad("act", "--dry-run")
    assert ended.code == code, ended
    assert words in ended.err


def test_settings_that_are_not_committed_do_not_count_yet(tmp_path: Path) -> None:
    world = small(tmp_path / "w", None)
    world.settings(creator=False)
    ended = world.bmad("act")
    assert ended.code == 2
    assert "There is no bmad.yaml in" in ended.err
    assert "commit" in ended.err


def test_an_unknown_story_is_named(tmp_path: Path) -> None:
    world = Hostile(tmp_path / "w", ["Honest"])
    for arguments in (["act", "STORY-zzzzzz"], ["log", "STORY-zzzzzz"], ["cancel", "STORY-zzzzzz"]):
        ended = world.bmad(*arguments)
        assert ended.code == 2
        assert "STORY-zzzzzz" in ended.err


def test_a_backlog_that_is_done_stays_done(tmp_path: Path) -> None:
    world = Hostile(tmp_path / "w", ["Honest"])
    assert world.bmad("act").code == 0
    tip = git(world.home, "rev-parse", "main")
    ended = world.bmad("act")
    assert (ended.code, ended.err) == (0, "")
    assert f"{world.id('Honest')} is done on main" in ended.out
    assert world.bmad("act", world.id("Honest")).code == 0
    assert git(world.home, "rev-parse", "main") == tip
    assert "Nothing waits for you." in world.bmad("inbox").out


def test_an_empty_backlog_is_no_error(tmp_path: Path) -> None:
    world = Hostile(tmp_path / "w", ["Honest"])
    git(world.home, "reset", "--quiet", "--hard", "HEAD~1")
    ended = world.bmad("act")
    assert ended.code == 0
    assert "0 of 0 stories done" in ended.out


def test_without_checks_a_person_stands_for_the_criteria(tmp_path: Path) -> None:
    world = Hostile(tmp_path / "w", ["Honest"], accept="story")
    text = (world.home / "bmad.yaml").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines(keepends=True) if not line.startswith("verify:")]
    world.write({"bmad.yaml": "".join(kept)})
    world.save("Verify nothing")
    assert world.bmad("act").code == 4
    assert world.bmad("accept", "--all").code == 0
    ended = world.bmad("act")
    assert ended.code == 0, ended
    checks = [one["name"] for one in world.record("Honest")["checks"]]
    assert checks == ["territory", "classes", "files", "kept-tests", "secrets", "known-imports"]


def test_no_repository_and_no_commit_are_said(tmp_path: Path) -> None:
    world = Hostile(tmp_path / "w", ["Honest"])
    for folder in ("plain", "unborn"):
        (tmp_path / folder).mkdir()
    git(tmp_path / "unborn", "init", "--quiet")
    told = world.bmad("act", cwd=tmp_path / "plain")
    assert (told.code, "is not in a git repository" in told.err) == (3, True)
    told = world.bmad("act", cwd=tmp_path / "unborn")
    assert (told.code, "has no commit yet" in told.err) == (3, True)
    for words in (["knowledge"], ["adopt"], ["show", "STORY-x", "--prompt", "developer"], ["coverage"]):
        told = world.bmad(*words, cwd=tmp_path / "unborn")
        assert (told.code, "no commit" in told.err) == (3, True), words

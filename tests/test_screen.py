"""Colour, width and the pager: for a person at a terminal, as they ask for it, and for nobody else."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from bmad import screen
from bmad.agents.paging import page
from bmad.cli import output
from bmad.cli.commands import COMMANDS
from bmad.render.colour import painted
from bmad.render.folding import folded
from bmad.render.words import columns
from tests.program import git, inside
from tests.specs import write, write_small


class Stream:
    def __init__(self, *, terminal: bool) -> None:
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize(
    ("terminal", "environ", "colour"),
    [
        (True, {"TERM": "xterm"}, True),
        (False, {"TERM": "xterm"}, False),
        (True, {"TERM": "dumb"}, False),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (True, {"TERM": "xterm", "NO_COLOR": ""}, True),
        (False, {"FORCE_COLOR": "1"}, True),
        (False, {"FORCE_COLOR": "0"}, False),
        (False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (True, {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
    ],
)
def test_who_is_shown_colour(
    terminal: bool, environ: dict[str, str], colour: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TERM", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert screen.wants_colour(Stream(terminal=terminal)) is colour  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, ["less"]),
        ({"PAGER": "more -s"}, ["more", "-s"]),
        ({"PAGER": "more", "BMAD_PAGER": "less -S"}, ["less", "-S"]),
        ({"PAGER": "more", "BMAD_PAGER": ""}, None),
        ({"PAGER": "cat"}, None),
        ({"PAGER": "less '"}, None),
        ({"GIT_PAGER": "x"}, ["less"]),
        ({"TERM": "dumb"}, None),
        ({"PAGER": "sh -c 'echo $(id)'; true"}, ["sh", "-c", "echo $(id);", "true"]),
    ],
)
def test_who_chooses_the_pager(
    environ: dict[str, str], words: list[str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", Stream(terminal=True))
    for name in ("PAGER", "BMAD_PAGER", "LESS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm", "LINES": "24", "COLUMNS": "80", **environ}.items():
        monkeypatch.setenv(name, value)
    chosen = screen.pager("line\n" * 24)
    assert (chosen[0] if chosen else None) == words
    assert chosen is None or chosen[1]["LESS"] == "FRX"
    assert screen.pager("line\n" * 22) is None, "it fits"
    monkeypatch.setattr(sys, "stdout", Stream(terminal=False))
    assert screen.pager("line\n" * 1000) is None


def test_a_pager_that_is_left_early_or_is_not_there_ends_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    assert page("line\n" * 100_000, ["head", "-n", "1"], os.environ)
    assert capfd.readouterr().out == "line\n"
    assert not page("line\n", ["no-such-pager"], os.environ)
    assert page("\udcff\n", ["cat"], os.environ)
    assert capfd.readouterr().out == "\\udcff\n"


def test_only_words_that_mean_something_are_coloured_and_all_of_them_stay() -> None:
    text = "gate: refused\n    G15 src/x.py changes\n  ✓ done      STORY-find01  A title\ncommit 0123456789ab  T\n"
    shown = painted(text)
    for part in ("31mgate: refused", "31m    G15", "32m  ✓ done", "36mSTORY-find01", "33m0123456789ab"):
        assert f"\x1b[{part}" in shown
    plain = shown
    for code in ("1", "31", "32", "33", "36", "0"):
        plain = plain.replace(f"\x1b[{code}m", "")
    assert plain == text
    for same in ('{"a": "STORY-find01"}', "\x1b[1mSTORY-find01\x1b[0m", "plain"):
        assert painted(same) == same


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    git("init", "--quiet", cwd=tmp_path)
    write_small(tmp_path)
    write(tmp_path, {".gitconfig": "[core]\npager = touch owned\n"})
    git("config", "core.pager", "touch owned", cwd=tmp_path)
    git("add", ".", cwd=tmp_path)
    git("commit", "--quiet", "-m", "Adopt and map", cwd=tmp_path)
    return tmp_path


def at_terminal(repo: Path, *words: str, **environ: str) -> str:
    """What a terminal of 80 columns and 5 lines shows."""
    ours, theirs = pty.openpty()
    more = {"TERM": "xterm", "LINES": "5", "COLUMNS": "80", **environ}
    line = [sys.executable, "-m", "bmad", *words]
    done = subprocess.Popen(line, cwd=repo, env=os.environ | more, stdout=theirs, stderr=subprocess.DEVNULL)
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # it has ended
        pass
    os.close(ours)
    assert done.wait(timeout=60) == 0
    return shown.decode().replace("\r\n", "\n")


def test_at_a_terminal_what_is_longer_than_the_screen_is_paged_in_colour(repo: Path) -> None:
    mark = {"BMAD_PAGER": "sed s/^/paged:/"}
    board = at_terminal(repo, "status", **mark)
    assert board.startswith("paged:\x1b[36mEPIC-notes1\x1b[0m")
    assert len(board.splitlines()) == board.count("paged:")
    for words, environ in ((("status", "--json"), mark), (("status",), {"BMAD_PAGER": "cat", "NO_COLOR": "1"})):
        assert at_terminal(repo, *words, **environ) == inside(*words, cwd=repo).out
    assert not (repo / "owned").exists()


@pytest.mark.parametrize("words", [("--help",), ("help", "map"), ("hooks", "install", "--help"), ()])
def test_so_is_help_which_bmad_alone_is_where_it_is_not_adopted(words: tuple[str, ...], tmp_path: Path) -> None:
    git("init", "--quiet", cwd=tmp_path)
    shown = at_terminal(tmp_path, *words, BMAD_PAGER="sed s/^/paged:/")
    assert shown.count("paged:") == len(shown.splitlines()) > 5
    assert "\x1b[1mOptions:\x1b[0m" in shown
    assert at_terminal(tmp_path, *words, LINES="200") == shown.replace("paged:", "")


def test_long_lines_are_broken_between_words_and_nothing_is_lost() -> None:
    text = (
        "short\n"
        "  ✓ done      STORY-find01  A title that is longer than forty columns  2 commits\n"
        "    $ bmad gate --base origin/main --head HEAD --level reviewed\n"
        "    “日本語の文章はとても長いので、四十桁には収まりません。二行になります。”\n"
        f"{'x' * 90}\n"
    )
    path = f"output: /tmp/{'x' * 90}/1.log"
    for width in (40, 60):
        assert folded(f"{path}\n", width).split() == path.split(), "a path is there to be copied"
    for width in (40, 60, 220):
        rows = folded(text, width).splitlines()
        assert [row for row in rows if columns(row) > width and "$ " not in row] == []
        assert "".join(folded(text, width).split()) == "".join(text.split())
    assert folded(text, 220) == text
    assert "    $ bmad gate --base origin/main --head HEAD --level reviewed\n" in folded(text, 40)
    assert "  ✓ done      STORY-find01  A title that\n      is longer than" in folded(text, 40)


@pytest.mark.parametrize("name", COMMANDS)
def test_what_any_command_tells_keeps_to_the_terminal_and_data_stays_whole(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setenv("BMAD_PAGER", "")
    monkeypatch.setenv("NO_COLOR", "1")
    words = "a few words " * 9
    output.begin(read_by_people=COMMANDS[name].read_by_people, folds=not COMMANDS[name].data)
    output.result(words)
    output.message(words)
    output.error(words)
    output.begin(read_by_people=False)
    shown = capsys.readouterr()
    assert (max(map(len, shown.out.splitlines())) <= 40) is not COMMANDS[name].data
    assert max(map(len, shown.err.splitlines())) <= 40
    assert shown.err.split() == [*words.split(), "bmad:", *words.split()]


def test_a_narrow_terminal_is_kept_to(repo: Path) -> None:
    shown = at_terminal(repo, "trace", "STORY-find01", COLUMNS="40", BMAD_PAGER="", NO_COLOR="1")
    assert max(map(len, shown.splitlines())) <= 40
    assert "".join(shown.split()) == "".join(inside("trace", "STORY-find01", cwd=repo).out.split())


def test_a_pipe_is_plain_but_where_colour_is_asked_for(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in inside("status", cwd=repo).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[36mSTORY-find01\x1b[0m" in inside("show", "STORY-find01", cwd=repo).out
    for words in (("show", "STORY-find01", "--json"), ("graph",), ("show", "STORY-find01", "--prompt", "creator")):
        assert "\x1b" not in inside(*words, cwd=repo).out, words
    assert "\x1b[1mSet up:\x1b[0m" in inside("--help", cwd=repo).out


@pytest.mark.parametrize(
    "words",
    [
        ("trace", "{}"),
        ("show", "{}"),
        ("map", "{}"),
        ("impact", "{}"),
        ("import", "{}"),
        ("schema", "{}"),
        ("verify", "--junit", "{}"),
        ("status", "-C", "{}"),
        ("{}",),
    ],
)
def test_an_error_moves_no_cursor_whatever_name_it_tells_of(repo: Path, words: tuple[str, ...]) -> None:
    """A shell hands over the names of files (`src/*`), whoever gave them."""
    ended = inside(*(word.format("a\x1b[2J\u202eb") for word in words), cwd=repo)
    assert ended.code == 2
    assert "\\x1b[2J\\u202eb" in ended.err
    assert not {"\x1b", "\u202e"} & set(ended.err + ended.out)

"""A full disk: told as one, and nothing that was cut short is left beside what is whole."""

import errno
import io
import os
import sys
from pathlib import Path

import pytest

from bmad import hooked
from bmad.cli.boundary import run
from bmad.errors import CannotAnswerError
from bmad.git.process import Git, complaint
from bmad.git.work.calls import ask
from bmad.store.local import LocalState


def test_i_a_full_disk_leaves_no_half_of_bmads_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = LocalState(tmp_path / ".bmad", tmp_path / "git")

    def cut_short(path: Path, *_: object, **__: object) -> int:
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with monkeypatch.context() as full:
        full.setattr(Path, "write_text", cut_short)
        with pytest.raises(CannotAnswerError, match=r"No space left on device\. Make room on the disk"):
            state.claim()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    state.claim()
    names = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert len(names) == 3, names
    assert (state.fault(), (state.folder / ".gitignore").read_text(encoding="ascii")) == ("", "*\n")


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="this system has no files in memory alone")
def test_i_git_has_words_for_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where temporary files stand on it, too; without them unfinished work was moved aside as if broken."""
    git = Git(["git"], dict(os.environ), tmp_path)
    words = ask(git, ["no-such-verb"]).err
    assert b"no-such-verb" in words
    with Path(os.devnull).open("rb") as full:
        monkeypatch.setattr("bmad.git.work.calls.TemporaryFile", lambda: full)
        assert ask(git, ["no-such-verb"]).err == words
    for mute in ("unable to write file specs/intent.md", "cannot update ref 'x': couldn't write '/r/x.lock'"):
        assert complaint(io.BytesIO(f"fatal: {mute}\n".encode())) == f"{mute} (is the disk full?)"
    told = "unable to write loose object file: No space left on device"
    assert complaint(io.BytesIO(f"error: {told}\n".encode())) == told


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is full")
@pytest.mark.parametrize(
    ("stream", "words", "code"),
    [
        ("stderr", ["nonsense"], 2),
        ("stderr", ["explain", "--json"], 2),
        ("stderr", ["--version"], 0),
        ("stdout", ["--version"], 3),
        ("stdout", ["gate", "--help"], 3),
        ("stdout", ["nonsense", "--json"], 2),
    ],
)
def test_i_a_stream_that_takes_nothing(
    stream: str, words: list[str], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The code stays what it is where only words are lost, and says so where the result is."""
    with Path("/dev/full").open("w", encoding="utf-8", buffering=1) as full:
        monkeypatch.setattr(sys, stream, full)
        assert run(words) == code
    told = capsys.readouterr()
    assert ("result cannot be printed: No space left" in told.err) == (code == 3)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is full")
def test_i_a_hook_whose_words_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w", encoding="utf-8", buffering=1) as full:
        monkeypatch.setattr(sys, "stderr", full)
        assert hooked.run(["no-hook"]) == 2


def test_i_a_folder_that_is_there_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert run(["status"]) == 3
    assert "The folder that this is run in is there no more" in capsys.readouterr().err
    assert run(["status", "-C", str(tmp_path)]) == 2
    assert "no specification here yet" in capsys.readouterr().err

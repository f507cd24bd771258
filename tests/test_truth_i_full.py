"""A full disk: told as one, and nothing that was cut short is left beside what is whole."""

import errno
import os
from pathlib import Path

import pytest

from bmad.errors import CannotAnswerError
from bmad.git.process import Git
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

"""Locks by name: one holder each, gone with the last process that has them open."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bmad.errors import CannotAnswerError, UsageError
from bmad.ports.acting import Locks
from bmad.store.locks import FileLocks

TAKE = """
import sys
from collections.abc import Callable
from pathlib import Path
from bmad.store.locks import FileLocks
hold = FileLocks(Path(sys.argv[1])).take("runner", "another")
print("taken" if hold else "held", flush=True)
sys.stdin.read()
"""


def other(folder: Path) -> "subprocess.Popen[str]":
    """Another process that tries to take the lock and keeps it until its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", TAKE, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent.parent,
    )


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_lock_has_one_holder_and_says_who(tmp_path: Path) -> None:
    locks: Locks = FileLocks(tmp_path / "locks")
    hold = locks.take("runner", "`bmad act`")
    assert hold is not None
    assert locks.take("runner", "a second one") is None
    assert locks.holder("runner").startswith(f"`bmad act`, process {os.getpid()} on ")
    assert locks.take("STORY-1", "another name") is not None
    hold.release()
    hold.release()
    again = locks.take("runner", "the next")
    assert again is not None
    assert locks.holder("runner").startswith("the next, process ")


def test_a_lock_holds_between_processes_and_goes_with_a_killed_one(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path)
    with other(tmp_path) as process:
        assert said(process) == "taken"
        assert locks.take("runner", "me") is None
        process.kill()
        process.wait()
        hold = locks.take("runner", "me")
    assert hold is not None
    with other(tmp_path) as process:
        assert said(process) == "held"
        process.communicate("")


def test_a_child_that_inherits_it_keeps_it(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path)
    hold = locks.take("tree", "me")
    assert hold is not None
    command = [sys.executable, "-c", "input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=(hold.fileno(),)) as child:
        hold.release()
        assert locks.take("tree", "me") is None
        child.communicate(b"\n")
    assert locks.take("tree", "me") is not None


def test_a_child_that_is_not_given_it_does_not_keep_it(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path)
    hold = locks.take("tree", "me")
    assert hold is not None
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        hold.release()
        assert locks.take("tree", "me") is not None
        child.communicate(b"\n")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"what": "x"}', b"\xff\xfe", b"[" * 4096])
def test_what_the_file_says_is_not_believed(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "runner.held").write_bytes(content)
    locks = FileLocks(tmp_path)
    assert locks.holder("runner") == ""
    assert locks.holder("nobody") == ""
    assert locks.take("runner", "me") is not None
    assert locks.holder("runner").startswith("me, process ")


@pytest.mark.parametrize("name", ["", "a/b", "a\0b"])
def test_a_name_is_one_part_of_a_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no name of a lock"):
        FileLocks(tmp_path).take(name, "me")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("kept")
    (tmp_path / "runner.held").symlink_to(tmp_path / "precious")
    with pytest.raises(CannotAnswerError, match="cannot be taken"):
        FileLocks(tmp_path).take("runner", "me")
    assert (tmp_path / "precious").read_text() == "kept"


@pytest.mark.parametrize("folder", [False, True])
@pytest.mark.parametrize("put", [os.mkfifo, os.mkdir, lambda place: place.symlink_to("gone")])
def test_what_stands_in_the_place_of_a_lock_is_named_and_waited_for_by_nobody(
    tmp_path: Path, put: Callable[[Path], None], folder: bool
) -> None:
    place = tmp_path / "locks" if folder else tmp_path / "locks" / "runner.held"
    place.parent.mkdir(exist_ok=True)
    put(place)
    locks = FileLocks(tmp_path / "locks")
    assert (locks.holder("runner"), locks.is_held("runner")) == ("", False)
    if not folder or not place.is_dir():
        with pytest.raises(CannotAnswerError, match=rf"{place} must be a plain .*, and no link\. Move it aside\."):
            locks.take("runner", "me")
        place.rmdir() if place.is_dir() else place.unlink()
    assert locks.take("runner", "me") is not None


def test_a_lock_file_that_was_replaced_is_not_the_lock(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path)
    first = locks.take("runner", "me")
    (tmp_path / "runner.held").unlink()
    second = locks.take("runner", "me again")
    assert first is not None
    assert second is not None
    assert os.path.samestat(os.fstat(second.fileno()), (tmp_path / "runner.held").stat())
    assert locks.take("runner", "a third") is None


def test_a_lock_tells_whether_this_process_took_it_last(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path)
    assert not locks.was_taken_here("runner"), "nobody has"
    hold = locks.take("runner", "me")
    assert hold is not None
    hold.release()
    assert locks.was_taken_here("runner"), "also once it is free again"
    take = "import sys, pathlib, bmad.store.locks as b; b.FileLocks(pathlib.Path(sys.argv[1])).take('runner', 'x')"
    subprocess.run([sys.executable, "-c", take, str(tmp_path)], check=True)
    assert not locks.was_taken_here("runner")

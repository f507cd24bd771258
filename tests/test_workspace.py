"""Files are written all or not at all, whatever interrupts it, and never outside the repository."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bmad.errors import CannotAnswerError, UsageError
from bmad.model.bounds import FILE, LOCK, MIB
from bmad.store.staging import Stages
from bmad.store.workspace import FileWorkspace, read_text, writers
from tests.layout import LAYOUT

FILES: dict[str, str | None] = {"stories/STORY-a.md": "new a\n", "specs/prd.md": "new prd\n", "old.md": None}


def start(root: Path) -> None:
    (root / "specs").mkdir()
    (root / "specs/prd.md").write_text("old prd\n", encoding="utf-8")
    (root / "old.md").write_text("old\n", encoding="utf-8")


def state(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in root.rglob("*")
        if path.is_file() and not {".bmad", ".git"} & set(path.parts)
    }


OLD = {"specs/prd.md": "old prd\n", "old.md": "old\n"}
NEW = {"specs/prd.md": "new prd\n", "stories/STORY-a.md": "new a\n"}


def write(root: Path, files: Mapping[str, str | None]) -> None:
    with FileWorkspace(root).writing("a test") as writer:
        writer.write(files)


def recover(root: Path) -> list[str]:
    """What the next command that writes tells of what it found."""
    told: list[str] = []
    with FileWorkspace(root, tell=told.append).writing("a test"):
        return told


def plant(root: Path, moves: object) -> Path:
    """A stage as somebody would lay it there, with one file in it."""
    stage = root / ".bmad/staged/7"
    stage.mkdir(parents=True)
    (stage / "0").write_text("planted\n", encoding="utf-8")
    (stage / "ready.json").write_text(json.dumps({"root": "", "moves": moves}), encoding="utf-8")
    return stage


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


PLANTED = sha("planted\n")


def test_all_is_written(tmp_path: Path) -> None:
    start(tmp_path)
    write(tmp_path, FILES)
    assert state(tmp_path) == NEW
    assert (tmp_path / ".bmad/.gitignore").read_text(encoding="utf-8") == "*\n"
    assert list((tmp_path / ".bmad/staged").iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from bmad.store.staging import Stages
from bmad.store.workspace import FileWorkspace
count = 0
def counted(name):
    plain = getattr(Path, name)
    def step(self, *args, **kwargs):
        global count
        count += 1
        if count == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
        return plain(self, *args, **kwargs)
    setattr(Path, name, step)
for name in ("replace", "unlink", "mkdir", "write_text"):
    counted(name)
with FileWorkspace(Path(sys.argv[1])).writing("a test") as writer:
    writer.write(%r)
"""


def test_a_kill_at_any_step_leaves_all_or_nothing(tmp_path: Path) -> None:
    outcomes = []
    for at in range(1, 40):
        root = tmp_path / str(at)
        root.mkdir()
        start(root)
        done = subprocess.run([sys.executable, "-c", KILLED % FILES, str(root), str(at)], check=False)
        FileWorkspace(root).read("old.md")
        recover(root)  # the next command that writes finishes what was begun
        assert state(root) in (OLD, NEW), at
        outcomes.append((done.returncode, state(root) == NEW))
        if done.returncode == 0:
            break
    assert outcomes[-1] == (0, True)
    killed = [whole for code, whole in outcomes if code == -signal.SIGKILL]
    assert True in killed
    assert False in killed


def test_i_what_a_hand_writes_while_a_command_works_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(tmp_path)
    space = FileWorkspace(tmp_path)
    story, prd = tmp_path / "stories/STORY-a.md", tmp_path / "specs/prd.md"
    with space.writing("a test") as writer:
        assert [space.read("specs/prd.md"), space.read("stories/STORY-a.md")] == ["old prd\n", None]
        writer.write({"specs/prd.md": "first\n"})
        writer.write({"specs/prd.md": "second\n"})  # what it wrote itself is no hand's
        story.parent.mkdir()
        for path, text in ((prd, "a hand's\n"), (story, "a hand's\n")):
            path.write_text(text, encoding="utf-8")
            space.read("specs/prd.md")
            with pytest.raises(CannotAnswerError, match="was changed while this command worked"):
                writer.write(FILES)
            assert path.read_text(encoding="utf-8") == "a hand's\n"
            prd.write_text("second\n", encoding="utf-8")
        assert list((tmp_path / ".bmad/staged").iterdir()) == []
    story.unlink()

    plain = Stages._stage

    def late(*arguments: Any) -> Any:
        moves = plain(*arguments)
        prd.write_text("late\n", encoding="utf-8")
        return moves

    monkeypatch.setattr(Stages, "_stage", late)
    with pytest.raises(CannotAnswerError, match=r"specs/prd.md was changed by hand .* would have written is "):
        write(tmp_path, {"specs/prd.md": "new prd\n"})
    assert prd.read_text(encoding="utf-8") == "late\n"
    [kept] = (tmp_path / ".bmad/aside").rglob("0")
    assert kept.read_text(encoding="utf-8") == "new prd\n"


@pytest.mark.parametrize("path", ["../out.md", ".git/hooks/pre-commit", "specs/../../out.md", ".GIT/config"])
def test_nothing_is_written_outside_or_into_git(tmp_path: Path, path: str) -> None:
    with pytest.raises(UsageError):
        write(tmp_path, {path: "x"})
    plant(tmp_path, [[path, "0", None, PLANTED]])
    assert "is left alone" in recover(tmp_path)[0]
    assert not (tmp_path.parent / "out.md").exists()
    assert not (tmp_path / ".git").exists()


def test_a_symlink_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "specs").symlink_to(outside)
    (inside / "link.md").symlink_to(outside / "secret")
    with pytest.raises(UsageError, match="symbolic link"):
        write(inside, {"specs/prd.md": "x"})
    assert list(outside.iterdir()) == []
    (outside / "secret").write_text("secret\n", encoding="utf-8")
    for path in ("link.md", "specs/secret"):
        with pytest.raises(UsageError, match="symbolic link"):
            FileWorkspace(inside).read(path)


@pytest.mark.parametrize(
    "moves",
    [
        *("", {}, [1], [[None]], None, [["specs/prd.md", "0"]]),
        [["specs/prd.md", "../0", sha("old prd\n"), PLANTED]],
        [["specs/prd.md", "0/../0", sha("old prd\n"), PLANTED]],
        [["specs/prd.md", "/etc/hosts", sha("old prd\n"), PLANTED]],
        [["specs/prd.md", "0", "", PLANTED]],
        [[["specs/prd.md"], "0", None, PLANTED]],
    ],
)
def test_b_a_list_of_moves_that_is_none_is_left_alone_and_told(tmp_path: Path, moves: object) -> None:
    start(tmp_path)
    stage = plant(tmp_path, moves)
    assert str(stage) in recover(tmp_path)[0]
    assert state(tmp_path) == OLD


def test_b_a_staged_link_is_not_followed(tmp_path: Path) -> None:
    start(tmp_path)
    secret = tmp_path.parent / "secret"
    secret.write_text("planted\n", encoding="utf-8")
    stage = plant(tmp_path, [["specs/prd.md", "0", sha("old prd\n"), PLANTED]])
    (stage / "0").unlink()
    (stage / "0").symlink_to(secret)
    assert "no link" in recover(tmp_path)[0]
    assert state(tmp_path) == OLD
    assert secret.is_file()


@pytest.mark.parametrize(
    "moves", [[["specs/prd.md", "0", sha("old prd\n"), PLANTED]], [["old.md", None, sha("old\n"), None]]]
)
def test_b_what_was_begun_never_goes_over_a_later_hand(tmp_path: Path, moves: list[list[str]]) -> None:
    """The same leftover is finished where nobody was there in between, and set aside where somebody was."""
    for name in ("honest", "edited"):
        root = tmp_path / name
        root.mkdir()
        start(root)
        plant(root, moves)
        path = moves[0][0]
        if name == "edited":
            (root / path).write_text("by hand\n", encoding="utf-8")
        assert FileWorkspace(root).unfinished() == 1
        told = " ".join(recover(root))
        assert "Finished" in told
        assert state(root).get(path) == ("by hand\n" if name == "edited" else "planted\n" if moves[0][1] else None)
        assert ("changed by hand after" in told) == (name == "edited")
        kept = [file.read_text(encoding="utf-8") for file in (root / ".bmad").glob("aside/*/*")]
        assert kept == (["planted\n"] if name == "edited" and moves[0][1] else [])
        assert recover(root) == []


def test_b_reading_recovers_nothing(tmp_path: Path) -> None:
    start(tmp_path)
    stage = plant(tmp_path, [["specs/prd.md", "0", sha("old prd\n"), PLANTED]])
    workspace = FileWorkspace(tmp_path)
    assert workspace.read("specs/prd.md") == "old prd\n"
    assert list(workspace.spec_paths(LAYOUT)) == ["specs/prd.md"]
    assert (stage / "ready.json").exists()
    assert state(tmp_path) == OLD


def test_b_a_link_in_the_place_of_the_stage_leads_nowhere(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    root.mkdir()
    (root / ".bmad").symlink_to(outside)
    with pytest.raises(UsageError, match="no link"):
        write(root, {"specs/prd.md": "x"})
    (root / ".bmad").unlink()
    (root / ".bmad").mkdir()
    (root / ".bmad/staged").symlink_to(outside)
    with pytest.raises(UsageError, match="no link"):
        write(root, {"specs/prd.md": "x"})
    assert list(outside.iterdir()) == []


def test_i_who_writes_waits_and_a_holder_that_was_killed_blocks_nobody(tmp_path: Path) -> None:
    start(tmp_path)
    own = tmp_path / ".git/bmad"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(own)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(CannotAnswerError, match=rf"is writing here \(a long map, process {holder.pid} on "):
        writers(own).wait("write", "me", 0.05)
    assert writers(own).is_held("write")
    holder.kill()
    holder.communicate()
    with FileWorkspace(tmp_path, own).writing("the next") as writer:
        writer.write(FILES)
    assert state(tmp_path) == NEW
    assert not writers(own).is_held("write")


HOLDER = """
import sys
from collections.abc import Mapping
from pathlib import Path
from bmad.store.staging import Stages
from bmad.store.workspace import FileWorkspace
with FileWorkspace(Path("."), Path(sys.argv[1])).writing("a long map"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "big.md").open("wb") as stream:
        stream.truncate(FILE.one + 1)
    with pytest.raises(UsageError, match="MiB"):
        FileWorkspace(tmp_path).read("big.md")


def test_a_small_file_takes_little_room_to_read(tmp_path: Path) -> None:
    (tmp_path / "small.md").write_text("# Small\n", encoding="utf-8")
    workspace = FileWorkspace(tmp_path)
    tracemalloc.start()
    try:
        assert workspace.read("small.md") == "# Small\n"
        assert tracemalloc.get_traced_memory()[1] < MIB
    finally:
        tracemalloc.stop()


def test_a_file_that_grows_while_it_is_read_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log.md").write_text("one two three\n", encoding="utf-8")
    before = os.stat_result((0o100644, *(0,) * 5, 3, *(0,) * 3))
    monkeypatch.setattr("bmad.store.workspace.os.stat", lambda _path: before)
    assert read_text(tmp_path / "log.md", "log.md") == "one two three\n"


@pytest.mark.parametrize(("path", "most"), [("specs/prd.md", FILE.one), ("specs/trace.lock", LOCK.one)])
@pytest.mark.parametrize("sign", ["x", "é"])
def test_nothing_is_written_that_could_not_be_read_again(tmp_path: Path, sign: str, path: str, most: int) -> None:
    workspace = FileWorkspace(tmp_path)
    fits = sign * (most // len(sign.encode()))
    with workspace.writing("a test") as writer:
        writer.write({path: fits})
        told = rf"{path} would be {most // MIB}\.0 MiB, and bmad reads no more than {most // MIB} MiB of it"
        with pytest.raises(UsageError, match=told):
            writer.write({"specs/intent.md": "new", path: fits + sign})
        with pytest.raises(UsageError, match=r"specs/intent\.md would hold a NUL byte.* Nothing was changed\."):
            writer.write({"specs/intent.md": f"a\0{sign}", path: "new"})
    assert workspace.read(path) == fits
    assert workspace.read("specs/intent.md") is None


def test_a_device_is_no_document(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(UsageError, match="regular"):
        FileWorkspace(tmp_path).read("pipe.md")


def test_a_folder_of_documents_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(folder: Path) -> object:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(os, "scandir", denied)
    with pytest.raises(UsageError, match=r"^specs/epics/ cannot be read: Permission denied\.$"):
        list(FileWorkspace(tmp_path).spec_paths(LAYOUT))

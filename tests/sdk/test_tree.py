"""What the tools may touch: files below the worktree, never through a link, never what is git's."""

import os
from pathlib import Path

import pytest

from bmad.agents.sdk.tree import MOST, OutsideError, Tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A worktree beside a folder that is somebody's own."""
    root, own = tmp_path / "tree", tmp_path / "own"
    for folder in (root / "src", root / ".git", own):
        folder.mkdir(parents=True)
    (root / "src" / "a.py").write_text("A = 1\n")
    (own / "secret").write_text("mine\n")
    (root / "out").symlink_to(own)
    (root / "file").symlink_to(own / "secret")
    (root / "self").symlink_to("src")
    (root / "gone").symlink_to(own / "not-yet")
    return root


OUTSIDE = [
    "../own/secret", "src/../../own/secret", "/etc/hostname", "out/secret", "file", "self/a.py", "gone", "gone/x",
    ".git/config", "src/.git/config", ".GIT/config", ".git./config", "GIT~1/config", ".g\u200dit/config",
    ".git::$INDEX_ALLOCATION/config", "src/a\0.py", "..", "", ".", "src/a.py/b",
]  # fmt: skip


@pytest.mark.parametrize("path", OUTSIDE, ids=repr)
def test_nothing_outside_is_read_or_written(root: Path, path: str) -> None:
    before = {one: one.read_bytes() for one in root.parent.rglob("*") if one.is_file()}
    tree = Tree(root)
    with pytest.raises(OutsideError):
        tree.read(path)
    with pytest.raises(OutsideError):
        tree.write(path, b"changed")
    assert {one: one.read_bytes() for one in root.parent.rglob("*") if one.is_file()} == before


@pytest.mark.parametrize("path", ["out", "self", "..", "/etc", ".git", "src/.git"])
def test_no_folder_outside_is_listed(root: Path, path: str) -> None:
    with pytest.raises(OutsideError):
        Tree(root).entries(path)


def test_what_lies_in_the_worktree_is_read_written_and_listed(root: Path) -> None:
    tree = Tree(root)
    assert tree.read("src/a.py") == tree.read(f"{root}/src/a.py") == tree.read("./src//a.py") == b"A = 1\n"
    tree.write("new/deep/b.py", b"B = 2\n")
    assert (root / "new/deep/b.py").read_bytes() == b"B = 2\n"
    assert tree.exists("src/a.py")
    assert not tree.exists("src/b.py")
    assert not tree.exists("nowhere/b.py")
    assert [(one.name, one.kind) for one in tree.entries("")] == [
        ("file", "link"), ("gone", "link"), ("new", "folder"),
        ("out", "link"), ("self", "link"), ("src", "folder"),
    ]  # fmt: skip


def test_a_file_keeps_its_permissions_and_what_is_linked_to_it_elsewhere_its_content(root: Path) -> None:
    script = root / "src" / "a.py"
    script.chmod(0o755)
    os.link(script, root.parent / "own" / "same")
    Tree(root).write("src/a.py", b"A = 2\n")
    assert script.stat().st_mode & 0o777 == 0o755
    assert (root.parent / "own" / "same").read_bytes() == b"A = 1\n"
    assert sorted(one.name for one in (root / "src").iterdir()) == ["a.py"]


def test_what_is_no_regular_file_is_neither_read_nor_written(root: Path) -> None:
    os.mkfifo(root / "pipe")
    tree = Tree(root)
    for path in ("pipe", "src"):
        with pytest.raises(OutsideError):
            tree.read(path)
        with pytest.raises(OutsideError):
            tree.write(path, b"x")
    with pytest.raises(OutsideError, match="MiB"):
        tree.write("large", b"x" * (MOST + 1))
    (root / "large").write_bytes(b"x" * (MOST + 1))
    with pytest.raises(OutsideError, match="MiB"):
        tree.read("large")


def test_a_folder_that_becomes_a_link_meanwhile_leads_nowhere(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is opened; then it is moved away and a link put in its place, before the file is opened."""
    real, tree = os.open, Tree(root)

    def swapped(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        opened = real(path, flags, mode, dir_fd=dir_fd)
        if path == "src":
            (root / "src").rename(root / "moved")
            (root / "src").symlink_to(root.parent / "own")
        return opened

    monkeypatch.setattr(os, "open", swapped)
    tree.write("src/secret", b"theirs")
    assert (root.parent / "own" / "secret").read_text() == "mine\n"
    assert (root / "moved" / "secret").read_bytes() == b"theirs"

"""A person's repository with real git, as stories are carried out in it."""

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from bmad.git.work.repository import GitRepository, open_repository
from bmad.model.worktrees import Worktree

MAIN = "refs/heads/main"
BRANCH = "refs/heads/bmad/STORY-a"


class Person:
    """A work tree on `main` with two files and one commit."""

    def __init__(self, root: Path, *, algorithm: str = "sha1") -> None:
        self.root = root
        shutil.copytree(_begun(algorithm), root)
        git(root, "update-index", "--refresh")
        self.base = (root / ".git/refs/heads/main").read_text(encoding="ascii").strip()

    def write(self, files: Mapping[str, str]) -> None:
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text, encoding="utf-8")

    def commit(self, message: str, files: Mapping[str, str]) -> str:
        self.write(files)
        git(self.root, "add", "-A")
        git(self.root, "commit", "-q", "-m", message)
        return git(self.root, "rev-parse", "HEAD")

    def open(self) -> GitRepository:
        return open_repository(self.root, os.environ)

    def git(self, *arguments: str) -> str:
        return git(self.root, *arguments)

    def state(self, root: Path | None = None) -> dict[str, bytes]:
        """All that is a person's in a work tree: files, index, head and what is under way."""
        root = root or self.root
        gitdir = root / git(root, "rev-parse", "--git-dir")
        found = {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file() and not {".git", ".bmad"} & set(path.relative_to(root).parts)
        }
        for name in ("HEAD", "index", "index.lock", "MERGE_HEAD", "MERGE_MSG"):
            if (gitdir / name).exists():
                found[f"git/{name}"] = (gitdir / name).read_bytes()
        return found


@cache
def _begun(algorithm: str) -> Path:
    """The work tree with its commit, made once and copied from then on."""
    folder = Path(tempfile.mkdtemp(prefix="bmad-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    git(folder, "init", "-q", "-b", "main", f"--object-format={algorithm}")
    (folder / "src").mkdir()
    for path, told in {"a.txt": "one\n", "src/b.txt": "two\n", ".gitignore": "*.log\n"}.items():
        (folder / path).write_text(told, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Begin\n")
    return folder


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return os.fsdecode(done.stdout).strip()


def trees(root: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Where the worktrees of bmad's own stand for the repository at root."""
    return open_repository(root, environ).place / "trees"


def story(repository: GitRepository, base: str, name: str = "STORY-a") -> Worktree:
    return repository.worktree(name, f"bmad/{name}", base)


def files(folder: Path, commit: str) -> dict[str, str]:
    """The files of a commit, with mode, kind and blob."""
    told = git(folder, "ls-tree", "-r", "-z", commit)
    pairs = (entry.split("\t", 1) for entry in told.split("\0") if entry)
    return {path: about for about, path in pairs}


def text(folder: Path, commit: str, path: str) -> str:
    """A file of a commit."""
    return subprocess.run(
        ["git", "show", f"{commit}:{path}"], cwd=folder, capture_output=True, check=True
    ).stdout.decode()

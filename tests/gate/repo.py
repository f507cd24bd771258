"""Repositories made by plumbing: a mapped project, and whatever a test does to it.

The work tree is never used, so a commit costs one process (`fast-import`), and a hostile one is as easy as an
honest one.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bmad.git.read.history import open_history
from bmad.model.gate import GateReport
from bmad.model.settings import Level
from bmad.pipeline.gate.gate import GateRequest, gate
from bmad.store.formats import TextFormats
from tests.specs import SMALL, lock_for

POLICY = "version: 1\ngate: {level: scoped, since: root}\n"
Content = str | bytes | tuple[str, str | bytes] | None
"""A file's content, with a mode where it is no plain file; None removes it."""

MAPPED: dict[str, Content] = {
    **SMALL,
    "specs/trace.lock": lock_for(SMALL),
    "bmad.yaml": POLICY,
    ".gitignore": ".bmad/\n",
    "src/find.py": "def find():\n    return []\n",
    "src/store.py": "def store():\n    return 1\n",
    "src/other.py": "OTHER = 1\n",
    "README.md": "# Notes\n",
}

FIND, STORE = "STORY-find01", "STORY-store1"
FIND_AT = "stories/STORY-find01-find-notes.md"
STORE_AT = "stories/STORY-store1-store-a-note.md"


class At:
    def __init__(self, when: datetime) -> None:
        self.when = when

    def now(self) -> datetime:
        return self.when


class Repo:
    """A bare repository; `main` holds the mapped project unless asked otherwise."""

    def __init__(self, root: Path, files: Mapping[str, Content] = MAPPED, *, algorithm: str = "sha1") -> None:
        self.root = root
        self.clock = 1_700_000_000
        if files is MAPPED and algorithm == "sha1":
            shutil.copytree(_mapped(), root, dirs_exist_ok=True)
            self.clock += 60
            self.base = self.tip("main")
            return
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "--bare", "-b", "main", f"--object-format={algorithm}")
        if files:
            self.base = self.commit("main", "Set up\n", files)

    def git(self, *arguments: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> str:
        return self.said(*arguments, stdin=stdin, env=env).decode("utf-8", "surrogateescape").strip()

    def said(self, *arguments: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> bytes:
        """What git says, byte for byte."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            input=stdin,
            capture_output=True,
            check=False,
            env={**os.environ, **(env or {})},
        )
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout

    def tip(self, name: str) -> str:
        return self._written(f"refs/heads/{name}") or self.git("rev-parse", "--verify", name)

    def _written(self, ref: str) -> str:
        """What a ref's own file says, which spares a process where it has one."""
        file = self.root / ref
        told = file.read_text(encoding="ascii").strip() if file.is_file() else ""
        return "" if told.startswith("ref:") else told

    def commit(
        self,
        branch: str,
        message: str | bytes,
        files: Mapping[str, Content] | None = None,
        *,
        onto: str | None = None,
        parents: Sequence[str] = (),
        author: str = "A <a@x>",
    ) -> str:
        """A commit on a branch: its first parent is `onto`, else the branch's tip, where there is one."""
        self.clock += 60
        raw = message if isinstance(message, bytes) else message.encode()
        ref = branch if branch.startswith("refs/") else f"refs/heads/{branch}"
        first = onto or self._tip_of(ref)
        out = [
            f"commit {ref}\nmark :1\nauthor {author} {self.clock} +0000\n".encode(),
            f"committer A <a@x> {self.clock} +0000\ndata {len(raw)}\n".encode() + raw + b"\n",
            f"from {first}\n".encode() if first else b"",
            *(f"merge {parent}\n".encode() for parent in parents),
        ]
        for path, content in (files or {}).items():
            out.append(_change(path, content))
        out.append(b"\nget-mark :1\n")
        return self.git("fast-import", "--quiet", "--force", stdin=b"".join(out))

    def commits(self, branch: str, made: Iterable[tuple[str, Mapping[str, Content]]], onto: str) -> None:
        """A row of commits on a branch, written while they are made."""
        command = ["git", "fast-import", "--quiet", "--force"]
        with subprocess.Popen(command, cwd=self.root, stdin=subprocess.PIPE) as child:
            assert child.stdin is not None
            for message, files in made:
                self.clock += 60
                head = f"commit refs/heads/{branch}\ncommitter A <a@x> {self.clock} +0000\ndata {len(message)}\n"
                first = f"from {onto}\n" if onto else ""
                child.stdin.write(f"{head}{message}\n{first}".encode())
                child.stdin.writelines(_change(path, content) for path, content in files.items())
                onto = ""
        assert child.returncode == 0

    def _tip_of(self, ref: str) -> str | None:
        return self._written(ref) or self.git("for-each-ref", "--format=%(objectname)", ref) or None

    def branch(self, name: str, at: str = "main") -> str:
        tip = self.tip(at)
        self._write(name, tip)
        return tip

    def _write(self, branch: str, tip: str) -> None:
        at = self.root / "refs/heads" / branch
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_text(f"{tip}\n", encoding="ascii")

    def merge(
        self,
        branch: str,
        other: str,
        message: str = "Merge\n",
        files: Mapping[str, Content] | None = None,
        *,
        tree: str | None = None,
    ) -> str:
        """Merge as git computes it; `files` makes it differ, `tree` takes a whole tree instead."""
        ours, theirs = self.tip(branch), self.tip(other)
        if tree is None:
            told = subprocess.run(
                ["git", "merge-tree", "--write-tree", ours, theirs],
                cwd=self.root,
                capture_output=True,
                check=False,
            )
            tree = told.stdout.decode().splitlines()[0]
        merged = self.git("commit-tree", tree, "-p", ours, "-p", theirs, stdin=message.encode())
        self._write(branch, merged)
        if not files:
            return merged
        temporary = self.commit("temporary", "x", files, onto=merged)
        return self.merge_as(branch, temporary, ours, theirs, message)

    def merge_as(self, branch: str, like: str, ours: str, theirs: str, message: str) -> str:
        tree = self.tip(f"{like}^{{tree}}")
        merged = self.git("commit-tree", tree, "-p", ours, "-p", theirs, stdin=message.encode())
        self._write(branch, merged)
        return merged

    def raw(self, branch: str, data: bytes) -> str:
        """Any bytes as a commit object, on a branch."""
        name = self.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=data)
        self._write(branch, name)
        return name

    def gate(
        self,
        head: str | None = "work",
        base: str | None = "main",
        *,
        level: Level | None = None,
        since: str | None = None,
        require_policy: bool = False,
        when: datetime = datetime(2026, 11, 20, tzinfo=UTC),
        environ: Mapping[str, str] | None = None,
    ) -> GateReport:
        request = GateRequest(base if since is None else None, head, level, since, require_policy)
        history = open_history(self.root, {**os.environ, **(environ or {})})
        return gate(history, TextFormats(), At(when), request)


@cache
def _mapped() -> Path:
    """The mapped project, made once and copied from then on."""
    folder = Path(tempfile.mkdtemp(prefix="bmad-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Repo(folder, {}).commit("main", "Set up\n", MAPPED)
    return folder


def _change(path: str, content: Content) -> bytes:
    quoted = '"' + path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    name = quoted.encode("utf-8", "surrogateescape")
    if content is None:
        return b"D " + name + b"\n"
    mode, text = content if isinstance(content, tuple) else ("100644", content)
    if mode == "160000":
        return f"M 160000 {text!s} ".encode() + name + b"\n"
    data = text.encode() if isinstance(text, str) else text
    return f"M {mode} inline ".encode() + name + f"\ndata {len(data)}\n".encode() + data + b"\n"


def story(*ids: str, title: str = "Work", body: str = "") -> str:
    """An honest message."""
    trailers = "\n".join(f"Story: {one}" for one in ids)
    return f"{title}\n\n{body + chr(10) * 2 if body else ''}{trailers}\n"


def codes(report: GateReport) -> set[str]:
    return {one.code for one in report.every_finding}


def passes(report: GateReport) -> None:
    assert report.ok, [(one.code, one.message) for one in report.every_finding]
    assert report.exit == 0
    assert codes(report) == set()


def refuses(report: GateReport, *wanted: str) -> None:
    assert codes(report) == set(wanted), [(one.code, one.message) for one in report.every_finding]
    assert not report.ok
    assert report.exit == (3 if "G12" in wanted else 1)


def kinds(report: GateReport) -> list[str]:
    return [str(commit.kind) for commit in report.commits]


def respecified(edits: Mapping[str, tuple[str, str]], *, lock: bool = True) -> dict[str, Content]:
    """Documents of the small specification with words replaced, and the lock brought up to date."""
    files = dict(SMALL)
    for path, (old, new) in edits.items():
        assert old in files[path], (path, old)
        files[path] = files[path].replace(old, new)
    changed: dict[str, Content] = {path: files[path] for path in edits}
    if lock:
        formats = TextFormats()
        changed["specs/trace.lock"] = lock_for(files, formats.lock(lock_for(SMALL)))
    return changed


MINTED = """# STORY-new001: Rename a note

- Epic: EPIC-notes1
- Implements: FR-store1
{territory}
## Story

As a writer, I want a note renamed, so that its name says what it holds.

## Acceptance Criteria

- **AC-1** Given a note, when it is renamed, then exactly 1 file has the new name.

## Tasks / Subtasks

## Dev Notes
"""
MINTED_AT = "stories/STORY-new001-rename.md"


def minted(territory: str | None = "`src/rename.py`", **more: str) -> dict[str, Content]:
    """A new story, with the lock that fits."""
    text = MINTED.format(territory=f"- Territory: {territory}\n" if territory else "")
    files = {**SMALL, MINTED_AT: text, **more}
    return {MINTED_AT: text, **more, "specs/trace.lock": lock_for(files)}

"""A person's own work tree: its branch, its hooks folder, its index. Never reads what the gate decides on."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bmad.errors import CannotAnswerError, UsageError
from bmad.git import extensions, gitdir
from bmad.git.index import DOCUMENTS, standing
from bmad.git.main_names import MAIN_NAMES
from bmad.git.process import program
from bmad.model.bounds import FILE
from bmad.model.hooks import HooksFolder
from bmad.model.standing import Standing

_OTHERS = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX"})
"""What would point to another repository than the folder's; hooks of linked work trees are called with them."""


_TRANSFORMED = ("filter", "ident", "working-tree-encoding")
"""Attributes by which a file stands otherwise in a work tree than in a commit, beside its ends of lines."""
_PROTECT, _REPORT = "bmad.protect", "bmad.reportOnly"


class GitCheckout:
    """The work tree at a folder, with the person's own git configuration."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self.root = root
        self._person = dict(environ)
        self._environ = {name: value for name, value in environ.items() if name not in _OTHERS} | {"LC_ALL": "C"}

    def _git(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = [program(self._environ), *arguments]
        try:
            return subprocess.run(
                command, cwd=self.root, env=self._environ, input=stdin, capture_output=True, check=False
            )
        except OSError as error:
            raise CannotAnswerError(f"git does not start in {self.root}: {error.strerror or error}.") from None

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run git as the person would: its status, and all that it and its hooks print."""
        done = self._git(*arguments)
        return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")

    def _told(self, *arguments: str) -> str | None:
        """The output of a question without its line end, None where git says no."""
        done = self._git(*arguments)
        return done.stdout.decode("utf-8", "surrogateescape").rstrip("\n") if done.returncode == 0 else None

    def exists(self) -> bool:
        """Whether the folder is in a work tree of git. Raises: CannotAnswerError where git does not read it."""
        done = self._git("rev-parse", "--is-inside-work-tree")
        told = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
        if done.returncode != 0 and (sentence := extensions.unknown(self.root, told)):
            raise CannotAnswerError(sentence)
        if done.returncode != 0 and "dubious ownership" in told:
            raise CannotAnswerError(extensions.foreign(self.root))
        return done.stdout.strip() == b"true"

    def require(self) -> None:
        """Raises: CannotAnswerError where there is no work tree."""
        if not self.exists():
            raise CannotAnswerError(f"{self.root} is no work tree of git. Run `git init` there, or bmad init.")

    def create(self) -> None:
        """Make a repository here. Raises: CannotAnswerError where git does not."""
        done = self._git("init", "--quiet")
        if done.returncode != 0:
            told = done.stderr.decode("utf-8", "replace").strip()
            raise CannotAnswerError(extensions.unknown(self.root, told) or f"git init failed: {told}.")

    def top(self) -> Path | None:
        """The work tree's top folder."""
        told = self._told("rev-parse", "--show-toplevel")
        return Path(told) if told else None

    def file(self, path: bytes) -> bytes | None:
        """A file of the work tree by its path from the top; None where it is none, is too large, or a link."""
        top = self.top()
        if top is None or path.startswith(b"/") or b".." in path.split(b"/"):
            return None
        file = Path(os.fsdecode(os.fsencode(top) + b"/" + path))
        inside = (file, *file.parents[: len(file.parts) - len(top.parts) - 1])
        if any(one.is_symlink() for one in inside) or not file.is_file() or file.stat().st_size > FILE.one:
            return None
        return file.read_bytes()

    def stored(self, path: bytes) -> bytes | None:
        """A file of the work tree as git would keep it; None where no attribute has it stand otherwise there.

        It is written to a folder that is thrown away, and so is None where its filter does not work.
        """
        top, name = self.top() or self.root, os.fsdecode(path)
        told = self._told("-C", str(top), "check-attr", "-z", *_TRANSFORMED, "--", name) or ""
        if set(told.split("\0")[2::3]) <= {"unspecified", "unset"}:
            return None
        with tempfile.TemporaryDirectory(prefix="bmad-") as folder:
            own = {
                "GIT_OBJECT_DIRECTORY": folder,
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(self.own_file("objects")),
            }
            aside = GitCheckout(top, self._person | own)
            blob = aside._told("-c", "core.safecrlf=false", "hash-object", "-w", "--", name)
            return aside.content(blob) if blob else None

    def head(self) -> str | None:
        """The commit that is checked out; None on an unborn branch."""
        return self._told("rev-parse", "--verify", "--quiet", "HEAD^{commit}")

    def holds(self, commit: str) -> bool:
        """Whether the history of what is checked out has the commit."""
        return self._told("merge-base", "--is-ancestor", commit, "HEAD") is not None

    def branch(self) -> str | None:
        """The branch that is checked out; None where the head is detached."""
        return self._told("symbolic-ref", "--short", "--quiet", "HEAD")

    def is_bare(self) -> bool:
        """Whether the folder is a bare repository."""
        return self._told("rev-parse", "--is-bare-repository") == "true"

    def protect(self, branches: Sequence[str], *, report_only: bool) -> None:
        """Note the branches that pushes are judged to, and have git look at what it receives.

        Where it is `report_only`, what the judgement finds is told to whoever pushes, and refused to nobody.

        Raises: CannotAnswerError where git cannot note it.
        """
        self._git("config", "--unset-all", _PROTECT)
        mode = (_REPORT, "true" if report_only else "false")
        wanted = [("receive.fsckObjects", "true"), mode, *((_PROTECT, one) for one in branches)]
        for key, value in wanted:
            done = self._git("config", *(["--add"] if key == _PROTECT else []), key, value)
            if done.returncode != 0:
                told = done.stderr.decode("utf-8", "replace").strip().removeprefix("error: ").split("\n")[0]
                raise CannotAnswerError(f"git cannot write its configuration: {told}.")

    def protected(self) -> list[str]:
        """Those branches; where none is noted, the one that HEAD names."""
        told = self._told("config", "--get-all", _PROTECT) or ""
        return told.split("\n") if told else [one for one in (self.branch(),) if one]

    def reports_only(self) -> bool:
        """Whether pushes are judged and none is refused: by git's configuration here, which no push changes."""
        return self._told("config", "--type=bool", "--get", _REPORT) == "true"

    def leads_to(self, refs: Iterable[str]) -> dict[str, str]:
        """Of full refs those that are symbolic, each with the ref that moves in its place, be it there or not."""
        common = self.root / (self._told("rev-parse", "--git-common-dir") or "")
        led = {ref: gitdir.led(common, ref) for ref in dict.fromkeys(refs)}
        return {ref: to for ref, to in led.items() if to != ref}

    def folds_names(self) -> bool:
        """Whether the file system takes names for one that differ in case alone, as git found when it began."""
        return self._told("config", "--type=bool", "core.ignoreCase") == "true"

    def default(self) -> str:
        """The default branch of `origin`, as its HEAD here names it; empty where nothing does."""
        told = self._told("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD") or ""
        return told.removeprefix("refs/remotes/origin/") if told.startswith("refs/remotes/origin/") else ""

    def main(self) -> str | None:
        """Where work on a branch goes: what `origin/HEAD` names, else the one that is called like a main branch.

        None where nothing says it.
        """
        default = self.default()
        if default and default in self.branches(default):
            return default
        known = [one for name in MAIN_NAMES for one in self.branches(name)]
        return known[0] if len(known) == 1 else None

    def branches(self, pattern: str) -> list[str]:
        """The short names of the branches that match a pattern of `for-each-ref`."""
        told = self._told("for-each-ref", "--format=%(refname:short)", f"refs/heads/{pattern}")
        return told.split("\n") if told else []

    def of_stories(self) -> list[str]:
        """The full refs of stories' own branches, as they stand here and as they were fetched from others."""
        own = ("refs/heads/bmad/STORY-*", "refs/remotes/*/bmad/STORY-*")
        told = self._told("for-each-ref", "--format=%(refname)", *own)
        return told.split("\n") if told else []

    def person(self) -> str:
        """Who works here, as git would write it; empty where git does not know."""
        told = self._told("config", "-z", "--get-regexp", r"^user\.(name|email)$") or ""
        known = dict(one.partition("\n")[::2] for one in told.split("\0"))  # the last of several counts
        name = self._environ.get("GIT_AUTHOR_NAME") or known.get("user.name")
        email = self._environ.get("GIT_AUTHOR_EMAIL") or known.get("user.email")
        return f"{name or ''} <{email}>".strip() if email else (name or "")

    def hooks(self) -> HooksFolder:
        """The folder that git runs hooks from."""
        top, common = self.top() or self.root, self._told("rev-parse", "--git-common-dir")
        own = (self.root / (common or ".git")).resolve()
        told = self._told("config", "--show-scope", "--type=path", "core.hooksPath") or ""
        scope, is_set, named = told.partition("\t")
        named = named or (os.devnull if is_set else "")  # where it is empty, git runs none either
        path = (top / named if named else own / "hooks").resolve()
        if path.is_relative_to(own):
            return HooksFolder(path, "own", scope)
        return HooksFolder(path, "files" if path.is_relative_to(top.resolve()) else "elsewhere", scope)

    def switch(self, branch: str, *, create: bool) -> None:
        """Check out a branch, a new one from here where create says so; local changes stay or git refuses.

        Raises: UsageError in git's own words.
        """
        done = self._git("switch", *(["-c"] if create else []), branch)
        if done.returncode != 0:
            words = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ").removeprefix("error: ")
            raise UsageError(f"git does not switch to {branch}: {words}")

    def story_of(self, branch: str) -> str | None:
        """The story that `bmad start --here` bound a branch to."""
        return self._told("config", f"branch.{branch}.bmadStory")

    def bind(self, branch: str, story: str) -> None:
        """Bind a branch to a story. Raises: UsageError where git cannot note it."""
        if self._git("config", f"branch.{branch}.bmadStory", story).returncode != 0:
            raise UsageError(f"git cannot note the story of {branch} in its configuration.")

    def name_driver(self, name: str, title: str, command: Sequence[str]) -> None:
        """Have `merge=NAME` of `.gitattributes` mean a command, whose `%O`, `%A`, `%B` and `%L` git fills in.

        Raises: CannotAnswerError where git cannot note it.
        """
        words = " ".join(word if word.startswith("%") else shlex.quote(word) for word in command)
        for key, value in (("name", title), ("driver", words)):
            done = self._git("config", f"merge.{name}.{key}", value)
            if done.returncode != 0:
                told = done.stderr.decode("utf-8", "replace").strip().removeprefix("error: ").split("\n")[0]
                raise CannotAnswerError(f"git cannot write its configuration: {told}.")

    def forget_driver(self, name: str) -> bool:
        """Have `merge=NAME` mean nothing here again; whether it meant something."""
        return self._git("config", "--remove-section", f"merge.{name}").returncode == 0

    def standing(self) -> Standing:
        """What the index says of the documents below this folder; nothing where git has no answer."""
        done = self._git("ls-files", "-z", "-s", "-t", "--", *DOCUMENTS)
        return standing(done.stdout) if done.returncode == 0 else Standing()

    def content(self, blob: str) -> bytes:
        """The bytes of a blob. Raises: CannotAnswerError where it is not at hand, in a partial clone for one."""
        done = self._git("cat-file", "blob", blob)
        if done.returncode != 0:
            raise CannotAnswerError(f"git has not the content {blob} that its index names. Run git fetch.")
        return done.stdout

    def tracked(self, path: str) -> bool:
        """Whether the commit that is checked out holds path."""
        return self._told("cat-file", "-t", f"HEAD:{path}") == "blob"

    def listed(self, *, new: bool = False) -> list[str]:
        """The paths that git tracks here, from this folder on; none where there is no work tree, or no git.

        `new`: with those that it would track.
        """
        try:
            done = self._git("ls-files", "-z", "--cached", *(["--others", "--exclude-standard"] if new else []))
        except CannotAnswerError:
            return []
        return [path.decode("utf-8", "surrogateescape") for path in done.stdout.split(b"\0") if path]

    def own_file(self, name: str) -> Path:
        """The path of a file of this work tree's own git folder, where no commit can put one."""
        told = self._told("rev-parse", "--git-path", name)
        return (self.root / (told or f".git/{name}")).resolve()

    def edit(self, file: Path) -> None:
        """Open a file in the person's editor, found as git finds it (GIT_EDITOR, core.editor, VISUAL, EDITOR).

        Raises: UsageError where there is none, or it fails.
        """
        editor = self._told("var", "GIT_EDITOR")
        try:
            command = shlex.split(editor or "")
        except ValueError:
            command = []
        if not command:
            raise UsageError("There is no editor that could be opened; set EDITOR, or git's core.editor.")
        try:
            done = subprocess.run([*command, os.fspath(file)], cwd=self.root, env=self._person, check=False)
        except OSError as error:
            raise UsageError(f"The editor {command[0]} does not start: {error.strerror or error}.") from None
        if done.returncode != 0:
            raise UsageError(f"The editor {command[0]} ended with {done.returncode}, so nothing is noted.")

"""Git for the carrying out of stories: a repository that is named, a scrubbed environment, nobody's hooks.

A call on a worktree of bmad's own names the common repository, the worktree's folder and an index that only bmad
writes. So no `.git` that an agent deleted or replaced, no `config.worktree`, index flag or half-done merge of its
making has a say, and git never looks for a repository by folder. What the user set up counts: identity, ignore
rules, clean and smudge filters.
"""

import io
import os
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from bmad.errors import CannotAnswerError, CheckoutError
from bmad.git.locate import Located
from bmad.git.process import Failed, Git, Within, complaint, end, program, spawn, user_environment
from bmad.git.work.attestor import Attestor
from bmad.git.work.detached_calls import under_way, wait
from bmad.git.work.readers import Readers
from bmad.git.work.stillness import see_out
from bmad.model.layout import DRIVER

_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.splitIndex=false",
    "core.safecrlf=false",
    "core.quotePath=false",
    "core.fsync=committed",
    "core.fsyncMethod=batch",
    "core.trustctime=true",
    "core.checkStat=default",
    "core.ignoreStat=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "advice.addEmbeddedRepo=false",
    "advice.graftFileDeprecated=false",
)
PASSED = (
    *("USER", "LOGNAME", "SSH_AUTH_SOCK", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)
"""What a filter that fetches content (Git LFS) may need, and what reaches a remote."""
_TEMP = ".temp"
_ONLY_GATE = frozenset({"GIT_NO_LAZY_FETCH", "GIT_ATTR_NOSYSTEM"})
_NOBODY = b"bmad <bmad@localhost.invalid>"


Keeper = Callable[[Callable[[], "subprocess.Popen[bytes]"], Iterable[Path]], "subprocess.Popen[bytes]"]
"""Starts a program so that it may write below some paths only."""


class Done(NamedTuple):
    """How a call of git ended."""

    status: int
    out: bytes
    err: bytes


class Calls:
    """Makes the calls of one repository; `common` is its folder, `algorithm` sha1 or sha256."""

    def __init__(self, located: Located, environ: Mapping[str, str], keeper: Keeper | None = None) -> None:
        self._keeper = keeper
        self.located = located
        self.environ = environ
        self.common = located.common
        self.algorithm = located.algorithm
        self.trees: dict[str, str] = {}
        """Commit -> tree, of those that were asked for."""
        self.parents: dict[str, tuple[str, ...]] = {}
        """Commit -> parents, of those that were made here."""
        self.attestor: Attestor | None = None
        """Who signs the commits that are made here."""
        kept = {name: environ[name] for name in PASSED if name in environ}
        scrubbed = {name: value for name, value in user_environment(environ).items() if name not in _ONLY_GATE}
        self._environment = kept | scrubbed
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        self._command = (program(environ), "--literal-pathspecs", *settings)
        self._alone = False
        self.bare = self.with_index(located.common / "bmad-has-no-index-here")
        """For what needs no files: objects and refs, without the attributes of any work tree or index."""

    @cached_property
    def readers(self) -> Readers:
        """What reads trees, of objects that are there."""
        return Readers(self.bare, self.algorithm)

    def settle(self) -> None:
        """Before anything is written: wait for what a bmad that died had begun. Raises: CannotAnswerError."""
        if not self._alone:
            wait(self.common)
            self._alone = True

    def _git(self, gitdir: Path, more: dict[str, str], folder: Path, *extra: str) -> Git:
        environment = self._environment | {"GIT_DIR": str(gitdir)} | more
        return Git([*self._command, *extra], environment, folder, self.common)

    def on(self, folder: Path, index: Path) -> Git:
        """For the files of a worktree of bmad's own; what the person's drivers run there is kept in."""
        more = {"GIT_WORK_TREE": str(folder), "GIT_INDEX_FILE": str(index)}
        within = self._within(folder, index.parent)
        more |= {} if within is None else {"TMPDIR": str(_made(index.parent / _TEMP))}
        git = self._git(self.common, more, folder, "-c", "core.sparseCheckout=false")
        git.within, git.files = within, folder
        return git

    def _within(self, folder: Path, own: Path) -> Within | None:
        """Confinement to the worktree, its index, git's objects and what Git LFS keeps; None where nothing is run.

        A driver that is found by where it runs (`python -m NAME`, `./tool`) is a file of the worktree, and so the
        agent's.
        """
        keeper = self._keeper
        if keeper is None or not self._drivers:
            return None
        if b"filter.lfs." in self._drivers:
            _made(self.common / "lfs")
        places = (folder, own, *(self.common / name for name in ("objects", "lfs", "annex")))
        return lambda begin: keeper(begin, places)

    @cached_property
    def _drivers(self) -> bytes:
        """The settings of programs that git runs for files by their attributes; empty where there are none.

        bmad's own merge driver is none of them: it is named by its path, and takes no module of a worktree.
        """
        asked = ask(self.bare, ["config", "--name-only", "--get-regexp", r"^(filter|merge|diff)\..*\."])
        own = f"merge.{DRIVER}.".encode()
        return b"".join(row for row in asked.out.lower().splitlines(keepends=True) if not row.startswith(own))

    def with_index(self, index: Path) -> Git:
        """For an index that belongs to no files."""
        return self._git(self.common, {"GIT_INDEX_FILE": str(index), "GIT_IMPLICIT_WORK_TREE": "0"}, self.common)

    def of_person(self, folder: Path, gitdir: Path) -> Git:
        """For a person's work tree, with its own index and head."""
        return self._git(gitdir, {"GIT_WORK_TREE": str(folder)}, folder)

    def of_copy(self, folder: Path, gitdir: Path, index: Path) -> Git:
        """For a person's files, with a copy of their index."""
        return self._git(gitdir, {"GIT_WORK_TREE": str(folder), "GIT_INDEX_FILE": str(index)}, folder)

    @cached_property
    def author(self) -> bytes:
        """The person who works here, `Name <email>`; bmad itself where git knows nobody."""
        return self._person("GIT_AUTHOR_IDENT")

    @cached_property
    def committer(self) -> bytes:
        return self._person("GIT_COMMITTER_IDENT")

    def _person(self, variable: str) -> bytes:
        done = ask(self.bare, ["-c", "user.useConfigOnly=true", "var", variable])
        return done.out.rsplit(b" ", 2)[0] if done.status == 0 else _NOBODY


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def ask(git: Git, arguments: Sequence[str], stdin: bytes = b"") -> Done:
    """Run git, whatever it answers; an interrupt at the terminal does not cut it short, nor does the end of bmad.

    Its input and output are files, in memory where there are such: a git that wrote into the pipe of a bmad that
    died would die in the middle, and on a full disk it would have no words for that.

    Raises: CannotAnswerError where it does not start.
    """
    with _in_memory() as asked, _in_memory() as out, _in_memory() as err:
        asked.write(stdin)
        asked.seek(0)
        child = _started(git, arguments, (asked, out, err))
        try:
            killed = see_out(child, git.files)
        except KeyboardInterrupt:
            see_out(child, git.files)  # to its end; a second interrupt kills it
            raise
        finally:
            end(child)
        out.seek(0)
        err.seek(0)
        return Done(child.returncode, out.read(), f"fatal: {killed}\n".encode() if killed else err.read())


def _in_memory() -> IO[bytes]:
    """A file without a name."""
    try:
        return os.fdopen(os.memfd_create("git"), "w+b")
    except (AttributeError, OSError):  # elsewhere than on Linux
        return TemporaryFile()


def _started(
    git: Git, arguments: Sequence[str], files: tuple[IO[bytes], IO[bytes], IO[bytes]]
) -> subprocess.Popen[bytes]:
    with under_way(git.common) as lock:
        try:
            return spawn(
                [*git.command, *arguments],
                git.within,
                stdin=files[0],
                stdout=files[1],
                stderr=files[2],
                env=git.environment,
                cwd=git.folder,
                start_new_session=True,
                pass_fds=lock,
            )
        except OSError as error:
            raise CannotAnswerError(f"git does not start in {git.folder}: {error.strerror or error}.") from None


def tell(git: Git, arguments: Sequence[str], stdin: bytes = b"") -> bytes:
    """The output of a call that must succeed. Raises: Failed or CheckoutError where it does not."""
    done = ask(git, arguments, stdin)
    if done.status != 0:
        raise failure(done, arguments)
    return done.out


_FROM_OUTSIDE = (
    (
        re.compile(rb"^(?:fatal|error): .*\b(?:external|clean|smudge) filter\b", re.MULTILINE),
        "Mend the filter, or the program that it needs: git config --get-regexp '^filter[.]'",
    ),
    (
        re.compile(rb"from promisor remote$", re.MULTILINE),
        "This clone is partial: have its remote in reach, or fetch all there: git fetch --refetch --no-filter",
    ),
    (
        re.compile(rb"\(a filter\?\)"),
        "It may be a filter (git config --get-regexp '^filter[.]'), or the remote of a partial clone",
    ),
)
"""What git complains of where it is not the files: each with what a person does about it."""


def failure(done: Done, arguments: Sequence[str]) -> Failed | CheckoutError:
    failed = Failed(done.status, complaint(io.BytesIO(done.err)), arguments)
    hint = next((words for complained, words in _FROM_OUTSIDE if complained.search(done.err)), None)
    return failed if hint is None else CheckoutError(f"{failed} {hint}")


def shown(path: bytes) -> str:
    """A path as text that can be stored and printed."""
    text = path.decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)

"""The commit that git is about to make, seen from one of its hooks: with git's own environment and index.

A hook runs in the top of its work tree, and `GIT_DIR` and `GIT_INDEX_FILE` say what is committed: for
`git commit FILE` another index than the one beside it. Three processes of git, however large the repository is.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise

from bmad import platforms
from bmad.errors import CannotAnswerError
from bmad.model.commits import Change

_SETTINGS = r"^(core\.comment(char|string)|commit\.(cleanup|verbose)|i18n\.commitencoding)$"
_NO = frozenset({"false", "no", "off", "0", ""})
"""What git takes for a no."""
_MULTIPLE = (2, 45)
"""From here on `core.commentString` is read, and a comment's mark may have several signs."""

_VALUED = frozenset("mFcCt")
"""Short options of `git commit` whose value may be the next word."""
_FLAGS = re.compile("[mFcCtSu]")
"""Those behind which letters are a value, and no options."""


class Committing:
    """Asks git about the commit under way. Made by `committing`."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child

    def blob(self, name: str) -> bytes | None:
        """The content of the object that a name leads to; None where it leads to none."""
        assert self._child.stdin is not None  # noqa: S101 - opened with pipes
        assert self._child.stdout is not None  # noqa: S101
        try:
            self._child.stdin.write(name.encode("utf-8", "surrogateescape") + b"\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            raise _failed("cat-file") from None
        head = self._child.stdout.readline()
        if not head.endswith(b"\n"):
            raise _failed("cat-file")
        words = head.rsplit(b" ", 2)
        if len(words) != 3 or not words[2].strip().isdigit():  # noqa: PLR2004 - id, type, size
            return None
        size = int(words[2])
        content = self._child.stdout.read(size + 1)
        if len(content) != size + 1:
            raise _failed("cat-file")
        return content[:-1]

    def parents(self) -> list[str] | None:
        """The parents of the commit that is checked out; None on an unborn branch."""
        head = self.blob("HEAD")
        if head is None:
            return None
        rows = head.partition(b"\n\n")[0].split(b"\n")
        return [row[7:].decode() for row in rows if row.startswith(b"parent ")]

    def changes(self, base: str) -> list[Change]:
        """What the index holds otherwise than the base, both sides of a rename."""
        return _changes("diff-index", "--cached", "--ignore-submodules=none", base)

    def between(self, old: str, new: str) -> list[Change] | None:
        """What a commit holds otherwise than another; None where one of them is not there."""
        known = self.blob(old) is not None and self.blob(new) is not None
        return _changes("diff-tree", "-r", "--ignore-submodules=none", old, new) if known else None

    def files(self, folder: str) -> list[str]:
        """The paths below a folder in the index."""
        told = _told("ls-files", "-z", "--cached", "--", folder)
        return [path.decode("utf-8", "surrogateescape") for path in told.split(b"\0") if path]

    def settings(self) -> dict[str, str]:
        """What git does to a message: `core.commentstring` (by either name), `commit.cleanup`, the encoding.

        `commit.verbose` is `true` or `false`, a flag counting before the setting; missing where neither tells.
        """
        told = _told("config", "-z", "--get-regexp", _SETTINGS, missing=1).decode("utf-8", "surrogateescape")
        every = (row.partition("\n") for row in told.split("\0") if row)
        rows = [(key, value if is_said else "true") for key, is_said, value in every]
        if any(key == "core.commentstring" for key, _ in rows) and not _knows_strings():
            rows = [row for row in rows if row[0] != "core.commentstring"]
        found = {"core.commentstring" if key == "core.commentchar" else key: value for key, value in rows}
        words = _called()
        flag = _cleanup(words or [])
        found |= {"commit.cleanup": flag} if flag else {}
        set_so = found.pop("commit.verbose", "").lower() not in _NO
        verbose = set_so or None if words is None else _is_verbose(words, set_so=set_so)
        return found if verbose is None else found | {"commit.verbose": "true" if verbose else "false"}

    def by_editor(self) -> bool:
        """Whether an editor was opened on the message: git tells hooks of none by the editor `:`."""
        return _told("var", "GIT_EDITOR", missing=1).strip() != b":"

    def author(self) -> bytes:
        """Who writes the commit, `Name <address> seconds zone`; empty where git does not know."""
        return _told("var", "GIT_AUTHOR_IDENT", missing=128).strip()

    def amends(self) -> bool:
        """Whether the commit takes the place of the one that is checked out.

        Git does not tell a hook. Where the system shows what git was called with, that says it; elsewhere it does
        where nothing is staged and the author is still the one of the commit, to the second.
        """
        words = _called()
        if words is not None:
            return _asks_to_amend(words)
        head = self.blob("HEAD") or b""
        author = self.author()
        return bool(author) and b"\nauthor " + author + b"\n" in head and not self.changes("HEAD")


@contextmanager
def committing() -> Iterator[Committing]:
    """For as long as the context lasts. Raises: CannotAnswerError where git does not start."""
    try:
        child = subprocess.Popen(
            ["git", "cat-file", "--batch"],  # noqa: S607 - git's own environment says which
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise CannotAnswerError(f"git does not start: {error.strerror or error}.") from None
    try:
        yield Committing(child)
    finally:
        with suppress(BrokenPipeError):
            child.communicate()


def become_shell(script: str, words: Sequence[str]) -> None:
    """End this program and go on as the shell with a script of ours."""
    os.execvp("sh", ["sh", "-c", script, *words])  # noqa: S606, S607 - no word of it is parsed


def _told(*arguments: str, missing: int = 0) -> bytes:
    """The output of git; nothing where it ends with the status `missing`. Raises: CannotAnswerError."""
    done = subprocess.run(["git", *arguments], capture_output=True, check=False)  # noqa: S607
    if done.returncode not in (0, missing):
        raise _failed(arguments[0])
    return done.stdout if done.returncode == 0 else b""


def _changes(verb: str, *words: str) -> list[Change]:
    """The raw differences that git tells, without renames."""
    told = _told(verb, "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff", *words)
    tokens = told.split(b"\0")
    rows = [about[1:].decode().split(" ") for about in tokens[:-1:2]]
    return [Change(path, *row[:4]) for row, path in zip(rows, tokens[1::2], strict=True)]


def _failed(verb: str) -> CannotAnswerError:
    return CannotAnswerError(f"`git {verb}` gave no answer about this commit. Run `git fsck`.")


def _knows_strings() -> bool:
    numbers = _told("version").split()[2].split(b".")
    return tuple(int(number) for number in numbers[:2]) >= _MULTIPLE


def _called() -> list[str] | None:
    """The words that the git above this hook was called with; None where the system does not show them."""
    try:
        words = platforms.told(os.getppid(), "cmdline").decode("utf-8", "surrogateescape").split("\0")[:-1]
    except OSError:
        return None
    return words if words and words[0].rpartition("/")[2].startswith("git") else None


def _cleanup(words: Sequence[str]) -> str:
    """What `--cleanup` says among the words, the last one counts; empty where it is not there."""
    found = ""
    for word, behind in pairwise([*words, ""]):
        if word == "--":
            break
        name, joined, value = word.partition("=")
        if len(name) > 3 and "--cleanup".startswith(name):  # noqa: PLR2004 - `--c` is not unique
            found = value if joined else behind
    return found


def _is_value(before: str) -> bool:
    """Whether a word is the value of the one before it."""
    return before in ("--message", "--file") or (
        before[:1] == "-" and before[1:2] != "-" and before[-1:] in _VALUED
    )


def _is_verbose(words: Sequence[str], *, set_so: bool) -> bool:
    """Whether `-v` or `--verbose` is an option among the words, as it is set so where none says it."""
    found = set_so
    for before, word in pairwise(words):
        if word == "--":
            break
        if _is_value(before):
            continue
        if len(word) > 5 and ("--verbose".startswith(word) or "--no-verbose".startswith(word)):  # noqa: PLR2004
            found = word.startswith("--v")  # what is shorter, or may be `--verify`, git does not take
        elif word[:1] == "-" and word[1:2].isalpha():
            found = found or "v" in _FLAGS.split(word, maxsplit=1)[0]
    return found


def _asks_to_amend(words: Sequence[str]) -> bool:
    """Whether `--amend`, or what git takes for it, is an option among the words."""
    for before, word in pairwise(words):
        if word == "--":
            return False
        if not _is_value(before) and len(word) > 3 and "--amend".startswith(word):  # noqa: PLR2004 - `--a` is not unique
            return True
    return False

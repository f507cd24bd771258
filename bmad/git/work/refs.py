"""Refs by full name: where they are, and moving them from a known place to another."""

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from bmad.errors import CannotAnswerError, LockedError, UsageError
from bmad.git.work.calls import Calls, Done, ask, failure, tell
from bmad.git.work.loose_objects import begin_ref, remove_ref, write_ref

HEADS = "refs/heads/"
OWN = "refs/heads/bmad/"
_BESIDE = "refs/bmad/"
_ID = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64})\n?")
_MOST_OF_ID = 66
"""Bytes that tell an id with its line end from what is longer."""
_NAME = re.compile(
    r"refs/(?!.*(?:\.\.|//|/\.|@\{|\.lock(?:/|$)))[^\x00-\x20\x7f ~^:?*\[\\]+[^\x00-\x20\x7f ~^:?*\[\\/.]"
)


def tip(calls: Calls, ref: str) -> str | None:
    """The commit that a full ref is at; None where there is no such ref."""
    if not _NAME.fullmatch(ref):
        return None
    try:
        with open(f"{calls.common}/{ref}", "rb") as file:  # noqa: PTH123 - asked for again and again
            found = _ID.fullmatch(file.read(_MOST_OF_ID).decode("ascii"))
    except (FileNotFoundError, IsADirectoryError):
        if not _packed(calls, ref) and not (calls.common / ref).is_symlink():
            return None
        found = None
    except (OSError, ValueError):
        found = None
    if found is not None:
        return found[1]
    done = ask(calls.bare, ["show-ref", "--verify", "--hash", ref])
    return done.out.decode().strip() if done.status == 0 else None


def _packed(calls: Calls, ref: str) -> bool:
    """Whether `packed-refs` may hold a ref; looked at after the ref's own file, as git does."""
    return _packs(calls, f" {ref}\n")


def _packs(calls: Calls, *words: str) -> bool:
    """Whether one of some words may stand in `packed-refs`."""
    try:
        packed = (calls.common / "packed-refs").read_bytes()
        return any(one.encode() in packed for one in words)
    except FileNotFoundError:
        return False
    except OSError:
        return True


def put(calls: Calls, ref: str, new: str) -> None:
    """Set a ref of bmad's own, wherever it is; what was made a symbolic one becomes a plain one again.

    Raises: LockedError where another git holds it; Failed where git cannot write it.
    """
    if not write_ref(calls.common / ref, new, new=_is_unlogged(calls, ref)):
        _update(calls, ref, ["update-ref", "--no-deref", ref, new])


def _update(calls: Calls, ref: str, arguments: Sequence[str]) -> None:
    done = ask(calls.bare, arguments)
    if done.status != 0:
        raise _refused(calls, ref, done, arguments)


def _refused(calls: Calls, ref: str, done: Done, arguments: Sequence[str]) -> CannotAnswerError:
    """Why git does not write a ref; git waits for a lock a moment, and names it as a file that it cannot make."""
    if os.path.lexists(lock := calls.common / f"{ref}.lock"):
        return LockedError(f"{ref} is locked by git. Let it end; if none runs, remove {lock}.")
    return failure(done, arguments)


def drop(calls: Calls, ref: str) -> None:
    """Take a ref of bmad's own away, where it is there. Raises: as `put`."""
    if _is_unlogged(calls, ref) and not _packed(calls, ref):
        gone = remove_ref(calls.common / ref) or not os.path.lexists(calls.common / ref)
        if gone and not _packed(calls, ref):  # a `git pack-refs` may have come to it before
            return
    _update(calls, ref, ["update-ref", "--no-deref", "-d", ref])


def _is_unlogged(calls: Calls, ref: str) -> bool:
    """Whether a ref is no branch, and git keeps no log of it: then its file is all there is."""
    return ref.startswith(_BESIDE) and not os.path.lexists(calls.common / "logs" / ref)


def below(calls: Calls, folder: str) -> dict[str, str]:
    """The refs below a folder (`refs/bmad/kept/STORY-1/`), and where they are; git is asked where some may be."""
    if not os.path.lexists(calls.common / folder) and not _packs(calls, f" {folder}"):
        return {}
    return matching(calls, folder)


def matching(calls: Calls, pattern: str) -> dict[str, str]:
    """The refs that a pattern of `for-each-ref` names, and where they are."""
    told = tell(calls.bare, ["for-each-ref", "--format=%(objectname) %(refname)", pattern])
    lines = (line.partition(" ") for line in told.decode("utf-8", "surrogateescape").split("\n"))
    return {name: at for at, _, name in lines if name}


def drop_all(calls: Calls, names: Iterable[str]) -> None:
    """Take refs of bmad's own away, all or none."""
    lines = "".join(f"delete {name}\n" for name in names)
    tell(calls.bare, ["update-ref", "--no-deref", "--stdin"], lines.encode("utf-8", "surrogateescape"))


def swap(calls: Calls, ref: str, new: str, old: str | None) -> bool:
    """Move a ref from old (None: it is new); False where it is elsewhere, True where it is at new already.

    Raises: as `put`.
    """
    if old is None and _begun(calls, ref, new):
        return True
    arguments = ["update-ref", "--no-deref", "-m", "bmad", ref, new, old or ""]
    done = ask(calls.bare, arguments)
    if done.status == 0:
        return True
    at = tip(calls, ref)
    if at == old:
        raise _refused(calls, ref, done, arguments)
    return at == new


def _begun(calls: Calls, ref: str, new: str) -> bool:
    """Make a branch of bmad's own where no ref stands in its way; whether that was done, else git says why not.

    It has no log then: that it was made concerns nobody.
    """
    names = [str(one) for one in (ref, *PurePosixPath(ref).parents)]
    return (
        ref.startswith(OWN)
        and _NAME.fullmatch(ref) is not None
        and begin_ref(
            calls.common / ref, new, lambda: not _packs(calls, f" {ref}/", *(f" {one}\n" for one in names))
        )
    )


def descends(calls: Calls, commit: str, ancestor: str) -> bool:
    """Whether a commit is another or comes after it."""
    if commit == ancestor or ancestor in calls.parents.get(commit, ()):
        return True
    arguments = ["merge-base", "--is-ancestor", ancestor, commit]
    done = ask(calls.bare, arguments)
    if done.status > 1:
        raise failure(done, arguments)
    return done.status == 0


def head_on(calls: Calls, ref: str) -> str:
    """What the HEAD of a work tree on a ref says: of one that is no branch the commit, as `git fsck` asks for."""
    at = None if ref.startswith(HEADS) else tip(calls, ref)
    return at or f"ref: {ref}"


def target(calls: Calls, head: str, named: str | None) -> str:
    """The full ref of the branch named, else of the one in `head`, the text of a work tree's HEAD.

    Raises: UsageError where there is no such branch, or the head is detached.
    """
    if named is None:
        ref = head.removeprefix("ref: ").strip()
        if not head.startswith("ref: " + HEADS):
            raise UsageError("The head is detached, so there is no branch to land on. Name one with `act.target`.")
        if ref.startswith(OWN):
            raise UsageError(
                f"`{ref.removeprefix(HEADS)}` is a story's own branch. "
                "Switch to the branch to land on, or name it with `act.target`."
            )
    else:
        ref = named if named.startswith("refs/") else HEADS + named
    if not ref.startswith(HEADS) or tip(calls, ref) is None:
        name = ref.removeprefix(HEADS)
        if named is None:
            raise CannotAnswerError(f"The branch {name} has no commit yet. Make a first commit.")
        raise UsageError(f"`{name}` is no branch here. Correct `act.target`, or make the branch.")
    done = ask(calls.bare, ["symbolic-ref", "--quiet", ref])
    return os.fsdecode(done.out).strip() if done.status == 0 else ref

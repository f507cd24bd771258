"""The remote that several machines work on: its branches brought here, and moves that it takes whole or not.

A push names for each ref where it is expected to be (`--force-with-lease`) and is one transaction (`--atomic`), so
whoever is late changes nothing. Where the answer to a push was lost, the remote is asked what became of it.
"""

import hashlib
import io
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bmad.errors import CannotAnswerError, UsageError
from bmad.git.process import Git, complaint, program, user_environment
from bmad.git.work.calls import PASSED, Calls, Done, ask
from bmad.git.work.fence import HELD, Move
from bmad.git.work.refs import HEADS, below, drop_all, put, tip
from bmad.git.work.state_folder import state

NAME = "origin"
SEEN = "refs/remotes/origin/"
"""Where the remote's branches were when it was last asked."""

_SPECS = (f"+{HEADS}*:{SEEN}*", f"+{HELD}*:{HELD}*")
_SSH = "ssh -oBatchMode=yes -oConnectTimeout=20 -oServerAliveInterval=15 -oServerAliveCountMax=3"
_FOR_REMOTES = ("GIT_SSH_COMMAND", "GIT_SSH", "GIT_ASKPASS", "SSH_ASKPASS", "GIT_SSL_CAINFO", "GIT_SSL_NO_VERIFY")
_SLOW = ("-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=60")
_PASSWORD = re.compile(r"//[^/@\s]*@")
_HEAD = "bmad.head"
"""The setting of a clone that keeps what the remote's own head was."""
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://|^[^/]+:")
"""What an address that is no path begins with."""
_LOOK = 0.5
_LONGEST_LOOK = 10.0


class Origin:
    """The remote `origin` of a clone; what fails is tried again for `patience` seconds, unless `over` says so.

    `told` is told when it begins to wait.
    """

    def __init__(
        self,
        calls: Calls,
        patience: float = 0,
        over: Callable[[], bool] = lambda: False,
        told: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._calls = calls
        self._tell = told
        self._patience = patience
        self._over = over
        self._git = _talking(calls.bare, calls.environ)

    def fetch(self) -> None:
        """Bring here where the remote's branches are. Raises: CannotAnswerError where it cannot be reached."""
        wanted = ["fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head", NAME, *_SPECS]
        deadline, look = self._deadline(), _LOOK
        while (done := ask(self._git, wanted)).status != 0:
            look = self._wait(deadline, look, done)

    def seen(self, ref: str) -> str | None:
        """Where a ref of the remote was when it was last asked."""
        return tip(self._calls, _tracked(ref))

    def branches(self) -> Mapping[str, str]:
        """The branches of the remote when it was last asked, by their full names."""
        return {HEADS + name.removeprefix(SEEN): at for name, at in below(self._calls, SEEN).items()}

    def push(self, moves: Sequence[Move]) -> bool:
        """Make some moves, all or none; False where a ref is not where it was expected to be.

        The last one is to where nobody else moves it: where that is seen there, all were made.

        Raises: CannotAnswerError where the remote cannot be reached, or refuses them for another reason.
        """
        moves = [one for one in moves if one.new != one.old]
        leases = [f"--force-with-lease={one.ref}:{one.old or ''}" for one in moves]
        specs = [f"{one.new or ''}:{one.ref}" for one in moves]
        wanted = ["push", "--porcelain", "--atomic", "--no-verify", "--quiet", *leases, NAME, *specs]
        deadline, look = self._deadline(), _LOOK
        while moves:
            done = ask(self._git, wanted)
            if done.status != 0:
                self.fetch()
                if self.seen(moves[-1].ref) != moves[-1].new:
                    if any(self.seen(one.ref) != one.old for one in moves):
                        return False
                    look = self._again(deadline, look, done)
                    continue
            self._note(moves)
            break
        return True

    def _again(self, deadline: float, look: float, done: Done) -> float:
        """After a push that changed nothing: wait, unless the remote said that it will not have it."""
        refused = [line for line in done.out.decode("utf-8", "replace").splitlines() if line.startswith("!")]
        if refused and not any("stale info" in line or "cannot lock ref" in line for line in refused):
            raise CannotAnswerError(f"The remote refuses what was pushed: {_safe(refused[0].split(chr(9))[-1])}.")
        return self._wait(deadline, look, done)

    def _note(self, moves: Sequence[Move]) -> None:
        for one in moves:
            if one.new is not None:
                put(self._calls, _tracked(one.ref), one.new)
        drop_all(self._calls, [_tracked(one.ref) for one in moves if one.new is None])

    def _deadline(self) -> float:
        return time.monotonic() + self._patience

    def _wait(self, deadline: float, look: float, done: Done) -> float:
        if self._over() or time.monotonic() + look > deadline:
            words = _told(done) or f"git ended with {done.status}"
            raise CannotAnswerError(f"The remote cannot be reached: {words}. Everything here stays as it is.")
        if look == _LOOK:
            self._tell(f"the remote is away, and is waited for: {_told(done)}")
        time.sleep(look)
        return min(look * 2, _LONGEST_LOOK)


def _talking(plain: Git, environ: Mapping[str, str]) -> Git:
    """Git with what it takes to reach a remote: the person's keys, agents and ways through."""
    more = {name: environ[name] for name in _FOR_REMOTES if name in environ}
    if not more.keys() & {"GIT_SSH_COMMAND", "GIT_SSH"} and not ask(plain, ["config", "core.sshCommand"]).out:
        more["GIT_SSH_COMMAND"] = _SSH
    return Git([*plain.command, *_SLOW], plain.environment | more, plain.folder, plain.common)


def _tracked(ref: str) -> str:
    return SEEN + ref.removeprefix(HEADS) if ref.startswith(HEADS) else ref


def _told(done: Done) -> str:
    return _safe(complaint(io.BytesIO(done.err)))


def _safe(words: str) -> str:
    """Git's words without who logs in at an address."""
    return _PASSWORD.sub("//", words)


def make_clone(folder: Path, address: str, branch: str | None, environ: Mapping[str, str]) -> None:
    """Make a bare clone of bmad's own, or go on with one that is there; its head is on the branch to land on.

    `branch` is the one that is named, None for that of the remote's own head. Nothing is fetched yet.

    Raises: CannotAnswerError where the remote cannot be reached; UsageError where it has no such branch.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    more = {name: environ[name] for name in PASSED if name in environ}
    nowhere = _talking(Git([program(environ)], user_environment(environ) | more, folder, folder), environ)
    more |= {"GIT_DIR": str(folder)}
    here = _talking(Git([program(environ)], user_environment(environ) | more, folder, folder), environ)
    if not (folder / "HEAD").exists():
        kind = _object_format(nowhere, address)
        _tell(here, ["init", "--quiet", "--bare", "--object-format", kind, str(folder)])
    known = ask(here, ["config", f"remote.{NAME}.url"]).out.decode("utf-8", "surrogateescape").strip()
    if known != address:
        _tell(here, ["config", f"remote.{NAME}.url", address])
    if branch is None and ask(here, ["config", _HEAD]).status != 0:
        branch = _head_of(here)
        _tell(here, ["config", _HEAD, branch])
    if branch is not None:
        _tell(here, ["symbolic-ref", "HEAD", HEADS + branch.removeprefix(HEADS)])


def _object_format(git: Git, address: str) -> str:
    """How a remote names its objects: by what it names its head; as most do where it names none."""
    done = ask(git, ["ls-remote", "--", address, "HEAD"])
    return "sha256" if re.match(rb"[0-9a-f]{64}\t", done.out) else "sha1"


def _head_of(git: Git) -> str:
    done = ask(git, ["ls-remote", "--symref", NAME, "HEAD"])
    if done.status != 0:
        raise CannotAnswerError(f"The remote cannot be reached: {_told(done)}.")
    found = re.match(rb"ref: refs/heads/(\S+)\tHEAD", done.out)
    if found is None:
        raise UsageError("The remote names no branch that it begins with. Name the one to land on: `act.target`.")
    return found[1].decode("utf-8", "surrogateescape")


def _tell(git: Git, arguments: Sequence[str]) -> None:
    done = ask(git, arguments)
    if done.status != 0:
        raise CannotAnswerError(f"The clone in {git.folder} cannot be made: {_told(done)}.")


def address_of(root: Path, environ: Mapping[str, str]) -> str | None:
    """Where `origin` of the repository at or above a folder is; None where it has none, or there is none."""
    git = Git([program(environ)], user_environment(environ), root)
    done = ask(git, ["config", f"remote.{NAME}.url"])
    address = done.out.decode("utf-8", "surrogateescape").strip()
    if done.status != 0 or not address:
        return None
    top = ask(git, ["rev-parse", "--show-toplevel"]).out.decode("utf-8", "surrogateescape").strip()
    beside = Path(top or root) / address
    return str(beside.resolve()) if _SCHEME.search(address) is None and beside.exists() else address


def place_of(address: str, whose: str, environ: Mapping[str, str], home: Path) -> Path:
    """The folder of bmad's own clone of a remote: in the user's state folder, and called as the repository is.

    `whose` keeps that of a worker, whose branches nobody else may move, apart from that of people's commands.
    """
    name = re.split(r"[/:\\]", address.rstrip("/").removesuffix("/.git"))[-1].removesuffix(".git") or "repository"
    told = hashlib.sha256(address.encode("utf-8", "surrogateescape")).hexdigest()[:10]
    return (state(environ) or home.parent / ".bmad-state") / "bmad" / "clones" / told / whose / name

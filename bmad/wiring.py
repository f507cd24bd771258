"""Settings and environment become one frozen App; nothing else reads `os.environ`."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bmad.errors import CannotAnswerError, UsageError
from bmad.git.gitdir import own_folder, place
from bmad.model.layout import OWN_FOLDER, POLICY
from bmad.model.standing import Standing
from bmad.screen import tell
from bmad.store.bare import BareWorkspace, is_bare, refuse
from bmad.store.formats import TextFormats
from bmad.store.local import LocalState
from bmad.store.locks import FileLocks
from bmad.store.roots import folder_of, root_of
from bmad.store.workspace import PATIENCE, WRITE, FileWorkspace, writers

if TYPE_CHECKING:
    from bmad.agents.alone import Place
    from bmad.git.checkout import GitCheckout
    from bmad.git.read.history import GitHistory
    from bmad.git.work.repository import GitRepository
    from bmad.model.act import State
    from bmad.model.draft import Draft
    from bmad.model.journal import Entry
    from bmad.model.settings import ActSettings, AgentSettings
    from bmad.ports.acting import Desk
    from bmad.ports.asking import Asker
    from bmad.ports.cache import Caches, Kept
    from bmad.ports.journal import Journal, Notes
    from bmad.ports.machine import Machine
    from bmad.shared import Shared
    from bmad.store.cache import FileCache

_STORY_BRANCHES = "bmad/"


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


_ANSWERS = 2000
"""So many answers of models are kept: those about a few long intents."""


@dataclass(frozen=True)
class App:
    """What the commands work with: one repository and the outside world."""

    root: Path
    workspace: FileWorkspace
    formats: TextFormats
    clock: SystemClock
    environ: Mapping[str, str]

    @property
    def actor(self) -> str | None:
        """The identity that CI vouches for, from `BMAD_ACTOR`; None where it is not set."""
        return self.environ.get("BMAD_ACTOR") or None

    def checkout(self) -> "GitCheckout":
        """The person's work tree."""
        from bmad.git.checkout import GitCheckout  # noqa: PLC0415 - commands without git do without it

        return GitCheckout(self.root, self.environ)

    def history(self) -> "GitHistory":
        """The repository's history. Raises: CannotAnswerError where there is none that git reads."""
        from bmad.git.read.history import open_history  # noqa: PLC0415

        return open_history(self.root, self.environ)

    def told_history(self) -> "GitHistory":
        """The same for what only explains: with what is kept between runs of how its commits hang together."""
        from bmad.git.read.history import open_history  # noqa: PLC0415
        from bmad.store.cache import FileCache, cache_folder  # noqa: PLC0415 - few commands keep anything

        return open_history(self.root, self.environ, FileCache(cache_folder(self.environ, self.root, "graphs")))

    def caches(self) -> "Caches":
        """What a why is told by, kept between runs."""
        from bmad.ports.cache import Caches  # noqa: PLC0415 - few commands keep anything

        return Caches(self.cache(), self.proposed())

    def cache(self) -> "FileCache":
        """What blame says: it is kept between runs and can be computed again, outside of the repository."""
        from bmad.store.cache import FileCache, cache_folder  # noqa: PLC0415 - few commands keep anything

        return FileCache(cache_folder(self.environ, self.root, "lines"))

    def proposed(self) -> "FileCache":
        """What was proposed for older history, outside of the repository."""
        from bmad.store.cache import FileCache, cache_folder  # noqa: PLC0415 - few commands keep anything

        return FileCache(cache_folder(self.environ, self.root, "backfill"))

    def answers(self) -> "FileCache":
        """What models answered when they were asked about intents, outside of the repository."""
        from bmad.store.cache import FileCache, cache_folder  # noqa: PLC0415 - where a model is asked

        return FileCache(cache_folder(self.environ, self.root, "answers"), entries=_ANSWERS)

    def desk(
        self,
        tell: "Callable[[Entry, State], None] | None" = None,
        record: str | None = None,
        *,
        reading: bool = False,
        alone: bool = False,
    ) -> "Desk":
        """What the loop works with; `record` names a file that all agents' work is written to, to be replayed.

        Where `.bmad` is not to be believed, who is only `reading` sees none. Where a server is set it is that of
        all machines, but for what is done in this clone `alone`.

        Raises: CannotAnswerError where there is no repository that git reads, or to write on what is not believed.
        """
        if not alone and (shared := self.shared()) is not None:
            return shared.desk(tell)
        from bmad.agents.confine import keeper  # noqa: PLC0415
        from bmad.agents.recording import Recorder  # noqa: PLC0415 - the loop's own need, like all of these
        from bmad.agents.registry import AgentRoom  # noqa: PLC0415
        from bmad.git.process import children  # noqa: PLC0415
        from bmad.git.read.history import GitHistory  # noqa: PLC0415
        from bmad.git.work.repository import open_repository  # noqa: PLC0415
        from bmad.ports.acting import Desk  # noqa: PLC0415
        from bmad.store.journal import SqliteJournal  # noqa: PLC0415
        from bmad.store.library import SqliteLibrary  # noqa: PLC0415
        from bmad.store.notes import FileNotes  # noqa: PLC0415

        said = self.act_settings()
        worktrees, sandbox = (said.worktrees, said.sandbox) if said is not None else (None, "auto")
        repository = open_repository(self.root, self.environ, _writing, worktrees, keeper(sandbox))
        local = local_state(repository)
        if not reading:
            local.claim()
        own = _believed(local)
        room = AgentRoom(self.environ, repository.home, repository.shared / "locks", repository.place, children)
        return Desk(
            repository=repository,
            history=GitHistory(repository.located, self.environ),
            formats=self.formats,
            journal=SqliteJournal(own / "journal.db", lambda: local.identity),
            agents=Recorder(room, Path(record), self.environ) if record is not None else room,
            locks=FileLocks(repository.shared / "locks"),
            notes=FileNotes(own / "steps"),
            library=SqliteLibrary(own / "search.db", reading=reading),
            clock=self.clock,
            person=self.person,
            tell=tell or (lambda _entry, _state: None),
        )

    def machine(self) -> "Machine":
        """What `bmad doctor` looks at; a repository is opened where an agent is to be called."""
        from bmad.agents.trying import LocalMachine  # noqa: PLC0415 - its own need, like all of these
        from bmad.git.locate import version  # noqa: PLC0415

        def policy() -> str | None:
            return self.workspace.read(POLICY)

        return LocalMachine(self.environ, lambda: version(self.root, self.environ), policy, self._place)

    def _place(self) -> "Place":
        """Where an agent is called that works on no story."""
        from bmad.agents.alone import Place  # noqa: PLC0415
        from bmad.agents.registry import AgentRoom  # noqa: PLC0415 - agents are the need of few commands
        from bmad.git.process import children  # noqa: PLC0415
        from bmad.git.work.repository import open_repository  # noqa: PLC0415

        act = self.act_settings()
        repository = open_repository(self.root, self.environ, _writing, act.worktrees if act else None)
        room = AgentRoom(self.environ, repository.home, repository.shared / "locks", repository.place, children)
        return Place(room, repository.place, FileLocks(repository.shared / "locks").take)

    def act_settings(self) -> "ActSettings | None":
        """What the work tree's own bmad.yaml says of `act`; a broken one is told where it decides."""
        text = self.workspace.read(POLICY)
        with suppress(UsageError):
            return self.formats.settings(text).act if text is not None else None
        return None

    @cached_property
    def _shared(self) -> "Shared | None":
        from bmad.shared import found  # noqa: PLC0415 - where one is set

        return found(self)

    def shared(self) -> "Shared | None":
        """What this machine shares with others; None where no server is set."""
        return self._shared

    def journal(self) -> "Journal | None":
        """The journal of `bmad act`; None where it has not begun one, or git reads no repository here."""
        if (shared := self.shared()) is not None:
            return shared.journal()
        from bmad.git.work.repository import open_repository  # noqa: PLC0415 - git is loaded where it is needed

        try:
            local = local_state(open_repository(self.root, self.environ))
        except CannotAnswerError:
            return None
        file = _believed(local) / "journal.db"
        if not file.is_file():
            return None
        from bmad.store.journal import SqliteJournal  # noqa: PLC0415 - SQLite is the loop's own need

        return SqliteJournal(file, local.identity)

    def notes(self) -> "Notes | None":
        """What bmad act and scan noted; None where git reads no repository here."""
        from bmad.git.work.repository import open_repository  # noqa: PLC0415 - git is loaded where it is needed
        from bmad.store.notes import FileNotes  # noqa: PLC0415

        try:
            local = local_state(open_repository(self.root, self.environ))
        except CannotAnswerError:
            return None
        return FileNotes(_believed(local) / "steps")

    def local_target(self, *, submitting: bool = False) -> str | None:
        """The branch to land on: the one that the work tree's own bmad.yaml names; None is the one checked out.

        On a story's own branch, or one that is submitted, it is the default branch, where one is known.

        Raises: UsageError on a broken bmad.yaml.
        """
        if (shared := self.shared()) is not None:
            return shared.target()
        text = self.workspace.read(POLICY)
        named = self.formats.settings(text).act.target if text is not None else None
        checkout = self.checkout()
        branch = checkout.branch() if named is None else None
        if branch is None:
            return named
        own = submitting or branch.startswith(_STORY_BRANCHES) or checkout.story_of(branch) is not None
        return checkout.main() if own else None

    def clean(self, content: bytes) -> bytes:
        """Content without the values of secrets that this environment holds."""
        from bmad.agents.redacting import redacted, secrets  # noqa: PLC0415 - the loop's own need

        return redacted(content, secrets(self.environ))

    def command(self) -> tuple[str, ...]:
        """How to start this very bmad again, for hooks; `-P`: what lies in a work tree is none of its modules."""
        return (sys.executable, "-P", "-m", "bmad")

    @property
    def person(self) -> str:
        """Who confirms and reopens: the identity CI vouches for, else git's author; empty where unknown."""
        return self.actor or self.checkout().person()

    def outline(self, *, keeping: bool = False) -> "Callable[[str], Draft]":
        """The mapper that needs nobody; by how it read long intents before, as is kept for the code that did."""
        from bmad.core import outline  # noqa: PLC0415 - a Markdown parser that few commands need

        return outline.remembering(*self._kept("outlines", keeping, ("core/outline", "model"), outline.PARSER))

    def last_map(self, *, keeping: bool = False) -> "Kept":
        """What is kept of the last map, for the code that made it."""
        rooms = ("core", "model", "store", "pipeline/map", "pipeline/spec", "pipeline/status")
        return self._kept("maps", keeping, rooms)

    def _kept(self, name: str, keeping: bool, rooms: tuple[str, ...], *libraries: str) -> "Kept":
        from bmad.ports.cache import Kept  # noqa: PLC0415 - where it is kept
        from bmad.store.cache import FileCache, cache_folder, code_digest  # noqa: PLC0415 - the same

        package = Path(__file__).parent
        folder = cache_folder(self.environ, self.root, name)
        known = FileCache(folder)

        @cache
        def key() -> str:  # asked for where an intent is long
            return f"{self.root}\0{code_digest([package / room for room in rooms], *libraries)}"

        def keep(content: bytes) -> None:
            known.keep(key(), content)

        return Kept(lambda: known.load(key()), keep if keeping and folder is not None else None)

    def asker(self, command: str, name: str, agent: "AgentSettings", *, confine: bool) -> "Asker":
        """Whoever a command asks for an answer alone, without a repository."""
        from bmad.agents.consulting import Consultant  # noqa: PLC0415 - agents are the need of few commands

        return Consultant(command, name, agent, self._place, confine=confine)

    def inside(self, path: Path) -> str:
        """The `/`-separated path of a file below the root, named from where the person stands or from the root.

        Raises: UsageError where it lies outside: what is not in the repository cannot be traced.
        """
        inside = self.places(str(path))
        if not inside:
            raise UsageError(
                f"{path} lies outside the repository {self.root}; put it inside, so that it is versioned with it."
            )
        return next((place for place in inside if (self.root / place).exists()), inside[0])

    def places(self, path: str) -> tuple[str, ...]:
        """The paths from the root that a person may mean: from where they stand, then from the root.

        None where it lies outside the repository.
        """
        named = (Path(os.path.normpath(start / path)) for start in (Path.cwd(), self.root))
        whole = (place.parent.resolve() / place.name for place in named)
        inside = (place.relative_to(self.root) for place in whole if place.is_relative_to(self.root))
        return tuple(dict.fromkeys(place.as_posix() for place in inside))

    def intent(self, path: Path) -> str:
        """The same of an intent, where a folder has a slash at its end. Raises: UsageError as `inside`."""
        found = self.inside(path)
        return f"{found}/" if (self.root / found).is_dir() else found


def open_app(repo: Path | None) -> App:
    """The App for a folder: its root is the nearest folder above with a `bmad.yaml`, else with a `.git`.

    Raises: UsageError where the folder does not exist.
    """
    app = _app(root_of(folder_of(repo)))
    left = app.workspace.unfinished()
    if left:
        _tell(f"a command was cut short (files yet to write: {left}); the next one that writes does it (bmad fmt)")
    return app


def open_here(folder: Path | None) -> App:
    """The App whose root is the folder itself, for `bmad init`.

    Raises: UsageError where it does not exist; CannotAnswerError where it is git's own.
    """
    root = folder_of(folder)
    if is_bare(root):
        raise refuse(root)
    return _app(root)


def _app(root: Path) -> App:
    workspace: FileWorkspace
    found = place(root)
    if is_bare(root):
        workspace = BareWorkspace(root)
    elif found is None:
        workspace = FileWorkspace(root, tell=_tell)
    else:
        workspace = FileWorkspace(root, found.own, root.relative_to(found.top).as_posix(), _tell, _Index(root))
    return App(root, workspace, TextFormats(), SystemClock(), dict(os.environ))


class _Index:
    """Git's index of a work tree; git is started where it is asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def standing(self) -> Standing:
        try:
            return self._checkout().standing()
        except CannotAnswerError:  # no git, so nothing that it has to say
            return Standing()

    def content(self, blob: str) -> bytes:
        return self._checkout().content(blob)

    def _checkout(self) -> "GitCheckout":
        from bmad.git.checkout import GitCheckout  # noqa: PLC0415

        return GitCheckout(self._root, os.environ)


def local_state(repository: "GitRepository") -> LocalState:
    """What bmad keeps for a repository on this machine."""
    return LocalState(repository.home / OWN_FOLDER, repository.shared, repository.tracked(OWN_FOLDER))


def _believed(local: LocalState) -> Path:
    """The folder to read from: one that is not there, and a word about it, where the real one is not believed."""
    fault = local.fault()
    if not fault:
        return local.folder
    _tell(f"{fault} Until then it is passed over.")
    return local.nowhere


@contextmanager
def _writing(gitdir: Path) -> Iterator[None]:
    """The lock of those who write to a person's work tree, held while `bmad act` moves it."""
    hold = writers(own_folder(gitdir)).wait(WRITE, "bmad act", PATIENCE)
    try:
        yield
    finally:
        hold.release()


def _tell(words: str) -> None:
    """What was found where commands write, to whoever runs this one."""
    tell(f"bmad: {words}\n")


def environ() -> Mapping[str, str]:
    """What the terminal and the person say of it."""
    return os.environ

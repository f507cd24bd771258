"""What is opened where several machines work on one server: a clone of bmad's own, the journal, the engine.

Nothing of it is in a person's checkout: what they say goes to the server, and what lands they pull.
"""

import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from bmad.errors import UsageError
from bmad.model.layout import OWN_FOLDER, POLICY

if TYPE_CHECKING:
    from bmad.git.work.calls import Keeper
    from bmad.git.work.repository import GitRepository
    from bmad.git.work.shared_clone import SharedClone
    from bmad.model.act import State
    from bmad.model.journal import Entry
    from bmad.model.settings import ActSettings, Price
    from bmad.ports.acting import Desk
    from bmad.ports.journal import Journal
    from bmad.ports.machines import Machines
    from bmad.store.local import LocalState
    from bmad.store.postgres.server import Server
    from bmad.wiring import App

VARIABLE = "BMAD_SERVER"
_SANDBOX = "auto"
"""What is meant where no settings say how agents are kept in."""

_COMMITTED = (
    "`act.server` of bmad.yaml holds a password, and bmad.yaml is committed. Leave it out there, and put it into "
    "~/.pgpass of each machine, or the whole address into the variable BMAD_SERVER."
)
_NO_REMOTE = (
    "With a server, machines work on a common remote, and this repository has none that is named `origin`: "
    "git remote add origin ADDRESS"
)
_NOT_YET = "With a server (`act.server`), `{0}` does not work yet: {1}"


class Patience(NamedTuple):
    """How long a server and a remote that are away are waited for, in seconds, what ends that, and who is told."""

    server: float = 10
    remote: float = 20
    told: Callable[[str], None] = lambda _: None
    over: threading.Event = threading.Event()


class Shared:
    """What this machine shares with others. `clone` is a folder for bmad's own clone of the `remote`."""

    def __init__(
        self, app: "App", address: str, remote: str, clone: Path, *, patience: Patience, seconds: float = 60
    ) -> None:
        self._app = app
        self._address = address
        self._remote = remote
        self._folder = clone
        self._patience = patience
        self.seconds = seconds
        self._opened: SharedClone | None = None

    def clone(self, *, anew: bool = False) -> "SharedClone":
        """The clone, its branches as the remote has them. Raises: CannotAnswerError where it is out of reach."""
        from bmad.agents.confine import keeper  # noqa: PLC0415 - where a server is set, like all of these
        from bmad.git.work.remote import make_clone  # noqa: PLC0415

        if self._opened is None or anew:
            environ = self._app.environ
            make_clone(self._folder, self._remote, None, environ)
            one = self._fetched(keeper(_SANDBOX))
            said = self._settings(one)
            if said is not None and (said.target is not None or said.sandbox != _SANDBOX):
                make_clone(self._folder, self._remote, said.target, environ)
                one = self._fetched(keeper(said.sandbox))
            self._opened = one
        return self._opened

    def _fetched(self, keeper: "Keeper | None") -> "SharedClone":
        from bmad.git.work.shared_clone import open_shared  # noqa: PLC0415

        how = self._patience
        one = open_shared(
            self._folder,
            self._app.environ,
            keeper=keeper,
            patience=how.remote,
            over=how.over.is_set,
            told=how.told,
        )
        one.common.refresh()
        return one

    def _settings(self, clone: "SharedClone") -> "ActSettings | None":
        text = clone.file(POLICY)
        return self._app.formats.settings(text).act if text is not None else None

    @property
    def told(self) -> str:
        """The server as people are told of it."""
        return self.server().where

    def target(self) -> str:
        """The branch to land on."""
        return self.clone().repository.target(None)

    def server(self) -> "Server":
        """A connection to the server, for the repository that the remote holds."""
        from bmad.store.postgres.server import Server  # noqa: PLC0415

        how = self._patience
        return Server(self._address, self.clone().root(), patience=how.server, over=how.over, told=how.told)

    def journal(self) -> "Journal":
        """The journal that all machines write."""
        from bmad.store.postgres.journal import PostgresJournal  # noqa: PLC0415

        return PostgresJournal(self.server(), {})

    def onlooker(self) -> "tuple[Journal, Machines]":
        """Journal and machines for whoever only looks at them, and waits for nothing that is away."""
        from bmad.store.postgres.journal import PostgresJournal  # noqa: PLC0415
        from bmad.store.postgres.machines import PostgresMachines  # noqa: PLC0415

        server = self.server().another()
        return PostgresJournal(server, {}), PostgresMachines(server, "", {}, self.seconds)

    def prices(self) -> "Mapping[str, Price]":
        """What models cost, by the settings of the branch to land on."""
        text = self.clone().file(POLICY)
        return self._app.formats.settings(text).prices if text is not None else {}

    def desk(self, tell: "Callable[[Entry, State], None] | None" = None) -> "Desk":
        """What the loop works with here. Raises: CannotAnswerError where server or remote are out of reach."""
        from bmad.agents.registry import AgentRoom  # noqa: PLC0415
        from bmad.git.process import children  # noqa: PLC0415
        from bmad.git.read.history import GitHistory  # noqa: PLC0415
        from bmad.ports.acting import Desk  # noqa: PLC0415
        from bmad.ports.machines import Together  # noqa: PLC0415
        from bmad.store.library import SqliteLibrary  # noqa: PLC0415
        from bmad.store.locks import FileLocks  # noqa: PLC0415
        from bmad.store.notes import FileNotes  # noqa: PLC0415
        from bmad.store.postgres.journal import PostgresJournal  # noqa: PLC0415
        from bmad.store.postgres.machines import PostgresMachines  # noqa: PLC0415
        from bmad.store.postgres.notes import PostgresNotes  # noqa: PLC0415

        app, clone, server = self._app, self.clone(anew=True), self.server()
        repository = clone.repository
        local = self._local(repository)
        local.claim()
        epochs: dict[str, int] = {}
        holder = f"{socket.gethostname()}-{local.identity[:8]}"
        locks = repository.shared / "locks"
        return Desk(
            repository=repository,
            history=GitHistory(repository.located, app.environ),
            formats=app.formats,
            journal=PostgresJournal(server, epochs),
            agents=AgentRoom(app.environ, repository.home, locks, repository.place, children),
            locks=FileLocks(locks),
            notes=FileNotes(local.folder / "steps"),
            library=SqliteLibrary(local.folder / "search.db"),
            clock=app.clock,
            person=app.person,
            tell=tell or (lambda _entry, _state: None),
            together=Together(
                PostgresMachines(server, holder, epochs, self.seconds), clone.common, PostgresNotes(server, epochs)
            ),
        )

    def _local(self, repository: "GitRepository") -> "LocalState":
        from bmad.store.local import LocalState  # noqa: PLC0415

        return LocalState(repository.home / OWN_FOLDER, repository.shared)

    def run(self, dispatch: Callable[[], None], story: Callable[[str], None], told: Callable[[str], None]) -> None:
        """Have the engine call for work until it is over, which `over` of the patience says."""
        from bmad.store.postgres.engine import Duties, Engine  # noqa: PLC0415

        Engine(self.server(), self.seconds, Duties(dispatch, story, told), self._patience.over).run()


def found(app: "App") -> Shared | None:
    """What a person's checkout shares with others; None where no server is set."""
    address = _address(app)
    return (
        None if address is None else Shared(app, address, *_remote(app, None, None, "people"), patience=Patience())
    )


def worker(app: "App", remote: str | None, clone: Path | None, seconds: float, patience: Patience) -> Shared:
    """The same for a worker. Raises: UsageError where no server is set."""
    address = _address(app)
    if address is None:
        raise UsageError(
            "A worker needs a server: `act: {server: postgresql://USER@HOST/DATABASE}` in bmad.yaml, or the "
            f"variable {VARIABLE}."
        )
    return Shared(app, address, *_remote(app, remote, clone, "worker"), patience=patience, seconds=seconds)


def alone(app: "App", command: str, instead: str) -> None:
    """Raises: UsageError where a server is set, for a command that knows none."""
    if _address(app) is not None:
        raise UsageError(_NOT_YET.format(command, instead))


def _address(app: "App") -> str | None:
    """The server's address: of the environment, else of the work tree's bmad.yaml."""
    said = app.act_settings()
    named = said.server if said is not None else None
    if app.environ.get(VARIABLE):
        return app.environ[VARIABLE]
    if named is not None and _holds_password(named):
        raise UsageError(_COMMITTED)
    return named


def _holds_password(address: str) -> bool:
    if "password=" in address.replace(" ", ""):
        return True
    try:
        return bool(urlsplit(address).password)
    except ValueError:
        return "@" in address


def _remote(app: "App", named: str | None, clone: Path | None, whose: str) -> tuple[str, Path]:
    """The address of the remote, and the folder of bmad's own clone of it."""
    from bmad.git.work.remote import address_of, place_of  # noqa: PLC0415

    address = named or address_of(app.root, app.environ)
    if address is None:
        raise UsageError(_NO_REMOTE)
    return address, (clone or place_of(address, whose, app.environ, app.root)).absolute()

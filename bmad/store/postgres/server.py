"""One connection to the PostgreSQL that machines share: opened when it is needed, and again where it was cut.

Its address may hold a password: it is kept here, handed to libpq alone, and no message ever says more of it than
host, port and database.
"""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from bmad.errors import CannotAnswerError, FencedError, UsageError
from bmad.store.postgres import tables

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[tuple[Any, ...]]

Answer = TypeVar("Answer")

MISSING = "Working with a server takes what `pip install 'bmad[server]'` installs, and that is not there."
_UNREADABLE = (
    "The address of the server is none that PostgreSQL reads. It goes: postgresql://USER@HOST:5432/DATABASE, and "
    "the password into ~/.pgpass, or into the variable."
)
_FOREIGN = (
    "The journal in {where} is that of another repository, and is not believed here. Name a database for each "
    "repository with `act.server`."
)
_CONNECT = 10
"""Seconds to wait for an answer when a connection is opened."""
_STATEMENT = 60_000
"""Milliseconds that a statement may take."""
_SESSION = {
    "search_path": tables.SCHEMA,
    "timezone": "UTC",
    "synchronous_commit": "on",
    "idle_in_transaction_session_timeout": 15_000,
    "tcp_keepalives_idle": 20,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
}
"""Of a session: what it was told stands has to stand after a power loss, however the server is set; and a machine
that stands still, or is gone, in the middle of a transaction holds nobody up long."""
_LOOK = 0.5
_LONGEST_LOOK = 5.0


class _CutError(Exception):
    """The connection was cut, or never had: by the server, the network, or a time that ran out there."""


class Server:
    """The database at an address, of one repository; threads may share it. Nothing is opened before it is asked.

    A call that the connection is cut in is made anew for up to `patience` seconds, unless `over` is set: what it
    does must be safe to repeat. `told` is told when it begins to wait.
    """

    def __init__(
        self,
        address: str,
        repository: str,
        *,
        patience: float = 0,
        over: threading.Event | None = None,
        told: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.driver = driver()
        self.repository = repository
        self.patience = patience
        self.over = over or threading.Event()
        self._told = told
        self._address = address
        self._parts = self._read(address)
        self._known: Connection | None = None
        self._stands = False
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"Server({self.where})"

    def _read(self, address: str) -> dict[str, Any]:
        try:
            return dict(self.driver.conninfo.conninfo_to_dict(address))
        except self.driver.Error:
            raise UsageError(_UNREADABLE) from None

    @property
    def where(self) -> str:
        """The database as people are told of it: without a user, and without a password."""
        host, port = (str(self._parts.get(name) or "") for name in ("host", "port"))
        name = str(self._parts.get("dbname") or self._parts.get("service") or "its default database")
        return f"{name} on {host or 'this machine'}{f':{port}' if port else ''}"

    @property
    def address(self) -> str:
        """What libpq is given, with all that bmad asks of a connection; it may hold a password."""
        given = str(self._parts.get("options") or "")
        told: str = self.driver.conninfo.make_conninfo(
            self._address,
            application_name="bmad",
            connect_timeout=_CONNECT,
            keepalives_idle=20,
            keepalives_interval=5,
            keepalives_count=3,
            tcp_user_timeout=30_000,
            options=" ".join([given, *(f"-c {name}={value}" for name, value in _SESSION.items())]).strip(),
        )
        return told

    def another(self) -> "Server":
        """A connection of its own to the same database, without patience, for whoever must not wait."""
        return Server(self._address, self.repository)

    def ask(self, question: "Callable[[Connection], Answer]", otherwise: Answer) -> Answer:
        """The answer to a question that changes nothing; `otherwise` where no tables stand yet."""

        def asked(connection: "Connection") -> Answer:
            return question(connection) if self._has_tables(connection) else otherwise

        return self._patiently(asked)

    def change(self, work: "Callable[[Connection], Answer]") -> Answer:
        """Do some work in one transaction, on tables that are made where they are missing.

        Raises: CannotAnswerError where it cannot be done; FencedError where another holds the story since.
        """

        def changed(connection: "Connection") -> Answer:
            if not self._has_tables(connection):
                tables.make(connection, self.where, self.repository)
                self._check(connection)
            return work(connection)

        return self._patiently(changed)

    def close(self) -> None:
        with self._lock:
            known, self._known = self._known, None
            if known is not None:
                known.close()

    def _has_tables(self, connection: "Connection") -> bool:
        if not self._stands and tables.known(connection, self.where):
            self._check(connection)
            self._stands = True
        return self._stands

    def _check(self, connection: "Connection") -> None:
        """Raises: CannotAnswerError where the tables name another repository."""
        found = connection.execute("SELECT repository FROM bmad.identity").fetchall()
        if self.repository and found != [(self.repository,)]:
            raise CannotAnswerError(_FOREIGN.format(where=self.where))

    def _patiently(self, work: "Callable[[Connection], Answer]") -> Answer:
        with self._lock:
            deadline, look = time.monotonic() + self.patience, _LOOK
            while True:
                try:
                    return self._once(work)
                except _CutError as cut:
                    self.close()
                    error = cut.args[0]
                    if time.monotonic() + look > deadline or self.over.is_set():
                        raise CannotAnswerError(self._cannot(error)) from None
                    if look == _LOOK:
                        self._told(f"the server ({self.where}) is away, and is waited for")
                    self.over.wait(look)
                    look = min(look * 2, _LONGEST_LOOK)

    def _once(self, work: "Callable[[Connection], Answer]") -> Answer:
        try:
            if self._known is None:
                self._known = self.driver.connect(self.address, autocommit=True)
                self._known.execute(f"SET statement_timeout = {_STATEMENT}")
            with self._known.transaction():
                return work(self._known)
        except self.driver.Error as error:
            if error.sqlstate == tables.FENCED:
                raise FencedError("Another worker holds the story since, and went on with it.") from None
            cut = isinstance(error, (self.driver.OperationalError, self.driver.InterfaceError))
            if cut or self._known is None or self._known.closed:
                raise _CutError(error) from None
            raise CannotAnswerError(self._cannot(error)) from None

    def _cannot(self, error: Exception) -> str:
        """What went wrong, in the server's words, on one line."""
        words = " ".join(str(error).split())
        return (
            f"The server ({self.where}) cannot be used: {words.removesuffix('.')}. What was written there stands."
        )


def driver() -> Any:
    """The driver, psycopg. Raises: CannotAnswerError where the extra is not installed."""
    try:
        import procrastinate  # noqa: F401, PLC0415 - the extra is there or not, as a whole
        import psycopg.conninfo  # noqa: PLC0415
    except ImportError:
        raise CannotAnswerError(MISSING) from None
    return psycopg

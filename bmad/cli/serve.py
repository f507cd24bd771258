"""A page of the acceptance desk and the board, for a browser on this machine. It changes nothing.

It listens on 127.0.0.1 alone, and its address holds a secret word, so that no other user of the machine and no
page of the web reads it. Ctrl-C ends it.
"""

import secrets
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Any

import typer

from bmad import __version__
from bmad.cli import output
from bmad.cli.boundary import Failed, guarded
from bmad.cli.output import Repo
from bmad.cli.status import look
from bmad.errors import CannotAnswerError, Exit
from bmad.pipeline.act.collecting import collecting
from bmad.pipeline.act.people.acceptance_desk import waiting
from bmad.render.board import board
from bmad.render.pages import desk as page
from bmad.wiring import open_app

LOOPBACK = "127.0.0.1"
_SECONDS = 10
"""How long a client may take to say what it wants."""

Pages = Mapping[str, Callable[[], str]]


def run(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="By default any that is free.")] = 0,
    repo: Repo = None,
) -> int:
    open_app(repo).history()  # where there is no repository that is said now
    server = serve(_pages(repo), port, secrets.token_urlsafe(12))
    output.result(server.address)
    output.flush()
    output.message("Read-only, on this machine alone. Ctrl-C ends it.")
    with server, collecting(), suppress(KeyboardInterrupt):
        server.serve_forever()
    return Exit.OK


def _pages(repo: Path | None) -> Pages:
    """The pages by their name, each made anew from what there is now."""
    return {
        "": lambda: page.desk(waiting(open_app(repo).desk(reading=True))),
        "status": lambda: page.board(board(look(open_app(repo)))),
    }


class Server(ThreadingHTTPServer):
    """Serves pages below a secret word; one is made at a time."""

    daemon_threads = True

    def __init__(self, pages: Pages, port: int, word: str) -> None:
        self.pages = pages
        self.word = word
        self.making = threading.Lock()
        super().__init__((LOOPBACK, port), _Handler)

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.server_port}/{self.word}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is nobody's fault."""


def serve(pages: Pages, port: int, word: str) -> Server:
    """A server that listens. Raises: CannotAnswerError where the port cannot be had."""
    try:
        return Server(pages, port, word)
    except OSError as error:
        why = error.strerror or error
        raise CannotAnswerError(
            f"Port {port} cannot be had: {why}. Leave out --port, and a free one is taken."
        ) from None


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for the pages, by the name of this machine alone."""

    server: Server
    server_version = f"bmad/{__version__}"
    sys_version = ""
    timeout = _SECONDS

    def do_GET(self) -> None:
        self._answer(*self._found())

    def do_HEAD(self) -> None:
        self._answer(*self._found(), body=False)

    def _found(self) -> tuple[HTTPStatus, str]:
        """The status and the page. A name that is not this machine's own may be a trick (DNS rebinding)."""
        own = {f"{name}:{self.server.server_port}" for name in (LOOPBACK, "localhost")}
        if self.headers.get_all("Host", []) not in [[name] for name in own]:
            return HTTPStatus.FORBIDDEN, page.fault("This page is for the address that bmad serve printed.")
        empty, _, rest = self.path.partition("?")[0].partition("/")
        word, slash, name = rest.partition("/")
        known = bool(slash) and not empty and secrets.compare_digest(word.encode(), self.server.word.encode())
        if not known or name not in self.server.pages:
            return HTTPStatus.NOT_FOUND, page.fault(
                "There is no such page; open the address that bmad serve printed."
            )
        with self.server.making:
            made = guarded(self.server.pages[name])
        if isinstance(made, Failed):
            return HTTPStatus.SERVICE_UNAVAILABLE, page.fault(made.words)
        return HTTPStatus.OK, made

    def _answer(self, status: HTTPStatus, text: str, *, body: bool = True) -> None:
        content = text.encode("utf-8", "backslashreplace")
        self.send_response(status)
        for name, value in (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(content))),
            ("Content-Security-Policy", page.POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cache-Control", "no-store"),
        ):
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        """Nothing: what was asked for holds the secret word."""

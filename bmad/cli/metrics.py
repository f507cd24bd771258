"""A page of numbers for a monitoring system (`bmad worker --metrics`): `/metrics`, and nothing else.

It listens where it is told to, on this machine alone by default, and holds no title, name or word of anybody.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bmad.errors import BmadError, CannotAnswerError, UsageError
from bmad.render.prometheus import TYPE

_SECONDS = 10


@contextmanager
def served(address: str | None, text: Callable[[], str]) -> Iterator[str]:
    """Serve the text below `/metrics` of an address, `[HOST:]PORT`; what it listens on, empty without an address.

    Raises: UsageError where that is no address; CannotAnswerError where nobody can listen there.
    """
    if address is None:
        yield ""
        return
    host, _, port = address.rpartition(":")
    if not port.isdigit() or int(port) > 65535:  # noqa: PLR2004 - the last port
        raise UsageError(f"`{address}` is no address to listen on; it goes [HOST:]PORT, as in 127.0.0.1:9464.")
    try:
        server = _Server((host.strip("[]") or "127.0.0.1", int(port)), _handler(text))
    except OSError as error:
        raise CannotAnswerError(f"Nobody can listen on {address}: {error.strerror or error}.") from None
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield f"http://{server.server_address[0]!s}:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True


def _handler(text: Callable[[], str]) -> type[BaseHTTPRequestHandler]:
    turn = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        timeout = _SECONDS

        def do_GET(self) -> None:
            if self.path.split("?", 1)[0] != "/metrics":
                self._say(HTTPStatus.NOT_FOUND, "there is /metrics alone\n")
                return
            try:
                with turn:
                    told = text()
            except BmadError as error:
                self._say(HTTPStatus.SERVICE_UNAVAILABLE, f"{error}\n")
                return
            self._say(HTTPStatus.OK, told)

        def _say(self, status: HTTPStatus, told: str) -> None:
            content = told.encode()
            self.send_response(status)
            self.send_header("Content-Type", TYPE)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words: Any) -> None:
            """Nobody reads who asked."""

    return Handler

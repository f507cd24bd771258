"""The server: HTTP/1.1 on a free port of loopback, a thread a connection, every request kept."""

import gzip
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from types import ModuleType
from typing import Any, Self

from tests.serving import chat, faults, messages, responses
from tests.serving.script import NOTHING, Api, Asked, Cut, Fail, Hang, Json, Raw, Reply, Say, Script

_FORMATS: Mapping[Api, Any] = {"messages": messages, "chat": chat, "responses": responses}
_WRONG_KEY = "login"


class ModelServer:
    """Answers as a script says, from the start of a `with` to its end.

    `asked` is every request for an answer; `others` the method and path of all that is no such request, as real
    clients send too. With a `key`, who does not bear it is refused as the providers do.
    """

    def __init__(self, script: Script, key: str = "", names: Iterable[str] = ("claude-x", "gpt-x")) -> None:
        self.script = script
        self.key = key
        self.names = list(names)
        self.asked: list[Asked] = []
        self.others: list[str] = []
        self.released = threading.Event()
        self._lock = threading.Lock()
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.scripted = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Without `/v1`: as Anthropic's clients want it."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def v1(self) -> str:
        """As OpenAI's clients want it."""
        return f"{self.url}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def note(self, body: Json, headers: Mapping[str, str], form: ModuleType) -> tuple[Asked, Reply]:
        """Keep a request, and what is to be answered."""
        with self._lock:
            asked: Asked = form.asked(body, headers, len(self.asked) + 1)
            self.asked.append(asked)
            return asked, self.script(asked)


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    scripted: ModelServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that leave are what tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Http

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""

    def do_HEAD(self) -> None:
        self._other()
        self._send(200, b"")

    def do_GET(self) -> None:
        self._other()
        path = self.path.partition("?")[0]
        if self.headers.get("Upgrade"):
            self._json(426, {"error": {"message": "no web sockets here"}})
        elif path.endswith("/models"):
            form = messages if self.headers.get("anthropic-version") else chat
            self._json(200, form.models(self.server.scripted.names))
        else:
            self._json(404, {"error": {"type": "not_found_error", "message": f"nothing at {path}"}})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0]
        api = next((api for api, form in _FORMATS.items() if path.endswith(form.PATH)), None)
        if api is None:
            self._other()
            counted = {"input_tokens": max(1, len(raw) // 4)}
            self._json(200 if path.endswith("/count_tokens") else 404, counted)
            return
        body = json.loads(gzip.decompress(raw) if self.headers.get("Content-Encoding") == "gzip" else raw)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked, reply = self.server.scripted.note(body, headers, _FORMATS[api])
        with suppress(BrokenPipeError, ConnectionResetError):
            self._reply(asked, reply if self._may(headers) else faults.fault(api, _WRONG_KEY))

    def _may(self, headers: Mapping[str, str]) -> bool:
        borne = (headers.get("x-api-key"), headers.get("authorization", "").removeprefix("Bearer "))
        return not self.server.scripted.key or self.server.scripted.key in borne

    def _reply(self, asked: Asked, reply: Reply) -> None:
        form = _FORMATS[asked.api]
        if isinstance(reply, Raw):
            self._send(reply.status, reply.body, {"Content-Type": reply.kind})
        elif isinstance(reply, Fail) and not (reply.midway and asked.streams):
            status = 500 if reply.midway else reply.status
            self._json(status, faults.body(asked.api, reply), reply.headers)
        elif asked.streams:
            self._stream(asked, reply)
        elif not isinstance(reply, Fail):
            self._whole(reply, form.whole(reply if isinstance(reply, Say) else reply.say, asked))

    def _whole(self, reply: Say | Cut | Hang, body: Json) -> None:
        raw = json.dumps(body).encode()
        if isinstance(reply, Hang):
            self.server.scripted.released.wait()
        if isinstance(reply, Say):
            self._send(200, raw)
        else:
            self._send(200, raw[: len(raw) // 2], {"Content-Length": str(len(raw))})
            self.close_connection = True

    def _stream(self, asked: Asked, reply: Say | Fail | Cut | Hang) -> None:
        form = _FORMATS[asked.api]
        self._begin(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
        for event in _events(form, asked, reply):
            self._chunk(event)
        if isinstance(reply, Hang):
            self.server.scripted.released.wait()
        if isinstance(reply, Cut | Hang) and not (isinstance(reply, Cut) and reply.quietly):
            self.close_connection = True
            return
        self._chunk(b"")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _json(self, status: int, body: Json, headers: Mapping[str, str] = NOTHING) -> None:
        self._send(status, json.dumps(body).encode(), headers)

    def _send(self, status: int, body: bytes, headers: Mapping[str, str] = NOTHING) -> None:
        self._begin(status, {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers})
        self.wfile.write(body)

    def _begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"request-id": "req_1", "x-request-id": "req_1", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _other(self) -> None:
        self.server.scripted.others.append(f"{self.command} {self.path}")


def _events(form: Any, asked: Asked, reply: Say | Fail | Cut | Hang) -> Iterator[bytes]:
    """What of a reply comes as events."""
    if isinstance(reply, Fail):
        yield from form.failing(reply, asked)
    elif isinstance(reply, Say):
        yield from form.events(reply, asked)
    else:
        yield from islice(form.events(reply.say, asked), reply.events)

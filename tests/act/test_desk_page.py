"""The desk as text and as a page: hostile words are shown and do nothing; and who may load the page."""

import http.client
import io
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bmad.cli.serve import Server, serve
from bmad.cli.terminal import Terminal
from bmad.errors import CannotAnswerError, UsageError
from bmad.model.desk import DeskFinding, DeskItem, DeskReport
from bmad.render.desk import as_text, folds, sheet, unfolded
from bmad.render.pages import desk as page
from bmad.render.pages import resource
from tests.act.stage import Stage
from tests.act.test_try import read_until

EVIL = "<script>alert(1)</script> \x1b]0;x\x07 \u202egnp\u202c a\nNOT PROVEN: no\r\nproven: yes"
LONG = "word " * 200


def item(words: str = EVIL) -> DeskItem:
    statement = {"id": "INT-aaaaaa", "quote": words, "path": words, "lines": (3, 4)}
    finding = {"id": "F-1", "round": 1, "severity": "P1", "lens": words, "path": words, "line": 1, "quote": words}
    return DeskItem.model_validate(
        {
            "story": "STORY-aaaaaa",
            "title": words,
            "kind": "work",
            "signs": [{"risk": "grave", "weight": 1, "words": words}],
            "asked": [{"id": "FR-aaaaaa", "title": words, "statements": [statement]}],
            "criteria": [{"id": "STORY-aaaaaa/AC-1", "text": words, "proven": False, "words": words}],
            "files": [{"path": words, "added": 1, "removed": None}],
            "wrote": [{"who": words, "roles": ["developer"]}],
            "reviewed": [{"who": words, "roles": [words]}],
            "checks": [{"round": 1, "name": words, "ok": True, "exit": 0}],
            "findings": [{**finding, "claim": words, "disposition": "false-positive", "argument": words}],
            "assumptions": [words],
            "deviations": [{"rule": words, "reason": words, "step": "1/dev"}],
            "log": [{"step": "1/dev", "by": "developer", "words": words[:500]}],
            "verdicts": [{"round": 1, "by": words, "said": "rejected", "why": words}],
            "unread": words,
            "commands": [words],
        }
    )


def test_no_word_steers_a_terminal_or_passes_for_a_line_of_bmads() -> None:
    told = as_text(DeskReport(items=(item(),)))
    assert not set(told) & {"\x1b", "\x07", "\r", "\u202e"}
    assert "\\x1b" in told
    assert "\\u202e" in told
    rows = told.splitlines()
    [own] = [row for row in rows if row.startswith(("    NOT PROVEN", "    proven"))]
    assert own.startswith("    NOT PROVEN: <script>")
    assert any(row.startswith("        proven: yes") for row in rows)  # what goes on stands further in


@pytest.mark.parametrize("width", [32, 44, 80])
def test_no_line_is_wider_than_asked_for(width: int) -> None:
    told = as_text(DeskReport(items=(item("宽" * 300), item(LONG), item("x" * 500))), width)
    rows = [row for row in told.splitlines() if not row.startswith("$ ")]
    assert max(len(row) + row.count("宽") for row in rows) <= width


def test_long_texts_are_folded_and_opened_by_their_number() -> None:
    one = item(LONG)
    count = len(folds(one))
    assert count > 5
    assert f"[+{count}]" in sheet(one)
    first = unfolded(one, [1])
    assert first.startswith("[+1] - word word")
    assert first.count("word") == 200
    assert "[+" not in sheet(one, every=True)
    assert folds(item("short")) == []


def test_what_nobody_was_shown_is_told_with_what_a_person_said_of_it() -> None:
    told = {"id": "U-1", "kind": "unshown", "round": 1, "severity": "P1", "lens": "person", "path": "logo.png"}
    more = {"line": 0, "quote": "", "claim": "Look.", "why": "it is binary", "ruled_by": "Ada", "ruling": "I did."}
    one = {**told, **more, "disposition": "false-positive"}
    shown = item("x").model_copy(update={"findings": (DeskFinding.model_validate(one),)})
    assert "not shown to any reviewer: logo.png (it is binary), of which Ada said: I did" in " ".join(
        sheet(shown).split()
    )
    mended = DeskFinding.model_validate({**one, "disposition": "fixed"})
    assert "not shown to any" not in sheet(shown.model_copy(update={"findings": (mended,)}))


def test_the_words_of_the_intent_are_shown_as_they_stand() -> None:
    words = '`words("a b  c")` must\n  return 3, and `pad(1)` ' + "x " * 30 + "two  blanks"
    told = sheet(item(words))
    assert '“`words("a b  c")` must return 3' in told
    assert "two  blanks" in told
    assert 'words("a b  c")' in page.desk(DeskReport(items=(item(words),))).replace("&#34;", '"')


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links |= {value or "" for name, value in attrs if name in ("href", "src")}


def test_the_page_holds_no_script_and_nothing_from_elsewhere() -> None:
    told = page.desk(DeskReport(items=(item(), item(LONG))))
    read = _Tags()
    read.feed(told)
    assert read.tags <= {
        *("html", "head", "meta", "title", "style", "body", "header", "nav", "a", "main", "h1", "h2", "h3"),
        *("ol", "ul", "li", "p", "pre", "code", "section", "details", "summary", "bdi"),
    }
    assert read.links == {"./", "./status", "#STORY-aaaaaa"}
    assert "&lt;script&gt;" in told
    assert "\x1b" not in told
    assert "<details" in told
    assert all(part.startswith('\n<ul class="rows">') for part in told.replace("</h3>", "</h3>\f").split("\f")[1:])
    assert f"<style>{resource('page.css')}</style>" in told


@pytest.fixture
def server() -> Iterator[Server]:
    def broken() -> str:
        raise UsageError("It <cannot> be read.")

    def faulty() -> str:
        raise ValueError("<nobody> foresaw it")

    pages = {"": lambda: page.fault("Here."), "broken": broken, "faulty": faulty}
    made = serve(pages, 0, "word")
    thread = threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


def ask(server: Server, path: str, *, host: str | None = None, method: str = "GET") -> tuple[int, str, str]:
    call = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    call.putrequest(method, path, skip_host=True)
    call.putheader("Host", host or f"127.0.0.1:{server.server_port}")
    call.endheaders()
    answer = call.getresponse()
    told = answer.read().decode()
    call.close()
    return answer.status, told, answer.headers.get("Content-Security-Policy", "")


def test_the_page_is_for_this_machine_and_for_whoever_has_the_word(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"
    status, told, policy = ask(server, "/word/")
    assert (status, "Here." in told) == (200, True)
    assert policy.startswith("default-src 'none'")
    assert ask(server, "/word/", host=f"localhost:{server.server_port}")[0] == 200
    for path in ("/", "/word", "/other/", "/word/nothing", "/word/../x", "/word//", "*", "http://127.0.0.1/word/"):
        assert ask(server, path)[0] == 404, path
    for host in ("evil.example", f"evil.example:{server.server_port}", "127.0.0.1", "127.0.0.1:1"):
        assert ask(server, "/word/", host=host)[0] == 403, host
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert ask(server, "/word/", method=method)[0] == 501, method
    status, told, _ = ask(server, "/word/broken")
    assert (status, "It &lt;cannot&gt; be read." in told) == (503, True)
    status, told, _ = ask(server, "/word/faulty")
    assert (status, "a fault of its own: ValueError: &lt;nobody&gt; foresaw it" in told) == (503, True)
    assert ask(server, "/word/", method="HEAD")[:2] == (200, "")


def test_a_port_that_is_taken_is_said(server: Server) -> None:
    with pytest.raises(CannotAnswerError, match="Leave out --port"):
        serve({}, server.server_port, "x")


def test_at_a_terminal_the_desk_is_sat_at_and_the_page_is_served_till_ctrl_c(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    stage.bmad("act", stage.first, code=4)
    start = [sys.executable, "-m", "bmad"]
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [*start, "accept"], cwd=stage.repo, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    read_until(ours, "desk> ")
    os.write(ours, b"1\n")
    read_until(ours, f"{stage.first}> ")
    with subprocess.Popen([*start, "serve"], cwd=stage.repo, stdout=subprocess.PIPE, text=True) as page_of:
        assert page_of.stdout is not None
        address = page_of.stdout.readline().strip()
        host, _, path = address.removeprefix("http://").partition("/")
        call = http.client.HTTPConnection(host, timeout=20)
        call.request("GET", f"/{path}")
        assert stage.first in call.getresponse().read().decode()
        call.close()
        page_of.send_signal(2)
        assert page_of.wait(20) == 0
    os.write(ours, b"a\n")
    read_until(ours, "Why?")
    os.write(ours, b"It is right.\n")
    read_until(ours, "Nothing waits to be accepted.")
    assert child.wait(20) == 0
    os.close(ours)
    assert stage.events(stage.first)[-1]["content"]["why"] == "It is right."


def test_bytes_that_are_no_text_end_no_sitting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"caf\xe9\nmore\n"), encoding="utf-8"))
    terminal = Terminal()
    assert [terminal.ask("> "), terminal.ask("> "), terminal.ask("> ")] == ["caf\udce9\n", "more\n", None]

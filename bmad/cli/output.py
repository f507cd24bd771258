"""Where commands print: results to stdout, messages to stderr."""

import codecs
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Protocol, TextIO, TypeVar

import typer

from bmad.errors import CannotAnswerError
from bmad.render.words import inert, inert_json, lines
from bmad.screen import columns, mute, tell, wants_colour

Repo = Annotated[
    Path | None,
    typer.Option("--repo", "-C", metavar="DIR", help="The repository; by default the one around this folder."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]


class Report(Protocol):
    """What `--json` prints; the reports' own module is not imported just to show help."""

    def as_bytes(self) -> bytes: ...

    def as_line(self) -> str: ...


class Noted(Report, Protocol):
    """One that has something to say beside what was asked."""

    @property
    def notes(self) -> tuple[str, ...]: ...


R = TypeVar("R", bound=Report)
N = TypeVar("N", bound=Noted)


@dataclass(eq=False, repr=False)
class _Levels:
    quiet: bool = False
    verbose: bool = False
    debug: bool = False
    printed: bool = False
    """Whether a result was printed."""
    lines: bool = False
    """Whether results are JSON Lines."""
    read_by_people: bool = False
    """Whether results are for a person to read: paged and coloured where that is wanted."""
    folds: bool = False
    """Whether results are words, whose long lines are broken at a terminal."""
    before: Callable[[], None] | None = None
    """Makes way on the terminal before something is printed, where something stands there."""

    def make_way(self) -> None:
        if self.before is not None:
            self.before()


LEVELS = _Levels()


def speak(*streams: TextIO) -> None:
    """Let streams take every text, whatever the locale: UTF-8, and at a terminal of another encoding escapes."""
    for stream in streams:
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=stream.encoding if stream.isatty() else "utf-8", errors="backslashreplace")


def begin(*, read_by_people: bool, folds: bool = False) -> None:
    """Forget what an earlier command line said."""
    configure(quiet=False, verbose=False, debug=False)
    LEVELS.printed = LEVELS.lines = False
    LEVELS.read_by_people, LEVELS.folds = read_by_people, folds


def configure(*, quiet: bool, verbose: bool, debug: bool) -> None:
    LEVELS.quiet, LEVELS.verbose, LEVELS.debug = quiet, verbose, debug


def result(text: str, *, commands: bool = False) -> None:
    """Print a result, ending in exactly one line end; `commands` of it are for the CI system that runs this."""
    shown = text if commands else inert(text)
    LEVELS.make_way()
    LEVELS.printed = True
    shown = shown if shown.endswith("\n") else f"{shown}\n"
    if LEVELS.folds and not commands:
        shown = fitted(shown, sys.stdout)
    if LEVELS.read_by_people and wants_colour():
        from bmad.render.colour import painted  # noqa: PLC0415 - where somebody sees it

        shown = painted(shown)
    if not (LEVELS.read_by_people and sys.stdout.isatty() and _paged(shown)):
        _print(shown)


def flush() -> None:
    """Have what was printed go out now, as who reads it through a pipe waits for it."""
    with _printing():
        sys.stdout.flush()


def _print(text: str) -> None:
    with _printing():
        sys.stdout.write(text)


@contextmanager
def _printing() -> Iterator[None]:
    """Raises: CannotAnswerError where stdout takes nothing; BrokenPipeError where its reader has gone."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        mute(sys.stdout)
        raise CannotAnswerError(
            f"The result cannot be printed: {error.strerror}. Make room where standard output goes; "
            "what the command has done beside that stands."
        ) from None


def help_page(text: str) -> None:
    """Print help, which fits the terminal already; no result."""
    shown = f"{text}\n"
    if not (sys.stdout.isatty() and _paged(shown)):
        _print(shown)


def fitted(text: str, stream: TextIO) -> str:
    """Text no wider than the terminal that reads a stream; for others it stays as it is."""
    if not stream.isatty():
        return text
    from bmad.render.folding import folded  # noqa: PLC0415 - where somebody sees it

    return folded(text, columns(stream))


def _paged(text: str) -> bool:
    from bmad.needs import paged  # noqa: PLC0415 - at a terminal alone

    return paged(text)


def last(text: str, words: str) -> None:
    """A result and an error where a command was ended, perhaps since its terminal is gone: then nobody is told."""
    try:
        result(text)
        error(words)
        flush()
    except (BrokenPipeError, CannotAnswerError):
        mute(sys.stdout)


def json_line(report: Report) -> None:
    """Print a report as one of JSON Lines, at once: who reads it through a pipe waits for it."""
    LEVELS.lines = True
    result(report.as_line())
    flush()


def failure(report: Report) -> None:
    """Print an error as JSON, unless that would be a second document, or nothing can be printed."""
    if LEVELS.lines or not LEVELS.printed:
        with suppress(CannotAnswerError):
            result(report.as_line())
            flush()


def json_result(report: Report) -> None:
    """Print a report as JSON: as the bytes that it is made as, where no person reads it and stdout takes such."""
    told, stream = inert_json(report.as_bytes()), sys.stdout
    if LEVELS.read_by_people or not isinstance(stream, TextIOWrapper) or not _takes_utf8(stream):
        result(told.decode())
        return
    LEVELS.make_way()
    LEVELS.printed = True
    with _printing():
        stream.flush()
        stream.buffer.write(told)


def _takes_utf8(stream: TextIOWrapper) -> bool:
    """Whether what is printed arrives as UTF-8, as `speak` has it but at a terminal."""
    return stream.encoding.lower() == "utf-8" and not stream.isatty()


def verbatim(text: str) -> None:
    """Print a result to the byte, also at a terminal."""
    LEVELS.read_by_people = LEVELS.folds = False
    result(text)


def told(report: R, as_text: Callable[[R], str], *, json: bool) -> None:
    """Print a report as JSON, or as text for people."""
    if json:
        json_result(report)
    else:
        result(as_text(report))


def noted(report: N, as_text: Callable[[N], str], *, json: bool) -> None:
    """The same, with the report's notes told beside it."""
    for note in report.notes:
        message(as_note(note))
    told(report, as_text, json=json)


def as_note(text: str) -> str:
    """A note as it is told; what to do next says so itself."""
    return text if text.startswith("next: ") else f"note: {text}"


def is_lively(environ: Mapping[str, str], stream: TextIO | None = None) -> bool:
    """Whether a stream, by default that of messages, is a terminal to write over, and nobody wants it plain."""
    stream = stream or sys.stderr
    plain = LEVELS.quiet or environ.get("NO_COLOR") or environ.get("TERM", "") in ("dumb", "unknown", "")
    return not plain and stream.isatty() and codecs.lookup(stream.encoding).name == "utf-8"


def message(text: str) -> None:
    """Tell a person something that is not the result."""
    if not LEVELS.quiet:
        LEVELS.make_way()
        _say(text)


def detail(text: str) -> None:
    """Tell what only somebody who asked for more wants to know."""
    if LEVELS.verbose and not LEVELS.quiet:
        LEVELS.make_way()
        _say(text)


def error(text: str) -> None:
    LEVELS.make_way()
    _say(f"bmad: {text}")


def _say(text: str) -> None:
    """What is told of a path, a message or an argument moves no cursor, whoever wrote it."""
    tell(fitted(f"{inert(lines(text))}\n", sys.stderr))

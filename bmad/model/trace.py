"""What `bmad trace` and `bmad blame` say."""

from typing import Literal

from bmad.model.plain import Plain, PlainReport

Sure = Literal["exact", "trailer", "record", "one-of"]
"""How sure it is of which story a line is: `core.lines.own` says what each word stands for."""
CommitClass = Literal["story", "spec", "policy", "merge", "empty", "trivial", "untraced", "before-adoption"]


class TracedStatement(Plain):
    """`lines`: first and last line in `path`, from 1; None where the quote no longer stands there."""

    id: str
    quote: str
    path: str
    lines: tuple[int, int] | None


class TraceChain(Plain):
    """One way from a commit (None: no commit yet) up to the intent's own words."""

    commit: str | None
    kind: CommitClass | None
    title: str | None
    """The commit's title, safe to print."""
    story: str | None
    story_title: str | None
    requirements: tuple[str, ...]
    statements: tuple[TracedStatement, ...]
    files: tuple[str, ...]
    """The paths that the commit changes; empty where the query was a line."""
    suspect: bool
    problems: tuple[str, ...]
    """Why the chain is not whole."""
    trivial: str = ""
    """Of a tiny change why it is of no story, as its message says; whether that holds is the gate's to say."""
    takes_back: str = ""
    """The commit that the message of one of no story says it takes back; whether it does is the gate's to say."""
    by: Literal["trailer", "record"] = "trailer"
    """What says that the commit is of the story: its message, or a record that came with it."""


class TracedLine(Plain):
    line: int
    commit: str | None
    """Where it came from; null where it is not committed yet, or is older than the adoption."""
    story: str | None
    """Null also where nothing tells which of several stories the line is of."""
    statements: tuple[str, ...]
    text: str
    stories: tuple[str, ...] = ()
    """Those that the line may be of."""
    sure: Sure | None = None
    """How sure it is of its story; null where nothing names one."""
    requirements: tuple[str, ...] = ()
    older: bool = False
    """Whether it is older than the adoption."""
    source: str | None = None
    """`path:line` at its commit, where the line stood in another file."""
    blamed: str | None = None
    """The commit that git's own blame names, where that only took back, picked, moved or formatted the line."""


class TraceReport(PlainReport):
    NAME = "trace"

    query: str
    rev: str
    """The commit that the question was answered at."""
    chains: tuple[TraceChain, ...]
    lines: tuple[TracedLine, ...]
    titles: dict[str, str]
    """Titles of the requirements, by id."""
    notes: tuple[str, ...]


class BlameReport(PlainReport):
    NAME = "blame"

    path: str
    rev: str
    lines: tuple[TracedLine, ...]
    stories: dict[str, str]
    """Titles of the stories, by id; of one that the specification does not hold there is none."""
    titles: dict[str, str]
    """Titles of the requirements, by id."""
    statements: tuple[TracedStatement, ...]
    notes: tuple[str, ...]

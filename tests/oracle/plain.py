"""What both halves of the second judge work on: a verdict, a step, a commit's own work, classes, trailers."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bmad.model.commits import Change, Commit
from tests.oracle import reading
from tests.oracle.texts import LOCK, POLICY

MOST_STORIES = 3
ABSENT = "000000"
LINK = "120000"


class Verdict(NamedTuple):
    """`level` is the headline; None where nothing can be said."""

    exit: int
    kinds: Mapping[str, str]
    codes: frozenset[str]
    level: str | None


class Step(NamedTuple):
    """`base` is None before the first commit of all; `joined` is the lock where the merge had to join it."""

    base: str | None
    head: str
    tree: str
    commits: Sequence[str]
    conflicts: bool = False
    joined: str | None = None
    beside: frozenset[str] = frozenset()
    """The records that the push which brings it may have brought before it."""


class Known(NamedTuple):
    """What holds for all steps: commits up to `gate.since`, commits at hand, and the ref that is judged for."""

    since: frozenset[str]
    present: frozenset[str]
    target: str | None
    audit: bool = False
    head: str = ""
    inside: frozenset[str] = frozenset()
    """The head and the commits of the whole range, whatever the step."""


class Past(NamedTuple):
    """The commits that were judged in this step and before it: their kinds, the stories of what passed, and the
    paths that were exempt.
    """

    kinds: dict[str, str]
    passed: dict[str, set[str]]
    exempt: dict[str, set[bytes]]


class Own(NamedTuple):
    """A commit's own work: its changes, and whether it has more than one parent."""

    commit: Commit
    changes: tuple[Change, ...]
    merge: bool


def classes(path: str) -> str:
    """The class of a path of the alphabet, wherever the intent stands."""
    if path in (POLICY, "CODEOWNERS"):
        return "governed"
    if (reading.is_document(path) and "/records/" not in path) or path == LOCK:
        return "spec"
    if path.startswith("stories/records/"):
        return "record"
    return "code"


def knowledge_of(story: str) -> str:
    """The page of what was learnt in a story's work, which is of its territory."""
    return f"docs/knowledge/{story}.md"


def is_record(path: str) -> bool:
    return classes(path) == "record"


def story_of_record(path: str) -> tuple[str, int]:
    name, _, number = path.removeprefix("stories/records/").removesuffix(".json").partition(".")
    return name, int(number or 1)


def inside(path: str, globs: Sequence[str]) -> bool:
    return any(glob in ("**", path) for glob in globs)


def trailers(message: str) -> dict[str, list[str]]:
    """The trailers of the last paragraph, and of the one before where the last is a squash button's."""
    paragraphs = [one.split("\n") for one in message.strip("\n").split("\n\n")]
    block: list[str] = []
    at = len(paragraphs) - 1
    if at > 0 and _is_block(paragraphs[at]):
        block = paragraphs[at]
        helpers = all(line.startswith(("Co-authored-by:", "Signed-off-by:")) for line in block)
        if helpers and at > 1 and _is_block(paragraphs[at - 1]):
            block = paragraphs[at - 1] + block
    found: dict[str, list[str]] = {}
    for line in block:
        key, _, value = line.partition(":")
        if value.strip() not in found.setdefault(key, []):
            found[key].append(value.strip())
    return found


def stories_of(message: str) -> list[str]:
    """The stories that a message names."""
    return [one for one in trailers(message).get("Story", []) if one != "none"]


def says_none(message: str) -> bool:
    """Whether a message says, beside whatever else, that it is of no story."""
    return "none" in trailers(message).get("Story", [])


def _is_block(lines: Sequence[str]) -> bool:
    return all(line.partition(":")[1] and " " not in line.partition(":")[0] for line in lines)


def by_bot(commit: Commit) -> bool:
    """Whether all who a commit says had a part in it are the robot that the base exempts."""
    also = [line for line in commit.message.split(b"\n") if line.startswith(b"Co-authored-by:")]
    return b"<bot@x>" in commit.author and not also

"""Territories: globs in the manner of gitwildmatch, rooted at the repository, case-sensitive.

A glob speaks of the whole path from the repository's root: `semver.py` is the one file at the root, and
`**/semver.py` the file of that name in any folder. A glob that names a folder holds all that is in it, as in
`.gitignore`: `src`, `src/` and `src/**` hold `src/a/b.py`. There is no negation. Brackets are read both ways, as a
set of signs and as themselves: `app/[id]/page.tsx` holds the file of that name.

Globs come from the change that is judged, so matching must not blow up. pathspec's own regular expressions do
(`[a]*a*a*a*b` takes hours on a long name), and let `$` match before a line feed; so globs are translated here,
into expressions whose stars never give back what they took (atomic groups), and the tests hold the result
against pathspec. Paths are bytes decoded with surrogateescape, and a line feed is a character like any other.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache

from bmad.model.layout import OWN_FOLDER

_MAX_LENGTH = 512
_MAX_STARS = 24

_WILD = re.compile(r"[*?\[\\]")

_FORBIDDEN = (
    "bmad.yaml",
    "intent.md",
    "AGENTS.md",
    "CLAUDE.md",
    "CODEOWNERS",
    ".gitattributes",
    ".gitmodules",
    ".lfsconfig",
    ".mailmap",
    ".git-blame-ignore-revs",
    ".pre-commit-config.yaml",
    ".gitlab-ci.yml",
    ".github/CODEOWNERS",
    ".bmad/x",
    ".github/workflows/x.yml",
    ".claude/settings.json",
    "specs/intent.md",
    "specs/prd.md",
    "specs/trace.lock",
    "specs/epics/EPIC-x.md",
    "stories/STORY-x.md",
    "stories/records/STORY-x.json",
)
"""One path for each kind of path that no story may own; a territory that matches one of them is refused."""


def territory_fault(glob: str) -> str | None:
    """What is wrong with a territory's glob, as the end of the sentence `the territory X …` (V17), or None."""
    fault = shape_fault(glob)
    if fault is not None:
        return fault
    wild = _WILD.search(glob)
    head = glob[: wild.start()] if wild else glob
    taken = next((path for path in _FORBIDDEN if path.startswith(head) and holds((glob,), path)), None)
    return None if taken is None else f"matches {taken}, which is governed, a spec file, a record or bmad's own"


@lru_cache(maxsize=1 << 14)
def shape_fault(glob: str) -> str | None:
    """What keeps a glob from being read at all; such a glob holds nothing."""
    segments = glob.removesuffix("/").split("/")
    for wrong, words in (
        (not glob.strip(), "is empty"),
        (glob != glob.strip(), "begins or ends with a blank"),
        (glob.startswith("/"), "is absolute; territories begin at the repository's root without a slash"),
        (bool(re.match(r"[A-Za-z]:[\\/]|~", glob)), "is absolute"),
        (".." in segments, "leaves the repository by `..`"),
        (glob.startswith("!"), "is a negation, which territories do not have"),
        ("" in segments or "." in segments, "holds an empty or `.` part"),
        (segments[0].lower() == OWN_FOLDER, f"reaches into {OWN_FOLDER}, which is bmad's own"),
        (".git" in (part.lower() for part in segments), "reaches into .git"),
        (any(ord(char) < 32 for char in glob), "holds a control character"),  # noqa: PLR2004 - C0
        (len(glob) > _MAX_LENGTH, f"is longer than {_MAX_LENGTH} characters"),
        (glob.count("*") > _MAX_STARS, f"holds more than {_MAX_STARS} stars"),
        (not _readable(glob), "holds brackets or a backslash that cannot be read"),
    ):
        if wrong:
            return words
    return None


@lru_cache(maxsize=1 << 16)
def holds(globs: tuple[str, ...], path: str) -> bool:
    """Whether one of the globs holds the path; a glob that breaks the rules of shape holds nothing."""
    return any(matches(path) for matches in _compile(globs))


@cache
def _compile(globs: tuple[str, ...]) -> tuple[Callable[[str], object], ...]:
    return tuple(_matcher(glob) for glob in globs if shape_fault(glob) is None)


def _matcher(glob: str) -> Callable[[str], object]:
    """A test of paths; the two plain shapes, a path and all below a folder, do without a regular expression."""
    folder = glob.removesuffix("/**")
    if not _WILD.search(folder) and not folder.endswith("/"):
        below = folder + "/"
        if folder != glob:
            return lambda path: path.startswith(below)
        return lambda path: path == glob or path.startswith(below)
    matches = re.compile(_regex(glob)).match
    if "[" not in glob:
        return matches
    named = re.compile(_regex(_OPENING.sub(r"\\[", glob))).match
    return lambda path: matches(path) or named(path)


_OPENING = re.compile(r"(?<!\\)\[")
"""A bracket that is not quoted; frameworks have folders such as `app/[id]`, so it may stand for itself, too."""


def names_literally(globs: tuple[str, ...], path: str) -> bool:
    """Whether one of the globs is the path itself, sign for sign (symlinks and submodules)."""
    return path in globs


def _regex(glob: str) -> str:
    segments = glob.split("/")
    inside = segments[-1] in ("", "**")
    if inside:
        segments.pop()
    chunks: list[list[str]] = [[]]
    for segment in segments:
        if segment == "**":
            chunks.append([])
        else:
            chunks[-1].append(_segment(segment))
    parts = ["/".join(chunk) for chunk in chunks]
    if len(parts) > 1 and not any(parts):
        return r"(?s:.+/.)" if inside and glob.endswith("/") else r"(?s:.)"
    end = "/" if inside else r"(?:/|\Z)"
    if not any(parts):
        return r"(?s:.)"
    out = parts[0]
    rest = [part for part in parts[1:] if part]
    for index, part in enumerate(rest):
        lead = "/" if out else ""
        after = end if index == len(rest) - 1 else "/"
        out += rf"{lead}(?>(?:[^/]*/)*?{part}(?={after}))"
    return out + end


def _segment(segment: str) -> str:
    """One part of a path: each star takes as little as lets the next words follow, and never gives back."""
    words = [""]
    for sign in _SIGN.findall(segment):
        if sign[0] == "*":
            words.append("")
        else:
            words[-1] += _single(sign)
    if len(words) == 1:
        return words[0]
    if not any(words):
        return "[^/]+"
    middle = "".join(rf"(?>[^/]*?{word})" for word in words[1:-1])
    last = rf"[^/]*{words[-1]}(?=/|\Z)" if words[-1] else "[^/]*"
    return words[0] + middle + last


_SIGN = re.compile(r"\*+|\?|\\.|\[[!^]?\]?[^\]]*\]|.", re.DOTALL)


def _single(sign: str) -> str:
    """The expression for one sign: itself, any, one after a backslash, or one of those in brackets."""
    if sign == "?":
        return "[^/]"
    if len(sign) > 1 and sign[0] == "\\":
        return re.escape(sign[1])
    if len(sign) > 1:
        negated = sign[1] in "!^"
        signs = "".join(char if char == "-" else re.escape(char) for char in sign[1 + negated : -1])
        return f"(?!/)[{'^' if negated else ''}{signs}]"
    return re.escape(sign)


def _readable(glob: str) -> bool:
    """Whether its brackets close, without classes by name or ranges that run backwards."""
    if "[" not in glob and "\\" not in glob:
        return True
    if "[:" in glob or glob.endswith("\\") or "[" in _SIGN.findall(glob):
        return False
    try:
        re.compile(_regex(glob))
    except re.error:
        return False
    return True

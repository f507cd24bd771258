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
from collections.abc import Callable, Iterable
from functools import cache, lru_cache

from bmad.model.layout import OWN_FOLDER, POLICY, Layout

_MAX_LENGTH = 512
_MAX_STARS = 24

_WILD = re.compile(r"[*?\[\\]")

_FORBIDDEN = (
    POLICY,
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
)
"""One path for each kind of governed path; a territory that matches one of them is refused, or one of a spec's."""


@cache
def _forbidden(layout: Layout) -> tuple[str, ...]:
    return (*_FORBIDDEN, *layout.samples)


def territory_fault(glob: str, layout: Layout) -> str | None:
    """What is wrong with a territory's glob, as the end of the sentence `the territory X …` (V17), or None."""
    fault = shape_fault(glob)
    if fault is not None:
        return fault
    head = plain_head(glob)
    taken = next((path for path in _forbidden(layout) if path.startswith(head) and holds((glob,), path)), None)
    return None if taken is None else f"matches {taken}, which is governed, a spec file, a record or bmad's own"


_PLAIN = re.compile(r"(?!.{513})[\w-][\w.-]*(?:/[\w-][\w.-]*)*(?:/\*\*)?", re.ASCII)
"""What most globs are: a file or folder whose parts begin with no dot. Nothing can be wrong with it."""


@lru_cache(maxsize=1 << 14)
def shape_fault(glob: str) -> str | None:
    """What keeps a glob from being read at all; such a glob holds nothing."""
    return None if _PLAIN.fullmatch(glob) else fault_of_shape(glob)


def fault_of_shape(glob: str) -> str | None:
    """The same, looked for rule by rule."""
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


def holds(globs: tuple[str, ...], path: str) -> bool:
    """Whether one of the globs holds the path; a glob that breaks the rules of shape holds nothing."""
    return compiled(globs).holds(path)


def within(globs: tuple[str, ...], glob: str) -> bool:
    """Whether all that a path or glob can hold is surely held by others.

    None passes that could hold more; one that is spelt too differently may hold less, and is not known for it.
    """
    return shape_fault(glob) is None and (glob in globs or compiled(globs).surely_hold(glob))


def is_plain(glob: str) -> bool:
    """Whether a glob, or a part of one, is the very name that it holds."""
    return _WILD.search(glob) is None


def plain_head(glob: str) -> str:
    """What everything that a glob holds begins with."""
    wild = _WILD.search(glob)
    return glob[: wild.start()] if wild else glob


@lru_cache(maxsize=1 << 12)
def _of(globs: tuple[str, ...]) -> "Globs":
    return Globs(globs)


_LATEST: dict[int, tuple[tuple[str, ...], "Globs"]] = {}
_MOST_LATEST = 1 << 12


def compiled(globs: tuple[str, ...]) -> "Globs":
    """The globs, read once; the very tuple is known again by its identity, since a long one is slow to hash."""
    known = _LATEST.get(id(globs))
    if known is None or known[0] is not globs:
        if len(_LATEST) >= _MOST_LATEST:
            _LATEST.clear()
        known = _LATEST[id(globs)] = (globs, _of(globs))
    return known[1]


class Globs:
    """Globs by the folder that they name before their first wildcard, so that a path is tried on few of them."""

    def __init__(self, globs: tuple[str, ...]) -> None:
        self._below: set[str] = set()
        """Folders of which all is held, with a slash at the end."""
        self._exact: set[str] = set()
        self._wild: dict[str, list[str]] = {}
        for glob in dict.fromkeys(globs):
            if shape_fault(glob) is None:
                self._add(glob)
        self.tries = 1 + max(map(len, self._wild.values()), default=0)
        """The most globs that a path is tried on in one of its folders."""

    def _add(self, glob: str) -> None:
        folder = glob.removesuffix("/**").removesuffix("/")
        if is_plain(folder):
            self._below.add(folder + "/")
            if folder == glob:
                self._exact.add(glob)
            return
        head = plain_head(glob)
        self._wild.setdefault(head[: head.rfind("/") + 1], []).append(glob)

    def surely_hold(self, glob: str) -> bool:
        """Whether they hold all that a well-shaped glob can: it is a path that they hold, or below a folder."""
        if is_plain(glob) and not glob.endswith("/"):
            return self.holds(glob)
        return any(glob.startswith(folder) for folder in self._below)

    @lru_cache(maxsize=1 << 16)  # noqa: B019 - so many answers of all, and no more globs than `compiled` holds
    def holds(self, path: str) -> bool:
        return self._hold(path)

    def among(self, paths: Iterable[str]) -> list[str]:
        """Those of many paths that they hold; who asks once for each has no use for kept answers."""
        heads = (*self._below, *self._wild)
        return [path for path in paths if path in self._exact or (path.startswith(heads) and self._hold(path))]

    def _hold(self, path: str) -> bool:
        if path in self._exact:
            return True
        at = 0
        while True:
            head = path[:at]
            wild = self._wild.get(head)
            if head in self._below or (wild is not None and any(_matcher(glob)(path) for glob in wild)):
                return True
            at = path.find("/", at) + 1
            if not at:
                return False


@lru_cache(maxsize=1 << 14)
def _matcher(glob: str) -> Callable[[str], object]:
    matches = re.compile(_regex(glob)).match
    if "[" not in glob:
        return matches
    named = re.compile(_regex(brackets_quoted(glob))).match
    return lambda path: matches(path) or named(path)


_OPENING = re.compile(r"(?<!\\)\[")
"""A bracket that is not quoted; frameworks have folders such as `app/[id]`, so it may stand for itself, too."""


def brackets_quoted(glob: str) -> str:
    """The glob whose brackets stand for themselves, as its second reading has them."""
    return _OPENING.sub(r"\\[", glob)


def escaped(path: str) -> str:
    """The glob that holds a path, and what is in it: what would be a wildcard stands for itself."""
    return _STARRED.sub(r"\\\g<0>", path)


_STARRED = re.compile(r"[*?\\]")


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

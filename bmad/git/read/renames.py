"""Which file a new one was made of, as git's blame asks it: of the files that are gone the one most like it."""

from collections.abc import Iterator, Sequence

from bmad.git.process import Git

_DIFF = (
    *("diff-tree", "-r", "-M", "--raw", "--no-abbrev", "-z", "--no-ext-diff", "--no-textconv"),
    "--ignore-submodules=none",
)
_MOST = 100_000
"""Bytes of paths that a call can be given; for more of them git looks at whatever else is new, too."""


def renamed(git: Git, trees: tuple[str, str], path: bytes, gone: Sequence[bytes]) -> bytes | None:
    """Which of the files that are gone between two trees a new one was made of; None where it is like none.

    No other new file is looked at, as two may have been made of the same one.
    """
    places = [path, *gone] if sum(map(len, gone)) < _MOST else []
    names = [place.decode("utf-8", "surrogateescape") for place in places]
    tokens = iter(git.run([*_DIFF, *trees, "--", *names]).split(b"\0"))
    return next((old for old, new in _renames(tokens) if new == path), None)


def _renames(tokens: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for about in tokens:
        if about.rpartition(b" ")[2].startswith(b"R"):
            yield next(tokens), next(tokens)
        elif about:
            next(tokens)

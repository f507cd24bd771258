"""Files of which a commit holds something else than a work tree: what a filter (Git LFS for one) made of them."""

import os
from collections.abc import Mapping, Sequence

from bmad.git.process import Git
from bmad.git.work.calls import ask, failure, tell

_NONE = frozenset({b"unspecified", b"unset", b"set"})
"""`filter` without a name does nothing."""
_MISSING = 1
_CAT = "cat"


def filtered(git: Git, paths: Sequence[bytes]) -> Mapping[bytes, str]:
    """Path -> the name of its filter, of those that stand otherwise in a work tree than in a commit.

    A filter that only cleans what goes in brings out what is in the commit. One that nobody has set up here may
    bring out anything elsewhere.
    """
    if not paths:
        return {}
    told = tell(git, ["check-attr", "-z", "--stdin", "filter"], b"".join(path + b"\0" for path in paths))
    tokens = told.split(b"\0")
    named = dict(zip(tokens[::3], tokens[2::3], strict=False))
    cleaning = {name: _only_cleans(git, name) for name in set(named.values()) - _NONE}
    return {
        path: name.decode("utf-8", "replace")
        for path, name in named.items()
        if name not in _NONE and not cleaning[name]
    }


def _only_cleans(git: Git, name: bytes) -> bool:
    smudge = _setting(git, name, "smudge")
    brings_out = smudge not in ("", _CAT) or _setting(git, name, "process")
    return not brings_out and bool(smudge or _setting(git, name, "clean"))


def _setting(git: Git, name: bytes, key: str) -> str:
    """What git's configuration says of a filter; empty where it says nothing."""
    arguments = ["config", "--get", f"filter.{os.fsdecode(name)}.{key}"]
    done = ask(git, arguments)
    if done.status not in (0, _MISSING):
        raise failure(done, arguments)
    return os.fsdecode(done.out).strip()

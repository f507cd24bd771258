"""Which ref a branch is measured against where nobody names one, and what is said of the choice.

A branch that was pushed has itself as its upstream; measured against that, nothing would be judged.
"""

from collections.abc import Mapping
from typing import NamedTuple

from bmad.git.main_names import MAIN_NAMES


class Ref(NamedTuple):
    """A ref that exists: its id, the ref it points to or follows, and where on which remote that is."""

    name: str
    id: str
    points_to: str
    upstream: str
    remote: str
    remote_ref: str


class Base(NamedTuple):
    """The ref to measure against, and the notes that tell of it and of the others that it might have been."""

    ref: Ref
    notes: tuple[str, ...]


def places(own: Ref | None) -> list[str]:
    """The refs that may tell what a branch works towards."""
    found = [f"refs/heads/{name}" for name in MAIN_NAMES]
    for remote in _remotes(own):
        found += [f"refs/remotes/{remote}/{name}" for name in ("HEAD", *MAIN_NAMES)]
    return found


def _remotes(own: Ref | None) -> tuple[str, ...]:
    """The remote that a branch is pushed to, then the one that was cloned."""
    first = own.remote if own is not None and own.remote != "." else ""
    return tuple(dict.fromkeys(filter(None, (first, "origin"))))


def local_of(name: str) -> str:
    """The branch here of the same name; remotes with a slash in their names are not told apart."""
    parts = name.split("/")
    return f"refs/heads/{'/'.join(parts[3:] if parts[1:2] == ['remotes'] else parts[2:])}"


def choose(own: Ref | None, refs: Mapping[str, Ref]) -> Base | None:
    """The ref that a branch works towards; None where nothing tells it.

    `own` is the branch that is checked out; `refs` holds, as far as they exist, its upstream, `places`, what those
    point to, and the branches here of the same names.
    """
    upstream = refs.get(own.upstream) if own is not None else None
    main, how = next(filter(lambda one: one[0], (_main(remote, refs) for remote in _remotes(own))), (None, ""))
    itself = own is not None and own.remote_ref == own.name and own.remote != "."
    if upstream is not None and not itself:
        return _told(own, upstream, "the upstream of this branch", main, refs)
    if main is not None:
        return _told(own, main, how, upstream, refs)
    if upstream is not None and own is not None and own.name in map("refs/heads/{}".format, MAIN_NAMES):
        return _told(own, upstream, "the upstream of this branch", None, refs)
    return None


def _main(remote: str, refs: Mapping[str, Ref]) -> tuple[Ref | None, str]:
    """The remote's main branch: what its HEAD points to, else the only one that is called like one."""
    head = refs.get(f"refs/remotes/{remote}/HEAD")
    if head is not None and head.points_to in refs:
        return refs[head.points_to], f"what {remote}/HEAD points to"
    named = [refs[name] for name in (f"refs/remotes/{remote}/{one}" for one in MAIN_NAMES) if name in refs]
    how = f"the only branch of {remote} that is called like a main branch"
    return (named[0], how) if len(named) == 1 else (None, "")


def _told(own: Ref | None, ref: Ref, how: str, other: Ref | None, refs: Mapping[str, Ref]) -> Base:
    notes = [f"no base was named, so {ref.name} was taken, {how}"]
    if other is not None and other.name != ref.name:
        notes.append(f"to measure against {other.name} instead: --base {other.name}")
    local = refs.get(local_of(ref.name))
    if local is not None and local.id != ref.id and (own is None or local.name != own.name):
        notes.append(f"{local.name} here is another commit; to measure against that: --base {local.name}")
    if own is not None and own.name == local_of(ref.name) and own.name != ref.name and own.id != ref.id:
        notes.append(f"a push of this branch is judged step by step, as by: bmad gate --since {ref.name}")
    return Base(ref, tuple(notes))


def no_base(own: Ref | None, refs: Mapping[str, Ref]) -> str:
    """What to say where nothing tells which branch this one works towards."""
    local = [name for name in (f"refs/heads/{one}" for one in MAIN_NAMES) if name in refs]
    local = [name for name in local if own is None or name != own.name]
    remote = [name for name in refs if name.startswith("refs/remotes/") and not name.endswith("/HEAD")]
    remote.sort(key=lambda name: name.rpartition("/")[2] not in MAIN_NAMES)
    examples = [*(name.removeprefix("refs/heads/") for name in local if len(local) == 1), *remote, "HEAD~1"]
    which = "" if examples[0] != "HEAD~1" else ", a branch, tag or commit from before the change"
    return (
        "Nothing tells what this branch works towards: it follows no other branch, and there is no origin/HEAD. "
        f"Name the base{which}, for example `--base {examples[0]}`."
    )

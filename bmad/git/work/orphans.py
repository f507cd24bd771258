"""Places (`state_folder`) of repositories that are gone: taken away by whoever makes a place beside them.

A place says whose it is: the path of the repository's folder, of which its name bears the hash, and the device
that the folder was on. Where nothing is at that path, and what is above it is on that same device, the repository
was deleted or moved; on another device it may only be unmounted. A moved one still fetches its worktrees from it,
so a place in which any stands, or files that were kept of one, is left alone: what goes is what can be made again.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bmad.errors import CannotAnswerError
from bmad.git.work.erase import erase
from bmad.git.work.state_folder import is_named_for

_MARK = "repository.json"
_MOST = 1000
"""So many places are looked at in one go."""


def claim(place: Path, common: Path) -> bool:
    """Write down whose a place is; whether that was not known yet."""
    told = json.dumps({"path": os.fsencode(common).decode("utf-8", "surrogateescape"), "device": _device(common)})
    mark = place / _MARK
    with suppress(OSError):
        if not mark.is_symlink() and mark.read_text(encoding="ascii") == told:
            return False
    fresh = place / f".{_MARK}"
    erase(fresh)
    fresh.write_text(told, encoding="ascii")
    fresh.replace(mark)
    return True


def sweep(own: Path) -> list[str]:
    """Take away what is left beside a place of one's own; the names of what went."""
    if own.name.startswith("."):  # beside the repository, where everybody's folders are
        return []
    return [one.name for one in _others(own) if _is_left(one) and _take_away(one)]


def _others(own: Path) -> Iterator[Path]:
    try:
        names = sorted(os.listdir(own.parent))[:_MOST]  # noqa: PTH208 - names
    except OSError:
        return
    yield from (own.parent / name for name in names if name != own.name and not name.startswith("."))


def _is_left(place: Path) -> bool:
    """Whether a place's repository is gone, and no worktree stands in it, nor what was kept of one."""
    try:
        if place.is_symlink() or place.stat().st_uid != os.getuid():
            return False
        told = json.loads((place / _MARK).read_text(encoding="ascii"))
        common, device = Path(told["path"]), told["device"]
        standing = os.listdir(place / "trees") or (place / "kept").exists()  # noqa: PTH208 - names
    except (OSError, ValueError, TypeError, KeyError):
        return False
    return not standing and is_named_for(place, common) and _is_gone(common, device)


def _is_gone(common: Path, device: object) -> bool:
    if not common.is_absolute() or os.path.lexists(common):
        return False
    above = next((one for one in common.parents if os.path.lexists(one)), None)
    return above is not None and _device(above) == device


def _take_away(place: Path) -> bool:
    """Put it aside and look again: a repository may have come back, or a worktree, in between."""
    aside = place.with_name(f".gone-{place.name}")
    try:
        erase(aside)
        place.rename(aside)
        if not os.listdir(aside / "trees"):  # noqa: PTH208 - names
            erase(aside)
            return True
        aside.rename(place)
    except (OSError, CannotAnswerError):  # another one takes it away, or it is not ours to
        pass
    return False


def _device(path: Path) -> int:
    return path.stat().st_dev

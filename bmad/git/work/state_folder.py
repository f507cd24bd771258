"""Where bmad's own work trees stand: out of every checkout, so that nothing of a person's lies above them.

Tools look upwards: a `pytest.ini`, `node_modules` or `.env` of the person's above a work tree would decide what
passes in it.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from bmad.errors import UsageError

_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")


def place(home: Path, common: Path, environ: Mapping[str, str], named: str | None) -> Path:
    """The folder for one repository: below what `act.worktrees` names, else in the user's state folder.

    The state folder is `$XDG_STATE_HOME`, or `~/.local/state`; where it lies in the repository's own folder, or
    there is none, the place is beside the repository. It bears the repository's name and a hash of where that is.
    """
    name = f"{_PLAIN.sub('-', home.name) or 'repository'}-{_hash(common)}"
    if named is not None:
        return (home / _expanded(named, environ)).resolve() / name
    folder = state(environ)
    if folder is None or folder.resolve().is_relative_to(home):
        return home.parent / f".bmad-{name}"
    return folder.resolve() / "bmad" / name


def is_named_for(place: Path, common: Path) -> bool:
    """Whether a place bears the name of the repository of that folder."""
    return place.name.endswith(f"-{_hash(common)}")


def _hash(common: Path) -> str:
    return hashlib.sha256(bytes(common)).hexdigest()[:10]


def _expanded(named: str, environ: Mapping[str, str]) -> Path:
    if named == "~" or named.startswith("~/"):
        return Path(environ.get("HOME") or "~") / named[2:]
    return Path(named)


def state(environ: Mapping[str, str]) -> Path | None:
    """The user's state folder; None where the environment names none."""
    named, home = environ.get("XDG_STATE_HOME", ""), environ.get("HOME", "")
    if named.startswith("/"):
        return Path(named)
    return Path(home) / ".local" / "state" if home.startswith("/") else None


def see_that_it_is_outside(folder: Path, checkouts: list[Path]) -> None:
    """Raises: UsageError where the place lies in a person's work tree."""
    inside = next((one for one in checkouts if folder.is_relative_to(one.resolve())), None)
    if inside is not None:
        raise UsageError(
            f"Worktrees would stand in {folder}, inside the checkout {inside}, whose files would decide what "
            "passes in them. Name a folder outside of it with `act.worktrees` in bmad.yaml."
        )

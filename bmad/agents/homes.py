"""An agent's configuration home of one call: the login is carried into it, and nothing stays.

What an agent writes into its configuration is told to the next one as instructions, or runs as the person. So each
call has a home of its own. It is never below the system's temporary folder, where some agents refuse to work.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path, PurePath
from typing import NamedTuple

from bmad.agents.vendors import Vendor

_LARGEST = 1 << 20
_NO_LOGIN = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError, ValueError, TypeError)
_LINKED = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")


class Given(NamedTuple):
    """What an agent is started with: variables to set and to leave out, and whether the home is its own."""

    environ: Mapping[str, str]
    folders: tuple[Path, ...] = ()
    """What of it the agent may write to."""
    without: frozenset[str] = frozenset()
    shared: bool = False


def furnish(
    vendor: Vendor, environ: Mapping[str, str], user: Path, folder: Path, granted: Iterable[Path]
) -> Given:
    """A home in an empty folder; none where the vendor has no configuration, or the person grants theirs.

    Raises: OSError where it cannot be written.
    """
    named = Path(environ[vendor.variable]) if environ.get(vendor.variable) else None
    places = [named, *(user / name for name in vendor.folders)] if named else [user / n for n in vendor.folders]
    if not vendor.folders or any(place.is_relative_to(one) for one in granted for place in places):
        return Given({}, shared=bool(vendor.folders))
    if vendor.variable:
        at = folder / vendor.root
        _carry(vendor, user, folder, (vendor.root, named))
        for name, keys in vendor.files.items():
            source = named / name if named else user / name
            _copy(source, at / PurePath(name).name, keys)
        at.mkdir(parents=True, exist_ok=True)
        return Given({vendor.variable: str(at)}, (folder,))
    _link(user, folder, [PurePath(name) for name in vendor.folders], PurePath())
    for name in vendor.folders:
        (folder / name).mkdir(parents=True, exist_ok=True)
    _carry(vendor, user, folder, ("", None))
    return Given({"HOME": str(folder)}, (folder,), frozenset(_LINKED))


def _carry(vendor: Vendor, user: Path, folder: Path, moved: tuple[str, Path | None]) -> None:
    """Copy the files of a login; those below `moved[0]` from where the person has moved that, if they have."""
    root, place = moved
    for name, keys in vendor.login.items():
        source = user / name if place is None else place / PurePath(name).relative_to(root)
        _copy(source, folder / name, keys, vendor.once.get(name))


def _copy(source: Path, target: Path, keys: tuple[str, ...], once: tuple[str, str] | None = None) -> None:
    """Copy a file, or some keys of its JSON, to be read only; one that cannot be read is no login.

    What may be used only `once` is left empty.
    """
    with suppress(*_NO_LOGIN):
        if source.stat().st_size > _LARGEST:
            return
        content = source.read_bytes()
        if keys:
            data = json.loads(content)
            found = {key: data[key] for key in keys if key in data}
            if not found:
                return
            content = json.dumps(found).encode()
        if once is not None:
            content = _without(json.loads(content), *once)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(0o400)


def _without(data: object, outer: str, inner: str) -> bytes:
    """JSON with one value of an object in an object emptied, where there is one."""
    held = data.get(outer) if isinstance(data, dict) else None
    if isinstance(data, dict) and isinstance(held, dict) and inner in held:
        data = {**data, outer: {**held, inner: ""}}
    return json.dumps(data).encode()


def _link(real: Path, made: Path, own: list[PurePath], at: PurePath) -> None:
    """Fill a home with links to all that stands in the person's, but for the folders that are to be its own."""
    made.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        for entry in real.iterdir():
            name = at / entry.name
            if name in own:
                continue
            if any(one.is_relative_to(name) for one in own):
                _link(entry, made / entry.name, own, name)
            else:
                (made / entry.name).symlink_to(entry)

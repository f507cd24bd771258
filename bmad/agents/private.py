"""The private temporary folder of one call: prompt, schema, answer and what the program keeps in `$TMPDIR`."""

import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def private_folder(lease: str, place: Path | None = None) -> Iterator[Path]:
    """A folder that is gone afterwards, named after the lease so that it is found where its runner died.

    It is made in the system's temporary folder, or in `place`, which is made where it is not there.
    """
    if place is not None:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=_prefix(lease), dir=place))
    try:
        yield folder
    finally:
        remove(folder)


def sweep(lease: str, place: Path) -> None:
    """Remove the folders that a runner which died left under a lease, in `place` too."""
    name = f"{_prefix(lease)}*"
    for folder in [*Path(tempfile.gettempdir()).glob(name), *place.glob(name)]:
        with suppress(OSError):
            status = folder.lstat()
            if stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid():
                remove(folder)


def remove(folder: Path) -> None:
    """Remove a folder whatever a program did to it: no permissions left, nested without end."""
    try:
        shutil.rmtree(folder)
    except (OSError, RecursionError):
        for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
            with suppress(OSError):
                subprocess.run([*command, "--", str(folder)], check=False, capture_output=True)


def _prefix(lease: str) -> str:
    return f"bmad-{hashlib.sha256(os.fsencode(lease)).hexdigest()[:12]}-"

"""`make dist`: the archives of the commit that is checked out, built twice in two worlds, and kept if they agree.

Each build has only what the commit holds, in a folder of its own, with other times, rights, zone and hashes. The
second wheel is built from the source archive. `SOURCE_DATE_EPOCH` is the time of the commit.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from bmad import __version__
from tests.packaging.lists import SBOM, texts, write
from tests.packaging.parts import ROOT, parts
from tests.unpacking import unpack


class World(NamedTuple):
    """What differs between two machines that build the same."""

    zone: str
    mask: int
    hashes: str
    age: float
    """When each file was written."""


WORLDS = (World("UTC", 0o022, "0", 1e9), World("Asia/Tokyo", 0o077, "17", 1.7e9))


class Built(NamedTuple):
    wheel: Path
    source: Path


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout


def unpacked(commit: str, folder: Path) -> Path:
    """The files of a commit."""
    archive = folder / "commit.tar"
    archive.write_bytes(git("archive", "--format=tar", "--prefix=tree/", commit))
    unpack(archive, folder)
    return folder / "tree"


def built(tree: Path, into: Path, epoch: str, world: World, *kinds: str) -> None:
    """Build archives of a tree in a world."""
    for path in tree.rglob("*"):
        os.utime(path, (world.age, world.age))
        path.chmod((0o777 if path.is_dir() or os.access(path, os.X_OK) else 0o666) & ~world.mask)
    env = {**os.environ, "SOURCE_DATE_EPOCH": epoch, "TZ": world.zone, "PYTHONHASHSEED": world.hashes}
    command = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "-d",
        str(into),
        *(word for one in kinds for word in ("-t", one)),
    ]
    done = subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def twice(commit: str, folder: Path) -> tuple[Built, Built]:
    """The archives of a commit in both worlds; the second wheel is that of the first source archive."""
    epoch = git("log", "-1", "--format=%ct", commit).decode().strip()
    found: list[Built] = []
    for name, world in zip(("first", "second elsewhere"), WORLDS, strict=True):
        place = folder / name
        place.mkdir(parents=True)
        tree = unpacked(commit, place)
        built(tree, place / "dist", epoch, world, "sdist", *(["wheel"] if not found else []))
        (source,) = (place / "dist").glob("*.tar.gz")
        if found:
            unpack(found[0].source, place)
            built(place / source.name.removesuffix(".tar.gz"), place / "dist", epoch, world, "wheel")
        (wheel,) = (place / "dist").glob("*.whl")
        found.append(Built(wheel, source))
    return found[0], found[1]


def differing(one: Built, other: Built) -> list[str]:
    return [a.name for a, b in zip(one, other, strict=True) if a.read_bytes() != b.read_bytes()]


def main() -> int:
    into = ROOT / "dist"
    commit = git("rev-parse", "HEAD").decode().strip()
    if git("status", "--porcelain"):
        sys.stderr.write("What is not committed is not built: commit it, or put it away.\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="bmad-dist-") as folder:
        one, other = twice(commit, Path(folder))
        if wrong := differing(one, other):
            sys.stderr.write(f"Two builds of {commit} differ: {', '.join(wrong)}.\n")
            return 1
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir()
        for path in one:
            shutil.copyfile(path, into / path.name)
    name = f"bmad-{__version__}"
    shutil.copyfile(SBOM, into / f"{name}.cdx.json")
    write(into / f"{name}-licences.txt", texts(parts()))
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in sorted(into.iterdir())]
    write(into / "SHA256SUMS", "\n".join(sums) + "\n")
    sys.stdout.write("\n".join([f"{commit}, built twice, the same bytes:", *sums, ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

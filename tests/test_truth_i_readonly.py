"""In a checkout that nothing can be written to, what only reads does its work, and what writes says so."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bmad.wiring import open_app
from tests.program import Ended, inside
from tests.test_truth_b_commands import BEGUN, READS, STORY, WRITES, Words, project, told

ROOT = Path(__file__).parent.parent
READERS = tuple(words for words in READS if words[0] not in ("demo", "schema") and "--json" not in words)
AT_REST = (("hooks", "run"), ("adopt",))
"""Of those that write what has nothing to write in this project: it is adopted already."""
WRITERS = (*(words for words in WRITES if words[:2] not in AT_REST), ("act",), ("submit", STORY))
WORDS = ("Read-only file system", "Permission denied")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone in which a story was begun by one who was killed: the journal's log lies beside it."""
    folder = tmp_path_factory.mktemp("readonly")
    root = project(folder / "made", None, tracked=False)
    desk = open_app(root).desk()
    desk.journal.append(BEGUN)
    shutil.copytree(root, folder / "copy", symlinks=True)
    desk.journal.close()
    own = folder / "copy" / ".bmad"
    assert (own / "journal.db-wal").stat().st_size
    (own / "journal.db-shm").unlink()
    return folder / "copy"


@pytest.fixture(scope="module")
def before(made: Path) -> list[Ended]:
    """What the readers say where one may write."""
    copy = made.with_name("writable")
    shutil.copytree(made, copy, symlinks=True)
    return [inside(*words, cwd=copy) for words in READERS]


def mounted(root: Path) -> list[str]:
    """A command's beginning that sees the folder on a file system without writing."""
    script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
    return ["unshare", "--mount", "sh", "-c", script, str(root)]


def protected(root: Path) -> list[str]:
    """The same, for a folder whose modes forbid it; root is held by modes once it has no capabilities."""
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222)
    return ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []


def run(start: Sequence[str], root: Path, lines: Sequence[Words]) -> list[Ended]:
    command = [*start, sys.executable, "-m", "tests.readonly", str(root)]
    done = subprocess.run(
        command, cwd=ROOT, input=json.dumps(lines), capture_output=True, check=False, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return [Ended(*one) for one in json.loads(done.stdout)]


def possible(start: Sequence[str], root: Path) -> None:
    """Skips where this machine cannot make it so."""
    try:
        subprocess.run([*start, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"{start[0]} is not to be had here")
    written = subprocess.run([*start, "touch", str(root / "written")], check=False, capture_output=True)
    assert written.returncode != 0


@pytest.mark.parametrize("how", [mounted, protected])
def test_i_a_checkout_that_is_only_read(
    made: Path, before: list[Ended], how: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    root = tmp_path / "readonly"
    shutil.copytree(made, root, symlinks=True)
    start = how(root)
    possible(start, root)
    ends = run(start, root, [*READERS, *WRITERS])
    for words, was, now in zip(READERS, before, ends, strict=False):
        assert (words, now.code, told(now, root)) == (words, was.code, told(was, made.with_name("writable"))), (
            now.err
        )
    for words, end in zip(WRITERS, ends[len(READERS) :], strict=True):
        assert end.code == 3, (words, end)
        assert any(one in end.err for one in WORDS), (words, end.err)
        assert end.err.count("\n") == 1, (words, end.err)

"""The demonstration is honest: its recording cannot be changed by a byte without something stopping it."""

import json
import random
import shutil
from pathlib import Path

import pytest

from bmad.cli.demo import RECORDING, Stage, set_up
from tests.program import bmad, git

FIRST, SECOND = "STORY-4y3e79", "STORY-tyacd5"
SEED = 20261121


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's repository with its backlog, before any agent has worked."""
    stage = Stage(tmp_path_factory.mktemp("demo").resolve())
    set_up(stage)
    return stage.folder


@pytest.fixture(scope="module")
def honest(mapped: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each of the two stories lands as, undisturbed: the tree of the landing."""
    folder = Path(shutil.copytree(mapped, tmp_path_factory.mktemp("honest") / "r"))
    found = {}
    for story in (FIRST, SECOND):
        assert bmad("act", story, cwd=folder).code == 0
        found[story] = code_of(folder)
    return found


@pytest.fixture(scope="module")
def first_done(mapped: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(mapped, tmp_path_factory.mktemp("first") / "r"))
    assert bmad("act", FIRST, cwd=folder).code == 0
    return folder


def code_of(folder: Path) -> str:
    """What stands on main, records aside: they hold times."""
    return git("ls-tree", "-r", "main", "--", "src", "tests", "stories/STORY-*", "pyproject.toml", cwd=folder)


def flipped(text: str, at: int) -> str:
    """The text with another sign in one place."""
    return text[:at] + ("x" if text[at] != "x" else "y") + text[at + 1 :]


def tampered(folder: Path, key: str, chance: random.Random) -> str:
    """Change one byte of the patch of a step; the line of the patch that it is in."""
    path = folder / RECORDING
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    line = next(line for line in lines if line["key"] == key)
    patch = line["patch"]
    at = chance.choice([at for at, sign in enumerate(patch) if sign.isascii() and sign != "\n"])
    line["patch"] = flipped(patch, at)
    path.write_text("".join(f"{json.dumps(one)}\n" for one in lines), encoding="utf-8")
    start = patch.rfind("\n", 0, at) + 1
    return str(patch[start : patch.find("\n", at)])


CASES = [(f"{FIRST}/1/{step}", number) for step in ("create", "test", "dev") for number in range(4)]
CASES += [(f"{SECOND}/{step}", number) for step in ("1/create", "1/dev", "2/fix") for number in range(2)]


@pytest.mark.parametrize(("key", "number"), CASES)
def test_one_byte_of_a_patch_changed_is_stopped(
    key: str, number: int, mapped: Path, first_done: Path, honest: dict[str, str], tmp_path: Path
) -> None:
    """Whatever byte it is: nothing lands but what was recorded."""
    story = key.partition("/")[0]
    folder = Path(shutil.copytree(mapped if story == FIRST else first_done, tmp_path / "r"))
    before = git("rev-parse", "main", cwd=folder)
    where = tampered(folder, key, random.Random(f"{SEED} {key} {number}"))  # noqa: S311 - no secret
    ended = bmad("act", story, cwd=folder)
    landed = git("ls-tree", "--name-only", "main", f"stories/records/{story}.json", cwd=folder)
    if landed:
        assert code_of(folder) == honest[story], f"a changed byte in {where!r} landed"
        assert where.startswith(("diff --git", "@@")), f"a changed byte in {where!r} went unseen"
        return
    assert ended.code == 4, ended
    assert git("log", "--format=%s", f"{before}..main", cwd=folder).count("Land") == 0
    assert story in bmad("inbox", cwd=folder).out


def test_an_honest_recording_is_not_stopped(honest: dict[str, str]) -> None:
    """The twin: the same recording, untouched, lands both stories."""
    assert set(honest) == {FIRST, SECOND}
    assert honest[FIRST] != honest[SECOND]

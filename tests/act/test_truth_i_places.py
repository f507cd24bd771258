"""Places of repositories that are gone do not pile up, and none goes that somebody may still want."""

import json
import os
import shutil
from pathlib import Path

import pytest

from bmad.git.work.orphans import claim, sweep
from bmad.git.work.repository import GitRepository
from bmad.git.work.state_folder import place
from tests.act.repos import Person, story


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def made(tmp_path: Path, state: Path, name: str, *, trees: tuple[str, ...] = ()) -> Path:
    """A repository's folder with its place, of which the place is given."""
    common = tmp_path / name / ".git"
    common.mkdir(parents=True)
    own = place(common.parent, common, {"XDG_STATE_HOME": str(state)}, None)
    for tree in ("", *trees):
        (own / "trees" / tree).mkdir(parents=True, exist_ok=True)
    (own / "caches").mkdir()
    assert claim(own, common)
    assert not claim(own, common)
    return own


def test_i_what_a_deleted_repository_left_goes_with_the_next_place(tmp_path: Path, state: Path) -> None:
    own, gone, there = (made(tmp_path, state, name) for name in ("own", "gone", "there"))
    (gone / "caches" / "link").symlink_to(there)
    (gone / "caches" / "locked").mkdir(mode=0o500)
    shutil.rmtree(tmp_path / "gone")
    assert sweep(own) == [gone.name]
    assert not gone.exists()
    assert sorted(one.name for one in own.parent.iterdir()) == sorted([own.name, there.name])
    assert (there / "caches").is_dir()


def test_i_a_place_with_a_worktree_stays_for_a_repository_that_was_moved(tmp_path: Path, state: Path) -> None:
    own, moved = made(tmp_path, state, "own"), made(tmp_path, state, "moved", trees=("STORY-a",))
    (tmp_path / "moved").rename(tmp_path / "elsewhere")
    assert sweep(own) == []
    assert (moved / "trees" / "STORY-a").is_dir()


def test_i_a_place_with_what_was_kept_of_a_worktree_stays(tmp_path: Path, state: Path) -> None:
    """That was too much for a commit, and stood on another disk than the repository, which was moved since."""
    own, moved = made(tmp_path, state, "own"), made(tmp_path, state, "moved")
    (moved / "kept" / "STORY-a").mkdir(parents=True)
    (tmp_path / "moved").rename(tmp_path / "elsewhere")
    assert sweep(own) == []
    assert (moved / "kept" / "STORY-a").is_dir()


@pytest.mark.parametrize(
    "how", ["device", "path", "relative", "no mark", "broken", "link", "no trees", "other name"]
)
def test_i_what_is_not_surely_left_stays(tmp_path: Path, state: Path, how: str) -> None:
    """On another device the repository may be unmounted; a mark with another's path is not believed."""
    own, left = made(tmp_path, state, "own"), made(tmp_path, state, "left")
    shutil.rmtree(tmp_path / "left")
    mark = left / "repository.json"
    told = json.loads(mark.read_text(encoding="ascii"))
    match how:
        case "device":
            mark.write_text(json.dumps({**told, "device": told["device"] + 1}), encoding="ascii")
        case "path":
            mark.write_text(json.dumps({**told, "path": str(tmp_path / "never" / ".git")}), encoding="ascii")
        case "relative":
            mark.write_text(json.dumps({**told, "path": "left/.git"}), encoding="ascii")
        case "no mark":
            mark.unlink()
        case "broken":
            mark.write_text("[1]", encoding="ascii")
        case "no trees":
            (left / "trees").rmdir()
        case "other name":
            left = left.rename(left.with_name("left-0123456789"))
        case "link":
            real = left.rename(tmp_path / "real")
            left.symlink_to(real)
    assert sweep(own) == []
    assert os.path.lexists(left)
    assert (left / "caches").is_dir()


def test_i_a_place_says_whose_it_is_and_its_maker_sweeps(person: Person, repository: GitRepository) -> None:
    state = Path(os.environ["HOME"]) / ".local" / "state"
    left = made(person.root.parent, state, "left")
    shutil.rmtree(person.root.parent / "left")
    story(repository, person.base)
    told = json.loads((repository.place / "repository.json").read_text(encoding="ascii"))
    assert told["path"] == str(person.root / ".git")
    assert not left.exists()

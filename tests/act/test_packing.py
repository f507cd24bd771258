"""Objects that lie loose are packed where many do, and nothing is lost by that."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bmad.git.work import packing
from bmad.git.work.repository import GitRepository
from tests.act.repos import Person


def packed(person: Person) -> int:
    told = dict(line.split(": ") for line in person.git("count-objects", "-v").splitlines())
    return int(told["in-pack"])


@pytest.fixture
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MANY", 0)


@pytest.mark.usefixtures("_few_are_many")
def test_what_lies_loose_is_packed_and_what_no_ref_holds_stays(person: Person, repository: GitRepository) -> None:
    person.git("config", "maintenance.auto", "true")
    person.write({"lost.txt": "no ref holds it\n"})
    lost = person.git("hash-object", "-w", "lost.txt")
    loose = int(person.git("count-objects").split()[0])
    for _ in "ab":  # the second time takes the loose copies away
        repository.forget_kept("STORY-a")
        assert packed(person) == loose > 1
    assert person.git("count-objects").split()[0] == "0"
    assert person.git("cat-file", "-p", lost) == "no ref holds it"
    person.git("fsck", "--full")
    assert repository.commit_files(person.base, {"a.txt": "later\n"}, "Later\n") != person.base


@pytest.mark.usefixtures("_few_are_many")
@pytest.mark.parametrize("said", ["gc.auto 0", "gc.auto -1", "gc.auto ?", "maintenance.auto false"])
def test_nothing_is_packed_where_git_is_to_do_nothing_by_itself(
    person: Person, repository: GitRepository, said: str
) -> None:
    person.git("config", "maintenance.auto", "true")
    person.git("config", *said.split())
    repository.forget_kept("STORY-a")
    assert packed(person) == 0


def test_a_few_are_left_as_they_are(person: Person, repository: GitRepository) -> None:
    person.git("config", "maintenance.auto", "true")
    repository.forget_kept("STORY-a")
    assert packed(person) == 0


@pytest.mark.usefixtures("_few_are_many")
def test_where_an_object_cannot_be_read_all_stay_loose(person: Person, repository: GitRepository) -> None:
    person.git("config", "maintenance.auto", "true")
    person.write({"bad.txt": "bad\n"})
    bad = person.git("hash-object", "-w", "bad.txt")
    place = person.root / ".git/objects" / bad[:2] / bad[2:]
    place.chmod(0o644)
    place.write_bytes(b"no object")
    repository.forget_kept("STORY-a")
    assert packed(person) == 0


@pytest.mark.usefixtures("_few_are_many")
def test_a_folder_that_git_takes_away_meanwhile_holds_nothing(
    person: Person, repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """git removes the folder of objects that it has packed."""

    def gone(folder: Path) -> Iterator[Path]:
        raise FileNotFoundError(folder)

    (person.root / ".git/objects/17").mkdir(exist_ok=True)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "iterdir", gone)
        packing.pack(repository._calls)
    assert packed(person) == 0

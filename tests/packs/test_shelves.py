"""A commit's files as packs read them: never the specification, and ranked the same whatever came before."""

from collections.abc import Sequence
from pathlib import Path

from bmad.core.packs.words import ranked
from bmad.model.bounds import Bound
from bmad.model.layout import Layout
from bmad.pipeline.act.commit_files import SEARCHED, Shelves
from bmad.store.library import SqliteLibrary

FILES = {
    "src/clock.py": b"def parse_duration(): ...\n",
    "docs/clock.md": b"A duration is parsed.\n",
    "docs/copy.md": b"A duration is parsed.\n",
    "specs/prd.md": b"duration\n",
    "stories/STORY-a.md": b"duration\n",
    "intent.md": b"duration\n",
    "logo.png": b"duration\n",
    "binary.dat": b"\0duration\n",
    "large.txt": b"duration\n" * 100_000,
}


class Store:
    """Files of one commit in memory; the id of a blob is its content's own."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files
        self.read: list[str] = []

    def files(self, commit: str) -> list[tuple[str, str]]:
        assert commit == "c"
        return [(path, str(hash(content))) for path, content in self._files.items()]

    def contents(self, blobs: Sequence[str], bound: Bound) -> dict[str, bytes]:
        self.read += blobs
        known = {str(hash(content)): content for content in self._files.values()}
        return {blob: known[blob] for blob in blobs if blob in known and len(known[blob]) <= bound.one}


def shelves(store: Store, library: SqliteLibrary) -> Shelves:
    return Shelves(store, library, "c", Layout().is_own)


def test_the_specification_is_no_file_of_a_pack(tmp_path: Path) -> None:
    shelf = shelves(Store(FILES), SqliteLibrary(tmp_path / "search.db"))
    assert shelf.paths == (
        *("binary.dat", "docs/clock.md", "docs/copy.md", "large.txt", "logo.png", "src/clock.py"),
    )
    assert shelf.read("docs/clock.md") == "A duration is parsed.\n"
    assert shelf.read("specs/prd.md") is shelf.read("binary.dat") is shelf.read("gone.py") is None


def test_text_is_found_by_its_words_and_what_is_no_text_by_none(tmp_path: Path) -> None:
    found = shelves(Store(FILES), SqliteLibrary(tmp_path / "search.db")).find(["duration", "clock"])
    assert found.words["duration"] == frozenset({"src/clock.py", "docs/clock.md", "docs/copy.md"})
    assert found.words["clock"] == frozenset()
    assert found.sizes["large.txt"] == 0
    assert len(FILES["large.txt"]) > SEARCHED.one


def test_what_the_index_held_before_changes_no_rank_and_nothing_is_read_twice(tmp_path: Path) -> None:
    fresh = shelves(Store(FILES), SqliteLibrary(tmp_path / "one.db")).find(["duration", "parsed"])
    library = SqliteLibrary(tmp_path / "two.db")
    library.add({f"other {number}": "duration parsed " * number for number in range(1, 200)})
    store = Store(FILES)
    used = shelves(store, library).find(["duration", "parsed"])
    assert ranked(used.words, used.sizes) == ranked(fresh.words, fresh.sizes)
    before = list(store.read)
    shelves(store, library).find(["parsed"])
    assert store.read == before


class Asked(SqliteLibrary):
    """Counts what it is asked."""

    times = 0

    def holding(self, words: Sequence[str]) -> dict[str, frozenset[str]]:
        self.times += 1
        return super().holding(words)


def test_a_commit_that_holds_the_same_files_is_not_searched_again(tmp_path: Path) -> None:
    library = Asked(tmp_path / "search.db")
    first = shelves(Store(FILES), library)
    found, text = first.find(["duration"]), first.read("src/clock.py")
    other = Store(FILES | {"stories/STORY-a.md": b"duration, prepared\n"})
    after = Shelves(other, library, "c", Layout().is_own, first)
    assert after.find(["duration"]) is found is first.find(["duration"])
    assert (after.read("src/clock.py"), library.times, other.read) == (text, 1, [])


def test_a_commit_with_another_file_is_searched_as_if_nothing_came_before(tmp_path: Path) -> None:
    library = SqliteLibrary(tmp_path / "search.db")
    first = shelves(Store(FILES), library)
    first.find(["duration"])
    first.read("docs/copy.md")
    files = {path: content for path, content in FILES.items() if path != "docs/copy.md"}
    files |= {"src/new.py": b"duration\n", "src/clock.py": b"nothing\n"}
    after = Shelves(Store(files), library, "c", Layout().is_own, first)
    fresh = shelves(Store(files), SqliteLibrary(tmp_path / "fresh.db"))
    assert after.find(["duration"]) == fresh.find(["duration"])
    assert after.find(["duration"]).words["duration"] == frozenset({"src/new.py", "docs/clock.md"})
    assert after.paths == fresh.paths
    assert (after.read("docs/copy.md"), after.read("src/clock.py")) == (None, "nothing\n")


def test_only_the_latest_searches_are_kept(tmp_path: Path) -> None:
    shelf = shelves(Store(FILES), SqliteLibrary(tmp_path / "search.db"))
    found = shelf.find(["duration"])
    for number in range(100):
        shelf.find([f"word{number}"])
    assert shelf.find(["duration"]) == found
    assert len(shelf.stock._found) <= 100

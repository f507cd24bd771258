"""The index of words: the same answer whatever it held before, and never a reason to stop."""

from pathlib import Path

from bmad.store.library import SqliteLibrary

TEXTS = {"a": "parse durations", "b": "Parsing a duration", "c": "nothing of it"}


def test_a_word_is_found_by_its_stem(tmp_path: Path) -> None:
    library = SqliteLibrary(tmp_path / "search.db")
    assert library.missing(["c", "a", "a"]) == ["c", "a"]
    library.add(TEXTS)
    library.add({"a": "something else"})
    assert library.missing(["a", "d"]) == ["d"]
    assert library.holding(["duration", "parse", "zebra", 'x" OR "a']) == {
        "duration": frozenset("ab"),
        "parse": frozenset("ab"),
        "zebra": frozenset(),
    }
    assert library.sizes({"a", "c", "d"}) == {"a": 15, "c": 13}


def test_it_outlives_its_process_and_a_file_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "search.db"
    SqliteLibrary(file).add(TEXTS)
    again = SqliteLibrary(file)
    assert again.missing(TEXTS) == []
    again.close()
    file.write_bytes(b"no database at all" * 100)
    assert SqliteLibrary(file).missing(TEXTS) == list(TEXTS)
    nowhere = SqliteLibrary(tmp_path / "none" / "search.db")
    nowhere.add(TEXTS)
    assert nowhere.missing(TEXTS) == []


def test_who_only_reads_makes_no_file(tmp_path: Path) -> None:
    library = SqliteLibrary(tmp_path / "search.db", reading=True)
    library.add(TEXTS)
    assert library.holding(["nothing"]) == {"nothing": frozenset("c")}
    assert not list(tmp_path.iterdir())

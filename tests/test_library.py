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


def test_a_word_that_fts5_takes_for_several_is_held_by_nothing(tmp_path: Path) -> None:
    library = SqliteLibrary(tmp_path / "search.db")
    library.add(TEXTS)
    assert library.holding(["a\U0001e900b", "\U0001e900"]).keys()


def test_a_damaged_index_is_begun_anew(tmp_path: Path) -> None:
    file = tmp_path / "search.db"
    library = SqliteLibrary(file)
    library.add({str(number): f"word{number} " * 200 for number in range(300)})
    library.close()
    raw = bytearray(file.read_bytes())
    raw[4096:] = b"x" * (len(raw) - 4096)
    file.write_bytes(raw)
    again = SqliteLibrary(file)
    assert again.missing(TEXTS) == list(TEXTS)
    again.add(TEXTS)
    assert again.holding(["nothing"]) == {"nothing": frozenset("c")}

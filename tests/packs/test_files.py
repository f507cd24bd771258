"""What is read off the paths of a commit once is what each of them says."""

from collections import Counter

from bmad.core.packs.files import Files

PATHS = ("README.md", "a-b/c.py", "a.py", "a/b.py", "a/b/c.py", "a/b/d/e.py", "a0/x.py", "tests/test_b.py")


def test_the_files_of_a_folder_are_those_that_stand_in_it_itself() -> None:
    files = Files(PATHS)
    for folder in {"", "none", *(path.rpartition("/")[0] for path in PATHS)}:
        assert files.directly_in(folder) == [path for path in PATHS if path.rpartition("/")[0] == folder]


def test_folders_are_counted_by_their_upper_two_levels() -> None:
    told = Counter({"a/b": 2, "a": 1, "a-b": 1, "a0": 1, "tests": 1})
    assert Files(PATHS).counted == sorted(told.items(), key=lambda one: (-one[1], one[0]))


def test_tests_and_what_says_versions_are_known_by_their_names() -> None:
    files = Files((*PATHS, "sub/uv.lock", "uv.lock"))
    assert [(one.path, one.stem) for one in files.tests] == [("tests/test_b.py", "test_b")]
    assert files.versions == ["sub/uv.lock", "uv.lock"]

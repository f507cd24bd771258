"""The work tree is believed only as far as it goes: half-done merges, sparse checkouts, moved files."""

import subprocess
from pathlib import Path

import pytest

from bmad.model.unmerged import first_mark
from bmad.store.formats import TextFormats
from tests.program import git, inside

STORY = "stories/STORY-find01-find-notes.md"
WRITERS = (
    ("map", "intent.md"),
    ("fmt",),
    ("new", "epic", "More", "--covers", "FR-find01"),
    ("confirm", "STORY-find01", "--why", "x"),
)
OURS, THEIRS = "<<<<<<< HEAD\n", "=======\n- Another.\n>>>>>>> topic\n"


@pytest.fixture
def repo(small: Path) -> Path:
    """The small specification, committed."""
    git("init", "-q", "-b", "main", cwd=small)
    git("add", ".", cwd=small)
    git("commit", "-q", "-m", "Set up", cwd=small)
    return small


def content(root: Path) -> dict[str, bytes]:
    paths = [path for path in root.rglob("*") if path.is_file() and ".git" not in path.relative_to(root).parts]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n", 2),
        ("a\r\n<<<<<<< HEAD\r\nb\r\n", 2),
        ("a\n>>>>>>> topic\n", 2),
        ("a\n||||||| 1234567\n", 2),
        ("<<<<<<<\n", 1),
        ("<<<<<<<<<<<<<<<<<<<< HEAD\n", 1),
        ("```\n>>>>>>> x\n```\n<<<<<<< y\n", 4),
        ("```a`b\n<<<<<<< y\n", 2),
        ("Heading\n=======\n\n||||||||\n", None),
        ("```\n<<<<<<< HEAD\n```\n", None),
        ("~~~~ text\n<<<<<<< HEAD\n~~~\n>>>>>>> x\n~~~~\n", None),
        ("a <<<<<<< b\n", None),
        ("<<<<<<<a\n", None),
        (">>>>>> six\n", None),
    ],
)
def test_b_the_marks_of_a_merge_are_seen_outside_of_fences(text: str, line: int | None) -> None:
    found = first_mark(text)
    assert (found[0] if found else None) == line


@pytest.mark.parametrize("path", ["intent.md", "specs/intent.md", "specs/prd.md", STORY])
def test_b_half_finished_input_is_refused_with_its_line(repo: Path, path: str) -> None:
    text = (repo / path).read_text(encoding="utf-8")
    first = text.index("\n", len(text) // 2) + 1
    (repo / path).write_text(f"{text[:first]}{OURS}- One.\n{THEIRS}{text[first:]}", encoding="utf-8")
    place = f"{path}:{text[:first].count(chr(10)) + 1}"
    before = content(repo)
    validated = inside("validate", cwd=repo)
    assert (validated.code, f"{place}:1" in validated.out) == (1, True), validated
    for words in WRITERS:
        ended = inside(*words, cwd=repo)
        assert (ended.code, place in ended.err) == (2, True), (words, ended)
        assert "ettle the conflict" in ended.err, "bmad validate says no more, and nothing before a first map"
    assert content(repo) == before
    git("commit", "-q", "-am", "Forgotten\n\nStory: STORY-find01", cwd=repo)
    gate = inside("gate", "--base", "HEAD~1", cwd=repo)
    assert (gate.code, "merge that is not finished" in gate.out) == (3, True), gate


def test_b_what_git_holds_unmerged_is_refused_until_it_is_added(repo: Path) -> None:
    prd = repo / "specs/prd.md"
    text = prd.read_text(encoding="utf-8")
    git("switch", "-q", "-c", "topic", cwd=repo)
    prd.write_text(text.replace("shall find", "should find"), encoding="utf-8")
    git("commit", "-q", "-am", "One", cwd=repo)
    git("switch", "-q", "main", cwd=repo)
    prd.write_text(text.replace("shall find", "must find"), encoding="utf-8")
    git("commit", "-q", "-am", "Other", cwd=repo)
    assert subprocess.run(["git", "merge", "-q", "topic"], cwd=repo, capture_output=True, check=False).returncode
    prd.write_text(text, encoding="utf-8")
    before = content(repo)
    assert "git add specs/prd.md" in inside("validate", cwd=repo).out
    for words in WRITERS:
        ended = inside(*words, cwd=repo)
        assert (ended.code, "specs/prd.md:1: git holds it unmerged" in ended.err) == (2, True), (words, ended)
    assert content(repo) == before
    git("add", "specs/prd.md", cwd=repo)
    assert [inside(*words, cwd=repo).code for words in (("validate",), *WRITERS)] == [0] * 5


def test_b_a_sparse_checkout_is_read_from_the_index_and_not_written(repo: Path) -> None:
    mapped = inside("map", "intent.md", cwd=repo)
    assert mapped.code == 0
    (repo / "src").mkdir()
    (repo / "src/find.py").write_text("x = 1\n", encoding="utf-8")
    git("add", ".", cwd=repo)
    git("commit", "-q", "-m", "Work\n\nStory: STORY-find01", cwd=repo)
    readers = (("validate",), ("graph",), ("status",), ("show", "STORY-find01"), ("fmt", "--check"))
    whole = [inside(*words, cwd=repo).out for words in readers]
    git("sparse-checkout", "set", "src", cwd=repo)
    assert not (repo / STORY).exists()
    assert [inside(*words, cwd=repo).out for words in readers] == whole
    assert inside("map", "intent.md", cwd=repo).code == 0
    before = content(repo)
    ended = inside("new", "epic", "More", "--covers", "FR-find01", cwd=repo)
    assert (ended.code, "git sparse-checkout add specs" in ended.err) == (2, True), ended
    assert content(repo) == before
    git("sparse-checkout", "add", "specs", cwd=repo)
    assert inside("new", "epic", "More", "--covers", "FR-find01", cwd=repo).code == 0


@pytest.mark.parametrize(
    "place", ["stories/done/STORY-find01.md", "stories/find.md", "stories/STORY-find01-other.md"]
)
@pytest.mark.parametrize("tool", ["git mv", "mv"])
def test_b_a_story_that_was_moved_is_not_written_anew(repo: Path, place: str, tool: str) -> None:
    (repo / place).parent.mkdir(exist_ok=True)
    if tool == "mv":
        (repo / STORY).rename(repo / place)
    else:
        git("mv", STORY, place, cwd=repo)
    before = content(repo)
    read = place.startswith("stories/STORY")
    if read or tool == "git mv":
        assert (inside("validate", cwd=repo).code == 0) is read
    ended = inside("map", "intent.md", cwd=repo)
    assert (ended.code, "STORY-find01" in ended.err) == ((0, False) if read else (2, True)), ended
    after = content(repo)
    assert after[place] == before[place]
    assert [path for path in after if "find01" in path] == [path for path in before if "find01" in path]


def test_b_twin_a_story_taken_out_of_git_is_gone(repo: Path) -> None:
    git("rm", "-q", STORY, cwd=repo)
    ended = inside("map", "intent.md", cwd=repo)
    assert "git still has it" not in ended.err


@pytest.mark.parametrize("place", ["stories/done/STORY-find01.md", "stories/STORY-find01-copy.md"])
def test_b_two_files_of_one_id_are_a_finding(repo: Path, place: str) -> None:
    (repo / place).parent.mkdir(exist_ok=True)
    (repo / place).write_text((repo / STORY).read_text(encoding="utf-8"), encoding="utf-8")
    git("add", "stories", cwd=repo)
    ended = inside("validate", cwd=repo)
    assert (ended.code, "V02" in ended.out, "STORY-find01 is defined twice" in ended.out) == (1, True, True), ended


def test_b_a_lock_with_marks_names_its_line() -> None:
    with pytest.raises(Exception, match=r"line 2"):
        TextFormats().lock("# bmad trace lock 1: written by bmad map, bmad confirm and bmad fmt\n<<<<<<< HEAD\n")

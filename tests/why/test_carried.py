"""What carries lines about without writing them, and what of a file is not committed."""

import os
from pathlib import Path

import pytest

from bmad.errors import UsageError
from bmad.git.checkout import GitCheckout
from bmad.git.read.history import open_history
from bmad.model.trace import BlameReport
from bmad.pipeline.trace.blame import BlameRequest, Edited, Here, blame
from bmad.pipeline.trace.trace import trace
from bmad.render.trace import blamed, traced
from bmad.store.formats import TextFormats
from tests.gate.repo import FIND, STORE, Repo, story
from tests.program import git, inside
from tests.specs import adopt_small, write

CODE = "def find(a, b):\n  return [a, 'x', b]\n"
LAID_OUT = 'def find(\n    a,\n    b,\n):\n    return [a, "x", b]\n'
AT = "src/find.py"
LIST = ".git-blame-ignore-revs"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo.git")
    made.commit("main", story(FIND), {AT: CODE})
    return made


def told(repo: Repo, path: str = AT, rev: str | None = None, edited: Edited | None = None) -> BlameReport:
    return blame(open_history(repo.root, os.environ), TextFormats(), BlameRequest(path, rev, Here(edited)))


def stories(report: BlameReport) -> list[str | None]:
    return [line.story for line in report.lines]


def test_what_only_formats_hands_lines_on(repo: Repo) -> None:
    made = repo.commit("main", "Format\n", {AT: LAID_OUT})
    assert stories(told(repo)) == [None] * 5
    repo.commit("main", "List it\n\nPolicy: formatters\n", {LIST: f"# black\n{made} # by hand\n\n"})
    report = told(repo)
    assert stories(report) == [FIND] * 5
    assert {line.blamed for line in report.lines} == {made}
    assert report.notes == ()


def test_what_changes_more_than_the_layout_stays_its_own(repo: Repo) -> None:
    made = repo.commit("main", "Format, and more\n", {AT: LAID_OUT.replace('"x"', '"y"')})
    repo.commit("main", "List it\n", {LIST: f"{made}\n"})
    assert stories(told(repo)) == [*[FIND] * 4, None]


def test_bad_entries_of_the_list_are_told_and_not_fatal(repo: Repo) -> None:
    made = repo.commit("main", "Format\n", {AT: LAID_OUT})
    repo.commit("main", "List it\n", {LIST: f"{made[:12]}\n{'0' * 40}\nwords \x1b[31m\n{made}\n"})
    report = told(repo)
    assert stories(report) == [FIND] * 5
    [note] = report.notes
    assert "line 1 (" in note
    assert "line 3 (" in note
    assert "line 4" not in note
    assert "\x1b" not in note


def test_a_list_that_a_branch_brings_does_not_count(repo: Repo) -> None:
    """Else whoever lists a commit of his own has its lines told as somebody else's."""
    repo.git("update-ref", "refs/remotes/origin/main", "main")
    repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    made = repo.commit("main", "By the way\n", {AT: LAID_OUT})
    repo.commit("main", "List it\n", {LIST: f"{made}\n"})
    assert stories(told(repo)) == [None] * 5
    repo.git("update-ref", "refs/remotes/origin/main", "main")
    assert stories(told(repo)) == [FIND] * 5


def test_a_revert_gives_lines_back_to_those_who_wrote_them(repo: Repo) -> None:
    gone = repo.commit("main", story(STORE), {AT: "def find(a, b):\n  return 1\n"})
    repo.commit("main", f'Revert "Work"\n\nThis reverts commit {gone}.\n', {AT: CODE})
    assert stories(told(repo)) == [FIND, FIND]
    repo.commit("main", story(STORE), {AT: "pass\n"})
    repo.commit("main", "Not now\n", {AT: CODE})  # its name is lost, its content is not
    assert stories(told(repo)) == [FIND, FIND]


def test_half_a_revert_gives_back_what_it_takes_back(repo: Repo) -> None:
    gone = repo.commit("main", story(STORE), {AT: "a = 1\nb = 2\n"})
    repo.commit("main", f'Revert "Work"\n\nThis reverts commit {gone}.\n', {AT: f"{CODE}b = 2\n"})
    assert stories(told(repo)) == [FIND, FIND, STORE]
    repo.commit("main", f'Revert "Work"\n\nThis reverts commit {gone}.\n', {AT: f"{CODE}b = 2\nnew = 1\n"})
    assert stories(told(repo)) == [FIND, FIND, STORE, None]


def test_a_pick_whose_trailers_are_gone_is_followed_to_what_it_picks(repo: Repo) -> None:
    repo.branch("release", "main~1")
    picked = repo.tip("main")
    repo.commit("release", f"Backport\n\n(cherry picked from commit {picked})\n", {AT: CODE})
    assert stories(told(repo, rev="release")) == [FIND, FIND]
    repo.commit("release", f"Backport\n\n(cherry picked from commit {'1' * 40})\n", {AT: f"{CODE}x = 1\n"})
    assert stories(told(repo, rev="release")) == [FIND, FIND, None]


def test_a_file_that_moves_keeps_its_lines_where_they_are_from(repo: Repo) -> None:
    repo.commit("main", story(STORE), {AT: None, "src/lost and\nfound.py": CODE})
    report = told(repo, "src/lost and\nfound.py")
    assert stories(report) == [FIND, FIND]
    assert [line.source for line in report.lines] == [f"{AT}:1", f"{AT}:2"]


def test_a_line_that_may_only_have_been_moved_is_of_one_of_two_and_whoever_moves_nobodys_gains_none(
    repo: Repo,
) -> None:
    """A blank line, or one that stands twice, is new wherever a commit adds it."""
    first = repo.commit("main", "By the way\n", {AT: f"n = 1\n\n{CODE}twice\n"})
    moves = f"{CODE}twice\n\nnew = 1\nn = 1\n"
    repo.commit("main", story(STORE), {AT: None, "src/moved.py": moves})
    report = told(repo, "src/moved.py")
    assert stories(report) == [FIND, FIND, None, STORE, STORE, None]
    assert report.lines[5].commit == first
    last = f"new = 1\ntwice\n{CODE}twice\n\nn = 1\n".replace("  return", "\n  return")
    repo.commit("main", story(FIND), {"src/moved.py": last})
    report = told(repo, "src/moved.py")
    assert [(line.stories, line.sure) for line in report.lines[:2]] == [
        ((FIND, STORE), "one-of"),
        ((FIND,), "trailer"),
    ]
    found = trace(open_history(repo.root, os.environ), TextFormats(), "src/moved.py:1")
    [mine, its] = [(chain.story, chain.commit) for chain in found.chains]
    assert (mine, its) == ((FIND, repo.tip("main")), (STORE, repo.tip("main~1")))


def test_a_new_file_gains_no_line_of_one_that_went_with_the_same_commit(repo: Repo) -> None:
    """As where a squash moves a file of which it leaves next to nothing."""
    first = repo.commit("main", "By the way\n", {AT: "kept = 1\n" + "gone\n" * 9})
    repo.commit("main", story(STORE), {AT: None, "src/new.py": "a = 1\nb = 2\nc = 3\nkept = 1\n"})
    report = told(repo, "src/new.py")
    assert stories(report) == [STORE, STORE, STORE, None]
    assert report.lines[3].commit == first


def test_lines_of_the_work_tree_are_told_as_what_they_are(repo: Repo) -> None:
    edited = b"import re\r\n" + CODE.replace("\n", "\r\n").encode() + b"# more"
    report = told(repo, edited=lambda _: edited)
    assert stories(report) == [None, FIND, FIND, None]
    assert [line.commit is None for line in report.lines] == [True, False, False, True]
    assert report.notes == (
        f"{AT} of the work tree is not as in {report.rev[:12]}, and 2 of these lines are not committed",
    )
    assert "uncommitted" in blamed(report)
    one = told(repo, f"{AT}:2", edited=lambda _: edited)
    assert [(line.line, line.text, line.story) for line in one.lines] == [(2, "def find(a, b):", FIND)]
    assert "not committed" not in one.notes[0]
    with pytest.raises(UsageError, match="has only 4 lines"):
        told(repo, f"{AT}:3-5", edited=lambda _: edited)
    assert told(repo, rev="main", edited=lambda _: edited).notes == ()
    assert told(repo, edited=lambda _: CODE.replace("\n", "\r\n").encode()).notes == ()


@pytest.mark.parametrize(
    ("attribute", "content", "more"),
    [
        ("working-tree-encoding=UTF-16LE", "a = 'ä'\n".encode("utf-16-le"), "b\n".encode("utf-16-le")),
        ("ident", b"a = '$Id: 0123 $'\n", b"b\n"),
        ("filter=upper", b"A\n", b"B\n"),
    ],
)
def test_a_file_that_stands_otherwise_in_the_work_tree_is_as_git_keeps_it(
    tmp_path: Path, attribute: str, content: bytes, more: bytes
) -> None:
    adopt_small(tmp_path)
    git("config", "filter.upper.clean", "tr A-Z a-z", cwd=tmp_path)
    write(tmp_path, {".gitattributes": f"*.py {attribute}\n"})
    (tmp_path / "src").mkdir()
    (tmp_path / AT).write_bytes(content)
    git("add", ".", cwd=tmp_path)
    git("commit", "-qm", story(FIND), cwd=tmp_path)
    one = inside("blame", AT, cwd=tmp_path)
    assert (FIND in one.out, "not as in" in one.err) == (True, False), one
    (tmp_path / AT).write_bytes(content + more)
    two = inside("blame", AT, cwd=tmp_path)
    assert (FIND in two.out, "1 of these lines is not committed" in two.err) == (True, True), two
    assert two.out.split("\n")[1].endswith("  b")


def test_a_file_that_is_not_committed_at_all(repo: Repo) -> None:
    report = told(repo, "src/new.py", edited=lambda _: b"a\n")
    assert stories(report) == [None]
    with pytest.raises(UsageError, match="is no file of commit"):
        told(repo, "src/new.py", edited=lambda _: None)
    for name, meant in (
        (AT.replace(".py", ".p"), f"Did you mean {AT}"),
        (AT.rpartition("/")[2], f"Did you mean {AT}"),
        (AT.rpartition("/")[0], "It is a folder"),
    ):
        with pytest.raises(UsageError, match=meant):
            told(repo, name, edited=lambda _: None)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("src/fnid.py:1", "Did you mean src/find.py?"),
        ("src/nothing-like-it.py", "is no file of commit [0-9a-f]{12}.$"),
        ("src/sub/", "It is a folder: name a file in it, or see: bmad coverage src/sub$"),
        ("src", "^src is no file of .* It is a folder: name a file in it, or see: bmad coverage src$"),
    ],
)
def test_a_path_that_is_no_file_is_answered_with_what_may_be_meant(repo: Repo, name: str, hint: str) -> None:
    repo.commit("main", "More\n", {"src/sub/deep.py": "1\n"})
    with pytest.raises(UsageError, match=hint) as said:
        told(repo, name)
    assert max(map(str(said.value).count, ("Did you mean", "It is a folder"))) <= 1
    with pytest.raises(UsageError, match=hint.removeprefix("^src is no file of ")):
        trace(open_history(repo.root, os.environ), TextFormats(), name)


@pytest.mark.parametrize("name", ["/etc/hostname", "../notes.py", "../notes.py:1", "src/../../a"])
def test_a_path_is_named_from_the_top(repo: Repo, name: str) -> None:
    with pytest.raises(UsageError, match="lies outside the repository"):
        told(repo, name)
    with pytest.raises(UsageError, match="lies outside the repository"):
        trace(open_history(repo.root, os.environ), TextFormats(), name)
    assert told(repo, f"./{AT}").lines


def test_no_link_and_no_path_that_leads_out_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s\n")
    work = tmp_path / "work"
    checkout = GitCheckout(work, os.environ)
    work.mkdir()
    checkout.create()
    (work / "out").symlink_to(tmp_path)
    (work / "link").symlink_to(tmp_path / "secret")
    (work / "plain").write_text("p\n")
    assert checkout.file(b"plain") == b"p\n"
    for path in (b"link", b"out/secret", b"../secret", b"/etc/hostname", b"none", b".", b"out", b"a\0b"):
        assert checkout.file(path) is None, path


def test_trace_of_a_line_shows_its_own_story_alone(repo: Repo) -> None:
    repo.commit("main", story(FIND, STORE), {AT: f"{CODE}x = 1\n", "src/store.py": "y = 1\n"})
    found = trace(open_history(repo.root, os.environ), TextFormats(), f"{AT}:3")
    assert [chain.story for chain in found.chains] == [FIND]
    assert "by trailer" in traced(found)

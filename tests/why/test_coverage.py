"""The share of lines and commits that reach the intent, and what is kept of blame between runs."""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bmad.core.lines.lineage import Asked, Run
from bmad.errors import UsageError
from bmad.git.read.history import open_history
from bmad.model.coverage import CoverageReport, Share
from bmad.model.history import BlameLine
from bmad.pipeline.trace.coverage import CoverageRequest, coverage
from bmad.pipeline.trace.history_blame import HistoryBlame, part, rows
from bmad.pipeline.trace.trace import trace
from bmad.ports.cache import Caches
from bmad.ports.history import History, Objects
from bmad.render.coverage import covered
from bmad.store.cache import FileCache, cache_folder
from bmad.store.formats import TextFormats
from tests.gate.repo import FIND, MAPPED, STORE, Repo, story
from tests.importing.projects import written
from tests.program import git, inside

NO_CACHE = FileCache(None)


def told(
    repo: Repo, *paths: str, rev: str | None = None, least: float | None = None, cache: FileCache = NO_CACHE
) -> CoverageReport:
    request = CoverageRequest(paths, rev, least)
    return coverage(open_history(repo.root, os.environ), TextFormats(), cache, request)


def adopted(repo: Repo) -> None:
    policy = f"version: 1\ngate: {{level: traced, since: {repo.base}}}\n"
    repo.commit("main", "Adopt\n\nPolicy: x\n", {"bmad.yaml": policy})


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Adopted at its first commit; since then one commit of a story and one of nobody."""
    made = Repo(tmp_path / "repo.git")
    adopted(made)
    found = "def find():\n    return [1]\n"
    made.commit("main", story(FIND), {"src/find.py": found, "src/sub/a.py": "a = 1\nb = 2\n"})
    made.commit("main", "By the way\n", {"src/sub/a.py": "a = 1\nb = 3\n"})
    return made


def test_lines_and_commits_that_reach_the_intent(repo: Repo) -> None:
    report = told(repo)
    assert (report.lines.reached, report.lines.all) == (2, 3)
    assert report.lines.percent == 66.6
    assert (report.commits.reached, report.commits.all) == (1, 2)
    folders = {one.path: (one.lines.reached, one.lines.all) for one in report.folders}
    assert folders["./"] == (2, 3)
    assert folders["src/sub/"] == (1, 2)
    assert {one.path: one.lines.older for one in report.files}["src/other.py"] == 1
    assert report.lines.older == 6


def test_both_lists_of_gaps(repo: Repo) -> None:
    report = told(repo)
    [gap] = report.without_requirement
    assert (gap.path, gap.first, gap.last, gap.title, gap.why) == ("src/sub/a.py", 2, 2, "By the way", "no story")
    assert [one.title for one in report.bare_commits] == ["By the way"]
    assert report.without_lines == tuple(report.titles) != ()
    repo.commit("main", story(STORE), {"src/store.py": "x = 1\n"})
    assert len(told(repo).without_lines or ()) == len(report.without_lines) - 1
    text = covered(report)
    assert "src/sub/a.py:2" in text
    assert "66.6 %" in text
    whole = told(repo, "src/find.py")
    assert whole.without_lines is None
    assert (whole.commits.reached, whole.commits.all, whole.bare_commits) == (1, 1, ()), "of the other path alone"
    below = told(repo, "src/sub")
    assert (below.commits.reached, below.commits.all) == (1, 2)


def test_a_hundred_per_cent_is_all_of_them() -> None:
    assert Share(reached=99_999, all=100_000).percent == 99.9
    assert Share(reached=100_000, all=100_000).percent == 100
    assert Share().percent is None


def test_a_share_below_what_is_asked_for_fails(repo: Repo) -> None:
    assert told(repo, least=66.6).ok
    assert not told(repo, least=66.7).ok
    assert told(repo, "src/find.py", least=100).ok
    for wrong in (-1.0, 100.1, float("nan")):
        with pytest.raises(UsageError, match="from 0 to 100"):
            told(repo, least=wrong)


def test_a_folder_and_a_revision_and_paths_that_are_none(repo: Repo) -> None:
    assert told(repo, "src/sub/").lines.all == 2
    assert told(repo, "./src/sub", "src/sub/a.py").lines.all == 2
    assert told(repo, rev="main~1").lines.percent == 100
    for wrong in ("nothing", "bmad.yaml", "src/su", "specs"):
        with pytest.raises(UsageError, match="holds no file"):
            told(repo, wrong)


def test_what_is_asked_for_has_no_row_for_what_stands_above_it(repo: Repo) -> None:
    for paths, folders in (
        (("src",), ["src/", "src/sub/"]),
        (("src/sub/", "src/find.py"), ["src/sub/"]),
        (("src/find.py",), []),
        ((".",), ["./", "src/", "src/sub/", "tests/"]),
    ):
        found = [one.path for one in told(repo, *paths).folders]
        assert [one for one in found if not one.startswith("tests/")] == [
            one for one in folders if one != "tests/"
        ]


def test_before_any_line_is_younger_than_the_adoption(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "r.git")
    adopted(repo)
    report = told(repo, least=100)
    assert (report.lines.all, report.lines.percent, report.ok) == (0, None, True)
    assert "no line is younger" in report.notes[0]


def test_a_line_of_a_story_that_the_specification_does_not_hold_reaches_nothing(repo: Repo) -> None:
    repo.commit("main", story("STORY-nobody"), {"src/find.py": "x = 1\n"})
    gap = next(one for one in told(repo).without_requirement if one.path == "src/find.py")
    assert (gap.why, gap.stories) == ("broken chain", ("STORY-nobody",))


def test_what_is_kept_gives_the_same_answer_after_every_commit(repo: Repo, tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "cache")
    for number in range(3):
        repo.commit("main", story(STORE), {"src/store.py": f"x = {number}\n", f"src/n{number}.py": "n\n"})
        assert told(repo, cache=cache) == told(repo)
        assert told(repo, cache=cache) == told(repo)
    repo.branch("side", "main~2")
    repo.commit("side", story(FIND), {"src/side.py": "s\n", "src/store.py": "y\n"})
    assert told(repo, rev="side", cache=cache) == told(repo, rev="side")
    assert told(repo, "src", cache=cache) == told(repo, "src")
    assert told(repo, cache=cache) == told(repo)


def test_later_commits_go_on_from_what_is_kept(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that changes, one that moves; and a branch from before what is kept, for which that does not do."""
    cache = FileCache(tmp_path / "cache")
    lines = "".join(f"line {at}\n" for at in range(9))
    repo.commit("main", story(FIND), {"src/find.py": f"def find():\n{lines}", "src/sub/a.py": lines})
    repo.branch("side", "main~1")
    repo.commit("side", story(STORE), {"src/sub/b.py": "b\n", "src/find.py": "def find():\n    return [3]\n"})
    assert told(repo, cache=cache) == told(repo)
    repo.commit("main", story(STORE), {"src/find.py": f"# new\ndef find():\n{lines}"})
    repo.commit("main", "Move\n", {"src/sub/a.py": None, "src/c.py": f"{lines}more\n"})
    cold = told(repo)
    with monkeypatch.context() as without:
        without.setattr("bmad.pipeline.trace.history_blame.HistoryBlame.runs", _only_later)
        assert told(repo, cache=cache) == cold
    repo.merge("main", "side", "Merge\n", {"src/sub/b.py": "b\n"})
    assert told(repo, cache=cache) == told(repo)


_RUNS = HistoryBlame.runs


def _only_later(history: HistoryBlame, asked: Iterable[Asked]) -> dict[Asked, list[Run]]:
    assert len(history._steps) == 1, "not the whole history"
    return _RUNS(history, asked)


def test_some_of_the_lines_that_runs_tell() -> None:
    runs = [Run(3, "a", b"f", 5, older=False), Run(2, "", b"", 1, older=True), Run(2, "b", b"g", 1, older=False)]
    assert list(part(runs, 1, 7)) == runs
    assert list(part(runs, 2, 3)) == [Run(2, "a", b"f", 6, older=False), Run(1, "", b"", 1, older=True)]
    assert list(part(runs, 7, 3)) == [Run(1, "b", b"g", 2, older=False), Run(2, "", b"", 1, older=True)]


def test_what_is_kept_is_used(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = FileCache(tmp_path / "cache")
    first = told(repo, cache=cache)
    monkeypatch.setattr("bmad.git.read.history.blame", None)
    assert told(repo, cache=cache) == first


@pytest.mark.parametrize("content", [b"", b"junk", b"x\x9c\x03\x00\x00\x00\x00\x01", None])
def test_what_is_kept_and_does_not_fit_is_computed_again(
    repo: Repo, tmp_path: Path, content: bytes | None
) -> None:
    cache = FileCache(tmp_path / "cache")
    first = told(repo, cache=cache)
    [file] = (tmp_path / "cache").iterdir()
    if content is None:
        file.chmod(0o666)  # anybody may have written it
    else:
        file.write_bytes(content)
    assert told(repo, cache=cache) == first


def test_a_link_or_a_folder_of_anybody_is_not_read(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "cache")
    cache.keep("a", b"1")
    assert cache.load("a") == b"1"
    [file] = (tmp_path / "cache").iterdir()
    (tmp_path / "elsewhere").write_bytes(b"2")
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere")
    assert cache.load("a") is None
    cache.keep("a", b"3")
    assert cache.load("a") == b"3"
    assert (tmp_path / "elsewhere").read_bytes() == b"2"
    (tmp_path / "cache").chmod(0o777)
    assert cache.load("a") is None


def test_the_cache_stands_outside_of_the_repository(tmp_path: Path) -> None:
    assert cache_folder({"HOME": "/home/a"}, tmp_path, "lines") == Path("/home/a/.cache/bmad/lines")
    assert cache_folder({"XDG_CACHE_HOME": "/c", "HOME": "/home/a"}, tmp_path, "lines") == Path("/c/bmad/lines")
    assert cache_folder({"XDG_CACHE_HOME": str(tmp_path / "in")}, tmp_path, "lines") is None
    assert cache_folder({"XDG_CACHE_HOME": "in"}, tmp_path, "lines") is None


def test_many_files_are_blamed_alike_with_preparation(tmp_path: Path) -> None:
    many = {f"src/f{at}.py": f"{at}\n" for at in range(25)}
    repo = Repo(tmp_path / "many.git", {**MAPPED, **many})
    repo.commit("main", story(STORE), {name: f"{text}more\n" for name, text in many.items()})
    report = told(repo)
    assert {one.path: (one.lines.reached, one.lines.all) for one in report.files}["src/f7.py"] == (1, 2)
    assert (report.lines.reached, len(many)) == (25, 25)


def test_lines_that_are_handed_on_are_kept_too(repo: Repo, tmp_path: Path) -> None:
    """A formatter's lines are looked for in the commit before it, the same with and without what is kept."""
    made = repo.commit("main", "Format\n", {"src/find.py": "def find():\n    return [ 1 ]\n"})
    repo.commit("main", "List it\n\nPolicy: x\n", {".git-blame-ignore-revs": f"{made}\n"})
    cache = FileCache(tmp_path / "cache")
    first = told(repo, cache=cache)
    assert {one.path: one.lines.reached for one in first.files}["src/find.py"] == 1
    assert told(repo, cache=cache) == first == told(repo)


def test_a_run_of_lines_is_numbered_through() -> None:
    runs = [Run(3, "a", b"f", 5, older=False), Run(2, "b", b"g", 1, older=False)]
    assert [(row.line, row.at) for row in rows(runs, [(1, 5)])] == [(1, 5), (2, 6), (3, 7), (4, 1), (5, 2)]
    some = list(rows(runs, [(2, 2), (4, 6)]))
    assert [(row.line, row.at, row.older) for row in some] == [
        (2, 6, False),
        (4, 1, False),
        (5, 2, False),
        (6, 0, True),
    ]


def test_where_no_requirement_is_none_is_said_to_have_lines(tmp_path: Path) -> None:
    bare = Repo(tmp_path / "bare.git", {"bmad.yaml": "version: 1\ngate: {since: root}\n", "a.py": "1\n"})
    report = told(bare)
    assert report.without_lines is None
    assert "every requirement" not in covered(report)


def test_trace_of_a_file_tells_the_same_by_what_coverage_kept(repo: Repo, tmp_path: Path) -> None:
    """The lines are not blamed again; the twin without a cache says the same, word for word."""
    moved = "a = 1\nb = 3\nc = 4\n"
    repo.commit("main", story(STORE), {"src/sub/a.py": None, "src/moved.py": moved, "src/none.py": ""})
    cache = FileCache(tmp_path / "cache")
    told(repo, cache=cache)
    history = Blameless(open_history(repo.root, os.environ))
    for asked in ("src/moved.py", "src/moved.py:2", "src/find.py:1-2"):
        plain = trace(open_history(repo.root, os.environ), TextFormats(), asked)
        assert trace(history, TextFormats(), asked, caches=Caches(cache)) == plain, asked
        assert plain.lines
    with pytest.raises(UsageError, match="has only"):
        trace(open_history(repo.root, os.environ), TextFormats(), "src/moved.py:9", caches=Caches(cache))


def test_trace_after_a_later_commit_goes_by_git_where_that_changed_the_file(repo: Repo, tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "cache")
    told(repo, cache=cache)
    repo.commit("main", story(STORE), {"src/sub/a.py": "a = 1\nb = 3\nc = 4\n"})
    history = open_history(repo.root, os.environ)
    lines = trace(history, TextFormats(), "src/sub/a.py", caches=Caches(cache)).lines
    assert [one.story for one in lines] == [FIND, None, STORE]
    plain = trace(history, TextFormats(), "src/find.py")
    assert trace(Blameless(history), TextFormats(), "src/find.py", caches=Caches(cache)) == plain


class Blameless:
    """A history that is not to be blamed."""

    def __init__(self, history: History) -> None:
        self._history = history

    @contextmanager
    def read(self) -> Iterator[Objects]:
        with self._history.read() as objects:
            objects.blame = never  # type: ignore[method-assign]
            yield objects


def never(*_: object, **__: object) -> list[BlameLine]:
    raise AssertionError


LANE = "gate: {level: traced, since: %s, trivial: {paths: [src/**], lines: 4, files: 1}}"


def test_what_no_requirement_is_asked_for_stands_apart(repo: Repo) -> None:
    before = told(repo)
    wild = repo.commit("main", "Wild\n", {"src/sub/b.py": "b = 1\n"})
    repo.commit("main", f"Away\n\nThis reverts commit {wild}.\n", {"src/sub/b.py": None})
    gone = repo.commit("main", "Cut\n", {"src/sub/a.py": "b = 3\n"})
    repo.commit("main", f"Back\n\nThis reverts commit {gone}.\n", {"src/sub/a.py": "a = 1\nb = 3\n"})
    report = told(repo)
    assert (report.lines.reached, report.lines.all) == (2, 3), "what comes back is whose it was"
    assert (report.commits.all, report.commits.revert) == (before.commits.all + 2, 2)
    assert [one.title for one in report.bare_commits if one.apart] == ["Away", "Back"]
    repo.commit("main", f"More\n\nThis reverts commit {wild}.\n", {"src/sub/a.py": "a = 1\nb = 4\n"})
    assert told(repo).commits.revert == 2, "it takes back something else"


def test_a_tiny_change_stands_apart_where_the_policy_has_its_lane(repo: Repo) -> None:
    message = "Typo\n\nStory: none\nTrivial: a typo\n"
    repo.commit("main", message, {"src/sub/a.py": "a = 2\nb = 3\n"})
    bare = told(repo)
    assert (bare.lines.all, bare.lines.tiny, bare.commits.tiny) == (3, 0, 0)
    repo.commit("main", "Lane\n\nPolicy: x\n", {"bmad.yaml": f"version: 1\n{LANE % repo.base}\n"})
    report = told(repo)
    assert (report.lines.all, report.lines.tiny, report.commits.tiny) == (2, 1, 1)
    assert [(one.apart, one.why) for one in report.without_requirement] == [
        ("tiny", "tiny change"),
        (None, "no story"),
    ]
    assert "1 line and 1 commit of tiny changes; no requirement is asked for these" in covered(report)
    repo.commit("main", message, {"src/sub/a.py": "".join(f"{at} = 1\n" for at in "abcde")})
    assert told(repo).commits.tiny == 1, "it is more than the lane lets pass"


def test_what_the_policy_exempts_stands_apart(repo: Repo) -> None:
    grant = "reason: x, owner: ada, until: 2020-01-01"
    exempt = f"exempt: [{{paths: [docs/**], {grant}}}, {{paths: [gen/**], by: bot@x.org, {grant}}}]"
    policy = f"version: 1\ngate: {{level: traced, since: {repo.base}, {exempt}}}\n"
    repo.commit("main", "Grant\n\nPolicy: x\n", {"bmad.yaml": policy})
    before = told(repo)
    repo.commit("main", "Plan\n", {"docs/plan.md": "one\n"})
    repo.commit("main", "Both\n", {"docs/more.md": "one\n", "src/sub/c.py": "c = 1\n"})
    repo.commit("main", "Run\n", {"docs/conf.py": "one\n"})
    repo.commit("main", "Make\n", {"gen/a.py": "one\n"})
    repo.commit("main", "Bump\n", {"gen/b.py": "one\n"}, author="bot <bot@x.org>")
    report = told(repo)
    assert (report.lines.exempt, report.commits.exempt) == (2, 2), "the page alone, and what the bot wrote"
    assert report.lines.all == before.lines.all + 4


def test_what_the_policy_names_as_older_stands_apart(repo: Repo) -> None:
    before = told(repo)
    open_once = repo.commit("main", "Begun before\n", {"src/sub/c.py": "c = 1\n"})
    policy = f"version: 1\ngate: {{level: traced, since: {repo.base}, grandfathered: [{open_once}]}}\n"
    repo.commit("main", "Name it\n\nPolicy: x\n", {"bmad.yaml": policy})
    report = told(repo)
    assert (report.lines.all, report.commits.all) == (before.lines.all, before.commits.all)
    assert (report.lines.grandfathered, report.commits.grandfathered, report.lines.apart) == (1, 1, 1)
    assert "1 line and 1 commit grandfathered; no requirement" in covered(report)


def test_what_the_adoption_wrote_stands_apart_and_all_can_be_reached(tmp_path: Path) -> None:
    git("init", "-q", "-b", "main", ".", cwd=tmp_path)
    written(tmp_path, {path: str(text) for path, text in MAPPED.items() if path != "bmad.yaml"})
    git("add", ".", cwd=tmp_path)
    git("commit", "-qm", "Old", cwd=tmp_path)
    assert inside("init", "--yes", cwd=tmp_path).code == 0
    _kept(tmp_path, "Adopt bmad")
    first = _covered(tmp_path)
    assert (first.all, first.percent) == (0, None)
    assert first.adoption > 0
    written(tmp_path, {"src/find.py": "a = 1\nb = 2\n"})
    _kept(tmp_path, story(FIND))
    found = _covered(tmp_path, "--fail-under", "100")
    assert (found.percent, found.adoption) == (100, first.adoption)
    written(tmp_path, {".gitignore": (tmp_path / ".gitignore").read_text("utf-8") + "/x/\n"})
    _kept(tmp_path, "Hide")
    assert (_covered(tmp_path).percent, _covered(tmp_path).adoption) == (66.6, first.adoption)


def _kept(root: Path, message: str) -> None:
    git("add", ".", cwd=root)
    git("commit", "-qm", message, cwd=root)


def _covered(root: Path, *more: str) -> Share:
    done = inside("coverage", "--json", *more, cwd=root)
    assert done.code == 0, done.err
    lines = json.loads(done.out)["lines"]
    return Share(**{name: lines[name] for name in Share.model_fields})

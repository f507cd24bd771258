"""A branch that left the adopted line before its adoption, as a release branch does."""

import os
from pathlib import Path

from bmad.git.read.history import open_history
from bmad.pipeline.trace.revision import read_at
from bmad.store.formats import TextFormats
from tests.gate.repo import FIND, Repo, story
from tests.why.test_coverage import told


def test_a_branch_that_left_before_the_adoption_tells_what_is_older_as_such(tmp_path: Path) -> None:
    """It took the adoption over by a pick; what it and the adopted line both have is older, lines and commits."""
    repo = Repo(tmp_path / "repo.git")
    old = repo.commit("main", "Before bmad\n", {"bmad.yaml": None, ".gitignore": None})
    repo.branch("release")
    repo.branch("side", old)
    repo.commit("side", "From the old days\n", {"src/sub/side.py": "s = 1\n"})
    since = repo.merge("main", "side")
    lane = "{paths: ['src/**'], lines: 4, files: 2}"
    policy = f"version: 1\ngate: {{level: traced, since: {since}, trivial: {lane}}}\n"
    files = {"bmad.yaml": policy, ".gitignore": "/.bmad/\n"}
    adoption = repo.commit("main", "Adopt bmad\n", files)
    repo.commit("release", f"Adopt bmad\n\n(cherry picked from commit {adoption})\n", files)
    tiny = "A word\n\nStory: none\nTrivial: a word\n"
    there = repo.commit("main", tiny, {"src/other.py": "x = 2\n"})
    repo.commit("release", f"{tiny}(cherry picked from commit {there})\n", {"src/other.py": "x = 2\n"})
    repo.commit("release", story(FIND), {"src/find.py": "def find():\n    return [1]\n"})
    report = told(repo, rev="release")
    lines = report.lines
    assert (report.since, lines.reached, lines.all, lines.adoption, lines.tiny) == (old, 1, 1, 1, 1)
    told_of = {(one.apart, one.title) for one in report.without_requirement}
    assert told_of == {("tiny", "A word"), ("adoption", "Adopt bmad")}
    assert {one.apart for one in report.bare_commits} == {"adoption", "tiny"}
    with open_history(repo.root, os.environ).read() as objects:
        reading = read_at(objects, TextFormats(), "release")
        [chain] = reading.kinds(reading.claimed([objects.commits([old])[old]]))
        assert chain.kind == "before-adoption"
        assert read_at(objects, TextFormats(), "main").since == since

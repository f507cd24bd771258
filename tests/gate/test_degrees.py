"""Coming by degrees: paths for everyone, and findings that are only reported.

Each way around a rule stands beside an honest twin that passes.
"""

from datetime import UTC, datetime

import pytest

from bmad.model.gate import GateReport
from bmad.model.settings import Level
from bmad.render.gate import FORMATS
from tests.gate.repo import FIND, MAPPED, Content, Repo, codes, kinds, passes, refuses, respecified, story

OPEN = "exempt: [{paths: [%s], reason: pages, owner: ada, until: 2030-01-01}]"
LONG = "".join(f"line {number}\n" for number in range(40))


def policy(repo: Repo, *gate: str, level: str = "scoped", more: str = "", **files: Content) -> None:
    """The base's policy, and files that stand there."""
    held = "\n  ".join((f"level: {level}", "since: root", *gate))
    text = f"version: 1\n{more}gate:\n  {held}\n"
    repo.commit("main", "Policy\n\nPolicy: degrees\n", {"bmad.yaml": text})
    made = {path.replace("__", "/"): content for path, content in files.items()}
    if made:
        repo.commit("main", story(FIND), made)
    repo.branch("work")


def everyone(repo: Repo, *globs: str, more: str = "", level: str = "scoped") -> None:
    policy(repo, OPEN % ", ".join(f'"{glob}"' for glob in globs), more=more, level=level)


# -- paths that need no story for anyone -----------------------------------------------------------------------


@pytest.mark.parametrize("level", [Level.SCOPED, Level.REVIEWED])
def test_anyone_mends_a_page_without_a_story_and_it_is_told(repo: Repo, level: Level) -> None:
    everyone(repo, "docs/**", "README.md")
    made = repo.commit("work", "Typo\n", {"README.md": "# Notes!\n", "docs/a/b.md": "x\n"}, author="Mallory <m@x>")
    report = repo.gate(level=level)
    passes(report)
    assert (kinds(report), report.exempt) == (["exempt"], (made,))
    assert any("exempt for everyone: docs/**, README.md (pages; owner ada" in note for note in report.notes)
    passes(repo.gate(since="main", level=level))


@pytest.mark.parametrize(
    ("globs", "path", "content"),
    [
        (("docs/**",), "docs/conf.py", "import os\n"),
        (("docs/**",), "docs/Makefile", "all:\n"),
        (("docs/**",), "docs/requirements.txt", "evil\n"),
        (("docs/**",), "docs/page.mdx", "x\n"),
        (("docs",), "docs/x.svg", "<svg/>\n"),
        (("docs/**",), "docs/run.md", ("100755", "#!/bin/sh\n")),
        (("docs/**",), "docs/link.md", ("120000", "../src/find.py")),
        (("docs/**",), "docs/module.md", ("160000", "1" * 40)),
        (("docs/**",), "src/find.py", "x\n"),
        (("docs/*.py/x.md",), "docs/a.py/x.js", "x\n"),
        (("**/*.md",), "src/find.md", "x\n"),
        (("docs/**",), "docs/knowledge/STORY-find01.md", "Obey me.\n"),
    ],
)
def test_what_runs_or_is_a_storys_is_not_for_everyone(
    repo: Repo, globs: tuple[str, ...], path: str, content: Content
) -> None:
    files = respecified({"stories/STORY-find01-find-notes.md": ("`src/find.py`", "`src/find.py`, `src/find.md`")})
    repo.commit("main", "Spec\n", files)
    everyone(repo, *globs)
    repo.commit("work", "Typo\n", {path: content})
    assert {"G01"} <= codes(repo.gate()) <= {"G01", "G07"}


@pytest.mark.parametrize("path", ["docs/conf.py", "docs/Makefile", "docs/requirements.txt"])
def test_what_runs_is_for_everyone_where_a_glob_says_so(repo: Repo, path: str) -> None:
    everyone(repo, "docs/*.py", "docs/Makefile", "docs/*.txt")
    repo.commit("work", "Build\n", {path: "x\n"})
    passes(repo.gate())


@pytest.mark.parametrize(
    "files",
    [
        {"docs/AGENTS.md": "Obey me.\n"},
        {"docs/CLAUDE.md": "Obey me.\n"},
        {"bmad.yaml": "version: 1\n"},
        {".github/workflows/a.md": "x\n"},
        {"docs/.gitattributes": "* -diff\n"},
    ],
)
def test_no_governed_file_is_for_everyone(repo: Repo, files: dict[str, Content]) -> None:
    everyone(repo, "**", "docs/**", ".github/**", "bmad.yaml", "docs/.gitattributes", "docs/AGENTS.md")
    repo.commit("work", "Typo\n", files)
    assert "G06" in codes(repo.gate())


def test_specification_and_records_are_judged_as_ever(repo: Repo) -> None:
    everyone(repo, "stories/**", "specs/**", "stories/records/*.json")
    repo.commit("work", "Typo\n", {"stories/records/STORY-find01.json": "{}\n"})
    assert "G14" in codes(repo.gate())
    repo.branch("work", "main")
    repo.commit("work", "Typo\n", {"stories/STORY-find01-find-notes.md": "# nothing\n"})
    assert codes(repo.gate())


def test_a_file_that_moves_in_or_out_needs_its_story_outside(repo: Repo) -> None:
    policy(repo, OPEN % '"docs/**"', docs__a="x\n", **{"docs__page.md": LONG, "src__old.md": LONG})
    repo.commit("work", "Move\n", {"src/find.py": None, "docs/find.md": MAPPED["src/find.py"]})
    refuses(repo.gate(), "G01")
    repo.branch("work", "main")
    repo.commit("work", "Move\n", {"docs/page.md": None, "src/page.py": LONG})
    refuses(repo.gate(), "G01")


def test_a_merge_carries_no_page_into_code(repo: Repo) -> None:
    """The base moves the page into the code; a change of the page by everyone would follow it there."""
    policy(repo, OPEN % '"docs/**"', "max_stories: 3")
    repo.commit("main", story(FIND), {"docs/page.md": LONG, "src/find.py": None})
    repo.branch("work")
    repo.commit("work", "Typo\n", {"docs/page.md": LONG.replace("line 7", "line seven")})
    passes(repo.gate())
    repo.commit("main", story(FIND), {"docs/page.md": None, "src/find.py": LONG})
    refuses(repo.gate(), "G01")
    before = repo.tip("main")
    repo.merge("main", "work")
    refuses(repo.gate("main", since=before), "G01")


def test_an_executable_page_and_truth_stay_out(repo: Repo) -> None:
    policy(repo, OPEN % '"docs/**"', more="oracle: [docs/truth.md]\n")
    repo.commit("main", story(FIND), {"docs/run.md": ("100755", "x\n")}, parents=())
    repo.branch("work")
    repo.commit("work", "Typo\n", {"docs/run.md": "y\n"})
    refuses(repo.gate(), "G01", "G07")
    repo.branch("work", "main")
    repo.commit("work", "Typo\n", {"docs/truth.md": "y\n"})
    refuses(repo.gate(), "G01", "G07")


def test_an_exemption_for_everyone_counts_in_the_base_and_until_its_day(repo: Repo) -> None:
    repo.commit("work", "Policy\n\nPolicy: mine\n", {"bmad.yaml": f"version: 1\ngate: {{{OPEN % 'docs'}}}\n"})
    repo.commit("work", "Typo\n", {"docs/a.md": "x\n"})
    refuses(repo.gate(), "G01", "G07")
    everyone(repo, "docs/**")
    repo.commit("work", "Typo\n", {"docs/a.md": "x\n"})
    passes(repo.gate())
    refuses(repo.gate(when=datetime(2030, 1, 2, tzinfo=UTC)), "G01", "G07")


def test_a_robots_exemption_stays_its_own(repo: Repo) -> None:
    one = "{paths: [docs/**], by: bot, reason: r, owner: ada, until: 2030-01-01}"
    policy(repo, f"exempt: [{one}]")
    repo.commit("work", "Typo\n", {"docs/conf.py": "x\n"}, author="Mallory <m@x>")
    refuses(repo.gate(), "G01", "G07")
    repo.branch("work", "main")
    repo.commit("work", "Typo\n", {"docs/conf.py": "x\n"}, author="bot <b@x>")
    passes(repo.gate())


@pytest.mark.parametrize("by", ["by: , ", "by: null, ", "by: ~, ", "by: '', "])
def test_an_exemption_that_names_nobody_is_not_for_everyone(repo: Repo, by: str) -> None:
    one = f"{{paths: ['docs/**'], {by}reason: r, owner: ada, until: 2030-01-01}}"
    repo.commit("main", "Policy\n\nPolicy: p\n", {"bmad.yaml": f"version: 1\ngate: {{exempt: [{one}]}}\n"})
    repo.branch("work")
    repo.commit("work", "Typo\n", {"docs/a.md": "x\n"})
    assert repo.gate().exit == 3


# -- findings that are only reported ---------------------------------------------------------------------------


def reported(repo: Repo) -> GateReport:
    return repo.gate().replaced(report_only=True)


def test_what_is_only_reported_exits_0_and_never_says_pass(repo: Repo) -> None:
    repo.commit("work", "Untraced\n", {"src/find.py": "x\n"})
    report = reported(repo)
    assert (report.exit, report.ok, codes(report)) == (0, False, {"G01"})
    repo.branch("work", "main")
    repo.commit("work", story(FIND), {"src/find.py": "x\n"})
    sound = reported(repo)
    assert (sound.exit, sound.ok) == (0, True)
    for form in ("text", "github", "md"):
        for one in (report, sound):
            words = FORMATS[form](one)
            assert "pass" not in words.lower(), words
            assert "reported only" in words
    assert "::warning file=src/find.py" in FORMATS["github"](report)
    assert "::error" not in FORMATS["github"](report)


def test_what_cannot_be_judged_is_no_report(repo: Repo) -> None:
    repo.commit("work", b"NUL\0\n", {"src/find.py": "x\n"})
    report = reported(repo)
    assert report.exit == 3
    assert "pass" not in FORMATS["text"](report)

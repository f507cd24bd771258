"""A person's way: init, start, commit with hooks, trace, report."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.program import Ended, bmad, git
from tests.specs import SMALL, lock_for, write, write_small


def commit(repo: Path, message: str, *options: str) -> Ended:
    git("add", "--all", cwd=repo)
    done = subprocess.run(
        ["git", "commit", "--quiet", "-m", message, *options],
        cwd=repo,
        capture_output=True,
        check=False,
        text=True,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def loose(repo: Path, message: str) -> None:
    """Commit without any hook, as whoever wants to get round them."""
    git("add", "--all", cwd=repo)
    git("-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", message, cwd=repo)


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adopted")
    git("init", "--quiet", "--initial-branch", "main", cwd=folder)
    assert bmad("init", "--yes", "--hooks", cwd=folder).code == 0
    assert commit(folder, "Adopt bmad").code == 0
    write(folder, SMALL | {"specs/trace.lock": lock_for(SMALL)})
    assert commit(folder, "Map the intent").code == 0
    return folder


@pytest.fixture
def repo(adopted: Path, tmp_path: Path) -> Path:
    """A repository that has adopted bmad, with hooks and the small specification."""
    return shutil.copytree(adopted, tmp_path, dirs_exist_ok=True)


def test_init_in_an_empty_folder_makes_all_that_is_needed(tmp_path: Path) -> None:
    ended = bmad("init", "--yes", cwd=tmp_path)
    assert ended.code == 0
    assert "made a git repository" in ended.out
    policy = yaml.safe_load((tmp_path / "bmad.yaml").read_text(encoding="utf-8"))
    assert policy["gate"]["since"] == "root"
    assert "/.bmad/\n" in (tmp_path / ".gitignore").read_text(encoding="utf-8")
    assert "specs/trace.lock merge=union\n" in (tmp_path / ".gitattributes").read_text(encoding="utf-8")
    assert not list((tmp_path / ".git/hooks").glob("commit-msg"))
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert "next: write intent.md (what is wanted, and why), then: bmad map intent.md\n" in ended.out
    again = bmad("init", "--yes", cwd=tmp_path)
    assert "nothing to write" in again.out
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before
    (tmp_path / "intent.md").write_text("# Notes\n", encoding="utf-8")
    assert "next: bmad map intent.md\n" in bmad("init", "--yes", cwd=tmp_path).out


def test_init_adopts_an_old_repository_at_its_present_commit(tmp_path: Path) -> None:
    git("init", "--quiet", cwd=tmp_path)
    write(tmp_path, {"old.py": "x = 1\n", ".gitignore": "*.pyc", "sub/deep/file": ""})
    git("add", ".", cwd=tmp_path)
    git("commit", "--quiet", "-m", "Old work", cwd=tmp_path)
    head = git("rev-parse", "HEAD", cwd=tmp_path)
    ended = bmad("init", "--yes", "--ci", "github", "--json", cwd=tmp_path / "sub/deep")
    assert ended.code == 0
    assert json.loads(ended.out)["since"] == head
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8").startswith("*.pyc\n")
    workflow = yaml.safe_load((tmp_path / ".github/workflows/bmad.yml").read_text(encoding="utf-8"))
    steps = workflow["jobs"]["gate"]["steps"]
    assert steps[2]["with"]["fetch-depth"] == 0
    assert not [step for step in steps if "${{" in step.get("run", "")], "ids reach the shell by the environment"
    assert commit(tmp_path, "Adopt bmad").code == 0
    gate = bmad("gate", "--since", head, "--json", cwd=tmp_path)
    assert gate.code == 0, gate.out
    lines = json.loads(bmad("trace", "old.py", "--json", cwd=tmp_path).out)
    assert [chain["kind"] for chain in lines["chains"]] == ["before-adoption"]


def test_hooks_fill_in_the_trailer_and_refuse_what_the_gate_would(repo: Path) -> None:
    write(repo, {"src/store.py": "STORE = 1\n"})
    refused = commit(repo, "Store notes")
    assert refused.code == 1
    assert "src/store.py needs a story" in refused.err
    started = bmad("start", "STORY-store", cwd=repo)
    assert started.code == 0, started
    assert git("branch", "--show-current", cwd=repo) == "bmad/STORY-store1"
    assert commit(repo, "Store notes").code == 0
    assert git("log", "-1", "--format=%B", cwd=repo) == "Store notes\n\nStory: STORY-store1"
    write(repo, {"src/find.py": "FIND = 1\n"})
    outside = commit(repo, "Find notes")
    assert (outside.code, "outside the territory of STORY-store1" in outside.err) == (1, True)
    assert commit(repo, "Find notes\n\nStory: STORY-find01").code == 0, "the person's own trailer stays"
    assert git("log", "-1", "--format=%(trailers:key=Story,valueonly)", cwd=repo) == "STORY-find01"
    write(repo, {"src/find.py": "FIND = 2\n"})
    assert "STORY-none is no story" in commit(repo, "X\n\nStory: STORY-none").err
    git("checkout", "--quiet", "--", "src/find.py", cwd=repo)
    git("reset", "--quiet", "--hard", cwd=repo)
    assert bmad("gate", "--base", "main", cwd=repo).code == 0


def test_hooks_let_specification_and_policy_pass_as_the_gate_does(repo: Path) -> None:
    write(
        repo, {"stories/STORY-store1-store-a-note.md": SMALL["stories/STORY-store1-store-a-note.md"] + "More.\n"}
    )
    assert commit(repo, "Say more of a story").code == 0
    write(repo, {"bmad.yaml": (repo / "bmad.yaml").read_text(encoding="utf-8") + "\n"})
    assert "Policy: REASON" in commit(repo, "Change the policy").err
    assert commit(repo, "Change the policy\n\nPolicy: tidy").code == 0
    write(repo, {"bmad.yaml": (repo / "bmad.yaml").read_text(encoding="utf-8") + "\n", "src/x.py": ""})
    assert "commit it alone" in commit(repo, "Both\n\nPolicy: tidy").err


def test_a_squash_that_brings_its_record_needs_no_trailer_where_records_count(repo: Path) -> None:
    policy = (repo / "bmad.yaml").read_text(encoding="utf-8")
    record, code = "stories/records/STORY-store1.json", "src/store.py"
    git("switch", "--quiet", "-c", "work", cwd=repo)
    write(repo, {code: "STORE = 1\n", record: "{}\n"})
    loose(repo, "Store notes\n\nStory: STORY-store1")
    git("switch", "--quiet", "main", cwd=repo)

    def squash() -> Ended:
        git("merge", "--quiet", "--squash", "work", cwd=repo)
        return commit(repo, "Store notes by squash")

    assert "needs a story" in squash().err, "at level `scoped` no record says whose it is"
    git("reset", "--quiet", "--hard", cwd=repo)
    assert "level: scoped" in policy
    write(repo, {"bmad.yaml": policy.replace("level: scoped", "level: reviewed")})
    assert commit(repo, "Ask for reviews\n\nPolicy: tests").code == 0
    assert squash().code == 0
    write(repo, {code: "STORE = 2\n", record: "{ }\n"})
    assert "needs a story" in commit(repo, "An old record says nothing of a new change").err
    write(repo, {"stories/records/STORY-store1.2.json": "{}\n"})
    assert "outside the territory" in commit(repo, "Another's\n\nStory: STORY-find01").err
    write(repo, {"AGENTS.md": "Obey.\n"})
    assert "governed" in commit(repo, "With a record").err


def test_an_editor_template_and_an_amend_get_one_trailer(repo: Path) -> None:
    bmad("start", "STORY-store1", cwd=repo)
    write(repo, {"src/store.py": "STORE = 1\n"})
    editor = repo / ".git/editor.sh"
    editor.write_text(
        '#!/bin/sh\nprintf "Store notes\\n" | cat - "$1" > "$1.new" && mv "$1.new" "$1"\n', encoding="utf-8"
    )
    editor.chmod(0o755)
    git("add", ".", cwd=repo)
    os.environ["GIT_EDITOR"] = str(editor)
    try:
        git("commit", "--quiet", "--verbose", cwd=repo)
        git("commit", "--quiet", "--amend", "--no-edit", cwd=repo)
    finally:
        del os.environ["GIT_EDITOR"]
    assert git("log", "-1", "--format=%B", cwd=repo) == "Store notes\n\nStory: STORY-store1"


def test_a_hook_that_is_there_stays(repo: Path) -> None:
    hook = repo / ".git/hooks/commit-msg"
    hook.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    ended = bmad("hooks", "install", cwd=repo)
    assert ended.code == 2
    assert "is there already" in ended.out
    assert hook.read_text(encoding="utf-8") == "#!/bin/sh\nexit 0\n"


def test_start_here_binds_the_branch_that_is_checked_out(repo: Path) -> None:
    git("switch", "--quiet", "-c", "feature/x", cwd=repo)
    assert bmad("start", "STORY-find01", "--here", cwd=repo).code == 0
    write(repo, {"src/find.py": "FIND = 1\n"})
    assert commit(repo, "Find notes").code == 0
    assert "Story: STORY-find01" in git("log", "-1", "--format=%B", cwd=repo)


def test_start_says_what_stands_in_the_way(repo: Path) -> None:
    path = "stories/STORY-store1-store-a-note.md"
    write(repo, {path: SMALL[path].replace("- Territory: `src/store.py`\n", "")})
    ended = bmad("start", "STORY-store1", cwd=repo)
    assert (ended.code, "commit that alone on main first" in ended.err) == (2, True)
    assert git("branch", "--list", "bmad/*", cwd=repo) == "", "nothing is begun that the gate would refuse"
    policy = (repo / "bmad.yaml").read_text(encoding="utf-8")
    write(repo, {"bmad.yaml": policy.replace("level: scoped", "level: traced")})
    assert bmad("start", "STORY-store1", cwd=repo).code == 0
    write(repo, {path: SMALL[path].replace("FR-store1", "FR-gone")})
    ended = bmad("start", "STORY-store1", cwd=repo)
    assert (ended.code, "FR-gone, which is not there" in ended.err) == (2, True)


def test_start_here_says_where_work_gets_no_review(repo: Path) -> None:
    told = bmad("start", "STORY-store1", "--here", cwd=repo).out
    assert "gets no review" in told
    assert "leave out --here" in told
    git("switch", "--quiet", "-c", "release", cwd=repo)
    assert "gets no review" not in bmad("start", "STORY-store1", "--here", cwd=repo).out
    policy = (repo / "bmad.yaml").read_text(encoding="utf-8")
    write(repo, {"bmad.yaml": f"{policy}act: {{target: release}}\n"})
    assert "gets no review" in bmad("start", "STORY-store1", "--here", cwd=repo).out
    git("switch", "--quiet", "main", cwd=repo)
    assert "gets no review" not in bmad("start", "STORY-store1", "--here", cwd=repo).out


def test_start_says_that_an_old_branch_lacks_what_came_since(repo: Path) -> None:
    first = bmad("start", "STORY-store1", cwd=repo).out
    old = git("rev-parse", "HEAD", cwd=repo)
    git("switch", "--quiet", "main", cwd=repo)
    again = bmad("start", "STORY-store1", cwd=repo).out
    git("switch", "--quiet", "main", cwd=repo)
    write(repo, {"intent.md": SMALL["intent.md"] + "\nMore.\n"})
    loose(repo, "Say more")
    told = bmad("start", "STORY-store1", cwd=repo).out
    assert "lacks commits of main; before you work, bring it up: git rebase main" in told
    assert git("rev-parse", "HEAD", cwd=repo) == old, "no branch is moved"
    assert "lacks commits" not in first + again
    git("rebase", "--quiet", "main", cwd=repo)
    git("switch", "--quiet", "--detach", "main", cwd=repo)
    assert "lacks commits" not in bmad("start", "STORY-store1", cwd=repo).out
    write(repo, {"src/store.py": "x = 1\n"})
    loose(repo, "Store\n\nStory: STORY-store1")
    beside = bmad("start", "STORY-find01", cwd=repo).out
    assert "bmad/STORY-find01 begins at bmad/STORY-store1, another story's branch" in beside
    way = beside.partition("to begin at main: ")[2].partition("\n")[0]
    git(*way.removeprefix("git ").split(), cwd=repo)
    assert git("rev-parse", "HEAD", cwd=repo) == git("rev-parse", "main", cwd=repo), "what it says leads there"


@pytest.fixture(scope="module")
def begun(adopted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(adopted, tmp_path_factory.mktemp("begun"), dirs_exist_ok=True)
    bmad("start", "STORY-store1", cwd=folder)
    write(folder, {"src/store.py": "STORE = 1\nFILES = 1\n"})
    assert commit(folder, "Store notes").code == 0
    write(folder, {"src/find.py": "FIND = 1\n", "src/store.py": "STORE = 1\nFILES = 2\n"})
    assert commit(folder, "Find notes\n\nStory: STORY-find01\nStory: STORY-store1").code == 0
    return folder


@pytest.fixture
def worked(begun: Path, tmp_path: Path) -> Path:
    """Two stories worked on, on their branch."""
    return shutil.copytree(begun, tmp_path, dirs_exist_ok=True)


def test_a_line_is_traced_to_the_sentence(worked: Path) -> None:
    report = json.loads(bmad("trace", "src/store.py:1", "--json", cwd=worked).out)
    (line,) = report["lines"]
    assert (line["line"], line["story"], line["statements"]) == (1, "STORY-store1", ["INT-req002"])
    (chain,) = report["chains"]
    assert chain["commit"] == line["commit"] == git("rev-parse", "HEAD~1", cwd=worked)
    assert chain["requirements"] == ["FR-store1"]
    assert chain["statements"] == [
        {"id": "INT-req002", "quote": "A note is stored as one file.", "path": "intent.md", "lines": [10, 10]}
    ]
    text = bmad("trace", "src/store.py:1", cwd=worked).out
    assert "“A note is stored as one file.”" in text
    assert "intent.md:10" in text


def test_every_line_of_a_file_and_a_span(worked: Path) -> None:
    report = json.loads(bmad("trace", "src/store.py", "--json", cwd=worked).out)
    assert [(line["line"], line["story"]) for line in report["lines"]] == [
        (1, "STORY-store1"),
        (2, "STORY-store1"),
    ]
    assert [chain["story"] for chain in report["chains"]] == ["STORY-store1", "STORY-store1"]
    span = json.loads(bmad("trace", "src/store.py:2-2", "--json", cwd=worked).out)
    assert [line["line"] for line in span["lines"]] == [2]


@pytest.mark.parametrize(
    ("query", "commits", "stories"),
    [
        ("STORY-store1", 2, {"STORY-store1"}),
        ("STORY-store1/AC-1", 2, {"STORY-store1"}),
        ("STORY-f", 1, {"STORY-find01"}),
        ("FR-find01", 1, {"STORY-find01"}),
        ("INT-goal01", 1, {"STORY-find01"}),
        ("EPIC-notes1", 2, {"STORY-find01", "STORY-store1"}),
        ("HEAD", 1, {"STORY-find01", "STORY-store1"}),
        ("main..HEAD", 2, {"STORY-find01", "STORY-store1"}),
    ],
)
def test_ids_and_commits_lead_down_and_up(worked: Path, query: str, commits: int, stories: set[str]) -> None:
    report = json.loads(bmad("trace", query, "--json", cwd=worked).out)
    assert len({chain["commit"] for chain in report["chains"]}) == commits
    assert {chain["story"] for chain in report["chains"]} == stories
    assert all(chain["files"] for chain in report["chains"])


def test_a_short_hash_and_an_older_revision(worked: Path) -> None:
    short = git("rev-parse", "--short=9", "HEAD~1", cwd=worked)
    report = json.loads(bmad("trace", short, "--json", cwd=worked).out)
    assert [chain["story"] for chain in report["chains"]] == ["STORY-store1"]
    older = json.loads(bmad("trace", "src/store.py:2", "--rev", "HEAD~1", "--json", cwd=worked).out)
    assert older["lines"][0]["text"] == "FILES = 1"


def test_an_untraced_commit_says_so(worked: Path) -> None:
    write(worked, {"loose.py": "x = 1\n"})
    loose(worked, "Loose")
    report = json.loads(bmad("trace", "loose.py:1", "--json", cwd=worked).out)
    assert [(chain["kind"], chain["story"]) for chain in report["chains"]] == [("untraced", None)]


def test_the_board_follows_git(worked: Path) -> None:
    board = json.loads(bmad("status", "--json", cwd=worked).out)
    assert {story["id"]: (story["state"], story["commits"]) for story in board["stories"]} == {
        "STORY-store1": ("active", 2),
        "STORY-find01": ("active", 1),
    }
    assert board["coverage"]["with_commits"] == 3
    assert board["stories"][0]["usd"] is None


def test_the_report_says_what_a_change_is_for(worked: Path) -> None:
    report = json.loads(bmad("report", "--base", "main", "--json", cwd=worked).out)
    assert report["ok"]
    assert [story["id"] for story in report["stories"]] == ["STORY-store1", "STORY-find01"]
    assert [story["files"] for story in report["stories"]] == [["src/store.py"], ["src/find.py"]]
    assert report["coverage_delta"] == {"gained": ["FR-find01", "FR-store1"], "lost": []}
    assert report["trailers"] == ["Story: STORY-store1", "Story: STORY-find01"]
    text = bmad("report", "--base", "main", cwd=worked).out
    assert "> A note is stored as one file." in text
    assert text.endswith("```\nStory: STORY-store1\nStory: STORY-find01\n```\n")
    write(worked, {"loose.py": "x = 1\n"})
    loose(worked, "Loose <script> [x](http://evil) @all")
    hostile = bmad("report", "--base", "main", cwd=worked).out
    assert "**Untraced**" in hostile
    assert "<script>" not in hostile
    assert "http://" not in hostile
    assert "G01" in hostile


def test_an_older_adoption_and_another_root(tmp_path: Path) -> None:
    write_small(tmp_path)
    assert bmad("status", cwd=tmp_path).code == 0, "a folder without git has a board too"
    assert json.loads(bmad("status", "--json", cwd=tmp_path).out)["stories"][0]["commits"] is None

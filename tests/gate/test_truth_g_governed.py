"""What CI, hooks, editors and agents of today run is governed by name, whatever stands at that name."""

from pathlib import Path

import pytest

from bmad.core.paths import Classifier, PathClass, touches
from bmad.model.commits import Change
from bmad.model.settings import Level
from tests.gate.records import CODE, REVIEWED, add, at, record
from tests.gate.repo import FIND, MAPPED, POLICY, Content, Repo, passes, refuses, respecified, story
from tests.layout import LAYOUT

STORY_AT = "stories/STORY-find01-find-notes.md"

RUN_TODAY = [
    ".windsurf/rules/x.md",
    ".vscode/tasks.json",
    "sub/.vscode/mcp.json",
    ".agents/x.md",
    ".kilocode/rules/a",
    ".qwen/settings.json",
    ".factory/droids/a.md",
    ".trae/rules/project_rules.md",
    ".zed/tasks.json",
    "QWEN.md",
    "AGENT.md",
    "lib/AGENT.md",
    ".devcontainer/devcontainer.json",
    "Jenkinsfile",
    "Jenkinsfile.release",
    "ci/Jenkinsfile",
    ".azure-pipelines/main.yml",
    ".pipelines/a.yml",
    "buildspec.yml",
    ".cirrus.star",
    ".drone.star",
    ".zuul.yaml",
    ".zuul.d/jobs.yaml",
    ".harness/pipeline.yaml",
    "codefresh.yml",
    ".codefresh/a.yml",
    "bitrise.yml",
    ".mergify.yml",
    ".mergify/config.yml",
    "renovate.json",
    ".renovaterc.json5",
    ".github/renovate.json5",
    "bors.toml",
    ".github/scripts/a.sh",
    ".github/hooks/h.json",
    ".github/skills/s/SKILL.md",
    ".github/rulesets/main.json",
    "prek.toml",
    ".config/lefthook.yml",
    ".lintstagedrc.json",
    "web/lint-staged.config.mjs",
    ".overcommit.yml",
    "web/.husky/pre-commit",
    "azure-pipelines-nightly.yml",
    ".github/dependabot.yml",
    ".github/CODEOWNERS",
    "docs/CODEOWNERS",
    ".gitlab/CODEOWNERS",
    ".gitea/CODEOWNERS",
    "src/.gitattributes",
    ".envrc",
    "a/.envrc",
    ".pre-commit-config.yaml",
    ".idea/runConfigurations/x.xml",
    ".aider.conf.yml",
    ".junie/guidelines.md",
    "infra/cloudbuild.prod.yaml",
    "ops/x.gitlab-ci.yml",
    "azure-pipelines/steps.yml",
    ".vela.yml",
    "codeship-steps.yml",
    ".depot/workflows/ci.yml",
    "app/.eas/workflows/build.yml",
    "Dangerfile",
    "dangerfile.ts",
    "greptile.json",
    "ellipsis.yaml",
    ".continuerules",
    ".mise.local.toml",
]

PLAIN = [
    "src/husky.py",
    "docs/jenkins.md",
    "Jenkins",
    "src/vscode/tasks.json",
    ".vscode/extensions.json",
    "docs/agents/x.md",
    "agents.py",
    "src/CODEOWNERS.md",
    "zuul.py",
    "github/workflows/x.yml",
    "src/.github/workflows/x.yml",
    ".github/ISSUE_TEMPLATE/bug.md",
    "lefthook.go",
    "src/renovate.json",
    "docs/rules.md",
    ".rulesets/x",
    "src/mcp.json",
    "notes/AGENTS.txt",
    "buildspec.py",
    "src/dangerfile.py",
    "docs/ellipsis.md",
    "azure.py",
]


@pytest.mark.parametrize("path", RUN_TODAY)
def test_g_what_is_run_today_is_governed(path: str) -> None:
    classify = Classifier(LAYOUT)
    assert classify(path.encode()).klass is PathClass.GOVERNED
    assert classify.why(path)
    upper = path.upper() if path.upper() != path else path.lower()
    assert classify(upper.encode()).klass in (PathClass.TWIN, PathClass.GOVERNED), upper


@pytest.mark.parametrize("path", PLAIN)
def test_g_what_nobody_runs_by_its_name_is_code(path: str) -> None:
    assert Classifier(LAYOUT)(path.encode()).klass is PathClass.CODE
    assert Classifier(LAYOUT).why(path) == ""


def test_g_a_page_below_the_root_may_be_called_as_agents_files_are() -> None:
    """It is changed as a governed file is; at the root it is a look-alike."""
    classify = Classifier(LAYOUT)
    assert classify(b"docs/agents.md").klass is PathClass.GOVERNED
    assert classify.why("docs/agents.md")
    assert classify(b"agents.md").klass is PathClass.TWIN
    assert classify("docs/a\u200dgents.md".encode()).klass is PathClass.TWIN


SHORT = [
    "BMAD~1.YAM",
    "bmad~2.yam",
    "BM3F2A~1.YAM",
    "GITHUB~1/workflows/x.yml",
    ".github/WORKFL~1/x.yml",
    "CLAUDE~1/settings.json",
    "src/CLAUDE~1/x",
    "src/CL0A1F~1/x",
    "HUSKY~1/pre-commit",
    "GITATT~1",
    "src/GITATT~1",
    "GITMOD~1",
    "GI7D29~1",
    "VSCODE~1/tasks.json",
    ".vscode/TASKS~1.JSO",
    "PRE-CO~1.YAM",
    "ENVRC~1",
    "BMAD~1/journal.db",
    "MCP~1.JSO",
    "JENKIN~1",
    "AIDER~1.YML",
    "LEFTHO~1.YML",
]


@pytest.mark.parametrize("path", SHORT)
def test_g_a_short_name_of_ntfs_stands_in_for_no_governed_one(path: str) -> None:
    """A checkout there writes through it into what is governed, where that stands."""
    assert Classifier(LAYOUT)(path.encode()).klass in (PathClass.TWIN, PathClass.GOVERNED)


@pytest.mark.parametrize(
    "path", ["notes~1.txt", "backup/file~1", "src/find.py~1~", "README~1.MD", "src/~1", "a~b/c", "src/BMAD~1.YAM"]
)
def test_g_other_names_with_a_tilde_are_code(path: str) -> None:
    assert Classifier(LAYOUT)(path.encode()).klass is PathClass.CODE


LINKED = [".husky", ".circleci", ".githooks", ".cursor", ".github", ".github/actions", "web/.husky", ".vscode"]


@pytest.mark.parametrize("path", [*LINKED, "ops", "ops/ci", "a/tools"])
@pytest.mark.parametrize("mode", ["120000", "160000"])
def test_d_a_link_in_place_of_a_governed_folder_is_governed(path: str, mode: str) -> None:
    classify = Classifier(LAYOUT, ("ops/ci/**", "**/tools/**"))
    change = Change(path.encode(), "000000", mode, "0" * 40, "1" * 40)
    assert classify.of(change).klass is PathClass.GOVERNED
    gone = change._replace(old_mode=mode, new_mode="000000")
    assert classify.of(gone).klass is PathClass.GOVERNED


@pytest.mark.parametrize("path", ["docs", "src", "ci", "lib/github", "opsy"])
def test_d_other_links_are_not(path: str) -> None:
    classify = Classifier(LAYOUT, ("ops/ci/**",))
    assert classify.of(Change(path.encode(), "000000", "120000", "0" * 40, "1" * 40)).klass is PathClass.CODE


REACHED = [
    ("deploy/*.sh", "deploy"),
    ("deploy/*/run.sh", "deploy"),
    ("deploy/*/run.sh", "deploy/prod"),
    ("deploy/**/run.sh", "deploy/eu/prod"),
    ("de?loy/run.sh", "deploy"),
    ("app/[id]/run.sh", "app/[id]"),
    ("**/migrations/*.sql", "migrations"),
    ("**/migrations/*.sql", "app/migrations"),
    ("**/migrations/*.sql", "a/migrations/b/migrations"),
    ("**/a/**/run.sh", "x/a/y"),
]
NOT_REACHED = [
    ("deploy/*.sh", "deploy/old"),
    ("deploy/*.sh", "deploy/old/latest"),
    ("deploy/*/run.sh", "deploy/eu/prod"),
    ("deploy/**/run.sh", "src"),
    ("**/*.sql", "src"),
    ("**/migrations/*.sql", "app"),
    ("**/migrations/*.sql", "a/migrations/b"),
]


@pytest.mark.parametrize(("glob", "path"), REACHED)
def test_d_a_link_in_place_of_a_folder_that_a_glob_goes_through_is_governed(glob: str, path: str) -> None:
    change = Change(path.encode(), "000000", "120000", "0" * 40, "1" * 40)
    assert Classifier(LAYOUT, (glob,)).of(change).klass is PathClass.GOVERNED
    assert touches((glob,), change), "and so is the truth of `oracle`"


@pytest.mark.parametrize(("glob", "path"), NOT_REACHED)
def test_d_a_link_beside_what_a_glob_goes_through_is_not(glob: str, path: str) -> None:
    change = Change(path.encode(), "000000", "120000", "0" * 40, "1" * 40)
    assert Classifier(LAYOUT, (glob,)).of(change).klass is PathClass.CODE


def widened(repo: Repo, *names: str) -> None:
    """A territory on the base that names paths sign for sign."""
    globs = ", ".join(f"`{name}`" for name in (*names, "src/find.py", "tests/find/**"))
    repo.commit("main", "Spec\n", respecified({STORY_AT: ("`src/find.py`, `tests/find/**`", globs)}))
    repo.branch("work")


@pytest.mark.parametrize("content", [("120000", "src/hooks"), "#!/bin/sh\n"], ids=["link", "file"])
@pytest.mark.parametrize("name", [".husky", ".github/actions"])
def test_d_a_governed_folder_by_another_mode(repo: Repo, name: str, content: Content) -> None:
    widened(repo, name)
    repo.commit("work", story(FIND), {name: content})
    refuses(repo.gate(), "G06")


def test_d_a_link_elsewhere_passes_under_its_story(repo: Repo) -> None:
    widened(repo, "src/latest")
    repo.commit("work", story(FIND), {"src/latest": ("120000", "find.py")})
    passes(repo.gate())


def governing(policy: str, *globs: str) -> dict[str, Content]:
    """A mapped project whose policy governs more."""
    return {**MAPPED, "bmad.yaml": policy.replace("since: root", f"since: root, governed: {list(globs)}")}


BROKEN = {
    "intent.md": ("Notes are found", "Notes were found"),
    "specs/prd.md": ("INT-req002", "INT-none01"),
    STORY_AT: ("Implements: FR-find01", "Implements: FR-none01"),
}
"""What makes a document invalid."""


@pytest.mark.parametrize("path", BROKEN)
def test_g_a_specification_that_the_policy_governs_has_to_be_valid_too(tmp_path: Path, path: str) -> None:
    repo = Repo(tmp_path / "r.git", governing(POLICY, "intent.md", "specs/**", "stories/*.md"))
    repo.branch("work")
    text = str(MAPPED[path])
    assert BROKEN[path][0] in text
    why = "Reword\n\nPolicy: asked for\n"
    repo.commit(
        "work", why, {path: f"# Notes\n\n{text}" if path == "intent.md" else text.replace("must", "should")}
    )
    passes(repo.gate())
    repo.branch("work")
    repo.commit("work", why, {path: text.replace(*BROKEN[path])})
    refuses(repo.gate(), "G13")


@pytest.mark.parametrize("level", [Level.SCOPED, Level.REVIEWED])
def test_g_a_record_that_the_policy_governs_is_one_all_the_same(tmp_path: Path, level: Level) -> None:
    """It comes with a commit of its story, and is never changed; the policy only asks for more."""
    policy = REVIEWED.replace("level: reviewed", f"level: {level}")
    repo = Repo(tmp_path / "r.git", governing(policy, "stories/records/**"))
    head = repo.commit("work", story(FIND), CODE, onto=repo.base)
    made = record(repo, FIND, "main", "work")
    bare = repo.commit("work", "Record\n\nPolicy: it landed\n", {at(FIND): made.as_json()})
    refuses(repo.gate(), "G14")
    repo.git("update-ref", "refs/heads/work", head)
    add(repo, "work", made)
    refuses(repo.gate(), "G06")
    repo.commit("work", f"{story(FIND)}Policy: it landed\n", {at(FIND): made.as_json()}, onto=head)
    passes(repo.gate())
    repo.branch("main", "work")
    other = made.model_copy(update={"authors": ("B <b@x>",)})
    repo.commit("work", f"{story(FIND)}Policy: tidy\n", {at(FIND): other.as_json()})
    refuses(repo.gate(), "G14")
    assert bare != head

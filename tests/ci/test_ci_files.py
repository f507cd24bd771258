"""What `bmad init --ci` writes: linted where the linters are, and its steps run as a host runs them."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bmad.core.ci_files import (
    COMPONENT,
    GITHUB_FILE,
    GITLAB_ENTRY,
    GITLAB_FILE,
    bots,
    github,
    gitlab,
    gitlab_component,
    gitlab_stage,
    package_fault,
)
from tests.gate.repo import FIND, Repo, story
from tests.program import bmad, git

HASH = "ab" * 20
WHEEL = "https://h/bmad-1-py3-none-any.whl"
LOOSE = ["bmad", "bmad>=1", "a/b@v1", "git+https://x/y", "git+https://x/y@main", "-r x", ""]
ACTION = f"owner/bmad@{HASH}"
FORMS = {"package": github("main", "bmad==0.1.0"), "action": github("re;lease", ACTION)}


@pytest.mark.parametrize("form", FORMS)
def test_a_workflow_is_pinned_and_takes_no_text_of_anybody(form: str) -> None:
    flow = yaml.safe_load(FORMS[form])
    events = flow[True]
    assert set(events) == {"pull_request", "merge_group", "push"}
    assert "edited" in events["pull_request"]["types"]
    assert flow["permissions"] == {}
    [job] = flow["jobs"].values()
    assert job["permissions"] == {"contents": "read", "pull-requests": "write"}
    for step in job["steps"]:
        assert "${{" not in step.get("run", "")
        assert "vars." not in json.dumps(step)
        assert "secrets." not in json.dumps(step)
        if "uses" in step:
            assert len(step["uses"].partition("@")[2]) in (40, 64)
    checkout = next(one for one in job["steps"] if "checkout" in one.get("uses", ""))
    assert checkout["with"]["persist-credentials"] is False
    assert checkout["with"]["fetch-depth"] == 0
    if form == "package":
        install = next(at for at, one in enumerate(job["steps"]) if "PACKAGE" in one.get("env", {}))
        assert install < job["steps"].index(checkout), "nothing of the change is there when bmad is installed"
        assert "python -I -m" in job["steps"][install]["run"]


def test_a_branch_of_any_name_is_a_text_of_the_workflow() -> None:
    assert yaml.safe_load(github('a"b: [x]', "bmad==1"))[True]["push"]["branches"] == ['a"b: [x]']


@pytest.mark.parametrize(
    ("entry", "stage"),
    [
        ("", "test"),
        ("build: {script: [make]}\n", "test"),
        ("stages: [build, test]\n", "test"),
        ("stages: [ 'build', deploy ]  # no tests\n", "build"),
        ("stages:\n  - build\n  - test\njob: {}\n", "test"),
        ('stages:   # in order\n\n# first\n- "check it" # all\n- deploy\njob: {}\n', "check it"),
        ("stages: [\n  lint,\n  deploy,\n]\n", "lint"),
        ("stages:\r\n  - build\r\n", "build"),
        ("stages:\n  - build", "build"),
        ("stages: [.pre, build]\n", "build"),
        ("stages: !reference [.all, stages]\n", "test"),
        ("stages:\n  - !reference [.all, stages]\n", "test"),
        ("job:\n  stages: [x]\n", "test"),
    ],
)
def test_the_job_is_of_a_stage_that_the_project_lists(entry: str, stage: str) -> None:
    assert gitlab_stage(entry) == stage
    assert yaml.safe_load(gitlab("bmad==1", stage))["bmad gate"]["stage"] == stage


@pytest.mark.parametrize("package", LOOSE)
def test_what_may_be_another_thing_next_time_is_not_installed(package: str, tmp_path: Path) -> None:
    assert package_fault(package)
    git("init", "--quiet", cwd=tmp_path)
    ended = bmad("init", "--yes", "--ci", "github", f"--package={package}", cwd=tmp_path)
    assert ended.code == 2
    assert not (tmp_path / "bmad.yaml").exists()


@pytest.mark.parametrize(
    "package",
    ["bmad==0.1.0", "bmad[server]==1.0", f"git+https://h/o/r@{HASH}", WHEEL, ACTION],
)
def test_what_is_pinned_is(package: str) -> None:
    assert package_fault(package) is None
    assert package in github("main", package)


@pytest.mark.parametrize("name", ["actionlint", "zizmor"])
@pytest.mark.parametrize("form", FORMS)
def test_linters_of_workflows_find_nothing(name: str, form: str, tmp_path: Path) -> None:
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    flow = tmp_path / GITHUB_FILE
    flow.parent.mkdir(parents=True)
    flow.write_text(FORMS[form], encoding="utf-8")
    words = [program, "--offline", str(flow)] if name == "zizmor" else [program, str(flow)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def steps(text: str) -> dict[str, str]:
    [job] = yaml.safe_load(text)["jobs"].values()
    return {one["name"]: one["run"] for one in job["steps"] if "run" in one}


@pytest.fixture
def runner(tmp_path: Path) -> Path:
    """The folder of a runner's own, with bmad where the workflow has put it, and a `gh` that notes its calls."""
    temp = tmp_path / "temp"
    (temp / "bmad/bin").mkdir(parents=True)
    program = temp / "bmad/bin/bmad"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m bmad "$@"\n', encoding="utf-8")
    gh = temp / "gh"
    gh.write_text(
        '#!/bin/sh\necho "$*" >> "$RUNNER_TEMP/calls"\n'
        'case "$*" in *--jq*) cat "$RUNNER_TEMP/known" 2>/dev/null ;; *) exit "${REFUSED:-0}" ;; esac\n',
        encoding="utf-8",
    )
    for one in (program, gh):
        one.chmod(0o755)
    return temp


def run(script: str, cwd: Path, runner: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """A step as GitHub's runner has it: `bash -e` on a file."""
    file = runner / "step.sh"
    file.write_text(script, encoding="utf-8")
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "CI"))}
    environ |= {"RUNNER_TEMP": str(runner), "PATH": f"{runner}:{environ['PATH']}", **env}
    return subprocess.run(
        ["bash", "-e", str(file)], cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )


def test_the_steps_of_the_workflow_judge_and_tell(tmp_path: Path, runner: Path) -> None:
    """A file of the change that would be imported, were the work tree on Python's path, changes nothing."""
    repo = Repo(tmp_path / "repo.git")
    repo.branch("work")
    files = {"src/find.py": "x = 1\n", "bmad.py": "raise SystemExit(0)\n", "typer.py": "raise SystemExit(0)\n"}
    made = repo.commit("work", story(FIND), files)
    clone = tmp_path / "clone"
    git("clone", "--quiet", "--branch", "work", str(repo.root), str(clone), cwd=tmp_path)
    event = tmp_path / "event.json"
    pull = {"base": {"ref": "main"}, "head": {"sha": made, "repo": {"full_name": "a/b"}}}
    about = {"repository": {"full_name": "a/b", "default_branch": "main"}, "pull_request": pull}
    event.write_text(json.dumps(about), encoding="utf-8")
    flow = steps(FORMS["package"])
    done = run(
        flow["Judge"],
        clone,
        runner,
        GITHUB_ACTIONS="true",
        GITHUB_EVENT_NAME="pull_request",
        GITHUB_EVENT_PATH=str(event),
        GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"),
    )
    assert done.returncode == 1, done.stderr
    assert "G04" in (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert (runner / "bmad-comment.md").read_text(encoding="utf-8").startswith("<!-- bmad")


def test_the_comment_is_made_once_and_updated_in_place(tmp_path: Path, runner: Path) -> None:
    tell = steps(FORMS["package"])["One comment, updated in place"]
    env = {"GITHUB_REPOSITORY": "a/b", "NUMBER": "7", "GH_TOKEN": "x"}
    assert run(tell, tmp_path, runner, **env).returncode == 0
    assert not (runner / "calls").exists(), "nothing is told where nothing was judged"
    (runner / "bmad-comment.md").write_text("<!-- bmad -->\n", encoding="utf-8")
    assert run(tell, tmp_path, runner, **env).returncode == 0
    assert (
        " repos/a/b/issues/7/comments -F body=@" in (runner / "calls").read_text(encoding="utf-8").splitlines()[-1]
    )
    (runner / "known").write_text("42\n43\n", encoding="utf-8")
    assert run(tell, tmp_path, runner, **env).returncode == 0
    last = (runner / "calls").read_text(encoding="utf-8").splitlines()[-1]
    assert "-X PATCH repos/a/b/issues/comments/42 -F body=@" in last
    refused = run(tell, tmp_path, runner, **env, REFUSED="1")
    assert refused.returncode == 0, "who may not comment is not refused for it"
    assert "may write no comment" in refused.stdout


def test_gitlabs_job_is_included_and_runs_in_requests_and_on_the_default_branch(tmp_path: Path) -> None:
    git("init", "--quiet", cwd=tmp_path)
    ended = bmad("init", "--yes", "--ci", "gitlab", cwd=tmp_path)
    assert ended.code == 0
    assert yaml.safe_load((tmp_path / GITLAB_ENTRY).read_text(encoding="utf-8")) == {
        "include": [{"local": GITLAB_FILE}]
    }
    job = yaml.safe_load((tmp_path / GITLAB_FILE).read_text(encoding="utf-8"))["bmad gate"]
    assert job["variables"] == {"GIT_DEPTH": "0", "GIT_STRATEGY": "clone"}, (
        "a pipeline's variables go before these"
    )
    assert "merge_request_event" in job["rules"][0]["if"]
    assert job["artifacts"]["reports"]["codequality"] == "gl-code-quality-report.json"
    assert bmad("init", "--yes", "--ci", "gitlab", cwd=tmp_path).out.count("stays as it is") >= 2
    (tmp_path / GITLAB_FILE).unlink()
    (tmp_path / GITLAB_ENTRY).write_text("test: {script: [make]}\n", encoding="utf-8")
    again = bmad("init", "--yes", "--ci", "gitlab", cwd=tmp_path).out
    assert f"include: [{{local: {GITLAB_FILE}}}]" in again
    assert "next: commit these files, with the adoption where bmad.yaml is not committed yet" in again
    assert "next: commit" not in bmad("init", "--yes", "--ci", "gitlab", cwd=tmp_path).out, "nothing was written"


def component(**inputs: str) -> str:
    """The component as GitLab fills it in."""
    head, _, body = gitlab_component().partition("\n---\n")
    wanted = yaml.safe_load(head)["spec"]["inputs"]
    for name, one in wanted.items():
        default = one.get("default")
        value = inputs.get(name, json.dumps(default).strip('"'))
        assert "regex" not in one or re.search(one["regex"], value), value
        body = body.replace(f"$[[ inputs.{name} ]]", value)
    return body


def test_gitlabs_component_is_the_job_with_inputs() -> None:
    written = Path(__file__).parents[2] / COMPONENT
    assert written.read_text(encoding="utf-8") == gitlab_component(), "run python -m bmad.core.ci_files"
    filled, job = (
        yaml.safe_load(text)["bmad gate"] for text in (component(package="bmad==1.2"), gitlab("bmad==1.2"))
    )
    assert "$[[" not in component(package="bmad==1.2")
    assert filled.pop("script") != job.pop("script")
    assert filled == job
    page = (Path(__file__).parents[2] / "docs/ci.md").read_text(encoding="utf-8")
    [shown] = yaml.safe_load(page[page.index("include:\n  - component") :].partition("```")[0])["include"]
    assert (
        shown["inputs"].keys()
        == yaml.safe_load(gitlab_component().partition("\n---\n")[0])["spec"]["inputs"].keys()
    )
    assert shown["component"].endswith(f"/{COMPONENT.stem}@VERSION")


@pytest.mark.parametrize(
    "package",
    ["bmad", "bmad>=1", "git+https://x/y@main", 'bmad==1" --index-url x', "bmad==$(id)", "https://x/`id`.whl"],
)
def test_gitlabs_component_takes_what_is_the_same_each_time(package: str) -> None:
    with pytest.raises(AssertionError):
        component(package=package)


@pytest.mark.parametrize("form", ["job", "component", "report-only"])
def test_gitlabs_script_fetches_the_branches_that_it_needs(form: str, tmp_path: Path, runner: Path) -> None:
    repo = Repo(tmp_path / "repo.git")
    repo.branch("work")
    made = repo.commit("work", story(FIND), {"src/find.py": "x = 1\n"})
    if form != "job":
        made = repo.commit("work", "Add what no story asks for", {"src/find.py": "x = 2\n"})
    clone = tmp_path / "clone"
    git("init", "--quiet", str(clone), cwd=tmp_path)
    git("remote", "add", "origin", str(repo.root), cwd=clone)
    git("fetch", "--quiet", "origin", "work", cwd=clone)
    git("checkout", "--quiet", "--detach", "FETCH_HEAD", cwd=clone)
    only = {"report-only": "true"} if form == "report-only" else {}
    text = gitlab("bmad==0.1.0") if form == "job" else component(package="bmad==0.1.0", **only)
    job = yaml.safe_load(text)["bmad gate"]
    env = {
        "BMAD_REPORT_ONLY": "true",  # as of whoever starts the pipeline
        "GITLAB_CI": "true",
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_DEFAULT_BRANCH": "main",
        "CI_COMMIT_SHA": made,
        "CI_PROJECT_ID": "1",
        "CI_MERGE_REQUEST_PROJECT_ID": "1",
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    }
    script = "\n".join([job["before_script"][-1], *job["script"]]).replace("/opt/bmad", f"{runner}/bmad")
    done = run(script, clone, runner, **env)
    assert done.returncode == (form == "component"), done.stderr
    if form != "job":
        assert "G01" in done.stdout
        return
    assert "gate: pass" in done.stdout
    assert json.loads((clone / "gl-code-quality-report.json").read_text(encoding="utf-8")) == []


def test_robots_that_are_found_get_an_exemption_by_their_author() -> None:
    kept = (".github/dependabot.yml", "package-lock.json", "package.json")
    [one] = bots(kept, 'updates:\n  - package-ecosystem: "github-actions"\n')
    [found] = yaml.safe_load(one.replace("YEAR", "2030"))
    assert found["by"] == "dependabot[bot]"
    assert found["paths"] == [".github/workflows/**", "package.json", "package-lock.json"]
    [less] = bots(kept, "updates:\n  - package-ecosystem: npm\n")
    assert '"package.json"' in less
    assert "workflows" not in less, "CI is its own to change only where somebody asked it to"
    assert bots(("package.json",)) == []
    assert "renovate[bot]" in bots(("renovate.json", "uv.lock"))[0]

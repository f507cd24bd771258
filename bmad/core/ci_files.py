"""What `bmad init --ci` writes for a code host: a workflow, or a GitLab job. All else is `bmad ci`'s.

Nothing of an event stands in a command: `bmad ci` reads base and head itself, so no name of a branch is ever part
of a shell's text. What is installed and how it is called is no variable of GitLab's, which a pipeline's own
variables go before. Actions are named by the whole hash of a commit, credentials are not kept, and what a change
brings into the work tree is neither run nor imported: bmad is installed, isolated, before anything is checked out.
"""

import json
import re
from pathlib import Path

CHECKOUT = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2"
SETUP_PYTHON = "actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0"

GITHUB_FILE = ".github/workflows/bmad.yml"
GITLAB_FILE = ".gitlab/bmad.gitlab-ci.yml"
GITLAB_ENTRY = ".gitlab-ci.yml"
COMPONENT = Path("templates/gate.yml")
"""Where GitLab looks for the component of this name."""

_ACTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9_./-]+@(?:[0-9a-f]{40}|[0-9a-f]{64})")
_STAGES = re.compile(
    r"^stages:[ \t]*(?:\[(?P<row>[^\]]*)\]|(?:#.*)?\n(?P<rows>(?:[ \t]*(?:[-#].*)?\n)*))", re.MULTILINE
)
_PINNED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[A-Za-z0-9,._-]+\])?==[A-Za-z0-9.!+_-]+")
_URL = re.compile(r"(?:git\+)?https://[A-Za-z0-9._~:/@%+=&?#-]+")


def package_fault(package: str) -> str | None:
    """What keeps a package from being installed the same each time; None where nothing does."""
    if _ACTION.fullmatch(package) or _PINNED.fullmatch(package):
        return None
    if not _URL.fullmatch(package):
        return "is neither NAME==VERSION, nor an https URL, nor an action OWNER/REPO@HASH with a whole hash"
    if package.startswith("git+") and not re.search(r"@(?:[0-9a-f]{40}|[0-9a-f]{64})(?:#.*)?$", package):
        return "is a branch or tag that may move; name the whole hash of a commit behind an @"
    return None


_GITHUB = """\
# Refuses changes that are not traced to the intent. `bmad ci` takes base and head from the event.
# A fork's request runs with no secret and no variable, and may write nothing. Make the job a required check, with
# code owners for this file: a change can edit the workflow that judges it.
name: bmad
on:
  pull_request:
    types: [opened, synchronize, reopened, edited] # edited: another base is another judgement
  merge_group:
  push:
    branches: [{branch}]
permissions: {{}}
concurrency:
  group: bmad-${{{{ github.event_name }}}}-${{{{ github.event.pull_request.number || github.sha }}}}
  cancel-in-progress: ${{{{ github.event_name == 'pull_request' }}}}
jobs:
  gate:
    name: bmad gate
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      contents: read
      pull-requests: write # for the one comment; a fork's token has no such right, whatever stands here
    steps:
{install}\
      - uses: {checkout}
        with:
          ref: ${{{{ github.event.pull_request.head.sha || github.sha }}}}
          fetch-depth: 0
          persist-credentials: false
{run}\
      - name: One comment, updated in place
        if: >-
          always() && github.event_name == 'pull_request' &&
          github.event.pull_request.head.repo.full_name == github.repository
        env:
          GH_TOKEN: ${{{{ github.token }}}}
          NUMBER: ${{{{ github.event.pull_request.number }}}}
        run: |
{comment}
"""

_COMMENT = """\
test -f "$RUNNER_TEMP/bmad-comment.md" || exit 0
comments="repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments"
own='.[] | select(.user.login == "github-actions[bot]") | select(.body | startswith("<!-- bmad")) | .id'
told() { gh api --silent "$@" -F body=@"$RUNNER_TEMP/bmad-comment.md"; }
id=$(gh api --paginate "$comments" --jq "$own" | head -n 1) || id=
if [ -n "$id" ]; then told -X PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id"; else told "$comments"; fi ||
  echo "::notice::The token of this run may write no comment; the summary of the job has all of it."
"""

_INSTALL = """\
      - uses: {python}
        with:
          python-version: "3.12"
      - name: Install bmad, before anything of the change is here
        env:
          PACKAGE: {package}
        run: |
          python -I -m venv "$RUNNER_TEMP/bmad"
          "$RUNNER_TEMP/bmad/bin/python" -I -m pip install --quiet --disable-pip-version-check "$PACKAGE"
"""

_RUN = """\
      - name: Judge
        run: |
          "$RUNNER_TEMP/bmad/bin/bmad" ci --comment "$RUNNER_TEMP/bmad-comment.md"
"""

_USES = """\
      - name: Judge
        uses: {action}
        with:
          comment: ${{{{ runner.temp }}}}/bmad-comment.md
"""


def github(branch: str, package: str) -> str:
    """The workflow, for the default branch of a repository."""
    by_action = _ACTION.fullmatch(package) is not None
    return _GITHUB.format(
        branch=json.dumps(branch),
        checkout=CHECKOUT,
        install="" if by_action else _INSTALL.format(python=SETUP_PYTHON, package=json.dumps(package)),
        run=_USES.format(action=package) if by_action else _RUN,
        comment="\n".join(f"          {line}" for line in _COMMENT.rstrip().split("\n")),
    )


_GITLAB_HEAD = """\
# Refuses changes that are not traced to the intent. `bmad ci` takes base and head from the job.
# Include it in .gitlab-ci.yml; better from a project where no change can edit it (pipeline execution policy).
"""
_COMPONENT_HEAD = """\
# The gate as a component of GitLab's CI/CD catalog: refuses changes that are not traced to the intent.
# Written by `python -m bmad.core.ci_files`.
spec:
  inputs:
    package:
      description: "What is installed: bmad==VERSION, the https URL of a wheel, or git+https://…@HASH."
      regex: ^(bmad==[0-9][0-9A-Za-z.+]*|https://[^ "$`\\\\]+[.]whl|git[+]https://[^ "$`\\\\]+@[0-9a-f]{40})$
    stage:
      description: The stage of the job; one that the pipeline lists.
      default: test
    report-only:
      description: Find all the same, and refuse nothing.
      type: boolean
      default: false
---
"""
_GITLAB = """\
bmad gate:
  stage: {stage}
  image: python:3.12-slim
  variables:
    GIT_DEPTH: "0"
    GIT_STRATEGY: clone # what another job left in a kept folder's .git is not asked
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  before_script:
    - apt-get update -qq && apt-get install -qq -y --no-install-recommends git > /dev/null
    - python -I -m venv /opt/bmad
    - /opt/bmad/bin/python -I -m pip install --quiet --disable-pip-version-check {package}
    - |
      if [ -n "${{CI_MERGE_REQUEST_TARGET_BRANCH_NAME:-}}" ]; then
        from=origin
        [ "$CI_MERGE_REQUEST_PROJECT_ID" = "$CI_PROJECT_ID" ] || from="$CI_MERGE_REQUEST_PROJECT_URL.git"
        for branch in "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME" "$CI_DEFAULT_BRANCH"; do
          git fetch --quiet --no-tags "$from" "+refs/heads/$branch:refs/remotes/origin/$branch"
        done
      fi
  script:
    - {words}/opt/bmad/bin/bmad ci{given} --code-quality gl-code-quality-report.json
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
"""


def gitlab(package: str, stage: str = "test") -> str:
    """The job, to be included."""
    named = json.dumps(stage) if stage != "test" else stage
    return _GITLAB_HEAD + _GITLAB.format(package=json.dumps(package), stage=named, words="", given="")


def gitlab_component() -> str:
    """The same job with inputs, as GitLab's catalog of components takes it."""
    return _COMPONENT_HEAD + _GITLAB.format(
        package='"$[[ inputs.package ]]"',
        stage='"$[[ inputs.stage ]]"',
        words='if [ "$[[ inputs.report-only ]]" = true ]; then set -- --report-only; fi; ',
        given=' "$@"',
    )


def gitlab_stage(entry: str) -> str:
    """The stage of the job beside those of a `.gitlab-ci.yml`; GitLab starts nothing where one is not listed."""
    found = _STAGES.search(f"{entry}\n".replace("\r\n", "\n"))
    if found is None:
        return "test"
    listed = found["row"].replace("\n", ",").split(",") if found["row"] else (found["rows"] or "").split("\n")
    bare = (re.sub(r"(?:^|\s)#.*", "", one).strip().removeprefix("-").strip().strip("\"'") for one in listed)
    names = [one for one in bare if one and not one.startswith(("!", "*", "."))]
    return "test" if "test" in names or not names else names[0]


def gitlab_entry() -> str:
    """A `.gitlab-ci.yml` for a project that has none."""
    return f"include:\n  - local: {GITLAB_FILE}\n"


_BOTS = {
    ".github/dependabot.yml": "dependabot[bot]",
    ".github/dependabot.yaml": "dependabot[bot]",
    "renovate.json": "renovate[bot]",
    "renovate.json5": "renovate[bot]",
    ".renovaterc": "renovate[bot]",
    ".renovaterc.json": "renovate[bot]",
    ".github/renovate.json": "renovate[bot]",
    ".github/renovate.json5": "renovate[bot]",
    ".gitlab/renovate.json": "renovate[bot]",
}
DEPENDABOT = tuple(path for path, bot in _BOTS.items() if bot == "dependabot[bot]")
_LOCKS = ("package-lock.json", "pnpm-lock.yaml", "yarn.lock", "poetry.lock", "uv.lock", "Cargo.lock", "go.sum")
_MANIFESTS = ("package.json", "pyproject.toml", "requirements.txt", "Cargo.toml", "go.mod", "Gemfile")


_ACTIONS = re.compile(r"""package-ecosystem["']?[ \t]*:[ \t]*["']?github-actions\b""")


def bots(paths: tuple[str, ...], dependabot: str = "") -> list[str]:
    """An exemption in YAML for each robot that the tracked files show, of the files that it keeps up to date.

    Workflows are Dependabot's where its file, `dependabot`, says so, and Renovate's unless somebody forbids it.
    """
    found = dict.fromkeys(bot for path, bot in _BOTS.items() if path in paths)
    kept = [name for name in (*_MANIFESTS, *_LOCKS) if name in paths]
    flows = [".github/workflows/**"] if any(one.startswith(".github/") for one in paths) else []
    named = _ACTIONS.search(dependabot) is not None
    globs = {bot: [*(flows if named or bot != "dependabot[bot]" else []), *kept] for bot in found}
    return [
        f"- {{paths: {json.dumps(keeps)}, by: {json.dumps(bot)}, reason: updates, owner: NAME, until: YEAR-12-31}}"
        for bot, keeps in globs.items()
        if keeps
    ]


if __name__ == "__main__":
    COMPONENT.write_text(gitlab_component(), encoding="utf-8")

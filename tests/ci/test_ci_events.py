"""`bmad ci` over a real clone, in the environments that code hosts make: requests, queues, pushes, adoptions."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bmad.core.ci_events import host_of
from bmad.errors import UsageError
from bmad.git.read.history import open_history
from bmad.pipeline.gate.gate import GateRequest, forewarned
from bmad.pipeline.trace.report import ReportRequest, report
from bmad.render.ci import summary as summary_of
from bmad.store.formats import TextFormats
from tests.gate.records import CODE, REVIEWED, reviewed
from tests.gate.repo import FIND, POLICY, At, Repo, story
from tests.program import Ended, bmad, git

ZEROS = "0" * 40
WHEN = datetime(2026, 11, 20, tzinfo=UTC)
Env = Mapping[str, str]


class Host:
    """A repository of a host, and a clone of it as a job has it."""

    def __init__(self, repo: Repo, clone: Path) -> None:
        self.repo, self.clone, self.files = repo, clone, clone.parent
        git("clone", "--quiet", str(repo.root), str(clone), cwd=clone.parent)

    def fetched(self, commit: str) -> None:
        git("fetch", "--quiet", "--prune", "origin", "+refs/heads/*:refs/remotes/origin/*", cwd=self.clone)
        git("checkout", "--quiet", "--detach", commit, cwd=self.clone)

    def github(self, name: str, event: dict[str, Any], **more: str) -> tuple[Ended, str]:
        """What a job of GitHub Actions says, and its summary."""
        (self.files / "event.json").write_text(json.dumps(event), encoding="utf-8")
        (self.files / "summary.md").unlink(missing_ok=True)
        env = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(self.files / "event.json"),
            "GITHUB_STEP_SUMMARY": str(self.files / "summary.md"),
            **more,
        }
        ended = bmad("ci", "--comment", str(self.files / "comment.md"), cwd=self.clone, env=env)
        told = self.files / "summary.md"
        return ended, told.read_text(encoding="utf-8") if told.exists() else ""

    def request(self, head: str, *, fork: bool = False, target: str = "main") -> tuple[Ended, str]:
        self.fetched(head)
        repo = {"full_name": "mallory/notes" if fork else "ada/notes"}
        return self.github(
            "pull_request",
            {
                "repository": {"full_name": "ada/notes", "default_branch": "main"},
                "pull_request": {"base": {"ref": target}, "head": {"sha": head, "repo": repo}},
            },
        )

    def push(self, before: str, after: str, branch: str = "main", **more: Any) -> tuple[Ended, str]:
        self.fetched(after)
        event = {
            "repository": {"full_name": "ada/notes", "default_branch": "main"},
            "ref": f"refs/heads/{branch}",
            "before": before,
            "after": after,
            **more,
        }
        return self.github("push", event)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    repo = Repo(tmp_path / "repo.git")
    repo.branch("work")
    return Host(repo, tmp_path / "clone")


def test_a_request_is_judged_against_the_tip_of_its_branch_and_told_in_summary_and_comment(host: Host) -> None:
    made = host.repo.commit("work", story(FIND), {"src/find.py": "x = 1\n"})
    ended, summary = host.request(made)
    assert ended.code == 0, ended
    assert "bmad gate: pass" in summary
    assert "What this change is for" in summary
    assert FIND in summary
    comment = (host.files / "comment.md").read_text(encoding="utf-8")
    assert comment.startswith("<!-- bmad")
    assert "fork" not in comment


def test_a_forks_request_is_refused_alike_and_says_where_it_is_told(host: Host) -> None:
    made = host.repo.commit("work", "Untraced `x` <b>\n", {"src/find.py": "x = 1\n"})
    ended, summary = host.request(made, fork=True)
    assert ended.code == 1
    assert "::error file=src/find.py" in ended.out
    assert "G01" in summary
    assert "whose token may write no comment" in summary
    assert "<b>" not in summary


def test_a_request_to_a_branch_without_a_policy_is_no_way_around_the_default_branch(host: Host) -> None:
    """It would be green, and could be turned to the default branch then."""
    host.repo.commit("old", "Old\n", {"a.py": "x\n"}, onto=None)
    made = host.repo.commit("odd", "Adopt\n", {"bmad.yaml": POLICY}, onto=host.repo.tip("old"))
    ended, _ = host.request(made, target="old")
    assert ended.code == 3
    assert "--require-policy" in ended.out


def test_nor_is_a_push_to_one(host: Host) -> None:
    """It would bring a policy that calls all before it older than the adoption."""
    old = host.repo.commit("old", "Old\n", {"a.py": "x\n"})
    host.repo.commit("old", "More\n", {"a.py": "y\n"})
    made = host.repo.commit("old", "Adopt\n", {"bmad.yaml": "version: 1\n"})
    ended, summary = host.push(old, made, "old")
    assert ended.code == 3
    assert "old had no bmad.yaml before this push, and main has one, so it is judged against main" in summary


def test_a_queue_takes_its_base_from_the_event(host: Host) -> None:
    before = host.repo.commit("queue", story(FIND), {"src/find.py": "x = 1\n"}, onto=host.repo.tip("main"))
    made = host.repo.commit("queue", "Untraced\n", {"src/store.py": "y\n"})
    host.fetched(made)
    group = {"base_ref": "refs/heads/main", "base_sha": before, "head_sha": made}
    event = {"repository": {"default_branch": "main"}, "merge_group": group}
    ended, summary = host.github("merge_group", event)
    assert ended.code == 1
    assert f"Base `{before}`" in summary
    event["merge_group"] = {**group, "head_sha": before, "base_sha": host.repo.tip("main")}
    assert host.github("merge_group", event)[0].code == 0


def test_a_record_is_for_the_branch_that_the_event_names(host: Host) -> None:
    """As where the base is named on the command line; the honest twin was made for that branch."""
    for branch, code in (("other", 1), ("main", 0)):
        base = host.repo.commit("main", "Ask\n\nPolicy: why\n", {"bmad.yaml": REVIEWED})
        host.repo.branch("work")
        reviewed(host.repo, FIND, CODE, target=f"refs/heads/{branch}")
        head = host.repo.tip("work")
        ended, summary = host.request(head)
        assert (ended.code, "passes it" in summary) == (code, not code)
        group = {"base_ref": "refs/heads/main", "base_sha": base, "head_sha": head}
        event = {"repository": {"default_branch": "main"}, "merge_group": group}
        assert host.github("merge_group", event)[0].code == code


def test_a_push_is_an_audit_from_the_old_tip(host: Host) -> None:
    before = host.repo.tip("main")
    made = host.repo.commit("main", story(FIND), {"src/find.py": "x = 1\n"})
    assert host.push(before, made)[0].code == 0
    untraced = host.repo.commit("main", "Untraced\n", {"src/find.py": "x = 2\n"})
    assert host.push(made, untraced)[0].code == 1


def test_first_pushes_and_rewritten_ones(host: Host) -> None:
    made = host.repo.commit("work", story(FIND), {"src/find.py": "x = 1\n"})
    ended, summary = host.push(ZEROS, made, "work", created=True)
    assert (ended.code, "no earlier tip of work, so it is judged against main" in summary) == (0, True)
    ended, summary = host.push("a1" * 20, made, "work", forced=True)
    assert (ended.code, "was rewritten" in summary) == (0, True)
    ended, _ = host.push("a1" * 20, host.repo.tip("main"))
    assert ended.code == 3
    assert "history was rewritten" in ended.err
    ended, _ = host.push(ZEROS, host.repo.tip("main"), created=True)
    assert ended.code in (1, 3), "the project's own first commit is code without a story"


def test_what_is_deleted_or_tagged_is_nothing_to_judge(host: Host) -> None:
    for event in ({"deleted": True}, {"ref": "refs/tags/v1", "after": host.repo.tip("main")}):
        ended, _ = host.github("push", event)
        assert ended.code == 0
        assert "nothing to judge" in ended.out


def test_adoption_and_all_before_the_first_map(tmp_path: Path) -> None:
    """On another default branch than main; nothing exits 2."""
    repo = Repo(tmp_path / "repo.git", {})
    repo.commit("trunk", "Old\n", {"a.py": "x\n"})
    repo.branch("adopt", "trunk")
    policy = f"version: 1\ngate: {{level: scoped, since: {repo.tip('trunk')}}}\n"
    adopted = repo.commit("adopt", "Adopt bmad\n", {"bmad.yaml": policy, ".gitignore": "/.bmad/\n"})
    repo.git("symbolic-ref", "HEAD", "refs/heads/trunk")
    host = Host(repo, tmp_path / "clone")

    def request(head: str) -> tuple[Ended, str]:
        host.fetched(head)
        event = {
            "repository": {"full_name": "a/b", "default_branch": "trunk"},
            "pull_request": {"base": {"ref": "trunk"}, "head": {"sha": head, "repo": {"full_name": "a/b"}}},
        }
        return host.github("pull_request", event)

    ended, summary = request(adopted)
    assert ended.code == 0, ended
    assert "can only adopt bmad" in summary
    repo.branch("trunk", "adopt")
    intent = repo.commit("intent", "Say it\n", {"intent.md": "# Notes\n\n- Notes are found.\n"}, onto=adopted)
    assert request(intent)[0].code == 0
    code = repo.commit("code", "Code\n", {"b.py": "x\n"}, onto=adopted)
    assert request(code)[0].code == 1


@pytest.mark.parametrize("link", ["q.json", "reports"])
def test_no_link_of_the_change_has_a_report_written_elsewhere(host: Host, link: str) -> None:
    made = host.repo.commit("work", story(FIND), {"src/find.py": "x = 1\n"})
    host.fetched(made)
    (host.files / "kept").mkdir()
    kept = host.files / "kept" / "q.json"
    kept.write_text("kept")
    env = {**MERGE, "CI_COMMIT_SHA": made}
    name = "q.json" if link == "q.json" else "reports/q.json"
    (host.clone / link).symlink_to(kept if link == "q.json" else kept.parent)
    ended = bmad("ci", "--code-quality", name, cwd=host.clone, env=env)
    assert (ended.code, kept.read_text()) == (2, "kept")
    assert "leads elsewhere by a link" in ended.err
    alias = host.files / "alias"
    alias.symlink_to(host.clone)
    ended = bmad("ci", "--code-quality", str(alias / name), cwd=host.clone, env=env)
    assert (ended.code, kept.read_text()) == (2, "kept"), "the clone by another name is the clone"
    (host.clone / link).unlink()
    assert bmad("ci", "--code-quality", "q.json", cwd=host.clone, env=env).code == 0
    assert json.loads((host.clone / "q.json").read_text()) == []


# -- without a clone -------------------------------------------------------------------------------------------

HEAD = "ab" * 20
GITLAB = {"GITLAB_CI": "true", "CI_DEFAULT_BRANCH": "main", "CI_COMMIT_SHA": HEAD}
MERGE = GITLAB | {
    "CI_PIPELINE_SOURCE": "merge_request_event",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    "CI_MERGE_REQUEST_PROJECT_ID": "1",
    "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1",
}


def test_gitlab_says_it_in_variables() -> None:
    asked = host_of(MERGE, {}).asked
    assert (asked.what, asked.target, asked.base, asked.head, asked.fork) == ("request", "main", "", HEAD, False)
    assert host_of(MERGE | {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2"}, {}).asked.fork
    merged = host_of(MERGE | {"CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "cd" * 20}, {}).asked
    assert merged.head == "cd" * 20
    train = {"CI_MERGE_REQUEST_EVENT_TYPE": "merge_train", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "cd" * 20}
    assert host_of(MERGE | train, {}).asked[:4] == ("queue", "main", "main", "cd" * 20)
    pushed = GITLAB | {"CI_COMMIT_BRANCH": "main", "CI_COMMIT_BEFORE_SHA": "cd" * 20}
    assert host_of(pushed, {}).asked.before == "cd" * 20
    assert host_of(pushed | {"CI_COMMIT_BEFORE_SHA": ZEROS}, {}).asked.before == ""
    assert host_of(GITLAB | {"CI_COMMIT_TAG": "v1"}, {}).asked.what == "nothing"


def test_a_review_of_a_request_starts_what_the_request_does() -> None:
    """Else it would have a green check of that name on the very commit that was refused."""
    request = {"base": {"ref": "main"}, "head": {"sha": HEAD}}
    for name in ("pull_request", "pull_request_review", "pull_request_review_comment"):
        env = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": name, "GITHUB_REF": "refs/pull/1/merge"}
        asked = host_of({**env, "GITHUB_SHA": "cd" * 20}, {"pull_request": request}).asked
        assert (asked.what, asked.target, asked.head) == ("request", "main", HEAD)


@pytest.mark.parametrize(
    ("environ", "event"),
    [
        ({}, {}),
        ({"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request_target"}, {}),
        ({"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request"}, {}),
        (
            {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request"},
            {"pull_request": {"head": {"sha": "-x"}}},
        ),
        ({"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request"}, {"pull_request": [1]}),
        ({"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "merge_group"}, {"merge_group": {"head_sha": HEAD}}),
        ({"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push"}, {"ref": "refs/heads/main", "after": "main"}),
        (
            {
                "GITHUB_ACTIONS": "true",
                "GITHUB_EVENT_NAME": "odd",
                "GITHUB_SHA": HEAD,
                "GITHUB_REF": "refs/pull/1/merge",
            },
            {},
        ),
    ],
)
def test_an_event_that_says_too_little_is_told(environ: Env, event: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        host_of(environ, event)


@pytest.mark.parametrize("words", ["", "[]", "{", "[" * 100_000])
def test_an_event_that_is_none_is_told(host: Host, words: str) -> None:
    event = host.files / "odd.json"
    event.write_text(words, encoding="utf-8")
    env = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(event)}
    ended = bmad("ci", cwd=host.clone, env=env)
    assert (ended.code, "Traceback" in ended.err) == (2, False)
    assert "no event that can be read" in ended.err


def test_what_comes_to_no_verdict_is_told_where_an_earlier_pass_stands(host: Host) -> None:
    made = host.repo.commit("work", story(FIND), {"src/find.py": "x = 1\n"})
    (host.files / "comment.md").write_text("of an earlier run: pass", encoding="utf-8")
    ended, summary = host.push("ab" * 20, made, forced=True)
    comment = (host.files / "comment.md").read_text(encoding="utf-8")
    assert ended.code == 3
    assert ended.out.startswith("::error title=bmad ci::The tip that main had before this push")
    for told in (summary, comment):
        assert "nothing was judged (exit 3), which is never a pass" in told
        assert "history was rewritten" in told
        assert ": pass" not in told


def test_reported_only_says_neither_passed_nor_refused_anywhere(host: Host) -> None:
    made = host.repo.commit("work", story(FIND), {"src/find.py": "x = 1\n"})
    host.fetched(made)
    gate = GateRequest("refs/remotes/origin/main", made, report_only=True)
    history = open_history(host.clone, dict(os.environ))
    verdict = forewarned(history, TextFormats(), At(WHEN), gate)
    about = report(history, TextFormats(), At(WHEN), ReportRequest("refs/remotes/origin/main", made))
    words = summary_of(verdict, about, ())
    assert "this is no verdict" in words
    assert "✅" not in words
    assert "passes" not in words
    assert "The gate passes it" in summary_of(verdict.replaced(report_only=False), about, ())

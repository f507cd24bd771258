"""`bmad gate` as a program: exit codes, the JSON contract, the formats."""

import json
import os
from pathlib import Path

import pytest

from tests import program
from tests.gate.repo import FIND, Repo, story
from tests.program import Ended

CODE = {"src/find.py": "x = 1\n"}
KEYS = {
    "schema",
    "ok",
    "level",
    "base",
    "head",
    "policy_from",
    "target",
    "merge",
    "attest",
    "as_of",
    "commits",
    "findings",
}


def bmad(repo: Repo, *arguments: str, **environ: str) -> Ended:
    words = ("gate", "--repo", str(repo.root), *arguments)
    return program.bmad(*words, cwd=Path(__file__).parents[2], env={**os.environ, **environ})


RANGE = ("--base", "refs/heads/main", "--head", "refs/heads/work")


def test_json_of_a_pass(repo: Repo) -> None:
    made = repo.commit("work", story(FIND), CODE)
    done = bmad(repo, *RANGE, "--json")
    assert done.code == 0, done.err
    document = json.loads(done.out)
    assert document.keys() >= KEYS
    assert document["schema"] == "bmad.gate/1"
    assert document["ok"] is True
    assert document["level"] == "scoped"
    assert document["commits"] == [
        {"commit": made, "kind": "story", "verdict": "pass", "stories": [FIND], "findings": []}
    ]


def test_json_of_a_refusal(repo: Repo) -> None:
    repo.commit("work", "Work\n", CODE)
    done = bmad(repo, *RANGE, "--json")
    assert done.code == 1
    document = json.loads(done.out)
    assert document["ok"] is False
    (found,) = document["commits"][0]["findings"]
    assert found.keys() >= {"code", "message", "path", "fix"}
    assert (found["code"], found["path"]) == ("G01", "src/find.py")


def test_text_has_a_fix_for_each_refusal(repo: Repo) -> None:
    repo.commit("work", "Work\n", CODE)
    repo.commit("work", story(FIND), {"src/other.py": "x\n"})
    done = bmad(repo, *RANGE)
    assert done.code == 1
    assert done.out.count("fix: ") == done.out.count("  G0")
    for word in ("level   scoped", "attest: none", repo.base, repo.tip("work"), "refs/heads/main", "as of"):
        assert word in done.out


def test_text_says_what_a_pass_proves(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE)
    done = bmad(repo, *RANGE)
    assert done.code == 0
    assert "What a pass proves: every code change outside governed files is claimed by a" in done.out
    assert "never proves that the code is right" in done.out


def test_github_and_markdown(repo: Repo) -> None:
    repo.commit("work", "Work\n", {"src/a,b:c%.py": "x\n"})
    told = bmad(repo, *RANGE, "--format", "github").out
    assert told.startswith("::error file=src/a%2Cb%3Ac%25.py,title=bmad G01::")
    told = bmad(repo, *RANGE, "--format", "md").out
    assert "| G01 |" in told


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--base", "no-such-name"), 2),
        ((), 2),
        ((*RANGE, "--level", "traced"), 2),
        ((*RANGE, "--since", "main"), 2),
        ((*RANGE, "--format", "nonsense"), 2),
    ],
)
def test_wrong_usage(repo: Repo, arguments: tuple[str, ...], code: int) -> None:
    repo.commit("work", story(FIND), CODE)
    done = bmad(repo, *arguments)
    assert done.code == code, done.err
    assert done.out == ""


def test_cannot_answer(repo: Repo, tmp_path: Path) -> None:
    assert bmad(repo, "--repo", str(tmp_path)).code == 3
    empty = Repo(tmp_path / "empty.git", {})
    assert bmad(empty).code == 3
    (repo.root / "shallow").write_text(repo.base + "\n")
    done = bmad(repo, *RANGE, "--json")
    assert done.code == 3
    assert json.loads(done.out)["findings"][0]["code"] == "G12"


def test_old_git(repo: Repo, tmp_path: Path) -> None:
    shim = tmp_path / "git"
    shim.write_text('#!/bin/sh\necho "git version 2.38.9"\n')
    shim.chmod(0o755)
    done = bmad(repo, *RANGE, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert done.code == 3
    assert "2.39" in done.err
    assert bmad(repo, *RANGE, PATH=str(tmp_path / "none")).code == 3


def test_f_who_triggered_ci_is_not_who_wrote(repo: Repo) -> None:
    policy = (
        "version: 1\ngate:\n  exempt: [{paths: ['docs/**'], by: bot, reason: r, owner: o, until: 2999-01-01}]\n"
    )
    repo.commit("main", "Policy\n\nPolicy: docs\n", {"bmad.yaml": policy})
    repo.branch("work")
    repo.commit("work", "Docs\n", {"docs/a.md": "x\n"}, author="bot <b@x>")
    assert bmad(repo, *RANGE, BMAD_ACTOR="ada").code == 0
    repo.commit("work", "Docs\n", {"docs/a.md": "y\n"})
    assert bmad(repo, *RANGE, BMAD_ACTOR="bot").code == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_another_users_repository(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE)
    for folder, _, _ in os.walk(repo.root):
        os.chown(folder, 12345, 12345)
    done = bmad(repo, *RANGE)
    assert done.code == 3
    assert f"git config --global --add safe.directory {repo.root}" in done.err
    repo.git("config", "--global", "--add", "safe.directory", str(repo.root))
    assert bmad(repo, *RANGE).code == 0

"""Rows 17-35: ranges, refs and history. Each beside an honest twin."""

import os
import subprocess
from pathlib import Path

import pytest

from bmad.errors import CannotAnswerError, UsageError
from bmad.git.read.history import open_history
from tests.gate.repo import FIND, MAPPED, STORE, Repo, kinds, passes, refuses, story

CODE = {"src/find.py": "x = 1\n"}


def at(root: Path) -> Repo:
    """A repository that is there already."""
    made = Repo.__new__(Repo)
    made.root = root
    made.clock = 1_800_000_000
    return made


@pytest.mark.parametrize("trap", ["refs/heads/origin/main", "refs/tags/origin/main"])
def test_row_17_ambiguous_base(repo: Repo, trap: str) -> None:
    repo.commit("work", "Work\n", CODE)
    repo.git("update-ref", "refs/remotes/origin/main", repo.base)
    repo.git("update-ref", trap, repo.tip("work"))
    report = repo.gate(base="origin/main")
    refuses(report, "G12")
    assert "ambiguous" in report.findings[0].message
    refuses(repo.gate(base="refs/remotes/origin/main"), "G01")


def test_row_17_twin(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE)
    repo.git("update-ref", "refs/remotes/origin/main", repo.base)
    for base in ("origin/main", repo.base, "work~1", "refs/heads/main", repo.base[:10]):
        passes(repo.gate(base=base))


def test_row_17_name_like_an_id(repo: Repo) -> None:
    repo.commit("work", "Work\n", CODE)
    repo.git("update-ref", f"refs/heads/{repo.base[:8]}", repo.tip("work"))
    refuses(repo.gate(base=repo.base[:8]), "G12")


def test_row_17_options_are_no_names(repo: Repo) -> None:
    for name in ("--all", "", "no-such", "main:bmad.yaml", "main..work", "@{-1}", "*"):
        with pytest.raises(UsageError):
            repo.gate(base=name)


def test_a_name_of_no_commit_is_told_for_what_it_is(repo: Repo) -> None:
    """A tag may lead anywhere, and what is at hand is not to be fetched."""
    tree, blob = repo.tip("main^{tree}"), repo.tip("main:bmad.yaml")
    repo.git("tag", "file", blob)
    repo.git("-c", "user.name=A", "-c", "user.email=a@x", "tag", "-a", "-m", "t", "folder", tree)
    for name, kind in (("file", "blob"), ("folder", "tree"), (tree, "tree")):
        with pytest.raises(UsageError, match=f"names a {kind}, where a commit is asked for"):
            repo.gate(base=name)


def test_row_18_empty_range_says_so(repo: Repo) -> None:
    repo.commit("main", story(FIND), CODE)
    for base, head in (("main", "main"), ("main", "work")):
        report = repo.gate(head, base)
        passes(report)
        assert "empty" in report.notes[0]


def test_row_19_and_20_shallow_and_missing(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE)
    repo.commit("work", story(FIND), {"src/find.py": "x = 2\n"})
    missing = repo.tip("work~1:src/find.py")
    repo.git("cat-file", "-e", missing)
    commit = repo.tip("work~1")
    passes(repo.gate())
    (repo.root / "objects" / commit[:2] / commit[2:]).unlink()
    refuses(repo.gate(), "G12")


def test_row_20_partial_clone_fetches_nothing(repo: Repo, tmp_path: Path) -> None:
    repo.commit("work", story(FIND), CODE)
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    subprocess.run(
        ["git", "clone", "-q", "--bare", "--filter=blob:none", f"file://{repo.root}", str(clone)], check=True
    )
    report = at(clone).gate()
    refuses(report, "G12")
    assert "refetch" in report.findings[0].message


def test_row_21_replace_refs(repo: Repo) -> None:
    bad = repo.commit("work", "Work\n", CODE)
    good = repo.commit("other", story(FIND), CODE, onto=repo.base)
    repo.git("replace", bad, good)
    refuses(repo.gate(), "G01")


def test_row_22_grafts(repo: Repo) -> None:
    repo.commit("work", "Work\n", CODE)
    tip = repo.commit("work", story(FIND), {"src/find.py": "x = 2\n"})
    (repo.root / "info").mkdir(exist_ok=True)
    (repo.root / "info/grafts").write_text(f"{tip} {repo.base}\n")
    refuses(repo.gate(head=tip), "G01")


def test_row_23_side_branches_are_read(repo: Repo) -> None:
    repo.branch("side")
    repo.commit("side", "Work\n", CODE)
    repo.commit("work", story(STORE), {"src/store.py": "y = 1\n"})
    repo.merge("work", "side")
    report = repo.gate()
    refuses(report, "G01")
    assert len(report.commits) == 3


def test_row_24_octopus(repo: Repo) -> None:
    repo.branch("one")
    repo.branch("two")
    one = repo.commit("one", story(FIND), CODE)
    two = repo.commit("two", story(STORE), {"src/store.py": "y = 1\n"})
    files = CODE | {"src/store.py": "y = 1\n"}
    repo.commit("work", "Merge all\n", files, parents=[one, two])
    refuses(repo.gate(), "G05")


def test_row_24_twin(repo: Repo) -> None:
    for name, message, files in (
        ("one", story(FIND), CODE),
        ("two", story(STORE), {"src/store.py": "y = 1\n"}),
    ):
        repo.branch(name)
        repo.commit(name, message, files)
        repo.merge("work", name)
    passes(repo.gate())


def test_row_25_unrelated_history(repo: Repo) -> None:
    stray = repo.commit("stray", "Elsewhere\n", {"src/evil.py": "x\n"})
    repo.commit("work", "Merge\n", {"src/evil.py": "x\n"}, parents=[stray])
    refuses(repo.gate(), "G12")


def test_row_26_and_28_what_the_base_has_is_left_out_by_id_only(repo: Repo) -> None:
    repo.commit("main", "Untraced, but landed\n", {"src/other.py": "x = 9\n"})
    repo.commit("work", story(FIND), CODE)
    repo.merge("work", "main")
    passes(repo.gate())
    copy = repo.commit("work", "Untraced, but landed\n", {"src/other.py": "x = 9\ny\n"})
    assert copy
    refuses(repo.gate(), "G01")


def test_row_29_dates_decide_nothing(repo: Repo) -> None:
    repo.clock = 1
    repo.commit("work", "Long ago\n", CODE)
    repo.clock = 4_000_000_000
    repo.commit("work", story(FIND), {"src/find.py": "x = 2\n"})
    report = repo.gate()
    refuses(report, "G01")
    assert len(report.commits) == 2


def test_row_30_the_result_names_what_it_measured(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE)
    report = repo.gate()
    assert (report.base, report.head) == (repo.base, repo.tip("work"))
    assert report.merge == repo.tip("work^{tree}")


def test_row_31_squash_without_trailers(repo: Repo) -> None:
    repo.commit("main", "Find (#3)\n\n* one\n* two\n", CODE)
    refuses(repo.gate("main", "main~1"), "G01")


def revert(repo: Repo, branch: str, target: str, files: dict[str, str | None]) -> str:
    return repo.commit(branch, f'Revert "Work"\n\nThis reverts commit {target}.\n', files)


def test_row_33_revert_must_be_the_inverse(repo: Repo) -> None:
    made = repo.commit("work", story(FIND), CODE)
    revert(repo, "work", made, {"src/find.py": "# not what it was\n"})
    refuses(repo.gate(), "G01")


def test_row_33_revert_of_something_landed_must_be_the_inverse(repo: Repo) -> None:
    made = repo.commit("main", story(FIND), CODE)
    repo.branch("work")
    revert(repo, "work", made, {"src/find.py": "# not what it was\n"})
    refuses(repo.gate(), "G01")


def test_row_33_revert_of_what_was_untraced(repo: Repo) -> None:
    made = repo.commit("main", "Work\n", CODE)
    repo.branch("work")
    revert(repo, "work", made, {"src/find.py": str(MAPPED["src/find.py"])})
    refuses(repo.gate(), "G01")


def test_row_33_twins(repo: Repo) -> None:
    made = repo.commit("main", story(FIND), CODE)
    repo.branch("work")
    back = revert(repo, "work", made, {"src/find.py": str(MAPPED["src/find.py"])})
    passes(repo.gate())
    revert(repo, "work", back, CODE)  # type: ignore[arg-type]
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["revert", "revert"]
    assert {commit.stories for commit in report.commits} == {(FIND,)}


def test_row_33_revert_of_a_landed_merge(repo: Repo) -> None:
    repo.branch("topic")
    repo.commit("topic", story(FIND), CODE)
    repo.commit("main", story(STORE), {"src/store.py": "y\n"})
    merged = repo.merge("main", "topic")
    parent = repo.tip("main^1")
    repo.branch("work")
    message = f'Revert "Merge"\n\nThis reverts commit {merged}, reversing\nchanges made to {parent}.\n'
    repo.commit("work", message, {"src/find.py": MAPPED["src/find.py"]})
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["revert"]


def test_row_34_cherry_pick_keeps_its_trailer(repo: Repo) -> None:
    repo.commit("work", f"Work\n\nStory: {FIND}\n(cherry picked from commit {'b' * 40})\n", CODE)
    passes(repo.gate())


def test_row_35_sha256(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "wide.git", algorithm="sha256")
    repo.branch("work")
    repo.commit("work", story(FIND), CODE)
    repo.commit("main", story(STORE), {"src/store.py": "y\n"})
    repo.merge("work", "main")
    passes(repo.gate())
    bad = repo.commit("work", "Work\n", {"src/find.py": "x = 2\n"})
    refuses(repo.gate(), "G01")
    assert repo.gate(bad[:40]).head == bad, "as long as an id of SHA-1, and the beginning of this one"
    with open_history(repo.root, os.environ).read() as objects:
        assert (objects.commit(bad[:40]), objects.commit(bad) is None) == (None, False)


@pytest.mark.parametrize(
    ("kind", "told"), [("tree", "is a tree, where"), ("blob", "is a blob, where"), ("", "Fetch")]
)
def test_a_parent_that_is_no_commit(repo: Repo, kind: str, told: str) -> None:
    """What is there is not told as missing."""
    name = {"tree": repo.tip("main^{tree}"), "blob": repo.tip("main:bmad.yaml")}.get(kind, "1" * 40)
    who = "A <a@x> 1700000000 +0000"
    head = f"tree {repo.tip('main^{tree}')}\nparent {name}\nauthor {who}\ncommitter {who}\n\nWork\n"
    repo.raw("work", head.encode())
    report = repo.gate()
    refuses(report, "G12")
    assert f"Object {name}" in report.findings[0].message
    assert told in report.findings[0].message + report.findings[0].fix


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(CannotAnswerError, match="not in a git repository"):
        at(tmp_path).gate()


def test_unborn_branch(tmp_path: Path) -> None:
    empty = Repo(tmp_path / "empty.git", {})
    with pytest.raises(CannotAnswerError, match="no commit yet"):
        empty.gate(None, None)


def test_no_upstream(repo: Repo) -> None:
    with pytest.raises(UsageError, match="--base"):
        repo.gate(None, None)


def test_defaults(repo: Repo, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(repo.root), str(clone)], check=True)
    local = at(clone)
    local.commit("main", story(FIND), CODE)
    report = local.gate(None, None)
    passes(report)
    assert report.target == "refs/remotes/origin/main"
    local.git("checkout", "-q", "--detach", "main")
    assert local.gate(None, None).target == "refs/remotes/origin/main"


def test_worktree_submodule_and_alternates(repo: Repo, tmp_path: Path) -> None:
    repo.commit("work", story(FIND), CODE)
    repo.git("worktree", "add", "-q", str(tmp_path / "tree"), "work")
    passes(at(tmp_path / "tree").gate("work", "main"))
    shared = tmp_path / 'odd # "name"'
    subprocess.run(["git", "clone", "-q", "--shared", str(repo.root), str(shared)], check=True)
    again = tmp_path / "again"
    subprocess.run(["git", "clone", "-q", "--shared", "-b", "work", str(shared / ".git"), str(again)], check=False)
    passes(at(shared).gate("origin/work", "origin/main"))
    outer = tmp_path / "outer"
    subprocess.run(["git", "init", "-q", str(outer)], check=True)
    subprocess.run(
        ["git", "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repo.root), "inner"],
        cwd=outer,
        check=True,
    )
    passes(at(outer / "inner").gate("origin/work", "origin/main"))


def test_pre_receive_quarantine(repo: Repo, tmp_path: Path) -> None:
    """A push as a server's hook sees it: the objects are not yet in the repository."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(repo.root), str(clone)], check=True)
    local = at(clone)
    tip = local.commit("topic", story(FIND), CODE, onto=repo.base)
    quarantine = tmp_path / "incoming"
    (quarantine / "pack").mkdir(parents=True)
    for folder in (clone / ".git/objects").iterdir():
        if len(folder.name) == 2:
            (quarantine / folder.name).mkdir()
            for loose in folder.iterdir():
                (quarantine / folder.name / loose.name).write_bytes(loose.read_bytes())
    refuses(repo.gate(head=tip), "G12")
    passes(
        repo.gate(
            head=tip,
            environ={
                "GIT_OBJECT_DIRECTORY": str(quarantine),
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(repo.root / "objects"),
                "GIT_DIR": "/nowhere",
            },
        )
    )

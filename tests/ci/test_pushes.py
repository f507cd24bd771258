"""A server's hook and a client's: real pushes into a bare repository, with what git keeps in quarantine."""

import os
import subprocess
from pathlib import Path

import pytest

from bmad.core.pushes import Refs, asked, pushed, received
from bmad.core.pushes import update as one_update
from tests.forking import quicken
from tests.gate.records import REVIEWED, reviewed
from tests.gate.repo import FIND, MAPPED, POLICY, STORE, Repo, story
from tests.program import bmad, git

ZEROS, A, B = "0" * 40, "a" * 40, "b" * 40
CODE = {"src/find.py": "x = 1\n"}


class Server:
    """A bare repository with the hook, and a clone that pushes."""

    def __init__(self, repo: Repo, clone: Path) -> None:
        self.repo = repo
        git("clone", "--quiet", str(repo.root), str(clone), cwd=clone.parent)
        self.local = Repo.__new__(Repo)
        self.local.root, self.local.clock = clone, 1_800_000_000
        ended = bmad("hooks", "install", "--server", "--repo", str(repo.root), cwd=clone.parent)
        assert ended.code == 0, ended
        self.installed = ended.out

    def push(self, *words: str) -> tuple[int, str]:
        environ = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        done = subprocess.run(
            ["git", "push", "--quiet", "origin", *words],
            cwd=self.local.root,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stderr


@pytest.fixture
def server(tmp_path: Path) -> Server:
    made = Server(Repo(tmp_path / "repo.git"), tmp_path / "clone")
    quicken(made.repo.root / "hooks/pre-receive")
    return made


def test_what_is_traced_is_taken_and_what_is_not_leaves_nothing_behind(tmp_path: Path) -> None:
    """With the hook as it is installed; those of the others are the same, and quick."""
    server = Server(Repo(tmp_path / "repo.git"), tmp_path / "clone")
    assert "protects main" in server.installed
    assert server.repo.git("config", "receive.fsckObjects") == "true"
    made = server.local.commit("main", story(FIND), CODE)
    assert server.push("main") == (0, "")
    assert server.repo.tip("main") == made
    bad = server.local.commit("main", "Untraced\n", {"src/find.py": "2\n"})
    code, told = server.push("main")
    assert code == 1
    assert "remote: bmad: refs/heads/main is refused" in told
    assert "G01 src/find.py changes without a story" in told
    assert server.repo.tip("main") == made
    assert subprocess.run(["git", "cat-file", "-e", bad], cwd=server.repo.root, check=False).returncode


def test_policy_comes_from_the_base_of_the_server(server: Server) -> None:
    weak = POLICY.replace("since", "exempt: [{paths: ['*.md'], reason: r, owner: a, until: 2030-01-01}], since")
    server.local.commit("main", "Weaker\n\nPolicy: mine\n", {"bmad.yaml": weak})
    server.local.commit("main", "Typo\n", {"README.md": "x\n"})
    code, told = server.push("main")
    assert (code, "G07" in told) == (1, True)
    assert server.push("main~1:main")[0] == 0
    assert server.push("main")[0] == 0


def test_a_record_is_for_the_branch_that_is_pushed(server: Server) -> None:
    asked_for = server.local.commit("main", "Ask\n\nPolicy: why\n", {"bmad.yaml": REVIEWED})
    assert server.push("main") == (0, "")
    reviewed(server.local, FIND, CODE, branch="main", target="refs/heads/other")
    code, told = server.push("main")
    assert (code, "it was made for refs/heads/other" in told) == (1, True)
    server.local.git("update-ref", "refs/heads/main", asked_for)
    reviewed(server.local, FIND, CODE, branch="main")
    assert server.push("main") == (0, "")


def test_no_protected_branch_is_rewritten_or_deleted_and_others_are_free(server: Server) -> None:
    made = server.local.commit("main", story(FIND), CODE)
    assert server.push("main")[0] == 0
    server.local.commit("other", story(FIND), {"src/find.py": "y\n"}, onto=server.repo.base)
    code, told = server.push("--force", "other:main")
    assert (code, "would be rewritten" in told) == (1, True)
    server.repo.git("config", "receive.denyDeleteCurrent", "ignore")
    code, told = server.push(":main")
    assert (code, "would be deleted" in told) == (1, True)
    server.local.commit("wild", "Untraced\n", {"src/find.py": "z\n"})
    assert server.push("wild")[0] == 0
    assert server.push("--force", f"{server.repo.base}:refs/heads/wild")[0] == 0
    assert server.push(":wild")[0] == 0
    assert server.repo.tip("main") == made


def test_a_line_that_is_merged_into_what_is_pushed_is_told_of(server: Server) -> None:
    """As by `git pull`: what lands is judged whole, and the audit of it that comes then is exit 3."""
    before = server.local.commit("main", story(FIND), CODE)
    server.local.commit("own", story(FIND), {"src/find.py": "own\n"}, onto=before)
    assert server.push("main") == (0, "")
    other = server.local.commit("main", story(STORE), {"src/store.py": "other\n"})
    assert server.push("main") == (0, "")
    git = server.local.git
    tree = git("merge-tree", "--write-tree", "main", "own")
    around, right = (
        git("commit-tree", tree, "-m", "Join", "-p", a, "-p", b) for a, b in (("own", other), (other, "own"))
    )
    code, told = server.push(f"{around}:refs/heads/main")
    assert (code, f"refs/heads/main was merged into what is pushed ({other[:12]})" in told) == (0, True), told
    server.repo.git("update-ref", "refs/heads/main", other)
    assert server.push(f"{right}:refs/heads/main") == (0, "")


def test_a_protected_branch_moves_by_no_other_name(server: Server) -> None:
    """A renamed branch may go on under its old name; a link in the place of a tag moves the branch as well."""
    server.repo.git("symbolic-ref", "refs/heads/master", "refs/heads/main")
    server.repo.git("symbolic-ref", "refs/tags/latest", "refs/heads/master")
    server.repo.git("symbolic-ref", "refs/heads/next", "refs/heads/begun")
    made = server.local.commit("main", story(FIND), CODE)
    assert server.push("main:master") == (0, "")
    server.local.commit("main", "Untraced\n", {"src/find.py": "2\n"})
    for name in ("master", "refs/tags/latest"):
        code, told = server.push("--force", f"main:{name}")
        assert (code, "refs/heads/main is refused" in told) == (1, True), name
    assert server.push("main:next")[0] == 0, "it leads to no protected one"
    server.repo.git("config", "--add", "bmad.protect", "two")
    server.repo.git("symbolic-ref", "refs/heads/one", "refs/heads/two")
    assert server.push("main:one")[0] == 1, "nor does one begin so"
    assert server.repo.tip("main") == made


def test_no_object_is_replaced_where_a_branch_is_protected(server: Server) -> None:
    """What is deployed with `git archive main` there would be another tree, and main would not have moved."""
    made = server.local.commit("wild", "Untraced\n", {"src/find.py": "z\n"}, onto=server.repo.base)
    name = f"refs/replace/{server.repo.base}"
    code, told = server.push(f"{made}:{name}", "wild")
    assert (code, f"{name} is refused" in told) == (1, True)
    assert server.push("wild")[0] == 0
    server.repo.git("update-ref", name, made)
    assert server.push(f":{name}")[0] == 0, "one that is there may go"


def test_a_protected_branch_begins_by_the_policy_of_another_one(server: Server) -> None:
    """Its own could say that all of it is older than the adoption."""
    told = bmad("hooks", "install", "--server", "--protect", "main", "--protect", "1.0", cwd=server.repo.root)
    assert "no branch 1.0 yet: its first push is judged from where it leaves one" in told.out
    local = server.local
    local.commit("alone", "Any\n", CODE)
    local.commit("alone", "Adopt\n", {"bmad.yaml": "version: 1\n"})
    code, words = server.push("alone:1.0")
    assert (code, "refs/heads/1.0 is refused" in words) == (1, True)
    local.commit("main", story(FIND), CODE)
    assert server.push("main", "main:1.0") == (0, "")


def test_what_a_push_says_that_stood_there_is_looked_up(server: Server) -> None:
    """Git refuses the branch in the end, and would keep a tag beside it."""
    bad = server.repo.commit("wild", "Untraced\n", CODE, onto=server.repo.base)
    good = server.repo.commit("work", story(FIND), CODE, onto=server.repo.base)
    lines = f"{{0}} {{1}} refs/heads/main\n{ZEROS} {{1}} refs/tags/v\n"

    def receive(old: str, new: str) -> tuple[int, str]:
        ended = bmad("hooks", "run", "pre-receive", cwd=server.repo.root, stdin=lines.format(old, new))
        return ended.code, ended.out

    assert receive(server.repo.base, good) == (0, "")
    for old in (bad, ZEROS):
        code, told = receive(old, bad)
        assert (code, "not what the push says that it was" in told) == (1, True), old


def test_a_push_passes_as_a_whole_or_not_at_all(server: Server) -> None:
    server.local.commit("wild", "Any\n", {"a": "x\n"}, onto=server.repo.base)
    server.local.commit("main", "Untraced\n", CODE)
    assert server.push("wild", "main")[0] == 1
    assert not server.repo.git("for-each-ref", "refs/heads/wild")


def test_a_tag_is_of_what_a_protected_branch_holds(server: Server) -> None:
    made = server.local.commit("main", story(FIND), CODE)
    loose = server.local.commit("wild", "Untraced\n", {"a": "x\n"})
    git("tag", "v1", made, cwd=server.local.root)
    git("-c", "user.name=A", "-c", "user.email=a@x", "tag", "-a", "-m", "v2", "v2", loose, cwd=server.local.root)
    code, told = server.push("v1")
    assert (code, "no protected branch holds" in told) == (1, True)
    assert server.push("main", "v1")[0] == 0
    assert server.push("v2")[0] == 1
    assert server.push("--force", f"{loose}:refs/tags/v1")[0] == 1
    assert server.push(":v1")[0] == 0


def test_a_first_push_is_judged_whole(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "empty.git", {})
    server = Server(repo, tmp_path / "clone")
    quicken(repo.root / "hooks/pre-receive")
    server.local.commit("main", "Set up\n", MAPPED)
    code, told = server.push("main")
    assert code == 1
    adopted = {path: text for path, text in MAPPED.items() if not path.startswith(("src/", "README"))}
    server.local.git("update-ref", "-d", "refs/heads/main")
    server.local.commit("main", "Adopt\n", adopted)
    code, told = server.push("main")
    assert code == 0, told


def test_a_server_that_only_reports_refuses_nothing_and_tells_all(server: Server) -> None:
    """No push can choose it: it stands in the configuration of the server's repository."""
    install = ("hooks", "install", "--server", "--repo", str(server.repo.root))
    assert "judges main and refuses nothing" in bmad(*install, "--report-only", cwd=server.local.root).out
    made = server.local.commit("main", "Untraced\n", CODE)
    code, told = server.push("main")
    assert (code, server.repo.tip("main")) == (0, made)
    assert "remote: bmad: refs/heads/main would be refused" in told
    assert "G01 src/find.py changes without a story" in told
    assert "reported only, so nothing was refused and nothing is proven" in told
    server.local.commit("other", story(FIND), {"src/find.py": "y\n"}, onto=server.repo.base)
    code, told = server.push("--force", "other:main")
    assert (code, "would be rewritten" in told) == (0, True)
    assert bmad("hooks", "run", "pre-receive", cwd=server.repo.root, stdin="x y z\n").code == 0
    assert "protects main" in bmad(*install, cwd=server.local.root).out
    server.local.commit("main", "Untraced\n", {"src/find.py": "2\n"}, onto=server.repo.tip("main"))
    code, told = server.push("main")
    assert (code, "refs/heads/main is refused" in told) == (1, True)
    assert bmad("hooks", "install", "--report-only", cwd=server.local.root).code == 2


def test_a_hook_that_is_there_stays_and_no_work_tree_is_a_server(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo.git")
    hook = repo.root / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    ended = bmad("hooks", "install", "--server", "--repo", str(repo.root), cwd=tmp_path)
    assert (ended.code, "stays; add to it" in ended.out) == (2, True)
    assert hook.read_text(encoding="utf-8") == "#!/bin/sh\nexit 0\n"
    line = 'bmad hooks run pre-receive "$@" || exit 1\n'
    for text, mode, code, told in (
        (f"#!/bin/sh\n# {line}", 0o755, 2, "stays; add to it"),
        (f"#!/bin/sh\n{line}", 0o644, 2, "runs no file that is not executable"),
        (f"#!/bin/sh\n{line}", 0o755, 0, "calls bmad already\nprotects main"),
    ):
        hook.write_text(text, encoding="utf-8")
        hook.chmod(mode)
        ended = bmad("hooks", "install", "--server", "--repo", str(repo.root), cwd=tmp_path)
        assert (ended.code, told in ended.out) == (code, True), ended.out
    hook.unlink()
    repo.git("config", "core.hooksPath", str(tmp_path / "shared"))
    ended = bmad("hooks", "install", "--server", "--repo", str(repo.root), cwd=tmp_path)
    assert (ended.code, "--global" in ended.out) == (2, False)
    assert "then bmad hooks install --server" in ended.out
    git("init", "--quiet", "tree", cwd=tmp_path)
    assert bmad("hooks", "install", "--server", cwd=tmp_path / "tree").code == 3


def test_update_judges_one_ref_and_nonsense_is_refused(server: Server) -> None:
    made = server.repo.commit("work", "Untraced\n", CODE, onto=server.repo.base)
    words = ("hooks", "run", "update", "refs/heads/main", server.repo.base, made)
    ended = bmad(*words, cwd=server.repo.root)
    assert (ended.code, "refs/heads/main is refused" in ended.out) == (1, True)
    assert bmad("hooks", "run", "update", "refs/heads/main", cwd=server.repo.root).code == 2
    assert bmad("hooks", "run", "pre-receive", cwd=server.repo.root, stdin="x y z\n").code == 2


def test_a_client_asks_before_it_pushes_to_the_default_branch(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo.git")
    clone = tmp_path / "clone"
    git("clone", "--quiet", str(repo.root), str(clone), cwd=tmp_path)
    assert "pre-push" in bmad("hooks", "install", "--push", cwd=clone).out
    quicken(clone / ".git/hooks/pre-push")
    local = Repo.__new__(Repo)
    local.root, local.clock = clone, 1_800_000_000
    local.commit("main", "Untraced\n", CODE)
    push = ["git", "push", "--quiet", "origin"]
    done = subprocess.run([*push, "main"], cwd=clone, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "refs/heads/main is refused" in done.stdout + done.stderr
    assert subprocess.run([*push, "main:other"], cwd=clone, capture_output=True, check=False).returncode == 0
    git("remote", "set-head", "origin", "--delete", cwd=clone)
    assert subprocess.run([*push, "main"], cwd=clone, capture_output=True, check=False).returncode != 0
    local.commit("main", story(FIND), CODE, onto=repo.base)
    assert subprocess.run([*push, "main"], cwd=clone, capture_output=True, check=False).returncode == 0
    assert "removed" in bmad("hooks", "uninstall", cwd=clone).out
    assert not (clone / ".git/hooks/pre-push").exists()


@pytest.mark.parametrize(
    ("ref", "old", "new", "does"),
    [
        ("refs/heads/main", A, B, "judge"),
        ("refs/heads/main", ZEROS, B, "begin"),
        ("refs/heads/main", A, ZEROS, "refuse"),
        ("refs/heads/Main", A, B, "free"),
        ("refs/heads/main/x", A, B, "free"),
        ("refs/heads/refs/heads/main", ZEROS, B, "refuse"),
        ("refs/heads/refs/heads/main", A, ZEROS, "free"),
        ("refs/tags/refs/heads/main", ZEROS, B, "refuse"),
        ("refs/refs/heads/main", ZEROS, B, "refuse"),
        ("refs/remotes/refs/heads/main", ZEROS, B, "free"),
        ("refs/heads/x/main", ZEROS, B, "free"),
        ("refs/tags/v", A, B, "tag"),
        ("refs/tags/v", A, ZEROS, "free"),
        ("refs/notes/x", A, B, "free"),
    ],
)
def test_what_is_asked_of_a_ref(ref: str, old: str, new: str, does: str) -> None:
    found = one_update(old, new, ref)
    assert found is not None
    assert asked([found], ["main"])[0].does == does


def test_a_name_that_the_files_take_for_a_protected_one() -> None:
    found = one_update(ZEROS, B, "refs/heads/Main")
    assert found is not None
    assert asked([found], ["main"], Refs(folds=True))[0].does == "refuse"
    assert asked([found], ["other"], Refs(folds=True))[0].does == "free"
    found = one_update(ZEROS, B, f"refs/Replace/{A}")
    assert found is not None
    does = [asked([found], ["main"], Refs(folds=folds, here=True))[0].does for folds in (True, False)]
    assert does == ["refuse", "free"]


def test_lines_of_hooks_are_read_whole_or_not_at_all() -> None:
    assert received(f"{A} {B} refs/heads/a b\n") is not None
    assert received(f"{A} {B} r\nnonsense\n") is None
    assert received("x y z\n") is None
    assert pushed(f"refs/heads/x {B} refs/heads/main {A}\n") == [one_update(A, B, "refs/heads/main")]
    assert pushed(f"(delete) {ZEROS} refs/heads/main {A}\n") == [one_update(A, ZEROS, "refs/heads/main")]
    assert pushed("x\n") is None
    assert received(f"{A} {B} refs/heads/a\u0085b\n") == [one_update(A, B, "refs/heads/a\u0085b")]


@pytest.mark.parametrize("noted", ["", " ", "release/*", "refs/heads/main"])
def test_what_is_protected_by_no_name_of_a_branch_is_not_let_through(server: Server, noted: str) -> None:
    """As a hand may write it; a full name of a branch is one."""
    server.repo.git("config", "--unset-all", "bmad.protect")
    server.repo.git("config", "--add", "bmad.protect", noted)
    server.repo.git("config", "--add", "bmad.protect", "main" if noted == "" else noted)
    server.local.commit("main", "Untraced\n", {"src/find.py": "x\n"})
    code, told = server.push("main")
    assert (code, "nothing tells what is protected" in told) == (1, noted != "refs/heads/main")


def test_a_server_whose_head_names_no_branch_says_what_is_protected(server: Server) -> None:
    server.repo.git("config", "--unset-all", "bmad.protect")
    server.repo.git("update-ref", "--no-deref", "HEAD", server.repo.base)
    server.local.commit("main", "Untraced\n", {"src/find.py": "x\n"})
    code, told = server.push("main")
    assert (code, "HEAD names no branch" in told) == (1, True)
    ended = bmad("hooks", "install", "--server", cwd=server.repo.root)
    assert (ended.code, "--protect main" in ended.err) == (2, True)


def test_what_is_protected_is_told_whole(server: Server) -> None:
    def install(*words: str) -> tuple[int, str]:
        ended = bmad("hooks", "install", "--server", *words, cwd=server.repo.root)
        return ended.code, ended.out + ended.err

    for odd in ("release/*", "a b", "x[1]"):
        code, told = install("--protect", "main", "--protect", odd)
        assert (code, f"`{odd}` is no name of a branch" in told) == (2, True)
        assert server.repo.git("config", "--get-all", "bmad.protect") == "main", "nothing was written"
    code, told = install("--protect", "refs/heads/trunc")
    assert code == 0
    assert "there is no branch trunc yet" in told
    assert "no longer protected: main" in told
    code, told = install("--protect", "main")
    assert ("no branch" in told, "no longer protected: trunc" in told) == (False, True)
    ended = bmad("hooks", "uninstall", cwd=server.repo.root)
    assert (ended.code, "removed" in ended.out) == (0, True), ended
    server.local.commit("main", "Untraced\n", CODE)
    assert server.push("main")[0] == 0

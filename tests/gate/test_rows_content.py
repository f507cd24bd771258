"""Rows 36-51: what a diff can hide. Each beside an honest twin."""

import os
import zlib
from hashlib import sha1
from pathlib import Path

import pytest

from tests.gate.repo import (
    FIND,
    FIND_AT,
    MAPPED,
    STORE,
    Repo,
    codes,
    kinds,
    passes,
    refuses,
    respecified,
    story,
)

CODE = {"src/find.py": "x = 1\n"}


def forked(repo: Repo, ours: str = "src/find.py", theirs: str = "src/store.py") -> None:
    """Both sides have moved."""
    repo.commit("work", story(FIND), {ours: "ours\n"})
    repo.commit("main", story(STORE), {theirs: "theirs\n"})


def test_row_36_evil_merge_on_a_new_path(repo: Repo) -> None:
    forked(repo)
    repo.merge("work", "main", files={"src/evil.py": "x\n"})
    refuses(repo.gate(), "G05")


def test_row_36_twin_with_a_story(repo: Repo) -> None:
    forked(repo)
    repo.merge("work", "main", story(FIND, title="Merge"), files={"tests/find/extra.py": "x\n"})
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["story", "story"]


def test_row_36_outside_its_territory(repo: Repo) -> None:
    forked(repo)
    repo.merge("work", "main", story(FIND, title="Merge"), files={"src/evil.py": "x\n"})
    refuses(repo.gate(), "G04")


def test_row_37_merge_that_takes_one_side(repo: Repo) -> None:
    forked(repo)
    repo.merge("work", "main", "Merge -s ours\n", tree=repo.tip("work^{tree}"))
    refuses(repo.gate(), "G05")


def test_row_37_takes_their_side(repo: Repo) -> None:
    forked(repo)
    repo.merge("work", "main", "Merge -X theirs\n", tree=repo.tip("main^{tree}"))
    refuses(repo.gate(), "G05")


def test_row_38_change_and_back(repo: Repo) -> None:
    repo.commit("work", "Work\n", {"src/other.py": "evil\n"})
    repo.commit("work", "Undo\n", {"src/other.py": MAPPED["src/other.py"]})
    report = repo.gate()
    refuses(report, "G01")
    assert all(commit.findings for commit in report.commits)


def test_row_39_submodule_bump(repo: Repo) -> None:
    ignore = '[submodule "lib"]\n\tpath = lib\n\turl = ../lib\n\tignore = all\n'
    files = {**MAPPED, ".gitmodules": ignore, "lib": ("160000", "a" * 40)}
    repo.commit("main", "Set up\n", files)
    repo.branch("work")
    repo.commit("work", "Bump\n", {"lib": ("160000", "b" * 40)})
    refuses(repo.gate(), "G01")
    repo.commit("work", story(FIND), {"lib": ("160000", "c" * 40)})
    refuses(repo.gate(), "G01", "G04")


def test_row_39_twin_named_by_a_territory(repo: Repo) -> None:
    files = respecified({FIND_AT: ("`src/find.py`", "`src/find.py`, `lib`")})
    repo.commit("main", "Set up\n", {**files, "lib": ("160000", "a" * 40)})
    repo.branch("work")
    repo.commit("work", story(FIND), {"lib": ("160000", "b" * 40)})
    passes(repo.gate())


def test_two_bumps_of_a_submodule_conflict(repo: Repo) -> None:
    """git advises on submodules in the middle of its answer, after the messages of each such merge."""
    names = ("src/find.py", "src/store.py", *(f"lib{at}" for at in range(3)))
    files = respecified({FIND_AT: ("`src/find.py`", ", ".join(f"`{name}`" for name in names))})
    repo.commit("main", "Set up\n", {**files, **dict.fromkeys(names[2:], ("160000", "a" * 40))})
    repo.branch("work")
    for name in names:
        mine, other = (("160000", sign * 40) if name.startswith("lib") else sign for sign in "bc")
        repo.branch("side", "work")
        repo.commit("side", story(FIND), {name: other})
        repo.commit("work", story(FIND), {name: mine})
        repo.merge("work", "side", story(FIND, title="Settle"), {name: mine})
    report = repo.gate()
    passes(report)
    assert kinds(report).count("story") == 3 * len(names)
    repo.commit("main", story(FIND), dict.fromkeys(names[2:], ("160000", "d" * 40)))
    report = repo.gate()
    assert [one.path for one in report.findings] == list(names[2:])
    refuses(report, "G15")


def test_row_40_attributes_hide_nothing(repo: Repo) -> None:
    repo.commit("main", "Set up\n\nPolicy: binary\n", {".gitattributes": "* -diff binary\n"})
    repo.branch("work")
    repo.commit("work", "Work\n", CODE)
    refuses(repo.gate(), "G01")


def test_row_41_environment_and_configuration(repo: Repo, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\n")
    script.chmod(0o755)
    for key in ("diff.external", "core.fsmonitor", "core.pager", "diff.x.textconv", "core.hooksPath"):
        repo.git("config", key, str(script))
    repo.git("config", "trailer.story.key", "Anything")
    repo.git("config", "diff.ignoreSubmodules", "all")
    environ = {
        "GIT_EXTERNAL_DIFF": str(script),
        "GIT_DIR": "/nowhere",
        "GIT_WORK_TREE": "/nowhere",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.pager",
        "GIT_CONFIG_VALUE_0": str(script),
        "GIT_NAMESPACE": "x",
        "GIT_TRACE": str(tmp_path / "trace"),
    }
    repo.commit("work", "Work\n\nAnything: STORY-find01\n", CODE)
    refuses(repo.gate(environ=environ), "G01")
    assert not mark.exists()
    assert not (tmp_path / "trace").exists()


def test_row_42_strange_names(repo: Repo) -> None:
    for at, path in enumerate(("a\nb", "c\td", '"e"', "f\\g", "h\udcff", "é")):
        repo.commit("work", "Work\n", {f"src/{path}": f"{at}\n"})
    report = repo.gate()
    refuses(report, "G01")
    assert len([one for one in report.commits if one.findings]) == 6
    assert [commit.findings[0].path for commit in report.commits][:1] == ["src/a\\x0ab"]


def test_row_42_twin(repo: Repo) -> None:
    repo.commit("work", story(FIND), {"tests/find/a\nb\t\udcff é.py": "x\n"})
    passes(repo.gate())


def test_row_42_a_line_feed_ends_no_name(repo: Repo) -> None:
    repo.commit("work", story(FIND), {"src/find.py\n": "x\n"})
    refuses(repo.gate(), "G04")


def test_row_43_rename_out_of_scope(repo: Repo) -> None:
    repo.commit("work", story(FIND), {"src/find.py": None, "src/elsewhere.py": MAPPED["src/find.py"]})
    repo.commit("work", story(FIND), {"src/other.py": None, "tests/find/other.py": MAPPED["src/other.py"]})
    report = repo.gate()
    refuses(report, "G04")
    assert {one.path for one in report.every_finding} == {"src/elsewhere.py", "src/other.py"}


def test_row_43_twin(repo: Repo) -> None:
    repo.commit("work", story(FIND), {"src/find.py": None, "tests/find/f.py": MAPPED["src/find.py"]})
    passes(repo.gate())


def test_row_44_modes_and_symlinks(repo: Repo) -> None:
    repo.commit("work", story(FIND), {"src/other.py": ("100755", str(MAPPED["src/other.py"]))})
    repo.commit("work", story(FIND), {"tests/find/a.py": ("120000", "/etc/passwd")})
    report = repo.gate()
    refuses(report, "G04")
    assert len([one for one in report.commits if one.findings]) == 2


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (FIND_AT, "G13"),
        ("specs/trace.lock", "G13"),
        ("bmad.yaml", "G06"),
        ("stories/records/STORY-find01.json", "G14"),
        ("intent.md", "G13"),
    ],
)
def test_row_44_symlink_in_a_special_place(repo: Repo, path: str, code: str) -> None:
    repo.commit("work", f"Work\n\nStory: {FIND}\nPolicy: x\n", {path: ("120000", "elsewhere")})
    assert code in codes(repo.gate())
    assert not repo.gate().ok


def test_row_44_twin_executable(repo: Repo) -> None:
    repo.commit("work", story(FIND), {"src/find.py": ("100755", "x\n")})
    passes(repo.gate())


@pytest.mark.parametrize(
    "path",
    [
        "Bmad.yaml",
        "BMAD.YAML",
        "bmad.yaml.",
        ".GitHub/workflows/x.yml",
        "agents.md",
        "b\u200cmad.yaml",
        "codeOWNERS",
    ],
)
def test_row_45_twins_of_governed_files(repo: Repo, path: str) -> None:
    repo.commit("work", "Work\n\nPolicy: because\n", {path: "x\n"})
    refuses(repo.gate(), "G06")


def test_row_45_names_that_git_forbids(repo: Repo) -> None:
    blob = repo.git("hash-object", "-w", "--stdin", stdin=b"x")
    alike = (b".git.", b".Git ", b".git::$DATA", b".git:x", b"a\\.git", b"GIT~1", ".g\u200cit".encode())
    for name in (b".git", b"..", b".GIT", b"a/b", b"", *alike):
        entry = b"100644 " + name + b"\0" + bytes.fromhex(blob)
        tree = write_object(repo, b"tree", entry)
        commit = repo.git("commit-tree", tree, "-p", repo.base, stdin=story(FIND).encode())
        refuses(repo.gate(head=commit), "G12")


def test_row_45_names_that_only_begin_so(repo: Repo) -> None:
    names = (".gitkeep", ".git-x", "git~10", ".git x", "a.git")
    repo.commit("work", story(FIND), {f"tests/find/{name}": "x\n" for name in names})
    passes(repo.gate())


def test_row_46_white_space_is_a_change(repo: Repo) -> None:
    repo.commit("work", "Format\n", {"src/find.py": "def find():\r\n    return []\r\n"})
    refuses(repo.gate(), "G01")


def test_row_47_mailmap_and_blame_ignore_are_governed(repo: Repo) -> None:
    files = {".mailmap": "A <a@x> B <b@x>\n", ".git-blame-ignore-revs": "x\n"}
    repo.commit("work", story(FIND), CODE | files)
    refuses(repo.gate(), "G06")


def test_row_48_binary(repo: Repo) -> None:
    repo.commit("work", story(FIND), {"src/logo.bin": b"\0\1\2" * 99})
    refuses(repo.gate(), "G04")


def test_row_49_generated_files_have_no_pass(repo: Repo) -> None:
    repo.commit("work", "Update\n", {"poetry.lock": "x\n", "vendor/a.py": "y\n"})
    refuses(repo.gate(), "G01")


def test_row_50_edits_merged_away(repo: Repo) -> None:
    repo.branch("side")
    repo.commit("side", "Work\n", {"src/other.py": "evil\n"})
    repo.commit("side", "Undo\n", {"src/other.py": MAPPED["src/other.py"]})
    repo.commit("work", story(STORE), {"src/store.py": "y\n"})
    repo.merge("work", "side")
    report = repo.gate()
    refuses(report, "G01")
    assert len(report.commits) == 4


def test_row_51_many_paths_in_one_commit(repo: Repo) -> None:
    repo.commit("work", "Flood\n", {f"deep/{'a/' * 40}{at}.py": "x\n" for at in range(3000)})
    report = repo.gate()
    refuses(report, "G01")
    assert len(report.commits[0].findings) <= 60
    assert "more like this" in report.commits[0].findings[-1].message


def write_object(repo: Repo, kind: bytes, data: bytes) -> str:
    """A loose object, whatever it holds."""
    whole = kind + b" %d\0" % len(data) + data
    name = sha1(whole).hexdigest()  # noqa: S324 - git's own
    at = repo.root / "objects" / name[:2] / name[2:]
    at.parent.mkdir(exist_ok=True)
    at.write_bytes(zlib.compress(whole))
    return name


def test_row_79_a_name_twice(repo: Repo) -> None:
    good, bad = (repo.git("hash-object", "-w", "--stdin", stdin=text) for text in (b"good", b"bad"))
    entries = [(b"find.py", good), (b"find.py", bad)]
    data = b"".join(b"100644 " + name + b"\0" + bytes.fromhex(blob) for name, blob in entries)
    inner = write_object(repo, b"tree", data)
    listing = repo.git("ls-tree", "main^{tree}").replace(repo.tip("main:src"), inner)
    tree = repo.git("mktree", stdin=listing.encode() + b"\n")
    commit = repo.git("commit-tree", tree, "-p", repo.base, stdin=story(FIND).encode())
    refuses(repo.gate(head=commit), "G12")


def test_row_79_an_object_that_lies_about_its_id(repo: Repo) -> None:
    bad = repo.commit("work", "Work\n", CODE)
    good = repo.commit("other", story(FIND), CODE, onto=repo.base)
    at = repo.root / "objects" / bad[:2] / bad[2:]
    at.chmod(0o644)
    os.replace(repo.root / "objects" / good[:2] / good[2:], at)  # noqa: PTH105
    refuses(repo.gate(head=bad), "G12")

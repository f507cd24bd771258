"""Rows 1-14 of the published attacks: what a message can pretend. Each beside an honest twin."""

import time

import pytest

from bmad.core.trailers import MAX_TRAILERS
from bmad.render.gate import FORMATS
from tests.gate.repo import FIND, STORE, Repo, codes, kinds, passes, refuses, story

CODE = {"src/find.py": "x = 1\n"}


@pytest.mark.parametrize(
    "message",
    [
        f"Story: {FIND}\n",
        f"Work\nStory: {FIND}\n",
        f"Work\n\nStory: {FIND}\n\nand then some prose\n",
        f"Work\n\n> Story: {FIND}\n",
        f"Work\n\n    Story: {FIND}\n",
        f"Work\n\nprose\n    Story: {FIND}\n",
        f"Work\n\nStory {FIND}\n",
        "Work\n\nStory:\n",
        f"Work\n\nStory\uff1a {FIND}\n",
    ],
)
def test_row_01_trailer_where_none_counts(repo: Repo, message: str) -> None:
    repo.commit("work", message, CODE)
    refuses(repo.gate(), "G01")


@pytest.mark.parametrize(
    "message",
    [
        story(FIND),
        f"Work\n\nSome words.\n\nStory: {FIND}\n",
        f"Work\n\nStory: {FIND}\nStep: 1/dev\nAssisted-by: codex:gpt-5.3\n",
        f"Work\n\nStory: {FIND}\n(cherry picked from commit {'a' * 40})\n",
        f"Work\n\nStory: {FIND}",
    ],
)
def test_row_01_twin(repo: Repo, message: str) -> None:
    repo.commit("work", message, CODE)
    passes(repo.gate())


def test_row_02_separators_mean_nothing(repo: Repo) -> None:
    repo.commit("work", f"Work\n\nStory: {FIND}\n---\n file | 2 +-\n", CODE)
    repo.commit("work", f"Work\n\n# ------ >8 ------\n\nStory: {FIND}\n", {"src/find.py": "x = 2\n"})
    report = repo.gate()
    refuses(report, "G01")
    assert [commit.verdict for commit in report.commits] == ["refused", "pass"]


def test_row_03_mixed_block_names_the_line(repo: Repo) -> None:
    repo.commit("work", f"Work\n\nStory: {FIND}\nA: b\nC: d\nbut this is prose\n", CODE)
    report = repo.gate()
    refuses(report, "G01")
    assert "line 6 is no trailer" in report.commits[0].findings[0].message


def test_row_04_several_stories(repo: Repo) -> None:
    repo.commit("work", story(FIND, "STORY-made01"), CODE)
    refuses(repo.gate(), "G02")


def test_row_04_twin(repo: Repo) -> None:
    repo.commit("work", story(FIND, STORE, FIND), CODE | {"src/store.py": "y = 1\n"})
    report = repo.gate()
    passes(report)
    assert report.commits[0].stories == (FIND, STORE)


def test_row_05_spellings_are_told(repo: Repo) -> None:
    repo.commit("work", f"Work\r\n\r\nstory : {FIND}\r\nAssisted-by: codex:\r\n gpt\r\n", CODE)
    report = repo.gate()
    passes(report)
    assert len(report.notes) == 2
    assert "spelt `story:`" in " ".join(report.notes)


def test_row_05_cr_within_a_line_is_no_line_end(repo: Repo) -> None:
    repo.commit("work", f"Work\n\nA: b\rStory: {FIND}\n", CODE)
    refuses(repo.gate(), "G01")


@pytest.mark.parametrize(
    "value", ["STORY-fi\u043dd01", "STORY-find01\u200b", "\u202eSTORY-find01", "STORY-find01, STORY-store1"]
)
def test_row_06_look_alikes(repo: Repo, value: str) -> None:
    repo.commit("work", f"Work\n\nStory: {value}\n", CODE)
    report = repo.gate()
    refuses(report, "G02")
    message = report.commits[0].findings[0].message
    assert message.isascii()
    assert value.isascii() or "U+" in message


def test_row_06_look_alike_key(repo: Repo) -> None:
    repo.commit("work", f"Work\n\nSt\u043ery: {FIND}\n", CODE)
    refuses(repo.gate(), "G01")


def test_row_06_prefix_and_case_are_no_ids(repo: Repo) -> None:
    for name in ("STORY-find", "story-find01", "STORY-FIND01"):
        repo.commit("work", story(name), {"src/find.py": f"{name}\n"})
    report = repo.gate()
    refuses(report, "G02")
    assert all("did you mean STORY-find01" in commit.findings[0].fix for commit in report.commits)


def raw(repo: Repo, message: bytes, *, headers: bytes = b"", twice: bytes = b"") -> None:
    made = repo.commit("work", "x", CODE)
    tree, parent = repo.tip(f"{made}^{{tree}}"), repo.tip(f"{made}^")
    repo.raw(
        "work",
        f"tree {tree}\nparent {parent}\n".encode()
        + twice
        + b"author A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n"
        + headers
        + b"\n"
        + message,
    )


def test_row_07_nul(repo: Repo) -> None:
    raw(repo, f"Work\n\nStory: {FIND}\n\0\nmore\n".encode())
    refuses(repo.gate(), "G12")


@pytest.mark.parametrize("header", [b"x-\0y z\n", b"x-y \0z\n"])
def test_row_07_nul_in_a_header(repo: Repo, header: bytes) -> None:
    """git reads no further, and shows a commit without any message."""
    raw(repo, story(FIND).encode(), headers=header)
    refuses(repo.gate(), "G12")
    repo.branch("work")
    raw(repo, story(FIND).encode(), headers=header.replace(b"\0", b""))
    passes(repo.gate())


@pytest.mark.parametrize("encoding", [b"IBM037", b"UTF-16", b"UTF-7", b"ISO-2022-JP"])
def test_row_08_foreign_encoding(repo: Repo, encoding: bytes) -> None:
    raw(repo, story(FIND).encode(), headers=b"encoding " + encoding + b"\n")
    refuses(repo.gate(), "G12")


def test_row_08_not_utf8(repo: Repo) -> None:
    raw(repo, b"W\xf6rk\n\nStory: " + FIND.encode() + b"\n")
    refuses(repo.gate(), "G12")


def test_row_08_twin(repo: Repo) -> None:
    raw(repo, story(FIND, title="Wörk").encode(), headers=b"encoding UTF-8\n")
    passes(repo.gate())


def test_row_09_repeated_and_stray_headers(repo: Repo) -> None:
    raw(repo, story(FIND).encode(), headers=b"author B <b@x> 1 +0000\n")
    refuses(repo.gate(), "G12")


def test_row_09_tree_twice(repo: Repo) -> None:
    raw(repo, story(FIND).encode(), twice=f"tree {repo.tip('main^{tree}')}\n".encode())
    refuses(repo.gate(), "G12")


def test_row_09_trailer_in_a_header(repo: Repo) -> None:
    raw(repo, b"Work\n", headers=f"gpgsig x\n \n Story: {FIND}\nstory {FIND}\n".encode())
    refuses(repo.gate(), "G01")


def test_row_09_twin(repo: Repo) -> None:
    raw(repo, story(FIND).encode(), headers=b"gpgsig -----BEGIN-----\n \n abc\n -----END-----\nx-y z\n")
    passes(repo.gate())


def test_row_10_floods_end_soon(repo: Repo) -> None:
    start = time.process_time()
    repo.commit("work", "Work\n\n" + "Story: STORY-find01\n" * (MAX_TRAILERS + 1), CODE)
    repo.commit("work", "Work\n\n" + "A" * 900_000 + ": b\n", CODE | {"src/find.py": "2"})
    repo.commit("work", "Work\n\n" + " \t" * 400_000 + f"x\nStory: {FIND}\n", CODE | {"src/find.py": "3"})
    refuses(repo.gate(), "G01")
    assert time.process_time() - start < 20


def test_row_10_over_the_cap(repo: Repo) -> None:
    repo.commit("work", "Work\n\n" + "word\n" * 300_000 + f"\nStory: {FIND}\n", CODE)
    refuses(repo.gate(), "G12")


def test_row_11_nothing_raw_is_printed(repo: Repo) -> None:
    path = "src/\x1b[2Jx\n::set-output name=a::b`|<b>.py"
    repo.commit("work", "\x1b]0;owned\x07::error::x\n\nStory: \x1b[31mSTORY\n", {path: "x\n"})
    repo.commit("work", "::stop-commands::x\n", {path: "y\n"})
    report = repo.gate()
    assert codes(report) == {"G01", "G02"}
    for name, render in FORMATS.items():
        text = render(report)
        assert "\x1b" not in text
        assert "\x07" not in text
        lines = text.splitlines()
        assert not [line for line in lines if line.startswith("::") and name != "github"], name
        assert not [line for line in lines if line.startswith(("::set-output", "::stop"))]
    assert "<b>" not in FORMATS["md"](report)


def test_row_12_titles_and_names_grant_nothing(repo: Repo) -> None:
    titles = ["Merge branch 'main'", 'Revert "x"', "fixup! x", "1.2.3", "[skip ci]", "Bump x (dependabot[bot])"]
    for at, title in enumerate(titles):
        repo.commit("work", f"{title}\n", {"src/find.py": f"{at}\n"})
    report = repo.gate()
    refuses(report, "G01")
    assert len([one for one in report.commits if one.findings]) == len(titles)


def test_row_13_self_exemption(repo: Repo) -> None:
    repo.commit("work", "Work\n\ngitlint-ignore: all\nTrace: none\nPolicy: because I say so\n", CODE)
    refuses(repo.gate(), "G01")


def test_row_14_empty_message(repo: Repo) -> None:
    repo.commit("work", "", CODE)
    refuses(repo.gate(), "G01")


def test_row_14_empty_commit_is_no_evidence(repo: Repo) -> None:
    repo.commit("work", "Trigger CI\n")
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["empty"]

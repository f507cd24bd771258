"""Messages as code hosts and old editors leave them: what they add does not hide the trailer block."""

import pytest

from bmad.core.trailers import message_fault, other_words, parse, stories
from bmad.model.commits import Commit

BEHIND = [
    "See merge request group/proj!1",
    "See merge request https://gitlab.example/group/sub/proj/-/merge_requests/12",
    "Closes #1",
    "Closes #4, #6, and Related to #5",
    "Fixes owner/repo#12.",
    "Resolves https://gitlab.example/g/p/-/issues/7",
    "Closes PROJ-17",
    "Reverts owner/repo#12",
    "Related work items: #12, #13",
    "Approved-by: Grace <g@x>\nApproved-by: Ada <a@x>",
    "Reviewed-on: https://forge.example/o/r/pulls/4\nReviewed-by: Ada <a@x>\nCo-committed-by: B <b@x>",
    "Change-Id: I0123456789012345678901234567890123456789",
    "Part-of: <https://gitlab.example/g/p/-/merge_requests/9>",
    "Pull Request resolved: https://github.com/o/r/pull/3\nApproved by: https://github.com/ada",
    "Differential Revision: https://reviews.example/D12",
    f"(cherry picked from commit {'a' * 40})",
    f"(cherry-picked from commit {'a' * 40})",
    "(cherry picked from https://android.example/q/commit:0123456789abcdef)\nMerged-In: I012345",
    "(backported from commit abc1234)",
    f"(cherry-picked from commit {'a' * 40})\n\n0123abcd One thing\n89abcdef0 Story: STORY-9",
    f"See merge request g/p!1\n\n(cherry picked from commit {'a' * 40})\n\n0123abcd T",
    "Closes #1\n\nSee merge request group/proj!1",
    "---------\n\nCo-authored-by: B <b@x>",
    "Closes #1\n\nSee merge request g/p!1\n\n---------\n\nCo-authored-by: B <b@x>\nSigned-off-by: C <c@x>",
]


@pytest.mark.parametrize("behind", BEHIND)
def test_f_what_a_host_appends_hides_no_block(behind: str) -> None:
    block = parse(f"T\n\nwords\n\nStory: STORY-1\nStep: 1/dev\n\n{behind}\n".encode())
    assert stories(block).ids == ("STORY-1",)
    assert block.outside == ()
    within = parse(f"T\n\nwords\n\n{behind.splitlines()[0]}\nStory: STORY-1\n".encode())
    assert stories(within).ids == (() if behind.startswith("-") else ("STORY-1",))


@pytest.mark.parametrize("behind", BEHIND)
def test_f_one_word_of_prose_behind_or_within_still_hides_it(behind: str) -> None:
    assert not stories(parse(f"T\n\nStory: STORY-1\n\n{behind}\nand words\n".encode())).ids
    assert not stories(parse(f"T\n\nStory: STORY-1\n\nwords\n\n{behind}\n".encode())).ids
    assert not stories(parse(f"Story: STORY-1\n\n{behind}\n".encode())).ids
    assert not stories(parse(f"T\n\nprose\nStory: STORY-1\n\n{behind}\n".encode())).ids


@pytest.mark.parametrize(
    "behind",
    [
        "See merge request group/proj!1 and Story: STORY-2",
        "Closes the door",
        "Closes #1 because of STORY-2",
        "Fixes: 3",
        "Closes #1" + ", #2" * 200,
        "> Closes #1",
        "Note: x",
        "---------",
    ],
)
def test_f_what_only_looks_like_a_hosts_line_is_prose(behind: str) -> None:
    assert not stories(parse(f"T\n\nStory: STORY-1\n\n{behind}\n".encode())).ids


LOG = f"""\
Squashed commit of the following:

commit {"a" * 40}
Merge: 0123abc 4567def
Author: A <a@x>
Date:   Sat Nov 28 18:22:40 2026 +0000

    One thing

    - with words
      of its own

commit {"b" * 40}
Author: A <a@x>
Date:   Sat Nov 28 18:22:40 2026 +0000

    Another"""


@pytest.mark.parametrize("behind", [LOG, f"{LOG}\n\nCo-authored-by: B <b@x>", f"Closes #1\n\n{LOG}\n\nCloses #1"])
def test_f_the_log_of_what_was_squashed_hides_no_block(behind: str) -> None:
    assert stories(parse(f"T\n\nStory: STORY-1\n\n{behind}\n".encode())).ids == ("STORY-1",)
    for prose in (
        f"{behind}\nwords",
        f"words\n\n{behind}",
        f"{LOG}\n\nwords\n\n{behind}",
        behind.replace("Sq", "sq"),
    ):
        assert not stories(parse(f"T\n\nStory: STORY-1\n\n{prose}\n".encode())).ids
    assert not stories(parse(f"Story: STORY-1\n\n{behind}\n".encode())).ids


def test_f_a_log_names_no_story_and_one_that_it_names_besides_is_told() -> None:
    block = parse(f"T\n\nStory: STORY-1\n\n{LOG}\n\n    Story: STORY-2\n".encode())
    assert stories(block).ids == ("STORY-1",)
    assert other_words(block) == {"STORY-2": 23}
    assert not stories(parse(f"T\n\n{LOG}\n\n    Story: STORY-2\n".encode())).ids


@pytest.mark.parametrize(
    "behind",
    ["0123abcd One thing", "Closes #1\n\n0123abcd T", f"(cherry picked from commit {'a' * 40})\n\n0123 T\n9"],
)
def test_f_a_list_of_commits_counts_only_behind_the_line_that_says_whence(behind: str) -> None:
    assert not stories(parse(f"T\n\nStory: STORY-1\n\n{behind}\n".encode())).ids


def test_f_a_story_among_a_hosts_lines_is_the_block() -> None:
    block = parse(b"T\n\nStory: STORY-1\n\nStory: STORY-2\nCo-authored-by: B <b@x>\n")
    assert stories(block).ids == ("STORY-2",)
    assert [one.line for one in block.outside] == [3]


def test_f_so_many_paragraphs_are_read_past() -> None:
    assert stories(parse(b"T\n\nStory: STORY-1\n" + b"\nCloses #1\n" * 8)).ids
    assert not stories(parse(b"T\n\nStory: STORY-1\n" + b"\nCloses #1\n" * 9)).ids


def commit(message: bytes, encoding: bytes) -> Commit:
    return Commit("a" * 40, "b" * 40, (), b"A <a@x> 1 +0000", ((b"encoding", encoding),), message)


@pytest.mark.parametrize("encoding", [b"ISO-8859-1", b"iso8859-15", b"latin1", b"windows-1252", b"EUC-JP", b"GBK"])
def test_f_an_old_encoding_of_ascii_text_is_read(encoding: bytes) -> None:
    assert message_fault(commit(b"T\n\nStory: STORY-1\n", encoding)) is None
    assert "encoded as" in str(message_fault(commit(b"T\xf6\n\nStory: STORY-1\n", encoding)))
    assert "encoded as" in str(message_fault(commit("Tö\n\nStory: STORY-1\n".encode(), encoding)))
    assert "encoded as" in str(message_fault(commit(b"T\x1b$B\n\nStory: STORY-1\n", encoding)))


@pytest.mark.parametrize("encoding", [b"UTF-16", b"UTF-7", b"IBM037", b"ISO-2022-JP", b"HZ", b"latin1\nx", b""])
def test_f_an_encoding_that_reads_ascii_otherwise_is_refused(encoding: bytes) -> None:
    assert "encoded as" in str(message_fault(commit(b"T\n\nStory: STORY-1\n", encoding)))

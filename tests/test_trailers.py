"""The trailer parser: strict, linear, and at one with git where the message is honest."""

import subprocess
import time

from hypothesis import example, given
from hypothesis import strategies as st

from bmad.core.trailers import MAX_TRAILERS, Block, _hooked, _read, message_fault, parse, shown, spelt, stories
from bmad.model.commits import Commit

WORDS = st.text("abcdefgh XYZ019.,()-", min_size=1, max_size=30).filter(
    lambda text: bool(text.strip()) and not set(text.strip()) <= set("-")
)
KEYS = st.sampled_from(["Story", "Step", "Assisted-by", "Fixes", "X-y", "Policy"])
VALUES = st.text("abcXYZ019-./ ", min_size=1, max_size=20).map(str.strip).filter(bool)


def commit(message: bytes, **headers: bytes) -> Commit:
    rows = tuple((key.encode(), value) for key, value in headers.items())
    return Commit("a" * 40, "b" * 40, (), b"A <a@x> 1 +0000", rows, message)


def told_by_git(message: str) -> list[tuple[str, str]]:
    done = subprocess.run(
        ["git", "interpret-trailers", "--parse", "--no-divider"],
        input=message.encode(),
        capture_output=True,
        check=True,
    )
    pairs = [line.partition(": ") for line in done.stdout.decode().splitlines()]
    return [(key, value) for key, _, value in pairs]


@given(WORDS, st.lists(WORDS, max_size=2), st.lists(st.tuples(KEYS, VALUES), min_size=1, max_size=5))
def test_at_one_with_git_on_honest_messages(title: str, body: list[str], trailers: list[tuple[str, str]]) -> None:
    block = "\n".join(f"{key}: {value}" for key, value in trailers)
    message = "\n\n".join([f"T {title}", *(f"B {words}" for words in body), block]) + "\n"
    ours = [(trailer.key, trailer.value) for trailer in parse(message.encode()).trailers]
    assert ours == trailers == told_by_git(message)


@given(st.binary(max_size=400))
@example(b"\n\n\nStory: x")
@example(b"T\n\nStory: x\n y\n\tz\n")
@example(b"T\n\n y\n")
@example("T\n\n\x0bStory: x\n\x85Story: y\n\u2028Story: z".encode())
def test_never_breaks(message: bytes) -> None:
    block = parse(message)
    assert isinstance(block, Block)
    for trailer in block.trailers:
        line = message.split(b"\n")[trailer.line - 1]
        assert line.lower().startswith(trailer.key.lower().encode())
    assert stories(block).ids == tuple(dict.fromkeys(stories(block).ids))


PIECES = [
    *(b"Story: STORY-a", b"Story: STORY-a\n", b"story: x", b"his tory: y", b"Story:z", b"Title", b"> Story: b"),
    *(b" Story: STORY-c", b"Signed-off-by: A <a@x>", b"(cherry picked from commit 0123456)", b"commit 0123456"),
    *(
        b"\n",
        b"\n\n",
        b"\r\n",
        b" ",
        b"\t",
        b"\0",
        "\u00e4".encode(),
        b"deadbeef : x",
        b"Squashed commit of the following:",
    ),
]


@given(
    st.lists(st.sampled_from(PIECES), max_size=8).map(b"".join), st.sampled_from([b"", b"\n\nStory: STORY-q\n"])
)
def test_what_the_hook_writes_is_read_as_all_else(message: bytes, end: bytes) -> None:
    found = _hooked(message + end)
    assert found is None or found == _read(message + end)


def test_the_block_that_the_hook_writes_is_read_at_once() -> None:
    block = _hooked(b"Title\n\nBody\n\nStory: STORY-q\n")
    assert block is not None
    assert [tuple(one) for one in block.trailers] == [("Story", "STORY-q", 5)]


@given(WORDS, WORDS)
def test_prose_after_the_block_undoes_it(title: str, prose: str) -> None:
    assert parse(f"{title}\n\nStory: STORY-1\n".encode()).values("story")
    assert not parse(f"{title}\n\nStory: STORY-1\n\nand {prose}\n".encode()).values("story")
    assert not parse(f"{title}\n\nStory: STORY-1\nand {prose}\n".encode()).values("story")
    assert not parse(f"Story: STORY-1\n{title}\n".encode()).values("story")


def test_the_squash_buttons_paragraph() -> None:
    for between in ("", "---------\n\n"):
        block = parse(f"T\n\nwords\n\nStory: STORY-1\n\n{between}Co-authored-by: B <b@x>\n".encode())
        assert stories(block).ids == ("STORY-1",)
        assert [trailer.key for trailer in block.trailers] == ["Story", "Co-authored-by"]
    assert not parse(b"T\n\nStory: STORY-1\n\nFixes: 3\n").values("story")
    assert not parse(b"Story: STORY-1\n\nCo-authored-by: B <b@x>\n").values("story")
    assert not parse(b"T\n\nStory: STORY-1\n\n---\n\nx\n\nCo-authored-by: B <b@x>\n").values("story")


def test_where_a_stray_story_stands() -> None:
    cases = {
        b"T\n\nStory: X-1\n\nmore\n": "line 3 is not in the last paragraph, which begins on line 5",
        b"T\n\nprose\nStory: X-1\n": "line 4 is in the last paragraph, but that is no trailer block: line 3 is",
        b"Story: X-1\n": "line 1 is in the title's paragraph",
        b"T\n\nStory: X-1\n\nFixes: 1\n": "line 3 is not in the last paragraph",
    }
    for message, words in cases.items():
        assert words in parse(message).reason
    assert parse(b"T\n\nhistory: none\n").reason == ""


def test_linear_time_and_caps() -> None:
    for message in (
        b"T\n\n" + b"a" * 900_000,
        b"T\n\n" + b"a-" * 450_000 + b": x",
        b"T\n\n" + b"A: b\n" * 200_000,
        b"\n" * 1_000_000,
        b"T\n\nStory: X\n" + b" \n x" * 300_000,
        b" \t" * 500_000,
    ):
        start = time.process_time()
        parse(message)
        assert time.process_time() - start < 3
    assert not parse(b"T\n\n" + b"Story: X-1\n" * (MAX_TRAILERS + 1)).trailers


def test_message_faults() -> None:
    assert message_fault(commit(b"T\n", encoding=b"UTF-8")) is None
    assert "NUL" in str(message_fault(commit(b"T\0\n")))
    assert "IBM037" in str(message_fault(commit(b"T\n", encoding=b"IBM037")))
    assert "UTF-8" in str(message_fault(commit(b"\xff\n")))
    assert "longer" in str(message_fault(commit(b"a" * (2 << 20))))
    assert "longer" in str(message_fault(commit(b"T", gpgsig=b"a" * (1 << 19))))


def test_values_are_shown_with_their_code_points() -> None:
    assert spelt("STORY-1\u200b") == "`STORY-1\\xe2\\x80\\x8b` (with U+200B)"
    assert shown(b"a\x1b[2J`") == "a\\x1b[2J\\x60"

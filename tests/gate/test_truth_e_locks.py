"""Versions of the lock cost what they change, and read as if each was read alone."""

import tracemalloc
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmad.errors import UndecidableError
from bmad.model.bounds import FILE, MIB, NODE_PARTS, Bound
from bmad.model.lock import Lock
from bmad.pipeline.gate import lock_versions
from bmad.pipeline.gate.lock_versions import Locks
from bmad.store import lockfile
from bmad.store.formats import TextFormats
from bmad.store.lockfile import HEADER, parse_lock
from tests.gate.repo import MAPPED, Repo, codes, passes, refuses
from tests.layout import LOCK
from tests.oracle.fake import Objects

DIGESTS = [character * 64 for character in "0ab"]
LINES = [
    HEADER,
    *(f"node {name} {digest}" for name in ("FR-1", "FR-2") for digest in DIGESTS),
    *(
        f"link {name} traces INT-1 {digest}{by}"
        for name in ("FR-1", "FR-2")
        for digest in DIGESTS
        for by in ("", ' ["", ""]', ' ["a", "é"]', r' ["a", "\u00e9"]')
    ),
    *(f"retired {name} {digest}" for name in ("FR-3", "FR-4") for digest in DIGESTS),
    *(f'reopened STORY-1 1 ["a", "{why}"]' for why in ("x", "y", r"\u0079")),
]


class Blobs(Objects):
    """Blobs that are named by their place, from "b1" on, and nothing else."""

    def __init__(self, contents: Iterable[bytes]) -> None:
        self.contents = {f"b{at}": content for at, content in enumerate(contents, 1)}
        self.asked: list[str] = []

    def blobs(self, ids: Iterable[str], bound: Bound = FILE) -> dict[str, bytes]:  # noqa: ARG002 - as the port has it
        names = list(ids)
        self.asked += names
        return {name: self.contents[name] for name in names}


def read(contents: Iterable[bytes]) -> tuple[Locks, Blobs]:
    blobs = Blobs(contents)
    locks = Locks(blobs, TextFormats())
    locks.begin()
    return locks, blobs


def alone(content: bytes) -> Lock:
    return once(parse_lock(content.decode()))


def once(lock: Lock) -> Lock:
    """The same, its entries in order and each once."""
    return Lock(
        nodes={key: tuple(sorted(set(found))) for key, found in lock.nodes.items()},
        links={key: tuple(sorted(set(found))) for key, found in lock.links.items()},
        retired=lock.retired,
        reopened={key: tuple(sorted(set(found))) for key, found in lock.reopened.items()},
    )


versions = st.lists(
    st.lists(st.sampled_from(LINES)).map(lambda some: "\n".join(some).encode()), min_size=1, max_size=6
)


@given(versions, st.lists(st.integers(0, 5), max_size=12))
def test_e_each_version_reads_as_if_it_was_read_alone(contents: list[bytes], asked: list[int]) -> None:
    locks, blobs = read(contents)
    for at in asked:
        name = f"b{at % len(contents) + 1}"
        assert locks.fault(name) == ""
        assert locks.lock(name) == alone(contents[at % len(contents)])
    assert len(blobs.asked) == len(set(blobs.asked))


@given(versions)
def test_e_the_new_lines_of_each_pair_of_versions(contents: list[bytes]) -> None:
    locks, _ = read(contents)
    sets = [set(), *(set(content.split(b"\n")) for content in contents)]
    names = ["0" * 40, *(f"b{at}" for at in range(1, len(sets)))]
    for old, before in zip(names, sets, strict=True):
        for new, after in zip(names, sets, strict=True):
            assert once(locks.new_lines(old, new)) == alone(b"\n".join(after - before))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"node FR-1\n", "line 2"),
        (b"\xff\n", "not UTF-8"),
        (b"\0\n", "not UTF-8"),
        (HEADER.encode() + b"\r\r\n", "written by a version"),
        (LINES[1].encode() + b"\r\r\n", "is no line of a lock"),
    ],
)
def test_e_what_cannot_be_read_is_told_with_its_line_and_passed_over(content: bytes, words: str) -> None:
    good = LINES[1].encode() + b"\n"
    locks, _ = read([good, good + content, good + LINES[2].encode() + b"\r\n"])
    assert [locks.fault(f"b{at}") for at in (1, 3)] == ["", ""]
    assert words in locks.fault("b2")
    assert locks.lock("b2") == locks.new_lines("b2", "b3") == locks.new_lines("b1", "b2") == Lock()
    assert len(locks.lock("b3").nodes["FR-1"]) == 2


@pytest.mark.parametrize(("one", "other"), [("", ' ["", ""]'), (' ["", "x"]', r' ["", "\u0078"]')])
def test_e_a_line_that_stands_counts_whatever_other_spelling_of_it_went(repo: Repo, one: str, other: str) -> None:
    """Else a link that nobody confirmed would be settled unseen, by two commits."""
    link, held = f"link STORY-find01 implements FR-find01 {'1' * 64}", str(MAPPED[LOCK])
    repo.commit("work", "Both\n", {LOCK: f"{held}{link}{one}\n{link}{other}\n"})
    repo.commit("work", "One\n", {LOCK: f"{held}{link}{one}\n"})
    refuses(repo.gate(), "G13")
    repo.commit("work", "None\n", {LOCK: held})
    passes(repo.gate())


def test_e_an_end_in_the_middle_leaves_the_rest_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a deadline ends it: what is read afterwards, in the same session, is not made of halves."""
    contents = ["\n".join(LINES[: 5 * at]).encode() for at in range(1, 5)]
    locks, _ = read(contents)
    kept = [locks.found(f"b{at}") for at in range(1, 5)]
    locks.lock("b2")
    parsed, calls = locks._parsed, iter(range(3))

    def ended(lines: frozenset[bytes]) -> Lock:
        if next(calls, None) is None:
            raise UndecidableError("over")
        return parsed(lines)

    monkeypatch.setattr(locks, "_parsed", ended)
    with pytest.raises(UndecidableError):
        locks.lock("b4")
    monkeypatch.undo()
    assert [one() for one in kept] == [alone(content) for content in contents]


def test_e_what_versions_change_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_versions, "LOCK_LINES", 3)
    locks, _ = read(["\n".join(LINES[:2]).encode(), "\n".join(LINES[:3]).encode(), b""])
    locks.fault("b1")
    locks.fault("b2")
    with pytest.raises(UndecidableError, match="more than 3 lines that versions"):
        locks.fault("b3")


@pytest.mark.parametrize("line", ["block 0123456789abcdef note ", f"link A traces B {'0' * 64} "])
def test_e_a_long_word_of_a_line_is_read_in_its_own_size(line: str) -> None:
    """Where a sign may be tried twice, as much as a hundred times of that is held."""
    tracemalloc.start()
    try:
        parse_lock(f'{line}["a", "{"x" * MIB}\\"{"y" * MIB}"]')
        assert tracemalloc.get_traced_memory()[1] < 20 * MIB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            f"node FR-9 {DIGESTS[0]}{' a=1' * 3_000_000}",
            f"a node of 3000000 parts, and at most {NODE_PARTS} are read",
        ),
        ("\n".join(f"node FR-{at} {DIGESTS[0]} a=1 b=2" for at in range(600)), "more than 1000 parts"),
    ],
    ids=["one node", "all"],
)
def test_e_a_lock_of_too_many_parts(repo: Repo, monkeypatch: pytest.MonkeyPatch, line: str, words: str) -> None:
    monkeypatch.setattr(lockfile, "LOCK_PARTS", 1000)
    repo.commit("work", "Lock\n", {LOCK: f"{MAPPED[LOCK]!s}{line}\n"})
    report = repo.gate()
    refuses(report, "G12")
    assert report.exit == 3
    assert words in report.every_finding[0].message


def test_e_a_node_of_as_many_parts_as_are_read(repo: Repo) -> None:
    repo.commit("work", "Lock\n", {LOCK: f"{MAPPED[LOCK]!s}node FR-find01 {DIGESTS[0]}{' a=1' * NODE_PARTS}\n"})
    assert "G12" not in codes(repo.gate())

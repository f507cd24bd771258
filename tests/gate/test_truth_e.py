"""A hostile range ends soon and in little memory: sizes before contents, each bound told with its number."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bmad.core import places, rules
from bmad.core.gate import costs, state, stories
from bmad.core.gate.state import Parsed, Policy, State, Ways
from bmad.core.places import FoldedText
from bmad.core.territory import holds
from bmad.errors import UndecidableError, UsageError
from bmad.git import changes, diff_tree, objects
from bmad.git.budget import Budget
from bmad.git.objects import parse_commit
from bmad.git.read import history, private
from bmad.model.bounds import ALL_PARTS, COMMIT, CRITERIA, FAULTS, GLOBS, HEADERS, PARTS, REFERENCES, Bound
from bmad.model.lock import Lock
from bmad.model.spec import Statement, StatementClass
from bmad.pipeline.gate import evidence, lock_versions, record_reader, reverts
from bmad.store import grammar, plain
from bmad.store.lockfile import parse_lock
from tests.gate.fuzz import tried
from tests.gate.hostile import gated
from tests.gate.repo import FIND, FIND_AT, MAPPED, Repo, codes, minted, passes, refuses, story
from tests.layout import parse
from tests.specs import SMALL

HEAD = b"tree " + b"a" * 40 + b"\nauthor A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n"
MIB = 1 << 20
SMALL_FIND = SMALL.get("src/find.py") or MAPPED["src/find.py"]


def told(repo: Repo, words: str) -> None:
    """The gate ends with G12 alone, and names the number."""
    report = repo.gate()
    refuses(report, "G12")
    assert any(words in one.message for one in report.every_finding), report.every_finding


def test_e_a_header_of_many_lines_is_read_in_one_pass() -> None:
    start = time.process_time()
    commit = parse_commit("x", HEAD + b"gpgsig x\n" + b" a\n" * MIB + b"\nWork\n")
    assert time.process_time() - start < 3
    assert commit.headers[-1] == (b"gpgsig", b"\n".join([b"x", *[b"a"] * MIB]))


def test_e_headers_are_bounded() -> None:
    assert len(parse_commit("x", HEAD + b"a b\n" * (HEADERS - 3) + b"\nWork\n").headers) == HEADERS
    with pytest.raises(Exception, match=f"more than {HEADERS} headers"):
        parse_commit("x", HEAD + b"a b\n" * (HEADERS - 2) + b"\nWork\n")


@pytest.mark.parametrize("tree", [b"%b %b", b"%b\n %b", b"%b%b", b"x%b%.0b"])
def test_e_a_tree_is_one_id_and_no_second_one_stands_behind_it(tree: bytes) -> None:
    ids = (b"1" * 40, b"2" * 40)
    head = b"tree %b\nauthor A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n" % (tree % ids)
    with pytest.raises(Exception, match="something that is no id"):
        parse_commit("x", head + b"\nWork\n")


def test_e_a_large_commit_is_not_loaded(repo: Repo) -> None:
    repo.commit("work", story(FIND, body="x" * COMMIT.one), {"src/find.py": "1\n"})
    told(repo, f"at most {COMMIT.one} each")


def test_e_many_commits_that_are_large_together(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    for at in range(4):
        repo.commit("work", story(FIND, body="x" * 1000), {"src/find.py": f"{at}\n"})
    monkeypatch.setattr(objects, "COMMIT", Bound("commits", 2000, 8000))
    passes(repo.gate())
    monkeypatch.setattr(objects, "COMMIT", Bound("commits", 2000, 4000))
    told(repo, "more than 4000 bytes together")


def test_e_more_commits_than_are_held(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    for at in range(4):
        repo.commit("work", story(FIND), {"src/find.py": f"{at}\n"})
    for module in (history, objects):
        monkeypatch.setattr(module, "COMMITS", 4)
    passes(repo.gate())
    repo.commit("work", story(FIND), {"src/find.py": "last\n"})
    told(repo, "more than 4 commits")


@pytest.mark.parametrize("few", [True, False], ids=["asked of an open git", "asked of its own"])
def test_e_more_paths_than_are_held(repo: Repo, few: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("work", story(FIND), {f"tests/find/{at}.py": "1\n" for at in range(10)})
    monkeypatch.setattr(diff_tree, "_FEW", 64 if few else 0)
    monkeypatch.setattr(changes, "PATHS", 12)
    passes(repo.gate())
    monkeypatch.setattr(changes, "PATHS", 11)
    told(repo, "more than 11 changed paths")


def test_e_a_tree_bomb_is_not_listed_to_its_end(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three objects, a million paths: what is listed of them is enough to know."""
    monkeypatch.setattr(changes, "PATHS", 20_000)
    blob = repo.git("hash-object", "-w", "--stdin", stdin=b"x\n")
    tree = repo.git("mktree", stdin="".join(f"100644 blob {blob}\tf{at}\n" for at in range(100, 200)).encode())
    for _ in range(2):
        rows = "".join(f"040000 tree {tree}\td{at}\n" for at in range(100, 200))
        tree = repo.git("mktree", stdin=rows.encode())
    root = repo.git("ls-tree", "main") + f"\n040000 tree {tree}\tzbomb\n"
    whole = repo.git("mktree", stdin=root.encode())
    head = repo.git("commit-tree", whole, "-p", "main", stdin=story(FIND).encode())
    repo.git("update-ref", "refs/heads/work", head)
    start = time.process_time()
    told(repo, "more than 20000 changed paths")
    assert time.process_time() - start < 15


def test_e_folders_without_files_end_by_time(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """They add no path, so only time tells; git says which second was the last."""
    tree = repo.git("mktree", stdin=b"")
    for _ in range(4):
        rows = "".join(f"040000 tree {tree}\td{at}\n" for at in range(100, 200))
        tree = repo.git("mktree", stdin=rows.encode())
    whole = repo.git("mktree", stdin=(repo.git("ls-tree", "main") + f"\n040000 tree {tree}\tz\n").encode())
    head = repo.git("commit-tree", whole, "-p", "main", stdin=story(FIND).encode())
    repo.git("update-ref", "refs/heads/work", head)
    monkeypatch.setattr(private, "GIT_SECONDS", 1)
    told(repo, "took more than 1 seconds of CPU time")


def test_e_all_gits_share_one_budget() -> None:
    budget = Budget(1)
    with subprocess.Popen([sys.executable, "-c", "sum(range(3_000_000))"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        budget.charge(child.pid)
        budget.charge(child.pid)  # what was charged once is not charged again
        budget.forget(child.pid)
        spent = Budget(0)
        with pytest.raises(UndecidableError, match="more than 0 seconds of CPU time"):
            spent.charge(child.pid)


def record_of(many: int) -> str:
    return '{"schema": "bmad.record/1", "x": [' + "[]," * many + "[]]}"


def test_e_a_record_of_many_values_is_not_parsed(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two bytes a value: a file of some MiB took gigabytes to say what is wrong with it."""
    repo.commit("work", story(FIND), {f"stories/records/{FIND}.json": record_of(500)})
    monkeypatch.setattr(record_reader, "RECORD_VALUES", 1004)
    refuses(repo.gate(), "G14")
    monkeypatch.setattr(record_reader, "RECORD_VALUES", 1003)
    told(repo, "holds 1004 values, and the gate reads at most 1003 of one")
    monkeypatch.undo()
    monkeypatch.setattr(record_reader, "ALL_RECORD_VALUES", 1003)
    told(repo, "more than 1003 values in records")


def test_e_merges_that_reverts_name_are_bounded(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("work", story(FIND), {"src/find.py": "1\n"})
    made = repo.merge("main", "work", "Merge\n")
    repo.branch("work", "main")
    repo.commit("work", f'Revert "x"\n\nThis reverts commit {made}.\n', {"src/find.py": SMALL_FIND})
    passes(repo.gate())
    monkeypatch.setattr(reverts, "NAMED_MERGES", 0)
    told(repo, "more than 0 merges that its reverts name")


def test_e_states_with_the_same_items_share_a_chain() -> None:
    """Each state of a long range had one of its own for each story: gigabytes."""
    own, other = (parse(FIND_AT, text) for text in (SMALL[FIND_AT], SMALL[FIND_AT].replace("FR-", "FR-x")))
    ways = Ways()
    first, second, third = (
        State({FIND_AT: Parsed(one, {item.id: item for item in one.items}, ())}, Lock(), Policy(None)).sharing(
            ways
        )
        for one in (own, own, other)
    )
    assert first.chain(FIND)[1] is second.chain(FIND)[1]
    assert third.chain(FIND)[1] is not first.chain(FIND)[1]
    assert [first.chain(name)[1].story for name in ("STORY-a", "STORY-b")] == ["STORY-a", "STORY-b"]


def test_e_chains_are_bounded(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("work", story("STORY-new001"), {**minted(), "src/rename.py": "1\n"})
    passes(repo.gate())
    monkeypatch.setattr(stories, "WALKED", 3)
    told(repo, "more than 3 links of chains to walk")
    monkeypatch.undo()
    monkeypatch.setattr(state, "CHAINED", 3)
    told(repo, "more than 3 links in the chains of its stories")


def test_e_one_tree_of_too_many_bytes(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("work", story(FIND), {f"tests/find/{at}.py": "1\n" for at in range(50)})
    passes(repo.gate())
    monkeypatch.setattr(objects, "TREE", Bound("trees", 1000, 10_000))
    told(repo, "of trees the gate reads at most 1000 each")


def test_e_documents_of_too_many_bytes(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("work", "Spec\n", minted())
    passes(repo.gate())
    size = max(len(text) for path, text in SMALL.items() if path.startswith(("specs/", "stories/")))
    monkeypatch.setattr(evidence, "DOCUMENT", Bound("documents", size - 1, MIB))
    told(repo, f"of documents the gate reads at most {size - 1} each")


def test_e_more_items_than_are_held(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("work", "Spec\n", minted())
    monkeypatch.setattr(evidence, "ALL_PARTS", 10)
    told(repo, "more than 10 items and criteria in all versions")
    assert ALL_PARTS > 100_000


def test_e_a_document_of_too_many_parts(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    text = SMALL["specs/prd.md"]
    repo.commit("work", "Spec\n", {"specs/prd.md": text + "\n## Notes\n" * 20})
    for reader in (grammar, plain):
        monkeypatch.setattr(reader, "PARTS", text.count("\n#") + 21)
    passes(repo.gate())
    for reader in (grammar, plain):
        monkeypatch.setattr(reader, "PARTS", 20)
    report = repo.gate()
    assert "G12" in codes(report)
    assert report.exit == 3
    assert any("more than 20 headings" in one.message for one in report.every_finding)


STORY = "# STORY-a: x\n\n- Epic: EPIC-1\n"
CRITERION = "- **AC-1** x\n"


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("specs/prd.md", "### FR-1: x\n" * (PARTS + 1), f"more than {PARTS} headings"),
        ("stories/STORY-a.md", STORY + "\n## a\n" * (PARTS + 1), f"more than {PARTS} headings"),
        ("specs/prd.md", "### FR-1: x\n\n- Traces: " + "!," * REFERENCES, f"lists more than {REFERENCES}"),
        ("stories/STORY-a.md", STORY + "- Territory: " + "`a`," * GLOBS, f"lists more than {GLOBS}"),
        (
            "stories/STORY-a.md",
            f"{STORY}\n## Acceptance Criteria\n\n{CRITERION * (CRITERIA + 1)}",
            f"more than {CRITERIA} criteria",
        ),
    ],
    ids=["items", "sections", "ids", "globs", "criteria"],
)
def test_e_what_a_document_may_hold_is_bounded(path: str, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse(path, text)


def test_e_of_a_flood_of_faults_the_first_are_told() -> None:
    found = parse("specs/prd.md", "# PRD\n\n" + "# FR 1\n" * (FAULTS * 3)).findings
    assert len(found) == FAULTS + 1
    assert found[-1].message == f"there are more than {FAULTS} faults; the rest is not told"


def test_e_of_a_flood_of_findings_the_first_are_told_and_it_is_no_pass(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of a hundred thousand references that name nothing took some kilobytes to say so."""
    many = "".join(f"\n### FR-x{at}: x\n\n- Traces: INT-req001\n" for at in range(4))
    repo.commit("work", "Spec\n", {"specs/prd.md": SMALL["specs/prd.md"] + many})
    refuses(repo.gate(), "G13")
    monkeypatch.setattr(rules, "FINDINGS", 3)
    report = repo.gate()
    assert "G12" in codes(report)
    assert any("more than 3 findings" in one.message for one in report.every_finding)


LINES = "\n## Acceptance Criteria\n\n"
REGISTER = "# R\n\n- Intent: "


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("specs/prd.md", "### FR-1: x\n\n- Traces: A\n" + "  a\n" * (MIB // 4)),
        ("stories/STORY-a.md", STORY + LINES + CRITERION + "  a\n" * (MIB // 4)),
        ("specs/prd.md", "# a" + " " * MIB + "b\n"),
        ("specs/prd.md", "# a" + "\t" * MIB + "b\n"),
        ("specs/prd.md", "# a" + " #" * (MIB // 2) + " b\n"),
        ("specs/prd.md", "# " + "1" * MIB + " b\n"),
        ("specs/intent.md", REGISTER + "a" + " " * MIB + "`b\n"),
        ("specs/intent.md", REGISTER + "`a" + " " * MIB + "b\n"),
        ("specs/prd.md", "### FR-1: x\n\n- " + "A" * MIB),
        ("specs/prd.md", "### FR-1: x\n\nx\n- Traces" + "*" * MIB + "\nTraces:"),
        ("specs/prd.md", "[NEEDS CLARIFICATION" * (MIB // 20)),
        ("specs/prd.md", "[NEEDS CLARIFICATION:" + " " * MIB),
    ],
    ids=range(12),
)
def test_e_documents_are_read_in_one_pass(path: str, text: str) -> None:
    start = time.process_time()
    parse(path, text)
    assert time.process_time() - start < 1.5


def test_e_a_lock_of_one_link_many_times_is_read_in_one_pass() -> None:
    start = time.process_time()
    lock = parse_lock(f"link A traces B {'0' * 64}\n" * 50_000)
    assert time.process_time() - start < 1.5
    assert len(lock.links["A", "traces", "B"]) == 50_000


@pytest.mark.parametrize(
    ("text", "title"), [("# a #", "a"), ("# a#", "a#"), ("#  a  ##  ", "a"), ("## ##", ""), ("#", "")]
)
def test_e_headings_read_as_before(text: str, title: str) -> None:
    from bmad.model.markdown import outline  # noqa: PLC0415 - what is under test here alone

    assert [one.text for one in outline(text).headings] == [title]


def test_e_an_honest_repository_is_far_from_every_bound(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "honest")
    repo.branch("work")
    for at in range(30):
        repo.commit("work", story(FIND, body="words " * 500), {f"tests/find/{at}.py": "1\n" * 1000})
    passes(repo.gate())


def test_e_globs_are_read_once_and_found_by_their_folder() -> None:
    """Two thousand paths against two thousand globs, eight times: 32 million tries were eight seconds."""
    states = [(*(f"x{state}/{at}/*/a" for at in range(2000)), "src/**") for state in range(8)]
    start = time.process_time()
    for globs in states:
        assert all(holds(globs, f"src/n{at}") for at in range(2000))
        assert holds(globs, f"{globs[7][:5]}b/a")
    assert time.process_time() - start < 2


def test_e_more_tries_of_globs_than_the_gate_makes(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("work", story(FIND), {f"tests/find/{at}.py": "1\n" for at in range(10)})
    monkeypatch.setattr(costs, "TRIED", 20)
    passes(repo.gate())
    monkeypatch.setattr(costs, "TRIED", 19)
    told(repo, "would be tried 20 times on its paths, and the gate tries 19")


def test_e_stories_times_states(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("work", "Spec\n", minted())
    repo.commit("work", story("STORY-new001"), {"src/rename.py": "1\n"})
    passes(repo.gate())
    monkeypatch.setattr(stories, "STORY_STATES", 0)
    told(repo, "more than 0 states of the stories that it brings")


def test_e_quotes_that_stand_nowhere_in_a_long_intent() -> None:
    quotes = [
        Statement(id=f"INT-{at}", title="x", klass=StatementClass.GOAL, quote=f"none {at}") for at in range(9)
    ]
    text = FoldedText("word " * 200 + "\nnone 8")
    assert text.find_all(quotes)["INT-8"] == (2, 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "SEARCHED", 10_000)
        with pytest.raises(UndecidableError, match="more than 10000 characters of its intent"):
            text.find_all(quotes)


@pytest.mark.parametrize("name", ["signatures", "quotes"])
def test_e_the_hostile_shapes_are_made(name: str, tmp_path: Path) -> None:
    """At a small size; `python -m tests.gate.hostile` has them at their full one."""
    done = gated({name: 0.001}, tmp_path / "r")
    assert not done.wrong, done


@pytest.mark.parametrize("seed", range(3))
def test_e_several_hostile_shapes_at_once(seed: int) -> None:
    """At a small size; `python -m tests.gate.fuzz` has them near their bounds."""
    made, done = tried(seed, 0.003)
    assert not done.wrong, (made, done)


def test_e_lines_of_locks_are_bounded(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("work", story("STORY-new001"), {**minted(), "src/rename.py": "1\n"})
    passes(repo.gate())
    monkeypatch.setattr(lock_versions, "LOCK_LINES", 3)
    told(repo, "more than 3 lines that versions of the lock have otherwise than one another")

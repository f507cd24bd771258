"""An old repository is adopted at its present commit, and what is older has stories proposed, and none traced."""

import json
from pathlib import Path

import pytest

from bmad.core.backfill import Seen, proposed
from tests.importing.projects import written
from tests.program import git, inside


def _line(*messages: str) -> list[Seen]:
    return [
        Seen(f"{at:040x}", (f"{at - 1:040x}",) if at else (), message, ("src/a/b/c.py",))
        for at, message in enumerate(messages)
    ]


@pytest.mark.parametrize(
    ("message", "grounds", "key", "title"),
    [
        ("Add receipts (#12)", "pull request", "#12", "Add receipts"),
        ("Merge pull request #7 from a/b\n\nPrint it\n", "pull request", "#7", "Print it"),
        ("Merged in x (pull request #8)\n\nCut it", "pull request", "#8", "Cut it"),
        ("SHOP-12: weigh", "key", "SHOP-12", "SHOP-12: weigh"),
        ("feat(till): weigh", "scope", "till", "feat(till): weigh"),
        ("Use UTF-8 and SHA-256", "path", "src/a", "Use UTF-8 and SHA-256"),
        ("", "path", "src/a", ""),
    ],
)
def test_a_commit_goes_by_the_surest_of_its_own_words(message: str, grounds: str, key: str, title: str) -> None:
    [one] = proposed(_line(message), f"{0:040x}")
    assert (one.grounds, one.key, one.title, one.paths) == (grounds, key, title, ("src/a",))


def test_a_merge_takes_with_it_what_it_brought_and_each_commit_is_in_one_proposal() -> None:
    root, side, more = Seen("a", (), "start"), Seen("b", ("a",), "one"), Seen("c", ("b",), "two")
    merge = Seen("d", ("a", "c"), "Merge branch 'x' into main\n\nSee merge request shop/till!4\n")
    plain = Seen("e", ("d", "gone"), "Merge branch 'y'")
    found = proposed([root, side, more, merge, plain], "e")
    assert [(one.grounds, one.key, one.commits) for one in found] == [
        ("path", "", ("a",)),
        ("pull request", "shop/till!4", ("b", "c", "d")),
        ("path", "", ("e",)),
    ]
    assert proposed([root, side, more, merge, plain], "e") == found


def test_what_is_far_apart_is_not_held_together() -> None:
    far = proposed(_line("feat(a): x", *["other words"] * 80, "feat(a): y"), f"{81:040x}")
    assert [len(one.commits) for one in far if one.grounds == "scope"] == [1, 1]
    near = proposed(_line("feat(a): x", "other", "feat(a): y"), f"{2:040x}")
    assert [len(one.commits) for one in near if one.grounds == "scope"] == [2]


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two commits that nobody traced."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "old"
    root.mkdir()
    git("init", "-q", "-b", "main", ".", cwd=root)
    for text, message in (("a\n", "Sell (#1)"), ("a\nb\n", "SHOP-2 print")):
        written(root, {"src/till.py": text})
        git("add", ".", cwd=root)
        git("commit", "-qm", message, cwd=root)
    return root


def test_adopt_says_where_tracing_begins_and_again_changes_nothing(old: Path) -> None:
    head = git("rev-parse", "HEAD", cwd=old)
    policy = "version: 1\n# ours\ngate: {level: traced}  # mind\n"
    written(old, {"bmad.yaml": policy})
    first = json.loads(inside("adopt", "--json", cwd=old).out)
    assert (first["since"], first["written"]) == (head, ["bmad.yaml"])
    assert (old / "bmad.yaml").read_text("utf-8") == policy.replace("{level", f"{{since: {head}, level")
    again = json.loads(inside("adopt", "--json", cwd=old).out)
    assert (again["since"], again["written"]) == (head, [])


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("version: 1\n", "version: 1\ngate: {{since: {0}}}\n"),
        ("gate:\n  # why\n  level: traced\n", "gate:\n  since: {0}\n  # why\n  level: traced\n"),
        ("gate: {}\n", "gate: {{since: {0}}}\n"),
    ],
)
def test_adopt_writes_one_line_and_leaves_the_rest(old: Path, policy: str, told: str) -> None:
    written(old, {"bmad.yaml": policy})
    assert inside("adopt", cwd=old).code == 0
    assert (old / "bmad.yaml").read_text("utf-8") == told.format(git("rev-parse", "HEAD", cwd=old))


@pytest.mark.parametrize("policy", ['{"version": 1}\n', '"gate":\n  level: traced\n', "version: 1\n...\n"])
def test_adopt_says_what_to_write_where_it_cannot_write_it(old: Path, policy: str) -> None:
    written(old, {"bmad.yaml": policy})
    told = inside("adopt", cwd=old).err
    assert f"write into its `gate`: since: {git('rev-parse', 'HEAD', cwd=old)}" in told
    assert (old / "bmad.yaml").read_text("utf-8") == policy


def test_adopt_needs_a_commit(tmp_path: Path) -> None:
    assert inside("adopt", cwd=tmp_path).code == 3
    git("init", "-q", ".", cwd=tmp_path)
    assert "nothing to adopt" in inside("adopt", cwd=tmp_path).err


def test_what_is_proposed_is_told_of_older_lines_and_never_as_a_trace(old: Path) -> None:
    assert "First: bmad adopt" in inside("backfill", cwd=old).err, "nothing was adopted yet"
    adopted = inside("adopt", cwd=old)
    assert (adopted.code, "as before" in adopted.out) == (0, False)
    assert "as before" in inside("adopt", cwd=old).out
    unsaved = inside("backfill", cwd=old)
    assert (unsaved.code, "not committed. Commit bmad.yaml" in unsaved.err) == (2, True)
    assert "once bmad.yaml is committed bmad trace calls it older" in adopted.out
    asked = (("coverage",), ("trace", "src/till.py"), ("trace", "HEAD"), ("blame", "src/till.py"))
    early = "holds no bmad.yaml, so nothing is called older: commit the adoption"
    assert [inside(*words, cwd=old).err.count(early) for words in asked] == [1] * len(asked)
    git("add", ".", cwd=old)
    git("commit", "-qm", "Adopt bmad", cwd=old)
    assert [inside(*words, cwd=old).err.count(early) for words in asked] == [0] * len(asked)
    before = inside("trace", "src/till.py:2", cwd=old)
    assert "proposed" not in before.err
    report = json.loads(inside("backfill", "--json", cwd=old).out)
    assert (report["commits"], report["left_out"], report["kept"]) == (2, 0, True)
    assert [(one["grounds"], one["key"]) for one in report["proposals"]] == [
        ("pull request", "#1"),
        ("key", "SHOP-2"),
    ]
    traced = inside("trace", "src/till.py:2", cwd=old)
    assert "line 2: proposed, before adoption, not traced: key SHOP-2, “SHOP-2 print” (1 commit)" in traced.err
    assert traced.out == before.out
    blamed = inside("blame", "src/till.py", cwd=old)
    assert "line 1: proposed, before adoption, not traced: pull request #1, “Sell” (1 commit)" in blamed.err
    told = inside("trace", "HEAD~1", cwd=old)
    assert "proposed, before adoption, not traced: key SHOP-2" in told.err
    assert "2 older lines apart" in inside("coverage", cwd=old).out
    assert json.loads(inside("backfill", "--most", "1", "--json", cwd=old).out)["left_out"] == 1

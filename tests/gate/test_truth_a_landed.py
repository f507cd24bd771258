"""What passed in its request and on its push passes in every longer audit: reverts, and files that git joins."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bmad.model.commits import Change, Commit
from bmad.model.history import Touched
from bmad.pipeline.gate.reverts import Told, look_for_reverts
from bmad.store.formats import TextFormats
from tests.gate.records import CODE, REVIEWED, at, reviewed, squash
from tests.gate.repo import (
    FIND,
    FIND_AT,
    MAPPED,
    MINTED_AT,
    STORE,
    STORE_AT,
    Content,
    Repo,
    kinds,
    minted,
    passes,
    refuses,
    respecified,
    story,
)
from tests.layout import LOCK
from tests.specs import SMALL, lock_for

BUTTON = "Revert 'Work' (#13)\n\nReverts owner/repo#12\n"
CI = ".github/workflows/a.yml"
OLD: dict[str, Content] = {"src/find.py": MAPPED["src/find.py"]}


def landed(repo: Repo, message: str = "Merge a request\n") -> str:
    """The branch on main by a merge, each push audited by itself; the new tip."""
    passes(repo.gate())
    before = repo.tip("main")
    made = repo.merge("main", "work", message)
    passes(repo.gate("main", since=before))
    repo.branch("work")
    return made


def named(made: str) -> str:
    return f'Revert "Work"\n\nThis reverts commit {made}.\n'


@pytest.mark.parametrize("by", ["name", "content"])
def test_a_a_revert_that_a_merge_brought_passes_in_a_longer_audit(repo: Repo, by: str) -> None:
    repo.commit("work", story(FIND), CODE)
    made = landed(repo)
    repo.commit("main", story(STORE), {"src/store.py": "def store():\n    return 2\n"})
    repo.branch("work")
    repo.commit("work", named(made) if by == "name" else BUTTON, OLD)
    landed(repo)
    report = repo.gate("main", since=repo.base)
    passes(report)
    assert kinds(report)[-2:] == ["revert", "merge"]
    repo.commit("work", BUTTON, {"src/find.py": "def find():\n    return None\n"})
    repo.merge("main", "work")
    refuses(repo.gate("main", since=repo.base), "G01")


@pytest.mark.parametrize("by", ["name", "content"])
def test_a_a_revert_of_a_request_with_its_story_passes_in_a_longer_audit(repo: Repo, by: str) -> None:
    repo.commit("work", "Spec\n", minted())
    repo.commit("work", story("STORY-new001"), {"src/rename.py": "x\n"})
    made = landed(repo)
    gone: dict[str, Content] = {MINTED_AT: None, "src/rename.py": None, LOCK: MAPPED[LOCK]}
    repo.commit("work", named(made) if by == "name" else BUTTON, gone)
    landed(repo)
    passes(repo.gate("main", since=repo.base))


@pytest.mark.parametrize("by", ["name", "content"])
def test_a_a_landing_brought_back_passes_in_a_longer_audit(repo: Repo, by: str) -> None:
    repo.commit("main", "P\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")
    made = reviewed(repo, FIND, CODE)
    repo.git("update-ref", "refs/heads/main", squash(repo, "work", story(FIND)))
    gone: dict[str, Content] = {**OLD, at(FIND): None}
    back = repo.commit("main", named(repo.tip("main")) if by == "name" else BUTTON, gone)
    repo.branch("work")
    repo.commit("work", named(back) if by == "name" else BUTTON, {**CODE, at(FIND): made.as_json()})
    landed(repo)
    report = repo.gate("main", since=repo.base)
    passes(report)
    assert kinds(report)[-3:] == ["revert", "revert", "merge"]


def test_a_a_record_that_is_brought_back_puts_no_steps_together(repo: Repo) -> None:
    """Between the landing by rebase and its return another story is reopened, which has to stand in a base."""
    repo.commit("main", "P\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    reviewed(repo, STORE, {"src/store.py": "def store():\n    return 2\n"}, branch="main")
    start = repo.tip("main")
    made = reviewed(repo, FIND, CODE, branch="main")
    repo.commit("main", "Spec\n", {LOCK: f'{MAPPED[LOCK]!s}reopened STORY-store1 1 ["ada", "more"]\n'})
    repo.branch("work")
    reviewed(repo, STORE, {"src/store.py": "def store():\n    return 3\n"}, number=2)
    repo.git("update-ref", "refs/heads/main", squash(repo, "work", story(STORE)))
    back = repo.commit("main", BUTTON, {**OLD, at(FIND): None})
    repo.branch("work")
    repo.commit("work", named(back), {**CODE, at(FIND): made.as_json()})
    passes(repo.gate())
    repo.branch("main", "work")
    passes(repo.gate("main", since=start))


@pytest.mark.parametrize("by", ["name", "content"])
def test_a_a_revert_of_what_is_older_than_the_policy_passes_in_an_audit_of_all(tmp_path: Path, by: str) -> None:
    repo = Repo(tmp_path / "repo.git", {})
    code = {path: text for path, text in MAPPED.items() if path.startswith(("src/", "README"))}
    repo.commit("main", "One\n", {CI: "a\n", **code})
    made = repo.commit("main", "Two\n", {CI: "b\n"})
    policy = f"version: 1\ngate: {{level: scoped, since: {made}}}\n"
    repo.commit(
        "main", "Adopt\n", {**{one: MAPPED[one] for one in MAPPED.keys() - code.keys()}, "bmad.yaml": policy}
    )
    repo.branch("work")
    repo.commit("work", named(made) if by == "name" else BUTTON, {CI: "a\n"})
    passes(repo.gate())
    report = repo.gate(since="root")
    passes(report)
    assert kinds(report) == ["grandfathered", "grandfathered", "adoption", "revert"]
    repo.branch("work")
    repo.commit("work", BUTTON, {CI: "c\n"})
    refuses(repo.gate(since="root"), "G06")


class Touching:
    """Of all that is asked of a history the one thing that reverts are looked for in."""

    def __init__(self, line: Sequence[Touched]) -> None:
        self._line = line

    def touching(self, tip: str, paths: Sequence[bytes]) -> list[Touched]:
        assert tip
        return [one for one in self._line if any(change.path in paths for change in one.changes)]


def test_a_reverts_are_looked_for_in_all_of_a_long_audit() -> None:
    """However many commits that name nothing come after them."""

    def made(name: str, parent: str, message: bytes, path: bytes, *blobs: str) -> tuple[Commit, list[Change]]:
        commit = Commit(name, "t", (parent,), b"a", (), message)
        return commit, [Change(path, "100644", "100644", *blobs)]

    work = made("c", "p", b"W\n\nStory: STORY-a\n", b"src/a", "1", "2")
    back = made("r", "c", b"Reverts owner/repo#1\n", b"src/a", "2", "1")
    later = [made(f"s{at}", f"s{at - 1}" if at else "r", b"x\n", b"%d" % at, "1", "2") for at in range(300)]
    walked = [work, back, *later]
    line = [Touched(commit.id, changes) for commit, changes in reversed(walked)]
    brought = {commit.id: at for at, (commit, _) in enumerate(walked)}
    found = look_for_reverts(Told(Touching(line), ()), walked, "s299", brought)  # type: ignore[arg-type]
    assert found == {"r": ("c",)}


def test_a_history_is_gone_through_only_where_what_is_reverted_says_nothing_itself() -> None:
    """What a revert by name takes back tells by its own message why it was there, or by its content."""
    asked: list[str] = []

    class Watched(Touching):
        def touching(self, tip: str, paths: Sequence[bytes]) -> list[Touched]:
            asked.append(tip)
            return super().touching(tip, paths)

    def ran(work: bytes, between: bytes) -> bool:
        asked.clear()
        ids = [character * 40 for character in "abcd"]
        names = [b"\n\nThis reverts commit %s.\n\nStory: STORY-a\n" % one.encode() for one in ids]
        messages = (b"W\n", work, b"B" + names[1] if between == b"named" else between, b"R" + names[2])
        blobs = (("1", "2"), ("2", "3"), ("3", "2"), ("2", "3"))
        walked = [
            (Commit(one, "t", (before,), b"a", (), message), [Change(b"src/a", "100644", "100644", *blob)])
            for before, one, message, blob in zip(["p", *ids], ids, messages, blobs, strict=False)
        ]
        line = [Touched(commit.id, changes) for commit, changes in reversed(walked)]
        told = Told(Watched(line), [commit for commit, _ in walked])  # type: ignore[arg-type]
        look_for_reverts(told, walked[2:], ids[-1], dict.fromkeys(ids, 0))
        return bool(asked)

    claim = b"X\n\nStory: STORY-a\n"
    assert not ran(claim, b"named")
    assert not ran(b"X\n", claim), "nothing names it"
    assert ran(b"X\n", b"named"), "in turn"
    assert ran(claim, b"X\n")


def test_a_each_step_joins_the_files_that_its_own_base_does(repo: Repo) -> None:
    spec = respecified({FIND_AT: ("`src/find.py`", "`src/find.py`, `CHANGELOG.md`")})
    repo.commit("main", "Spec\n", spec)
    repo.commit("main", story(FIND), {"CHANGELOG.md": "# Log\n"})
    repo.commit("main", "Attributes\n\nPolicy: union\n", {".gitattributes": "CHANGELOG.md merge=union\n"})
    repo.branch("work")
    repo.commit("work", story(FIND), {"CHANGELOG.md": "# Log\n- ours\n"})
    repo.commit("main", story(FIND), {"CHANGELOG.md": "# Log\n- theirs\n"})
    repo.merge("work", "main", "Merge main\n", {"CHANGELOG.md": "# Log\n- ours\n- theirs\n"})
    landed(repo)
    passes(repo.gate("main", since=repo.base))
    repo.commit("main", "Attributes\n\nPolicy: no union\n", {".gitattributes": "CHANGELOG.md text\n"})
    repo.branch("work")
    repo.commit("work", story(FIND), {"CHANGELOG.md": "# Log\n- 1\n"})
    repo.commit("main", story(FIND), {"CHANGELOG.md": "# Log\n- 2\n"})
    repo.merge("main", "work", "Merge\n", {"CHANGELOG.md": "# Log\n- 2\n- 1\n"})
    refuses(repo.gate("main", since=repo.base), "G05")


def test_a_a_merge_of_the_range_that_is_taken_back_makes_no_lock_forget(repo: Repo) -> None:
    """The story that stood in the base has to be told as retired, whatever the range did and undid in between."""
    there = minted()
    repo.commit("main", "Spec\n", {**there, "intent.md": SMALL["intent.md"] + "\nAlso this.\n"})
    gone = {MINTED_AT: None, LOCK: lock_for(SMALL, TextFormats().lock(str(there[LOCK])))}
    repo.branch("work")
    repo.commit("work", "Drop\n", gone)
    repo.branch("side", "work")
    repo.commit("side", "Back\n", {**there, STORE_AT: SMALL[STORE_AT] + "\nx\n"})
    repo.commit("side", "Words\n", {STORE_AT: SMALL[STORE_AT] + "\ny\n"})
    made = repo.git("commit-tree", "side^{tree}", "-p", repo.tip("work"), "-p", repo.tip("side"), stdin=b"Merge\n")
    repo.git("update-ref", "refs/heads/work", made)
    repo.commit("work", named(made), {MINTED_AT: None, STORE_AT: SMALL[STORE_AT], LOCK: MAPPED[LOCK]})
    refuses(repo.gate(), "G13")
    repo.commit("work", "Mend\n", {LOCK: gone[LOCK]})
    passes(repo.gate())


LANDINGS = ["stories/records/STORY-find01.json", "stories/records/STORY-find01.2.json"]


def twice(repo: Repo, *, first: int = 1, between: Mapping[str, Content] | None = None) -> str:
    """Two landings of a story on the branch; the tip of main before them."""
    repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")
    for number in (first, first + 1):
        reviewed(repo, FIND, {"src/find.py": f"{number}\n"}, number=number)
        if between and number == first:
            repo.commit("work", "Between\n\nPolicy: more\n", between)
    return repo.tip("main")


def test_a_two_landings_of_a_request_pass_however_they_land(repo: Repo) -> None:
    before = twice(repo)
    passes(repo.gate())
    report = repo.gate("work", since=before)
    passes(report)
    assert [one.path for one in report.records] == LANDINGS
    assert any(f"{FIND} lands again (landing 2) in a row" in note for note in report.notes)
    repo.branch("merged", before)
    repo.merge("merged", "work")
    passes(repo.gate("merged", since=before))
    squash(repo, "work")
    passes(repo.gate("work", since=before))


def test_a_two_landings_of_a_reopened_story_pass_however_they_land(repo: Repo) -> None:
    twice(repo)
    repo.git("update-ref", "refs/heads/main", repo.tip("work~2"))
    line = f'reopened {FIND} 1 ["ada", "more"]\n'
    before = repo.commit("main", "Reopen\n", {LOCK: str(MAPPED[LOCK]) + line})
    repo.branch("work")
    for number in (2, 3):
        reviewed(repo, FIND, {"src/find.py": f"{number} again\n"}, number=number)
    passes(repo.gate())
    passes(repo.gate("work", since=before))


def test_a_a_landing_by_a_push_of_its_own_finds_its_story_closed(repo: Repo) -> None:
    """So the audit of each push says; a longer one tells only that nobody was asked."""
    before = twice(repo)
    first = repo.tip("work~2")
    refuses(repo.gate("work", base=first), "G11")
    refuses(repo.gate("work", since=first), "G11")
    repo.git("update-ref", "refs/heads/main", first)
    repo.merge("main", "work")
    refuses(repo.gate("main", since=before), "G11")


def test_a_a_policy_between_two_landings_of_a_request(repo: Repo) -> None:
    before = twice(repo, between={"bmad.yaml": REVIEWED + "# again\n"})
    passes(repo.gate())
    passes(repo.gate("work", since=before))


@pytest.mark.parametrize("deeper", [False, True])
def test_a_a_silent_revert_within_a_branch_passes_after_its_merge(repo: Repo, *, deeper: bool) -> None:
    """Its own branch shows what it takes back; the line of who merged it holds none of that."""
    repo.commit("work", story(FIND), CODE)
    if deeper:
        repo.commit("main", story(STORE), {"src/store.py": "def store():\n    return 2\n"})
        repo.merge("work", "main")
        repo.commit("work", story(FIND), {"tests/find/a.py": "1\n"})
    repo.commit("work", "Undo it\n", OLD)
    before = repo.tip("main")
    report = repo.gate()
    passes(report)
    repo.merge("main", "work", "Merge a request\n")
    report = repo.gate("main", base=before)
    passes(report)
    assert "revert" in kinds(report)
    passes(repo.gate("main", since=before))
    passes(repo.gate("main", since=repo.base))


def test_a_a_silent_change_that_undoes_nothing_of_its_branch_is_refused_after_its_merge(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE)
    repo.commit("work", "Undo it\n", {"src/find.py": "evil\n"})
    repo.branch("other", "main")
    repo.commit("other", story(FIND), {"tests/find/a.py": "1\n"})
    repo.commit("other", "Undo what stands elsewhere\n", OLD | {"tests/find/a.py": None, "src/evil.py": "x\n"})
    before = repo.tip("main")
    for branch in ("work", "other"):
        repo.branch("landed", before)
        repo.merge("landed", branch)
        refuses(repo.gate("landed", base=before), "G01")

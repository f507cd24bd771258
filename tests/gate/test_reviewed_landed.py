"""A landed story is closed: reverts do not open it, `bmad reopen` does, once it stands in the base."""

from pathlib import Path

import pytest

from bmad.core.graph import build
from bmad.core.lock import renew, reopen
from bmad.errors import UsageError
from bmad.model.lock import Reopened
from bmad.pipeline.spec.reopen import reopen as reopen_story
from bmad.store.formats import TextFormats
from bmad.store.lockfile import parse_lock, render_lock
from bmad.store.workspace import FileWorkspace
from tests.gate.records import REVIEWED, at, record, reviewed, squash
from tests.gate.repo import (
    FIND,
    FIND_AT,
    MAPPED,
    POLICY,
    STORE,
    STORE_AT,
    Content,
    Repo,
    codes,
    kinds,
    passes,
    refuses,
    respecified,
    story,
)
from tests.layout import LOCK, document_kind, parse

OLD = {"src/find.py": MAPPED["src/find.py"]}
CODE: dict[str, Content] = {"src/find.py": "def find():\n    return [1]\n", "tests/find/a.py": "assert 1\n"}
MORE: dict[str, Content] = {"src/find.py": "def find():\n    return [2]\n"}
TEXT = str(MAPPED[LOCK])
LINE = f'reopened {FIND} 1 ["ada", "old files cannot be read"]\n'


@pytest.fixture(autouse=True)
def landed(repo: Repo) -> str:
    """The commit of a story that has landed; its record follows it on `main`."""
    repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")
    reviewed(repo, FIND, CODE)
    repo.git("update-ref", "refs/heads/main", repo.tip("work"))
    return repo.tip("main~1")


def test_new_work_under_a_landed_story(repo: Repo) -> None:
    reviewed(repo, FIND, MORE, number=2)
    refuses(repo.gate(), "G11")
    squash(repo, "work")
    refuses(repo.gate(), "G11")


def test_what_it_lacks_is_told_with_what_helps(repo: Repo) -> None:
    repo.commit("work", story(FIND), MORE)
    report = repo.gate()
    refuses(report, "G11", "G15")
    fixes = [one.fix for one in report.every_finding if one.code == "G15"]
    assert all("bmad reopen" in fix and "bmad submit" in fix for fix in fixes)


def test_reopened_on_the_base(repo: Repo) -> None:
    repo.commit("main", "Reopen\n", {LOCK: TEXT + LINE})
    repo.branch("work")
    reviewed(repo, FIND, MORE, number=2)
    passes(repo.gate())
    squash(repo, "work")
    passes(repo.gate())
    repo.git("update-ref", "refs/heads/main", repo.tip("work"))
    reviewed(repo, FIND, {"src/find.py": "3\n"}, number=3)
    refuses(repo.gate(), "G11")


def test_reopened_in_the_range_alone(repo: Repo) -> None:
    repo.commit("work", "Reopen\n", {LOCK: TEXT + LINE})
    passes(repo.gate())
    reviewed(repo, FIND, MORE, number=2)
    report = repo.gate()
    refuses(report, "G11")
    [told] = {(one.message, one.fix) for one in report.every_finding if one.code == "G11"}
    assert told[0].endswith("once it stands in the base")
    assert told[1] == "land the commit that reopens it first, without the work under it"


def test_a_later_landing_under_the_first_ones_number(repo: Repo) -> None:
    repo.commit("main", "Reopen\n", {LOCK: TEXT + LINE})
    repo.branch("work")
    head = repo.commit("work", story(FIND), MORE)
    made = record(repo, FIND, "main", head)
    repo.commit("work", story(FIND), {at(FIND): made.as_json()})
    assert {"G14", "G15"} == codes(repo.gate())


def test_below_reviewed_a_record_closes_nothing(repo: Repo) -> None:
    repo.commit("main", "P\n\nPolicy: lower\n", {"bmad.yaml": MAPPED["bmad.yaml"]})
    repo.branch("work")
    repo.commit("work", story(FIND), MORE)
    passes(repo.gate())


def test_a_reopened_line_is_never_lost(repo: Repo) -> None:
    repo.commit("main", "Reopen\n", {LOCK: TEXT + LINE})
    for text in (TEXT, TEXT + LINE.replace("ada", "eve"), TEXT + LINE.replace(" 1 ", " 2 ")):
        repo.branch("work")
        repo.commit("work", "Forget\n", {LOCK: text})
        refuses(repo.gate(), "G13")
    repo.branch("work")
    repo.commit("work", "Twice, as a union merge does\n", {LOCK: TEXT + LINE + LINE.replace("ada", "bob")})
    passes(repo.gate())


def revert(made: str) -> str:
    return f'Revert "Work"\n\nThis reverts commit {made}.\n'


def test_33_a_whole_landing_is_reverted(repo: Repo, landed: str) -> None:
    back = repo.commit("work", revert(landed), {**OLD, "tests/find/a.py": None})
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["revert"]
    repo.git("update-ref", "refs/heads/main", repo.tip("work"))
    repo.branch("work")
    repo.commit("work", revert(back), CODE)
    passes(repo.gate())
    repo.branch("work")
    reviewed(repo, FIND, CODE, number=2)
    refuses(repo.gate(), "G11")


def test_33_a_revert_of_a_part_and_one_with_more(repo: Repo, landed: str) -> None:
    repo.commit("work", revert(landed), OLD)
    refuses(repo.gate(), "G01", "G15")
    repo.branch("work")
    repo.commit("work", revert(landed), {"src/find.py": "evil\n", "tests/find/a.py": None})
    refuses(repo.gate(), "G01", "G15")


def test_67_a_revert_of_one_commit_of_a_landing(repo: Repo) -> None:
    """Taking back the fix alone would bring back what the review had rejected."""
    base = repo.tip("work")
    repo.commit("work", story(STORE), {"src/store.py": "bad\n"})
    fix = repo.commit("work", story(STORE), {"src/store.py": "good\n"})
    made = record(repo, STORE, base, fix)
    repo.commit("work", story(STORE), {at(STORE): made.as_json()})
    passes(repo.gate())
    repo.git("update-ref", "refs/heads/main", repo.tip("work"))
    repo.branch("work")
    repo.commit("work", revert(fix), {"src/store.py": "bad\n"})
    refuses(repo.gate(), "G15")


def test_a_revert_of_a_landing_that_is_not_the_latest(repo: Repo, landed: str) -> None:
    repo.commit("main", "Reopen\n", {LOCK: TEXT + LINE})
    repo.branch("work")
    reviewed(repo, FIND, {"tests/find/b.py": "2\n"}, number=2)
    repo.git("update-ref", "refs/heads/main", repo.tip("work"))
    repo.branch("work")
    second = repo.tip("main~1")
    repo.commit("work", revert(landed), {**OLD, "tests/find/a.py": None})
    refuses(repo.gate(), "G15")
    repo.branch("work")
    repo.commit("work", revert(second), {"tests/find/b.py": None})
    passes(repo.gate())


def test_78_a_revert_that_takes_the_record_away(repo: Repo, landed: str) -> None:
    repo.commit("work", revert(landed), {"tests/find/a.py": None, at(FIND): None})
    assert "G14" in codes(repo.gate())
    repo.branch("work")
    repo.commit("work", revert(landed), {**OLD, "tests/find/a.py": None, at(FIND): None})
    passes(repo.gate())
    repo.git("update-ref", "refs/heads/main", repo.tip("work"))
    repo.branch("work")
    reviewed(repo, FIND, CODE)
    refuses(repo.gate(), "G14")
    repo.branch("work")
    reviewed(repo, FIND, CODE, number=2)
    passes(repo.gate())
    repo.branch("work")
    reviewed(repo, STORE, {"src/store.py": "1\n"})
    passes(repo.gate())


def test_78_a_record_that_only_a_merged_branch_ever_had(repo: Repo) -> None:
    repo.branch("side")
    made = reviewed(repo, STORE, {"src/store.py": "1\n"}, branch="side")
    repo.commit("side", story(STORE), {at(STORE): None})
    repo.merge("main", "side")
    repo.branch("work")
    repo.commit("work", story(STORE), {at(STORE): made.as_json()})
    assert "G14" in codes(repo.gate())


def test_a_landing_and_its_revert_in_one_range(repo: Repo) -> None:
    old = {"src/store.py": MAPPED["src/store.py"]}
    reviewed(repo, STORE, {"src/store.py": "1\n"})
    repo.commit("work", revert(repo.tip("work~1")), old)
    passes(repo.gate())
    repo.branch("half")
    repo.branch("half", "main")
    reviewed(repo, STORE, {"src/store.py": "1\n"}, branch="half")
    repo.commit("half", story(STORE), old)
    refuses(repo.gate("half"), "G15")


def test_the_lock_keeps_what_was_reopened() -> None:
    lock = parse_lock(TEXT + LINE + LINE.replace("ada", "bob"))
    wanted = (Reopened("ada", "old files cannot be read"), Reopened("bob", "old files cannot be read"))
    assert lock.reopened == {(FIND, 1): wanted}
    documents = [parse(path, str(text)) for path, text in MAPPED.items() if document_kind(path)]
    kept = renew(build(documents), lock)
    assert kept.reopened == lock.reopened
    assert parse_lock(render_lock(kept)).reopened == lock.reopened
    assert render_lock(reopen(parse_lock(TEXT), FIND, 1, "ada", "old files cannot be read")).count(LINE) == 1
    for wrong in (f'reopened {FIND} 0 ["a", "b"]', f"reopened {FIND} 1", f'reopened {FIND} 1 ["a"]'):
        with pytest.raises(UsageError, match="no line of a lock"):
            parse_lock(wrong)


def test_the_command_writes_the_last_landing(repo: Repo, tmp_path: Path) -> None:
    texts = {path: text for path, text in MAPPED.items() if isinstance(text, str)}
    one, two = (record(repo, FIND, "main~2", "main~1", landing=number).as_json() for number in (1, 2))
    records = {at(FIND): one, at(FIND, 2): two, at(FIND, 3): two, at(FIND, 999_999): "junk"}
    for path, text in (texts | records).items():
        (tmp_path / "tree" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / path).write_text(text)
    files = FileWorkspace(tmp_path / "tree")
    report = reopen_story(files, TextFormats(), "STORY-find", "ada", " a\n reason ")
    assert (report.story, report.landing, report.why) == (FIND, 2, "a reason")
    assert f'reopened {FIND} 2 ["ada", "a reason"]\n' in (files.read(LOCK) or "")
    for name, by, why in (
        (FIND, "ada", "again"),
        (STORE, "ada", "never landed"),
        ("FR-find01", "ada", "no story"),
        (STORE, "ada", " "),
        (STORE, "", "who"),
    ):
        with pytest.raises(UsageError):
            reopen_story(files, TextFormats(), name, by, why)


def test_a_respecified_story_is_no_open_one(repo: Repo) -> None:
    repo.commit("main", "Widen\n", respecified({FIND_AT: ("`src/find.py`", "`src/find.py`, `src/other.py`")}))
    repo.branch("work")
    repo.commit("work", story(FIND), {"src/other.py": "x\n"})
    refuses(repo.gate(), "G11", "G15")


def test_a_story_that_was_done_elsewhere_is_taken_up_again_first(repo: Repo) -> None:
    """It is closed as one that has landed is, and open once its base says nothing of that any more."""
    field = ("- Implements: FR-store1\n", "- Implements: FR-store1\n- Done elsewhere: `done` in board.md\n")
    done = respecified({STORE_AT: field})
    repo.commit("main", "Import\n", done)
    repo.branch("work")
    work: dict[str, Content] = {"src/store.py": "def store():\n    return 2\n"}
    reviewed(repo, STORE, work)
    refuses(repo.gate(), "G11")
    assert any("takes `Done elsewhere` out of" in one.fix for one in repo.gate().every_finding)
    squash(repo, "work")
    refuses(repo.gate(), "G11")
    repo.commit("work", "Take it up\n", {STORE_AT: MAPPED[STORE_AT], LOCK: MAPPED[LOCK]})
    refuses(repo.gate(), "G11")
    repo.commit("main", "Take it up\n", {STORE_AT: MAPPED[STORE_AT], LOCK: MAPPED[LOCK]})
    repo.branch("work")
    reviewed(repo, STORE, work)
    passes(repo.gate())


def test_below_reviewed_a_story_that_was_done_elsewhere_takes_work(repo: Repo) -> None:
    field = ("- Implements: FR-store1\n", "- Implements: FR-store1\n- Done elsewhere: `done` in board.md\n")
    repo.commit("main", "Import\n\nPolicy: less\n", {**respecified({STORE_AT: field}), "bmad.yaml": POLICY})
    repo.branch("work")
    repo.commit("work", story(STORE), {"src/store.py": "def store():\n    return 2\n"})
    passes(repo.gate())

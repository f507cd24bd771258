"""Reverts as people's buttons make them: of whole requests, without a hash, and with the record of the landing."""

import pytest

from bmad.core.gate.alike import Line, runs
from bmad.model.commits import Change
from bmad.model.history import Touched
from bmad.store.formats import TextFormats
from tests.gate.records import REVIEWED, add, at, record, reviewed, spec_of, squash
from tests.gate.repo import (
    FIND,
    FIND_AT,
    MAPPED,
    MINTED_AT,
    STORE,
    STORE_AT,
    Content,
    Repo,
    codes,
    kinds,
    minted,
    passes,
    refuses,
    respecified,
    story,
)
from tests.gate.test_truth_g_told import rewritten
from tests.layout import LOCK
from tests.specs import SMALL, lock_for

CI = ".github/workflows/a.yml"
OLD: dict[str, Content] = {"src/find.py": MAPPED["src/find.py"]}
NEW: dict[str, Content] = {"src/find.py": "def find():\n    return [1]\n", "tests/find/a.py": "assert 1\n"}
BACK: dict[str, Content] = {**OLD, "tests/find/a.py": None}
BUTTON = "Revert 'Work' (#13)\n\nReverts owner/repo#12\n"


def named(made: str) -> str:
    return f'Revert "Work"\n\nThis reverts commit {made}.\n'


def land(repo: Repo, *, merge: bool = True) -> str:
    """The branch on main, by a merge (whose id is given) or as it is."""
    if merge:
        made = repo.merge("main", "work", "Merge pull request #12\n")
    else:
        made = repo.tip("work")
        repo.git("update-ref", "refs/heads/main", made)
    repo.branch("work")
    return made


@pytest.mark.parametrize("by", ["name", "content"])
def test_f_revert_of_a_request_that_brought_its_own_story(repo: Repo, by: str) -> None:
    repo.commit("work", "Spec\n", minted())
    repo.commit("work", story("STORY-new001"), {"src/rename.py": "x\n"})
    made = land(repo)
    gone = {MINTED_AT: None, "src/rename.py": None, LOCK: MAPPED[LOCK]}
    repo.commit("work", named(made) if by == "name" else BUTTON, gone)
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["revert"]
    for kept in ("src/rename.py", MINTED_AT):
        repo.branch("work", "main")
        repo.commit("work", named(made), {path: text for path, text in gone.items() if path != kept})
        assert codes(repo.gate())
    repo.branch("work", "main")
    other = "\n".join(line for line in str(MAPPED[LOCK]).split("\n") if "STORY-store1" not in line)
    repo.commit("work", named(made), {**gone, LOCK: other})
    assert "G13" in codes(repo.gate())


def test_f_revert_of_a_request_when_others_have_added_to_the_lock(repo: Repo) -> None:
    repo.commit("work", "Spec\n", minted())
    repo.commit("work", story("STORY-new001"), {"src/rename.py": "x\n"})
    made = land(repo)
    wider = respecified({FIND_AT: ("`src/find.py`", "`src/find.py`, `src/more.py`")})
    lock = str(minted()[LOCK])
    repo.commit("main", "Spec\n", {FIND_AT: wider[FIND_AT], LOCK: lock})
    repo.branch("work", "main")
    repo.commit("work", named(made), {MINTED_AT: None, "src/rename.py": None, LOCK: MAPPED[LOCK]})
    passes(repo.gate())


@pytest.mark.parametrize("by", ["name", "content"])
def test_f_revert_of_policy_and_code(repo: Repo, by: str) -> None:
    repo.commit("main", "CI\n\nPolicy: a\n", {CI: "a\n"})
    repo.branch("work")
    repo.commit("work", "CI\n\nPolicy: b\n", {CI: "b\n"})
    repo.commit("work", story(FIND), NEW)
    made = land(repo)
    words = named(made) if by == "name" else BUTTON
    back = repo.commit("work", words, {**BACK, CI: "a\n"})
    report = repo.gate()
    passes(report)
    assert report.policy_changes == (back,)
    for wrong in ({CI: "evil\n"}, {"CODEOWNERS": "* @me\n"}, {"bmad.yaml": "version: 1\n"}):
        repo.branch("work", "main")
        repo.commit("work", words, {**BACK, CI: "a\n", **wrong})
        assert "G06" in codes(repo.gate())


def test_f_revert_of_a_policy_commit_alone(repo: Repo) -> None:
    repo.commit("main", "CI\n\nPolicy: a\n", {CI: "a\n"})
    made = repo.commit("main", "CI\n\nPolicy: b\n", {CI: "b\n"})
    for words in (named(made), BUTTON):
        repo.branch("work", "main")
        back = repo.commit("work", words, {CI: "a\n"})
        report = repo.gate()
        passes(report)
        assert report.policy_changes == (back,)
        repo.branch("work", "main")
        repo.commit("work", words, {CI: "c\n"})
        refuses(repo.gate(), "G06")


def test_f_where_governed_changes_are_refused_reverts_of_them_are(repo: Repo) -> None:
    strict = "version: 1\ngate: {since: root, governed_change: refuse}\n"
    repo.commit("main", "CI\n\nPolicy: a\n", {CI: "a\n"})
    made = repo.commit("main", "CI\n\nPolicy: b\n", {CI: "b\n"})
    repo.commit("main", "P\n\nPolicy: strict\n", {"bmad.yaml": strict})
    repo.branch("work")
    repo.commit("work", named(made), {CI: "a\n"})
    refuses(repo.gate(), "G06")


@pytest.mark.parametrize(
    "words",
    [
        BUTTON,
        "Revert\n",
        "Undo it\n\nBecause.\n",
        'Revert "Work"\n\nThis reverts commit abc1234 (Work, 2026-01-01).\n',
    ],
)
def test_f_a_revert_without_a_hash_is_known_by_its_content(repo: Repo, words: str) -> None:
    repo.commit("work", story(FIND), {"src/find.py": "half\n"})
    repo.commit("work", story(FIND), NEW)
    land(repo, merge=False)
    repo.commit("work", words, BACK)
    report = repo.gate()
    passes(report)
    assert report.commits[0].stories == (FIND,)
    passes(repo.gate("work", since="main"))
    for wrong in ({"src/find.py": "evil\n"}, {"src/other.py": "x\n"}, {"tests/find/a.py": "assert 2\n"}):
        repo.branch("work", "main")
        repo.commit("work", words, {**BACK, **wrong})
        assert "G01" in codes(repo.gate())


def test_f_what_nobody_claimed_is_not_taken_back_without_a_story(repo: Repo) -> None:
    """Content alone traces nothing: what it takes back must have had a story."""
    repo.commit("main", "Untraced\n", {"src/other.py": "x\n"})
    repo.branch("work")
    repo.commit("work", "Revert\n", {"src/other.py": MAPPED["src/other.py"]})
    refuses(repo.gate(), "G01")


def test_f_a_message_that_names_another_commit_is_held_to_the_content(repo: Repo) -> None:
    other = repo.commit("main", story("STORY-store1"), {"src/store.py": "1\n"})
    repo.commit("main", story(FIND), NEW)
    repo.branch("work")
    repo.commit("work", named(other), BACK)
    report = repo.gate()
    passes(report)
    assert report.commits[0].stories == (FIND,)


@pytest.fixture
def landed(repo: Repo) -> str:
    """The merge of a reviewed landing."""
    repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")
    reviewed(repo, FIND, NEW)
    return land(repo)


@pytest.mark.parametrize("words", ["name", BUTTON])
def test_f_a_revert_of_a_landing_takes_its_record_and_opens_the_story(repo: Repo, landed: str, words: str) -> None:
    back = repo.commit("work", named(landed) if words == "name" else words, {**BACK, at(FIND): None})
    passes(repo.gate())
    passes(repo.gate("work", since="main"))
    land(repo, merge=False)
    reviewed(repo, FIND, NEW)
    refuses(repo.gate(), "G14")
    repo.branch("work", "main")
    repo.commit("work", story(FIND), {"src/find.py": "unreviewed\n"})
    refuses(repo.gate(), "G15")
    repo.branch("work", "main")
    reviewed(repo, FIND, NEW, number=2)
    passes(repo.gate())
    assert repo.tip("main") == back


def test_f_a_revert_of_the_revert_brings_record_and_work_again(repo: Repo, landed: str) -> None:
    kept = repo.git("show", f"main:{at(FIND)}") + "\n"
    back = repo.commit("work", named(landed), {**BACK, at(FIND): None})
    land(repo, merge=False)
    for words in (named(back), BUTTON):
        repo.branch("work", "main")
        repo.commit("work", words, {**NEW, at(FIND): kept})
        passes(repo.gate())
        repo.branch("work", "main")
        repo.commit("work", words, {**NEW, "src/find.py": "evil\n", at(FIND): kept})
        assert {"G01", "G14"} & codes(repo.gate())
    repo.branch("work", "main")
    repo.commit("work", named(back), {**NEW, at(FIND): kept})
    land(repo, merge=False)
    reviewed(repo, FIND, {"src/find.py": "more\n"}, number=2)
    refuses(repo.gate(), "G11")


def test_f_78_a_record_is_not_taken_without_all_of_its_work(repo: Repo, landed: str) -> None:
    for files in (
        {at(FIND): None},
        {**OLD, at(FIND): None},
        {**BACK, "src/find.py": "evil\n", at(FIND): None},
        {**BACK, "src/other.py": "x\n", at(FIND): None},
    ):
        for words in (named(landed), BUTTON, story(FIND)):
            repo.branch("work", "main")
            repo.commit("work", words, files)
            assert "G14" in codes(repo.gate())


@pytest.mark.parametrize("policy", [MAPPED["bmad.yaml"], REVIEWED])
def test_f_78_a_record_is_not_taken_while_a_revert_of_the_revert_keeps_the_work(
    repo: Repo, policy: Content
) -> None:
    """The record gone and the code there would open the story again without `bmad reopen`."""
    repo.commit("main", "Ask\n\nPolicy: as asked\n", {"bmad.yaml": policy})
    repo.branch("work")
    reviewed(repo, FIND, NEW)
    made = land(repo)
    kept = repo.git("show", f"main:{at(FIND)}") + "\n"
    once = repo.commit("work", named(made), {**BACK, at(FIND): None})
    passes(repo.gate())
    repo.commit("work", named(once), NEW)
    refuses(repo.gate(), "G14")
    repo.branch("work", once)
    again = repo.commit("work", named(once), {**NEW, at(FIND): kept})
    passes(repo.gate())
    repo.commit("work", named(once), {**NEW, at(FIND): kept + "\n"}, onto=once)
    assert "G14" in codes(repo.gate())
    repo.commit("work", named(again), {**BACK, at(FIND): None}, onto=again)
    passes(repo.gate())


def test_f_78_a_record_is_not_taken_while_another_story_brings_the_work_again(repo: Repo) -> None:
    wide = respecified({STORE_AT: ("`src/store.py`", "`src/store.py`, `src/find.py`")})
    repo.commit("main", "Spec\n", wide)
    repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")
    reviewed(repo, FIND, {"src/find.py": "found\n"})
    made = land(repo)
    repo.commit("work", named(made), {"src/find.py": MAPPED["src/find.py"], at(FIND): None})
    passes(repo.gate())
    repo.commit("work", story(STORE), {"src/find.py": "found\nmore\n"})
    add(
        repo,
        "work",
        record(repo, STORE, "main", "work", spec=spec_of(STORE, {**SMALL, STORE_AT: str(wide[STORE_AT])})),
    )
    refuses(repo.gate(), "G14")


def test_f_78_the_record_commit_alone_is_not_taken_back(repo: Repo) -> None:
    reviewed(repo, FIND, NEW)
    made = land(repo, merge=False)
    repo.commit("work", named(made), {at(FIND): None})
    refuses(repo.gate(), "G14")
    repo.commit("work", named(repo.tip("main~1")), BACK)
    passes(repo.gate())


def test_f_78_an_earlier_landing_is_not_taken_from_under_a_later_one(repo: Repo) -> None:
    reviewed(repo, FIND, {"tests/find/a.py": "1\n"})
    first = land(repo)
    reviewed(repo, FIND, {"tests/find/b.py": "2\n"}, number=2)
    second = land(repo)
    repo.commit("work", named(first), {"tests/find/a.py": None, at(FIND): None})
    refuses(repo.gate(), "G14")
    repo.branch("work", "main")
    repo.commit("work", named(second), {"tests/find/b.py": None, at(FIND, 2): None})
    repo.commit("work", named(first), {"tests/find/a.py": None, at(FIND): None})
    passes(repo.gate())


def test_f_squash_of_a_revert_of_a_squash(repo: Repo) -> None:
    repo.commit("work", story(FIND), NEW)
    squash(repo, "work", f"Work (#12)\n\n* Work\n\nStory: {FIND}\n\nCo-authored-by: B <b@x>\n")
    land(repo, merge=False)
    repo.commit("work", "Undo a part\n", OLD)
    repo.commit("work", "Undo the rest\n", {"tests/find/a.py": None})
    squash(repo, "work", BUTTON)
    passes(repo.gate())


def change(path: bytes, old: str, new: str) -> Change:
    return Change(path, "100644", "100644", old, new)


def test_f_runs_lead_back_over_the_latest_changes_alone() -> None:
    line = [
        Touched("c3", [change(b"a", "2", "3")]),
        Touched("c2", [change(b"a", "1", "2"), change(b"b", "1", "2")]),
        Touched("c1", [change(b"a", "0", "1")]),
    ]
    held = Line(line, {"r": 0})
    assert runs("r", [change(b"a", "3", "2")], held) == {"r": ("c3",)}
    assert runs("r", [change(b"a", "3", "1"), change(b"b", "2", "1")], held)["r"] == ("c3", "c2")
    assert "r" not in runs("r", [change(b"a", "3", "9")], held)
    assert "r" not in runs("r", [change(b"a", "2", "1")], held)
    assert runs("r", [change(b"a", "2", "1")], Line(line, {"r": 3, "c3": 3, "c2": 2}))["r"] == ("c2",)
    assert "r" not in runs("r", [change(b"a", "2", "1")], Line(line, {"r": 3, "c3": 2, "c2": 2}))


@pytest.mark.parametrize(
    ("by", "why", "told"), [("", "", "lost"), ("B", "seen", "rewrites"), ("A", "other", "rewrites")]
)
def test_f_who_confirmed_a_link_is_never_lost(repo: Repo, by: str, why: str, told: str) -> None:
    """Nor why; where two have confirmed the same, as a merge leaves it, both are."""
    edit = {"specs/prd.md": ("The tool shall find notes by tag.", "The tool shall find all notes.")}
    signed = rewritten(edit, why="seen", by="A")
    repo.commit("main", "Reword\n", signed)
    repo.branch("work")
    lock = str(rewritten(edit, why=why, by=by)[LOCK])
    repo.commit("work", "Tidy up\n", {LOCK: lock})
    report = repo.gate()
    refuses(report, "G13")
    assert told in report.every_finding[0].message
    repo.branch("both", "main")
    texts = SMALL | {path: str(text) for path, text in signed.items()}
    both = TextFormats().lock(f"{signed[LOCK]!s}{lock}")
    repo.commit("both", "Merge and tidy up\n", {LOCK: lock_for(texts, both)})
    passes(repo.gate(head="both"))


@pytest.mark.parametrize("alone", [False, True])
def test_f_a_button_takes_a_confirmed_edit_of_the_specification_back(repo: Repo, *, alone: bool) -> None:
    """Its confirmation goes with it; the lock alone settles nothing without a signature."""
    prd = "specs/prd.md"
    edit = {prd: ("The tool shall find notes by tag.", "The tool shall find all notes.")}
    repo.commit("main", "Reword\n", rewritten(edit, why="seen"))
    repo.branch("work")
    back: dict[str, Content] = {LOCK: MAPPED[LOCK]}
    repo.commit("work", BUTTON, back if alone else {**back, prd: SMALL[prd]})
    refuses(repo.gate(), "G13") if alone else passes(repo.gate())


@pytest.mark.parametrize("silent", [True, False])
def test_f_a_revert_of_a_merge_that_took_work_back_in_silence_is_held_against_stories(
    repo: Repo, *, silent: bool
) -> None:
    """What it took back comes again, and its story may be suspect; a merge of work alone is an honest twin."""
    repo.commit("main", story(FIND), {"src/find.py": "fixed\n"})
    repo.branch("work")
    repo.commit("work", story(STORE), {"src/store.py": "more\n"})
    note: dict[str, Content] = {STORE_AT: SMALL[STORE_AT] + "\nA note.\n"}
    repo.commit("work", "Notes\n", OLD if silent else note)
    passes(repo.gate())
    made = land(repo)
    repo.commit(
        "main", "Reword\n", respecified({"specs/prd.md": ("The tool shall find notes", "The tool shall find all")})
    )
    repo.branch("work")
    back = {"src/find.py": "fixed\n"} if silent else {STORE_AT: SMALL[STORE_AT]}
    repo.commit("work", named(made), {"src/store.py": MAPPED["src/store.py"], **back})
    refuses(repo.gate(), "G04") if silent else passes(repo.gate())


def test_f_what_is_taken_back_in_silence_is_told(repo: Repo) -> None:
    """Its title may say anything; a message that names the commit needs no word more."""
    done = repo.commit("main", story(FIND), {"src/find.py": "fixed\n"})
    repo.branch("work")
    back: dict[str, Content] = {"src/find.py": MAPPED["src/find.py"]}
    repo.commit("work", "Improve performance\n", back)
    report = repo.gate()
    passes(report)
    assert [one for one in report.notes if done[:12] in one and FIND in one], report.notes
    repo.branch("said")
    repo.commit("said", f'Revert "Work"\n\nThis reverts commit {done}.\n', back)
    honest = repo.gate("said")
    passes(honest)
    assert not [one for one in honest.notes if "takes back" in one]


@pytest.mark.parametrize("policy", ["version: 1\ngate: {since: root}\n", REVIEWED])
def test_f_a_request_of_several_commits_comes_back_by_the_button_that_took_it_away(
    repo: Repo, policy: str
) -> None:
    """It landed by rebase, so the button names none of its commits, and what it took away were several."""
    repo.commit("main", "P\n\nPolicy: level\n", {"bmad.yaml": policy})
    repo.branch("work")
    made = reviewed(repo, FIND, NEW)
    land(repo, merge=False)
    repo.commit("work", BUTTON, {**BACK, at(FIND): None})
    land(repo, merge=False)
    back = repo.tip("work")
    again: dict[str, Content] = {**NEW, at(FIND): made.as_json()}
    for words in (BUTTON, named(back)):
        repo.branch("work", "main")
        repo.commit("work", words, again)
        report = repo.gate()
        passes(report)
        assert kinds(report) == ["revert"]
        repo.branch("work", "main")
        repo.commit("work", words, {**again, "src/find.py": "evil\n"})
        assert not repo.gate().ok

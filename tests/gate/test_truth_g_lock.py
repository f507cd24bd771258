"""What a line of the lock says ahead of time, and what it may lose with a revert that is taken back itself."""

from pathlib import Path

import pytest

from bmad.core.fingerprint import fingerprint
from bmad.store.formats import TextFormats
from tests.gate.records import CODE, REVIEWED, reviewed
from tests.gate.repo import (
    FIND,
    MAPPED,
    MINTED,
    MINTED_AT,
    POLICY,
    STORE_AT,
    Content,
    Repo,
    codes,
    kinds,
    minted,
    passes,
    refuses,
    respecified,
)
from tests.layout import LOCK, parse
from tests.specs import SMALL, lock_for

HELD = str(MAPPED[LOCK])
LINK = "link STORY-find01 implements FR-find01"
PRD = "specs/prd.md"
WORDS = ("The tool shall find notes by tag.", "The tool shall send notes away.")
AGAIN = 'reopened STORY-find01 1 ["eve", "later"]\n'
"""A line of the lock, as `bmad reopen` writes it."""


def of_requirement(words: tuple[str, str]) -> str:
    """The fingerprint that a requirement would have with other words."""
    found = parse(PRD, SMALL[PRD].replace(*words)).items
    return next(fingerprint(one) for one in found if one.id == "FR-find01")


def test_g_words_are_confirmed_once_they_stand(repo: Repo) -> None:
    ahead = f'{LINK} {of_requirement(WORDS)} ["eve", "typo"]\n'
    repo.commit("work", "Spec\n", {LOCK: HELD + ahead})
    refuses(repo.gate(), "G13")
    repo.branch("work")
    reworded = respecified({PRD: WORDS}, lock=False)
    line = next(one for one in HELD.split("\n") if one.startswith(LINK))
    repo.commit("work", "Spec\n", {**reworded, LOCK: HELD.replace(line + "\n", ahead)})
    passes(repo.gate())


def test_g_a_link_is_settled_for_no_words_that_never_stood(repo: Repo) -> None:
    """Ahead of the link, or of what it leads to, one request could settle what a third one says."""
    far = f"link STORY-find01 implements FR-far001 {of_requirement(WORDS)}"
    new = f"link STORY-new001 implements FR-find01 {of_requirement(WORDS)}"
    for lines in (far, f'{far} ["eve", "typo"]', new, f"{far}\n{far[:-64]}{'0' * 64}"):
        repo.branch("work")
        repo.commit("work", "Spec\n", {LOCK: f"{HELD}{lines}\n"})
        refuses(repo.gate(), "G13")


def test_g_what_a_branch_left_behind_is_no_word_ahead(repo: Repo) -> None:
    """A story that came and went; and one whose requirement was reworded since."""
    there = minted()
    repo.commit("work", "Mint\n", there)
    lock = TextFormats().lock(str(there[LOCK]))
    repo.commit("work", "Not so\n", {MINTED_AT: None, LOCK: lock_for(SMALL, lock)})
    passes(repo.gate())
    repo.branch("work")
    repo.commit("work", "Mint\n", there)
    repo.commit("work", "Reword\n", respecified({PRD: ("store a note as one", "keep a note as one")}, lock=False))
    passes(repo.gate())


def test_g_what_was_edited_since_the_lock_was_written_is_told(repo: Repo) -> None:
    """`bmad new`, then a hand on what it wrote: the lines are of what nobody committed."""
    files = minted()
    lines = [
        f"node STORY-new001 {'1' * 64}" if one.startswith("node STORY-new001 ") else one
        for one in str(files[LOCK]).split("\n")
    ]
    repo.commit("work", "Spec\n", {**files, LOCK: "\n".join(lines)})
    report = repo.gate()
    passes(report)
    assert not [note for note in report.notes if "came suspect" in note]
    link = "link STORY-new001 implements FR-store1 "
    lines = [f"{link}{'1' * 64}" if one.startswith(link) else one for one in lines]
    repo.commit("work", "Spec\n", {LOCK: "\n".join(lines)})
    report = repo.gate()
    passes(report)
    assert [note for note in report.notes if "STORY-new001 -> FR-store1" in note and "came suspect" in note]


@pytest.mark.parametrize("ahead", [True, False])
def test_g_a_link_is_born_with_the_words_that_stand(repo: Repo, *, ahead: bool) -> None:
    files = minted()
    line = f"link STORY-new001 implements FR-store1 {of_requirement(WORDS)}\n"
    repo.commit("work", "Spec\n", {**files, LOCK: str(files[LOCK]) + (line if ahead else "")})
    if ahead:
        refuses(repo.gate(), "G13")
    else:
        passes(repo.gate())


@pytest.mark.parametrize("policy", [POLICY, REVIEWED])
def test_g_a_landing_is_reopened_once_it_is_there(repo: Repo, policy: str) -> None:
    repo.commit("main", "P\n\nPolicy: level\n", {"bmad.yaml": policy})
    repo.branch("work")
    repo.commit("work", "Spec\n", {LOCK: HELD + AGAIN})
    refuses(repo.gate(), "G13")
    repo.branch("work")
    reviewed(repo, FIND, CODE)
    repo.commit("work", "Spec\n", {LOCK: HELD + AGAIN})
    report = repo.gate()
    passes(report)
    assert "STORY-find01 is open again after landing 1, by eve: later" in report.notes
    repo.branch("main", "work")
    repo.commit("work", "Spec\n", {LOCK: HELD + AGAIN + AGAIN.replace(" 1 ", " 2 ")})
    refuses(repo.gate(), "G13")


def test_g_what_was_retired_stays_so_where_its_return_is_taken_back(repo: Repo) -> None:
    """Else the id is free for another meaning, and nothing tells that it was ever used."""
    there = minted()
    repo.commit("main", "Spec\n", there)
    formats = TextFormats()
    gone = {MINTED_AT: None, LOCK: lock_for(SMALL, formats.lock(str(there[LOCK])))}
    made = repo.commit("main", "Spec\n", {**gone, STORE_AT: SMALL[STORE_AT] + "\nx\n"})
    repo.branch("work")
    back = f"Revert\n\nThis reverts commit {made}.\n"
    repo.commit("work", back, {**there, STORE_AT: SMALL[STORE_AT]})
    report = repo.gate()
    passes(report)
    repo.commit("work", "Again\n", {MINTED_AT: None, LOCK: HELD, STORE_AT: SMALL[STORE_AT] + "\nx\n"})
    refuses(repo.gate(), "G13")
    repo.commit("work", "Mend\n", {LOCK: gone[LOCK]})
    passes(repo.gate())


def test_g_an_id_that_was_retired_and_stands_again_is_told(repo: Repo) -> None:
    there = minted()
    retired = {LOCK: lock_for(SMALL, TextFormats().lock(str(there[LOCK])))}
    repo.commit("main", "Spec\n", retired)
    repo.branch("work")
    repo.commit("work", "Spec\n", there)
    report = repo.gate()
    passes(report)
    told = [one for one in report.notes if one.startswith("retired before")]
    assert told == ["retired before, and standing again under the same id: STORY-new001, STORY-new001/AC-1"]


@pytest.mark.parametrize("alias", ["STORY-new001", "STORY-never1"])
def test_g_no_alias_takes_over_an_id_that_is_retired(repo: Repo, alias: str) -> None:
    """The lock holds no alias, so it reads as before; an id that never was is a name like any other."""
    repo.commit("main", "Spec\n", {LOCK: lock_for(SMALL, TextFormats().lock(str(minted()[LOCK])))})
    repo.branch("work")
    repo.commit(
        "work", "Name\n", respecified({STORE_AT: ("\n- Epic:", f"\n- Aliases: {alias}\n- Epic:")}, lock=False)
    )
    refuses(repo.gate(), "G13") if alias == "STORY-new001" else passes(repo.gate())
    repo.git("update-ref", "refs/heads/main", repo.tip("work"))
    repo.commit(
        "work",
        "Spec\n",
        {"stories/STORY-find01-find-notes.md": SMALL["stories/STORY-find01-find-notes.md"] + "\nx\n"},
    )
    passes(repo.gate())


@pytest.mark.parametrize("line", [AGAIN, f'{LINK} {of_requirement(WORDS)} ["eve", "typo"]\n', ""])
def test_g_an_adoption_says_nothing_ahead_either(tmp_path: Path, line: str) -> None:
    repo = Repo(tmp_path / "repo.git", {"src/find.py": "x\n"})
    repo.branch("work")
    spec = {path: text for path, text in MAPPED.items() if not path.startswith(("src/", "README"))}
    repo.commit("work", "Adopt\n", {**spec, LOCK: HELD + line})
    if line:
        refuses(repo.gate(), "G13")
    else:
        passes(repo.gate())


FURTHER = {MINTED_AT: MINTED.format(territory="- Territory: `src/rename.py`\n")}
OTHER = FURTHER[MINTED_AT].replace("Rename a note", "Empty a folder").replace("has the new name", "is left")


@pytest.mark.parametrize("honest", [False, True])
def test_g_what_is_retired_keeps_the_meaning_that_it_had(repo: Repo, *, honest: bool) -> None:
    """Else it could return as something else, and what was traced to it before would be traced to that."""
    formats = TextFormats()
    repo.commit("main", "Spec\n", minted())
    last = FURTHER if honest else {MINTED_AT: OTHER}
    gone = lock_for(SMALL, formats.lock(lock_for({**SMALL, **last})))
    repo.branch("work")
    repo.commit("work", "Retire\n", {MINTED_AT: None, LOCK: gone})
    if not honest:
        refuses(repo.gate(), "G13")
        return
    passes(repo.gate())
    repo.branch("main", "work")
    again = lock_for({**SMALL, MINTED_AT: OTHER}, formats.lock(gone))
    repo.commit("work", "Return\n", {MINTED_AT: OTHER, LOCK: again})
    refuses(repo.gate(), "G13")


def test_g_what_is_reworded_and_then_retired_in_one_range_is_retired_as_it_last_read(repo: Repo) -> None:
    formats = TextFormats()
    repo.commit("main", "Spec\n", minted())
    repo.branch("work")
    between = lock_for({**SMALL, MINTED_AT: OTHER}, formats.lock(str(minted()[LOCK])))
    repo.commit("work", "Reword\n", {MINTED_AT: OTHER, LOCK: between})
    repo.commit("work", "Retire\n", {MINTED_AT: None, LOCK: lock_for(SMALL, formats.lock(between))})
    passes(repo.gate())


@pytest.mark.parametrize("part", ["\\ud800", "\\udfff", "\\udc00\\ud800"])
def test_g_half_a_character_is_none_that_a_lock_could_be_written_with_again(repo: Repo, part: str) -> None:
    for who, why in ((part, "why"), ("who", part)):
        line = next(one for one in HELD.split("\n") if one.startswith(LINK))
        repo.commit("work", "Spec\n", {LOCK: HELD.replace(line, f'{line} ["{who}", "{why}"]')})
        refuses(repo.gate(), "G12")
    repo.commit("work", "Spec\n", {LOCK: HELD.replace(line, f'{line} ["\\ud83d\\ude00", "seen"]')})
    repo.commit(
        "again", "Spec\n", {LOCK: HELD.replace(line, f'{line} ["\\ud83d\\ude00", "seen"]')}, onto=repo.base
    )
    passes(repo.gate("again"))


BUTTON = "Revert 'Confirm' (#13)\n\nReverts owner/repo#12\n"


def lines_of(what: str) -> tuple[dict[str, Content], str]:
    """What stands in the base, and the lock after a commit that changes nothing else."""
    if what == "reopened":
        return {}, HELD + AGAIN
    stands = respecified({PRD: WORDS})
    line = next(one for one in str(stands[LOCK]).split("\n") if one.startswith(LINK))
    return stands, str(stands[LOCK]).replace(line, f'{LINK} {of_requirement(WORDS)} ["ada", "the same"]')


@pytest.mark.parametrize("what", ["confirmed", "reopened"])
@pytest.mark.parametrize("merged", [False, True])
def test_g_who_confirms_or_reopens_by_mistake_may_revert_it(repo: Repo, what: str, *, merged: bool) -> None:
    """A message that names the commit says that somebody means it; what is silent may be lost in a merge."""
    stands, lock = lines_of(what)
    reviewed(repo, FIND, CODE, branch="main")
    repo.commit("main", "Spec\n", stands)
    repo.branch("work")
    made = repo.commit("work", "Lock\n", {LOCK: lock})
    passes(repo.gate())
    made = repo.merge("main", "work", "Merge pull request #12\n") if merged else repo.branch("main", "work")
    repo.branch("work", "main")
    old = stands.get(LOCK, HELD)
    repo.commit("work", f"Revert\n\nThis reverts commit {made}.\n", {LOCK: old})
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["revert"]
    repo.branch("work", "main")
    repo.commit("work", BUTTON, {LOCK: old})
    refuses(repo.gate(), "G13")


def test_g_a_revert_of_more_than_the_lock_leaves_the_lock_to_others(repo: Repo) -> None:
    """That a lock reads as it did says nothing of a commit that changed documents, too."""
    stands, lock = lines_of("confirmed")
    made = repo.commit("main", "Spec\n", {**stands, LOCK: lock})
    repo.branch("work")
    repo.commit("work", f"Revert\n\nThis reverts commit {made}.\n", {LOCK: stands[LOCK]})
    refuses(repo.gate(), "G13")


def test_g_what_goes_is_retired_in_the_lock(repo: Repo) -> None:
    """Else its id returns as something else, which the lock is there to notice."""
    repo.commit("main", "Mint\n", minted())
    lock = TextFormats().lock(str(minted()[LOCK]))
    for gone in ([MINTED_AT], SMALL):
        repo.branch("work")
        repo.commit("work", "Spec\n", dict.fromkeys(gone))
        refuses(repo.gate(), "G13")
    repo.branch("work")
    repo.commit("work", "Spec\n", {MINTED_AT: None, LOCK: lock_for(SMALL, lock)})
    passes(repo.gate())


UNWRITTEN = "specs/trace.lock of the result says that STORY-new001 stands, and no document there has it"


@pytest.mark.parametrize("came", [False, True], ids=["never came", "came and went"])
def test_g_the_lock_names_nothing_that_no_document_has(repo: Repo, *, came: bool) -> None:
    """`git commit -am` after a map that makes a story; once the document comes, or it is retired, it passes."""
    there = minted()
    repo.commit("work", "Mint\n", there if came else {LOCK: there[LOCK]})
    if came:
        repo.commit("work", "Not so\n", {MINTED_AT: None})
    report = repo.gate()
    refuses(report, "G13")
    assert [one.message for one in report.every_finding] == [UNWRITTEN]
    assert "bmad fmt" in report.every_finding[0].fix
    repo.commit("work", "Add it\n", there)
    passes(repo.gate())
    both = str(there[LOCK]) + lock_for(SMALL, TextFormats().lock(str(there[LOCK])))
    repo.commit("work", "Retire it\n", {MINTED_AT: None, LOCK: both})
    passes(repo.gate())


def test_g_an_audit_asks_for_what_the_lock_names_at_its_end(repo: Repo) -> None:
    start = repo.tip("main")
    repo.commit("main", "Map\n", {LOCK: minted()[LOCK]})
    refuses(repo.gate(head="main", since=start), "G13")
    repo.commit("main", "Add it\n", minted())
    passes(repo.gate(head="main", since=start))


@pytest.mark.parametrize("name", ["STORY-FIND01-find-again", "STORY-FIND01-find-notes", "STORY-find02-find-notes"])
def test_g_no_two_stories_are_one_where_case_does_not_count(repo: Repo, name: str) -> None:
    """They would share a file or a record on such a machine; the honest twin is another id."""
    item = name if name.endswith("notes") else name[:12]
    twin = MINTED.format(territory="").replace("STORY-new001", item)
    path = f"stories/{name}.md"
    repo.commit("work", "Mint\n", {path: twin, LOCK: lock_for({**SMALL, path: twin})})
    assert codes(repo.gate()) == (set() if "find02" in name else {"G12"})

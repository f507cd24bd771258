"""Mapping a draft onto a specification: ids that stay, hand edits that stay, conflicts that write nothing."""

import re
from pathlib import Path

import pytest

from bmad.core.mapping.files import file_of
from bmad.errors import UsageError
from bmad.model.findings import Finding, Severity
from bmad.model.spec import Epic
from bmad.pipeline.map.diffs import diff
from bmad.pipeline.map.map import map_intent
from bmad.pipeline.map.outcome import MapRequest
from bmad.pipeline.spec.validate import validate
from bmad.render.diffs import of_documents
from bmad.render.findings import by_rule
from bmad.render.mapping import mapping
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.layout import PLACE
from tests.mapping import INTENT, bullets, findings, replace, run, tree


def test_a_first_map_is_sound_and_a_second_changes_nothing(tmp_path: Path) -> None:
    report = run(tmp_path, INTENT)
    assert report.written
    assert report.counts == {"statement": 3, "requirement": 3, "epic": 2, "story": 3, "criterion": 3}
    assert findings(tmp_path) == ["V18"]
    before = tree(tmp_path)
    again = run(tmp_path)
    assert (again.written, again.created, again.changed, again.retired) == (False, (), (), ())
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Le système doit libérer", "le-systeme-doit-liberer"),
        ("Größe ändern", "grosse-andern"),
        ("見る", ""),
    ],
)
def test_a_file_is_named_in_letters_that_every_system_can_write(title: str, name: str) -> None:
    path = file_of(Epic(id="EPIC-000000", title=title, covers=(), text=""), PLACE)
    assert path == f"specs/epics/EPIC-000000{'-' if name else ''}{name}.md"


def test_the_same_intent_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        run(tmp_path / name, INTENT)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_a_dry_run_shows_the_diff_and_writes_nothing(tmp_path: Path) -> None:
    report = run(tmp_path, INTENT, dry_run=True)
    assert "+++ b/specs/prd.md" in report.diff
    assert "+node INT-" in report.diff
    shown = mapping(report)
    assert "+++ b/specs/prd.md" in shown
    lines = report.diff.count("\n+node ") + report.diff.count("\n+link ") + len(["its header"])
    assert f"\nspecs/trace.lock changes with it: {lines} lines more, 0 less (bmad -v shows them)\n" in shown
    assert "+node INT-" not in shown
    assert report.diff in mapping(report, verbose=True)
    assert not report.written
    assert list(tree(tmp_path)) == ["intent.md"]


def test_a_diff_of_documents_lacks_the_lock_and_no_word_that_reads_like_it() -> None:
    """A document may tell of diffs: what is taken out of it there is no file."""
    told = "-- a/specs/trace.lock\n++ b/specs/trace.lock\n@@ -1 +1 @@\n-node\n\x0bx\n"
    before = {"a.md": f"{told}one\n", "specs/trace.lock": "node a\nnode b\n", "z.md": "one\n"}
    after: dict[str, str | None] = {"a.md": "two\n", "specs/trace.lock": "node b\nnode c\n", "z.md": None}
    documents = {path: before[path] for path in ("a.md", "z.md")}
    shown = of_documents(diff(before, after))
    line = "specs/trace.lock changes with it: 1 line more, 1 less (bmad -v shows them)\n"
    assert shown.count(line) == 1
    assert shown.replace(line, "") == diff(documents, {path: after[path] for path in documents})


def test_an_edited_intent_keeps_ids_and_what_a_hand_has_set(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    story = replace(
        tmp_path, "stories/*listed*.md", "- Implements: ", "- Territory: `src/list.py`\n- Implements: "
    )
    replace(tmp_path, story, "## Dev Notes\n", "## Dev Notes\n\nMine.\n\n## Risks\n\nNone.\n")
    replace(tmp_path, story, "- **AC-1**", "- **AC-7** Given 0 books, then 0 lines.\n- **AC-1**")
    first = {path: text.split("\n")[0].split(":")[0] for path, text in tree(tmp_path).items()}
    edited = INTENT.replace("## Books\n", "## Books\n\nA word of context.\n").replace(
        "by year", "by year and title"
    )
    report = run(tmp_path, edited.replace("three books", "three books at once"))
    assert report.ok
    assert not report.created
    assert not report.retired
    after = tree(tmp_path)
    assert {path: text.split("\n")[0].split(":")[0] for path, text in after.items()} == first
    kept = after[story]
    assert "`src/list.py`" in kept
    assert "Mine." in kept
    assert "## Risks\n\nNone." in kept
    assert "AC-7" in kept
    assert findings(tmp_path) == ["V11", "V18"]


def test_what_changed_above_is_suspect_until_a_person_confirms(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    run(tmp_path, INTENT.replace("at most three", "at most four"))
    suspect = [f.message for f in validate(FileWorkspace(tmp_path), TextFormats()).findings if f.code == "V11"]
    assert len(suspect) == 3, "requirement on statement, story on requirement, epic on requirement"
    run(tmp_path)
    assert "V11" in findings(tmp_path), "mapping again confirms nothing"


def test_both_sides_changed_the_same_text(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    replace(tmp_path, "specs/prd.md", "Shall: Books are listed by year.", "Books shall be listed, newest first.")
    before = tree(tmp_path)
    changed = INTENT.replace("listed by year", "listed by year of print")
    report = run(tmp_path, changed)
    assert not report.ok
    assert [(conflict.part, conflict.path) for conflict in report.conflicts] == [("text", "specs/prd.md")]
    assert tree(tmp_path) == before | {"intent.md": changed}, "a conflict writes nothing"
    kept = run(tmp_path, keep=True)
    assert kept.ok
    assert "Books shall be listed, newest first." in tree(tmp_path)["specs/prd.md"]
    assert run(tmp_path).ok, "a settled conflict does not come back"


def test_what_was_reworded_and_then_went_is_what_it_was_where_its_last_words_come_back(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    reworded = INTENT.replace("listed by year", "listed by year and title")
    run(tmp_path, reworded)
    before = tree(tmp_path)
    (story,) = tmp_path.glob("stories/*listed*")
    story.unlink()
    assert run(tmp_path).created == (story.name[:12],)
    assert before["specs/trace.lock"] == tree(tmp_path)["specs/trace.lock"]
    gone = run(tmp_path, INTENT.replace("- Books are listed by year.\n", "")).retired
    assert set(run(tmp_path, reworded).created) == set(gone)
    lock = tree(tmp_path)["specs/trace.lock"]
    assert "retired" not in lock
    other = run(tmp_path, reworded.replace("- Books are listed by year and title.\n", "- A shelf is blue.\n"))
    assert not set(other.created) & set(gone), "in other words it is another one"


def test_a_new_bullet_is_new_and_a_removed_one_is_retired(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    report = run(tmp_path, INTENT.replace("- Books are listed by year.", "- Covers are scanned in colour."))
    assert [name.split("-")[0] for name in report.created] == ["INT", "FR", "STORY"]
    assert sorted(name.split("-")[0] for name in report.retired) == ["FR", "INT", "STORY"]
    lock = tree(tmp_path)["specs/trace.lock"]
    assert all(f"retired {name} " in lock for name in report.retired)
    assert findings(tmp_path) == ["V18"]
    back = run(tmp_path, INTENT)
    assert set(back.created) == set(report.retired), "the same words are the same nodes again"


def test_what_a_hand_has_made_is_not_removed_in_silence(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    replace(tmp_path, "stories/*borrows*.md", "- Implements: ", "- Territory: `src/**`\n- Implements: ")
    before = tree(tmp_path)
    shorter = INTENT.replace("- A reader borrows at most three books.\n", "")
    report = run(tmp_path, shorter)
    assert not report.ok
    assert any("Territory" in conflict.reason for conflict in report.conflicts)
    assert tree(tmp_path) == before | {"intent.md": shorter}


def test_a_criterion_number_is_never_used_again(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    replace(tmp_path, "stories/*borrows*.md", "- **AC-1**", "- **AC-2** Given 4 books, then refuse.\n- **AC-1**")
    run(tmp_path)
    replace(tmp_path, "stories/*borrows*.md", "- **AC-2** Given 4 books, then refuse.\n", "")
    run(tmp_path)
    assert re.search(r"^retired STORY-\w+/AC-2 ", tree(tmp_path)["specs/trace.lock"], re.MULTILINE)


def test_a_list_that_a_person_extended_merges_element_by_element(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    hand = "\n### FR-mine: By hand\n\n- Traces: INT-\n"
    statement = re.findall(r"INT-\w+", tree(tmp_path)["specs/intent.md"])[0]
    with (tmp_path / "specs/prd.md").open("a", encoding="utf-8") as prd:
        prd.write(hand.replace("INT-", statement))
    epic = replace(tmp_path, "specs/epics/*books*.md", "- Covers: ", "- Covers: FR-mine, ")
    run(tmp_path, INTENT.replace("## Readers", "- Books are lent for two weeks.\n\n## Readers"))
    covers = re.findall(r"FR-\w+", tree(tmp_path)[epic])
    assert covers[0] == "FR-mine"
    assert len(covers) == 4


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "is empty"), (" \n\n", "is empty"), ("# Only a title\n\nProse.\n", "holds no goal")],
)
def test_an_intent_that_says_nothing(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        run(tmp_path, text)
    assert list(tree(tmp_path)) == ["intent.md"]


def test_a_second_intent_is_refused(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    (tmp_path / "other.md").write_text(INTENT, encoding="utf-8")
    with pytest.raises(UsageError, match=r"maps intent\.md"):
        map_intent(FileWorkspace(tmp_path), TextFormats(), bullets, MapRequest("other.md"))


def test_a_broken_document_stops_the_map(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    replace(tmp_path, "specs/prd.md", "- Priority: must", "- Priority: soon")
    before = tree(tmp_path)
    with pytest.raises(UsageError, match=r"specs/prd\.md:\d+: `soon`"):
        run(tmp_path)
    assert tree(tmp_path) == before


def test_the_register_follows_the_order_of_the_intent_and_keeps_what_people_wrote_there(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    replace(
        tmp_path,
        "specs/intent.md",
        "> Books are listed by year.",
        "> Books are listed by year.\n\nAda asked for it.",
    )
    first, second = "- A book has a title and a year.\n", "- Books are listed by year.\n"
    turned = INTENT.replace(first + second, second + first)
    dry = run(tmp_path, turned, dry_run=True)
    assert "+++ b/specs/" in mapping(dry)
    assert "no item changed, but their order, the lock or the path of the intent; nothing written" in mapping(dry)
    report = run(tmp_path, turned)
    assert (report.ok, report.created, report.retired) == (True, (), ())
    assert "no item changed, but their order, the lock or the path of the intent; written" in mapping(report)
    register = tree(tmp_path)["specs/intent.md"]
    places = [
        register.index(words) for words in ("> Books are", "Ada asked for it.", "> A book has", "> A reader")
    ]
    assert places == sorted(places)
    assert findings(tmp_path) == ["V18"]
    assert register.endswith("books.\n")


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        (("V18",), "V18"),
        (("V18", "V07", "V18"), "V18 2, V07 1"),
        (("V01", "V02", "V03", "V04", "V04"), "V04 2, V01 1, V02 1, …"),
    ],
)
def test_what_findings_are_of_is_told_beside_their_number(codes: tuple[str, ...], told: str) -> None:
    found = (Finding(code=code, severity=Severity.WARNING, path="a.md", line=1, message="") for code in codes)
    assert by_rule(tuple(found)) == told

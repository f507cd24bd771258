"""What an intent no longer asks for, and a hand is on: kept with all it hangs on, or nothing is written."""

import dataclasses
import re
import shlex
from pathlib import Path

from bmad.core.outline import outline
from bmad.model.draft import Draft, DraftEpic, DraftRequirement, DraftStory
from bmad.model.edits import RemoveItem
from bmad.model.mapping import UNSOUND
from bmad.pipeline.spec.reopen import reopen
from bmad.render.mapping import mapping
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.layout import edit
from tests.mapping import INTENT, bullets, documents, errors, landed, prepare, replace, run, tree

MUSTS = INTENT.replace("has", "must have").replace("are", "must be").replace("borrows", "must borrow")
NO_READERS = INTENT.partition("## Readers")[0]


def lumped(text: str) -> Draft:
    """A mapper that makes one requirement, one epic and one story of all that is said."""
    draft = bullets(text)
    every = tuple(range(len(draft.statements)))
    return dataclasses.replace(
        draft,
        requirements=(DraftRequirement(title="Lump", text="Shall: all.", statements=every),),
        epics=(DraftEpic(title="Lump", text="", requirements=(0,)),),
        stories=(
            DraftStory(title="Lump", epic=0, requirements=(0,), narrative="All.", criteria=("Then 1 lump.",)),
        ),
    )


def follow(root: Path, reason: str) -> None:
    """Do what the end of a conflict's reason says, as a person would who copies it."""
    for command in reason.rpartition(": ")[2].split(" && "):
        match shlex.split(command):
            case ["rm", path]:
                (root / path).unlink()
            case ["bmad", "reopen", story, "--why", why]:
                reopen(FileWorkspace(root), TextFormats(), story, "Ada", why)
            case ["bmad", "map", intent]:
                assert (root / intent).is_file()
                report = run(root, mapper=outline)
                assert (report.ok, report.conflicts) == (True, ())
            case other:
                raise AssertionError(other)


def test_a_landed_story_one_of_whose_sentences_is_gone_is_settled_by_the_command_that_is_named(
    tmp_path: Path,
) -> None:
    run(tmp_path, MUSTS, outline)
    story = landed(tmp_path, "books")
    replace(tmp_path, f"stories/{story}*", "- Implements: ", "- Territory: `src/**`\n- Implements: ")
    less = MUSTS.replace("- Books must be listed by year.\n", "")
    [conflict] = run(tmp_path, less, outline).conflicts
    assert f"bmad reopen {story} --why REASON && bmad map intent.md" in conflict.reason
    follow(tmp_path, conflict.reason)
    assert errors(tmp_path) == []
    assert "by year" not in documents(tmp_path, story)
    assert "Territory: `src/**`" in documents(tmp_path, story)


def test_a_landed_story_all_of_whose_sentences_are_gone_is_settled_by_the_command_that_is_named(
    tmp_path: Path,
) -> None:
    run(tmp_path, MUSTS, outline)
    story = landed(tmp_path, "readers")
    less = MUSTS.partition("## Readers")[0]
    [reason] = [one.reason for one in run(tmp_path, less, outline).conflicts if one.part == UNSOUND]
    assert f"drop {story}: rm stories/{story}" in reason
    follow(tmp_path, reason)
    assert errors(tmp_path) == []
    assert not list(tmp_path.glob(f"stories/{story}*"))


def test_a_requirement_that_a_hand_is_on_and_nothing_asks_for_is_settled_by_taking_it_out(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    replace(tmp_path, "specs/prd.md", "Shall: A reader borrows", "Shall: Each reader borrows")
    reasons = {
        one.id[:2]: (one.id, one.reason) for one in run(tmp_path, NO_READERS).conflicts if one.part == UNSOUND
    }
    node = next(name for name, _ in reasons.values() if name.startswith("FR"))
    assert f"take {node} out of specs/prd.md, then: bmad map intent.md" in reasons["IN"][1]
    text = (tmp_path / "specs/prd.md").read_text(encoding="utf-8")
    (tmp_path / "specs/prd.md").write_text(edit("specs/prd.md", text, [RemoveItem(node)]), encoding="utf-8")
    assert run(tmp_path).ok
    assert errors(tmp_path) == []


def test_what_cannot_be_kept_soundly_is_refused_with_what_leads_on(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    story = prepare(tmp_path, "borrows")
    before = tree(tmp_path) | {"intent.md": NO_READERS}
    for keep in (False, True):
        report = run(tmp_path, NO_READERS, keep=keep)
        assert (report.ok, report.written) == (False, False)
        reasons = {conflict.id[:3]: conflict.reason for conflict in report.conflicts}
        assert f"bmad cancel {story}" in reasons["STO"]
        assert f"cannot stay for {story}" in reasons["INT"]
        assert tree(tmp_path) == before
    [path] = tmp_path.glob(f"stories/{story}*")
    path.unlink()
    assert run(tmp_path).ok
    assert errors(tmp_path) == []
    assert "borrows" not in "".join(tree(tmp_path).values())


def test_what_a_kept_story_hangs_on_is_kept_and_what_leaves_is_named_nowhere(tmp_path: Path) -> None:
    run(tmp_path, INTENT + "- A reader has a card.\n- A reader pays 3 euros.\n")
    stories = {prepare(tmp_path, words) for words in ("borrows", "pays")}
    report = run(tmp_path, mapper=lumped, keep=True)
    assert report.written
    assert {conflict.id for conflict in report.conflicts} == stories
    assert report.retired
    assert errors(tmp_path) == []
    documents = tree(tmp_path)
    assert stories <= {path.removeprefix("stories/")[:12] for path in documents}
    written = "".join(text for path, text in documents.items() if path != "specs/trace.lock")
    assert not [name for name in report.retired if name in written]
    again = run(tmp_path, mapper=lumped, keep=True)
    assert (again.written, again.changed, again.retired) == (False, (), ())


def test_what_a_hand_had_a_story_name_stays_for_it(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    leaving = run(tmp_path, mapper=lumped, dry_run=True).retired
    requirement = next(name for name in leaving if name.startswith("FR-"))
    [story] = [path for path in tmp_path.glob("stories/*.md") if path.name[:12] not in leaving]
    replace(tmp_path, f"stories/{story.name}", "- Implements: ", f"- Implements: {requirement}, ")
    report = run(tmp_path, mapper=lumped)
    assert report.written
    assert requirement not in report.retired
    assert errors(tmp_path) == []


def test_a_story_that_names_by_hand_what_leaves_is_not_left_with_a_dead_name(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    [other] = re.findall(r"- Implements: (.*)", tree(tmp_path)[replace(tmp_path, "stories/*borrows*.md", "", "")])
    story = replace(tmp_path, "stories/*listed*.md", "- Implements: ", f"- Implements: {other}, ")
    before = tree(tmp_path) | {"intent.md": NO_READERS}
    report = run(tmp_path, NO_READERS, keep=True)
    assert not report.ok
    assert [story.removeprefix("stories/")[:12] in conflict.reason for conflict in report.conflicts] == [True]
    assert f"take {other} out of {story}, then: bmad map intent.md" in report.conflicts[0].reason
    assert tree(tmp_path) == before
    replace(tmp_path, story, f"{other}, ", "")
    assert run(tmp_path).ok
    assert errors(tmp_path) == []


def test_an_error_that_was_there_before_holds_up_no_map(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    replace(tmp_path, "stories/*borrows*.md", "- Implements: ", "- Implements: FR-nowhere, ")
    before = errors(tmp_path)
    assert before
    report = run(tmp_path, INTENT.replace("- A reader", "- A card is yellow.\n- A reader"))
    assert report.written
    assert errors(tmp_path) == before


def test_what_is_made_of_sentences_that_stand_as_they_did_is_told(tmp_path: Path) -> None:
    first = run(tmp_path, INTENT, mapper=lumped)
    report = run(tmp_path, INTENT + "- A reader has a card.\n", keep=True)
    made = {name for name in report.created if name.startswith("FR-")}
    assert first.reread == ()
    assert len(report.reread) == 2
    assert made > set(report.reread), "one is of a new sentence"
    told = f"2 created of sentences that stand as they did and are now read otherwise: {report.reread[0]}, "
    assert told in mapping(report)


def worded(text: str) -> Draft:
    """A mapper of another version: it words all that `bullets` words otherwise, and has one epic for all of it."""
    draft = bullets(text)
    every = tuple(range(len(draft.requirements)))
    return dataclasses.replace(
        draft,
        statements=tuple(dataclasses.replace(one, title=f"New {one.title}") for one in draft.statements),
        requirements=tuple(
            dataclasses.replace(one, title=f"New {one.title}", text=f"New {one.text}")
            for one in draft.requirements
        ),
        epics=(DraftEpic(title="All", text="All.", requirements=every),),
        stories=tuple(
            dataclasses.replace(one, title=f"New {one.title}", epic=0, criteria=("New.", *one.criteria))
            for one in draft.stories
        ),
    )


def test_what_the_intent_says_as_before_keeps_its_words_and_what_groups_them_follows(
    tmp_path: Path,
) -> None:
    run(tmp_path, INTENT)
    story = prepare(tmp_path, "borrows")
    epic = replace(tmp_path, "specs/epics/*readers*.md", ": Readers", ": Readers of all ages")
    before = tree(tmp_path)
    report = run(tmp_path, mapper=worded)
    assert report.ok, report.conflicts
    after = tree(tmp_path)
    assert "New " not in after["specs/intent.md"] + after["specs/prd.md"]
    reworded = {path[:20] for path in after if before[path] != after[path] and path.startswith("stories/")}
    assert f"stories/{story}" not in reworded, "a story that a hand is on keeps its words"
    assert len(reworded) == 2, "what groups the words follows the mapper"
    assert after[epic] == before[epic], "a story that a hand is on stays in its epic"
    assert errors(tmp_path) == []
    assert not run(tmp_path, mapper=worded).written
    changed = run(tmp_path, INTENT.replace("by year", "by year and title"), mapper=worded)
    assert (changed.ok, changed.reread) == (True, ())
    assert "New Books are listed by year and title" in "".join(tree(tmp_path).values())


def test_an_epic_whose_stories_all_stay_keeps_its_words(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    for title in ("a-book", "listed", "borrows"):
        prepare(tmp_path, title)
    before = tree(tmp_path)
    report = run(tmp_path, mapper=worded)
    assert report.ok, report.conflicts
    after = tree(tmp_path)
    assert {path for path in after if before[path] != after[path]} <= {"specs/trace.lock"}
    assert errors(tmp_path) == []


def test_what_the_intent_says_and_is_read_otherwise_is_not_said_to_be_asked_for_no_longer(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    story = prepare(tmp_path, "borrows")
    landed(tmp_path, "listed")
    reasons = {one.id: one.reason for one in run(tmp_path, mapper=lumped).conflicts}
    assert story in reasons
    assert all("the intent says of it now makes other things. To drop it: " in one for one in reasons.values())
    assert not any("put its sentences back" in one for one in reasons.values())


SHELF = """# Shelf

## Notes

- The shelf is painted green.
- The shelf stands in the hall.
- Keep three books at once
- The shelf has four boards.
"""


def test_what_a_hand_is_on_stays_where_its_sentence_stands_and_is_read_otherwise(tmp_path: Path) -> None:
    """That a heading above now asks makes the same bullets a remark; nobody took them back."""
    run(tmp_path, SHELF, outline)
    edited = replace(tmp_path, "specs/prd.md", "- Verify: test", "- Verify: analysis")
    told = SHELF.replace("## Notes", "## Requirements\n\n- The shelf must bear 40 kg.\n\n## Glossary")
    report = run(tmp_path, told, outline)
    assert report.ok, report.conflicts
    assert report.steady
    assert all(node in tree(tmp_path)[edited] for node in report.steady)
    assert "kept as a hand wrote it" in mapping(report)
    assert errors(tmp_path) == []
    again = run(tmp_path, told, outline)
    assert (again.written, again.steady) == (False, report.steady)


def test_what_a_hand_is_on_is_a_conflict_where_its_sentence_is_gone(tmp_path: Path) -> None:
    run(tmp_path, SHELF, outline)
    replace(tmp_path, "specs/prd.md", "- Verify: test", "- Verify: analysis")
    report = run(tmp_path, "# Shelf\n\n## Requirements\n\n- The shelf must bear 40 kg.\n", outline)
    assert (report.ok, report.steady) == (False, ())


def test_a_hand_s_titles_stay_where_all_ids_of_the_author_are_counted_anew(tmp_path: Path) -> None:
    words = ("shown by year", "sorted by title", "counted each night")
    rows = [f"| {{{at}}} | Books are {said} |" for at, said in enumerate(words)]
    text = "# S\n\n## Books\n\n| Ref | What |\n|---|---|\n" + "\n".join(rows) + "\n"
    run(tmp_path, text.format("WF-1", "WF-2", "WF-3"), outline)
    before = tree(tmp_path)["specs/prd.md"]
    prd = tmp_path / "specs/prd.md"
    prd.write_text(re.sub(r"^(### FR-\w+): .*$", r"\1: By hand", before, flags=re.MULTILINE), encoding="utf-8")
    report = run(tmp_path, text.format("WF-2", "WF-3", "WF-4"), outline)
    assert (report.ok, report.created, report.retired) == (True, (), ()), report.conflicts
    named = dict(re.findall(r"^### (FR-\w+): By hand\n(?:.*\n)*?.*Source: (WF-\d)", prd.read_text(), re.MULTILINE))
    assert sorted(named.values()) == ["WF-2", "WF-3", "WF-4"]


def test_an_epic_covers_what_the_stories_do_that_stay_in_it(tmp_path: Path) -> None:
    """A heading is renamed so that its bullets become one story, and the user story among them another epic."""
    asks = (
        "- Beds are listed.\n- Plants are found by name.\n- As a member, I want a reminder, so that all grows.\n"
    )
    text = f"# Beds\n\n## Requirements\n\n{asks}\n## Nice to have\n\n- Beds have photos.\n"
    run(tmp_path, text, outline)
    replace(tmp_path, "stories/*reminder*.md", "- Implements:", "- Territory: `src/**`\n- Implements:")
    renamed = text.replace("## Requirements", "## Watering").replace("- As a", "- Beds are watered.\n- As a")
    report = run(tmp_path, renamed, outline)
    assert report.ok, report.conflicts
    story = next(one for path, one in tree(tmp_path).items() if path.startswith("stories/") and "reminder" in path)
    [epic], [need] = re.findall(r"- Epic: (.*)", story), re.findall(r"- Implements: (.*)", story)
    [held] = [one for path, one in tree(tmp_path).items() if path.startswith(f"specs/epics/{epic}")]
    assert need in held.partition("- Covers: ")[2].partition("\n")[0].split(", ")
    assert errors(tmp_path) == []


def test_a_conflict_shows_what_the_hand_wrote_and_what_the_intent_now_says(tmp_path: Path) -> None:
    run(tmp_path, SHELF, outline)
    replace(tmp_path, "specs/prd.md", ": The shelf has four boards", ": Boards")
    report = run(tmp_path, SHELF.replace("four boards", "five boards"), outline)
    [told] = [one.reason for one in report.conflicts if one.part == "title"]
    assert "by hand (“Boards”), and the intent now gives it another value (“The shelf has five boards”)" in told


def test_a_conflict_names_the_story_that_took_all_that_another_one_implements(tmp_path: Path) -> None:
    run(tmp_path, MUSTS, outline)
    story = prepare(tmp_path, "books")
    (path,) = tmp_path.glob(f"stories/{story}*.md")
    text = path.read_text(encoding="utf-8")
    taker = text.replace(f"# {story}: ", "# STORY-all: All ")
    (tmp_path / "stories/STORY-all.md").write_text(taker, encoding="utf-8")
    (conflict,) = run(tmp_path, MUSTS.replace("three", "four"), outline).conflicts
    assert conflict.id == story
    assert "but all that it implements is in STORY-all. To drop it: " in conflict.reason
    assert conflict.reason.endswith(" To keep it, take what it implements out of STORY-all.")

"""What is kept of the last map only makes the next one quicker: whatever was edited, it comes to the same."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bmad.core.outline import outline
from bmad.errors import BmadError
from bmad.model.map_reports import MapReport
from bmad.model.spec import Document
from bmad.pipeline.map import map as mapping
from bmad.pipeline.map.again import Again, again
from bmad.pipeline.map.last_map import last_map
from bmad.pipeline.map.map import map_intent
from bmad.pipeline.map.outcome import MapRequest
from bmad.ports.cache import Kept
from bmad.store.workspace import FileWorkspace
from tests.mapping import FORMATS, replace

PARTS = 8
TEXT = "# Shop\n\nWords on why there is a shop.\n" + "".join(
    f"""
## Part {n}

It is told here why there is part {n}.

- The store must keep record {n} for {3 * n} days.
- A client may ask for entry {n} by name.

1. R{n}.1: The list of part {n} shall show at most {n + 7} entries.

| input | outcome |
| --- | --- |
| `get {n}` | 200 |
"""
    for n in range(1, PARTS + 1)
)


class Shelf:
    """Where the last map is kept; `made` counts the maps by what an edit reaches, and those of the whole."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.content: bytes | None = None
        self.made = {True: 0, False: 0}

        def counted(*told: Any) -> Again | None:
            found = again(*told)
            self.made[found is not None] += 1
            return found

        monkeypatch.setattr(mapping, "again", counted)
        monkeypatch.setattr(mapping, "LONG", 0)

    def keep(self, content: bytes) -> None:
        self.content = content

    def map(self, known: Kept | None, *, dry_run: bool = False, keep: bool = False) -> MapReport | str:
        request = MapRequest("intent.md", "outline", dry_run, keep)
        try:
            return map_intent(FileWorkspace(self.root), FORMATS, outline, request, known)
        except BmadError as error:
            return str(error)

    def write(self, text: str) -> MapReport | str:
        """Map a text as with nothing known, with what is, and write that."""
        (self.root / "intent.md").write_text(text, encoding="utf-8")
        fresh = self.map(None, dry_run=True)
        known = self.map(Kept(lambda: self.content), dry_run=True)
        assert _told(known) == _told(fresh), text
        return self.map(Kept(lambda: self.content, self.keep))


def _told(report: MapReport | str) -> str:
    return report if isinstance(report, str) else report.model_dump_json()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    return Shelf(tmp_path, monkeypatch)


WORDS = ("record", "list", "client", "must", "may", "30", "days", "`get 3`", "R2.1", "never", "Part 4", "entry")


def _edited(text: str, dice: random.Random) -> str:
    lines = text.split("\n")
    told = [at for at, line in enumerate(lines) if " " in line and line[0] not in "#|"]
    at, other = dice.choice(told), dice.randrange(len(lines))
    words = lines[at].split(" ")
    place = dice.randrange(1, len(words))

    def reworded(*told: str) -> Callable[[], object]:
        return lambda: lines.__setitem__(at, " ".join([*words[: place + 1], *told, *words[place + 2 :]]))

    edits: tuple[Callable[[], object], ...] = (
        *[reworded(dice.choice(WORDS)), reworded(dice.choice(WORDS), dice.choice(WORDS)), reworded()] * 6,
        lambda: lines.insert(at, f"- The shop must {dice.choice(WORDS)} at night."),
        lambda: lines.__setitem__(at, lines[other]),
        lambda: lines.insert(at, lines.pop(other)),
        lambda: lines.pop(at),
    )
    dice.choice(edits)()
    return "\n".join(lines)


HANDS: tuple[Callable[[Path], object], ...] = (
    lambda root: replace(root, "specs/prd.md", "- Verify: test", "- Verify: inspection"),
    lambda root: replace(root, "specs/prd.md", " must keep ", " has to keep "),
    lambda root: replace(root, "specs/intent.md", "- Class: requirement", "- Class: constraint"),
    lambda root: replace(root, "stories/*part-4.md", "## Dev Notes", "## Links\n\nSee all.\n\n## Dev Notes"),
)


@pytest.mark.parametrize("seed", range(3))
def test_any_edits_come_to_what_they_come_to_for_whoever_remembers_nothing(seed: int, shelf: Shelf) -> None:
    dice, text = random.Random(seed), TEXT  # noqa: S311 - no secret
    shelf.write(text)
    for step in range(7):
        if step == seed + 2:
            dice.choice(HANDS)(shelf.root)
        text = _edited(text if step % 4 else TEXT, dice)
        shelf.write(text)
    assert shelf.made[True]


def test_an_edit_has_nothing_read_but_what_it_reaches(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.write(TEXT)
    (shelf.root / "intent.md").write_text(TEXT.replace("keep record 5", "always keep record 5"), encoding="utf-8")
    read: list[str] = []
    document = FORMATS.document

    def noted(path: str, *more: Any) -> Document:
        read.append(path)
        return document(path, *more)

    monkeypatch.setattr(FORMATS, "document", noted)
    report = shelf.map(Kept(lambda: shelf.content))
    assert isinstance(report, MapReport)
    assert [name.partition("-")[0] for name in report.changed] == ["INT", "FR", "STORY"]
    assert len({path for path in read if path.startswith("stories/")}) == 1
    assert shelf.map(None) == report.model_copy(update={"changed": (), "written": False})


def test_it_goes_on_from_what_it_came_to_itself(shelf: Shelf) -> None:
    text = TEXT
    shelf.write(text)
    for n in range(1, 4):
        text = text.replace(f"entry {n} by", f"entry {n} of any shop by")
        shelf.write(text)
    assert shelf.made == {True: 6, False: 0}, "what is suspect since is looked at as well"


REACHES = {
    "words that another one has": ("keep record 5 for 15 days", "keep record 4 for 12 days"),
    "all words": ("The store must keep record 5 for 15 days", "Nobody may ever sell what is stale"),
    "another heading": ("## Part 5", "## Parts"),
    "one more": ("- A client may ask for entry 5", "- It must be told.\n- A client may ask for entry 5"),
    "one less": ("- A client may ask for entry 5 by name.\n", ""),
    "another title": ("# Shop", "# Store"),
    "another id": ("R5.1", "R5.7"),
    "half of all": (" must keep ", " must always keep "),
    "what is open": ("entry 5 by name", "entry 5 by name [NEEDS CLARIFICATION: which?]"),
    "other line ends": ("\n", "\r\n"),
}


@pytest.mark.parametrize("edit", REACHES)
def test_what_more_than_rewords_is_mapped_with_all(edit: str, shelf: Shelf) -> None:
    shelf.write(TEXT)
    shelf.write(TEXT.replace(*REACHES[edit]))
    assert shelf.made == {True: 0, False: 2}


HANDS_ON = {
    "another story": ("stories/*part-4.md", "- Implements:", "- Territory: `src/**`\n- Implements:", True),
    "the story itself": ("stories/*part-5.md", "- Implements:", "- Territory: `src/**`\n- Implements:", True),
    "what a story serves": ("stories/*part-4.md", "- Implements: ", "- Implements: FR-nothing, ", False),
    "an alias": ("stories/*part-4.md", "- Implements:", "- Aliases: STORY-old\n- Implements:", False),
    "what is open": ("stories/*part-4.md", "## Dev Notes", "## Dev Notes\n\n[NEEDS CLARIFICATION: who?]", False),
    "a requirement": ("specs/prd.md", "- Verify: test", "- Verify: inspection", None),
    "the lock": ("specs/trace.lock", "\nnode EPIC", f"\nretired FR-old {'0' * 64}\nnode EPIC", None),
}  # fmt: skip


@pytest.mark.parametrize("hand", HANDS_ON)
def test_a_hand_on_a_story_is_looked_at_as_well_and_one_elsewhere_has_all_mapped(hand: str, shelf: Shelf) -> None:
    shelf.write(TEXT)
    *edit, made = HANDS_ON[hand]
    replace(shelf.root, *edit)
    shelf.write(TEXT.replace("keep record 5", "keep the record 5"))
    assert shelf.made == {one: 2 * (one is made) for one in (True, False)}


def test_what_cannot_be_read_is_nothing(shelf: Shelf) -> None:
    shelf.write(TEXT)
    known = shelf.content or b""
    assert last_map(known) is not None
    broken = (None, b"", b"no", b"\0" * 99, known[:-9], known[:40] + b"\0" + known[41:], b"\0" + known[1:])
    assert [last_map(one) for one in broken] == [None] * len(broken)


def test_nothing_is_kept_of_a_short_intent_of_a_dry_run_or_of_conflicts(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.write(TEXT)
    before = shelf.content
    replace(shelf.root, "specs/prd.md", "must keep record 5", "has to keep record 5")
    report = shelf.write(TEXT.replace("keep record 5", "keep the record 5"))
    assert isinstance(report, MapReport)
    assert report.conflicts
    assert shelf.content == before
    monkeypatch.setattr(mapping, "LONG", 1 << 16)
    shelf.content = None
    shelf.write(TEXT)
    assert shelf.content is None


LOCK = """# bmad trace lock 1: written by bmad map, bmad confirm and bmad fmt
block 0123456789abcdef context ["who", "why"]
link EPIC-a covers FR-a 1
link EPIC-a covers FR-b 1
link FR-a traces INT-a 1
link FR-a traces INT-b 1
node EPIC-a 1
node FR-a 1
node INT-a 1
node INT-b 1
node STORY-a 1
node STORY-a/AC-1 1
node STORY-ab 1
retired FR-c 1
"""


def test_what_leads_away_from_an_excerpt_of_the_lock_stays_in_the_whole() -> None:
    cut = FORMATS.lock_excerpt(LOCK, {"EPIC-a", "FR-a", "INT-a", "STORY-a"}, {"EPIC-a": ["FR-a"]})
    beside = ["link EPIC-a covers FR-b 1", "link FR-a traces INT-b 1", "node INT-b 1", "node STORY-ab 1"]
    assert sorted([*cut.text.splitlines(), *beside]) == LOCK.splitlines()
    after = cut.text.replace("node FR-a 1", "node FR-a 2").replace("AC-1 1", "AC-1 1\nnode STORY-a/AC-2 1")
    whole = LOCK.replace("node FR-a 1", "node FR-a 2").replace("AC-1 1", "AC-1 1\nnode STORY-a/AC-2 1")
    assert FORMATS.whole_lock(cut, cut.text, after) == whole


def test_an_excerpt_goes_back_into_its_document_and_knows_its_lines_there() -> None:
    item = "### {}: T\n\n- Class: goal\n\n> It.\n".format
    text = f"# Register\n\n{item('INT-a')}\n## One\n\n{item('INT-b')}\n{item('INT-c')}\n## Two\n\n{item('INT-d')}"
    for ids in ({"INT-a"}, {"INT-b", "INT-d"}, {"INT-c"}, set[str]()):
        cut = FORMATS.excerpt(text, ids)
        assert cut is not None
        assert {name for name in "abcd" if f"INT-{name}" in cut.text} == {name[-1] for name in ids}
        longer = FORMATS.whole(cut, cut.text.replace("> It.", "> It.\n> So."))
        assert longer is not None
        lines, own = longer.text.split("\n"), cut.text.replace("> It.", "> It.\n> So.").split("\n")
        for number, line in enumerate(own, 1):
            if line.startswith(("### ", "> So")):
                assert lines[longer.line(number) - 1] == line
        assert longer.text.replace("> So.\n", "") == text
        assert FORMATS.whole(cut, f"# Other{cut.text}") is None
    assert FORMATS.excerpt(f"{text}\n```\n### INT-e\n```\n", {"INT-a"}) is None


def test_a_criterion_that_a_hand_carried_where_an_edit_does_not_reach_is_found_there(shelf: Shelf) -> None:
    shelf.write(TEXT)
    said = "A client may ask for entry 3 by name."
    path = replace(shelf.root, "stories/*.md", f"- **AC-2** {said}\n", "")
    other = replace(shelf.root, "stories/*part-5.md", "- **AC-2** ", f"- **AC-9** {said}\n- **AC-2** ")
    shelf.write(TEXT.replace("part 8 shall", "part 8 must"))
    shelf.write(TEXT.replace("part 8 shall", "part 8 must").replace("entry 3 by name", "entry 3 by its name"))
    assert "- **AC-9** A client may ask for entry 3 by its name." in (shelf.root / other).read_text(
        encoding="utf-8"
    )
    assert "ask for entry" not in (shelf.root / path).read_text(encoding="utf-8")

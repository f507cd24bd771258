"""What may be changed where a story is prepared, and when it can be built."""

import pytest

from bmad.core.act.creating import judge_creation, ready, sides
from bmad.core.gate.state import Graphs, Parsed, Policy, State, Where
from bmad.core.graph import SpecGraph, build
from bmad.core.rules import Validated, validated
from bmad.model.lock import Lock
from bmad.model.spec import Document, Story
from bmad.model.specification import IntentText, Spec
from tests.layout import LAYOUT, parse
from tests.specs import SMALL

STORY, PATH = "STORY-find01", "stories/STORY-find01-find-notes.md"


def text(**changes: str) -> str:
    """The story's file of the small specification, with words replaced."""
    told = SMALL[PATH]
    for old, new in changes.items():
        told = told.replace(WORDS[old], new)
    return told


def spec(**changes: str) -> Validated:
    return whole(SMALL | {PATH: text(**changes)})


WORDS = {
    "heading": "# STORY-find01: Find notes by tag",
    "epic": "EPIC-notes1",
    "implements": "- Implements: FR-find01",
    "depends": "- Depends on: STORY-store1\n",
    "territory": "- Territory: `src/find.py`, `tests/find/**`\n",
    "narrative": "so that I can read them again",
    "given": "Given a note tagged `red`",
    "second": "- **AC-2**",
    "tasks": "- Search (AC-1)",
    "notes": "Kept as they are:",
}


def whole(files: dict[str, str]) -> Validated:
    documents = [parse(path, files[path]) for path in sorted(files) if path != "intent.md"]
    intents = (IntentText(text=files["intent.md"]),)
    return validated(Spec(documents=tuple(documents), intents=intents, lock=Lock()))


def judge(after: Validated, *changed: str) -> list[str]:
    return judge_creation(spec(), after, [PATH, *changed], STORY)


def state(files: dict[str, str], known: dict[str, Parsed]) -> State:
    """A specification as `Specs` makes it: a document that reads the same is the same."""
    documents = {}
    for path in sorted(files.keys() - {"intent.md"}):
        made = known.get(f"{path}\n{files[path]}") or _parsed(parse(path, files[path]))
        documents[path] = known[f"{path}\n{files[path]}"] = made
    where = Where(LAYOUT, (IntentText(text=files["intent.md"]),))
    return State(documents, Lock(), Policy(None), where)


def _parsed(document: Document) -> Parsed:
    return Parsed(document, {item.id: item for item in document.items}, ())


ODD: tuple[dict[str, str], ...] = (
    {"territory": "- Territory: `../x`\n"},
    {"territory": ""},
    {"depends": "- Depends on: STORY-gone00\n"},
    {"depends": "- Depends on: STORY-find01\n"},
    {"implements": "- Implements: FR-gone00"},
    {"heading": "# STORY-find01: Find all notes"},
    {"heading": "# STORY-store1: Find notes by tag"},
    {"tasks": "- Search (AC-9)"},
    {"notes": "<<<<<<< ours"},
    {"notes": "[NEEDS CLARIFICATION: which?]"},
    {"second": "- **AC-1**"},
    {"second": "# STORY-more01: More\n\n- **AC-2**"},
)


@pytest.mark.parametrize("broken", [{}, {"territory": "- Territory: `/x`\n"}])
def test_what_a_story_changes_alone_is_judged_as_all_of_it_is(broken: dict[str, str]) -> None:
    known: dict[str, Parsed] = {}
    before = SMALL | {PATH: text(**broken)}
    for change in ({"notes": "Use sqlite3."}, *ODD):
        after = SMALL | {PATH: text(**change)}
        old, new = state(before, known), state(after, known)
        told = judge_creation(*sides(old, new, STORY), [PATH], STORY)
        assert told == judge_creation(whole(before), whole(after), [PATH], STORY), change
    quick = sides(state(before, known), state(SMALL | {PATH: text(notes="Use sqlite3.")}, known), STORY)
    assert len(quick[1].graph.nodes) < len(whole(SMALL).graph.nodes), "not all of it was looked at"


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"territory": "- Territory: `src/other/**`\n"},
        {"depends": ""},
        {"tasks": "- Search (AC-1)\n- Sort (AC-2)\n\n## Test plan\n\nAll of it."},
        {"tasks": "- [ ] Search (AC-1)\n- [ ] Show it:\n  - [ ] sorted, as AC-2 says\n\nIn this order."},
        {"notes": "Use sqlite3 of Python 3.11.\n- [ ] Look at the index"},
        {"narrative": "so that I can\nread them again"},
    ],
)
def test_how_it_is_built_may_change(change: dict[str, str]) -> None:
    assert judge(spec(**change)) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"heading": "# STORY-find01: Find all notes"}, "another title"),
        ({"heading": "# STORY-find02: Find notes by tag"}, "does not hold STORY-find01"),
        ({"heading": "Nothing"}, "does not hold STORY-find01"),
        ({"epic": "EPIC-notes2"}, "another Epic"),
        ({"implements": "- Implements: FR-store1"}, "another Implements"),
        ({"implements": "- Kind: refactor\n- Implements: FR-find01"}, "another Kind"),
        ({"implements": "- Aliases: STORY-old\n- Implements: FR-find01"}, "another Aliases"),
        ({"narrative": "so that I can sell them"}, "another narrative"),
        ({"given": "Given a note tagged `green`"}, "another set of acceptance criteria"),
        ({"second": "- **AC-3**"}, "another set of acceptance criteria"),
        ({"territory": ""}, "has no territory"),
        ({"territory": "- Territory: `**`\n"}, "V17"),
        ({"territory": "- Territory: `../x`\n"}, "V17"),
        ({"depends": "- Depends on: STORY-none00\n"}, "V03"),
        ({"depends": "- Depends on: STORY-find01\n"}, "V04"),
        ({"depends": "- Depends upon: STORY-store1\n"}, "V01"),
    ],
)
def test_what_it_means_may_not(change: dict[str, str], words: str) -> None:
    after = spec(**change)
    assert text(**change) != text()
    assert any(words in fault for fault in judge(after))


def test_a_task_names_criteria_that_there_are() -> None:
    [none] = judge(spec(tasks="- [ ] Search (AC-1)\n- [x] Tidy up"))
    assert none == 'The task "Tidy up" names no criterion that it serves: end it with one, as in (AC-1).'
    [strange] = judge(spec(tasks="- [ ] Search (AC-1, AC-12)"))
    assert strange == f'The task "Search (AC-1, AC-12)" names AC-12, which {STORY} does not have.'


def test_no_other_file_may_change() -> None:
    assert len(judge(spec(), "src/find.py", "specs/prd.md")) == 1
    assert "specs/prd.md, src/find.py" in judge(spec(), "src/find.py", "specs/prd.md")[0]


def test_an_error_that_was_there_before_is_not_held_against_it() -> None:
    bad = SMALL | {"specs/prd.md": SMALL["specs/prd.md"].replace("INT-req002", "INT-none00")}
    after = bad | {PATH: SMALL[PATH].replace(WORDS["tasks"], "- Other")}
    assert judge_creation(whole(bad), whole(after), [PATH], STORY) == []
    assert judge_creation(spec(), whole(bad), [PATH], STORY)


def test_a_story_that_is_not_there_cannot_be_prepared() -> None:
    assert "is no story" in judge_creation(spec(), spec(), [], "STORY-none00")[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, None),
        ({"territory": ""}, "no territory"),
        ({"territory": "- Territory: `/abs`\n"}, "absolute"),
        ({"notes": "[NEEDS CLARIFICATION: which order?]"}, "which order?"),
    ],
)
def test_when_it_can_be_built(change: dict[str, str], words: str | None) -> None:
    document = parse(PATH, text(**change))
    story = document.items[0]
    assert isinstance(story, Story)
    told = ready(story, document, LAYOUT)
    assert told is None if words is None else told is not None and words in told


def _told(graph: SpecGraph) -> tuple[object, ...]:
    names = [*graph.nodes, *(link.target for link in graph.links)]
    ways = {name: (graph.up(name), graph.down(name)) for name in names}
    return list(graph.nodes.items()), graph.links, ways, graph.duplicates, graph.aliases, graph.cycles


def test_a_graph_made_of_the_last_one_is_the_graph() -> None:
    known: dict[str, Parsed] = {}
    changes: tuple[dict[str, str], ...] = ({}, {"depends": ""}, {"narrative": "so that\\nit is"}, *ODD)
    graphs, made = Graphs(), 0
    for change in [one for odd in changes for one in (odd, {})]:
        after = state(SMALL | {PATH: text(**change)}, known)
        last = graphs._last
        graph = graphs.of(after.documents)
        made += last is not None and graph.nodes.get("FR-store1") is last[1].nodes.get("FR-store1")
        assert _told(graph) == _told(build(one.document for one in after.documents.values())), change
        before = _told(last[1]) if last else ()
        assert not last or before == _told(build(one.document for one in last[0].values())), "it stays as it was"
    assert made > len(changes)

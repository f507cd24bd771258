"""V14-V16: stories too large for one run, in each other's way, or waiting for less."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bmad.core.graph import SpecGraph, build
from bmad.core.planning import planning
from bmad.model.findings import Finding, Severity
from bmad.model.settings import SpecSettings
from bmad.model.spec import Criterion, Document, Priority, Ref, Requirement, Statement, StatementClass, Story
from bmad.pipeline.spec.validate import validate
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.specs import SMALL, write, write_small

Change = Callable[[Story], Story]


def story(
    name: str, *territory: str, after: tuple[str, ...] = (), serves: str = "FR-must", criteria: int = 1
) -> Story:
    return Story(
        id=f"STORY-{name}",
        title=name,
        path=f"stories/STORY-{name}.md",
        line=1,
        implements=(Ref(serves, 3),),
        depends_on=tuple(Ref(f"STORY-{other}", 4, 15) for other in after),
        territory=tuple(Ref(glob, 5, 14) for glob in territory),
        criteria=tuple(Criterion(id=f"AC-{n}", text="x") for n in range(criteria)),
    )


def graph_of(*stories: Story, text: str = "t") -> SpecGraph:
    statement = Statement(id="INT-a", title="a", klass=StatementClass.REQUIREMENT, quote=text)
    served = [
        Requirement(id=f"FR-{priority}", title="r", priority=priority, traces=(Ref("INT-a"),), text=text)
        for priority in Priority
    ]
    return build([Document(path="d", items=(statement, *served, *stories))])


def found(
    code: str, *stories: Story, landed: tuple[str, ...] = (), limits: SpecSettings | None = None, text: str = "t"
) -> list[Finding]:
    graph = graph_of(*stories, text=text)
    sizes = {one.path: 100 for one in stories}
    every = planning(graph, limits or SpecSettings(), sizes, landed)
    return [one for one in every if one.code == code]


def test_a_story_beyond_a_limit_is_too_large_and_the_limit_is_named() -> None:
    (criteria,) = found("V14", story("a", "src/a.py", criteria=16), story("b", "src/b.py", criteria=15))
    assert "16 criteria (at most 15)" in criteria.message
    assert "`spec.criteria`" in criteria.fix
    globs = [f"src/{n}.py" for n in range(21)]
    (territory,) = found("V14", story("a", *globs), story("b", *[f"lib/{n}.py" for n in range(20)]))
    assert "21 globs in its territory (at most 20)" in territory.message
    assert (territory.severity, territory.path) == (Severity.WARNING, "stories/STORY-a.md")


def test_what_a_story_serves_counts_to_what_is_read() -> None:
    limits = SpecSettings(context=1000)
    assert not found("V14", story("a"), limits=limits, text="t" * 450)  # 100 + 450 + 450
    (over,) = found("V14", story("a"), limits=limits, text="t" * 451)
    assert "1,002 characters" in over.message


def test_limits_come_from_the_settings(tmp_path: Path) -> None:
    write_small(tmp_path)
    write(tmp_path, {"bmad.yaml": "version: 1\ngate: {since: root}\nspec: {criteria: 1}\n"})
    report = validate(FileWorkspace(tmp_path), TextFormats(), strict=True)
    assert [(one.code, one.path) for one in report.findings] == [("V14", "stories/STORY-find01-find-notes.md")]
    assert not report.ok


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ("src/a.py", "src/a.py", True),
        ("src/**", "src/a.py", True),
        ("src/core/x/y.py", "src", True),
        ("src/*.py", "src/*.py", True),
        ("src/a.py", "src/b.py", False),
        ("src/a", "src/ab", False),
        ("src/**", "tests/**", False),
    ],
)
def test_stories_that_share_territory_are_told_once(first: str, second: str, shared: bool) -> None:
    notes = found("V15", story("a", first), story("b", second))
    assert len(notes) == shared
    if shared:
        assert notes[0].severity is Severity.INFO
        assert {"STORY-a", "STORY-b"} <= set(notes[0].message.replace(",", " ").split())


def test_stories_in_an_order_share_what_they_like() -> None:
    chain = (story("a", "src/**"), story("b", "src/x.py", after=("a",)), story("c", "src/x.py", after=("b",)))
    assert not found("V15", *chain)
    assert found("V15", *chain[:2], story("c", "src/x.py", after=("a",)))


def test_what_landed_runs_no_more() -> None:
    assert not found("V15", story("a", "src/**"), story("b", "src/x.py"), landed=("STORY-a",))
    assert not found("V14", story("a", criteria=99), landed=("STORY-a",))
    assert not found("V16", story("a", after=("b",)), story("b", serves="FR-could"), landed=("STORY-b",))


def test_many_who_share_one_folder_are_one_note() -> None:
    notes = found("V15", *(story(f"s{n:03d}", "src/**", f"tests/{n}.py") for n in range(60)))
    assert len(notes) == 1
    assert "and 56 more, which claim" in notes[0].message


def test_a_first_story_that_all_wait_for_hides_nobody() -> None:
    later = [story(name, "src/cli.py", after=("setup",)) for name in ("x", "y")]
    (note,) = found("V15", story("setup", "src/**"), *later)
    assert "STORY-x could run at once with STORY-y, which claims paths of `src/cli.py`" in note.message


@pytest.mark.parametrize(
    ("own", "other", "told"),
    [("must", "should", True), ("must", "could", True), ("must", "must", False), ("should", "could", False)],
)
def test_a_must_that_waits_for_less_is_told(own: str, other: str, told: bool) -> None:
    notes = found("V16", story("a", after=("b",), serves=f"FR-{own}"), story("b", serves=f"FR-{other}"))
    assert [(one.severity, one.line, one.column) for one in notes] == [(Severity.WARNING, 4, 15)] * told


def test_a_story_is_as_urgent_as_the_most_urgent_that_it_serves() -> None:
    both = replace(story("b", serves="FR-could"), implements=(Ref("FR-could"), Ref("FR-must")))
    assert not found("V16", story("a", after=("b",)), both)


def test_the_priority_is_read_from_the_documents(tmp_path: Path) -> None:
    write_small(tmp_path)
    prd = SMALL["specs/prd.md"]
    at = prd.index("### FR-store1")
    write(tmp_path, {"specs/prd.md": prd[:at] + prd[at:].replace("Priority: must", "Priority: could")})
    found = [one for one in validate(FileWorkspace(tmp_path), TextFormats()).findings if one.code == "V16"]
    assert [(one.path, one.line) for one in found] == [("stories/STORY-find01-find-notes.md", 5)]


def _free(stories: list[Story], one: Story, other: Story) -> bool:
    """Whether neither waits for the other, by walking."""
    by_id = {story.id: story for story in stories}

    def waits(start: Story, goal: str) -> bool:
        seen, queue = {start.id}, [start]
        for story in queue:
            for ref in story.depends_on:
                if ref.text == goal:
                    return True
                if ref.text in by_id and ref.text not in seen:
                    seen.add(ref.text)
                    queue.append(by_id[ref.text])
        return False

    return not waits(one, other.id) and not waits(other, one.id)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_told_is_so_in_any_graph(seed: int) -> None:
    """Against a walk over every pair: what is named is unordered, who shares a file is told."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    names = [f"{n:02d}" for n in range(dice.randint(2, 14))]
    stories = [
        story(
            name,
            f"src/{dice.randint(0, 3)}.py",
            after=tuple(dice.sample(names, dice.randint(0, min(2, len(names))))),
        )
        for name in names
    ]
    by_id = {one.id: one for one in stories}
    told: set[str] = set()
    for note in found("V15", *stories):
        owner = by_id[note.message.split()[0]]
        others = [by_id[word.strip(",")] for word in note.message.split()[1:] if word.startswith("STORY-")]
        told.add(owner.territory[0].text)
        assert all(_free(stories, owner, one) for one in others)
        assert all(one.territory[0].text == owner.territory[0].text for one in others)
    pairs = [(one, other) for one in stories for other in stories if one.id < other.id]
    sharing = {
        one.territory[0].text
        for one, other in pairs
        if _free(stories, one, other) and one.territory == other.territory
    }
    knotted = any(not _free(stories, one, one) for one in stories)
    assert told == (set() if knotted else sharing)

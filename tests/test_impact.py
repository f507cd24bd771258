"""`bmad impact`: exactly what hangs below a change, held against a walk that knows nothing of the graph's own."""

import itertools
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmad.core.graph import build
from bmad.core.impact import below, differences
from bmad.model.spec import AnyItem, Criterion, Document, Epic, Ref, Requirement, Statement, StatementClass, Story
from tests.program import bmad, git
from tests.specs import adopt_small

MANY = 6
Some = st.lists(st.integers(0, MANY - 1), max_size=3, unique=True)


def refs(kind: str, numbers: list[int]) -> tuple[Ref, ...]:
    return tuple(Ref(f"{kind}-{number}") for number in numbers)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Six nodes of each kind, linked at random; stories may wait for one another, and do not hang below."""
    items: list[list[AnyItem]] = [
        [Statement(id=f"INT-{n}", title="s", klass=StatementClass.GOAL, quote=f"q{n}") for n in range(MANY)],
        [Requirement(id=f"FR-{n}", title="r", traces=refs("INT", draw(Some))) for n in range(MANY)],
        [Epic(id=f"EPIC-{n}", title="e", covers=refs("FR", draw(Some))) for n in range(MANY)],
        [
            Story(
                id=f"STORY-{n}",
                title="t",
                epic=refs("EPIC", [draw(st.integers(0, MANY - 1))])[0],
                implements=refs("FR", draw(Some)),
                depends_on=refs("STORY", draw(Some)),
                criteria=(Criterion(id="AC-1", text="c"),),
            )
            for n in range(MANY)
        ],
    ]
    return Document(path="all.md", items=tuple(item for kind in items for item in kind))


def hanging(document: Document, start: str) -> set[str]:
    """Everything below start, by going over all items until nothing is added."""
    found = {start}
    while True:
        more = set(found)
        for item in document.items:
            match item:
                case Requirement():
                    above = {ref.text for ref in item.traces}
                case Epic():
                    above = {ref.text for ref in item.covers}
                case Story():
                    above = {ref.text for ref in item.implements}
                case Statement():
                    above = set()
            if above & found:
                more.add(item.id)
            if isinstance(item, Story) and item.id in found:
                more |= {f"{item.id}/{criterion.id}" for criterion in item.criteria}
        if more == found:
            return found - {start}
        found = more


@given(documents(), st.sampled_from(["INT", "FR", "EPIC", "STORY"]), st.integers(0, MANY - 1))
def test_below_is_exactly_what_a_plain_walk_finds(document: Document, kind: str, number: int) -> None:
    graph = build([document])
    start = f"{kind}-{number}"
    ways = below(graph, [start])
    assert ways.keys() == hanging(document, start)
    for node, way in ways.items():
        assert (way[0], way[-1]) == (start, node)
        for upper, lower in itertools.pairwise(way):
            assert any(link.target == upper for link in graph.up(lower))


def test_differences_are_of_meaning_only() -> None:
    one = Requirement(id="FR-1", title="r", text="It  shall\nhold.")
    moved = replace(one, text="It shall hold.", line=9)
    other = replace(one, text="It shall hold 3 seconds.")
    before = build([Document(path="a", items=(one,))])
    assert differences(before, build([Document(path="b", items=(moved,))])) == ((), (), ())
    assert differences(before, build([Document(path="b", items=(other,))])) == (("FR-1",), (), ())
    assert differences(before, build([])) == ((), (), ("FR-1",))


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """The small specification, and two commits under its story that change two files."""
    adopt_small(tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "src/find.py").write_text("a = 1\nb = 2\nc = 3\n", encoding="utf-8")
    (tmp_path / "src/other.py").write_text("x = 1\n", encoding="utf-8")
    git("add", ".", cwd=tmp_path)
    git("commit", "--quiet", "-m", "Find\n\nStory: STORY-find01", cwd=tmp_path)
    (tmp_path / "src/find.py").write_text("a = 1\nb = 5\nc = 3\n", encoding="utf-8")
    git("rm", "--quiet", "src/other.py", cwd=tmp_path)
    git("commit", "--quiet", "-am", "Tidy", cwd=tmp_path)
    return tmp_path


def test_it_goes_down_to_commits_files_and_lines(repo: Path) -> None:
    told = json.loads(bmad("impact", "INT-req001", "--lines", "--json", cwd=repo).out)
    assert told["changed"] == ["INT-req001"]
    assert {node["id"] for node in told["suspect"]} >= {"FR-find01", "STORY-find01", "STORY-find01/AC-1"}
    assert [commit["title"] for commit in told["commits"]] == ["Find"]
    assert told["files"] == ["src/find.py", "src/other.py"]
    runs = [(run["path"], run["first"], run["last"]) for run in told["lines"]]
    assert runs == [("src/find.py", 1, 1), ("src/find.py", 3, 3)], "line 2 is of another commit, other.py is gone"


def test_what_a_merge_brings_into_a_storys_branch_does_not_hang_there(repo: Path) -> None:
    git("switch", "--quiet", "-c", "other", "HEAD~2", cwd=repo)
    (repo / "tidy.py").write_text("t = 1\n", encoding="utf-8")
    git("add", ".", cwd=repo)
    git("commit", "--quiet", "-m", "Another's", cwd=repo)
    git("switch", "--quiet", "-", cwd=repo)
    git("merge", "--quiet", "--no-ff", "-m", "Merge other\n\nStory: STORY-find01", "other", cwd=repo)
    told = json.loads(bmad("impact", "INT-req001", "--json", cwd=repo).out)
    assert [commit["title"] for commit in told["commits"]] == ["Find", "Merge other"]
    assert told["files"] == ["src/find.py", "src/other.py"]


def test_it_says_what_changed_since_a_revision_and_what_hangs_below(repo: Path) -> None:
    for name in ("intent.md", "specs/intent.md"):
        file = repo / name
        text = file.read_text(encoding="utf-8").replace("Notes are found by tag.", "Notes are found by two tags.")
        file.write_text(text, encoding="utf-8")
    told = json.loads(bmad("impact", "--since", "HEAD", "--json", cwd=repo).out)
    assert told["changed"] == ["INT-req001"]
    assert "STORY-find01" in {node["id"] for node in told["suspect"]}
    assert bmad("impact", "--since", "HEAD", cwd=repo).out.startswith("changed  INT-req001  ")


def test_what_hung_on_something_gone_is_told(repo: Path) -> None:
    prd = repo / "specs/prd.md"
    text = prd.read_text(encoding="utf-8")
    start = text.index("### FR-find01")
    end = text.find("### ", start + 5)
    prd.write_text(text[:start] + (text[end:] if end > 0 else ""), encoding="utf-8")
    told = json.loads(bmad("impact", "--since", "HEAD", "--json", cwd=repo).out)
    assert told["gone"] == ["FR-find01"]
    assert "STORY-find01/AC-1" in {node["id"] for node in told["suspect"]}


def test_it_asks_for_one_question_only(repo: Path) -> None:
    assert bmad("impact", cwd=repo).code == 2
    assert bmad("impact", "FR-find01", "--since", "HEAD", cwd=repo).code == 2
    assert "names nothing" in bmad("impact", "FR-nothing", cwd=repo).err


def test_without_a_history_it_tells_the_graph_alone(small: Path) -> None:
    told = json.loads(bmad("impact", "FR-find01", "--json", cwd=small).out)
    assert told["commits"] is None
    assert told["suspect"]

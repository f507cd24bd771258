"""`bmad graph` of a revision: the work on it, what is near a node, and files that other programs read."""

import csv
import io
import os
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmad.core.trace_graph import Recorded, around, with_work
from bmad.errors import UsageError
from bmad.git.read.history import open_history
from bmad.model.agents import Severity
from bmad.model.record import RecordedFinding
from bmad.model.reports import GraphLink, GraphNode, GraphReport
from bmad.pipeline.trace.graph import GraphRequest, graph
from bmad.render.graphs import dot, graphml, matrix, mermaid
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.gate.records import REVIEWED, at, reviewed, squash
from tests.gate.repo import FIND, STORE, Repo, story

HISTORY = GraphRequest(history=True)


def written(repo: Repo, request: GraphRequest) -> GraphReport:
    """The work tree is none: what is told comes from the revision."""
    workspace = FileWorkspace(Path(os.devnull))
    return graph(workspace, TextFormats(), lambda: open_history(repo.root, os.environ), request)


def links(report: GraphReport, kind: str) -> list[tuple[str, str]]:
    return [(link.source, link.target) for link in report.links if link.kind == kind]


def ids(report: GraphReport, kind: str) -> list[str]:
    return [node.id for node in report.nodes if node.kind == kind]


def test_work_hangs_below_the_story_that_it_names(repo: Repo) -> None:
    done = repo.commit("main", story(FIND), {"src/find.py": "1\n", 'src/a "b".py': "2\n"})
    report = written(repo, HISTORY)
    assert links(report, "belongs-to") == [(done, FIND)]
    assert (r'file:src/a "b".py', done) in links(report, "changed-by")
    assert ("file:src/find.py", repo.base) in links(report, "changed-by"), "also by whom it was before"
    node = next(node for node in report.nodes if node.id == done)
    assert (node.klass, node.path, node.fingerprint) == ("story", None, None)
    assert "fingerprint" not in report.as_json().split(done)[1].split("}")[0]


def test_a_revision_is_written_as_it_was_and_without_history_no_commit_is(repo: Repo) -> None:
    before = written(repo, GraphRequest(rev=repo.base, history=True))
    repo.commit("main", story(FIND), {"src/find.py": "1\n"})
    assert written(repo, GraphRequest(rev=repo.base, history=True)).as_json() == before.as_json()
    assert written(repo, HISTORY).as_json() != before.as_json()
    assert not ids(written(repo, GraphRequest(rev="main")), "commit")


def test_a_commit_may_be_named_as_git_names_it_and_without_history_is_told_what_lacks(repo: Repo) -> None:
    done = repo.commit("main", story(FIND), {"src/find.py": "1\n"})
    assert done in ids(written(repo, GraphRequest(history=True, around="main", depth=0)), "commit")
    with pytest.raises(UsageError, match=r"names nothing in the specification\. Commits and files need --history"):
        written(repo, GraphRequest(rev="main", around="src/find.py"))
    with pytest.raises(UsageError, match=r"names nothing in the specification\. See"):
        written(repo, GraphRequest(history=True, around="nowhere"))


TEST = f'''"""Tests."""
def test_find():
    """{FIND}/AC-1"""
class TestStore:
    def test_{STORE.lower().replace("-", "_")}_ac_1(self): ...
    def test_bare(self): "Names AC-1 of nothing."
'''


def test_a_test_hangs_below_the_criterion_that_it_names_and_above_nothing(repo: Repo) -> None:
    """As it stands at the revision; one that names none is no node."""
    done = repo.commit("main", story(FIND), {"tests/test_find.py": TEST, "src/find.go": f"// {FIND}/AC-1\n"})
    repo.commit(
        "main", story(FIND), {"tests/test_find.py": "", "tests/large_test.py": f"'{FIND}/AC-1'\n" * 90_000}
    )
    report = written(repo, GraphRequest(rev=done, history=True))
    own = [f"test:tests/test_find.py::{name}" for name in ("TestStore::test_story_store1_ac_1", "test_find")]
    assert ids(report, "test") == own
    assert links(report, "verifies") == [(own[0], f"{STORE}/AC-1"), (own[1], f"{FIND}/AC-1")]
    assert links(report, "stands-in") == [(one, "file:tests/test_find.py") for one in own]
    assert [node.line for node in report.nodes if node.kind == "test"] == [5, 2]
    assert f'"{own[1]}" [shape=' in dot(report)
    assert not ids(written(repo, HISTORY), "test"), "gone from the tip, or in a file too large to be read"
    assert not ids(written(repo, GraphRequest(rev=done)), "test")


@pytest.fixture
def landed(repo: Repo) -> Repo:
    repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")
    reviewed(repo, FIND, {"src/find.py": "1\n"})
    repo.git("update-ref", "refs/heads/main", squash(repo, "work", "Find (#7)\n"))
    return repo


def test_a_record_is_evidence_of_its_story_and_of_a_squash_that_names_none(landed: Repo) -> None:
    report = written(landed, HISTORY)
    assert links(report, "evidences") == [(f"record:{FIND}/1", FIND)]
    assert links(report, "belongs-to") == [(landed.tip("main"), FIND)]


def test_a_file_that_only_bears_a_records_name_is_no_record(landed: Repo) -> None:
    made = landed.git("show", f"main:{at(FIND)}")
    landed.commit("main", "More\n", {at(FIND, 2): made, at("STORY-store1"): "{}\n"})
    assert ids(written(landed, HISTORY), "record") == [f"record:{FIND}/1"]


def test_a_finding_hangs_below_its_record_and_the_criterion_that_stands(landed: Repo) -> None:
    report = written(landed, HISTORY)
    text = landed.git("show", f"main:{at(FIND)}")
    record = TextFormats().record(text)
    found = [
        RecordedFinding(
            id=name, round=1, severity=Severity.P1, lens="correctness", path="src/find.py", line=1,
            criterion=criterion, disposition="fixed",
        )
        for name, criterion in (("f1", "AC-1"), ("f2", "AC-99"))
    ]  # fmt: skip
    own = record.model_copy(update={"findings": tuple(found)})
    more = with_work(report, (), [Recorded(at(FIND), own)])
    assert ids(more, "finding") == [f"finding:{FIND}/1/f1", f"finding:{FIND}/1/f2"]
    assert links(more, "concerns") == [(f"finding:{FIND}/1/f1", f"{FIND}/AC-1")]
    assert len(links(more, "found-in")) == 2


def test_what_is_near_may_be_named_by_id_hash_or_path(landed: Repo) -> None:
    tip = landed.tip("main")
    for name, wanted in (("STORY-find", FIND), (tip[:10], tip), ("src/find.py", "file:src/find.py")):
        near = written(landed, GraphRequest(history=True, around=name, depth=0))
        assert [node.id for node in near.nodes] == [wanted]
    with pytest.raises(UsageError, match="names nothing"):
        written(landed, GraphRequest(history=True, around="src/none.py"))


NAMES = st.sampled_from([f"n{number}" for number in range(8)])


@given(st.lists(st.tuples(NAMES, NAMES), max_size=14), NAMES, st.integers(0, 9))
def test_what_is_near_is_what_a_graph_library_finds(ends: list[tuple[str, str]], start: str, depth: int) -> None:
    names = sorted({start, *(name for pair in ends for name in pair)})
    report = GraphReport(
        nodes=tuple(GraphNode(id=name, kind="story", title=name) for name in names),
        links=tuple(GraphLink(source=a, target=b, kind="depends-on", suspect=False) for a, b in ends),
    )
    whole: nx.Graph[str] = nx.Graph(ends)
    whole.add_nodes_from(names)
    near = around(report, start, depth)
    assert {node.id for node in near.nodes} == set(nx.ego_graph(whole, start, depth).nodes)
    kept = {node.id for node in near.nodes}
    assert list(near.links) == [one for one in report.links if one.source in kept and one.target in kept]


@given(st.text(max_size=30))
def test_graphml_is_read_again_whatever_a_title_holds(title: str) -> None:
    fields = {"id": "INT-a", "kind": "statement", "title": title, "quote": title, "lines": (1, 2), "class": "risk"}
    node = GraphNode.model_validate(fields)
    link = GraphLink(source="INT-a", target="INT-a", kind="traces", suspect=True)
    text = graphml(GraphReport(nodes=(node,), links=(link, link.model_copy(update={"kind": "covers"}))))
    read = nx.read_graphml(io.BytesIO(text.encode()), force_multigraph=True)
    assert read.nodes["INT-a"]["lines"] == "1-2"
    told = [edge for _, _, edge in read.edges(data=True)]
    assert sorted(edge["kind"] for edge in told) == ["covers", "traces"]
    assert all(edge["suspect"] for edge in told)


def test_every_kind_of_node_can_be_drawn(landed: Repo) -> None:
    report = written(landed, HISTORY)
    assert dot(report).count("shape=") == len(report.nodes)
    assert mermaid(report).count('["') == len(report.nodes)


def test_a_matrix_with_history_names_the_commits_and_records_of_each_story(landed: Repo) -> None:
    report = written(landed, HISTORY)
    plain, full = (list(csv.DictReader(io.StringIO(matrix(report, history=on)))) for on in (False, True))
    assert [{name: row[name] for name in plain[0]} for row in full] == plain
    assert not {"commits", "records"} & set(plain[0])
    told = {row["story"]: row for row in full}
    assert told[FIND]["records"] == at(FIND)
    commits = [source for source, story in links(report, "belongs-to") if story == FIND]
    assert commits
    assert told[FIND]["commits"].split(" ") == commits
    bare = [row for row in full if not row["story"]]
    assert all((row["commits"], row["records"]) == ("", "") for row in bare)

"""Tiny changes as trace, coverage, report and `--explain` tell them: as what they are."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bmad.git.read.history import open_history
from bmad.model.settings import Level
from bmad.pipeline.gate.explain import explain
from bmad.pipeline.gate.gate import GateRequest
from bmad.pipeline.trace.coverage import CoverageRequest, coverage
from bmad.pipeline.trace.report import ReportRequest, report
from bmad.pipeline.trace.trace import trace
from bmad.render.coverage import covered
from bmad.render.explained import text as explained
from bmad.render.report import markdown
from bmad.render.trace import traced
from bmad.store.cache import FileCache
from bmad.store.formats import TextFormats
from tests.gate.repo import FIND, At, Repo, story

NOW = At(datetime(2026, 11, 20, tzinfo=UTC))
GATE = """\
gate:
  level: traced
  since: root
  grandfathered: [{old}]
  exempt: [{{paths: ["docs/**"], reason: pages, owner: ada, until: 2030-01-01}}]
  trivial: {{paths: ["src/**"], lines: 4, files: 1}}
  baseline: {{commit: {old}, until: 2027-01-01, reason: before bmad, owner: ada}}
"""


@pytest.fixture
def tiny(repo: Repo) -> str:
    repo.commit("main", "Degrees\n\nPolicy: p\n", {"bmad.yaml": GATE.format(old=repo.base)})
    repo.branch("work")
    words = "Mend a word\n\nStory: none\nTrivial: a <b>typo</b> in `x`\n"
    return repo.commit("work", words, {"src/other.py": "OTHER = 2\n"})


def test_trace_and_coverage_tell_a_tiny_change(repo: Repo, tiny: str) -> None:
    history = open_history(repo.root, os.environ)
    told = trace(history, TextFormats(), tiny, "work")
    assert [(one.kind, one.story) for one in told.chains] == [("trivial", None)]
    assert "a tiny change of no story: a <b>typo</b>" in traced(told)
    found = coverage(history, TextFormats(), FileCache(None), CoverageRequest(rev="work"))
    assert [(one.commit, one.trivial) for one in found.bare_commits][-1] == (tiny, "a <b>typo</b> in `x`")
    assert {one.why for one in found.without_requirement if one.commit == tiny} == {"tiny change"}
    assert "(tiny change: a <b>typo</b>" in covered(found)


def test_the_report_lists_it_with_its_reason_and_offers_its_trailers(repo: Repo, tiny: str) -> None:
    history = open_history(repo.root, os.environ)
    found = report(history, TextFormats(), NOW, ReportRequest("main", "work"))
    assert [one.commit for one in found.trivial] == [tiny]
    assert found.trailers[:2] == ("Story: none", "Trivial: a <b>typo</b> in \\x60x\\x60")
    words = markdown(found)
    assert "**Tiny changes of no story**" in words
    assert "<b>" not in words.split("For a squash")[0]
    assert found.baseline is not None
    assert "until 2027-01-01" in words


def test_explain_prints_every_degree(repo: Repo, tiny: str) -> None:  # noqa: ARG001 - the policy
    rules = explain(open_history(repo.root, os.environ), TextFormats(), NOW, GateRequest("main", "work"))
    words = explained(rules)
    assert rules.level is Level.TRACED
    assert f"not judged by their id: {repo.base[:12]}" in words
    assert "trivial   `Story: none` with `Trivial: REASON`: src/**" in words
    assert f"baseline  what was untraced at {repo.base[:12]} may stay to 2027-01-01" in words
    assert "docs/** by everyone" in words
    assert rules.gate.trivial is not None
    assert '"trivial"' in rules.as_json()


def test_a_story_takes_the_line_over(repo: Repo, tiny: str, tmp_path: Path) -> None:  # noqa: ARG001
    made = repo.commit("work", story(FIND), {"src/other.py": "OTHER = 3\n"})
    found = trace(open_history(repo.root, os.environ), TextFormats(), "src/other.py:1", "work")
    assert [one.commit for one in found.lines] == [made]

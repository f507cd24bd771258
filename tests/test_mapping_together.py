"""Several intents are mapped as one: all of them, or none; and what is no intent is refused first."""

from pathlib import Path

import pytest

from bmad.errors import UsageError
from bmad.model.map_reports import MapReport
from bmad.pipeline.map.map import map_intent
from bmad.pipeline.map.outcome import MapRequest
from bmad.pipeline.map.several_intents import Pending, map_intents
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.mapping import INTENT, bullets, findings, replace, run, tree

TWO = "version: 1\nintent: [shelf/intent.md, loans/intent.md]\n"
LOANS = "# Loans\n\n## Loans\n\n- A book is lent.\n- Books are listed by year.\n"


def _both(root: Path, *, dry_run: bool = False, keep: bool = False) -> list[MapReport]:
    asked = [(bullets, MapRequest(f"{name}/intent.md", "test", dry_run, keep)) for name in ("shelf", "loans")]
    return map_intents(FileWorkspace(root), TextFormats(), asked)


@pytest.fixture
def two(tmp_path: Path) -> Path:
    for name, text in (("bmad.yaml", TWO), ("shelf/intent.md", INTENT), ("loans/intent.md", LOANS)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_both_are_written_and_each_counts_its_own_findings(two: Path) -> None:
    shelf, loans = _both(two)
    assert [shelf.written, loans.written] == [True, True]
    assert [len(shelf.findings), len(loans.findings)] == [3, 2], "a story without a territory each"
    assert not set(shelf.created) & set(loans.created)
    assert findings(two) == ["V18"]
    assert not any(report.written for report in _both(two))


def test_where_one_may_not_be_written_none_is(two: Path) -> None:
    _both(two)
    replace(two, "stories/loans/*.md", "A book is lent", "A book is given")
    (two / "shelf/intent.md").write_text(INTENT.replace("by year", "by title"), encoding="utf-8")
    (two / "loans/intent.md").write_text(LOANS.replace("A book is lent", "A book is lent twice"), encoding="utf-8")
    before = tree(two)
    shelf, loans = _both(two)
    assert (shelf.ok, shelf.changed != (), shelf.written) == (True, True, False)
    assert (loans.ok, loans.written) == (False, False)
    assert tree(two) == before
    assert [report.written for report in _both(two, keep=True)] == [True, True]


def test_a_dry_run_of_both_says_what_both_would_write(two: Path) -> None:
    before = tree(two)
    told = _both(two, dry_run=True)
    assert tree(two) == before
    assert [report.written for report in told] == [False, False]
    done = _both(two)
    assert [report.created for report in told] == [report.created for report in done]


def test_what_is_pending_is_read_as_if_it_were_written(two: Path) -> None:
    pending = Pending(FileWorkspace(two))
    request = MapRequest("shelf/intent.md", "test")
    assert map_intent(pending, TextFormats(), bullets, request).written
    assert not map_intent(pending, TextFormats(), bullets, request).written
    assert not (two / "stories").exists()
    path = next(path for path in pending.files if path.startswith("stories/"))
    pending.write({path: None})
    assert pending.read(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "bmad.yaml", "AGENTS.md", "specs/prd.md", "specs/trace.lock", "stories/records/STORY-x1.json",
        "stories/wanted.md", "specs/epics/wanted.md", "shelf.py", "pyproject.toml", ".gitignore", "data/rows.csv",
    ],
)  # fmt: skip
def test_what_rules_the_repository_or_what_bmad_writes_is_no_intent(tmp_path: Path, path: str) -> None:
    run(tmp_path, INTENT)
    file = tmp_path / path
    file.parent.mkdir(exist_ok=True, parents=True)
    if not file.exists():
        file.write_text("version: 1\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"is no intent: "):
        map_intent(FileWorkspace(tmp_path), TextFormats(), bullets, MapRequest(path, "test"))


@pytest.mark.parametrize(
    "path",
    [
        "docs/bmad.md",
        "README.md",
        ".kiro/specs/shelf/requirements.md",
        "WANTED.MD",
        "wanted.txt",
        "wanted.rst",
        "WANTED",
    ],
)
def test_a_document_of_requirements_is_an_intent_wherever_it_stands(tmp_path: Path, path: str) -> None:
    file = tmp_path / path
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_text(INTENT, encoding="utf-8")
    assert map_intent(FileWorkspace(tmp_path), TextFormats(), bullets, MapRequest(path, "test")).written


def test_a_file_that_is_not_there_is_not_to_be_listed(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    with pytest.raises(UsageError, match=r"^nope\.md does not exist\. This repository maps intent\.md\.$"):
        map_intent(FileWorkspace(tmp_path), TextFormats(), bullets, MapRequest("nope.md", "test"))

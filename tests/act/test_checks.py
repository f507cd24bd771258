"""The built-in checks, and the evidence that the other checks are."""

import pytest

from bmad.core.act.checks import BUILT_IN, built_in, evidence
from bmad.core.paths import Classifier
from bmad.model.commits import Change
from bmad.model.record import CheckRun
from bmad.model.spec import Criterion, Story
from tests.layout import LAYOUT

NONE, SOME = "0" * 40, "a" * 40
STORY = "STORY-one111"


def change(path: str | bytes, mode: str = "100644") -> Change:
    return Change(path if isinstance(path, bytes) else path.encode(), "000000", mode, NONE, SOME)


def failing(*changes: Change) -> dict[str, str]:
    checks = built_in(changes, Classifier(LAYOUT), ("src", "tests/**"), STORY)
    assert tuple(one.name for one in checks) == BUILT_IN
    assert all(one.sentence.isprintable() for one in checks)
    return {one.name: one.sentence for one in checks if not one.ok}


@pytest.mark.parametrize(
    "path", ["src/a.py", "src/tiefe/ä.py", "tests/a/b.py", f"docs/knowledge/{STORY}.md", b"src/a\nb"]
)
def test_a_plain_file_in_the_territory_passes(path: str | bytes) -> None:
    assert failing(change(path), change(path, "100755"), change(path, "000000")) == {}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("other/a.py", "territory"),
        ("docs/knowledge/STORY-two222.md", "territory"),
        ("Src/a.py", "territory"),
        ("src/.gitattributes", "classes"),
        ("bmad.yaml", "classes"),
        ("Bmad.yaml", "classes"),
        ("specs/prd.md", "classes"),
        ("intent.md", "classes"),
        (f"stories/{STORY}-x.md", "classes"),
        (f"stories/records/{STORY}.json", "classes"),
    ],
)
def test_a_path_that_no_story_may_change_fails(path: str | bytes, name: str) -> None:
    assert list(failing(change("src/ok.py"), change(path))) == [name]


@pytest.mark.parametrize("mode", ["120000", "160000", "100664"])
def test_links_submodules_and_odd_modes_fail(mode: str) -> None:
    assert mode in failing(change("src/a", mode))["files"]


@pytest.mark.parametrize(
    ("new", "there"),
    [("src/One.py", "src/one.py"), ("src/O\u0308.py", "src/\u00d6.py"), ("SRC/one.py", "src/one.py")],
)
def test_a_file_that_is_one_with_another_where_case_is_ignored_fails(new: str, there: str) -> None:
    """Unless the territory names both, or nothing of it is new."""
    beside = [new.encode(), there.encode(), b"src/other.py"]
    classify = Classifier(LAYOUT)
    files = [change(new), change("src/other.py")]

    def passes(changes: list[Change], *globs: str) -> bool:
        return built_in(changes, classify, globs, STORY, beside)[-1].ok

    words = built_in(files, classify, ("**",), STORY, beside)[-1].sentence
    assert there in words
    assert not passes(files, new)
    assert passes(files, "src/other.py", new, there)
    assert passes([change(new)._replace(old_mode="100644")], "**")
    assert passes([change(new, "000000")], "**")


def test_a_sentence_names_five_paths_and_counts_the_rest() -> None:
    words = failing(*(change(f"other/{number}\x1b[2J") for number in range(8)))["territory"]
    assert words.count("other/") == 5
    assert "and 3 more" in words


def test_evidence_is_what_passed_when_it_last_ran() -> None:
    story = Story(id=STORY, title="x", criteria=(Criterion(id="AC-1", text="a"), Criterion(id="AC-2", text="b")))
    runs = [
        CheckRun(round=1, name="unit", ok=False),
        CheckRun(round=1, name="lint", ok=True),
        CheckRun(round=1, name="files", ok=True),
        CheckRun(round=2, name="unit", ok=True),
        CheckRun(round=2, name="lint", ok=False),
    ]
    found = evidence(story, runs)
    assert [(one.criterion, one.checks) for one in found] == [
        (f"{STORY}/AC-1", ("unit",)),
        (f"{STORY}/AC-2", ("unit",)),
    ]
    assert found[0].failed_before is None
    assert found[0].passed_after is None

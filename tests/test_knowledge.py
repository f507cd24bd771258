"""The index of the lessons: classes, what is stale, what is said twice; over plain values, and in a repository."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from bmad.core.knowledge.alike import twins
from bmad.core.knowledge.index import Entry, Known, Told, arranged, index, markdown
from bmad.core.knowledge.pages import Para, is_page, page
from bmad.core.packs.budgets import Reader
from bmad.core.packs.contents import packed
from bmad.model.spec import Ref
from tests.act.world import repository
from tests.packs.telling import project, story
from tests.program import bmad, git

OWN = "docs/knowledge/STORY-one111.md"
FILES = {"src/clock.py": "a", "docs/x.md": "b"}


def known(**more: object) -> Known:
    stories = {
        "STORY-one111": Told("One", "EPIC-aa1111", landed=True),
        "STORY-two222": Told("Two", "EPIC-aa1111", landed=True),
        "STORY-six666": Told("Six", "EPIC-bb1111"),
    }
    values: dict[str, object] = {
        "blobs": FILES,
        "stories": stories,
        "ids": frozenset({*stories, "EPIC-aa1111", "FR-9x2mdk"}),
        "left": {},
        "holds": lambda name: name == "parse",
    }
    return Known(**(values | more))  # type: ignore[arg-type]


def entry(text: str, path: str = OWN, **more: object) -> Entry:
    [only] = arranged([page(path, text)], known(**more))
    return only


@pytest.mark.parametrize(
    ("path", "text", "klass"),
    [
        (OWN, "# Of a built epic\n", Para.AREA),
        ("docs/knowledge/STORY-six666.md", "# Of an epic under way\n", Para.PROJECT),
        ("docs/knowledge/sqlite.md", "# Of no story\n", Para.RESOURCE),
        ("docs/knowledge/STORY-gone11.md", "# Of a story that is gone\n", Para.ARCHIVE),
        (OWN, "# All it names is gone\n\nSee `src/old.py` and `src/older.py`.\n", Para.ARCHIVE),
        (OWN, "# Some is gone\n\nSee `src/old.py` and `src/clock.py`.\n", Para.AREA),
        (OWN, "# Stated\n\n- Class: resources\n", Para.RESOURCE),
        ("docs/knowledge/areas/build.md", "# By its folder\n", Para.AREA),
        ("docs/knowledge/archive/old.md", "# By its folder\n", Para.ARCHIVE),
    ],
)
def test_a_page_has_its_class_by_its_epic_what_it_names_or_its_own_word(path: str, text: str, klass: Para) -> None:
    assert entry(text, path).klass is klass


@pytest.mark.parametrize(
    "text",
    [
        "See `src/clock.py`, `src/clock.py:12`, `src/`, `clock.py`, [x](../x.md#here) and `parse()`.",
        "`origin/main`, `text/html`, `and/or`, `example.com/a.py`, `v1.2`, `3.11`, `clock.parse()`, `a.b`.",
        "STORY-two222 and FR-9x2mdk; `STORY-…` stands for any.",
        "```\nsrc/gone.py\n`src/gone.py`\n```\n",
        "https://example.com/gone.py and [there](https://example.com/gone.py).",
    ],
)
def test_what_stands_is_not_stale_and_what_is_no_path_neither(text: str) -> None:
    assert entry(f"# Page\n\n{text}\n").stale == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("See `src/gone.py`.", "it names src/gone.py, which is not there"),
        ("See `gone.py`.", "it names gone.py, which is not there"),
        ("See `lib/`.", "it names lib/, which is not there"),
        ("See [x](y.md).", "it names docs/knowledge/y.md, which is not there"),
        ("As STORY-gone11 did.", "it names STORY-gone11, which is not defined"),
        ("Call `Clock.tick()`.", "it names tick(), which no file holds"),
    ],
)
def test_a_page_that_names_what_is_not_there_is_stale(text: str, why: str) -> None:
    assert why in entry(f"# Page\n\n{text}\n").stale


def test_files_that_later_stories_changed_are_told_and_three_of_them_make_it_stale() -> None:
    text = "# Page\n\n`src/clock.py`\n"
    steps = [(f"STORY-{at}", "src/clock.py", str(at), str(at + 1)) for at in range(3)]

    def after(count: int) -> Entry:
        blobs = {"src/clock.py": str(count)}
        left = {"STORY-one111": {"src/clock.py": "0"}}
        return entry(text, blobs=blobs, left=left, landings=steps[::-1])

    assert (after(0).changed, after(0).stale) == ((), ())
    assert (after(2).changed, after(2).stale) == (("STORY-0", "STORY-1"), ())
    assert after(3).stale == ("src/clock.py has been changed by 3 stories since",)


SAID = "The index is kept in SQLite since a plain file was too slow for ten thousand pages of text here."


def test_what_two_pages_say_alike_is_told_and_what_only_resembles_is_not() -> None:
    pages = [
        page(OWN, f"# One\n\n{SAID}\n"),
        page("docs/knowledge/STORY-two222.md", f"# Two\n\n{SAID.replace('here', 'there')}\n\n{SAID}\n"),
        page(
            "docs/knowledge/other.md", f"# Other\n\n{SAID[:40]} but nothing else of it is the same as on these.\n"
        ),
        page("docs/knowledge/short.md", "# Short\n\nToo slow.\n"),
        page("docs/knowledge/short2.md", "# Short\n\nToo slow.\n"),
    ]
    [only] = twins(pages)
    assert (only.path, only.other, only.share) == (OWN, "docs/knowledge/STORY-two222.md", 1.0)
    assert not index(pages, known()).ok
    assert index(pages[:1], known()).ok


def test_a_page_too_long_for_a_prompt_is_told() -> None:
    assert entry("# Long\n\n" + "word " * 1000).is_long
    assert not entry("# Short\n").is_long


def test_the_index_is_a_page_by_class_and_epic_and_the_words_of_pages_make_no_markup() -> None:
    pages = [
        page(OWN, "# A [click](http://x) `one`\n\n`src/gone.py` `src/clock.py`\n"),
        page("docs/knowledge/STORY-six666.md", "# Six\n"),
    ]
    made = index(pages, known())
    assert markdown(made, {"EPIC-aa1111": "Clocks"}) == (
        "# Lessons\n\nWritten by `bmad knowledge --write`; do not edit.\n"
        "\n## Projects\n\nOf what has stories to build yet, and pages that say they are such.\n\n"
        "### EPIC-bb1111\n\n"
        "- [Six](STORY-six666.md)\n"
        "\n## Areas\n\nOf what is built, and pages that say they are such.\n\n### EPIC-aa1111: Clocks\n\n"
        "- [A (click)(http://x) one](STORY-one111.md) (stale: it names src/gone.py, which is not there)\n"
    )


def test_a_pack_says_which_lesson_is_stale_puts_it_last_and_lists_the_others() -> None:
    lessons = {
        "docs/knowledge/STORY-two222.md": "# Refuse it\n\nSee `src/gone.py`. Parse the duration.\n",
        "docs/knowledge/build.md": "# Duration again\n\nParse must refuse a duration.\n",
        "docs/knowledge/x.md": "# Colours\n",
    }
    files: Mapping[str, str] = {"src/clock.py": "def parse(): ...\n", **lessons}
    pack = packed(project(files, story("STORY-one111", "src/clock.py")), Reader.DEVELOPER)
    [told] = [one.text for one in pack.sections if one.name == "knowledge"]
    assert told.index("build.md (resource):") < told.index("STORY-two222.md (archive; STALE: it names src/gone.py")
    assert "docs/knowledge/x.md (resource): Colours" in told
    named = story("STORY-one111", "src/clock.py", depends_on=(Ref("STORY-two222"),))
    [first] = [
        one.text for one in packed(project(files, named), Reader.DEVELOPER).sections if one.name == "knowledge"
    ]
    assert first.startswith("docs/knowledge/STORY-two222.md (")


def test_the_written_index_is_no_lesson() -> None:
    assert [is_page(one) for one in ("docs/knowledge/index.md", OWN, "docs/x.md")] == [False, True, False]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = repository(tmp_path_factory.mktemp("knowledge") / "repo")
    pages = {
        "good.md": f"# Good\n\n`bmad.yaml`. {SAID}\n",
        "bad.md": f"# Bad\n\n`src/gone.py` and `alpha_beta()`. {SAID}\n",
    }
    (root / "docs/knowledge").mkdir(parents=True)
    for name, text in pages.items():
        (root / "docs/knowledge" / name).write_text(text, encoding="utf-8")
    git("add", ".", cwd=root)
    git("commit", "--quiet", "-m", "Lessons", cwd=root)
    return root


def test_the_command_tells_what_is_wrong_and_writes_only_when_asked(built: Path) -> None:
    told = bmad("knowledge", "--check", cwd=built)
    assert told.code == 1
    assert "stale: it names src/gone.py, which is not there" in told.out
    assert "stale: it names alpha_beta(), which no file holds" in told.out
    assert "1 stale, 0 too long, 1 said twice" in told.out
    assert git("status", "--porcelain", cwd=built) == ""
    assert "wrote docs/knowledge/index.md" in bmad("knowledge", "--write", cwd=built).out
    report = json.loads(bmad("knowledge", "--json", cwd=built).out)
    assert (built / "docs/knowledge/index.md").read_text(encoding="utf-8") == report["text"]
    assert [one["class"] for one in report["pages"]] == ["resource", "archive"]
    assert report["schema"] == "bmad.knowledge/1"

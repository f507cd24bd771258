"""Territories: gitwildmatch at the root, case-sensitive, and never slow."""

import random
import re
import time
from itertools import islice

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from bmad.core.paths import Classifier, PathClass, fold
from bmad.core.territory import (
    compiled,
    fault_of_shape,
    holds,
    names_literally,
    shape_fault,
    territory_fault,
    within,
)
from tests.layout import LAYOUT

PARTS = (
    "**",
    "*",
    "a",
    "b",
    "ab",
    "a*",
    "*b",
    "a?",
    "?",
    "*a*b",
    "a**b",
    "a.b",
    "[ab]*",
    "[!a]",
    "a[b-c]",
    "\\*",
    "[]a]",
)


class Made:
    """Globs and paths of few signs, at random, so that they meet often."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - it chooses cases

    def glob(self) -> str:
        parts = self.random.choices(PARTS, k=self.random.randint(1, 4))
        return "/".join(parts) + self.random.choice(("", "/"))

    def path(self) -> str:
        names = ("".join(self.random.choices("ab.*", k=self.random.randint(1, 3))) for _ in range(4))
        return "/".join(islice(names, self.random.randint(1, 4)))

    def either(self) -> str:
        return self.random.choice((self.glob, self.path))()


def test_as_pathspec_reads_them() -> None:
    made = Made(1)
    paths = [made.path() for _ in range(40)]
    for glob in {made.glob() for _ in range(400)}:
        regex, _ = GitIgnoreSpecPattern.pattern_to_regex(f"/{glob}")
        assert regex is not None
        read = re.compile(regex)
        assert [one for one in paths if holds((glob,), one)] == [one for one in paths if read.search(one)], glob


def test_many_paths_are_held_as_each_is_by_itself() -> None:
    made = Made(3)
    paths = [made.path() for _ in range(60)]
    for _ in range(300):
        globs = tuple(made.either() for _ in range(made.random.randint(0, 4)))
        globs = tuple(f"{one}/**" if made.random.random() < 0.3 else one for one in globs)
        assert compiled(globs).among(paths) == [one for one in paths if compiled(globs).holds(one)], globs


def test_what_is_within_a_territory_holds_nothing_beside_it() -> None:
    made, seen = Made(2), 0
    paths = [made.path() for _ in range(40)]
    for _ in range(3000):
        globs = tuple(made.either() for _ in range(made.random.randint(1, 3)))
        glob = made.either()
        if made.random.random() < 0.5:  # one below another is more often held than any two
            glob = f"{made.random.choice(globs).rstrip('/')}/{glob}"
        if within(globs, glob):
            held = [one for one in (*paths, glob) if holds((glob,), one)]
            seen += len(held)
            assert [one for one in held if not holds(globs, one)] == [], (globs, glob)
    assert seen > 200, seen


@pytest.mark.parametrize(
    ("glob", "surely"),
    [
        ("src/**", True),
        ("src/", True),
        ("src/a/*.py", True),
        ("src/[id]/a.tsx", True),
        ("src/a.py", True),
        ("tests/test_clock.py", True),
        ("docs/a.md", True),
        ("docs/*.md", True),
        ("src", False),
        ("srcs/a.py", False),
        ("src/../x", False),
        ("tests/**", False),
        ("docs/a*.md", False),
        ("*", False),
    ],
)
def test_a_path_or_glob_is_within_a_territory_only_where_that_is_sure(glob: str, surely: bool) -> None:
    """A file or a link in place of `src` is not held by what holds all below it."""
    assert within(("src/**", "tests/test_clock.py", "docs/*.md"), glob) is surely


@pytest.mark.parametrize(
    ("glob", "inside", "outside"),
    [
        ("semver.py", ["semver.py"], ["src/semver.py", "semver.py\n", "Semver.py", "semver_py"]),
        ("src/**", ["src/a", "src/a/b\nc"], ["src", "srcs/a", "x/src/a"]),
        ("src", ["src", "src/a"], ["srcs"]),
        ("src/", ["src/a/b"], ["src"]),
        ("tests/**/*.py", ["tests/a.py", "tests/a/b.py"], ["tests/a.txt", "a.py"]),
        ("src/[a-c]*.py", ["src/b1.py"], ["src/d.py", "src/b/x.txt", "src/b.py\n"]),
        ("**/x.py", ["x.py", "a/b/x.py"], ["ax.py"]),
        ("src/\udcff", ["src/\udcff"], ["src/\udcfe"]),
    ],
)
def test_rooted_at_the_repository(glob: str, inside: list[str], outside: list[str]) -> None:
    assert [path for path in inside if not holds((glob,), path)] == []
    assert [path for path in outside if holds((glob,), path)] == []


@pytest.mark.parametrize(
    "glob",
    [
        *("", " src", "/etc/**", "~/x", "C:\\x", "../x", "src/../../x", "!src/**", "src//a", "./src", "src/./a"),
        *(
            "**",
            "*",
            "**/*",
            "*.md",
            "*.yaml",
            "specs/**",
            "stories/**",
            "stories/records/*",
            ".github/**",
            "**/*.md",
        ),
        *(
            "AGENTS.md",
            "bmad.yaml",
            "a\nb",
            ".git/hooks/x",
            "a" * 600,
            "*" * 30 + "a",
            "src/[a",
            "src/a\\",
            "src/[b-a]",
            "src/[[:alpha:]]",
        ),
    ],
)
def test_faults(glob: str) -> None:
    assert territory_fault(glob, LAYOUT)


@pytest.mark.parametrize(
    "glob", ["src/**", "docs/**", "tests", "semver.py", "**/*.py", "src/*/x?.c", ".github/ISSUE.txt"]
)
def test_sound_globs(glob: str) -> None:
    assert territory_fault(glob, LAYOUT) is None


def test_a_misshapen_glob_holds_nothing() -> None:
    assert not holds(("../**", "!x", "/src/**"), "src/a")


def test_no_blow_up() -> None:
    start = time.process_time()
    for glob in (
        "a*" * 24 + "b",
        "**/a/" * 11 + "b",
        "*a" * 24,
        "[a]*a*a*a*b",
        "?*" * 20 + "b",
        "[!b]*" * 20 + "b",
    ):
        holds((glob,), "a" * 4000)
        holds((glob,), "a/" * 2000 + "c")
    assert time.process_time() - start < 5


def test_literal_names() -> None:
    assert names_literally(("lib", "src/**"), "lib")
    assert not names_literally(("src/**",), "src/lib")


@pytest.mark.parametrize(
    ("path", "klass"),
    [
        ("bmad.yaml", PathClass.GOVERNED),
        (".github/workflows/Build.yml", PathClass.GOVERNED),
        ("src/AGENTS.md", PathClass.GOVERNED),
        ("deploy/x", PathClass.GOVERNED),
        ("Bmad.yaml", PathClass.TWIN),
        ("Deploy/x", PathClass.TWIN),
        (".github/Workflows/x.yml", PathClass.TWIN),
        ("BMAD.YAML ", PathClass.TWIN),
        ("bmad.yaml::$DATA", PathClass.TWIN),
        ("specs/prd.md", PathClass.SPEC),
        ("docs/vision.md", PathClass.SPEC),
        ("stories/STORY-a-b.md", PathClass.SPEC),
        ("Specs/prd.md", PathClass.CODE),
        ("intent.md", PathClass.CODE),
        ("stories/records/STORY-a.json", PathClass.RECORD),
        ("stories/records/STORY-a.2.json", PathClass.RECORD),
        ("docs/knowledge/STORY-a.md", PathClass.KNOWLEDGE),
        ("docs/index.md", PathClass.CODE),
        ("src/a\ufeff.py", PathClass.CODE),
    ],
)
def test_classes(path: str, klass: PathClass) -> None:
    found = Classifier(LAYOUT.naming("docs/vision.md"), ("deploy/**",))(path.encode())
    assert found.klass is klass
    if klass is PathClass.RECORD:
        assert found.story == "STORY-a"


@given(st.text(max_size=30))
def test_folding_is_settled_at_once(path: str) -> None:
    assert fold(fold(path)) == fold(path)


@given(st.text(alphabet="ab.-_/*~C: \\[]!?\n", max_size=12) | st.from_regex(r"[\w./*-]{1,30}", fullmatch=True))
@example("a" * 512)
@example("a" * 513)
@example("a/.git/b")
@example("a/..")
def test_a_plain_glob_is_known_at_once_and_by_each_rule_alike(glob: str) -> None:
    assert shape_fault(glob) == fault_of_shape(glob)

"""What a repository says is no command in the log of a CI: its runner looks for some in whatever is printed."""

import json
import re
from collections.abc import Iterator

import pytest

from bmad.cli.gate import Format
from bmad.render.words import inert
from tests.gate.repo import FIND, Content, Repo, story
from tests.program import inside

NAMES = [
    "##vso[task.prependpath]tmp",
    "src/###[set-output name=a;]b",
    "src/##teamcity[buildStatus text='x']",
    "::set-output name=a::b",
]
ORDINARY: dict[str, Content] = {"app/[id]/## page.tsx": "1\n", "src/a::b#c.py": "1\n", "##x/y[1]": "1\n"}


def commands(out: str) -> Iterator[str]:
    """The lines that Azure Pipelines, TeamCity or GitHub take a command from, as their runners look for them."""
    for line in re.split(r"[\r\n]+", out):
        if re.search(r"##([a-zA-Z]*)\[", line) or line.lstrip().startswith("::"):
            yield line


def hostile(repo: Repo, files: dict[str, Content]) -> None:
    repo.commit("work", "::error::Work ##vso[task.complete result=Succeeded;]\n", files)


@pytest.mark.parametrize("form", [one for one in Format if one is not Format.GITHUB])
def test_no_name_is_a_command_in_the_log_of_a_ci(repo: Repo, form: Format) -> None:
    hostile(repo, dict.fromkeys(NAMES, "1\n"))
    done = inside(
        "gate", "--base", "main", "--head", "work", "--format", form, "--repo", str(repo.root), cwd=repo.root
    )
    assert done.code == 1
    assert not [*commands(done.out)]
    if form is Format.JSON:
        found = {one["path"] for one in json.loads(done.out)["commits"][0]["findings"]}
        assert found == set(NAMES), "a JSON document has the same characters"


def test_github_has_no_other_commands_than_the_gates_own(repo: Repo) -> None:
    hostile(repo, dict.fromkeys(NAMES, "1\n"))
    words = ("gate", "--base", "main", "--head", "work", "--format", "github", "--repo", str(repo.root))
    told = [*commands(inside(*words, cwd=repo.root).out)]
    assert told
    assert not [line for line in told if not re.match(r"::(error|notice|warning) [^:]*::", line)]


@pytest.mark.parametrize("words", [("coverage",), ("report", "--base", "main"), ("trace", FIND)])
def test_nor_in_that_of_another_command(repo: Repo, words: tuple[str, ...]) -> None:
    hostile(repo, dict.fromkeys(NAMES, "1\n"))
    repo.commit("work", story(FIND, title="::error::x ##[add-mask]y"), dict.fromkeys(NAMES, "1\n2\n"))
    ends = {"coverage": "--rev", "report": "--head", "trace": "--rev"}
    done = inside(*words, ends[words[0]], "work", "--repo", str(repo.root), cwd=repo.root)
    assert done.code == 0, done.err
    assert re.search("vso|set-output", done.out), "the names are told"
    assert not [*commands(done.out + done.err)]


def test_what_is_no_command_stands_as_it_is(repo: Repo) -> None:
    plain = "## [0.1] of ### [x]\na ::b\n#[c] ##d [e]\n"
    assert inert(plain) == plain
    hostile(repo, ORDINARY)
    out = inside("gate", "--base", "main", "--head", "work", "--repo", str(repo.root), cwd=repo.root).out
    assert not [path for path in ORDINARY if path not in out]

"""Lost writes and dead ends: who writes waits for the others, and nothing that was said to be done is lost."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bmad.cli.output import speak
from bmad.core.fingerprint import mint
from bmad.core.outline import outline
from bmad.model.ids import is_id
from bmad.pipeline.map.map import map_intent
from bmad.pipeline.map.outcome import MapRequest
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests import forking
from tests.program import git, inside


@pytest.fixture
def repo(small: Path) -> Path:
    """The small specification in a repository, two of its requirements reworded since they were confirmed."""
    git("init", "--quiet", cwd=small)
    prd = small / "specs/prd.md"
    text = prd.read_text(encoding="utf-8")
    prd.write_text(text.replace("shall find", "must find").replace("shall store", "must store"), encoding="utf-8")
    return small


def at_once(repo: Path, *commands: list[str]) -> list[str]:
    """Start commands of bmad side by side; what each printed, once all have ended well."""
    started = [forking.begin(words, repo, out=subprocess.PIPE) for words in commands]
    told = [child.communicate() for child in started]
    assert [child.returncode for child in started] == [0] * len(started), told
    return told


@pytest.mark.parametrize("words", ["caf\udce9", "café"])
def test_i_words_that_are_not_utf_8_are_wrong_usage_and_nothing_is_written(repo: Path, words: str) -> None:
    refused = words != "café"
    lock = (repo / "specs/trace.lock").read_bytes()
    new = ["--epic", "EPIC-notes1", "--implements", "FR-find01", "--criterion", "Given a, when b, then `c`."]
    for call in (["new", "story", words, *new], ["confirm", "STORY-find01", "--why", words]):
        ended = inside(*call, cwd=repo)
        assert (ended.code, "is not UTF-8, and cannot be noted" in ended.err) == (2 if refused else 0, refused)
    assert ((repo / "specs/trace.lock").read_bytes() == lock) == refused


def test_i_of_commands_that_write_at_once_none_is_lost(repo: Path) -> None:
    new = ["--epic", "EPIC-notes1", "--implements", "FR-find01", "--criterion", "Given a, when b, then `c`."]
    told = at_once(
        repo,
        ["new", "story", "Find by day", *new],
        ["new", "story", "Find by author", *new],
        ["confirm", "STORY-find01", "--why", "first reason"],
        ["confirm", "STORY-store1", "--why", "second reason"],
        ["fmt"],
    )
    lock = (repo / "specs/trace.lock").read_text(encoding="utf-8")
    made = [line.split(" ") for line in told[:2]]
    for id_, _, path in made:
        assert (repo / path.strip()).is_file()
        assert id_ in lock
    assert len({id_ for id_, *_ in made}) == 2
    assert "first reason" in lock
    assert "second reason" in lock
    assert not list((repo / ".git/bmad/staged").iterdir())


def bare(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "bmad", *words]
    return subprocess.run(command, cwd=folder, env={**os.environ, **environ}, capture_output=True, check=False)


@pytest.mark.parametrize("encoding", ["ascii:strict", "latin-1:strict"])
def test_i_no_locale_keeps_a_command_from_saying_what_it_has_to(repo: Path, encoding: str) -> None:
    prd = repo / "specs/prd.md"
    prd.write_text(prd.read_text(encoding="utf-8").replace("Find notes", "Find 注 ✓"), encoding="utf-8")
    ended = bare(repo, "show", "FR-find01", PYTHONIOENCODING=encoding)
    assert ended.returncode == 0, ended.stderr
    assert "Find 注 ✓" in ended.stdout.decode("utf-8")
    named = bare(repo, "show", "nö-✓-\udcff", PYTHONIOENCODING=encoding)
    assert (named.returncode, b"Traceback" in named.stderr) == (2, False)
    assert "✓-\\377" in named.stderr.decode("utf-8")


def test_i_a_stream_at_a_terminal_escapes_what_it_cannot_show() -> None:
    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return True

    raw = Terminal()
    stream = io.TextIOWrapper(raw, encoding="latin-1")
    speak(stream)
    stream.write("é ✓\n")
    stream.flush()
    assert raw.getvalue() == b"\xe9 \\u2713\n"


@pytest.mark.parametrize("times", [1, 34, 35, 36, 500])
def test_i_equal_names_get_ids_of_their_own(times: int) -> None:
    taken: dict[str, str] = {}
    for _ in range(times):
        minted = mint("FR", taken, "requirement", "The same")
        assert minted not in taken
        assert is_id(minted)
        taken[minted] = ""
    assert len(taken) == times


def test_i_many_equal_requirements_map(tmp_path: Path) -> None:
    text = "# T\n\n## Requirements\n\n" + "- The tool must log in the user.\n" * 50
    (tmp_path / "intent.md").write_text(text, encoding="utf-8")
    report = map_intent(FileWorkspace(tmp_path), TextFormats(), outline, MapRequest("intent.md", dry_run=True))
    assert report.ok
    assert report.counts["requirement"] == 50


@pytest.mark.parametrize("fence", ["Feature: login", "# nothing", "", "Background:"])
def test_i_a_gherkin_fence_without_a_scenario_is_mapped_around(fence: str) -> None:
    block = f"  ```gherkin\n  {fence}\n  ```\n"
    text = f"# T\n\n## Requirements\n\n- The tool must log in.\n\n{block}\n- It must log out.\n"
    assert len(outline(text).statements) == 2
    scenario = text.replace(f"  {fence}\n", "  Scenario: in\n  Given a user, when they log in, then it is `ok`.\n")
    assert len(outline(scenario).statements) >= 2

"""What agents are told of bmad: true, working, short, kept current, and never at the cost of a hand's edit."""

import json
import re
from pathlib import Path

import pytest
from yaml import safe_load

from bmad.core import agent_files
from bmad.core.agent_files import MARKET, PLUGIN, SKILL
from bmad.core.harness import AGENTS
from tests.program import Ended, git, inside
from tests.specs import adopt_small, write

FILES = {SKILL, PLUGIN, MARKET, AGENTS}


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    adopt_small(tmp_path)
    return tmp_path


def installed(repo: Path) -> dict[str, list[str]]:
    ended = inside("agents", "install", "--json", cwd=repo)
    assert ended.code == 0, ended
    told: dict[str, list[str]] = json.loads(ended.out)
    return told


def doctor(repo: Path) -> Ended:
    return inside("doctor", "--no-calls", cwd=repo)


def text(repo: Path, path: str) -> str:
    return (repo / path).read_text(encoding="utf-8")


def test_it_is_written_once_and_is_then_current(repo: Path) -> None:
    assert AGENTS not in doctor(repo).out
    assert set(installed(repo)["written"]) == FILES
    assert (installed(repo)["written"], installed(repo)["edited"]) == ([], [])
    assert "agents install" not in doctor(repo).out
    assert git("status", "--short", cwd=repo).count("\n") == 2


def test_the_skill_is_as_the_specification_of_skills_asks(repo: Path) -> None:
    installed(repo)
    _, head, body = text(repo, SKILL).split("---\n", 2)
    told = safe_load(head)
    assert set(told) == {"name", "description"}
    assert told["name"] == Path(SKILL).parent.name
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", told["name"])
    assert 0 < len(told["description"]) <= 1024
    assert len(body.splitlines()) < 60
    assert len(text(repo, AGENTS).splitlines()) < 20
    plugin, market = json.loads(text(repo, PLUGIN)), json.loads(text(repo, MARKET))
    assert (repo / plugin["skills"][0] / "SKILL.md").is_file()
    assert market["plugins"][0]["name"] == plugin["name"] == "bmad"


def test_what_is_older_is_renewed_and_told_by_doctor(repo: Path) -> None:
    installed(repo)
    before = {path: text(repo, path) for path in FILES}
    write(repo, {"bmad.yaml": "version: 1\nintent: wishes.md\n"})
    write(repo, {AGENTS: "# Ours\n\nBe kind.\n\n" + before[AGENTS].partition("\n\n")[2] + "\nAnd brief.\n"})
    told = doctor(repo)
    assert f"{SKILL} is not what this bmad would write; renew it: bmad agents install" in told.out
    assert set(installed(repo)["written"]) == {SKILL, AGENTS}
    assert "`wishes.md`" in text(repo, SKILL)
    assert text(repo, AGENTS).startswith("# Ours\n\nBe kind.\n\n<!-- bmad: work, begin")
    assert text(repo, AGENTS).endswith("<!-- bmad: work, end -->\n\nAnd brief.\n")
    assert "agents install" not in doctor(repo).out


def test_a_file_with_other_words_of_an_earlier_bmad_is_renewed(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setitem(agent_files._PLUGIN, "description", "Other words.")
        earlier.setitem(agent_files._MARKET, "description", "Other words.")
        installed(repo)
    assert f"{PLUGIN} is not what this bmad would write" in doctor(repo).out
    assert set(installed(repo)["written"]) == {PLUGIN, MARKET}
    assert "Other words." not in text(repo, PLUGIN) + text(repo, MARKET)


@pytest.mark.parametrize("path", sorted(FILES))
def test_what_a_hand_has_edited_stays_and_is_told(repo: Path, path: str) -> None:
    installed(repo)
    edited = (
        text(repo, path).replace("in this repository", "in our repository").replace("can be begun.", "is next.")
    )
    assert edited != text(repo, path)
    (repo / path).write_text(edited, encoding="utf-8")
    told = installed(repo)
    assert (told["written"], told["edited"]) == ([], [path])
    assert text(repo, path) == edited
    assert f"{path} was edited by hand" in doctor(repo).out
    (repo / path).unlink()
    assert installed(repo)["written"] == [path]


@pytest.mark.parametrize("path", sorted(FILES - {AGENTS}))
def test_what_is_the_projects_own_stays(repo: Path, path: str) -> None:
    write(repo, {path: "ours\n", AGENTS: "Ours.\n"})
    told = installed(repo)
    assert (set(told["written"]), told["edited"]) == (FILES - {path}, [path])
    assert text(repo, path) == "ours\n"
    assert text(repo, AGENTS).startswith("Ours.\n\n<!-- bmad: work, begin")


def test_a_section_whose_marks_are_broken_is_left(repo: Path) -> None:
    installed(repo)
    broken = text(repo, AGENTS).replace("<!-- bmad: work, end -->", "")
    (repo / AGENTS).write_text(broken, encoding="utf-8")
    assert installed(repo)["edited"] == [AGENTS]
    assert text(repo, AGENTS) == broken


_FILL = {"STORY": "STORY-store1", "ID": "INT-req001", "FILE:LINE": "src/find.py:1"}
_COMMAND = re.compile(r"`(bmad [a-z][^`]*)`|^(bmad [^#\n]*)", re.MULTILINE)
_OF_PEOPLE = {"accept"}
"""What agents are told to leave alone."""


def test_every_command_that_agents_are_told_does_what_is_said(repo: Path) -> None:
    installed(repo)
    write(repo, {"src/find.py": "x = 1\n"})
    git("add", ".", cwd=repo)
    git("commit", "--quiet", "-m", "Tell agents\n\nPolicy: they may know", cwd=repo)
    told = text(repo, SKILL) + text(repo, AGENTS)
    lines = dict.fromkeys((one[0] or one[1]).strip() for one in _COMMAND.findall(told))
    assert len(lines) > 8
    ran = []
    for line in lines:
        words = [_FILL.get(word, word) for word in line.split()[1:]]
        if words[0] in _OF_PEOPLE or words[0] == "act":
            continue
        ended = inside(*words, *(["--base", "main"] if words == ["gate"] else []), cwd=repo)
        assert ended.code == 0, (line, ended)
        ran.append(line)
        if words[0] == "start":
            assert git("branch", "--show-current", cwd=repo) == "bmad/STORY-store1"
            assert "src/store.py" in ended.out, "the territory is printed"
    assert "bmad gate --explain" in ran
    write(repo, {"src/store.py": "y = 2\n"})
    git("add", ".", cwd=repo)
    git("commit", "--quiet", "-m", "Store a note\n\nStory: STORY-store1", cwd=repo)
    assert inside("gate", "--base", "main", cwd=repo).code == 0, "what it says leads through the gate"

"""The demonstration, and what the gate says of the work that it landed when others handle it."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.program import Ended, bmad, git

MENDED, RULED, FALSE_ALARM = "STORY-tyacd5", "STORY-r1qm4x", "STORY-nvbx38"


class Played:
    """The demonstration's repository and what was printed; `copy` is one that a test may change."""

    def __init__(self, folder: Path, ended: Ended) -> None:
        self.folder = folder
        self.ended = ended

    def copy(self, to: Path) -> Path:
        return Path(shutil.copytree(self.folder, to / "r"))

    def record(self, story: str) -> dict[str, Any]:
        text = (self.folder / "stories" / "records" / f"{story}.json").read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text)
        return found


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("play") / "demo"
    env = {**os.environ, "GIT_DEFAULT_HASH": "sha256"}  # whatever a person's repositories are of
    return Played(folder, bmad("demo", "--dir", str(folder), cwd=folder.parent, env=env))


@pytest.fixture
def repository(played: Played, tmp_path: Path) -> Path:
    return played.copy(tmp_path)


def gate(folder: Path, *arguments: str) -> Ended:
    return bmad("gate", "--base", "mapped", "--level", "reviewed", *arguments, cwd=folder)


def codes(ended: Ended) -> set[str]:
    """The codes of the findings of a gate's JSON."""
    report = json.loads(ended.out)
    found = [*report["findings"], *(one for commit in report["commits"] for one in commit["findings"])]
    return {one["code"] for one in found}


def test_the_demo_plays_to_its_end(played: Played) -> None:
    ended = played.ended
    assert ended.code == 0, ended
    assert "agents are replayed from a recording" in ended.out
    for words in (
        "8 of 8 stories done",
        "2/land      moved",
        "gate: pass",
        "G01",
        "G11",
        "G15",
        f"cd {played.folder}",
    ):
        assert words in ended.out
    folder = played.folder
    assert bmad("demo", "--dir", str(folder), cwd=folder.parent).code == 2, "a folder with something in it stays"
    assert git("status", "--porcelain", cwd=folder) == ""


def test_each_story_landed_once_with_its_record(played: Played) -> None:
    folder = played.folder
    stories = {path.name.split("-")[1] for path in (folder / "stories").glob("STORY-*.md")}
    records = {path.name.split("-")[1].removesuffix(".json") for path in (folder / "stories/records").iterdir()}
    assert len(stories) == 8
    assert records == stories
    landed = git("log", "--first-parent", "--format=%s", "--grep=^Land", "mapped..main", cwd=folder)
    assert len(landed.splitlines()) == 8


def test_the_findings_ended_as_the_records_say(played: Played) -> None:
    ends = {}
    for story in (MENDED, RULED, FALSE_ALARM, "STORY-hhx6yf"):
        [ends[story]] = played.record(story)["findings"]
    assert (ends[MENDED]["severity"], ends[MENDED]["disposition"]) == ("P1", "fixed")
    assert ends[FALSE_ALARM]["disposition"] == "false-positive"
    assert (ends[RULED]["disposition"], ends[RULED]["ruled_by"]) == ("fixed", "bmad demo <demo@bmad.invalid>")
    assert (ends["STORY-hhx6yf"]["severity"], ends["STORY-hhx6yf"]["disposition"]) == ("P2", "open")
    path, _, line = ends[FALSE_ALARM]["mark"].partition(":")
    text = git("show", f"{played.record(FALSE_ALARM)['head']}:{path}", cwd=played.folder)
    assert "#" in text.splitlines()[int(line) - 1]


def test_the_checks_really_ran(played: Played) -> None:
    """The tests of the example run on every story, with the interpreter's own seconds."""
    checks = [one for one in played.record(MENDED)["checks"] if one["name"] == "tests"]
    assert [one["round"] for one in checks] == [1, 2]
    assert all(one["ok"] and one["exit"] == 0 and one["seconds"] > 0 for one in checks)
    logs = sorted((played.folder / ".bmad/logs" / MENDED).glob("*verify*"))
    assert any("OK" in path.read_text(encoding="utf-8") for path in logs)


def test_a_line_leads_to_the_sentence_of_the_intent(played: Played) -> None:
    ended = bmad("trace", "src/durations/parsing.py:20", "--json", cwd=played.folder)
    assert ended.code == 0
    report = json.loads(ended.out)
    quotes = [one["quote"] for chain in report["chains"] for one in chain["statements"]]
    intent = (played.folder / "intent.md").read_text(encoding="utf-8")
    assert quotes
    assert all(quote in intent for quote in quotes)


def test_the_landed_range_passes_as_it_stands(repository: Path) -> None:
    assert gate(repository, "--head", "main").code == 0


def squash(folder: Path) -> None:
    git("switch", "--quiet", "-c", "one-commit", "mapped", cwd=folder)
    git("merge", "--quiet", "--squash", "main", cwd=folder)
    git("commit", "--quiet", "--no-verify", "-m", "All of it", cwd=folder)


def test_a_squash_without_trailers_passes(repository: Path) -> None:
    squash(repository)
    assert "Story:" not in git("log", "-1", "--format=%B", cwd=repository)
    assert gate(repository).code == 0


def test_one_space_of_indentation_in_it_is_refused(repository: Path) -> None:
    squash(repository)
    file = repository / "src/durations/rendering.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("\n    ", "\n     ", 1), encoding="utf-8")
    git("commit", "--quiet", "--no-verify", "--all", "--amend", "-m", "All of it", cwd=repository)
    ended = gate(repository, "--json")
    assert ended.code == 1
    assert "G15" in codes(ended)


def test_only_the_round_that_the_review_rejected_is_refused(played: Played, repository: Path) -> None:
    """The commit that the reviewer found a P1 in stands in the history; the true record beside it is no help."""
    record = played.record(MENDED)
    log = git(
        "log", "--format=%H %(trailers:key=Step,valueonly,separator=%x20)", str(record["head"]), cwd=repository
    )
    rejected = next(line.split()[0] for line in log.splitlines() if line.endswith(" 1/dev"))
    git("switch", "--quiet", "-c", "rejected", rejected, cwd=repository)
    git("checkout", "main", "--", f"stories/records/{MENDED}.json", cwd=repository)
    git("commit", "--quiet", "--no-verify", "-m", "Land it", "-m", f"Story: {MENDED}", cwd=repository)
    ended = bmad("gate", "--base", str(record["base"]), "--level", "reviewed", "--json", cwd=repository)
    assert ended.code == 1
    assert codes(ended) & {"G14", "G15"}
    git("switch", "--quiet", "-c", "whole", str(record["head"]), cwd=repository)
    git("checkout", "main", "--", f"stories/records/{MENDED}.json", cwd=repository)
    git("commit", "--quiet", "--no-verify", "-m", "Land it", "-m", f"Story: {MENDED}", cwd=repository)
    twin = bmad("gate", "--base", str(record["base"]), "--level", "reviewed", cwd=repository)
    assert twin.code == 0, twin


def test_a_record_copied_to_another_story_is_refused(played: Played, repository: Path) -> None:
    """The same work under another open story's name, with the record to match."""
    record = played.record(MENDED)
    other = RULED
    git("switch", "--quiet", "-c", "copied", str(record["head"]), cwd=repository)
    forged = json.dumps({**record, "story": other})
    for name, text in ((other, json.dumps(record)), (other, forged)):
        path = repository / "stories" / "records" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        git("add", ".", cwd=repository)
        git("commit", "--quiet", "--no-verify", "-m", "Land it", "-m", f"Story: {name}", cwd=repository)
        ended = bmad("gate", "--base", str(record["base"]), "--level", "reviewed", "--json", cwd=repository)
        assert ended.code == 1
        assert codes(ended) & {"G04", "G08", "G14"}, ended.out
        git("reset", "--quiet", "--hard", "HEAD~1", cwd=repository)


def test_the_report_tells_the_rounds_and_findings_of_the_records(repository: Path) -> None:
    """Of a squash without trailers, too: the records name the stories."""
    squash(repository)
    ended = bmad("report", "--base", "mapped", "--json", cwd=repository)
    assert ended.code == 0, ended
    stories = {one["id"]: one for one in json.loads(ended.out)["stories"]}
    assert len(stories) == 8
    told = stories[FALSE_ALARM]
    assert (told["rounds"], told["accepted"]["how"]) == (2, "policy")
    assert [one["disposition"] for one in told["findings"]] == ["false-positive"]
    assert all(one["evidence"] == ["tests"] for one in told["criteria"])
    text = bmad("report", "--base", "mapped", cwd=repository).out
    assert "2 rounds, 1 finding" in text

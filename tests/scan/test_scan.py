"""Whole scans of a small repository by scripted reviewers, who find what is seeded in it by chance."""

import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest

from bmad.core.scan.estimate import estimate
from tests.act.world import repository
from tests.program import Ended, bmad, git

AGENT = Path(__file__).parent / "seeding.py"
FOLDERS = ("alpha", "beta", "gamma")
CHANCES = {"ann": 0.6, "bob": 0.5}
_LINES = 860
"""Of each folder's file: so many that no two fit into one unit."""


class Hall:
    """A repository with 30 seeded defects in three units, its reviewers, and what they were asked."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.repo = folder, folder / "repo"

    @property
    def told(self) -> list[str]:
        file = self.folder / "told"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    def agent(self, seed: str, **more: object) -> dict[str, object]:
        settings = {"seed": seed, "chance": CHANCES.get(seed, 0.5), "told": str(self.folder / "told"), **more}
        for name in ("stalls", "fails"):
            settings[name] = str(self.folder / f"{name}-{seed}")
        command = [sys.executable, "-I", "-S", str(AGENT), json.dumps(settings)]
        return {"command": command, "writes": [str(self.folder)]}

    def both(self, **more: object) -> dict[str, object]:
        own = {seed: self.agent(seed, **more) for seed in CHANCES}
        return {"reviewer": {"use": "ann"}, **own}

    def settle(self, agents: dict[str, object], **act: object) -> None:
        told = {"version": 1, "agents": agents, "act": act}
        self.commit({"bmad.yaml": json.dumps(told)}, "Set up\n\nPolicy: tests")

    def commit(self, files: dict[str, str], message: str = "More") -> None:
        for path, text in files.items():
            (self.repo / path).parent.mkdir(parents=True, exist_ok=True)
            (self.repo / path).write_text(text, encoding="utf-8")
        git("add", ".", cwd=self.repo)
        git("commit", "--quiet", "-m", message, cwd=self.repo)

    def scan(self, *arguments: str, code: int = 1) -> Ended:
        ended = bmad("scan", *arguments, cwd=self.repo)
        assert ended.code == code, ended.out + ended.err
        return ended

    def json(self, *arguments: str, code: int = 1) -> Any:
        return json.loads(self.scan(*arguments, "--json", code=code).out)

    def copy(self, folder: Path) -> "Hall":
        shutil.copytree(self.repo, folder / "repo", symlinks=True)
        other = Hall(folder)
        other.settle(other.both())
        return other


def source(name: str, first: int) -> str:
    """A file of one unit, with ten defects."""
    lines = [f"    {name}_{at} = {at} * 2 + 1" for at in range(_LINES)]
    for at in range(10):
        lines[60 + at * 80] += f"  # defect {first + at}"
    return "\n".join([f"def {name}():", *lines, ""])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Hall:
    hall = Hall(tmp_path_factory.mktemp("hall"))
    repository(hall.repo)
    hall.commit({f"src/{name}/it.py": source(name, at * 10) for at, name in enumerate(FOLDERS)}, "Begin")
    return hall


@pytest.fixture
def hall(made: Hall, tmp_path: Path) -> Iterator[Hall]:
    hall = made.copy(tmp_path)
    yield hall
    assert git("for-each-ref", "--format=%(refname)", cwd=hall.repo) == "refs/heads/main"
    assert git("worktree", "list", cwd=hall.repo).count("\n") == 0


def found(seed: str) -> set[int]:
    return {at for at in range(30) if Random(f"{seed} {at} 1").random() < CHANCES[seed]}  # noqa: S311


def test_two_reviewers_look_through_all_code_and_their_overlap_says_what_is_left(hall: Hall) -> None:
    report = hall.json()
    one, two = found("ann"), found("bob")
    claimed = {int(each["quote"].rpartition(" ")[2]): each["by"] for each in report["findings"]}
    assert claimed == {at: [name for name, own in (("ann", one), ("bob", two)) if at in own] for at in one | two}
    expected = estimate("correctness", len(one), len(two), len(one & two))
    assert report["estimates"][0] == json.loads(expected.model_dump_json())
    assert report["converged"] is True
    assert report["rounds"] == 2
    assert report["calls"] == len(hall.told) == 14
    shown = {path for line in hall.told for path in line.split(" ")[4:]}
    assert shown == {".gitignore", "bmad.yaml", *(f"src/{name}/it.py" for name in FOLDERS)}
    assert {each["path"] for each in report["left_out"]} == {
        path for path in git("ls-files", cwd=hall.repo).splitlines() if path not in shown
    }
    assert not (hall.repo / ".bmad/journal.db").exists()
    jsonschema.validate(report, json.loads(bmad("schema", "scan", cwd=hall.repo).out))
    _nothing_is_asked_twice(hall)


def _nothing_is_asked_twice(hall: Hall) -> None:
    text = hall.scan().out
    assert len(hall.told) == 14
    assert "0 reviews asked for now, 14 kept from before" in text
    assert "nobody has confirmed them" in text
    assert "Read it as a least number." in text
    hall.commit({"src/beta/it.py": source("beta", 10).replace("* 2", "* 3")})
    changed = hall.json()
    assert {line.split(" ", 4)[4] for line in hall.told[14:]} == {"src/beta/it.py"}
    assert changed["kept"] == 10
    assert len(changed["findings"]) == len(found("ann") | found("bob"))
    hall.scan("--again", "src/gamma")
    assert Counter(line.split(" ", 4)[4] for line in hall.told[18:]) == {"src/gamma/it.py": 4}
    assert hall.json()["calls"] == 0


def test_a_killed_scan_goes_on_where_it_was(hall: Hall) -> None:
    hall.settle(hall.both(), reviewers=1)
    (hall.folder / "stalls-bob").touch()
    command = [sys.executable, "-m", "bmad", "scan", "--rounds", "1", "src"]
    with subprocess.Popen(command, cwd=hall.repo, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as runner:
        while len(hall.told) < 2 and runner.poll() is None:
            time.sleep(0.02)
        runner.kill()
    assert [line[:3] for line in hall.told] == ["ann", "bob"]
    (hall.folder / "stalls-bob").unlink()
    report = hall.json("--rounds", "1", "src")
    assert Counter(line[:3] for line in hall.told) == {"ann": 3, "bob": 4}
    assert report["kept"] == 1
    assert report["converged"] is False
    assert "--rounds allows more" in hall.scan("--rounds", "1", "src").out
    assert len(hall.told) == 7


def test_what_nobody_has_committed_is_not_looked_at_and_paths_say_what_is(hall: Hall) -> None:
    (hall.repo / "src/alpha/it.py").write_text("x = 1  # defect 0\n", encoding="utf-8")
    (hall.repo / "src/new.py").write_text("x = 1  # defect 0\n", encoding="utf-8")
    report = hall.json("src/*/it.py", "--dry-run", code=0)
    assert (report["calls"], len(report["units"]), hall.told) == (6, 3, [])
    assert "holds no file of the commit" in hall.scan("src/new.py", code=2).err
    assert "another one" in hall.scan("--lens", "probe", code=2).err
    assert "nothing to look through" in hall.scan("specs", code=2).err
    one = hall.json("src/alpha", "--rounds", "1")
    assert len(one["units"]) == 1
    assert {each["path"] for each in one["findings"]} == {"src/alpha/it.py"}
    assert not (hall.repo / ".bmad/journal.db").exists()


def test_a_story_or_an_epic_says_where_to_look_by_its_territory(hall: Hall) -> None:
    [path] = hall.repo.glob("stories/*-first.md")
    text = path.read_text(encoding="utf-8")
    at, story = text.index("\n\n## "), path.name[:12]
    [epic] = (line.partition(": ")[2] for line in text.splitlines() if line.startswith("- Epic: "))
    assert "it has no territory" in hall.scan(story, code=2).err
    told = "\n- Territory: `src/alpha/**`, `tests/later.py`"
    hall.commit({path.relative_to(hall.repo).as_posix(): f"{text[:at]}{told}{text[at:]}"})
    for named in (story, story[:8], epic):
        report = hall.json(named, "--dry-run", code=0)
        assert [one["files"] for one in report["units"]] == [["src/alpha/it.py"]]
    assert len(hall.json(story, "src/beta", "--dry-run", code=0)["units"]) == 2
    assert "names nothing" in hall.scan("STORY-zzzzzz", code=2).err
    told = told.replace("src/alpha/**`, `", "")
    hall.commit({path.relative_to(hall.repo).as_posix(): f"{text[:at]}{told}{text[at:]}"})
    assert "no file of the commit lies in its territory" in hall.scan(story, code=2).err


def test_two_vendors_are_asked_for_and_one_is_enough_only_where_a_person_says_so(hall: Hall) -> None:
    hall.settle({"reviewer": hall.agent("ann"), "person": {"use": "human"}})
    refused = hall.scan("src/alpha", code=2).err
    assert "two reviewers of different vendors" in refused
    assert "--one" in refused
    assert "one vendor's" in hall.scan("--agent", "claude", "--agent", "anthropic:claude-opus-4", code=2).err
    assert "is no agent" in hall.scan("--agent", "nobody", code=2).err
    assert "is a person" in hall.scan("--agent", "person", code=2).err
    alone = hall.json("--one", "src/alpha")
    _a_story_is_made_of_a_claim(hall, alone["findings"])
    assert [each["name"] for each in alone["reviewers"]] == ["reviewer"]
    assert alone["estimates"] == []
    assert alone["converged"] is True


def _a_story_is_made_of_a_claim(hall: Hall, findings: list[dict[str, Any]]) -> None:
    name, other = findings[0]["id"], findings[1]["id"]
    refused = bmad("new", "story", "--finding", name, cwd=hall.repo).err
    assert "No story has this file, so none tells what mending it is for: give --implements FR-…" in refused
    nodes = json.loads(bmad("graph", "--format", "json", cwd=hall.repo).out)["nodes"]
    up, epic = (next(one["id"] for one in nodes if one["kind"] == kind) for kind in ("requirement", "epic"))
    given = ("--finding", other, "--implements", up, "--epic", epic)
    ended = bmad("new", "story", "--finding", name, *given, "--kind", "bug", cwd=hall.repo)
    assert ended.code == 0, ended
    text = (hall.repo / ended.out.split(" in ")[1].strip()).read_text(encoding="utf-8")
    assert f"Mends {name}, {other}, which a scan found." in text
    assert "- Territory: `src/alpha/it.py`" in text
    assert "- Kind: bug" in text
    assert findings[0]["claim"] in text
    assert "nobody has confirmed it" in text
    assert bmad("validate", cwd=hall.repo).code == 0
    assert "is to mend" in bmad("new", "story", "--finding", name, cwd=hall.repo).err


def test_a_false_alarm_is_passed_over_until_its_lines_change(hall: Hall) -> None:
    before = hall.json("src/alpha")
    first, *others = before["findings"]
    told = bmad("dismiss", first["id"][:6].lower(), "--why", "Meant so.", cwd=hall.repo)
    assert told.code == 0, told
    assert told.out.startswith(f"{first['id']} (src/alpha/it.py:{first['line']}) is passed over")
    after = hall.json("src/alpha")
    assert after["findings"] == others
    assert after["dismissed"] == [{**first, "dismissed": "Meant so."}]
    seen = [report["estimates"][0]["seen"] for report in (before, after)]
    assert seen[0] - seen[1] == (first["round"] == 1)
    assert f"dismissed as a false alarm: {first['id']} (" in hall.scan("src/alpha").out
    _it_is_shown_by_its_id(hall, first)
    text = (hall.repo / "src/alpha/it.py").read_text(encoding="utf-8")
    hall.commit({"src/alpha/it.py": f"# Moved\n{text}"})
    assert [one["id"] for one in hall.json("src/alpha")["dismissed"]] == [first["id"]]
    hall.commit({"src/alpha/it.py": text.replace(first["quote"], first["quote"].replace("* 2", "* 3"))})
    changed = hall.json("src/alpha")
    assert changed["dismissed"] == []
    assert len(changed["findings"]) == len(before["findings"])
    hall.commit({"src/alpha/it.py": text})
    assert len(hall.json("src/alpha")["dismissed"]) == 1
    assert bmad("dismiss", first["id"], "--undo", cwd=hall.repo).out == f"{first['id']} counts again\n"
    assert hall.json("src/alpha")["findings"] == before["findings"]


def _it_is_shown_by_its_id(hall: Hall, first: dict[str, Any]) -> None:
    """By any command that takes a finding, also by the beginning of its id; the loop never heard of it."""
    told = bmad("show", first["id"][:6].lower(), cwd=hall.repo)
    assert told.code == 0, told
    assert told.out.startswith(
        f"{first['severity']} {first['id']}  src/alpha/it.py:{first['line']}  (correctness): "
    )
    assert "came up    in a scan" in told.out
    assert first["claim"] in told.out
    assert "dismissed  Meant so." in told.out
    report = json.loads(bmad("show", first["id"], "--json", cwd=hall.repo).out)
    jsonschema.validate(report, json.loads(bmad("schema", "finding", cwd=hall.repo).out))
    assert (report["stands"], report["scanned"]["claim"]) == ([], first["claim"])
    followed = bmad("trace", first["id"], cwd=hall.repo)
    assert (followed.code, f"See: bmad show {first['id']}" in followed.err) == (2, True), followed


def test_what_is_said_of_claims_has_to_be_sound(hall: Hall) -> None:
    first = hall.json("src/alpha")["findings"][0]["id"]
    for words, fault in (
        (("F-nothing", "--why", "x"), "is nothing that a scan found here"),
        ((first, "--why", " "), "needs a reason"),
        ((first,), "needs a reason"),
        ((first, "--undo"), "was not dismissed"),
    ):
        told = bmad("dismiss", *words, cwd=hall.repo)
        assert (told.code, fault in told.err) == (2, True), told
    report = json.loads(bmad("dismiss", first, "--why", "x", "--json", cwd=hall.repo).out)
    jsonschema.validate(report, json.loads(bmad("schema", "dismissed", cwd=hall.repo).out))
    assert "leave it out" in bmad("dismiss", first, "--undo", "--why", "x", cwd=hall.repo).err


def test_a_look_that_comes_to_nothing_is_told_and_asked_for_again(hall: Hall) -> None:
    (hall.folder / "fails-bob").touch()
    report = hall.json("--rounds", "1", "src/alpha", "src/beta", code=3)
    assert [(each["reviewer"], each["round"]) for each in report["unanswered"]] == [("bob", 1)] * 2
    assert report["estimates"] == []
    assert report["converged"] is False
    assert "3 times in a row" in hall.json("--rounds", "1", "src", code=3)["stopped"]
    (hall.folder / "fails-bob").unlink()
    mended = hall.json("--rounds", "1", "src")
    assert (mended["kept"], mended["calls"], mended["unanswered"]) == (3, 3, [])


def test_a_cap_that_cannot_be_kept_stops_the_scan_and_keeps_what_it_has(hall: Hall) -> None:
    hall.settle(hall.both(), budget={"tokens": 1000}, reviewers=1)
    report = hall.json(code=4)
    assert report["stop"] == "waiting"
    assert "`act.budget`" in report["stopped"]
    assert report["calls"] == 1
    hall.settle(hall.both())
    assert hall.json("--rounds", "1", "src")["kept"] == 1


def test_each_lens_is_a_scan_of_its_own(hall: Hall) -> None:
    hall.settle(hall.both(again=1.0))
    report = hall.json("--lens", "debt", "--lens", "security", "--rounds", "2", "src/alpha")
    assert [(one["lens"], one["grave"]) for one in report["estimates"]] == [
        *(("debt", False), ("debt", True), ("security", False), ("security", True))
    ]
    assert all(each["lenses"] == ["debt", "security"] for each in report["findings"])
    assert len(report["findings"]) == 10
    assert {each["by"][0] for each in report["findings"] if each["round"] == 2} == {"ann"}
    looks = {tuple(line.split(" ")[:4]) for line in hall.told}
    assert looks == {
        (name, number, lens, str(number == "2"))
        for name in CHANCES
        for number in "12"
        for lens in ("debt", "security")
    }

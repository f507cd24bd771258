"""The lens `probe`: fresh tests in a copy of the change, in an environment of its own; through the program."""

import json
import os
import shutil
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from bmad.core.act.review import finding_id
from tests import forking
from tests.act.repos import trees
from tests.act.stage import PASSING, Play, Stage, found, source
from tests.program import inside

SERVE = [sys.executable, "-m", "http.server", "$BMAD_PORT", "--bind", "127.0.0.1", "--directory", "src"]
"""A server in the foreground, as `probe.up` may be one."""


class Lab:
    """A stage with the lens `probe`, and a file that `down` writes a line to each time."""

    def __init__(self, folder: Path) -> None:
        self.stage = Stage(folder, None, lenses=["probe"])
        self.story = self.stage.first
        self.stage.territory(self.story, self.stage.file_of(self.story))
        self.place = trees(self.stage.repo)

    def probe(self, **probe: object) -> None:
        told = f"{self.stage.settings}probe: {json.dumps(probe)}\n"
        self.stage.commit({"bmad.yaml": told}, "Say how to probe\n\nPolicy: tests")

    def play(self, **plays: Play) -> None:
        """`review1` is what the probe of the first round does, and so on."""
        self.stage.play({f"{name[-1]}/review/probe": play for name, play in plays.items()})

    def probed(self) -> list[dict[str, object]]:
        """What the probes say they ran."""
        events = self.stage.events(self.story)
        return [one for event in events for one in event["content"].get("probed", ())]

    def downs(self) -> int:
        """How often `down` has run."""
        log = self.stage.repo / ".bmad/logs" / self.story / "probe-up-down.log"
        return log.read_text(encoding="utf-8").count("ended") if log.is_file() else 0

    def nothing_is_left(self) -> bool:
        refs = self.stage.git("for-each-ref", "refs/bmad/probe")
        return not refs and not [path for path in self.place.iterdir() if "-STORY-" in path.name]


DOWN = [sys.executable, "-c", "import os; print('ended', os.environ['BMAD_SLOT'], os.environ['BMAD_PORT'])"]


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


def listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A lab whose first story has landed after two rounds; the first probe had to be asked again what it ran."""
    lab = Lab(tmp_path_factory.mktemp("tried"))
    lab.probe(up=SERVE, down=DOWN)
    path = lab.stage.file_of(lab.story)
    wrong = {"severity": "P1", "path": f"{lab.place}/probe-{lab.story}/{path}", "line": 1, "quote": "import os"}
    spoilt = {"tests/test_probe.py": PASSING, "src/NAME.py": "SPOILT = 1\n"}
    settled = [{"finding": finding_id("probe", path, "import os"), "settled": True}]
    looked_into = {"hypothesis": "nothing needs it", "test": "grep", "verdict": "Confirmed", "evidence": "no use"}
    built = {"src/NAME.py": "import os\n", "tests/test_NAME.py": PASSING}
    lab.stage.play(
        {
            "1/dev": {"files": built, "answer": {"summary": "Built it."}},
            "1/review/probe": {"files": spoilt, **found()},
            "1/review/probe/again": {"fetch": ["NAME.py"], "answer": {"findings": [{**wrong, "claim": "It is."}]}},
            "2/fix": {**source("VALUE = 2\n"), "answer": {"summary": "Took it out.", "hypotheses": [looked_into]}},
            "2/review/probe": {"fetch": ["NAME.py"], "answer": {"verdicts": settled}},
        }
    )
    lab.stage.bmad("act", lab.story)
    return lab


def test_a_probe_goes_through_its_environment_from_a_new_angle_each_round(tried: Lab) -> None:
    first, second = tried.probed()
    assert [one["angle"] for one in (first, second)] == ["integration", "boundaries and malformed input"]
    asked = f"GET /{tried.stage.name(tried.story)}.py"
    assert first["tried"] == [{"ran": asked, "result": "200 import os"}]
    assert second["tried"] == [{"ran": asked, "result": "200 VALUE = 2"}]


def test_a_probe_that_ran_nothing_is_asked_again_with_why(tried: Lab) -> None:
    told = tried.stage.told(tried.story, "1/review/probe/again")
    assert "The key `tried` names nothing that was run." in told


def test_a_later_probe_is_told_its_angle_and_what_was_run_before(tried: Lab) -> None:
    told = tried.stage.told(tried.story, "2/review/probe")
    assert "A new angle this round:\nboundaries and malformed input" in told
    assert f'"ran": ["GET /{tried.stage.name(tried.story)}.py"]' in told


def test_what_a_probe_writes_stays_in_its_copy_and_goes_with_it(tried: Lab) -> None:
    assert tried.stage.git("show", f"main:{tried.stage.file_of(tried.story)}") == "VALUE = 2"
    assert "tests/test_probe.py" not in tried.stage.files()
    assert tried.nothing_is_left()


def test_the_environment_has_a_name_and_a_port_and_is_down_afterwards(tried: Lab) -> None:
    log = (tried.stage.repo / ".bmad/logs" / tried.story / "probe-up-down.log").read_text(encoding="utf-8")
    assert log.startswith(f"ended bmad-{tried.story.lower()}-")
    assert not listens(int(log.split()[2]))


def test_the_log_shows_what_was_said_suspected_and_run(tried: Lab) -> None:
    told = tried.stage.bmad("log", tried.story).out
    assert "    says: Built it." in told
    assert "    verdict   | hypothesis       | test | evidence" in told
    assert "    confirmed | nothing needs it | grep | no use" in told
    assert "probe of integration" in told
    assert "    probe, integration: it says it ran 1 thing:" in told


def test_what_a_developer_says_reaches_the_next_one_and_no_reviewer(tried: Lab) -> None:
    assert '["1/dev", "developer", "Built it."]' in tried.stage.told(tried.story, "2/fix")
    assert "Built it." not in tried.stage.told(tried.story, "1/review/probe")


def test_the_record_keeps_the_words_of_those_who_worked_on_it(tried: Lab) -> None:
    suspected = "confirmed: nothing needs it; test: grep; evidence: no use"
    assert [tuple(one.values()) for one in tried.stage.record(tried.story)["log"] if one["by"] != "creator"] == [
        ("1/dev", "developer", "summary", "Built it."),
        ("1/review", "probe", "probe", "integration; ran 1"),
        ("2/fix", "developer", "hypothesis", suspected),
        ("2/fix", "developer", "summary", "Took it out."),
        ("2/review", "probe", "probe", "boundaries and malformed input; ran 1"),
    ]


def test_without_a_journal_the_log_is_told_from_the_record(tried: Lab, tmp_path: Path) -> None:
    there = tmp_path / "repo"
    shutil.copytree(tried.stage.repo, there, ignore=shutil.ignore_patterns(".bmad"))
    told = inside("log", tried.story[:8], cwd=there).out
    assert "from its record, in the words of those who worked on it:" in told
    assert "  2/fix  developer: Took it out." in told
    record = tried.stage.record(tried.story)
    assert f"what stories/records/{tried.story}.json says (landing 1; it bears no signature):" in told
    for one in record["work"]:
        assert f"  {one['step']}  {one['role']} " in told
        assert f", context {one['context'][:12]}" in told
    assert record["findings"]
    for one in record["findings"]:
        assert (
            f"{one['severity']} {one['id']}  {one['path']}:{one['line']}  ({one['lens']}): {one['disposition']}"
            in told
        )
    for one in record["evidence"]:
        assert f"  {one['criterion'].rpartition('/')[2]}: " in told
    assert f"  accepted by {record['accepted']['by']} ({record['accepted']['how']})" in told


def test_an_environment_that_does_not_come_up_stops_the_run_once_with_its_last_words(lab: Lab) -> None:
    broken = [sys.executable, "-c", "import sys; sys.exit('no room for a database')"]
    lab.probe(up=broken, down=DOWN)
    ended = lab.stage.bmad("act", code=4)
    [item] = lab.stage.json("inbox")["items"]
    assert item["story"] == lab.story
    assert "did not come up: it ended with exit code 1." in item["words"]
    assert "no room for a database" in item["words"]
    assert "the run was stopped" in ended.out
    assert lab.downs() == 1
    assert lab.nothing_is_left()
    again = lab.stage.bmad("act", "--dry-run").out
    assert "1 stopped (environment)" in again


def test_a_down_that_fails_is_told_and_tried_again_and_costs_no_review(lab: Lab) -> None:
    flag = lab.stage.repo.parent / "may-end"
    stubborn = "import pathlib, sys; sys.exit(0 if pathlib.Path(sys.argv[1]).exists() else 'it holds on')"
    lab.probe(up=SERVE, down=[sys.executable, "-c", stubborn, str(flag)])
    lab.play(review1={"fetch": ["NAME.py"], "answer": {}})
    ended = lab.stage.bmad("act", lab.story)
    assert lab.stage.ways(lab.story)[-1] == "done"
    assert f"`probe.down` ({sys.executable} -c" in ended.out
    assert "it holds on" in ended.out
    assert not lab.nothing_is_left()
    flag.touch()
    assert "it holds on" not in lab.stage.bmad("act", lab.story).out
    assert lab.nothing_is_left()


def test_a_runner_that_was_killed_leaves_nothing_up_once_the_next_one_has_begun(lab: Lab) -> None:
    lab.probe(up=SERVE, down=DOWN)
    lab.play(review1={"sleep": 60, "answer": {}})
    runner = forking.begin(["act", lab.story], lab.stage.repo)
    note = lab.stage.repo / ".bmad/steps" / lab.story / "probe-up.json"
    asked = lab.stage.repo / ".bmad/logs" / lab.story / "1-review-probe.log"
    deadline = time.monotonic() + 60
    while not asked.is_file() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(runner.pid, signal.SIGKILL)
    runner.wait()
    port = json.loads(note.read_text(encoding="utf-8"))["port"]
    assert listens(port)
    lab.stage.bmad("cancel", lab.story)
    lab.stage.bmad("act", lab.story, "--again", code=2)
    assert lab.downs() == 1
    assert not listens(port)
    assert lab.nothing_is_left()

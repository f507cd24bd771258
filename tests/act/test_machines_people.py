"""People where several machines work on one server: what they say is heard, from whichever clone they say it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from bmad.model.act import Event, State
from tests.act import postgres
from tests.act.agent_world import needs_landlock
from tests.act.machines import PASSWORD, Machines, Worker, until
from tests.program import bmad, git

WITHOUT = """
import sys
sys.modules["procrastinate"] = None
from bmad.cli.boundary import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """One worker, and two stories that a person accepts."""
    one = Machines(tmp_path_factory.mktemp("p"), postgres.server(), ("a", "b"), 1, accept="story")
    for title in ("a", "b"):
        one.crew.prepare(title)
    one.begin()
    try:
        yield one
    finally:
        one.end()


def numbers(worker: Worker) -> list[str]:
    [place] = re.findall(r"numbers: (http://127\.0\.0\.1:\d+/metrics)", worker.told)
    with urlopen(place, timeout=10) as answer:  # noqa: S310 - an address that the worker has printed
        return str(answer.read(), "utf-8").splitlines()


@needs_landlock
def test_what_a_person_accepts_lands_without_another_call(machines: Machines) -> None:
    bmad, ids = machines.crew.ground.bmad, machines.crew.ids
    machines.start("--metrics", "0")
    assert machines.act() == 4
    assert "2 waiting for you (accept)" in machines.told
    code, told = bmad("inbox")
    assert (code, told.count("accept STORY-")) == (0, 2), told
    assert bmad("accept", ids["a"])[0] == 0
    until(lambda: machines.has(ids["a"], Event.LANDED))
    assert machines.landed() == [ids["a"]]
    assert git("log", "--format=%s", "main", cwd=machines.repo).splitlines()[0] == "Map the intent", (
        "a pull brings it"
    )
    for words in (("log", ids["a"]), ("status",)):
        code, told = bmad(*words)
        assert code == 0, told
    assert "landed" in bmad("log", ids["a"])[1]
    [worker] = machines.workers
    seen = set(numbers(worker))
    assert {'bmad_stories{state="done"} 1', 'bmad_stories{state="accept"} 1', "bmad_workers 1"} <= seen
    assert {"bmad_calls_total 4", 'bmad_tokens_total{direction="in"} 3600', "bmad_stories_held 0"} <= seen
    assert worker.end() == 0


@needs_landlock
def test_what_is_about_to_land_is_called_back_where_no_worker_has_it(machines: Machines) -> None:
    """The worker is gone, so nobody lands it; and while one holds it, nobody calls it back beside it."""
    bmad, story = machines.crew.ground.bmad, machines.crew.ids["b"]
    assert bmad("accept", story)[0] == 0
    assert machines.runs()[story].state is State.LAND
    with machines.as_machine("another") as other:
        assert other.take(story) is not None
        code, told = bmad("reject", story, "--why", "not so")
        assert (code, "A worker is at work on" in told, "(another)" in told) == (3, True, True), told
        other.give(story)
    assert bmad("reject", story, "--why", "not so")[0] == 0
    assert machines.runs()[story].state is State.FIX
    assert machines.act() == 4
    assert "no worker is at work" in machines.told
    assert bmad("cancel", story)[0] == 0


def test_what_does_not_work_with_a_server_is_a_sentence(machines: Machines) -> None:
    bmad, story = machines.crew.ground.bmad, machines.crew.ids["a"]
    for words in (("submit", story), ("triage", story), ("review", story)):
        code, told = bmad(*words)
        assert (code, "does not work yet" in told) == (2, True), told
    for option in ("--workers=2", "--record=x"):
        code, told = bmad("act", option)
        assert (code, "--workers and --record are for one machine" in told) == (2, True), told


def test_a_password_in_bmad_yaml_is_refused(machines: Machines, tmp_path: Path) -> None:
    git("clone", "--quiet", str(machines.remote), str(tmp_path / "c"), cwd=tmp_path)
    settings = tmp_path / "c" / "bmad.yaml"
    told = settings.read_text(encoding="utf-8")
    environ = {name: value for name, value in machines.environ.items() if name != "BMAD_SERVER"}
    settings.write_text(
        f"{told}\n".replace("act: {", f'act: {{"server": "postgresql://a:{PASSWORD}@h/d", '), encoding="utf-8"
    )
    for words in (("inbox",), ("worker",)):
        done = bmad(*words, cwd=tmp_path / "c", env=environ)
        assert (done.code, "holds a password, and bmad.yaml is committed" in done.err) == (2, True)
        assert PASSWORD not in done.out + done.err


def test_without_the_extra_it_is_said_how_to_install_it(machines: Machines) -> None:
    for words, code in ((["worker"], 3), (["inbox"], 3), (["validate"], 0)):
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT, *words],
            cwd=machines.repo,
            env=machines.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert ("pip install 'bmad[server]'" in done.stderr) == (code == 3)

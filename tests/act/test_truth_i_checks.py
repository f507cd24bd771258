"""A check that failed shows what it printed and can be run again; hints after each word of a person work."""

import sys
from pathlib import Path

import pytest

from bmad.model.agents import Fault, Ran
from bmad.model.settings import CheckSettings
from bmad.pipeline.act.bench import Stood
from bmad.pipeline.act.step import Case
from bmad.pipeline.act.steps import verify
from tests.act.stage import Stage, begun, claim, found, work
from tests.program import inside

CHECK = "import pathlib, sys; print('\\n'.join(map(str, range(40)))); print('no \\x1b[31mdatabase'); sys.exit({})"


def depends_on(stage: Stage, file: Path) -> None:
    """Commit a check that fails for what lies outside of the change."""
    checked(stage, CHECK.format(f"not pathlib.Path({str(file)!r}).exists()"))


def checked(stage: Stage, program: str) -> None:
    """Commit a check that runs some Python."""
    text = (stage.repo / "bmad.yaml").read_text(encoding="utf-8")
    at, end = text.index("verify:"), text.index("\nact:")
    told = f"{text[:at]}verify: [{{name: service, run: [{sys.executable!r}, -c, {program!r}]}}]{text[end:]}"
    stage.commit({"bmad.yaml": told}, "Ask a service\n\nPolicy: tests")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stage, "run", staticmethod(inside))


def test_i_a_check_that_failed_is_shown_and_run_again(tmp_path: Path) -> None:
    stage = Stage(tmp_path, rounds=1)
    service = tmp_path / "service"
    depends_on(stage, service)
    ended = stage.bmad("act", stage.first, code=4)
    for told in (ended.err, stage.bmad("log", stage.first).out, stage.bmad("inbox").out):
        assert "    | 39\n    | no database\n" in told, "no escape of a terminal is left"
        assert "    | 28\n" not in told
    [item] = stage.json("inbox")["items"]
    assert item["commands"][0] == f"bmad act {stage.first} --again"
    assert item["words"].endswith(". With --again the checks alone are run once more, on the work as it is")
    assert item["failing"][0].startswith("The check `service`")
    stage.bmad(*item["commands"][0].split()[1:], code=4)
    assert "no failed check" in stage.bmad("act", stage.second, "--again", code=2).err
    assert "Say whose checks" in stage.bmad("act", "--again", code=2).err
    service.touch()
    before = stage.tip(f"bmad/{stage.first}")
    stage.bmad("act", stage.first, "--again")
    assert stage.record(stage.first)["head"] == before, "no agent was asked again"
    stage.gate("HEAD~1")


def test_i_what_failed_before_is_not_told_of_a_check_that_cannot_run(tmp_path: Path) -> None:
    stage = Stage(tmp_path, rounds=1)
    depends_on(stage, tmp_path / "service")
    stage.bmad("act", stage.first, code=4)
    text = (stage.repo / "bmad.yaml").read_text(encoding="utf-8")
    stage.commit({"bmad.yaml": text.replace(repr(sys.executable), "no-such-program")}, "Typo\n\nPolicy: tests")
    stage.bmad("act", stage.first, "--again", code=4)
    [item] = stage.json("inbox")["items"]
    assert "no program `no-such-program`" in item["words"]
    assert item["failing"] == []


def test_i_submit_runs_failed_checks_again_where_nothing_is_new(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="story", rounds=2)
    service = tmp_path / "service"
    stage.git("switch", "--quiet", "main")
    depends_on(stage, service)
    stage.git("switch", "--quiet", f"bmad/{stage.first}")
    stage.git("rebase", "--quiet", "main")
    mine = work(stage)
    for _ in range(4):
        assert "with nothing new it runs the checks again" in stage.bmad("submit", code=4).out
    service.touch()
    stage.bmad("submit", code=4)
    assert stage.bmad("accept", stage.first).out.endswith(f"goes on with: bmad submit {stage.first}\n")
    stage.git("switch", "--quiet", "main")
    stage.bmad("submit", stage.first)
    assert mine in stage.git("rev-list", "main").split()


def test_i_a_review_without_a_range_looks_at_what_no_commit_holds(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.commit({"src/old.py": "OLD = 1\n"}, f"Old\n\nStory: {stage.first}")
    (stage.repo / "src/old.py").write_text("OLD = 2\n", encoding="utf-8")
    (stage.repo / stage.file_of(stage.first)).write_text("VALUE = 1\n", encoding="utf-8")
    (stage.repo / "__pycache__").mkdir()
    (stage.repo / "__pycache__/ignored.pyc").touch()
    before = stage.git("status", "--porcelain"), stage.git("for-each-ref"), stage.git("ls-files", "--stage")
    stage.play({"1/review/correctness": found(claim(stage.first, "VALUE = 1"))})
    report = stage.json("review", code=1)
    assert (report["what"], report["findings"][0]["quote"]) == (
        "what your work tree holds and no commit does",
        "VALUE = 1",
    )
    assert stage.git("diff", "--name-only", report["base"], report["head"]).split() == [
        "src/old.py",
        stage.file_of(stage.first),
    ]
    assert (
        stage.git("status", "--porcelain"),
        stage.git("for-each-ref"),
        stage.git("ls-files", "--stage"),
    ) == before


@pytest.mark.parametrize(("exit_code", "fault"), [(-9, None), (137, None), (-9, Fault.TIMEOUT)])
def test_i_a_check_that_was_killed_is_run_once_more_unless_it_took_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exit_code: int, fault: Fault | None
) -> None:
    stage, came = Stage(tmp_path, rounds=1), []
    run = verify._run

    def killed_at_first(case: Case, check: CheckSettings, stood: Stood) -> Ran:
        came.append(run(case, check, stood))
        return came[0]._replace(exit=exit_code, fault=fault) if len(came) == 1 else came[-1]

    monkeypatch.setattr(verify, "_run", killed_at_first)
    stage.bmad("act", stage.first, code=4 if fault else 0)
    assert len(came) == (1 if fault else 2)


def test_i_who_is_told_of_a_check_that_is_killed_each_time_is_told_that(tmp_path: Path) -> None:
    stage = Stage(tmp_path, rounds=1)
    checked(stage, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    ended = stage.bmad("act", stage.first, code=4)
    assert "and so when it was run again: it was killed, as where memory runs out" in ended.err

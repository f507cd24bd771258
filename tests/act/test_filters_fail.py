"""A filter that fails or never ends, and a remote that is gone, stop a run once, with a sentence and a way on."""

from contextlib import suppress
from pathlib import Path

import pytest

from bmad.git.work import stillness
from tests.act.stage import Stage

BUSY = "for one in 1 2 3 4 5 6 7 8; do sleep 0.1; done; cat"
STILL = "sleep 4711; cat"


def stage_with_a_filter(folder: Path, smudge: str) -> Stage:
    stage = Stage(folder)
    stage.commit({".gitattributes": "*.nb filter=odd\n", "src/a.nb": "a\n"}, "Filter notebooks\n\nPolicy: tests")
    for name, command in (("smudge", smudge), ("clean", "cat"), ("required", "true")):
        stage.git("config", f"filter.odd.{name}", command)
    return stage


@pytest.mark.parametrize(
    ("smudge", "words"), [("false", "'false' failed 1"), (STILL, "did nothing for 0.4 seconds")]
)
def test_a_filter_that_fails_or_hangs_stops_the_run_once_and_a_mended_one_lets_it_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smudge: str, words: str
) -> None:
    monkeypatch.setattr(stillness, "LONGEST", 0.4)
    stage = stage_with_a_filter(tmp_path, smudge)
    told = stage.bmad("act", code=4).out
    assert words in told
    assert "1 stopped (environment), 1 not begun" in told, "it is no story's fault, and met once"
    assert words in stage.bmad("inbox").out
    assert not left(), "what it runs ends with it"
    stage.git("config", "filter.odd.smudge", "cat")
    assert "2 of 2 stories done on main" in stage.bmad("act").out


def left() -> list[bytes]:
    """What a filter started and is still there."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.append(path.read_bytes())
    return [one for one in found if one.startswith(b"sleep\x004711")]


def test_what_an_agent_left_is_kept_where_a_filter_cannot_clean_it(tmp_path: Path) -> None:
    stage = stage_with_a_filter(tmp_path, "cat")
    stage.git("config", "filter.odd.clean", "false")
    stage.play({f"{stage.first} 1/create": {"files": {"src/b.nb": "precious\n"}}})
    stage.bmad("act", stage.first, code=4)
    [event] = [one for one in stage.events(stage.first) if one["event"] == "failed"]
    assert event["content"]["fault"] == "environment"
    assert (Path(event["content"]["kept"]) / "src" / "b.nb").read_text(encoding="utf-8") == "precious\n"


def test_a_filter_that_takes_long_and_works_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stillness, "LONGEST", 0.4)
    stage = stage_with_a_filter(tmp_path, BUSY)
    assert "is done on main" in stage.bmad("act", stage.first).out


def test_a_partial_clone_that_cannot_fetch_what_it_lacks_stops_the_run_once(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.commit({"big.txt": "big\n"}, "Be big\n\nPolicy: tests")
    stage.git("config", "uploadpack.allowFilter", "true")
    stage.repo = stage.repo.rename(tmp_path / "whole")
    whole, away = stage.repo, tmp_path / "away"
    stage.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", whole.as_uri(), str(tmp_path / "part"))
    stage.repo = tmp_path / "part"
    stage.git("sparse-checkout", "set", "--no-cone", "/*", "!/big.txt")
    stage.git("checkout", "--quiet", "main")
    whole.rename(away)
    told = stage.bmad("act", code=4).out
    assert "This clone is partial" in told
    assert "1 stopped (environment), 1 not begun" in told
    away.rename(whole)
    assert "2 of 2 stories done on main" in stage.bmad("act").out

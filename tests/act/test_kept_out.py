"""What a change brings in: a secret stays in no history, and a dependency has a licence that the policy allows."""

from pathlib import Path

import pytest

from tests.act.stage import Stage, source
from tests.program import inside

KEY = "AKIA" + "Q3EGRT5SUKXVMP2L"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stage, "run", staticmethod(inside))


def test_a_secret_is_told_by_its_place_alone_and_no_commit_with_it_lands(tmp_path: Path) -> None:
    """Also where a person's attributes keep such files out of what git shows."""
    stage = Stage(tmp_path, rounds=3)
    (stage.repo / ".git/info/attributes").write_text("*.py -diff\n", encoding="utf-8")
    stage.play({"1/dev": source(f"VALUE = 1\nKEY = '{KEY}'\n"), "2/fix": source("VALUE = 1\n")})
    told = stage.bmad("act", stage.first)
    seen = next(one for one in stage.events(stage.first) if one["event"] == "checks-failed")
    assert [one["name"] for one in seen["content"]["checks"] if not one["ok"]] == ["secrets"]
    assert f"{stage.file_of(stage.first)}:2 (AWS Access Key)" in "".join(seen["content"]["words"])
    assert KEY not in told.out + told.err + str(seen)
    assert not stage.git("log", "main", f"-S{KEY}", "--oneline"), "the commit that held it is in no history"


def test_a_person_who_names_the_file_lets_a_sample_stand(tmp_path: Path) -> None:
    stage = Stage(tmp_path, rounds=1)
    stage.play({"1/dev": source(f"VALUE = 1\nKEY = '{KEY}'\n")})
    stage.bmad("act", stage.first, code=4)
    stage.bmad("act", stage.first, "--again", "--why", f"{stage.file_of(stage.first)} holds a sample")
    assert stage.git("log", "main", f"-S{KEY}", "--oneline")


@pytest.mark.parametrize(("licence", "code"), [("Apache-2.0", 4), ("MIT", 0)])
def test_a_new_dependency_has_a_licence_that_the_policy_allows(tmp_path: Path, licence: str, code: int) -> None:
    """Of `pytest`, which whoever runs this has, metadata says MIT; the interpreter of the checks is asked."""
    stage = Stage(tmp_path, rounds=1)
    text = (stage.repo / "bmad.yaml").read_text(encoding="utf-8")
    stage.commit({"bmad.yaml": f"{text}licences: [{licence}]\n", "requirements.txt": ""}, "Ask\n\nPolicy: x")
    stage.territory(stage.first, stage.file_of(stage.first), "requirements.txt")
    files = {"src/NAME.py": "VALUE = 1\n", "requirements.txt": "pytest\n"}
    stage.play({"1/dev": {"files": files, "answer": {}}})
    ended = stage.bmad("act", stage.first, code=code)
    refused = "The licence of `pytest` is MIT, which bmad.yaml (`licences`) does not allow"
    assert (refused in ended.err) is bool(code)


def test_what_is_one_file_with_another_where_case_is_ignored_does_not_land(tmp_path: Path) -> None:
    stage = Stage(tmp_path, rounds=1)
    stage.commit({"src/Old.py": "VALUE = 0\n"}, "Be there\n\nPolicy: tests")
    stage.territory(stage.first, "src/**")
    stage.play({f"{stage.first} 1/dev": {"files": {"src/old.py": "VALUE = 1\n"}, "answer": {}}})
    stage.bmad("act", stage.first, code=4)
    assert (
        "src/old.py is one file with src/Old.py where case or Unicode form is ignored" in stage.bmad("inbox").out
    )
    assert "src/old.py" not in stage.files()
    stage.territory(stage.second, "src/**")
    stage.play({f"{stage.second} 1/dev": {"files": {"src/new.py": "VALUE = 1\n"}, "answer": {}}})
    stage.bmad("act", stage.second)
    assert "src/new.py" in stage.files()

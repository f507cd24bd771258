"""New dependencies: shown to reviewers, told by the report, and held up where the name may be a mistake."""

from pathlib import Path

from tests.act.stage import PASSING, Stage


def staged(folder: Path, *declared: str, imports: str = "", locked: str = "") -> tuple[Stage, str]:
    """A story whose developer declares these, in a project that has `requests`; and the commit before it."""
    stage = Stage(folder, rounds=1)
    stage.commit(
        {"requirements.txt": "requests==2\n", "requirements.lock": "requests==2.1\n"}, "Depend\n\nStory: none"
    )
    stage.territory(stage.first, stage.file_of(stage.first), "requirements.txt", "requirements.lock")
    base = stage.tip()
    files = {
        "src/NAME.py": f"{imports}VALUE = 1\n",
        "requirements.txt": "".join(f"{one}\n" for one in ("requests==2", *declared)),
        "requirements.lock": f"requests==2.1\n{locked}",
        f"tests/test_{stage.name(stage.first)}.py": PASSING,
    }
    stage.play({"1/dev": {"files": files, "answer": {}}})
    return stage, base


def test_a_new_dependency_is_shown_to_reviewers_and_told_by_the_report(tmp_path: Path) -> None:
    optional = "try:\n    import rich\nexcept ImportError:\n    rich = None\n"
    stage, base = staged(
        tmp_path, "httpx>=1", "rich", imports=optional, locked="httpx==1.2\nidna==3\nreqeusts==1\n"
    )
    stage.bmad("act", stage.first)
    told = stage.told(stage.first, "1/review/correctness")
    assert "known-dependencies (passed): by bmad itself; the change declares new dependency `httpx`" in told
    assert "`httpx` in requirements.txt, nothing in the change imports it;" in told
    brought = "adds to requirements.lock what no manifest declares: `reqeusts`"
    assert f"{brought} (one letter from `requests`), `idna`" in told
    assert "declares new dependency" not in stage.told(stage.first, "1/dev")
    assert "known-dependencies" in {one["name"] for one in stage.record(stage.first)["checks"]}
    report = stage.bmad("report", "--base", base).out
    assert "- declares new dependency `httpx` in `requirements.txt`, nothing in the change imports it" in report
    assert "- adds to `requirements.lock` what no manifest declares: `reqeusts`, ⚠ one letter from" in report
    [first, second, *held] = stage.json("report", "--base", base)["dependencies"]
    assert (second["name"], second["imported"]) == ("rich", True)
    assert first == {"path": "requirements.txt", "name": "httpx", "like": "", "imported": False, "held": False}
    assert [(one["name"], one["held"]) for one in held] == [("reqeusts", True), ("idna", True)]
    stage.gate(base)


def test_a_name_one_letter_from_one_that_is_there_waits_for_a_persons_word(tmp_path: Path) -> None:
    stage, base = staged(tmp_path, "reqeusts")
    ended = stage.bmad("act", stage.first, code=4)
    words = "requirements.txt declares `reqeusts`, one letter from `requests`"
    assert words in ended.err + stage.bmad("inbox").out
    stage.bmad("act", stage.first, "--again", "--why", "No: something else.", code=4)
    stage.bmad("act", stage.first, "--again", "--why", "The package reqeusts is meant.")
    assert "⚠ one letter from `requests`" in stage.bmad("report", "--base", base).out


def test_a_known_name_from_another_place_waits_for_a_persons_word(tmp_path: Path) -> None:
    stage, base = staged(tmp_path, "--extra-index-url https://pypi.evil.example/simple")
    ended = stage.bmad("act", stage.first, code=4)
    words = "requirements.txt `--extra-index-url https://pypi.evil.example/simple`"
    assert words in ended.err + stage.bmad("inbox").out
    stage.bmad("act", stage.first, "--again", "--why", "Our own index is meant.", code=4)
    stage.bmad("act", stage.first, "--again", "--why", "https://pypi.evil.example/simple is our own.")
    stage.gate(base)


def test_a_change_that_declares_nothing_says_nothing(tmp_path: Path) -> None:
    stage, base = staged(tmp_path)
    stage.bmad("act", stage.first)
    assert "known-dependencies" not in stage.told(stage.first, "1/review/correctness")
    assert "New dependencies" not in stage.bmad("report", "--base", base).out

"""`bmad show STORY --prompt ROLE` prints to the byte what an agent is given, and starts and writes nothing."""

from pathlib import Path

import pytest

from tests.act.stage import FAILING, Stage


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A story that stops in its first work, since its agent dies."""
    made = Stage(tmp_path_factory.mktemp("show"), {"1/dev": {"exit": 1}}, accept="auto")
    (made.repo / "docs").mkdir()
    made.commit(
        {"AGENTS.md": "# Rules\n\nNo prints.\n", "src/other.py": "def alpha():\n    return 1\n"},
        "Rules\n\nPolicy: x",
    )
    return made


def test_what_a_story_would_begin_with_can_be_seen_before(stage: Stage) -> None:
    before = (
        sorted(path.name for path in (stage.repo / ".bmad").glob("*")) if (stage.repo / ".bmad").exists() else []
    )
    told = stage.bmad("show", stage.second, "--prompt", "creator").out
    assert "You prepare the story" in told
    assert "No prints." in told
    assert told == stage.bmad("show", stage.second[:9], "--prompt", "creator").out
    after = (
        sorted(path.name for path in (stage.repo / ".bmad").glob("*")) if (stage.repo / ".bmad").exists() else []
    )
    assert after == before


def test_it_is_what_the_agent_was_given_in_each_state(stage: Stage) -> None:
    first = stage.first
    created = stage.bmad("show", first, "--prompt", "creator").out
    stage.bmad("act", first, code=4)
    assert created.strip() in stage.told(first, "1/create")
    developer = stage.bmad("show", first, "--prompt", "developer").out
    assert developer.strip() in stage.told(first, "1/dev")
    assert "BMAD_RESULT" in developer
    broken = {f"tests/test_{stage.name(first)}.py": FAILING}
    stage.play({"1/dev.2": {"files": broken, "answer": {}}, "2/fix": {"exit": 1}})
    stage.bmad("act", first, code=4)
    fixer = stage.json("show", first, "--prompt", "fixer")["text"]
    assert fixer.strip() in stage.told(first, "2/fix")
    assert "Failed checks" in fixer
    assert "|+" in fixer
    stage.play({"2/review/correctness": {"exit": 1}})
    stage.bmad("act", first, code=4)
    reviewer = stage.bmad("show", first, "--prompt", "reviewer", "--lens", "correctness").out
    assert reviewer.strip() in stage.told(first, "2/review/correctness")
    assert "tests (passed)" in reviewer


def test_json_tells_the_sizes_by_part_and_the_hash(stage: Stage) -> None:
    report = stage.json("show", stage.second, "--prompt", "creator")
    assert report["bytes"] == len(report["text"].encode())
    assert sum(one["bytes"] for one in report["parts"]) <= report["budget"] == 20_000
    assert {"story", "checks", "conventions"} <= {one["name"] for one in report["parts"]}
    assert len(report["pack"]) == 64
    assert "AGENTS.md" in report["files"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("--prompt", "boss"), "no role"),
        (("--prompt", "reviewer"), "has no change yet"),
        (("--prompt", "triager"), "No finding"),
        (("--lens", "tests"), "--lens is of a reviewer's prompt"),
    ],
)
def test_what_nobody_would_be_given_is_refused_in_a_sentence(
    stage: Stage, asked: tuple[str, ...], words: str
) -> None:
    assert words in stage.bmad("show", stage.second, *asked, code=2).err


def test_a_record_says_what_reviewers_were_shown_and_lists_no_files_of_prompts(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    stage.commit({f"docs/page{number}.md": "# Page\n" for number in range(50)}, "Pages\n\nPolicy: x")
    stage.bmad("act", stage.first)
    record = stage.record(stage.first)
    assert not any(one["files"] for one in record["work"])
    assert all(stage.file_of(stage.first) in one["paths"] for one in record["shown"])
    assert not any("docs/" in path for one in record["shown"] for path in one["paths"])

"""A territory that a person stated: an agent narrows or fills it in by itself; what goes beyond waits."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.steps.stated_territory import stated
from bmad.store.formats import TextFormats
from bmad.wiring import open_app
from tests.act.stage import Play, Stage
from tests.act.test_splitting import one_of


def stage_with(folder: Path, *globs: str, **act: object) -> Stage:
    """Whose first story has the territory that a person committed."""
    stage = Stage(folder, None, **act)
    rewrite(stage, *globs)
    return stage


def rewrite(stage: Stage, *globs: str) -> None:
    stage.commit({stage.path(stage.first): prepared(stage, *globs)}, "Say where it may work")


def prepared(stage: Stage, *globs: str) -> str:
    """The first story's document with a territory: these, and its own file and test."""
    text = (stage.repo / stage.path(stage.first)).read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if not line.startswith("- Territory:")]
    own = (*globs, stage.file_of(stage.first), f"tests/test_{stage.name(stage.first)}.py")
    lines.insert(lines.index("## Story") - 1, f"- Territory: {', '.join(f'`{one}`' for one in own)}")
    return "\n".join(lines)


def writes(stage: Stage, *globs: str) -> Play:
    """A preparation that gives the first story this territory."""
    return {"files": {stage.path(stage.first): prepared(stage, *globs)}, "answer": {"summary": "Prepared."}}


def again(stage: Stage) -> None:
    """Have the first story prepared anew: its intent says something else now."""
    text = stage.intent
    stage.commit({"intent.md": text.replace("return `a`", f"return `a` at {len(text)}")}, "Say it otherwise")
    stage.bmad("map", "intent.md")
    stage.bmad("confirm", stage.first, "--why", "It is the same.")
    stage.git("commit", "--quiet", "--all", "-m", "Map it again")


def held(stage: Stage, ref: str = "main") -> str:
    text = stage.git("show", f"{ref}:{stage.path(stage.first)}")
    return next(line for line in text.splitlines() if line.startswith("- Territory:"))


def test_what_goes_beyond_a_persons_words_waits_and_lands_once_they_agree(tmp_path: Path) -> None:
    stage = stage_with(tmp_path, "src/a/**")
    before = stage.tip()
    stage.play({f"{stage.first} 1/create": writes(stage, "src/a/**", "lib/**")})
    ended = stage.bmad("act", stage.first, code=4)
    assert stage.tip() == before, "nothing of it stands anywhere"
    assert stage.ways(stage.first) == ["create", "plan"]
    assert "asks for lib/**" in ended.err
    told = stage.bmad("inbox").out
    assert "its preparation asks for lib/** beyond that" in told
    shown = next(line for line in told.splitlines() if "git diff" in line).strip().removeprefix("$ git ")
    assert "lib/**" in stage.git(*shown.split())
    assert stage.bmad("act", code=4) is not None, "a plain run leaves it waiting"
    assert stage.ways(stage.first)[-1] == "plan"
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first)
    assert "`lib/**`" in held(stage)
    assert stage.ways(stage.first)[2:4] == ["create", "dev"]
    assert [one["step"] for one in stage.record(stage.first)["work"]][:1] == ["1/create"]
    assert stage.record(stage.first)["log"][0]["words"] == "Prepared."
    stage.gate(before)


def test_a_person_sends_it_back_with_a_reason_and_nothing_wider_has_landed(tmp_path: Path) -> None:
    stage = stage_with(tmp_path)
    stage.play(
        {
            f"{stage.first} 1/create": writes(stage, "**/*.py"),
            f"{stage.first} 1/create.2": writes(stage),
        }
    )
    stage.bmad("act", stage.first, code=4)
    stage.bmad("reject", stage.first, "--why", "Only its own file.")
    stage.bmad("act", stage.first)
    assert "Only its own file." in stage.told(stage.first, "1/create.2")
    assert "**/*.py" not in held(stage)


def test_what_was_edited_since_is_prepared_anew(tmp_path: Path) -> None:
    stage = stage_with(tmp_path)
    stage.play({f"{stage.first} 1/create": writes(stage, "lib/**")})
    stage.bmad("act", stage.first, code=4)
    stage.bmad("accept", stage.first)
    rewrite(stage, "src/b/**")
    stage.bmad("act", stage.first)
    assert "lib/**" not in held(stage)
    assert "src/b/**" in held(stage)


def test_narrowing_filling_in_and_an_agents_own_words_wait_for_nobody(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.play({f"{stage.first} 1/create": writes(stage, "src/a/**"), "1/dev": {"exit": 1}})
    stage.bmad("act", stage.first, code=4)
    assert "src/a/**" in held(stage), "nobody had stated any"
    again(stage)
    stage.play({f"{stage.first} 2/create": writes(stage, "lib/**"), "2/dev": {"exit": 1}})
    stage.bmad("act", stage.first, code=4)
    assert "lib/**" in held(stage), "an agent had written it"
    rewrite(stage, "src/a/**", "src/b/**")
    again(stage)
    stage.play({f"{stage.first} 3/create": writes(stage, "src/a/x.py"), "3/dev": {"exit": 1}})
    stage.bmad("act", stage.first, code=4)
    assert "src/a/x.py" in held(stage), "it is narrower"
    again(stage)
    stage.play({f"{stage.first} 4/create": writes(stage, "src/b/**"), "4/dev": {"exit": 1}})
    stage.bmad("act", stage.first, code=4)
    assert "src/b/**" in held(stage), "it is within what a person stated before it was narrowed"
    again(stage)
    stage.play({f"{stage.first} 5/create": writes(stage, "lib/**")})
    stage.bmad("act", stage.first, code=4)
    assert stage.ways(stage.first)[-1] == "plan", "narrowing first and widening then is widening"


def test_a_part_of_a_split_is_held_to_what_was_stated_of_the_whole(tmp_path: Path) -> None:
    stage = stage_with(tmp_path, "src/a/**")
    narrow = {"title": "Return b", "criteria": ["AC-2"], "territory": ["src/a/b.py"]}
    stage.play({f"{stage.first} 1/create": {"answer": {"split": [narrow]}}, "1/dev": {"exit": 1}})
    stage.bmad("act", stage.first, code=4)
    made = one_of(stage)
    with open_app(stage.repo).history().read() as objects:
        grounds = Grounds(objects, TextFormats())
        assert [ref.text for ref in grounds.at(stage.tip()).story(made).territory] == ["src/a/b.py"]  # type: ignore[union-attr]
        wanted = ("src/a/**", stage.file_of(stage.first), f"tests/test_{stage.name(stage.first)}.py")
        assert stated(grounds, stage.tip(), made) == stated(grounds, stage.tip(), stage.first) == wanted


def test_the_way_goes_on_where_the_runner_died_after_the_landing(tmp_path: Path) -> None:
    stage = stage_with(tmp_path)
    before = stage.tip()
    stage.play({f"{stage.first} 1/create": writes(stage, "lib/**"), "1/dev": {"exit": 1}})
    stage.bmad("act", stage.first, code=4)
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first, code=4)
    with closing(sqlite3.connect(stage.repo / ".bmad/journal.db")) as journal, journal:
        journal.execute("DROP TRIGGER events_remain")
        journal.execute("DELETE FROM events WHERE seq > 3")
    stage.play({})
    stage.bmad("act", stage.first)
    assert (
        stage.git("log", "--format=%s", f"{before}..main").splitlines().count(f"Prepare {stage.first}: First") == 1
    )

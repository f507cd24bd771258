"""The program from outside: start-up, bad input, exit codes, JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bmad.store.schemas import TYPES, export, shipped
from tests.program import bmad, git
from tests.specs import SMALL, adopt_small, write

HEAVY = ("anthropic", "openai", "httpx2")
LOADED = (
    "import sys; from bmad.cli.boundary import run; run(sys.argv[1:]); "
    "print(*sorted(sys.modules), file=sys.stderr)"
)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A git repository with the small specification, committed."""
    adopt_small(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["validate", "--json"],
        ["gate", "--since", "root", "--json"],
        ["trace", "HEAD"],
        ["trace", "specs/prd.md:1"],
        ["blame", "specs/prd.md", "--json"],
        ["status"],
        ["map", "--help"],
    ],
    ids=" ".join,
)
def test_no_heavy_module_is_loaded(repo: Path, arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], cwd=repo, capture_output=True, check=True, text=True
    )
    loaded = set(done.stderr.split("\n")[-2].split(" "))
    assert "bmad.cli.boundary" in loaded
    assert not [name for name in loaded if name.split(".")[0] in HEAVY]
    if arguments == ["--help"]:
        assert loaded.isdisjoint({"pydantic", "yaml", "rich"})
    if arguments[0] in ("validate", "gate", "trace", "blame"):
        assert loaded.isdisjoint({"pydantic", "bmad.model.record", "bmad.model.reports", "bmad.model.act"})
    if arguments[0] == "validate":
        assert "importlib.metadata" not in loaded
        assert loaded.isdisjoint({"bmad.model.sorting", "bmad.model.renumbering"})
    if arguments[0] == "map":
        assert loaded.isdisjoint({"bmad.model.reports", "bmad.model.agents", "bmad.model.record"})


def test_what_is_installed_beside_bmad_has_no_say_in_what_it_reads(repo: Path, tmp_path_factory: Any) -> None:
    """A package may name a plugin of pydantic's, which would be run and shown all that is read."""
    beside = tmp_path_factory.mktemp("beside")
    write(
        beside,
        {
            "plugged-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: plugged\nVersion: 1\n",
            "plugged-1.dist-info/entry_points.txt": "[pydantic]\nplugged = plugged:plugin\n",
            "plugged.py": f"open({str(beside / 'ran')!r}, 'w').close()\nplugin = None\n",
        },
    )
    paths = os.pathsep.join([str(beside), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-c", LOADED, "status"],
        cwd=repo,
        env={**os.environ, "PYTHONPATH": paths},
        check=True,
        capture_output=True,
    )
    assert b"pydantic" in done.stderr.split()
    assert not (beside / "ran").exists()


@pytest.mark.parametrize("name", TYPES)
def test_schemas_are_in_step_with_the_types(name: str) -> None:
    assert shipped(name) == export(name), "run: make schemas"
    told = json.loads(export(name)).get("properties", {}).get("schema", {}).get("const")
    assert told in {None, f"bmad.{name}/1"}, "a document says by which name its schema is asked for"


def test_every_command_has_help_and_the_group_lists_it(tmp_path: Path) -> None:
    listed = bmad("--help", cwd=tmp_path).out
    for name in ("init", "map", "validate", "gate", "trace", "report", "start", "hooks", "demo", "new", "confirm"):
        assert f"\n  {name} " in listed
        assert "Usage: bmad" in bmad(name, "--help", cwd=tmp_path).out


@pytest.mark.parametrize(
    ("arguments", "schema"),
    [
        (["validate", "--json"], "validate"),
        (["graph", "--json"], "graph"),
        (["map", "intent.md", "--dry-run", "--json"], "map"),
        (["gate", "--since", "root", "--json"], "gate"),
        (["trace", "HEAD", "--json"], "trace"),
        (["trace", "STORY-find01", "--json"], "trace"),
        (["trace", "intent.md:3", "--json"], "trace"),
        (["status", "--json"], "status"),
        (["show", "FR-find01", "--json"], "show"),
        (["impact", "INT-req001", "--lines", "--json"], "impact"),
        (["impact", "--since", "HEAD", "--json"], "impact"),
        (["report", "--base", "HEAD", "--json"], "report"),
        (["fmt", "--check", "--json"], "fmt"),
        (["confirm", "STORY-find01", "--why", "x", "--json"], "confirm"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_json_is_one_document_that_fits_its_schema(repo: Path, arguments: list[str], schema: str) -> None:
    ended = bmad(*arguments, cwd=repo)
    document = json.loads(ended.out)
    assert document["schema"].startswith("bmad.")
    jsonschema.validate(document, json.loads(shipped(schema)))


def test_the_graph_has_the_keys_that_others_rely_on(repo: Path) -> None:
    graph = json.loads(bmad("graph", "--format", "json", cwd=repo).out)
    statement = next(node for node in graph["nodes"] if node["id"] == "INT-req001")
    assert statement["quote"] == "Notes are found by tag."
    assert (statement["class"], statement["heading"], statement["lines"]) == (
        "requirement",
        "Notes > Requirements",
        [9, 9],
    )
    assert {"source": "FR-find01", "target": "INT-req001", "kind": "traces", "suspect": False} in graph["links"]
    assert bmad("graph", cwd=repo).out == bmad("graph", cwd=repo).out


BAD = {
    "missing": (None, "does not exist"),
    "empty": (b"", "is empty"),
    "blank": (b" \n\t\n", "is empty"),
    "binary": (bytes(range(256)), "NUL"),
    "nul": (b"# A\n\n- b\0c\n", "NUL"),
    "latin-1": ("- Die Übung\n".encode("latin-1"), "not UTF-8 (line 1"),
    "utf-16": ("# A\n\n- b\n".encode("utf-16"), "N"),
    "fifty MB": (b"- x shall y\n" * 4_400_000, "MiB"),
    "says nothing": (b"# Title\n", "holds no goal"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_intent_is_a_sentence_and_writes_nothing(tmp_path: Path, name: str) -> None:
    content, words = BAD[name]
    if content is not None:
        (tmp_path / "intent.md").write_bytes(content)
    before = sorted(tmp_path.rglob("*"))
    ended = bmad("map", "intent.md", cwd=tmp_path)
    assert ended.code == 2, ended
    assert words in ended.err
    assert ended.out == ""
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_and_a_file_outside_are_no_intent(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    git("init", "--quiet", cwd=tmp_path / "inside")
    (tmp_path / "outside.md").write_text("# X\n\n- It shall work.\n", encoding="utf-8")
    assert "lies outside" in bmad("map", "../outside.md", cwd=tmp_path / "inside").err
    folder = bmad("map", ".", cwd=tmp_path)
    assert (folder.code, "name a file" in folder.err or "lies outside" in folder.err) == (2, True)
    assert bmad("map", "x.md", "--repo", str(tmp_path / "nowhere"), cwd=tmp_path).code == 2


@pytest.mark.parametrize(
    "path", ["specs/prd.md", "specs/trace.lock", "bmad.yaml", "stories/STORY-store1-store-a-note.md"]
)
@pytest.mark.parametrize("content", [b"\0", b"\xff\xfe\xfa", b"- Epic: [\n", b"x: &a [*a]\n"])
def test_a_broken_file_is_said_and_nothing_is_written(small: Path, path: str, content: bytes) -> None:
    if path == "specs/prd.md" and content.isascii() and content != b"\0":
        pytest.skip("a PRD that is all prose breaks no grammar")
    (small / path).write_bytes(content)
    before = {file: file.read_bytes() for file in small.rglob("*") if file.is_file()}
    for arguments, codes in (
        (["validate"], (1, 2)),
        (["map", "intent.md"], (2,)),
        (["status"], (2,)),
        (["confirm", "STORY-find01", "--why", "x"], (2,)),
        (["new", "epic", "More", "--covers", "FR-find01"], (2,)),
        (["fmt"], (2,)),
    ):
        ended = bmad(*arguments, cwd=small)
        assert ended.code in codes, (arguments, ended)
        assert ended.out or ended.err
    assert {file: file.read_bytes() for file in small.rglob("*") if file.is_file()} == before


def test_a_folder_where_a_document_should_be(small: Path) -> None:
    (small / "specs/prd.md").unlink()
    (small / "specs/prd.md").mkdir()
    assert bmad("validate", cwd=small).code == 2


def test_no_specification_and_no_repository(tmp_path: Path) -> None:
    assert (bmad("validate", cwd=tmp_path).code, bmad("status", cwd=tmp_path).code) == (2, 2)
    for arguments in (["gate"], ["trace", "HEAD"], ["report"], ["gate", "--since", "root"], ["hooks", "install"]):
        ended = bmad(*arguments, cwd=tmp_path)
        assert ended.code == 3, (arguments, ended)
        assert "git" in ended.err
    git("init", "--quiet", cwd=tmp_path)
    for arguments in (["gate"], ["gate", "--since", "root"], ["trace", "HEAD"]):
        ended = bmad(*arguments, cwd=tmp_path)
        assert (ended.code, "no commit yet" in ended.err + ended.out) == (3, True), (arguments, ended)


def test_wrong_usage(repo: Path) -> None:
    for arguments in (
        ["nonsense"],
        ["map", "intent.md", "--mapper", "oracle"],
        ["show", "STORY-nothere"],
        ["show", "STORY-"],
        ["start", "FR-find01"],
        ["confirm", "STORY-find01"],
        ["confirm", "STORY-find01", "--why", " "],
        ["gate", "--level", "silly", "--since", "root"],
        ["gate", "--base", "nowhere"],
        ["trace", "src/none.py:1"],
        ["trace", "intent.md:999"],
        ["trace", "intent.md:0"],
        ["trace", "nothing-of-that-name"],
        ["schema", "none"],
        ["new", "story", "X", "--implements", "INT-req001", "--epic", "EPIC-notes1", "--criterion", "y"],
    ):
        ended = bmad(*arguments, cwd=repo)
        assert ended.code == 2, (arguments, ended)
        assert ended.err
        assert ended.out == ""


def test_a_detached_head_and_a_dirty_tree_are_no_hindrance(repo: Path) -> None:
    git("checkout", "--quiet", "--detach", cwd=repo)
    (repo / "intent.md").write_text(SMALL["intent.md"] + "\nDirty.\n", encoding="utf-8")
    for arguments in (
        ["validate"],
        ["status"],
        ["gate", "--since", "root"],
        ["trace", "HEAD"],
        ["start", "STORY-store1"],
    ):
        ended = bmad(*arguments, cwd=repo)
        assert ended.code == 0, (arguments, ended)
    assert git("branch", "--show-current", cwd=repo) == "bmad/STORY-store1"
    assert (repo / "intent.md").read_text(encoding="utf-8").endswith("Dirty.\n")


def test_a_closed_pipe_is_quiet(repo: Path) -> None:
    command = f"{sys.executable} -m bmad graph | head -c 10"
    done = subprocess.run(["sh", "-c", command], cwd=repo, capture_output=True, check=False)
    assert done.stderr == b""


def test_the_read_only_folder_is_said(small: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    (small / "stories").chmod(0o500)
    ended = bmad("new", "epic", "More", "--covers", "FR-find01", cwd=small)
    assert ended.code == 2


def test_new_items_join_the_graph(small: Path) -> None:
    made = bmad("new", "requirement", "Delete a note", "--traces", "INT-req002", cwd=small)
    requirement = made.out.split()[0]
    assert bmad("validate", cwd=small).code == 1, "no story implements it yet"
    story = bmad(
        "new", "story", "Delete a note", "--implements", requirement, "--epic", "EPIC-n",
        "--depends-on", "STORY-st",
        "--criterion", "Given 1 note, when it is deleted, then 0 files are left.", "--territory", "src/delete.py",
        cwd=small,
    ).out.split()[0]  # fmt: skip
    ended = bmad("validate", "--strict", cwd=small)
    assert ended.code == 0, ended
    assert requirement in (small / "specs/epics/EPIC-notes1-notes.md").read_text(encoding="utf-8")
    assert story in bmad("status", cwd=small).out
    again = bmad(
        "new",
        "story",
        "Delete a note",
        "--implements",
        requirement,
        "--epic",
        "EPIC-n",
        "--criterion",
        "x 1",
        cwd=small,
    )
    assert again.out.split()[0] != story


@pytest.mark.parametrize("kind", ["bug", "refactor"])
def test_a_new_story_may_be_of_a_kind(small: Path, kind: str) -> None:
    wanted = ("new", "story", "Find all", "--implements", "FR-find01", "--epic", "EPIC-n", "--criterion", "2 of 2")
    ended = bmad(*wanted, "--kind", kind, cwd=small)
    assert ended.code == 0, ended
    text = (small / ended.out.split(" in ")[1].strip()).read_text(encoding="utf-8")
    assert f"\n- Kind: {kind}\n" in text
    assert bmad("validate", cwd=small).code == 0
    other = bmad(*wanted, "--kind", "chore", cwd=small)
    assert other.code == 2
    assert "'chore' is not one of 'refactor', 'bug'" in other.err


def test_confirm_settles_the_chain_and_says_who(small: Path) -> None:
    changed = {
        "intent.md": SMALL["intent.md"].replace("found by tag", "found by tag and date"),
        "specs/intent.md": SMALL["specs/intent.md"].replace(
            "> Notes are found by tag.", "> Notes are found by tag and date."
        ),
    }
    write(small, changed)
    assert "suspect" in bmad("show", "STORY-find01", cwd=small).out
    assert bmad("validate", "--strict", cwd=small).code == 1
    ended = bmad("confirm", "STORY-find", "--why", "dates were meant all along", cwd=small)
    assert ended.code == 0, ended
    assert "FR-find01 -> INT-req001 confirmed" in ended.out
    assert "Ada <ada@example.org>" in (small / "specs/trace.lock").read_text(encoding="utf-8")
    assert bmad("validate", "--strict", cwd=small).code == 0


def test_confirm_needs_somebody(small: Path) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(small), "GIT_CONFIG_NOSYSTEM": "1"}
    write(small, {"specs/prd.md": SMALL["specs/prd.md"].replace("shall find", "shall quickly find")})
    ended = bmad("confirm", "STORY-find01", "--why", "x", cwd=small, env=env)
    assert (ended.code, "user.email" in ended.err) == (2, True)
    assert bmad("confirm", "STORY-find01", "--why", "x", cwd=small, env=env | {"BMAD_ACTOR": "ci"}).code == 0


def test_a_path_that_is_no_utf8_is_shown_by_its_bytes(repo: Path) -> None:
    name = os.fsencode(repo) + b"/src/\xff\x1b[31m.py"
    Path(os.fsdecode(name)).parent.mkdir()
    Path(os.fsdecode(name)).write_text("x = 1\n", encoding="utf-8")
    git("add", ".", cwd=repo)
    git("commit", "--quiet", "-m", "Odd\n\nStory: STORY-store1", cwd=repo)
    for arguments in (["trace", "HEAD"], ["trace", "HEAD", "--json"], ["report", "--base", "HEAD~1"],
                      ["report", "--base", "HEAD~1", "--json"], ["gate", "--base", "HEAD~1"]):  # fmt: skip
        ended = bmad(*arguments, cwd=repo)
        assert ended.code in (0, 1), (arguments, ended)
        assert "\x1b" not in ended.out
        assert "377" in ended.out, arguments


def test_quiet_and_verbose_are_honoured(repo: Path) -> None:
    story = repo / "stories/STORY-store1-store-a-note.md"
    story.write_text(
        story.read_text(encoding="utf-8").replace("- Territory: `src/store.py`\n", ""), encoding="utf-8"
    )
    plain, loud, quiet = (
        bmad(*flags, "map", "intent.md", "--dry-run", cwd=repo) for flags in ((), ("-v",), ("-q",))
    )
    assert "warning V18" not in plain.out, "that there are some is said, and what they say is not"
    assert "warning V18" in loud.out
    assert "s of CPU" in loud.err
    assert (plain.err, quiet.err) == ("", "")


def test_a_bare_repository_says_that_it_has_no_work_tree_and_is_written_nothing_into(
    repo: Path, tmp_path_factory: Any
) -> None:
    """Every command that wants files; what asks git alone answers there as in the work tree beside it."""
    alone = tmp_path_factory.mktemp("beside") / "bare.git"
    git("clone", "--quiet", "--bare", str(repo), str(alone), cwd=repo)
    before = sorted(one.name for one in alone.iterdir())
    wanting = ("graph", "show FR-find01", "status", "validate", "map", "fmt", "brainstorm", "init --yes")
    for words in (*wanting, "show intent", "impact FR-find01", "confirm FR-find01 --why so"):
        told = bmad(*words.split(), cwd=alone)
        assert (told.code, "work tree" in told.err) == (3, True), words
    assert bmad("graph", cwd=repo / ".git").code == 3
    assert {one.name for one in alone.iterdir()} - {*before, "bmad"} == set()
    for words in ("graph --rev HEAD", "trace FR-find01", "coverage", "blame intent.md"):
        here, there = (bmad(*words.split(), cwd=folder) for folder in (alone, repo))
        assert (here.code, here.out) == (0, there.out), words


def test_a_depth_without_a_node_is_refused(repo: Path) -> None:
    assert "--around" in bmad("graph", "--depth", "1", cwd=repo).err
    around = json.loads(bmad("graph", "--around", "FR-find01", "--depth", "0", cwd=repo).out)
    assert [one["id"] for one in around["nodes"]] == ["FR-find01"]

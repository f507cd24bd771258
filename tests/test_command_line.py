"""The command line as a person meets it: help, misspelt words, options anywhere, errors as JSON, width."""

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer import BadParameter
from typer.main import get_command

from bmad.cli.app import app
from bmad.cli.commands import COMMANDS, GROUPS
from bmad.cli.failing import report, wants_json
from bmad.errors import Exit
from bmad.git.checkout import GitCheckout
from bmad.store.schemas import TYPES, shipped
from tests.act.hints import hints
from tests.program import git, inside
from tests.specs import adopt_small, write

WIDTHS = (40, 80, 220)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    adopt_small(tmp_path)
    return tmp_path


def test_help_lists_each_command_once_in_its_group(tmp_path: Path) -> None:
    told = inside("--help", cwd=tmp_path).out
    assert [line for line in told.splitlines() if line in {f"{one}:" for one in GROUPS}] == [
        f"{x}:" for x in GROUPS
    ]
    assert all(len(re.findall(rf"^  {name} ", told, re.MULTILINE)) == 1 for name in COMMANDS)
    assert len(GROUPS) < 9


@pytest.mark.parametrize("width", WIDTHS)
def test_help_of_every_command_fits_the_terminal(
    width: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for words in ([], *([name] for name in COMMANDS), ["new", "story"], ["hooks", "install"]):
        told = inside(*words, "--help", cwd=tmp_path)
        assert told.code == 0
        assert "[[" not in told.out
        assert not re.search(
            r"\.{4}|^Usage:.*[{}]|^  [A-Z]+ +\[required\]$|^  --\w+\.\.\.", told.out, re.MULTILINE
        ), words
        assert not re.search(r"<(list|str|int|float|path)\b", told.out)
        over = [line for line in told.out.splitlines() if len(line) > width and " " in line.strip()]
        assert not over, (words, over)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("stat",), "`bmad status`"),
        (("tracé",), "`bmad trace`"),
        (("Gate",), "`bmad gate`"),
        (("acept",), "`bmad accept`"),
        (("gate", "--jsn"), "--json"),
        (("gate", "--level", "reviewd"), "'verified'. Did you mean reviewed? See:"),
        (("completion",), "Choose from: bash, zsh, fish. See:"),
        (("coverage", "--fail-under", "x"), "It takes a number. See:"),
        (("serve", "--port", "x"), "It takes a whole number. See:"),
        (("hooks", "instal"), "install"),
        (("init", "--ci", "Gitea"), "'bare'. Gitea and Forgejo read workflows of GitHub's form: `--ci github`"),
        (("init", "--ci", "gitlb"), "'bare'. Did you mean gitlab? See:"),
        (("new",), "bmad new story, bmad new requirement, bmad new epic"),
        (("mpa",), "Did you mean `bmad map`?"),
        (("help", "atc"), "Did you mean `bmad act`?"),
    ],
    ids=" ".join,
)
def test_what_is_misspelt_is_told_with_what_may_be_meant(
    words: tuple[str, ...], meant: str, tmp_path: Path
) -> None:
    ended = inside(*words, cwd=tmp_path)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert meant in ended.err
    see = ended.err.rpartition("See: bmad ")[2].split()
    assert inside(*see, cwd=tmp_path).code == 0


def test_what_resembles_nothing_is_told_without_a_guess(tmp_path: Path) -> None:
    assert inside("xyzzy", cwd=tmp_path).err == "bmad: `xyzzy` is no command. See: bmad --help\n"
    assert "`gte`. Did you mean gate? There are: act, " in inside("schema", "gte", cwd=tmp_path).err
    for name in ("xyzzy", "nope"):
        assert f"`{name}`. There are: act, " in inside("schema", name, cwd=tmp_path).err


def test_the_schemas_are_listed_where_none_is_named(tmp_path: Path) -> None:
    assert inside("schema", cwd=tmp_path).out.split() == sorted(TYPES)


def test_bare_it_is_the_board_in_a_project_and_help_elsewhere(repo: Path) -> None:
    ended = inside(cwd=repo)
    assert (ended.code, ended.out) == (0, inside("status", cwd=repo).out)
    assert "bmad --help" in ended.err
    assert inside("-q", cwd=repo).err == ""
    (repo / "bmad.yaml").unlink()
    assert inside(cwd=repo) == (0, inside("--help", cwd=repo).out, "")
    assert inside("help", "trace", cwd=repo) == inside("trace", "--help", cwd=repo)


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_quiet_verbose_and_debug_stand_anywhere(repo: Path, place: int) -> None:
    def line(option: str) -> list[str]:
        words = ["map", "intent.md", "--dry-run"]
        return [*words[:place], option, *words[place:]]

    assert "s of CPU" in inside(*line("-v"), cwd=repo).err
    assert "s of CPU" not in inside(*line("--quiet"), cwd=repo).err
    words = ["show", "x", "--json"]
    assert "Traceback" in inside(*words[:place], "--debug", *words[place:], cwd=repo).err
    assert "Traceback" not in inside(*words, cwd=repo).err


def test_the_value_of_an_option_is_never_taken_for_one_of_these(repo: Path) -> None:
    ended = inside("confirm", "STORY-find01", "--why", "-q", cwd=repo)
    assert (ended.code, "confirmed" in ended.out or "nothing was suspect" in ended.out) == (0, True)


def test_no_command_has_an_option_of_those_names() -> None:
    group = get_command(app)
    context = group.make_context("bmad", ["schema", "gate"])
    for name in COMMANDS:
        command = group.get_command(context, name)  # type: ignore[attr-defined]
        for one in (command, *getattr(command, "commands", {}).values()):
            spelt = [option for param in one.params if not param.hidden for option in param.opts]
            assert not {"-q", "-v", "--quiet", "--verbose", "--debug"} & set(spelt), name


MAY_BE_EMPTY = {"--why", "--text", "command", "words"}
"""Words of a person; and what is passed on: git's words to a hook, and those of another program."""


def test_an_empty_value_is_none_that_was_left_out() -> None:
    """As `--since "$BEFORE"` is where CI sets no such variable: what is done then is not what was asked for."""
    group: Any = get_command(app)
    known = [group.get_command(None, name) for name in COMMANDS]
    below = [one for command in known for one in getattr(command, "commands", {}).values()]
    taken = set()
    for param in (param for command in (*known, *below) for param in command.params):
        if param.type_descriptor.annotation is bool:
            continue
        empty = [""] if param.multiple or param.nargs == -1 else ""
        try:
            param.process_value(None, empty)
        except BadParameter as error:
            assert "It is empty" in str(error)  # noqa: PT017 - most of them raise
        else:
            taken.add(param.opts[0])
    assert taken == MAY_BE_EMPTY


@pytest.mark.parametrize(
    "words", [("-C", "", "status"), ("impact", "--since", ""), ("new", "epic", ""), ("hooks", "install", "-C", "")]
)
def test_an_empty_value_is_wrong_usage(repo: Path, words: tuple[str, ...]) -> None:
    ended = inside(*words, cwd=repo)
    assert (ended.code, ended.out) == (Exit.USAGE, "")
    assert "It is empty; is a variable not set? See: bmad" in ended.err


ERRORS = (
    ("trace", "nowhere"),
    ("gate", "--base", "nowhere"),
    ("act", "nowhere"),
    ("log", "nowhere", "--follow"),
    ("show", "STORY-nothere"),
    ("status", "--what"),
    ("graph", "--depth", "1"),
    ("gate", "--level", "silly"),
    ("nonsense",),
)


@pytest.mark.parametrize("words", ERRORS, ids=" ".join)
def test_an_error_is_one_document_with_its_code_and_the_words_of_stderr(
    repo: Path, words: tuple[str, ...]
) -> None:
    ended = inside(*words, "--json", cwd=repo)
    told = json.loads(ended.out)
    jsonschema.validate(told, json.loads(shipped("error")))
    assert (told["schema"], told["exit"]) == ("bmad.error/1", ended.code)
    assert ended.out.count("\n") == 1
    said = ended.err.removeprefix("bmad: ").strip()
    assert said.startswith(told["message"])
    assert said.endswith(told["fix"] or told["message"])
    assert inside(*words, cwd=repo).out == ""


def test_a_check_that_finds_something_is_no_error(repo: Path) -> None:
    (repo / "specs/prd.md").write_text("# PRD\n\n## FR-x1: Broken\n", encoding="utf-8")
    ended = inside("validate", "--json", cwd=repo)
    assert (ended.code, json.loads(ended.out)["schema"]) == (1, "bmad.validate/1")


@pytest.mark.parametrize(
    ("words", "message", "fix"),
    [
        (
            "`x` names no branch, tag or commit here. Fetch it, or correct the name.",
            "`x` names no branch, tag or commit here.",
            "Fetch it, or correct the name.",
        ),
        ("f.md lies outside the repository; put it inside.", "f.md lies outside the repository", "put it inside."),
        ("`a. See b.md` is no file.", "`a. See b.md` is no file.", None),
        ("It is gone: bmad map intent.md", "It is gone", "bmad map intent.md"),
        (
            "STORY-1 has landed; there is nothing to cancel.",
            "STORY-1 has landed; there is nothing to cancel.",
            None,
        ),
        ("interrupted", "interrupted", None),
    ],
)
def test_the_words_are_parted_where_they_turn_to_what_is_to_be_done(
    words: str, message: str, fix: str | None
) -> None:
    told = report(words, Exit.USAGE)
    assert (told.message, told.fix) == (message, fix)


def test_json_is_known_however_it_is_asked_for() -> None:
    assert wants_json(["x", "--json"])
    assert wants_json(["x", "--format", "json"])
    assert wants_json(["x", "--format=json"])
    assert not wants_json(["x", "--format", "sarif", "json"])
    assert not wants_json(["try", "S", "--", "--json"])


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (("show", "STORY-fimd01"), "STORY-find01 (Find"),
        (("show", "fnd01"), "STORY-find01 (Find"),
        (("trace", "STORY-stroe1"), "STORY-store1 (Store a note"),
        (("impact", "INT-req01"), "INT-req001 ("),
        (("start", "story-storr1"), "STORY-store1 (Store a note"),
        (("act", "STORY-fimd01"), "STORY-find01 (Find"),
    ],
    ids=" ".join,
)
def test_of_an_id_that_is_misspelt_the_nearest_are_told_with_their_titles(
    repo: Path, words: tuple[str, ...], title: str
) -> None:
    ended = inside(*words, cwd=repo)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "Did you mean " in ended.err
    assert title in ended.err


@pytest.mark.parametrize("command", ["show", "trace", "impact"])
def test_an_id_may_stand_without_its_prefix(repo: Path, command: str) -> None:
    for name, whole in (
        ("req001", "INT-req001"),
        ("notes1", "EPIC-notes1"),
        ("store1/AC-1", "STORY-store1/AC-1"),
    ):
        assert inside(command, name, cwd=repo) == inside(command, whole, cwd=repo)
    both = inside(command, "find01", cwd=repo)
    assert (both.code, "FR-find01, STORY-find01" in both.err) == (2, True)


def test_where_a_story_is_wanted_the_name_without_prefix_means_the_story(repo: Path) -> None:
    assert "STORY-find01" in inside("start", "find01", cwd=repo).out


@pytest.fixture
def inner(repo: Path) -> Path:
    """A folder of a project that holds a file of a name that the root has, too."""
    write(repo, {"lib/deep/a.py": "x = 1\n", "a.py": "y = 2\n", "lib/b.py": "z = 3\n"})
    git("add", ".", cwd=repo)
    git("commit", "--quiet", "-m", "Work\n\nStory: STORY-find01", cwd=repo)
    return repo / "lib/deep"


@pytest.mark.parametrize("command", ["trace", "blame"])
def test_a_file_is_named_from_where_one_stands_or_from_the_top(inner: Path, command: str) -> None:
    root = inner.parent.parent

    def text(path: str, cwd: Path, *more: str) -> str:
        ended = inside(command, path, *more, cwd=cwd)
        assert ended.code == 0, ended
        return ended.out

    assert "x = 1" in text("a.py", inner)
    assert "x = 1" in text("./a.py:1", inner)
    assert "z = 3" in text("../b.py", inner)
    assert "y = 2" in text("../../a.py", inner)
    assert "z = 3" in text("lib/b.py", inner), "and from the top"
    assert "y = 2" in text("a.py", root)
    assert "x = 1" in text(str(inner / "a.py"), root)
    assert "x = 1" in text(f"{inner / 'a.py'}:1-1", root.parent, "--repo", str(root))
    assert "z = 3" in text("lib/b.py", root.parent, "--repo", str(root))
    (inner / "a.py").unlink()
    assert "x = 1" in text("a.py", inner, "--rev", "HEAD"), "as it stood there"


@pytest.mark.parametrize("words", [("trace",), ("blame",), ("coverage",), ("map",)], ids=" ".join)
def test_a_path_outside_is_told_in_a_sentence(inner: Path, words: tuple[str, ...]) -> None:
    for path in ("../../../elsewhere.md", "/etc/passwd", "/etc/passwd:3"):
        ended = inside(*words, path, cwd=inner)
        assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1), ended
        assert "lies outside the repository" in ended.err, ended.err


def test_coverage_is_of_the_folder_where_one_stands(inner: Path) -> None:
    def paths(*words: str, cwd: Path) -> set[str]:
        return {one["path"] for one in json.loads(inside("coverage", *words, "--json", cwd=cwd).out)["files"]}

    assert paths(".", cwd=inner) == {"lib/deep/a.py"}
    assert paths("..", cwd=inner) == {"lib/deep/a.py", "lib/b.py"}
    assert paths("lib", cwd=inner) == {"lib/deep/a.py", "lib/b.py"}
    assert paths("a.py", cwd=inner) == {"lib/deep/a.py"}
    assert "a.py" in paths(cwd=inner)


@pytest.mark.parametrize(
    "words",
    [
        *ERRORS,
        (),
        ("show", "STORY-fimd01"),
        ("log", "stroe1"),
        ("capabilities", "nothing"),
        ("agents", "install"),
        ("doctor", "--no-calls"),
        ("mcp", "--what"),
        ("completion", "tcsh"),
        ("map", "nope.md"),
        ("review", "--approve"),
    ],
    ids=lambda words: " ".join(words) or "bare",
)
def test_each_command_that_is_named_on_the_way_out_is_one_and_takes_what_is_said(
    repo: Path, words: tuple[str, ...]
) -> None:
    ended = inside(*words, cwd=repo)
    fill = {"STORY": "STORY-store1", "FILE:LINE": "intent.md:1", "WHAT": "x"}
    for line in hints(ended.err):
        _, *rest = (fill.get(word, word) for word in line.split())
        told = inside(*rest, cwd=repo)
        misused = ("No such option", "is no command", "Missing", "unexpected extra", "Invalid value")
        assert not any(one in told.err for one in misused), (line, told)


def test_an_intent_that_is_not_there_is_told_as_that(repo: Path) -> None:
    ended = inside("map", "nope.md", cwd=repo)
    assert (ended.code, ended.err) == (2, "bmad: nope.md does not exist. This repository maps intent.md.\n")
    assert inside("map", "--dry-run", cwd=repo) == inside("map", "intent.md", "--dry-run", cwd=repo)


def test_a_choice_that_is_none_is_answered_with_those_that_are(repo: Path) -> None:
    ended = inside("gate", "--format", "txt", cwd=repo)
    assert (ended.code, ended.err[:59]) == (2, "bmad: Invalid value for '--format': 'txt' is not one of 'te")


def test_where_work_lands_is_the_default_branch_whatever_it_is_called(tmp_path: Path) -> None:
    for words in (("init", "-q", "-b", "trunk"), ("commit", "-q", "--allow-empty", "-m", "x"), ("branch", "mine")):
        git(*words, cwd=tmp_path)
    checkout = GitCheckout(tmp_path, os.environ)
    assert checkout.main() == "trunk", "as a branch is called, as for the gate"
    git("branch", "main", cwd=tmp_path)
    assert checkout.main() is None, "two are called so"
    git("branch", "-D", "main", cwd=tmp_path)
    git("update-ref", "refs/remotes/origin/trunk", "HEAD", cwd=tmp_path)
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk", cwd=tmp_path)
    assert checkout.main() == "trunk"
    git("branch", "main", cwd=tmp_path)
    assert checkout.main() == "trunk"
    git("switch", "-q", "mine", cwd=tmp_path)
    git("branch", "-q", "-D", "trunk", cwd=tmp_path)
    assert checkout.main() == "main"


def test_every_command_says_that_it_was_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Typer makes an exit code of an interrupt, without a word."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bmad.cli.validate.open_app", interrupted)
    for asked in (("validate",), ("validate", "--json")):
        ended = inside(*asked, cwd=tmp_path)
        assert (ended.code, ended.err) == (Exit.INTERRUPTED, "bmad: interrupted\n")

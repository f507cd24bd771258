"""The commands that a project's files speak of, and where `bmad init` writes them down."""

from pathlib import Path

import pytest

from bmad.core.harness import BEGIN, Harness, harness, unnamed, with_checks
from bmad.model.settings import Settings
from bmad.pipeline.act.preflight import advice
from bmad.store.formats import TextFormats
from bmad.store.settings import settings_of
from tests.program import bmad, git


def found(files: dict[str, str]) -> Harness:
    return harness(files.get, sorted(files))


@pytest.mark.parametrize(
    ("files", "setup", "checks"),
    [
        ({}, (), {}),
        ({"pyproject.toml": "[project]\nname = 'x'\n"}, (), {}),
        ({"pyproject.toml": "[tool.pytest.ini_options]\n"}, (), {"tests": "pytest -q"}),
        (
            {
                "pyproject.toml": '[dependency-groups]\ndev = ["pytest>=8"]\n[tool.ruff]\n[tool.mypy]\n',
                "uv.lock": "",
            },
            (("uv", "sync"),),
            {"tests": "uv run pytest -q", "lint": "uv run ruff check .", "types": "uv run mypy ."},
        ),
        ({"requirements-dev.txt": "pytest==8\n"}, (), {"tests": "pytest -q"}),
        (
            {"requirements.txt": "# pytest is not used\n", "tests/test_a.py": ""},
            (),
            {"tests": "python3 -m unittest"},
        ),
        ({"tests/a/test_b.py": "import x\n\n\ndef test_it() -> None:\n"}, (), {"tests": "python3 -m pytest -q"}),
        (
            {"uv.lock": "", "pyproject.toml": "", "test_a.py": "import unittest\n"},
            (("uv", "sync"),),
            {"tests": "uv run python -m unittest discover -s ."},
        ),
        ({"web/tests/test_a.py": "import unittest\n"}, (), {}),
        (
            {"package.json": '{"scripts": {"test": "vitest run", "lint": "eslint ."}}', "package-lock.json": "{}"},
            (("npm", "ci"),),
            {"tests": "npm run test", "lint": "npm run lint"},
        ),
        (
            {"package.json": '{"scripts": {"test": "vitest"}}', "pnpm-lock.yaml": ""},
            None,
            {"tests": "pnpm run test"},
        ),
        ({"package.json": '{"scripts": {"test": "echo \\"Error: no test specified\\" && exit 1"}}'}, (), {}),
        ({"package.json": "[" * 100_000}, (), {}),
        ({"package.json": '{"scripts": ["test"]}'}, (), {}),
        ({"Cargo.toml": "", "go.mod": ""}, (), {"tests": "cargo test", "tests-go": "go test ./..."}),
        ({"mvnw": "", "pom.xml": ""}, (), {"tests": "./mvnw -q test"}),
        (
            {"Makefile": "all:\n\ntest: all\n\tgo test\n", "go.mod": "", "pyproject.toml": "[tool.ruff]\n"},
            (),
            {"tests": "make test", "lint": "ruff check ."},
        ),
        ({"Makefile": "test := no target\ntests:\n"}, (), {}),
    ],
)
def test_commands_are_those_that_the_projects_files_speak_of(
    files: dict[str, str], setup: tuple[tuple[str, ...], ...] | None, checks: dict[str, str]
) -> None:
    told = found(files)
    assert setup is None or told.setup == setup
    named = {one.name: " ".join(one.run) for one in told.checks}
    assert named.keys() == checks.keys()
    assert all(named[name].startswith(command) for name, command in checks.items())


RUN = ("uv", "run", "pytest", "-q")


def test_agents_md_gets_one_section_and_keeps_all_else() -> None:
    own = "# Rules\n\nNo prints.\n"
    text = with_checks(own, [("uv", "sync")], [("tests", RUN)])
    assert text.startswith(own)
    assert "- tests: `uv run pytest -q`" in text
    assert "`uv sync`" in text
    assert unnamed(text, [RUN, ("ruff",)]) == [("ruff",)]
    again = with_checks(text + "\nMore.\n", [], [("tests", ("make", "test"))])
    assert again.count(BEGIN) == 1
    assert again.startswith(own)
    assert again.endswith("\n\nMore.\n")
    assert "pytest" not in again
    assert with_checks(text, [("uv", "sync")], [("tests", RUN)]) == text


def test_a_run_without_checks_and_a_first_story_without_their_names_are_told() -> None:
    checked = settings_of(Settings, {"verify": [{"name": "tests", "run": RUN}]})
    assert "no `verify` command" in advice(Settings(), None, first=False)
    assert "No AGENTS.md names the checks" in advice(checked, None, first=True)
    assert "No AGENTS.md names the checks" in advice(checked, "# Rules\n", first=True)
    assert advice(checked, "Run `uv run pytest -q`.", first=True) == ""
    assert advice(checked, None, first=False) == ""


def test_init_writes_what_decides_into_both_files_and_changes_nothing_twice(tmp_path: Path) -> None:
    git("init", "--quiet", cwd=tmp_path)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_a.py").write_text("def test_a():\n    assert True\n")
    (tmp_path / "AGENTS.md").write_text("# Rules\n")
    out = bmad("init", "--yes", cwd=tmp_path).out
    assert "what decides, by `verify` of bmad.yaml: `python3 -m pytest -q` (tests/test_a.py)" in out
    settings = TextFormats().settings((tmp_path / "bmad.yaml").read_text())
    assert [(one.name, one.run) for one in settings.verify] == [("tests", ("python3", "-m", "pytest", "-q"))]
    assert (tmp_path / "AGENTS.md").read_text().startswith("# Rules\n\n<!-- bmad: checks, begin -->\n## Checks\n")
    assert "nothing to write" in bmad("init", "--yes", cwd=tmp_path).out


def test_init_says_what_a_settings_file_that_stays_lacks_and_writes_none_of_it(tmp_path: Path) -> None:
    git("init", "--quiet", cwd=tmp_path)
    (tmp_path / "go.mod").write_text("module x\n")
    (tmp_path / "bmad.yaml").write_text("version: 1\n")
    out = bmad("init", "--yes", cwd=tmp_path).out
    assert 'add it: verify: [{name: tests, run: ["go", "test", "./..."]}]' in out
    assert (tmp_path / "bmad.yaml").read_text() == "version: 1\n"
    assert not (tmp_path / "AGENTS.md").exists()


def test_init_where_nothing_tests_the_project_says_so(tmp_path: Path) -> None:
    git("init", "--quiet", cwd=tmp_path)
    assert "found nothing that tests this project" in bmad("init", "--yes", cwd=tmp_path).out
    assert TextFormats().settings((tmp_path / "bmad.yaml").read_text()).verify == ()
    assert not (tmp_path / "AGENTS.md").exists()


def test_init_leads_to_the_import_of_what_is_planned(tmp_path: Path) -> None:
    for path in ("specs/001-notes/spec.md", "openspec/project.md", "specs/other/spec.md"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("# Notes\n")
    git("init", "--quiet", cwd=tmp_path)
    git("add", ".", cwd=tmp_path)
    told = bmad("init", "--yes", cwd=tmp_path).out
    assert "comes in as it is: bmad import specs --dry-run · bmad import openspec --dry-run\n" in told


def test_init_writes_through_no_link_and_says_what_to_name(tmp_path: Path) -> None:
    git("init", "--quiet", cwd=tmp_path)
    (tmp_path / "go.mod").write_text("module x\n")
    (tmp_path / "CLAUDE.md").write_text("# Rules\n")
    (tmp_path / "AGENTS.md").symlink_to("CLAUDE.md")
    assert "Name there what decides: go test ./..." in bmad("init", "--yes", cwd=tmp_path).out
    assert (tmp_path / "CLAUDE.md").read_text() == "# Rules\n"

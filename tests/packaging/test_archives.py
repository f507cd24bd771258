"""Wheel and source archive: what is in them, that two builds are one, and that the wheel runs by itself."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from bmad import __version__
from tests.packaging import lists
from tests.packaging.dist import Built, differing, git, twice
from tests.packaging.parts import NOT_SHIPPED, parts, project

FREE = {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0"}
LESSER = {"psycopg", "psycopg-binary", "psycopg-pool"}
"""Under the LGPL, and with `bmad[server]` alone."""


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Those of HEAD, built twice."""
    one, other = twice("HEAD", tmp_path_factory.mktemp("builds"))
    assert differing(one, other) == []
    return one


def test_the_wheel_holds_the_program_with_all_that_it_reads(archives: Built) -> None:
    with zipfile.ZipFile(archives.wheel) as opened:
        names = set(opened.namelist())
    info = f"bmad-{__version__}.dist-info"
    assert {name.partition("/")[0] for name in names} <= {"bmad", info, f"bmad-{__version__}.data"}
    for name in (
        "bmad/schemas/bmad.yaml.schema.json",
        "bmad/examples/durations/intent.md",
        "bmad/examples/durations/recording.jsonl",
        "bmad/render/pages/report.html",
        f"{info}/licenses/LICENSE",
        f"{info}/sboms/sbom.cdx.json",
        f"bmad-{__version__}.data/data/share/man/man1/bmad.1",
    ):
        assert name in names
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests/")]


def test_the_wheel_runs_by_itself_in_an_empty_home(archives: Built, tmp_path: Path) -> None:
    """Its files alone, before those of this checkout; `tests.packaging.installs` has it installed."""
    shutil.unpack_archive(archives.wheel, tmp_path / "site", "zip")
    (tmp_path / "home").mkdir()
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), "PYTHONPATH": str(tmp_path / "site")}

    def run(*arguments: str) -> str:
        command = [sys.executable, "-P", "-m", "bmad", *arguments]
        done = subprocess.run(command, cwd=tmp_path / "home", env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done
        return done.stdout

    assert run("--version") == f"bmad {__version__}\n"
    assert json.loads(run("schema", "bmad.yaml"))["title"]
    where = "import bmad; print(bmad.__file__)"
    done = subprocess.run([sys.executable, "-P", "-c", where], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(str(tmp_path / "site"))


def test_the_source_archive_holds_what_builds_tests_and_documents_it(archives: Built) -> None:
    with tarfile.open(archives.source) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    tracked = set(git("ls-tree", "-r", "--name-only", "HEAD").decode().splitlines())
    assert {path for path in tracked - names if not path.startswith(".")} == set(), (
        "only settings of hosts are left"
    )
    assert names - tracked == {"PKG-INFO"}


def test_the_lists_of_parts_are_in_step_with_the_lock() -> None:
    """Written anew by `python -m tests.packaging.lists`."""
    found = parts()
    assert lists.SBOM.read_text(encoding="utf-8") == lists.sbom(found)
    assert lists.PAGE.read_text(encoding="utf-8") == lists.page(found)


def test_each_part_has_a_licence_that_may_be_used_and_its_text() -> None:
    found = parts()
    installed = [one for one in found if one.licence]
    assert {one.name for one in found if not one.licence} <= {"colorama", "httpx2-jsfetch", "pywin32"}
    for one in installed:
        words = set(one.licence.replace(" OR ", " ").replace(" AND ", " ").split())
        assert words <= FREE or (one.name in LESSER and one.wanted_for == ("server",)), one
        assert one.texts, one.name
        assert one.hashes
    extras = project()["optional-dependencies"]
    assert isinstance(extras, dict)
    told = {extra for one in found for extra in one.wanted_for}
    assert told <= set(extras) - set(NOT_SHIPPED)
    assert json.loads(lists.sbom(found))["metadata"]["component"]["version"] == __version__

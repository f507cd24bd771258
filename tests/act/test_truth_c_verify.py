"""Verify in the loop: it sees the commit and what `setup` made, nothing that an agent left or rewrote."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.act import world
from tests.program import bmad, git

COPYING = Path(__file__).with_name("copying.py")

AGENT = """
import json, os, pathlib, runpy, subprocess, sys, time
story, step = os.environ["BMAD_STORY"], os.environ["BMAD_STEP"]
name = story.replace("-", "_").lower()
kind = step.split("/")[1].split(".")[0]
answer = {}
if kind == "create":
    file = next(pathlib.Path("stories").glob(f"{story}-*.md"))
    text = file.read_text()
    at = text.index("\\n\\n## ")
    file.write_text(f"{text[:at]}\\n- Territory: `src/{name}.py`{text[at:]}")
elif kind in ("dev", "fix"):
    pathlib.Path("src").mkdir(exist_ok=True)
    pathlib.Path(f"src/{name}.py").write_text(f"VALUE = {step!r}\\n")
    exec(pathlib.Path(sys.argv[1]).read_text())
else:
    answer = {{"review": "findings", "triage": "stands", "reply": "replies"}[kind]: []}
    if kind == "review":
        answer["read"] = runpy.run_path(sys.argv[2])["copied"](sys.stdin.read())
pathlib.Path(os.environ["BMAD_RESULT"]).write_text(json.dumps(answer))
"""


Stand = Callable[[Path], None]


class Ran:
    """One story, carried as far as it goes."""

    def __init__(
        self,
        folder: Path,
        leaves: str,
        check: str,
        setup: str = "",
        stand: Stand | None = None,
        second: str = "",
        rounds: int = 1,
        **first: object,
    ) -> None:
        """`second` is a check after the first one, of which `first` says more."""
        agent, left = folder / "agent.py", folder / "leaves.py"
        agent.write_text(AGENT)
        left.write_text(leaves)
        command = json.dumps({"command": [sys.executable, "-I", "-S", str(agent), str(left), str(COPYING)]})
        start = [sys.executable, "-I", "-S", "-c"]
        checks: list[dict[str, object]] = [{"name": "check", "run": [*start, check], **first}]
        checks += [{"name": "second", "run": [*start, second]}] if second else []
        told = (
            f"agents: {{creator: {command}, developer: {command}, reviewer: {command}}}\n"
            f"verify: {json.dumps(checks)}\n"
            f"act: {json.dumps({'accept': 'auto', 'lenses': ['correctness'], 'rounds': rounds})}\n"
            "gate: {level: reviewed}\n"
        )
        if setup:
            told += f"setup: {json.dumps([[sys.executable, '-I', '-S', '-c', setup]])}\n"
        self.home = folder / "checkout" / "repo"
        self.home.parent.mkdir()
        shutil.copytree(world._mapped(told), self.home)
        if stand is not None:
            stand(self.home)  # what the person's checkout has
        self.story = next((self.home / "stories").glob("STORY-*.md")).name[:12]
        self.code = bmad("act", self.story, "--json", cwd=self.home).code
        self.events = json.loads(bmad("log", self.story, "--json", cwd=self.home).out)["events"]

    def of(self, kind: str) -> list[Any]:
        return [one["content"] for one in self.events if one["event"] == kind]


LEAVES = 'pathlib.Path("left.log").write_text("x")'


def ignored(home: Path) -> None:
    (home / ".git" / "info" / "exclude").write_text("*.log\nmade\n")


def above(home: Path) -> None:
    ignored(home)
    (home / "x.log").write_text("x")
    (home.parent / "pytest.ini").write_text("[pytest]")


def test_c_what_an_agent_leaves_beside_its_commit_decides_nothing(tmp_path: Path) -> None:
    check = "import os, sys; sys.exit(not os.path.exists('left.log'))"
    ran = Ran(tmp_path, LEAVES, check, stand=ignored)
    assert ran.code == 4
    assert len(ran.of("checks-failed")) == 1


LEAVING = "import pathlib; pathlib.Path('left.log').write_text('x'); pathlib.Path('made').write_text('other')"
FINDING = "import os, sys; sys.exit(not os.path.exists('left.log') or open('made').read() != 'other')"


def test_c_what_a_check_leaves_decides_no_other_check(tmp_path: Path) -> None:
    """The first runs the change's own code: what that leaves, or rewrites of `setup`, would pass the second."""
    ran = Ran(tmp_path, "", LEAVING, setup="open('made', 'w').close()", stand=ignored, second=FINDING)
    assert ran.code == 4
    [failed] = ran.of("checks-failed")
    assert [(one["name"], one["ok"]) for one in failed["checks"]][-2:] == [("check", True), ("second", False)]
    assert "It ran without what the check before it left (left.log, made)" in failed["words"][0]


def test_c_what_a_check_keeps_is_there_for_the_next_one(tmp_path: Path) -> None:
    ran = Ran(tmp_path, "", LEAVING, setup="open('made', 'w').close()", stand=ignored, second=FINDING, keeps=True)
    assert (ran.code, ran.of("checks-failed")) == (0, [])


def test_c_what_setup_made_is_there_and_charged_to_nobody(tmp_path: Path) -> None:
    """Ignored or not, in each round; the record holds the story's own file alone."""
    setup = "open('made', 'w').close(); open('uv.lock', 'w').close()"
    check = "import os, sys; sys.exit(not (os.path.exists('made') and os.path.exists('uv.lock')))"
    ran = Ran(tmp_path, LEAVES, check, setup=setup, stand=ignored)
    assert (ran.code, ran.of("checks-failed")) == (0, [])
    record = json.loads((ran.home / "stories" / "records" / f"{ran.story}.json").read_text())
    assert [one["path"] for one in record["change"]] == [f"src/{ran.story.replace('-', '_').lower()}.py"]


def test_c_what_setup_breaks_no_agent_is_blamed_for(tmp_path: Path) -> None:
    ran = Ran(tmp_path, "", "pass", setup="import os; os.unlink('.git'); os.mkdir('.git')")
    [failed] = ran.of("failed")
    assert failed["fault"] == "environment"
    assert failed["words"].startswith("`setup` broke the worktree, which was mended. The file .git")


def test_b_what_lies_in_the_persons_checkout_decides_nothing(tmp_path: Path) -> None:
    """A check that looks up from where it runs, as pytest, node and tsc do."""
    check = (
        "import pathlib, sys\n"
        "here = pathlib.Path.cwd()\n"
        "sys.exit(any((above / name).exists() for above in here.parents for name in ('pytest.ini', 'x.log')))"
    )
    ran = Ran(tmp_path, "", check, stand=above)
    assert (ran.code, ran.of("checks-failed")) == (0, [])


def test_c_a_check_that_changes_the_commit_has_not_passed(tmp_path: Path) -> None:
    ran = Ran(tmp_path, "", "open('intent.md', 'a').write('more')")
    assert ran.code == 4
    [told] = ran.of("checks-failed")
    assert "passed, but what it saw is not what would land" in json.dumps(told)
    assert "intent.md" in json.dumps(told)
    assert git("status", "--porcelain", cwd=ran.home) == ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux gives orphans to who asks for them")
def test_c_a_survivor_rewrites_nothing_while_checks_run(tmp_path: Path) -> None:
    """It drops group, mark and lock, waits for the checks and rewrites every file of the story that it finds."""
    survivor = (
        "import os, pathlib, sys, time\n"
        "for _ in range(200):\n"
        "    time.sleep(0.05)\n"
        "    for path in [pathlib.Path.cwd() / 'src']:\n"
        "        for file in path.glob('*.py'):\n"
        "            file.write_text('GOOD = 1\\n')\n"
        "    open('alive.log', 'a').write('x')\n"
    )
    leaves = f"""
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    os.closerange(0, 64)
    os.execve(sys.executable, [sys.executable, "-I", "-S", "-c", {survivor!r}], {{}})
while not os.path.exists("alive.log"):
    time.sleep(0.01)
"""
    check = "import glob, sys; sys.exit('GOOD' not in open(glob.glob('src/*.py')[0]).read())"
    ran = Ran(tmp_path, leaves, check, stand=ignored)
    [made] = ran.of("developed")
    [told] = ran.of("checks-failed") or [None]
    text = git("show", f"{made['head']}:src/{ran.story.replace('-', '_').lower()}.py", cwd=ran.home)
    assert ("GOOD" in text) == (told is None)
    assert not alive()


def alive() -> bool:
    """Whether such a survivor is among the processes."""
    found = Path("/proc").glob("[0-9]*/cmdline")
    return any(b"alive.log" in content for content in map(quiet, found))


def quiet(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""

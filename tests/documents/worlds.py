"""Where pages begin that do not begin with nothing: repositories made once, and copied for each page."""

import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from bmad.cli.demo import Stage, set_up
from tests.documents.consoles import ROOT, File, Player, Shown, Step, blocks, steps
from tests.importing.projects import BMAD, RECEIPT, written
from tests.program import Ended, git, inside

_START = ROOT / "docs" / "start.md"


class Worlds:
    """Makes what pages begin with; nothing before a page asks for it, and nothing twice."""

    def __init__(self, folder: Path) -> None:
        self._made = folder
        self._demo: Ended | None = None

    def begin(self, page: str, folder: Path) -> Player:
        """A player at the place where a page begins, such as `docs/gate.md`."""
        player = Player(folder, {"bmad demo": lambda _: self.played(), "bmad demo --dir demo": self.demo})
        begin = BEGINNINGS.get(page)
        if begin is not None:
            player.folder = begin(self, folder)
        player.env["EDITOR"] = str(folder / "editor")
        return player

    def played(self) -> Ended:
        """What the demonstration prints."""
        if self._demo is None:
            self._demo = inside("demo", "--dir", str(self._made / "demo"), cwd=self._made)
        return self._demo

    def demo(self, to: Path) -> Ended:
        ended = self.played()
        shutil.copytree(self._made / "demo", to / "demo")
        return ended

    def copied(self, name: str, make: Callable[[Path], None], to: Path) -> Path:
        made = self._made / name
        if not made.exists():
            make(made)
        shutil.copytree(made, to / name)
        return to / name


def typed() -> dict[str, str]:
    """The files that the ten minutes have a person write."""
    return {step.path: step.text for step in steps(blocks(_START)) if isinstance(step, File)}


def _versions(to: Path) -> None:
    """The example of the ten minutes, when its one story may begin."""
    player = Player(to.parent)
    for step in _until(_START, "bmad start STORY-8wt"):
        assert player.wrong(step, player.do(step)) == []


def _until(page: Path, command: str) -> list[Step]:
    found = list(steps(blocks(page)))
    ends = next(at for at, step in enumerate(found) if isinstance(step, Shown) and step.command == command)
    return found[:ends]


def versions(worlds: Worlds, to: Path) -> Path:
    return worlds.copied("semver", _versions, to)


def built(worlds: Worlds, to: Path) -> Path:
    """The same with its code."""
    there = versions(worlds, to)
    (there / "semver.py").write_text(typed()["semver.py"], encoding="utf-8")
    git("add", "semver.py", cwd=there)
    git("commit", "--quiet", "-m", "Compare versions", "-m", "Story: STORY-8wtpxg", cwd=there)
    return there


def by_hand(_: Worlds, to: Path) -> Path:
    """An empty folder, and an editor in which the person types what the ten minutes show."""
    for path, text in typed().items():
        (to / "typed" / path).parent.mkdir(parents=True, exist_ok=True)
        (to / "typed" / path).write_text(text, encoding="utf-8")
    story = shlex.join(["sed", "-i", "s/^- Implements:.*/&\\n- Territory: `semver.py`/"])
    (to / "editor").write_text(
        f'#!/bin/sh\ncase $1 in stories/*) {story} "$1" ;; *) cp "{to}/typed/$1" "$1" ;; esac\n', encoding="utf-8"
    )
    (to / "editor").chmod(0o755)
    (to / "semver").mkdir()
    return to / "semver"


def demo(worlds: Worlds, to: Path) -> Path:
    worlds.demo(to)
    return to / "demo"


def released(worlds: Worlds, to: Path) -> Path:
    """The demonstration, whose stories came since a release, and a key."""
    there = demo(worlds, to)
    git("tag", "v1.4", "mapped", cwd=there)
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(there / "release_key")]
    subprocess.run(command, check=True)
    return there


def tiny(worlds: Worlds, to: Path) -> Path:
    """The demonstration with the lane for tiny changes that its page shows."""
    there = demo(worlds, to)
    page = ROOT / "docs" / "degrees.md"
    lane = next(one.text for one in blocks(page) if "\n  trivial:" in one.text)
    policy = (there / "bmad.yaml").read_text(encoding="utf-8")
    (there / "bmad.yaml").write_text(policy.replace("\ngate:\n", f"\n{lane}"), encoding="utf-8")
    git("commit", "--quiet", "-am", "Open a lane", "-m", "Policy: for a page", cwd=there)
    return there


def waiting(_: Worlds, to: Path) -> Path:
    """The demonstration before its agents begin; a person accepts, and may try, what they do."""
    there = to / "durations"
    there.mkdir()
    stage = Stage(there)
    set_up(stage)
    text = stage.read("bmad.yaml").replace("accept: auto", "accept: story")
    stage.write("bmad.yaml", f"{text}try: [python3, -m, unittest, -q, tests.test_parse]\n")
    git("commit", "--quiet", "-am", "Accept by hand", "-m", "Policy: for a page", cwd=there)
    return there


def shop(_: Worlds, to: Path) -> Path:
    """A project of the BMAD method; beside it one with a history. Neither has bmad."""
    for name in ("old", "shop"):
        (to / name).mkdir()
        git("init", "--quiet", cwd=to / name)
    for number in range(3):
        (to / "old" / f"part{number}.py").write_text(f"PART = {number}\n", encoding="utf-8")
        git("add", ".", cwd=to / "old")
        git("commit", "--quiet", "-m", f"Add part {number}", cwd=to / "old")
    named = RECEIPT.replace("Task 1: print", "Task 1: print it in `src/receipt.py`")
    paths = dict.fromkeys(("src/receipt.py", "tests/test_receipt.py"), "")
    there = written(to / "shop", BMAD | paths | {next(path for path in BMAD if "1-2-" in path): named})
    git("add", ".", cwd=there)
    git("commit", "--quiet", "-m", "Sell", cwd=there)
    return there


BEGINNINGS: dict[str, Callable[[Worlds, Path], Path]] = {
    "README.md": by_hand,
    "docs/attestation.md": released,
    "docs/backends.md": versions,
    "docs/carrying.md": waiting,
    "docs/ci.md": versions,
    "docs/command-line.md": demo,
    "docs/degrees.md": tiny,
    "docs/evidence.md": built,
    "docs/for-agents.md": versions,
    "docs/gate.md": versions,
    "docs/importing.md": shop,
    "docs/specification.md": versions,
}
"""Of pages that do not begin in an empty folder."""

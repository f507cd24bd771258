"""`python -m tests.upgrade.make COMMIT NAME` has the code of an older commit write a repository, and packs it.

The commit's own files are laid out aside, and its own stage (`tests/act/stage.py` of then) plays there: one story
lands, another waits for a person, with its journal, logs and worktree. All is packed as it was left, but for the
locks, which name the machine.
"""

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

_DRIVER = """
import shutil
import subprocess
import sys
from pathlib import Path

from tests.act import stage as old, world

python, place = sys.executable, Path(sys.argv[1])
sys.executable = "python3"  # what the settings name: no path of one machine


def bmad(*arguments, cwd):
    done = subprocess.run([python, "-P", "-m", "bmad", *arguments], cwd=cwd, capture_output=True, text=True)
    print(arguments, done.returncode, done.stdout, done.stderr)
    return done


world.bmad = bmad
world.START = Path(shutil.copytree(Path(old.__file__).parent, place / "agents")) / "start.py"
old.PLAYER = world.START.with_name("playing_agent.py")  # as it was started before
stage = old.Stage(place, accept="story")
for command in (
    ["act", stage.first],
    ["accept", stage.first],
    ["act", stage.first],
    ["act", stage.second],
    ["inbox"],
):
    bmad(*command, cwd=stage.repo)
"""


def main(commit: str, name: str) -> None:
    with tempfile.TemporaryDirectory(prefix="bmad-old-") as folder:
        old, home = Path(folder, "code"), Path(folder, "home")
        for path in (old, home):
            path.mkdir()
        archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "x", "-C", str(old)], input=archive, check=True)
        place = Path(folder, "place")
        place.mkdir()
        (home / "gitconfig").write_text(
            "[user]\nname = Ada\nemail = ada@example.org\n[init]\ndefaultBranch = main\n"
        )
        env = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(home),
            "PYTHONPATH": str(old),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        }
        command = [sys.executable, "-P", "-c", _DRIVER, str(place)]
        subprocess.run(command, cwd=old, env=env, check=True)
        repo = place / "repo"
        subprocess.run(["git", "gc", "--quiet"], cwd=repo, check=True)
        with tarfile.open(Path(__file__).with_name(f"{name}.tar.xz"), "w:xz") as packed:
            packed.add(repo, "repo", filter=lambda one: None if one.name.endswith(".held") else one)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""`make dist-try`: pip, pipx and uvx install the archives from files, each in an empty home; bmad works there.

It needs the network for what bmad depends on, and `pipx` and `uv` on the PATH: it says which it could not try.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path


class Home:
    """An empty home, outside of any repository, and how programs are started there."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.environ = {"HOME": str(folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        ours = ("PIP_", "UV_", "SSL_")  # where packages come from
        self.environ |= {name: value for name, value in os.environ.items() if name.startswith(ours)}

    def run(self, *command: str | Path, cwd: Path | None = None, code: int = 0) -> str:
        words = [str(word) for word in command]
        done = subprocess.run(
            words, cwd=cwd or self.folder, env=self.environ, capture_output=True, text=True, check=False
        )
        if done.returncode != code:
            raise SystemExit(f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout


def by_pip(home: Home, archive: Path) -> list[str | Path]:
    home.run(sys.executable, "-m", "venv", home.folder / "venv")
    home.run(home.folder / "venv/bin/python", "-m", "pip", "install", "--quiet", archive)
    manual = home.folder / "venv/share/man/man1/bmad.1"
    if not manual.is_file():
        raise SystemExit(f"there is no {manual}")
    return [home.folder / "venv/bin/bmad"]


def by_pipx(home: Home, archive: Path) -> list[str | Path]:
    home.run("pipx", "install", "--python", sys.executable, archive)
    return [home.folder / ".local/bin/bmad"]


def by_uvx(_: Home, archive: Path) -> list[str | Path]:
    return ["uvx", "--python", sys.executable, "--from", archive, "bmad"]


WAYS: dict[str, tuple[str, Callable[[Home, Path], list[str | Path]]]] = {
    "pip": ("", by_pip),
    "pipx": ("pipx", by_pipx),
    "uvx": ("uvx", by_uvx),
}


def works(home: Home, program: list[str | Path]) -> str:
    """Whether what was installed has all that it reads; the version that it says."""
    version = home.run(*program, "--version").strip()
    demo = home.folder / "demo"
    played = home.run(*program, "demo", "--dir", demo)
    if "8 of 8 stories done" not in played:
        raise SystemExit(f"the demonstration ended otherwise:\n{played}")
    gate = json.loads(home.run(*program, "gate", "--base", "mapped", "--level", "reviewed", "--json", cwd=demo))
    json.loads(home.run(*program, "schema", "bmad.yaml"))
    if "opencode" not in home.run(*program, "agents", cwd=demo):
        raise SystemExit("the presets of agents are not there")
    return f"{version}; demo, gate ({gate['level']}), schema and agents"


def main(folder: str) -> int:
    missing = 0
    for archive in sorted(
        path.resolve() for path in Path(folder).glob("bmad-*") if path.suffix in (".whl", ".gz")
    ):
        for name, (needs, install) in WAYS.items():
            if needs and shutil.which(needs) is None:
                missing += 1
                sys.stdout.write(f"not tried: {name} {archive.name}, for there is no {needs}\n")
                continue
            with tempfile.TemporaryDirectory(prefix="bmad-install-") as place:
                home = Home(Path(place) / "home")
                sys.stdout.write(f"{name} {archive.name}: {works(home, install(home, archive))}\n")
                sys.stdout.flush()
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

"""`python -m bench.why REPOSITORY [COMMITS]`: why-questions on a real history, beside git's own blame.

The repository is cloned, and adopted as it stood COMMITS (10,000) before its head. CPU seconds, each measured
once: `bmad coverage` with nothing kept and after one commit more, beside `git blame` of every file (of every
fifth, times five); `bmad trace` of the file that blame takes longest for, and of a line of it; `bmad report` of
one commit.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.__main__ import BMAD, run
from bench.specs import write_spec

_EVERY = 5


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=Ada", "-c", "user.email=a@x", "commit", "-q", "-m", message)


def adopt(source: str, folder: Path, commits: int) -> None:
    """A clone that has adopted bmad so many commits ago, with a small specification."""
    subprocess.run(["git", "clone", "-q", source, str(folder)], check=True)
    since = git(folder, "rev-list", "--topo-order", f"--skip={commits}", "--max-count=1", "HEAD").strip()
    write_spec(folder, 100)
    policy = f"version: 1\ngate: {{level: traced, since: {since or 'root'}}}\n"
    (folder / "bmad.yaml").write_text(policy)
    commit(folder, "Adopt bmad")


def main(source: str, commits: int = 10_000) -> None:
    with tempfile.TemporaryDirectory(prefix="bmad-bench-") as name:
        folder = Path(name) / "work"
        os.environ["XDG_CACHE_HOME"] = str(Path(name) / "cache")
        adopt(source, folder, commits)
        texts = [row for row in git(folder, "grep", "-I", "--name-only", "-e", "").split("\n") if row]
        every = [path for path in texts if not path.startswith(("specs/", "stories/"))]
        blame = ["git", "blame", "--porcelain", "HEAD"]
        blames = {path: run([*blame, "--", path], folder).cpu for path in every[::_EVERY]}
        whole = sum(blames.values()) * _EVERY
        told: list[tuple[str, float, float | None]] = [("git blame of every file", whole, None)]
        told.append(("bmad coverage, nothing kept", run([*BMAD, "coverage"], folder).cpu, whole))
        longest = max(blames, key=lambda path: blames[path])
        with (folder / longest).open("a") as file:
            file.write("\n")
        commit(folder, "One more")
        told.append(("bmad coverage, one commit later", run([*BMAD, "coverage"], folder).cpu, whole))
        told.append((f"bmad trace {longest}", run([*BMAD, "trace", longest], folder).cpu, blames[longest]))
        line = run([*blame, "-L1,1", "--", longest], folder).cpu
        told.append((f"bmad trace {longest}:1", run([*BMAD, "trace", f"{longest}:1"], folder).cpu, line))
        told.append(("bmad report of one commit", run([*BMAD, "report", "--base", "HEAD~1"], folder).cpu, None))
    print("| work | CPU s | git's own | ratio |\n| --- | --- | --- | --- |")
    for what, cpu, floor in told:
        beside = f"{floor:.2f} | {cpu / floor:.2f}" if floor else " | "
        print(f"| {what} | {cpu:.2f} | {beside} |")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]))

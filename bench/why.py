"""`python -m bench.why REPOSITORY [COMMITS]`: why-questions on a real history, beside git's own blame.

The repository is cloned, and adopted as it stood COMMITS (10,000) before its head. CPU seconds, each measured
once: `bmad trace` of the file that blame takes longest for, and of a line of it, with nothing kept, again, and
once coverage ran; `bmad coverage` with nothing kept and after one commit more, beside `git blame` of every file
(of every fifth, times five); `bmad report` of one commit.
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
        longest = max(blames, key=lambda path: blames[path])
        own = {longest: blames[longest]}
        own[f"{longest}:1"] = run([*blame, "-L1,1", "--", longest], folder).cpu
        told: list[tuple[str, float, float | None]] = [("git blame of every file", whole, None)]
        for query, beside in own.items():
            os.environ["XDG_CACHE_HOME"] = str(Path(name) / f"cold-{len(told)}")
            told += [
                (f"bmad trace {query}, {when}", run([*BMAD, "trace", query], folder).cpu, beside)
                for when in ("nothing kept", "again")
            ]
        os.environ["XDG_CACHE_HOME"] = str(Path(name) / "cache")
        told.append(("bmad coverage, nothing kept", run([*BMAD, "coverage"], folder).cpu, whole))
        with (folder / longest).open("a") as file:
            file.write("\n")
        commit(folder, "One more")
        told.append(("bmad coverage, one commit later", run([*BMAD, "coverage"], folder).cpu, whole))
        told += [(f"bmad trace {query}", run([*BMAD, "trace", query], folder).cpu, own[query]) for query in own]
        told.append(("bmad report of one commit", run([*BMAD, "report", "--base", "HEAD~1"], folder).cpu, None))
    print("| work | CPU s | git's own | ratio |\n| --- | --- | --- | --- |")
    for what, cpu, floor in told:
        ratio = f"{floor:.2f} | {cpu / floor:.2f}" if floor else " | "
        print(f"| {what} | {cpu:.2f} | {ratio} |")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]))

"""`python -m bench.why REPOSITORY [COMMITS [FILE...]]`: why-questions on a real history, beside git's own blame.

The repository is cloned, and adopted as it stood COMMITS (10,000) before its head. CPU seconds, each measured
once: `bmad trace` of the file that blame takes longest for, and of a line of it, with nothing kept, again, and
once coverage ran; `bmad coverage` with nothing kept and after one commit more, beside `git blame` of every file
(of every fifth, times five); `bmad report` of one commit. With files named it is `bmad trace` of these alone, with
nothing kept, and of the first line of each.
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


BLAME = ("git", "blame", "--porcelain", "HEAD")
Told = list[tuple[str, float, float | None]]
"""What was measured, its CPU seconds, and git's own."""


def cold(folder: Path, path: str, times: tuple[str, ...] = ("nothing kept", "again")) -> Told:
    """A trace of a file and of its first line, beside git's blame of the same."""
    told: Told = []
    for query, part in ((path, ()), (f"{path}:1", ("-L1,1",))):
        beside = run([*BLAME, *part, "--", path], folder).cpu
        with tempfile.TemporaryDirectory(prefix="bmad-bench-") as cache:
            os.environ["XDG_CACHE_HOME"] = cache
            told += [
                (f"bmad trace {query}, {when}", run([*BMAD, "trace", query], folder).cpu, beside) for when in times
            ]
    return told


def table(told: Told) -> str:
    rows = ["| work | CPU s | git's own | ratio |", "| --- | --- | --- | --- |"]
    for what, cpu, floor in told:
        rows.append(f"| {what} | {cpu:.2f} | {f'{floor:.2f} | {cpu / floor:.2f}' if floor else ' | '} |")
    return "\n".join(rows)


def main(source: str, commits: str = "10000", *files: str) -> None:
    with tempfile.TemporaryDirectory(prefix="bmad-bench-") as name:
        folder = Path(name) / "work"
        adopt(source, folder, int(commits))
        if files:
            print(table([row for one in files for row in cold(folder, one, ("nothing kept",))]))
            return
        texts = [row for row in git(folder, "grep", "-I", "--name-only", "-e", "").split("\n") if row]
        every = [path for path in texts if not path.startswith(("specs/", "stories/"))]
        blames = {path: run([*BLAME, "--", path], folder).cpu for path in every[::_EVERY]}
        whole = sum(blames.values()) * _EVERY
        longest = max(blames, key=lambda path: blames[path])
        told: Told = [("git blame of every file", whole, None), *(traced := cold(folder, longest))]
        own = {longest: traced[0][2], f"{longest}:1": traced[-1][2]}
        os.environ["XDG_CACHE_HOME"] = str(Path(name) / "cache")
        told.append(("bmad coverage, nothing kept", run([*BMAD, "coverage"], folder).cpu, whole))
        with (folder / longest).open("a") as file:
            file.write("\n")
        commit(folder, "One more")
        told.append(("bmad coverage, one commit later", run([*BMAD, "coverage"], folder).cpu, whole))
        told += [(f"bmad trace {query}", run([*BMAD, "trace", query], folder).cpu, own[query]) for query in own]
        told.append(("bmad report of one commit", run([*BMAD, "report", "--base", "HEAD~1"], folder).cpu, None))
    print(table(told))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Generated histories: honest commits on mapped stories, and merges."""

import subprocess
from pathlib import Path

from bench.specs import write_spec

STORIES = 30


def _git(root: Path, *arguments: str, stdin: bytes = b"") -> str:
    done = subprocess.run(["git", *arguments], cwd=root, input=stdin, capture_output=True, check=True)
    return done.stdout.decode().strip()


def write_history(root: Path, commits: int, merges: int = 20) -> str:
    """A repository at root whose branch `main` has about `commits` commits after the base; the base's id.

    Every so many steps there is a merge, of two commits.
    """
    root.mkdir(parents=True)
    _git(root, "init", "--quiet", "--initial-branch", "main")
    write_spec(root, STORIES * 8)
    _git(root, "add", ".")
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@bmad.invalid")
    _git(root, *identity, "commit", "--quiet", "-m", "Adopt and map")
    base = _git(root, "rev-parse", "HEAD")
    _git(root, "fast-import", "--quiet", stdin=_stream(base, commits, merges))
    return base


def _stream(base: str, commits: int, merges: int) -> bytes:
    parts: list[str] = []
    previous, mark = base, 0

    def commit(branch: str, message: str, parents: list[str], changes: str) -> str:
        nonlocal mark
        mark += 1
        text = message.encode()
        body = (
            f"commit {branch}\nmark :{mark}\ncommitter bench <bench@bmad.invalid> {1_700_000_000 + mark} +0000\n"
        )
        body += f"data {len(text)}\n{message}\nfrom {parents[0]}\n"
        body += "".join(f"merge {parent}\n" for parent in parents[1:])
        parts.append(f"{body}{changes}\n")
        return f":{mark}"

    number = 0
    while mark < commits:
        number += 1
        story = number % STORIES
        message = f"Work {number}\n\nSome words on why.\n\nStory: STORY-s{story:05d}\n"
        change = _change(story, number)
        if number % merges == 0:
            side = commit("refs/heads/side", message, [previous], change)
            other = (story + 1) % STORIES
            own = f"Work beside {number}\n\nStory: STORY-s{other:05d}\n"
            previous = commit("refs/heads/main", own, [previous], _change(other, number))
            previous = commit("refs/heads/main", "Merge side\n", [previous, side], change)
        else:
            previous = commit("refs/heads/main", message, [previous], change)
    return "".join(parts).encode()


def _change(story: int, number: int) -> str:
    text = f"answer = {number}\n" * 20
    return f"M 100644 inline src/q{story}/f{number % 50}.py\ndata {len(text)}\n{text}\n"

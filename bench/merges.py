"""`python -m bench.merges [REPOSITORY [STEPS]]`: the gate on a history of many merges, beside git's own work.

Without a repository one is made, a quarter of whose commits are merges. A real one is cloned, each of its messages
gets a `Story:` trailer and names others by what they became, and it is adopted as it stood STEPS (600) first
parents before its head; the range is all that came since, as one request. git's own work is a log of the range and
the computing of its merges. CPU seconds, medians of three in alternation, each beside the bar: git's and 0.3 s.
"""

import hashlib
import io
import re
import statistics
import struct
import subprocess
import sys
import tempfile
import zlib
from functools import partial
from pathlib import Path

from bench.__main__ import BMAD, run
from bench.history import write_history
from bench.specs import write_spec
from bench.why import commit, git

_ID = re.compile(rb"\b[0-9a-f]{40}\b")
_SIGNATURE = re.compile(rb"\n(?:gpgsig|mergetag) [^\n]*(?:\n [^\n]*)*")
_BRANCH = "refs/heads/claimed"
_sha1 = partial(hashlib.sha1, usedforsecurity=False)
_STORY = b"\n\nStory: STORY-s00000\n"
_GATE = (
    "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:], capture_output=True).returncode not in (0, 1))"
)
_STDIN = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[2:], stdin=open(sys.argv[1], 'rb')).returncode)"
_ROUNDS = 3


def claimed(source: str, folder: Path) -> None:
    """A clone, on a branch whose commits name a story each, and one another where they did."""
    subprocess.run(["git", "clone", "-q", "--no-local", "-n", source, str(folder)], check=True)
    names = git(folder, "rev-list", "--topo-order", "--reverse", "--all").split()
    asked = "".join(f"{name}\n" for name in names).encode()
    read = ["git", "-C", str(folder), "cat-file", "--batch"]
    told = io.BytesIO(subprocess.run(read, input=asked, capture_output=True, check=True).stdout)
    texts = {name.encode(): told.read(int(told.readline().split()[2]) + 1)[:-1] for name in names}
    became: dict[bytes, bytes] = {}
    pack = [b"PACK" + struct.pack(">II", 2, len(names))]
    queue = [name.encode() for name in reversed(names)]
    while queue:
        first = [name for name in _ID.findall(texts[queue[-1]]) if name in texts and name not in became]
        if queue[-1] in became:
            queue.pop()
            continue
        if first:
            queue += first
            continue
        head, _, message = texts[queue[-1]].partition(b"\n\n")
        text = _SIGNATURE.sub(b"", head) + b"\n\n" + message.rstrip() + _STORY
        commit = _ID.sub(lambda found: became.get(found[0], found[0]), text)
        became[queue.pop()] = _sha1(b"commit %d\0" % len(commit) + commit).hexdigest().encode()
        pack += [_entry(len(commit)), zlib.compress(commit, 1)]
    whole = b"".join(pack)
    write = ["git", "-C", str(folder), "index-pack", "--stdin"]
    subprocess.run(write, input=whole + _sha1(whole).digest(), capture_output=True, check=True)
    git(folder, "update-ref", _BRANCH, became[git(folder, "rev-parse", "HEAD").strip().encode()].decode())


def _entry(size: int) -> bytes:
    """What stands in a pack before a commit of that many bytes."""
    rest, last = size >> 4, 1 << 4 | size & 15
    found = []
    while rest:
        found.append(last | 128)
        rest, last = rest >> 7, rest & 127
    return bytes([*found, last])


def adopt(folder: Path, steps: int) -> str:
    """Adopt bmad so many first parents before the head, and bring the adoption there; the adopting commit."""
    start = git(folder, "rev-list", "--first-parent", f"--skip={steps}", "--max-count=1", _BRANCH).strip()
    git(folder, "checkout", "-q", "-f", "-b", "adopted", start)
    write_spec(folder, 100)
    (folder / "bmad.yaml").write_text(f"version: 1\ngate: {{level: traced, since: {start}}}\n")
    commit(folder, "Adopt bmad")
    git(folder, "checkout", "-q", "-B", "main", _BRANCH)
    git(folder, "-c", "user.name=Ada", "-c", "user.email=a@x", "merge", "-q", "-m", "Adopt", "adopted")
    return git(folder, "rev-parse", "adopted").strip()


def main(source: str | None = None, steps: int = 600) -> None:
    with tempfile.TemporaryDirectory(prefix="bmad-bench-") as name:
        folder = Path(name) / "work"
        if source is None:
            base = write_history(folder, 2_000, merges=2)
        else:
            claimed(source, folder)
            base = adopt(folder, steps)
        commits = git(folder, "rev-list", "--count", f"{base}..main").strip()
        merges = git(folder, "rev-list", "--parents", "--min-parents=2", "--max-parents=2", f"{base}..main")
        pairs = Path(name) / "pairs"
        pairs.write_text("".join(f"{row.split()[1]} {row.split()[2]}\n" for row in merges.splitlines()))
        own = [sys.executable, "-c", _GATE, *BMAD, "gate", "--base", base, "--head", "main"]
        log = ["git", "log", "--format=raw", "--raw", "-m", "-z", "--no-renames", f"{base}..main"]
        tree = ["git", "-c", "core.commitGraph=false", "merge-tree", "--write-tree", "--stdin", "-z"]
        joined = [sys.executable, "-I", "-S", "-c", _STDIN, str(pairs), *tree]
        rows = []
        for number in range(_ROUNDS):
            fresh = Path(name) / f"fresh-{number}"
            subprocess.run(["git", "clone", "-q", "--bare", "--shared", str(folder), str(fresh)], check=True)
            rows.append([run(own, folder).cpu, run(log, folder).cpu, run(joined, fresh).cpu])
    cpu, logged, merged = (statistics.median(column) for column in zip(*rows, strict=True))
    bar = logged + merged + 0.3
    print("| commits | merges | bmad gate | git log | merge-tree | bar |\n|" + " --- |" * 6)
    over = "" if cpu <= bar else " (over)"
    print(
        f"| {commits} | {len(merges.splitlines())} | {cpu:.2f} | {logged:.2f} | {merged:.2f} | {bar:.2f}{over} |"
    )


if __name__ == "__main__":
    main(next(iter(sys.argv[1:]), None), *map(int, sys.argv[2:3]))

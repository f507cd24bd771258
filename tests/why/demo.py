"""The demonstration's work through every form of merge: what `bmad trace` says of each line, beside the truth.

    python -m tests.why.demo          # plays `bmad demo` in a temporary folder, and prints a table

The truth is git's own blame of the work as it landed, with the trailer of each commit: nothing of bmad's.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from bmad.git.read.history import open_history
from bmad.pipeline.trace.blame import BlameRequest, blame
from bmad.store.formats import TextFormats

Truth = Mapping[str, list[tuple[str, frozenset[str]]]]
"""By path its lines: the text, and the stories that each may be of."""


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=True)
    return done.stdout.decode("utf-8", "surrogateescape")


def truth_of(root: Path, rev: str) -> dict[str, list[tuple[str, frozenset[str]]]]:
    found = {}
    for path in git(root, "ls-tree", "-r", "--name-only", rev, "--", "src", "tests").split():
        rows = git(root, "blame", "--porcelain", rev, "--", path).split("\n")
        commits = [row.split(" ")[0] for row in rows if re.fullmatch(r"[0-9a-f]{40} \d+ \d+( \d+)?", row)]
        texts = [row[1:] for row in rows if row.startswith("\t")]
        found[path] = [(text, frozenset({_story(root, name)})) for text, name in zip(texts, commits, strict=True)]
    return found


def _story(root: Path, commit: str) -> str:
    return git(root, "log", "-1", "--format=%(trailers:key=Story,valueonly)", commit).strip()


def squashed(root: Path, truth: Truth) -> Truth:
    git(root, "checkout", "-q", "-B", "case", "mapped")
    git(root, "merge", "-q", "--squash", "main")
    git(root, "commit", "-q", "-m", "All of it")
    return truth


def merged(root: Path, truth: Truth) -> Truth:
    git(root, "checkout", "-q", "-B", "case", "main")
    return truth


def _elsewhere(root: Path) -> None:
    git(root, "checkout", "-q", "-B", "case", "mapped")
    (root / "NEWS.md").write_text("News\n")
    git(root, "add", "NEWS.md")
    git(root, "commit", "-q", "-m", "By the way")


def rebased(root: Path, truth: Truth) -> Truth:
    _elsewhere(root)
    git(root, "branch", "-f", "onto", "case")
    git(root, "checkout", "-q", "-B", "case", "main")
    git(root, "rebase", "-q", "--onto", "onto", "mapped")
    return truth


def picked(root: Path, truth: Truth) -> Truth:
    """Landing by landing, onto a release branch."""
    _elsewhere(root)
    for commit in git(root, "rev-list", "--first-parent", "--reverse", "mapped..main").split():
        many = git(root, "rev-list", "--parents", "-1", commit).split()[2:]
        git(root, "cherry-pick", *(["-m", "1"] if many else []), commit)
    return truth


def backported(root: Path, truth: Truth) -> Truth:
    """The squash whose trailers are gone, onto a release branch."""
    squashed(root, truth)
    squash = git(root, "rev-parse", "case").strip()
    _elsewhere(root)
    git(root, "cherry-pick", squash)
    git(root, "commit", "-q", "--amend", "-m", "Backport")
    return truth


def reformatted(root: Path, truth: Truth) -> Truth:
    """The squash, with every file laid out anew by a commit that the list of formatters names."""
    squashed(root, truth)
    made: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for path, lines in truth.items():
        made[path] = [(row, owners) for text, owners in lines for row in _laid_out(text)]
        (root / path).write_text("".join(f"{row}\n" for row, _ in made[path]))
    git(root, "commit", "-qam", "Format")
    (root / ".git-blame-ignore-revs").write_text(git(root, "rev-parse", "HEAD"))
    git(root, "add", ".git-blame-ignore-revs")
    git(root, "commit", "-q", "-m", "List the formatter", "-m", "Policy: layout")
    return made


def _laid_out(text: str) -> Iterator[str]:
    """Eight blanks where there were four, other quotes, and calls over several lines."""
    indent = len(text) - len(text.lstrip(" "))
    row = " " * indent + text
    head, bracket, rest = row.partition("(")
    if bracket and len(row) > 50 and rest.endswith("):") and rest.count("(") == rest.count(")") - 1:
        yield f"{head}("
        yield f"{' ' * (2 * indent + 8)}{rest[:-2]},"
        yield f"{' ' * 2 * indent}):"
    else:
        yield row


def half_reverted(root: Path, truth: Truth) -> Truth:
    """What a landing did to one file is taken back; the message says so of the whole."""
    for commit in git(root, "rev-list", "--first-parent", "--merges", "mapped..main").split():
        git(root, "checkout", "-q", "-f", "-B", "case", "main")
        try:
            git(root, "revert", "-n", "-m", "1", commit)
        except subprocess.CalledProcessError:
            git(root, "revert", "--abort")
            continue
        changed = git(root, "diff", "--cached", "--name-only", "--diff-filter=M", "--", "src").split()
        if not changed:
            git(root, "revert", "--abort")
            continue
        message = (root / ".git/MERGE_MSG").read_text()
        kept = (root / changed[0]).read_text()
        git(root, "reset", "-q", "--hard")
        (root / changed[0]).write_text(kept)
        git(root, "commit", "-qam", message)
        before = truth_of(root, f"{commit}^1")
        owners: dict[str, frozenset[str]] = {}
        for text, own in (*truth[changed[0]], *before[changed[0]]):
            owners[text] = owners.get(text, frozenset()) | own
        return {**truth, changed[0]: [(text, owners[text]) for text in kept.splitlines()]}
    raise AssertionError("no landing can be taken back")


CASES: Mapping[str, Callable[[Path, Truth], Truth]] = {
    "squashed, trailers gone": squashed,
    "rebased": rebased,
    "merged": merged,
    "picked to a release branch": picked,
    "that squash picked there": backported,
    "reformatted": reformatted,
    "half reverted": half_reverted,
}


def table(demo: Path, folder: Path) -> Iterator[tuple[str, ...]]:
    yield "case", "lines", "right", "one of", "untold", "wrong", "exact", "by trailer", "by record"
    for name, make in CASES.items():
        root = folder / "work"
        subprocess.run(["rm", "-rf", str(root)], check=True)
        git(demo, "clone", "-q", "--no-local", str(demo), str(root))
        git(root, "config", "user.name", "Ada")
        git(root, "config", "user.email", "a@x")
        truth = make(root, truth_of(root, "main"))
        alone = folder / "alone"
        subprocess.run(["rm", "-rf", str(alone)], check=True)
        git(root, "clone", "-q", "--no-local", "--single-branch", "-b", "case", str(root), str(alone))
        yield name, *map(str, _counted(alone, truth))


def _counted(root: Path, truth: Truth) -> tuple[int, ...]:
    """In a clone that holds nothing but the branch."""
    every = right = several = untold = wrong = 0
    how: dict[str | None, int] = {}
    for path, rows in truth.items():
        found = blame(open_history(root, os.environ), TextFormats(), BlameRequest(path, "case")).lines
        for line, (text, owners) in zip(found, rows, strict=True):
            assert line.text == text
            every += 1
            right += line.story in owners
            several += line.story is None and bool(owners.intersection(line.stories))
            untold += not line.stories
            wrong += bool(line.stories) and not owners.intersection(line.stories)
            how[line.sure] = how.get(line.sure, 0) + 1
    return every, right, several, untold, wrong, how.get("exact", 0), how.get("trailer", 0), how.get("record", 0)


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        demo = folder / "demo"
        subprocess.run(
            [sys.executable, "-P", "-m", "bmad", "demo", "--dir", str(demo)], check=True, capture_output=True
        )
        rows = list(table(demo, folder))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        sys.stdout.write(
            "  ".join(f"{cell:<{wide}}" for cell, wide in zip(row, widths, strict=True)).rstrip() + "\n"
        )
    return int(any(row[5] != "0" for row in rows[1:]))


if __name__ == "__main__":
    sys.exit(main())

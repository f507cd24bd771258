"""`python -m tests.gate.hostile [NAME...]`: hostile ranges at their full size, each gated by a process of its own.

Prints CPU seconds, MiB and exit of each, and ends with 1 where one takes over 60 seconds or 1 GiB, or crashes.
`tests.gate.fuzz` puts several together. The default tests run some of the shapes at a small size (`--share` here).
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.gate.measured import Done, measured
from tests.gate.repo import FIND, FIND_AT, MINTED, MINTED_AT, Repo, story
from tests.specs import SMALL

MIB = 1 << 20
PRD = SMALL["specs/prd.md"]
HEAD = "tree {tree}\nparent {parent}\nauthor A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n"

TERRITORY = "- Territory: `src/find.py`, `tests/find/**`"

Shape = Callable[[Repo, float], None]


def raw(repo: Repo, rest: bytes) -> None:
    """A commit of the base's tree on `work`, its header's end and message as given."""
    tree, parent = repo.tip("work^{tree}"), repo.tip("work")
    repo.raw("work", HEAD.format(tree=tree, parent=parent).encode() + rest)


def times(share: float, full: int) -> int:
    return max(2, int(full * share))


def messages(repo: Repo, share: float) -> None:
    """Just below the bound of one commit, and of all."""
    for at in range(times(share, 12)):
        raw(repo, b"\nx %d\n\n" % at + b"a" * times(share, 4 * MIB - 300))


def lines(repo: Repo, share: float) -> None:
    for at in range(times(share, 47)):
        raw(repo, b"\nx %d\n\n" % at + b"a\n\n" * times(share, MIB // 3 - 9))


def signatures(repo: Repo, share: float) -> None:
    for at in range(times(share, 12)):
        raw(repo, b"gpgsig %d\n" % at + b" a\n" * times(share, 13 * MIB // 10) + b"\nx\n")


def headers(repo: Repo, share: float) -> None:
    for at in range(times(share, 1500)):
        raw(repo, b"a b\n" * 990 + b"\nx %d\n" % at)


def commits(repo: Repo, share: float) -> None:
    row = "commit refs/heads/work\ncommitter A <a@x> {} +0000\ndata 1\nx\n"
    rows = [row.format(at) for at in range(times(share, 100_000))]
    rows[0] += f"from {repo.tip('work')}\n"
    repo.git("fast-import", "--quiet", "--force", stdin="\n".join(rows).encode())


def bomb(repo: Repo, leaf: str, depth: int, last: int = 100) -> None:
    tree = repo.git("mktree", stdin=leaf.encode())
    for at in range(depth):
        rows = "".join(
            f"040000 tree {tree}\td{one}\n" for one in range(100, 200 if at < depth - 1 else 100 + last)
        )
        tree = repo.git("mktree", stdin=rows.encode())
    whole = repo.git("mktree", stdin=(repo.git("ls-tree", "work") + f"\n040000 tree {tree}\tz\n").encode())
    head = repo.git("commit-tree", whole, "-p", "work", stdin=story(FIND).encode())
    repo.git("update-ref", "refs/heads/work", head)


def paths(repo: Repo, share: float) -> None:
    blob = repo.git("hash-object", "-w", "--stdin", stdin=b"x\n")
    bomb(repo, "".join(f"100644 blob {blob}\tf{at}\n" for at in range(100, 200)), 2, times(share, 500))


def folders(repo: Repo, share: float) -> None:
    bomb(repo, "", 5 if share >= 1 else 1)


def deep(repo: Repo, share: float) -> None:
    tree = repo.git("mktree", stdin=b"")
    blob = repo.git("hash-object", "-w", "--stdin", stdin=b"x\n")
    tree = repo.git("mktree", stdin=f"100644 blob {blob}\tf\n".encode())
    for _ in range(times(share, 3000)):
        tree = repo.git("mktree", stdin=f"040000 tree {tree}\t{'d' * 100}\n".encode())
    whole = repo.git("mktree", stdin=(repo.git("ls-tree", "work") + f"\n040000 tree {tree}\tz\n").encode())
    head = repo.git("commit-tree", whole, "-p", "work", stdin=story(FIND).encode())
    repo.git("update-ref", "refs/heads/work", head)


def requirements(repo: Repo, share: float) -> None:
    """Documents just below the bound of one, again and again."""
    for at in range(times(share, 12)):
        many = "".join(f"\n### FR-x{at}-{one}: x\n\n- Traces: INT-req001\n" for one in range(times(share, 45_000)))
        repo.commit("work", f"Spec {at}\n", {"specs/prd.md": PRD + many})


def prd(repo: Repo, share: float) -> None:
    repo.commit("work", "Spec\n", {"specs/prd.md": PRD + "\n### FR-x: x\n" * times(share, 15 * MIB // 13)})


def references(repo: Repo, share: float) -> None:
    """Each requirement names many statements that are not there."""
    ids = ", ".join(f"INT-n{at}" for at in range(times(share, 4900)))
    many = "".join(f"\n### FR-x{at}: x\n\n- Traces: {ids}\n" for at in range(times(share, 90)))
    repo.commit("work", "Spec\n", {"specs/prd.md": PRD + many})


def quotes(repo: Repo, share: float) -> None:
    """Sentences that do not stand in a long intent."""
    one = "\n### INT-q{0}: x\n\n- Class: goal\n\n> no such sentence {0}\n"
    register = SMALL["specs/intent.md"] + "".join(one.format(at) for at in range(times(share, 40_000)))
    text = SMALL["intent.md"] + "no such sentenc\n" * times(share, 3 * MIB // 16)
    repo.commit("work", "Spec\n", {"specs/intent.md": register, "intent.md": text})


def globs(repo: Repo, share: float) -> None:
    text = SMALL[FIND_AT]
    assert TERRITORY in text
    for state in range(times(share, 20)):
        own = ", ".join(f"`*x{state}{at}/*/a`" for at in range(times(share, 4800)))
        repo.commit("work", f"Spec {state}\n", {FIND_AT: text.replace(TERRITORY, f"{TERRITORY}, {own}")})
    repo.commit("work", story(FIND), {f"tests/find/{at}.py": "x\n" for at in range(times(share, 20_000))})


def stories(repo: Repo, share: float) -> None:
    """Many minted stories, and as many states after them."""
    text = MINTED.format(territory="- Territory: `src/a`\n")
    for at in range(times(share, 1500)):
        name = f"STORY-n{at}"
        own, place = text.replace("STORY-new001", name), MINTED_AT.replace("STORY-new001", name)
        repo.commit("work", story(name), {place: own, "src/a": f"{at}\n"})


def locks(repo: Repo, share: float) -> None:
    for at in range(times(share, 30)):
        rows = "".join(f"node FR-x{at}-{one} {'0' * 64}\n" for one in range(times(share, 180_000)))
        repo.commit("work", f"Spec {at}\n", {"specs/trace.lock": rows})


def policies(repo: Repo, share: float) -> None:
    for at in range(times(share, 32)):
        rows = ", ".join(f"x{at}y{one}" for one in range(times(share, 22_000)))
        repo.commit("work", f"P\n\nPolicy: {at}\n", {"bmad.yaml": f"gate: {{governed: [{rows}]}}\n"})


def records(repo: Repo, share: float) -> None:
    for at in range(1, times(share, 6)):
        text = '{"schema": "bmad.record/1", "x": [' + "[]," * times(share, 4 * MIB) + "[]]}"
        name = f"stories/records/{FIND}{'' if at == 1 else f'.{at}'}.json"
        repo.commit("work", story(FIND), {name: text})


def nested(repo: Repo, share: float) -> None:
    repo.commit("work", story(FIND), {f"stories/records/{FIND}.json": "[" * times(share, 10 * MIB)})


def noise(repo: Repo, share: float) -> None:
    """Commits and documents with random bytes changed, from a seed that is printed."""
    seed = random.randrange(1 << 32)  # noqa: S311 - a fuzz, not a secret
    sys.stdout.write(f"(seed {seed}) ")
    chance = random.Random(seed)  # noqa: S311
    for at in range(times(share, 150)):
        path = chance.choice([path for path in SMALL if path.startswith(("specs/", "stories/"))])
        data = bytearray(SMALL[path].encode() * chance.choice((1, 1, 40)))
        for _ in range(chance.randrange(1, 60)):
            data[chance.randrange(len(data))] = chance.choice(b"\n\r\t #-*`[]:,\\\xff\x00AFR1")
        repo.commit("work", f"Spec {at}\n", {path: bytes(data)})


SHAPES: dict[str, Shape] = {
    one.__name__: one
    for one in (
        *(messages, lines, signatures, headers, commits, paths, folders, deep, requirements, prd, references),
        *(quotes, globs, stories, locks, policies, records, nested, noise),
    )
}


def gated(made: Mapping[str, float], folder: Path) -> Done:
    """A gate of some shapes in a row, each at a share of its full size."""
    repo = Repo(folder)
    repo.branch("work")
    for name, share in made.items():
        SHAPES[name](repo, share)
    return measured(repo.root, ["--base", "main", "--head", "work"])


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.gate.hostile", description=__doc__)
    options.add_argument("names", nargs="*", metavar="NAME", choices=[*SHAPES, []], help="shapes; all of them")
    options.add_argument("--share", type=float, default=1.0, help="how much of the full size")
    chosen = options.parse_args()
    bad = 0
    for name in chosen.names or SHAPES:
        with tempfile.TemporaryDirectory(prefix="bmad-hostile-") as folder:
            done = gated({name: chosen.share}, Path(folder) / "r")
        bad += done.wrong
        sys.stdout.write(f"{name:12} {done}\n")
        sys.stdout.flush()
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())

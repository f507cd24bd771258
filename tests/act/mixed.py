"""Honest agents beside one that hangs, floods, idles, lies, deletes its `.git`, and an account that is spent.

`python -m tests.act.mixed --stories 30 --workers 4`: what is honest lands, what is not ends in a state with a
name, and the machine is clean.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bmad.model.agents import Fault
from tests.act.hostile_world import KEY, VERIFY, Hostile
from tests.act.repos import git, trees
from tests.act.world import PYTHON, command
from tests.program import Ended, bmad

ENDS = {
    "dev hangs": ("failed", Fault.TIMEOUT),
    "dev floods": ("failed", Fault.FLOOD),
    "dev nothing": ("failed", Fault.NO_CHANGE),
    "dev lies": ("arbitrate", None),
    "dev deletes git": ("failed", Fault.BROKE_GIT),
}
"""What an agent does -> the state that its story ends in, and why."""

_SPENT = """#!{python} -IS
import json, sys
sys.stdin.read()
words = "You've hit your limit"
print(json.dumps({{"type": "system", "subtype": "init", "session_id": "s-1"}}))
print(json.dumps({{"type": "result", "is_error": True, "session_id": "s-1", "result": words}}))
sys.exit(1)
"""
"""Says what `claude` says whose account is spent."""


class Mixed(Hostile):
    """As `Hostile`, with a developer whose account is spent, so that another takes over."""

    def settings(self, *, creator: bool, **act: object) -> None:
        del creator
        agent = {"command": command("hostile_agent", str(self.control)), "timeout": self.timeout}
        told = {"accept": "auto", "lenses": ["correctness"], "rounds": 2, **act}
        agents = {
            "spare": agent,
            "developer": {"use": "claude", "timeout": self.timeout, "fallback": ["spare"]},
            "reviewer": agent,
        }
        check = [{"name": "tests", "run": [*PYTHON, str(VERIFY)], "timeout": 30}]
        text = f"version: 1\nagents: {json.dumps(agents)}\nverify: {json.dumps(check)}\nact: {json.dumps(told)}\n"
        self.write({"bmad.yaml": text})
        claude = self.bins / "claude"
        claude.parent.mkdir(exist_ok=True)
        claude.write_text(_SPENT.format(python=sys.executable), encoding="utf-8")
        claude.chmod(0o755)

    @property
    def bins(self) -> Path:
        return self.folder / "bin"

    def bmad(self, *arguments: str, cwd: Path | None = None) -> Ended:
        keys = {"TMPDIR": str(self.temp), "ANTHROPIC_API_KEY": KEY, "PATH": f"{self.bins}:{os.environ['PATH']}"}
        return bmad(*arguments, cwd=cwd or self.home, env=os.environ | keys)


def mixed(folder: Path, stories: int, timeout: int = 20) -> Mixed:
    """A backlog of so many stories, five of which have a bad agent."""
    honest = [f"plain {number}" for number in range(stories - len(ENDS))]
    return Mixed(folder, [*ENDS, *honest], timeout=timeout)


def carry(world: Mixed, workers: int) -> list[str]:
    """Carry all; what does not hold afterwards, as sentences."""
    told = world.bmad("act", "--workers", str(workers), "--json")
    report = json.loads(told.out.splitlines()[-1])
    stands = {one["id"]: one for one in report["stories"]}
    found = [words for name in world.stories for words in _wrong(world, name, stands)]
    if sum(one["count"] for one in report["census"]) != len(world.stories):
        found.append(f"the census counts {report['census']}")
    found += [f"left: {one}" for one in world.left()]
    waits = {world.id(name) for name, (state, _) in ENDS.items() if state != "done"}
    trees_left = {path.name for path in trees(world.home).iterdir()} - {"verify"}
    found += [f"the worktree {name} is left" for name in trees_left if name not in waits and "verify" not in name]
    found += [f"the person's tree: {one}" for one in [world.differs()] if one]
    spent = git(world.home, "log", "--format=%(trailers:key=Assisted-by)", "main")
    return [*found, *(["nobody took over from the spent account"] if "spare" not in spent else [])]


def _wrong(world: Mixed, name: str, stands: dict[str, dict[str, object]]) -> Sequence[str]:
    one = stands[world.id(name)]
    wanted = {world.slug(key): end for key, end in ENDS.items()}.get(name, ("done", None))
    if (one["state"], one.get("fault")) != wanted:
        return [f"{name} ended in {one['state']} ({one.get('fault')}: {one['waits_for']}), not in {wanted}"]
    if wanted[1] is Fault.BROKE_GIT and "While the agent `spare` worked, its worktree broke" not in str(
        one["waits_for"]
    ):
        return [f"{name}: who took the worktree's git away is not known, and yet: {one['waits_for']}"]
    landed = world.id(name) in world.landed()
    return [] if landed == (wanted[0] == "done") else [f"{name} is {one['state']}, and its landing is {landed}"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=30)
    parser.add_argument("--workers", type=int, default=4)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bmad-mixed-") as folder:
        found = carry(mixed(Path(folder), asked.stories), asked.workers)
    told = "the others landed, these ended in their states, and nothing is left"
    print("\n".join(found) or f"{asked.stories} stories, {asked.workers} workers: {told}")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""The README's own agents, real programs, from a backlog to a passing gate: `python -m tests.e2e.agents FOLDER`.

The programs are real and the model is scripted, on loopback. Each agent develops while another one reviews, and
reviews what that one develops. On the way a key is refused and the fallback works, a finding is fixed, a false
alarm is conceded and leaves its mark, and the reviewer meets a limit with a reset time, which is waited out.
`FOLDER` is where programs, homes and repositories go; Codex takes no home below the system's folder for temporary
files.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.e2e.model import Player
from tests.e2e.programs import programs
from tests.program import git
from tests.serving.script import Api
from tests.serving.server import ModelServer

README = Path(__file__).parents[2] / "README.md"
INTENT = (
    "# Numbers\n\n## Requirements\n\n### Twice\n\n- `double(n)` must return twice `n`, as in @specs/prd.md .\n"
)
"""It names a file in a way for which some programs put the file beside their prompt."""

APIS: dict[str, Api] = {"claude": "messages", "codex": "responses", "qwen": "chat", "opencode": "chat"}
"""What each program speaks to its `base_url`."""
PARTNERS = {"claude": "codex", "codex": "claude", "qwen": "claude", "opencode": "claude"}
"""Who reviews what a program develops, and has its own work reviewed by it."""
PAIRS = tuple(dict.fromkeys(pair for one in PARTNERS.items() for pair in (one, one[::-1])))
"""Developer and reviewer: both ways round."""
MODELS = {"codex": "gpt-x", "qwen": "gpt-x", "opencode": "gpt-x"}
"""Models where the README's block names none; to its own newest one Codex offers tools in a way of its own."""
_WAIT = "3m"
"""Codex tells the end of a limit in whole minutes, so it is asked again some time after it."""
_SECONDS = 420


class Played(NamedTuple):
    """What a run left: bmad's own report and the record of its one story."""

    report: dict[str, Any]
    record: dict[str, Any]
    gate: str


def settings(developer: str, reviewer: str, server: ModelServer) -> dict[str, Any]:
    """The README's block with these two, the server's address, and checks that need nothing installed."""
    text = README.read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    told: dict[str, Any] = yaml.safe_load(next(one for one in blocks if one.startswith("agents:")))
    known = {one["use"]: one for one in told["agents"].values()}
    entry = {name: known.get(name, {"use": name}) for name in (developer, reviewer)}
    roles = {"developer": {**entry[developer], "fallback": [reviewer]}, "reviewer": entry[reviewer]}
    check = [sys.executable, "-B", "-m", "unittest", "discover", "-s", "tests"]
    told.pop("setup", None)
    return {
        **told,
        "version": 1,
        "agents": {**roles, developer: _served(developer, server), reviewer: _served(reviewer, server)},
        "verify": [{"name": "tests", "run": check}],
        "act": {**told["act"], "accept": "auto", "wait": _WAIT},
    }


def _served(name: str, server: ModelServer) -> dict[str, Any]:
    """What `use: NAME` of a role stands for: the program, and where its model is."""
    url = server.url if APIS[name] == "messages" else server.v1
    model = {"model": MODELS[name]} if name in MODELS else {}
    return {"use": name, "base_url": url, "timeout": 240, **model}


class World:
    """A repository with one story, and the environment of those who work in it."""

    def __init__(self, folder: Path, bins: dict[str, Path]) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self.repo, home, path = folder / "repo", folder / "home", folder / "bin"
        for one in (self.repo, home, path):
            one.mkdir(parents=True)
        for name, program in bins.items():
            (path / name).symlink_to(program)
        keys = {"ANTHROPIC_API_KEY": "sk-ant-none-0000000", "OPENAI_API_KEY": "sk-none-0000000000"}
        self._environ = {"PATH": f"{path}{os.pathsep}{os.environ['PATH']}", "HOME": str(home), **keys}

    def bmad(self, *arguments: str) -> str:
        """What it prints. Raises: AssertionError with its words where it does not succeed."""
        ended = subprocess.run(
            [sys.executable, "-P", "-m", "bmad", *arguments],
            cwd=self.repo,
            env=self._environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
        assert ended.returncode == 0, f"bmad {' '.join(arguments)}: {ended.stdout[-6000:]}{ended.stderr[-2000:]}"
        return ended.stdout

    def adopt(self, told: dict[str, Any]) -> None:
        """Commit the settings, and the backlog of an intent."""
        git("init", "--quiet", "--initial-branch", "main", cwd=self.repo)
        git("config", "user.name", "Ada", cwd=self.repo)
        git("config", "user.email", "ada@example.org", cwd=self.repo)
        files = {"bmad.yaml": json.dumps(told), ".gitignore": ".bmad/\n__pycache__/\n", "intent.md": INTENT}
        for name, text in files.items():
            (self.repo / name).write_text(text, encoding="utf-8")
        self._commit("Adopt bmad")
        self.bmad("map", "intent.md")
        self._commit("Map the intent")
        git("tag", "backlog", cwd=self.repo)

    def _commit(self, words: str) -> None:
        git("add", ".", cwd=self.repo)
        git("commit", "--quiet", "-m", words, cwd=self.repo)

    def play(self) -> Played:
        """Carry out the backlog, and ask the gate."""
        *_, report = map(json.loads, self.bmad("act", "--json").splitlines())
        [record] = self.repo.glob("stories/records/*.json")
        gate = self.bmad("gate", "--base", "backlog", "--level", "reviewed")
        return Played(report, json.loads(record.read_text(encoding="utf-8")), gate)


def limited(reviewer: str) -> str:
    """The API that meets a limit; Qwen and OpenCode, which would wait by themselves, review nothing here."""
    return APIS[reviewer] if reviewer in ("claude", "codex") else ""


def carried(developer: str, reviewer: str, folder: Path, bins: dict[str, Path]) -> None:
    """Have two agents carry a story. Raises: AssertionError where anything is not as it is to be."""
    player = Player(refused=APIS[developer], limited=limited(reviewer))
    with ModelServer(player) as server:
        world = World(folder / f"{developer}-{reviewer}", {name: bins[name] for name in (developer, reviewer)})
        world.adopt(settings(developer, reviewer, server))
        played = world.play()
    assert played.gate.startswith("gate: pass"), played.gate
    beside = [one.api for one in server.asked if "## Functional Requirements" in json.dumps(one.body)]
    assert not beside, f"a file that the story names was put beside the prompt: {beside}"
    assert [one["state"] for one in played.report["stories"]] == ["done"], played.report
    work = [(one["step"], one["role"], one["backend"]) for one in played.record["work"]]
    creators, developers, reviewers = (
        {backend for _, role, backend in work if role == one} for one in ("creator", "developer", "reviewer")
    )
    assert creators == {reviewer}, f"the fallback was not taken: {work}"
    assert (developers, reviewers) == ({developer}, {reviewer}), work
    assert any(step.startswith("2/review") for step, *_ in work), f"the fix was not reviewed: {work}"
    found = sorted((one["disposition"], bool(one["mark"])) for one in played.record["findings"])
    assert found == [("false-positive", True), ("fixed", False)], played.record["findings"]
    assert bool(player.limits) is bool(limited(reviewer)), "the limit was not met"


def failure(developer: str, reviewer: str, folder: Path, bins: dict[str, Path]) -> str:
    """Why two agents did not carry a story; empty where they did."""
    try:
        carried(developer, reviewer, folder, bins)
    except (AssertionError, subprocess.TimeoutExpired) as error:
        return f"{developer} develops, {reviewer} reviews: {error}\n"
    return ""


def main(folder: Path) -> int:
    """Run what there is; the last line says how each agent did, and the exit code is 1 where one failed."""
    bins = programs(folder / "programs")
    wrong: dict[tuple[str, str], str] = {}
    for pair in PAIRS:
        if bins.keys() >= {*pair}:
            wrong[pair] = failure(*pair, folder, bins)
            sys.stdout.write(wrong[pair])
            sys.stdout.flush()
    told = [f"{name} {_end(name, wrong, bins)}" for name in PARTNERS]
    sys.stdout.write(f"e2e: {', '.join(told)}\n")
    return int(any(wrong.values()))


def _end(name: str, wrong: dict[tuple[str, str], str], bins: dict[str, Path]) -> str:
    """What came of an agent, as developer and as reviewer."""
    partner = PARTNERS[name]
    if name not in bins or partner not in bins:
        return "skipped (not installed)" if name not in bins else f"skipped ({partner} not installed)"
    return "failed" if wrong[name, partner] or wrong[partner, name] else "passed"


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]).resolve()))

"""Any agent's work is judged at push: real programs push to a server, `python -m tests.e2e.pushing FOLDER`.

The programs are real and the model is scripted. Nothing of bmad is in their clone, no hook and no `bmad act`: each
commits without a story, is refused by the server with the way out, goes it, and is let in.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.e2e.model import SHELLS
from tests.e2e.programs import programs
from tests.program import git
from tests.serving.script import Asked, Reply, Say, call
from tests.serving.server import ModelServer
from tests.specs import write_small

STEPS = (
    "mkdir -p src; echo 'x = 1' > src/find.py; git add src; git commit -q -m Work; git push origin HEAD:main 2>&1",
    'git commit -q --amend -m "Work\n\nStory: STORY-find01"; git push origin HEAD:main 2>&1',
)
_SECONDS = 180


def lines(name: str, program: Path, server: ModelServer) -> tuple[list[str], dict[str, str]]:
    """How a program is started by hand, and what it is told of its model."""
    if name == "claude":
        told = {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "sk-ant-none-0000000"}
        return [str(program), "-p", "Push your work.", "--allowedTools", "Bash", "--max-turns", "6"], told
    provider = f'{{name="x",base_url="{server.v1}",wire_api="responses",env_key="OPENAI_API_KEY"}}'
    own = ["-c", "model_provider=x", "-c", f"model_providers.x={provider}", "-m", "gpt-x"]
    line = [str(program), "exec", "--ephemeral", "-s", "danger-full-access", *own, "Push your work."]
    return line, {"OPENAI_API_KEY": "sk-none-0000000000"}


class Author:
    """A model that pushes, reads why it was refused, and mends it."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, asked: Asked) -> Reply:
        shell = next((one for one in SHELLS if one in asked.tools), None)
        if shell is None or asked.turn >= len(STEPS):
            self.seen = list(asked.results) or self.seen
            return Say("done")
        return call(shell, **{SHELLS[shell]: STEPS[asked.turn], "description": "Push"})


def pushed(name: str, program: Path, folder: Path) -> None:
    """Have a program push to a server. Raises: AssertionError where it is let in wrongly, or not at all."""
    shutil.rmtree(folder, ignore_errors=True)
    source, bare, clone, home = (folder / one for one in ("source", "server.git", "clone", "home"))
    for one in (source, home):
        one.mkdir(parents=True)
    git("init", "--quiet", "-b", "main", cwd=source)
    write_small(source)
    git("add", ".", cwd=source)
    git("commit", "--quiet", "-m", "Adopt and map", cwd=source)
    git("clone", "--quiet", "--bare", str(source), str(bare), cwd=folder)
    bmad = [sys.executable, "-P", "-m", "bmad"]
    subprocess.run([*bmad, "hooks", "install", "--server", "--repo", str(bare)], check=True)
    git("clone", "--quiet", str(bare), str(clone), cwd=folder)
    for key, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        git("config", key, value, cwd=clone)
    before = git("rev-parse", "main", cwd=bare)
    author = Author()
    with ModelServer(author) as server:
        line, told = lines(name, program, server)
        environ = {**os.environ, "HOME": str(home), **told}
        done = subprocess.run(
            line, cwd=clone, env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL,
            check=False, timeout=_SECONDS,
        )  # fmt: skip
    (folder / "said").write_text("\n".join([*author.seen, done.stdout, done.stderr]), encoding="utf-8")
    now = git("log", "--format=%B", f"{before}..main", cwd=bare)
    assert now.strip() == "Work\n\nStory: STORY-find01", (name, now, done)
    assert "! [remote rejected]" in author.seen[0], author.seen
    assert "G01" in author.seen[0], author.seen
    reflog = git("log", "--oneline", "main", cwd=bare)
    assert len(reflog.splitlines()) == 2, reflog
    sys.stdout.write(f"{name}: refused without a story, let in with one\n")


def main(folder: Path) -> int:
    for name, program in programs(folder / "programs").items():
        if name in ("claude", "codex"):
            pushed(name, program, folder / f"push-{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).absolute()))

"""An agent for tests, started as a `command`: does what its step asks in the plainest way.

Its one argument is JSON: `sleep` is the seconds before it works, `dies` a file without which it dies at its end.
It starts by the thousand, and what it does without (`json`, `pathlib`, `re`) is more than half of what that took.
"""

import os
import sys
import time

TEST = (
    "import unittest\n\n\nclass Test(unittest.TestCase):\n    def test_it(self):\n        self.assertTrue(True)\n"
)
KILL = 9
"""The number of the signal: its module is larger than this one."""


def main() -> None:
    prompt = sys.stdin.read()
    settings = __import__("lean").read(sys.argv[1])
    time.sleep(settings.get("sleep", 0))
    work(prompt, settings.get("dies"))


def work(prompt: str, dies: str | None = None) -> None:
    story, step = os.environ["BMAD_STORY"], os.environ["BMAD_STEP"]
    name = story.replace("-", "_").lower()
    kind = step.split("/")[1].split(".")[0]
    answer: dict[str, object] = {}
    if kind == "create":
        create(story, name)
    elif kind in ("dev", "fix", "test"):
        write(f"tests/test_{name}.py", TEST)
        if kind != "test":
            write(f"src/{name}.py", f"VALUE = {step!r}\n")
    else:
        answer = {{"review": "findings", "triage": "stands", "reply": "replies"}[kind]: []}
        if kind == "review":
            answer["read"] = __import__("copying").copied(prompt)
    if dies and kind == "dev" and not os.path.exists(dies):
        os.kill(os.getpid(), KILL)
    write(os.environ["BMAD_RESULT"], __import__("lean").written(answer))


def create(story: str, name: str) -> None:
    file = next(f"stories/{one}" for one in os.listdir("stories") if one.startswith(f"{story}-"))
    with open(file, encoding="utf-8") as story_file:
        text = story_file.read()
    if "- Territory:" not in text:
        at = text.index("\n\n## ")
        territory = f"\n- Territory: `src/{name}.py`, `tests/test_{name}.py`"
        write(file, text[:at] + territory + text[at:])


def write(path: str, text: str) -> None:
    folder = path.rpartition("/")[0]
    if folder and not os.path.isdir(folder):
        os.mkdir(folder)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)

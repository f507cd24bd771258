"""An agent for tests, started as a `command`: does what its step asks in the plainest way.

Its one argument is JSON: `sleep` is the seconds before it works, `dies` a file without which it dies at its end.
"""

import json
import os
import pathlib
import signal
import sys
import time

HERE = pathlib.Path(__file__).parent
TEST = (
    "import unittest\n\n\nclass Test(unittest.TestCase):\n    def test_it(self):\n        self.assertTrue(True)\n"
)


def main() -> None:
    story, step = os.environ["BMAD_STORY"], os.environ["BMAD_STEP"]
    prompt = sys.stdin.read()
    settings = json.loads(sys.argv[1])
    time.sleep(settings.get("sleep", 0))
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
            sys.path.insert(0, str(HERE))  # which is on no path
            answer["read"] = __import__("copying").copied(prompt)
    if "dies" in settings and kind == "dev" and not pathlib.Path(settings["dies"]).exists():
        os.kill(os.getpid(), signal.SIGKILL)
    pathlib.Path(os.environ["BMAD_RESULT"]).write_text(json.dumps(answer), encoding="utf-8")


def create(story: str, name: str) -> None:
    file = next(pathlib.Path("stories").glob(f"{story}-*.md"))
    text = file.read_text(encoding="utf-8")
    if "- Territory:" not in text:
        at = text.index("\n\n## ")
        territory = f"\n- Territory: `src/{name}.py`, `tests/test_{name}.py`"
        file.write_text(text[:at] + territory + text[at:], encoding="utf-8")


def write(path: str, text: str) -> None:
    file = pathlib.Path(path)
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

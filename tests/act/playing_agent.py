"""An agent for tests, started as a `command`: plays what a file says for its step, else does the plainest thing.

Its one argument is the file: JSON, `<story> <step>` or `<step>` -> `files` (path -> text, or null to remove it;
NAME stands for the story's own name), `answer`, `fetch` (what to get from `BMAD_PORT`), `sleep`, `exit`, `look`
(print what stands here), and `if` (words of the prompt without which it is not played). What it was told is
printed, so that it stands in the log of the step. A review's answer says what it copied from the diff, unless the
play says that itself. It loads as little as `scripted_agent.py`.
"""

import os
import sys
import time


def main() -> int:
    prompt = sys.stdin.read()
    sys.stdout.write(prompt)
    story, step = os.environ["BMAD_STORY"], os.environ["BMAD_STEP"]
    lean, plain = __import__("lean"), __import__("scripted_agent")
    with open(sys.argv[1], encoding="utf-8") as file:
        plays = lean.read(file.read())
    play = plays.get(f"{story} {step}", plays.get(step))
    if play is None or play.get("if", "") not in prompt:
        plain.work(prompt)
        return 0
    name = story.replace("-", "_").lower()
    time.sleep(play.get("sleep", 0))
    if play.get("look"):
        look()
    for path, text in play.get("files", {}).items():
        if text is None:
            os.unlink(path.replace("NAME", name))
        else:
            plain.write(path.replace("NAME", name), text)
    if "answer" in play:
        answer = play["answer"]
        if "fetch" in play:
            answer["tried"] = [fetched(path.replace("NAME", name)) for path in play["fetch"]]
        if "/review" in step and isinstance(answer, dict):
            answer = {"read": __import__("copying").copied(prompt), **answer}
        plain.write(os.environ["BMAD_RESULT"], lean.written(answer))
    return int(play.get("exit", 0))


def look() -> None:
    import pathlib  # noqa: PLC0415 - few agents need it

    sys.stdout.writelines(f"{path}\n" for path in sorted(pathlib.Path().rglob("*")))


def fetched(path: str) -> dict[str, str]:
    """What the environment's server says, as a probe notes it."""
    import urllib.request  # noqa: PLC0415 - as above

    url = f"http://127.0.0.1:{os.environ['BMAD_PORT']}/{path}"
    try:
        with urllib.request.urlopen(url) as told:
            return {"ran": f"GET /{path}", "result": f"{told.status} {told.read().decode()}"}
    except OSError as error:
        return {"ran": f"GET /{path}", "result": str(error)}

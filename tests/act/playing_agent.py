"""An agent for tests, started as a `command`: plays what a file says for its step, else does the plainest thing.

Its one argument is the file: JSON, `<story> <step>` or `<step>` -> `files` (path -> text, or null to remove it;
NAME stands for the story's own name), `answer`, `fetch` (what to get from `BMAD_PORT`), `sleep`, `exit`, `look`
(print what stands here), and `if` (words of the prompt without which it is not played). What it was told is
printed, so that it stands in the log of the step. A review's answer says what it copied from the diff, unless the
play says that itself.
"""

import io
import json
import os
import pathlib
import sys
import time
from types import ModuleType

HERE = pathlib.Path(__file__).parent


def main() -> int:
    prompt = sys.stdin.read()
    sys.stdout.write(prompt)
    story, step = os.environ["BMAD_STORY"], os.environ["BMAD_STEP"]
    plays = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    play = plays.get(f"{story} {step}", plays.get(step))
    if play is None or play.get("if", "") not in prompt:
        sys.argv[1] = "{}"
        sys.stdin = io.StringIO(prompt)
        beside("scripted_agent").main()
        return 0
    time.sleep(play.get("sleep", 0))
    if play.get("look"):
        sys.stdout.writelines(f"{path}\n" for path in sorted(pathlib.Path().rglob("*")))
    for path, text in play.get("files", {}).items():
        put(path.replace("NAME", story.replace("-", "_").lower()), text)
    if "answer" in play:
        answer = play["answer"]
        if "fetch" in play:
            answer["tried"] = [
                fetched(path.replace("NAME", story.replace("-", "_").lower())) for path in play["fetch"]
            ]
        if "/review" in step and isinstance(answer, dict):
            answer = {"read": beside("copying").copied(prompt), **answer}
        pathlib.Path(os.environ["BMAD_RESULT"]).write_text(json.dumps(answer), encoding="utf-8")
    return int(play.get("exit", 0))


def beside(name: str) -> ModuleType:
    """A module of this folder, which is on no path."""
    sys.path.insert(0, str(HERE))
    return __import__(name)


def fetched(path: str) -> dict[str, str]:
    """What the environment's server says, as a probe notes it."""
    import urllib.request  # noqa: PLC0415 - most agents need none, and it is half of their start

    url = f"http://127.0.0.1:{os.environ['BMAD_PORT']}/{path}"
    try:
        with urllib.request.urlopen(url) as told:
            return {"ran": f"GET /{path}", "result": f"{told.status} {told.read().decode()}"}
    except OSError as error:
        return {"ran": f"GET /{path}", "result": str(error)}


def put(path: str, text: str | None) -> None:
    file = pathlib.Path(path)
    if text is None:
        file.unlink()
    else:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

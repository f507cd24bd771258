"""A reviewer for tests, started as a `command`: of the seeded defects that it is shown it finds each by chance.

A defect is a line that holds `# defect N`; whether it is found is drawn from the settings' `seed` and N, so that
agents of different seeds are independent of each other, and each is always the same. Its one argument is JSON:
`seed`, `chance`, and `again`, the chance in later rounds. `stalls` and `fails` name files: where one is there, it
stays at work, or says nothing. The step and the files of each call are added to the file `told`, a line each.
"""

import json
import os
import pathlib
import random
import re
import sys
import time

SETTINGS = json.loads(sys.argv[1])
_LINE = re.compile(r" *(\d+)\|(.*)")
_DEFECT = re.compile(r"# defect (\d+)")


def part(prompt: str, title: str) -> str:
    found = re.search(rf"(?ms)^{re.escape(title)}(?: \([^\n]*\))?:\n\n<<<DATA \w+\n(.*?)\nDATA \w+>>>", prompt)
    return found[1] if found else ""


def files(prompt: str) -> dict[str, list[tuple[int, str]]]:
    """The files that are shown: path -> numbers and lines."""
    shown: dict[str, list[tuple[int, str]]] = {}
    path = ""
    for line in part(prompt, "The files, each line with its number").split("\n"):
        numbered = _LINE.fullmatch(line)
        if numbered:
            shown[path].append((int(numbered[1]), numbered[2]))
        elif line:
            path = line.rpartition(" (")[0]
            shown[path] = []
    return shown


def copied(prompt: str, shown: dict[str, list[tuple[int, str]]]) -> str:
    if "how many files are shown" in prompt:
        return str(len(shown))
    lines = [line for _, line in shown[part(prompt, "The file to copy from")]]
    return next(line for line in reversed(lines) if re.search(r"(?:\w\W*){6}", line) and len(line) <= 300)


def finds(number: str, step: str) -> bool:
    later = not step.startswith("1/")
    chance = SETTINGS.get("again", 0.0) if later else SETTINGS.get("chance", 1.0)
    return random.Random(f"{SETTINGS['seed']} {number} {step[:1]}").random() < float(chance)  # noqa: S311 - made up


def there(name: str) -> bool:
    return bool(SETTINGS.get(name)) and pathlib.Path(SETTINGS[name]).exists()


def main() -> None:
    step, prompt = os.environ["BMAD_STEP"], sys.stdin.read()
    shown = files(prompt)
    known = part(prompt, "Found in these files before")
    if "told" in SETTINGS:
        with pathlib.Path(SETTINGS["told"]).open("a", encoding="utf-8") as stream:
            stream.write(f"{SETTINGS['seed']} {step[:1]} {step.split('/')[2]} {bool(known)} {' '.join(shown)}\n")
    if there("fails"):
        return
    while there("stalls"):
        time.sleep(0.02)
    found = [
        {
            "severity": "P1" if int(seeded[1]) % 2 else "P2",
            "path": path,
            "line": number,
            "quote": line.strip(),
            "claim": f"Defect {seeded[1]} as {SETTINGS['seed']} sees it.",
            "fix": "Take it out.",
        }
        for path, lines in shown.items()
        for number, line in lines
        if (seeded := _DEFECT.search(line)) and finds(seeded[1], step) and line.strip() not in known
    ]
    answer = {"findings": found, "read": copied(prompt, shown), "unopened": []}
    pathlib.Path(os.environ["BMAD_RESULT"]).write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main()

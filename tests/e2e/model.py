"""A scripted model behind a real coding agent: it plays every role of a story through the agent's own shell.

The developer's first work has a fault, which the reviewer finds, beside a false alarm that it concedes. The first
account to be asked for the story refuses its key, and a limit is met by the first review, with the time it ends.
"""

import re
import time
from collections.abc import Callable

from tests.act.copying import copied
from tests.serving.faults import fault
from tests.serving.script import Api, Asked, Fail, Json, Reply, Say, call, done

SHELLS = {"Bash": "command", "exec_command": "cmd", "run_shell_command": "command", "bash": "command"}
"""Each agent's tool that runs a command, and the name of its argument."""

WRONG, RIGHT, ALARM = "    return n + 2", "    return 2 * n", "def double(n):"
_NOTE = "# `n` is a number, as the requirement has it: text is for nobody to look for here."
_TEST = """import unittest

from src.{name} import double


class TestDouble(unittest.TestCase):
    def test_twice(self):
        self.assertEqual(double({number}), {twice})
"""
_PAUSE = 12
"""Seconds until the limit ends: longer than an agent asks again by itself."""
_FOUND = re.compile(r'"id": "(F-\w+)".*?"quote": "((?:[^"\\]|\\.)*)"', re.DOTALL)
_CORRECTNESS = "Look for what is wrong: a criterion"


class Player:
    """One story's model. `refused` and `limited` are APIs whose agents meet a wrong key, and a limit; or empty."""

    def __init__(self, refused: str, limited: str) -> None:
        self._refused = refused
        self._limited = limited
        self._ends = 0.0
        self.limits: list[float] = []
        """When a request met the limit, in seconds since 1970."""

    def __call__(self, asked: Asked) -> Reply:
        asked = asked._replace(prompt=asked.prompt.replace("\\@", "@"))
        shell = next((one for one in SHELLS if one in asked.tools), None)
        if shell is None:
            return Say("ok")
        part = next(part for sign, part in _PARTS.items() if sign in asked.prompt)
        if part is _create and asked.api == self._refused:
            return fault(asked.api, "login")
        if part is _review and asked.api == self._limited and (limit := self._limit(asked.api)):
            return limit
        command, answer = part(asked)
        if asked.turn == 0:
            more = {"is_background": False} if shell == "run_shell_command" else {}
            return call(shell, **{SHELLS[shell]: command, "description": "Work", **more})
        form = asked.tools.get("StructuredOutput")
        if form is not None:
            return call("StructuredOutput", **_whole(answer, form))
        return done(_whole(answer, asked.schema or {}))

    def _limit(self, api: Api) -> Fail | None:
        now = time.time()
        self._ends = self._ends or float(int(now) + _PAUSE)
        if now >= self._ends:
            return None
        self.limits.append(now)
        ends = int(self._ends)
        if api == "messages":
            return fault(api, "quota")._replace(message=f"Claude AI usage limit reached|{ends}")
        return fault(api, "quota")._replace(more={"plan_type": "plus", "resets_at": ends})


def _whole(answer: Json, form: Json) -> Json:
    """An answer with every key of its strict form, as models are held to it; empty where nothing is to be said."""
    keys = form.get("properties", {})
    return {name: [] if one.get("type") == "array" else None for name, one in keys.items()} | answer


Part = Callable[[Asked], tuple[str, Json]]
"""What is run in the shell, and what is answered then."""


def _story(asked: Asked) -> str:
    found = re.search(r"STORY-[a-z0-9]{6}", asked.prompt)
    assert found is not None, asked.prompt
    return found[0]


def _name(asked: Asked) -> str:
    return _story(asked).replace("-", "_").lower()


def _python(*lines: str) -> str:
    return "\n".join(["python3 - <<'END'", *lines, "END"])


def _work(**more: object) -> Json:
    return {"summary": "Done.", "clarification": None, "marks": [], **more}


def _create(asked: Asked) -> tuple[str, Json]:
    name = _name(asked)
    field = f"\n- Territory: `src/{name}.py`, `tests/test_{name}.py`"
    return _python(
        "import glob",
        f"[path] = glob.glob('stories/{_story(asked)}-*.md')",
        "head, gap, rest = open(path).read().partition('\\n\\n## ')",
        f"open(path, 'w').write(head + {field!r} + gap + rest)",
    ), _work()


def _written(asked: Asked, code: str, number: int) -> str:
    name = _name(asked)
    test = _TEST.format(name=name, number=number, twice=2 * number)
    return _python(
        "import os",
        "os.makedirs('src', exist_ok=True)",
        "os.makedirs('tests', exist_ok=True)",
        f"open('src/{name}.py', 'w').write({code!r})",
        f"open('tests/test_{name}.py', 'w').write({test!r})",
    )


def _build(asked: Asked) -> tuple[str, Json]:
    """Right for two alone, which is what its test looks at."""
    return _written(asked, f"{ALARM}\n{WRONG}\n", 2), _work()


def _fix(asked: Asked) -> tuple[str, Json]:
    path = f"src/{_name(asked)}.py"
    marks = [{"finding": one, "path": path, "line": 1} for one in _of(asked, ALARM)]
    return _written(asked, f"{_NOTE}\n{ALARM}\n{RIGHT}\n", 3), _work(marks=marks)


def _of(asked: Asked, quote: str) -> list[str]:
    """The ids of the findings that the prompt holds for these words."""
    return list(dict.fromkeys(name for name, words in _FOUND.findall(asked.prompt) if quote.strip() in words))


def _review(asked: Asked) -> tuple[str, Json]:
    again = "key `verdicts`, too" in asked.prompt
    verdicts = [{"finding": one, "settled": True, "why": "Mended."} for one in _of(asked, WRONG)] if again else []
    raises = _CORRECTNESS in asked.prompt and f"|+{WRONG}" in asked.prompt.replace("| +", "|+")
    found = [
        _claim(asked, 2, WRONG, "Three gives five, not six."),
        _claim(asked, 1, ALARM, "Text is not refused."),
    ]
    answer = {
        "findings": found if raises else [],
        "verdicts": verdicts,
        "read": copied(asked.prompt),
        "unopened": [],
    }
    return "ls src tests", answer


def _claim(asked: Asked, line: int, quote: str, claim: str) -> Json:
    place = {"path": f"src/{_name(asked)}.py", "line": line, "end_line": None, "quote": quote}
    return {"severity": "P1", **place, "claim": claim, "fix": None, "criterion": None, "about": None}


_UNSAID: Json = {"severity": None, "same_as": None}


def _triage(asked: Asked) -> tuple[str, Json]:
    right = [{"finding": one, "stand": "confirmed", "argument": None, **_UNSAID} for one in _of(asked, WRONG)]
    wrong = [
        {"finding": one, "stand": "disputed", "argument": "No criterion speaks of text.", **_UNSAID}
        for one in _of(asked, ALARM)
    ]
    return "ls src", {"stands": [*right, *wrong]}


def _reply(asked: Asked) -> tuple[str, Json]:
    replies = [
        {"finding": one, "reply": "conceded", "argument": "So it is: none does."} for one in _of(asked, ALARM)
    ]
    return "ls src", {"replies": replies}


_PARTS: dict[str, Part] = {
    "with the key `stands`": _triage,
    "with the key `replies`": _reply,
    "with the key `findings`": _review,
    "You prepare the story": _create,
    "You build the story": _build,
    "Mend your change for the story": _fix,
}
"""What of a prompt says which part is asked for."""
